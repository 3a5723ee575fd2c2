// Initialisation, devices, contexts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <vector>

#include "driver.h"
#include "faults.h"
#include "graph.h"
#include "handles.h"
#include "kernel.h"
#include "memory.h"
#include "module.h"
#include "settings.h"
#include "stream.h"

namespace cuemu {
namespace {
struct Context {
  bool primary = false;
};

bool ready = false;
Context primary{true};
int primaryUsers = 0;
Handles<Context> contexts;
thread_local std::vector<Context*> current;

// Device attributes by CUdevice_attribute, of a small device of today.
int attribute(int which) {
  static const std::map<int, int> values = {
      {1, 1024},        // MAX_THREADS_PER_BLOCK
      {2, 1024},        // MAX_BLOCK_DIM_X
      {3, 1024},        // MAX_BLOCK_DIM_Y
      {4, 64},          // MAX_BLOCK_DIM_Z
      {5, 2147483647},  // MAX_GRID_DIM_X
      {6, 65535},       // MAX_GRID_DIM_Y
      {7, 65535},       // MAX_GRID_DIM_Z
      {8, 49152},       // MAX_SHARED_MEMORY_PER_BLOCK
      {9, 65536},       // TOTAL_CONSTANT_MEMORY
      {10, 32},         // WARP_SIZE
      {11, 2147483647}, // MAX_PITCH
      {12, 65536},      // MAX_REGISTERS_PER_BLOCK
      {13, 1000000},    // CLOCK_RATE
      {14, 512},        // TEXTURE_ALIGNMENT
      {15, 1},          // GPU_OVERLAP
      {19, 1},          // CAN_MAP_HOST_MEMORY
      {31, 1},          // CONCURRENT_KERNELS
      {36, 1000000},    // MEMORY_CLOCK_RATE
      {37, 256},        // GLOBAL_MEMORY_BUS_WIDTH
      {38, 1 << 20},    // L2_CACHE_SIZE
      {39, 2048},       // MAX_THREADS_PER_MULTIPROCESSOR
      {40, 2},          // ASYNC_ENGINE_COUNT
      {41, 1},          // UNIFIED_ADDRESSING
      {81, 102400},     // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
      {82, 65536},      // MAX_REGISTERS_PER_MULTIPROCESSOR
      {97, static_cast<int>(MAX_DYNAMIC_SHARED)},  // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
      {115, 0},         // MEMORY_POOLS_SUPPORTED
  };
  switch (which) {
    case 16:  // MULTIPROCESSOR_COUNT
      return settings.multiprocessors;
    case 75:  // COMPUTE_CAPABILITY_MAJOR
      return settings.computeCapability / 10;
    case 76:  // COMPUTE_CAPABILITY_MINOR
      return settings.computeCapability % 10;
    default:
      auto value = values.find(which);
      return value == values.end() ? 0 : value->second;
  }
}

void report_leaks(const char* when) {
  std::stringstream lines(live_list());
  for (std::string line; std::getline(lines, line);) {
    report(SUCCESS, "leak: %s still alive %s", line.c_str(), when);
  }
}

template <class T>
void destroy_all(Handles<T>& handles) {
  while (!handles.all().empty()) {
    handles.destroy(*handles.all().begin());
  }
}

// No call on a lost context frees anything; what it held goes with it.
void bury_context() {
  abandon_captures();
  destroy_all(executableGraphs);
  destroy_all(graphs);
  destroy_all(events);
  destroy_all(streams);
  while (!modules.all().empty()) {
    unload_module(*modules.all().begin());
  }
  release_all();
}

// CUEMU_KERNELS: paths of kernel libraries, separated by colons.
std::string load_listed_kernels() {
  const char* list = std::getenv("CUEMU_KERNELS");
  std::stringstream paths(list ? list : "");
  for (std::string path; std::getline(paths, path, ':');) {
    std::string problem = load_kernels(path);
    if (!problem.empty()) {
      return problem;
    }
  }
  return "";
}
}  // namespace

bool initialised() { return ready; }

bool has_context() { return !current.empty() && current.back() != nullptr; }

int refuse(const char* function, bool needsContext) {
  if (settings.unsupported.count(function) != 0) {
    return NOT_SUPPORTED;
  }
  if (!ready) {
    return NOT_INITIALIZED;
  }
  if (sticky() != SUCCESS) {
    return sticky();
  }
  if (needsContext && !has_context()) {
    return report(INVALID_CONTEXT, "%s without a current context", function);
  }
  return SUCCESS;
}
}  // namespace cuemu

using namespace cuemu;

API cuInit(unsigned) {
  CUEMU_ENTER_ALWAYS;
  if (settings.devices == 0) {
    return NO_DEVICE;
  }
  if (!ready) {
    open_arena();
    std::string problem = load_listed_kernels();
    if (!problem.empty()) {
      return report(NOT_FOUND, "CUEMU_KERNELS: %s", problem.c_str());
    }
    install_fault_handlers();
    ready = true;
  }
  return SUCCESS;
}

API cuDriverGetVersion(int* version) {
  *version = settings.driverVersion;
  return SUCCESS;
}

