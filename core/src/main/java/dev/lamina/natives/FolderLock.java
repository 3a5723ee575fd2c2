package dev.lamina.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to write to a private folder. The system takes it back from a process that is killed;
 * what such a process left half written is deleted by the next that gets the right.
 */
final class FolderLock implements AutoCloseable {
  private static final String PART = ".part";

  /** File locks do not exclude threads of one process. */
  private static final ReentrantLock IN_PROCESS = new ReentrantLock();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** Waits for the right to write to a folder. */
  static FolderLock of(Path folder) throws IOException {
    IN_PROCESS.lock();
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock(channel);
      FolderLock result = new FolderLock(folder, channel);
      result.deleteParts();
      return result;
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      IN_PROCESS.unlock();
      throw e;
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        // Another class loader of this process has it.
        try {
          Thread.sleep(20);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while waiting for another unpacking", interrupted);
        }
      }
    }
  }

  /** A new file, to be renamed to that name or else deleted. */
  Path temporary(String name) throws IOException {
    return Files.createTempFile(folder, name, PART);
  }

  private void deleteParts() throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + PART)) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      deleteParts();
    } finally {
      IN_PROCESS.unlock();
    }
  }
}
