package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every mistake that a user can mend: exit code 2, one message that names the place and the remedy,
 * no stack trace, nothing on standard output, all files as they were.
 */
class MistakesTest {
  @TempDir static Path work;

  /** A mistake: what is typed, {@code @} being the folder, and what the message must say. */
  private record Mistake(String typed, String... said) {
    String title() {
      return "lamina " + typed;
    }
  }

  @BeforeAll
  static void makeFiles() throws IOException {
    Path classes = Samples.classes(work.resolve("classes.csv"), 80);
    Path prices = Samples.prices(work.resolve("prices.csv"), 80);
    DamagedFiles.csv(work);
    DamagedFiles.idx(work.resolve("idx"));
    train(classes, "model");
    train(prices, "price-model");
    Lamina.succeed(
        "train", "--data", "digits:60", "--hidden", 8, "--epochs", 1, "--out", path("digit-model"));
    Path broken = Files.createDirectories(work.resolve("broken"));
    DamagedFiles.models(work.resolve("model"), broken);
    FileTree.copy(work.resolve("price-model"), broken.resolve("swapped"));
    Files.writeString(work.resolve("predictions.csv"), "kept\n");
    Files.createDirectories(work.resolve("full/model.safetensors/x"));
    Files.createSymbolicLink(work.resolve("link.csv"), work.resolve("model/model.safetensors"));
    Path dangling = Files.createDirectories(work.resolve("dangling"));
    Files.createSymbolicLink(dangling.resolve("model.safetensors"), work.resolve("nowhere"));
  }

  private static void train(Path data, String name) {
    Lamina.succeed(
        "train", "--data", "csv:" + data, "--hidden", 8, "--epochs", 2, "--out", path(name));
  }

  private static Path path(String name) {
    return work.resolve(name);
  }

  @TestFactory
  Stream<DynamicTest> inOptions() {
    List<Mistake> mistakes = new ArrayList<>();
    mistakes.add(new Mistake("", "lamina train"));
    mistakes.add(new Mistake("trian", "trian", "train"));
    mistakes.add(new Mistake("train --epoch 3", "--epoch", "--epochs"));
    mistakes.add(new Mistake("train digits", "digits", "--help"));
    mistakes.add(new Mistake("evaluate --model @/model", "--data"));
    mistakes.add(new Mistake("predict --data digits", "--model"));
    mistakes.add(new Mistake("train --hidden 12,x", "--hidden", "'x'", "512,512"));
    mistakes.add(new Mistake("train --hidden 12,,3", "--hidden", "512,512"));
    mistakes.add(new Mistake("train --hidden 0", "--hidden", "from 1"));
    mistakes.add(new Mistake("train --hidden -5", "--hidden", "from 1"));
    mistakes.add(new Mistake("train --hidden 99999999999", "--hidden", "10,000,000"));
    mistakes.add(new Mistake("train --activation rleu", "--activation", "relu"));
    mistakes.add(new Mistake("train --loss mse", "--loss", "mean-squared-error"));
    mistakes.add(new Mistake("train --optimizer lbfgs", "--optimizer", "adamw"));
    mistakes.add(new Mistake("train --schedule linear", "--schedule", "cosine"));
    mistakes.add(new Mistake("train --loss huber:delta=0", "huber", "delta", "above 0"));
    mistakes.add(new Mistake("train --loss huber:d=1", "huber", "'d'"));
    mistakes.add(new Mistake("train --clip-norm 0", "--clip-norm", "above 0"));
    mistakes.add(new Mistake("train --clip-value -1", "--clip-value", "above 0"));
    mistakes.add(new Mistake("train --accumulate 0", "--accumulate", "from 1"));
    mistakes.add(new Mistake("train --average 1", "--average", "below 1"));
    mistakes.add(new Mistake("train --data digits:60 --freeze 9.*", "--freeze 9.*", "0.weight"));
    mistakes.add(new Mistake("train --data digits:60 --freeze *", "frozen", "fewer"));
    mistakes.add(new Mistake("train --momentum 0.9", "--momentum", "sgd"));
    mistakes.add(new Mistake("train --nesterov --optimizer sgd", "--nesterov", "--momentum"));
    mistakes.add(new Mistake("train --target kind", "--target", "csv:FILE"));
    mistakes.add(new Mistake("train --header present", "--header", "csv:FILE"));
    mistakes.add(new Mistake("train --task regression", "--task", "csv:FILE"));
    mistakes.add(new Mistake("train --data csv:@/classes.csv --header no", "--header", "absent"));
    mistakes.add(new Mistake("train --data csv:@/classes.csv --task guess", "--task", "auto"));
    mistakes.add(new Mistake("train --device gpu", "gpu", "cpu"));
    mistakes.add(new Mistake("train --device cpu:x", "cpu:x", "number"));
    mistakes.add(new Mistake("bench --layers 10", "--layers", "784-10"));
    mistakes.add(new Mistake("bench --layers 10-x-3", "--layers", "'x'"));
    mistakes.add(new Mistake("bench --batch 16777216", "--batch", "smaller"));
    for (String value : List.of("x", "-1", "nan", "infinity")) {
      for (String option :
          List.of("validation-split", "dropout", "learning-rate", "weight-decay", "momentum")) {
        mistakes.add(new Mistake("train --" + option + " " + value, "--" + option));
      }
      mistakes.add(new Mistake("bench --seconds " + value, "--seconds"));
    }
    for (String value : List.of("x", "-1", "2.5", "99999999999999999999")) {
      for (String option : List.of("batch-size", "epochs", "warmup", "threads")) {
        mistakes.add(new Mistake("train --" + option + " " + value, "--" + option));
      }
      mistakes.add(new Mistake("bench --batch " + value, "--batch"));
    }
    for (String option : List.of("batch-size", "epochs", "learning-rate")) {
      mistakes.add(new Mistake("train --" + option + " 0", "--" + option));
    }
    mistakes.add(new Mistake("train --dropout 1", "--dropout", "below 1"));
    mistakes.add(new Mistake("train --validation-split 1", "--validation-split", "below 1"));
    mistakes.add(new Mistake("train --seed x", "--seed"));
    mistakes.add(new Mistake("train --threads 1000000", "--threads", "1024"));
    for (String command : List.of("train", "bench")) {
      mistakes.add(new Mistake(command + " --data-on moon", "--data-on moon", "device", "host"));
    }
    mistakes.add(new Mistake("train --precision fp8", "--precision fp8", "fp32, tf32 or bf16"));
    mistakes.add(
        new Mistake("train --data digits:60 --epochs 2147483647 --batch-size 1", "--epochs"));
    return tests(mistakes);
  }

