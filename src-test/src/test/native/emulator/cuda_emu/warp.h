// Barriers and warp collectives.
//
// Only __syncthreads and __syncwarp order memory accesses; shuffles and votes do not ("these
// intrinsics do not imply a memory barrier", CUDA C++ Programming Guide), and the race detector
// takes that at its word.
#pragma once

#define __syncthreads() cuemu_barrier(__LINE__)
#define __trap() cuemu_trap(__LINE__)

#define CUEMU_LINE int line = __builtin_LINE()

static inline void __syncwarp(unsigned mask = 0xFFFFFFFFu, CUEMU_LINE) {
  cuemu_warp_barrier(mask, line);
}

static inline unsigned __activemask() { return cuemu_active_mask(); }

namespace cuemu {
template <class T>
static inline T shuffle(unsigned mask, T value, int source, int width, int line) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "CUDA shuffles 4 or 8 bytes");
  int lane = static_cast<int>(cuemu_lane());
  int first = lane & ~(width - 1);
  if (source < first || source >= first + width) {
    source = lane;
  }
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = cuemu_warp_exchange(mask, bits, source, line);
  T result;
  __builtin_memcpy(&result, &bits, sizeof(T));
  return result;
}
}  // namespace cuemu

template <class T>
static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32, CUEMU_LINE) {
  int first = static_cast<int>(cuemu_lane()) & ~(width - 1);
  return cuemu::shuffle(mask, value, first + (source & (width - 1)), width, line);
}

template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned d, int width = 32, CUEMU_LINE) {
  return cuemu::shuffle(
      mask, value, static_cast<int>(cuemu_lane()) - static_cast<int>(d), width, line);
}

template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned d, int width = 32, CUEMU_LINE) {
  return cuemu::shuffle(
      mask, value, static_cast<int>(cuemu_lane()) + static_cast<int>(d), width, line);
}

template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int x, int width = 32, CUEMU_LINE) {
  return cuemu::shuffle(mask, value, static_cast<int>(cuemu_lane()) ^ x, width, line);
}

static inline unsigned __ballot_sync(unsigned mask, int predicate, CUEMU_LINE) {
  return static_cast<unsigned>(cuemu_warp_exchange(mask, predicate != 0, CUEMU_BALLOT, line));
}

static inline int __any_sync(unsigned mask, int predicate, CUEMU_LINE) {
  return __ballot_sync(mask, predicate, line) != 0;
}

static inline int __all_sync(unsigned mask, int predicate, CUEMU_LINE) {
  return __ballot_sync(mask, predicate, line) == mask;
}

#undef CUEMU_LINE
