#include "execution.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "banks.h"
#include "faults.h"
#include "report.h"
#include "settings.h"

namespace cuemu {
Launch launch;

namespace {
std::string place() {
  char text[256];
  const Thread& t = *launch.current;
  std::snprintf(
      text, sizeof text, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u)",
      launch.kernel->entry->name, launch.blockIndex[0], launch.blockIndex[1],
      launch.blockIndex[2], t.index[0], t.index[1], t.index[2]);
  return text;
}

// Dynamic shared memory, its end against a guard page.
char* dynamic_memory() {
  static char* end = [] {
    constexpr std::size_t bytes = (MAX_DYNAMIC_SHARED + PAGE - 1) / PAGE * PAGE;
    char* p = static_cast<char*>(mmap(
        nullptr, bytes + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (p == MAP_FAILED || mprotect(p + bytes, PAGE, PROT_NONE) != 0) {
      std::fprintf(stderr, "[cuemu] no memory for shared memory\n");
      std::abort();
    }
    return p + bytes;
  }();
  return end;
}

const Region& static_region(const KernelLibrary& library) {
  static std::map<const KernelLibrary*, Region> regions;
  auto found = regions.find(&library);
  if (found == regions.end()) {
    Region region;
    if (library.sharedBegin != library.sharedEnd) {
      region = make_shared_region(
          reinterpret_cast<Address>(library.sharedBegin),
          static_cast<std::size_t>(library.sharedEnd - library.sharedBegin), "shared");
    }
    found = regions.emplace(&library, region).first;
  }
  return found->second;
}

Region dynamic_region(unsigned bytes) {
  static Region whole = make_shared_region(
      reinterpret_cast<Address>(dynamic_memory()) - MAX_DYNAMIC_SHARED, MAX_DYNAMIC_SHARED,
      "dynamic shared");
  Region region = whole;
  Address begin = reinterpret_cast<Address>(dynamic_memory()) - (bytes + 15) / 16 * 16;
  region.cells += (begin - whole.begin) / 4;
  region.written += (begin - whole.begin) / 8;
  region.begin = begin;
  region.end = begin + bytes;
  return region;
}

// Shared memory is new to each block: NaN, and uninitialised.
void renew(const Region& region) {
  std::size_t bytes = region.end - region.begin;
  if (bytes != 0) {
    std::memset(reinterpret_cast<void*>(region.begin), 0xFF, bytes);
    clear_initialised(region, region.begin, bytes);
  }
}

void begin_block() {
  launch.blockBegin = launch.lastBarrier = ++now;
  launch.blockBegins.push_back(now);
  launch.fenced = false;
  renew(launch.statics);
  renew(launch.dynamic);
  begin_block_synchronisation();
  for (WarpOrder& w : launch.warps) {
    w.all = 0;
    w.pairs.reset();
  }
  const Extent& b = launch.block;
  unsigned i = 0;
  for (unsigned z = 0; z < b.z; z++) {
    for (unsigned y = 0; y < b.y; y++) {
      for (unsigned x = 0; x < b.x; x++, i++) {
        Thread& t = launch.threads[i];
        t.index[0] = x;
        t.index[1] = y;
        t.index[2] = z;
        t.flat = i;
        t.state = State::NEW;
      }
    }
  }
}

bool run_grid() {
  const Extent& grid = launch.grid;
  for (unsigned long long n = 0; n < grid.count(); n++) {
    unsigned long long block = nth_block(n, grid.count());
    launch.blocks.push_back(block);
    launch.blockIndex[0] = static_cast<unsigned>(block % grid.x);
    launch.blockIndex[1] = static_cast<unsigned>(block / grid.x % grid.y);
    launch.blockIndex[2] = static_cast<unsigned>(block / grid.x / grid.y);
    begin_block();
    if (!run_block()) {
      return false;
    }
    count_bank_conflicts();
  }
  return true;
}
}  // namespace

[[noreturn]] void kernel_fault(int code, const std::string& what) {
  launch.faultCode = code;
  launch.fault = what;
  launch.current->fiber.pause();
  std::abort();  // nobody resumes it
}

void run_kernel(
    const HostKernel& kernel, Extent grid, Extent block, unsigned dynamicShared,
    const char* arguments) {
  launch.kernel = &kernel;
  launch.arguments = arguments;
  launch.grid = grid;
  launch.block = block;
  launch.threadCount = static_cast<unsigned>(block.count());
  launch.threads.resize(std::max<std::size_t>(launch.threads.size(), launch.threadCount));
  launch.warps.resize((launch.threadCount + 31) / 32);
  launch.begin = now;
  launch.blockBegins.clear();
  launch.blocks.clear();
  launch.faultCode = 0;
  launch.atomic = false;
  launch.statics = static_region(*kernel.library);
  launch.dynamic = dynamicShared == 0 ? Region{} : dynamic_region(dynamicShared);
  begin_synchronisation();
  forget_cached_allocation();
  counters.launches++;
  counters.threads += static_cast<std::int64_t>(grid.count() * block.count());
  if (kernel.entry->name == settings.faultKernel) {
    settings.faultKernel.clear();
    poison(ILLEGAL_ADDRESS, std::string("injected fault in kernel ") + kernel.entry->name);
    return;
  }
  SignalGuard guard;
  if (!run_grid()) {
    std::string where = launch.current == nullptr ? kernel.entry->name : place();
    for (Thread& t : launch.threads) {
      t.fiber.end();
    }
    poison(launch.faultCode, launch.fault + " in " + where);
  }
  launch.current = nullptr;
}
}  // namespace cuemu
