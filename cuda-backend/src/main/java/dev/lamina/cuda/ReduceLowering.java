package dev.lamina.cuda;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.ArgMax;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** The kernels of reduce.cu, columns.cu and argmax.cu. */
final class ReduceLowering {
  private static final String ROWS = "reduce";
  private static final String COLUMNS = "columns";
  private static final String ARGMAX = "argmax";

  private ReduceLowering() {}

  static void reduce(Emission e, Reduce op) {
    TensorType x = e.inputType(0);
    String join = op.kind() == Reduce.Kind.MAX ? "max" : "sum";
    double divisor = op.kind() == Reduce.Kind.MEAN ? op.count(x.shape()) : 1;
    switch (op.axis()) {
      case ROWS -> columns(e, join, e.input(0), x, 0, divisor);
      case COLUMNS -> rows(e, join, x.dtype(), x.shape().rows(), x.shape().columns(), divisor);
      case ALL -> rows(e, join, x.dtype(), 1, x.size(), divisor);
    }
  }

  // Output 0 [m] = each row of input 0 [m, n] joined.
  private static void rows(Emission e, String join, DType dtype, long m, long n, double divisor) {
    if (n <= Geometry.WARP_ROW) {
      e.floating(
          ROWS,
          join + "_rows",
          dtype,
          Geometry.warps(m),
          1,
          e.input(0),
          e.output(0),
          wide(e, dtype, 0),
          Argument.count(m),
          Argument.count(n),
          Argument.number(divisor));
      return;
    }
    long piece = Geometry.piece(n);
    long pieces = Geometry.ceil(n, piece);
    e.floating(
        ROWS,
        join + "_pieces",
        dtype,
        Geometry.blocks(m * pieces),
        1,
        e.input(0),
        e.scratch(m * pieces * dtype.full().bytes()),
        e.counters(m),
        e.output(0),
        wide(e, dtype, 0),
        Argument.count(m),
        Argument.count(n),
        Argument.count(piece),
        Argument.number(divisor));
  }

  /** Whether an output is stored as it is computed, and not as narrowly as the operands are. */
  private static Argument wide(Emission e, DType operands, int output) {
    return Argument.flag(e.outputType(output).dtype() != operands);
  }

  /** An output = the column sums of a matrix. */
  static void columnSums(Emission e, Argument matrix, TensorType type, int output) {
    columns(e, "sum", matrix, type, output, 1);
  }

  private static void columns(
      Emission e, String join, Argument source, TensorType x, int output, double divisor) {
    long m = x.shape().rows();
    long n = x.shape().columns();
    ColumnCut cut = ColumnCut.of(e, x);
    e.floating(
        COLUMNS,
        join + "_columns",
        x.dtype(),
        cut.tiles,
        cut.pieces,
        source,
        cut.parts,
        cut.arrivals,
        e.output(output),
        wide(e, x.dtype(), output),
        Argument.count(m),
        Argument.count(n),
        Argument.count(cut.rows),
        Argument.number(divisor));
  }

  static void activateGradientBias(Emission e, ActivateGradientBias op) {
    activateGradientBias(e, op.activation(), e.input(0), e.input(1));
  }

  /** Output 0 = dF ∘ φ' from F, output 1 = its column sums; dF may be output 0. */
  static void activateGradientBias(Emission e, Activation activation, Argument dF, Argument f) {
    TensorType type = e.outputType(0);
    ColumnCut cut = ColumnCut.of(e, type);
    e.floating(
        COLUMNS,
        activation.label() + "_gradient_bias",
        type.dtype(),
        cut.tiles,
        cut.pieces,
        dF,
        f,
        e.output(0),
        cut.parts,
        cut.arrivals,
        e.output(1),
        Argument.count(type.shape().rows()),
        Argument.count(type.shape().columns()),
        Argument.count(cut.rows));
  }

  /** How a matrix's columns are walked: in one piece, or in pieces of rows whose parts are kept. */
  private record ColumnCut(long tiles, long rows, long pieces, Argument parts, Argument arrivals) {
    static ColumnCut of(Emission e, TensorType x) {
      long n = x.shape().columns();
      long tiles = Geometry.columnTiles(n, Geometry.pack(x.dtype()));
      long rows = Geometry.pieceRows(x.shape().rows(), n, x.dtype());
      long pieces = Geometry.ceil(x.shape().rows(), rows);
      return pieces == 1
          ? new ColumnCut(tiles, rows, 1, Argument.NULL, Argument.NULL)
          : new ColumnCut(
              tiles,
              rows,
              pieces,
              e.scratch(pieces * n * x.dtype().full().bytes()),
              e.counters(tiles));
    }
  }

  static void argMax(Emission e, ArgMax op) {
    TensorType x = e.inputType(0);
    long m = x.shape().rows();
    long n = x.shape().columns();
    boolean rows = op.axis() == Reduce.Axis.COLUMNS;
    e.floating(
        ARGMAX,
        rows ? "argmax_rows" : "argmax_columns",
        x.dtype(),
        rows ? Geometry.warps(m) : Geometry.blocks(Geometry.columnTiles(n, 1)),
        1,
        e.input(0),
        e.output(0),
        Argument.count(m),
        Argument.count(n));
  }

  static void countCorrect(Emission e, CountCorrect op) {
    switch (op.rule()) {
      case LARGEST -> countClasses(e);
      case SIGN -> countSigns(e);
    }
  }

  private static void countClasses(Emission e) {
    TensorType z = e.inputType(0);
    long m = z.shape().rows();
    boolean labels = e.inputType(1).dtype() == DType.INT32;
    long parts = Geometry.countParts(m);
    e.floating(
        ARGMAX,
        "count_classes",
        z.dtype(),
        parts,
        1,
        e.input(0),
        labels ? e.input(1) : Argument.NULL,
        labels ? Argument.NULL : e.input(1),
        e.scratch(parts * Long.BYTES),
        e.counters(1),
        e.input(2),
        Argument.count(m),
        Argument.count(z.shape().columns()));
  }

  private static void countSigns(Emission e) {
    TensorType z = e.inputType(0);
    long parts = Geometry.lossParts(z.size(), z.dtype());
    e.floating(
        ARGMAX,
        "count_signs",
        z.dtype(),
        parts,
        1,
        e.input(0),
        e.input(1),
        e.scratch(parts * Long.BYTES),
        e.counters(1),
        e.input(2),
        Argument.count(z.size()));
  }
}
