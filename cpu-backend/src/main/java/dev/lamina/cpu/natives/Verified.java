package dev.lamina.cpu.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * The record of files whose content was hashed and found right, so that a start need not hash 90
 * MB.
 *
 * <p>It holds each file's hash with its size, inode, and times of modification and of status
 * change. Any write, truncation or replacement of the file changes the last, which no program can
 * set; then the file is hashed again. The record is believed only in a folder that nobody but this
 * user can write to, and who can write there as this user could change the Java runtime's files as
 * well: the record is as trustworthy as a hash at every start would be.
 */
final class Verified {
  private static final String NAME = "verified";

  private Verified() {}

  /** Whether the record says that all files are right and they have not changed since. */
  static boolean check(Path folder, NativeBundle bundle) {
    try {
      return Files.readString(folder.resolve(NAME)).equals(describe(folder, bundle));
    } catch (IOException | RuntimeException e) {
      return false; // no record yet, or a broken one: hash again
    }
  }

  /** Writes the record of files that were just found right. */
  static void write(Path folder, NativeBundle bundle) throws IOException {
    Path temporary = Files.createTempFile(folder, NAME, NativeCache.TEMPORARY);
    Files.writeString(temporary, describe(folder, bundle), StandardCharsets.UTF_8);
    Files.move(temporary, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether a file is there with the right content, by its hash. */
  static boolean matches(Path path, NativeFile file) throws IOException {
    try {
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          || Files.size(path) != file.size()) {
        return false;
      }
      MessageDigest digest = sha256();
      try (InputStream in = Files.newInputStream(path)) {
        byte[] block = new byte[1 << 18];
        for (int n = in.read(block); n > 0; n = in.read(block)) {
          digest.update(block, 0, n);
        }
      }
      return hex(digest).equals(file.sha256());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return java.util.HexFormat.of().formatHex(digest.digest());
  }

  private static String describe(Path folder, NativeBundle bundle) throws IOException {
    StringBuilder text = new StringBuilder();
    for (NativeFile file : bundle.files()) {
      Map<String, Object> now =
          Files.readAttributes(
              folder.resolve(file.name()),
              "unix:size,ino,lastModifiedTime,ctime",
              LinkOption.NOFOLLOW_LINKS);
      text.append(file.name())
          .append(' ')
          .append(file.sha256())
          .append(" size ")
          .append(now.get("size"))
          .append(" inode ")
          .append(now.get("ino"))
          .append(" modified ")
          .append(now.get("lastModifiedTime"))
          .append(" changed ")
          .append(now.get("ctime"))
          .append('\n');
    }
    return text.toString();
  }
}
