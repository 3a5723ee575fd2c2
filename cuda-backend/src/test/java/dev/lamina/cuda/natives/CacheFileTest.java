package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that may be lost is whole or counts as none. */
class CacheFileTest {
  private static final List<String> LINES = List.of("one = 1", "two = ", "drei = äöü");

  @TempDir private Path root;

  private CacheFile file(String identity) {
    return open(identity).orElseThrow();
  }

  private Optional<CacheFile> open(String identity) {
    Environment environment =
        new Environment(Map.of("lamina.cache", "/cache"), Map.of(), root, List::of, name -> null);
    return CacheFile.of(environment, "folder", identity);
  }

  @Test
  void keepsLinesForItsIdentity() {
    CacheFile file = file("GPU one");
    assertEquals(List.of(), file.read());
    file.write(LINES);
    assertEquals(LINES, file("GPU one").read());
    assertEquals(List.of(), file("GPU two").read());
    assertNotEquals(file.path(), file("GPU two").path());
    file.write(List.of());
    assertEquals(List.of(), file.read());
  }

  @Test
  void anyDamageCountsAsNoFile() throws IOException {
    CacheFile file = file("GPU");
    file.write(LINES);
    byte[] good = Files.readAllBytes(file.path());
    for (int length = 0; length < good.length; length++) {
      Files.write(file.path(), Arrays.copyOf(good, length));
      assertEquals(List.of(), file.read(), "cut to " + length + " bytes");
    }
    for (int i = 0; i < good.length; i++) {
      byte[] damaged = good.clone();
      damaged[i] ^= 1;
      Files.write(file.path(), damaged);
      assertEquals(List.of(), file.read(), "byte " + i + " damaged");
    }
    Files.writeString(file.path(), new String(good, StandardCharsets.UTF_8) + "more\n");
    assertEquals(List.of(), file.read());
    file.write(LINES);
    assertEquals(LINES, file.read());
  }

  @Test
  void anotherIdentitysFileIsNotTaken() throws IOException {
    file("one").write(LINES);
    Files.copy(file("one").path(), file("two").path());
    assertEquals(List.of(), file("two").read());
  }

  @Test
  void whatCannotBeWrittenIsLost() throws IOException {
    CacheFile file = file("GPU");
    Files.createDirectories(file.path());
    file.write(LINES);
    assertEquals(List.of(), file.read());
  }

  @Test
  void withoutAFolderToTrustThereIsNone() throws IOException {
    Path folder = Files.createDirectory(root.resolve("cache"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(open("GPU").isEmpty());
  }
}
