#include "shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "settings.h"

namespace cuemu {
Region globalMemory;

namespace {
std::vector<Region> regions;

void* reserve(std::size_t bytes) {
  void* p = mmap(
      nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) {
    std::fprintf(stderr, "[cuemu] cannot reserve %zu bytes of shadow memory\n", bytes);
    std::abort();
  }
  return p;
}

void set_bit(unsigned char* bits, std::size_t at, bool value) {
  unsigned char bit = static_cast<unsigned char>(1u << at % 8);
  bits[at / 8] = static_cast<unsigned char>(value ? bits[at / 8] | bit : bits[at / 8] & ~bit);
}

void set_bits(unsigned char* bits, std::size_t begin, std::size_t end, bool value) {
  while (begin < end && begin % 8 != 0) {
    set_bit(bits, begin, value);
    begin++;
  }
  std::size_t whole = (end - begin) / 8;
  std::memset(bits + begin / 8, value ? 0xFF : 0, whole);
  for (begin += whole * 8; begin < end; begin++) {
    set_bit(bits, begin, value);
  }
}

bool bit(const unsigned char* bits, std::size_t at) { return bits[at / 8] >> at % 8 & 1; }

std::size_t offset(Address address) { return address - globalMemory.begin; }

// Which of the four bytes from `at` lie in [begin, end).
unsigned edge_mask(Address at, Address begin, Address end) {
  unsigned mask = 0;
  for (unsigned i = 0; i < 4; i++) {
    mask |= at + i >= begin && at + i < end ? 1u << i : 0;
  }
  return mask;
}

std::string touch_cells(Address begin, std::size_t bytes, bool write) {
  Address end = begin + bytes;
  for (Address at = begin / 4 * 4; at < end; at += 4) {
    Cell& cell = globalMemory.cells[offset(at) / 4];
    unsigned mask = at >= begin && at + 4 <= end ? 15u : edge_mask(at, begin, end);
    Time other = 0;
    if (cell.write != 0 && cell.writeMask & mask && !ordered_operation(cell.write)) {
      other = cell.write;
    } else if (write && cell.read != 0 && cell.readMask & mask && !ordered_operation(cell.read)) {
      other = cell.read;
    } else if (write && cell.otherRead != 0 && !ordered_operation(cell.otherRead)) {
      other = cell.otherRead;
    }
    if (other != 0) {
      return std::string("unordered ") + (write ? "write" : "read") + ": nothing orders it after "
             + operation_at(other) + " (" + describe(std::max(at, begin)) + ")";
    }
    if (write) {
      cell = {};
      cell.write = now;
      cell.writeMask = mask & 15;
    } else {
      if (cell.read != 0 && !ordered_operation(cell.read)) {
        cell.otherRead = cell.read;
      }
      cell.read = now;
      cell.reader = 0;
      cell.readMask = mask & 15;
      cell.manyBlocks = cell.manyThreads = cell.manyWarps = 0;
    }
  }
  return "";
}
}  // namespace

void open_shadow() {
  globalMemory.begin = arenaBegin;
  globalMemory.end = arenaEnd;
  globalMemory.cells = static_cast<Cell*>(reserve(ARENA_BYTES / 4 * sizeof(Cell)));
  globalMemory.written = static_cast<unsigned char*>(reserve(ARENA_BYTES / 8));
  globalMemory.kind = "global";
}

Region make_shared_region(Address begin, std::size_t bytes, const char* kind) {
  Region region;
  region.begin = begin / 8 * 8;  // bits and cells start at a multiple of 8
  region.end = begin + bytes;
  std::size_t span = region.end - region.begin + 16;
  region.cells = static_cast<Cell*>(reserve(span / 4 * sizeof(Cell) + sizeof(Cell)));
  region.written = static_cast<unsigned char*>(reserve(span / 8 + 1));
  region.kind = kind;
  region.ofBlock = true;
  regions.push_back(region);
  return region;
}

void forget_shadow(Address first, Address last) {
  std::size_t from = offset(first);
  std::size_t to = offset(last);
  madvise(globalMemory.cells + from / 4, (to - from) / 4 * sizeof(Cell), MADV_DONTNEED);
  set_bits(globalMemory.written, from, to, false);
}

void forget_accesses() {
  if (globalMemory.cells != nullptr) {
    madvise(globalMemory.cells, ARENA_BYTES / 4 * sizeof(Cell), MADV_DONTNEED);
  }
  for (const Region& r : regions) {
    std::memset(static_cast<void*>(r.cells), 0, (r.end - r.begin + 3) / 4 * sizeof(Cell));
  }
}

void mark_initialised(Address begin, std::size_t bytes) {
  set_bits(globalMemory.written, offset(begin), offset(begin) + bytes, true);
}

void clear_initialised(const Region& region, Address begin, std::size_t bytes) {
  set_bits(region.written, begin - region.begin, begin - region.begin + bytes, false);
}

Address first_uninitialised(Address begin, std::size_t bytes) {
  const unsigned char* bits = globalMemory.written;
  std::size_t at = offset(begin);
  std::size_t end = at + bytes;
  while (at < end) {
    if (at % 8 == 0 && bits[at / 8] == 0xFF) {
      at += 8;
    } else if (bit(bits, at)) {
      at++;
    } else {
      return globalMemory.begin + at;
    }
  }
  return begin + bytes;
}

void copy_initialised(Address to, Address from, std::size_t bytes) {
  std::vector<bool> states(bytes);
  for (std::size_t i = 0; i < bytes; i++) {
    states[i] = bit(globalMemory.written, offset(from) + i);
  }
  std::size_t begin = 0;
  while (begin < bytes) {
    std::size_t end = begin;
    while (end < bytes && states[end] == states[begin]) {
      end++;
    }
    set_bits(globalMemory.written, offset(to) + begin, offset(to) + end, states[begin]);
    begin = end;
  }
}

std::string touch(Address begin, std::size_t bytes, bool write, bool mayBeUninitialised) {
  if (bytes == 0) {
    return "";
  }
  const char* verb = write ? "write" : "read";
  if (!inside(begin, bytes)) {
    Address at = begin;
    Allocation* a = allocation_at(begin);
    if (a != nullptr && a->live && begin >= a->base && begin < a->end) {
      at = a->end;  // begins well and runs over
    }
    return std::string("illegal ") + verb + " of " + std::to_string(bytes) + " bytes: "
           + describe(at);
  }
  if (write) {
    mark_initialised(begin, bytes);
  } else if (settings.uninitialised && !mayBeUninitialised) {
    Address at = first_uninitialised(begin, bytes);
    if (at != begin + bytes) {
      return "uninitialised read: " + describe(at);
    }
  }
  if (!settings.orders) {
    return "";
  }
  return touch_cells(begin, bytes, write);
}
}  // namespace cuemu
