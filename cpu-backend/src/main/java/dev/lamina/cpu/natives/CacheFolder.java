package dev.lamina.cpu.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The user's private folder for what is unpacked once. */
public final class CacheFolder {
  /** The system property that names the folder. */
  public static final String PROPERTY = "lamina.cache";

  /** The environment variable that names the folder. */
  public static final String VARIABLE = "LAMINA_CACHE";

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private CacheFolder() {}

  /**
   * Where it is: {@value #PROPERTY}, else {@value #VARIABLE}, else {@code lamina} below {@code
   * XDG_CACHE_HOME}, else {@code ~/.cache/lamina}.
   */
  public static Path locate() {
    String property = System.getProperty(PROPERTY);
    if (property != null && !property.isBlank()) {
      return Path.of(property).toAbsolutePath();
    }
    String variable = System.getenv(VARIABLE);
    if (variable != null && !variable.isBlank()) {
      return Path.of(variable).toAbsolutePath();
    }
    // The XDG base directory specification says that relative paths are to be ignored.
    String xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg, "lamina");
    }
    return Path.of(System.getProperty("user.home"), ".cache", "lamina").toAbsolutePath();
  }

  /**
   * Makes a folder that only its owner can enter, which must be this user.
   *
   * @throws IOException if it cannot be made, belongs to somebody else, or is a link
   */
  static void makePrivate(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          throw new IOException(folder + " is not a folder", e);
        }
      }
    }
    Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!owner.equals(self)) {
      throw new IOException(folder + " belongs to another user");
    }
    if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE)) {
      Files.setPosixFilePermissions(folder, PRIVATE);
    }
  }
}
