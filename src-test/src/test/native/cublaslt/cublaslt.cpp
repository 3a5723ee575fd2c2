// The entry points of libcublasLt.so.
#include <cstring>
#include <string>

#include "handles.h"
#include "library.h"
#include "types.h"

#define API extern "C" __attribute__((visibility("default"))) int

using namespace cublas;
using namespace cublas::lt;

namespace {
constexpr std::size_t VERSION = CUEMU_CUDA_MAJOR * 10000 + 600;
constexpr std::uint64_t MAGIC = 0x436C744C616D5541ull;
constexpr std::uint64_t WORKSPACE_ALIGNMENT = 256;

// What the heuristic offers: the same result, with different hunger.
constexpr std::uint64_t WORKSPACES[] = {0, 4096, 65536, 256};

cuemu::Handles<int> ltHandles;
cuemu::Handles<Descriptor> descriptors;
cuemu::Handles<Layout> layouts;
cuemu::Handles<Preference> preferences;

std::uint64_t address(const void* p) { return reinterpret_cast<std::uint64_t>(p); }

bool valid(const void* handle) { return cuemu::library::is_handle(handle); }

int finding(int status, const char* function, const std::string& what) {
  return cuemu::library::finding(status, std::string(function) + ": " + what);
}

// How many bytes a descriptor's attribute has; 0 for none.
std::size_t attribute_size(int attribute) {
  switch (attribute) {
    case 0:  // COMPUTE_TYPE
    case 1:  // SCALE_TYPE
    case POINTER_MODE:
    case TRANSPOSE_A:
    case TRANSPOSE_B:
    case TRANSPOSE_C:
    case 6:  // FILL_MODE
    case EPILOGUE:
    case 15:  // SM_COUNT_TARGET
    case AUX_DATA_TYPE:
    case BIAS_DATA_TYPE:
      return 4;
    case 25:  // FAST_ACCUM
      return 1;
    case BIAS_POINTER:
    case 10:  // BIAS_BATCH_STRIDE
    case AUX_POINTER:
    case AUX_STRIDE:
    case 13:  // EPILOGUE_AUX_BATCH_STRIDE
    case 14:  // ALPHA_VECTOR_BATCH_STRIDE
    case 17:  // the scale pointers of fp8
    case 18:
    case 19:
    case 20:
    case 21:
      return 8;
    default:
      return 0;
  }
}

std::int64_t read(const void* value, std::size_t bytes) {
  std::int64_t wide = 0;
  if (bytes == 4) {
    std::int32_t narrow;
    std::memcpy(&narrow, value, sizeof narrow);
    wide = narrow;
  } else {
    std::memcpy(&wide, value, bytes);
  }
  return wide;
}

bool find(
    Problem& p, const void* descriptor, const void* a, const void* b, const void* c,
    const void* d) {
  p = {descriptors.find(descriptor), layouts.find(a), layouts.find(b), layouts.find(c),
       layouts.find(d)};
  return p.descriptor && p.a && p.b && p.c && p.d;
}

Matrix matrix(const Layout& layout, const void* data) {
  return {address(data), layout.type, layout.rows, layout.columns, layout.stride};
}

// Whether the algorithm may be used so; the status otherwise.
int check_algorithm(
    const char* function, const Algorithm& algorithm, const Problem& p, const void* const* operands,
    std::size_t workspace) {
  if (algorithm.magic != MAGIC) {
    return finding(INVALID_VALUE, function, "an algorithm that no heuristic gave");
  }
  if (algorithm.problem != digest(p)) {
    return finding(NOT_SUPPORTED, function, "an algorithm that was chosen for another problem");
  }
  if (algorithm.workspace > workspace) {
    return finding(
        INVALID_VALUE, function,
        "a workspace of " + std::to_string(workspace) + " bytes, the algorithm needs "
            + std::to_string(algorithm.workspace));
  }
  for (int i = 0; i < 4; i++) {
    if (address(operands[i]) % algorithm.alignment[i] != 0) {
      return finding(
          NOT_SUPPORTED, function,
          std::string("operand ") + "ABCD"[i] + " is not aligned to the "
              + std::to_string(algorithm.alignment[i]) + " bytes that the preference promised");
    }
  }
  return SUCCESS;
}
}  // namespace

API cublasLtCreate(int** out) {
  if (!cuemu::library::has_context()) {
    return NOT_INITIALIZED;
  }
  *out = ltHandles.add(new int(0));
  cuemu::library::add_handle(*out);
  return SUCCESS;
}

API cublasLtDestroy(void* handle) {
  int* own = ltHandles.find(handle);
  if (own == nullptr) {
    return NOT_INITIALIZED;
  }
  cuemu::library::remove_handle(own);
  ltHandles.destroy(own);
  return SUCCESS;
}

extern "C" __attribute__((visibility("default"))) std::size_t cublasLtGetVersion() {
  return VERSION;
}

