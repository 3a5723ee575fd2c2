// Device and pinned host memory: one range of addresses, given out upwards and never again, so that
// an address names one allocation for ever. Each allocation lies between guard pages, its end
// against the upper one, and is filled with 0xFF: NaN as fp32, fp64 and bf16, -1 as an integer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cuemu {
using Address = std::uint64_t;

struct Allocation {
  Address base = 0;
  Address end = 0;    // base + bytes asked for
  Address first = 0;  // the mapped pages around it
  Address last = 0;
  std::uint64_t number = 0;  // counted from 1, freed or not
  bool live = false;
  bool host = false;
};

// The whole range. Shadow memory is found by the offset from its start.
extern Address arenaBegin;
extern Address arenaEnd;
constexpr std::size_t ARENA_BYTES = 1ull << 39;
constexpr std::size_t PAGE = 4096;

void open_arena();

// Answers a CUresult.
int allocate(Address* out, std::size_t bytes, bool host, const char* function);
int release(Address address, bool host, const char* function);
// Memory without an address, which only counts: what libraries hold by themselves.
bool hold(std::size_t bytes);
void give_back(std::size_t bytes);
// Everything, as the driver does with what a lost context held.
void release_all();

// The allocation on whose pages (guards included) the address lies, freed or not; or null.
Allocation* allocation_at(Address address);
// Whether all bytes lie in one live allocation.
bool inside(Address address, std::size_t bytes);
bool inside_host(Address address, std::size_t bytes);
// In words, relative to the nearest allocation.
std::string describe(Address address);
// One line for each live allocation.
std::string live_list();
}  // namespace cuemu
