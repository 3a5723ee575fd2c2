package dev.lamina.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * When each node of a CUDA graph would run, by a {@link CostModel}; an estimate, no measurement.
 * Immutable.
 *
 * @param nodes in the order in which they are captured
 */
public record Timeline(List<Entry> nodes) {
  /**
   * A node.
   *
   * @param name the operation and the kernel
   * @param lane on which stream it is put
   * @param product whether it is a matrix product
   * @param bytes that it reads and writes
   * @param start in seconds from the first node's start
   * @param end in seconds from the first node's start
   * @param follows positions of the nodes that end before it starts: the edges to it
   * @param last which of these ends last, -1 for none
   */
  public record Entry(
      String name,
      int lane,
      boolean product,
      double bytes,
      double start,
      double end,
      List<Integer> follows,
      int last) {
    /** Copies the list. */
    public Entry {
      follows = List.copyOf(follows);
    }
  }

  /** Copies the list. */
  public Timeline {
    nodes = List.copyOf(nodes);
  }

  /** When the last node ends, in seconds. */
  public double seconds() {
    return nodes.stream().mapToDouble(Entry::end).max().orElse(0);
  }

  /** The number of nodes. */
  public int count() {
    return nodes.size();
  }

  /** The number of edges between nodes. */
  public int edges() {
    return nodes.stream().mapToInt(node -> node.follows().size()).sum();
  }

  /** How many of the nodes are matrix products. */
  public long products() {
    return nodes.stream().filter(Entry::product).count();
  }

  /** The bytes that all nodes read and write. */
  public double bytes() {
    return nodes.stream().mapToDouble(Entry::bytes).sum();
  }

  /** The positions of the nodes that make up the span, from the first to the last. */
  public List<Integer> chain() {
    List<Integer> chain = new ArrayList<>();
    int at = -1;
    for (int i = 0; i < nodes.size(); i++) {
      at = at < 0 || nodes.get(i).end() > nodes.get(at).end() ? i : at;
    }
    while (at >= 0) {
      chain.addFirst(at);
      at = nodes.get(at).last();
    }
    return chain;
  }
}
