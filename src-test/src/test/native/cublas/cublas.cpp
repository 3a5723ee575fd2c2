// The entry points of libcublas.so.
#include <cstddef>
#include <cstdint>

#include "gemm.h"
#include "library.h"

#define API extern "C" __attribute__((visibility("default"))) int

using namespace cublas;

namespace {
constexpr int VERSION = CUEMU_CUDA_MAJOR * 10000 + 600;
constexpr std::size_t WORKSPACE_ALIGNMENT = 256;

std::uint64_t address(const void* p) { return reinterpret_cast<std::uint64_t>(p); }

// A scalar of the type that the computation uses.
double scalar(const void* p, int computeType) {
  return is_double(computeType) ? *static_cast<const double*>(p) : *static_cast<const float*>(p);
}

// What a handle allocates: ":4096:2:16:8", or ":4096:8" from Hopper on.
std::size_t own_workspace() {
  std::size_t kib = cuemu::library::compute_capability() >= 90 ? 8 * 4096 : 2 * 4096 + 8 * 16;
  return kib << 10;
}

bool valid(const Handle* handle) { return cuemu::library::is_handle(handle); }
}  // namespace

#define NEED_HANDLE                \
  if (!valid(handle)) {            \
    return NOT_INITIALIZED;        \
  }

API cublasCreate_v2(Handle** out) {
  if (!cuemu::library::has_context()) {
    return NOT_INITIALIZED;
  }
  std::size_t bytes = own_workspace();
  if (!cuemu::library::take_memory(bytes)) {
    return ALLOC_FAILED;
  }
  *out = new Handle;
  (*out)->heldBytes = bytes;
  cuemu::library::add_handle(*out);
  return SUCCESS;
}

API cublasDestroy_v2(Handle* handle) {
  NEED_HANDLE;
  cuemu::library::remove_handle(handle);
  cuemu::library::give_memory(handle->heldBytes);
  delete handle;
  return SUCCESS;
}

API cublasGetVersion_v2(Handle*, int* version) {
  *version = VERSION;
  return SUCCESS;
}

// libraryPropertyType: major, minor, patch.
API cublasGetProperty(int which, int* value) {
  *value = which == 0 ? VERSION / 10000 : which == 1 ? VERSION / 100 % 100 : VERSION % 100;
  return SUCCESS;
}

