package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cuda.formula.ShippedKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in PTX belongs to the sources beside it. */
class PtxTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path PTX = Path.of("src/main/resources/dev/lamina/cuda/ptx");
  private static final String HASHES = "kernels.sha256";
  private static final Pattern RELEASE = Pattern.compile("release [\\d.]+, (V[\\d.]+)");

  private static final List<String> ARCHITECTURES =
      List.of("sm_75", "sm_80", "sm_90", "sm_100", "sm_120");

  /** A line of ptxas-report.sh --all: kernel, architecture, registers, shared, spilled. */
  private static final Pattern KERNEL =
      Pattern.compile("\\| (\\w+) \\| (sm_\\d+) \\| \\d+ \\| \\d+ \\| (\\d+) \\|");

  @TempDir private Path temporary;

  @Test
  void hashesAreThoseOfTheSourcesAndThePtx() throws IOException {
    TreeMap<String, String> actual = new TreeMap<>();
    hash(SOURCES, actual);
    hash(PTX, actual);
    actual.remove(HASHES);
    assertEquals(
        CubinFiles.record(Files.readString(PTX.resolve(HASHES))),
        actual,
        "run cuda-backend/regenerate-kernels.sh");
  }

  /** Kernels of formulas are named by their printed source. */
  @Test
  void theFormulasKernelsAreThoseThatArePrinted() throws IOException {
    assertEquals(
        ShippedKernels.index(),
        Files.readAllLines(PTX.resolve("formulas.txt")),
        "run cuda-backend/regenerate-kernels.sh");
  }

  @Test
  void everyFileLoadsInOldDrivers() throws IOException {
    for (Path file : list(PTX)) {
      if (file.toString().endsWith(".ptx")) {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        assertTrue(text.contains("\n.version 8.0\n"), file + ": ISA version");
        assertTrue(text.contains("\n.target sm_75\n"), file + ": architecture");
      }
    }
  }

  /** The machine code is compared unpacked: another JDK may pack the same bytes otherwise. */
  @Test
  void regeneratedIsTheSame() throws IOException, InterruptedException {
    assumeSameCompiler();
    run("bash", "regenerate-kernels.sh", temporary.toString());
    Path fresh = temporary.resolve("ptx");
    for (Path file : list(PTX)) {
      assertEquals(
          -1,
          Files.mismatch(file, fresh.resolve(file.getFileName())),
          file + " differs from what nvcc makes of the sources; run regenerate-kernels.sh");
    }
    assertEquals(list(PTX).size(), list(fresh).size());
    List<Path> cubins = list(CubinFiles.FOLDER);
    assertEquals(cubins.size(), list(temporary.resolve("cubin")).size());
    for (Path zip : cubins) {
      assertEquals(
          CubinFiles.hashes(zip),
          CubinFiles.hashes(temporary.resolve("cubin").resolve(zip.getFileName())),
          zip + " differs from what ptxas makes of the PTX; run regenerate-kernels.sh");
    }
  }

  /** Registers that spill to memory would cost what the kernels are fast by. */
  @Test
  void everyArchitectureTakesAllKernelsAndNothingSpills() throws IOException, InterruptedException {
    assumePtxas();
    long entries = 0;
    for (Path file : list(PTX)) {
      if (file.toString().endsWith(".ptx")) {
        entries += Files.readString(file).lines().filter(l -> l.contains(".entry ")).count();
      }
    }
    List<String> lines = run("bash", "ptxas-report.sh", "--all").lines().toList();
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (String line : lines) {
      Matcher matcher = KERNEL.matcher(line);
      if (matcher.matches()) {
        counts.merge(matcher.group(2), 1, Integer::sum);
        // Double precision is for checks; its softmax and losses do spill.
        assertTrue(matcher.group(1).endsWith("_f64") || matcher.group(3).equals("0"), line);
      }
    }
    assertEquals(Set.copyOf(ARCHITECTURES), counts.keySet());
    for (String architecture : ARCHITECTURES) {
      assertEquals(entries, counts.get(architecture).longValue(), architecture);
    }
  }

  @Test
  void parametersAreChecked() {
    Ptx ptx = Ptx.read("memory");
    assertEquals(List.of("u64", "u64", "u64"), ptx.parameters().get("copy"));
    Step.Launch launch =
        new Step.Launch("memory", "copy", 1, 1, List.of(Argument.NULL, Argument.integer(1)));
    assertThrows(IllegalArgumentException.class, () -> ptx.check(launch));
    assertThrows(IllegalArgumentException.class, () -> Ptx.read("nothing"));
  }

  private static void assumePtxas() throws IOException, InterruptedException {
    String help;
    try {
      help = run("ptxas", "--help");
    } catch (IOException e) {
      assumeTrue(false, "no ptxas on the PATH to assemble with: " + e.getMessage());
      return;
    }
    for (String architecture : ARCHITECTURES) {
      assumeTrue(
          help.contains("'" + architecture + "'"), "this ptxas does not know " + architecture);
    }
  }

  private static void assumeSameCompiler() throws IOException, InterruptedException {
    String wanted = release(Files.readString(PTX.resolve("memory.ptx"))).orElseThrow();
    String installed;
    try {
      installed = run("nvcc", "--version");
    } catch (IOException e) {
      assumeTrue(false, "no nvcc on the PATH to compare with: " + e.getMessage());
      return;
    }
    assumeTrue(
        release(installed).filter(wanted::equals).isPresent(),
        () -> "the PTX was made by nvcc " + wanted + ", installed is " + release(installed));
  }

  private static Optional<String> release(String text) {
    Matcher matcher = RELEASE.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static void hash(Path folder, TreeMap<String, String> hashes) throws IOException {
    for (Path file : list(folder)) {
      hashes.put(folder.relativize(file).toString(), CubinFiles.sha256(Files.readAllBytes(file)));
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
