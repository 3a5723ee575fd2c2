// The counter-based generator and the permutation of core's dev.lamina.random, bit for bit.
#pragma once

#include "common.cuh"

// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011).
__device__ __forceinline__ uint4 philox(uint4 c, unsigned k0, unsigned k1) {
#pragma unroll
  for (int round = 0; round < 10; round++) {
    unsigned long long p0 = 0xD2511F53ull * c.x;
    unsigned long long p1 = 0xCD9E8D57ull * c.z;
    uint4 next;
    next.x = (unsigned) (p1 >> 32) ^ c.y ^ k0;
    next.y = (unsigned) p1;
    next.z = (unsigned) (p0 >> 32) ^ c.w ^ k1;
    next.w = (unsigned) p0;
    c = next;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

// MurmurHash3's 32-bit finalizer.
__device__ __forceinline__ unsigned mix(unsigned h) {
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h;
}

// The image of i under the permutation of 0..n-1 that belongs to a seed and an epoch.
__device__ __forceinline__ unsigned permute(
    unsigned seed_low, unsigned seed_high, unsigned epoch, unsigned n, unsigned i) {
  int bits = 0;
  while (bits < 32 && (n - 1) >> bits != 0) {
    bits++;
  }
  int half = bits < 2 ? 1 : (bits + 1) / 2;
  unsigned mask = (1u << half) - 1;
  unsigned x = i;
  do {
    unsigned left = x >> half;
    unsigned right = x & mask;
    for (unsigned r = 0; r < 12; r++) {
      unsigned key = mix(seed_low ^ mix(seed_high ^ mix(epoch ^ mix(r + 1))));
      unsigned next = left ^ (mix(right + key) & mask);
      left = right;
      right = next;
    }
    x = left << half | right;
  } while (x >= n);
  return x;
}

// The i-th sample of the step's batch, batches being cut out of an endless row of epochs; clock is
// {step, seed low, seed high, 0}.
__device__ __forceinline__ int batch_sample(
    const int* clock, idx size, int samples, int shuffle, idx i) {
  idx q = (idx) clock[0] * size + i;
  idx epoch = q / samples;
  unsigned place = (unsigned) (q - epoch * samples);
  return (int) (shuffle
      ? permute((unsigned) clock[1], (unsigned) clock[2], (unsigned) epoch, (unsigned) samples, place)
      : place);
}
