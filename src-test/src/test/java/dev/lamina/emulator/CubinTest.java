package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import jcuda.driver.CUmodule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend's machine code: whole, loaded where driver and GPU take it, else its PTX is. */
class CubinTest extends EmulatedDevice {
  private static final int CUDA_13 = 13000;
  private static final String COUNTER = "modules_of_machine_code";

  @BeforeEach
  void currentDriver() {
    emulator.set("driver_version", CUDA_13);
  }

  private static Map<String, byte[]> cubins(int capability) throws IOException {
    Map<String, byte[]> cubins = new HashMap<>();
    try (InputStream in =
            CubinTest.class.getResourceAsStream(
                "/dev/lamina/cuda/cubin/sm_" + capability + ".zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".cubin")) {
          cubins.put(entry.getName(), zip.readAllBytes());
        }
      }
    }
    return cubins;
  }

  private void refused(EmulatedGpu gpu, byte[] image, String error, String finding) {
    gpu.emulator.set("quiet", true);
    assertEquals(error, EmulatedGpu.errorOf(() -> cuModuleLoadData(new CUmodule(), image)));
    String found = gpu.takeFinding();
    assertTrue(found.contains(finding), found);
    emulator.set("driver_version", CUDA_13);
  }

  /** Its kernels, their parameters and their numbers of threads are those of the sources. */
  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100, 120})
  void everyFileFitsItsSource(int capability) throws IOException {
    try (EmulatedGpu gpu = new EmulatedGpu()) {
      currentDriver();
      gpu.emulator.set("compute_capability", capability);
      Map<String, byte[]> cubins = cubins(capability);
      assertTrue(cubins.size() > 15, cubins.keySet().toString());
      cubins.forEach((name, image) -> {
        CUmodule module = new CUmodule();
        cuModuleLoadData(module, image);
        cuModuleUnload(module);
      });
      assertEquals(List.of(), gpu.emulator.findings());
      assertEquals(cubins.size(), gpu.emulator.counter(COUNTER));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    try (EmulatedGpu gpu = new EmulatedGpu()) {
      currentDriver();
      byte[] image = cubins(90).get("clock.cubin");
      refused(
          gpu,
          cubins(80).get("clock.cubin"),
          "CUDA_ERROR_NO_BINARY_FOR_GPU",
          "a cubin for sm_80, device has 90");
      refused(
          gpu,
          cubins(100).get("clock.cubin"),
          "CUDA_ERROR_NO_BINARY_FOR_GPU",
          "a cubin for sm_100, device has 90");
      String text = new String(image, StandardCharsets.ISO_8859_1);
      refused(
          gpu,
          text.replace("add_counts", "sub_counts").getBytes(StandardCharsets.ISO_8859_1),
          "CUDA_ERROR_INVALID_IMAGE",
          "no source has its entry sub_counts");
      byte[] other = image.clone();
      other[18] = 62;
      refused(gpu, other, "CUDA_ERROR_INVALID_IMAGE", "an ELF file for machine 62");
      emulator.set("driver_version", 12090);
      refused(gpu, image, "CUDA_ERROR_INVALID_IMAGE", "nothing");
    }
  }

  private static double[] train() {
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend)) {
      training.step().run(9);
      return training.parameters();
    }
  }

  @Test
  void nothingIsCompiledWhereTheMachineCodeFits() {
    emulator.set("ptx_compiler", false);
    double[] expected = train();
    assertTrue(emulator.counter(COUNTER) > 3, () -> emulator.counter(COUNTER) + " modules");
    emulator.reset();
    assertArrayEquals(expected, train(), "from PTX, by the driver that the emulator is at first");
    assertEquals(0, emulator.counter(COUNTER));
    assertEquals(List.of(), emulator.findings());
  }

  /** A driver that is older than the toolkit which made the machine code may refuse it. */
  @Test
  void theDriverCompilesWhereItRefuses() {
    emulator.set("driver_version", 12090);
    train();
    assertEquals(0, emulator.counter(COUNTER));
    assertEquals(List.of(), emulator.findings());
    emulator.set("ptx_compiler", false);
    String message = assertThrows(LaminaException.class, CubinTest::train).getMessage();
    for (String part :
        List.of(
            "CUDA_ERROR_JIT_COMPILER_NOT_FOUND (221)",
            "refused the machine code for sm_90, CUDA_ERROR_INVALID_IMAGE (200)",
            "libnvidia-ptxjitcompiler.so.1")) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void anArchitectureWithoutMachineCodeIsCompiledFor() {
    emulator.set("compute_capability", 75);
    train();
    assertEquals(0, emulator.counter(COUNTER));
    emulator.set("ptx_compiler", false);
    String message = assertThrows(LaminaException.class, CubinTest::train).getMessage();
    assertTrue(message.contains("CUDA_ERROR_JIT_COMPILER_NOT_FOUND"), message);
    assertTrue(!message.contains("refused"), message);
  }
}
