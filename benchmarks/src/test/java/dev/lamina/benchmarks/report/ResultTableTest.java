package dev.lamina.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.DeviceReport;
import dev.lamina.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTableTest {
  private static Row row(String name, String device, Work work, double seconds, double bytes) {
    return new Row(name, device, Map.of("precision", "fp32"), seconds, seconds / 50, work, bytes);
  }

  private static final List<Row> ROWS =
      List.of(
          row("Gemm.product", "cpu", Work.flops(1e9), 0.02, Double.NaN),
          row("CeilingProduct.product", "cpu", Work.flops(1e9), 0.01, Double.NaN),
          row("Gemm.product", "cuda", Work.flops(1e9), 1e-4, Double.NaN),
          row("CeilingProduct.product", "cuda", Work.flops(1e9), 2.5e-5, Double.NaN),
          row("Dropout.dropout", "cpu", Work.bytes(1e6), 1e-3, Double.NaN));

  @Test
  void sharesAreOfTheSameDevicesCeiling() {
    Ceilings ceilings = new Ceilings(ROWS);
    assertEquals(0.5, ceilings.share(ROWS.get(0)), 1e-12);
    assertEquals(0.25, ceilings.share(ROWS.get(2)), 1e-12);
    assertTrue(Double.isNaN(ceilings.share(ROWS.get(4))), "there is no ceiling of copies");
  }

  @Test
  void ceilingsFirstThenDevicesSideBySide() {
    List<String> lines = new ResultTable(ROWS).toString().lines().toList();
    assertEquals(7, lines.size());
    assertTrue(
        lines.get(2).startsWith("| CeilingProduct.product | precision fp32 | cpu "), lines.get(2));
    assertTrue(
        lines.get(2).contains("10.00 ms | 2.0% |     100.0 GFLOP/s |    ceiling"), lines.get(2));
    assertTrue(
        lines.get(4).startsWith("| Gemm.product           | precision fp32 | cpu "), lines.get(4));
    assertTrue(lines.get(4).contains("| 20.00 ms |"), lines.get(4));
    assertTrue(lines.get(4).endsWith("50% |"), lines.get(4));
    assertTrue(lines.get(5).contains("| cuda   | 100.0 µs |"), lines.get(5));
    assertTrue(lines.get(6).contains("1.000 GB/s |            |"), lines.get(6));
    assertEquals(1, lines.stream().map(String::length).distinct().count(), "columns line up");
    assertFalse(lines.get(0).contains("heap"), lines.get(0));
  }

  @Test
  void allocationsHaveAColumnWhereTheyWereMeasured() {
    String table = new ResultTable(List.of(row("Step.step", "cpu", null, 3, 12.34))).toString();
    assertTrue(table.contains("heap B/op"), table);
    assertTrue(table.contains("| 3.000 s | 2.0% |"), table);
    assertTrue(table.contains("12.3 |"), table);
  }

  @Test
  void reportHoldsEverything(@TempDir Path folder) throws IOException {
    RunReport report =
        new RunReport(
            new Machine("A CPU (R) Processor", 2, 8, "an OS", "a Java"),
            Map.of("Lamina", "1.2"),
            List.of(
                DeviceReport.usable("cpu", "a CPU", Map.of("cores", "2")),
                DeviceReport.usable("cuda:0", "a GPU", Map.of("driver", "R999"))),
            List.of("x: skipped: y; z"),
            "Gemm -f 1",
            ROWS);
    List<Path> files = report.write(folder);
    assertTrue(files.get(0).toString().endsWith("-jmh-cpu-cuda0-a-2-cores.md"), files::toString);
    String markdown = Files.readString(files.get(0));
    for (String part :
        List.of("| Gemm.product ", "Lamina: 1.2", "device cuda:0: a GPU; driver R999", "y; z")) {
      assertTrue(markdown.contains(part), part);
    }
    var tree = Json.read(files.get(1)).toString();
    String json = Files.readString(files.get(1));
    assertFalse(tree.isEmpty());
    for (String part : List.of("\"share_of_ceiling\": 0.25", "\"rate_unit\": \"GB/s\"", "R999")) {
      assertTrue(json.contains(part), json);
    }
  }
}
