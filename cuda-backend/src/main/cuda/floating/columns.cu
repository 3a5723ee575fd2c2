// Reductions down the columns of a matrix [m, n], alone and together with the activation gradient
// (whose column sums are the bias gradient). A block walks 32 lanes of columns and a piece of the
// rows; warp w takes the rows w, w + WARPS, ...
#include "../team.cuh"

// Calls visit(position, accumulators) for each row of the piece that blockIdx.y numbers and joins
// the accumulators of the warps; finish(column, value) gets the result. W neighbours at a time.
template <class Join, int W, class Visit, class Finish>
__device__ __forceinline__ void walk_columns(
    idx m, idx n, idx piece, real* shared, Visit visit, Finish finish) {
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  idx begin = blockIdx.y * piece;
  idx end = begin + piece < m ? begin + piece : m;
  for (idx tile = (idx) blockIdx.x * 32 * W; tile < n; tile += (idx) gridDim.x * 32 * W) {
    idx column = tile + lane * W;
    real sums[W];
#pragma unroll
    for (int j = 0; j < W; j++) {
      sums[j] = Join::identity();
    }
    if (column < n) {
// As many rows in flight as registers allow without spilling, from sm_75 to sm_120.
#pragma unroll (W == 1 ? 4 : W < 8 ? 3 : 1)
      for (idx row = begin + warp; row < end; row += WARPS) {
        visit(row * n + column, sums);
      }
    }
    __syncthreads();  // the last tile has been read
#pragma unroll
    for (int j = 0; j < W; j++) {
      shared[warp * 32 * W + lane * W + j] = sums[j];
    }
    __syncthreads();
    for (int t = threadIdx.x; t < 32 * W && tile + t < n; t += THREADS) {
      real value = shared[t];
#pragma unroll
      for (int w = 1; w < WARPS; w++) {
        value = Join::join(value, shared[w * 32 * W + t]);
      }
      finish(tile + t, value);
    }
  }
}

// Elements that a block's accumulators take in shared memory.
constexpr int WALK = WARPS * 32 * PACK;

// Results of pieces go to parts [pieces, n], or if that is null, divided to y [n].
struct ColumnResult {
  real* parts;
  Results y;
  idx n;
  real divisor;
  __device__ __forceinline__ void operator()(idx column, real value) const {
    if (parts != nullptr) {
      parts[blockIdx.y * n + column] = value;
    } else {
      y(column, value / divisor);
    }
  }
};

template <class Join>
__device__ __forceinline__ void reduce_columns(
    const storage* x, real* parts, Results y, idx m, idx n, idx piece, double divisor,
    real* shared) {
  ColumnResult result = {parts, y, n, (real) divisor};
  if (n % PACK == 0 && aligned(x, 16)) {
    walk_columns<Join, PACK>(
        m, n, piece, shared,
        [=](idx i, real* sums) {
          Pack a = get_pack(x + i);
#pragma unroll
          for (int j = 0; j < PACK; j++) {
            sums[j] = Join::join(sums[j], a.v[j]);
          }
        },
        result);
  } else {
    walk_columns<Join, 1>(
        m, n, piece, shared,
        [=](idx i, real* sums) { sums[0] = Join::join(sums[0], get(x + i)); }, result);
  }
}

KERNEL(sum_columns)(
    const storage* x, real* parts, void* y, int wide, idx m, idx n, idx piece, double divisor) {
  __shared__ real shared[WALK];
  reduce_columns<Sum>(x, parts, {y, wide}, m, n, piece, divisor, shared);
}

KERNEL(max_columns)(
    const storage* x, real* parts, void* y, int wide, idx m, idx n, idx piece, double divisor) {
  __shared__ real shared[WALK];
  reduce_columns<Max>(x, parts, {y, wide}, m, n, piece, divisor, shared);
}

// y[j] = join of column j of parts [pieces, n], divided.
template <class Join>
__device__ __forceinline__ void finish_columns(
    const real* parts, Results y, idx pieces, idx n, double divisor, real* shared) {
  ColumnResult result = {nullptr, y, n, (real) divisor};
  walk_columns<Join, 1>(
      pieces, n, pieces, shared,
      [=](idx i, real* sums) { sums[0] = Join::join(sums[0], parts[i]); }, result);
}

KERNEL(finish_sum_columns)(
    const real* parts, void* y, int wide, idx pieces, idx n, double divisor) {
  __shared__ real shared[WARPS * 32];
  finish_columns<Sum>(parts, {y, wide}, pieces, n, divisor, shared);
}

KERNEL(finish_max_columns)(
    const real* parts, void* y, int wide, idx pieces, idx n, double divisor) {
  __shared__ real shared[WARPS * 32];
  finish_columns<Max>(parts, {y, wide}, pieces, n, divisor, shared);
}

// dz = df phi'(z) from f = phi(z), and its column sums; dz may be df.
template <class Gradient>
__device__ __forceinline__ void gradient_bias(
    const storage* df, const storage* f, storage* dz, real* parts, Results db, idx m, idx n,
    idx piece, real* shared) {
  ColumnResult result = {parts, db, n, 1};
  if (n % PACK == 0 && aligned(df, 16) && aligned(f, 16) && aligned(dz, 16)) {
    walk_columns<Sum, PACK>(
        m, n, piece, shared,
        [=](idx i, real* sums) {
          Pack d = get_pack(df + i);
          Pack v = get_pack(f + i);
#pragma unroll
          for (int j = 0; j < PACK; j++) {
            d.v[j] = Gradient::of(d.v[j], v.v[j]);
            sums[j] += d.v[j];
          }
          put_pack(dz + i, d);
        },
        result);
  } else {
    walk_columns<Sum, 1>(
        m, n, piece, shared,
        [=](idx i, real* sums) {
          real d = Gradient::of(get(df + i), get(f + i));
          sums[0] += d;
          put(dz + i, d);
        },
        result);
  }
}

#define GRADIENT_BIAS(name, Rule, expression)                                                  \
  struct Rule {                                                                                \
    __device__ static __forceinline__ real of(real d, real v) { return expression; }           \
  };                                                                                           \
  KERNEL(name)                                                                                 \
  (const storage* df, const storage* f, storage* dz, real* parts, void* db, int wide, idx m,   \
   idx n, idx piece) {                                                                         \
    __shared__ real shared[WALK];                                                              \
    gradient_bias<Rule>(df, f, dz, parts, {db, wide}, m, n, piece, shared);                    \
  }

GRADIENT_BIAS(identity_gradient_bias, IdentityRule, d)
GRADIENT_BIAS(relu_gradient_bias, ReluRule, v > 0 ? d : 0)
GRADIENT_BIAS(sigmoid_gradient_bias, SigmoidRule, d * (v * (1 - v)))
GRADIENT_BIAS(tanh_gradient_bias, TanhRule, d * (1 - v * v))
