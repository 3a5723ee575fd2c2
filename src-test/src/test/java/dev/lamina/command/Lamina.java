package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.cli.Main;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.fork.TestJvm;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one run of the command brought.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record Lamina(int code, String out, String err) {
  /** Runs the command in this virtual machine, as on a machine without an emulated GPU. */
  static Lamina run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = texts(arguments);
    int code =
        CudaEmulator.hidden(() -> Main.run(new PrintWriter(out), new PrintWriter(err), texts));
    return new Lamina(code, out.toString(), err.toString());
  }

  /** Runs the command in a virtual machine of its own, with these environment variables. */
  static Lamina fork(Path work, Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = forked(arguments);
    builder.environment().putAll(environment);
    return finish(work, builder);
  }

  /** Runs a process to its end. */
  static Lamina finish(Path work, ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = Files.createTempFile(work, "fork", ".out");
    Path err = Files.createTempFile(work, "fork", ".err");
    try {
      builder.redirectError(err.toFile());
      if (builder.redirectOutput() == ProcessBuilder.Redirect.PIPE) {
        builder.redirectOutput(out.toFile());
      }
      int code = builder.start().waitFor();
      return new Lamina(code, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Runs the command, which must succeed. */
  static Lamina succeed(Object... arguments) {
    Lamina result = run(arguments);
    assertEquals(0, result.code, () -> List.of(arguments) + ": " + result.err);
    return result;
  }

  /** The command for a virtual machine of its own. */
  static ProcessBuilder forked(Object... arguments) {
    return TestJvm.running(Main.class, List.of(), arguments);
  }

  private static String[] texts(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    return texts;
  }

  /** Standard output, of which every line must be a JSON object. */
  List<JsonNode> json() {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.lines().toList()) {
      JsonNode object = Json.parse(line, "standard output");
      assertFalse(object.members().isEmpty(), line);
      lines.add(object);
    }
    return lines;
  }

  /** The last line of standard output, of which every line must be a JSON object. */
  JsonNode last() {
    return json().getLast();
  }
}
