package dev.lamina.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Files that are made once for each digest of what they are made from. */
record BuildCache(Path folder) {

  BuildCache {
    create(folder);
  }

  static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of this name and digest, made by {@code make} at the path that it gets if missing. */
  Path file(String name, String digest, Consumer<Path> make) {
    int dot = name.lastIndexOf('.');
    Path file =
        folder.resolve(
            name.substring(0, dot) + "-" + digest.substring(0, 16) + name.substring(dot));
    return Files.exists(file) ? file : place(file, make);
  }

  /** Makes a file elsewhere and moves it, so that a file that is there is whole. */
  static Path place(Path file, Consumer<Path> make) {
    create(file.getParent());
    Path unfinished = file.resolveSibling("unfinished-" + file.getFileName());
    make.accept(unfinished);
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IllegalStateException("a build folder without atomic moves: " + folder(file), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static Path folder(Path file) {
    return file.getParent();
  }

  /** Only one process at a time builds in a folder. */
  <T> T locked(Supplier<T> task) {
    Path file = folder.resolve(".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IllegalStateException("cannot lock " + file);
      }
      return task.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of texts. */
  static String digest(List<String> texts) {
    MessageDigest digest = sha256();
    for (String text : texts) {
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of the names and contents of the files below a folder whose path ends as a pattern. */
  static String digest(Path folder, String... patterns) {
    MessageDigest digest = sha256();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> wanted =
          files
              .filter(f -> Stream.of(patterns).anyMatch(p -> f.toString().matches(".*" + p)))
              .sorted()
              .toList();
      for (Path file : wanted) {
        digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
