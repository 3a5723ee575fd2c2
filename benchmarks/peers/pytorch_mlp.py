#!/usr/bin/env python3
"""One training step in PyTorch, in the forms that its documentation recommends; the fastest counts.

The step is the benchmarks' own: gather a batch from data that lie on the device, forward, softmax cross-entropy,
backward, Adam (AdamW without decay). Every combination of these is tried:

  precision  fp32 (no TF32), tf32, bf16
  weights    as the precision says; for bf16 by autocast, or bf16 weights with an fp32 master copy
  execution  eager or torch.compile, each as it is and with the whole step in one CUDA graph

Prints one JSON object per line. With --lamina, the command of dev.lamina.benchmarks.StepLine runs in turns with the
fastest form; losses are compared before times, and a difference beyond rounding ends the program with code 1:

  pytorch_mlp.py --lamina 'java -cp benchmarks/target/benchmarks.jar dev.lamina.benchmarks.StepLine'

Written for PyTorch 2.11; needs numpy. Without CUDA it runs on the CPU, without graphs.
"""

import argparse
import gc
import json
import platform
import shlex
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

import problem as problems

PROBLEMS = "784-512-512-10:128,784-1024-1024-1024-10:1024,4096-4096-4096-4096-4096-4096-4096:8192"
LOSSES = 20

# Of the first loss: how far the first loss and the first twenty may differ. The first comes from one forward pass; Adam
# divides by the gradient's own size, so that rounding in tiny gradients shows in the later ones.
TOLERANCES = {"fp32": (1e-5, 1e-2), "tf32": (1e-3, 2e-2), "bf16": (1e-2, 5e-2)}


class Step:
    """A training step in one form; calling it runs one step and leaves its loss in `loss`, on the device."""

    def __init__(self, problem, device, precision, weights, execution):
        self.problem = problem
        self.device = device
        self.autocast = weights == "autocast"
        dtype = torch.bfloat16 if weights == "master" else torch.float32
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
            self.model.to(dtype)
            self.parameters = list(self.model.parameters())
        # Resident data in the type that the first layer reads.
        data_type = torch.bfloat16 if precision == "bf16" else torch.float32
        self.features = torch.from_numpy(problem.data()).to(device, data_type)
        self.labels = torch.from_numpy(problem.labels()).to(device)
        generator = torch.Generator(device="cpu").manual_seed(1)
        self.order = torch.randperm(problem.batch, generator=generator).to(device)
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
        if "compile" in execution:
            # The whole step goes into one CUDA graph of ours, so the compiler makes none of its own.
            mode = "max-autotune-no-cudagraphs" if on_gpu else "default"
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
        for parameter in self.parameters:
            parameter.grad = None
        batch = self.order[: self.problem.batch]
        x = self.features.index_select(0, batch)
        y = self.labels.index_select(0, batch)
        loss = self.forward(x, y)
        loss.backward()
        if self.masters:
            for master, parameter in zip(self.masters, self.parameters):
                master.grad.copy_(parameter.grad)
        self.optimizer.step()
        if self.masters:
            with torch.no_grad():
                for master, parameter in zip(self.masters, self.parameters):
                    parameter.copy_(master)
        self.loss.copy_(loss.detach())


class Graphed:
    """The whole step in one CUDA graph, after warm-up steps on a side stream as torch.cuda.graph asks for."""

    def __init__(self, step):
        self.step = step
        self.loss = step.loss
        self.graph = None

    def warm_up(self, count):
        losses = []
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(count):
                self.step()
                losses.append(self.loss.item())
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.step()
        return losses

    def __call__(self):
        self.graph.replay()


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def median_and_minimum(run, device, seconds, block):
    """Milliseconds of a step, from blocks of steps that each end with a synchronisation."""
    times = []
    synchronize(device)
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        before = time.perf_counter()
        for _ in range(block):
            run()
        synchronize(device)
        times.append((time.perf_counter() - before) / block * 1e3)
    return statistics.median(times), min(times), len(times) * block


def measure(problem, device, precision, weights, execution, arguments):
    """One form's losses and times."""
    step = Step(problem, device, precision, weights, execution)
    losses = []
    run = step
    if execution.endswith("graph"):
        run = Graphed(step)
        losses += run.warm_up(3)
    while len(losses) < LOSSES:
        run()
        losses.append(step.loss.item())
    median_and_minimum(run, device, arguments.warm_up, arguments.block)
    median, minimum, steps = median_and_minimum(run, device, arguments.seconds, arguments.block)
    result = {
        "contender": "pytorch",
        "problem": problem.text,
        "precision": precision,
        "variant": f"{weights}, {execution}",
        "losses": losses,
        "steps": steps,
        "median_ms": median,
        "min_ms": minimum,
        "gflops": problem.flops() / median * 1e-6,
    }
    if device.type == "cuda":
        result["reserved_bytes"] = torch.cuda.memory_reserved()
    return result


def variants(precision, device):
    executions = ["eager", "compile"]
    if device.type == "cuda":
        executions += ["eager+graph", "compile+graph"]
    for weights in ["autocast", "master"] if precision == "bf16" else ["fp32"]:
        for execution in executions:
            yield weights, execution


