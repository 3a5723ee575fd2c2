package dev.lamina.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders are safe from other users, and which are refused. */
class PrivateDirectoryTest {
  @TempDir private Path root;
  private final List<String> refused = new ArrayList<>();

  @BeforeEach
  void onlyWhereFilesHaveOwners() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "Linux only, as the natives are");
  }

  private PrivateDirectory open(String... places) throws IOException {
    return PrivateDirectory.open(
        new CachePlaces(List.of(places), root.toRealPath()),
        (place, why) -> refused.add(place + ": " + why));
  }

  private void assertRefused(String place, String why) {
    assertThrows(IOException.class, () -> open(place));
    String last = refused.getLast();
    assertTrue(last.startsWith(place + ": "), last);
    assertTrue(last.contains(why), last);
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void itAndAllAboveThatWereMissingBelongToTheUserAlone() throws IOException {
    PrivateDirectory directory = open("/a/b/c");
    assertEquals(root.toRealPath().resolve("a/b/c"), directory.path());
    directory.write("folder", "file", new byte[] {1});
    Path file = directory.path().resolve("folder/file");
    assertEquals("rw-------", mode(file));
    for (Path each = file.getParent(); !each.equals(root.toRealPath()); each = each.getParent()) {
      assertEquals("rwx------", mode(each), each::toString);
    }
    assertEquals(List.of(), refused);
  }

  @Test
  void theFirstSafePlaceIsTaken() throws IOException {
    mode(Files.createDirectory(root.resolve("open")), "rwxrwxrwx");
    assertEquals(root.toRealPath().resolve("two"), open("/open", "/two", "/three").path());
    assertEquals(1, refused.size());
    assertFalse(Files.exists(root.resolve("three")));
  }

  @Test
  void whatOthersCanWriteToIsRefusedAndLeftAlone() throws IOException {
    Path mine = Files.createDirectory(root.resolve("mine"));
    for (String mode : List.of("rwxrwxrwx", "rwxrwx---", "rwx----w-")) {
      mode(mine, mode);
      assertRefused("/mine", "others can write to");
      // Who can write to the folder above can exchange the one below.
      assertRefused("/mine/below", "others can write to");
      assertEquals(mode, mode(mine));
      assertFalse(Files.exists(mine.resolve("below")));
    }
    mode(mine, "rwxr-xr-x");
    open("/mine");
  }

  /** As it was: a cache folder is made in advance, and above it everybody may write. */
  @Test
  void aSafeFolderBelowAnUnsafeOneIsRefused() throws IOException {
    Path cache = Files.createDirectories(root.resolve("shared/me/cache"));
    mode(cache, "rwx------");
    mode(root.resolve("shared"), "rwxrwxrwx");
    assertRefused("/shared/me/cache", "others can write to " + root.toRealPath() + "/shared");
    // In a folder such as /tmp nobody can exchange what is not his.
    Files.setAttribute(root.resolve("shared"), "unix:mode", 01777);
    assertEquals(cache.toRealPath(), open("/shared/me/cache").path());
  }

  @Test
  void linksAreFollowedBeforeAnythingIsChecked() throws IOException {
    Path real = Files.createDirectories(root.resolve("real/cache"));
    Files.createSymbolicLink(root.resolve("link"), root.resolve("real"));
    assertEquals(real.toRealPath(), open("/link/cache").path());
    mode(root.resolve("real"), "rwxrwxrwx");
    assertRefused("/link/cache", "others can write to");
    Files.createSymbolicLink(root.resolve("nowhere"), root.resolve("none"));
    assertRefused("/nowhere", "NoSuchFile");
  }

  @Test
  void whatBelongsToAnotherUserIsRefused() throws IOException {
    Path theirs = Files.createDirectory(root.resolve("theirs"));
    giveAway(theirs);
    assertRefused("/theirs", "belongs to another user (12345)");
    assertRefused("/theirs/below", "belongs to another user (12345)");
  }

  private static void giveAway(Path path) {
    try {
      Files.setAttribute(path, "unix:uid", 12345);
    } catch (IOException | RuntimeException e) {
      assumeTrue(false, "only root can give files away");
    }
  }

  @Test
  void aFileIsRefused() throws IOException {
    Files.createFile(root.resolve("file"));
    assertRefused("/file", "is not a folder");
    assertRefused("/file/x", "");
  }

  @Test
  void aSmallFileIsReadUnlessOthersMayHaveWrittenIt() throws IOException {
    PrivateDirectory directory = open("/mine");
    assertThrows(NoSuchFileException.class, () -> directory.read("folder", "file"));
    directory.write("folder", "file", new byte[] {1});
    assertArrayEquals(new byte[] {1}, directory.read("folder", "file"));
    Path file = directory.path().resolve("folder/file");
    mode(file, "rw-rw-rw-");
    assertThrows(NoSuchFileException.class, () -> directory.read("folder", "file"));
    directory.write("folder", "file", new byte[] {1});
    mode(file.getParent(), "rwxrwxrwx");
    assertThrows(NoSuchFileException.class, () -> directory.read("folder", "file"));
    assertFalse(Files.exists(file));
  }

  @Test
  void aSmallFileIsReplacedWhole() throws IOException {
    PrivateDirectory directory = open("/mine");
    byte[] text = "text".getBytes(StandardCharsets.UTF_8);
    Path folder = directory.path().resolve("folder");
    directory.write("folder", "file", new byte[9]);
    directory.write("folder", "file", text);
    assertArrayEquals(text, Files.readAllBytes(folder.resolve("file")));
    Path elsewhere = Files.writeString(root.resolve("elsewhere"), "kept");
    Files.delete(folder.resolve("file"));
    Files.createSymbolicLink(folder.resolve("file"), elsewhere);
    directory.write("folder", "file", text);
    assertEquals("kept", Files.readString(elsewhere));
    Files.writeString(folder.resolve("file123.part"), "left by a killed process");
    directory.write("folder", "file", text);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("file", "lock"), files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }
}
