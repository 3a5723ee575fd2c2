// Functions of one element, or of two at the same place: y may be x, z may be x or y.
#include "../floating.cuh"

#define UNARY(name, expression)                                 \
  KERNEL(name)(const storage* x, storage* y, idx n) {           \
    map(x, y, n, [](real v) -> real { return expression; });    \
  }

UNARY(abs, abs_of(v))
UNARY(exp, exp_of(v))
UNARY(log, log_of(v))
UNARY(negate, -v)
UNARY(reciprocal, 1 / v)
UNARY(sign, v > 0 ? 1 : v < 0 ? -1 : v)
UNARY(sqrt, sqrt_of(v))
UNARY(square, v * v)

// NaN stays NaN.
UNARY(relu, v <= 0 ? 0 : v)
UNARY(sigmoid, sigmoid_of(v))
UNARY(tanh, tanh_of(v))
UNARY(gelu, gelu_of(v))

// y = scale x + shift
KERNEL(affine)(const storage* x, storage* y, idx n, double scale, double shift) {
  real a = (real) scale;
  real b = (real) shift;
  map(x, y, n, [=](real v) { return a * v + b; });
}

// z = alpha x + beta y
KERNEL(add_scaled)(
    const storage* x, const storage* y, storage* z, idx n, double alpha, double beta) {
  real a = (real) alpha;
  real b = (real) beta;
  map(x, y, z, n, [=](real v, real w) { return a * v + b * w; });
}

// dx = dy phi'(x), from y = phi(x), for gelu from x
#define ACTIVATION_GRADIENT(name, expression)                                       \
  KERNEL(name)(const storage* dy, const storage* y, storage* dx, idx n) {           \
    map(dy, y, dx, n, [](real d, real v) -> real { return expression; });           \
  }

ACTIVATION_GRADIENT(relu_gradient, v > 0 ? d : 0)
ACTIVATION_GRADIENT(sigmoid_gradient, d * (v * (1 - v)))
ACTIVATION_GRADIENT(tanh_gradient, d * (1 - v * v))
ACTIVATION_GRADIENT(gelu_gradient, gelu_gradient_of(d, v))
