// Each memory access of a compiled kernel: bounds, alignment, uninitialised reads, races. This is
// the emulator's innermost loop.
#include <cstring>

#include "banks.h"
#include "codes.h"
#include "execution.h"
#include "settings.h"

namespace cuemu {
namespace {
// The allocations of the last few accesses that were good.
struct Span {
  Address begin;
  Address end;
};
constexpr unsigned CACHED = 4;
Span cached[CACHED];
unsigned replaced = 0;

bool cached_span(Address p, unsigned n) {
  for (unsigned i = 0; i < CACHED; i++) {
    if (p >= cached[i].begin && p + n <= cached[i].end) {
      return true;
    }
  }
  return false;
}

bool thread_ordered(Time time, unsigned thread) {
  const Thread& t = *launch.current;
  if (thread == t.flat || time < launch.lastBarrier) {
    return true;
  }
  if (thread / 32 != t.flat / 32) {
    return false;
  }
  const WarpOrder& w = launch.warps[t.flat / 32];
  return time < w.all || (w.pairs != nullptr && time < (*w.pairs)[thread & 31][t.flat & 31]);
}

// Whether an access at that time, by that thread if it was in this block, comes before this one.
bool ordered(Time time, unsigned thread) {
  if (time >= launch.blockBegin) {
    return !settings.races || thread_ordered(time, thread);
  }
  if (time >= launch.begin) {
    return !settings.races || acquired(time);
  }
  return !settings.orders || ordered_operation(time);
}

// Whether all reads that the cell remembers come before this access.
bool reads_ordered(const Cell& c) {
  if (c.otherRead != 0 && settings.orders && !ordered_operation(c.otherRead)) {
    return false;
  }
  if (c.read < launch.begin) {
    return !settings.orders || ordered_operation(c.read);
  }
  if (!settings.races) {
    return true;
  }
  if (c.manyBlocks) {
    return false;
  }
  if (c.read >= launch.blockBegin && c.manyThreads) {
    const Thread& t = *launch.current;
    return c.read < launch.lastBarrier
           || (!c.manyWarps && c.reader / 32u == t.flat / 32
               && c.read < launch.warps[t.flat / 32].all);
  }
  return ordered(c.read, c.reader);
}

std::string other_thread(Time time, unsigned thread) {
  std::size_t block = 0;
  while (block + 1 < launch.blockBegins.size() && launch.blockBegins[block + 1] <= time) {
    block++;
  }
  const Extent& b = launch.block;
  const Extent& g = launch.grid;
  auto triple = [](std::size_t i, const Extent& e) {
    return "(" + std::to_string(i % e.x) + "," + std::to_string(i / e.x % e.y) + ","
           + std::to_string(i / e.x / e.y) + ")";
  };
  return "block " + triple(launch.blocks[block], g) + ", thread " + triple(thread, b);
}

[[noreturn]] void race(
    const Region& region, Address at, const char* kind, Time time, unsigned thread) {
  std::string where = region.kind == globalMemory.kind
                          ? describe(at)
                          : "offset " + std::to_string(at - region.begin);
  if (time < launch.begin) {
    kernel_fault(
        LAUNCH_FAILED, std::string("unordered ") + kind + ": nothing orders it after "
                           + operation_at(time) + " (" + where + ")");
  }
  kernel_fault(
      LAUNCH_FAILED, std::string(kind) + " race on " + region.kind + " memory (" + where
                         + ") with " + other_thread(time, thread));
}

void note_write(const Region& region, Address at, Cell& c, unsigned mask) {
  if (c.write != 0 && c.writeMask & mask && !(c.atomic && launch.atomic)
      && !ordered(c.write, c.writer)) {
    race(region, at, "write-after-write", c.write, c.writer);
  }
  if (c.read != 0 && c.readMask & mask) {
    if (!reads_ordered(c)) {
      bool other = c.otherRead != 0 && !ordered_operation(c.otherRead);
      race(region, at, "write-after-read", other ? c.otherRead : c.read, c.reader);
    }
    c.read = c.otherRead = 0;
    c.manyBlocks = c.manyThreads = c.manyWarps = 0;
  }
  c.write = now;
  c.writer = launch.current->flat & 1023;
  c.writeMask = mask & 15;
  c.atomic = launch.atomic;
}

void note_read(const Region& region, Address at, Cell& c, unsigned mask) {
  if (c.write != 0 && c.writeMask & mask && !(c.atomic && launch.atomic)
      && !ordered(c.write, c.writer)) {
    race(region, at, "read-after-write", c.write, c.writer);
  }
  if (launch.atomic) {
    return;
  }
  unsigned thread = launch.current->flat & 1023;
  if (c.read == 0 || !(c.readMask & mask) || c.read < launch.begin) {
    if (c.read != 0 && c.read < launch.begin && settings.orders && !ordered_operation(c.read)) {
      c.otherRead = c.read;
    }
    c.manyBlocks = c.manyThreads = c.manyWarps = 0;
    c.readMask = mask & 15;
  } else if (c.read < launch.blockBegin) {
    c.manyBlocks = 1;
    c.manyThreads = c.manyWarps = 0;
    c.readMask = (c.readMask | mask) & 15;
  } else if (c.reader == thread && !c.manyThreads) {
    c.readMask = (c.readMask | mask) & 15;
  } else {
    bool earlier = c.read < launch.lastBarrier
                   || (!c.manyWarps && c.reader / 32u == thread / 32
                       && c.read < launch.warps[thread / 32].all);
    if (earlier) {
      c.manyThreads = c.manyWarps = 0;
      c.readMask = mask & 15;
    } else {
      c.manyThreads = 1;
      c.manyWarps |= c.reader / 32u != thread / 32;
      c.readMask = (c.readMask | mask) & 15;
    }
  }
  c.read = now;
  c.reader = thread & 1023;
}

bool all_written(const Region& region, std::size_t at, unsigned n) {
  const unsigned char* bits = region.written + at / 8;
  switch (n) {
    case 4:
      return ((*bits >> (at & 4)) & 15) == 15;
    case 8:
      return *bits == 0xFF;
    case 16:
      return bits[0] == 0xFF && bits[1] == 0xFF;
    default:
      for (unsigned i = 0; i < n; i++) {
        if (!(region.written[(at + i) / 8] >> (at + i) % 8 & 1)) {
          return false;
        }
      }
      return true;
  }
}

void set_written(const Region& region, std::size_t at, unsigned n) {
  unsigned char* bits = region.written + at / 8;
  switch (n) {
    case 4:
      *bits = static_cast<unsigned char>(*bits | 15u << (at & 4));
      return;
    case 8:
      *bits = 0xFF;
      return;
    case 16:
      bits[0] = bits[1] = 0xFF;
      return;
    default:
      for (std::size_t i = at; i < at + n; i++) {
        region.written[i / 8] = static_cast<unsigned char>(region.written[i / 8] | 1u << i % 8);
      }
  }
}

void forget_other_blocks(Cell* cell, unsigned n) {
  for (const Cell* end = cell + (n + 3) / 4; cell < end; cell++) {
    if (cell->write < launch.blockBegin) {
      cell->write = 0;
    }
    if (cell->read < launch.blockBegin) {
      cell->read = cell->otherRead = 0;
    }
  }
}

void note(const Region& region, Address p, unsigned n, bool write) {
  std::size_t at = p - region.begin;
  if (write) {
    set_written(region, at, n);
  } else if (settings.uninitialised && !all_written(region, at, n)) {
    kernel_fault(
        LAUNCH_FAILED,
        std::string("uninitialised read of ") + std::to_string(n) + " bytes of " + region.kind
            + " memory: "
            + (region.kind == globalMemory.kind ? describe(p) : "offset " + std::to_string(at)));
  }
  if (!settings.races && !settings.orders) {
    return;
  }
  Cell* cell = region.cells + at / 4;
  if (region.ofBlock) {
    forget_other_blocks(cell, n);
  }
  if (n >= 4) {
    for (unsigned i = 0; i < n / 4; i++) {
      Address word = p + 4 * i;
      write ? note_write(region, word, cell[i], 15) : note_read(region, word, cell[i], 15);
    }
  } else {
    unsigned mask = ((1u << n) - 1) << (at & 3);
    write ? note_write(region, p, *cell, mask) : note_read(region, p, *cell, mask);
  }
}

// The place in the code from which memory is accessed.
const void* accessor = nullptr;

// Not global memory: shared, the thread's own, the library's, or a mistake.
void access_elsewhere(Address p, unsigned n, bool write) {
  for (const Region* region : {&launch.statics, &launch.dynamic}) {
    if (p >= region->begin && p + n <= region->end) {
      if (settings.banks) {
        note_bank_access(accessor, p, n);
      }
      note(*region, p, n, write);
      return;
    }
  }
  const void* at = reinterpret_cast<const void*>(p);
  if (launch.current->fiber.on_stack(at)) {
    return;
  }
  const KernelLibrary& library = *launch.kernel->library;
  if (!write && at >= library.begin && at < library.end) {
    return;  // a constant
  }
  kernel_fault(
      ILLEGAL_ADDRESS, std::string("illegal ") + (write ? "write" : "read") + " of "
                           + std::to_string(n) + " bytes: " + describe(p));
}

void check_span(Address p, unsigned n, bool write) {
  Allocation* a = allocation_at(p);
  if (a == nullptr || !a->live || p < a->base || p + n > a->end) {
    kernel_fault(
        ILLEGAL_ADDRESS, std::string("illegal ") + (write ? "write" : "read") + " of "
                             + std::to_string(n) + " bytes: " + describe(p));
  }
  cached[replaced++ % CACHED] = {a->base, a->end};
}

void access(const void* address, unsigned n, bool write) {
  if (!launch.inKernel) {
    return;  // a constructor of the kernels' library
  }
  Address p = reinterpret_cast<Address>(address);
  if (p < arenaBegin || p >= arenaEnd) {
    access_elsewhere(p, n, write);
    return;
  }
  if ((p & (n - 1)) != 0 && n <= 16) {
    kernel_fault(
        MISALIGNED_ADDRESS, std::string("misaligned ") + (write ? "write" : "read") + " of "
                                + std::to_string(n) + " bytes: " + describe(p));
  }
  if (!cached_span(p, n)) {
    check_span(p, n, write);
  }
  note(globalMemory, p, n, write);
}

// In pieces of the sizes that `note` knows.
void access_range(const void* address, unsigned long bytes, bool write) {
  const char* p = static_cast<const char*>(address);
  while (bytes != 0) {
    unsigned long aligned = reinterpret_cast<Address>(p) & (~reinterpret_cast<Address>(p) + 1);
    unsigned n = 1;
    while (n < 16 && 2 * n <= bytes && (aligned == 0 || 2 * n <= aligned)) {
      n *= 2;
    }
    access(p, n, write);
    p += n;
    bytes -= n;
  }
}
}  // namespace

void forget_cached_allocation() { std::memset(cached, 0, sizeof cached); }
}  // namespace cuemu

