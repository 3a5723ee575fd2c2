package dev.lamina.cuda.natives;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Everything outside this program that decides which libraries are found. Tests make their own.
 *
 * @param properties Java's system properties
 * @param variables environment variables
 * @param root the folder that stands for {@code /}: every path of a setting or of the loader's
 *     cache lies below it
 * @param loaderCache the lines of {@code ldconfig -p}, empty where there is no ldconfig
 * @param resources finds a resource on the class path, or answers null
 */
public record Environment(
    Map<String, String> properties,
    Map<String, String> variables,
    Path root,
    Supplier<List<String>> loaderCache,
    Function<String, URL> resources) {
  /** System property that names the folders to take the CUDA libraries from. */
  public static final String LIBRARIES_PROPERTY = "lamina.cuda.libraries";

  /** Environment variable for the same; the property goes first. */
  public static final String LIBRARIES_VARIABLE = "LAMINA_CUDA_LIBRARIES";

  /** System property that names the folder to unpack native libraries into. */
  public static final String CACHE_PROPERTY = "lamina.cache";

  /** Environment variable for the same; the property goes first. */
  public static final String CACHE_VARIABLE = "LAMINA_CACHE";

  /** A setting's value and the name by which the user gave it. */
  public record Setting(String name, String value) {}

  /** Copies the maps. */
  public Environment {
    properties = Map.copyOf(properties);
    variables = Map.copyOf(variables);
  }

  /** This process's environment as it is now. */
  public static Environment system() {
    Properties properties = System.getProperties();
    Map<String, String> copy = new HashMap<>();
    properties.stringPropertyNames().forEach(n -> copy.put(n, properties.getProperty(n)));
    return new Environment(
        copy,
        System.getenv(),
        Path.of("/"),
        Environment::runLdconfig,
        name -> Environment.class.getClassLoader().getResource(name));
  }

  /** A property if set and not blank, or else the variable. */
  public Optional<Setting> setting(String property, String variable) {
    String value = properties.get(property);
    if (value != null && !value.isBlank()) {
      return Optional.of(new Setting(property, value.strip()));
    }
    return variable(variable);
  }

  /** An environment variable if set and not blank. */
  Optional<Setting> variable(String name) {
    String value = variables.get(name);
    return value == null || value.isBlank()
        ? Optional.empty()
        : Optional.of(new Setting(name, value.strip()));
  }

  /** A path as the user writes it, below the root; a relative one starts in the working folder. */
  Path at(String path) {
    Path absolute = Path.of(path).toAbsolutePath().normalize();
    return root.resolve(absolute.getRoot().relativize(absolute));
  }

  // ldconfig lies in /sbin, which is on few users' PATH.
  private static List<String> runLdconfig() {
    for (String program : List.of("/sbin/ldconfig", "/usr/sbin/ldconfig")) {
      try {
        Process process =
            new ProcessBuilder(program, "-p")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
          return lines.readAllLines();
        }
      } catch (IOException e) {
        System.getLogger(Environment.class.getName())
            .log(System.Logger.Level.DEBUG, "{0} -p: {1}", program, e.getMessage());
      }
    }
    return List.of();
  }
}
