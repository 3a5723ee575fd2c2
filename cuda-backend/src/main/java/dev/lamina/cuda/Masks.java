package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which products leave or take a mask, since that is faster, and where in the masks' memory.
 *
 * @param products by the position of their calls
 * @param bytes the size of all masks
 */
record Masks(Map<Integer, Product> products, long bytes) {
  static final Masks NONE = new Masks(Map.of(), 0);

  /**
   * A product with a mask.
   *
   * @param offset where the mask starts
   */
  record Product(ProductWay way, MatmulAlgorithm algorithm, long offset) {}

  /** Those of calls with their lowerings. */
  static Masks of(Products products, List<Call> calls, List<Lowering> lowerings) {
    Map<Integer, Product> masked = new HashMap<>();
    long bytes = 0;
    for (MaskPair pair : MaskPair.of(calls)) {
      Step.FusedProduct layer = fused(lowerings.get(pair.layer()));
      Step.FusedProduct gradient = fused(lowerings.get(pair.gradient()));
      List<MatmulAlgorithm> chosen =
          layer == null || gradient == null ? List.of() : products.masked(layer, gradient);
      if (!chosen.isEmpty()) {
        masked.put(pair.layer(), new Product(layer.masked(), chosen.get(0), bytes));
        masked.put(pair.gradient(), new Product(gradient.masked(), chosen.get(1), bytes));
        bytes += Operand.aligned(layer.masked().maskBytes());
      }
    }
    return new Masks(masked, bytes);
  }

  /** The step of a lowering that may have to do with a mask, or null. */
  static Step.FusedProduct fused(Lowering lowering) {
    for (Step step : lowering.steps()) {
      if (step instanceof Step.FusedProduct fused && fused.masked() != null) {
        return fused;
      }
    }
    return null;
  }
}
