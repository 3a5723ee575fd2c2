package dev.lamina.cpu.onednn;

import dev.lamina.cpu.natives.BundleSource;
import dev.lamina.cpu.natives.NativeBundle;
import dev.lamina.cpu.natives.NativesException;
import dev.lamina.cpu.natives.UnpackedBundle;
import dev.lamina.natives.CachePlaces;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * oneDNN, loaded at most once in a process and never unloaded, because threads may still be in it.
 *
 * <p>Loading {@code libdnnl.so.3} by its path lets the system find {@code libgomp.so.1} beside it.
 */
public final class DnnlLibrary {
  /** The libraries as published in Maven Central. */
  public static final NativeBundle BUNDLE =
      new NativeBundle(
          "dnnl-3.11-1.5.13",
          "org/bytedeco/dnnl/linux-x86_64/",
          "org.bytedeco.dnnl.linux.x86_64",
          "org.bytedeco:dnnl:3.11-1.5.13:linux-x86_64",
          List.of(
              new NativeBundle.Library(
                  "libdnnl.so.3",
                  89_662_848,
                  "a8948803c5718bac623b664be77fb47e24328e8693997e96e02c4308b0ee826f"),
              new NativeBundle.Library(
                  "libgomp.so.1",
                  298_776,
                  "115302e45583ad3e8df681c0a5af4c8273b7399f764965280d70d8780e5ee454")));

  private DnnlLibrary() {}

  /**
   * Whether oneDNN can be used.
   *
   * @param usable whether it can
   * @param description the version, or why it cannot be used
   * @param remedy what to do about it, empty if it can
   * @param note what the user should know although it can be used, usually empty
   */
  public record Status(boolean usable, String description, String remedy, String note) {}

  /** Loads oneDNN when first asked; the answer stays the same. */
  public static Status status() {
    return Holder.STATUS;
  }

  /** The library's symbols and those of what it needs; null if it cannot be used. */
  static SymbolLookup symbols() {
    return Holder.symbols;
  }

  @SuppressWarnings("restricted")
  private static final class Holder {
    private static SymbolLookup symbols;
    private static final Status STATUS = load();

    private static Status load() {
      String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      if (!system.equals("Linux amd64") || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        return unusable(
            "it comes for Linux on x86-64 only and this is " + system, "Nothing can be done here");
      }
      try (UnpackedBundle unpacked =
          UnpackedBundle.of(BUNDLE, BundleSource.jar(BUNDLE), CachePlaces.system())) {
        return open(unpacked);
      } catch (NativesException e) {
        return unusable(e.getMessage(), e.remedy());
      }
    }

    private static Status open(UnpackedBundle unpacked) {
      Path library = unpacked.folder().resolve(BUNDLE.files().getFirst().name());
      try {
        symbols = SymbolLookup.libraryLookup(library, Arena.global());
        return new Status(true, "oneDNN " + Dnnl.version(), "", unpacked.note());
      } catch (IllegalCallerException e) {
        symbols = null;
        return unusable(
            "this Java runtime denies native access",
            "Start it with --enable-native-access=ALL-UNNAMED, or =dev.lamina.cpu on the module"
                + " path");
      } catch (IllegalArgumentException e) {
        return unusable(
            "the system cannot load " + library + ": " + reason(library),
            "It needs glibc 2.34 or later, libstdc++ and a file system that permits execution; "
                + "another folder is chosen with -D"
                + CachePlaces.PROPERTY);
      } catch (RuntimeException | LinkageError e) {
        symbols = null;
        return unusable("oneDNN does not work on this CPU: " + e, "Nothing can be done here");
      }
    }

    /** Why the dynamic linker refused, which only the older way of loading tells. */
    private static String reason(Path library) {
      try {
        System.load(library.toString());
        return "unknown reason";
      } catch (UnsatisfiedLinkError e) {
        return e.getMessage();
      }
    }

    private static Status unusable(String reason, String remedy) {
      return new Status(false, reason, remedy, "");
    }
  }
}
