package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lamina.emulator.CudaEmulator;
import dev.lamina.io.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command with {@code --device cuda}, in processes of their own: without a GPU and emulated.
 */
class CudaTest {
  /**
   * Relative, for losses of 12 steps in fp32: the devices add in different orders, see {@code
   * LossCurveTest}.
   */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path work;

  private Lamina fork(Object... arguments) throws Exception {
    return Lamina.fork(work, Map.of(), arguments);
  }

  private Lamina emulated(String settings, Object... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>(CudaEmulator.orSkip().backendEnvironment());
    environment.put("CUEMU_SETTINGS", settings);
    return Lamina.fork(work, environment, arguments);
  }

  /** The only line of an error, which is no defect. */
  private static String message(Lamina result) {
    assertEquals(2, result.code(), result.err());
    List<String> lines = result.err().lines().filter(l -> l.startsWith("lamina: ")).toList();
    assertEquals(1, lines.size(), result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    return lines.getFirst();
  }

  private static JsonNode cuda(Lamina devices) {
    return devices.json().stream()
        .filter(l -> l.get("device").text().startsWith("cuda"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutAGpuDevicesSaysWhyAndWhatToDo() throws Exception {
    Lamina devices = fork("devices", "--json");
    assertEquals(0, devices.code(), devices.err());
    assumeFalse(cuda(devices).get("usable").flag(), "there is a GPU here");
    assertFalse(cuda(devices).get("reason").text().isBlank());
    assertFalse(cuda(devices).get("remedy").text().isBlank());
    assertTrue(
        devices.json().stream()
            .anyMatch(l -> l.get("device").text().equals("cpu") && l.get("usable").flag()));
    Lamina text = fork("devices");
    assertEquals(0, text.code());
    assertTrue(text.out().contains("reason: " + cuda(devices).get("reason").text()), text.out());
    assertTrue(text.out().contains("remedy: " + cuda(devices).get("remedy").text()), text.out());
  }

  @Test
  void withoutAGpuItIsAMistakeToAskForIt() throws Exception {
    assumeFalse(cuda(fork("devices", "--json")).get("usable").flag(), "there is a GPU here");
    Path model = work.resolve("model");
    Lamina.succeed("train", "--data", "digits:60", "--epochs", 1, "--hidden", 4, "--out", model);
    Map<String, String> before = FileTree.of(model);
    for (String typed :
        List.of("train --out @ --data digits:60", "bench", "evaluate --model @ --data digits:60")) {
      Object[] arguments = (typed.replace("@", model.toString()) + " --device cuda").split(" ");
      Lamina result = fork(arguments);
      String message = message(result);
      assertTrue(message.contains("device cuda cannot be used"), message);
      assertTrue(message.contains("nstall"), message);
      assertEquals("", result.out());
      assertEquals(before, FileTree.of(model));
    }
  }

  @Test
  void trainsToTheSameLossAsOnTheCpu() throws Exception {
    Object[] arguments =
        ("train --no-autotune --data digits:134 --hidden 16 --epochs 3 --batch-size 30 --seed 3"
                + " --json --dropout 0.1 --out "
                + work.resolve("cuda")
                + " --device cuda")
            .split(" ");
    Lamina cuda = emulated("", arguments);
    assertEquals(0, cuda.code(), cuda.err());
    assertFalse(cuda.err().contains("[cuemu]"), cuda.err());
    arguments[arguments.length - 1] = "cpu";
    arguments[arguments.length - 3] = work.resolve("cpu").toString();
    Lamina cpu = Lamina.succeed(arguments);
    assertEquals("cuda:0", cuda.last().get("device").text());
    assertEquals("cpu", cpu.last().get("device").text());
    assertEquals(cpu.json().size(), cuda.json().size());
    for (int epoch = 1; epoch <= 3; epoch++) {
      for (String loss : List.of("loss", "validation_loss")) {
        near(cpu.json().get(epoch).get(loss), cuda.json().get(epoch).get(loss));
      }
    }
    near(cpu.last().get("test_loss"), cuda.last().get("test_loss"));
    Lamina there =
        emulated(
            "",
            "evaluate",
            "--model",
            work.resolve("cuda"),
            "--data",
            "digits:100",
            "--json",
            "--device",
            "cuda");
    assertEquals(0, there.code(), there.err());
    Lamina here =
        Lamina.succeed(
            "evaluate", "--model", work.resolve("cuda"), "--data", "digits:100", "--json");
    near(here.last().get("loss"), there.last().get("loss"));
    assertEquals(here.last().get("accuracy").number(), there.last().get("accuracy").number());
  }

  /**
   * 22.4 MiB of samples, and a GPU of 55 MiB, of which cuBLAS takes 49: the run says that they
   * stream, and its numbers are those of a GPU that has room for them.
   */
  @Test
  void dataLargerThanTheGpuStreamByThemselves() throws Exception {
    Object[] arguments =
        ("train --no-autotune --data digits:30000 --test digits:100 --hidden 8 --epochs 1"
                + " --batch-size 500 --validation-split 0.02 --json --device cuda --out "
                + work.resolve("model"))
            .split(" ");
    Lamina small = emulated("compute_capability=80;memory=" + (55 << 20), arguments);
    assertEquals(0, small.code(), small.err());
    assertFalse(small.err().contains("[cuemu]"), small.err());
    Lamina large = emulated("compute_capability=80", arguments);
    assertEquals("host", small.last().get("data_on").text());
    assertEquals("device", large.last().get("data_on").text());
    for (String number : List.of("loss", "validation_loss", "validation_accuracy", "test_loss")) {
      assertEquals(large.last().get(number).number(), small.last().get(number).number(), number);
    }
  }

  @Test
  void trainsInBf16() throws Exception {
    String typed =
        "train --no-autotune --data digits:134 --hidden 16 --epochs 3 --batch-size 30 --seed 3"
            + " --json --device cuda --out ";
    Object[] full = (typed + work.resolve("full")).split(" ");
    Object[] mixed = (typed + work.resolve("mixed") + " --precision bf16").split(" ");
    Lamina fp32 = emulated("", full);
    Lamina bf16 = emulated("", mixed);
    assertEquals(0, bf16.code(), bf16.err());
    assertFalse(bf16.err().contains("[cuemu]"), bf16.err());
    assertEquals("fp32", fp32.last().get("precision").text());
    assertEquals("bf16", bf16.last().get("precision").text());
    for (int epoch = 1; epoch <= 3; epoch++) {
      double expected = fp32.json().get(epoch).get("loss").number();
      double found = bf16.json().get(epoch).get("loss").number();
      // Seven bits of mantissa show, and no more than that.
      assertEquals(expected, found, 0.03 * expected);
      assertTrue(Math.abs(found - expected) > 1e-6 * expected, "nothing was rounded");
    }
    // The parameters proper are saved.
    double expected = evaluated(work.resolve("full"));
    assertEquals(expected, evaluated(work.resolve("mixed")), 0.03 * expected);
  }

  private static double evaluated(Path model) {
    return Lamina.succeed("evaluate", "--model", model, "--json", "--data", "digits:100")
        .last()
        .get("loss")
        .number();
  }

  @Test
  void aPrecisionThatTheCpuDoesNotHaveIsTold() throws Exception {
    Path model = work.resolve("model");
    String typed = "train --data digits:60 --epochs 1 --hidden 4 --precision bf16 --out " + model;
    Lamina result = Lamina.succeed((Object[]) typed.split(" "));
    assertTrue(
        result.err().contains("--precision bf16 is for GPUs; the CPU computes in fp32"),
        result.err());
  }

  private static void near(JsonNode expected, JsonNode found) {
    double loss = expected.number();
    assertTrue(loss > 0);
    assertEquals(loss, found.number(), TOLERANCE * loss, found.place());
  }

  @Test
  void devicesListsAGpu() throws Exception {
    Lamina devices = emulated("", "devices", "--json", "--verbose");
    assertEquals(0, devices.code(), devices.err());
    assertTrue(cuda(devices).get("usable").flag(), devices.out());
    assertEquals("cuda:0", cuda(devices).get("device").text());
    assertEquals("9.0", cuda(devices).get("compute capability").text());
  }

  @Test
  void noDevice() throws Exception {
    Lamina result =
        emulated("devices=0", "train", "--device", "cuda", "--out", work.resolve("model"));
    String message = message(result);
    assertTrue(message.contains("device cuda cannot be used"), message);
    assertTrue(message.contains("CUDA_ERROR_NO_DEVICE"), message);
    assertTrue(message.contains("nvidia-smi"), message);
    assertEquals("", result.out());
  }

  /** It is lost in some epoch after the first: the best epoch so far is in the folder. */
  @Test
  void aLostDeviceLeavesTheLastModel() throws Exception {
    Path model = work.resolve("model");
    Object[] arguments =
        ("train --no-autotune --data digits:60 --hidden 4 --epochs 1000 --batch-size 30"
                + " --validation-split 0 --json --device cuda --out "
                + model)
            .split(" ");
    Lamina result = emulated("lose_device_after=400;quiet=true", arguments);
    String message = message(result);
    assertTrue(
        message.contains("CUDA_ERROR_UNKNOWN")
            || message.contains("CUBLAS_STATUS_EXECUTION_FAILED"),
        message);
    assertTrue(message.contains("checkpoint"), message);
    long epochs = result.json().stream().filter(l -> l.get("event").text().equals("epoch")).count();
    assertTrue(epochs > 1, result.out());
    Lamina.succeed("evaluate", "--model", model, "--data", "digits:50");
  }
}
