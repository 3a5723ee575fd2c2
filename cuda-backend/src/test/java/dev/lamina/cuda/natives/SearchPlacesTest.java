package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where is looked, on a file system made for the test. */
class SearchPlacesTest {
  private static final List<String> NAMES = List.of("libcublas.so.12", "libcublas.so.13");

  @TempDir private Path root;
  private final SearchLog log = new SearchLog();

  @Test
  void saysWhatIsNotThere() {
    assertEquals(List.of(), toolkit(Map.of(), Map.of(), List.of()));
    assertLog("lamina.cuda.libraries: not set, nor LAMINA_CUDA_LIBRARIES");
    assertLog("CUDA_HOME: not set");
    assertLog("CUDA_PATH: not set");
    assertLog("usual folder: " + root.resolve("usr/local/cuda") + ": no such folder");
    assertLog("LD_LIBRARY_PATH: not set");
    assertLog("ldconfig: not there, or its list is empty");
    assertLog("CONDA_PREFIX: not set");
    assertLog("Python's packages: none found");
  }

  @Test
  void looksIntoCondaAndPythonsPackages() throws IOException {
    folder("venv/lib/python3.12/site-packages/nvidia/cublas/lib");
    folder("conda/lib/python3.11/site-packages/nvidia/cu13/lib");
    folder("conda/targets/x86_64-linux/lib");
    folder("usr/bin");
    folder("opt/py/bin");
    folder("opt/py/lib/python3.10/site-packages/nvidia/cu13/lib");
    Files.createFile(root.resolve("opt/py/bin/python3.10")).toFile().setExecutable(true);
    Files.createSymbolicLink(
        root.resolve("usr/bin/python3"), Path.of("../../opt/py/bin/python3.10"));
    folder("usr/lib/python3/dist-packages/nvidia/cublas/lib");
    folder("usr/local/lib/python3.11/dist-packages/nvidia/cublas/lib");
    folder("home/me/.local/lib/python3.9/site-packages/nvidia/cu13/lib");
    folder("home/me/.local/lib/python3.13/site-packages/other");
    String local = "home/me/.local/lib/";
    List<String> places =
        toolkit(
            Map.of("user.home", "/home/me"),
            Map.of(
                "CONDA_PREFIX",
                "/conda",
                "VIRTUAL_ENV",
                "/venv",
                "PATH",
                "/nowhere::/usr/bin:/venv/bin"),
            List.of());
    assertEquals(
        List.of(
            "loader's folder usr/lib USUAL",
            "CONDA_PREFIX conda/lib USUAL",
            "CONDA_PREFIX conda/targets/x86_64-linux/lib USUAL",
            "VIRTUAL_ENV venv/lib/python3.12/site-packages/nvidia/cublas/lib USUAL",
            "CONDA_PREFIX conda/lib/python3.11/site-packages/nvidia/cu13/lib USUAL",
            "python3 on PATH usr/lib/python3/dist-packages/nvidia/cublas/lib USUAL",
            "python3 on PATH opt/py/lib/python3.10/site-packages/nvidia/cu13/lib USUAL",
            "Python's usual folder usr/local/lib/python3.11/dist-packages/nvidia/cublas/lib USUAL",
            "user's Python packages " + local + "python3.9/site-packages/nvidia/cu13/lib USUAL"),
        places);
    assertLog(
        "user's Python packages: "
            + root.resolve(local + "python3.13/site-packages")
            + ": has none of nvidia/cu13/lib, nvidia/cublas/lib,"
            + " nvidia/cuda_nvrtc/lib");
  }

  @Test
  void takesOnlyWhatTheSettingNames() throws IOException {
    folder("cuda/lib64");
    folder("usr/local/cuda/lib64");
    folder("venv/nvidia/cublas/lib");
    folder("venv/nvidia/cu13/lib");
    List<String> places =
        toolkit(
            Map.of("lamina.cuda.libraries", "/cuda:/nowhere: /venv "),
            Map.of("CUDA_HOME", "/usr/local/cuda", "LAMINA_CUDA_LIBRARIES", "/other"),
            List.of());
    assertEquals(
        List.of(
            "lamina.cuda.libraries cuda SETTING",
            "lamina.cuda.libraries cuda/lib64 SETTING",
            "lamina.cuda.libraries venv SETTING",
            "lamina.cuda.libraries venv/nvidia/cublas/lib SETTING",
            "lamina.cuda.libraries venv/nvidia/cu13/lib SETTING"),
        places);
    assertLog("lamina.cuda.libraries: " + root.resolve("nowhere") + ": no such folder");
  }

