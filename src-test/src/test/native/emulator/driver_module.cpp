// Modules, functions, launches, errors in words.
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "driver.h"
#include "graph.h"
#include "module.h"
#include "settings.h"
#include "stream.h"

using namespace cuemu;

namespace {
// CUjit_option
constexpr int INFO_LOG_BUFFER = 3;
constexpr int ERROR_LOG_BUFFER = 5;
// CUfunction_attribute
constexpr int MAX_THREADS_PER_BLOCK = 0;
constexpr int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;

// Copies text into the buffer that an option names, of the size that the option after it gives.
void write_log(
    const std::string& log, int option, unsigned count, const int* options, void** values) {
  char* buffer = nullptr;
  std::size_t size = 0;
  for (unsigned i = 0; i < count; i++) {
    if (options[i] == option) {
      buffer = static_cast<char*>(values[i]);
    } else if (options[i] == option + 1) {
      size = reinterpret_cast<std::size_t>(values[i]);
    }
  }
  if (buffer != nullptr && size > 0) {
    std::snprintf(buffer, size, "%s", log.c_str());
  }
}

std::string bad_launch(const Function& f, Extent grid, Extent block, unsigned shared) {
  auto text = [](Extent e) {
    return std::to_string(e.x) + "x" + std::to_string(e.y) + "x" + std::to_string(e.z);
  };
  if (grid.count() == 0 || block.count() == 0) {
    return "an empty grid (" + text(grid) + ") or block (" + text(block) + ")";
  }
  if (grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) {
    return "a grid of " + text(grid) + ", above 2147483647x65535x65535";
  }
  if (block.x > 1024 || block.y > 1024 || block.z > 64 || block.count() > f.maxThreads) {
    return "a block of " + text(block) + ", above the kernel's " + std::to_string(f.maxThreads)
           + " threads";
  }
  if (shared > f.maxDynamicShared) {
    return std::to_string(shared) + " bytes of dynamic shared memory, above the kernel's "
           + std::to_string(f.maxDynamicShared);
  }
  return "";
}

const std::map<int, std::pair<const char*, const char*>>& errors() {
  static const std::map<int, std::pair<const char*, const char*>> table = {
      {SUCCESS, {"CUDA_SUCCESS", "no error"}},
      {INVALID_VALUE, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
      {OUT_OF_MEMORY, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
      {NOT_INITIALIZED, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
      {NO_DEVICE, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
      {INVALID_DEVICE, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
      {INVALID_IMAGE, {"CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"}},
      {INVALID_CONTEXT, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
      {NO_BINARY_FOR_GPU,
       {"CUDA_ERROR_NO_BINARY_FOR_GPU",
        "no kernel image is available for execution on the device"}},
      {INVALID_PTX, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
      {JIT_COMPILER_NOT_FOUND,
       {"CUDA_ERROR_JIT_COMPILER_NOT_FOUND", "PTX JIT compiler library not found"}},
      {UNSUPPORTED_PTX_VERSION,
       {"CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
        "the provided PTX was compiled with an unsupported toolchain."}},
      {INVALID_HANDLE, {"CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}},
      {NOT_FOUND, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
      {NOT_READY, {"CUDA_ERROR_NOT_READY", "device not ready"}},
      {ILLEGAL_ADDRESS,
       {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
      {LAUNCH_OUT_OF_RESOURCES,
       {"CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"}},
      {MISALIGNED_ADDRESS, {"CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"}},
      {LAUNCH_FAILED, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
      {NOT_SUPPORTED, {"CUDA_ERROR_NOT_SUPPORTED", "operation not supported"}},
      {CAPTURE_UNSUPPORTED,
       {"CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
        "operation not permitted when stream is capturing"}},
      {CAPTURE_INVALIDATED,
       {"CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
        "operation failed due to a previous error during capture"}},
      {CAPTURE_MERGE,
       {"CUDA_ERROR_STREAM_CAPTURE_MERGE",
        "operation would result in a merge of separate capture sequences"}},
      {CAPTURE_UNMATCHED,
       {"CUDA_ERROR_STREAM_CAPTURE_UNMATCHED",
        "capture was not ended in the same stream as it began"}},
      {CAPTURE_UNJOINED,
       {"CUDA_ERROR_STREAM_CAPTURE_UNJOINED",
        "capturing stream has unjoined work"}},
      {CAPTURE_ISOLATION,
       {"CUDA_ERROR_STREAM_CAPTURE_ISOLATION",
        "dependency created on uncaptured work in another stream"}},
      {CAPTURE_IMPLICIT,
       {"CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
        "operation would make the legacy stream depend on a capturing blocking stream"}},
      {CAPTURED_EVENT,
       {"CUDA_ERROR_CAPTURED_EVENT",
        "operation not permitted on an event last recorded in a capturing stream"}},
      {CAPTURE_WRONG_THREAD,
       {"CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD",
        "attempt to terminate a thread-local capture sequence from another thread"}},
      {UNKNOWN, {"CUDA_ERROR_UNKNOWN", "unknown error"}},
  };
  return table;
}
}  // namespace

API cuModuleLoadDataEx(
    Module** out, const char* image, unsigned count, int* options, void** values) {
  CUEMU_ENTER;
  if (int refusal = unsafe_in_capture(__func__)) {
    return refusal;
  }
  Refusal refusal;
  int code = load_module(image, out, refusal);
  int log = code == SUCCESS ? INFO_LOG_BUFFER : ERROR_LOG_BUFFER;
  write_log(refusal.why, log, count, options, values);
  return refusal.mistake && code != SUCCESS
             ? report(code, "%s: %s", __func__, refusal.why.c_str())
             : code;
}

API cuModuleLoadData(Module** out, const char* image) {
  return cuModuleLoadDataEx(out, image, 0, nullptr, nullptr);
}

API cuModuleUnload(void* handle) {
  CUEMU_ENTER;
  CUEMU_FIND(module, modules.find(handle));
  synchronise_all();
  unload_module(module);
  return SUCCESS;
}

API cuModuleGetFunction(void** out, void* handle, const char* name) {
  CUEMU_ENTER;
  CUEMU_FIND(module, modules.find(handle));
  auto found = module->functions.find(name);
  if (found == module->functions.end() || settings.missingFunctions.count(name) != 0) {
    return NOT_FOUND;
  }
  *out = found->second;
  return SUCCESS;
}

API cuFuncSetAttribute(void* handle, int attribute, int value) {
  CUEMU_ENTER;
  CUEMU_FIND(function, functions.find(handle));
  if (attribute == MAX_DYNAMIC_SHARED_SIZE_BYTES) {
    if (value < 0 || value > static_cast<int>(MAX_DYNAMIC_SHARED)) {
      return report(INVALID_VALUE, "%s: %d bytes of dynamic shared memory", __func__, value);
    }
    function->maxDynamicShared = static_cast<unsigned>(value);
  }
  return SUCCESS;
}

API cuFuncGetAttribute(int* value, int attribute, void* handle) {
  CUEMU_ENTER;
  CUEMU_FIND(function, functions.find(handle));
  *value = 0;
  if (attribute == MAX_THREADS_PER_BLOCK) {
    *value = static_cast<int>(function->maxThreads);
  } else if (attribute == MAX_DYNAMIC_SHARED_SIZE_BYTES) {
    *value = static_cast<int>(function->maxDynamicShared);
  }
  return SUCCESS;
}

API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* handle, int size, std::size_t) {
  CUEMU_ENTER;
  CUEMU_FIND(function, functions.find(handle));
  *blocks = size <= 0 ? 0 : 2048 / size;
  return SUCCESS;
}

API cuLaunchKernel(
    void* functionHandle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
    unsigned blockY, unsigned blockZ, unsigned shared, void* handle, void** parameters,
    void** extra) {
  CUEMU_ENTER;
  CUEMU_FIND(function, functions.find(functionHandle));
  CUEMU_FIND(stream, stream_of(handle));
  Extent grid{gridX, gridY, gridZ};
  Extent block{blockX, blockY, blockZ};
  const HostKernel* kernel = function->kernel;
  const cuemu_kernel& entry = *kernel->entry;
  std::string bad = bad_launch(*function, grid, block, shared);
  if (!bad.empty()) {
    return report(INVALID_VALUE, "launch of %s with %s", entry.name, bad.c_str());
  }
  if (extra != nullptr || (entry.parameters != 0 && parameters == nullptr)) {
    return report(INVALID_VALUE, "launch of %s without kernelParams", entry.name);
  }
  auto arguments = std::make_shared<std::vector<char>>(entry.offsets[entry.parameters] + 1);
  for (unsigned i = 0; i < entry.parameters; i++) {
    if (parameters[i] == nullptr) {
      return report(INVALID_VALUE, "launch of %s without parameter %u", entry.name, i);
    }
    std::memcpy(arguments->data() + entry.offsets[i], parameters[i], entry.sizes[i]);
  }
  return enqueue(*stream, std::string("kernel ") + entry.name, [=] {
    run_kernel(*kernel, grid, block, shared, arguments->data());
  });
}

API cuGetErrorName(int code, const char** out) {
  auto found = errors().find(code);
  *out = found == errors().end() ? nullptr : found->second.first;
  return *out == nullptr ? INVALID_VALUE : SUCCESS;
}

API cuGetErrorString(int code, const char** out) {
  auto found = errors().find(code);
  *out = found == errors().end() ? nullptr : found->second.second;
  return *out == nullptr ? INVALID_VALUE : SUCCESS;
}
