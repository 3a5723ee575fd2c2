package dev.lamina.cpu.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of native libraries, with small files in their place. */
final class NativeCacheTest {
  @TempDir Path temporary;

  private final byte[] one = bytes(1, 300_000);
  private final byte[] two = bytes(2, 1_000);
  private final NativeBundle bundle = bundle(one, two);
  private final AtomicInteger opened = new AtomicInteger();
  private final BundleSource source =
      file -> {
        opened.incrementAndGet();
        return new ByteArrayInputStream(file.name().equals("one.so") ? one : two);
      };

  private static byte[] bytes(long seed, int size) {
    byte[] result = new byte[size];
    new Random(seed).nextBytes(result);
    return result;
  }

  private static NativeBundle bundle(byte[] one, byte[] two) {
    return new NativeBundle(
        "test-1",
        "nowhere/",
        "no.module",
        "test:test:1",
        List.of(file("one.so", one), file("two.so", two)));
  }

  private static NativeFile file(String name, byte[] content) {
    MessageDigest digest = Verified.sha256();
    digest.update(content);
    return new NativeFile(name, content.length, Verified.hex(digest));
  }

  @BeforeEach
  void onlyWhereFilesHavePermissions() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "Linux only, as the natives are");
  }

  private Path unpack() throws NativesException {
    NativeCache.Unpacked unpacked = NativeCache.unpack(bundle, source, temporary.resolve("cache"));
    assertFalse(unpacked.temporary(), unpacked.note());
    assertEquals("", unpacked.note());
    return unpacked.folder();
  }

  private void assertWhole(Path folder) throws IOException {
    assertArrayEquals(one, Files.readAllBytes(folder.resolve("one.so")));
    assertArrayEquals(two, Files.readAllBytes(folder.resolve("two.so")));
  }

  @Test
  void unpacksOnceIntoAPrivateFolder() throws Exception {
    Path folder = unpack();
    assertWhole(folder);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    assertEquals(2, opened.get());
    assertEquals(folder, unpack());
    assertEquals(2, opened.get(), "the second time nothing is unpacked");
  }

  @Test
  void replacesATruncatedFile() throws Exception {
    Path file = unpack().resolve("one.so");
    Files.write(file, java.util.Arrays.copyOf(one, 1000));
    assertWhole(unpack());
    assertEquals(3, opened.get(), "only the bad file is unpacked again");
  }

  @Test
  void replacesAFileWithOtherContentOfTheSameSizeAndTime() throws Exception {
    Path file = unpack().resolve("one.so");
    FileTime time = Files.getLastModifiedTime(file);
    byte[] other = one.clone();
    other[12345] ^= 1;
    Files.write(file, other);
    Files.setLastModifiedTime(file, time);
    assertWhole(unpack());
  }

  @Test
  void hashesAgainWhatOnlyLooksDifferent() throws Exception {
    Path file = unpack().resolve("one.so");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertWhole(unpack());
    assertEquals(2, opened.get(), "the content was right, nothing is unpacked");
  }

  @Test
  void aBrokenRecordIsNotBelieved() throws Exception {
    Path folder = unpack();
    Files.writeString(folder.resolve("verified"), "nonsense");
    Files.write(folder.resolve("two.so"), new byte[two.length]);
    assertWhole(unpack());
  }

  @Test
  void removesWhatAKilledProcessLeft() throws Exception {
    Path folder = unpack();
    Path left = Files.writeString(folder.resolve("one.so123.tmp"), "half");
    Files.delete(folder.resolve("verified"));
    assertWhole(unpack());
    assertFalse(Files.exists(left));
  }

  @Test
  void aFolderThatOthersCouldWriteToBecomesPrivateAgain() throws Exception {
    Path folder = unpack();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertWhole(unpack());
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
  }

  @Test
  void aCacheThatCannotBeWrittenIsReplacedByATemporaryFolder() throws Exception {
    Path blocked = Files.writeString(temporary.resolve("cache"), "a file, not a folder");
    NativeCache.Unpacked unpacked = NativeCache.unpack(bundle, source, blocked);
    assertTrue(unpacked.temporary());
    assertWhole(unpacked.folder());
    assertTrue(unpacked.note().contains(blocked.toString()), unpacked.note());
    assertTrue(unpacked.note().contains("lamina.cache"), unpacked.note());
    unpacked.discard();
    assertFalse(Files.exists(unpacked.folder()));
  }

  @Test
  void aJarWithOtherContentIsRefusedAndLeavesNothing() throws Exception {
    BundleSource other = file -> new ByteArrayInputStream(new byte[(int) file.size()]);
    Path cache = temporary.resolve("cache");
    NativesException e =
        assertThrows(NativesException.class, () -> NativeCache.unpack(bundle, other, cache));
    assertTrue(e.getMessage().contains("SHA-256"), e.getMessage());
    assertTrue(e.remedy().contains("test:test:1"), e.remedy());
    try (var files = Files.walk(cache)) {
      assertEquals(
          List.of("lock"),
          files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void aMissingJarHasARemedy() {
    BundleSource none = file -> null;
    NativesException e =
        assertThrows(
            NativesException.class,
            () -> NativeCache.unpack(bundle, none, temporary.resolve("cache")));
    assertEquals("Add test:test:1 to the class path", e.remedy());
  }
}
