package dev.lamina.train;

import dev.lamina.backend.Operand;
import dev.lamina.graph.Variable;
import dev.lamina.program.Program;
import java.util.Map;

/** Sees to it that the batches of a program's steps are on the device when it runs. */
interface BatchSupply extends AutoCloseable {
  /** For programs whose batches are there already. */
  BatchSupply NONE =
      new BatchSupply() {
        @Override
        public void bind(Map<Variable, Operand> bindings) {}

        @Override
        public void run(Program program, long first, int steps) {
          program.run(steps);
        }

        @Override
        public void close() {}
      };

  /** Adds where the rows of batches lie. */
  void bind(Map<Variable, Operand> bindings);

  /**
   * Runs a program for some steps; may return before the device has finished.
   *
   * @param first the number of the first of these steps, from 0: the program's clock stands there
   */
  void run(Program program, long first, int steps);

  @Override
  void close();
}
