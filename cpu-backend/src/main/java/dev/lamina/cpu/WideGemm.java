package dev.lamina.cpu;

import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of BF16: the operands are widened to FP32, multiplied as such, and the result is rounded
 * once. For comparisons with a GPU, not for speed.
 */
final class WideGemm {
  private final Workspace workspace;
  private final List<Task> before = new ArrayList<>();
  private final List<Task> after = new ArrayList<>();

  private WideGemm(Workspace workspace) {
    this.workspace = workspace;
  }

  static List<Task> bind(
      GemmBinder binder, Gemm op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    WideGemm wide = new WideGemm(workspace);
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
    WideGemm wide = new WideGemm(workspace);
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
      before.add(PlainElementwise.copy(buffer, widened));
    }
    return widened;
  }

  private Buffer output(Buffer buffer) {
    Buffer widened = widened(buffer);
    if (widened != buffer) {
      after.add(PlainElementwise.copy(widened, buffer));
    }
    return widened;
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
