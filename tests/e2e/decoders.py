#!/usr/bin/env python3
"""Kills, stops and starves a board's decoders at random, while films, pictures and sound take turns.

    decoders.py BANGTIN [--minutes 1] [--seed N]

Screenshots are taken all the time. None may be black where a film or picture is, and `frames.blank` stays 0; every film shows
again within 90 s of the last fault, in its own colours; afterwards the board has no more descriptors, processes and memory
than before the first. A film is known by the number that its card shows (`testcard.py`). Exit 1 where one of these does not
hold.
"""

import argparse
import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

from board import Board, Failed, Feed, Server, check, session_members, until, workplace
from testcard import PAGE, Seen, card, cells, deviation, ffmpeg, look, placed, png

SIZE, RATE, PICTURES = (640, 304), 12.5, 50
# A card's number says which film it is of, and which of its pictures: four films of 64.
FILMS, OF_A_FILM, STILLS = 3, 64, (200, 201)
TURN_S, BACK_S = 4, 90
# Of the decoders that begin, this share is harmed at once.
AT_ITS_START = 0.25
# Of the board alone, over what it had: FFmpeg is in its children.
MEMORY_MB, DESCRIPTORS = 24, 3
SHOWN_LEVELS, BLACK = 16, 24


def programme(folder):
    """Three films and two pictures with no words beside them, a film with words, and a sound."""
    for film in range(FILMS):
        data = b"".join(card(*SIZE, film * OF_A_FILM + number) for number in range(PICTURES))
        ffmpeg(
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", RATE, "-i", "-",
            "-f", "lavfi", "-i", "sine=f=440:d=4", "-shortest", "-c:v", ("libx264", "mpeg4", "libvpx")[film],
            *(("-preset", "ultrafast", "-crf", 12), ("-q:v", 2), ("-deadline", "realtime", "-cpu-used", 8, "-b:v", "4M"))[film],
            "-pix_fmt", "yuv420p", folder / f"phim{film}.{('mp4', 'mkv', 'webm')[film]}", data=data,
        )  # fmt: skip
    for still in STILLS:
        png(folder / f"anh{still}.png", *SIZE, card(*SIZE, still))
    ffmpeg("-f", "lavfi", "-i", "sine=f=330:d=3", folder / "loa.mp3")
    notices = [
        'id = "phim0"\nvideo = "phim0.mp4"', f'id = "anh{STILLS[0]}"\nimage = "anh{STILLS[0]}.png"',
        'id = "phim1"\nvideo = "phim1.mkv"\ntext = "Lời của phim."',
        'id = "loa"\naudio = "loa.mp3"\ntext = "Nghe đọc."', f'id = "anh{STILLS[1]}"\nimage = "anh{STILLS[1]}.png"',
        'id = "phim2"\nvideo = "phim2.webm"',
    ]  # fmt: skip
    return 'title = "Xã"\n' + "".join(f'[[notice]]\ntitle = "T{i}"\nseconds = {TURN_S}\n{text}\n' for i, text in enumerate(notices))


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def state_of(pid):
    """`R`, `S`, `T`, `Z` …, or nothing when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def resident_mb(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Faults(threading.Thread):
    """Does harm to one decoder after another, until it is told to end."""

    def __init__(self, board, seed):
        super().__init__(daemon=True)
        self.board, self.random, self.finish = board, random.Random(seed), threading.Event()
        self.done = {"killed": 0, "stopped": 0, "stopped for good": 0, "starved": 0}

    def send(self, pid, sign):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)

    def run(self):
        known, due = set(), time.monotonic()
        # So often that a picture's decoder, which lives for some 30 ms, is seen.
        while not self.finish.wait(0.005):
            living = children(self.board.process.pid)
            new, known = sorted(set(living) - known), set(living)
            if new and self.random.random() < AT_ITS_START:
                self.harm([self.random.choice(new)])
            elif living and time.monotonic() > due:
                due = time.monotonic() + self.random.uniform(0.05, 1.2)
                # All of them at times, as when memory runs out.
                self.harm(living if self.random.random() < 0.1 else [self.random.choice(living)])

    def harm(self, chosen):
        how = self.random.choice(list(self.done))
        self.done[how] += 1
        for pid in chosen:
            if how == "killed":
                self.send(pid, signal.SIGKILL)
            elif how == "starved":
                threading.Thread(target=self.starve, args=(pid, self.random.uniform(0.5, 4)), daemon=True).start()
            else:
                self.send(pid, signal.SIGSTOP)
                if how == "stopped":
                    threading.Timer(self.random.uniform(0.1, 6), self.send, (pid, signal.SIGCONT)).start()

    def starve(self, pid, seconds):
        """A tenth of its time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and state_of(pid):
            self.send(pid, signal.SIGSTOP)
            time.sleep(0.09)
            self.send(pid, signal.SIGCONT)
            time.sleep(0.01)


