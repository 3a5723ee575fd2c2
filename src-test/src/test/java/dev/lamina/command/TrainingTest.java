package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Training from the command line, and what it leaves behind. */
class TrainingTest {
  @TempDir Path work;

  @Test
  void trainAndEvaluateGiveTheSameNumbers() {
    Path model = work.resolve("model");
    JsonNode end =
        Lamina.succeed(
                "train",
                "--data",
                "digits:700",
                "--hidden",
                "24,16",
                "--epochs",
                3,
                "--seed",
                7,
                "--out",
                model,
                "--json")
            .last();
    JsonNode evaluation =
        Lamina.succeed("evaluate", "--model", model, "--data", "digits", "--json").last();
    for (String name : List.of("loss", "accuracy", "samples")) {
      assertEquals(
          end.get("test_" + name).number(), evaluation.get(name).number(), "the digits' " + name);
    }
    JsonNode other =
        Lamina.succeed("evaluate", "--model", model, "--data", "digits", "--seed", 8, "--json")
            .last();
    assertTrue(other.get("loss").number() != evaluation.get("loss").number(), "other digits");
  }

  private static Lamina typed(String arguments, Path folder) {
    List<Object> all = new ArrayList<>(List.of(arguments.split(" ")));
    all.add(folder);
    return Lamina.succeed(all.toArray());
  }

  /** Where the data lie changes no number. */
  @Test
  void dataStreamFromTheHostWhenAsked() {
    List<JsonNode> trained = new ArrayList<>();
    List<JsonNode> evaluated = new ArrayList<>();
    for (String place : List.of("auto", "device", "host")) {
      Path model = work.resolve(place);
      String usual = "--data digits:300 --json --data-on " + place;
      List<JsonNode> lines =
          typed("train --hidden 16 --epochs 2 --batch-size 30 " + usual + " --out", model).json();
      String expected = place.equals("host") ? "host" : "device";
      assertEquals(expected, lines.getFirst().get("data_on").text());
      assertEquals(expected, lines.getLast().get("test_data_on").text());
      trained.add(lines.getLast());
      evaluated.add(typed("evaluate " + usual + " --model", model).last());
      assertEquals(expected, evaluated.getLast().get("data_on").text());
    }
    for (int i = 1; i < trained.size(); i++) {
      for (String loss : List.of("loss", "validation_loss", "test_loss")) {
        assertEquals(trained.getFirst().get(loss).number(), trained.get(i).get(loss).number());
      }
      assertEquals(
          evaluated.getFirst().get("loss").number(), evaluated.get(i).get("loss").number());
    }
    String text =
        typed(
                "train --data digits:60 --hidden 4 --epochs 1 --data-on host --out",
                work.resolve("text"))
            .out();
    assertTrue(text.contains("training data: streaming from the host to cpu, as asked"), text);
  }

  @Test
  void printsJsonLinesWithTheFieldsThatWerePromised() {
    List<JsonNode> lines =
        Lamina.succeed(
                "train",
                "--data",
                "digits:300",
                "--hidden",
                8,
                "--epochs",
                3,
                "--out",
                work.resolve("m"),
                "--json")
            .json();
    assertEquals(
        List.of("start", "epoch", "epoch", "epoch", "end"),
        lines.stream().map(l -> l.get("event").text()).toList());
    JsonNode end = lines.getLast();
    assertEquals(3, end.get("epochs").whole());
    assertEquals(784 * 8 + 8 + 80 + 10, end.get("parameters").whole());
    assertTrue(end.get("seconds").number() > 0);
    assertTrue(end.get("samples_per_second").number() > 0);
    assertTrue(end.get("test_accuracy").number() >= 0);
    assertTrue(end.get("test_loss").number() > 0);
    assertFalse(end.get("device").text().isEmpty());
    for (int epoch = 1; epoch <= 3; epoch++) {
      JsonNode line = lines.get(epoch);
      assertEquals(epoch, line.get("epoch").whole());
      assertTrue(line.get("loss").number() > 0);
      assertEquals(30, line.get("validation_samples").whole());
    }
  }

  @Test
  void printsPlainLinesWhenPiped() {
    Lamina result =
        Lamina.succeed(
            "train",
            "--data",
            "digits:300",
            "--hidden",
            8,
            "--epochs",
            2,
            "--out",
            work.resolve("m"));
    assertFalse(result.out().contains("\r"), result.out());
    assertFalse(result.out().contains("\u001b"), result.out());
    assertTrue(result.out().lines().anyMatch(l -> l.startsWith("epoch 1/2: loss ")), result.out());
    assertTrue(result.out().lines().anyMatch(l -> l.startsWith("epoch 2/2: loss ")), result.out());
    assertTrue(result.out().contains("test on digits: loss "), result.out());
    assertTrue(result.out().contains("saved to " + work.resolve("m")), result.out());
  }

