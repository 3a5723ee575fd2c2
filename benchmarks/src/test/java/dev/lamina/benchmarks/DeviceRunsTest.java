package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.VerboseMode;

class DeviceRunsTest {
  private static final OutputFormat SILENT =
      OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);

  private static Map<String, Options> plan(String... arguments) throws CommandLineOptionException {
    MainOptions own = MainOptions.parse(arguments);
    CommandLineOptions user = new CommandLineOptions(own.jmh().toArray(String[]::new));
    return new DeviceRuns(user, own.ceilings()).plan(List.of("cpu", "cuda"), SILENT);
  }

  /** The classes that JMH will run. */
  private static Set<String> classes(Options options) {
    Set<String> names = new TreeSet<>();
    List<String> includes = options.getIncludes().isEmpty() ? List.of(".*") : options.getIncludes();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList().find(SILENT, includes, options.getExcludes())) {
      String name = entry.getUserClassQName();
      names.add(name.substring(name.lastIndexOf('.') + 1).replace("Benchmark", ""));
    }
    return names;
  }

  @Test
  void everythingWhereItBelongs() throws CommandLineOptionException {
    Map<String, Options> plan = plan();
    Set<String> cpu = classes(plan.get("cpu"));
    Set<String> cuda = classes(plan.get("cuda"));
    assertTrue(
        cpu.containsAll(Set.of("Ceiling", "CeilingProduct", "Gemm", "TrainingStep", "Random")),
        cpu::toString);
    assertFalse(cpu.contains("LargeTrainingStep"), cpu::toString);
    assertTrue(cuda.containsAll(Set.of("Ceiling", "Gemm", "LargeTrainingStep")), cuda::toString);
    assertFalse(cuda.contains("Random"), cuda::toString);
    assertEquals(List.of("cuda"), List.copyOf(plan.get("cuda").getParameter("device").get()));
  }

  @Test
  void patternsBringTheCeilings() throws CommandLineOptionException {
    Map<String, Options> plan = plan("Gemm");
    assertEquals(Set.of("Ceiling", "CeilingProduct", "Gemm"), classes(plan.get("cpu")));
    assertEquals(Set.of("Gemm"), classes(plan("Gemm", "--no-ceilings").get("cuda")));
    assertFalse(classes(plan("--no-ceilings").get("cpu")).contains("Ceiling"));
  }

  @Test
  void largeRunsOnTheCpuWhenNamed() throws CommandLineOptionException {
    assertEquals(Set.of("TrainingStep"), classes(plan("Step", "--no-ceilings").get("cpu")));
    assertEquals(Set.of("LargeTrainingStep"), classes(plan("LargeTr", "--no-ceilings").get("cpu")));
  }

  @Test
  void theCpuRunsInSinglePrecisionUnlessToldOtherwise() throws CommandLineOptionException {
    assertEquals(List.of("fp32"), precisions(plan("Gemm"), "cpu"));
    assertEquals(List.of(), precisions(plan("Gemm"), "cuda"));
    assertEquals(List.of("fp64"), precisions(plan("Gemm", "-p", "precision=fp64"), "cpu"));
  }

  private static List<String> precisions(Map<String, Options> plan, String device) {
    return List.copyOf(plan.get(device).getParameter("precision").orElse(List.of()));
  }

  @Test
  void whatNeedsNoDeviceRunsOnce() throws CommandLineOptionException {
    assertEquals(Set.of("cpu"), plan("Random", "--no-ceilings").keySet());
  }

  @Test
  void nothingMatches() {
    LaminaException e = assertThrows(LaminaException.class, () -> plan("Nonsense"));
    assertTrue(e.getMessage().startsWith("no benchmark matches [Nonsense]"), e.getMessage());
  }

  @Test
  void forksGetTheOptionsOfJavaBesideTheUsers() throws CommandLineOptionException {
    List<String> jvm =
        List.copyOf(plan("-jvmArgsPrepend", "-Xmx1g").get("cpu").getJvmArgsPrepend().get());
    assertTrue(jvm.containsAll(Relaunch.JVM_OPTIONS), jvm::toString);
    assertTrue(jvm.contains("-Xmx1g"), jvm::toString);
  }

  @Test
  void optionsOfOurOwn() {
    MainOptions options = MainOptions.parse("Gemm", "--results=here", "-f", "1");
    assertEquals("here", options.results().toString());
    assertTrue(options.ceilings());
    assertEquals(List.of("Gemm", "-f", "1"), options.jmh());
  }
}
