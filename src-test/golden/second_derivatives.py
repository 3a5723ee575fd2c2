"""Golden values for HigherDerivativesTest: derivatives of derivatives by PyTorch, in FP64.

python3 src-test/golden/second_derivatives.py > src-test/src/test/resources/dev/lamina/training/second-derivatives.txt

A network of two layers, x [4, 3] -> 5 -> 2, with loss L. P = L + 0.3 |dL/dx|^2 is differentiated
by every parameter and by x, and T = |dP/dx|^2 by W1 and x. Each line: activation, loss, what is
differentiated, by what, and the numbers.
"""

import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def numbers(seed, *shape):
    size = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + seed) for i in range(size)]).reshape(shape)


ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
    "softmax": lambda x: F.softmax(x, dim=1),
    "log-softmax": lambda x: F.log_softmax(x, dim=1),
}

PROBABILITIES = torch.tensor([[0.25, 0.75], [1.0, 0.0], [0.5, 0.5], [0.125, 0.5]])
LABELS = torch.tensor([0, 1, 1, 0])


def soft_cross_entropy(z, y):
    return -(y * F.log_softmax(z, dim=1)).sum(dim=1).mean()


LOSSES = {
    "softmax-cross-entropy/labels": lambda z: F.cross_entropy(z, LABELS),
    "softmax-cross-entropy/values": lambda z: soft_cross_entropy(z, PROBABILITIES),
    "binary-cross-entropy/values": lambda z: F.binary_cross_entropy_with_logits(z, PROBABILITIES),
    "mean-squared-error/values": lambda z: F.mse_loss(z, PROBABILITIES),
}


def main():
    for activation, phi in ACTIVATIONS.items():
        for loss, function in LOSSES.items():
            variables = {
                "x": numbers(0.1, 4, 3),
                "w1": numbers(0.2, 5, 3),
                "b1": numbers(0.3, 5),
                "w2": numbers(0.4, 2, 5),
                "b2": numbers(0.5, 2),
            }
            x, w1, b1, w2, b2 = (v.requires_grad_() for v in variables.values())
            value = function(phi(x @ w1.T + b1) @ w2.T + b2)
            (first,) = torch.autograd.grad(value, x, create_graph=True)
            penalised = value + 0.3 * (first * first).sum()
            second = torch.autograd.grad(
                penalised, list(variables.values()), create_graph=True, materialize_grads=True
            )
            by_x = second[list(variables).index("x")]
            third = torch.autograd.grad(
                (by_x * by_x).sum(), [w1, x], allow_unused=True, materialize_grads=True
            )
            results = [("P", name, g) for name, g in zip(variables, second)]
            results += [("T", "w1", third[0]), ("T", "x", third[1])]
            for what, name, gradient in results:
                print(activation, loss, what, name, *(repr(v) for v in gradient.flatten().tolist()))


if __name__ == "__main__":
    main()