def clean_up(device):
    torch.compiler.reset()
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def try_measure(problem, device, precision, weights, execution, arguments):
    """The measurement, or None; why there is none (no memory, no compiler) is printed and counts for nobody."""
    try:
        result = measure(problem, device, precision, weights, execution, arguments)
    except Exception as error:  # PyTorch's compilers fail with exceptions of many kinds.
        result = None
        print_line(
            {
                "contender": "pytorch",
                "problem": problem.text,
                "precision": precision,
                "variant": f"{weights}, {execution}",
                "error": f"{type(error).__name__}: {error}".splitlines()[0],
            }
        )
    clean_up(device)
    return result


def measure_lamina(problem, device, precision, arguments):
    """Our step in a process of its own, None where it cannot run in this precision; it says why on standard error."""
    command = shlex.split(arguments.lamina) + ["--problem", problem.text, "--device", device.type]
    command += ["--precision", precision, "--seconds", str(arguments.seconds), "--warm-up", str(arguments.warm_up)]
    command += ["--block", str(arguments.block), "--threads", str(arguments.threads)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if finished.returncode == 2:
        return None
    if finished.returncode != 0:
        sys.exit(f"lamina ended with code {finished.returncode}, see above")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def require_same_losses(ours, theirs):
    first, later = TOLERANCES[ours["precision"]]
    for i, (a, b) in enumerate(zip(ours["losses"], theirs["losses"])):
        tolerance = first if i == 0 else later
        if not abs(a - b) <= tolerance * abs(theirs["losses"][0]):
            sys.exit(
                f"{ours['problem']} in {ours['precision']}: the losses of step {i + 1} differ, {ours['contender']} has"
                f" {a:.7g} and {theirs['contender']} has {b:.7g} (allowed: {tolerance:g} of the first loss);"
                " they do not compute the same step"
            )


def compare(problem, device, precision, arguments):
    """All forms once, then the fastest in turns with ours."""
    fastest = None
    for weights, execution in variants(precision, device):
        result = try_measure(problem, device, precision, weights, execution, arguments)
        if result is None:
            continue
        print_line(result)
        if fastest is None or result["median_ms"] < fastest[0]["median_ms"]:
            fastest = (result, weights, execution)
    if fastest is None:
        print_line({"event": "none", "problem": problem.text, "precision": precision})
        return
    best, weights, execution = fastest
    line = {
        "event": "fastest",
        "problem": problem.text,
        "precision": precision,
        "variant": best["variant"],
        "pytorch_ms": best["median_ms"],
    }
    if arguments.lamina:
        ratios = []
        for number in range(arguments.rounds):
            ours = None
            if number % 2 == 0:
                ours = measure_lamina(problem, device, precision, arguments)
                if ours is None:
                    line["lamina"] = "skipped, see standard error"
                    break
            theirs = try_measure(problem, device, precision, weights, execution, arguments)
            if theirs is None:
                sys.exit(f"the fastest form ({best['variant']}) failed when it ran again, see above")
            if ours is None:
                ours = measure_lamina(problem, device, precision, arguments)
                if ours is None:
                    sys.exit("lamina ran before and cannot run now, see above")
            require_same_losses(ours, theirs)
            print_line(ours)
            print_line(theirs)
            ratios.append(theirs["median_ms"] / ours["median_ms"])
        if ratios:
            line["ratios"] = ratios
            line["ratio"] = statistics.median(ratios)
    print_line(line)


def print_line(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", default=PROBLEMS)
    parser.add_argument("--precisions", default="fp32,tf32,bf16")
    parser.add_argument("--device", choices=["auto", "cuda", "cpu"], default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0 for all cores")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--warm-up", type=float, default=1.0, help="seconds before it that do not count")
    parser.add_argument("--block", type=int, default=20, help="steps between two synchronisations")
    parser.add_argument("--rounds", type=int, default=5, help="in turns with --lamina")
    parser.add_argument("--lamina", help="the command of our own step")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch finds no CUDA device; --device cpu runs without one")
    gpu = arguments.device != "cpu" and torch.cuda.is_available()
    device = torch.device("cuda" if gpu else "cpu")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    precisions = arguments.precisions.split(",")
    unknown = [p for p in precisions if p not in TOLERANCES]
    if unknown:
        sys.exit(f"precision {unknown[0]}: expected some of {', '.join(TOLERANCES)}")
    if not gpu and "tf32" in precisions:
        precisions.remove("tf32")
        print("tf32 is skipped: only a GPU has it", file=sys.stderr)
    print_line(
        {
            "event": "begin",
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version() if gpu else None,
            "python": platform.python_version(),
            "device": torch.cuda.get_device_name() if gpu else platform.processor() or platform.machine(),
            "threads": torch.get_num_threads(),
        }
    )
    for text in arguments.problems.split(","):
        for precision in precisions:
            compare(problems.Problem(text), device, precision, arguments)


if __name__ == "__main__":
    main()
