// cuBLASLt's descriptors and the values of its enumerations (cublasLt.h, the same in 12 and 13).
#pragma once

#include <cstdint>
#include <map>

#include "matrix.h"

namespace cublas::lt {
enum DescriptorAttribute : int {
  POINTER_MODE = 2,
  TRANSPOSE_A = 3,
  TRANSPOSE_B = 4,
  TRANSPOSE_C = 5,
  EPILOGUE = 7,
  BIAS_POINTER = 8,
  AUX_POINTER = 11,
  AUX_STRIDE = 12,
  AUX_DATA_TYPE = 22,
  BIAS_DATA_TYPE = 26
};

enum LayoutAttribute : int {
  LAYOUT_TYPE = 0,
  LAYOUT_ORDER = 1,
  LAYOUT_ROWS = 2,
  LAYOUT_COLUMNS = 3,
  LAYOUT_STRIDE = 4,
  LAYOUT_BATCH = 5,
  LAYOUT_BATCH_STRIDE = 6
};

enum PreferenceAttribute : int { MAX_WORKSPACE = 1, MIN_ALIGNMENT_A = 5, MIN_ALIGNMENT_D = 8 };

constexpr int ORDER_COLUMN = 0;

// An epilogue's value is the sum of what it does.
enum EpilogueBit : int {
  DO_DEFAULT = 1,
  DO_RELU = 2,
  DO_BIAS = 4,
  DO_GRADIENT = 8,       // of ReLU (with AUX and DO_RELU's absence) or, as DGELU, of GELU
  DO_BIAS_GRADIENT = 16,
  DO_GELU = 32,
  DO_DGELU = 64,
  DO_AUX = 128,
  DO_BIAS_GRADIENT_A = 256,
  DO_BIAS_GRADIENT_B = 512
};

struct Epilogue {
  int value = DO_DEFAULT;
  bool known() const;
  bool relu() const { return value & DO_RELU; }
  bool gelu() const { return value & DO_GELU; }
  bool relu_gradient() const { return value & DO_GRADIENT; }
  bool gelu_gradient() const { return value & DO_DGELU; }
  bool adds_bias() const { return value & DO_BIAS; }
  bool aux() const { return (value & DO_AUX) || relu_gradient() || gelu_gradient(); }
  bool aux_is_mask() const { return relu() || relu_gradient(); }
  bool writes_aux() const { return aux() && !relu_gradient() && !gelu_gradient(); }
  bool bias_gradient() const { return value & DO_BIAS_GRADIENT; }
  bool bias_gradient_a() const { return value & DO_BIAS_GRADIENT_A; }
  bool bias_gradient_b() const { return value & DO_BIAS_GRADIENT_B; }
  bool uses_bias_pointer() const {
    return adds_bias() || bias_gradient() || bias_gradient_a() || bias_gradient_b();
  }
};

struct Descriptor {
  int computeType = COMPUTE_32F;
  int scaleType = R_32F;
  std::map<int, std::int64_t> attributes;
  std::int64_t get(int attribute, std::int64_t otherwise) const;
  Epilogue epilogue() const { return {static_cast<int>(get(EPILOGUE, DO_DEFAULT))}; }
};

struct Layout {
  int type = R_32F;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
  int order = ORDER_COLUMN;
  int batch = 1;
  std::int64_t batchStride = 0;
};

struct Preference {
  std::uint64_t maxWorkspace = 0;
  std::uint32_t alignment[4] = {256, 256, 256, 256};
};

// What fills the 64 opaque bytes of cublasLtMatmulAlgo_t.
struct Algorithm {
  std::uint64_t magic = 0;
  std::uint64_t problem = 0;  // a digest of what it was chosen for
  std::uint64_t workspace = 0;
  std::uint32_t alignment[4] = {0, 0, 0, 0};
  std::uint32_t index = 0;
  std::uint32_t unused[5] = {};
};
static_assert(sizeof(Algorithm) == 64, "cublasLtMatmulAlgo_t");

struct HeuristicResult {
  Algorithm algorithm;
  std::size_t workspace;
  int state;
  float waves;
  int reserved[4];
};
static_assert(sizeof(HeuristicResult) == 96, "cublasLtMatmulHeuristicResult_t");

// A whole multiplication: D = epilogue(alpha op(A) op(B) + beta C).
struct Problem {
  const Descriptor* descriptor;
  const Layout* a;
  const Layout* b;
  const Layout* c;
  const Layout* d;
};

// SUCCESS, INVALID_VALUE for what makes no sense, NOT_SUPPORTED for what no algorithm does.
int check(const Problem& problem);
std::uint64_t digest(const Problem& problem);

struct Call {
  Descriptor descriptor;
  Matrix a, b, c, d;
  double alpha = 1, beta = 0;
  std::uint64_t workspace = 0;
  std::size_t workspaceBytes = 0;
};
// Runs it; what is wrong with an operand, or "".
std::string multiply(const Call& call);
}  // namespace cublas::lt
