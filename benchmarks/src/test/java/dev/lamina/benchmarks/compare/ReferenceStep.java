package dev.lamina.benchmarks.compare;

/** The step written out in double precision, loop by loop: what contenders are checked against. */
public final class ReferenceStep implements StepUnderTest {
  private final Problem problem;
  private final float[] data;
  private final int[] labels;
  private final double[][] weights;
  private final double[][] biases;
  private final Adam[] adams;
  private int steps;
  private double loss;

  /** The step on a problem; it uses one thread, whatever is asked. */
  public ReferenceStep(Problem problem, int threads) {
    this.problem = problem;
    data = problem.data();
    labels = problem.labels();
    weights = new double[problem.layers()][];
    biases = new double[problem.layers()][];
    adams = new Adam[2 * problem.layers()];
    for (int layer = 0; layer < problem.layers(); layer++) {
      weights[layer] = toDoubles(problem.weights(layer));
      biases[layer] = toDoubles(problem.bias(layer));
      adams[2 * layer] = new Adam(weights[layer]);
      adams[2 * layer + 1] = new Adam(biases[layer]);
    }
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public void step() {
    double[][] dW = new double[problem.layers()][];
    double[][] db = new double[problem.layers()][];
    for (int layer = 0; layer < problem.layers(); layer++) {
      dW[layer] = new double[weights[layer].length];
      db[layer] = new double[biases[layer].length];
    }
    loss = 0;
    for (int sample = 0; sample < problem.batch(); sample++) {
      accumulate(sample, dW, db);
    }
    steps++;
    for (int layer = 0; layer < problem.layers(); layer++) {
      adams[2 * layer].step(weights[layer], dW[layer], steps);
      adams[2 * layer + 1].step(biases[layer], db[layer], steps);
    }
  }

  private void accumulate(int sample, double[][] dW, double[][] db) {
    int layers = problem.layers();
    double[][] f = new double[layers + 1][];
    f[0] = new double[problem.inputs()];
    for (int i = 0; i < f[0].length; i++) {
      f[0][i] = data[sample * f[0].length + i];
    }
    for (int layer = 0; layer < layers; layer++) {
      f[layer + 1] = new double[biases[layer].length];
      for (int o = 0; o < f[layer + 1].length; o++) {
        double a = biases[layer][o];
        for (int i = 0; i < f[layer].length; i++) {
          a += weights[layer][o * f[layer].length + i] * f[layer][i];
        }
        f[layer + 1][o] = layer < layers - 1 ? Math.max(a, 0) : a;
      }
    }
    double[] delta = softmaxCrossEntropy(f[layers], labels[sample]);
    for (int layer = layers - 1; layer >= 0; layer--) {
      double[] before = new double[f[layer].length];
      for (int o = 0; o < delta.length; o++) {
        db[layer][o] += delta[o];
        for (int i = 0; i < before.length; i++) {
          dW[layer][o * before.length + i] += delta[o] * f[layer][i];
          before[i] += f[layer][i] > 0 ? weights[layer][o * before.length + i] * delta[o] : 0;
        }
      }
      delta = before;
    }
  }

  /** Adds the sample's share to the loss and returns the gradient with respect to the logits. */
  private double[] softmaxCrossEntropy(double[] logits, int label) {
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    loss += (Math.log(sum) - logits[label]) / problem.batch();
    double[] delta = new double[logits.length];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (Math.exp(logits[i]) / sum - (i == label ? 1 : 0)) / problem.batch();
    }
    return delta;
  }

  @Override
  public double loss() {
    return loss;
  }

  @Override
  public void close() {}

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** Kingma and Ba (2015), algorithm 1. */
  private static final class Adam {
    private final double[] m;
    private final double[] v;

    Adam(double[] parameters) {
      m = new double[parameters.length];
      v = new double[parameters.length];
    }

    void step(double[] parameters, double[] gradients, int t) {
      for (int i = 0; i < parameters.length; i++) {
        m[i] = Problem.BETA1 * m[i] + (1 - Problem.BETA1) * gradients[i];
        v[i] = Problem.BETA2 * v[i] + (1 - Problem.BETA2) * gradients[i] * gradients[i];
        double mHat = m[i] / (1 - Math.pow(Problem.BETA1, t));
        double vHat = v[i] / (1 - Math.pow(Problem.BETA2, t));
        parameters[i] -= Problem.LEARNING_RATE * mHat / (Math.sqrt(vHat) + Problem.EPSILON);
      }
    }
  }
}
