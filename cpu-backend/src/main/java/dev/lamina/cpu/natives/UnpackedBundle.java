package dev.lamina.cpu.natives;

import dev.lamina.LaminaException;
import dev.lamina.natives.CachePlaces;
import dev.lamina.natives.NativeCache;
import dev.lamina.natives.NativeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The libraries of a bundle, unpacked and verified. Closing deletes them if they are for this run
 * only; a loaded library stays usable without its file.
 */
public final class UnpackedBundle implements AutoCloseable {
  private static final String OTHER_FOLDER =
      "name another folder with " + CachePlaces.VARIABLE + " or -D" + CachePlaces.PROPERTY;

  private final NativeBundle bundle;
  private final NativeCache cache;
  private final Path folder;

  private UnpackedBundle(NativeBundle bundle, NativeCache cache, Path folder) {
    this.bundle = bundle;
    this.cache = cache;
    this.folder = folder;
  }

  /**
   * Makes sure that a bundle's files are there with the right content.
   *
   * @throws NativesException if the source lacks a file or has another one, or nothing can be
   *     written
   */
  public static UnpackedBundle of(NativeBundle bundle, BundleSource source, CachePlaces places) {
    NativeCache cache = new NativeCache(places, (place, why) -> {});
    // Named by content as well, so that versions of Lamina live side by side.
    String name = bundle.label() + "-" + bundle.files().getFirst().sha256().substring(0, 16);
    List<NativeFile> files =
        bundle.files().stream()
            .map(file ->
                new NativeFile(
                    file.name(),
                    file.size(),
                    file.sha256(),
                    () -> requireThere(bundle, file, source.open(file))))
            .toList();
    try {
      return new UnpackedBundle(bundle, cache, cache.store(name, files));
    } catch (LaminaException e) {
      throw new NativesException(
          "a library on the class path is not the one that this version was made for: "
              + e.getMessage(),
          "Use exactly " + bundle.artifact(),
          e);
    } catch (IOException e) {
      String why = cache.whyTemporary();
      throw new NativesException(
          "the libraries of "
              + bundle.label()
              + " cannot be unpacked: "
              + e.getMessage()
              + (why.isEmpty() ? "" : " (" + why + ")"),
          "To have them in another place, " + OTHER_FOLDER,
          e);
    }
  }

  private static InputStream requireThere(
      NativeBundle bundle, NativeBundle.Library file, InputStream content) {
    if (content == null) {
      throw new NativesException(
          "the jar with " + file.name() + " is not on the class path",
          "Add " + bundle.artifact() + " to the class path",
          null);
    }
    return content;
  }

  /** Where the libraries are. */
  public Path folder() {
    return folder;
  }

  /** What the user should know, or empty. */
  public String note() {
    String why = cache.whyTemporary();
    return why.isEmpty()
        ? ""
        : why
            + ", so every start unpacks "
            + bundle.label()
            + " anew, about a second; "
            + OTHER_FOLDER;
  }

  @Override
  public void close() {
    cache.discardTemporary();
  }
}
