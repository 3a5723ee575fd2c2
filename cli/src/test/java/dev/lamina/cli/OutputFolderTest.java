package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 21, 9, 8, 7);

  @TempDir Path work;

  @Test
  void runsThatStartTogetherGetAFolderEach() throws Exception {
    Path runs = work.resolve("runs");
    Callable<Path> run = () -> OutputFolder.reserve(runs, TIME).path();
    Set<Path> folders = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
      for (Future<Path> folder : threads.invokeAll(Collections.nCopies(12, run))) {
        folders.add(folder.get());
      }
    }
    assertEquals(12, folders.size());
    assertTrue(folders.contains(runs.resolve("20261121-090807")));
    assertTrue(folders.contains(runs.resolve("20261121-090807-12")));
    folders.forEach(folder -> assertTrue(Files.isDirectory(folder)));
  }

  @Test
  void whatNothingWasSavedToIsRemoved() throws Exception {
    Path runs = work.resolve("runs");
    OutputFolder first = OutputFolder.reserve(runs, TIME);
    OutputFolder second = OutputFolder.reserve(runs, TIME);
    second.close();
    assertFalse(Files.exists(second.path()));
    first.close();
    assertFalse(Files.exists(runs));
    OutputFolder third = OutputFolder.reserve(runs, TIME);
    Files.writeString(third.path().resolve("model.json"), "{}");
    third.close();
    assertTrue(Files.exists(third.path().resolve("model.json")));
  }

  /** They remove and make the folder above under each other's hands. */
  @Test
  void runsThatFailTogetherDisturbNobody() throws Exception {
    Path runs = work.resolve("runs");
    Callable<Void> run =
        () -> {
          for (int i = 0; i < 200; i++) {
            try (OutputFolder folder = OutputFolder.reserve(runs, TIME)) {
              assertTrue(Files.isDirectory(folder.path()));
            }
          }
          return null;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Void> done : threads.invokeAll(Collections.nCopies(8, run))) {
        done.get();
      }
    }
    if (Files.exists(runs)) {
      try (Stream<Path> left = Files.list(runs)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void aLinkToNowhereIsNoticedBeforeTraining() throws Exception {
    for (String name : List.of("model.safetensors", "model.json")) {
      Path model = Files.createDirectory(work.resolve(name + "-folder"));
      Files.createSymbolicLink(model.resolve(name), work.resolve("nowhere"));
      LaminaException e = assertThrows(LaminaException.class, () -> OutputFolder.of(model));
      assertTrue(
          e.getMessage().contains(name + " is a link to a file that does not exist; name another"),
          e.getMessage());
    }
  }
}