// The interface of -fsanitize=thread and -fsanitize=alignment,bounds.
#define EXPORT extern "C" __attribute__((visibility("default")))
#define FROM_HERE(name, n, write)                      \
  EXPORT void name(void* p) {                          \
    cuemu::accessor = __builtin_return_address(0);     \
    cuemu::access(p, n, write);                        \
  }
#define ACCESS(n)                                \
  FROM_HERE(__tsan_read##n, n, false)            \
  FROM_HERE(__tsan_write##n, n, true)            \
  FROM_HERE(__tsan_unaligned_read##n, n, false)  \
  FROM_HERE(__tsan_unaligned_write##n, n, true)  \
  FROM_HERE(__tsan_volatile_read##n, n, false)   \
  FROM_HERE(__tsan_volatile_write##n, n, true)
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
EXPORT void __tsan_read_range(void* p, unsigned long n) {
  cuemu::accessor = __builtin_return_address(0);
  cuemu::access_range(p, n, false);
}
EXPORT void __tsan_write_range(void* p, unsigned long n) {
  cuemu::accessor = __builtin_return_address(0);
  cuemu::access_range(p, n, true);
}
EXPORT void* __tsan_memcpy(void* to, const void* from, unsigned long n) {
  cuemu::accessor = __builtin_return_address(0);
  cuemu::access_range(from, n, false);
  cuemu::access_range(to, n, true);
  return std::memmove(to, from, n);
}
EXPORT void __tsan_func_entry(void*) {}
EXPORT void __tsan_func_exit() {}
EXPORT void __tsan_init() {}

namespace {
struct SourceLocation {
  const char* file;
  unsigned line;
  unsigned column;
};

std::string text(const SourceLocation& at) {
  const char* slash = std::strrchr(at.file, '/');
  return std::string(slash ? slash + 1 : at.file) + ":" + std::to_string(at.line);
}
}  // namespace

EXPORT void __ubsan_handle_type_mismatch_v1(const SourceLocation* at, const void* p) {
  if (cuemu::launch.inKernel) {
    cuemu::kernel_fault(
        cuemu::MISALIGNED_ADDRESS, "misaligned address at " + text(*at) + ": "
                                       + cuemu::describe(reinterpret_cast<cuemu::Address>(p)));
  }
}

EXPORT void __ubsan_handle_out_of_bounds(const SourceLocation* at, const void* index) {
  if (cuemu::launch.inKernel) {
    cuemu::kernel_fault(
        cuemu::ILLEGAL_ADDRESS,
        "array index " + std::to_string(static_cast<long>(reinterpret_cast<intptr_t>(index)))
            + " out of bounds at " + text(*at));
  }
}
