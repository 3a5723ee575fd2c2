package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.program.Program;
import dev.lamina.suite.BackendVariants;
import dev.lamina.tensor.TensorArena;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the host feeds is checked before anything is computed with it. */
class FedBatchTest {
  private static final MemorySegment INPUTS =
      MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6, 7, 8});

  private static MemorySegment labels(int... numbers) {
    return MemorySegment.ofArray(numbers);
  }

  @TestFactory
  Stream<DynamicTest> aClassThatTheModelDoesNotHaveIsNamed() {
    return BackendVariants.onEachOpen(backend -> {
      try (Model model = Model.create(new Linear(2, 3), 2, backend, 1);
          TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
        step.feed(INPUTS, labels(0, 1, 2, 0));
        step.run();
        double loss = step.losses().last();
        double[] before = Networks.parameters(model);
        for (int wrong : new int[] {3, -1}) {
          MemorySegment otherInputs = MemorySegment.ofArray(new float[8]);
          LaminaException error =
              assertThrows(
                  LaminaException.class, () -> step.feed(otherInputs, labels(0, 1, wrong, 0)));
          assertTrue(error.getMessage().contains("sample 2 of the batch"), error.getMessage());
          assertTrue(error.getMessage().contains("class " + wrong), error.getMessage());
          assertTrue(error.getMessage().contains("0 to 2"), error.getMessage());
        }
        // The batch before is still there, and the step goes on.
        step.run();
        assertTrue(step.losses().last() < loss, "the same batch, learned");
        assertNotEquals(before[0], Networks.parameters(model)[0]);
        step.feed(INPUTS, labels(2, 2, 2, 2));
        step.run();
        assertEquals(3, step.losses().steps());
      }
    });
  }

  @Test
  void aStepThatWasNeverFedDoesNotRun() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Linear(2, 3), 2, backend, 1);
        TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
      double[] before = Networks.parameters(model);
      IllegalStateException error = assertThrows(IllegalStateException.class, step::run);
      assertTrue(error.getMessage().contains("feed it"), error.getMessage());
      assertArrayEquals(before, Networks.parameters(model));
      assertEquals(0, step.steps());
      step.feed(INPUTS, labels(0, 1, 2, 0));
      step.run(2);
      assertEquals(2, step.steps());
    }
  }

  @Test
  void aStepWithDataIsNotFed() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Linear(2, 3), 2, backend, 1);
        DeviceData data =
            DeviceData.upload(backend, Networks.blobs(9, 2, 3, 1), new SoftmaxCrossEntropy(), 3);
        TrainingStep step = TrainingStep.of(model).batchSize(4).data(data).build()) {
      step.run();
      IllegalStateException error =
          assertThrows(IllegalStateException.class, () -> step.feed(INPUTS, labels(0, 1, 2, 0)));
      assertTrue(error.getMessage().contains("data"), error.getMessage());
    }
  }

  @Test
  void aBatchOfAnotherSizeOrTypeIsRefusedAsAWhole() {
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Linear(2, 3), 2, backend, 1);
        TrainingStep step = TrainingStep.of(model).batchSize(4).build()) {
      MemorySegment right = labels(0, 1, 2, 0);
      refused("FP32[4, 2]", () -> step.feed(MemorySegment.ofArray(new float[6]), right));
      refused("double[]", () -> step.feed(MemorySegment.ofArray(new double[4]), right));
      refused("INT32[4]", () -> step.feed(INPUTS, labels(0, 1)));
      refused("float[]", () -> step.feed(INPUTS, MemorySegment.ofArray(new float[4])));
      assertThrows(IllegalStateException.class, step::run, "nothing of it was taken");
    }
  }

  @Test
  void aProgramDoesNotRunBeforeItsInputsAreWritten() {
    Graph graph = new Graph();
    TensorType type = TensorType.of(DType.FP32, 2);
    Value a = graph.input("a", type);
    Value b = graph.input("b", type);
    graph.input("unused", type);
    graph.keep(graph.name(a.add(b), "sum"));
    try (Backend backend = Backends.open("cpu");
        Program program = Program.compile("addition", graph, backend, Map.of())) {
      IllegalStateException error = assertThrows(IllegalStateException.class, program::run);
      assertTrue(error.getMessage().contains("nothing was written to a, b"), error.getMessage());
      program.write("b", new float[] {1, 2});
      error = assertThrows(IllegalStateException.class, program::run);
      assertTrue(error.getMessage().contains("nothing was written to a;"), error.getMessage());
      program.write("a", new float[] {3, 4});
      program.run();
      program.run();
      assertArrayEquals(new float[] {4, 6}, program.readFloats("sum"));
    }
  }

  /** The same number of bytes is not enough. */
  @Test
  void arraysOfOtherElementsAreRefused() {
    Graph graph = new Graph();
    graph.keep(graph.input("x", TensorType.of(DType.FP32, 2)));
    try (Backend backend = Backends.open("cpu");
        Model model = Model.create(new Linear(2, 3), 2, backend, 1);
        Program program = Program.compile("nothing", graph, backend, Map.of());
        TensorArena arena = TensorArena.open("arena", backend);
        Arena host = Arena.ofConfined()) {
      MemorySegment doubles = MemorySegment.ofArray(new double[3]);
      refused(
          "parameter weight: FP32[3, 2] lies in a float[]", () -> model.write("weight", doubles));
      refused("parameter weight", () -> model.read("weight", doubles));
      refused("x", () -> program.write("x", MemorySegment.ofArray(new double[1])));
      refused("x", () -> program.read("x", MemorySegment.ofArray(new double[1])));
      refused("new tensor", () -> arena.of(doubles, TensorType.of(DType.FP32, 6)));
      refused(
          "tensor FP32[2]",
          () -> arena.of(new float[2], 2).write(MemorySegment.ofArray(new long[1])));
      // What has no elements of its own is taken.
      ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
      bytes.putFloat(4, 1.5f);
      model.write("weight", MemorySegment.ofBuffer(bytes));
      assertEquals(1.5, Networks.parameters(model)[1]);
      model.write("weight", host.allocate(24, 4));
      model.write("weight", MemorySegment.ofArray(new float[9]).asSlice(12));
      assertEquals(List.of(0.0), List.of(Networks.parameters(model)[1]));
    }
  }

  private static void refused(String part, Runnable action) {
    ShapeException error = assertThrows(ShapeException.class, action::run);
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }
}
