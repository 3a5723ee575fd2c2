// Rows taken by number: given numbers, or those of the step's batch, computed here.
#pragma once

#include "random.cuh"

// Which row of the data becomes each of m rows.
struct Rows {
  const int* indices;  // null for the samples of the step's batch of m
  const int* clock;
  idx m;
  int samples;
  int shuffle;

  __device__ __forceinline__ int number(idx i) const {
    return indices != nullptr ? indices[i] : batch_sample(clock, m, samples, shuffle, i);
  }

  // Calls take(i, j, number) for each j of 0 to `across` - 1 in each row i. A block takes a piece
  // of the whole, and its threads first find the numbers of its rows, each of one; `numbers` is
  // shared memory for THREADS of them.
  template <class Take>
  __device__ __forceinline__ void each(idx across, int* numbers, Take take) const {
    idx piece = (m * across + gridDim.x - 1) / gridDim.x;
    idx begin = blockIdx.x * piece;
    idx end = begin + piece < m * across ? begin + piece : m * across;
#pragma unroll 1
    while (begin < end) {
      idx first = begin / across;
      idx stop = (first + THREADS) * across < end ? (first + THREADS) * across : end;
      __syncthreads();  // the last numbers have been read
      if ((first + threadIdx.x) * across < stop) {
        numbers[threadIdx.x] = number(first + threadIdx.x);
      }
      __syncthreads();
#pragma unroll 1
      for (idx k = begin + threadIdx.x; k < stop; k += THREADS) {
        unsigned at = (unsigned) (k - first * across);
        unsigned row = at / (unsigned) across;
        take(first + row, at - row * (unsigned) across, numbers[row]);
      }
      begin = stop;
    }
  }
};
