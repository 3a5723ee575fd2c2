package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program in a virtual machine of its own that tells of its progress by dots. */
final class Fork implements AutoCloseable {
  private final Process process;
  private final Path errors;

  private Fork(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts a class Program.
   *
   * @param work a folder for its source, made if needed
   * @param argument the program's only argument
   */
  static Fork start(Path work, String program, Path argument) throws IOException {
    Path source = Files.writeString(Files.createDirectories(work).resolve("Program.java"), program);
    Path errors = work.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                location(AtomicFile.class) + File.pathSeparator + location(JsonFactory.class),
                source.toString(),
                argument.toString())
            .redirectError(errors.toFile())
            .start();
    return new Fork(process, errors);
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for its next dot. */
  void awaitDot() throws IOException {
    if (process.getInputStream().read() != '.') {
      throw new AssertionError("the program failed: " + Files.readString(errors));
    }
  }

  /** Kills it as nothing can be killed more thoroughly. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Closes its standard input and waits for its good end. */
  void end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertEquals(0, process.waitFor(), () -> errors + " tells why");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
