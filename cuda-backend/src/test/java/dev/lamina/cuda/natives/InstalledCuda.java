package dev.lamina.cuda.natives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * NVIDIA's libraries of CUDA 13 as pip installs them: {@code pip install nvidia-cublas
 * nvidia-cuda-nvrtc}. Much of them works without a GPU or its driver.
 */
public final class InstalledCuda {
  /** Environment variable that names a folder with their {@code lib} and {@code include}. */
  private static final String VARIABLE = "LAMINA_CUDA13";

  private static final String PACKAGES =
      "import site, sysconfig; print(sysconfig.get_path('purelib'));"
          + " print(site.getusersitepackages())";

  private static final List<Path> FOLDERS = folders();

  private InstalledCuda() {}

  /** A library, or a visible skip of the calling test where it is not installed. */
  public static Path libraryOrSkip(String name) {
    return fileOrSkip("lib/" + name);
  }

  /** A header, or a visible skip of the calling test where it is not installed. */
  public static String headerOrSkip(String name) throws IOException {
    return Files.readString(fileOrSkip("include/" + name));
  }

  private static Path fileOrSkip(String path) {
    Optional<Path> found =
        FOLDERS.stream().map(f -> f.resolve(path)).filter(Files::isRegularFile).findFirst();
    if (found.isEmpty()) {
      String reason =
          "there is no %s of CUDA 13 in %s; run pip install nvidia-cublas nvidia-cuda-nvrtc, or let %s name a folder that has it"
              .formatted(path, FOLDERS, VARIABLE);
      System.err.println("comparison with NVIDIA's libraries skipped: " + reason);
      Assumptions.abort(reason);
    }
    return found.get();
  }

  private static List<Path> folders() {
    String named = System.getenv(VARIABLE);
    if (named != null) {
      return List.of(Path.of(named));
    }
    return python().stream().map(packages -> Path.of(packages, "nvidia", "cu13")).toList();
  }

  /** Where python3 has its packages; nowhere if there is no python3. */
  private static List<String> python() {
    try {
      Process process =
          new ProcessBuilder("python3", "-c", PACKAGES)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
        List<String> folders = lines.readAllLines();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
            ? folders
            : List.of();
      }
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
