package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.PlainKernel;
import dev.lamina.cpu.jit.Source;
import dev.lamina.cpu.jit.VectorKernel;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.type.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A formula in plain Java: a block at a time is copied to arrays of doubles, computed, rounded and
 * stored.
 */
final class PlainFormulaTask extends FormulaTask {
  private final PlainKernel kernel;
  private final int streams;
  private final boolean copies;

  PlainFormulaTask(Formula formula, Shape shape, List<Buffer> inputs, List<Buffer> made) {
    super(formula, shape, inputs, made, false);
    kernel = KernelCache.plain(plan);
    streams = plan.streams().size();
    copies = formula.isConversion();
  }

  @Override
  int longest() {
    return Frame.BLOCK;
  }

  @Override
  void begin(Frame frame) {}

  @Override
  int compute(Frame frame, double[] scalars, long at, long column, int n) {
    Scratch scratch = Scratch.get();
    if (copies) {
      scratch.load(inputs.getFirst(), at, n, scratch.a);
      scratch.store(scratch.a, n, outputs.getFirst(), at);
      return 0;
    }
    double[][] arrays = frame.doubles(streams + outputs.size());
    for (int k = 0; k < streams; k++) {
      fill(plan.streams().get(k), scratch, at, n, arrays[k]);
    }
    int flags = kernel.run(arrays, scalars, n);
    if (flags != VectorKernel.SKIPPED) {
      for (int k = 0; k < outputs.size(); k++) {
        scratch.store(arrays[streams + k], n, outputs.get(k), at);
      }
    }
    return flags;
  }

  private void fill(Source source, Scratch scratch, long at, int n, double[] to) {
    switch (source) {
      case Source.Operand(int input, _) -> {
        Buffer x = inputs.get(input);
        Kind kind = formula.inputs().get(input).kind();
        if (kind == Kind.FULL) {
          scratch.load(x, at, n, to);
        } else {
          repeat(x, kind, scratch, at, n, to);
        }
      }
      case Source.Position(Node.Axis axis) -> Positions.fill(axis, columns, at, n, to);
      case Source.Random(int clock, int stream) ->
          PlainRandom.fill(inputs.get(clock).segment(), stream, at, n, scratch.words, to);
      case Source.Before _, Source.Constant _ -> throw new IllegalStateException(source.toString());
    }
  }

  private void repeat(Buffer x, Kind kind, Scratch scratch, long at, int n, double[] to) {
    for (int done = 0; done < n; ) {
      long i = (at + done) / columns;
      long j = (at + done) % columns;
      int length = (int) Math.min(n - done, columns - j);
      if (kind == Kind.COLUMN) {
        Arrays.fill(to, done, done + length, Scratch.get(x, i));
      } else if (done == 0) {
        scratch.load(x, j, length, to);
      } else if (done >= columns) { // a whole row has been read
        System.arraycopy(to, done - (int) columns, to, done, length);
      } else {
        for (int k = 0; k < length; k++) {
          to[done + k] = Scratch.get(x, j + k);
        }
      }
      done += length;
    }
  }
}
