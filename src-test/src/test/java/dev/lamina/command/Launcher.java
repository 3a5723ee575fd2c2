package dev.lamina.command;

import dev.lamina.cli.Main;
import dev.lamina.fork.TestJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * The launcher script in a folder of its own, where it finds a build that is the classes under
 * test.
 *
 * @param home the folder that stands for the checkout
 */
record Launcher(Path home) {
  private static final Path CHECKOUT = Path.of("").toAbsolutePath().getParent();

  static Launcher in(Path home) throws IOException {
    Path build = Files.createDirectories(home.resolve("target/lamina/build"));
    Files.createDirectories(home.resolve("scripts"));
    for (String script : List.of("lamina", "scripts/find-java.sh")) {
      Files.copy(CHECKOUT.resolve(script), home.resolve(script));
    }
    Files.writeString(home.resolve("target/lamina/current"), "build\n");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
    attributes.put(Attributes.Name.CLASS_PATH, TestJvm.manifestClassPath());
    try (OutputStream jar = Files.newOutputStream(build.resolve("lamina.jar"))) {
      new JarOutputStream(jar, manifest).close();
    }
    return new Launcher(home);
  }

  /** The launcher, started by a shell that does something before: {@code ulimit -v 1; exec}. */
  ProcessBuilder after(String shell, Object... arguments) {
    return command(List.of("sh", "-c", shell + " \"$0\" \"$@\""), arguments);
  }

  /** The launcher, started by another program: {@code taskset -c 0}. */
  ProcessBuilder command(List<String> starter, Object... arguments) {
    List<String> command = new ArrayList<>(starter);
    command.add(home.resolve("lamina").toString());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }
}
