package dev.lamina.cuda.natives;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds where Python keeps the packages of a user: of the environment that is active, of the Python
 * that the shell would run, and of the user's own. No Python is run.
 */
final class PythonPlaces {
  /** Environment variable that names the active conda environment. */
  static final String CONDA = "CONDA_PREFIX";

  private static final String VIRTUAL = "VIRTUAL_ENV";

  private final Environment environment;
  private final Map<Path, Place> places = new LinkedHashMap<>();

  private PythonPlaces(Environment environment) {
    this.environment = environment;
  }

  /**
   * A folder of packages.
   *
   * @param origin why it was looked at
   */
  record Place(String origin, Path sitePackages) {}

  /** All that are there, the most specific first. */
  static List<Place> of(Environment environment) {
    PythonPlaces found = new PythonPlaces(environment);
    for (String name : List.of(VIRTUAL, CONDA)) {
      environment
          .variable(name)
          .ifPresent(setting -> found.add(name, environment.at(setting.value())));
    }
    found.addPath();
    found.add("Python's usual folder", environment.at("/usr/local"));
    String home = environment.properties().get("user.home");
    if (home != null) {
      found.add("user's Python packages", environment.at(home).resolve(".local"));
    }
    return List.copyOf(found.places.values());
  }

  /** What belongs to the first python3 on the path, be that the program or a link to it. */
  private void addPath() {
    String path = environment.variable("PATH").map(Environment.Setting::value).orElse("");
    for (String entry : path.split(File.pathSeparator)) {
      Path program = entry.isBlank() ? null : environment.at(entry.strip()).resolve("python3");
      if (program != null && Files.isExecutable(program)) {
        String origin = "python3 on PATH";
        add(origin, program.getParent().getParent());
        try {
          add(origin, program.toRealPath().getParent().getParent());
        } catch (IOException e) {
          // A link that leads nowhere belongs to no Python.
        }
        return;
      }
    }
  }

  private void add(String origin, Path prefix) {
    if (prefix == null || !Files.isDirectory(prefix.resolve("lib"))) {
      return;
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> versions =
        Files.newDirectoryStream(prefix.resolve("lib"), "python3*")) {
      for (Path version : versions) {
        for (String folder : List.of("site-packages", "dist-packages")) {
          if (Files.isDirectory(version.resolve(folder))) {
            found.add(version.resolve(folder));
          }
        }
      }
    } catch (IOException e) {
      // A folder that cannot be listed holds nothing that can be loaded.
    }
    found.sort(null);
    found.forEach(folder -> places.putIfAbsent(folder, new Place(origin, folder)));
  }
}
