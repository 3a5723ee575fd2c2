// Reductions down the columns of a matrix [m, n], alone and together with the activation gradient
// (whose column sums are the bias gradient). A block walks down 32 W columns and a piece of the
// rows; warp w takes the rows w, w + WARPS, ... Of several pieces, the last block to arrive at its
// columns joins the parts.
#include "../team.cuh"

// Where a block's accumulators lie in shared memory: so far apart that neither the lanes that write
// theirs nor the threads that read neighbouring columns meet in a bank.
template <int W>
struct Walk {
  static constexpr int BANKS = 128 / (int) sizeof(real);
  static constexpr int PITCH = W == 1 ? 32 : 32 + BANKS / W;
  static constexpr int SIZE = WARPS * W * PITCH;
  __device__ static __forceinline__ int place(int warp, int column) {
    return (warp * W + column % W) * PITCH + column / W;
  }
};

// Joins the rows `begin` to `end` of the columns `tile` to `tile` + 32 W: visit(position,
// accumulators) takes W neighbours, finish(column, value) gets the result.
template <class Join, int W, class Visit, class Finish>
__device__ __forceinline__ void walk_tile(
    idx tile, idx n, idx begin, idx end, real* shared, Visit visit, Finish finish) {
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  idx column = tile + lane * W;
  real sums[W];
#pragma unroll
  for (int j = 0; j < W; j++) {
    sums[j] = Join::identity();
  }
  if (column < n) {
// As many rows in flight as registers allow without spilling, from sm_75 to sm_120.
#pragma unroll (W == 1 ? 4 : W < 8 ? 2 : 1)
    for (idx row = begin + warp; row < end; row += WARPS) {
      visit(row * n + column, sums);
    }
  }
  __syncthreads();  // the last tile has been read
#pragma unroll
  for (int j = 0; j < W; j++) {
    shared[Walk<W>::place(warp, lane * W + j)] = sums[j];
  }
  __syncthreads();
  for (int t = threadIdx.x; t < 32 * W && tile + t < n; t += THREADS) {
    real value = shared[Walk<W>::place(0, t)];
#pragma unroll
    for (int w = 1; w < WARPS; w++) {
      value = Join::join(value, shared[Walk<W>::place(w, t)]);
    }
    finish(tile + t, value);
  }
}

// What becomes of the columns' results: y [n], divided. Of several pieces, which blockIdx.y
// numbers, parts [pieces, n] and for each blockIdx.x how many have arrived.
struct Columns {
  real* parts;
  unsigned* arrivals;
  Results y;
  idx n;
  real divisor;

  template <class Join, int W, class Visit>
  __device__ __forceinline__ void walk(
      idx m, idx piece, real* shared, int* last, Visit visit) const {
    idx begin = blockIdx.y * piece;
    idx end = begin + piece < m ? begin + piece : m;
    idx first = (idx) blockIdx.x * 32 * W;
    idx across = (idx) gridDim.x * 32 * W;
#pragma unroll 1
    for (idx tile = first; tile < n; tile += across) {
      walk_tile<Join, W>(tile, n, begin, end, shared, visit, [this](idx column, real value) {
        if (parts != nullptr) {
          parts[blockIdx.y * n + column] = value;
        } else {
          y(column, value / divisor);
        }
      });
    }
    if (parts == nullptr || !last_to_arrive(arrivals + blockIdx.x, gridDim.y, last)) {
      return;
    }
#pragma unroll 1
    for (idx tile = first; tile < n; tile += across) {
      walk_tile<Join, W>(
          tile, n, 0, gridDim.y, shared,
          [this](idx i, real* sums) {
            Group<real, W> part = *reinterpret_cast<const Group<real, W>*>(parts + i);
#pragma unroll
            for (int j = 0; j < W; j++) {
              sums[j] = Join::join(sums[j], part.v[j]);
            }
          },
          [this](idx column, real value) { y(column, value / divisor); });
    }
  }
};

template <class Join>
__device__ __forceinline__ void reduce_columns(
    const storage* x, const Columns& columns, idx m, idx piece, real* shared, int* last) {
  if (columns.n % PACK == 0 && aligned(x, 16)) {
    columns.walk<Join, PACK>(m, piece, shared, last, [=](idx i, real* sums) {
      Pack a = get_pack(x + i);
#pragma unroll
      for (int j = 0; j < PACK; j++) {
        sums[j] = Join::join(sums[j], a.v[j]);
      }
    });
  } else {
    columns.walk<Join, 1>(m, piece, shared, last, [=](idx i, real* sums) {
      sums[0] = Join::join(sums[0], get(x + i));
    });
  }
}

#define REDUCE_COLUMNS(name, Join)                                                            \
  KERNEL(name)                                                                                \
  (const storage* x, real* parts, unsigned* arrivals, void* y, int wide, idx m, idx n,        \
   idx piece, double divisor) {                                                               \
    __shared__ real shared[Walk<PACK>::SIZE];                                                 \
    __shared__ int last;                                                                      \
    Columns columns = {parts, arrivals, {y, wide}, n, (real) divisor};                        \
    reduce_columns<Join>(x, columns, m, piece, shared, &last);                                \
  }

REDUCE_COLUMNS(sum_columns, Sum)
REDUCE_COLUMNS(max_columns, Max)

// dz = df phi'(z) from f = phi(z), for gelu from z in its place, and its column sums; dz may be df.
template <class Gradient>
__device__ __forceinline__ void gradient_bias(
    const storage* df, const storage* f, storage* dz, const Columns& columns, idx m, idx piece,
    real* shared, int* last) {
  if (columns.n % PACK == 0 && aligned(df, 16) && aligned(f, 16) && aligned(dz, 16)) {
    columns.walk<Sum, PACK>(m, piece, shared, last, [=](idx i, real* sums) {
      Pack d = get_pack(df + i);
      Pack v = get_pack(f + i);
#pragma unroll
      for (int j = 0; j < PACK; j++) {
        d.v[j] = Gradient::of(d.v[j], v.v[j]);
        sums[j] += d.v[j];
      }
      put_pack(dz + i, d);
    });
  } else {
    columns.walk<Sum, 1>(m, piece, shared, last, [=](idx i, real* sums) {
      real d = Gradient::of(get(df + i), get(f + i));
      sums[0] += d;
      put(dz + i, d);
    });
  }
}

#define GRADIENT_BIAS(name, Rule, expression)                                                  \
  struct Rule {                                                                                \
    __device__ static __forceinline__ real of(real d, real v) { return expression; }           \
  };                                                                                           \
  KERNEL(name)                                                                                 \
  (const storage* df, const storage* f, storage* dz, real* parts, unsigned* arrivals,          \
   storage* db, idx m, idx n, idx piece) {                                                     \
    __shared__ real shared[Walk<PACK>::SIZE];                                                  \
    __shared__ int last;                                                                       \
    Columns columns = {parts, arrivals, {db, false}, n, 1};                                    \
    gradient_bias<Rule>(df, f, dz, columns, m, piece, shared, &last);                          \
  }

GRADIENT_BIAS(identity_gradient_bias, IdentityRule, d)
GRADIENT_BIAS(relu_gradient_bias, ReluRule, v > 0 ? d : 0)
GRADIENT_BIAS(sigmoid_gradient_bias, SigmoidRule, d * (v * (1 - v)))
GRADIENT_BIAS(tanh_gradient_bias, TanhRule, d * (1 - v * v))
GRADIENT_BIAS(gelu_gradient_bias, GeluRule, gelu_gradient_of(d, v))
