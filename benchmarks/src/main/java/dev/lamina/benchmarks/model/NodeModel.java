package dev.lamina.benchmarks.model;

import dev.lamina.LaminaException;
import dev.lamina.backend.Precision;
import dev.lamina.benchmarks.ValueOptions;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.cuda.CostModel;
import dev.lamina.cuda.PlannedGpu;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The node model's command line: {@code --model h200} with options. */
public final class NodeModel {
  /** The option that asks for it. */
  public static final String OPTION = "--model";

  private static final Map<String, String> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("a", "64-128-128-128-10:128");
    SHAPES.put("b", "784-512-512-10:128");
    SHAPES.put("c", "784-1024-1024-1024-10:1024");
    SHAPES.put("d", "4096-4096-4096-4096-4096-4096-4096:1024");
    SHAPES.put("e", "4096-4096-4096-4096-4096-4096-4096:8192");
    SHAPES.put("f", "8192-8192-8192-8192-8192-8192-8192-8192-8192:16384");
  }

  private static final Map<String, String> DEFAULTS =
      Map.of(
          OPTION,
          "h200",
          "--shapes",
          String.join(",", SHAPES.keySet()),
          "--precision",
          "bf16",
          "--lanes",
          "4",
          "--relu",
          "epilogue",
          "--repeats",
          "8",
          "--nodes",
          "no");

  private static final int MOST_REPEATS = 64;
  private static final double MICRO = 1e6;
  private static final double GIGA = 1e-9;
  private static final double TERA = 1e-12;

  private static final String USAGE =
      """
      --model h200 tells what one training step would take on a GPU, from the plan that the CUDA
      backend makes for it: kernels, products, streams, events. It needs no GPU and takes no memory.
      It is a model, not a measurement.

        --shapes LIST       letters or problems as layers:batch, with commas (default: all letters)
      %s
        --precision NAME    fp32, tf32 or bf16 (default)
        --lanes N           how many streams (default: 4)
        --relu WAY          kernel: the product, then a kernel for bias and ReLU; epilogue (default):
                            both in the product; mask: also ReLU's gradient in the product above. On
                            a GPU measurements decide
        --repeats N         how many steps one graph holds (default: 8)
        --nodes yes         also list every node of one step; those of the chain have a star

      """;

  private static final String ASSUMPTIONS =
      """
      Columns: nodes of the CUDA graph, how many of them are products, the nodes of the chain that
      makes up the span of one step, what all nodes move, the plan's slab; then three spans: of one
      step, of each of several steps in one graph, both with every node as fast as if it were
      alone, and of each of several where nodes share the device.

      What it assumes:
        A kernel takes %.0f us or the time to move its bytes, a product %.0f us or the time for its
        FLOPs or bytes; a node starts %.1f us after the last of those that it follows.
        Products reach %.0f TFLOP/s in BF16, %.0f in TF32, %.0f in FP32, memory %.1f TB/s, one block
        of 256 threads %.0f GB/s, whatever the shape. Every operand comes from memory once; no cache.
        Where nodes share the device they divide tensor cores, bandwidth and %d multiprocessors; a
        product has a block for each tile of 128 x 128, and each block keeps a multiprocessor to
        itself. Times between launches of graphs are left aside.
        The data lie on the device as FP32; Adam; the loss is softmax cross-entropy.
      """;

  private NodeModel() {}

  /** Whether these arguments are for the node model. */
  public static boolean isAsked(String... arguments) {
    return List.of(arguments).contains(OPTION);
  }

  /**
   * Prints the table that the arguments ask for.
   *
   * @throws LaminaException for a mistake in the options
   */
  public static void run(PrintStream out, String... arguments) {
    if (List.of(arguments).contains("--help")) {
      out.print(usage());
      return;
    }
    ValueOptions options = ValueOptions.parse(DEFAULTS, arguments);
    CostModel costs = costs(options.text(OPTION));
    boolean nodes = isYes(options, "--nodes");
    Map<String, StepModel> steps = new LinkedHashMap<>();
    for (String shape : options.text("--shapes").split(",")) {
      steps.put(
          shape,
          StepModel.of(
              Problem.parse(SHAPES.getOrDefault(shape, shape)),
              costs,
              choice(options, "--precision", Precision.class),
              options.whole("--lanes", 1),
              choice(options, "--relu", PlannedGpu.Relu.class),
              repeats(options)));
    }
    out.printf(
        "A model, not a measurement: %s, %s, %s lanes, ReLU %s.%n%n",
        costs.name(), options.text("--precision"), options.text("--lanes"), options.text("--relu"));
    out.print(ModelTable.summary(steps));
    if (nodes) {
      steps.values().forEach(s -> out.printf("%n%s%n%s", s.problem(), ModelTable.nodes(s.once())));
    }
  }

  private static CostModel costs(String name) {
    if (!name.equals("h200")) {
      throw new LaminaException("option --model " + name + ": expected h200");
    }
    return CostModel.H200;
  }

  private static int repeats(ValueOptions options) {
    int repeats = options.whole("--repeats", 1);
    if (repeats > MOST_REPEATS) {
      throw new LaminaException(
          "option --repeats " + repeats + ": expected at most " + MOST_REPEATS);
    }
    return repeats;
  }

  private static boolean isYes(ValueOptions options, String name) {
    return switch (options.text(name)) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new LaminaException(
              "option " + name + " " + options.text(name) + ": expected yes or no");
    };
  }

  private static <E extends Enum<E>> E choice(ValueOptions options, String name, Class<E> type) {
    String text = options.text(name);
    List<String> known =
        Arrays.stream(type.getEnumConstants()).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
    if (!known.contains(text)) {
      throw new LaminaException("option " + name + " " + text + ": expected one of " + known);
    }
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }

  private static String usage() {
    CostModel c = CostModel.H200;
    return String.format(Locale.ROOT, USAGE, String.join(System.lineSeparator(), shapes()))
        + String.format(
            Locale.ROOT,
            ASSUMPTIONS,
            c.kernelSeconds() * MICRO,
            c.productSeconds() * MICRO,
            c.edgeSeconds() * MICRO,
            c.bf16Flops() * TERA,
            c.tf32Flops() * TERA,
            c.fp32Flops() * TERA,
            c.bytesPerSecond() * TERA,
            c.blockBytesPerSecond() * GIGA,
            c.multiprocessors());
  }

  private static List<String> shapes() {
    return SHAPES.entrySet().stream().map(s -> "    " + s.getKey() + "  " + s.getValue()).toList();
  }
}
