// C = alpha op(A) op(B) + beta C as an operation of a stream, for all of cuBLAS's GEMM entry
// points.
#pragma once

#include <cstdint>

#include "matrix.h"

namespace cublas {
struct Handle {
  void* stream = nullptr;
  int mathMode = 0;
  int pointerMode = 0;
  int atomicsMode = 0;
  std::uint64_t workspace = 0;
  std::size_t workspaceBytes = 0;
  std::size_t heldBytes = 0;  // its own workspace, there even when the user gives one
};

struct Gemm {
  const char* function = "";
  int transposeA = 0;
  int transposeB = 0;
  long long m = 0, n = 0, k = 0;
  double alpha = 1, beta = 0;
  Matrix a, b, c;
  long long batchStrideA = 0, batchStrideB = 0, batchStrideC = 0;
  int batch = 1;
  int computeType = COMPUTE_32F;
};

// Fills in shapes, checks as the library documents, enqueues. Answers a status.
int gemm(Handle* handle, Gemm gemm);
}  // namespace cublas
