// What a `.cu` source needs so that g++ compiles it for the emulator: nvcc's keywords, built-in
// variables, vector types and intrinsics. Host x86-64, C++17.
//
// A kernel's memory accesses are seen through the callbacks of -fsanitize=thread, its misaligned
// accesses and array indices through those of -fsanitize=alignment,bounds; all of them are answered
// by the emulator's libcuda.so.1.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "cuda_emu/runtime.h"
#include "cuda_emu/types.h"

#define __host__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __align__(n) alignas(n)
#define __constant__ static const
#define __grid_constant__
// Shared memory is the library's section of this name: one block runs at a time.
#define __shared__ static __attribute__((section("cuemu_shared")))
// `extern __shared__ T name[];` in a source is rewritten to this by the build.
#define CUEMU_DYNAMIC_SHARED(T, name) T* name = static_cast<T*>(cuemu_dynamic_shared())
#define __launch_bounds__(...)
#ifdef CUEMU_LIST_KERNELS
#define __global__ cuemu_kernel_mark
#else
#define __global__
#endif

#include "cuda_emu/variables.h"
#include "cuda_emu/warp.h"
#include "cuda_emu/atomics.h"
#include "cuda_emu/arithmetic.h"
#include "cuda_emu/bfloat16.h"