  @Test
  void sameSeedSameFilesWhateverTheNumberOfThreads() throws IOException {
    byte[] first = weights("a", 42, 1);
    assertArrayEquals(first, weights("b", 42, 1), "a second run");
    assertArrayEquals(first, weights("c", 42, 2), "two threads");
    assertFalse(Arrays.equals(first, weights("d", 43, 1)), "another seed");
  }

  private byte[] weights(String name, int seed, int threads) throws IOException {
    Path model = work.resolve(name);
    Lamina.succeed(
        "train",
        "--device",
        "cpu",
        "--data",
        "digits:500",
        "--hidden",
        "40,30",
        "--dropout",
        0.2,
        "--epochs",
        2,
        "--seed",
        seed,
        "--threads",
        threads,
        "--out",
        model);
    return Files.readAllBytes(model.resolve("model.safetensors"));
  }

  @Test
  void weightsAreNamedAndLaidOutAsInPyTorch() {
    Path model = work.resolve("model");
    Lamina.succeed(
        "train",
        "--data",
        "digits:100",
        "--hidden",
        "12",
        "--dropout",
        0.1,
        "--epochs",
        1,
        "--out",
        model);
    try (SafetensorsFile file = Safetensors.open(model.resolve("model.safetensors"))) {
      List<String> tensors = new ArrayList<>();
      file.names().stream().sorted().forEach(n -> tensors.add(n + " " + file.read(n).type()));
      assertEquals(
          List.of(
              "0.bias FP32[12]",
              "0.weight FP32[12, 784]",
              "3.bias FP32[10]",
              "3.weight FP32[10, 12]"),
          tensors);
    }
  }

  @Test
  void readsIdxPlainAndZippedAlike() throws IOException {
    List<Double> losses = new ArrayList<>();
    for (boolean zip : new boolean[] {false, true}) {
      Path folder = work.resolve("idx" + zip);
      Idx.writeFolder(folder, Part.TRAIN, Digits.generate(200, 5), 28, 28, zip);
      Idx.writeFolder(folder, Part.TEST, Digits.generate(Part.TEST, 5, 0, 90), 28, 28, zip);
      JsonNode end =
          Lamina.succeed(
                  "train",
                  "--data",
                  "idx:" + folder,
                  "--test",
                  "idx:" + folder,
                  "--hidden",
                  16,
                  "--epochs",
                  2,
                  "--out",
                  work.resolve("m" + zip),
                  "--json")
              .last();
      assertEquals(180, end.get("samples").whole());
      assertEquals(90, end.get("test_samples").whole());
      losses.add(end.get("test_loss").number());
    }
    assertEquals(losses.getFirst(), losses.getLast());
  }

  @TestFactory
  Stream<DynamicTest> learnsTwoClassesFromCsv() throws IOException {
    Path data = Samples.classes(work.resolve("classes.csv"), 400);
    return Stream.of(
            "--loss auto",
            "--loss softmax-cross-entropy --dropout 0.1",
            "--loss binary-cross-entropy",
            "--clip-norm 1 --clip-value 0.5 --accumulate 2 --average 0.5",
            "--freeze 0.bias,2.b* --loss softmax-cross-entropy:label-smoothing=0.1",
            "--loss huber:delta=0.5",
            "--loss mean-squared-error",
            "--validation-split 0",
            "--schedule cosine --warmup 10",
            "--schedule step --weight-decay 0.0001",
            "--optimizer adamw --weight-decay 0.01",
            "--optimizer sgd --learning-rate 0.1 --momentum 0.9 --nesterov",
            "--activation tanh",
            "--activation gelu",
            "--activation sigmoid --learning-rate 0.1",
            "--hidden none --learning-rate 0.05",
            "--batch-size 100000 --epochs 150")
        .map(options -> DynamicTest.dynamicTest(options, () -> learns(data, options)));
  }

