#!/usr/bin/env python3
"""Damages pictures, films and sounds at random, publishes what is taken, and looks whether it shows as the undamaged file does.

    mutants.py BANGTIN [--count 60] [--seed N] [--kind picture|film|sound] [--only NAME] [--keep FOLDER]

A mutant has up to 200 bytes of noise, some bits turned, a run of zeros, bytes taken out or put in, or its end cut off. One that
is refused is well. Of one that is published, pages are drawn: of a picture one, of a film at its end and at moments that build on
what was damaged. A page looks wrong where more than 0.5 % of its points (of two by two pixels) are off by more than 24
levels of 255 in a channel, or where a block of 8 by 8 of them is off by 40 on average. A film may show any
other of its own pictures instead: a damaged one is withheld, and that before or after it is seen. A film or sound is also
wrong where its published length is off by more than half a second, both from the whole and from what is left. How much of a
published sound is not what it was, as FFmpeg decodes it, is told and not judged: a click is no lie.

The undamaged files must be taken, each. One line for each fault, then a table; exit 1 if a published mutant looks wrong, or
a whole file is refused.
"""

import argparse
import array
import collections
import concurrent.futures
import dataclasses
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import time

from board import Failed, Feed, check, workplace
from testcard import MOMENT, PAGE, ffmpeg

LEVELS, SHARE, BLOCK, BLOCK_LEVELS = 24, 0.005, 8, 40
LENGTH_S = 0.5
# As many problems at a time as `feed publish` tells of.
BATCH = 12
RATE, SECONDS = 25, 3
WIDTH, HEIGHT = PAGE[0] // 2, PAGE[1] // 2



def scene(size):
    """Nothing in it stands still, and much of it is fine: damage shows."""
    return (
        f"testsrc2=s={size}:r={RATE},format=rgb24[a];"
        f"mandelbrot=s={size}:r={RATE}:start_scale=1.2:end_pts={RATE * 6}:end_scale=0.2:maxiter=300,format=rgb24[b];"
        "[a][b]blend=all_mode=average,format=rgb24"
    )


STILL = ("-frames:v", 1, "-update", 1)
GOP = "-g 25 -keyint_min 25"
X264 = f"-c:v libx264 -preset veryfast -crf 23 {GOP} -pix_fmt yuv420p"
X265 = f"-c:v libx265 -preset ultrafast -crf 26 -x265-params log-level=none:keyint=25 -pix_fmt yuv420p"
VPX = f"-b:v 500k -deadline realtime -cpu-used 8 {GOP} -pix_fmt yuv420p"

PICTURES = {
    "JPEG 4:2:0.jpg": "-c:v mjpeg -q:v 4 -pix_fmt yuvj420p",
    "JPEG 4:4:4.jpg": "-c:v mjpeg -q:v 4 -pix_fmt yuvj444p",
    "JPEG progressive.jpg": ("-interlace", "JPEG", "-quality", "85"),
    "JPEG progressive 4:4:4.jpg": ("-interlace", "JPEG", "-quality", "90", "-sampling-factor", "1x1"),
    "JPEG grey.jpg": ("-colorspace", "Gray", "-quality", "85"),
    "JPEG with restarts.jpg": ("-quality", "85", "-define", "jpeg:restart-interval=8"),
    "PNG.png": "-c:v png -pix_fmt rgb24",
    "PNG palette.png": "-filter_complex split[a][b];[a]palettegen[p];[b][p]paletteuse -c:v png",
    "WebP.webp": "-c:v libwebp -q:v 80",
    "WebP lossless.webp": "-c:v libwebp -lossless 1",
}
FILMS = {
    "H.264.mp4": f"{X264} -bf 2",
    "H.264.mkv": f"{X264} -bf 2",
    "H.264.ts": f"{X264} -bf 2",
    "H.264 of one slice and no B.mp4": f"{X264} -bf 0 -preset ultrafast",
    "HEVC.mp4": X265,
    "HEVC.mkv": X265,
    "VP8.webm": f"-c:v libvpx {VPX}",
    "VP9.webm": f"-c:v libvpx-vp9 {VPX}",
    "AV1.mp4": f"-c:v libaom-av1 -usage realtime -cpu-used 8 -crf 30 {GOP} -pix_fmt yuv420p",
    "MPEG-4.avi": f"-c:v mpeg4 -q:v 5 {GOP} -bf 2",
    "MPEG-2.mpg": f"-c:v mpeg2video -q:v 5 -g 25 -bf 2",
    "MPEG-2.ts": f"-c:v mpeg2video -q:v 5 -g 25 -bf 2",
    "MPEG-1.mpg": "-c:v mpeg1video -q:v 5 -g 25",
    "MJPEG.avi": "-c:v mjpeg -q:v 5 -pix_fmt yuvj420p",
    "Theora.ogv": "-c:v libtheora -q:v 6 -g 25",
    "WMV 2.asf": "-c:v wmv2 -q:v 5 -g 25",
    "Sorenson H.263.flv": "-c:v flv -q:v 5 -g 25",
    "GIF.gif": "-r 10 -filter_complex split[a][b];[a]palettegen[p];[b][p]paletteuse",
    "ProRes.mov": "-c:v prores_ks -profile:v 0",
}
SOUNDS = {
    "MP3.mp3": "-c:a libmp3lame -b:a 96k",
    "MP3 of changing rate.mp3": "-c:a libmp3lame -q:a 4",
    "AAC.m4a": "-c:a aac -b:a 96k",
    "AAC.aac": "-c:a aac -b:a 96k -f adts",
    "Vorbis.ogg": "-c:a libvorbis",
    "Opus.opus": "-c:a libopus -b:a 64k",
    "FLAC.flac": "-c:a flac",
    "WAV.wav": "-c:a pcm_s16le",
    "WMA 2.wma": "-c:a wmav2 -b:a 96k",
}
SHARES = {"picture": 0.35, "film": 0.45, "sound": 0.2}
FILES = {"picture": PICTURES, "film": FILMS, "sound": SOUNDS}
KEYS = {"picture": "image", "film": "video", "sound": "audio"}


