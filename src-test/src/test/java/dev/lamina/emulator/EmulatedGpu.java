package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;

import java.nio.file.Path;
import java.util.List;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.function.Executable;

/**
 * A context on the emulated GPU with the test kernels loaded: what the emulator's own tests share.
 */
final class EmulatedGpu implements AutoCloseable {

  final CudaEmulator emulator;
  private final CUdevice device = new CUdevice();
  private final CUmodule sound = new CUmodule();
  private final CUmodule faulty = new CUmodule();

  EmulatedGpu() {
    emulator = CudaEmulator.orSkip();
    emulator.loadKernels("testkernels", testKernels(), KernelUnit.ofFolder(testKernels()));
    emulator.reset();
    JCudaDriver.setExceptionsEnabled(true);
    cuInit(0);
    cuDeviceGet(device, 0);
    CUcontext context = new CUcontext();
    cuDevicePrimaryCtxRetain(context, device);
    cuCtxSetCurrent(context);
    cuModuleLoadData(sound, ptx("sound"));
    cuModuleLoadData(faulty, ptx("faulty"));
  }

  static Path testKernels() {
    return CudaEmulator.build().orElseThrow().sources().resolve("testkernels");
  }

  /** The text of a module with a unit's kernels. */
  String ptx(String unit) {
    return emulator.declarations(unit);
  }

  CUfunction function(String name) {
    CUfunction f = new CUfunction();
    boolean found = emulator.declarations("sound").contains(" " + name + "(");
    cuModuleGetFunction(f, found ? sound : faulty, name);
    return f;
  }

  void launch(CUstream stream, String kernel, int blocks, int threads, Object... arguments) {
    launchShared(stream, kernel, blocks, threads, 0, arguments);
  }

  void launchShared(
      CUstream stream, String kernel, int blocks, int threads, int shared, Object... arguments) {
    cuLaunchKernel(
        function(kernel), blocks, 1, 1, threads, 1, 1, shared, stream, parameters(arguments), null);
  }

  static Pointer parameters(Object... arguments) {
    Pointer[] pointers = new Pointer[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      pointers[i] =
          switch (arguments[i]) {
            case Byte b -> Pointer.to(new byte[] {b});
            case Short s -> Pointer.to(new short[] {s});
            case Integer n -> Pointer.to(new int[] {n});
            case Long n -> Pointer.to(new long[] {n});
            case Float x -> Pointer.to(new float[] {x});
            case Double x -> Pointer.to(new double[] {x});
            case byte[] structure -> Pointer.to(structure);
            case CUdeviceptr p -> Pointer.to(p);
            default -> throw new IllegalArgumentException("argument " + arguments[i]);
          };
    }
    return Pointer.to(pointers);
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr p = new CUdeviceptr();
    cuMemAlloc(p, bytes);
    return p;
  }

  CUdeviceptr upload(float... values) {
    CUdeviceptr p = allocate(4L * values.length);
    cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length);
    return p;
  }

  CUdeviceptr upload(int... values) {
    CUdeviceptr p = allocate(4L * values.length);
    cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length);
    return p;
  }

  float[] floats(CUdeviceptr p, int n) {
    float[] values = new float[n];
    cuMemcpyDtoH(Pointer.to(values), p, 4L * n);
    return values;
  }

  int[] ints(CUdeviceptr p, int n) {
    int[] values = new int[n];
    cuMemcpyDtoH(Pointer.to(values), p, 4L * n);
    return values;
  }

  static CUstream stream() {
    CUstream stream = new CUstream();
    cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
    return stream;
  }

  void free(CUdeviceptr... pointers) {
    for (CUdeviceptr p : pointers) {
      cuMemFree(p);
    }
  }

  /** The message of the CUDA error that this throws, or "" if it throws none. */
  static String errorOf(Executable action) {
    try {
      action.execute();
      return "";
    } catch (CudaException e) {
      return e.getMessage();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The last finding, for tests that planted a mistake; clears it and the sticky error. */
  String takeFinding() {
    List<String> findings = emulator.findings();
    emulator.reset();
    return findings.isEmpty() ? "nothing" : findings.getLast();
  }

  @Override
  public void close() {
    emulator.reset();
    cuModuleUnload(sound);
    cuModuleUnload(faulty);
    cuDevicePrimaryCtxRelease(device);
    emulator.reset();
  }
}
