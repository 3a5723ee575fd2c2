// The launch that runs now: what the callbacks of compiled kernels ask and change.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "fiber.h"
#include "kernel.h"
#include "shadow.h"

namespace cuemu {
enum class State { NEW, READY, AT_BARRIER, AT_WARP, DONE };

// When lanes of a warp last met at a __syncwarp.
struct WarpOrder {
  Time all = 0;  // every lane of the warp
  std::unique_ptr<std::array<std::array<Time, 32>, 32>> pairs;
};

struct Thread {
  unsigned index[3] = {0, 0, 0};
  unsigned flat = 0;
  State state = State::NEW;
  Fiber fiber;
  // Of the barrier or collective at which it waits.
  int line = 0;
  unsigned mask = 0;
  std::uint64_t bits = 0;
  int source = 0;
  bool orders = false;
  std::uint64_t result = 0;
};

struct Launch {
  const HostKernel* kernel = nullptr;
  const char* arguments = nullptr;
  Extent grid{};
  Extent block{};
  unsigned blockIndex[3] = {0, 0, 0};
  unsigned threadCount = 0;
  std::vector<Thread> threads;
  std::vector<WarpOrder> warps;
  Thread* current = nullptr;
  bool inKernel = false;
  bool atomic = false;
  bool fenced = false;

  Time begin = 0;         // of the operation
  Time blockBegin = 0;
  Time lastBarrier = 0;   // of this block; its begin before the first
  // Of the blocks so far: when they began and which they are.
  std::vector<Time> blockBegins;
  std::vector<unsigned long long> blocks;

  Region statics;  // shared memory of the kernel's library
  Region dynamic;

  int faultCode = 0;
  std::string fault;
};
extern Launch launch;

// Ends the running kernel from inside one of its threads.
[[noreturn]] void kernel_fault(int code, const std::string& what);

// The n-th block to run, of so many, by the setting of the thread order.
unsigned long long nth_block(unsigned long long n, unsigned long long count);

// Runs the current block's threads to their end; false after a fault.
bool run_block();

// Of block-wide order that atomics with fences make: see synchronisation.cpp.
void begin_synchronisation();
void begin_block_synchronisation();
bool acquired(Time time);
}  // namespace cuemu
