package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.Idx;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that have no end, that nobody writes to, or that are too long to be what they should be.
 */
class SpecialFilesTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long LIMIT = 16L << 20;

  @TempDir Path folder;
  private Path endless;
  private Path pipe;

  @BeforeEach
  void makeSpecialFiles() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/dev/zero")), "a system without such files");
    endless = Files.createSymbolicLink(folder.resolve("endless"), Path.of("/dev/zero"));
    pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
  }

  private static Stream<Consumer<Path>> readers() {
    return Stream.of(Json::read, Safetensors::open, file -> Idx.read(file, file));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void devicesAndPipesAreRefusedAtOnce(Consumer<Path> reader) {
    for (Path file : List.of(endless, pipe)) {
      refused(() -> reader.accept(file), "cannot read " + file + ": it is a device, a pipe");
    }
    refused(() -> reader.accept(folder), "it is a folder");
  }

  @Test
  void theyAreNoModelEither() throws IOException {
    for (Path file : List.of(endless, pipe)) {
      Path model = Files.createDirectories(folder.resolve("model of " + file.getFileName()));
      Files.createSymbolicLink(model.resolve(ModelFolder.TENSORS), file);
      refused(() -> ModelFolder.open(model), "it is a device, a pipe or a socket");
      Files.delete(model.resolve(ModelFolder.TENSORS));
      TensorData one =
          new TensorData(
              "0.bias", TensorType.of(DType.FP32, 1), MemorySegment.ofArray(new float[1]));
      Safetensors.write(model.resolve(ModelFolder.TENSORS), List.of(one), Map.of());
      Files.createSymbolicLink(model.resolve(ModelFolder.DESCRIPTION), file);
      refused(() -> ModelFolder.open(model), "it is a device, a pipe or a socket");
    }
  }

  @Test
  void descriptionsHaveALimit() throws IOException {
    Path file = folder.resolve("model.json");
    String text = "[" + "0,".repeat((int) LIMIT / 2 - 2) + "0]";
    Files.writeString(file, text + " ".repeat((int) LIMIT - text.length()));
    assertEquals(LIMIT, Files.size(file));
    assertEquals(LIMIT / 2 - 1, ((List<?>) Json.read(file).value()).size());
    Files.writeString(file, Files.readString(file) + " ");
    refused(() -> Json.read(file), "16777217 bytes are too large for a JSON file; the limit is 16");
  }

  private static void refused(Runnable action, String part) {
    LaminaException e =
        assertTimeoutPreemptively(SOON, () -> assertThrows(LaminaException.class, action::run));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
