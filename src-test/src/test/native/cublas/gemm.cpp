#include "gemm.h"

#include <algorithm>
#include <cstring>

#include "library.h"

namespace cublas {
namespace {
constexpr int MAX_OPERATION = 2;  // N, T, C
constexpr std::size_t WORKSPACE_TOUCHED = 1024;

bool supported(const Gemm& g) {
  if (is_double(g.computeType)) {
    return g.a.type == R_64F && g.b.type == R_64F && g.c.type == R_64F;
  }
  bool single = g.a.type == R_32F && g.b.type == R_32F && g.c.type == R_32F;
  bool half = g.a.type == R_16BF && g.b.type == R_16BF
              && (g.c.type == R_16BF || g.c.type == R_32F);
  switch (g.computeType) {
    case COMPUTE_32F:
    case COMPUTE_32F_PEDANTIC:
      return single || half;
    case COMPUTE_32F_FAST_16BF:
    case COMPUTE_32F_FAST_TF32:
      return single;
    default:
      return false;
  }
}

// The library may use all of its workspace; a part of it is enough to show that two streams share
// it.
std::string use_workspace(std::uint64_t address, std::size_t bytes) {
  std::size_t n = std::min(bytes, WORKSPACE_TOUCHED);
  if (address == 0 || n == 0) {
    return "";
  }
  std::string problem = cuemu::library::touch(address, n, true);
  if (problem.empty()) {
    std::memset(reinterpret_cast<void*>(address), 0xFF, n);
    return "";
  }
  return "workspace: " + problem;
}

std::string run_one(const Gemm& g) {
  for (auto [matrix, name] : {std::pair(&g.a, "A"), std::pair(&g.b, "B")}) {
    std::string problem = g.k == 0 ? "" : touch(*matrix, name, false);
    if (!problem.empty()) {
      return problem;
    }
  }
  if (g.beta != 0) {
    std::string problem = touch(g.c, "C", false);
    if (!problem.empty()) {
      return problem;
    }
  }
  std::string problem = touch(g.c, "C", true);
  if (!problem.empty()) {
    return problem;
  }
  std::vector<double> sum =
      product(g.a, g.transposeA != 0, g.b, g.transposeB != 0, precision_of(g.computeType));
  for (long long j = 0; j < g.n; j++) {
    for (long long i = 0; i < g.m; i++) {
      double value = g.alpha == 0 ? 0 : g.alpha * sum[static_cast<std::size_t>(j * g.m + i)];
      if (g.beta != 0) {
        value += g.beta * load(g.c.type, g.c.at(i, j));
      }
      store(g.c.type, g.c.at(i, j), value);
    }
  }
  return "";
}

std::string run(const Gemm& g, std::uint64_t workspace, std::size_t workspaceBytes) {
  std::string problem = use_workspace(workspace, workspaceBytes);
  for (int b = 0; b < g.batch && problem.empty(); b++) {
    Gemm one = g;
    auto advance = [b](Matrix& x, long long stride) {
      x.data += static_cast<std::uint64_t>(b * stride) * size_of(x.type);
    };
    advance(one.a, g.batchStrideA);
    advance(one.b, g.batchStrideB);
    advance(one.c, g.batchStrideC);
    problem = run_one(one);
  }
  return problem;
}
}  // namespace

int gemm(Handle* handle, Gemm g) {
  if (handle == nullptr || !cuemu::library::is_handle(handle)) {
    return NOT_INITIALIZED;
  }
  if (int status = cuemu::library::refusal(g.function)) {
    return status;
  }
  if (handle->pointerMode != 0) {
    return cuemu::library::finding(
        NOT_SUPPORTED, std::string(g.function) + ": scalars on the device are not emulated");
  }
  bool ta = g.transposeA != 0;
  bool tb = g.transposeB != 0;
  g.a.rows = ta ? g.k : g.m;
  g.a.columns = ta ? g.m : g.k;
  g.b.rows = tb ? g.n : g.k;
  g.b.columns = tb ? g.k : g.n;
  g.c.rows = g.m;
  g.c.columns = g.n;
  auto bad = [&](const char* what) {
    return cuemu::library::finding(INVALID_VALUE, std::string(g.function) + ": " + what);
  };
  if (g.m < 0 || g.n < 0 || g.k < 0 || g.batch < 0) {
    return bad("a negative dimension");
  }
  if (g.transposeA < 0 || g.transposeA > MAX_OPERATION || g.transposeB < 0
      || g.transposeB > MAX_OPERATION) {
    return bad("an unknown operation on A or B");
  }
  for (const Matrix* x : {&g.a, &g.b, &g.c}) {
    if (x->stride < std::max(1LL, x->rows)) {
      return bad("a leading dimension below the number of rows");
    }
  }
  if (!supported(g)) {
    return NOT_SUPPORTED;
  }
  if (g.m == 0 || g.n == 0 || g.batch == 0) {
    return SUCCESS;
  }
  int mode = handle->mathMode & ~MATH_FLAGS;
  if (g.computeType == COMPUTE_32F && g.a.type == R_32F && mode == MATH_TF32) {
    g.computeType = COMPUTE_32F_FAST_TF32;
  }
  if (handle->workspace == 0 && cuemu::library::captured(handle->stream)) {
    cuemu::library::captured_without_workspace();
  }
  std::uint64_t workspace = handle->workspace;
  std::size_t bytes = handle->workspaceBytes;
  int code = cuemu::library::enqueue(
      handle->stream, g.function, [=] { return run(g, workspace, bytes); });
  return code == 0 ? SUCCESS : EXECUTION_FAILED;
}
}  // namespace cublas
