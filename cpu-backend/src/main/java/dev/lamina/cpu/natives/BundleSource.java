package dev.lamina.cpu.natives;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the content of a bundle's files comes from. */
public interface BundleSource {
  /** Opens a file's content, or returns null where there is none. */
  InputStream open(NativeBundle.Library file) throws IOException;

  /**
   * The bundle's jar on the class path or, although no module requires it, on the module path.
   *
   * <p>The jar's module is not resolved because it would need JavaCPP's, which Lamina does not use;
   * so its content is read through a finder of its own.
   */
  static BundleSource jar(NativeBundle bundle) {
    return file -> {
      String path = bundle.resourceFolder() + file.name();
      InputStream found = ClassLoader.getSystemResourceAsStream(path);
      if (found == null) {
        ClassLoader own = BundleSource.class.getClassLoader();
        found = own == null ? null : own.getResourceAsStream(path);
      }
      return found == null ? onModulePath(bundle.module(), path) : found;
    };
  }

  private static InputStream onModulePath(String module, String path) throws IOException {
    String folders = System.getProperty("jdk.module.path", "");
    List<Path> entries = new ArrayList<>();
    for (String entry : folders.split(java.io.File.pathSeparator)) {
      try {
        if (!entry.isEmpty()) {
          entries.add(Path.of(entry));
        }
      } catch (InvalidPathException e) {
        throw new IOException(entry + ": no file can be called so in this locale", e);
      }
    }
    Optional<ModuleReference> reference =
        ModuleFinder.of(entries.toArray(Path[]::new)).find(module);
    if (reference.isEmpty()) {
      return null;
    }
    ModuleReader reader = reference.get().open();
    InputStream content = reader.open(path).orElse(null);
    if (content == null) {
      reader.close();
      return null;
    }
    return new java.io.FilterInputStream(content) {
      @Override
      public void close() throws IOException {
        try (reader) {
          super.close();
        }
      }
    };
  }
}
