#!/usr/bin/env python3
"""The sirens in a recording, and the words after them: siren.py FILE.wav STARTED COUNT WORDS

STARTED is when the recording began, in seconds since 1970; WORDS how many seconds the words last. Prints what was heard; exit
1 unless there are COUNT whole sirens of three seconds, each at a whole minute and a minute after the one before, loud enough,
not clipped, and without a click where they begin and end, each followed by the words. The file may still be growing. Mono, 16
bits.
"""

import math
import sys

from bursts import bursts, samples

FULL = 32_768
# The siren comes and goes softly, so that its first and last tenths are too low to count.
LENGTH_S = (2.6, 3.1)
# PulseAudio's own buffers lie between the board and the recording.
LATE_S = (-0.2, 0.8)
EDGE_S = 0.02
# From the whole minute to the words.
LEAD_S = 4


def decibels(amplitude):
    return 20 * math.log10(max(amplitude, 1) / FULL)


def main(path, started, count, words):
    rate, sound = samples(path)
    def late(start):
        return (started + start + 30) % 60 - 30

    heard = [(start, end) for start, end, whole in bursts(rate, sound) if whole]
    found = [(start, end) for start, end in heard if late(start) < LEAD_S - 1]
    spoken = [(start, end) for start, end in heard if late(start) >= LEAD_S - 1]
    wrong = [] if len(found) == count else [f"{len(found)} sirens, not {count}"]
    for start, end in found:
        part = sound[int(start * rate) : int(end * rate)]
        peak = max(map(abs, part))
        power = math.sqrt(sum(sample * sample for sample in part) / len(part))
        edge = int(EDGE_S * rate)
        edges = max(map(abs, part[:edge] + part[-edge:]))
        print(
            f"{end - start:.2f} s, {late(start):+.2f} s from the minute, "
            f"peak {decibels(peak):.1f} dBFS, mean {decibels(power):.1f} dBFS, edges {decibels(edges):.1f} dBFS"
        )
        if not LENGTH_S[0] <= end - start <= LENGTH_S[1]:
            wrong.append(f"it lasts {end - start:.2f} s")
        if not LATE_S[0] <= late(start) <= LATE_S[1]:
            wrong.append(f"it begins {late(start):+.2f} s from a whole minute")
        if not -16 <= decibels(peak) <= -3:
            wrong.append(f"its peak is {decibels(peak):.1f} dBFS")
        if edges > peak / 10:
            wrong.append("it clicks where it begins or ends")
    for (before, _), (after, _) in zip(found, found[1:]):
        if abs(after - before - 60) > 0.15:
            wrong.append(f"{after - before:.2f} s between two")
    if len(spoken) != count:
        wrong.append(f"words after {len(spoken)} sirens, not {count}")
    for start, end in spoken:
        print(f"words of {end - start:.2f} s, {late(start):+.2f} s from the minute")
        if abs(end - start - words) > 0.15:
            wrong.append(f"the words last {end - start:.2f} s, not {words}")
        if not LATE_S[0] <= late(start) - LEAD_S <= LATE_S[1]:
            wrong.append(f"the words begin {late(start):+.2f} s from the minute")
    print("; ".join(wrong) or "as it should be")
    return not wrong


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])) else 1)
