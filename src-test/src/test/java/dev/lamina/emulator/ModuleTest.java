package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules that do not fit their sources, or the device, are refused with a reason. */
class ModuleTest {

  private EmulatedGpu gpu;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    gpu.emulator.set("quiet", true);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  private void refused(String error, String finding, String ptx) {
    assertEquals(error, EmulatedGpu.errorOf(() -> cuModuleLoadData(new CUmodule(), ptx)));
    String found = gpu.takeFinding();
    assertTrue(found.contains(finding), found);
    gpu.emulator.set("quiet", true);
  }

  @Test
  void stalePtx() {
    String ptx = gpu.ptx("sound");
    String error = "CUDA_ERROR_INVALID_PTX";
    refused(
        error,
        "parameters of add have (8 8 8 8) bytes, in the source (8 8 8 4)",
        ptx.replace(".u32 add_param_3", ".u64 add_param_3"));
    refused(error, "no source has its entry sub", ptx.replace(".entry add(", ".entry sub("));
    int begin = ptx.indexOf(".visible .entry votes");
    String without = ptx.substring(0, begin) + ptx.substring(ptx.indexOf('}', begin) + 1);
    refused(error, "it lacks votes, which sound has", without);
    refused(error, "not PTX", "nonsense");
  }

  @Test
  void driverAndDevice() {
    String ptx = gpu.ptx("sound");
    refused(
        "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
        "PTX version 9.0 is newer than driver 12060 reads",
        ptx.replace(".version 8.0", ".version 9.0"));
    refused("CUDA_ERROR_NO_BINARY_FOR_GPU", "sm_100", ptx.replace("sm_75", "sm_100"));
  }

  @Test
  void launchBounds() {
    CUmodule module = new CUmodule();
    cuModuleLoadData(
        module, gpu.ptx("sound").replaceAll("(row_sums_param_2\n\\))", "$1\n.maxntid 128, 1, 1"));
    CUfunction f = new CUfunction();
    cuModuleGetFunction(f, module, "row_sums");
    CUdeviceptr x = gpu.upload(new float[256]);
    assertEquals(
        "CUDA_ERROR_INVALID_VALUE",
        EmulatedGpu.errorOf(() ->
            cuLaunchKernel(
                f, 1, 1, 1, 256, 1, 1, 0, null, EmulatedGpu.parameters(x, x, 256), null)));
    assertTrue(gpu.takeFinding().contains("above the kernel's 128 threads"));
    cuModuleUnload(module);
    gpu.free(x);
  }
}
