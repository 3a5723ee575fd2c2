package dev.lamina.natives;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A folder that nobody but the user (and root) can write to, neither directly nor by exchanging a
 * folder above it. Native libraries are loaded from nowhere else than there and the system.
 *
 * <p>Files appear whole or not at all, and one process at a time writes to a folder while others
 * wait for it, so any number of processes and threads may store the same at once.
 */
public final class PrivateDirectory {
  private static final int BLOCK = 1 << 18;

  private final Path path;

  PrivateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Opens the first of the places that is safe, made if need be.
   *
   * @param refused hears of each place that is not, and why
   * @throws IOException if none is
   */
  public static PrivateDirectory open(CachePlaces places, BiConsumer<String, String> refused)
      throws IOException {
    for (String folder : places.folders()) {
      try {
        return at(places.path(folder));
      } catch (IOException e) {
        refused.accept(folder, Permissions.message(e));
      }
    }
    throw new IOException("there is no folder that only this user can write to");
  }

  /** Opens a folder, made if need be, if it is safe. */
  static PrivateDirectory at(Path folder) throws IOException {
    return new PrivateDirectory(Permissions.secure(folder));
  }

  /** Where it is: a path without links. */
  public Path path() {
    return path;
  }

  /**
   * A folder in it, made if need be. What is in it is deleted if others could write there so far.
   */
  private Path folder(String name) throws IOException {
    Path folder = path.resolve(name);
    Permissions.makePrivate(folder);
    return folder;
  }

  /**
   * Reads a small file. Makes no folder.
   *
   * @throws NoSuchFileException if there is none that this user wrote
   */
  public byte[] read(String folder, String name) throws IOException {
    Path file = path.resolve(folder).resolve(name);
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString());
    }
    folder(folder); // others may have written to it
    if (!Permissions.isOurs(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return Files.readAllBytes(file);
  }

  /** Replaces or makes a small file. */
  public void write(String folder, String name, byte[] content) throws IOException {
    Path within = folder(folder);
    try (FolderLock lock = FolderLock.of(within)) {
      Path part = lock.temporary(name);
      Files.write(part, content);
      Files.move(part, within.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * Makes sure that files lie in a folder with the right content. What was verified once and has
   * not changed since is not read again, see {@link VerifiedRecord}.
   *
   * @param folder a name that tells what the files are; others are never stored there
   * @return the folder's path
   * @throws LaminaException if a source has another content
   * @throws IOException if nothing can be written, or a source cannot be read
   */
  public Path store(String folder, List<NativeFile> files) throws IOException {
    Path within = folder(folder);
    VerifiedRecord record = new VerifiedRecord(within, files);
    if (record.holds()) {
      return within;
    }
    try (FolderLock lock = FolderLock.of(within)) {
      if (!record.holds()) {
        List<String> digests = new ArrayList<>();
        for (NativeFile file : files) {
          digests.add(unpack(file, within.resolve(file.name()), lock));
        }
        sync(within); // the renames
        record.write(digests, lock);
      }
    }
    return within;
  }

  /** Unpacks a file, unless it is there, and answers its SHA-256. */
  private static String unpack(NativeFile file, Path target, FolderLock lock) throws IOException {
    if (file.sha256() != null
        && Permissions.isOurs(target)
        && Files.size(target) == file.size()
        && Sha256.of(target).equals(file.sha256())) {
      return file.sha256();
    }
    Path part = lock.temporary(file.name());
    Sha256 digest = new Sha256();
    long size = 0;
    try (InputStream in = file.source().open();
        FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
      byte[] block = new byte[BLOCK];
      for (int n = in.read(block); n > 0; n = in.read(block)) {
        digest.update(block, n);
        size += n;
        ByteBuffer buffer = ByteBuffer.wrap(block, 0, n);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
    String found = digest.digits();
    if (size != file.size() || file.sha256() != null && !found.equals(file.sha256())) {
      throw new LaminaException(
          Quote.of(file.name())
              + " is not the file that was expected: "
              + size
              + " bytes with SHA-256 "
              + found
              + " instead of "
              + file.size()
              + (file.sha256() == null ? "" : " with " + file.sha256()));
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    return found;
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
