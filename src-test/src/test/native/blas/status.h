// Status codes and data types of cuBLAS and cuBLASLt (cublas_api.h, library_types.h).
#pragma once

namespace cublas {
enum Status : int {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  ARCH_MISMATCH = 8,
  MAPPING_ERROR = 11,
  EXECUTION_FAILED = 13,
  INTERNAL_ERROR = 14,
  NOT_SUPPORTED = 15
};

enum DataType : int { R_32F = 0, R_64F = 1, R_16BF = 14 };

enum ComputeType : int {
  COMPUTE_32F = 68,
  COMPUTE_32F_PEDANTIC = 69,
  COMPUTE_64F = 70,
  COMPUTE_64F_PEDANTIC = 71,
  COMPUTE_32F_FAST_16BF = 75,
  COMPUTE_32F_FAST_TF32 = 77
};

// CUBLAS_TF32_TENSOR_OP_MATH; the other modes compute as asked.
constexpr int MATH_TF32 = 3;
// CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION may be added to any mode.
constexpr int MATH_FLAGS = 16;

const char* status_name(int status);
const char* status_string(int status);
}  // namespace cublas
