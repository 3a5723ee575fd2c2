"""The problem that every contender trains on, number for number as dev.lamina.benchmarks.compare.Problem has it.

A multilayer perceptron with ReLU between its linear layers, one batch, and Adam with its usual constants. All numbers
come from Philox 4x32-10 (Salmon et al., SC 2011), so that losses can be compared before times are.
"""

import json
import math
import re
import sys
from pathlib import Path

import numpy as np

# Small enough for layers of 4096: at 1e-3 their losses rise sixfold first, and then rounding decides where they go.
LEARNING_RATE = 1e-4
BETAS = (0.9, 0.999)
EPSILON = 1e-8
SEED = 42

_INPUTS = -1
_LABELS = -2


def philox(blocks, stream, seed):
    """The four 32-bit words of the counters (i, 0, stream, 0), i < blocks, as [blocks, 4]."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c0 = np.arange(blocks, dtype=np.uint64)
    c1 = np.zeros(blocks, dtype=np.uint64)
    c2 = np.full(blocks, stream & 0xFFFFFFFF, dtype=np.uint64)
    c3 = np.zeros(blocks, dtype=np.uint64)
    k0 = seed & 0xFFFFFFFF
    k1 = seed >> 32 & 0xFFFFFFFF
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c0
        p1 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (p1 >> shift) ^ c1 ^ np.uint64(k0),
            p1 & mask,
            (p0 >> shift) ^ c3 ^ np.uint64(k1),
            p0 & mask,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)


class Problem:
    """Reads 784-512-512-10:128, the widths and the batch.

    With a folder for its numbers, what was drawn once is read from there: 134 million take some seconds.
    """

    def __init__(self, text, seed=SEED, numbers=None):
        if not re.fullmatch(r"[1-9]\d*(-[1-9]\d*)+:[1-9]\d*", text):
            raise ValueError(f"a problem is written as 784-512-512-10:128 (widths, then the batch), not {text}")
        widths, batch = text.split(":")
        self.text = text
        self.widths = [int(w) for w in widths.split("-")]
        self.batch = int(batch)
        self.seed = seed
        self.numbers = numbers

    @property
    def layers(self):
        return len(self.widths) - 1

    def _uniform(self, count, stream, low, high):
        if self.numbers is None:
            return self._draw(count, stream, low, high)
        name = f"{self.text.replace(':', '_')}_{self.seed}_{stream}.npy"
        file = Path(self.numbers) / name
        if not file.exists():
            np.save(file, self._draw(count, stream, low, high))
        return np.load(file)

    def _draw(self, count, stream, low, high):
        words = philox((count + 3) // 4, stream, self.seed).reshape(-1)[:count]
        span = np.float32(high) - np.float32(low)
        return np.float32(low) + span * (words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)

    def data(self):
        """[batch, inputs], uniform in [0, 1)."""
        return self._uniform(self.batch * self.widths[0], _INPUTS, 0, 1).reshape(self.batch, self.widths[0])

    def labels(self):
        """[batch], class numbers."""
        return self._uniform(self.batch, _LABELS, 0, self.widths[-1]).astype(np.int64)

    def weights(self, layer):
        """[outputs, inputs], uniform after He et al. (2015); biases start at 0."""
        inputs, outputs = self.widths[layer], self.widths[layer + 1]
        bound = np.float32(math.sqrt(6.0 / inputs))
        return self._uniform(inputs * outputs, layer, -bound, bound).reshape(outputs, inputs)

    def flops(self):
        """The floating-point operations of one step's matrix products."""
        products = sum(
            (2 if layer == 0 else 3) * self.widths[layer] * self.widths[layer + 1] for layer in range(self.layers)
        )
        return 2 * self.batch * products


if __name__ == "__main__":
    # For the test that compares these numbers with Java's: floats as doubles, which JSON keeps exactly.
    shown = Problem(sys.argv[1])
    print(
        json.dumps(
            {
                "data": shown.data().astype(float).ravel().tolist(),
                "labels": shown.labels().tolist(),
                "weights": [shown.weights(i).astype(float).ravel().tolist() for i in range(shown.layers)],
                "flops": shown.flops(),
            }
        )
    )