extern "C" __attribute__((visibility("default"))) std::size_t cublasLtGetCudartVersion() {
  return CUEMU_CUDA_MAJOR * 1000;
}

extern "C" __attribute__((visibility("default"))) const char* cublasLtGetStatusName(int status) {
  return status_name(status);
}

extern "C" __attribute__((visibility("default"))) const char* cublasLtGetStatusString(int status) {
  return status_string(status);
}

API cublasLtMatmulDescCreate(Descriptor** out, int computeType, int scaleType) {
  Descriptor* d = descriptors.add(new Descriptor);
  d->computeType = computeType;
  d->scaleType = scaleType;
  *out = d;
  return SUCCESS;
}

API cublasLtMatmulDescDestroy(void* handle) {
  Descriptor* d = descriptors.find(handle);
  if (d == nullptr) {
    return finding(INVALID_VALUE, __func__, "no such descriptor");
  }
  descriptors.destroy(d);
  return SUCCESS;
}

API cublasLtMatmulDescSetAttribute(void* handle, int attribute, const void* value, std::size_t n) {
  Descriptor* d = descriptors.find(handle);
  std::size_t bytes = attribute_size(attribute);
  if (d == nullptr || value == nullptr || bytes == 0 || n < bytes) {
    return finding(
        INVALID_VALUE, __func__,
        "attribute " + std::to_string(attribute) + " with " + std::to_string(n) + " bytes");
  }
  std::int64_t v = read(value, bytes);
  if (attribute == 0) {
    d->computeType = static_cast<int>(v);
  } else if (attribute == 1) {
    d->scaleType = static_cast<int>(v);
  } else {
    d->attributes[attribute] = v;
  }
  return SUCCESS;
}

API cublasLtMatmulDescGetAttribute(
    void* handle, int attribute, void* value, std::size_t n, std::size_t* written) {
  Descriptor* d = descriptors.find(handle);
  std::size_t bytes = attribute_size(attribute);
  if (d == nullptr || bytes == 0 || n < bytes) {
    return finding(INVALID_VALUE, __func__, "attribute " + std::to_string(attribute));
  }
  std::int64_t v = attribute == 0   ? d->computeType
                   : attribute == 1 ? d->scaleType
                                    : d->get(attribute, attribute == EPILOGUE ? DO_DEFAULT : 0);
  std::memcpy(value, &v, bytes);
  if (written != nullptr) {
    *written = bytes;
  }
  return SUCCESS;
}

API cublasLtMatrixLayoutCreate(
    Layout** out, int type, std::uint64_t rows, std::uint64_t columns, std::int64_t stride) {
  Layout* layout = layouts.add(new Layout);
  layout->type = type;
  layout->rows = static_cast<std::int64_t>(rows);
  layout->columns = static_cast<std::int64_t>(columns);
  layout->stride = stride;
  *out = layout;
  return SUCCESS;
}

API cublasLtMatrixLayoutDestroy(void* handle) {
  Layout* layout = layouts.find(handle);
  if (layout == nullptr) {
    return finding(INVALID_VALUE, __func__, "no such layout");
  }
  layouts.destroy(layout);
  return SUCCESS;
}

API cublasLtMatrixLayoutSetAttribute(
    void* handle, int attribute, const void* value, std::size_t n) {
  Layout* layout = layouts.find(handle);
  bool narrow = attribute == LAYOUT_TYPE || attribute == LAYOUT_ORDER || attribute == LAYOUT_BATCH;
  std::size_t bytes = narrow ? 4 : 8;
  if (layout == nullptr || attribute < LAYOUT_TYPE || attribute > LAYOUT_BATCH_STRIDE
      || n < bytes) {
    return finding(INVALID_VALUE, __func__, "attribute " + std::to_string(attribute));
  }
  std::int64_t v = read(value, bytes);
  switch (attribute) {
    case LAYOUT_TYPE:
      layout->type = static_cast<int>(v);
      break;
    case LAYOUT_ORDER:
      layout->order = static_cast<int>(v);
      break;
    case LAYOUT_ROWS:
      layout->rows = v;
      break;
    case LAYOUT_COLUMNS:
      layout->columns = v;
      break;
    case LAYOUT_STRIDE:
      layout->stride = v;
      break;
    case LAYOUT_BATCH:
      layout->batch = static_cast<int>(v);
      break;
    default:
      layout->batchStride = v;
  }
  return SUCCESS;
}

API cublasLtMatmulPreferenceCreate(Preference** out) {
  *out = preferences.add(new Preference);
  return SUCCESS;
}

API cublasLtMatmulPreferenceDestroy(void* handle) {
  Preference* p = preferences.find(handle);
  if (p == nullptr) {
    return finding(INVALID_VALUE, __func__, "no such preference");
  }
  preferences.destroy(p);
  return SUCCESS;
}

