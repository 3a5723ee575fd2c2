// Rows taken by number and converted.
#include "../floating.cuh"
#include "../gather.cuh"

// Elements that a thread takes at once.
constexpr int TAKE = PACK < 4 ? 4 : PACK;

// y[i, j] = scale data[number of i, j] + shift for data [count, columns]; a row that does not exist
// gives NaN.
template <class From>
__device__ __forceinline__ void gather(
    const From* data, const Rows& rows, storage* y, idx count, idx columns, real scale, real shift,
    int* numbers) {
  bool packs = columns % TAKE == 0 && aligned(data, alignof(Group<From, TAKE>))
      && aligned(y, alignof(Group<storage, TAKE>));
  // As they are: adding 0 would turn -0 into 0.
  bool plain = scale == 1 && shift == 0;
  if (packs) {
    rows.each(columns / TAKE, numbers, [=](idx i, idx j, idx row) {
      bool exists = row >= 0 && row < count;
      Group<From, TAKE> a = {};
      if (exists) {
        a = *reinterpret_cast<const Group<From, TAKE>*>(data + row * columns + j * TAKE);
      }
      Group<storage, TAKE> b;
#pragma unroll
      for (int t = 0; t < TAKE; t++) {
        real v = Convert<real>::from(a.v[t]);
        b.v[t] = Convert<storage>::from(!exists ? (real) NAN : plain ? v : scale * v + shift);
      }
      *reinterpret_cast<Group<storage, TAKE>*>(y + i * columns + j * TAKE) = b;
    });
  } else {
    rows.each(columns, numbers, [=](idx i, idx j, idx row) {
      bool exists = row >= 0 && row < count;
      real v = exists ? Convert<real>::from(data[row * columns + j]) : (real) NAN;
      put(y + i * columns + j, plain ? v : scale * v + shift);
    });
  }
}

#define GATHER(name, From)                                                                       \
  KERNEL(name)                                                                                   \
  (const From* data, const int* indices, const int* clock, int samples, int shuffle, storage* y, \
   idx m, idx count, idx columns, double scale, double shift) {                                  \
    __shared__ int numbers[THREADS];                                                             \
    gather(                                                                                      \
        data, Rows{indices, clock, m, samples, shuffle}, y, count, columns, (real) scale,        \
        (real) shift, numbers);                                                                  \
  }

GATHER(gather_fp32, float)
GATHER(gather_fp64, double)
GATHER(gather_bf16, bf16)
GATHER(gather_int32, int)
GATHER(gather_uint8, unsigned char)
