// Positions of the largest elements, and right answers counted with them.
#include "../team.cuh"

// An element and its position; NaN counts as largest, the first of equals wins.
struct Best {
  real value;
  int index;
  __device__ __forceinline__ void offer(real v, int i) {
    bool nan = value != value;
    bool other = v != v;
    if (nan != other ? other : nan || v == value ? i < index : v > value) {
      value = v;
      index = i;
    }
  }
};

__device__ __forceinline__ Best nothing() { return {-INFINITY, 2147483647}; }

// The best of a row's n elements, in every lane of the warp.
__device__ __forceinline__ Best best_of_row(const storage* x, idx n) {
  Best best = nothing();
  each(
      split(n, x), threadIdx.x & 31, 32,
      [&](idx i) {
        Pack a = get_pack(x + i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          best.offer(a.v[j], (int) i + j);
        }
      },
      [&](idx i) { best.offer(get(x + i), (int) i); });
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    real value = __shfl_xor_sync(ALL_LANES, best.value, distance);
    int index = __shfl_xor_sync(ALL_LANES, best.index, distance);
    best.offer(value, index);
  }
  return best;
}

// y[i] = position of the largest in row i of [m, n]; a warp for each row.
KERNEL(argmax_rows)(const storage* x, int* y, idx m, idx n) {
  WarpTeam team = {nullptr, nullptr};
  for (idx i = team.first(); i < m; i += team.count()) {
    Best best = best_of_row(x + i * n, n);
    if (team.member() == 0) {
      y[i] = best.index;
    }
  }
}

// y[j] = position of the largest in column j of [m, n]; a block for 32 columns.
KERNEL(argmax_columns)(const storage* x, int* y, idx m, idx n) {
  __shared__ real values[THREADS];
  __shared__ int indices[THREADS];
  int lane = threadIdx.x & 31;
  for (idx tile = (idx) blockIdx.x * 32; tile < n; tile += (idx) gridDim.x * 32) {
    Best best = nothing();
    idx column = tile + lane;
    if (column < n) {
      for (idx row = threadIdx.x >> 5; row < m; row += WARPS) {
        best.offer(get(x + row * n + column), (int) row);
      }
    }
    __syncthreads();
    values[threadIdx.x] = best.value;
    indices[threadIdx.x] = best.index;
    __syncthreads();
    if (threadIdx.x < 32 && column < n) {
      for (int w = 1; w < WARPS; w++) {
        best.offer(values[w * 32 + lane], indices[w * 32 + lane]);
      }
      y[column] = best.index;
    }
  }
}

// The sum over the threads of a block, in thread 0; 0 in the others.
__device__ __forceinline__ idx sum_block(idx value, idx* sums) {
  __syncthreads();  // the last use of `sums` has ended
  sums[threadIdx.x] = value;
  for (int distance = THREADS / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (threadIdx.x < distance) {
      sums[threadIdx.x] += sums[threadIdx.x + distance];
    }
  }
  return threadIdx.x == 0 ? sums[0] : 0;
}

// counter += what all threads of the grid have counted; parts: one for each block.
__device__ __forceinline__ void add_counts(
    idx count, idx* parts, unsigned* arrivals, double* counter, idx* sums, int* last) {
  count = sum_block(count, sums);
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = count;
  }
  if (last_to_arrive(arrivals, gridDim.x, last)) {
    count = 0;
    for (idx i = threadIdx.x; i < gridDim.x; i += THREADS) {
      count += parts[i];
    }
    count = sum_block(count, sums);
    if (threadIdx.x == 0) {
      *counter += (double) count;
    }
  }
}

// counter += number of rows of z [m, n] whose first largest element is at the class that `labels`
// or, if that is null, the first largest of y [m, n] names. Rows with a NaN are wrong.
KERNEL(count_classes)(
    const storage* z, const int* labels, const storage* y, idx* parts, unsigned* arrivals,
    double* counter, idx m, idx n) {
  __shared__ idx sums[THREADS];
  __shared__ int last;
  WarpTeam team = {nullptr, nullptr};
  idx count = 0;
  for (idx i = team.first(); i < m; i += team.count()) {
    Best best = best_of_row(z + i * n, n);
    int label;
    bool valid = best.value == best.value;
    if (labels != nullptr) {
      label = labels[i];
    } else {
      Best target = best_of_row(y + i * n, n);
      label = target.index;
      valid = valid && target.value == target.value;
    }
    count += team.member() == 0 && valid && best.index == label;
  }
  add_counts(count, parts, arrivals, counter, sums, &last);
}

// counter += number of elements with z > 0 just when y > 0.5.
KERNEL(count_signs)(
    const storage* z, const storage* y, idx* parts, unsigned* arrivals, double* counter, idx n) {
  __shared__ idx sums[THREADS];
  __shared__ int last;
  idx count = 0;
  for (idx i = thread_number(); i < n; i += thread_count()) {
    real a = get(z + i);
    real b = get(y + i);
    count += a == a && b == b && (a > 0) == (b > (real) 0.5);
  }
  add_counts(count, parts, arrivals, counter, sums, &last);
}
