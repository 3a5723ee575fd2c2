// Sums and maxima in a fixed order: parts to a workspace, then the parts joined. How the work is
// cut depends on the shape only, so the same input gives the same bits.
#include "../team.cuh"

// y[i] = join of row i of [m, n], divided; a warp for each row.
template <class Join>
__device__ __forceinline__ void reduce_rows(
    const storage* x, Results y, idx m, idx n, double divisor) {
  WarpTeam team = {nullptr};
  for (idx i = team.first(); i < m; i += team.count()) {
    real value = fold<Join>(team, x + i * n, n, [](real v) { return v; });
    if (team.member() == 0) {
      y(i, value / (real) divisor);
    }
  }
}

KERNEL(sum_rows)(const storage* x, void* y, int wide, idx m, idx n, double divisor) {
  reduce_rows<Sum>(x, {y, wide}, m, n, divisor);
}

KERNEL(max_rows)(const storage* x, void* y, int wide, idx m, idx n, double divisor) {
  reduce_rows<Max>(x, {y, wide}, m, n, divisor);
}

// parts[i, c] = join of the c-th piece of row i of [m, n], each but the last of `piece` elements;
// a block for each.
template <class Join>
__device__ __forceinline__ void reduce_pieces(
    const storage* x, real* parts, idx m, idx n, idx piece, real* shared) {
  BlockTeam team = {shared};
  idx pieces = (n + piece - 1) / piece;
  for (idx k = team.first(); k < m * pieces; k += team.count()) {
    idx i = k / pieces;
    idx begin = (k - i * pieces) * piece;
    idx length = n - begin < piece ? n - begin : piece;
    real value = fold<Join>(team, x + i * n + begin, length, [](real v) { return v; });
    if (team.member() == 0) {
      parts[k] = value;
    }
  }
}

KERNEL(sum_pieces)(const storage* x, real* parts, idx m, idx n, idx piece) {
  __shared__ real shared[WARPS];
  reduce_pieces<Sum>(x, parts, m, n, piece, shared);
}

KERNEL(max_pieces)(const storage* x, real* parts, idx m, idx n, idx piece) {
  __shared__ real shared[WARPS];
  reduce_pieces<Max>(x, parts, m, n, piece, shared);
}

// y[i] = join of row i of parts [m, n], divided; a block for each row.
template <class Join>
__device__ __forceinline__ void finish(
    const real* parts, Results y, idx m, idx n, double divisor, real* shared) {
  for (idx i = blockIdx.x; i < m; i += gridDim.x) {
    real value = Join::identity();
    for (idx j = threadIdx.x; j < n; j += THREADS) {
      value = Join::join(value, parts[i * n + j]);
    }
    value = join_block<Join>(value, shared);
    if (threadIdx.x == 0) {
      y(i, value / (real) divisor);
    }
  }
}

KERNEL(finish_sum)(const real* parts, void* y, int wide, idx m, idx n, double divisor) {
  __shared__ real shared[WARPS];
  finish<Sum>(parts, {y, wide}, m, n, divisor, shared);
}

KERNEL(finish_max)(const real* parts, void* y, int wide, idx m, idx n, double divisor) {
  __shared__ real shared[WARPS];
  finish<Max>(parts, {y, wide}, m, n, divisor, shared);
}
