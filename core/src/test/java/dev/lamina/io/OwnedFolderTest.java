package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFolderTest {
  private static final String PROGRAM =
      """
      import dev.lamina.io.OwnedFolder;
      import java.nio.file.Files;
      import java.nio.file.Path;

      public class Program {
        public static void main(String[] args) throws Exception {
          try (OwnedFolder folder = OwnedFolder.create(Path.of(args[0]), "natives-")) {
            Files.createDirectory(folder.path().resolve("sub"));
            Files.writeString(folder.path().resolve("sub/library"), "x");
            System.out.write('.');
            System.out.flush();
            while (System.in.read() >= 0) {}
          }
        }
      }
      """;

  @TempDir Path work;

  private List<Path> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::getFileName).sorted().toList();
    }
  }

  @Test
  void isPrivateAndDeletedInTheEnd() throws IOException {
    OwnedFolder folder = OwnedFolder.create(work, "natives-");
    Path path = folder.path();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    Files.createDirectories(path.resolve("a/b"));
    Files.writeString(path.resolve("a/b/c"), "x");
    Path outside = Files.writeString(work.resolve("outside"), "kept");
    Files.createSymbolicLink(path.resolve("link"), outside);
    folder.close();
    folder.close();
    assertFalse(Files.exists(path));
    assertEquals(List.of(Path.of("outside")), names(work));
  }

  @Test
  void whatDeadProcessesLeftIsDeletedAndOnlyThat() throws Exception {
    Path parent = Files.createDirectory(work.resolve("parent"));
    Path foreign = Files.createDirectory(parent.resolve("natives-of-mine"));
    try (Fork killed = Fork.start(work.resolve("killed"), PROGRAM, parent)) {
      killed.awaitDot();
      List<Path> dead = names(parent);
      try (Fork living = Fork.start(work.resolve("living"), PROGRAM, parent)) {
        living.awaitDot();
        List<Path> both = names(parent);
        assertEquals(5, both.size());
        OwnedFolder.create(parent, "natives-").close();
        assertEquals(both, names(parent));
        killed.kill();
        OwnedFolder.create(parent, "natives-").close();
        List<Path> left = names(parent);
        assertEquals(3, left.size());
        assertTrue(left.stream().allMatch(p -> p.endsWith("natives-of-mine") || !dead.contains(p)));
        living.end();
      }
    }
    assertEquals(List.of(foreign.getFileName()), names(parent));
  }

  /** Which may lie beside a folder like any other name. */
  @Test
  void linksAreNotFollowed() throws IOException {
    Path kept = Files.createDirectory(work.resolve("kept"));
    Files.writeString(kept.resolve("file"), "kept");
    Path parent = Files.createDirectory(work.resolve("parent"));
    Files.writeString(parent.resolve("natives-0123456789abcdef.lock"), "");
    Files.createSymbolicLink(parent.resolve("natives-0123456789abcdef"), kept);
    Files.createSymbolicLink(parent.resolve("natives-1123456789abcdef.lock"), kept.resolve("file"));
    OwnedFolder.create(parent, "natives-").close();
    assertEquals("kept", Files.readString(kept.resolve("file")));
    assertEquals(List.of(Path.of("natives-1123456789abcdef.lock")), names(parent));
  }
}
