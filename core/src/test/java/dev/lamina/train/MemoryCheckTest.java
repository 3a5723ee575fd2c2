package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Too large a batch is refused before anything is allocated, with the numbers and a remedy. */
class MemoryCheckTest {
  private static final int INPUTS = 20;
  private static final long PLENTY = 1L << 40;
  private static final Pattern SUGGESTION = Pattern.compile("A batch of ([0-9,]+) would fit");

  private static Model model(Backend backend) {
    Sequential layers = Sequential.mlp(INPUTS, List.of(64, 32), 10, Activation.RELU, 0.1);
    return Model.create(layers, INPUTS, backend, 1);
  }

  /** What a step of this batch allocates, state and slab together. */
  private static long needed(int batch) {
    RoomyBackend backend = new RoomyBackend(PLENTY);
    try (Model model = model(backend)) {
      long before = backend.taken();
      try (TrainingStep step = TrainingStep.of(model).batchSize(batch).build()) {
        assertEquals(batch, step.batchSize());
        return backend.taken() - before;
      }
    }
  }

  /** A device on which so many bytes are free once the model is there. */
  private static RoomyBackend withFree(long bytes) {
    RoomyBackend backend = new RoomyBackend(PLENTY);
    try (Model model = model(backend)) {
      assertEquals(INPUTS, model.inputs());
      return new RoomyBackend(backend.taken() + bytes);
    }
  }

  private static String refusal(Model model, int batch) {
    RoomyBackend backend = (RoomyBackend) model.backend();
    long before = backend.taken();
    TrainingStep.Builder builder = TrainingStep.of(model).batchSize(batch);
    String message = assertThrows(LaminaException.class, builder::build).getMessage();
    assertEquals(before, backend.taken(), "nothing may be left behind");
    return message;
  }

  @Test
  void theLargestBatchThatFitsIsNamed() {
    int largest = 300;
    RoomyBackend backend = withFree(needed(largest));
    try (Model model = model(backend)) {
      String message = refusal(model, 5000);
      Matcher found = SUGGESTION.matcher(message);
      assertTrue(found.find(), message);
      int suggested = Integer.parseInt(found.group(1).replace(",", ""));
      // Sizes are rounded up to the alignment, so a few samples more may take the same.
      assertTrue(suggested >= largest && suggested < largest + 64, message);
      TrainingStep.of(model).batchSize(suggested).build().close();
      refusal(model, suggested + 1);
    }
  }

  @Test
  void theTableTellsWhatNeedsHowMuch() {
    RoomyBackend backend = withFree(100_000);
    try (Model model = model(backend)) {
      String message = refusal(model, 5000);
      long flat = model.operand().type().bytes();
      assertTrue(message.startsWith("room has too little memory"), message);
      assertTrue(message.contains("a batch of 5,000"), message);
      assertTrue(message.contains(String.format(Locale.ROOT, "%,d", needed(5000))), message);
      assertTrue(message.contains("100,000 are free"), message);
      assertRow(message, "parameters", flat);
      assertRow(message, "gradients", flat);
      assertRow(message, "moments of the optimizer", 2 * flat);
      assertFalse(message.contains("training data"), message);
    }
  }

  private static void assertRow(String message, String what, long bytes) {
    String row =
        message.lines().filter(l -> l.strip().startsWith(what)).findFirst().orElse("no row");
    assertTrue(row.contains(String.format(Locale.ROOT, " %,d bytes", bytes)), message);
  }

  /** What kernels cannot do without must find room too; what makes them faster only, need not. */
  @Test
  void whatKernelsTakeIsCounted() {
    long needed = needed(300);
    long scratch = 1000;
    KernelMemory kernels = new KernelMemory(scratch, 500, 2000);
    long free = withFree(needed + scratch).freeBytes();
    try (Model model = model(new RoomyBackend(free, kernels))) {
      TrainingStep.Builder builder = TrainingStep.of(model).batchSize(300);
      assertEquals(needed + 3500, builder.peakBytes());
      builder.build().close();
    }
    try (Model model = model(new RoomyBackend(free - 1, kernels))) {
      String message = refusal(model, 300);
      assertRow(message, "scratch memory of kernels", scratch);
      assertRow(message, "finding the fastest kernels", 2500);
      assertTrue(message.contains("A batch of 29"), message);
    }
  }

