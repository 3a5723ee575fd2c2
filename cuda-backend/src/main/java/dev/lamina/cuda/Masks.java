package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
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

  /** Two products that could have a mask between them. */
  record Candidate(MaskPair pair, Step.FusedProduct layer, Step.FusedProduct gradient) {
    /** How much memory the mask takes among others. */
    long maskBytes() {
      return Operand.aligned(layer.masked().maskBytes());
    }
  }

  /** Those of calls with their lowerings. */
  static Masks of(Products products, List<Call> calls, List<Lowering> lowerings) {
    Map<Integer, Product> masked = new HashMap<>();
    long bytes = 0;
    for (Candidate candidate : candidates(calls, lowerings)) {
      ProductWay layer = candidate.layer().masked();
      ProductWay gradient = candidate.gradient().masked();
      List<MatmulAlgorithm> chosen = products.masked(candidate.layer(), candidate.gradient());
      if (!chosen.isEmpty()) {
        MaskPair pair = candidate.pair();
        masked.put(pair.layer(), new Product(layer, chosen.get(0), bytes));
        masked.put(pair.gradient(), new Product(gradient, chosen.get(1), bytes));
        bytes += candidate.maskBytes();
      }
    }
    return new Masks(masked, bytes);
  }

  /** All pairs of calls that could have a mask between them. */
  static List<Candidate> candidates(List<Call> calls, List<Lowering> lowerings) {
    List<Candidate> candidates = new ArrayList<>();
    for (MaskPair pair : MaskPair.of(calls)) {
      Step.FusedProduct layer = fused(lowerings.get(pair.layer()));
      Step.FusedProduct gradient = fused(lowerings.get(pair.gradient()));
      if (layer != null && gradient != null) {
        candidates.add(new Candidate(pair, layer, gradient));
      }
    }
    return candidates;
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
