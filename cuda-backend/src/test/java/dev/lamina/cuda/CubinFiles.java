package dev.lamina.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The checked-in zip files of machine code, and the records of hashes. */
final class CubinFiles {
  static final Path FOLDER = Path.of("src/main/resources/dev/lamina/cuda/cubin");
  static final String RECORD = "kernels.sha256";

  private CubinFiles() {}

  /** The hash of each file in a zip file. */
  static TreeMap<String, String> hashes(Path zip) throws IOException {
    TreeMap<String, String> hashes = new TreeMap<>();
    try (ZipFile file = new ZipFile(zip.toFile())) {
      Enumeration<? extends ZipEntry> entries = file.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        hashes.put(entry.getName(), sha256(file.getInputStream(entry).readAllBytes()));
      }
    }
    return hashes;
  }

  /** What a zip file's own record says: the PTX files it was made from, and its cubins. */
  static TreeMap<String, String> record(Path zip) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      byte[] text = file.getInputStream(file.getEntry(RECORD)).readAllBytes();
      return record(new String(text, StandardCharsets.US_ASCII));
    }
  }

  /** Files and hashes as sha256sum prints them. */
  static TreeMap<String, String> record(String text) {
    TreeMap<String, String> recorded = new TreeMap<>();
    text.lines()
        .map(line -> line.split("  ", 2))
        .forEach(parts -> recorded.put(parts[1], parts[0]));
    return recorded;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
