package dev.lamina.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

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

  /** The project file is whole, names the version that is built and starts Java as it should be. */
  @Test
  void theProjectFileIsOfThisVersion() throws Exception {
    Matcher matcher =
        Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertTrue(matcher.find(), "the README should have a pom.xml");
    Element project = parse(matcher.group(1));
    Element parent = parse(Files.readString(Path.of("..", "pom.xml")));
    Element dependency = (Element) project.getElementsByTagName("dependency").item(0);
    assertEquals(text(parent, "groupId"), text(dependency, "groupId"));
    assertEquals("lamina-cpu", text(dependency, "artifactId"));
    assertEquals(text(parent, "version"), text(dependency, "version"));
    assertEquals(text(parent, "java.release"), text(project, "maven.compiler.release"));
    Element outside = parse(Files.readString(Path.of("..", "scripts", "outside", "pom.xml")));
    assertEquals(text(parent, "version"), text(outside, "lamina.version"));
    assertEquals(text(parent, "java.release"), text(outside, "maven.compiler.release"));
    String all = matcher.group(1);
    for (String part :
        List.of(
            "<modelVersion>4.0.0</modelVersion>",
            "<argument>--add-modules=jdk.incubator.vector</argument>",
            "<argument>--enable-native-access=ALL-UNNAMED</argument>",
            "<argument>Example</argument>")) {
      assertTrue(all.contains(part), part);
    }
  }

  private static Element parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static String text(Element element, String tag) {
    return element.getElementsByTagName(tag).item(0).getTextContent();
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