  /** As a name beyond ASCII in the locale C. */
  @Test
  void saysWhatNoFileCanBeCalled() {
    String impossible = "/a\0b";
    assertEquals(
        List.of(),
        toolkit(
            Map.of(),
            Map.of("CUDA_HOME", impossible, "LD_LIBRARY_PATH", impossible),
            List.of("\tlibcublas.so.12 (libc6,x86-64) => " + impossible + "/libcublas.so.12")));
    assertLog("CUDA_HOME: " + impossible + ": no file can be called so in this locale");
    assertLog("LD_LIBRARY_PATH: " + impossible + ": no file can be called so in this locale");
    assertEquals(
        List.of(), toolkit(Map.of("lamina.cuda.libraries", impossible), Map.of(), List.of()));
  }

  @Test
  void takesTheVariableIfThereIsNoProperty() throws IOException {
    folder("cuda/targets/x86_64-linux/lib");
    Files.createFile(root.resolve("file"));
    assertEquals(
        List.of(
            "LAMINA_CUDA_LIBRARIES cuda SETTING",
            "LAMINA_CUDA_LIBRARIES cuda/targets/x86_64-linux/lib SETTING"),
        toolkit(
            Map.of("lamina.cuda.libraries", " "),
            Map.of("LAMINA_CUDA_LIBRARIES", "/cuda:/file"),
            List.of()));
    assertLog("LAMINA_CUDA_LIBRARIES: " + root.resolve("file") + ": is not a folder");
  }

  @Test
  void looksInOrder() throws IOException {
    for (String name : List.of("home", "path", "usr/local/cuda-9.2", "usr/local/cuda-13.0")) {
      folder(name + "/lib64");
    }
    folder("usr/local/cuda-12.10/lib64");
    folder("usr/local/cuda-12.9/targets/x86_64-linux/lib");
    folder("usr/local/cuda-x/lib64");
    folder("usr/local/cuda-99999999999/lib64");
    folder("usr/local/cuda/lib64");
    folder("opt/cuda/lib64");
    folder("ld1");
    folder("cached");
    folder("usr/lib64");
    assertEquals(
        List.of(
            "CUDA_HOME home/lib64 CUDA_HOME",
            "CUDA_PATH path/lib64 CUDA_HOME",
            "usual folder usr/local/cuda/lib64 USUAL",
            "usual folder usr/local/cuda-13.0/lib64 USUAL",
            "usual folder usr/local/cuda-12.10/lib64 USUAL",
            "usual folder usr/local/cuda-12.9/targets/x86_64-linux/lib USUAL",
            "usual folder usr/local/cuda-9.2/lib64 USUAL",
            "usual folder usr/local/cuda-99999999999/lib64 USUAL",
            "usual folder usr/local/cuda-x/lib64 USUAL",
            "usual folder opt/cuda/lib64 USUAL",
            "LD_LIBRARY_PATH ld1 USUAL",
            "ldconfig cached USUAL",
            "loader's folder usr/lib64 USUAL"),
        toolkit(
            Map.of(),
            Map.of("CUDA_HOME", "/home", "CUDA_PATH", "/path", "LD_LIBRARY_PATH", ":/ld1:/ld2"),
            List.of(
                "3 libs found in cache `/etc/ld.so.cache'",
                "\tlibcublas.so.12 (libc6,x86-64) => /cached/libcublas.so.12",
                "\tlibcublas.so.13 (libc6) => /cached32/libcublas.so.13",
                "\tlibother.so (libc6,x86-64) => /other/libother.so")));
    assertLog("LD_LIBRARY_PATH: " + root.resolve("ld2") + ": no such folder");
  }

