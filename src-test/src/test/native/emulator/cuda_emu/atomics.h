// Atomic operations and fences. Threads of the emulator are never interrupted, so a plain
// read-modify-write is atomic; begin and end tell the race detector that it is meant to be.
#pragma once

namespace cuemu {
template <class T, class F>
static inline T atomically(T* address, F change) {
  cuemu_atomic_begin();
  T old = *address;
  *address = change(old);
  cuemu_atomic_end(address);
  return old;
}
template <class T>
struct Same {
  using type = T;
};
// The operand's type follows the address, as nvcc's overloads have it.
template <class T>
using As = typename Same<T>::type;
}  // namespace cuemu

#define CUEMU_ATOMIC(name, expression)                                      \
  template <class T>                                                        \
  static inline T name(T* address, cuemu::As<T> value) {                    \
    return cuemu::atomically(address, [=](T old) -> T { return expression; }); \
  }
CUEMU_ATOMIC(atomicAdd, static_cast<T>(old + value))
CUEMU_ATOMIC(atomicSub, static_cast<T>(old - value))
CUEMU_ATOMIC(atomicExch, value)
CUEMU_ATOMIC(atomicMin, value < old ? value : old)
CUEMU_ATOMIC(atomicMax, old < value ? value : old)
CUEMU_ATOMIC(atomicAnd, old & value)
CUEMU_ATOMIC(atomicOr, old | value)
CUEMU_ATOMIC(atomicXor, old ^ value)
#undef CUEMU_ATOMIC

// Counts up to `limit`, then starts again at 0.
static inline unsigned atomicInc(unsigned* address, unsigned limit) {
  return cuemu::atomically(address, [=](unsigned old) { return old >= limit ? 0 : old + 1; });
}

template <class T>
static inline T atomicCAS(T* address, cuemu::As<T> expected, cuemu::As<T> value) {
  return cuemu::atomically(address, [=](T old) { return old == expected ? value : old; });
}

static inline void __threadfence() { cuemu_fence(); }
static inline void __threadfence_system() { cuemu_fence(); }
// Orders nothing between threads that do not also meet at a barrier.
static inline void __threadfence_block() {}
