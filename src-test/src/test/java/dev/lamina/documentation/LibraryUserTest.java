package dev.lamina.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of a user's own, on the class path and on the module path, with and without flags. */
class LibraryUserTest {
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";
  private static final String REMEDY = "--add-modules jdk.incubator.vector";

  private static final String PROGRAM =
      """
      package user;

      import dev.lamina.backend.Backends;
      import dev.lamina.data.Digits;
      import dev.lamina.nn.Linear;
      import dev.lamina.nn.Model;
      import dev.lamina.train.Trainer;

      public class Program {
        public static void main(String[] arguments) {
          for (int i = 0; i < 2; i++) {
            try (var device = Backends.open("cpu");
                var model = Model.create(new Linear(784, 10), 784, device, 42)) {
              new Trainer(model).fit(Digits.generate(200, 1), null, 1);
              System.out.println("trained on " + device.device().id());
            }
          }
        }
      }
      """;

  @TempDir private Path folder;

  /** Lamina's classes and what they need, without the tests' own. */
  private static String libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry ->
            entry.matches(
                ".*[/\\\\](core|cpu-backend)[/\\\\]target[/\\\\][^:]*"
                    + "|.*(jackson-core|fastcsv|dnnl|lamina-core|lamina-cpu)-?[^/\\\\]*\\.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path compile(String... options) throws IOException {
    Path source = folder.resolve("Program.java");
    Files.writeString(source, PROGRAM);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString()));
    arguments.addAll(List.of(options));
    arguments.add(source.toString());
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, status);
    return classes;
  }

  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(2, output.lines().filter("trained on cpu"::equals).count(), output);
    return output;
  }

  @Test
  void missingFlagsAreSaidInOneLine() throws Exception {
    Path classes = compile("-cp", libraries());
    String path = classes + File.pathSeparator + libraries();
    String output = run("--enable-native-access=ALL-UNNAMED", "-cp", path, "user.Program");
    assertEquals(1, output.lines().filter(line -> line.contains(REMEDY)).count(), output);
    String full = run(VECTOR, "--enable-native-access=ALL-UNNAMED", "-cp", path, "user.Program");
    assertFalse(full.contains(REMEDY), full);
  }

  @Test
  void worksOnTheModulePath() throws Exception {
    assumeTrue(libraries().contains("dnnl"), "oneDNN's library is on the path");
    Path descriptor = folder.resolve("module-info.java");
    Files.writeString(descriptor, "module user { requires dev.lamina.core; }");
    Path classes = compile("--module-path", libraries(), descriptor.toString());
    String path = classes + File.pathSeparator + libraries();
    String output =
        run(
            "--enable-native-access=dev.lamina.cpu",
            "--module-path",
            path,
            "--module",
            "user/user.Program");
    // The Vector API comes with the module, and nothing is missing.
    assertFalse(output.contains(REMEDY), output);
    assertFalse(output.contains("oneDNN"), output);
    assertFalse(output.contains("restricted method"), output);
    assertTrue(output.contains("trained on cpu"), output);
  }
}
