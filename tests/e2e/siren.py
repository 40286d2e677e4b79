#!/usr/bin/env python3
"""The sirens in a recording, and the words after them: siren.py FILE.wav STARTED COUNT WORDS

STARTED is when the recording began, in seconds since 1970; WORDS how many seconds the words last. Prints what was heard; exit 1
unless there are COUNT minutes with one whole siren of three seconds at their beginning, loud enough, not clipped, and without a
click where it begins and ends, followed by the words. Exit 1, too, where anything sounds at another time, or more than one minute
is not so. The file may still be growing. Mono, 16 bits.
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


def faults(rate, sound, siren, spoken, late, words):
    """What is wrong with one minute's siren and words."""
    (start, end), wrong = siren, []
    part = sound[int(start * rate) : int(end * rate)]
    peak = max(map(abs, part))
    power = math.sqrt(sum(sample * sample for sample in part) / len(part))
    edge = int(EDGE_S * rate)
    edges = max(map(abs, part[:edge] + part[-edge:]))
    print(
        f"{end - start:.2f} s, {late(start):+.2f} s from the minute, "
        f"peak {decibels(peak):.1f} dBFS, mean {decibels(power):.1f} dBFS, edges {decibels(edges):.1f} dBFS; "
        f"words of {spoken[1] - spoken[0]:.2f} s, {late(spoken[0]):+.2f} s from the minute"
    )
    if not LENGTH_S[0] <= end - start <= LENGTH_S[1]:
        wrong.append(f"it lasts {end - start:.2f} s")
    if not LATE_S[0] <= late(start) <= LATE_S[1]:
        wrong.append(f"it begins {late(start):+.2f} s from a whole minute")
    if not -16 <= decibels(peak) <= -3:
        wrong.append(f"its peak is {decibels(peak):.1f} dBFS")
    if edges > peak / 10:
        wrong.append("it clicks where it begins or ends")
    if abs(spoken[1] - spoken[0] - words) > 0.15:
        wrong.append(f"the words last {spoken[1] - spoken[0]:.2f} s, not {words}")
    if not LATE_S[0] <= late(spoken[0]) - LEAD_S <= LATE_S[1]:
        wrong.append(f"the words begin {late(spoken[0]):+.2f} s from the minute")
    return wrong


def main(path, started, count, words):
    rate, sound = samples(path)

    def late(start):
        return (started + start + 30) % 60 - 30

    by_minute = {}
    for start, end, whole in bursts(rate, sound):
        by_minute.setdefault(round((started + start - late(start)) / 60), []).append((start, end, whole))
    good, bad = 0, 0
    for minute in by_minute.values():
        if late(minute[-1][0]) > LEAD_S + words:
            print(f"something sounds {late(minute[-1][0]):+.2f} s from the minute: a siren out of its place")
            return False
        # The recording's end may lie in it.
        if not all(whole for _, _, whole in minute):
            continue
        # A machine that is busy with other things tears a sound, once.
        if len(minute) != 2:
            print(f"torn: {', '.join(f'{end - start:.2f} s at {late(start):+.2f} s' for start, end, _ in minute)}")
            bad += 1
            continue
        wrong = faults(rate, sound, minute[0][:2], minute[1][:2], late, words)
        print("; ".join(wrong) or "as it should be")
        good += not wrong
        bad += bool(wrong)
    return good >= count and bad <= 1


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])) else 1)
