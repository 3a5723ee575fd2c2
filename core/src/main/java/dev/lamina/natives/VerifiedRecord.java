package dev.lamina.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * What is known of files whose content was hashed and found right, so that a start need not hash
 * hundreds of megabytes.
 *
 * <p>It holds each file's SHA-256 with its size, inode, and times of modification and of status
 * change. Any write, truncation or replacement of the file changes the last, which no program can
 * set; then the record no longer holds. It is believed only in a private folder, and if it and the
 * files are this user's own and nobody else can write to them: whoever can write them as this user
 * could change the Java runtime's files as well, so the record is as trustworthy as a hash at every
 * start would be.
 */
final class VerifiedRecord {
  private static final String NAME = "verified";

  private final Path folder;
  private final List<NativeFile> files;

  VerifiedRecord(Path folder, List<NativeFile> files) {
    this.folder = folder;
    this.files = List.copyOf(files);
  }

  /** Whether all files are as they were when they were found right. */
  boolean holds() {
    try {
      Path record = folder.resolve(NAME);
      if (!Permissions.isOurs(record)) {
        return false;
      }
      List<String> lines = Files.readAllLines(record);
      for (int i = 0; i < files.size(); i++) {
        NativeFile file = files.get(i);
        String[] line = lines.get(i).split(" sha256 ");
        if (!Permissions.isOurs(folder.resolve(file.name()))
            || !line[0].equals(state(file))
            || file.sha256() != null && !line[1].equals(file.sha256())) {
          return false;
        }
      }
      return lines.size() == files.size();
    } catch (IOException | RuntimeException e) {
      return false; // no record yet, or a broken one
    }
  }

  /** Writes the record of files that were just found right. */
  void write(List<String> digests, FolderLock lock) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < files.size(); i++) {
      text.append(state(files.get(i))).append(" sha256 ").append(digests.get(i)).append('\n');
    }
    Path part = lock.temporary(NAME);
    Files.writeString(part, text);
    Files.move(part, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  private String state(NativeFile file) throws IOException {
    Map<String, Object> now =
        Files.readAttributes(
            folder.resolve(file.name()),
            "unix:size,ino,lastModifiedTime,ctime",
            LinkOption.NOFOLLOW_LINKS);
    if ((Long) now.get("size") != file.size()) {
      throw new IOException(file.name() + " has another size");
    }
    return file.name()
        + " size "
        + now.get("size")
        + " inode "
        + now.get("ino")
        + " modified "
        + now.get("lastModifiedTime")
        + " changed "
        + now.get("ctime");
  }
}
