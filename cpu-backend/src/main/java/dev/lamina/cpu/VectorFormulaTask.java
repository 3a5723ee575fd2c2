package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.Layout;
import dev.lamina.cpu.jit.Source;
import dev.lamina.cpu.jit.VectorKernel;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A formula on the Vector API. FP32 is read and written where it lies; other types are converted to
 * and from blocks of floats, which also hold what is not in memory: positions, random numbers, and
 * rows and columns of a narrow matrix written out.
 */
final class VectorFormulaTask extends FormulaTask {
  private final VectorKernel kernel;
  private final int streams;
  private final boolean[] direct;

  /** Rows that are read where they lie. */
  private final int[] rowStreams;

  /** Streams that are put into blocks before. */
  private final int[] filled;

  /** Outputs that are taken from blocks afterwards. */
  private final int[] converted;

  VectorFormulaTask(Formula formula, Shape shape, List<Buffer> inputs, List<Buffer> made) {
    super(formula, shape, inputs, made, true);
    streams = plan.streams().size();
    direct = new boolean[streams + outputs.size()];
    for (int k = 0; k < direct.length; k++) {
      direct[k] =
          k < streams ? isInPlace(plan.streams().get(k)) : isSingle(outputs.get(k - streams));
    }
    rowStreams = IntStream.range(0, streams).filter(k -> direct[k] && isRow(k)).toArray();
    filled = IntStream.range(0, streams).filter(k -> !direct[k]).toArray();
    converted = IntStream.range(streams, direct.length).filter(k -> !direct[k]).toArray();
    kernel = KernelCache.vector(plan, layout());
  }

  /** Outputs that overwrite an input lie where it lies. */
  private Layout layout() {
    List<Integer> segments = new ArrayList<>();
    List<Boolean> aligned = new ArrayList<>();
    for (int k = 0; k < direct.length; k++) {
      MemorySegment own = direct[k] ? operand(k).segment() : null;
      int same = k;
      for (int j = 0; own != null && j < k; j++) {
        if (direct[j] && operand(j).segment().equals(own)) {
          same = segments.get(j);
          break;
        }
      }
      segments.add(same);
      aligned.add(direct[k] && !isRow(k));
    }
    return new Layout(segments, aligned);
  }

  private static boolean isSingle(Buffer x) {
    return x.type().dtype() == DType.FP32;
  }

  private boolean isInPlace(Source source) {
    if (!(source instanceof Source.Operand(int input, _)) || !isSingle(inputs.get(input))) {
      return false;
    }
    Kind kind = formula.inputs().get(input).kind();
    return kind == Kind.FULL || kind == Kind.ROW && !isExpanded();
  }

  @Override
  int longest() {
    return filled.length + converted.length == 0 ? Integer.MAX_VALUE : Frame.BLOCK;
  }

  @Override
  void begin(Frame frame) {
    frame.streams(direct.length);
    for (int k = 0; k < direct.length; k++) {
      frame.segments[k] = direct[k] ? operand(k).segment() : frame.floats(k);
      frame.starts[k] = 0;
    }
  }

  @Override
  int compute(Frame frame, double[] scalars, long at, long column, int n) {
    for (int k : rowStreams) {
      frame.starts[k] = 4 * column;
    }
    for (int k : filled) {
      fill(plan.streams().get(k), frame.segments[k], at, n);
    }
    int flags = kernel.run(frame.segments, 4 * at, frame.starts, scalars, n);
    if (flags != VectorKernel.SKIPPED) {
      for (int k : converted) {
        FloatBlocks.get().store(frame.segments[k], n, operand(k), at);
      }
    }
    return flags;
  }

  /** The operand that a stream is or becomes; null if it is made up. */
  private Buffer operand(int stream) {
    if (stream >= streams) {
      return outputs.get(stream - streams);
    }
    return plan.streams().get(stream) instanceof Source.Operand(int input, _)
        ? inputs.get(input)
        : null;
  }

  private boolean isRow(int stream) {
    return stream < streams
        && plan.streams().get(stream) instanceof Source.Operand(int input, _)
        && formula.inputs().get(input).kind() == Kind.ROW;
  }

  private void fill(Source source, MemorySegment to, long at, int n) {
    FloatBlocks blocks = FloatBlocks.get();
    switch (source) {
      case Source.Operand(int input, _) -> {
        Buffer x = inputs.get(input);
        switch (formula.inputs().get(input).kind()) {
          case FULL -> blocks.load(x, at, n, to, 0);
          case ROW -> repeatRow(blocks, x, at, n, to);
          case COLUMN -> repeatColumn(blocks, x, at, n, to);
          case SINGLE -> throw new IllegalStateException(source.toString());
        }
      }
      case Source.Position(Node.Axis axis) -> {
        Positions.fill(axis, columns, at, n, blocks.doubles());
        blocks.store(blocks.doubles(), n, to, 0);
      }
      case Source.Before _, Source.Constant _, Source.Random _ ->
          throw new IllegalStateException(source.toString());
    }
  }

  private void repeatRow(FloatBlocks blocks, Buffer x, long at, int n, MemorySegment to) {
    int length = 0;
    for (int done = 0; done < n; done += length) {
      long j = (at + done) % columns;
      length = (int) Math.min(n - done, columns - j);
      if (done < columns) {
        blocks.load(x, j, length, to, 4L * done);
      } else { // a whole row has been read
        MemorySegment.copy(to, 4 * (done - columns), to, 4L * done, 4L * length);
      }
    }
  }

  private void repeatColumn(FloatBlocks blocks, Buffer x, long at, int n, MemorySegment to) {
    double[] repeated = blocks.doubles();
    long row = at / columns;
    long left = columns - at % columns;
    double value = Scratch.get(x, row);
    for (int k = 0; k < n; k++, left--) {
      if (left == 0) {
        value = Scratch.get(x, ++row);
        left = columns;
      }
      repeated[k] = value;
    }
    blocks.store(repeated, n, to, 0);
  }
}
