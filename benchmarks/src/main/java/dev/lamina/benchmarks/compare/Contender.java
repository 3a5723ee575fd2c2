package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A library whose step is measured, each time in a JVM of its own: two libraries' thread pools in
 * one process would take the cores from each other.
 *
 * @param label what reports call it
 * @param step the name of its {@link StepUnderTest}
 */
record Contender(String label, String step) {
  /** The options of both sides' JVMs. */
  static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xmn16m");

  Measurement measure(Problem problem, Settings settings) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Little heap for both: tensors lie outside it, and a young generation of the usual size would
    // hide what each side needs behind garbage that nobody had to collect.
    command.addAll(JVM_OPTIONS);
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    // JavaCPP unpacks libtorch there instead of into the user's home.
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + settings.scratch().toAbsolutePath());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MeasureStep.class.getName());
    command.add(step);
    command.add(problem.toString());
    command.add(Integer.toString(settings.threads()));
    command.add(Double.toString(settings.warmUpSeconds()));
    command.add(Double.toString(settings.seconds()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .directory(new File("").getAbsoluteFile());
    // libtorch's best setting: its OpenMP threads sleep while they wait instead of spinning.
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(settings.threads()));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new LaminaException(
          "comparison: the process of " + label + " ended with code " + code + ", see above");
    }
    return Measurement.read(output);
  }
}