  @TestFactory
  Stream<DynamicTest> inData() {
    List<Mistake> mistakes = new ArrayList<>();
    mistakes.add(new Mistake("train --data @/classes.csv", "did you mean csv:"));
    mistakes.add(new Mistake("train --data @/idx/good", "did you mean idx:"));
    mistakes.add(new Mistake("train --data digit", "digits"));
    mistakes.add(new Mistake("train --data csv:", "csv:PATH"));
    mistakes.add(new Mistake("train --data digits:0", "digits:0", "from 1"));
    mistakes.add(new Mistake("train --data digits:many", "digits:many", "number"));
    mistakes.add(new Mistake("train --data digits:1", "--validation-split 0"));
    mistakes.add(new Mistake("train --data digits:2147483647", "memory"));
    mistakes.add(new Mistake("train --data csv:@/no.csv", "no.csv", "check the path"));
    mistakes.add(new Mistake("train --data csv:@/idx", "folder", "expected a file"));
    mistakes.add(csv("ragged.csv", "line 16", "4 cells", "expected 3"));
    mistakes.add(csv("text.csv", "row 15, column 2 ('y')", "many"));
    mistakes.add(csv("gap.csv --missing refuse", "row 15, column 2 ('y')", "gap"));
    mistakes.add(csv("nan.csv --missing refuse", "row 15, column 1 ('x')", "gap"));
    mistakes.add(csv("infinite.csv", "row 15, column 2 ('y')", "inf"));
    mistakes.add(csv("empty.csv", "empty"));
    mistakes.add(csv("names.csv", "no data follow"));
    mistakes.add(csv("one-class.csv", "'up'", "choose another target"));
    mistakes.add(csv("quote.csv", "check the quotes"));
    mistakes.add(csv("binary.csv", "binary.csv"));
    mistakes.add(csv("classes.csv --target knid", "'knid'", "did you mean 'kind'?"));
    mistakes.add(csv("classes.csv --target 4", "no column 4", "1 to 3"));
    mistakes.add(csv("classes.csv --header absent", "row 1, column 1", "--header present"));
    mistakes.add(csv("classes.csv --column x", "--column", "COL:KIND"));
    mistakes.add(csv("classes.csv --column x:text", "--column", "category"));
    mistakes.add(csv("classes.csv --column kind:number", "row 1, column 3 ('kind')"));
    mistakes.add(csv("classes.csv --drop z", "no column 'z'"));
    mistakes.add(csv("classes.csv --drop x --drop y", "no column is left"));
    mistakes.add(csv("classes.csv --missing maybe", "--missing", "impute, refuse"));
    mistakes.add(csv("classes.csv --max-categories 1", "--max-categories", "from 2"));
    mistakes.add(new Mistake("train --drop x", "--drop", "parquet:FILE"));
    mistakes.add(new Mistake("train --data sql: --epochs 1", "sql:QUERY"));
    mistakes.add(new Mistake("train --data sql:SELECT+FROM", "sql:SELECT+FROM", "syntax error"));
    mistakes.add(
        new Mistake(
            "train --data parquet:@/classes.csv", "classes.csv", "no Parquet file", "csv:FILE"));
    mistakes.add(new Mistake("train --data csv:@/no-*.csv", "no file matches"));
    mistakes.add(csv("prices.csv --loss softmax-cross-entropy", "--loss", "mean-squared-error"));
    mistakes.add(csv("prices.csv --loss binary-cross-entropy", "--loss", "mean-squared-error"));
    mistakes.add(csv("classes.csv --task regression", "row 1, column 3 ('kind')"));
    mistakes.add(csv("classes.csv --test csv:@/unknown.csv", "unknown.csv", "row 15", "'upp'"));
    mistakes.add(csv("classes.csv --test csv:@/renamed.csv", "renamed.csv", "'y'"));
    mistakes.add(csv("classes.csv --test digits:10", "digits:10", "trained on a table"));
    mistakes.add(new Mistake("train --data idx:@/no", "no such folder"));
    mistakes.add(new Mistake("train --data idx:@/classes.csv", "not a folder"));
    mistakes.add(idx("truncated", "train-images-idx3-ubyte"));
    mistakes.add(idx("magic", "train-images-idx3-ubyte", "byte"));
    mistakes.add(idx("count", "60 images", "59 labels"));
    mistakes.add(idx("zip", "train-images-idx3-ubyte.gz"));
    mistakes.add(idx("incomplete", "training labels", "missing"));
    mistakes.add(idx("label --test idx:@/idx/label", "t10k-images", "row 13", "'200'"));
    return tests(mistakes);
  }

