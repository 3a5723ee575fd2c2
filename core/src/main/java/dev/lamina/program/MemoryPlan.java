package dev.lamina.program;

import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every value that lies in no variable an offset in one slab, so that values that are alive
 * at the same time do not overlap. An operation that may work in place takes over its input's
 * memory when nobody needs that input afterwards. The largest come first, each at the lowest offset
 * that is free during its life (greedy by size: Pisarchyk and Lee, "Efficient memory management for
 * deep neural net inference", 2020).
 *
 * <p>Who writes where another value was has to wait for those who read that, which a backend that
 * runs operations beside each other feels. So small values, of which all together take little, have
 * memory of their own.
 */
final class MemoryPlan {
  /** Blocks below so many bytes share their memory with no other. */
  static final long SHARED = 64 << 10;

  /** Values that take the same memory one after the other. */
  private static final class Block {
    final long bytes;
    final int first;
    int last;
    long offset;

    Block(long bytes, int first, int last) {
      this.bytes = bytes;
      this.first = first;
      this.last = last;
    }

    /** Whether both need memory of their own. */
    boolean excludes(Block other) {
      return Math.min(bytes, other.bytes) < SHARED || first <= other.last && other.first <= last;
    }
  }

  private final Map<Value, Block> blocks = new LinkedHashMap<>();
  private final long bytes;

  MemoryPlan(Graph graph, List<Node> nodes) {
    assignBlocks(graph, nodes);
    bytes = assignOffsets();
  }

  /** The size of the slab in bytes. */
  long bytes() {
    return bytes;
  }

  /** Where a value lies in the slab in bytes, -1 if it is not there. */
  long offset(Value value) {
    Block block = blocks.get(value);
    return block == null ? -1 : block.offset;
  }

  private void assignBlocks(Graph graph, List<Node> nodes) {
    int end = nodes.size();
    Map<Value, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < end; i++) {
      for (Value input : nodes.get(i).inputs()) {
        lastUse.put(input, i);
      }
    }
    for (Value kept : graph.kept()) {
      lastUse.put(kept, end);
    }
    // What was written before the run must survive it, so that it may be repeated.
    graph.inputs().forEach(input -> blocks.put(input, lasting(input, end)));
    graph.constants().keySet().forEach(constant -> blocks.put(constant, lasting(constant, end)));
    for (int i = 0; i < end; i++) {
      Node node = nodes.get(i);
      for (int k = 0; k < node.outputs().size(); k++) {
        Value output = node.outputs().get(k);
        if (output.placement() != null) {
          continue;
        }
        int last = lastUse.getOrDefault(output, i);
        Block taken = k == 0 ? takenOver(node, i, output, lastUse) : null;
        if (taken == null) {
          blocks.put(output, new Block(Operand.aligned(output.type().bytes()), i, last));
        } else {
          taken.last = last;
          blocks.put(output, taken);
        }
      }
    }
  }

  private static Block lasting(Value value, int end) {
    return new Block(Operand.aligned(value.type().bytes()), -1, end);
  }

  /** The block of the input that the node may overwrite, or null. */
  private Block takenOver(Node node, int position, Value output, Map<Value, Integer> lastUse) {
    int index = node.op().inPlace();
    if (index < 0) {
      return null;
    }
    Value input = node.inputs().get(index);
    Block block = blocks.get(input);
    boolean dies =
        block != null
            && !input.isInput()
            && lastUse.get(input) == position
            && block.last == position
            && input.type().as(output.type().shape()).equals(output.type())
            && input.type().size() == output.type().size()
            && node.inputs().stream().filter(v -> v == input).count() == 1;
    return dies ? block : null;
  }

  private long assignOffsets() {
    List<Block> open = new ArrayList<>(blocks.values().stream().distinct().toList());
    open.sort(
        Comparator.comparingLong((Block b) -> b.bytes).reversed().thenComparingInt(b -> b.first));
    List<Block> placed = new ArrayList<>();
    long top = 0;
    for (Block block : open) {
      long offset = 0;
      for (Block other : placed) { // in order of offset
        if (!block.excludes(other)) {
          continue;
        }
        if (other.offset - offset >= block.bytes) {
          break;
        }
        offset = Math.max(offset, other.offset + other.bytes);
      }
      block.offset = offset;
      placed.add(block);
      placed.sort(Comparator.comparingLong(b -> b.offset));
      top = Math.max(top, offset + block.bytes);
    }
    return top;
  }
}
