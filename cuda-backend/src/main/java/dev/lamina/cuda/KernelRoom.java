package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How much memory calls will take beside their operands, told without taking any. */
final class KernelRoom {
  private final Products products;
  private final boolean compiles;
  private final Map<Memory, Long> starts = new IdentityHashMap<>();
  private long end = Operand.ALIGNMENT;

  private KernelRoom(Products products, boolean compiles) {
    this.products = products;
    this.compiles = compiles;
  }

  static KernelMemory of(Products products, boolean compiles, List<Call> calls) {
    return new KernelRoom(products, compiles).memory(calls);
  }

  /** Where an operand might lie; only how it is aligned matters, and what lies at one place. */
  private long address(Operand operand) {
    return starts.computeIfAbsent(operand.memory(), this::place) + operand.offset();
  }

  private long place(Memory memory) {
    long start = end;
    end += Operand.aligned(memory.byteSize());
    return start;
  }

  private KernelMemory memory(List<Call> calls) {
    List<Lowering> lowerings = new ArrayList<>();
    for (Call call : calls) {
      lowerings.add(Lowering.of(call, this::address, compiles));
    }
    long scratch = lowerings.stream().mapToLong(Lowering::scratchBytes).sum();
    long masks = 0;
    // Pairs are measured before the program holds anything, products when it has all it wants.
    long pairs = 0;
    Set<Integer> masked = new HashSet<>();
    for (Masks.Candidate candidate : Masks.candidates(calls, lowerings)) {
      if (products.measures(candidate.layer(), candidate.gradient())) {
        pairs = Math.max(pairs, ProductTuner.bytes(candidate.layer(), candidate.gradient()));
        masks += candidate.maskBytes();
      } else if (products.isMasked(candidate.layer(), candidate.gradient())) {
        masks += candidate.maskBytes();
        masked.add(candidate.pair().layer());
        masked.add(candidate.pair().gradient());
      }
    }
    long largest = 0;
    for (int i = 0; i < calls.size(); i++) {
      if (!masked.contains(i)) {
        largest = Math.max(largest, measuring(lowerings.get(i)));
      }
    }
    return new KernelMemory(scratch, masks, Math.max(largest, pairs - scratch - masks));
  }

  /** What it takes to measure the products of a call that were not measured yet. */
  private long measuring(Lowering lowering) {
    return lowering.steps().stream()
        .map(Products::measurable)
        .flatMap(Optional::stream)
        .filter(products::measures)
        .mapToLong(ProductTuner::bytes)
        .max()
        .orElse(0);
  }
}
