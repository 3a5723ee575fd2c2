package dev.lamina.fuzz;

import dev.lamina.cuda.natives.CacheFile;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.natives.CachePlaces;
import dev.lamina.natives.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads files of measured products, which count as none unless they are whole. */
final class CacheReader implements Reader {
  private static final String IDENTITY = "a GPU, cuBLAS 130100";
  private static final String CHECKSUM = "sha256 ";

  private final CacheFile file;

  CacheReader(Path folder) {
    Map<String, String> place = Map.of(CachePlaces.PROPERTY, "/cache");
    file =
        CacheFile.of(
                new Environment(place, Map.of(), folder, List::of, name -> null),
                "products",
                IDENTITY)
            .orElseThrow();
    file.write(List.of("makes the folder"));
  }

  /** A good file. */
  static byte[] good() {
    return sealed(
        (IDENTITY
                + "\n512 x 512 x 784 FP32 = way 0 4096 "
                + "0123456789abcdef".repeat(8)
                + "\n10 x 512 x 128 BF16 = way 1 cublas, way 0 cublas\n1 x 1 x 1 = none\n"
                + CHECKSUM)
            .getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes with the checksum that they should have, if there is a place for one. */
  static byte[] sealed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf(CHECKSUM);
    if (at < 0) {
      return bytes;
    }
    String sum = Sha256.of(Arrays.copyOf(bytes, at));
    return (text.substring(0, at) + CHECKSUM + sum + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean read(Path damaged) throws IOException {
    byte[] bytes = Files.readAllBytes(damaged);
    Files.move(damaged, file.path(), StandardCopyOption.REPLACE_EXISTING);
    List<String> lines = file.read();
    Reader.require(lines.equals(expected(bytes)), "" + lines);
    return !lines.isEmpty();
  }

  private static List<String> expected(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String[] parts = text.split("(?=" + CHECKSUM + ")");
      String sum = parts[parts.length - 1];
      String content = text.substring(0, text.length() - sum.length());
      List<String> lines = Arrays.asList(content.split("\r\n|\r|\n", -1));
      lines = lines.getLast().isEmpty() ? lines.subList(0, lines.size() - 1) : lines;
      boolean whole =
          sum.equals(CHECKSUM + Sha256.of(content.getBytes(StandardCharsets.UTF_8)) + "\n");
      return whole && !lines.isEmpty() && lines.getFirst().equals(IDENTITY)
          ? lines.subList(1, lines.size())
          : List.of();
    } catch (CharacterCodingException e) {
      return List.of();
    }
  }
}