class Watch:
    """Looks at the board again and again."""

    def __init__(self, board, folder):
        self.board, self.file, self.place = board, folder / "now.png", None
        self.black, self.seen, self.looks, self.gaps = [], {}, 0, {}
        self.least = {}

    def look(self):
        """One screenshot: what is black is kept, and when each film was seen in its own colours."""
        self.file.unlink(missing_ok=True)
        done = subprocess.run(
            [self.board.program, "screenshot", "--state", self.board.state, "--out", self.file],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30,
        )  # fmt: skip
        check(self.board.process.poll() is None, f"the board ended by itself: {self.board.last_words()}")
        check(done.returncode == 0, f"no screenshot: {done.stderr.strip()}")
        page, now = Seen.of(self.file), time.monotonic()
        self.looks += 1
        place = (PAGE[0], SIZE[1])
        points = [page.at(x, y) for x in range(8, place[0], 24) for y in range(8, place[1], 24)]
        if max(max(point) for point in points) < BLACK:
            self.black.append(time.strftime("%H:%M:%S"))
        found = look(page, placed(SIZE, place, True), place=place)
        if deviation(found, cells(found.number))[0] <= SHOWN_LEVELS:
            film = found.number // OF_A_FILM if found.number < FILMS * OF_A_FILM else found.number
            self.gaps[film] = max(self.gaps.get(film, 0), now - self.seen.get(film, now))
            self.seen[film] = now

    def measure(self):
        pid = self.board.process.pid
        now = {"descriptors": descriptors(pid), "children": len(children(pid)), "megabytes": resident_mb(pid)}
        self.least = {key: min(value, self.least.get(key, value)) for key, value in now.items()}

    def until(self, end, done=lambda: False):
        while time.monotonic() < end and not done():
            self.look()
            self.measure()
            time.sleep(0.15)


def run(program, minutes, seed):
    everything = {*range(FILMS), *STILLS}
    with workplace() as folder:
        feed = Feed(program, folder)
        feed.publish(programme(feed.notices))
        server = Server(feed.site)
        board = Board(program, folder, server.url, feed.site / "root.json", display=("--headless", f"{PAGE[0]}x{PAGE[1]}", "--has-rtc"))
        board.start()
        try:
            board.wait("all of the feed", lambda s: s["media"]["waiting"] == [] and s["feeds"][0]["generation"] > 0)
            watch = Watch(board, folder)
            # Every turn once, unharmed: what it shows and takes then is what it must come back to.
            watch.until(time.monotonic() + 90, lambda: everything <= set(watch.seen))
            missing = everything - set(watch.seen)
            check(not missing, f"before any fault {sorted(missing)} of {sorted(everything)} did not show in 90 s")
            watch.until(time.monotonic() + 6 * TURN_S)
            before, watch.least, watch.gaps = watch.least, {}, {}

            faults = Faults(board, seed)
            faults.start()
            watch.until(time.monotonic() + minutes * 60)
            faults.finish.set()
            faults.join()
            # Those that were stopped for a while, or are starved, end within this.
            watch.until(time.monotonic() + 6)
            last, away = time.monotonic(), max(watch.gaps.values(), default=0)
            # What was stopped for good stays so: the board has to get rid of it.
            watch.until(last + BACK_S, lambda: all(when > last for when in watch.seen.values()))
            lost = sorted(film for film, when in watch.seen.items() if when <= last)
            back = max(watch.seen.values()) - last
            watch.least = {}
            watch.until(time.monotonic() + 6 * TURN_S)
            status = board.status()
            stopped = [pid for pid in children(board.process.pid) if state_of(pid) in "TZ"]

            done = ", ".join(f"{count} {how}" for how, count in faults.done.items())
            print(f"decoders: {watch.looks} screenshots; decoders {done}; something was away for {away:.0f} s at most", flush=True)
            print(f"decoders: all back {back:.0f} s after the last fault; before: {words(before)}; after: {words(watch.least)}", flush=True)
            wrong = []
            if watch.black:
                wrong.append(f"{len(watch.black)} screenshots are black, the first at {watch.black[0]}")
            if status["frames"]["blank"]:
                wrong.append(f"frames.blank is {status['frames']['blank']}")
            if lost:
                wrong.append(f"{lost} did not show within {BACK_S} s of the last fault; errors: {[e['text'] for e in status['errors']][-3:]}")
            if stopped:
                wrong.append(f"{len(stopped)} children are stopped or dead, and still there")
            if watch.least["descriptors"] > before["descriptors"] + DESCRIPTORS or watch.least["children"] > before["children"]:
                wrong.append("descriptors or children are left over")
            if watch.least["megabytes"] > before["megabytes"] + MEMORY_MB:
                wrong.append("memory is left over")
            check(not wrong, "; ".join(wrong))
        finally:
            session = board.process.pid
            board.stop()
            server.stop()
        until(5, "the board's children to end", lambda: not session_members(session))
        print("decoders: no black, none lost, nothing left over")


def words(measured):
    return f"{measured['descriptors']} descriptors, {measured['children']} children, {measured['megabytes']:.0f} MB"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"decoders: seed {seed}", flush=True)
    try:
        run(options.program, options.minutes, seed)
    except Failed as failure:
        sys.exit(f"decoders: FAILED (--seed {seed}): {failure}")


if __name__ == "__main__":
    main()
