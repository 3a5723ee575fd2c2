package dev.lamina.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacked libraries, with small files in their place; and foreign ones that are planted. */
class NativeCacheTest {
  private static final String NAME = "test-1";

  @TempDir private Path root;
  private final byte[] one = bytes(1, 300_000);
  private final byte[] two = bytes(2, 1_000);
  private final AtomicInteger opened = new AtomicInteger();
  private final List<NativeFile> files =
      List.of(file("one.so", one, Sha256.of(one)), file("two.so", two, null));

  @BeforeEach
  void onlyWhereFilesHaveOwners() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "Linux only, as the natives are");
  }

  private static byte[] bytes(long seed, int size) {
    byte[] result = new byte[size];
    new Random(seed).nextBytes(result);
    return result;
  }

  private NativeFile file(String name, byte[] content, String sha256) {
    return new NativeFile(
        name,
        content.length,
        sha256,
        () -> {
          opened.incrementAndGet();
          return new ByteArrayInputStream(content);
        });
  }

  private NativeCache cache(String... places) throws IOException {
    return new NativeCache(new CachePlaces(List.of(places), root.toRealPath()), (p, why) -> {});
  }

  /** Stores in the cache, where it must be possible. */
  private Path store() throws IOException {
    NativeCache cache = cache("/cache");
    Path folder = cache.store(NAME, files);
    assertEquals("", cache.whyTemporary());
    assertEquals(root.toRealPath().resolve("cache").resolve(NAME), folder);
    return folder;
  }

  private void assertWhole(Path folder) throws IOException {
    assertArrayEquals(one, Files.readAllBytes(folder.resolve("one.so")));
    assertArrayEquals(two, Files.readAllBytes(folder.resolve("two.so")));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void unpacksOnce() throws IOException {
    assertWhole(store());
    assertEquals(2, opened.get());
    assertWhole(store());
    assertEquals(2, opened.get(), "the second time nothing is unpacked");
  }

  /** What is planted has the names of the libraries, and a record that calls it verified. */
  private void plant(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<NativeFile> foreign =
        List.of(
            file("one.so", bytes(7, one.length), null), file("two.so", bytes(8, two.length), null));
    for (NativeFile each : foreign) {
      Files.write(folder.resolve(each.name()), each.source().open().readAllBytes());
    }
    Permissions.makePrivate(folder);
    VerifiedRecord record = new VerifiedRecord(folder, foreign);
    try (FolderLock lock = FolderLock.of(folder)) {
      record.write(List.of(Sha256.of(one), Sha256.of(two)), lock);
    }
    assertTrue(new VerifiedRecord(folder, files).holds(), "a good forgery");
    opened.set(0);
  }

  @Test
  void whatWasPlantedWhileOthersCouldWriteIsDeleted() throws IOException {
    Path folder = root.resolve("cache").resolve(NAME);
    for (String mode : List.of("rwxrwxrwx", "rwxrwx---", "rwx---rwx")) {
      plant(folder);
      Files.createDirectories(folder.resolve("sub/folder"));
      Files.writeString(folder.resolve("sub/libgomp.so.1"), "found beside it");
      Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
      Files.writeString(elsewhere.resolve("kept"), "kept");
      Files.createSymbolicLink(folder.resolve("link"), elsewhere);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
      assertWhole(store());
      assertEquals(List.of("lock", "one.so", "two.so", "verified"), names(folder));
      assertEquals("kept", Files.readString(elsewhere.resolve("kept")));
      assertEquals(2, opened.get());
    }
  }

  @Test
  void whatOnlyOthersCouldReadIsKept() throws IOException {
    Path folder = store();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertWhole(store());
    assertEquals(2, opened.get());
  }

  /** The folder is private again, but what was planted still belongs to who planted it. */
  @Test
  void filesAndRecordsOfOthersAreNotBelieved() throws IOException {
    Path folder = root.resolve("cache").resolve(NAME);
    for (String name : List.of("one.so", "two.so", "verified")) {
      plant(folder);
      try {
        Files.setAttribute(folder.resolve(name), "unix:uid", 12345);
      } catch (IOException | RuntimeException e) {
        assumeTrue(false, "only root can give files away");
      }
      renewRecord(folder, name);
      assertWhole(store());
    }
  }

  @Test
  void filesThatOthersCanWriteToAreNotBelieved() throws IOException {
    Path folder = root.resolve("cache").resolve(NAME);
    for (String name : List.of("one.so", "two.so", "verified")) {
      plant(folder);
      Files.setPosixFilePermissions(
          folder.resolve(name), PosixFilePermissions.fromString("rw-rw----"));
      renewRecord(folder, name);
      assertWhole(store());
    }
    // A second name may lie where others can write.
    plant(folder);
    Files.createLink(root.resolve("second"), folder.resolve("one.so"));
    renewRecord(folder, "one.so");
    assertWhole(store());
  }

  /** Changing a library's owner or mode changes its times; the forged record follows. */
  private void renewRecord(Path folder, String changed) throws IOException {
    if (!changed.equals("verified")) {
      try (FolderLock lock = FolderLock.of(folder)) {
        new VerifiedRecord(folder, files).write(List.of(Sha256.of(one), Sha256.of(two)), lock);
      }
    }
    opened.set(0);
  }

  /** As it was: folders were exchanged between the check and the load, in 4 of 30 starts. */
  @Test
  void nothingIsTakenFromBelowAFolderThatOthersCanWriteTo() throws IOException {
    Path shared = Files.createDirectory(root.resolve("shared"));
    plant(shared.resolve("cache").resolve(NAME));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    NativeCache cache = cache("/shared/cache");
    Path folder = cache.store(NAME, files);
    assertFalse(folder.startsWith(root.toRealPath()), folder::toString);
    assertWhole(folder);
    assertEquals(
        "the cache folder /shared/cache cannot be used (others can write to "
            + shared.toRealPath()
            + " (mode 777))",
        cache.whyTemporary());
    cache.discardTemporary();
    assertFalse(Files.exists(folder));
  }

  @Test
  void withoutAnyPlaceThereIsOneForThisRun() throws IOException {
    NativeCache cache = cache();
    Path folder = cache.store(NAME, files);
    assertWhole(folder);
    assertEquals(folder.getParent(), cache.store("other", files).getParent());
    assertEquals("this user has no home folder", cache.whyTemporary());
    cache.discardTemporary();
    assertFalse(Files.exists(folder.getParent()));
  }

  @Test
  void whereItCannotBeWrittenTheNextPlaceIsTaken() throws IOException {
    Path blocked = Files.createDirectory(root.resolve("blocked"));
    Files.setPosixFilePermissions(blocked, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(blocked.resolve(NAME), "a file, not a folder");
    Path folder = cache("/blocked", "/cache").store(NAME, files);
    assertEquals(root.toRealPath().resolve("cache").resolve(NAME), folder);
    NativeCache cache = cache("/blocked");
    cache.store(NAME, files);
    assertTrue(
        cache.whyTemporary().endsWith("blocked/" + NAME + " is not a folder)"),
        cache.whyTemporary());
    cache.discardTemporary();
  }

  @Test
  void whatChangedIsUnpackedAgain() throws IOException {
    Path folder = store();
    Path file = folder.resolve("one.so");
    FileTime time = Files.getLastModifiedTime(file);
    byte[] other = one.clone();
    other[12345] ^= 1;
    Files.write(file, other);
    Files.setLastModifiedTime(file, time);
    assertWhole(store());
    Files.write(file, Arrays.copyOf(one, 1000));
    assertWhole(store());
    Files.delete(file);
    Files.createSymbolicLink(file, Files.write(root.resolve("elsewhere"), one));
    assertWhole(store());
    assertFalse(Files.isSymbolicLink(file));
    Files.writeString(folder.resolve("verified"), "nonsense");
    Files.write(folder.resolve("two.so"), new byte[two.length]);
    assertWhole(store());
    opened.set(0);
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertWhole(store());
    assertEquals(1, opened.get(), "what has the known hash is not unpacked");
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    Path folder = store();
    Files.writeString(folder.resolve("one.so123.part"), "half");
    Files.delete(folder.resolve("verified"));
    assertWhole(store());
    assertEquals(List.of("lock", "one.so", "two.so", "verified"), names(folder));
  }

  @Test
  void anotherContentIsRefusedAndLeavesNothing() throws IOException {
    byte[] other = new byte[one.length];
    List<List<NativeFile>> wrong =
        List.of(
            List.of(file("one.so", other, Sha256.of(one))),
            List.of(
                new NativeFile("one.so", 4, null, () -> new ByteArrayInputStream(new byte[3]))));
    for (List<NativeFile> each : wrong) {
      LaminaException e =
          assertThrows(LaminaException.class, () -> cache("/cache").store(NAME, each));
      assertTrue(e.getMessage().contains("'one.so' is not the file that was"), e.getMessage());
      assertEquals(List.of("lock"), names(root.resolve("cache").resolve(NAME)));
    }
  }

  @Test
  void severalThreadsMayStoreAtOnce() throws Exception {
    Callable<Path> task = this::store;
    List<Future<Path>> stored = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      stored.addAll(threads.invokeAll(Collections.nCopies(8, task)));
    }
    for (Future<Path> folder : stored) {
      assertWhole(folder.get());
    }
    assertEquals(2, opened.get());
  }
}
