package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM for what can be done only once in each: load native libraries. */
final class ForkedJvm {
  private final Process process;

  private ForkedJvm(Process process) {
    this.process = process;
  }

  static ForkedJvm start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(options);
    all.add("--enable-native-access=ALL-UNNAMED");
    return startWithoutNativeAccess(main, all, arguments);
  }

  static ForkedJvm startWithoutNativeAccess(
      Class<?> main, List<String> options, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(ForkedJvm::decidesSearch);
    return new ForkedJvm(builder.start());
  }

  private static boolean decidesSearch(String variable) {
    return variable.startsWith("CUDA_")
        || variable.startsWith("LAMINA_")
        || variable.startsWith("LD_");
  }

  /** Its output, once it has ended well. */
  List<String> lines() throws IOException, InterruptedException {
    process.getOutputStream().close();
    List<String> lines;
    try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
      lines = reader.readAllLines();
    }
    assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
    return lines;
  }
}
