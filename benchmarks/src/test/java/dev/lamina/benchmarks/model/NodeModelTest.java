package dev.lamina.benchmarks.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.LaminaException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The node model's tables and the mistakes that one can make when asking for them. */
class NodeModelTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static String run(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NodeModel.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), arguments);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static List<String> rows(String table) {
    return table.lines().filter(line -> line.matches("\\|.*\\d.*")).toList();
  }

  /** A cell of a row of the table, as a number. */
  private static double cell(String row, int column) {
    return Double.parseDouble(row.split("\\|")[column + 1].strip());
  }

  @Test
  void everyShapeHasARow() {
    List<String> rows = rows(run("--model", "h200"));
    assertEquals(6, rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertTrue(rows.get(i).startsWith("| " + (char) ('a' + i) + " |"), rows.get(i));
    }
  }

  /** The parameters alone are 2 GB, the slab 4 GB. */
  @Test
  void largeShapesTakeNoMemory() {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    String row = rows(run("--model", "h200", "--shapes", "f")).getFirst();
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(cell(row, 7) > 2000, row);
    assertTrue(allocated < 100 << 20, allocated + " bytes");
  }

  @Test
  void theChainIsAPartOfTheNodesAndSharingMakesNothingFaster() {
    for (String relu : List.of("kernel", "epilogue", "mask")) {
      for (String row : rows(run("--model", "h200", "--relu", relu, "--shapes", "b,c,d"))) {
        assertTrue(cell(row, 4) <= cell(row, 2), row); // chain, nodes
        assertTrue(cell(row, 5) <= cell(row, 3), row); // products in it, products
        assertTrue(cell(row, 9) <= cell(row, 10), row); // alone, shared
      }
    }
  }

  /**
   * Three layers: each has a product forward and for its weight, all but the first for its input.
   */
  @Test
  void aShapeOfOnesOwn() {
    String row = rows(run("--model", "h200", "--shapes", "20-30-40-5:16")).getFirst();
    assertTrue(row.startsWith("|  | 20-30-40-5:16 |"), row);
    assertEquals(3 + 3 + 2, cell(row, 3));
  }

  @Test
  void nodesAreListed() {
    String text = run("--model", "h200", "--shapes", "b", "--nodes", "yes");
    assertTrue(text.contains("gather_fp32_bf16"), text);
    long listed = text.lines().filter(line -> line.matches(" [* ] +\\d.*: .*")).count();
    assertEquals(cell(rows(text).getFirst(), 2), listed, text);
  }

  @Test
  void helpSaysWhatIsAssumed() {
    String help = run("--model", "h200", "--help");
    for (String part : List.of("2 us", "4 us", "1.2 us", "735 TFLOP/s", "4.0 TB/s", "--relu")) {
      assertTrue(help.contains(part), part + " in " + help);
    }
    assertTrue(help.contains("not a measurement"), help);
  }

  @Test
  void mistakesAreNamed() {
    for (String[] mistake :
        new String[][] {
          {"--model h100", "option --model h100: expected h200"},
          {"--model h200 --relu never", "option --relu never: expected one of [kernel, epilogue"},
          {"--model h200 --precision fp64", "option --precision fp64: expected one of [fp32, tf32"},
          {"--model h200 --lanes 0", "option --lanes 0: expected a number from"},
          {"--model h200 --repeats 1000", "option --repeats 1000: expected at most 64"},
          {"--model h200 --nodes maybe", "option --nodes maybe: expected yes or no"},
          {"--model h200 --shapes z", "a problem is written as"},
          {"--model h200 --nonsense", "option --nonsense: expected one of"},
          {"--model", "option --model: expected one of"},
        }) {
      LaminaException e =
          assertThrows(LaminaException.class, () -> run(mistake[0].split(" ")), mistake[0]);
      assertTrue(e.getMessage().contains(mistake[1]), e.getMessage());
    }
  }
}
