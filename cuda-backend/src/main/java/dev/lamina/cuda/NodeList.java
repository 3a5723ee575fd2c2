package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.AdamStep;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Map;
import dev.lamina.op.SgdStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Lists what a lowered call puts on a stream, with the bytes that each kernel touches. */
final class NodeList {
  /** In which of its ways a product with what follows it is done. */
  @FunctionalInterface
  interface Choice {
    ProductWay of(Step.FusedProduct fused);
  }

  private final CostModel costs;
  private final Precision precision;
  private final Call call;
  private final ToLongFunction<Operand> addresses;
  private final long scratchBytes;
  private final Set<Long> written = new HashSet<>();
  private final List<Node> nodes = new ArrayList<>();

  private NodeList(
      CostModel costs,
      Precision precision,
      Call call,
      ToLongFunction<Operand> addresses,
      long scratchBytes) {
    this.costs = costs;
    this.precision = precision;
    this.call = call;
    this.addresses = addresses;
    this.scratchBytes = scratchBytes;
  }

  /**
   * The nodes of a call.
   *
   * @param addresses where its operands lie, as the lowering was given them
   */
  static List<Node> of(
      CostModel costs,
      Precision precision,
      Call call,
      Lowering lowering,
      ToLongFunction<Operand> addresses,
      Choice choice) {
    NodeList list = new NodeList(costs, precision, call, addresses, lowering.scratchBytes());
    for (Step step : lowering.steps()) {
      switch (step) {
        case Step.Launch launch -> list.add(launch);
        case Step.Product product -> list.add(ProductWay.plain(product, List.of()));
        case Step.FusedProduct fused -> list.add(choice.of(fused));
      }
    }
    return list.nodes;
  }

  private void add(ProductWay way) {
    Step.Product p = way.product();
    double bias = way.bias() == 0 ? 0 : (double) way.biasSize() * p.result().bytes();
    double auxiliary =
        way.auxiliary() == 0
            ? 0
            : way.isMasked() ? way.maskBytes() : (double) p.m() * p.n() * p.result().bytes();
    String name = call.op().label() + ": product " + way.epilogue();
    nodes.add(new Node(name, costs.product(p, precision, bias + auxiliary)));
    written.add(p.d());
    way.then().forEach(this::add);
  }

  private void add(Step.Launch launch) {
    List<Long> places =
        launch.arguments().stream()
            .filter(a -> a.kind() == Argument.Kind.ADDRESS && a.bits() != 0)
            .map(Argument::bits)
            .toList();
    boolean scratch = launch.arguments().stream().anyMatch(a -> a.kind() == Argument.Kind.SCRATCH);
    // The parts of a reduction, which the last block reads.
    double bytes = scratch ? 2.0 * scratchBytes : 0;
    for (int i = 0; i < call.inputs().size(); i++) {
      if (places.contains(place(call.inputs().get(i)))) {
        bytes += traffic(i);
      }
    }
    for (Operand output : call.outputs()) {
      if (places.contains(place(output))) {
        bytes += output.type().bytes() * (isInPlace(place(output), places, scratch) ? 2 : 1);
      }
    }
    written.addAll(places);
    String name = call.op().label() + ": " + launch.kernel();
    nodes.add(new Node(name, costs.kernel(bytes, launch.gridX() * launch.gridY())));
  }

  /**
   * Whether a kernel reads an output that an earlier one has written, and writes it again: where it
   * is given that twice, or nothing else to write.
   */
  private boolean isInPlace(long output, List<Long> places, boolean scratch) {
    boolean twice = places.indexOf(output) != places.lastIndexOf(output);
    boolean alone =
        !scratch
            && call.outputs().stream()
                .map(this::place)
                .filter(places::contains)
                .allMatch(written::contains);
    return written.contains(output) && (twice || alone);
  }

  private long place(Operand operand) {
    return addresses.applyAsLong(operand);
  }

  /** As many stored elements as are taken. */
  private double gathered() {
    double stored = call.inputs().getFirst().type().dtype().bytes();
    return call.outputs().getFirst().type().size() * stored;
  }

  /** The bytes of an input that are read, and those that are written. */
  private double traffic(int input) {
    double bytes = call.inputs().get(input).type().bytes();
    return switch (call.op()) {
      case BlockCopy _ -> call.outputs().getFirst().type().bytes() / (double) call.inputs().size();
      case GatherRows gather when input == 0 -> gathered();
      case GatherBatch gather when input == 0 -> gathered();
      // The copy of the parameters is written only.
      case AdamStep adam when adam.copied() && input == adam.indexOfCopy() -> bytes;
      case SgdStep sgd when sgd.copied() && input == sgd.indexOfCopy() -> bytes;
      case Map map when !map.formula().reads()[input] -> bytes;
      default -> call.op().updates().contains(input) ? 2 * bytes : bytes;
    };
  }
}
