// What compiled kernels call in the emulator's libcuda.so.1.
#pragma once

#include <cstdint>

extern "C" {
// This thread's place. `const`, since it never changes while a kernel's thread runs.
unsigned cuemu_thread_index(int axis) __attribute__((const));
unsigned cuemu_block_index(int axis) __attribute__((const));
unsigned cuemu_block_size(int axis) __attribute__((const));
unsigned cuemu_grid_size(int axis) __attribute__((const));
unsigned cuemu_lane() __attribute__((const));
void* cuemu_dynamic_shared() __attribute__((const));

// Waits for the whole block.
void cuemu_barrier(int line);
// Waits for the lanes of `mask` at the same line; returns what lane `source` brought, the ballot of
// what all brought if `source` is CUEMU_BALLOT.
std::uint64_t cuemu_warp_exchange(unsigned mask, std::uint64_t bits, int source, int line);
// Waits for the lanes of `mask` and orders their memory accesses.
void cuemu_warp_barrier(unsigned mask, int line);
unsigned cuemu_active_mask();
void cuemu_atomic_begin();
void cuemu_atomic_end(const void* address);
void cuemu_fence();
void cuemu_trap(int line) __attribute__((noreturn));

// How a kernel is called with its packed arguments, for the table of kernels.
struct cuemu_kernel {
  const char* name;
  const char* source;
  void (*call)(const char* arguments);
  const unsigned* sizes;
  const unsigned* offsets;
  unsigned parameters;
};
void cuemu_register_kernel(const cuemu_kernel* kernel);
void cuemu_register_shared(char* begin, char* end);
}

constexpr int CUEMU_BALLOT = -1;
