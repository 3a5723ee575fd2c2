package dev.lamina.cuda;

import dev.lamina.cuda.lt.MatmulAlgorithm;

/**
 * A product by cuBLASLt; it owns its description.
 *
 * @param action what it does, for messages
 */
record LtWork(LtProduct product, MatmulAlgorithm algorithm, String action) implements Work {
  @Override
  public void enqueue(Lane lane) {
    product.enqueue(lane, algorithm, action);
  }

  @Override
  public void close() {
    product.close();
  }
}
