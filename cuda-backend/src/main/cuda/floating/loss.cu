// Losses and their gradients, each in one kernel: the gradient is written on the way, and the last
// block to arrive joins the blocks' parts of the loss in order. dz may be z. Where z is stored as
// bfloat16, targets that are not class numbers and losses are what is computed in.
#include "../team.cuh"

// The mean of a loss; nothing if it goes to null.
struct Mean {
  real* loss;
  real* parts;  // one for each block
  unsigned* arrivals;
  idx count;  // over how much it is the mean

  // Adds what this thread has summed up; every thread of the block must come here once.
  __device__ __forceinline__ void add(real sum, real* shared, int* last) const {
    if (loss == nullptr) {
      return;
    }
    sum = join_block<Sum>(sum, shared);
    if (threadIdx.x == 0) {
      parts[blockIdx.x] = sum;
    }
    if (last_to_arrive(arrivals, gridDim.x, last)) {
      sum = join_parts<Sum>(parts, gridDim.x, shared);
      if (threadIdx.x == 0) {
        *loss = sum / (real) count;
      }
    }
  }
};

// Softmax cross-entropy of rows [m, n] with class numbers: the mean loss and the gradient to `dz`,
// either of which may be null; the gradient is scaled by dl, 1 if that is null.
template <class Team>
__device__ __forceinline__ void cross_entropy_labels_rows(
    const Team& team, const storage* z, const int* labels, const real* dl, storage* dz,
    const Mean& mean, idx m, idx n) {
  real scale = (dl == nullptr ? 1 : *dl) / (real) m;
  real losses = 0;
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* row = z + i * n;
    int label = labels[i];
    bool valid = label >= 0 && label < n;
    // Read before dz is written, which may lie at the same place.
    real target = valid ? get(row + label) : (real) NAN;
    real top = fold<Max>(team, row, n, [](real v) { return v; });
    real sum = fold<Sum>(team, row, n, [=](real v) { return exp_of(v - top); });
    if (team.member() == 0) {
      losses += log_of(sum) - (target - top);
    }
    if (dz != nullptr) {
      real factor = valid ? 1 / sum : (real) NAN;
      map_row(team, row, dz + i * n, n, [=](real v, idx j) {
        return (exp_of(v - top) * factor - (j == label ? 1 : 0)) * scale;
      });
    }
  }
  mean.add(losses, team.shared, team.last);
}

TEAM_KERNELS(
    cross_entropy_labels, cross_entropy_labels_rows,
    (const storage* z, const int* labels, const real* dl, storage* dz, real* loss, real* parts,
     unsigned* arrivals, idx m, idx n),
    (team, z, labels, dl, dz, {loss, parts, arrivals, m}, m, n))

// The same with probabilities y [m, n].
template <class Team>
__device__ __forceinline__ void cross_entropy_rows(
    const Team& team, const storage* z, const real* y, const real* dl, storage* dz,
    const Mean& mean, idx m, idx n) {
  real scale = (dl == nullptr ? 1 : *dl) / (real) m;
  real losses = 0;
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* row = z + i * n;
    const real* target = y + i * n;
    real top = fold<Max>(team, row, n, [](real v) { return v; });
    real sum = fold<Sum>(team, row, n, [=](real v) { return exp_of(v - top); });
    if (mean.loss != nullptr) {
      real log_sum = log_of(sum);
      real loss = fold<Sum>(
          team, row, target, n, [=](real v, real p) { return p * (log_sum - (v - top)); });
      losses += team.member() == 0 ? loss : 0;
    }
    if (dz != nullptr) {
      real factor = fold<Sum>(team, target, n, [](real p) { return p; }) / sum;
      map_row(team, row, target, dz + i * n, n, [=](real v, real p) {
        return (exp_of(v - top) * factor - p) * scale;
      });
    }
  }
  mean.add(losses, team.shared, team.last);
}

TEAM_KERNELS(
    cross_entropy, cross_entropy_rows,
    (const storage* z, const real* y, const real* dl, storage* dz, real* loss, real* parts,
     unsigned* arrivals, idx m, idx n),
    (team, z, y, dl, dz, {loss, parts, arrivals, m}, m, n))

// A loss that is a mean over all elements: the mean and the gradient to `dz`, either of which may
// be null; the gradient is scaled by dl, 1 if that is null.
template <class Loss>
__device__ __forceinline__ void mean_loss(
    const storage* z, const real* y, const real* dl, storage* dz, const Mean& mean, idx n,
    real* shared, int* last) {
  real scale = (dl == nullptr ? 1 : *dl) / (real) n;
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
  mean.add(sum, shared, last);
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

#define MEAN_LOSS(name, Loss)                                                            \
  KERNEL(name)                                                                           \
  (const storage* z, const real* y, const real* dl, storage* dz, real* loss, real* parts, \
   unsigned* arrivals, idx n) {                                                          \
    __shared__ real shared[WARPS];                                                       \
    __shared__ int last;                                                                 \
    mean_loss<Loss>(z, y, dl, dz, {loss, parts, arrivals, n}, n, shared, &last);         \
  }

MEAN_LOSS(binary_cross_entropy, BinaryCrossEntropy)
MEAN_LOSS(squared_error, SquaredError)

#ifndef STORAGE_BF16
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
#endif
