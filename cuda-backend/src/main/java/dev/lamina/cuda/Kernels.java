package dev.lamina.cuda;

import dev.lamina.cuda.formula.FormulaCompiler;
import dev.lamina.cuda.formula.FormulaKernel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * The kernels on a GPU. A file is loaded when the first kernel in it is asked for: machine code
 * where there is some for this GPU and its driver takes it, else PTX, which the driver compiles
 * then, and keeps the result in a cache of its own for later processes.
 */
final class Kernels implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Kernels.class.getName());

  /** How a driver says that it cannot use machine code, as one older than what made it. */
  private static final Set<Integer> REFUSALS =
      Set.of(
          CUresult.CUDA_ERROR_INVALID_IMAGE,
          CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
          CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
          CUresult.CUDA_ERROR_INVALID_SOURCE);

  private final Map<String, Loaded> modules = new HashMap<>();
  private final Optional<String> architecture;
  private final FormulaCompiler formulas;
  private Optional<Cubins> cubins = Optional.empty();
  private Optional<String> refusal = Optional.empty();
  private boolean interpreted;

  private record Loaded(Ptx ptx, CUmodule module, Map<String, CUfunction> functions) {}

  Kernels(Gpu gpu, FormulaCompiler formulas) {
    architecture = gpu.cubins();
    this.formulas = formulas;
  }

  /** Whether kernels can be compiled that are not among the resources. */
  boolean compiles() {
    return formulas.isUsable();
  }

  /** Says once that formulas are interpreted, and how to change it. */
  void tellInterpreted(String call) {
    if (!interpreted) {
      interpreted = true;
      LOG.log(
          Level.WARNING,
          call
              + ": no kernel of its formula is shipped, and there is no NVRTC to compile one, so it"
              + " is interpreted, with the same result but more slowly. Install NVRTC (for example"
              + " pip install nvidia-cuda-nvrtc); lamina devices --verbose shows where it was"
              + " looked for");
    }
  }

  /**
   * The kernel of a launch, whose arguments are checked.
   *
   * @param call what it is for, for messages
   */
  CUfunction function(Step.Launch launch, String call) {
    Loaded loaded =
        modules.computeIfAbsent(
            launch.module(),
            name -> launch.printed() == null ? load(name, call) : load(launch.printed(), call));
    loaded.ptx.check(launch);
    return loaded.functions.computeIfAbsent(
        launch.kernel(), name -> find(loaded.module, name, call));
  }

  private Loaded load(String name, String call) {
    Ptx ptx = Ptx.read(name);
    String action = "loading the kernels " + name + " for " + call;
    CUmodule module = new CUmodule();
    Optional<byte[]> cubin = cubin(name);
    if (cubin.isEmpty() || !take(module, cubin.get(), action)) {
      compile(module, ptx, action);
    }
    return new Loaded(ptx, module, new HashMap<>());
  }

  private Loaded load(FormulaKernel kernel, String call) {
    Ptx ptx = Ptx.of(kernel.name(), formulas.ptx(kernel));
    CUmodule module = new CUmodule();
    compile(module, ptx, "loading the formula " + kernel.name() + " for " + call);
    return new Loaded(ptx, module, new HashMap<>());
  }

  private Optional<byte[]> cubin(String name) {
    if (architecture.isEmpty() || refusal.isPresent()) {
      return Optional.empty();
    }
    if (cubins.isEmpty()) {
      cubins = architecture.map(Cubins::read);
    }
    return cubins.flatMap(c -> c.image(name));
  }

  /** Loads machine code; after the driver's first refusal it is not asked again. */
  private boolean take(CUmodule module, byte[] image, String action) {
    int status = CudaException.status(() -> JCudaDriver.cuModuleLoadData(module, image));
    if (!REFUSALS.contains(status)) {
      CudaException.check(status, action);
      return true;
    }
    refusal =
        Optional.of(
            "it refused the machine code for "
                + architecture.orElseThrow()
                + ", "
                + CUresult.stringFor(status)
                + " ("
                + status
                + ")");
    LOG.log(Level.DEBUG, () -> "The driver compiles the kernels: " + refusal.orElseThrow());
    return false;
  }

  private void compile(CUmodule module, Ptx ptx, String action) {
    // The driver expects C's zero at the end.
    byte[] image = (ptx.text() + "\0").getBytes(StandardCharsets.US_ASCII);
    CudaException.check(
        () -> JCudaDriver.cuModuleLoadData(module, image),
        action + refusal.map(r -> ", which the driver must compile, as " + r).orElse(""));
  }

  private static CUfunction find(CUmodule module, String name, String call) {
    CUfunction function = new CUfunction();
    CudaException.check(
        () -> JCudaDriver.cuModuleGetFunction(function, module, name),
        "finding the kernel " + name + " for " + call);
    return function;
  }

  @Override
  public void close() {
    for (Loaded loaded : modules.values()) {
      CudaException.status(() -> JCudaDriver.cuModuleUnload(loaded.module));
    }
    modules.clear();
  }
}