  @Test
  void dataOnTheDeviceIsListed() {
    Dataset samples =
        Dataset.classification(
            new float[40 * INPUTS], INPUTS, new int[40], List.of("abcdefghij".split("")));
    RoomyBackend backend = withFree(40L * (INPUTS + 1) * 4 + 100);
    try (Model model = model(backend);
        DeviceData data = DeviceData.upload(backend, samples, new SoftmaxCrossEntropy(), 10)) {
      TrainingStep.Builder builder = TrainingStep.of(model).batchSize(16).data(data);
      String message = assertThrows(LaminaException.class, builder::build).getMessage();
      assertRow(message, "training data", 40L * INPUTS * 4 + 40 * 4);
    }
  }

  private static Dataset samples(int count) {
    return Dataset.classification(
        new float[count * INPUTS], INPUTS, new int[count], List.of("abcdefghij".split("")));
  }

  /** The ring is among what must find room, with a large batch as with that which is suggested. */
  @Test
  void theRingOfStreamedDataIsCounted() {
    RoomyBackend backend = withFree(300_000);
    try (Model model = model(backend);
        DeviceData data =
            DeviceData.stream(backend, samples(2000), new SoftmaxCrossEntropy(), 10)) {
      TrainingStep.Builder builder = TrainingStep.of(model).batchSize(2000).data(data);
      String message = assertThrows(LaminaException.class, builder::build).getMessage();
      long ring = Operand.aligned(2 * 2000L * INPUTS * 4) + Operand.aligned(2 * 2000L * 4);
      assertRow(message, "ring of batches from the host", ring);
      Matcher found = SUGGESTION.matcher(message);
      assertTrue(found.find(), message);
      int batch = Integer.parseInt(found.group(1).replace(",", ""));
      long before = backend.taken();
      try (TrainingStep step = TrainingStep.of(model).batchSize(batch).data(data).build()) {
        assertEquals(batch, step.batchSize());
        assertTrue(backend.taken() - before > 250_000, "it takes nearly all");
      }
      assertEquals(before, backend.taken());
    }
  }

  @Test
  void dataForWhichThereIsNoRoomAreRefusedWithTheRemedy() {
    try (Model model = model(withFree(10_000))) {
      Loss loss = new SoftmaxCrossEntropy();
      String message =
          assertThrows(
                  LaminaException.class,
                  () -> DeviceData.upload(model.backend(), samples(200), loss, 10))
              .getMessage();
      assertTrue(message.contains("takes 16,800 bytes, and 10,000 are free on room"), message);
      assertTrue(message.contains("--data-on host"), message);
    }
  }

  /** With a sixteenth to spare, and beside what the evaluation needs. */
  @Test
  void dataLieOnTheDeviceIfTheyFit() {
    Loss loss = new SoftmaxCrossEntropy();
    long bytes = 2000 * (INPUTS + 1) * 4;
    for (DataPlacement asked : DataPlacement.values()) {
      for (boolean fits : new boolean[] {true, false}) {
        try (Model model = model(withFree(fits ? 4 * bytes : bytes))) {
          DataReport report = Evaluator.place("data", model, loss, samples(2000), 100, asked);
          assertEquals(
              asked == DataPlacement.AUTO ? fits : asked == DataPlacement.DEVICE,
              report.onDevice(),
              report.toString());
          assertEquals(bytes, report.bytes(), 2 * Operand.ALIGNMENT);
          assertTrue(report.toString().startsWith("data: "), report::toString);
        }
      }
    }
  }

  @Test
  void aModelThatIsTooLargeGetsNoSuggestion() {
    try (Model model = model(withFree(1000))) {
      String message = refusal(model, 1);
      assertTrue(message.contains("No batch fits"), message);
    }
  }
}
