#!/usr/bin/env python3
"""Listens to the corpus: what a board plays of each sound, and of each film with sound, at a sound server's sink.

    hearing.py BANGTIN [--all] [--only NAME] [--keep FOLDER]

The files are those of `corpus.py`, in turns of their own in one programme, recorded from PulseAudio's null sink. Each is a tone:
it must begin within 0.6 s of its place in the turn (the buffers of board and server lie between), last within 0.2 s as long as it
is, have its pitch within 3 %, and a mean level between -34 and -20 dB of full scale. One line a file; exit 1 if one fails. Without
--all, one of each kind: a minute and a half. What fails is listened to once more: a machine that is busy with other things tears
a sound.
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import math
import os
import pathlib
import shutil
import subprocess
import sys
import time

import corpus
from board import Board, Failed, Feed, Server, check, main_zone, until, workplace
from bursts import bursts, samples

RATE = 8000
LATE_S, LENGTH_S, PITCH, LEVEL_DB = (-0.15, 0.6), 0.2, 0.03, (-34, -20)


@contextlib.contextmanager
def sound_server(folder):
    """PulseAudio with a null sink, unlike ALSA's null device one with a real clock; gives the environment to play to it."""
    home = folder / "pulse"
    home.mkdir(mode=0o700)
    alsa = home / "asound.conf"
    alsa.write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n")
    env = {
        "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PULSE_RUNTIME_PATH": str(home), "PULSE_SERVER": f"unix:{home}/native",
        "ALSA_CONFIG_PATH": str(alsa),
    }  # fmt: skip
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit",
             f"--load=module-native-protocol-unix auth-anonymous=1 socket={home}/native",
             "--load=module-null-sink sink_name=board rate=48000"],
            env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        ask = lambda: subprocess.run(["pactl", "info"], env={**os.environ, **env}, capture_output=True).returncode == 0  # noqa: E731
        until(15, "the sound server", ask)
        yield env
    finally:
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def recorder(folder, env):
    """Records the sink; gives the file, and when its first sample was heard, in seconds since 1970."""
    file = folder / "heard.wav"
    file.unlink(missing_ok=True)
    process = subprocess.Popen(
        ["parec", "-d", "board.monitor", "--latency-msec=50", f"--rate={RATE}", "--channels=1", "--format=s16le", "--file-format=wav", file],
        env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(20, "the recorder", lambda: file.exists() and file.stat().st_size > RATE)
        yield file, time.time() - (file.stat().st_size - 44) / (2 * RATE)
    finally:
        process.terminate()
        process.wait(10)


def turn_s(case):
    return max(3, math.ceil(case.heard[0] + case.heard[1] + 1.2))


def turns(board, wanted):
    """When a whole turn of each notice began, in seconds since 1970."""
    first, found, last = None, {}, None
    limit = sum(wanted.values()) * 2 + 60
    deadline = time.monotonic() + limit
    while len(found) < len(wanted):
        check(time.monotonic() < deadline, f"{sorted(set(wanted) - set(found))} had no whole turn in {limit} s")
        status = board.status()
        zone = main_zone(status) if status else None
        if zone and zone.get("since") and zone["id"] in wanted:
            here = zone["id"], datetime.datetime.fromisoformat(zone["since"]).timestamp()
            first = first or here
            if last and here != last and last != first:
                found.setdefault(*last)
            last = here
        time.sleep(0.2)
    return found


def faults(case, sound, begins):
    """What is wrong with what was heard in a turn that begins so many seconds into the recording."""
    late, length, pitch = case.heard
    part = sound[max(0, int((begins + LATE_S[0]) * RATE)) : int((begins + turn_s(case) - 0.1) * RATE)]
    found = bursts(RATE, part, 0.25)
    if not found:
        return ["nothing is heard"], ""
    start, end = found[0][0] + LATE_S[0], found[-1][1] + LATE_S[0]
    lasted = sum(end - start for start, end, _ in found)
    middle = part[int((found[0][0] + 0.1) * RATE) : int((found[0][1] - 0.1) * RATE)]
    crossings = sum(a < 0 <= b for a, b in zip(middle, middle[1:]))
    heard_pitch = crossings * RATE / max(len(middle), 1)
    power = math.sqrt(sum(value * value for value in middle) / max(len(middle), 1))
    level = 20 * math.log10(max(power, 1) / 32768)
    wrong = []
    if not LATE_S[0] <= start - late <= LATE_S[1]:
        wrong.append(f"it begins at {start:.2f} s, not {late}")
    if abs(lasted - length) > LENGTH_S:
        wrong.append(f"it lasts {lasted:.2f} s in {len(found)} parts until {end:.2f} s, not {length}")
    if abs(heard_pitch / pitch - 1) > PITCH:
        wrong.append(f"its pitch is {heard_pitch:.0f} Hz, not {pitch}")
    if not LEVEL_DB[0] <= level <= LEVEL_DB[1]:
        wrong.append(f"its level is {level:.0f} dB")
    return wrong, f"{lasted:.2f} s from {start:.2f} s, {heard_pitch:.0f} Hz, {level:.0f} dB"


def listen(program, folder, env, feed, by_id, keep, name):
    """Plays each notice's turn once; gives what is wrong with each, and what was heard."""
    server = Server(feed.site)
    with recorder(folder, env) as (file, from_s):
        # With a state of its own: one that had another programme would begin with that.
        board = Board(program, folder, server.url, feed.site / "root.json", name, env=env, display=("--headless", "640x360", "--has-rtc"))
        try:
            board.start()
            board.wait("all of the feed", lambda s: s["media"]["waiting"] == [] and s["feeds"][0]["generation"] > 0)
            began = turns(board, {number: turn_s(case) for number, case in by_id.items()})
        finally:
            board.stop()
            server.stop()
        time.sleep(0.5)
    _, sound = samples(file)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, keep)
    return {number: faults(case, sound, began[number] - from_s) for number, case in by_id.items()}


