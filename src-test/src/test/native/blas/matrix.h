// Column-major matrices in device memory, and their product.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "status.h"

namespace cublas {
struct Matrix {
  std::uint64_t data = 0;
  int type = R_32F;
  long long rows = 0;
  long long columns = 0;
  long long stride = 0;  // the leading dimension

  std::uint64_t at(long long row, long long column) const;
};

std::size_t size_of(int type);
bool known_type(int type);
double load(int type, std::uint64_t address);
// Rounds to nearest even.
void store(int type, std::uint64_t address, double value);

// Notes an access to every column; what is wrong with it, or "".
std::string touch(const Matrix& matrix, const char* name, bool write);

// How a product rounds its operands before it multiplies them.
enum class Precision { FULL, TF32, BF16 };
Precision precision_of(int computeType);
bool is_double(int computeType);

// op(A) op(B), m x n, column by column; fp64 where the operands are, else fp32 products summed in
// blocks in fp32 and over the blocks in fp64.
std::vector<double> product(
    const Matrix& a, bool transposeA, const Matrix& b, bool transposeB, Precision precision);
}  // namespace cublas
