"""Writes golden values of the formulas' functions, computed by mpmath from their definitions.

    python3 core/src/test/python/formula_golden.py > core/src/test/resources/dev/lamina/formula/golden.txt

Each line: a function's name, an argument that FP32 holds, the function's value, its derivative.
"""

import math
import struct

from mpmath import mp, mpf

mp.dps = 60

POSITIVE = [0.0, 1e-45, 1e-40, 1.2e-38, 1e-30, 1e-12, 1e-6, 3e-4, 5e-4, 0.01, 0.1, 0.25, 0.3, 0.3466, 0.5,
            0.7, 0.75, 0.84375, 1.0, 1.25, 1.4142135, 1.5, 2.0, 2.5, 3.0, 3.9, 4.1, 5.0, 5.9, 6.1, 7.8, 8.0, 9.1,
            10.0, 12.5, 16.6, 20.0, 33.0, 50.0, 80.0, 87.0, 87.5, 88.5, 88.75, 100.0, 103.9, 104.5, 1000.0,
            65536.5, 1e10, 1e30, 3e38, math.inf]


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def gelu(x):
    return x * sigmoid(2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3))


def gelu_slope(x):
    w = 2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3)
    dw = 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mpf("0.044715") * x**2)
    return sigmoid(w) + x * sigmoid(w) * sigmoid(-w) * dw


def silu_slope(x):
    return sigmoid(x) + x * sigmoid(x) * sigmoid(-x)


NAN = mpf("nan")

# name: function, derivative, where both are defined
FUNCTIONS = {
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: x > 0),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), lambda x: x > 0),
    "exp": (mp.exp, mp.exp, lambda x: True),
    "expm1": (mp.expm1, mp.exp, lambda x: True),
    "log": (mp.log, lambda x: 1 / x, lambda x: x > 0),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x), lambda x: x > -1),
    "tanh": (mp.tanh, lambda x: 1 / mp.cosh(x) ** 2, lambda x: True),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda x: True),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), lambda x: True),
    "relu": (lambda x: max(x, mpf(0)), lambda x: mpf(1 if x > 0 else 0), lambda x: True),
    "gelu": (gelu, gelu_slope, lambda x: True),
    "silu": (lambda x: x * sigmoid(x), silu_slope, lambda x: True),
    "softplus": (lambda x: mp.log1p(mp.exp(x)) if x < 300 else x, sigmoid, lambda x: True),
}


# the limits of gelu and silu at infinity, which arithmetic does not find
LIMITS = {
    "gelu": {math.inf: (math.inf, 1), -math.inf: (math.nan, 0)},
    "silu": {math.inf: (math.inf, 1), -math.inf: (math.nan, 0)},
}


def rounded(value):
    """The nearest double; what lies below half of the smallest is 0."""
    if mp.isnan(value) or mp.isinf(value):
        return float(value)
    if abs(value) > mpf(2) ** 1024:
        return math.copysign(math.inf, value)
    scaled = mp.nint(mp.ldexp(value, 1074)) if abs(value) < mpf(2) ** -1022 else None
    return float(value) if scaled is None else math.ldexp(float(scaled), -1074)


def text(value):
    value = rounded(mpf(value))
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


for name, (function, slope, defined) in FUNCTIONS.items():
    for argument in [sign * single(x) for x in POSITIVE for sign in (1, -1)]:
        x = mpf(argument)
        if not defined(x):
            continue
        if argument in LIMITS.get(name, {}):
            value, derivative = LIMITS[name][argument]
        else:
            value, derivative = function(x), slope(x)
        print(name, text(x), text(value), text(derivative))
