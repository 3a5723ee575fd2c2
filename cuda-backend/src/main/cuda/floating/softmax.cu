// Softmax of rows [m, n] and its gradient; the output may be the first input.
#include "../team.cuh"

template <class Team>
__device__ __forceinline__ void softmax_rows(
    const Team& team, const storage* x, storage* y, idx m, idx n, bool log) {
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* row = x + i * n;
    real top = fold<Max>(team, row, n, [](real v) { return v; });
    real sum = fold<Sum>(team, row, n, [=](real v) { return exp_of(v - top); });
    if (log) {
      real log_sum = log_of(sum);
      map_row(team, row, y + i * n, n, [=](real v, idx) { return v - top - log_sum; });
    } else {
      real factor = 1 / sum;
      map_row(team, row, y + i * n, n, [=](real v, idx) { return exp_of(v - top) * factor; });
    }
  }
}

TEAM_KERNELS(
    softmax, softmax_rows, (const storage* x, storage* y, idx m, idx n), (team, x, y, m, n, false))
TEAM_KERNELS(
    log_softmax, softmax_rows, (const storage* x, storage* y, idx m, idx n),
    (team, x, y, m, n, true))

// dx = y (dy - sum dy y); for the logarithm dx = dy - e^y sum dy
template <class Team>
__device__ __forceinline__ void softmax_gradient_rows(
    const Team& team, const storage* dy, const storage* y, storage* dx, idx m, idx n, bool log) {
  for (idx i = team.first(); i < m; i += team.count()) {
    const storage* d = dy + i * n;
    const storage* v = y + i * n;
    if (log) {
      real sum = fold<Sum>(team, d, n, [](real a) { return a; });
      map_row(team, d, v, dx + i * n, n, [=](real a, real b) { return a - exp_of(b) * sum; });
    } else {
      real sum = fold<Sum>(team, d, v, n, [](real a, real b) { return a * b; });
      map_row(team, d, v, dx + i * n, n, [=](real a, real b) { return b * (a - sum); });
    }
  }
}

TEAM_KERNELS(
    softmax_gradient, softmax_gradient_rows,
    (const storage* dy, const storage* y, storage* dx, idx m, idx n),
    (team, dy, y, dx, m, n, false))
TEAM_KERNELS(
    log_softmax_gradient, softmax_gradient_rows,
    (const storage* dy, const storage* y, storage* dx, idx m, idx n),
    (team, dy, y, dx, m, n, true))
