// Inverted dropout; the mask is a pure function of the clock and the position.
#include "../floating.cuh"
#include "../random.cuh"

// Elements that a thread takes at once: whole blocks of the generator, whole packs.
constexpr int DRAW = PACK < 4 ? 4 : PACK;

// y = x mask / (1 - p); clock is {step, seed low, seed high, 0}.
KERNEL(dropout)(
    const storage* x, const int* clock, storage* y, idx n, unsigned threshold, double scale_,
    int stream) {
  unsigned step = (unsigned) clock[0];
  unsigned seed_low = (unsigned) clock[1];
  unsigned seed_high = (unsigned) clock[2];
  real scale = (real) scale_;
  bool packs = aligned(x, 16) && aligned(y, 16);
#pragma unroll 1
  for (idx i = thread_number() * DRAW; i < n; i += thread_count() * DRAW) {
    unsigned words[DRAW];
#pragma unroll
    for (int j = 0; j < DRAW; j += 4) {
      unsigned long long block = (unsigned long long) (i + j) / 4;
      uint4 counter;
      counter.x = (unsigned) block;
      counter.y = (unsigned) (block >> 32);
      counter.z = (unsigned) stream;
      counter.w = step;
      uint4 drawn = philox(counter, seed_low, seed_high);
      words[j] = drawn.x;
      words[j + 1] = drawn.y;
      words[j + 2] = drawn.z;
      words[j + 3] = drawn.w;
    }
    if (packs && i + DRAW <= n) {
#pragma unroll
      for (int k = 0; k < DRAW; k += PACK) {
        Pack a = get_pack(x + i + k);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          a.v[j] = words[k + j] >> 8 >= threshold ? a.v[j] * scale : 0;
        }
        put_pack(y + i + k, a);
      }
    } else {
#pragma unroll
      for (int j = 0; j < DRAW; j++) {
        if (i + j < n) {
          put(y + i + j, words[j] >> 8 >= threshold ? get(x + i + j) * scale : 0);
        }
      }
    }
  }
}
