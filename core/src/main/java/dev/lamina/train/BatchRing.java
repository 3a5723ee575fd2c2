package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Uploads;
import dev.lamina.graph.Variable;
import dev.lamina.program.Program;
import java.util.Map;

/**
 * A ring of batches on a device: two pieces of the endless row of batches, of which one is computed
 * on while a thread gathers the next one and sends it. Step s takes its batch at place s mod the
 * ring's number of batches, so that programs need to know no more of it than of a data set in
 * order.
 *
 * <p>A piece is given up only when another one is asked for: until then its steps can be run again.
 */
final class BatchRing implements BatchSupply {
  private static final long NONE = -1;

  private final RingShape shape;
  private final BatchTable table;
  private final Memory memory;
  private final Uploads uploads;
  private final RingFeeder feeder;
  private long current = NONE;

  BatchRing(Backend backend, RingShape shape, BatchTable table, PieceWriter writer, String label) {
    this.shape = shape;
    this.table = table;
    memory = backend.allocate(label, bytes(table));
    Uploads buffers = null;
    try {
      buffers = backend.uploads(label, RingShape.PIECES, writer.bytes());
    } finally {
      if (buffers == null) {
        memory.close();
      }
    }
    uploads = buffers;
    feeder = new RingFeeder(uploads, writer, memory, targetOffset(table));
  }

  /** How much memory the ring of a table takes. */
  static long bytes(BatchTable table) {
    return targetOffset(table) + Operand.aligned(table.targets().type().bytes());
  }

  private static long targetOffset(BatchTable table) {
    return Operand.aligned(table.features().type().bytes());
  }

  @Override
  public void bind(Map<Variable, Operand> bindings) {
    Variable features = table.features();
    Variable targets = table.targets();
    bindings.put(features, new Operand(memory, 0, features.type()));
    bindings.put(targets, new Operand(memory, targetOffset(table), targets.type()));
  }

  @Override
  public void run(Program program, long first, int steps) {
    int left = steps;
    for (long step = first; left > 0; ) {
      require(shape.piece(step));
      int now = Math.min(left, shape.stepsLeft(step));
      program.run(now);
      step += now;
      left -= now;
    }
  }

  /** Has a piece in the ring for what is launched from now on. */
  private void require(long piece) {
    if (piece == current) {
      return;
    }
    if (piece != current + 1) {
      for (int slot = 0; slot < RingShape.PIECES; slot++) {
        uploads.release(slot);
      }
      feeder.restart(piece);
    } else if (current != NONE) {
      uploads.release(RingShape.slot(current));
      feeder.release(current);
    }
    current = NONE;
    feeder.awaitStarted(piece);
    uploads.arrive(RingShape.slot(piece));
    current = piece;
  }

  @Override
  public void close() {
    feeder.close();
    uploads.close();
    memory.close();
  }
}
