// What compiled kernels call by name: their place, barriers, collectives.
#include "codes.h"
#include "execution.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

using cuemu::launch;
using cuemu::State;
using cuemu::Thread;

EXPORT unsigned cuemu_thread_index(int axis) { return launch.current->index[axis]; }
EXPORT unsigned cuemu_block_index(int axis) { return launch.blockIndex[axis]; }
EXPORT unsigned cuemu_block_size(int axis) { return (&launch.block.x)[axis]; }
EXPORT unsigned cuemu_grid_size(int axis) { return (&launch.grid.x)[axis]; }
EXPORT unsigned cuemu_lane() { return launch.current->flat & 31; }
EXPORT void* cuemu_dynamic_shared() { return reinterpret_cast<void*>(launch.dynamic.begin); }

namespace {
std::uint64_t wait_for_warp(unsigned mask, std::uint64_t bits, int source, int line, bool orders) {
  Thread& t = *launch.current;
  t.state = State::AT_WARP;
  t.mask = mask;
  t.bits = bits;
  t.source = source;
  t.line = line;
  t.orders = orders;
  t.fiber.pause();
  return t.result;
}
}  // namespace

EXPORT void cuemu_barrier(int line) {
  Thread& t = *launch.current;
  t.state = State::AT_BARRIER;
  t.line = line;
  t.fiber.pause();
}

EXPORT std::uint64_t cuemu_warp_exchange(unsigned mask, std::uint64_t bits, int source, int line) {
  return wait_for_warp(mask, bits, source, line, false);
}

EXPORT void cuemu_warp_barrier(unsigned mask, int line) {
  wait_for_warp(mask, 0, CUEMU_BALLOT, line, true);
}

EXPORT unsigned cuemu_active_mask() {
  unsigned first = launch.current->flat / 32 * 32;
  unsigned mask = 0;
  for (unsigned k = 0; k < 32 && first + k < launch.threadCount; k++) {
    mask |= launch.threads[first + k].state == State::DONE ? 0 : 1u << k;
  }
  return mask;
}

EXPORT void cuemu_trap(int line) {
  cuemu::kernel_fault(cuemu::LAUNCH_FAILED, "__trap() at line " + std::to_string(line));
}
