package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.fork.TestJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On the CPU a training takes as much memory as it said it would. */
class PeakMemoryTest {
  /** The compiler and its code, stacks, what the allocator keeps, what kernels need beside. */
  private static final long TOLERANCE = 96L << 20;

  /** Of what was said, so much may be too little or too much. */
  private static final double PART = 0.03;

  @TempDir Path work;

  @ParameterizedTest
  @CsvSource({
    "6000, 128, 2000, AUTO", // parameters and what is like them
    "512, 50000, 50000, AUTO", // activations
    "16, 512, 500000, DEVICE", // data and their copy
    "16, 50000, 500000, HOST", // data and the ring
  })
  void takesWhatItSaid(int width, int batch, int samples, String placement) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "not Linux");
    Path errors = work.resolve("errors");
    Process process =
        TestJvm.running(
                PeakMemory.class,
                List.of(
                    "--add-modules=jdk.incubator.vector",
                    "-XX:+UseSerialGC",
                    // The whole heap is there from the start, and so in none of the differences.
                    "-Xms128m",
                    "-Xmx128m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:MaxDirectMemorySize=4g"),
                width,
                batch,
                samples,
                placement,
                work.resolve("model"))
            .redirectError(errors.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> "see " + errors);
    String[] numbers = said.strip().split(" ");
    long stated = Long.parseLong(numbers[0]);
    long taken = Long.parseLong(numbers[1]);
    String both = (stated >> 20) + " MiB were stated, " + (taken >> 20) + " MiB were taken";
    System.getLogger("memory").log(System.Logger.Level.INFO, both);
    assertTrue(taken <= stated * (1 + PART) + TOLERANCE, both);
    assertTrue(taken >= stated * (1 - PART) - TOLERANCE, both);
    assertTrue(stated > 5 * TOLERANCE, "too small to tell: " + both);
  }
}
