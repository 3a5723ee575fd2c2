package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.DataReport;
import dev.lamina.train.EpochReport;
import dev.lamina.train.History;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training on data that stream to the emulated GPU. */
class StreamedTrainingTest extends EmulatedDevice {
  private static final int STEPS = 37;

  /** The last loss and the parameters. */
  private static double[] train(SmallTraining training) {
    training.step().run(3);
    training.step().run(STEPS - 3);
    return DoubleStream.concat(
            DoubleStream.of(training.step().losses().last()),
            DoubleStream.of(training.parameters()))
        .toArray();
  }

  private double[] trainWithoutFindings(DataPlacement placement) {
    double[] result;
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend, placement)) {
      result = train(training);
    }
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
    assertEquals(0, emulator.counter("live_streams") + emulator.counter("live_events"));
    return result;
  }

  @Test
  void theSameBitsInEveryOrderThatCudaAllows() {
    double[] expected = trainWithoutFindings(DataPlacement.DEVICE);
    for (String schedule : List.of("lazy", "eager", "random")) {
      for (int seed = 1; seed <= 3; seed++) {
        emulator.reset();
        emulator.set("schedule", schedule);
        emulator.set("seed", seed);
        assertArrayEquals(
            expected,
            trainWithoutFindings(DataPlacement.HOST),
            schedule + " schedule, seed " + seed);
        assertTrue(emulator.counter("graph_launches") > 0);
      }
    }
  }

  @Test
  void streamingAllocatesNothing() {
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend, DataPlacement.HOST)) {
      training.step().run(9);
      training.step().losses();
      long before = emulator.counter("allocations");
      training.step().run(30);
      training.step().losses();
      assertEquals(before, emulator.counter("allocations"));
    }
  }

  /**
   * Without the wait that a fault leaves out, the emulator finds what is not ordered. An arrival is
   * no fault where the host has waited for that copy by chance, to fill its buffer again, before
   * the steps are launched; of so many pieces that does not happen to all.
   */
  @ParameterizedTest
  @EnumSource(ForgetfulUploads.Fault.class)
  void aMissingWaitIsFound(ForgetfulUploads.Fault fault) {
    emulator.set("quiet", true);
    ForgetfulUploads.Device device = new ForgetfulUploads.Device(SmallTraining.openCuda(), fault);
    SmallTraining training = new SmallTraining(device, DataPlacement.HOST);
    if (fault == ForgetfulUploads.Fault.NONE) {
      train(training);
      training.close();
      device.close();
      assertEquals(List.of(), emulator.findings());
      return;
    }
    assertThrows(LaminaException.class, () -> train(training));
    String finding = emulator.findings().getFirst();
    assertTrue(finding.contains("unordered") || finding.contains("uninitialised"), finding);
    assertThrows(LaminaException.class, training::close);
    assertThrows(LaminaException.class, device::close);
  }

  /** What a run of the trainer told. */
  private static final class Told implements TrainingListener {
    DataReport training;
    DataReport validation;
    final List<Double> losses = new ArrayList<>();

    @Override
    public void onData(DataReport ofTraining, DataReport ofValidation) {
      training = ofTraining;
      validation = ofValidation;
    }

    @Override
    public void onEpoch(EpochReport report) {
      losses.add(report.loss());
      losses.add(report.validation().loss());
      losses.add(report.validation().accuracy());
    }
  }

  private static Dataset samples(int count) {
    Random random = new Random(5);
    float[] x = new float[count * 128];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(3);
      for (int j = 0; j < 128; j++) {
        x[128 * i + j] = (float) random.nextGaussian() + (j % 3 == labels[i] ? 0.2f : 0);
      }
    }
    return Dataset.classification(x, 128, labels, List.of("a", "b", "c"));
  }

  private static Told fit(Backend backend, Dataset train, Dataset held) {
    Told told = new Told();
    Sequential network = new Sequential(new Linear(128, 8, Activation.RELU), new Linear(8, 3));
    try (Model model = Model.create(network, 128, backend, 4)) {
      Trainer trainer =
          new Trainer(model).optimizer(new Adam(0.01)).batchSize(50).seed(3).listener(told);
      History history = trainer.fit(train, held, 2);
      assertEquals(2, history.epochs().size());
    }
    return told;
  }

  /** 768 KiB of samples, for which there are less than 512 KiB: they stream by themselves. */
  @Test
  void dataLargerThanTheDevice() {
    Dataset train = samples(1500);
    Dataset held = samples(90);
    long memory = 512 << 10;
    try (Backend backend = SmallTraining.openCuda()) {
      Told resident = fit(backend, train, held);
      assertTrue(resident.training.onDevice(), resident.training.toString());
      assertTrue(resident.losses.get(3) < 0.8 * resident.losses.getFirst());
      // All streams and workspaces are there now, so this much is left.
      emulator.set("memory", emulator.counter("live_bytes") + memory);
      assertEquals(memory, backend.freeBytes());
      Told streamed = fit(backend, train, held);
      assertFalse(streamed.training.onDevice(), streamed.training.toString());
      assertTrue(streamed.training.bytes() > memory);
      assertTrue(streamed.training.toString().contains("streaming from the host to cuda:0"));
      assertTrue(streamed.validation.onDevice(), streamed.validation.toString());
      assertEquals(resident.losses, streamed.losses);
      assertEquals(memory, backend.freeBytes(), "all is given back");
    }
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
  }

  /** What goes wrong on the thread that sends batches ends the training with its message. */
  @Test
  void aLostDeviceEndsTheTraining() {
    emulator.set("quiet", true);
    Backend backend = SmallTraining.openCuda();
    SmallTraining training = new SmallTraining(backend, DataPlacement.HOST);
    training.step().run(5);
    training.step().losses();
    emulator.set("lose_device_after", 3);
    String message =
        assertThrows(LaminaException.class, () -> training.step().run(200)).getMessage();
    assertTrue(message.contains("CUDA_ERROR_UNKNOWN"), message);
    assertThrows(LaminaException.class, training::close);
    assertThrows(LaminaException.class, backend::close);
  }
}
