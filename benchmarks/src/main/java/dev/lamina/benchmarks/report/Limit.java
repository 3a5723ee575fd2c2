package dev.lamina.benchmarks.report;

/** What a device runs out of first in a piece of work, and so what its speed is compared with. */
public enum Limit {
  /** Arithmetic: the rate is in floating-point operations, the ceiling a large matrix product. */
  ARITHMETIC("GFLOP/s", "product"),
  /** Memory: the rate is in bytes read and written, the ceiling a large copy on the device. */
  MEMORY("GB/s", "copy"),
  /** The way from the host to the device, the ceiling a large transfer. */
  UPLOAD("GB/s", "upload"),
  /** The way from the device to the host, the ceiling a large transfer. */
  DOWNLOAD("GB/s", "download");

  private final String unit;
  private final String ceiling;

  Limit(String unit, String ceiling) {
    this.unit = unit;
    this.ceiling = ceiling;
  }

  /** The unit of the rate: 10<sup>9</sup> of them in a second. */
  public String unit() {
    return unit;
  }

  /** The method of the benchmark that measures the ceiling. */
  public String ceiling() {
    return ceiling;
  }
}
