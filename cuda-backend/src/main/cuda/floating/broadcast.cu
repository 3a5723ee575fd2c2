// Functions of two elements of a matrix [rows, columns], one of which may be repeated.
#include "../floating.cuh"

// How an operand fills the matrix; the numbers are known to dev.lamina.cuda.Repeat.
enum Repeat { FULL = 0, SINGLE = 1, ROW = 2, COLUMN = 3 };

__device__ __forceinline__ real fetch(const storage* p, int repeat, idx columns, idx i) {
  return get(p + (repeat == FULL ? i : repeat == SINGLE ? 0 : repeat == ROW ? i % columns : i / columns));
}

// The operand's elements for the matrix's positions i to i + PACK - 1.
__device__ __forceinline__ Pack fetch_pack(
    const storage* p, int repeat, idx columns, bool wide, idx i) {
  if (repeat == FULL) {
    return get_pack(p + i);
  }
  Pack pack;
  if (repeat == SINGLE) {
    real v = get(p);
#pragma unroll
    for (int j = 0; j < PACK; j++) {
      pack.v[j] = v;
    }
    return pack;
  }
  idx row = i / columns;
  idx column = i - row * columns;
  if (repeat == ROW && wide) {
    return get_pack(p + column);
  }
#pragma unroll
  for (int j = 0; j < PACK; j++) {
    pack.v[j] = get(p + (repeat == ROW ? column : row));
    if (++column == columns) {
      column = 0;
      row++;
    }
  }
  return pack;
}

// An operand that is not read element by element sets no alignment.
__device__ __forceinline__ const storage* aligns(const storage* p, int repeat, const storage* z) {
  return repeat == FULL ? p : z;
}

// Whether packs of the matrix never cross a row's end and can be read from a row operand.
__device__ __forceinline__ bool is_wide(
    const storage* p, int repeat, const storage* z, idx columns) {
  return repeat == ROW && aligned(p, 16) && aligned(z, 16) && columns % PACK == 0;
}

template <class F>
__device__ __forceinline__ void map_broadcast(
    const storage* a, int repeat_a, const storage* b, int repeat_b, storage* z, idx n, idx columns,
    F f) {
  bool wide_a = is_wide(a, repeat_a, z, columns);
  bool wide_b = is_wide(b, repeat_b, z, columns);
  each(
      split(n, z, aligns(a, repeat_a, z), aligns(b, repeat_b, z)), thread_number(), thread_count(),
      [&](idx i) {
        Pack x = fetch_pack(a, repeat_a, columns, wide_a, i);
        Pack y = fetch_pack(b, repeat_b, columns, wide_b, i);
#pragma unroll
        for (int j = 0; j < PACK; j++) {
          x.v[j] = f(x.v[j], y.v[j]);
        }
        put_pack(z + i, x);
      },
      [&](idx i) {
        put(z + i, f(fetch(a, repeat_a, columns, i), fetch(b, repeat_b, columns, i)));
      });
}

#define BINARY(name, expression)                                                               \
  KERNEL(name)                                                                                 \
  (const storage* a, int repeat_a, const storage* b, int repeat_b, storage* z, idx n,          \
   idx columns) {                                                                              \
    map_broadcast(                                                                             \
        a, repeat_a, b, repeat_b, z, n, columns,                                               \
        [](real v, real w) -> real { return expression; });                                    \
  }

BINARY(add, v + w)
BINARY(subtract, v - w)
BINARY(multiply, v * w)
BINARY(divide, v / w)
BINARY(maximum, larger(v, w))
BINARY(minimum, smaller(v, w))
BINARY(equal, v == w ? 1 : 0)
BINARY(greater_equal, v >= w ? 1 : 0)

// z = x, repeated
KERNEL(broadcast)(const storage* x, int repeat, storage* z, idx n, idx columns) {
  bool wide = is_wide(x, repeat, z, columns);
  each(
      split(n, z, aligns(x, repeat, z)), thread_number(), thread_count(),
      [&](idx i) { put_pack(z + i, fetch_pack(x, repeat, columns, wide, i)); },
      [&](idx i) { put(z + i, fetch(x, repeat, columns, i)); });
}

// z = phi(z + b), b repeated down the rows: what a GEMM without epilogue leaves to do.
#define BIAS_ACTIVATE(name, expression)                                                        \
  KERNEL(name)(const storage* b, storage* z, idx n, idx columns) {                             \
    map_broadcast(                                                                             \
        z, FULL, b, ROW, z, n, columns,                                                        \
        [](real x, real w) -> real { real v = x + w; return expression; });                    \
  }

BIAS_ACTIVATE(bias_identity, v)
BIAS_ACTIVATE(bias_relu, v <= 0 ? 0 : v)
BIAS_ACTIVATE(bias_sigmoid, sigmoid_of(v))
BIAS_ACTIVATE(bias_tanh, tanh_of(v))
BIAS_ACTIVATE(bias_gelu, gelu_of(v))
