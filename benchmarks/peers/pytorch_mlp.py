#!/usr/bin/env python3
"""Our training step beside PyTorch's, in turns; PyTorch in the forms that its documentation recommends.

For each precision and problem: our losses first; then every form of PyTorch once, each in a process of its own
(pytorch_step.py), so that one that fails loses no other; then the fastest of them in turns with ours. Losses are
compared before times: forms whose losses differ from ours beyond rounding do not count, and the exit code is 1.

  precision  fp32 (no TF32), tf32, bf16
  weights    as the precision says; for bf16 by autocast, or bf16 weights with an fp32 master copy
  execution  torch.compile or eager, with the whole step in one CUDA graph (+graph) or without; the compiler's own
             graphs (compile-graphs)

Prints one JSON object per line. --lamina is the command of dev.lamina.benchmarks.StepLine, which keeps the process:

  pytorch_mlp.py --lamina 'java -cp benchmarks/target/benchmarks.jar dev.lamina.benchmarks.StepLine'

Written for PyTorch 2.11; needs numpy. With --device cpu there are no graphs.
"""

import argparse
import json
import shlex
import statistics
import sys
import tempfile
import time
from pathlib import Path

from contender import Contender, Failure
from table import Table

PROBLEMS = "784-512-512-10:128,784-1024-1024-1024-10:1024,4096-4096-4096-4096-4096-4096-4096:8192"

# Of the first loss: how far the first loss and the first twenty may differ. The first comes from one forward pass; Adam
# divides by the gradient's own size, so that rounding in tiny gradients shows in the later ones.
TOLERANCES = {"fp32": (1e-5, 1e-2), "tf32": (1e-3, 2e-2), "bf16": (1e-2, 5e-2)}

# The likeliest to win first: a budget of time cuts the list from behind.
EXECUTIONS = ["compile+graph", "eager+graph", "compile-graphs", "compile", "eager"]


def forms(precision, device, executions):
    """(weights, execution), in the order in which they are tried."""
    chosen = executions or [e for e in EXECUTIONS if device == "cuda" or e in ("compile", "eager")]
    weights = ["master", "autocast"] if precision == "bf16" else ["fp32"]
    return [(w, e) for e in chosen for w in weights]


def difference(ours, theirs, precision):
    """What is wrong with the losses, or None."""
    first, later = TOLERANCES[precision]
    for i, (a, b) in enumerate(zip(ours, theirs)):
        tolerance = first if i == 0 else later
        if not abs(a - b) <= tolerance * abs(ours[0]):
            return (
                f"the losses of step {i + 1} differ, {a:.7g} in Lamina and {b:.7g} in PyTorch (allowed:"
                f" {tolerance:g} of the first loss); they do not compute the same step"
            )
    return None


