package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the build leaves: libraries of both CUDA versions, cached, without the functions named. */
class EmulatorBuildTest {

  private final EmulatorBuild build = CudaEmulator.orSkip().emulatorBuild();

  private List<String> exported(Path folder, String library) {
    return build.tools().symbols(folder.resolve(library), "-D");
  }

  @Test
  void functionsThatTestsLeaveOut() {
    Path whole = build.libraries();
    Path less = build.libraries(Set.of("cublasLtMatmul", "cublasSetWorkspace_v2"));
    for (int cuda : new int[] {12, 13}) {
      String lt = "libcublasLt.so." + cuda;
      String blas = "libcublas.so." + cuda;
      assertTrue(exported(whole, lt).contains("cublasLtMatmul"));
      assertFalse(exported(less, lt).contains("cublasLtMatmul"));
      assertTrue(exported(less, lt).contains("cublasLtMatmulDescCreate"));
      assertTrue(exported(whole, blas).contains("cublasSetWorkspace_v2"));
      assertFalse(exported(less, blas).contains("cublasSetWorkspace_v2"));
      assertTrue(exported(less, blas).contains("cublasSgemm_v2"));
    }
  }

  @Test
  void everyFunctionThatJCudaImportsIsThere() {
    List<String> driver = exported(build.libraries(), "libcuda.so.1");
    assertTrue(driver.contains("cuLaunchKernel"));
    assertTrue(driver.contains("cuTexRefCreate"), "one that is not emulated");
    assertEquals(build.libraries(), build.libraries(Set.of()));
  }
}
