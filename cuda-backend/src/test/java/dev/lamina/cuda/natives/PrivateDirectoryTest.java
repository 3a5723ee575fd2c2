package dev.lamina.cuda.natives;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir private Path root;
  private final SearchLog log = new SearchLog();

  @Test
  void goesBySettingThenCacheHomeThenHome() throws Exception {
    Map<String, String> home = Map.of("user.home", "/home/me");
    Map<String, String> cache = Map.of("XDG_CACHE_HOME", "/cache");
    assertEquals(real("home/me/.cache/lamina"), open(home, Map.of()).path());
    assertEquals(real("cache/lamina"), open(home, cache).path());
    assertEquals(
        real("mine"), open(Map.of("user.home", "/home/me", "lamina.cache", "/mine"), cache).path());
    assertEquals(List.of(), log.steps());
  }

  @Test
  void belongsToTheUserAlone() throws Exception {
    PrivateDirectory directory = open(Map.of("lamina.cache", "/a/b/c"), Map.of());
    Path file = directory.store("folder", "file", CONTENT);
    for (Path folder = file.getParent(); !folder.equals(root.toRealPath()); ) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
      folder = folder.getParent();
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void refusesAFolderThatOthersCanWriteTo() throws Exception {
    Path mine = Files.createDirectory(root.resolve("mine"));
    Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rwxrwxrwx"));
    UnusableException e =
        assertThrows(
            UnusableException.class, () -> open(Map.of("lamina.cache", "/mine"), Map.of()));
    assertTrue(e.reason().contains("others can write to"), e.reason());
    assertTrue(e.reason().contains("(mode 777)"), e.reason());
    // Who can write to the folder above can exchange the one below.
    e =
        assertThrows(
            UnusableException.class, () -> open(Map.of("lamina.cache", "/mine/below"), Map.of()));
    assertTrue(e.reason().contains("others can write to"), e.reason());
  }

  @Test
  void refusesWhatBelongsToAnotherUser() throws Exception {
    Path theirs = Files.createDirectory(root.resolve("theirs"));
    try {
      Files.setAttribute(theirs, "unix:uid", 12345);
    } catch (IOException | RuntimeException e) {
      assumeTrue(false, "only root can give files away");
    }
    UnusableException e =
        assertThrows(
            UnusableException.class, () -> open(Map.of("lamina.cache", "/theirs"), Map.of()));
    assertTrue(e.reason().endsWith("belongs to another user (12345)"), e.reason());
  }

  @Test
  void refusesAFile() throws Exception {
    Files.createFile(root.resolve("file"));
    assertThrows(UnusableException.class, () -> open(Map.of("lamina.cache", "/file"), Map.of()));
    assertThrows(UnusableException.class, () -> open(Map.of("lamina.cache", "/file/x"), Map.of()));
  }

  @Test
  void makesAFolderForTheRunWhereTheUsualOnesAreNotSafe() throws Exception {
    Path home = Files.createDirectory(root.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    PrivateDirectory directory = open(Map.of("user.home", "/home"), Map.of());
    assertFalse(directory.path().startsWith(root.toRealPath()));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())));
    assertEquals(2, log.steps().size(), log.steps()::toString);
    assertEquals("made for this run", log.steps().get(1).result());
  }

  @Test
  void storesOnceAndMendsWhatDiffers() throws Exception {
    PrivateDirectory directory = open(Map.of("lamina.cache", "/mine"), Map.of());
    Path file = directory.store("folder", "file", CONTENT);
    Object written = Files.readAttributes(file, "unix:ino").get("ino");
    directory.store("folder", "file", CONTENT);
    assertEquals(written, Files.readAttributes(file, "unix:ino").get("ino"), "not written again");
    Files.write(file, new byte[] {1, 2, 4});
    directory.store("folder", "file", CONTENT);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    Files.delete(file);
    Files.createSymbolicLink(file, Files.write(root.resolve("elsewhere"), CONTENT));
    directory.store("folder", "file", CONTENT);
    assertFalse(Files.isSymbolicLink(file));
    assertOnly(file.getParent(), "file");
  }

  @Test
  void storesALargeFileUnlessItsSizeIsRight() throws Exception {
    PrivateDirectory directory = open(Map.of("lamina.cache", "/mine"), Map.of());
    Path file = large(directory, 3);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    Files.write(file, new byte[] {7, 7, 7});
    large(directory, 3);
    assertEquals(7, Files.readAllBytes(file)[0], "not compared");
    Files.write(file, new byte[] {7});
    large(directory, 3);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    IOException e = assertThrows(IOException.class, () -> large(directory, 4));
    assertEquals("file: expected 4 bytes, got 3", e.getMessage());
    assertOnly(file.getParent(), "file", "file.lock");
  }

  @Test
  void storesFromSeveralThreads() throws Exception {
    PrivateDirectory directory = open(Map.of("lamina.cache", "/mine"), Map.of());
    byte[] content = new byte[1 << 20];
    List<Callable<Path>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tasks.add(() -> directory.store("folder", "file", content));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Path> stored : threads.invokeAll(tasks)) {
        assertArrayEquals(content, Files.readAllBytes(stored.get()));
      }
    }
    assertOnly(directory.path().resolve("folder"), "file");
  }

  private Path large(PrivateDirectory directory, long bytes) throws IOException {
    return directory.storeLarge("folder", "file", bytes, () -> new ByteArrayInputStream(CONTENT));
  }

  private PrivateDirectory open(Map<String, String> properties, Map<String, String> variables)
      throws UnusableException {
    return PrivateDirectory.open(
        new Environment(properties, variables, root, List::of, name -> null), log);
  }

  private Path real(String path) throws IOException {
    return root.toRealPath().resolve(path);
  }

  private static void assertOnly(Path folder, String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(names), files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }
}
