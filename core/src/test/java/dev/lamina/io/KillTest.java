package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process in the middle of writing and looks at what it left. */
class KillTest {
  private static final int ROUNDS = 3;
  private static final int MOST_MILLIS = 150;

  @TempDir Path folder;

  @Test
  void aFileIsTheOldOrTheNewOne() throws Exception {
    Path file = folder.resolve("file");
    String program =
        """
        import dev.lamina.io.AtomicFile;
        import java.nio.file.Path;

        public class Program {
          public static void main(String[] args) {
            for (int i = 0; ; i++) {
              AtomicFile.writeText(Path.of(args[0]), "ab".substring(i % 2, i % 2 + 1).repeat(3_000_000));
              System.out.write('.');
              System.out.flush();
            }
          }
        }
        """;
    killAndLook(
        program,
        file,
        path -> {
          String text = read(path);
          assertEquals(3_000_000, text.length());
          assertEquals("", text.replace(text.substring(0, 1), ""), "one letter only");
        });
  }

  @Test
  void aModelIsTheOldOrTheNewOne() throws Exception {
    Path model = folder.resolve("model");
    String program =
        """
        import dev.lamina.io.ModelFolder;
        import dev.lamina.io.TensorData;
        import dev.lamina.type.DType;
        import dev.lamina.type.TensorType;
        import java.lang.foreign.MemorySegment;
        import java.nio.file.Path;
        import java.util.Arrays;
        import java.util.List;
        import java.util.Map;

        public class Program {
          public static void main(String[] args) {
            for (int i = 0; ; i++) {
              int[] numbers = new int[300_000];
              Arrays.fill(numbers, i);
              ModelFolder.write(
                  Path.of(args[0]),
                  Map.of("number", i),
                  List.of(
                      new TensorData(
                          "0.weight",
                          TensorType.of(DType.INT32, numbers.length),
                          MemorySegment.ofArray(numbers))));
              System.out.write('.');
              System.out.flush();
            }
          }
        }
        """;
    killAndLook(
        program,
        model,
        path -> {
          try (ModelFolder saved = ModelFolder.open(path)) {
            long number = saved.description().get("number").whole();
            int[] numbers = saved.tensors().read("0.weight").data().toArray(ValueLayout.JAVA_INT);
            assertEquals(300_000, numbers.length);
            for (int i : numbers) {
              assertEquals(number, i);
            }
          }
        });
  }

  private void killAndLook(String program, Path target, Consumer<Path> look) throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < ROUNDS; round++) {
      try (Fork fork = Fork.start(folder.resolve("program"), program, target)) {
        fork.awaitDot();
        Thread.sleep(random.nextInt(MOST_MILLIS));
        fork.kill();
      }
      look.accept(target);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
