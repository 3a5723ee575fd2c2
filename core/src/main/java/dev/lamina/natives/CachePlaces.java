package dev.lamina.natives;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Where the user's cache folder may lie.
 *
 * @param folders absolute or relative paths, the preferred first; may be none
 * @param root the folder that stands for {@code /}; tests have their own
 */
public record CachePlaces(List<String> folders, Path root) {
  /** The system property that names the folder. */
  public static final String PROPERTY = "lamina.cache";

  /** The environment variable that names the folder; the property goes first. */
  public static final String VARIABLE = "LAMINA_CACHE";

  /** Copies the list. */
  public CachePlaces {
    folders = List.copyOf(folders);
  }

  /** Those of this process. */
  public static CachePlaces system() {
    return of(System::getProperty, System::getenv, Path.of("/"));
  }

  /**
   * The folder that {@value #PROPERTY} or {@value #VARIABLE} names, and only that; without them
   * {@code lamina} below {@code XDG_CACHE_HOME}, then {@code ~/.cache/lamina}.
   *
   * @param properties a system property by its name, or null
   * @param variables an environment variable by its name, or null
   */
  public static CachePlaces of(
      Function<String, String> properties, Function<String, String> variables, Path root) {
    for (String setting : new String[] {properties.apply(PROPERTY), variables.apply(VARIABLE)}) {
      if (setting != null && !setting.isBlank()) {
        return new CachePlaces(List.of(setting.strip()), root);
      }
    }
    List<String> usual = new ArrayList<>();
    // The XDG base directory specification says that relative paths are to be ignored. Java calls
    // the home of a user whom the system does not know "?".
    String xdg = variables.apply("XDG_CACHE_HOME");
    if (xdg != null && xdg.startsWith("/")) {
      usual.add(xdg + "/lamina");
    }
    String home = properties.apply("user.home");
    if (home != null && home.startsWith("/")) {
      usual.add(home + "/.cache/lamina");
    }
    return new CachePlaces(usual, root);
  }

  /** The path of one of the folders, below the root. */
  Path path(String folder) throws IOException {
    try {
      Path absolute = Path.of(folder).toAbsolutePath().normalize();
      return root.resolve(absolute.getRoot().relativize(absolute));
    } catch (InvalidPathException e) {
      throw new IOException("no file can be called so in this locale: " + e.getReason(), e);
    }
  }
}
