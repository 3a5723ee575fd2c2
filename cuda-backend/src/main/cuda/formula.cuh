// What the kernels stand on that dev.lamina.cuda.formula.KernelSource prints: functions of one or
// two numbers in both compute types, groups of neighbouring elements, flags. Contraction is off
// where these are compiled (nvcc --fmad=false, g++ -ffp-contract=off): a * b + c is rounded twice.
#pragma once

#include "common.cuh"
#include "random.cuh"

__device__ __forceinline__ float abs_of(float x) { return fabsf(x); }
__device__ __forceinline__ double abs_of(double x) { return fabs(x); }
__device__ __forceinline__ float floor_of(float x) { return floorf(x); }
__device__ __forceinline__ double floor_of(double x) { return floor(x); }
__device__ __forceinline__ float sqrt_of(float x) { return sqrtf(x); }
__device__ __forceinline__ double sqrt_of(double x) { return sqrt(x); }
__device__ __forceinline__ float exp_of(float x) { return expf(x); }
__device__ __forceinline__ double exp_of(double x) { return exp(x); }
__device__ __forceinline__ float expm1_of(float x) { return expm1f(x); }
__device__ __forceinline__ double expm1_of(double x) { return expm1(x); }
__device__ __forceinline__ float log_of(float x) { return logf(x); }
__device__ __forceinline__ double log_of(double x) { return log(x); }
__device__ __forceinline__ float log1p_of(float x) { return log1pf(x); }
__device__ __forceinline__ double log1p_of(double x) { return log1p(x); }
__device__ __forceinline__ float tanh_of(float x) { return tanhf(x); }
__device__ __forceinline__ double tanh_of(double x) { return tanh(x); }
__device__ __forceinline__ float erf_of(float x) { return erff(x); }
__device__ __forceinline__ double erf_of(double x) { return erf(x); }
__device__ __forceinline__ float power_of(float a, float b) { return powf(a, b); }
__device__ __forceinline__ double power_of(double a, double b) { return pow(a, b); }
__device__ __forceinline__ float fma_of(float a, float b, float c) { return fmaf(a, b, c); }
__device__ __forceinline__ double fma_of(double a, double b, double c) { return fma(a, b, c); }

template <class T>
__device__ __forceinline__ T rsqrt_of(T x) {
  return 1 / sqrt_of(x);
}
template <class T>
__device__ __forceinline__ T sigmoid_of(T x) {
  return 1 / (1 + exp_of(-x));
}
// -1, 0 or 1 with the sign of x; NaN for NaN.
template <class T>
__device__ __forceinline__ T sign_of(T x) {
  return x > 0 ? (T) 1 : x < 0 ? (T) -1 : x;
}
// The larger and the smaller, NaN if either is NaN.
template <class T>
__device__ __forceinline__ T max_of(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
__device__ __forceinline__ T min_of(T a, T b) {
  return a < b || a != a ? a : b;
}

// As if stored as To and read again.
template <class To, class T>
__device__ __forceinline__ T round_to(T x) {
  return Convert<T>::from(Convert<To>::from(x));
}

// Neighbouring elements, moved at once.
template <int W, class T>
__device__ __forceinline__ Group<T, W> load(const T* p) {
  return *reinterpret_cast<const Group<T, W>*>(p);
}
template <int W, class T>
__device__ __forceinline__ void store(T* p, const Group<T, W>& group) {
  *reinterpret_cast<Group<T, W>*>(p) = group;
}
template <int W, class T>
__device__ __forceinline__ bool groups(const T* p) {
  return aligned(p, alignof(Group<T, W>));
}

// The elements of a row [n] for W neighbours of a matrix, from column j on. `whole`: the neighbours
// lie in one row and the row's elements can be moved at once.
template <int W, class T>
__device__ __forceinline__ Group<T, W> row(const T* p, idx j, idx n, bool whole) {
  if (whole) {
    return load<W>(p + j);
  }
  Group<T, W> group;
#pragma unroll
  for (int k = 0; k < W; k++) {
    group.v[k] = p[j];
    j = j + 1 == n ? 0 : j + 1;
  }
  return group;
}

// The elements of a column for W neighbours of a matrix with rows of n, from (i, j) on.
template <int W, class T>
__device__ __forceinline__ Group<T, W> column(const T* p, idx i, idx j, idx n) {
  Group<T, W> group;
#pragma unroll
  for (int k = 0; k < W; k++) {
    group.v[k] = p[i];
    bool ends = j + 1 == n;
    i = ends ? i + 1 : i;
    j = ends ? 0 : j + 1;
  }
  return group;
}

// Words of the generator for the W elements from e on, e and W multiples of 4; clock is {step, seed
// low, seed high, ...}.
template <int W>
__device__ __forceinline__ void draw(unsigned* words, const int* clock, unsigned stream, idx e) {
#pragma unroll
  for (int k = 0; k < W; k += 4) {
    unsigned long long block = (unsigned long long) (e + k) / 4;
    uint4 counter;
    counter.x = (unsigned) block;
    counter.y = (unsigned) (block >> 32);
    counter.z = stream;
    counter.w = (unsigned) clock[0];
    uint4 drawn = philox(counter, (unsigned) clock[1], (unsigned) clock[2]);
    words[k] = drawn.x;
    words[k + 1] = drawn.y;
    words[k + 2] = drawn.z;
    words[k + 3] = drawn.w;
  }
}

// Makes a number the larger of itself and a value, both from 0 on, whose bits are in that order.
__device__ __forceinline__ void raise(int* to, double value) {
  atomicMax(to, Convert<int>::from(value));
}
__device__ __forceinline__ void raise(float* to, double value) {
  atomicMax(reinterpret_cast<int*>(to), bits_as<int>((float) value));
}
__device__ __forceinline__ void raise(double* to, double value) {
  atomicMax(reinterpret_cast<unsigned long long*>(to), bits_as<unsigned long long>(value));
}
