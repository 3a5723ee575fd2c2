"""Golden values for LossesTest: losses, gradients and second derivatives by PyTorch, in FP64.

python3 src-test/golden/losses.py > src-test/src/test/resources/dev/lamina/training/losses.txt

Outputs z [4, 3]. Each line: the loss as Lamina calls it, the kind of targets, the loss L, dL/dz, and
the gradient of |dL/dz|^2 by z.
"""

import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def numbers(seed, scale=1.0):
    return scale * torch.tensor([math.sin(1.7 * i + seed) for i in range(12)]).reshape(4, 3)


LABELS = torch.tensor([2, 0, 1, 2])
PROBABILITIES = torch.tensor([0.25, 0.5, 0.25, 1, 0, 0, 0, 0.125, 0.875, 0.5, 0.5, 0]).reshape(4, 3)
VALUES = numbers(0.7, 2.0)
WEIGHTS = torch.tensor([1.0, 2.5, 0.5])


def entropy(**settings):
    return lambda z, y: F.cross_entropy(z, y, **settings)


CLASSES = {
    "softmax-cross-entropy": entropy(),
    "softmax-cross-entropy:label-smoothing=0.1": entropy(label_smoothing=0.1),
    "softmax-cross-entropy:class-weights=1.0/2.5/0.5": entropy(weight=WEIGHTS),
    "softmax-cross-entropy:label-smoothing=0.2,class-weights=1.0/2.5/0.5": entropy(
        weight=WEIGHTS, label_smoothing=0.2),
}
IGNORING = {
    "softmax-cross-entropy:ignored-label=2": entropy(ignore_index=2),
    "softmax-cross-entropy:ignored-label=-100": entropy(ignore_index=-100),
    "softmax-cross-entropy:label-smoothing=0.2,class-weights=1.0/2.5/0.5,ignored-label=0": entropy(
        weight=WEIGHTS, label_smoothing=0.2, ignore_index=0),
}
NUMBERS = {
    "mean-squared-error": F.mse_loss,
    "half-squared-error-sum": lambda z, y: F.mse_loss(z, y, reduction="sum") / 2,
    "half-mean-squared-error": lambda z, y: F.mse_loss(z, y, reduction="sum") / 2 / len(z),
    "huber": F.huber_loss,
    "huber:delta=0.5": lambda z, y: F.huber_loss(z, y, delta=0.5),
    "mean-absolute-error": F.l1_loss,
}

CASES = []
for name, function in CLASSES.items():
    CASES.append((name, "labels", function, LABELS))
    CASES.append((name, "probabilities", function, PROBABILITIES))
for name, function in IGNORING.items():
    CASES.append((name, "labels", function, LABELS))
for name, function in NUMBERS.items():
    CASES.append((name, "values", function, VALUES))
CASES.append((
    "binary-cross-entropy", "probabilities", F.binary_cross_entropy_with_logits, PROBABILITIES))

for name, kind, function, target in CASES:
    z = numbers(0.3, 1.5).requires_grad_()
    loss = function(z, target)
    (first,) = torch.autograd.grad(loss, z, create_graph=True)
    square = (first ** 2).sum()
    if square.requires_grad:
        (second,) = torch.autograd.grad(square, z)
    else:
        second = torch.zeros_like(z)
    values = [loss.detach().reshape(1), first.detach().flatten(), second.flatten()]
    print(name, kind, *(repr(v.item()) for v in torch.cat(values)))
