package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Precision;
import dev.lamina.backend.Uploads;
import dev.lamina.cuda.formula.FormulaCompiler;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NvrtcLibrary;
import dev.lamina.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import jcuda.driver.CUcontext;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * A GPU: its primary context, streams, kernels and memory. All work starts and ends on the first
 * lane's stream, so what comes later on that stream sees all that came before.
 *
 * <p>Threads take turns at the streams, the handles of libraries and the buffers between host and
 * device: {@link #turn}.
 */
final class CudaBackend implements Backend {
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Gpu gpu;
  private final CudaOptions options;
  private final CUcontext context = new CUcontext();
  private final Lanes lanes;
  private final Set<CudaMemory> memories = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<CudaExecutable> executables =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<CudaUploads> uploads = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Kernels kernels;
  private final Products products;
  private final boolean ignored;
  private Staging staging;
  private volatile boolean closed;

  CudaBackend(CudaLibraries.Loaded libraries, Gpu gpu, CudaOptions options) {
    this.gpu = gpu;
    this.options = gpu.hasTf32() ? options : options.withPrecision(Precision.FP32);
    ignored = !options.equals(this.options);
    CudaException.check(
        () -> JCudaDriver.cuDevicePrimaryCtxRetain(context, gpu.handle()), "opening " + gpu.id());
    Optional<NvrtcLibrary> nvrtc = libraries.nvrtc().filter(_ -> options.nvrtc());
    kernels = new Kernels(gpu, new FormulaCompiler(nvrtc, Environment.system()));
    lanes = new Lanes(gpu, this.options);
    try {
      enter();
      lanes.get(0);
      products = new Products(this, libraries);
    } catch (RuntimeException e) {
      lanes.close();
      CudaException.status(() -> JCudaDriver.cuDevicePrimaryCtxRelease(gpu.handle()));
      throw e;
    }
  }

  /** Makes the GPU current for the calling thread; every use of it begins so. */
  CudaBackend enter() {
    if (closed) {
      throw new IllegalStateException(gpu.id() + " was used after it was closed");
    }
    CudaException.check(() -> JCudaDriver.cuCtxSetCurrent(context), "using " + gpu.id());
    return this;
  }

  /** Does something that no other thread may do on this GPU meanwhile; the others wait. */
  <T> T alone(Supplier<T> work) {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  /** The same without a result. */
  void alone(Runnable work) {
    turn.lock();
    try {
      work.run();
    } finally {
      turn.unlock();
    }
  }

  Gpu gpu() {
    return gpu;
  }

  CudaOptions options() {
    return options;
  }

  Kernels kernels() {
    return kernels;
  }

  Products products() {
    return products;
  }

  /** The first so many lanes, made when first asked for. */
  List<Lane> lanes(int count) {
    return IntStream.range(0, count).mapToObj(lanes::get).toList();
  }

  /** The lane of this number, made when first asked for. */
  Lane lane(int number) {
    return lanes.get(number);
  }

  Staging staging() {
    if (staging == null) {
      staging = new Staging(lanes.get(0));
    }
    return staging;
  }

  @Override
  public Device device() {
    return new Device(
        gpu.id(),
        gpu.name(),
        gpu.memoryBytes(),
        ignored
            ? List.of(
                gpu.id()
                    + " has neither TF32 nor BF16 tensor cores, which begin with compute capability"
                    + " 8.0; it computes in FP32")
            : List.of());
  }

  @Override
  public Precision precision() {
    return options.precision();
  }

  @Override
  public long freeBytes() {
    return alone(this::askFreeBytes);
  }

  private long askFreeBytes() {
    enter();
    long[] free = new long[1];
    long[] total = new long[1];
    CudaException.check(() -> JCudaDriver.cuMemGetInfo(free, total), "asking for free memory");
    return Math.max(0, free[0] - lanes.missingBytes());
  }

  @Override
  public Memory allocate(String label, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(label + ": " + bytes + " bytes");
    }
    return alone(() -> allocated(label, bytes));
  }

  private CudaMemory allocated(String label, long bytes) {
    enter();
    NativeDevicePointer pointer = new NativeDevicePointer();
    int status = CudaException.status(() -> JCudaDriver.cuMemAlloc(pointer, bytes));
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw outOfMemory(label, bytes);
    }
    CudaException.check(status, "allocating " + bytes + " bytes for " + label);
    CudaMemory memory = new CudaMemory(this, label, bytes, pointer);
    memories.add(memory);
    return memory;
  }

  private LaminaException outOfMemory(String label, long bytes) {
    long[] free = new long[1];
    long[] total = new long[1];
    int status = CudaException.status(() -> JCudaDriver.cuMemGetInfo(free, total));
    long held = memories.stream().mapToLong(CudaMemory::byteSize).sum();
    return new LaminaException(
        String.format(
            Locale.ROOT,
            "%s: %s needs %,d bytes, but %s. This program holds %,d bytes in %d allocations. Use a"
                + " smaller batch or model, or end other programs on this GPU",
            gpu.id(),
            label,
            bytes,
            status == CUresult.CUDA_SUCCESS
                ? String.format(Locale.ROOT, "%,d of %,d are free", free[0], total[0])
                : "there is not enough memory",
            held,
            memories.size()));
  }

  // Frees even if the device answers with an error, which is then told.
  void free(CudaMemory memory) {
    if (memories.remove(memory)) {
      int ended = finish();
      int freed = CudaException.status(() -> JCudaDriver.cuMemFree(memory.pointer()));
      String action = "freeing the memory of " + memory.label();
      CudaException.check(ended, action);
      CudaException.check(freed, action);
    }
  }

  /** Waits for everything that was started and returns the driver's answer. */
  int finish() {
    int status = CudaException.status(() -> JCudaDriver.cuCtxSetCurrent(context));
    return status == CUresult.CUDA_SUCCESS ? lanes.get(0).finish() : status;
  }

  @Override
  public boolean fuses(Op op) {
    return FusedOps.contains(op);
  }

  @Override
  public KernelMemory kernelMemory(List<Call> calls) {
    return KernelRoom.of(products, kernels.compiles(), calls);
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return alone(() -> {
      enter();
      CudaExecutable executable = CudaExecutable.compile(this, label, calls);
      executables.add(executable);
      return executable;
    });
  }

  void forget(CudaExecutable executable) {
    executables.remove(executable);
  }

  @Override
  public Uploads uploads(String label, int slots, long bytes) {
    return alone(() -> {
      enter();
      CudaUploads made = new CudaUploads(this, label, slots, bytes);
      uploads.add(made);
      return made;
    });
  }

  void forget(CudaUploads ended) {
    uploads.remove(ended);
  }

  @Override
  public void synchronize() {
    alone(() -> enter().lanes.get(0).synchronize("waiting for " + gpu.id()));
  }

  @Override
  public void close() {
    alone(this::closeAll);
  }

  private void closeAll() {
    if (closed) {
      return;
    }
    CudaException.status(() -> JCudaDriver.cuCtxSetCurrent(context));
    // A lost device answers every call with an error: what can be freed is freed, the first error
    // is told.
    RuntimeException first = null;
    List<AutoCloseable> holdings = new ArrayList<>(executables);
    holdings.addAll(uploads);
    holdings.addAll(memories);
    if (staging != null) {
      holdings.add(staging);
    }
    holdings.add(products);
    holdings.add(lanes);
    holdings.add(kernels);
    for (AutoCloseable holding : holdings) {
      try {
        holding.close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    closed = true;
    int status = CudaException.status(() -> JCudaDriver.cuDevicePrimaryCtxRelease(gpu.handle()));
    if (first != null) {
      throw first;
    }
    CudaException.check(status, "closing " + gpu.id());
  }
}
