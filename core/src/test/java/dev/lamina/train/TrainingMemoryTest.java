package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run will take is told whole, and refused whole, before anything is allocated. */
class TrainingMemoryTest {
  private static final int INPUTS = 20;
  private static final int SAMPLES = 3000;
  private static final int BATCH = 100;
  private static final long PLENTY = 1L << 40;
  private static final Loss LOSS = new SoftmaxCrossEntropy();

  private static Dataset samples(int count) {
    return Dataset.classification(
        new float[count * INPUTS], INPUTS, new int[count], List.of("abcdefghij".split("")));
  }

  private static Model model(RoomyBackend backend) {
    return Model.create(
        Sequential.mlp(INPUTS, List.of(64, 32), 10, Activation.RELU, 0.1), INPUTS, backend, 1);
  }

  private static TrainingMemory memory(Model model, DataPlacement placement, int epochs) {
    return new Trainer(model)
        .batchSize(BATCH)
        .data(placement)
        .memory(samples(SAMPLES), samples(SAMPLES / 10), epochs);
  }

  /** What {@link Trainer#fit} allocates on the device. */
  private static long taken(RoomyBackend backend, Model model, DataPlacement placement) {
    Dataset train = samples(SAMPLES);
    Dataset held = samples(SAMPLES / 10);
    boolean resident = placement != DataPlacement.HOST;
    try (DeviceData data =
            resident
                ? DeviceData.upload(backend, train, LOSS, 10)
                : DeviceData.stream(backend, train, LOSS, 10);
        DeviceData looked =
            resident
                ? DeviceData.upload(backend, held, LOSS, 10)
                : DeviceData.stream(backend, held, LOSS, 10);
        TrainingStep step = TrainingStep.of(model).batchSize(BATCH).data(data).build();
        Evaluator evaluator = new Evaluator(model, LOSS, looked, 512)) {
      assertEquals(BATCH, step.batchSize());
      assertEquals(0, evaluator.evaluate().accuracy());
      return backend.taken();
    }
  }

  @ParameterizedTest
  @EnumSource(DataPlacement.class)
  void isWhatIsAllocated(DataPlacement placement) {
    RoomyBackend backend = new RoomyBackend(PLENTY);
    try (Model model = model(backend)) {
      long parameters = model.operand().type().bytes();
      long before = backend.taken();
      TrainingMemory told = memory(model, placement, 3);
      assertEquals(before, backend.taken(), "nothing is allocated");
      assertEquals(told.deviceBytes(), taken(backend, model, placement), 20 * 256);
      long samples = samples(SAMPLES).bytes() + samples(SAMPLES / 10).bytes();
      long buffers = 0;
      if (placement == DataPlacement.HOST) {
        try (DeviceData data = DeviceData.stream(backend, samples(SAMPLES), LOSS, 10);
            DeviceData held = DeviceData.stream(backend, samples(SAMPLES / 10), LOSS, 10)) {
          buffers = data.ringBytes(BATCH) + held.ringBytes(SAMPLES / 10);
        }
      }
      assertEquals(parameters + samples + buffers, told.hostBytes());
      assertEquals(samples + buffers, memory(model, placement, 1).hostBytes(), "one epoch");
    }
  }

  /** There the best parameters, the data and their copies lie beside everything else. */
  @ParameterizedTest
  @EnumSource(DataPlacement.class)
  void onAHostAllLiesInOnePlace(DataPlacement placement) {
    try (Model apart = model(new RoomyBackend(PLENTY));
        Model shared = model(RoomyBackend.host(PLENTY))) {
      for (int epochs : new int[] {1, 3}) {
        TrainingMemory two = memory(apart, placement, epochs);
        TrainingMemory one = memory(shared, placement, epochs);
        assertEquals(0, one.hostBytes());
        assertEquals(two.deviceBytes() + two.hostBytes(), one.deviceBytes());
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedWithAllNumbers() {
    RoomyBackend plenty = RoomyBackend.host(PLENTY);
    long needed;
    long taken;
    long parameters;
    try (Model model = model(plenty)) {
      parameters = model.operand().type().bytes();
      taken = plenty.taken();
      long samples = samples(SAMPLES).bytes() + samples(SAMPLES / 10).bytes();
      needed = memory(model, DataPlacement.DEVICE, 2).deviceBytes() - parameters - samples;
    }
    try (Model model = model(RoomyBackend.host(taken + needed))) {
      assertTrue(memory(model, DataPlacement.DEVICE, 2).deviceBytes() > needed);
    }
    RoomyBackend tight = RoomyBackend.host(taken + needed - 1);
    try (Model model = model(tight)) {
      String message =
          assertThrows(LaminaException.class, () -> memory(model, DataPlacement.DEVICE, 2))
              .getMessage();
      assertEquals(taken, tight.taken());
      row(message, "best parameters", parameters);
      row(message, "training data", 4L * SAMPLES * (INPUTS + 1));
      assertTrue(message.contains("validation data"), message);
      assertTrue(message.contains("evaluation"), message);
      assertTrue(message.contains(String.format(Locale.ROOT, "needs %,d bytes", needed)), message);
      assertTrue(message.contains("would fit: take that or a smaller one"), message);
      assertFalse(memory(model, DataPlacement.DEVICE, 1).toString().isEmpty(), "without a copy");
    }
  }

  private static void row(String message, String what, long bytes) {
    String row =
        message.lines().filter(l -> l.strip().startsWith(what)).findFirst().orElse("no row");
    // Up to the alignment of tensors.
    long found = Long.parseLong(row.replaceAll("[^0-9]", ""));
    assertEquals(bytes, found, 2 * 256, message);
  }
}
