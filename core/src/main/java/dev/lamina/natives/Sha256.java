package dev.lamina.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that is being computed; digits are hexadecimal in lower case. */
public final class Sha256 {
  private static final int BLOCK = 1 << 18;

  private final MessageDigest digest;

  /** Begins with nothing. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  /** The digits for contents one after another. */
  public static String of(byte[]... contents) {
    Sha256 sha = new Sha256();
    for (byte[] content : contents) {
      sha.update(content, content.length);
    }
    return sha.digits();
  }

  /** The digits for a file's content. */
  public static String of(Path file) throws IOException {
    Sha256 sha = new Sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] block = new byte[BLOCK];
      for (int n = in.read(block); n > 0; n = in.read(block)) {
        sha.update(block, n);
      }
    }
    return sha.digits();
  }

  void update(byte[] block, int length) {
    digest.update(block, 0, length);
  }

  /** The 64 digits; nothing can be added after that. */
  String digits() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
