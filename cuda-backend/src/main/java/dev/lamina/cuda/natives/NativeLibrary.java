package dev.lamina.cuda.natives;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A library of the system, loaded.
 *
 * @param path the file
 * @param versioned whether its symbols have a version of its own name
 * @param symbols its functions; they live as long as the arena that it was loaded in
 */
record NativeLibrary(Path path, boolean versioned, SymbolLookup symbols) {
  /** The reason of {@link Failed} for a file that does not exist. */
  static final String ABSENT = "is not there";

  /** What became of an attempt to load a library. */
  sealed interface Attempt {}

  /** It is loaded. */
  record Success(NativeLibrary library) implements Attempt {}

  /** It is not loaded. */
  record Failed(String reason) implements Attempt {}

  /**
   * Loads a library after a look at whether it is what its name says: what is loaded later finds it
   * by the name that it bears within, and a file that is cut off would end the JVM.
   */
  @SuppressWarnings("restricted") // calling native code is what this class is for
  static Attempt load(Path file, String name, Arena arena) throws UnusableException {
    if (!Files.isRegularFile(file)) {
      return new Failed(ABSENT);
    }
    try {
      Path real = file.toRealPath();
      Optional<String> soname = ElfImage.read(real, ElfImage::soname);
      if (soname.isEmpty() || !soname.get().equals(name)) {
        return new Failed(
            "is not " + name + " but calls itself " + soname.orElse("nothing") + " (SONAME)");
      }
      boolean versioned = ElfImage.read(real, ElfImage::versions).contains(name);
      SymbolLookup symbols = SymbolLookup.libraryLookup(real, arena);
      return new Success(new NativeLibrary(file, versioned, symbols));
    } catch (IOException e) {
      return new Failed("cannot be used: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return new Failed("cannot be loaded: " + LoaderError.of(file).orElse(e.getMessage()));
    } catch (IllegalCallerException e) {
      throw UnusableException.nativeAccessDenied(e);
    }
  }
}
