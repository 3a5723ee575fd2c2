package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jcuda.driver.CUmodule;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every PTX file of the CUDA backend fits the source that the emulator runs in its place. */
class BackendKernelsTest {

  @TestFactory
  Stream<DynamicTest> ptxFitsItsSource() {
    EmulatedGpu gpu = new EmulatedGpu();
    List<KernelUnit> units = gpu.emulator.loadBackendKernels();
    assertFalse(units.isEmpty());
    return units.stream()
        .map(unit -> DynamicTest.dynamicTest(unit.name(), () -> load(gpu, unit)))
        .onClose(gpu::close);
  }

  private static void load(EmulatedGpu gpu, KernelUnit unit) throws IOException {
    Path folder = CudaEmulator.backendFolder().resolve("src/main/resources/dev/lamina/cuda/ptx");
    CUmodule module = new CUmodule();
    cuModuleLoadData(module, Files.readString(folder.resolve(unit.name() + ".ptx")));
    cuModuleUnload(module);
    assertEquals(List.of(), gpu.emulator.findings());
  }
}
