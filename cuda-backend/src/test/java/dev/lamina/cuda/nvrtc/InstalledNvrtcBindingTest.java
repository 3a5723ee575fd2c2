package dev.lamina.cuda.nvrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.natives.CHeader;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.InstalledCuda;
import dev.lamina.cuda.natives.NvrtcLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binding against NVIDIA's own NVRTC 13, which compiles without a GPU. */
class InstalledNvrtcBindingTest {
  private static final String KERNEL =
      """
      #include "factor.h"
      extern "C" __global__ void scale(float* x, long long n) {
        long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) x[i] *= FACTOR;
      }
      """;

  private static final Map<String, String> HEADERS = Map.of("factor.h", "#define FACTOR 3.0f\n");

  private Nvrtc nvrtc;

  @BeforeEach
  void load() {
    Path library = InstalledCuda.libraryOrSkip("libnvrtc.so.13");
    Environment system = Environment.system();
    Map<String, String> properties = new HashMap<>(system.properties());
    properties.put(Environment.LIBRARIES_PROPERTY, library.getParent().toString());
    Environment named =
        new Environment(
            properties,
            system.variables(),
            system.root(),
            system.loaderCache(),
            system.resources());
    nvrtc = NvrtcLibrary.find(named, 13_000).orElseThrow().nvrtc();
  }

  private String compile(String source, String option) {
    return nvrtc.compile(source, "probe.cu", HEADERS, List.of(option, "--fmad=false"));
  }

  @Test
  void tellsItsVersion() {
    assertTrue(nvrtc.version().matches("13\\.\\d+"), nvrtc::version);
  }

  @Test
  void everyFunctionIsBoundAsTheHeaderDeclaresIt() throws IOException {
    CHeader header = new CHeader(InstalledCuda.headerOrSkip("nvrtc.h"));
    for (NvrtcFunction function : NvrtcFunction.values()) {
      assertEquals(
          header.sizes(function.symbol()), CHeader.sizes(function.descriptor()), function::symbol);
    }
  }

  @Test
  void compilesAKernelWithAHeader() {
    for (String architecture : List.of("75", "90")) {
      String ptx = compile(KERNEL, "--gpu-architecture=compute_" + architecture);
      assertTrue(ptx.contains(".visible .entry scale("), ptx);
      assertTrue(ptx.contains(".target sm_" + architecture), ptx);
      assertTrue(ptx.contains("0f40400000"), () -> "no 3.0 in " + ptx);
    }
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    NvrtcException error =
        assertThrows(
            NvrtcException.class,
            () -> compile(KERNEL.replace("FACTOR", "BY"), "--gpu-architecture=compute_90"));
    assertTrue(error.getMessage().contains("probe.cu(4)"), error::getMessage);
    assertTrue(error.getMessage().contains("\"BY\" is undefined"), error::getMessage);
  }

  @Test
  void namesResultsAsTheHeaderDoes() throws IOException {
    CHeader header = new CHeader(InstalledCuda.headerOrSkip("nvrtc.h"));
    NvrtcException error =
        assertThrows(NvrtcException.class, () -> compile(KERNEL, "--no-such-option"));
    String name = "NVRTC_ERROR_INVALID_OPTION";
    String expected = name + " (" + header.get(name) + ")";
    assertTrue(error.getMessage().contains(expected), error::getMessage);
  }
}
