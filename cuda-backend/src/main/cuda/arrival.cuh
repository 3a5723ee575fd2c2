// The last of several blocks to have done its part finishes what they do together.
#pragma once

#include "common.cuh"

// Whether this block is the last of `count` to get here, in every thread; that one then sees what
// all of them have written. `counter` is 0 before the first and after the last of them, so that a
// kernel that is launched again finds it so. `last` is shared memory.
__device__ __forceinline__ bool last_to_arrive(unsigned* counter, idx count, int* last) {
  __syncthreads();  // the whole block has written, and has read `last`
  if (threadIdx.x == 0) {
    unsigned most = (unsigned) count - 1;
    __threadfence();
    *last = atomicInc(counter, most) == most;
    __threadfence();
  }
  __syncthreads();
  return *last != 0;
}
