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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /** Each writer of a forked process writes half of a file and waits. */
  private static final String SLOW_WRITER =
      """
      import dev.lamina.io.AtomicFile;
      import java.nio.file.Path;

      public class Program {
        public static void main(String[] args) {
          AtomicFile.write(
              Path.of(args[0]),
              out -> {
                out.write(new byte[1000]);
                System.out.write('.');
                System.out.flush();
                while (System.in.read() >= 0) {}
              });
        }
      }
      """;

  /** Whatever its process number, which says nothing in a container, and however long ago. */
  @Test
  void removesWhatADeadProcessLeftAndOnlyThat() throws Exception {
    Path file = folder.resolve("a.txt");
    Path other = Files.writeString(folder.resolve(".a.txt.mine.tmp"), "");
    Path abandoned = Files.writeString(folder.resolve(".a.txt.0123456789abcdef.tmp"), "");
    Path ofAnother = Files.writeString(folder.resolve(".b.txt.0123456789abcdef.tmp"), "");
    try (Fork killed = Fork.start(folder.resolve("killed"), SLOW_WRITER, file)) {
      killed.awaitDot();
      List<Path> dead = writing();
      assertEquals(1, dead.size());
      try (Fork living = Fork.start(folder.resolve("living"), SLOW_WRITER, file)) {
        living.awaitDot();
        Path alive = writing().stream().filter(p -> !dead.contains(p)).findAny().orElseThrow();
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(400)));
        Files.setLastModifiedTime(alive, longAgo);
        AtomicFile.writeText(file, "x");
        assertEquals(2, writing().size(), "both are still writing");
        killed.kill();
        AtomicFile.writeText(file, "y");
        assertEquals(List.of(alive), writing());
        assertFalse(Files.exists(abandoned));
        assertTrue(Files.exists(other) && Files.exists(ofAnother));
        living.end();
      }
    }
    assertEquals(1000, Files.size(file), "the living one was not disturbed");
    assertEquals(List.of(), writing());
  }

  private List<Path> writing() throws IOException {
    try (Stream<Path> files = Files.list(folder.toRealPath())) {
      return files
          .filter(path -> path.getFileName().toString().matches("\\.a\\.txt\\.[0-9a-f]{16}\\.tmp"))
          .toList();
    }
  }

  /** A process that looks at a file of its own would thereby unlock it. */
  @Test
  void aProcessDoesNotUnlockItsOwnFiles() throws Exception {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(
        file,
        out -> {
          out.write('o');
          AtomicFile.writeText(file, "inner");
          assertEquals(1, writing().size());
          try (Fork another = Fork.start(folder.resolve("another"), SLOW_WRITER, file)) {
            another.awaitDot();
            assertEquals(2, writing().size(), "the other process left it alone");
            another.end();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals("o", Files.readString(file));
  }

  @Test
  void manyWritersOfOneFileDoNotDisturbEachOther() throws Exception {
    Path file = folder.resolve("a.txt");
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String text = Integer.toString(i).repeat(10_000);
        writers.add(
            threads.submit(() -> {
              for (int round = 0; round < 25; round++) {
                AtomicFile.writeText(file, text);
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    String text = Files.readString(file);
    assertEquals(text.substring(0, 1).repeat(10_000), text);
    assertEquals(List.of("a.txt"), names());
  }
}