  @Test
  void namesAFolderOnce() throws IOException {
    folder("usr/local/cuda-12.6/targets/x86_64-linux/lib");
    Files.createSymbolicLink(
        root.resolve("usr/local/cuda-12.6/lib64"), Path.of("targets/x86_64-linux/lib"));
    Files.createSymbolicLink(root.resolve("usr/local/cuda"), Path.of("cuda-12.6"));
    List<String> cache =
        List.of("\tlibcublas.so.12 (libc6,x86-64) => /usr/local/cuda/lib64/libcublas.so.12");
    assertEquals(
        List.of("usual folder usr/local/cuda/lib64 USUAL"), toolkit(Map.of(), Map.of(), cache));
    assertLog("ldconfig: lists folders that were named before");
  }

  @Test
  void saysThatAFolderHasNoLibraries() throws IOException {
    folder("home/bin");
    toolkit(Map.of(), Map.of("CUDA_HOME", "/home"), List.of("nothing to see"));
    assertLog(
        "CUDA_HOME: "
            + root.resolve("home")
            + ": has none of lib64, targets/x86_64-linux/lib, lib");
    assertLog("ldconfig: lists none of libcublas.so.12, libcublas.so.13");
  }

  @Test
  void looksForTheDriverWhereTheLoaderDoes() throws IOException {
    folder("mine");
    folder("home/lib64");
    folder("usr/lib/x86_64-linux-gnu");
    folder("usr/lib/wsl/lib");
    folder("drivers");
    Environment environment =
        environment(
            Map.of("lamina.cuda.libraries", "/mine"),
            Map.of("CUDA_HOME", "/home"),
            List.of("\tlibcuda.so.1 (libc6,x86-64) => /drivers/libcuda.so.1"));
    assertEquals(
        List.of(
            "lamina.cuda.libraries mine SETTING",
            "ldconfig drivers USUAL",
            "loader's folder usr/lib/x86_64-linux-gnu USUAL",
            "loader's folder usr/lib USUAL",
            "loader's folder usr/lib/wsl/lib USUAL"),
        text(SearchPlaces.ofDriver(environment, log)));
  }

  @Test
  void reportsAMissingDriver() throws IOException {
    folder("mine");
    Environment environment =
        environment(Map.of("os.name", "Linux", "os.arch", "amd64"), Map.of(), List.of());
    CudaLibraries.Unavailable result = (CudaLibraries.Unavailable) CudaLibraries.load(environment);
    assertEquals("no NVIDIA driver: libcuda.so.1 was not found", result.reason());
    assertTrue(result.remedy().startsWith("Install the NVIDIA driver, R525"), result.remedy());
    assertFalse(result.search().isEmpty());

    Files.writeString(root.resolve("mine/libcuda.so.1"), "no library");
    Environment broken =
        environment(
            Map.of("os.name", "Linux", "os.arch", "amd64"),
            Map.of("LAMINA_CUDA_LIBRARIES", "/mine"),
            List.of());
    result = (CudaLibraries.Unavailable) CudaLibraries.load(broken);
    assertEquals(
        "no NVIDIA driver: libcuda.so.1 in "
            + root.resolve("mine")
            + " cannot be used: it is no ELF file",
        result.reason());
  }

  @Test
  void reportsAnotherPlatform() {
    Environment environment =
        environment(Map.of("os.name", "Mac OS X", "os.arch", "aarch64"), Map.of(), List.of());
    CudaLibraries.Unavailable result = (CudaLibraries.Unavailable) CudaLibraries.load(environment);
    assertEquals(
        "the CUDA backend runs on Linux on x86-64, and this is Mac OS X on aarch64",
        result.reason());
  }

  private List<String> toolkit(
      Map<String, String> properties, Map<String, String> variables, List<String> cache) {
    Environment environment = environment(properties, variables, cache);
    return text(SearchPlaces.ofToolkit(environment, log, NAMES));
  }

  private Environment environment(
      Map<String, String> properties, Map<String, String> variables, List<String> cache) {
    return new Environment(properties, variables, root, () -> cache, name -> null);
  }

  private List<String> text(List<SearchPlace> places) {
    return places.stream()
        .map(p -> p.origin() + " " + root.relativize(p.folder()) + " " + p.rank())
        .toList();
  }

  private void folder(String path) throws IOException {
    Files.createDirectories(root.resolve(path));
  }

  private void assertLog(String line) {
    List<String> lines = log.steps().stream().map(SearchStep::toString).toList();
    assertTrue(lines.contains(line), () -> line + " is not in\n" + String.join("\n", lines));
  }
}
