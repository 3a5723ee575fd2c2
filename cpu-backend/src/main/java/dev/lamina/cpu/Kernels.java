package dev.lamina.cpu;

import dev.lamina.op.Op;
import java.util.List;

/** One implementation of the operations: with vector instructions, or plain. */
interface Kernels {
  /**
   * Binds an operation to its memory. The tasks run one after the other; each may start when all
   * chunks of the one before have ended.
   *
   * @param workspace where to allocate memory that the tasks need beside their operands
   */
  List<Task> bind(Op op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace);
}
