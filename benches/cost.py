"""What a program and all that it started cost: processor time, memory, bytes written to disk. Linux's /proc, no more."""

import contextlib
import os
import pathlib
import statistics
import time
from dataclasses import dataclass, field

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Over `seconds`: `cpu` in per cent of one core, `pss_mb` the median of the tree's proportional set size."""

    seconds: float
    cpu: float
    pss_mb: float
    written: int
    processes: int


@dataclass
class Tree:
    """A process and its descendants, watched while they come and go."""

    root: int
    # (pid, start time) -> (ticks of processor, bytes written): a pid may be used twice.
    last: dict = field(default_factory=dict)

    def sample(self):
        """Reads everything once; returns the pids alive."""
        children, facts = {}, {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    after_name = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                    pid = int(entry)
                    children.setdefault(int(after_name[1]), []).append(pid)
                    facts[pid] = (int(after_name[19]), int(after_name[11]) + int(after_name[12]))
        alive, queue = [], [self.root]
        while queue:
            pid = queue.pop()
            if pid in facts:
                alive.append(pid)
                queue += children.get(pid, [])
        for pid in alive:
            started, ticks = facts[pid]
            written = 0
            with contextlib.suppress(OSError, StopIteration):
                lines = pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
                written = int(next(line for line in lines if line.startswith("write_bytes")).split()[1])
            self.last[pid, started] = (ticks, written)
        return alive

    def totals(self):
        return tuple(map(sum, zip(*self.last.values()))) if self.last else (0, 0)


def pss_mb(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def watch(root, seconds):
    """Watches the tree of `root` for so long."""
    tree = Tree(root)
    alive = tree.sample()
    ticks, written = tree.totals()
    begin = time.monotonic()
    memory = []
    while (left := begin + seconds - time.monotonic()) > 0:
        time.sleep(min(left, 0.5))
        alive = tree.sample()
        # Reading the memory maps of a browser is not free; every other second is enough.
        if len(memory) < seconds / 2 and time.monotonic() - begin > 2 * len(memory):
            memory.append(pss_mb(alive))
    elapsed = time.monotonic() - begin
    ticks_now, written_now = tree.totals()
    return Cost(
        seconds=elapsed,
        cpu=100 * (ticks_now - ticks) / TICKS / elapsed,
        pss_mb=statistics.median(memory or [pss_mb(alive)]),
        written=written_now - written,
        processes=len(alive),
    )
