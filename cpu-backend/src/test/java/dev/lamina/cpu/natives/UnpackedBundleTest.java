package dev.lamina.cpu.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.natives.CachePlaces;
import dev.lamina.natives.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user hears of bundles, with small files in place of libraries. */
class UnpackedBundleTest {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final NativeBundle BUNDLE =
      new NativeBundle(
          "test-1",
          "nowhere/",
          "no.module",
          "test:test:1",
          List.of(new NativeBundle.Library("one.so", 3, Sha256.of(CONTENT))));
  private static final BundleSource SOURCE = file -> new ByteArrayInputStream(CONTENT);

  @TempDir Path temporary;

  @BeforeEach
  void onlyWhereFilesHavePermissions() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "Linux only, as the natives are");
  }

  private UnpackedBundle unpack(BundleSource source) throws IOException {
    return UnpackedBundle.of(
        BUNDLE, source, new CachePlaces(List.of("/cache"), temporary.toRealPath()));
  }

  @Test
  void staysInTheCacheAndNeedsNoNote() throws IOException {
    Path file;
    try (UnpackedBundle bundle = unpack(SOURCE)) {
      file = bundle.folder().resolve("one.so");
      assertEquals("", bundle.note());
      assertTrue(file.startsWith(temporary.toRealPath().resolve("cache")), file::toString);
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
  }

  @Test
  void aCacheThatCannotBeUsedIsNoted() throws IOException {
    Files.writeString(temporary.resolve("cache"), "a file, not a folder");
    Path folder;
    try (UnpackedBundle bundle = unpack(SOURCE)) {
      folder = bundle.folder();
      assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("one.so")));
      assertEquals(
          "the cache folder /cache cannot be used ("
              + temporary.toRealPath().resolve("cache")
              + " is not a folder), so every start unpacks test-1 anew, about a second; name"
              + " another folder with LAMINA_CACHE or -Dlamina.cache",
          bundle.note());
    }
    assertFalse(Files.exists(folder));
  }

  @Test
  void aJarWithOtherContentHasARemedy() {
    BundleSource other = file -> new ByteArrayInputStream(new byte[3]);
    NativesException e = assertThrows(NativesException.class, () -> unpack(other));
    assertTrue(e.getMessage().contains("SHA-256"), e.getMessage());
    assertEquals("Use exactly test:test:1", e.remedy());
  }

  @Test
  void aMissingJarHasARemedy() {
    NativesException e = assertThrows(NativesException.class, () -> unpack(file -> null));
    assertEquals("Add test:test:1 to the class path", e.remedy());
  }

  @Test
  void aJarThatCannotBeReadIsNamed() {
    BundleSource broken =
        file -> {
          throw new IOException("the jar is broken");
        };
    NativesException e = assertThrows(NativesException.class, () -> unpack(broken));
    assertTrue(e.getMessage().contains("the jar is broken"), e.getMessage());
    assertTrue(e.remedy().contains("LAMINA_CACHE"), e.remedy());
  }
}
