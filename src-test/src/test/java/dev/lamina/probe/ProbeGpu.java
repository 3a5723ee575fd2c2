package dev.lamina.probe;

import dev.lamina.LaminaException;
import dev.lamina.cuda.lt.CublasLt;
import dev.lamina.cuda.lt.LtHandle;
import dev.lamina.cuda.lt.Workspace;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import java.util.ArrayList;
import java.util.List;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;

/**
 * The first GPU with a stream, a workspace, cuBLASLt and one kernel, which fills memory; all that
 * is made here goes with it.
 */
final class ProbeGpu implements AutoCloseable {
  private static final String MODULE = "memory";
  private static final String KERNEL = "fill_4";
  private static final int THREADS = 256;
  private static final long WORKSPACE = 32L << 20;

  private final boolean small;
  private final CUdevice device = new CUdevice();
  private final CUmodule module = new CUmodule();
  private final CUfunction fill = new CUfunction();
  private final List<NativeStream> streams = new ArrayList<>();
  private final List<NativeDevicePointer> memory = new ArrayList<>();
  private final CublasLt lt;
  private final LtHandle handle;
  private final NativeDevicePointer workspace;

  /**
   * Opens it.
   *
   * @param small whether an emulator must master what is asked
   * @throws LaminaException if there is none
   */
  ProbeGpu(boolean small) {
    this.small = small;
    CudaLibraries.Loaded libraries =
        switch (CudaLibraries.load(Environment.system())) {
          case CudaLibraries.Loaded loaded -> loaded;
          case CudaLibraries.Unavailable none ->
              throw new LaminaException(none.reason() + ". " + none.remedy());
        };
    JCudaDriver.setExceptionsEnabled(true);
    JCublas2.setExceptionsEnabled(true);
    JCudaDriver.cuDeviceGet(device, 0);
    CUcontext context = new CUcontext();
    JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    JCudaDriver.cuCtxSetCurrent(context);
    loadKernel();
    JCudaDriver.cuModuleGetFunction(fill, module, KERNEL);
    stream(0);
    lt = CublasLt.bind(libraries.cublasLt());
    handle = lt.handle();
    workspace = allocate(WORKSPACE);
  }

  private void loadKernel() {
    byte[] cubin = KernelImages.cubins(architecture()).get(MODULE);
    try {
      JCudaDriver.cuModuleLoadData(module, cubin == null ? KernelImages.ptx(MODULE) : cubin);
    } catch (CudaException e) {
      // A driver that is older than the machine code.
      JCudaDriver.cuModuleLoadData(module, KernelImages.ptx(MODULE));
    }
  }

  /** That of the machine code for it, if there is some: {@code sm_90}. */
  String architecture() {
    return "sm_" + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) + "0";
  }

  private int attribute(int attribute) {
    int[] value = new int[1];
    JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    return value[0];
  }

  /** The one number or the other, by whether an emulator must master it. */
  int size(int real, int emulated) {
    return small ? emulated : real;
  }

  CublasLt lt() {
    return lt;
  }

  long handle() {
    return handle.handle();
  }

  Workspace workspace() {
    return new Workspace(workspace.address(), WORKSPACE);
  }

  NativeStream stream() {
    return streams.getFirst();
  }

  /** A further stream; a lower number goes first. */
  NativeStream stream(int priority) {
    NativeStream stream = new NativeStream();
    JCudaDriver.cuStreamCreateWithPriority(stream, CUstream_flags.CU_STREAM_NON_BLOCKING, priority);
    streams.add(stream);
    return stream;
  }

  /** So many streams, the first one first. */
  List<NativeStream> streams(int count) {
    while (streams.size() < count) {
      stream(0);
    }
    return List.copyOf(streams.subList(0, count));
  }

  /** Memory full of zeros. */
  NativeDevicePointer allocate(long bytes) {
    NativeDevicePointer pointer = new NativeDevicePointer();
    JCudaDriver.cuMemAlloc(pointer, bytes);
    memory.add(pointer);
    JCudaDriver.cuMemsetD8(pointer, (byte) 0, bytes);
    synchronize(); // that was on the default stream, for which others do not wait
    return pointer;
  }

  /** Puts a kernel on a stream that fills so many words with so many blocks. */
  void fill(NativeStream stream, NativeDevicePointer to, long words, int blocks) {
    Pointer arguments =
        Pointer.to(
            Pointer.to(new long[] {to.address()}),
            Pointer.to(new long[] {words}),
            Pointer.to(new long[] {1}));
    JCudaDriver.cuLaunchKernel(fill, blocks, 1, 1, THREADS, 1, 1, 0, stream, arguments, null);
  }

  /** How many blocks of the kernel run at once. */
  int residentBlocks() {
    int[] each = new int[1];
    JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(each, fill, THREADS, 0);
    return each[0] * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  }

  static long freeBytes() {
    long[] free = new long[1];
    JCudaDriver.cuMemGetInfo(free, new long[1]);
    return free[0];
  }

  static void synchronize() {
    JCudaDriver.cuCtxSynchronize();
  }

  @Override
  public void close() {
    handle.close();
    memory.forEach(JCudaDriver::cuMemFree);
    streams.forEach(JCudaDriver::cuStreamDestroy);
    JCudaDriver.cuModuleUnload(module);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
  }
}
