// Conversions to and from other element types, of whole tensors and of rows taken by number.
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

// y[i, j] = scale data[indices[i], j] + shift for data [rows, columns] and m indices; a row that
// does not exist gives NaN.
template <class From>
__device__ __forceinline__ void gather(
    const From* data, const int* indices, storage* y, idx m, idx rows, idx columns, real scale,
    real shift) {
  bool packs = columns % TAKE == 0 && aligned(data, alignof(Group<From, TAKE>))
      && aligned(y, alignof(Group<storage, TAKE>));
  int take = packs ? TAKE : 1;
  // As they are: adding 0 would turn -0 into 0.
  bool plain = scale == 1 && shift == 0;
  idx across = columns / take;
#pragma unroll 1
  for (idx k = thread_number(); k < m * across; k += thread_count()) {
    idx i = k / across;
    idx j = (k - i * across) * take;
    idx row = indices[i];
    bool exists = row >= 0 && row < rows;
    const From* from = data + row * columns + j;
    storage* to = y + i * columns + j;
    if (packs) {
      Group<From, TAKE> a = {};
      if (exists) {
        a = *reinterpret_cast<const Group<From, TAKE>*>(from);
      }
      Group<storage, TAKE> b;
#pragma unroll
      for (int t = 0; t < TAKE; t++) {
        real v = Convert<real>::from(a.v[t]);
        b.v[t] = Convert<storage>::from(!exists ? (real) NAN : plain ? v : scale * v + shift);
      }
      *reinterpret_cast<Group<storage, TAKE>*>(to) = b;
    } else {
      real v = exists ? Convert<real>::from(*from) : (real) NAN;
      put(to, plain ? v : scale * v + shift);
    }
  }
}

#define GATHER(name, From)                                                                     \
  KERNEL(name)                                                                                 \
  (const From* data, const int* indices, storage* y, idx m, idx rows, idx columns,             \
   double scale, double shift) {                                                               \
    gather(data, indices, y, m, rows, columns, (real) scale, (real) shift);                    \
  }

GATHER(gather_fp32, float)
GATHER(gather_fp64, double)
GATHER(gather_bf16, bf16)
GATHER(gather_int32, int)
GATHER(gather_uint8, unsigned char)
