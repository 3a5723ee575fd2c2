// Kernels with one planted mistake each: every detector must find its own.
#ifdef CUDA_EMU
#include "cuda_emu.h"
#endif

extern "C" __global__ void overrun(float* x, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) {  // should be <
    x[i] = 1;
  }
}

extern "C" __global__ void underrun(const float* x, float* y) {
  int i = threadIdx.x;
  y[i] = x[i - 1];  // thread 0 reads before the beginning
}

extern "C" __global__ void null_write(float* x) { x[threadIdx.x] = 1; }

extern "C" __global__ void misaligned_vector(const float* x, float4* y) {
  y[0] = *reinterpret_cast<const float4*>(x + 1);
}

extern "C" __global__ void copy_floats(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    y[i] = x[i];
  }
}

extern "C" __global__ void uninitialised_shared(float* y) {
  __shared__ float t[64];
  if (threadIdx.x < 32) {
    t[threadIdx.x] = 1;
  }
  __syncthreads();
  y[threadIdx.x] = t[threadIdx.x];  // the upper half was never written
}

extern "C" __global__ void shared_race(float* x) {
  __shared__ float t[64];
  t[threadIdx.x] = x[threadIdx.x];
  x[threadIdx.x] = t[blockDim.x - 1 - threadIdx.x];  // no __syncthreads()
}

// A shuffle does not order memory.
extern "C" __global__ void shuffle_is_no_barrier(float* x) {
  __shared__ float t[32];
  t[threadIdx.x] = x[threadIdx.x];
  float other = __shfl_xor_sync(0xFFFFFFFFu, x[threadIdx.x], 1);
  x[threadIdx.x] = t[threadIdx.x ^ 1] + other;
}

// Read by all, then written without a barrier: the write comes before or after the reads.
extern "C" __global__ void write_after_read(float* x) {
  __shared__ float t;
  if (threadIdx.x == 0) {
    t = 1;
  }
  __syncthreads();
  float v = t;
  if (threadIdx.x == 0) {
    t = 2;
  }
  x[threadIdx.x] = v;
}

extern "C" __global__ void global_race(float* x) { x[threadIdx.x / 2] = (float) threadIdx.x; }

extern "C" __global__ void race_between_blocks(float* x) {
  if (threadIdx.x == 0) {
    x[1 + blockIdx.x] = x[blockIdx.x];
  }
}

// As `total` of sound.cu, without its fence.
extern "C" __global__ void missing_fence(float* parts, int* done, float* sum) {
  parts[blockIdx.x] = 1;
  if (atomicAdd(done, 1) == (int) gridDim.x - 1) {
    float s = 0;
    for (int b = 0; b < (int) gridDim.x; b++) {
      s += parts[b];
    }
    *sum = s;
  }
}

extern "C" __global__ void race_with_atomic(int* x) {
  if (threadIdx.x == 5) {
    *x = 1;
  }
  atomicAdd(x, 1);
}

// All lanes want the same bank, and each another word of it.
extern "C" __global__ void bank_conflicts(float* x) {
  __shared__ float t[32 * 32];
  t[threadIdx.x * 32] = x[threadIdx.x];
  __syncwarp();
  x[threadIdx.x] = t[(31 - threadIdx.x) * 32];
}

extern "C" __global__ void divergent_barrier(float* x) {
  if (threadIdx.x < 16) {
    __syncthreads();
    x[threadIdx.x] = 1;
  } else {
    __syncthreads();
    x[threadIdx.x] = 2;
  }
}

extern "C" __global__ void barrier_after_return(float* x, int n) {
  if (threadIdx.x >= n) {
    return;
  }
  __syncthreads();
  x[threadIdx.x] = 1;
}

extern "C" __global__ void divergent_shuffle(float* x) {
  if (threadIdx.x < 16) {
    x[threadIdx.x] = __shfl_down_sync(0xFFFFFFFFu, x[threadIdx.x], 1);
  } else {
    __syncthreads();
  }
}

extern "C" __global__ void shared_index(float* x, int i) {
  __shared__ float a[32];
  __shared__ float b[32];
  a[threadIdx.x] = b[threadIdx.x] = 0;
  __syncthreads();
  x[threadIdx.x] = a[threadIdx.x + i];
}

extern "C" __global__ void dynamic_shared_overrun(float* x) {
  extern __shared__ float t[];
  t[threadIdx.x] = 1;
  __syncthreads();
  x[threadIdx.x] = t[threadIdx.x];
}

extern "C" __global__ void large_frame(float* x, int n) {
  volatile float large[40000];
  large[n] = 1;
  x[threadIdx.x] = large[n];
}

extern "C" __global__ void integer_division(int* x, int y) { x[threadIdx.x] = 100 / y; }

extern "C" __global__ void trap(float* x) {
  if (threadIdx.x == 3) {
    __trap();
  }
  x[threadIdx.x] = 1;
}
