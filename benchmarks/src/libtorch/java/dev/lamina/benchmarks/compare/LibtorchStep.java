package dev.lamina.benchmarks.compare;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * The step in libtorch, in the fastest way known to us: the functional forms of linear, ReLU in
 * place and cross-entropy, gradients that are freed rather than zeroed, and the fused Adam kernel.
 * The C++ front end's own Adam has no fused form, so the operator is called through the dispatcher,
 * which is what Python's {@code Adam(fused=True)} does.
 */
public final class LibtorchStep implements StepUnderTest {
  private final int layers;
  private final String name;
  private final PointerScope lifetime = new PointerScope();
  private final Tensor data;
  private final Tensor labels;
  private final Tensor[] parameters;
  private final Tensor[] firstMoments;
  private final Tensor[] secondMoments;
  private final Tensor count;
  private final Tensor lossValue;
  private final OperatorHandle fusedAdam =
      Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adam_", "");

  /** The step on a problem, from its initial parameters. */
  public LibtorchStep(Problem problem, int threads) throws IOException {
    torch.set_num_threads(threads);
    name =
        "libtorch (org.bytedeco:pytorch "
            + Loader.getVersion("org.bytedeco", "pytorch")
            + "), fused Adam, "
            + threads
            + " threads, OMP_WAIT_POLICY="
            + System.getenv().getOrDefault("OMP_WAIT_POLICY", "unset");
    layers = problem.layers();
    data = Tensor.create(problem.data(), problem.batch(), problem.inputs());
    int[] classes = problem.labels();
    long[] wide = new long[classes.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = classes[i];
    }
    labels = Tensor.create(wide, problem.batch());
    parameters = new Tensor[2 * layers];
    firstMoments = new Tensor[2 * layers];
    secondMoments = new Tensor[2 * layers];
    for (int layer = 0; layer < layers; layer++) {
      long inputs = problem.widths()[layer];
      long outputs = problem.widths()[layer + 1];
      parameters[2 * layer] = Tensor.create(problem.weights(layer), outputs, inputs);
      parameters[2 * layer + 1] = Tensor.create(problem.bias(layer), outputs);
    }
    for (int i = 0; i < parameters.length; i++) {
      firstMoments[i] = torch.zeros_like(parameters[i]);
      secondMoments[i] = torch.zeros_like(parameters[i]);
      parameters[i].requires_grad_(true);
    }
    count = Tensor.create(new float[1], new long[0]);
    lossValue = Tensor.create(new float[1], new long[0]);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void step() {
    // Frees what the step allocates when it ends, as reference counting does in C++ and Python.
    try (PointerScope _ = new PointerScope()) {
      Tensor f = data;
      for (int layer = 0; layer < layers; layer++) {
        f = torch.linear(f, parameters[2 * layer], parameters[2 * layer + 1]);
        if (layer < layers - 1) {
          f = f.relu_();
        }
      }
      Tensor loss = torch.cross_entropy_loss(f, labels);
      loss.backward();
      lossValue.copy_(loss.detach());
      adam();
    }
  }

  /**
   * {@code _fused_adam_(self, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, lr,
   * beta1, beta2, weight_decay, eps, amsgrad, maximize, grad_scale, found_inf)}.
   */
  private void adam() {
    count.add_(new Scalar(1.0f));
    Tensor[] gradients = new Tensor[parameters.length];
    Tensor[] counts = new Tensor[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      gradients[i] = parameters[i].grad();
      counts[i] = count;
    }
    IValueVector stack = new IValueVector();
    for (Tensor[] tensors :
        new Tensor[][] {detached(parameters), gradients, firstMoments, secondMoments, {}, counts}) {
      stack.push_back(list(tensors));
    }
    for (double constant :
        new double[] {Problem.LEARNING_RATE, Problem.BETA1, Problem.BETA2, 0, Problem.EPSILON}) {
      stack.push_back(new IValue(constant));
    }
    stack.push_back(new IValue(false));
    stack.push_back(new IValue(false));
    stack.push_back(new IValue());
    stack.push_back(new IValue());
    fusedAdam.callBoxed(stack);
    for (Tensor parameter : parameters) {
      // As optimizer.zero_grad(set_to_none=True): no gradient, so that backward need not add.
      parameter.mutable_grad().put(new Tensor());
    }
  }

  /** The same memory without a history, as under {@code torch.no_grad()}. */
  private static Tensor[] detached(Tensor[] tensors) {
    Tensor[] detached = new Tensor[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      detached[i] = tensors[i].detach();
    }
    return detached;
  }

  private static IValue list(Tensor[] tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  @Override
  public double loss() {
    return lossValue.item_float();
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