API cublasLtMatmulPreferenceSetAttribute(
    void* handle, int attribute, const void* value, std::size_t n) {
  Preference* p = preferences.find(handle);
  std::size_t bytes = attribute == MAX_WORKSPACE ? 8 : 4;
  if (p == nullptr || attribute < 0 || n < bytes) {
    return finding(INVALID_VALUE, __func__, "attribute " + std::to_string(attribute));
  }
  std::int64_t v = read(value, bytes);
  if (attribute == MAX_WORKSPACE) {
    p->maxWorkspace = static_cast<std::uint64_t>(v);
  } else if (attribute >= MIN_ALIGNMENT_A && attribute <= MIN_ALIGNMENT_D) {
    if (v <= 0) {
      return finding(INVALID_VALUE, __func__, "an alignment of " + std::to_string(v));
    }
    p->alignment[attribute - MIN_ALIGNMENT_A] = static_cast<std::uint32_t>(v);
  }
  return SUCCESS;
}

API cublasLtMatmulAlgoGetHeuristic(
    void* handle, const void* descriptor, const void* a, const void* b, const void* c,
    const void* d, const void* preference, int wanted, HeuristicResult* results, int* returned) {
  if (!valid(handle)) {
    return NOT_INITIALIZED;
  }
  Problem problem;
  Preference* p = preferences.find(preference);
  if (returned == nullptr || results == nullptr || wanted < 1 || p == nullptr
      || !find(problem, descriptor, a, b, c, d)) {
    return finding(INVALID_VALUE, __func__, "a missing argument");
  }
  *returned = 0;
  if (int status = cuemu::library::refusal(__func__)) {
    return status;
  }
  if (int status = check(problem)) {
    return status;
  }
  std::uint32_t index = 0;
  for (std::uint64_t workspace : WORKSPACES) {
    if (workspace <= p->maxWorkspace && *returned < wanted) {
      HeuristicResult r = {};
      r.algorithm.magic = MAGIC;
      r.algorithm.problem = digest(problem);
      r.algorithm.workspace = workspace;
      std::memcpy(r.algorithm.alignment, p->alignment, sizeof p->alignment);
      r.algorithm.index = index;
      r.workspace = workspace;
      r.waves = 1;
      results[(*returned)++] = r;
    }
    index++;
  }
  return SUCCESS;
}

API cublasLtMatmulAlgoCheck(
    void* handle, const void* descriptor, const void* a, const void* b, const void* c,
    const void* d, const Algorithm* algorithm, HeuristicResult* result) {
  Problem problem;
  if (!valid(handle)) {
    return NOT_INITIALIZED;
  }
  if (algorithm == nullptr || result == nullptr || !find(problem, descriptor, a, b, c, d)) {
    return finding(INVALID_VALUE, __func__, "a missing argument");
  }
  int status = algorithm->magic != MAGIC || algorithm->problem != digest(problem)
                   ? NOT_SUPPORTED
                   : check(problem);
  *result = {};
  result->algorithm = *algorithm;
  result->workspace = algorithm->workspace;
  result->state = status;
  result->waves = 1;
  return status;
}

API cublasLtMatmul(
    void* handle, const void* descriptor, const void* alpha, const void* a, const void* aLayout,
    const void* b, const void* bLayout, const void* beta, const void* c, const void* cLayout,
    void* d, const void* dLayout, const Algorithm* algorithm, void* workspace, std::size_t bytes,
    void* stream) {
  if (!valid(handle)) {
    return NOT_INITIALIZED;
  }
  Problem problem;
  if (alpha == nullptr || beta == nullptr
      || !find(problem, descriptor, aLayout, bLayout, cLayout, dLayout)) {
    return finding(INVALID_VALUE, __func__, "a missing argument");
  }
  if (int status = cuemu::library::refusal(__func__)) {
    return status;
  }
  if (int status = check(problem)) {
    return status;
  }
  if (workspace != nullptr && address(workspace) % WORKSPACE_ALIGNMENT != 0) {
    return finding(INVALID_VALUE, __func__, "a workspace that is not 256-byte aligned");
  }
  if (algorithm != nullptr) {
    const void* operands[] = {a, b, c, d};
    if (int status = check_algorithm(__func__, *algorithm, problem, operands, bytes)) {
      return status;
    }
  }
  Call call;
  call.descriptor = *problem.descriptor;
  call.a = matrix(*problem.a, a);
  call.b = matrix(*problem.b, b);
  call.c = matrix(*problem.c, c);
  call.d = matrix(*problem.d, d);
  bool wide = problem.descriptor->scaleType == R_64F;
  call.alpha = wide ? *static_cast<const double*>(alpha) : *static_cast<const float*>(alpha);
  call.beta = wide ? *static_cast<const double*>(beta) : *static_cast<const float*>(beta);
  call.workspace = address(workspace);
  call.workspaceBytes = algorithm == nullptr ? 0 : algorithm->workspace;
  int code = cuemu::library::enqueue(stream, __func__, [=] { return multiply(call); });
  return code == 0 ? SUCCESS : EXECUTION_FAILED;
}
