// Kernels without mistakes, for the emulator's own tests: each part of CUDA that our kernels use.
#ifdef CUDA_EMU
#include "cuda_emu.h"
#endif

__device__ __forceinline__ float warp_sum(float v) {
  for (int d = 16; d > 0; d /= 2) {
    v += __shfl_down_sync(0xFFFFFFFFu, v, d);
  }
  return v;
}

extern "C" __global__ void add(const float* a, const float* b, float* c, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    c[i] = a[i] + b[i];
  }
}

// y = a x over pairs of 16 bytes, with a grid-stride loop.
extern "C" __global__ void scale_vector(const float4* x, float4* y, float a, long long n) {
  for (long long i = (long long) blockIdx.x * blockDim.x + threadIdx.x; i < n;
       i += (long long) gridDim.x * blockDim.x) {
    float4 v = x[i];
    y[i] = make_float4(a * v.x, a * v.y, a * v.z, a * v.w);
  }
}

// One block of 128 threads for each row: shared memory, shuffles, barriers.
extern "C" __global__ void __launch_bounds__(128) row_sums(const float* x, float* sums, int n) {
  __shared__ float part[4];
  const float* row = x + (size_t) blockIdx.x * n;
  float s = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    s += row[i];
  }
  s = warp_sum(s);
  if ((threadIdx.x & 31) == 0) {
    part[threadIdx.x >> 5] = s;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = part[0] + part[1] + part[2] + part[3];
  }
}

// Dynamic shared memory, a tree of barriers, integer atomics.
extern "C" __global__ void count_positive(const float* x, int* count, int n) {
  extern __shared__ int votes[];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  votes[threadIdx.x] = i < n && x[i] > 0;
  __syncthreads();
  for (int k = blockDim.x / 2; k > 0; k /= 2) {
    if (threadIdx.x < k) {
      votes[threadIdx.x] += votes[threadIdx.x + k];
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    atomicAdd(count, votes[0]);
  }
}

// "The last block sums up": a fence and an atomic order the blocks (CUDA C++ Programming Guide).
extern "C" __global__ void total(const float* x, float* parts, int* done, float* sum) {
  __shared__ bool last;
  float s = warp_sum(x[blockIdx.x * 32 + threadIdx.x]);
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = s;
    __threadfence();
    last = atomicAdd(done, 1) == (int) gridDim.x - 1;
  }
  __syncthreads();
  if (last) {
    s = 0;
    for (int b = threadIdx.x; b < gridDim.x; b += 32) {
      s += parts[b];
    }
    s = warp_sum(s);
    if (threadIdx.x == 0) {
      *sum = s;
    }
  }
}

// Neighbouring halves of one word written by different threads: no race.
extern "C" __global__ void to_bfloat16(const float* x, __nv_bfloat16* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    y[i] = __float2bfloat16(x[i]);
  }
}

extern "C" __global__ void halve_bfloat16(__nv_bfloat16* x, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    x[i] = __float2bfloat16(0.5f * __bfloat162float(x[i]));
  }
}

extern "C" __global__ void to_bytes(const float* x, unsigned char* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    y[i] = (unsigned char) x[i];
  }
}

// Lanes hand values on through shared memory, ordered by __syncwarp.
extern "C" __global__ void rotate_warp(float* x) {
  __shared__ float t[32];
  t[threadIdx.x] = x[threadIdx.x];
  __syncwarp();
  x[threadIdx.x] = t[(threadIdx.x + 1) & 31];
}

struct Affine {
  double scale;
  float shift;
};

// Parameters of several sizes, one of them a structure.
extern "C" __global__ void parameters(
    unsigned char a, double* out, Affine f, short b, long long c, float d) {
  out[0] = a + f.scale * b + f.shift + (double) c + d;
}

extern "C" __global__ void votes(unsigned* out) {
  unsigned even = __ballot_sync(0xFFFFFFFFu, (threadIdx.x & 1) == 0);
  int all = __all_sync(0xFFFFFFFFu, threadIdx.x < 32);
  int any = __any_sync(0xFFFFFFFFu, threadIdx.x == 40);
  out[threadIdx.x] = even + all + any + __umulhi(1u << 31, threadIdx.x * 2);
}