@dataclasses.dataclass
class Whole:
    """An undamaged file, and what is asked of it again and again."""

    kind: str
    name: str
    path: pathlib.Path
    body: bytes
    # Of a film, in the order of the file: where each packet lies, when it is seen, and whether it stands by itself.
    packets: list = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    # From one picture to the next, in seconds.
    step: float = 0.0
    pages: dict = dataclasses.field(default_factory=dict)
    small: list = dataclasses.field(default_factory=list)
    samples: array.array | None = None
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)


def make_scenes(folder):
    ffmpeg("-filter_complex", scene("320x152"), "-t", SECONDS, "-c:v", "ffv1", "-pix_fmt", "bgr0", folder / "scene.mkv")
    ffmpeg("-filter_complex", scene("640x304"), *STILL, folder / "scene.png")


def make(kind, name, arguments, folder):
    """An undamaged file."""
    path = folder / name
    if isinstance(arguments, tuple):
        subprocess.run(["convert", folder / "scene.png", *arguments, path], check=True, timeout=60)
    elif kind == "picture":
        ffmpeg("-i", folder / "scene.png", *arguments.split(), *STILL, path)
    elif kind == "film":
        ffmpeg("-i", folder / "scene.mkv", *arguments.split(), path)
    else:
        ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.4*sin(2*PI*t*(300+120*sin(2*t)))*(0.6+0.4*sin(9*t))+0.02*random(0):s=44100:d=12",
               *arguments.split(), path)  # fmt: skip
    whole = Whole(kind, name, path, path.read_bytes())
    if kind == "film":
        whole.packets, whole.small, whole.step = packets(path), small_pictures(path), 0.1 if path.suffix == ".gif" else 1 / RATE
    elif kind == "sound":
        whole.samples = decoded(path)
    return whole


def packets(path):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,dts_time,pos,flags", "-of", "json", path],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = []
    for packet in json.loads(out.stdout)["packets"]:
        # AVI has no other; the order of decoding is near enough.
        seen = packet.get("pts_time", packet.get("dts_time"))
        if seen is not None:
            found.append((int(packet.get("pos", -1)), float(seen), "K" in packet["flags"]))
    first = min(packet[1] for packet in found)
    return [(pos, seen - first, key) for pos, seen, key in found]


SMALL = (32, 16)