  private static Mistake csv(String file, String... said) {
    return new Mistake("train --data csv:@/" + file, said);
  }

  private static Mistake idx(String folder, String... said) {
    return new Mistake("train --data idx:@/idx/" + folder, said);
  }

  @TestFactory
  Stream<DynamicTest> inModels() {
    List<Mistake> mistakes = new ArrayList<>();
    for (String command : List.of("evaluate", "predict --out @/predictions.csv")) {
      for (Mistake m :
          List.of(
              new Mistake("no", "no model here", "no such folder"),
              new Mistake("classes.csv", "no model here"),
              new Mistake("broken/nothing", "no model here", "model.safetensors"),
              new Mistake("broken/truncated", "model.safetensors"),
              new Mistake("broken/header", "model.safetensors"),
              new Mistake("broken/length", "model.safetensors"),
              new Mistake("broken/format", "lamina-modem"),
              new Mistake("broken/layer", "Linoar", "Linear"),
              new Mistake("broken/json", "model.json"),
              new Mistake("broken/bare", "model.json"),
              new Mistake("broken/missing", "model.safetensors"),
              new Mistake("broken/one-class", "model.safetensors", "2 outputs", "1 class;"),
              new Mistake("broken/more-classes", "model.safetensors", "2 outputs", "4 classes"),
              new Mistake("broken/no-classes", "model.safetensors", "needs classes"),
              new Mistake("price-model", "classes.csv", "'area'"))) {
        String typed = command + " --data csv:@/classes.csv --model @/" + m.typed;
        mistakes.add(new Mistake(typed, m.said));
      }
    }
    String evaluate = "evaluate --model @/model --data ";
    mistakes.add(new Mistake(evaluate + "csv:@/no.csv", "no.csv"));
    mistakes.add(new Mistake(evaluate + "csv:@/ragged.csv", "line 16"));
    mistakes.add(new Mistake(evaluate + "csv:@/unknown.csv", "'upp'", "did you mean 'up'?"));
    mistakes.add(new Mistake(evaluate + "csv:@/renamed.csv", "'y'", "'z'"));
    mistakes.add(new Mistake(evaluate + "csv:@/narrow.csv", "2 columns", "2 features"));
    mistakes.add(new Mistake(evaluate + "csv:@/prices.csv", "'x'"));
    mistakes.add(new Mistake(evaluate + "digits:10", "digits:10", "trained on a table"));
    mistakes.add(new Mistake(evaluate + "digits:10 --target x", "--target"));
    String digits = "evaluate --model @/digit-model --data ";
    mistakes.add(new Mistake(digits + "idx:@/idx/label", "row 13", "'200'"));
    mistakes.add(new Mistake(digits + "csv:@/classes.csv", "3 columns", "784"));
    return tests(mistakes);
  }

