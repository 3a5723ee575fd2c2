package dev.lamina.oracle;

/**
 * A sum with what is needed to say how exact another summation of the same terms must be.
 *
 * <p>Each of the k additions rounds a partial sum by at most half an epsilon of its size, in random
 * direction, so the error grows as ε·√k times the size of the partial sums. For terms in random
 * order that size is about the larger of |Σx| (terms of one sign) and √Σx² (terms of both signs).
 * The factor 4 leaves several standard deviations over, for whatever order the terms are taken in.
 */
final class Sum {
  private static final double FACTOR = 4;

  private double sum;
  private double squares;
  private double errorSquares;
  private long count;

  void add(double term) {
    add(term, 0);
  }

  /** Adds a term that itself is off by up to {@code error} epsilons. */
  void add(double term, double error) {
    sum += term;
    squares += term * term;
    errorSquares += error * error;
    count++;
  }

  double value() {
    return sum;
  }

  /** In units of epsilon. */
  double error() {
    double size = Math.max(Math.abs(sum), Math.sqrt(squares));
    return FACTOR * (Math.sqrt(count) * size + Math.sqrt(errorSquares));
  }
}
