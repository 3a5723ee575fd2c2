package dev.lamina.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every Java program in the README compiles, runs and prints something. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> programsRun() throws IOException {
    List<String> programs = new ArrayList<>();
    Matcher matcher = PROGRAM.matcher(Files.readString(README));
    while (matcher.find()) {
      programs.add(matcher.group(1));
    }
    assertTrue(programs.size() >= 2, "the README should have programs");
    return programs.stream()
        .map(p -> DynamicTest.dynamicTest("program " + programs.indexOf(p), () -> runs(p)));
  }

  private void runs(String program) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Example.java"), program);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.lines().anyMatch(l -> !l.startsWith("WARNING") && !l.isBlank()), "no output");
  }

  @Test
  void theTwoCommandsAreThere() throws IOException {
    String readme = Files.readString(README);
    assertTrue(readme.contains("./lamina train\nmvn verify\n"), "the two commands");
    assertTrue(Files.isExecutable(Path.of("..", "lamina")), "the launcher can be run");
    assertTrue(
        Files.readString(Path.of("..", ".ci", "run")).contains("mvn verify"),
        "CI calls the README's test command");
  }
}
