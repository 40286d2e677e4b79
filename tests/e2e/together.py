#!/usr/bin/env python3
"""What a board shows and what it plays are together, two boards are, and so is one turn with the next.

    together.py sync BANGTIN [--minutes 1]      flashes on the screen against beeps at the sink
    together.py stopped BANGTIN                 the same where the decoder stops for 3 s once
    together.py two BANGTIN [--minutes 1]       two boards with one programme, looked at in the same instants
    together.py changes BANGTIN [--changes 30]  from film to film, film to picture, and a film alone that comes round
        two and changes also: [--silent], for boards without sound; sync: [--keep FOLDER]

Boards play on Xvfb and to PulseAudio's null sink. The screen is looked at 200 times a second (`screen.py`), the sink's
monitor is recorded (`listening.py`), both by the monotonic clock. What the recording adds itself is measured first, with
flashes and beeps of this script's own; what is left is judged:

- sync: each pair of flash and beep is less than 40 ms apart, and over the long film the difference moves by less than 10 ms.
  Also where sound begins late, where two recordings were joined, and where the board came in the middle.
  What a film begins with stands until its sound begins: that is one of `changes`.
- stopped: the same from 4 s after it on.
- two: in each instant the boards' pictures are at most one apart, by number or by when they came.
- changes: no look is black and `frames.blank` is 0; a film begins and ends with at most one picture missing or one picture's
  time repeated; within it, at most one picture a turn is missing or more than one picture's time late.

A busy machine tears pictures and sound: what is wrong is tried once more, and counts if it is wrong again in the same place.
Black counts at once. Exit 1 where a bound is broken.
"""

import argparse
import bisect
import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import statistics
import sys
import time

from board import Board, Failed, Feed, Server, check, main_zone, until, workplace
from decoders import children
from hearing import sound_server
from listening import PITCHES, metronome, recording
from screen import Connection, runs, watching, x_server
from testcard import LIGHT, ROWS, card, ffmpeg, png

