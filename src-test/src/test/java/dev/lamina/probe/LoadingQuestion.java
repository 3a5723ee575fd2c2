package dev.lamina.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jcuda.CudaException;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** How long it takes to load the kernels as machine code, and as PTX. */
final class LoadingQuestion implements Question {
  private static final String ANY = "sm_90";

  @Override
  public String name() {
    return "loading";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    Map<String, byte[]> cubins = KernelImages.cubins(gpu.architecture());
    // The names of modules are the same for every architecture.
    Set<String> modules = cubins.isEmpty() ? KernelImages.cubins(ANY).keySet() : cubins.keySet();
    List<Answer> answers = new ArrayList<>();
    answers.add(load("machine code for " + gpu.architecture(), List.copyOf(cubins.values())));
    answers.add(
        load(
            "PTX, which the driver may have in its cache",
            modules.stream().map(KernelImages::ptx).toList()));
    return answers;
  }

  private static Answer load(String what, List<byte[]> images) {
    List<CUmodule> loaded = new ArrayList<>();
    String refused = "";
    long begin = System.nanoTime();
    for (byte[] image : images) {
      CUmodule module = new CUmodule();
      try {
        JCudaDriver.cuModuleLoadData(module, image);
        loaded.add(module);
      } catch (CudaException e) {
        refused = e.getMessage();
      }
    }
    double milliseconds = (System.nanoTime() - begin) * 1e-6;
    loaded.forEach(JCudaDriver::cuModuleUnload);
    return Answer.of(
            "%s: %d of %d files in %.1f ms%s",
            what,
            loaded.size(),
            images.size(),
            milliseconds,
            refused.isEmpty() ? "" : ", refused with " + refused)
        .with("what", what)
        .with("files", images.size())
        .with("loaded", loaded.size())
        .with("milliseconds", milliseconds)
        .with("refused", refused);
  }
}
