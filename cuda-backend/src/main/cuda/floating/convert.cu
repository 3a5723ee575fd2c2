// Conversions to and from other element types.
#include "../floating.cuh"

// Elements that a thread takes at once.
constexpr int TAKE = PACK < 4 ? 4 : PACK;

template <class To, class From>
__device__ __forceinline__ void convert(const From* x, To* y, idx n) {
  bool packs = aligned(x, alignof(Group<From, TAKE>)) && aligned(y, alignof(Group<To, TAKE>));
#pragma unroll 1
  for (idx i = thread_number() * TAKE; i < n; i += thread_count() * TAKE) {
    if (packs && i + TAKE <= n) {
      Group<From, TAKE> from = *reinterpret_cast<const Group<From, TAKE>*>(x + i);
      Group<To, TAKE> to;
#pragma unroll
      for (int j = 0; j < TAKE; j++) {
        to.v[j] = Convert<To>::from(from.v[j]);
      }
      *reinterpret_cast<Group<To, TAKE>*>(y + i) = to;
    } else {
#pragma unroll 1
      for (int j = 0; j < TAKE && i + j < n; j++) {
        y[i + j] = Convert<To>::from(x[i + j]);
      }
    }
  }
}

KERNEL(to_int32)(const storage* x, int* y, idx n) { convert(x, y, n); }
KERNEL(to_uint8)(const storage* x, unsigned char* y, idx n) { convert(x, y, n); }
KERNEL(from_int32)(const int* x, storage* y, idx n) { convert(x, y, n); }
KERNEL(from_uint8)(const unsigned char* x, storage* y, idx n) { convert(x, y, n); }
KERNEL(to_fp32)(const storage* x, float* y, idx n) { convert(x, y, n); }
KERNEL(to_fp64)(const storage* x, double* y, idx n) { convert(x, y, n); }
KERNEL(to_bf16)(const storage* x, bf16* y, idx n) { convert(x, y, n); }
