// threadIdx, blockIdx, blockDim, gridDim: reading a member asks the emulator. They occupy no
// memory, so the sanitizer's callbacks do not see them.
#pragma once

namespace cuemu {
template <unsigned (*ASK)(int), int AXIS>
struct Component {
  __attribute__((always_inline)) operator unsigned() const { return ASK(AXIS); }
};

template <unsigned (*ASK)(int)>
struct Place {
  [[no_unique_address]] Component<ASK, 0> x;
  [[no_unique_address]] Component<ASK, 1> y;
  [[no_unique_address]] Component<ASK, 2> z;
};
}  // namespace cuemu

static constexpr cuemu::Place<cuemu_thread_index> threadIdx{};
static constexpr cuemu::Place<cuemu_block_index> blockIdx{};
static constexpr cuemu::Place<cuemu_block_size> blockDim{};
static constexpr cuemu::Place<cuemu_grid_size> gridDim{};
static constexpr int warpSize = 32;
