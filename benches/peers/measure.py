"""Runs commands in turns and says what they took: processor time, time on the clock, memory.

A command counts with all processes that it starts, also those that it leaves behind. Turns are interleaved, so that
what else the machine does meets all commands alike, and ratios are of neighbours in time, then their median.
"""

import contextlib
import ctypes
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, field

# Libraries that would start threads of their own beside those that are asked for.
ONE_THREAD = {name: "1" for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]}
ONE_THREAD["TOKENIZERS_PARALLELISM"] = "false"


@dataclass
class Contender:
    """One of those that are compared: `command(inputs, out)` gives its arguments, `read(out)` what it wrote."""

    name: str
    threads: int
    command: object
    read: object
    environment: dict = field(default_factory=dict)
    peer: bool = False

    def run(self, inputs, out, log, sample=False):
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        environment = os.environ | ONE_THREAD | self.environment
        return run([str(part) for part in self.command(inputs, out)], environment, log, sample)


@dataclass
class Took:
    """What one run took: seconds, and bytes at most (0 where nobody looked)."""

    code: int
    cpu: float
    wall: float
    memory: int


def run(command, environment, log, sample):
    """Runs a command and all that it starts to the end, what it prints going to the file `log`."""
    adopt_orphans()
    with open(log, "wb") as printed:
        start = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        with peak_memory() if sample else contextlib.nullcontext([0]) as peak:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            # Servers that fork workers outlive who started them, by moments.
            with contextlib.suppress(ChildProcessError):
                while True:
                    usage = os.wait4(-1, 0)[2]
                    cpu += usage.ru_utime + usage.ru_stime
    return Took(process.returncode, cpu, wall, max(peak))


def adopt_orphans():
    """Makes processes whose parent has ended children of this one (PR_SET_CHILD_SUBREAPER), so that they count."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


@contextlib.contextmanager
def peak_memory():
    """Looks at all processes below this one a hundred times a second: the most that they held together.

    Pages that several share count once (PSS). What a single process held between two looks is known too (VmHWM).
    It costs those who are looked at, so turns that are timed go without it.
    """
    peaks, over = [0], threading.Event()

    def look():
        while not over.wait(0.01):
            held = [of_process(pid) for pid in descendants(os.getpid())]
            peaks[0] = max(peaks[0], sum(now for now, _ in held), *(most for _, most in held), 0)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def descendants(pid):
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                yield int(child)
                yield from descendants(child)


def of_process(pid):
    """What a process holds now, and the most that it held since it began, in bytes."""
    try:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return kilobytes(rollup, "Pss:"), kilobytes(status, "VmHWM:")
    except (OSError, StopIteration):
        return 0, 0


def kilobytes(text, key):
    return int(next(line for line in text.splitlines() if line.startswith(key)).split()[1]) * 1024


@dataclass
class Figures:
    """What a contender took in all turns."""

    contender: Contender
    memory: int = 0
    start: float = 0.0
    turns: list = field(default_factory=list)

    def median(self, what):
        return statistics.median(getattr(took, what) for took in self.turns)

    def speed(self, peer, what, start=False):
        """The speed in times the peer's, of each turn, in order; with `start`, what either takes to start aside."""
        theirs, ours = (peer.start, self.start) if start else (0, 0)
        pairs = zip(peer.turns, self.turns, strict=True)
        return sorted((getattr(a, what) - theirs) / (getattr(b, what) - ours) for a, b in pairs)


COLUMNS = ["threads", "cpu s", "to start", "MB/s of cpu", "wall s", "MB of memory"]
SPEEDS = ["docmill's speed: cpu", "cpu, start aside", "wall"]


def table(figures, megabytes):
    """The figures as a table in Markdown; speeds are against the peer at as many threads, if it has so many."""
    peers = {figure.contender.threads: figure for figure in reversed(figures) if figure.contender.peer}
    yield "| | " + " | ".join(COLUMNS + SPEEDS) + " |"
    yield "|---|" + "--:|" * len(COLUMNS + SPEEDS)
    for figure in figures:
        contender, cpu = figure.contender, figure.median("cpu")
        row = [contender.name, str(contender.threads), f"{cpu:.2f}", f"{figure.start:.2f}", f"{megabytes / cpu:.1f}"]
        row += [f"{figure.median('wall'):.2f}", f"{figure.memory / 1e6:.0f}"]
        if contender.peer:
            row += ["", "", ""]
        else:
            peer = peers.get(contender.threads, figures[0])
            speeds = figure.speed(peer, "cpu")
            row += [f"**{statistics.median(speeds):.2f}** ({speeds[0]:.2f} to {speeds[-1]:.2f})"]
            row += [f"{statistics.median(figure.speed(peer, 'cpu', start=True)):.2f}"]
            row += [f"{statistics.median(figure.speed(peer, 'wall')):.2f}"]
        yield "| " + " | ".join(row) + " |"
