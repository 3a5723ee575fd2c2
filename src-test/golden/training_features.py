"""Golden values for TrainingFeaturesTest: parameters after some steps of PyTorch, in FP64.

python3 src-test/golden/training_features.py > src-test/src/test/resources/dev/lamina/training/training-features.txt

Each line: features, optimizer, and all parameters in order of layers.
"""

import copy
import math

import torch

torch.set_default_dtype(torch.float64)

BATCH = 4
BATCHES = 6
STEPS = 12


def numbers(count, seed):
    return torch.tensor([math.sin(1.7 * i + seed) for i in range(count)])


FEATURES = numbers(BATCHES * BATCH * 3, 0.1).reshape(BATCHES, BATCH, 3)
TARGETS = numbers(BATCHES * BATCH * 2, 0.2).reshape(BATCHES, BATCH, 2) * 2


def network():
    layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    with torch.no_grad():
        for number, parameter in enumerate(layers.parameters()):
            parameter.copy_(numbers(parameter.numel(), 0.3 + number).reshape(parameter.shape))
    return layers


def optimizer(kind, parameters):
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=0.3, momentum=0.9)
    return torch.optim.Adam(parameters, lr=0.02)


def train(kind, clip_value=None, clip_norm=None, accumulation=1, frozen=(), groups=False,
          average=None):
    layers = network()
    named = dict(layers.named_parameters())
    for name in frozen:
        named[name].requires_grad_(False)
    trained = {name: p for name, p in named.items() if p.requires_grad}
    optimizers = []
    if groups:
        biases = [p for name, p in trained.items() if name.endswith("bias")]
        last = [p for name, p in trained.items() if name == "2.weight"]
        rest = [p for name, p in trained.items() if name == "0.weight"]
        optimizers.append(torch.optim.SGD(biases, lr=0.05))
        optimizers.append(torch.optim.AdamW(last, lr=0.01, weight_decay=0.2))
        optimizers.append(optimizer(kind, rest))
    else:
        optimizers.append(optimizer(kind, list(trained.values())))
    mean = None
    if average is not None:
        mean = torch.optim.swa_utils.AveragedModel(
            layers, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(average))
        mean.update_parameters(layers)  # begins with the parameters at the start
    for step in range(STEPS):
        z = layers(FEATURES[step % BATCHES])
        loss = torch.nn.functional.mse_loss(z, TARGETS[step % BATCHES])
        (loss / accumulation).backward()
        if (step + 1) % accumulation == 0:
            if clip_value is not None:
                torch.nn.utils.clip_grad_value_(list(trained.values()), clip_value)
            if clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(list(trained.values()), clip_norm)
            for one in optimizers:
                one.step()
                one.zero_grad()
            if mean is not None:
                mean.update_parameters(layers)
    source = layers if mean is None else mean.module
    return torch.cat([p.detach().flatten() for p in source.parameters()])


CASES = {
    "plain": {},
    "clip-value": {"clip_value": 0.05},
    "clip-norm": {"clip_norm": 0.1},
    "clip-norm-that-is-never-reached": {"clip_norm": 1000},
    "clip-both": {"clip_value": 0.08, "clip_norm": 0.15},
    "accumulate": {"accumulation": 3},
    "accumulate-clip": {"accumulation": 4, "clip_value": 0.2, "clip_norm": 0.1},
    "freeze": {"frozen": ["0.weight", "0.bias"]},
    "freeze-clip": {"frozen": ["0.weight", "2.bias"], "clip_norm": 0.1},
    "groups": {"groups": True},
    "groups-clip": {"groups": True, "clip_norm": 0.1},
    "average": {"average": 0.8},
    "average-accumulate": {"average": 0.8, "accumulation": 3},
    "average": {"average": 0.8},
    "average-accumulate": {"average": 0.8, "accumulation": 3},
    "all": {"clip_value": 0.2, "clip_norm": 0.1, "accumulation": 2, "frozen": ["0.bias"],
            "groups": True, "average": 0.7},
}

for case, settings in CASES.items():
    for kind in ("sgd", "adam"):
        values = train(kind, **copy.deepcopy(settings))
        print(case, kind, *(repr(v.item()) for v in values))
