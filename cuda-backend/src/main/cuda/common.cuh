// What every kernel stands on: element types, 16-byte packs, grid-stride loops. No NVIDIA header.
//
// The files in floating/ are compiled once for each storage type, with one of STORAGE_F32,
// STORAGE_F64 and STORAGE_BF16 defined; a kernel `sums` becomes `sums_f32`, `sums_f64` and so on.
// `storage` is what lies in memory, `real` what is computed with. The files in plain/ are compiled
// once, with none of these. Formulas are printed, by dev.lamina.cuda.formula.
//
// The same sources are compiled for the CPU by g++ with CUDA_EMU defined, under the tests' emulator.
// For its sake __shared__ arrays are declared in kernels only, never in functions or templates.
#pragma once

#ifdef CUDA_EMU
#include "cuda_emu.h"
#endif

// Counts and positions of elements.
typedef long long idx;

// Threads of a block: what every launch uses.
constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;

// bfloat16: the upper half of an IEEE 754 single.
struct bf16 {
  unsigned short bits;
};

template <class To, class From>
__device__ __forceinline__ To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From), "types of one size");
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}

// The float with the bits of a bf16.
__device__ __forceinline__ float float_of(bf16 x) {
  return bits_as<float>((unsigned) x.bits << 16);
}

// Rounds to nearest even; NaN becomes the canonical one.
__device__ __forceinline__ bf16 bf16_of(float x) {
  unsigned u = bits_as<unsigned>(x);
  bf16 y;
  y.bits = (u & 0x7FFFFFFFu) > 0x7F800000u
               ? (unsigned short) 0x7FFF
               : (unsigned short) ((u + 0x7FFFu + ((u >> 16) & 1u)) >> 16);
  return y;
}

// Rounds to nearest even at once: first to odd in single precision, whose 16 more bits then decide
// right (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
__device__ __forceinline__ bf16 bf16_of(double x) {
  float f = (float) x;
  unsigned u = bits_as<unsigned>(f);
  if ((double) f != x && x == x) {
    if ((f < 0 ? -(double) f : (double) f) > (x < 0 ? -x : x)) {
      u -= 1;
    }
    u |= 1;
  }
  return bf16_of(bits_as<float>(u));
}

// Conversion of elements as the operation Cast defines it.
template <class To>
struct Convert;

template <>
struct Convert<float> {
  __device__ static __forceinline__ float from(bf16 x) { return float_of(x); }
  template <class From>
  __device__ static __forceinline__ float from(From x) {
    return (float) x;
  }
};

template <>
struct Convert<double> {
  __device__ static __forceinline__ double from(bf16 x) { return float_of(x); }
  template <class From>
  __device__ static __forceinline__ double from(From x) {
    return (double) x;
  }
};

template <>
struct Convert<bf16> {
  __device__ static __forceinline__ bf16 from(bf16 x) { return x; }
  __device__ static __forceinline__ bf16 from(float x) { return bf16_of(x); }
  __device__ static __forceinline__ bf16 from(double x) { return bf16_of(x); }
  __device__ static __forceinline__ bf16 from(int x) { return bf16_of((double) x); }
  __device__ static __forceinline__ bf16 from(unsigned char x) { return bf16_of((float) x); }
};

// Truncates towards zero and saturates, NaN to 0.
template <>
struct Convert<int> {
  __device__ static __forceinline__ int from(double x) {
    return x != x                  ? 0
           : x >= 2147483647.0     ? 2147483647
           : x <= -2147483648.0    ? -2147483647 - 1
                                   : (int) x;
  }
  __device__ static __forceinline__ int from(float x) { return from((double) x); }
  __device__ static __forceinline__ int from(bf16 x) { return from((double) float_of(x)); }
  __device__ static __forceinline__ int from(unsigned char x) { return x; }
};

template <>
struct Convert<unsigned char> {
  __device__ static __forceinline__ unsigned char from(int x) {
    return (unsigned char) (x < 0 ? 0 : x > 255 ? 255 : x);
  }
  template <class From>
  __device__ static __forceinline__ unsigned char from(From x) {
    return from(Convert<int>::from(x));
  }
};

// So many neighbours, moved with as few and wide accesses as their size allows.
template <class T, int COUNT>
struct alignas(sizeof(T) * COUNT < 16 ? sizeof(T) * COUNT : 16) Group {
  T v[COUNT];
};

template <class T>
__device__ __forceinline__ bool aligned(const T* p, unsigned long long bytes) {
  return (reinterpret_cast<unsigned long long>(p) & (bytes - 1)) == 0;
}

// This thread's number in the grid and the number of threads.
__device__ __forceinline__ idx thread_number() {
  return (idx) blockIdx.x * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ idx thread_count() { return (idx) gridDim.x * blockDim.x; }

#define PLAIN_KERNEL(name) extern "C" __global__ void __launch_bounds__(THREADS) name