extern "C" __attribute__((visibility("default"))) std::size_t cublasGetCudartVersion() {
  return CUEMU_CUDA_MAJOR * 1000;
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusName(int status) {
  return status_name(status);
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusString(int status) {
  return status_string(status);
}

API cublasSetStream_v2(Handle* handle, void* stream) {
  NEED_HANDLE;
  if (!cuemu::library::is_stream(stream)) {
    return cuemu::library::finding(INVALID_VALUE, "cublasSetStream: no such stream");
  }
  // As documented: a new stream resets the workspace to the library's own.
  handle->stream = stream;
  handle->workspace = 0;
  handle->workspaceBytes = 0;
  return SUCCESS;
}

API cublasGetStream_v2(Handle* handle, void** stream) {
  NEED_HANDLE;
  *stream = handle->stream;
  return SUCCESS;
}

API cublasSetWorkspace_v2(Handle* handle, void* workspace, std::size_t bytes) {
  NEED_HANDLE;
  if (workspace != nullptr
      && (address(workspace) % WORKSPACE_ALIGNMENT != 0
          || !cuemu::library::is_memory(address(workspace), bytes))) {
    return cuemu::library::finding(
        INVALID_VALUE, "cublasSetWorkspace: not 256-byte aligned, or not device memory");
  }
  handle->workspace = address(workspace);
  handle->workspaceBytes = bytes;
  return SUCCESS;
}

API cublasSetMathMode(Handle* handle, int mode) {
  NEED_HANDLE;
  handle->mathMode = mode;
  return SUCCESS;
}

API cublasGetMathMode(Handle* handle, int* mode) {
  NEED_HANDLE;
  *mode = handle->mathMode;
  return SUCCESS;
}

API cublasSetPointerMode_v2(Handle* handle, int mode) {
  NEED_HANDLE;
  handle->pointerMode = mode;
  return SUCCESS;
}

API cublasGetPointerMode_v2(Handle* handle, int* mode) {
  NEED_HANDLE;
  *mode = handle->pointerMode;
  return SUCCESS;
}

API cublasSetAtomicsMode(Handle* handle, int mode) {
  NEED_HANDLE;
  handle->atomicsMode = mode;
  return SUCCESS;
}

API cublasGetAtomicsMode(Handle* handle, int* mode) {
  NEED_HANDLE;
  *mode = handle->atomicsMode;
  return SUCCESS;
}

API cublasSgemm_v2(
    Handle* handle, int ta, int tb, int m, int n, int k, const float* alpha, const float* a,
    int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  Gemm g;
  g.function = __func__;
  g.transposeA = ta;
  g.transposeB = tb;
  g.m = m;
  g.n = n;
  g.k = k;
  g.alpha = *alpha;
  g.beta = *beta;
  g.a = {address(a), R_32F, 0, 0, lda};
  g.b = {address(b), R_32F, 0, 0, ldb};
  g.c = {address(c), R_32F, 0, 0, ldc};
  return gemm(handle, g);
}

API cublasDgemm_v2(
    Handle* handle, int ta, int tb, int m, int n, int k, const double* alpha, const double* a,
    int lda, const double* b, int ldb, const double* beta, double* c, int ldc) {
  Gemm g;
  g.function = __func__;
  g.transposeA = ta;
  g.transposeB = tb;
  g.m = m;
  g.n = n;
  g.k = k;
  g.alpha = *alpha;
  g.beta = *beta;
  g.a = {address(a), R_64F, 0, 0, lda};
  g.b = {address(b), R_64F, 0, 0, ldb};
  g.c = {address(c), R_64F, 0, 0, ldc};
  g.computeType = COMPUTE_64F;
  return gemm(handle, g);
}

namespace {
// A matrix argument of the entry points that take types.
struct Typed {
  const void* data;
  int type;
  int stride;
  long long batchStride;
};

int extended(
    const char* function, Handle* handle, int ta, int tb, int m, int n, int k, const void* alpha,
    Typed a, Typed b, const void* beta, Typed c, int batch, int computeType) {
  if (!known_type(a.type) || !known_type(b.type) || !known_type(c.type)
      || computeType < COMPUTE_32F) {
    return NOT_SUPPORTED;
  }
  Gemm g;
  g.function = function;
  g.transposeA = ta;
  g.transposeB = tb;
  g.m = m;
  g.n = n;
  g.k = k;
  g.alpha = scalar(alpha, computeType);
  g.beta = scalar(beta, computeType);
  g.a = {address(a.data), a.type, 0, 0, a.stride};
  g.b = {address(b.data), b.type, 0, 0, b.stride};
  g.c = {address(c.data), c.type, 0, 0, c.stride};
  g.batchStrideA = a.batchStride;
  g.batchStrideB = b.batchStride;
  g.batchStrideC = c.batchStride;
  g.batch = batch;
  g.computeType = computeType;
  return gemm(handle, g);
}
}  // namespace

API cublasGemmStridedBatchedEx(
    Handle* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a,
    int aType, int lda, long long strideA, const void* b, int bType, int ldb, long long strideB,
    const void* beta, void* c, int cType, int ldc, long long strideC, int batch, int computeType,
    int) {
  return extended(
      __func__, handle, ta, tb, m, n, k, alpha, {a, aType, lda, strideA},
      {b, bType, ldb, strideB}, beta, {c, cType, ldc, strideC}, batch, computeType);
}

API cublasGemmEx(
    Handle* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a,
    int aType, int lda, const void* b, int bType, int ldb, const void* beta, void* c, int cType,
    int ldc, int computeType, int) {
  return extended(
      __func__, handle, ta, tb, m, n, k, alpha, {a, aType, lda, 0}, {b, bType, ldb, 0}, beta,
      {c, cType, ldc, 0}, 1, computeType);
}
