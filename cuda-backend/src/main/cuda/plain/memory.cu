// What moves elements without looking at them, by their size in bytes.
#include "../gather.cuh"

// y = x, so many bytes
PLAIN_KERNEL(copy)(const unsigned char* x, unsigned char* y, idx bytes) {
  idx packs = aligned(x, 16) && aligned(y, 16) ? bytes / 16 : 0;
#pragma unroll 1
  for (idx k = thread_number(); k < packs; k += thread_count()) {
    reinterpret_cast<uint4*>(y)[k] = reinterpret_cast<const uint4*>(x)[k];
  }
#pragma unroll 1
  for (idx i = packs * 16 + thread_number(); i < bytes; i += thread_count()) {
    y[i] = x[i];
  }
}

// Rows of n elements, m of them: y[to + i * to_pitch + j] = x[from + i * from_pitch + j]
#define COPY_ROWS(name, T)                                                        \
  PLAIN_KERNEL(name)                                                              \
  (const T* x, T* y, idx m, idx n, idx from, idx from_pitch, idx to, idx to_pitch) { \
    _Pragma("unroll 1")                                                           \
    for (idx k = thread_number(); k < m * n; k += thread_count()) {               \
      idx i = k / n;                                                              \
      idx j = k % n;                                                              \
      y[to + i * to_pitch + j] = x[from + i * from_pitch + j];                    \
    }                                                                             \
  }

COPY_ROWS(copy_rows_1, unsigned char)
COPY_ROWS(copy_rows_2, unsigned short)
COPY_ROWS(copy_rows_4, unsigned)
COPY_ROWS(copy_rows_8, unsigned long long)
COPY_ROWS(copy_rows_16, uint4)

// All n elements the same.
template <class T>
__device__ __forceinline__ void fill(T* y, idx n, T value) {
  constexpr int COUNT = 16 / (int) sizeof(T);
  Group<T, COUNT> group;
#pragma unroll
  for (int j = 0; j < COUNT; j++) {
    group.v[j] = value;
  }
  idx packs = aligned(y, 16) ? n / COUNT : 0;
#pragma unroll 1
  for (idx k = thread_number(); k < packs; k += thread_count()) {
    reinterpret_cast<Group<T, COUNT>*>(y)[k] = group;
  }
#pragma unroll 1
  for (idx i = packs * COUNT + thread_number(); i < n; i += thread_count()) {
    y[i] = value;
  }
}

PLAIN_KERNEL(fill_1)(unsigned char* y, idx n, unsigned long long bits) {
  fill(y, n, (unsigned char) bits);
}
PLAIN_KERNEL(fill_2)(unsigned short* y, idx n, unsigned long long bits) {
  fill(y, n, (unsigned short) bits);
}
PLAIN_KERNEL(fill_4)(unsigned* y, idx n, unsigned long long bits) {
  fill(y, n, (unsigned) bits);
}
PLAIN_KERNEL(fill_8)(unsigned long long* y, idx n, unsigned long long bits) { fill(y, n, bits); }

// How far apart the rows of a tile of 32 x 32 lie, in elements: an odd number of 4 bytes, or of
// elements where these are larger. So the threads of a warp that take a column of it meet in no
// bank of shared memory.
template <class T>
constexpr int PITCH = 32 + (sizeof(T) < 4 ? 4 / (int) sizeof(T) : 1);

// y [n, m] = x [m, n] transposed, in tiles.
template <class T>
__device__ __forceinline__ void transpose(const T* x, T* y, idx m, idx n, T (*tile)[PITCH<T>]) {
  idx across = (n + 31) / 32;
  idx tiles = across * ((m + 31) / 32);
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  for (idx t = blockIdx.x; t < tiles; t += gridDim.x) {
    idx row = t / across * 32;
    idx column = t % across * 32;
    __syncthreads();  // the last tile has been read
    for (int r = warp; r < 32; r += WARPS) {
      if (row + r < m && column + lane < n) {
        tile[r][lane] = x[(row + r) * n + column + lane];
      }
    }
    __syncthreads();
    for (int c = warp; c < 32; c += WARPS) {
      if (column + c < n && row + lane < m) {
        y[(column + c) * m + row + lane] = tile[lane][c];
      }
    }
  }
}

#define TRANSPOSE(name, T)                            \
  PLAIN_KERNEL(name)(const T* x, T* y, idx m, idx n) { \
    __shared__ T tile[32][PITCH<T>];                  \
    transpose(x, y, m, n, tile);                      \
  }

TRANSPOSE(transpose_1, unsigned char)
TRANSPOSE(transpose_2, unsigned short)
TRANSPOSE(transpose_4, unsigned)
TRANSPOSE(transpose_8, unsigned long long)

// y[i, j] = data[number of i, j] for data [count, columns]; a row that does not exist gives zeros.
#define TAKE_ROWS(name, T)                                                                        \
  PLAIN_KERNEL(name)                                                                              \
  (const T* data, const int* indices, const int* clock, int samples, int shuffle, T* y, idx m,    \
   idx count, idx columns) {                                                                      \
    __shared__ int numbers[THREADS];                                                              \
    Rows rows = {indices, clock, m, samples, shuffle};                                            \
    rows.each(columns, numbers, [=](idx i, idx j, idx row) {                                      \
      y[i * columns + j] = row >= 0 && row < count ? data[row * columns + j] : 0;                 \
    });                                                                                           \
  }

TAKE_ROWS(take_rows_1, unsigned char)
TAKE_ROWS(take_rows_4, unsigned)
