package dev.lamina.probe;

import dev.lamina.cuda.lt.CublasException;
import dev.lamina.cuda.lt.CudaDataType;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.Matmul;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.cuda.lt.MatmulDesc;
import dev.lamina.cuda.lt.MatmulPreference;
import dev.lamina.cuda.lt.MatrixLayout;
import dev.lamina.cuda.lt.ReductionScheme;
import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import dev.lamina.type.BFloat16;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * D = epilogue(op(A) op(B)), column-major, with a bias and an auxiliary matrix or mask; all zeros
 * at first.
 */
final class ProbeProduct implements AutoCloseable {
  private static final int MASK_STRIDE = 128;

  private final ProbeGpu gpu;
  private final ProbeType type;
  private final int m;
  private final int n;
  private final int k;
  private final MatmulDesc desc;
  private final Matmul matmul;
  private final List<MatrixLayout> layouts;
  final NativeDevicePointer a;
  final NativeDevicePointer b;
  final NativeDevicePointer d;

  /** Of one element for each row of D, or, for BGRADB, for each column. */
  final NativeDevicePointer bias;

  /** A mask, [n, maskStride / 8] bytes, or a matrix like D. */
  final NativeDevicePointer auxiliary;

  ProbeProduct(
      ProbeGpu gpu,
      ProbeType type,
      Epilogue epilogue,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k) {
    this.gpu = gpu;
    this.type = type;
    this.m = m;
    this.n = n;
    this.k = k;
    a = gpu.allocate((long) m * k * type.operands().bytes());
    b = gpu.allocate((long) k * n * type.operands().bytes());
    d = gpu.allocate((long) m * n * type.result().bytes());
    bias = gpu.allocate((long) Math.max(m, n) * Float.BYTES);
    auxiliary = gpu.allocate((long) maskStride() * n * Float.BYTES);
    desc = gpu.lt().matmulDesc(type.compute(), CudaDataType.R_32F);
    desc.transpose(transposeA, transposeB).epilogue(epilogue);
    if (usesBias(epilogue)) {
      desc.biasPointer(bias.address());
    }
    if (usesAuxiliary(epilogue)) {
      desc.auxiliary(auxiliary.address(), isMask(epilogue) ? maskStride() : m);
    }
    layouts =
        List.of(
            transposeA ? layout(type.operands(), k, m) : layout(type.operands(), m, k),
            transposeB ? layout(type.operands(), n, k) : layout(type.operands(), k, n),
            layout(type.result(), m, n));
    matmul = new Matmul(desc, layouts.get(0), layouts.get(1), layouts.get(2), layouts.get(2));
  }

  private MatrixLayout layout(CudaDataType elements, long rows, long columns) {
    return gpu.lt().matrixLayout(elements, rows, columns, rows);
  }

  private static boolean usesBias(Epilogue epilogue) {
    String name = epilogue.name();
    return name.contains("BIAS") || name.contains("BGRAD");
  }

  private static boolean usesAuxiliary(Epilogue epilogue) {
    String name = epilogue.name();
    return name.contains("AUX") || name.startsWith("D") && epilogue != Epilogue.DEFAULT;
  }

  private static boolean isMask(Epilogue epilogue) {
    return epilogue.name().contains("RELU");
  }

  /** Bits of a mask from one column to the next. */
  int maskStride() {
    return (m + MASK_STRIDE - 1) / MASK_STRIDE * MASK_STRIDE;
  }

  /**
   * The algorithms that sum in a fixed order; none if the product is not supported.
   *
   * @throws CublasException if cuBLASLt refuses even to look
   */
  List<MatmulAlgorithm> algorithms(int wanted) {
    try (MatmulPreference preference = gpu.lt().matmulPreference()) {
      preference
          .maxWorkspaceBytes(gpu.workspace().bytes())
          .reductionSchemes(ReductionScheme.COMPUTE_TYPE);
      return gpu.lt().heuristic(gpu.handle(), matmul, preference, wanted);
    }
  }

  void enqueue(NativeStream stream, MatmulAlgorithm algorithm) {
    gpu.lt()
        .matmul(
            gpu.handle(),
            matmul,
            1,
            a.address(),
            b.address(),
            0,
            d.address(),
            d.address(),
            algorithm,
            gpu.workspace(),
            stream.address());
  }

  /** Runs it once, to its end. */
  void run(MatmulAlgorithm algorithm) {
    enqueue(gpu.stream(), algorithm);
    ProbeGpu.synchronize();
  }

  ProbeType type() {
    return type;
  }

  double flops() {
    return 2.0 * m * n * k;
  }

  /** Writes elements of a type. */
  static void write(
      NativeDevicePointer to, CudaDataType type, int count, IntToDoubleFunction values) {
    if (type == CudaDataType.R_16BF) {
      short[] bits = new short[count];
      for (int i = 0; i < count; i++) {
        bits[i] = BFloat16.of((float) values.applyAsDouble(i));
      }
      JCudaDriver.cuMemcpyHtoD(to, Pointer.to(bits), (long) count * Short.BYTES);
    } else {
      float[] floats = new float[count];
      for (int i = 0; i < count; i++) {
        floats[i] = (float) values.applyAsDouble(i);
      }
      JCudaDriver.cuMemcpyHtoD(to, Pointer.to(floats), (long) count * Float.BYTES);
    }
  }

  /** Reads elements of a type. */
  static float[] read(NativeDevicePointer from, CudaDataType type, int count) {
    if (type == CudaDataType.R_16BF) {
      short[] bits = new short[count];
      JCudaDriver.cuMemcpyDtoH(Pointer.to(bits), from, (long) count * Short.BYTES);
      return BFloat16.toFloats(bits);
    }
    float[] floats = new float[count];
    JCudaDriver.cuMemcpyDtoH(Pointer.to(floats), from, (long) count * Float.BYTES);
    return floats;
  }

  @Override
  public void close() {
    desc.close();
    layouts.forEach(MatrixLayout::close);
  }
}
