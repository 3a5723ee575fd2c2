// The kernels that loaded libraries hold, and the running of one: blocks one after the other, a
// block's threads as fibers.
#pragma once

#include <string>
#include <vector>

#include "cuda_emu/runtime.h"

namespace cuemu {
struct KernelLibrary {
  std::string path;
  char* sharedBegin = nullptr;
  char* sharedEnd = nullptr;
  // Where its code and constants lie: kernels may read there.
  const char* begin = nullptr;
  const char* end = nullptr;
};

struct HostKernel {
  const cuemu_kernel* entry;
  const KernelLibrary* library;
};

// Answers "" or why the library cannot be loaded.
std::string load_kernels(const std::string& path);
const HostKernel* find_kernel(const std::string& name);
// Names of all kernels that come from the same source.
std::vector<std::string> kernels_of_source(const std::string& source);
// PTX text without code that declares the entries of all kernels of a source.
std::string declarations(const std::string& source);

struct Extent {
  unsigned x, y, z;
  unsigned long long count() const { return 1ull * x * y * z; }
};

constexpr unsigned MAX_THREADS = 1024;
constexpr unsigned MAX_DYNAMIC_SHARED = 227 << 10;

// Runs the launch to its end, or to its first fault, which poisons the context.
void run_kernel(
    const HostKernel& kernel, Extent grid, Extent block, unsigned dynamicShared,
    const char* arguments);
}  // namespace cuemu
