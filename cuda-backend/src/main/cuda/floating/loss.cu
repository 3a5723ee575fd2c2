// Losses and their gradients. A loss is first written as parts to a workspace, one for each row or
// block, then joined by finish_sum (reduce.cu). dz may be z.
#include "../team.cuh"

// Softmax cross-entropy of rows [m, n] with class numbers: row losses to `losses` and the gradient
// to `dz`, either of which may be null; the gradient is scaled by dl, 1 if that is null.
template <class Team>
__device__ __forceinline__ void cross_entropy_labels_rows(
    const Team& team, const storage* z, const int* labels, const storage* dl, storage* dz,
    real* losses, idx m, idx n) {
  real scale = (dl == nullptr ? 1 : get(dl)) / (real) m;
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* row = z + i * n;
    int label = labels[i];
    bool valid = label >= 0 && label < n;
    // Read before dz is written, which may lie at the same place.
    real target = valid ? get(row + label) : (real) NAN;
    real top = fold<Max>(team, row, n, [](real v) { return v; });
    real sum = fold<Sum>(team, row, n, [=](real v) { return exp_of(v - top); });
    if (losses != nullptr && team.member() == 0) {
      losses[i] = log_of(sum) - (target - top);
    }
    if (dz != nullptr) {
      real factor = valid ? 1 / sum : (real) NAN;
      map_row(team, row, dz + i * n, n, [=](real v, idx j) {
        return (exp_of(v - top) * factor - (j == label ? 1 : 0)) * scale;
      });
    }
  }
}

TEAM_KERNELS(
    cross_entropy_labels, cross_entropy_labels_rows,
    (const storage* z, const int* labels, const storage* dl, storage* dz, real* losses, idx m,
     idx n),
    (team, z, labels, dl, dz, losses, m, n))

// The same with probabilities y [m, n].
template <class Team>
__device__ __forceinline__ void cross_entropy_rows(
    const Team& team, const storage* z, const storage* y, const storage* dl, storage* dz,
    real* losses, idx m, idx n) {
  real scale = (dl == nullptr ? 1 : get(dl)) / (real) m;
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* row = z + i * n;
    const storage* target = y + i * n;
    real top = fold<Max>(team, row, n, [](real v) { return v; });
    real sum = fold<Sum>(team, row, n, [=](real v) { return exp_of(v - top); });
    if (losses != nullptr) {
      real log_sum = log_of(sum);
      real loss = fold<Sum>(
          team, row, target, n, [=](real v, real p) { return p * (log_sum - (v - top)); });
      if (team.member() == 0) {
        losses[i] = loss;
      }
    }
    if (dz != nullptr) {
      real factor = fold<Sum>(team, target, n, [](real p) { return p; }) / sum;
      map_row(team, row, target, dz + i * n, n, [=](real v, real p) {
        return (exp_of(v - top) * factor - p) * scale;
      });
    }
  }
}

TEAM_KERNELS(
    cross_entropy, cross_entropy_rows,
    (const storage* z, const storage* y, const storage* dl, storage* dz, real* losses, idx m,
     idx n),
    (team, z, y, dl, dz, losses, m, n))

// A loss that is a mean over all elements: each block's part to `parts` and the gradient to `dz`,
// either of which may be null; the gradient is scaled by dl, 1 if that is null.
template <class Loss>
__device__ __forceinline__ void mean_loss(
    const storage* z, const storage* y, const storage* dl, storage* dz, real* parts, idx n,
    real* shared) {
  real scale = (dl == nullptr ? 1 : get(dl)) / (real) n;
  real sum = 0;
  each(
      split(n, z, y, dz == nullptr ? z : dz), thread_number(), thread_count(),
      [&](idx i) {
        Pack a = get_pack(z + i);
        Pack b = get_pack(y + i);
        Pack d;
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          sum += Loss::value(a.v[j], b.v[j]);
          d.v[j] = Loss::gradient(a.v[j], b.v[j]) * scale;
        }
        if (dz != nullptr) {
          put_pack(dz + i, d);
        }
      },
      [&](idx i) {
        real a = get(z + i);
        real b = get(y + i);
        sum += Loss::value(a, b);
        if (dz != nullptr) {
          put(dz + i, Loss::gradient(a, b) * scale);
        }
      });
  if (parts != nullptr) {
    sum = join_block<Sum>(sum, shared);
    if (threadIdx.x == 0) {
      parts[blockIdx.x] = sum;
    }
  }
}

struct BinaryCrossEntropy {
  __device__ static __forceinline__ real value(real z, real y) {
    return larger(z, 0) - z * y + log1p_of(exp_of(-abs_of(z)));
  }
  __device__ static __forceinline__ real gradient(real z, real y) { return sigmoid_of(z) - y; }
};

struct SquaredError {
  __device__ static __forceinline__ real value(real z, real y) { return (z - y) * (z - y); }
  __device__ static __forceinline__ real gradient(real z, real y) { return 2 * (z - y); }
};

KERNEL(binary_cross_entropy)(
    const storage* z, const storage* y, const storage* dl, storage* dz, real* parts, idx n) {
  __shared__ real shared[WARPS];
  mean_loss<BinaryCrossEntropy>(z, y, dl, dz, parts, n, shared);
}

KERNEL(squared_error)(
    const storage* z, const storage* y, const storage* dl, storage* dz, real* parts, idx n) {
  __shared__ real shared[WARPS];
  mean_loss<SquaredError>(z, y, dl, dz, parts, n, shared);
}

// Adds the step's loss to the tracker {sum, count, first bad step, last loss}; one thread.
KERNEL(track_loss)(const storage* loss, const int* clock, double* tracker) {
  if (thread_number() == 0) {
    double value = get(loss);
    if (value - value == 0) {
      tracker[0] += value;
      tracker[1] += 1;
    } else if (tracker[2] == 0) {
      tracker[2] = (double) clock[0] + 1;
    }
    tracker[3] = value;
  }
}
