package dev.lamina.cuda;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/**
 * The kernels on a GPU. A file is loaded when the first kernel in it is asked for; the driver
 * compiles it then, and keeps the result in a cache of its own for later processes.
 */
final class Kernels implements AutoCloseable {
  private final Map<String, Loaded> modules = new HashMap<>();

  private record Loaded(Ptx ptx, CUmodule module, Map<String, CUfunction> functions) {}

  /**
   * The kernel of a launch, whose arguments are checked.
   *
   * @param call what it is for, for messages
   */
  CUfunction function(Step.Launch launch, String call) {
    Loaded loaded = modules.computeIfAbsent(launch.module(), name -> load(name, call));
    loaded.ptx.check(launch);
    return loaded.functions.computeIfAbsent(
        launch.kernel(), name -> find(loaded.module, name, call));
  }

  private static Loaded load(String name, String call) {
    Ptx ptx = Ptx.read(name);
    CUmodule module = new CUmodule();
    // The driver expects C's zero at the end.
    byte[] image = (ptx.text() + "\0").getBytes(StandardCharsets.US_ASCII);
    CudaException.check(
        () -> JCudaDriver.cuModuleLoadData(module, image),
        "loading the kernels " + name + " for " + call);
    return new Loaded(ptx, module, new HashMap<>());
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
