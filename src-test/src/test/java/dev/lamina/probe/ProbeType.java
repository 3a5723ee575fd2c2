package dev.lamina.probe;

import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.cuda.lt.CudaDataType;

/** The types that training multiplies in. */
enum ProbeType {
  FP32(CudaDataType.R_32F, CudaDataType.R_32F, ComputeType.COMPUTE_32F),
  TF32(CudaDataType.R_32F, CudaDataType.R_32F, ComputeType.COMPUTE_32F_FAST_TF32),
  BF16(CudaDataType.R_16BF, CudaDataType.R_16BF, ComputeType.COMPUTE_32F),
  BF16_TO_FP32(CudaDataType.R_16BF, CudaDataType.R_32F, ComputeType.COMPUTE_32F);

  private final CudaDataType operands;
  private final CudaDataType result;
  private final ComputeType compute;

  ProbeType(CudaDataType operands, CudaDataType result, ComputeType compute) {
    this.operands = operands;
    this.result = result;
    this.compute = compute;
  }

  CudaDataType operands() {
    return operands;
  }

  CudaDataType result() {
    return result;
  }

  ComputeType compute() {
    return compute;
  }
}
