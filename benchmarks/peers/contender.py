"""A contender: a process that prints the losses of its first steps and then measures whenever it is asked to."""

import json
import queue
import subprocess
import tempfile
import threading

# The exit code of our programs for mistakes; asking for a precision that the device does not have is the one that is
# no failure here.
MISTAKE = 2


class Failure(Exception):
    """Why a contender has no result."""

    def __init__(self, message, unsupported=False):
        super().__init__(message)
        self.unsupported = unsupported


class Contender:
    """Started and through its first steps; `start` is what it said then, its losses among it."""

    def __init__(self, name, variant, command, limit):
        self.name = name
        self.variant = variant
        self.errors = tempfile.TemporaryFile(mode="w+", errors="replace")
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True
            )
        except OSError as error:
            raise Failure(f"{command[0]} cannot be started: {error.strerror}") from error
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.start = self._answer(limit)
        except Failure:
            self.close()
            raise

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.lines.put(line)
        self.lines.put(None)

    def _answer(self, limit):
        try:
            line = self.lines.get(timeout=max(limit, 1))
        except queue.Empty:
            raise Failure(f"no answer within {max(limit, 1):.0f} s") from None
        if line is None:
            code = self.process.wait()
            error = self._last_error()
            raise Failure(f"exit code {code}; {error}", unsupported=code == MISTAKE and "precision" in error)
        return json.loads(line)

    def _last_error(self):
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        # PyTorch ends its errors with advice on how to see more of them; what went wrong stands before.
        named = [line for line in lines if "Error: " in line or line.startswith("step: ")]
        return (named or lines or ["it printed no error"])[-1][:500]

    def measure(self, seconds, limit):
        """What it measured in so many seconds; `limit` is for all of it."""
        try:
            self.process.stdin.write(f"{seconds}\n")
            self.process.stdin.flush()
        except OSError:
            pass  # It is gone; the answer says why.
        return self._answer(limit)

    def close(self):
        """Ends the process."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
