"""Golden values for StateTest: training with batch normalisation by PyTorch, in FP64.

python3 src-test/golden/batch_norm.py > src-test/src/test/resources/dev/lamina/training/batch-norm.txt

Linear(3, 4), BatchNorm1d(4), ReLU, Linear(4, 2) with the loss mean((y - t)^2), five steps of plain
gradient descent at the rate 0.1 on one batch of six samples. Each line: a name and its numbers;
then the output for that batch in evaluation.
"""

import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def numbers(seed, *shape):
    size = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + seed) for i in range(size)]).reshape(shape)


def line(name, tensor):
    print(name, *(f"{v:.17g}" for v in tensor.detach().reshape(-1).tolist()))


model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
with torch.no_grad():
    for seed, parameter in enumerate(model.parameters()):
        parameter.copy_(numbers(seed, *parameter.shape))
x = numbers(10, 6, 3)
t = numbers(20, 6, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for _ in range(5):
    optimizer.zero_grad()
    loss = ((model(x) - t) ** 2).mean()
    loss.backward()
    optimizer.step()
    losses.append(loss)
line("losses", torch.stack(losses))
for name, tensor in model.state_dict().items():
    if not name.endswith("num_batches_tracked"):
        line(name, tensor)
model.eval()
line("output", model(x))
