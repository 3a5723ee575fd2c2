package dev.lamina.training;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.host.HostMemory;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.model.ModelDescription;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.DataPlacement;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingListener;
import dev.lamina.train.TrainingMemory;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A training in a virtual machine of its own that tells what it said it would take and what it
 * took: draws a model, trains it, saves it after each epoch, restores the best, loads it again.
 */
final class PeakMemory {
  private static final Schema SCHEMA = Digits.generate(1, 1).schema();

  private PeakMemory() {}

  /**
   * Runs.
   *
   * @param arguments the width of the two hidden layers, the batch size, the number of samples,
   *     where the data lie, a folder for the model
   */
  public static void main(String[] arguments) {
    int width = Integer.parseInt(arguments[0]);
    int batch = Integer.parseInt(arguments[1]);
    int samples = Integer.parseInt(arguments[2]);
    DataPlacement placement = DataPlacement.valueOf(arguments[3]);
    Path folder = Path.of(arguments[4]);
    try (Backend backend = Backends.open("cpu")) {
      // Loads classes and libraries, and lets the compiler do its work.
      train(backend, 64, 32, 2000, placement, folder);
      long before = bytes("VmRSS");
      TrainingMemory stated = train(backend, width, batch, samples, placement, folder);
      System.out.println(stated.deviceBytes() + " " + (bytes("VmHWM") - before));
    }
  }

  private static TrainingMemory train(
      Backend backend, int width, int batch, int samples, DataPlacement placement, Path folder) {
    Sequential layers =
        Sequential.mlp(SCHEMA.features(), List.of(width, width), 10, Activation.RELU, 0.1);
    TrainingMemory[] stated = new TrainingMemory[1];
    ModelDescription description =
        new ModelDescription(
            layers,
            SCHEMA.features(),
            DType.FP32,
            new SoftmaxCrossEntropy(),
            SCHEMA,
            Preprocessing.NONE,
            Map.of());
    try (Model model = Model.create(layers, SCHEMA.features(), backend, 1)) {
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onMemory(TrainingMemory memory) {
              stated[0] = memory;
            }

            @Override
            public void onEpoch(EpochReport report) {
              SavedModel.save(folder, model, description);
            }
          };
      Dataset data = data(samples);
      Dataset held = data(samples / 10);
      new Trainer(model).batchSize(batch).data(placement).listener(listener).fit(data, held, 2);
    }
    SavedModel.load(folder, backend).close();
    return stated[0];
  }

  /** Black images. */
  private static Dataset data(int samples) {
    TensorType type = TensorType.of(DType.UINT8, samples, SCHEMA.features());
    MemorySegment labels = HostMemory.allocate(4L * samples, "labels");
    for (int i = 0; i < samples; i++) {
      labels.setAtIndex(ValueLayout.JAVA_INT, i, i % 10);
    }
    MemorySegment pixels = HostMemory.allocate(type.bytes(), "pixels");
    return Dataset.of(SCHEMA, type, 1.0 / 255, pixels, labels, "black");
  }

  private static long bytes(String field) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findAny()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