  @TestFactory
  Stream<DynamicTest> inPlacesToWriteTo() {
    List<Mistake> mistakes = new ArrayList<>();
    String train = "train --data digits:60 --hidden 8 --epochs 1 --out ";
    mistakes.add(new Mistake(train + "@/classes.csv", "is a file", "folder"));
    mistakes.add(new Mistake(train + "@/classes.csv/below", "is a file", "folder"));
    mistakes.add(new Mistake(train + "@/full", "model.safetensors", "name another"));
    String predict = "predict --model @/model --data csv:@/classes.csv --out ";
    mistakes.add(new Mistake(predict + "@/idx", "folder"));
    mistakes.add(new Mistake(predict + "@/no/p.csv", "does not exist", "create it"));
    mistakes.add(new Mistake(predict + "@/classes.csv", "a file of the data"));
    mistakes.add(new Mistake(predict + "@/model/model.safetensors", "a file of the model"));
    mistakes.add(new Mistake(predict + "@/model/../model/model.json", "a file of the model"));
    mistakes.add(new Mistake(predict + "@/link.csv", "a file of the model"));
    mistakes.add(
        new Mistake(
            "predict --model @/digit-model --data idx:@/idx/good --out"
                + " @/idx/good/t10k-images-idx3-ubyte",
            "a file of the data"));
    mistakes.add(new Mistake(train + "@/dangling", "model.safetensors", "does not exist"));
    if (Files.isDirectory(Path.of("/proc/self"))) {
      // Even root may not write there.
      mistakes.add(new Mistake(train + "/proc/lamina", "/proc", "name another"));
      mistakes.add(new Mistake(predict + "/proc/p.csv", "cannot write /proc/p.csv"));
    }
    return tests(mistakes);
  }

  /** A rate at which nothing can converge: what was saved before must stay. */
  @TestFactory
  Stream<DynamicTest> inTheLearningRate() {
    String[] said = {"step ", "output", "smaller learning rate", "Nothing was saved"};
    String train = "train --hidden 8 --learning-rate 1e30 --json --out @/model --data digits:";
    return Stream.of(
            "60 --epochs 3",
            "60 --epochs 3 --validation-split 0",
            "60 --epochs 1",
            "60 --epochs 1 --validation-split 0",
            "300 --epochs 3 --batch-size 64")
        .map(options -> new Mistake(train + options, said))
        .map(mistake ->
            DynamicTest.dynamicTest(
                mistake.title(),
                () -> {
                  Map<String, String> before = FileTree.of(work);
                  Lamina result = typed(mistake.typed);
                  check(mistake, result);
                  assertEquals(1, result.json().size(), result.out());
                  assertEquals("start", result.last().get("event").text());
                  assertEquals(before, FileTree.of(work));
                }));
  }

  private static Stream<DynamicTest> tests(List<Mistake> mistakes) {
    return mistakes.stream()
        .map(mistake ->
            DynamicTest.dynamicTest(
                mistake.title(),
                () -> {
                  Map<String, String> before = FileTree.of(work);
                  String typed = mistake.typed;
                  if (typed.startsWith("train") && !typed.contains("--out")) {
                    typed += " --out @/model";
                  }
                  Lamina result = typed(typed);
                  check(mistake, result);
                  assertEquals("", result.out());
                  assertEquals(before, FileTree.of(work));
                }));
  }

  private static Lamina typed(String line) {
    Object[] arguments =
        line.isEmpty() ? new Object[0] : line.replace("@", work.toString()).split(" ");
    return Lamina.run(arguments);
  }

  private static void check(Mistake mistake, Lamina result) {
    String message = result.err();
    assertEquals(2, result.code(), message);
    List<String> lines = message.lines().filter(l -> l.startsWith("lamina: ")).toList();
    assertEquals(1, lines.size(), message);
    for (String part : mistake.said) {
      assertTrue(message.contains(part), () -> "'" + part + "' is missing: " + message);
    }
    assertFalse(message.contains("\tat "), message);
    assertFalse(message.contains("Exception"), message);
    // The message, a hint where to look, notes on the device; more only where help was printed.
    long others = message.lines().filter(l -> !l.startsWith("note: ")).count();
    assertTrue(mistake.typed.isEmpty() || others <= 2, message);
  }
}