  private void learns(Path data, String options) {
    List<Object> arguments = new ArrayList<>();
    Path model = work.resolve("model" + Math.abs(options.hashCode()));
    String usual = " train --data csv:" + data + " --test csv:" + data + " --out " + model;
    arguments.addAll(List.of(usual.strip().split(" ")));
    for (String[] base :
        new String[][] {
          {"--hidden", "16"}, {"--batch-size", "16"}, {"--learning-rate", "0.01"}, {"--epochs", "8"}
        }) {
      if (!options.contains(base[0])) {
        arguments.addAll(List.of(base));
      }
    }
    arguments.addAll(List.of(options.split(" ")));
    arguments.add("--json");
    JsonNode end = Lamina.succeed(arguments.toArray()).last();
    assertTrue(end.get("test_accuracy").number() > 0.93, end.value()::toString);
    JsonNode again =
        Lamina.succeed("evaluate", "--model", model, "--data", "csv:" + data, "--json").last();
    assertEquals(end.get("test_accuracy").number(), again.get("accuracy").number());
    assertEquals(end.get("test_loss").number(), again.get("loss").number());
    assertEquals(options.contains("--validation-split 0"), end.find("validation_loss").isEmpty());
  }

  @Test
  void regressionIsStandardisedAndToldInTheTargetsUnit() throws IOException {
    Path data = Samples.prices(work.resolve("prices.csv"), 500);
    Path model = work.resolve("model");
    JsonNode end =
        Lamina.succeed(
                "train",
                "--data",
                "csv:" + data,
                "--test",
                "csv:" + data,
                "--hidden",
                "none",
                "--batch-size",
                16,
                "--epochs",
                40,
                "--learning-rate",
                0.01,
                "--out",
                model,
                "--json")
            .last();
    // Linear in the features; the target's deviation is about 320.
    assertTrue(end.get("test_rmse").number() < 10, end.value()::toString);
    assertTrue(end.get("validation_rmse").number() < 10, end.value()::toString);
    assertTrue(end.find("test_accuracy").isEmpty());
    JsonNode again =
        Lamina.succeed("evaluate", "--model", model, "--data", "csv:" + data, "--json").last();
    assertEquals(end.get("test_rmse").number(), again.get("rmse").number());
    assertTrue(again.find("accuracy").isEmpty());

    JsonNode description = Json.read(model.resolve("model.json"));
    List<JsonNode> columns = description.get("table").get("columns").elements();
    assertEquals(5000, columns.get(0).get("mean").number(), 200);
    assertEquals(0, columns.get(1).get("mean").number(), 0.005);
    assertEquals(1990, columns.get(2).get("mean").number(), 1);
    JsonNode preprocessing = description.get("preprocessing");
    assertEquals(2000, preprocessing.get("targets").get("mean").numbers()[0], 60);
    assertEquals(320, preprocessing.get("targets").get("scale").numbers()[0], 40);

    double square = 0;
    List<String> predicted =
        Lamina.succeed("predict", "--model", model, "--data", "csv:" + data).out().lines().toList();
    List<String> truth = Files.readAllLines(data);
    assertEquals("price", predicted.getFirst());
    for (int i = 1; i < predicted.size(); i++) {
      double error =
          Double.parseDouble(predicted.get(i)) - Double.parseDouble(truth.get(i).split(";")[3]);
      square += error * error;
    }
    assertEquals(501, predicted.size());
    assertEquals(again.get("rmse").number(), Math.sqrt(square / 500), 1e-3, "rmse by hand");
  }

  @Test
  void aTaskCanBeNamedWhereTheTargetLooksLikeAnother() throws IOException {
    StringBuilder text = new StringBuilder("x,stars\n");
    for (int i = 0; i < 100; i++) {
      text.append(i % 5 + 0.01 * i).append(',').append(i % 5 + 1).append('\n');
    }
    Path data = Files.writeString(work.resolve("stars.csv"), text);
    Object[] train = {
      "train",
      "--data",
      "csv:" + data,
      "--hidden",
      4,
      "--epochs",
      1,
      "--json",
      "--out",
      work.resolve("m"),
      "--task",
      "auto"
    };
    assertTrue(Lamina.succeed(train).last().find("validation_accuracy").isPresent());
    train[train.length - 1] = "regression";
    assertTrue(Lamina.succeed(train).last().find("validation_rmse").isPresent());
  }

  @Test
  void savesToRunsUnlessToldOtherwise() throws Exception {
    Process process =
        Lamina.forked("train", "--data", "digits:100", "--hidden", 8, "--epochs", 1)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("output").toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> "see " + work);
    try (Stream<Path> runs = Files.list(work.resolve("runs"))) {
      List<Path> folders = runs.toList();
      assertEquals(1, folders.size());
      Lamina.succeed("evaluate", "--model", folders.getFirst(), "--data", "digits:50");
    }
  }
}
