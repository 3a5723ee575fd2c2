package dev.lamina.cuda.natives;

import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The libraries for NVIDIA GPUs: {@link Loaded}, or {@link Unavailable} with the reason. */
public sealed interface CudaLibraries {
  /** Every step taken to find them. */
  List<SearchStep> search();

  /**
   * Everything is loaded, and JCuda's classes may be used.
   *
   * @param driverVersion the newest CUDA version that the driver supports: 1000 · major + 10 ·
   *     minor
   * @param devices how many GPUs there are
   * @param cublasMajor which CUDA version cuBLAS belongs to: 12 or 13
   * @param cublasVersion cuBLAS's version, for example {@code 12.6.5}
   * @param cublasOrigin how cuBLAS was found
   * @param driverFile the driver's library
   * @param cublasFile cuBLAS's library
   * @param jcudaFolder where JCuda's native libraries were loaded from
   * @param driver the driver's functions
   * @param cublas cuBLAS's functions, of the same instance that JCublas calls
   * @param cublasLt cuBLASLt's functions
   * @param nvrtc the run-time compiler, if there is one
   */
  record Loaded(
      int driverVersion,
      int devices,
      int cublasMajor,
      String cublasVersion,
      String cublasOrigin,
      Path driverFile,
      Path cublasFile,
      Path jcudaFolder,
      SymbolLookup driver,
      SymbolLookup cublas,
      SymbolLookup cublasLt,
      Optional<NvrtcLibrary> nvrtc,
      List<SearchStep> search)
      implements CudaLibraries {
    /** Copies the list. */
    public Loaded {
      search = List.copyOf(search);
    }

    /** What a user may want to know, in order. */
    public Map<String, String> details() {
      Map<String, String> details = new LinkedHashMap<>();
      details.put("driver", "CUDA " + DriverLibrary.text(driverVersion) + " (" + driverFile + ")");
      details.put("cuBLAS", cublasVersion + " (" + cublasFile + ", by " + cublasOrigin + ")");
      details.put(
          NvrtcLibrary.NAME,
          nvrtc
              .map(n -> n.nvrtc().version() + " (" + n.path() + ", by " + n.origin() + ")")
              .orElse("none; formulas of your own need it: pip install nvidia-cuda-nvrtc"));
      details.put(
          "JCuda",
          cublasMajor == 12 ? jcudaFolder.toString() : jcudaFolder + ", bound to cuBLAS 13");
      return details;
    }
  }

  /**
   * CUDA cannot be used here.
   *
   * @param reason why not, without a full stop
   * @param remedy what to do about it, a sentence without a full stop
   */
  record Unavailable(String reason, String remedy, List<SearchStep> search)
      implements CudaLibraries {
    /** Copies the list. */
    public Unavailable {
      search = List.copyOf(search);
    }
  }

  /**
   * Finds and loads the driver, cuBLAS, cuBLASLt and JCuda, and looks up every function that the
   * backend calls. Does not throw for anything that is missing or broken. Once loaded they stay so,
   * and further calls answer the same; after a failure a further call tries again.
   */
  static CudaLibraries load(Environment environment) {
    return LibraryLoader.load(environment);
  }
}