def make(feed, cases, folder):
    """Makes the files in the programme's folder; gives their names by number."""

    def one(entry):
        number, case = entry
        home = folder / "files" / f"{number:03}"
        home.mkdir(parents=True)
        name = case.make(home)
        (feed.notices / f"{number:03}-{name}").hardlink_to(home / name)
        return number, f"{number:03}-{name}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(pool.map(one, cases.items()))


def publish(feed, cases, names):
    """Publishes what is taken; gives the cases by the ids of their notices, and what was said of the others."""
    refused, left = {}, dict(cases)
    while left:
        lines, of_line = ['title = "Xã"'], {}
        for number, case in left.items():
            lines += ["[[notice]]", f'id = "n{number}"', 'title = "T"', f"seconds = {turn_s(case)}", f'{case.key} = "{names[number]}"']
            of_line[len(lines)] = number
        feed.write("\n".join(lines))
        done = feed.attempt("feed", "publish", feed.site, feed.notices)
        if done.returncode == 0:
            break
        said = {of_line[int(line.split(":")[2].split()[0])]: line for line in done.stderr.splitlines() if line.startswith("error: programme.toml:")}
        check(said, f"`feed publish` ended with {done.returncode}: {done.stderr.strip()}")
        for number, line in said.items():
            refused[left.pop(number).name] = line
    return {f"n{number}": case for number, case in left.items()}, refused


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="", help="what has this in its name; implies --all")
    parser.add_argument("--keep", type=pathlib.Path, help="leaves the recording there")
    options = parser.parse_args()
    chosen = [
        case for case in corpus.CASES
        if case.heard and options.only in case.name and (case.quick or options.all or options.only)
    ]  # fmt: skip
    failures, numbered = 0, dict(enumerate(chosen))
    try:
        check(chosen, f"nothing with sound has `{options.only}` in its name")
        with workplace() as folder, sound_server(folder) as env:
            feed = Feed(options.program, folder)
            names = make(feed, numbered, folder)
            by_id, refused = publish(feed, numbered, names)
            for case in chosen:
                if case.name in refused and not case.may_refuse:
                    failures += 1
                    print(f"hearing: {case.name}: FAILED: refused: {refused[case.name][:200]}", flush=True)
            check(by_id, "everything is refused")
            heard = listen(options.program, folder, env, feed, by_id, options.keep, "first")
            again = {int(number[1:]): case for number, case in by_id.items() if heard[number][0]}
            if again:
                publish(feed, again, names)
                heard |= listen(options.program, folder, env, feed, {f"n{number}": case for number, case in again.items()}, options.keep, "second")
            for number, case in by_id.items():
                wrong, well = heard[number]
                failures += bool(wrong)
                print(f"hearing: {case.name}: {'FAILED: ' + '; '.join(wrong) if wrong else 'ok, ' + well}", flush=True)
    except Failed as failure:
        sys.exit(f"hearing: FAILED: {failure}")
    print(f"hearing: {len(chosen)} files, {failures} failed, {len(refused)} refused")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
