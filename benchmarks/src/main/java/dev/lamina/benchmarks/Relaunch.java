package dev.lamina.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a program again with the options that Lamina wants, because a jar's manifest cannot name
 * them all: {@code java -jar benchmarks.jar} is then all that anyone has to type.
 */
final class Relaunch {
  /** What a JVM that runs Lamina should be started with. */
  static final List<String> JVM_OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          // JMH's own use of Unsafe.
          "--sun-misc-unsafe-memory-access=allow");

  private static final String DONE = "lamina.benchmarks.relaunched";

  private Relaunch() {}

  /** Whether this JVM lacks what the options give. */
  static boolean isNeeded() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()
        && !Boolean.getBoolean(DONE);
  }

  /** Runs the program in a new JVM and returns its exit code. */
  static int run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.add("-D" + DONE + "=true");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("lamina."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
