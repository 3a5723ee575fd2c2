package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import dev.lamina.cuda.formula.ByteCode;
import dev.lamina.formula.Formula;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

/** Runs a formula by the interpreter's kernel on the emulator. */
final class InterpretedRun {
  private static final int THREADS = 256;

  private InterpretedRun() {}

  /** Runs it over [m, n], its operands lying at these places. */
  static void run(EmulatedGpu gpu, Formula formula, List<CUdeviceptr> places, long m, long n) {
    String suffix = formula.computeType() == DType.FP64 ? "_f64" : "_f32";
    CUmodule module = new CUmodule();
    cuModuleLoadData(module, gpu.ptx("interpreter" + suffix));
    CUfunction function = new CUfunction();
    cuModuleGetFunction(function, module, "interpret" + suffix);
    ByteCode code = ByteCode.of(formula);
    byte[] bytes = code.bytes();
    CUdeviceptr program = gpu.allocate(bytes.length);
    cuMemcpyHtoD(program, Pointer.to(bytes), bytes.length);
    List<Object> arguments = new ArrayList<>();
    arguments.add(program);
    arguments.add(program.withByteOffset(code.constantsAt()));
    arguments.addAll(List.of(code.common(), code.own(), code.skip()));
    for (int i = 0; i < ByteCode.PLACES; i++) {
      arguments.add(i < places.size() ? places.get(i) : new CUdeviceptr());
    }
    arguments.addAll(List.of(m, n));
    Pointer parameters = EmulatedGpu.parameters(arguments.toArray());
    cuLaunchKernel(function, 2, 1, 1, THREADS, 1, 1, 0, null, parameters, null);
    cuCtxSynchronize();
    gpu.free(program);
    cuModuleUnload(module);
  }
}
