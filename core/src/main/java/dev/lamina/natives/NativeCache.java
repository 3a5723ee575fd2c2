package dev.lamina.natives;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Where unpacked native libraries are kept from run to run: the first of the user's cache folders
 * that is safe and can be written to, or else a folder for this run only.
 *
 * <p>Not for several threads at once.
 */
public final class NativeCache {
  private final CachePlaces places;
  private final BiConsumer<String, String> log;
  private final List<String> refusals = new ArrayList<>();
  private TemporaryDirectory temporary;

  /**
   * A cache in one of these places.
   *
   * @param log hears of each place that is not used, and why
   */
  public NativeCache(CachePlaces places, BiConsumer<String, String> log) {
    this.places = places;
    this.log = log;
  }

  /**
   * Makes sure that files lie in a folder with the right content; see {@link
   * PrivateDirectory#store}.
   *
   * @throws LaminaException if a source has another content
   * @throws IOException if nothing can be written anywhere, or a source cannot be read
   */
  public Path store(String folder, List<NativeFile> files) throws IOException {
    if (temporary == null) {
      for (String place : places.folders()) {
        try {
          return PrivateDirectory.at(places.path(place)).store(folder, files);
        } catch (IOException e) {
          String why = Permissions.message(e);
          refusals.add("the cache folder " + place + " cannot be used (" + why + ")");
          log.accept(place, why);
        }
      }
      temporary = TemporaryDirectory.make();
      log.accept(temporary.path().toString(), "made for this run");
    }
    return temporary.directory().store(folder, files);
  }

  /** Why the files are in a folder for this run only, half a sentence; empty if they are not. */
  public String whyTemporary() {
    if (temporary == null) {
      return "";
    }
    return refusals.isEmpty() ? "this user has no home folder" : String.join(", ", refusals);
  }

  /** Deletes what is for this run only; a loaded library stays usable without its file. */
  public void discardTemporary() {
    if (temporary != null) {
      temporary.close();
    }
  }
}
