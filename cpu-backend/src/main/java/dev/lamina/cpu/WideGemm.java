package dev.lamina.cpu;

import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.Map;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of BF16: the operands are widened to FP32, multiplied as such, and the result is rounded
 * once. For comparisons with a GPU, not for speed.
 */
final class WideGemm {
  private final GemmBinder binder;
  private final Workspace workspace;
  private final List<Task> before = new ArrayList<>();
  private final List<Task> after = new ArrayList<>();

  private WideGemm(GemmBinder binder, Workspace workspace) {
    this.binder = binder;
    this.workspace = workspace;
  }

  static List<Task> bind(
      GemmBinder binder, Gemm op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    WideGemm wide = new WideGemm(binder, workspace);
    List<Buffer> in = wide.inputs(inputs);
    List<Buffer> out = outputs.stream().map(wide::output).toList();
    return wide.around(binder.full(op, in, out, workspace));
  }

  static List<Task> bind(
      GemmBinder binder,
      GemmActivateGradient op,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Workspace workspace) {
    WideGemm wide = new WideGemm(binder, workspace);
    List<Buffer> in = wide.inputs(inputs);
    List<Buffer> out = outputs.stream().map(wide::output).toList();
    return wide.around(binder.full(op, in, out, workspace));
  }

  private List<Buffer> inputs(List<Buffer> narrow) {
    return narrow.stream().map(this::input).toList();
  }

  private Buffer input(Buffer buffer) {
    Buffer widened = widened(buffer);
    if (widened != buffer) {
      before.addAll(cast(buffer, widened));
    }
    return widened;
  }

  private Buffer output(Buffer buffer) {
    Buffer widened = widened(buffer);
    if (widened != buffer) {
      after.addAll(cast(widened, buffer));
    }
    return widened;
  }

  private List<Task> cast(Buffer from, Buffer to) {
    Map op = Elementwise.cast(from.type(), to.type().dtype());
    return binder.kernels().bind(op, List.of(from), List.of(to), workspace);
  }

  /** A buffer itself if it is FP32, else room for it as FP32. */
  private Buffer widened(Buffer buffer) {
    if (buffer.type().dtype() != DType.BF16) {
      return buffer;
    }
    return new Buffer(
        workspace.allocate(buffer.type().size() * Float.BYTES), buffer.type().as(DType.FP32));
  }

  private List<Task> around(List<Task> product) {
    List<Task> all = new ArrayList<>(before);
    all.addAll(product);
    all.addAll(after);
    return all;
  }
}
