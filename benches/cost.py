"""What a program and all that it started cost: processor time, memory, bytes written to disk. Linux's /proc, no more."""

import contextlib
import os
import pathlib
import statistics
import time
from dataclasses import dataclass

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Over `seconds`: `cpu` in per cent of one core, `own` of it without the threads on which Mesa draws in place of a GPU,
    `pss_mb` the median of the tree's proportional set size."""

    seconds: float
    cpu: float
    own: float
    pss_mb: float
    written: int
    processes: int


def tree(root):
    """The pids alive of a process and its descendants, and their totals so far: processor ticks and bytes written.

    A process that was waited for has passed its totals on to its parent, in both of /proc's files: nothing is lost
    between two readings, and nothing counted twice.
    """
    children, ticks = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                after_name = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(after_name[1]), []).append(int(entry))
                ticks[int(entry)] = sum(map(int, after_name[11:15]))
    alive, queue = [], [root]
    while queue:
        pid = queue.pop()
        if pid in ticks:
            alive.append(pid)
            queue += children.get(pid, [])
    written = 0
    for pid in alive:
        with contextlib.suppress(OSError, StopIteration):
            lines = pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
            written += int(next(line for line in lines if line.startswith("write_bytes")).split()[1])
    return alive, sum(ticks[pid] for pid in alive), written


# What a GPU would do. A swap chain's thread is no part of it: copying to the display is the presenter's own work.
MESA_WORKERS = ("llvmpipe", "lp_", "lavapipe", "vk")


def gpu_ticks(pids):
    """Processor ticks so far of the threads that stand in for a GPU, by (pid, thread)."""
    ticks = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError, ValueError):
                    name, _, after = pathlib.Path(f"/proc/{pid}/task/{thread}/stat").read_text().partition("(")[2].rpartition(")")
                    if name.startswith(MESA_WORKERS):
                        ticks[pid, thread] = sum(map(int, after.split()[11:13]))
    return ticks


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
    alive, ticks, written = tree(root)
    gpu = gpu_ticks(alive)
    begin = time.monotonic()
    memory = [pss_mb(alive)]
    while (left := begin + seconds - time.monotonic()) > 0:
        # Reading a browser's memory maps is not free.
        time.sleep(min(left, 3))
        memory.append(pss_mb(tree(root)[0]))
    elapsed = time.monotonic() - begin
    alive, ticks_now, written_now = tree(root)
    drawn = sum(now - gpu.get(thread, 0) for thread, now in gpu_ticks(alive).items())
    return Cost(
        seconds=elapsed,
        cpu=100 * (ticks_now - ticks) / TICKS / elapsed,
        own=100 * (ticks_now - ticks - drawn) / TICKS / elapsed,
        pss_mb=statistics.median(memory),
        written=written_now - written,
        processes=len(alive),
    )
