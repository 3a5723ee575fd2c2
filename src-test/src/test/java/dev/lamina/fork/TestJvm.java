package dev.lamina.fork;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The Java and the class path that the tests run with, for another virtual machine. */
public final class TestJvm {
  private TestJvm() {}

  /** The Java launcher. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The class path, whole also where it came to this virtual machine in a manifest. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        .replace(";", File.pathSeparator);
  }

  /** The class path as a manifest has it. */
  public static String manifestClassPath() {
    return Arrays.stream(classPath().split(File.pathSeparator))
        .map(entry -> Path.of(entry).toUri().toString())
        .collect(Collectors.joining(" "));
  }

  /** A virtual machine that may call native code and runs a class of the tests' class path. */
  public static ProcessBuilder running(Class<?> main, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(java(), "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command);
  }
}
