package dev.lamina.train;

/**
 * How a model does on a data set.
 *
 * @param loss the mean loss of a sample
 * @param accuracy the share of right answers, NaN for a regression
 * @param rmse the root of the mean squared error, NaN unless the outputs are numbers
 */
public record Evaluation(double loss, double accuracy, double rmse, int samples) {
  /** Whether there is an accuracy. */
  public boolean hasAccuracy() {
    return !Double.isNaN(accuracy);
  }

  /** Whether this is better than another: by accuracy if there is one, then by loss. */
  public boolean betterThan(Evaluation other) {
    if (hasAccuracy() && accuracy != other.accuracy) {
      return accuracy > other.accuracy;
    }
    return loss < other.loss;
  }
}