SIZE = (640, 360)
# What a film alone has of it, above the strip; its last row of cells has the squares.
FILM = (640, 304)
SQUARES = (FILM[1] * (2 * ROWS - 1) // (2 * ROWS), FILM[0])
COLUMN = (FILM[0] * 3 // 16, FILM[1])
APART_MS, MOVES_MS, METRONOME_BEEPS = 40, 10, 16
# A beep further from its flash than this is not found. Not far enough for that of the film before.
REACH_S = 2
RATE, PICTURE_S = 25, 0.04
# Looks are 5 ms apart, so both ends of what is measured are known to that.
LOOK_S = 0.010


# ---- films ----


def squares(number, bits=range(8), first=0):
    """Draws squares that write a picture's number, an expression of `n`, as test cards do."""
    left, top = FILM[0] // 8, FILM[1] * (ROWS - 1) // ROWS
    colour = "0x" + "".join(f"{value:02x}" for value in LIGHT)
    return ",".join(
        f"drawbox=x={(7 - bit) * left}:y={top}:w={left}:h={FILM[1] - top}:color={colour}:t=fill:enable='mod(floor(({number})/{1 << (bit - first)}),2)'"
        for bit in bits
    )  # fmt: skip


X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "250", "-pix_fmt", "yuv420p")


def flashing(path, which, seconds, rate=RATE, first_s=0, sound_from=0, more=()):
    """A film that flashes and beeps at the beginning of each second.

    The squares say during a flash which film it is (two bits) and which second (five bits); the pitch says the second, too.
    `first_s`: what second the film begins with; `sound_from`: before this, there is no sound track.
    """
    beep = f"if(lt(mod(T,1),0.1),0.5*sin(2*PI*(600+100*mod(floor(T),{PITCHES}))*T),0)".replace("T", f"(t+{first_s + sound_from})")
    lit = f"lt(mod(n,{rate}),2)"
    ffmpeg(
        "-f", "lavfi", "-i",
        f"color=c=0x404040:s={FILM[0]}x{FILM[1]}:r={rate}:d={seconds},drawbox=t=fill:color=white:enable='{lit}',"
        f"drawbox=x={FILM[0] // 8}:y={FILM[1] * (ROWS - 1) // ROWS}:w={FILM[0]}:h={FILM[1]}:t=fill:color=0x101010,"
        f"{squares(f'floor(n/{rate})+{first_s}', range(5))},{squares(str(which), (5, 6), 5)}",
        *(("-itsoffset", sound_from) if sound_from else ()), "-f", "lavfi", "-i", f"aevalsrc='{beep}':s=48000:d={seconds - sound_from}",
        "-map", "0:v", "-map", "1:a", *X264, "-c:a", "aac", "-b:a", "128k", *more, path,
    )  # fmt: skip


def numbered(path, first, pictures, sound):
    """A film of test cards with the numbers from `first` on."""
    cards = path.with_suffix(".png")
    png(cards, *FILM, card(*FILM, 0))
    ffmpeg(
        "-loop", 1, "-r", RATE, "-i", cards, *(("-f", "lavfi", "-i", f"sine=f=440:d={pictures / RATE}") if sound else ()),
        "-vf", f"format=rgb24,{squares(f'n+{first}')}", "-frames:v", pictures, *X264, *(("-c:a", "aac") if sound else ()), path,
    )  # fmt: skip
    cards.unlink()


def notice(number, lines, seconds):
    return f'[[notice]]\nid = "n{number}"\ntitle = "T"\nseconds = {seconds}\n{lines}\n'


def start(program, folder, feed, server, display, env, name="board", silent=False):
    return Board(
        program, folder, server.url, feed.site / "root.json", name, poll_seconds=60, env={**env, "DISPLAY": f":{display}"},
        display=("--windowed", f"{SIZE[0]}x{SIZE[1]}", "--has-rtc"), more="[sound]\nenabled = false\n" if silent else "",
    ).start()  # fmt: skip


def playing(status):
    return status["media"]["waiting"] == [] and status["frames"]["drawn"] > 0 and main_zone(status)


# ---- sync ----


@dataclasses.dataclass
class Pairs:
    """Flashes of one film in one turn: when, and by how much the beep of that second is later, in seconds; or none."""

    which: int
    flashes: list
    apart: list

    def milliseconds(self):
        return [1000 * by for _, by in self.apart]

    def slope(self):
        """By least squares, in milliseconds over all of its time."""
        at, by = [at for at, _ in self.apart], self.milliseconds()
        if len(at) < 3:
            return 0
        middle = statistics.fmean(at)
        return sum((x - middle) * y for x, y in zip(at, by)) / sum((x - middle) ** 2 for x in at) * (at[-1] - at[0])


def pairs(looks, beeps, constant):
    """Flashes with the beeps of their seconds, by film and turn."""
    found = []
    for number, first, before, _ in runs(looks):
        if number < 128:
            continue
        at, which, second = (first + before) / 2, number >> 5 & 3, number & 31
        if not found or found[-1].which != which or at - found[-1].flashes[-1][0] > 2.5:
            found.append(Pairs(which, [], []))
        found[-1].flashes.append((at, second))
    for turn in found:
        # The second that the film was in at its first flash, by most of them: below 32 for all but a long one, which begins at its
        # beginning. Where a decoder stood still the first may be late.
        at = turn.flashes[0][0]
        begun = statistics.mode((second - round(flash - at)) % 32 for flash, second in turn.flashes)
        for flash, _ in turn.flashes:
            here = begun + round(flash - at)
            near = [beep - flash for beep, pitch in beeps if pitch == here % PITCHES and abs(beep - flash) < REACH_S]
            if near:
                turn.apart.append((flash, min(near, key=abs) - constant))
    return found


def calibrate(display, recorder, env):
    """By how much the recording has a beep later than a flash of the same instant, in seconds."""
    connection = Connection(display)
    window = connection.window(*SIZE)
    with watching([display], SQUARES) as watcher:
        metronome(env, METRONOME_BEEPS, 0.5, lambda lit: connection.paint(window, 0xFFFFFF if lit else 0))
        time.sleep(0.3)
    connection.close()
    flashes = [(first + before) / 2 for number, first, before, _ in runs(watcher.looks) if number == 255]
    beeps = [at for at, _ in recorder.beeps()]
    near = [min((beep - flash for beep in beeps), key=abs) for flash in flashes]
    check(len(near) > METRONOME_BEEPS // 2, f"only {len(near)} of {METRONOME_BEEPS} flashes of this script were seen")
    return statistics.median(near), max(near) - min(near)


SHORT_S, LATE_S, PAUSE_S = 14, 4, 3
NAMES = ("25 a second", "30 a second", "sound that begins late", "two recordings joined")


def sync_films(folder, long_s):
    flashing(folder / "lau.mp4", 0, long_s)
    flashing(folder / "ba-muoi.mp4", 1, SHORT_S, rate=30)
    flashing(folder / "muon.mp4", 2, SHORT_S, sound_from=LATE_S + 0.4)
    half = SHORT_S // 2
    parts = [folder / f"{part}.ts" for part in range(2)]
    flashing(parts[0], 3, half)
    # An hour later by its own clock, as the next recording of a camera.
    flashing(parts[1], 3, half, first_s=half, more=("-output_ts_offset", 3600))
    (folder / "noi.ts").write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()


def sync_programme(long_s, now, ahead_s):
    """The films in turn, and a picture that is there for as long as puts a moment soon after now into the middle of the second."""
    lengths = [long_s, SHORT_S, SHORT_S, SHORT_S]
    files = ["lau.mp4", "ba-muoi.mp4", "muon.mp4", "noi.ts"]
    into = long_s + SHORT_S * 0.35
    # Turns are those of a wheel that began in 1970.
    rest = min(range(PAUSE_S, 300), key=lambda rest: abs((now + ahead_s) % (sum(lengths) + rest) - into))
    text = "".join(notice(i, f'video = "{file}"', length) for i, (file, length) in enumerate(zip(files, lengths)))
    cycle = sum(lengths) + rest
    start_in = (into - now) % cycle
    return 'title = "Xã"\n' + text + notice(9, 'image = "nghi.png"', rest), start_in, cycle


def sync_once(program, folder, feed, env, long_s, name, keep):
    server = Server(feed.site)
    with x_server(folder, name, SIZE) as display, recording(env) as recorder:
        try:
            constant, scatter = calibrate(display, recorder, env)
            programme, start_in, cycle = sync_programme(long_s, time.time(), 6)
            feed.publish(programme)
            start_in -= 1
            time.sleep(max(min(start_in, cycle), 0))
            with watching([display], SQUARES) as watcher:
                board = start(program, folder, feed, server, display, env, name)
                try:
                    board.wait("all of the feed", playing)
                    # Until the second film has been seen from its beginning.
                    time.sleep(cycle + SHORT_S * 0.65)
                    status = board.status()
                finally:
                    board.stop()
        finally:
            server.stop()
    keep_recording(keep, name, recorder, board)
    print(f"together: sync: the recording has beeps {1000 * constant:.1f} ms later than flashes, within {1000 * scatter:.1f} ms", flush=True)
    return judge_sync(pairs(watcher.looks, recorder.beeps(), constant), long_s, status, keep)


def keep_recording(keep, name, recorder, board):
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        recorder.save(keep / f"{name}.wav")
        shutil.copy(board.log, keep)


def judge_sync(turns, long_s, status, keep=None):
    wrong, wanted = {}, {0: long_s - 3, 1: SHORT_S - 3, 2: SHORT_S - LATE_S - 3, 3: SHORT_S - 3, "middle": 4}
    for turn in turns:
        middle = turn is turns[0]
        kind = "middle" if middle else turn.which
        words = "joined in its middle" if middle else NAMES[turn.which]
        # What a film begins with is seen before its sound begins: `changes` judges for how long.
        turn.apart = [pair for pair in turn.apart if middle or pair[0] != turn.flashes[0][0]]
        by = turn.milliseconds()
        if len(by) < wanted.pop(kind, 0):
            wrong[words] = f"only {len(by)} of {len(turn.flashes)} flashes have their beep"
        if not by:
            continue
        median, worst, moves = statistics.median(by), max(by, key=abs), turn.slope()
        late = sum(abs(value) >= APART_MS for value in by)
        if late and keep:
            (keep / f"{kind}.txt").write_text("".join(f"{at - turn.apart[0][0]:.2f} s: {1000 * value:.0f} ms\n" for at, value in turn.apart))
        print(
            f"together: sync: {words}: {len(by)} pairs, beeps later than flashes by {median:.0f} ms (median), {worst:.0f} (worst), "
            f"{statistics.pstdev(by):.1f} (deviation), moving by {moves:+.1f} ms in {turn.apart[-1][0] - turn.apart[0][0]:.0f} s", flush=True,
        )  # fmt: skip
        if late:
            wrong[words] = f"{late} of {len(by)} pairs are {APART_MS} ms apart or more, the worst {worst:.0f} ms"
        elif kind == 0 and abs(moves) >= MOVES_MS:
            wrong[words] = f"sound moves by {moves:+.1f} ms against the picture in {long_s} s"
    for kind in wanted:
        wrong["joined in its middle" if kind == "middle" else NAMES[kind]] = f"it was not seen; the board says: {status['errors'][-2:]}"
    return wrong


def sync(program, options):
    long_s = max(round(options.minutes * 60), 20)
    with workplace() as folder, sound_server(folder) as env:
        feed = Feed(program, folder)
        png(feed.notices / "nghi.png", *FILM, card(*FILM, 0))
        sync_films(feed.notices, long_s)
        again("sync", lambda name: sync_once(program, folder, feed, env, long_s, name, options.keep))
    print(f"together: sync: every pair is less than {APART_MS} ms apart, and over {long_s} s they move by less than {MOVES_MS} ms")


# ---- a decoder that stops once ----

# Its ring holds two seconds of sound: what is longer is heard as silence.
STOP_S, STOPPED_FILM_S, BACK_S = 2.9, 34, 4


def stopped_once(program, folder, feed, env, name, keep):
    cycle = STOPPED_FILM_S + PAUSE_S
    server = Server(feed.site)
    with x_server(folder, name, SIZE) as display, recording(env) as recorder:
        try:
            constant, _ = calibrate(display, recorder, env)
            feed.publish('title = "Xã"\n' + notice(0, 'video = "phim.mp4"', STOPPED_FILM_S) + notice(1, 'image = "nghi.png"', PAUSE_S))
            # The board begins with the film's fourth second.
            time.sleep((3 - time.time()) % cycle)
            with watching([display], SQUARES) as watcher:
                board = start(program, folder, feed, server, display, env, name)
                try:
                    board.wait("the film", playing)
                    time.sleep(8)
                    decoders = children(board.process.pid)
                    check(decoders, "the board has no decoder while its film plays")
                    for sign, then in ((signal.SIGSTOP, STOP_S), (signal.SIGCONT, 0)):
                        for pid in decoders:
                            with contextlib.suppress(ProcessLookupError):
                                os.kill(pid, sign)
                        time.sleep(then)
                    went_on = time.monotonic()
                    time.sleep(STOPPED_FILM_S - 3 - 8 - STOP_S - 3)
                finally:
                    board.stop()
        finally:
            server.stop()
    keep_recording(keep, name, recorder, board)
    film = [pair for turn in pairs(watcher.looks, recorder.beeps(), constant) for pair in turn.apart if turn.which == 0]
    before = [1000 * by for at, by in film if at < went_on - STOP_S]
    after = [1000 * by for at, by in film if at > went_on + BACK_S]
    if len(before) < 4 or len(after) < 6:
        return {"a decoder that stops once": f"only {len(before)} pairs before and {len(after)} after"}
    print(
        f"together: stopped: for {STOP_S} s: beeps later than flashes by {statistics.median(before):.0f} ms before, "
        f"by {statistics.median(after):.0f} (median), {max(after, key=abs):.0f} (worst) from {BACK_S} s after it on", flush=True,
    )  # fmt: skip
    if max(map(abs, after)) >= APART_MS:
        return {"a decoder that stops once": f"afterwards sound is {statistics.median(after):.0f} ms later than the picture, until the film ends"}
    return {}


def stopped(program, options):
    with workplace() as folder, sound_server(folder) as env:
        feed = Feed(program, folder)
        png(feed.notices / "nghi.png", *FILM, card(*FILM, 0))
        flashing(feed.notices / "phim.mp4", 0, STOPPED_FILM_S)
        again("stopped", lambda name: stopped_once(program, folder, feed, env, name, options.keep))
    print(f"together: stopped: picture and sound are together again within {BACK_S} s")


def again(what, once):
    """Runs it, and once more if something is wrong; what is wrong both times is."""
    wrong = once("first")
    if wrong:
        print(f"together: {what}: once more, for: {words(wrong)}", flush=True)
        second = once("second")
        wrong = {where: second[where] for where in wrong if where in second}
    check(not wrong, f"{what}: {words(wrong)}")


def words(wrong):
    return "; ".join(f"{where}: {what}" for where, what in wrong.items())


# ---- two boards ----

TWO = ((0, 125), (128, 125))  # first number and pictures of each film: five seconds


def order(number):
    """Where a picture stands in the round of both films."""
    before = 0
    for first, pictures in TWO:
        if first <= number < first + pictures:
            return before + number - first
        before += pictures
    return None


def two_once(program, folder, feed, env, minutes, name, silent):
    server = Server(feed.site)
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        displays = [stack.enter_context(x_server(folder, f"{name}-{i}", SIZE)) for i in range(2)]
        boards = []
        for i, display in enumerate(displays):
            boards.append(start(program, folder, feed, server, display, env, f"{name}-{i}", silent))
            stack.callback(boards[-1].stop)
            # Each joins the programme at a moment of its own.
            time.sleep(1.7)
        for board in boards:
            board.wait("all of the feed", playing)
        # Both have joined a film in its middle; from the next turn on they are as they stay.
        time.sleep(6)
        with watching(displays, SQUARES) as watcher:
            time.sleep(minutes * 60)
        frames = [board.status()["frames"] for board in boards]
    return judge_two(watcher.looks, frames)


def judge_two(looks, frames):
    cycle = sum(pictures for _, pictures in TWO)
    seen = [runs(looks, screen) for screen in range(2)]
    # By when they came: each picture's first look on both screens.
    lags, index = [], {}
    for number, first, before, _ in seen[1]:
        index.setdefault(number, []).append((first + before) / 2)
    for number, first, before, _ in seen[0][1:]:
        at = (first + before) / 2
        near = min(index.get(number, ()), key=lambda other: abs(other - at), default=None)
        if near is not None and abs(near - at) < 2:
            lags.append(near - at)
    check(len(lags) > 100, f"only {len(lags)} pictures were seen on both boards")
    # By number, in each instant; where both are at a turn's change, by when the pictures came.
    apart, judged, far = [], 0, []
    times = [run[1] for run in seen[1]]
    for at, *numbers in looks:
        if None in numbers or None in (here := [order(number) for number in numbers]):
            continue
        judged += 1
        by = (here[1] - here[0] + cycle // 2) % cycle - cycle // 2
        apart.append(by)
        if abs(by) > 1 and not came_near(seen[1], times, numbers[0], at):
            far.append((at, by))
    worst = max(lags, key=abs)
    print(
        f"together: two: {judged} instants, {len(lags)} pictures: the second board is later by {1000 * statistics.median(lags):.1f} ms (median), "
        f"{1000 * worst:.0f} (worst); {100 * sum(by == 0 for by in apart) / judged:.1f} % the same picture, "
        f"{100 * sum(abs(by) == 1 for by in apart) / judged:.1f} % one apart, {len(far)} instants further; late pictures by the boards' own count: "
        f"{frames[0]['late']} and {frames[1]['late']} of {len(seen[0])}", flush=True,
    )  # fmt: skip
    if far:
        return {"the boards": f"in {len(far)} of {judged} instants they are more than one picture apart, by {max((by for _, by in far), key=abs)} at worst"}
    return {}


def came_near(runs_there, times, number, at):
    """Whether the other board shows that picture within a picture's time of the instant."""
    first = max(bisect.bisect_left(times, at - 1) - 1, 0)
    reach = PICTURE_S + LOOK_S
    for there, start, _, end in runs_there[first:]:
        if start > at + reach:
            return False
        if there == number and start - reach <= at <= end + reach:
            return True
    return False


def two(program, options):
    with workplace() as folder, sound_server(folder) as env:
        feed = Feed(program, folder)
        for i, (first, pictures) in enumerate(TWO):
            numbered(feed.notices / f"phim{i}.mp4", first, pictures, sound=True)
        feed.publish('title = "Xã"\n' + "".join(notice(i, f'video = "phim{i}.mp4"', TWO[i][1] // RATE) for i in range(2)))
        again("two", lambda name: two_once(program, folder, feed, env, options.minutes, name, options.silent))
    print("together: two: at most one picture apart in every instant")


# ---- changes ----


@dataclasses.dataclass(frozen=True)
class Item:
    """One notice: a film of so many numbered pictures from `first` on, or, with none, a still picture of that number."""

    first: int
    pictures: int = 0
    sound: bool = False
    seconds: int = 3

    def has(self, number):
        return self.first <= number < self.first + max(self.pictures, 1)

    def __str__(self):
        if not self.pictures:
            return "a picture"
        return f"a film of {self.pictures / RATE:.0f} s{' with sound' if self.sound else ''}"


MIXED = (Item(0, 75), Item(75, 75, sound=True), Item(240), Item(150, 50), Item(241), Item(200, 25, sound=True))
ALONE = ((Item(0, 75),), (Item(0, 75, sound=True),))


def turns(seen, items):
    """[(item, its runs)]: a number that goes back begins a new turn, too."""
    found = []
    for run in seen:
        item = next((item for item in items if item.has(run[0])), None)
        if item is None:
            continue
        if not found or found[-1][0] is not item or run[0] < found[-1][1][-1][0]:
            found.append((item, []))
        found[-1][1].append(run)
    return found


def judge_turn(item, seen, ends):
    """What is wrong with a film's turn: at its beginning, in it, at its end; and what was counted."""
    numbers = {run[0] for run in seen}
    came = {run[0]: (run[1] + run[2]) / 2 for run in seen}
    # When picture 0 was due, by most of the pictures.
    due = statistics.median(at - (number - item.first) * PICTURE_S for number, at in came.items())
    last = item.first + item.pictures - 1
    at_first, at_last, within = [], [], []
    missing_first = min(numbers) - item.first
    early = due - came[min(numbers)] if not missing_first else 0
    if missing_first > 1:
        at_first.append(f"{missing_first} first pictures are missing")
    if early > PICTURE_S + LOOK_S:
        at_first.append(f"its first picture stands {1000 * early:.0f} ms too long")
    missing_last = last - max(numbers)
    stood = ends - (due + item.seconds)
    if missing_last > 1:
        at_last.append(f"{missing_last} last pictures are missing")
    if stood > PICTURE_S + LOOK_S:
        at_last.append(f"its last picture stands {1000 * stood:.0f} ms too long")
    missing = [number for number in range(min(numbers), max(numbers)) if number not in numbers]
    late = [number for number, at in came.items() if at - (due + (number - item.first) * PICTURE_S) > PICTURE_S + LOOK_S]
    torn = len(set(missing) | set(late))
    if torn > 1:
        within.append(f"{len(missing)} pictures are missing in it, {len(late)} late")
    return at_first, within, at_last, (early, max(missing_first, 0), max(missing_last, 0), torn)


def changes_once(program, folder, env, items, count, name, feed, silent):
    server = Server(feed.site)
    with x_server(folder, name, SIZE) as display:
        try:
            board = start(program, folder, feed, server, display, env, name, silent)
            try:
                board.wait("all of the feed", playing)
                # The first turn of each is joined, or has what is to be opened first opened with it.
                time.sleep(max(4, sum(item.seconds for item in items)))
                with watching([display], SQUARES, COLUMN) as watcher:
                    time.sleep((count + 2) * statistics.fmean(item.seconds for item in items))
                frames = board.status()["frames"]
            finally:
                board.stop()
        finally:
            server.stop()
    return judge_changes(watcher, frames, items, count)


def judge_changes(watcher, frames, items, count):
    looks, wrong = watcher.looks, {}
    check(not watcher.black, f"changes: {len(watcher.black)} looks are black")
    check(frames["blank"] == 0, f"changes: `frames.blank` is {frames['blank']}")
    found = turns(runs(looks), items)
    counted, torn_in_all, unread = [], 0, 0
    gaps = [(a[0], b[0] - a[0]) for a, b in zip(looks, looks[1:])]
    blind = [at for at, gap in gaps if gap > PICTURE_S / 2]
    for index in range(1, len(found) - 1):
        (item, seen), (after, next_seen) = found[index : index + 2]
        if not item.pictures:
            continue
        begins, ends = seen[0][1], (next_seen[0][1] + next_seen[0][2]) / 2
        # What was not looked at is not judged.
        if any(begins - 0.2 < at < ends + 0.2 for at in blind):
            unread += 1
            continue
        before = found[index - 1][0]
        at_first, within, at_last, figures = judge_turn(item, seen, ends)
        counted.append(figures)
        torn_in_all += figures[3]
        for where, what in ((f"from {before} to {item}", at_first), (f"in {item}", within), (f"from {item} to {after}", at_last)):
            if what:
                times = wrong.get(where, (0, ""))[0] + 1
                wrong[where] = (times, ", ".join(what))
    made = len(found) - 1
    check(made >= count, f"changes: only {made} of {count} changes were seen")
    check(counted, f"changes: none of {made} changes could be judged: looks were more than {1000 * PICTURE_S / 2:.0f} ms apart in all of them")
    print(
        f"together: changes: {made} changes, {len(looks)} looks ({len(blind)} late, {unread} turns not judged for it), 0 black; "
        f"of {len(counted)} turns of films: the first picture stands up to {1000 * max(c[0] for c in counted):.0f} ms too long, "
        f"first pictures missing {max(c[1] for c in counted)} at most, last {max(c[2] for c in counted)}, torn within {torn_in_all} in all; "
        f"the board counts {frames['missed']} missed, {frames['late']} late, {frames['blank']} blank of {frames['drawn']}", flush=True,
    )  # fmt: skip
    return {where: f"{what} ({times} times)" for where, (times, what) in wrong.items()}


def changes(program, options):
    parts = [(MIXED, options.changes * 3 // 5), *((items, options.changes // 5) for items in ALONE)]
    failed = []
    for index, (items, count) in enumerate(parts):
        with workplace() as folder, sound_server(folder) as env:
            feed = Feed(program, folder)
            lines = ['title = "Xã"\n']
            for number, item in enumerate(items):
                if item.pictures:
                    numbered(feed.notices / f"p{number}.mp4", item.first, item.pictures, item.sound)
                    lines.append(notice(number, f'video = "p{number}.mp4"', item.seconds))
                else:
                    png(feed.notices / f"p{number}.png", *FILM, card(*FILM, item.first))
                    lines.append(notice(number, f'image = "p{number}.png"', item.seconds))
            feed.publish("".join(lines))
            try:
                again("changes", lambda name: changes_once(program, folder, env, items, count, name, feed, options.silent))
            except Failed as failure:
                failed.append(str(failure))
                print(f"together: FAILED: {failure}", flush=True)
    check(not failed, f"{len(failed)} of {len(parts)} programmes")
    print(f"together: changes: at {sum(count for _, count in parts)} changes nothing black, and at most one picture missing or repeated")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("sync", "stopped", "two", "changes"))
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--silent", action="store_true", help="two, changes: with boards that have no sound")
    parser.add_argument("--keep", type=pathlib.Path, help="leaves recordings there")
    options = parser.parse_args()
    program = options.program.resolve()
    try:
        {"sync": sync, "stopped": stopped, "two": two, "changes": changes}[options.what](program, options)
    except Failed as failure:
        sys.exit(f"together: FAILED: {failure}")


if __name__ == "__main__":
    main()
