package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createsAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "one");
    assertEquals("one", Files.readString(file));
    AtomicFile.writeText(file, "tw\u00f6");
    assertEquals("tw\u00f6", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "old");
    LaminaException full =
        assertThrows(
            LaminaException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        "cannot write "
            + file
            + ": No space left on device; free some space or choose another folder",
        full.getMessage());
    IllegalStateException mine = new IllegalStateException("mine");
    assertSame(
        mine,
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw mine;
                    })));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void sayWhyAFileCannotBeWritten() throws IOException {
    refused(folder.resolve("none/a.txt"), "none does not exist; create it");
    Files.createDirectory(folder.resolve("sub"));
    refused(folder.resolve("sub"), "it is a folder");
    Files.writeString(folder.resolve("plain"), "x");
    refused(folder.resolve("plain/a.txt"), "is a file, not a folder");
    refused(folder.resolve("x".repeat(300)), "shorter name");
    assertEquals(List.of("plain", "sub"), names());
  }

  private static void refused(Path file, String why) {
    LaminaException e =
        assertThrows(LaminaException.class, () -> AtomicFile.writeText(file, "new"));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void protectedFilesAndFoldersStay() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assumeFalse(Files.isWritable(file), "the superuser may write everywhere");
    refused(file, "you may not write to");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    refused(file, "you may not write to the folder");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals("old", Files.readString(file));
  }

  @Test
  void keepsPermissionsAndLinks() throws IOException {
    assumeFalse(File.separatorChar == '\\', "Windows has neither");
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFile.writeText(link, "new");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void whatIsWrittenIsNeverLessPrivateThanWhatWasThere() throws IOException {
    assumeFalse(File.separatorChar == '\\', "Windows has no such permissions");
    Path file = folder.resolve("a.txt");
    AtomicFile.writeText(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    AtomicFile.write(
        file,
        out -> {
          out.write('n');
          try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.toList()) {
              assertEquals(
                  "rw-------",
                  PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
                  path::toString);
            }
          }
        });
    assertEquals("n", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  /**
   * With a pipe, for a device, were it replaced, would be gone for every program of the machine.
   */
  @Test
  void whatIsNoRegularFileIsNotReplaced() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/mkfifo")), "there is no mkfifo here");
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    refused(pipe, "it is a device, a pipe or a socket");
    assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
    refused(
        Files.createSymbolicLink(folder.resolve("link"), pipe),
        "it is a device, a pipe or a socket");
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("none"));
    refused(nowhere, "it is a link to a file that does not exist");
    assertEquals(List.of("link", "nowhere", "pipe"), names());
  }

  @Test
  void anInterruptedThreadStillSaves() throws IOException {
    Path file = folder.resolve("a.txt");
    Thread.currentThread().interrupt();
    AtomicFile.writeText(file, "saved");
    assertTrue(Thread.interrupted(), "the interrupt is still pending");
    assertEquals("saved", Files.readString(file));
  }

  @Test
  void removesOnlyWhatADeadProcessLeftLongAgo() throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    long dead = 999_999_999L;
    Path stale = Files.writeString(folder.resolve(".a.txt." + dead + "-1f.tmp"), "");
    Path fresh = Files.writeString(folder.resolve(".a.txt." + dead + "-2f.tmp"), "");
    Path alive =
        Files.writeString(folder.resolve(".a.txt." + ProcessHandle.current().pid() + "-1.tmp"), "");
    Path other = Files.writeString(folder.resolve(".a.txt.mine.tmp"), "");
    for (Path path : List.of(stale, alive, other)) {
      Files.setLastModifiedTime(path, longAgo);
    }
    AtomicFile.writeText(folder.resolve("a.txt"), "x");
    assertFalse(Files.exists(stale));
    assertTrue(Files.exists(fresh) && Files.exists(alive) && Files.exists(other));
  }
}
