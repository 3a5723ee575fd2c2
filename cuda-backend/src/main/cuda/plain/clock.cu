// A training run's state on the device: clock {step, seed low, seed high, 0}, tracker {sum of
// losses, count, first bad step, last loss}, hyper {rate, 1 - beta1^t, 1 - beta2^t, skip, t}, and
// for each update of parameters a refusal {step or 0, number of elements, gradient bad}.
#include "../random.cuh"

// Ends a step; one thread.
PLAIN_KERNEL(advance_clock)(int* clock) {
  if (thread_number() == 0) {
    clock[0] += 1;
  }
}

// What follows the warm-up; the numbers are those of RateCurve.Decay.
enum Decay { CONSTANT = 0, STEP = 1, COSINE = 2 };

__device__ __forceinline__ double learning_rate(
    idx t, int decay, double base, idx warmup, idx period, double factor, double floor) {
  if (t < warmup) {
    return base * (double) (t + 1) / (double) warmup;
  }
  idx s = t - warmup;
  if (decay == STEP) {
    return base * pow(factor, (double) (s / period));
  }
  if (decay == COSINE) {
    double part = (double) s / (double) period;
    return floor + (base - floor) * (1 + cos(3.141592653589793 * (part < 1 ? part : 1))) / 2;
  }
  return base;
}

// Prepares the optimizer's step; one warp. Its rate is number t mod count of the rates, or without
// them that of a curve.
PLAIN_KERNEL(step_begin)(
    const int* clock, const double* tracker, const double* refusals, idx updates, double* hyper,
    const double* rates, idx count, int decay, double base, idx warmup, idx period, double factor,
    double floor, double beta1, double beta2) {
  if (thread_number() >= 32) {
    return;
  }
  bool skip = tracker[2] != 0;
  for (idx i = threadIdx.x; i < updates; i += 32) {
    skip |= refusals[3 * i] != 0;
  }
  skip = __any_sync(0xFFFFFFFFu, skip);
  if (thread_number() == 0) {
    idx t = clock[0];
    hyper[0] = rates != nullptr
        ? rates[t % count]
        : learning_rate(t, decay, base, warmup, period, factor, floor);
    hyper[1] = 1 - pow(beta1, (double) (t + 1));
    hyper[2] = 1 - pow(beta2, (double) (t + 1));
    hyper[3] = skip ? 1 : 0;
    hyper[4] = (double) (t + 1);
  }
}

// The samples of the step's batch.
PLAIN_KERNEL(batch_indices)(const int* clock, int* indices, int size, int samples, int shuffle) {
#pragma unroll 1
  for (idx i = thread_number(); i < size; i += thread_count()) {
    indices[i] = batch_sample(clock, size, samples, shuffle, i);
  }
}