def small_pictures(path):
    """Every picture of a film in a few points, to find one again by."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-nostdin", "-i", path, "-vf", f"scale={SMALL[0]}:{SMALL[1]}:flags=area,format=gray",
         "-vsync", "0", "-f", "rawvideo", "-"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
    ).stdout  # fmt: skip
    size = SMALL[0] * SMALL[1]
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def decoded(path):
    """A sound in mono at 8 kHz; nothing where FFmpeg gives none."""
    done = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-nostdin", "-i", path, "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    return array.array("h", done.stdout[: len(done.stdout) // 2 * 2])


def mutate(body, rng):
    """A damaged copy, where the damage begins, and its kind in a word."""
    file = bytearray(body)
    at, length = rng.randrange(len(file)), rng.choice((1, 2, 5, 20, 60, 200))
    how = rng.choice(("noise", "bits", "zeros", "deleted", "inserted", "cut"))
    if how == "noise":
        file[at : at + length] = rng.randbytes(len(file[at : at + length]))
    elif how == "bits":
        for _ in range(rng.randint(1, 20)):
            place = min(at + rng.randrange(400), len(file) - 1)
            file[place] ^= 1 << rng.randrange(8)
    elif how == "zeros":
        file[at : at + length] = bytes(len(file[at : at + length]))
    elif how == "deleted":
        del file[at : at + length]
    elif how == "inserted":
        file[at:at] = rng.randbytes(length)
    else:
        at = len(file) - max(1, int(len(file) * rng.choice((0.001, 0.02, 0.1, 0.3, 0.6)) * rng.uniform(0.5, 1.5)))
        del file[at:]
    return bytes(file), at, how


def apart(page, wanted, lines):
    """The share of points that are off, and the mean of the worst block's, in levels."""
    size = WIDTH * lines * 3
    off = [at for at, (a, b) in enumerate(zip(page[:size], wanted[:size])) if a - b > LEVELS or b - a > LEVELS]
    points, blocks = {}, collections.Counter()
    for at in off:
        by = abs(page[at] - wanted[at])
        points[at // 3] = max(by, points.get(at // 3, 0))
    for point, by in points.items():
        blocks[point // WIDTH // BLOCK, point % WIDTH // BLOCK] += by
    return len(points) / (WIDTH * lines), max(blocks.values(), default=0) / BLOCK**2


def looks_wrong(difference):
    return difference[0] > SHARE or difference[1] >= BLOCK_LEVELS


class Office:
    """Publishes batches and draws pages."""

    def __init__(self, program, folder):
        self.program, self.folder, self.feeds = pathlib.Path(program).resolve(), folder, threading.local()
        self.count, self.lock = 0, threading.Lock()

    def number(self):
        with self.lock:
            self.count += 1
            return self.count

    def feed(self):
        if not hasattr(self.feeds, "feed"):
            home = self.folder / f"feed{self.number()}"
            home.mkdir()
            self.feeds.feed = Feed(self.program, home)
        return self.feeds.feed

    def publish(self, files):
        """Files as (key, path), each with what was said where it is refused, else with its length in milliseconds."""
        feed, results, left = self.feed(), {}, list(enumerate(files))
        for _ in range(3):
            shutil.rmtree(feed.notices)
            feed.notices.mkdir()
            lines, of_line = ['title = "Xã"'], {}
            for index, (key, path) in left:
                name = f"{index:03}{path.suffix}"
                (feed.notices / name).hardlink_to(path)
                lines += ["[[notice]]", f'title = "{index}"', f'{key} = "{name}"']
                of_line[len(lines)] = index
            feed.write("\n".join(lines))
            if not left:
                return results
            done = feed.attempt("feed", "publish", feed.site, feed.notices, "--clock-is-right")
            if done.returncode == 0:
                newest = max((feed.site / "targets/programme").glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
                notices = {int(notice["title"]): notice for notice in json.loads(newest.read_text())["notice"]}
                for index, (key, _) in left:
                    results[index] = (None, notices[index][key].get("duration_ms"))
                return results
            for line, said in re.findall(r"^error: programme\.toml:(\d+)[: ](.*)$", done.stderr, re.M):
                check(int(line) in of_line, f"a problem of another line: {done.stderr}")
                results[of_line[int(line)]] = (said, None)
            before = len(left)
            left = [entry for entry in left if entry[0] not in results]
            check(len(left) < before, f"`feed publish` ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        raise Failed("a batch is refused again and again")

    def page(self, path, key, seconds):
        """The page in points of two by two pixels, or `None` with what was said."""
        home = path.parent / f"page-{path.stem}"
        home.mkdir(exist_ok=True)
        name = f"p{path.suffix}"
        if not (home / name).exists():
            (home / name).hardlink_to(path)
        (home / "programme.toml").write_text(f'title = "Xã"\n[[notice]]\ntitle = "T"\nseconds = 60\n{key} = "{name}"\n')
        out = home / f"{threading.get_ident()}.png"
        out.unlink(missing_ok=True)
        done = subprocess.run(
            [self.program, "render", home, "--size", f"{PAGE[0]}x{PAGE[1]}", "--at", MOMENT.format(seconds), "--out", out],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, cwd=self.folder, env={"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        if done.returncode != 0 or not out.exists():
            return None, done.stderr.strip()
        return ffmpeg("-i", out, "-vf", f"scale={WIDTH}:{HEIGHT}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"), ""

    def whole_page(self, whole, seconds):
        with whole.lock:
            if seconds not in whole.pages:
                page, said = self.page(whole.path, KEYS[whole.kind], seconds)
                check(page is not None, f"the whole {whole.name} is not drawn: {said}")
                whole.pages[seconds] = page
            return whole.pages[seconds]


# How much of the page a film has, in points.
LINES = 152


def moments(whole, at):
    """When to look at a film that is damaged from this byte on."""
    if not whole.packets:
        return [0.5]
    end = (len(whole.small) - 1) * whole.step
    after = [packet for packet in whole.packets if packet[0] > at]
    hit = [packet for packet in whole.packets if 0 <= packet[0] <= at]
    first = hit[-1][1] if hit else 0.0
    key = next((packet[1] for packet in after if packet[2] and packet[1] > first), end)
    wanted = (first, first + whole.step, first + 4 * whole.step, key - whole.step, end)
    return sorted({(round(min(max(moment, 0), end) / whole.step) + 0.5) * whole.step for moment in wanted})


def shrunk(page):
    """A page of points as small as `small_pictures` are, of greys."""
    raw = page[: WIDTH * LINES * 3]
    return ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{LINES}", "-i", "-",
                  "-vf", f"scale={SMALL[0]}:{SMALL[1]}:flags=area,format=gray", "-f", "rawvideo", "-", data=raw)  # fmt: skip


def film_fault(office, whole, path, at):
    for moment in moments(whole, at):
        page, said = office.page(path, "video", moment)
        if page is None:
            return f"at {moment:.2f} s it cannot be drawn: {said[:160]}"
        difference = apart(page, office.whole_page(whole, moment), LINES)
        if not looks_wrong(difference):
            continue
        # It may stand still, or come to the next whole one at once.
        small = shrunk(page)
        far = sorted((sum(abs(a - b) for a, b in zip(small, other)), index) for index, other in enumerate(whole.small))
        stands = False
        for _, index in far[:3]:
            stands = stands or not looks_wrong(apart(page, office.whole_page(whole, (index + 0.5) * whole.step), LINES))
        if not stands:
            return f"at {moment:.2f} s: {difference[0]:.1%} of its points are off, the worst block by {difference[1]:.0f} levels"
    return None


def picture_fault(office, whole, path):
    page, said = office.page(path, "image", 0.5)
    if page is None:
        return f"it cannot be drawn: {said[:160]}"
    difference = apart(page, office.whole_page(whole, 0.5), LINES)
    if looks_wrong(difference):
        return f"{difference[0]:.1%} of its points are off, the worst block by {difference[1]:.0f} levels"
    return None


def length_fault(whole, path, seconds):
    """A file that tells nothing of its length is as long as what is left of it."""
    if abs(seconds - whole.seconds) <= LENGTH_S:
        return None
    own = len(small_pictures(path)) * whole.step if whole.kind == "film" else len(decoded(path)) / 8000
    if abs(seconds - own) <= LENGTH_S:
        return None
    return f"its length is told as {seconds:.1f} s; the whole has {whole.seconds:.1f} s, and {own:.1f} s are left"


def heard_wrong(whole, path):
    """Seconds of the sound whose level is off by more than 6 dB."""
    sound, step, off = decoded(path), 400, 0
    level = lambda part: 10 * math.log10(sum(value * value for value in part) / step + 1)  # noqa: E731
    for begin in range(0, len(whole.samples) - step, step):
        here, there = sound[begin : begin + step], whole.samples[begin : begin + step]
        off += len(here) < step or abs(level(here) - level(there)) > 6
    return off * step / 8000


@dataclasses.dataclass
class Mutant:
    whole: Whole
    path: pathlib.Path
    at: int
    how: str


def examine(office, batch):
    """Publishes a batch and looks at what is taken: (mutant, what was said, fault, seconds heard wrong) each."""
    for index, (said, milliseconds) in office.publish([(KEYS[mutant.whole.kind], mutant.path) for mutant in batch]).items():
        mutant = batch[index]
        whole, fault, heard = mutant.whole, None, 0.0
        if said is None:
            if whole.kind == "picture":
                fault = picture_fault(office, whole, mutant.path)
            else:
                fault = length_fault(whole, mutant.path, milliseconds / 1000)
            if whole.kind == "film" and not fault:
                fault = film_fault(office, whole, mutant.path, mutant.at)
            if whole.kind == "sound":
                heard = heard_wrong(whole, mutant.path)
        yield mutant, said, fault, heard


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--kind", choices=list(SHARES))
    parser.add_argument("--only", default="", help="files that have this in their name")
    parser.add_argument("--keep", type=pathlib.Path, help="leaves there what was published and is wrong")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    rng, started = random.Random(seed), time.monotonic()
    print(f"mutants: seed {seed}", flush=True)
    os.nice(5)
    failures = []
    with workplace() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        office = Office(options.program, folder)
        kinds = [options.kind] if options.kind else list(SHARES)
        make_scenes(folder)
        todo = [(kind, *entry) for kind in kinds for entry in FILES[kind].items() if options.only in entry[0]]
        wholes = {kind: [] for kind in kinds}
        for whole in pool.map(lambda entry: make(*entry, folder), todo):
            wholes[whole.kind].append(whole)
        everything = [whole for files in wholes.values() for whole in files]
        taken = {}
        for begin in range(0, len(everything), BATCH):
            part = everything[begin : begin + BATCH]
            for index, result in office.publish([(KEYS[whole.kind], whole.path) for whole in part]).items():
                taken[part[index].name] = result
        for whole in everything:
            said, milliseconds = taken[whole.name]
            if said is not None:
                failures.append(f"the whole {whole.name} is refused: {said}")
                print(f"mutants: FAILED: {failures[-1]}", flush=True)
                wholes[whole.kind].remove(whole)
            whole.seconds = (milliseconds or 0) / 1000
        print(f"mutants: {len(everything)} whole files made, {len(everything) - len(failures)} taken, {time.monotonic() - started:.0f} s")

        mutants, share = [], sum(SHARES[kind] for kind in kinds)
        for kind in kinds:
            files = wholes[kind]
            for number in range(round(options.count * SHARES[kind] / share) if files else 0):
                whole = files[number % len(files)]
                body, at, how = mutate(whole.body, rng)
                if body == whole.body:
                    continue
                path = folder / "mutants" / f"{kind}{number:05}{whole.path.suffix}"
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(body)
                mutants.append(Mutant(whole, path, at, how))
        rng.shuffle(mutants)
        batches = [mutants[begin : begin + BATCH] for begin in range(0, len(mutants), BATCH)]
        table, hearing = collections.defaultdict(collections.Counter), []
        for results in pool.map(lambda batch: list(examine(office, batch)), batches):
            for mutant, said, fault, heard in results:
                whole = mutant.whole
                outcome = "refused" if said is not None else "wrong" if fault else "right"
                table[whole.kind, whole.name][outcome] += 1
                if heard:
                    hearing.append(heard)
                if said is not None and ("crashed" in said or "in time" in said or "could not be run" in said):
                    failures.append(f"{whole.name}, {mutant.how} at {mutant.at}: {said}")
                elif fault:
                    failures.append(f"{whole.name}, {mutant.how} at {mutant.at} of {len(whole.body)}: {fault}")
                else:
                    continue
                kept = ""
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    kept = f", kept as {mutant.path.name}"
                    shutil.copy(mutant.path, options.keep / mutant.path.name)
                    shutil.copy(whole.path, options.keep / whole.name)
                print(f"mutants: FAILED: {failures[-1]}{kept}", flush=True)
    print(f"{'':36}{'mutants':>9}{'refused':>9}{'right':>9}{'wrong':>9}")
    sums = collections.Counter()
    for (kind, name), counts in sorted(table.items()):
        sums.update(counts)
        print(f"{kind + ': ' + name:36}{sum(counts.values()):9}{counts['refused']:9}{counts['right']:9}{counts['wrong']:9}")
    print(f"{'all':36}{sum(sums.values()):9}{sums['refused']:9}{sums['right']:9}{sums['wrong']:9}")
    if hearing:
        print(f"mutants: {len(hearing)} published sounds are not what they were somewhere, for {max(hearing):.2f} s at most")
    print(f"mutants: {sum(sums.values())} tried, {len(failures)} failed (--seed {seed}), {time.monotonic() - started:.0f} s")
    sys.exit(1 if failures or not mutants else 0)


if __name__ == "__main__":
    main()
