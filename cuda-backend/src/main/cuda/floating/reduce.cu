// Sums and maxima along rows, in a fixed order. Long rows are cut into pieces, whose parts the last
// block to arrive joins. How the work is cut depends on the shape only, so the same input gives the
// same bits.
#include "../team.cuh"

// y[i] = join of row i of [m, n], divided; a warp for each row.
template <class Join>
__device__ __forceinline__ void reduce_rows(
    const storage* x, Results y, idx m, idx n, double divisor) {
  WarpTeam team = {nullptr, nullptr};
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

// The same for rows in pieces, each but a row's last of `piece` elements; a block for each piece.
// Parts [m, pieces] and, for each row, how many have arrived.
template <class Join>
__device__ __forceinline__ void reduce_pieces(
    const storage* x, real* parts, unsigned* arrivals, Results y, idx m, idx n, idx piece,
    double divisor, const BlockTeam& team) {
  idx pieces = (n + piece - 1) / piece;
  for (idx k = team.first(); k < m * pieces; k += team.count()) {
    idx i = k / pieces;
    idx begin = (k - i * pieces) * piece;
    idx length = n - begin < piece ? n - begin : piece;
    real value = fold<Join>(team, x + i * n + begin, length, [](real v) { return v; });
    if (team.member() == 0) {
      parts[k] = value;
    }
    if (last_to_arrive(arrivals + i, pieces, team.last)) {
      value = join_parts<Join>(parts + i * pieces, pieces, team.shared);
      if (team.member() == 0) {
        y(i, value / (real) divisor);
      }
    }
  }
}

#define REDUCE_PIECES(name, Join)                                                             \
  KERNEL(name)                                                                                \
  (const storage* x, real* parts, unsigned* arrivals, void* y, int wide, idx m, idx n,        \
   idx piece, double divisor) {                                                               \
    __shared__ real shared[WARPS];                                                            \
    __shared__ int last;                                                                      \
    reduce_pieces<Join>(                                                                      \
        x, parts, arrivals, {y, wide}, m, n, piece, divisor, {shared, &last});                \
  }

REDUCE_PIECES(sum_pieces, Sum)
REDUCE_PIECES(max_pieces, Max)
