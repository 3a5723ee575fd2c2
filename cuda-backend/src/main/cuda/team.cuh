// Threads that work on one row together: a warp or a block, with reductions in a fixed order, so
// that the same input gives the same bits.
#pragma once

#include "floating.cuh"
#include "arrival.cuh"

constexpr unsigned ALL_LANES = 0xFFFFFFFFu;

struct Sum {
  __device__ static __forceinline__ real identity() { return 0; }
  __device__ static __forceinline__ real join(real a, real b) { return a + b; }
};

struct Max {
  __device__ static __forceinline__ real identity() { return -INFINITY; }
  __device__ static __forceinline__ real join(real a, real b) { return larger(a, b); }
};

// All values of a warp joined, in every lane.
template <class Join>
__device__ __forceinline__ real join_warp(real value) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    value = Join::join(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  return value;
}

// All values of a block joined, in every thread; `shared` holds WARPS numbers.
template <class Join>
__device__ __forceinline__ real join_block(real value, real* shared) {
  int lane = threadIdx.x & 31;
  value = join_warp<Join>(value);
  __syncthreads();  // the last use of `shared` has ended
  if (lane == 0) {
    shared[threadIdx.x >> 5] = value;
  }
  __syncthreads();
  return join_warp<Join>(lane < WARPS ? shared[lane] : Join::identity());
}

// n parts joined in a fixed order, in every thread of the block.
template <class Join>
__device__ __forceinline__ real join_parts(const real* parts, idx n, real* shared) {
  real value = Join::identity();
  for (idx j = threadIdx.x; j < n; j += THREADS) {
    value = Join::join(value, parts[j]);
  }
  return join_block<Join>(value, shared);
}

// A warp for each row: for rows of up to some hundred elements.
struct WarpTeam {
  static constexpr int SIZE = 32;
  real* shared;
  int* last;
  __device__ __forceinline__ int member() const { return threadIdx.x & 31; }
  __device__ __forceinline__ idx first() const { return thread_number() >> 5; }
  __device__ __forceinline__ idx count() const { return thread_count() >> 5; }
  template <class Join>
  __device__ __forceinline__ real join(real value) const {
    value = join_warp<Join>(value);
    __syncwarp();  // what the row held has been read by all, it may be written
    return value;
  }
};

// A block for each row.
struct BlockTeam {
  static constexpr int SIZE = THREADS;
  real* shared;
  int* last;
  __device__ __forceinline__ int member() const { return threadIdx.x; }
  __device__ __forceinline__ idx first() const { return blockIdx.x; }
  __device__ __forceinline__ idx count() const { return gridDim.x; }
  template <class Join>
  __device__ __forceinline__ real join(real value) const {
    return join_block<Join>(value, shared);
  }
};

// Joins f(x) over a row's n elements; the result in every member.
template <class Join, class Team, class T, class F>
__device__ __forceinline__ real fold(const Team& team, const T* x, idx n, F f) {
  real value = Join::identity();
  each(
      split(n, x), team.member(), Team::SIZE,
      [&](idx i) {
        Pack a = get_pack(x + i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          value = Join::join(value, f(a.v[j]));
        }
      },
      [&](idx i) { value = Join::join(value, f(get(x + i))); });
  return team.template join<Join>(value);
}

// Joins f(x, y) over a row's n elements; the result in every member.
template <class Join, class Team, class T, class U, class F>
__device__ __forceinline__ real fold(
    const Team& team, const T* x, const U* y, idx n, F f) {
  real value = Join::identity();
  each(
      split(n, x, y), team.member(), Team::SIZE,
      [&](idx i) {
        Pack a = get_pack(x + i);
        Pack b = get_pack(y + i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          value = Join::join(value, f(a.v[j], b.v[j]));
        }
      },
      [&](idx i) { value = Join::join(value, f(get(x + i), get(y + i))); });
  return team.template join<Join>(value);
}

// y = f(x) along a row.
template <class Team, class F>
__device__ __forceinline__ void map_row(
    const Team& team, const storage* x, storage* y, idx n, F f) {
  each(
      split(n, x, y), team.member(), Team::SIZE,
      [&](idx i) {
        Pack a = get_pack(x + i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          a.v[j] = f(a.v[j], i + j);
        }
        put_pack(y + i, a);
      },
      [&](idx i) { put(y + i, f(get(x + i), i)); });
}

// z = f(x, y) along a row.
template <class Team, class U, class F>
__device__ __forceinline__ void map_row(
    const Team& team, const storage* x, const U* y, storage* z, idx n, F f) {
  each(
      split(n, x, y, z), team.member(), Team::SIZE,
      [&](idx i) {
        Pack a = get_pack(x + i);
        Pack b = get_pack(y + i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          a.v[j] = f(a.v[j], b.v[j]);
        }
        put_pack(z + i, a);
      },
      [&](idx i) { put(z + i, f(get(x + i), get(y + i))); });
}

// Defines name_warp and name_block, which call body<Team>(team, arguments).
#define TEAM_KERNELS(name, body, parameters, arguments)    \
  KERNEL(name##_warp) parameters {                         \
    __shared__ real shared[WARPS];                         \
    __shared__ int last;                                   \
    WarpTeam team = {shared, &last};                       \
    body arguments;                                        \
  }                                                        \
  KERNEL(name##_block) parameters {                        \
    __shared__ real shared[WARPS];                         \
    __shared__ int last;                                   \
    BlockTeam team = {shared, &last};                      \
    body arguments;                                        \
  }
