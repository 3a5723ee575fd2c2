#!/usr/bin/env python3
"""One training step in PyTorch in one form, in a process of its own: pytorch_mlp.py starts one for each form.

The step is the benchmarks' own: gather a batch from data that lie on the device, forward, softmax cross-entropy,
backward, Adam (AdamW without decay), all in as few launches as the form allows.

Prints one JSON object per line: first the versions and the losses of the first steps, then, for each line with a
number of seconds on standard input, the times of steps measured for so long. Ends with the input.
"""

import argparse
import json
import math
import platform
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

import problem as problems

LOSSES = 20
WARM_UP_STEPS = 3
SMALLEST_SAMPLE = 5
LONGEST_BLOCK = 0.1

# The whole step goes into one CUDA graph of ours, so the compiler makes none of its own. Without a graph around it,
# PyTorch's documentation recommends reduce-overhead, which makes CUDA graphs of the forward and the backward pass.
MODES = {"compile": "max-autotune-no-cudagraphs", "compile-graphs": "reduce-overhead"}


class Step:
    """A training step in one form; calling it runs one step and leaves its loss in `loss`, on the device."""

    def __init__(self, problem, device, precision, weights, compiled):
        self.device = device
        self.autocast = weights == "autocast"
        self.compiled = compiled
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        modules = []
        for layer in range(problem.layers):
            linear = nn.Linear(problem.widths[layer], problem.widths[layer + 1], device=device)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(problem.weights(layer)))
                linear.bias.zero_()
            modules += [linear, nn.ReLU()]
        self.model = nn.Sequential(*modules[:-1])
        self.parameters = list(self.model.parameters())
        self.masters = None
        if weights == "master":
            self.masters = [p.detach().clone().requires_grad_() for p in self.parameters]
            for master in self.masters:
                master.grad = torch.zeros_like(master)
            self.model.to(torch.bfloat16)
            self.parameters = list(self.model.parameters())
        # Resident data in the type that the first layer reads.
        data_type = torch.bfloat16 if precision == "bf16" else torch.float32
        self.features = torch.from_numpy(problem.data()).to(device, data_type)
        self.labels = torch.from_numpy(problem.labels()).to(device)
        generator = torch.Generator(device="cpu").manual_seed(1)
        self.batch = torch.randperm(problem.batch, generator=generator).to(device)
        self.loss = torch.zeros((), device=device)
        on_gpu = device.type == "cuda"
        self.optimizer = torch.optim.AdamW(
            self.masters or self.parameters,
            lr=problems.LEARNING_RATE,
            betas=problems.BETAS,
            eps=problems.EPSILON,
            weight_decay=0.0,
            fused=True,
            capturable=on_gpu,
        )
        self.forward = self._forward
        if compiled in MODES:
            mode = MODES[compiled] if on_gpu else "default"
            self.forward = torch.compile(self._forward, fullgraph=True, mode=mode)

    def _forward(self, x, y):
        if self.autocast:
            # Every weight is cast once in a step anyway; a cache must not outlive a captured graph.
            with torch.autocast(self.device.type, dtype=torch.bfloat16, cache_enabled=False):
                logits = self.model(x)
        else:
            logits = self.model(x)
        return F.cross_entropy(logits.float(), y)

    def __call__(self):
        if self.compiled == "compile-graphs":
            # What the compiler's graphs returned in the step before may be overwritten now.
            torch.compiler.cudagraph_mark_step_begin()
        for parameter in self.parameters:
            parameter.grad = None
        x = self.features.index_select(0, self.batch)
        y = self.labels.index_select(0, self.batch)
        loss = self.forward(x, y)
        loss.backward()
        with torch.no_grad():
            if self.masters:
                # One launch for all, where the loop over copy_ would have one for each.
                torch._foreach_copy_([m.grad for m in self.masters], [p.grad for p in self.parameters])
            self.optimizer.step()
            if self.masters:
                torch._foreach_copy_(self.parameters, self.masters)
            self.loss.copy_(loss.detach())


def first_losses(step, graphed):
    """What runs a step, and the losses of the first steps; with a graph, it replays the whole step.

    As torch.cuda.graph asks for: steps on a side stream first, so that everything that is made once, made by the
    compiler or by the optimizer, is there, and gradients that the capture itself allocates.
    """
    losses = []

    def run_and_note(run):
        run()
        losses.append(step.loss.item())

    run = step
    if graphed:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP_STEPS):
                run_and_note(step)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        run = graph.replay
    while len(losses) < LOSSES:
        run_and_note(run)
    return run, losses


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def block_times(run, device, seconds, block):
    """Milliseconds of a step, one number for each block of steps; a block ends with a synchronisation."""
    times = []
    synchronize(device)
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        before = time.perf_counter()
        for _ in range(block):
            run()
        synchronize(device)
        times.append((time.perf_counter() - before) / block * 1e3)
    return times


def measure(run, device, seconds, warm_up, block):
    """The times of a step, after others that do not count."""
    once = min(block_times(run, device, warm_up, 1))
    block = max(1, min(block, math.ceil(LONGEST_BLOCK * 1e3 / once)))
    times = block_times(run, device, seconds, block)
    while len(times) < SMALLEST_SAMPLE:
        times += block_times(run, device, 0, block)
    result = {
        "steps": len(times) * block,
        "block": block,
        "median_ms": statistics.median(times),
        "min_ms": min(times),
    }
    if device.type == "cuda":
        result["reserved_bytes"] = torch.cuda.memory_reserved()
    return result


def print_line(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--numbers", help="a folder that keeps the problem's numbers from one process to the next")
    parser.add_argument("--device", choices=["cuda", "cpu"], required=True)
    parser.add_argument("--precision", choices=["fp32", "tf32", "bf16"], required=True)
    parser.add_argument("--weights", choices=["fp32", "autocast", "master"], required=True)
    parser.add_argument("--execution", required=True, help="eager, compile or compile-graphs; with +graph: one graph")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    parser.add_argument("--block", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch finds no CUDA device")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    on_gpu = device.type == "cuda"
    problem = problems.Problem(arguments.problem, numbers=arguments.numbers)
    compiled, _, graphed = arguments.execution.partition("+")
    step = Step(problem, device, arguments.precision, arguments.weights, compiled)
    run, losses = first_losses(step, graphed == "graph")
    print_line(
        {
            "losses": losses,
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "python": platform.python_version(),
            "device_name": torch.cuda.get_device_name() if on_gpu else platform.processor() or platform.machine(),
            "threads": torch.get_num_threads(),
        }
    )
    for line in sys.stdin:
        print_line(measure(run, device, float(line), arguments.warm_up, arguments.block))


if __name__ == "__main__":
    main()
