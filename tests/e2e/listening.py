"""What a sound server's sink plays, on the monotonic clock, and beeps that are known: for the scripts beside this file."""

import array
import contextlib
import ctypes
import math
import os
import subprocess
import sys
import threading
import time
import wave

from board import check, until

RATE = 48000
# The server takes and gives sound in parts of this: what a recording can be wrong by.
BLOCK_MS = 10
# A beep's pitch says which it is, of so many, in Hz.
PITCHES, LOWEST_HZ, STEP_HZ = 10, 600, 100
BEEP_S = 0.1
WINDOW = RATE // 1000


class Recorder(threading.Thread):
    """Records a sink's monitor, mono, until it is told to end."""

    def __init__(self, env, sink="board"):
        super().__init__(daemon=True)
        self.process = subprocess.Popen(
            ["parec", "-d", f"{sink}.monitor", f"--latency-msec={BLOCK_MS}", f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw"],
            env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.body, self.reads = bytearray(), []

    def run(self):
        while part := os.read(self.process.stdout.fileno(), 1 << 16):
            now = time.monotonic()
            self.body += part
            self.reads.append((now, len(self.body) // 2))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.join(10)
        self.process.stdout.close()

    def save(self, path):
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(bytes(self.body))

    def beeps(self):
        """[seconds of the monotonic clock, which of `PITCHES`] of each."""
        sound = array.array("h", bytes(self.body[: len(self.body) // 2 * 2]))
        if sys.byteorder == "big":
            sound.byteswap()
        loud = [max(map(abs, sound[at : at + WINDOW])) for at in range(0, len(sound) - WINDOW, WINDOW)]
        found, quiet = [], 0
        peak = sorted(loud)[-max(len(loud) // 200, 1)] if loud else 0
        check(peak > 300, "nothing is heard at the sink")
        for index, level in enumerate(loud):
            if level > peak // 4:
                if quiet > 50:
                    found.append(self._beep(sound, index, peak // 4))
                quiet = 0
            else:
                quiet += 1
        return [(self._time(sample), pitch) for sample, pitch in found if pitch is not None]

    def _beep(self, sound, window, loud):
        first = next(at for at in range(window * WINDOW, (window + 1) * WINDOW) if abs(sound[at]) > loud)
        middle = sound[first + RATE // 50 : first + int(BEEP_S * 0.8 * RATE)]
        crossings = [at for at, (a, b) in enumerate(zip(middle, middle[1:])) if a < 0 <= b]
        if len(crossings) < 10:
            return first, None
        hertz = (len(crossings) - 1) * RATE / (crossings[-1] - crossings[0])
        which = (hertz - LOWEST_HZ) / STEP_HZ
        return first, round(which) if abs(which - round(which)) < 0.2 and 0 <= round(which) < PITCHES else None

    def _time(self, sample):
        """The reads near it that waited least say when it came: one that came late says that the machine was busy."""
        low, high = 0, len(self.reads)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.reads[middle][1] < sample else (low, middle)
        near = self.reads[max(low - 200, 0) : low + 200]
        return min(at - count / RATE for at, count in near) + sample / RATE


@contextlib.contextmanager
def recording(env, sink="board"):
    recorder = Recorder(env, sink)
    recorder.start()
    try:
        until(20, "the recorder", lambda: recorder.reads)
        yield recorder
    finally:
        recorder.stop()


class _Spec(ctypes.Structure):
    _fields_ = [("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8)]


class _Buffers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


def metronome(env, beeps, every_s, flash):
    """Beeps at a sink, and calls `flash(True)` at the moments at which, by the server's word, each is heard."""
    pulse = ctypes.CDLL("libpulse-simple.so.0")
    pulse.pa_simple_new.restype = ctypes.c_void_p
    pulse.pa_simple_get_latency.restype = ctypes.c_uint64
    error, part = ctypes.c_int(), RATE // 100
    spec = _Spec(3 if sys.byteorder == "little" else 4, RATE, 1)
    unset = 0xFFFFFFFF
    buffers = _Buffers(unset, 20 * part * 2, unset, part * 2, unset)
    stream = pulse.pa_simple_new(
        env["PULSE_SERVER"].encode(), b"metronome", 1, b"board", b"beeps", ctypes.byref(spec), None, ctypes.byref(buffers), ctypes.byref(error)
    )  # fmt: skip
    check(stream, f"the sound server takes no beeps: error {error.value}")
    stream = ctypes.c_void_p(stream)
    due = []
    ending = threading.Event()

    def flashes():
        while due or not ending.is_set():
            if not due:
                time.sleep(0.001)
                continue
            at, lit = due.pop(0)
            time.sleep(max(at - time.monotonic(), 0))
            flash(lit)

    flasher = threading.Thread(target=flashes, daemon=True)
    flasher.start()
    parts, rest = round(beeps * every_s * 100), round(every_s * 100)
    for index in range(parts):
        which, into = divmod(index, rest)
        hertz = LOWEST_HZ + STEP_HZ * (which % PITCHES)
        tone = [
            round(16000 * math.sin(2 * math.pi * hertz * (into * part + at) / RATE)) if into * part + at < BEEP_S * RATE else 0
            for at in range(part)
        ]
        if into == 0:
            heard = time.monotonic() + pulse.pa_simple_get_latency(stream, ctypes.byref(error)) / 1e6
            # The server's reckoning settles after its first parts.
            if which > 0:
                due += [(heard, True), (heard + BEEP_S, False)]
        block = array.array("h", tone).tobytes()
        check(pulse.pa_simple_write(stream, block, ctypes.c_size_t(len(block)), ctypes.byref(error)) == 0, "the metronome stopped")
    pulse.pa_simple_drain(stream, ctypes.byref(error))
    ending.set()
    flasher.join(10)
    pulse.pa_simple_free(stream)