class Comparison:
    """One problem in one precision."""

    def __init__(self, problem, precision, arguments, numbers, deadline):
        self.problem = problem
        self.precision = precision
        self.arguments = arguments
        self.numbers = numbers
        self.deadline = deadline
        self.ours = None
        self.wrong = None
        self.last_error = "none was tried"

    def line(self, **values):
        print_line({"problem": self.problem, "precision": self.precision, **values})

    def left(self):
        """The seconds that a process may take."""
        return min(self.arguments.time_limit, self.deadline - time.monotonic())

    def start(self, name, variant, command):
        a = self.arguments
        command = command + ["--problem", self.problem, "--device", a.device, "--precision", self.precision]
        command += ["--warm-up", str(a.warm_up), "--block", str(a.block), "--threads", str(a.threads)]
        contender = Contender(name, variant, command, self.left())
        self.line(contender=name, variant=variant, **contender.start)
        return contender

    def start_ours(self):
        return self.start("lamina", "program", shlex.split(self.arguments.lamina))

    def start_theirs(self, weights, execution):
        program = Path(__file__).resolve().parent / "pytorch_step.py"
        command = [sys.executable, str(program), "--numbers", self.numbers]
        command += ["--weights", weights, "--execution", execution]
        return self.start("pytorch", f"{weights}, {execution}", command)

    def run(self):
        """The row of the table; its state is ok, failed, or skipped where there is nothing to compare."""
        row = {"problem": self.problem, "precision": self.precision, "state": "ok", "note": ""}
        try:
            self.fill(row)
        except Failure as failure:
            late = self.left() <= 0
            row.update(state="left out" if late else "skipped" if failure.unsupported else "failed", note=str(failure))
        finally:
            if self.ours:
                self.ours.close()
        if self.wrong:
            row.update(state="failed", note=self.wrong)
        return row

    def fill(self, row):
        if self.arguments.lamina:
            self.ours = self.start_ours()
            row["lamina_ms"] = self.measure(self.ours)["median_ms"]
        fastest = self.search()
        if fastest is None:
            row.update(state="skipped", note=f"PyTorch ran in no form: {self.last_error}")
            return
        measured, weights, execution = fastest
        row.update(form=f"{weights}, {execution}", pytorch_ms=measured["median_ms"])
        if self.ours:
            row.update(self.in_turns(weights, execution))

    def measure(self, contender):
        result = contender.measure(self.arguments.seconds, self.left())
        self.line(contender=contender.name, variant=contender.variant, **result)
        return result

    def check_losses(self, theirs):
        if self.ours:
            problem = difference(self.ours.start["losses"], theirs.start["losses"], self.precision)
            if problem:
                self.wrong = f"{theirs.variant}: {problem}"
                raise Failure(problem)

    def search(self):
        """The fastest form: (measured, weights, execution)."""
        fastest = None
        begin = time.monotonic()
        for weights, execution in forms(self.precision, self.arguments.device, self.arguments.forms):
            late = time.monotonic() - begin > self.arguments.search
            if fastest and (late or self.left() <= 0):
                self.line(event="not tried", variant=f"{weights}, {execution}")
                continue
            contender = None
            try:
                contender = self.start_theirs(weights, execution)
                self.check_losses(contender)
                measured = self.measure(contender)
                if fastest is None or measured["median_ms"] < fastest[0]["median_ms"]:
                    fastest = (measured, weights, execution)
            except Failure as failure:
                self.last_error = str(failure)
                self.line(contender="pytorch", variant=f"{weights}, {execution}", error=str(failure))
            finally:
                if contender:
                    contender.close()
        return fastest

    def in_turns(self, weights, execution):
        """Both sides alive in processes of their own, one computing at a time."""
        ratios, ours_ms, theirs_ms = [], [], []
        theirs = self.start_theirs(weights, execution)
        sides = [self.ours, theirs]
        try:
            self.check_losses(theirs)
            for number in range(self.arguments.rounds):
                order = sides if number % 2 == 0 else sides[::-1]
                measured = {contender: self.measure(contender)["median_ms"] for contender in order}
                ours_ms.append(measured[self.ours])
                theirs_ms.append(measured[theirs])
                ratios.append(measured[theirs] / measured[self.ours])
        finally:
            theirs.close()
        return {
            "lamina_ms": statistics.median(ours_ms),
            "pytorch_ms": statistics.median(theirs_ms),
            "ratio": statistics.median(ratios),
            "ratios": ratios,
        }


def print_line(value):
    print(json.dumps(value, separators=(",", ":")), flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", default=PROBLEMS)
    parser.add_argument("--precisions", default="fp32,tf32,bf16")
    parser.add_argument("--forms", help="executions to try, in this order (default: all)")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0 for all cores")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--warm-up", type=float, default=1.0, help="seconds before it that do not count")
    parser.add_argument("--block", type=int, default=100, help="steps between two synchronisations, in 0.1 s at most")
    parser.add_argument("--rounds", type=int, default=5, help="in turns")
    parser.add_argument("--search", type=float, default=1e9, help="seconds for one problem's forms before the turns")
    parser.add_argument("--time-limit", type=float, default=600, help="seconds without an answer of one process")
    parser.add_argument("--budget", type=float, default=1e9, help="seconds for everything; the rest is left out")
    parser.add_argument("--lamina", help="the command of our own step; without it PyTorch runs alone")
    parser.add_argument("--table", help="a file for the results as a Markdown table")
    arguments = parser.parse_args()
    arguments.forms = arguments.forms.split(",") if arguments.forms else None
    unknown = [f for f in arguments.forms or [] if f not in EXECUTIONS]
    if unknown:
        parser.error(f"--forms {unknown[0]}: expected some of {', '.join(EXECUTIONS)}")
    arguments.precisions = arguments.precisions.split(",")
    unknown = [p for p in arguments.precisions if p not in TOLERANCES]
    if unknown:
        parser.error(f"--precisions {unknown[0]}: expected some of {', '.join(TOLERANCES)}")
    return arguments


def main():
    arguments = parse()
    if arguments.device == "cpu" and "tf32" in arguments.precisions:
        arguments.precisions.remove("tf32")
        print("tf32 is skipped: only a GPU has it", file=sys.stderr)
    deadline = time.monotonic() + arguments.budget
    table = Table(arguments.table)
    failed = False
    with tempfile.TemporaryDirectory(prefix="lamina-peers-") as numbers:
        for precision in arguments.precisions:
            for problem in arguments.problems.split(","):
                if time.monotonic() > deadline:
                    row = {"problem": problem, "precision": precision}
                    row.update(state="left out", note="no time was left")
                else:
                    row = Comparison(problem, precision, arguments, numbers, deadline).run()
                failed = failed or row["state"] == "failed"
                print_line({"event": "result", **row})
                table.add(row)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