API cuDeviceGetCount(int* count) {
  CUEMU_ENTER_DEVICE;
  *count = settings.devices;
  return SUCCESS;
}

API cuDeviceGet(int* device, int ordinal) {
  CUEMU_ENTER_DEVICE;
  if (ordinal < 0 || ordinal >= settings.devices) {
    return INVALID_DEVICE;
  }
  *device = ordinal;
  return SUCCESS;
}

API cuDeviceGetName(char* name, int length, int device) {
  CUEMU_ENTER_DEVICE;
  std::snprintf(name, static_cast<std::size_t>(length), "Emulated GPU %d", device);
  return SUCCESS;
}

API cuDeviceGetUuid(char* uuid, int device) {
  CUEMU_ENTER_DEVICE;
  std::memset(uuid, 0xE0 + device, 16);
  return SUCCESS;
}

API cuDeviceGetPCIBusId(char* id, int length, int device) {
  CUEMU_ENTER_DEVICE;
  std::snprintf(id, static_cast<std::size_t>(length), "0000:%02x:00.0", device);
  return SUCCESS;
}

API cuDeviceTotalMem_v2(std::size_t* bytes, int) {
  CUEMU_ENTER_DEVICE;
  *bytes = settings.memory;
  return SUCCESS;
}

API cuDeviceGetAttribute(int* value, int which, int) {
  CUEMU_ENTER_DEVICE;
  *value = attribute(which);
  return SUCCESS;
}

API cuDeviceComputeCapability(int* major, int* minor, int) {
  CUEMU_ENTER_DEVICE;
  *major = attribute(75);
  *minor = attribute(76);
  return SUCCESS;
}

API cuDevicePrimaryCtxRetain(void** context, int device) {
  CUEMU_ENTER_DEVICE;
  if (device != 0) {
    return report(NOT_SUPPORTED, "a context on device %d: only device 0 is emulated", device);
  }
  primaryUsers++;
  contexts.add(&primary);
  *context = &primary;
  return SUCCESS;
}

API cuDevicePrimaryCtxRelease_v2(int) {
  CUEMU_ENTER_ALWAYS;
  if (primaryUsers == 0) {
    return report(INVALID_CONTEXT, "cuDevicePrimaryCtxRelease without a retain");
  }
  synchronise_all();
  if (--primaryUsers == 0) {
    if (sticky() != SUCCESS) {
      bury_context();
    }
    report_leaks("when the primary context was released");
  }
  return sticky();
}

API cuDevicePrimaryCtxGetState(int, unsigned* flags, int* active) {
  CUEMU_ENTER_DEVICE;
  *flags = 0;
  *active = primaryUsers > 0;
  return SUCCESS;
}

API cuCtxCreate_v2(void** context, unsigned, int device) {
  CUEMU_ENTER_DEVICE;
  if (device != 0) {
    return report(NOT_SUPPORTED, "a context on device %d: only device 0 is emulated", device);
  }
  current.push_back(contexts.add(new Context));
  *context = current.back();
  return SUCCESS;
}

API cuCtxDestroy_v2(void* handle) {
  CUEMU_ENTER_ALWAYS;
  CUEMU_FIND(context, contexts.find(handle));
  synchronise_all();
  report_leaks("when its context was destroyed");
  current.erase(std::remove(current.begin(), current.end(), context), current.end());
  if (!context->primary) {
    contexts.destroy(context);
  }
  return sticky();
}

API cuCtxSetCurrent(void* handle) {
  CUEMU_ENTER_DEVICE;
  Context* context = contexts.find(handle);
  if (handle != nullptr && context == nullptr) {
    return report(INVALID_CONTEXT, "cuCtxSetCurrent of no context");
  }
  if (!current.empty()) {
    current.pop_back();
  }
  if (context != nullptr) {
    current.push_back(context);
  }
  return SUCCESS;
}

API cuCtxPushCurrent_v2(void* handle) {
  CUEMU_ENTER_DEVICE;
  CUEMU_FIND(context, contexts.find(handle));
  current.push_back(context);
  return SUCCESS;
}

API cuCtxPopCurrent_v2(void** context) {
  CUEMU_ENTER_DEVICE;
  if (current.empty()) {
    return INVALID_CONTEXT;
  }
  if (context != nullptr) {
    *context = current.back();
  }
  current.pop_back();
  return SUCCESS;
}

API cuCtxGetCurrent(void** context) {
  CUEMU_ENTER_DEVICE;
  *context = current.empty() ? nullptr : current.back();
  return SUCCESS;
}

API cuCtxGetDevice(int* device) {
  CUEMU_ENTER;
  *device = 0;
  return SUCCESS;
}

API cuCtxGetApiVersion(void*, unsigned* version) {
  CUEMU_ENTER;
  *version = 3020;
  return SUCCESS;
}

API cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  CUEMU_ENTER;
  *least = 0;
  *greatest = -5;
  return SUCCESS;
}

API cuCtxSynchronize() {
  CUEMU_ENTER;
  if (int refusal = synchronising_in_capture(__func__, nullptr)) {
    return refusal;
  }
  synchronise_all();
  return sticky();
}
