// Floating-point storage and computation: `storage`, `real`, packs of 16 bytes, loops over them.
#pragma once

#include "common.cuh"

#if defined(STORAGE_F32)
typedef float storage;
typedef float real;
#define KERNEL(name) extern "C" __global__ void __launch_bounds__(THREADS) name##_f32
#elif defined(STORAGE_F64)
typedef double storage;
typedef double real;
#define KERNEL(name) extern "C" __global__ void __launch_bounds__(THREADS) name##_f64
#elif defined(STORAGE_BF16)
typedef bf16 storage;
typedef float real;
#define KERNEL(name) extern "C" __global__ void __launch_bounds__(THREADS) name##_bf16
#else
#error "define STORAGE_F32, STORAGE_F64 or STORAGE_BF16"
#endif

#ifdef STORAGE_F64
__device__ __forceinline__ real exp_of(real x) { return exp(x); }
__device__ __forceinline__ real log_of(real x) { return log(x); }
__device__ __forceinline__ real log1p_of(real x) { return log1p(x); }
__device__ __forceinline__ real sqrt_of(real x) { return sqrt(x); }
__device__ __forceinline__ real abs_of(real x) { return fabs(x); }
#else
__device__ __forceinline__ real exp_of(real x) { return expf(x); }
__device__ __forceinline__ real log_of(real x) { return logf(x); }
__device__ __forceinline__ real log1p_of(real x) { return log1pf(x); }
__device__ __forceinline__ real sqrt_of(real x) { return sqrtf(x); }
__device__ __forceinline__ real abs_of(real x) { return fabsf(x); }
#endif

// The larger, NaN if either is NaN.
__device__ __forceinline__ real larger(real a, real b) { return a > b || a != a ? a : b; }

__device__ __forceinline__ real sigmoid_of(real x) { return 1 / (1 + exp_of(-x)); }

// Of GELU in its tanh form, x sigma(w) with w = 2 sqrt(2/pi) (x + 0.044715 x^3).
constexpr real GELU_SCALE = (real) 1.5957691216057308;
constexpr real GELU_CUBE = (real) (1.5957691216057308 * 0.044715);

// d (sigma(w) + x sigma(w) (1 - sigma(w)) w'), where with e = exp(-|w|) and q = 1 / (1 + e) the
// product sigma(w) (1 - sigma(w)) is e q^2 on both sides, so that nothing cancels. Beyond +-20 the
// derivative is 0 or 1; before it, nothing overflows.
__device__ __forceinline__ real gelu_gradient_of(real d, real x) {
  real c = x > 20 ? (real) 20 : x < -20 ? (real) -20 : x;
  real e = exp_of(-abs_of(c * (GELU_SCALE + GELU_CUBE * c * c)));
  real q = 1 / (1 + e);
  real slope = c * (GELU_SCALE + 3 * GELU_CUBE * c * c);
  return d * (q * ((c >= 0 ? 1 : e) + slope * e * q));
}

// One element.
template <class T>
__device__ __forceinline__ real get(const T* p) {
  return Convert<real>::from(*p);
}
__device__ __forceinline__ void put(storage* p, real value) { *p = Convert<storage>::from(value); }

// Where results go: stored as the operands are, or wide, as what they are computed in.
struct Results {
  void* y;
  int wide;
  __device__ __forceinline__ void operator()(idx i, real value) const {
    if (wide) {
      static_cast<real*>(y)[i] = value;
    } else {
      put(static_cast<storage*>(y) + i, value);
    }
  }
};

// Elements in 16 bytes.
constexpr int PACK = 16 / (int) sizeof(storage);

struct Pack {
  real v[PACK];
};

// Both need an address that is a multiple of 16. Elements may be read that are stored more widely
// than `storage`.
template <class T>
__device__ __forceinline__ Pack get_pack(const T* p) {
  Group<T, PACK> raw = *reinterpret_cast<const Group<T, PACK>*>(p);
  Pack pack;
#pragma unroll
  for (int j = 0; j < PACK; j++) {
    pack.v[j] = Convert<real>::from(raw.v[j]);
  }
  return pack;
}

__device__ __forceinline__ void put_pack(storage* p, const Pack& pack) {
  Group<storage, PACK> raw;
#pragma unroll
  for (int j = 0; j < PACK; j++) {
    raw.v[j] = Convert<storage>::from(pack.v[j]);
  }
  *reinterpret_cast<Group<storage, PACK>*>(p) = raw;
}

// How n elements are cut: some to reach a multiple of 16 bytes, packs, and a rest.
struct Split {
  idx head;
  idx packs;
  idx scalars;  // head and rest together
};

// The cut that suits all addresses: no packs if they are differently misaligned.
template <class T, class... P>
__device__ __forceinline__ Split split(idx n, const T* first, const P*... rest) {
  unsigned at = (unsigned) reinterpret_cast<unsigned long long>(first) & 15u;
  Split s;
  s.head = at == 0 ? 0 : (16 - at) / (int) sizeof(T);
  bool same = (aligned(rest + s.head, 16) && ... && true);
  s.packs = same && n > s.head ? (n - s.head) / PACK : 0;
  s.scalars = n - s.packs * PACK;
  return s;
}

// Calls `pack` with the position of every pack and `scalar` with every other position, shared
// among so many threads, of which this is number `thread`.
template <class P, class S>
__device__ __forceinline__ void each(const Split& s, idx thread, idx threads, P pack, S scalar) {
#pragma unroll 1
  for (idx k = thread; k < s.packs; k += threads) {
    pack(s.head + k * PACK);
  }
#pragma unroll 1
  for (idx i = thread; i < s.scalars; i += threads) {
    scalar(i < s.head ? i : i + s.packs * PACK);
  }
}
