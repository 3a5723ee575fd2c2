#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

#include "report.h"
#include "settings.h"
#include "shadow.h"

namespace cuemu {
Address arenaBegin = 0;
Address arenaEnd = 0;

namespace {
constexpr std::size_t ALIGNMENT = 256;  // what cuMemAlloc promises
constexpr unsigned char POISON = 0xFF;

std::deque<Allocation> allocations;  // [0] is unused
std::uint32_t* owners = nullptr;     // for each page of the arena, the number of its allocation
Address next = 0;
Address used = 0;
std::size_t held = 0;  // by libraries

void* reserve(std::size_t bytes, int protection) {
  void* p = mmap(
      nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) {
    std::fprintf(stderr, "[cuemu] cannot reserve %zu bytes of addresses\n", bytes);
    std::abort();
  }
  return p;
}

bool poisoned(Address from, Address to) {
  for (Address p = from; p < to; p++) {
    if (*reinterpret_cast<unsigned char*>(p) != POISON) {
      return false;
    }
  }
  return true;
}

// The injected failures, and the device's size.
bool refused(std::size_t bytes, bool host) {
  if (settings.failAllocation >= 0 && settings.failAllocation-- == 0) {
    return true;
  }
  if (host) {
    return false;
  }
  std::int64_t limit = settings.failAllocationAfterBytes;
  std::uint64_t live = static_cast<std::uint64_t>(counters.liveBytes);
  return live + bytes > settings.memory
         || (limit >= 0 && live + bytes > static_cast<std::uint64_t>(limit));
}
void count(std::size_t bytes, bool host) {
  counters.allocations++;
  if (!host) {
    counters.liveBytes += static_cast<std::int64_t>(bytes);
    counters.peakBytes = std::max(counters.peakBytes, counters.liveBytes);
  }
}
}  // namespace

void open_arena() {
  if (arenaBegin != 0) {
    return;
  }
  arenaBegin = reinterpret_cast<Address>(reserve(ARENA_BYTES, PROT_NONE));
  arenaEnd = arenaBegin + ARENA_BYTES;
  owners = static_cast<std::uint32_t*>(
      reserve(ARENA_BYTES / PAGE * sizeof(std::uint32_t), PROT_READ | PROT_WRITE));
  next = used = arenaBegin;
  allocations.emplace_back();
  open_shadow();
}

int allocate(Address* out, std::size_t bytes, bool host, const char* function) {
  if (bytes == 0) {
    return report(INVALID_VALUE, "%s of 0 bytes", function);
  }
  if (refused(bytes, host)) {
    return OUT_OF_MEMORY;
  }
  std::size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  std::size_t body = (rounded + PAGE - 1) / PAGE * PAGE;
  if (next + body + 2 * PAGE > arenaEnd) {
    std::fprintf(stderr, "[cuemu] all addresses are used up\n");
    return OUT_OF_MEMORY;
  }
  Allocation a;
  a.first = next + PAGE;
  a.last = a.first + body;
  if (mprotect(reinterpret_cast<void*>(a.first), body, PROT_READ | PROT_WRITE) != 0) {
    return OUT_OF_MEMORY;
  }
  next = used = a.last + PAGE;
  std::memset(reinterpret_cast<void*>(a.first), POISON, body);
  a.base = a.last - rounded;
  a.end = a.base + bytes;
  a.number = allocations.size();
  a.live = true;
  a.host = host;
  for (Address page = a.first - PAGE; page < a.last + PAGE; page += PAGE) {
    owners[(page - arenaBegin) / PAGE] = static_cast<std::uint32_t>(a.number);
  }
  if (host) {
    mark_initialised(a.base, bytes);  // Java writes there unseen
  }
  allocations.push_back(a);
  counters.liveAllocations++;
  count(bytes, host);
  *out = a.base;
  return SUCCESS;
}

int release(Address address, bool host, const char* function) {
  Allocation* a = allocation_at(address);
  if (a == nullptr || a->base != address || a->host != host) {
    return report(
        INVALID_VALUE, "%s of a pointer that no allocation starts at: %s", function,
        describe(address).c_str());
  }
  if (!a->live) {
    return report(
        INVALID_VALUE, "%s a second time: allocation #%lu", function,
        static_cast<unsigned long>(a->number));
  }
  bool after = poisoned(a->end, a->last);
  bool before = poisoned(a->first, a->base);
  std::size_t bytes = a->end - a->base;
  a->live = false;
  counters.liveAllocations--;
  if (!host) {
    counters.liveBytes -= static_cast<std::int64_t>(bytes);
  }
  mmap(
      reinterpret_cast<void*>(a->first), a->last - a->first, PROT_NONE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  forget_shadow(a->first, a->last);
  forget_cached_allocation();
  if (!before || !after) {
    return poison(
        ILLEGAL_ADDRESS,
        std::string("bytes ") + (after ? "before" : "after") + " allocation #"
            + std::to_string(a->number) + " of " + std::to_string(bytes)
            + " bytes were overwritten, found when it was freed");
  }
  return SUCCESS;
}

bool hold(std::size_t bytes) {
  if (refused(bytes, false)) {
    return false;
  }
  held += bytes;
  count(bytes, false);
  return true;
}

void give_back(std::size_t bytes) {
  held -= bytes;
  counters.liveBytes -= static_cast<std::int64_t>(bytes);
}

Allocation* allocation_at(Address address) {
  if (address < arenaBegin || address >= used) {
    return nullptr;
  }
  std::uint32_t number = owners[(address - arenaBegin) / PAGE];
  return number == 0 ? nullptr : &allocations[number];
}

bool inside(Address address, std::size_t bytes) {
  Allocation* a = allocation_at(address);
  return a != nullptr && a->live && address >= a->base && bytes <= a->end - a->base
         && address - a->base <= a->end - a->base - bytes;
}

bool inside_host(Address address, std::size_t bytes) {
  return inside(address, bytes) && allocation_at(address)->host;
}

std::string describe(Address address) {
  char text[256];
  Allocation* a = allocation_at(address);
  if (a == nullptr) {
    std::snprintf(
        text, sizeof text, "address 0x%lx is in no allocation",
        static_cast<unsigned long>(address));
    return text;
  }
  const char* side = address < a->base ? "before" : address >= a->end ? "after" : "into";
  Address distance = address < a->base  ? a->base - address
                     : address >= a->end ? address - a->end
                                         : address - a->base;
  std::snprintf(
      text, sizeof text, "address 0x%lx is %lu bytes %s %s%s allocation #%lu of %lu bytes",
      static_cast<unsigned long>(address), static_cast<unsigned long>(distance), side,
      a->live ? "" : "freed ", a->host ? "host" : "device", static_cast<unsigned long>(a->number),
      static_cast<unsigned long>(a->end - a->base));
  return text;
}

void release_all() {
  for (const Allocation& a : allocations) {
    if (a.live) {
      release(a.base, a.host, __func__);
    }
  }
}

std::string live_list() {
  std::string list;
  for (const Allocation& a : allocations) {
    if (a.live) {
      list += std::string(a.host ? "host" : "device") + " allocation #"
              + std::to_string(a.number) + " of " + std::to_string(a.end - a.base) + " bytes\n";
    }
  }
  return held == 0 ? list : list + "libraries hold " + std::to_string(held) + " bytes\n";
}
}  // namespace cuemu
