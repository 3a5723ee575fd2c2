// D = epilogue(alpha op(A) op(B) + beta C) on the host.
#include <cmath>
#include <cstring>

#include "library.h"
#include "types.h"

namespace cublas::lt {
namespace {
using cuemu::library::touch;

// The tanh form, which is what the library computes.
constexpr double ROOT = 0.7978845608028654;  // sqrt(2 / pi)
constexpr double CUBE = 0.044715;

double tanh_of_gelu(double x, bool coarse) {
  // Of tanh: as a kernel does it, since std::tanh would take longer than one.
  double t = 1 - 2 / (std::exp(2 * ROOT * (x + CUBE * x * x * x)) + 1);
  return coarse ? std::round(t * 0x1p11) * 0x1p-11 : t;
}

double gelu(double x, bool coarse) { return 0.5 * x * (1 + tanh_of_gelu(x, coarse)); }

double gelu_derivative(double x, bool coarse) {
  double t = tanh_of_gelu(x, coarse);
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 3 * CUBE * x * x);
}

// The auxiliary matrix: one bit or one element of D's type for each element of D.
class Auxiliary {
 public:
  Auxiliary(const Descriptor& d, const Matrix& like)
      : mask(d.epilogue().aux_is_mask()),
        address(static_cast<std::uint64_t>(d.get(AUX_POINTER, 0))),
        stride(d.get(AUX_STRIDE, 0)),
        values{address, like.type, like.rows, like.columns, stride} {}

  std::string touch_all(bool write) const {
    if (!mask) {
      return cublas::touch(values, "aux", write);
    }
    std::size_t bytes = static_cast<std::size_t>(values.rows + 7) / 8;
    for (long long j = 0; j < values.columns; j++) {
      std::uint64_t column = address + static_cast<std::uint64_t>(j * stride / 8);
      std::string problem = touch(column, bytes, write);
      if (!problem.empty()) {
        return "aux mask, column " + std::to_string(j) + ": " + problem;
      }
    }
    return "";
  }

  bool bit(long long i, long long j) const { return *byte(i, j) >> (i % 8) & 1; }

  void set_bit(long long i, long long j, bool value) const {
    unsigned char one = static_cast<unsigned char>(1u << (i % 8));
    unsigned char* b = byte(i, j);
    *b = static_cast<unsigned char>(value ? *b | one : *b & ~one);
  }

  double value(long long i, long long j) const { return load(values.type, values.at(i, j)); }

  void set_value(long long i, long long j, double x) const {
    store(values.type, values.at(i, j), x);
  }

 private:
  unsigned char* byte(long long i, long long j) const {
    return reinterpret_cast<unsigned char*>(
        address + static_cast<std::uint64_t>((j * stride + i) / 8));
  }

  bool mask;
  std::uint64_t address;
  long long stride;
  Matrix values;
};

// Sums op(A)'s rows, or op(B)'s columns, over the inner dimension.
std::vector<double> inner_sums(const Matrix& x, bool along_columns) {
  std::vector<double> sums(static_cast<std::size_t>(along_columns ? x.rows : x.columns));
  for (long long j = 0; j < x.columns; j++) {
    for (long long i = 0; i < x.rows; i++) {
      sums[static_cast<std::size_t>(along_columns ? i : j)] += load(x.type, x.at(i, j));
    }
  }
  return sums;
}

std::string store_vector(std::uint64_t address, int type, const std::vector<double>& values) {
  std::string problem = touch(address, values.size() * size_of(type), true);
  if (!problem.empty()) {
    return "bias gradient: " + problem;
  }
  for (std::size_t i = 0; i < values.size(); i++) {
    store(type, address + i * size_of(type), values[i]);
  }
  return "";
}

// Notes all that is read and written, in the library's order.
std::string touch_operands(const Call& c, const Epilogue& e, const Auxiliary& aux) {
  std::string problem = touch(c.workspace, c.workspaceBytes, true);
  if (!problem.empty()) {
    return "workspace: " + problem;
  }
  if (c.workspaceBytes != 0) {
    std::memset(reinterpret_cast<void*>(c.workspace), 0xFF, c.workspaceBytes);
  }
  problem = cublas::touch(c.a, "A", false);
  if (problem.empty()) {
    problem = cublas::touch(c.b, "B", false);
  }
  if (problem.empty() && c.beta != 0) {
    problem = cublas::touch(c.c, "C", false);
  }
  if (problem.empty() && e.adds_bias()) {
    std::uint64_t bias = static_cast<std::uint64_t>(c.descriptor.get(BIAS_POINTER, 0));
    std::size_t bytes = static_cast<std::size_t>(c.d.rows) * size_of(c.d.type);
    problem = touch(bias, bytes, false);
    problem = problem.empty() ? "" : "bias: " + problem;
  }
  if (problem.empty() && e.aux()) {
    problem = aux.touch_all(e.writes_aux());
  }
  return problem.empty() ? cublas::touch(c.d, "D", true) : problem;
}
}  // namespace

std::string multiply(const Call& c) {
  Epilogue e = c.descriptor.epilogue();
  Auxiliary aux(c.descriptor, c.d);
  std::string problem = touch_operands(c, e, aux);
  if (!problem.empty()) {
    return problem;
  }
  bool ta = c.descriptor.get(TRANSPOSE_A, 0) != 0;
  bool tb = c.descriptor.get(TRANSPOSE_B, 0) != 0;
  std::vector<double> sum = product(c.a, ta, c.b, tb, precision_of(c.descriptor.computeType));
  std::uint64_t bias = static_cast<std::uint64_t>(c.descriptor.get(BIAS_POINTER, 0));
  int type = c.d.type;
  bool keepsNan = cuemu::library::relu_keeps_nan();
  bool coarse = cuemu::library::gelu_is_coarse();
  bool maskAtZero = cuemu::library::relu_mask_at_zero();
  std::vector<double> biasGradient(static_cast<std::size_t>(c.d.rows));
  for (long long j = 0; j < c.d.columns; j++) {
    for (long long i = 0; i < c.d.rows; i++) {
      double x = c.alpha * sum[static_cast<std::size_t>(j * c.d.rows + i)];
      if (c.beta != 0) {
        x += c.beta * load(c.c.type, c.c.at(i, j));
      }
      if (e.adds_bias()) {
        x += load(type, bias + static_cast<std::uint64_t>(i) * size_of(type));
      }
      if (e.writes_aux()) {
        e.aux_is_mask() ? aux.set_bit(i, j, maskAtZero ? !(x < 0) : x > 0) : aux.set_value(i, j, x);
      }
      if (e.relu_gradient()) {
        x = aux.bit(i, j) ? x : 0;
      } else if (e.gelu_gradient()) {
        x *= gelu_derivative(aux.value(i, j), coarse);
      } else if (e.relu()) {
        x = x > 0 || (std::isnan(x) && keepsNan) ? x : 0;
      } else if (e.gelu()) {
        x = gelu(x, coarse);
      }
      biasGradient[static_cast<std::size_t>(i)] += x;
      store(type, c.d.at(i, j), x);
    }
  }
  if (e.bias_gradient()) {
    return store_vector(bias, type, biasGradient);
  }
  if (e.bias_gradient_a()) {
    return store_vector(bias, type, inner_sums(c.a, !ta));
  }
  if (e.bias_gradient_b()) {
    return store_vector(bias, type, inner_sums(c.b, tb));
  }
  return "";
}
}  // namespace cublas::lt
