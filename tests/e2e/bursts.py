#!/usr/bin/env python3
"""The lengths of the sounds in a recording: bursts.py FILE.wav SECONDS

Prints them; exit 1 unless one at least is whole (silence before and after) and lasts SECONDS, within 0.1 s. The file
may still be growing. Mono, 16 bits.
"""

import array
import sys

WINDOW_S = 0.01
LOUD = 300  # of 32,767: about -40 dB


def samples(path):
    """Rate and samples of a WAV whose header may not know its length yet."""
    body = open(path, "rb").read()
    start = body.index(b"data") + 8
    rate = int.from_bytes(body[24:28], "little")
    sound = array.array("h", body[start : start + (len(body) - start) // 2 * 2])
    if sys.byteorder == "big":
        sound.byteswap()
    return rate, sound


def bursts(rate, sound, gap=0.5):
    """(start, end, whole) in seconds; pauses shorter than `gap` do not part two bursts."""
    window = int(rate * WINDOW_S)
    windows = [sound[i : i + window] for i in range(0, len(sound) - window, window)]
    loud = [max(part) > LOUD or min(part) < -LOUD for part in windows]
    found = []
    for i, is_loud in enumerate(loud):
        at = i * WINDOW_S
        if not is_loud:
            continue
        if found and at - found[-1][1] < gap:
            found[-1][1] = at + WINDOW_S
        else:
            found.append([at, at + WINDOW_S])
    length = len(loud) * WINDOW_S
    return [(start, end, start > gap and end < length - gap) for start, end in found]


def main(path, seconds):
    found = bursts(*samples(path))
    print(", ".join(f"{end - start:.2f} s{'' if whole else ' (cut)'}" for start, end, whole in found) or "nothing was heard")
    whole = [end - start for start, end, whole in found if whole]
    # The first may have begun in the middle: a board that starts joins the programme where it is.
    return any(abs(length - seconds) <= 0.1 for length in whole)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], float(sys.argv[2])) else 1)
