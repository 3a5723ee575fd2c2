package dev.lamina.benchmarks.report;

/**
 * How much work one execution of a benchmark is.
 *
 * @param amount floating-point operations or bytes, by the limit
 * @param limit what the device runs out of first
 */
public record Work(double amount, Limit limit) {
  /** Work of so many floating-point operations. */
  public static Work flops(double amount) {
    return new Work(amount, Limit.ARITHMETIC);
  }

  /** Work that reads and writes so many bytes of the device's memory. */
  public static Work bytes(double amount) {
    return new Work(amount, Limit.MEMORY);
  }

  /** The rate in 10<sup>9</sup> a second. */
  public double rate(double seconds) {
    return amount / seconds * 1e-9;
  }
}
