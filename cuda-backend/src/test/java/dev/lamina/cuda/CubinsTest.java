package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked-in machine code belongs to the PTX beside it, and each GPU gets what it can run. */
class CubinsTest {
  private static final Path PTX = Path.of("src/main/resources/dev/lamina/cuda/ptx");
  private static final String STALE = "run cuda-backend/regenerate-kernels.sh";

  @ParameterizedTest
  @CsvSource({
    "7, 5,",
    "8, 0, sm_80",
    "8, 6, sm_80",
    "8, 9, sm_80",
    "9, 0, sm_90",
    "10, 0, sm_100",
    "10, 3, sm_100",
    "11, 0,",
    "12, 0, sm_120",
    "12, 1, sm_120",
    "13, 0,"
  })
  void theSameMajorVersionAndNoLaterMinorOne(int major, int minor, String architecture) {
    assertEquals(Optional.ofNullable(architecture), Cubins.architecture(major, minor));
  }

  private static List<String> shipped() throws IOException {
    try (Stream<Path> files = Files.list(PTX)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".ptx") && !f.endsWith("_f64.ptx"))
          .sorted()
          .toList();
    }
  }

  /** By hashes alone, so that who has no ptxas is told too. */
  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90", "sm_100", "sm_120"})
  void eachWasMadeFromThePtxThatIsThere(String architecture) throws IOException {
    Path zip = CubinFiles.FOLDER.resolve(architecture + ".zip");
    TreeMap<String, String> actual = CubinFiles.hashes(zip);
    actual.remove(CubinFiles.RECORD);
    for (String ptx : shipped()) {
      assertTrue(actual.containsKey(ptx.replace(".ptx", ".cubin")), ptx + ": " + STALE);
      actual.put(ptx, CubinFiles.sha256(Files.readAllBytes(PTX.resolve(ptx))));
    }
    assertEquals(CubinFiles.record(zip), actual, STALE);
  }

  @Test
  void imagesAreReadByModule() {
    Cubins cubins = Cubins.read("sm_90");
    assertEquals((byte) 'E', cubins.image("reduce_f32").orElseThrow()[1]);
    assertFalse(cubins.image("reduce_f64").isPresent(), "left to the driver");
    assertThrows(IllegalArgumentException.class, () -> Cubins.read("sm_75"));
  }
}
