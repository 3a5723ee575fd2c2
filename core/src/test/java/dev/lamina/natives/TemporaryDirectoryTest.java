package dev.lamina.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders for a run: gone at its end, and if it was killed, when the next one needs one. */
class TemporaryDirectoryTest {
  @TempDir private Path within;

  @BeforeEach
  void onlyWhereFilesHaveOwners() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "Linux only, as the natives are");
  }

  /** In a process of its own: makes a folder, says where, and ends when asked to. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(TemporaryDirectory.make(Path.of(arguments[0])).path());
    System.in.read();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            classPath(),
            TemporaryDirectoryTest.class.getName(),
            within.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** With tests in the module's place, main classes are on the module path. */
  private static String classPath() {
    Path tests = Path.of("target", "test-classes").toAbsolutePath();
    Path classes = Path.of("target", "classes").toAbsolutePath();
    return tests + ":" + classes + ":" + System.getProperty("java.class.path", "");
  }

  private static void age(Path folder) throws IOException {
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
  }

  private long count() throws IOException {
    try (Stream<Path> folders = Files.list(within)) {
      return folders.count();
    }
  }

  @Test
  void isGoneAtTheEnd() throws Exception {
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      Path folder = Path.of(out.readLine());
      assertTrue(Permissions.isPrivate(folder));
      process.getOutputStream().close();
      assertEquals(0, process.waitFor());
      assertFalse(Files.exists(folder));
    }
  }

  @Test
  void ofAKilledProcessIsDeletedByTheNextButNotOfALivingOne() throws Exception {
    Process living = start();
    Process killed = start();
    try (BufferedReader livingOut = living.inputReader();
        BufferedReader killedOut = killed.inputReader()) {
      Path kept = Path.of(livingOut.readLine());
      Path dead = Path.of(killedOut.readLine());
      killed.destroyForcibly().waitFor();
      TemporaryDirectory young = TemporaryDirectory.make(within);
      assertTrue(Files.exists(dead), "it may just have been made");
      age(kept);
      age(dead);
      age(young.path());
      TemporaryDirectory next = TemporaryDirectory.make(within);
      assertTrue(Files.exists(kept));
      assertFalse(Files.exists(dead));
      assertTrue(Files.exists(young.path()));
      young.close();
      next.close();
      assertEquals(1, count());
    } finally {
      living.destroyForcibly().waitFor();
    }
  }

  @Test
  void whereOthersCanExchangeItThereIsNone() throws IOException {
    Files.setPosixFilePermissions(within, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThrows(IOException.class, () -> TemporaryDirectory.make(within));
    assertEquals(0, count());
  }

  @Test
  void foldersOfOtherProgramsStay() throws IOException {
    Path other = Files.createDirectory(within.resolve("lamina-natives-mine"));
    Files.writeString(other.resolve("file"), "kept");
    age(other);
    TemporaryDirectory.make(within).close();
    assertTrue(Files.exists(other.resolve("file")));
  }
}
