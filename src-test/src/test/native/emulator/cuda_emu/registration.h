// The table of a library's kernels. The build writes one CUEMU_KERNEL line for each `__global__`
// function that it finds; sizes and offsets of the parameters come from the function's type.
#pragma once

#include <array>
#include <utility>

#include "runtime.h"

namespace cuemu {
template <auto KERNEL>
struct Kernel;

template <class... A, void (*KERNEL)(A...)>
struct Kernel<KERNEL> {
  static constexpr unsigned COUNT = sizeof...(A);

  static constexpr std::array<unsigned, COUNT + 1> pack() {
    constexpr unsigned size[] = {unsigned(sizeof(A))..., 0};
    constexpr unsigned alignment[] = {unsigned(alignof(A))..., 1};
    std::array<unsigned, COUNT + 1> offset{};
    unsigned at = 0;
    for (unsigned i = 0; i < COUNT; i++) {
      at = (at + alignment[i] - 1) / alignment[i] * alignment[i];
      offset[i] = at;
      at += size[i];
    }
    offset[COUNT] = at;
    return offset;
  }

  static constexpr unsigned sizes[] = {unsigned(sizeof(A))..., 0};
  static constexpr std::array<unsigned, COUNT + 1> offsets = pack();

  // Through a volatile pointer, so that the kernel is not inlined into code without callbacks.
  template <std::size_t... I>
  __attribute__((no_sanitize("thread"))) static void spread(
      const char* arguments, std::index_sequence<I...>) {
    void (*volatile kernel)(A...) = KERNEL;
    kernel(*reinterpret_cast<const std::remove_cv_t<A>*>(arguments + offsets[I])...);
  }

  __attribute__((no_sanitize("thread"))) static void call(const char* arguments) {
    spread(arguments, std::index_sequence_for<A...>{});
  }
};

template <auto KERNEL>
struct Registration {
  using K = Kernel<KERNEL>;
  cuemu_kernel entry;

  Registration(const char* name, const char* source)
      : entry{name, source, &K::call, K::sizes, K::offsets.data(), K::COUNT} {
    cuemu_register_kernel(&entry);
  }
};
}  // namespace cuemu

#define CUEMU_KERNEL(name, source) \
  static cuemu::Registration<&name> cuemu_registration_##name(#name, source);
