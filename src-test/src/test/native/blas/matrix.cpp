#include "matrix.h"

#include <algorithm>
#include <cstring>

#include "library.h"

namespace cublas {
namespace {
float as_float(std::uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}

std::uint32_t as_bits(float f) {
  std::uint32_t bits;
  std::memcpy(&bits, &f, sizeof f);
  return bits;
}

// Keeps all but the lowest `dropped` bits of the fraction, to nearest even.
float rounded(float f, int dropped) {
  std::uint32_t bits = as_bits(f);
  if ((bits & 0x7F800000u) == 0x7F800000u) {
    return f;
  }
  std::uint32_t half = 1u << (dropped - 1);
  bits += half - 1 + (bits >> dropped & 1);
  return as_float(bits & ~((1u << dropped) - 1));
}

float prepared(float f, Precision precision) {
  constexpr int TF32_DROPS = 13;
  constexpr int BF16_DROPS = 16;
  return precision == Precision::FULL   ? f
         : precision == Precision::TF32 ? rounded(f, TF32_DROPS)
                                        : rounded(f, BF16_DROPS);
}

// Element (i, j) of op(X) at out[j * rows + i], or transposed so.
template <class T>
std::vector<T> packed(const Matrix& x, bool swap, Precision precision) {
  std::vector<T> out(static_cast<std::size_t>(x.rows * x.columns));
  for (long long j = 0; j < x.columns; j++) {
    for (long long i = 0; i < x.rows; i++) {
      double value = load(x.type, x.at(i, j));
      T element = static_cast<T>(value);
      if constexpr (sizeof(T) == sizeof(float)) {
        element = prepared(element, precision);
      }
      out[static_cast<std::size_t>(swap ? i * x.columns + j : j * x.rows + i)] = element;
    }
  }
  return out;
}

constexpr long long BLOCK = 64;  // of the inner dimension
constexpr long long WIDE = 4;    // columns of the result at once

// c[w * m + i] += sum over p of a[p * m + i] * b[w * stride + p]
template <class T>
__attribute__((target_clones("arch=haswell", "default"))) void panel(
    const T* a, const T* b, long long stride, T* c, long long m, long long block) {
  for (long long p = 0; p < block; p++) {
    const T* x = a + p * m;
    T b0 = b[p];
    T b1 = b[stride + p];
    T b2 = b[2 * stride + p];
    T b3 = b[3 * stride + p];
    for (long long i = 0; i < m; i++) {
      c[i] += x[i] * b0;
      c[m + i] += x[i] * b1;
      c[2 * m + i] += x[i] * b2;
      c[3 * m + i] += x[i] * b3;
    }
  }
}

// a is m x k and b is k x n, both column by column.
template <class T>
std::vector<double> multiply(
    const std::vector<T>& a, std::vector<T> b, long long m, long long n, long long k) {
  std::vector<double> out(static_cast<std::size_t>(m * n));
  b.resize(static_cast<std::size_t>((n + WIDE) * k));  // the last columns may be padding
  std::vector<T> part(static_cast<std::size_t>(WIDE * m));
  for (long long p = 0; p < k; p += BLOCK) {
    for (long long j = 0; j < n; j += WIDE) {
      std::fill(part.begin(), part.end(), T{0});
      panel(a.data() + p * m, b.data() + j * k + p, k, part.data(), m, std::min(BLOCK, k - p));
      long long count = std::min(WIDE, n - j) * m;
      for (long long i = 0; i < count; i++) {
        out[static_cast<std::size_t>(j * m + i)] += part[static_cast<std::size_t>(i)];
      }
    }
  }
  return out;
}
}  // namespace

std::uint64_t Matrix::at(long long row, long long column) const {
  return data + static_cast<std::uint64_t>(column * stride + row) * size_of(type);
}

std::size_t size_of(int type) { return type == R_64F ? 8 : type == R_16BF ? 2 : 4; }

bool known_type(int type) { return type == R_32F || type == R_64F || type == R_16BF; }

double load(int type, std::uint64_t address) {
  const void* p = reinterpret_cast<const void*>(address);
  if (type == R_64F) {
    return *static_cast<const double*>(p);
  }
  if (type == R_32F) {
    return *static_cast<const float*>(p);
  }
  return as_float(static_cast<std::uint32_t>(*static_cast<const std::uint16_t*>(p)) << 16);
}

void store(int type, std::uint64_t address, double value) {
  void* p = reinterpret_cast<void*>(address);
  if (type == R_64F) {
    *static_cast<double*>(p) = value;
  } else if (type == R_32F) {
    *static_cast<float*>(p) = static_cast<float>(value);
  } else {
    float f = static_cast<float>(value);
    *static_cast<std::uint16_t*>(p) =
        f != f ? 0x7FFF : static_cast<std::uint16_t>(as_bits(rounded(f, 16)) >> 16);
  }
}

std::string touch(const Matrix& x, const char* name, bool write) {
  std::size_t bytes = static_cast<std::size_t>(x.rows) * size_of(x.type);
  for (long long j = 0; j < x.columns && bytes != 0; j++) {
    std::string problem = cuemu::library::touch(x.at(0, j), bytes, write);
    if (!problem.empty()) {
      return "operand " + std::string(name) + ", column " + std::to_string(j) + ": " + problem;
    }
  }
  return "";
}

Precision precision_of(int computeType) {
  return computeType == COMPUTE_32F_FAST_TF32   ? Precision::TF32
         : computeType == COMPUTE_32F_FAST_16BF ? Precision::BF16
                                                : Precision::FULL;
}

bool is_double(int computeType) {
  return computeType == COMPUTE_64F || computeType == COMPUTE_64F_PEDANTIC;
}

std::vector<double> product(
    const Matrix& a, bool transposeA, const Matrix& b, bool transposeB, Precision precision) {
  long long m = transposeA ? a.columns : a.rows;
  long long k = transposeA ? a.rows : a.columns;
  long long n = transposeB ? b.rows : b.columns;
  if (a.type == R_64F) {
    return multiply(
        packed<double>(a, transposeA, precision), packed<double>(b, transposeB, precision), m, n,
        k);
  }
  return multiply(
      packed<float>(a, transposeA, precision), packed<float>(b, transposeB, precision), m, n, k);
}
}  // namespace cublas
