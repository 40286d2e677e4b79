#!/usr/bin/env python3
"""Measures Bangtin beside what would be run instead. Started by measure.sh, which brings the display.

    measure.py BANGTIN [--only start,still,clock,ticker,gpu,film,many,poll,missed] [--runs 3]

Prints one Markdown table: medians, and ratios from runs taken in turns. Figures are of this machine, whatever else it
is doing; ratios travel better.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "e2e"))

from board import Board, Failed, Feed, Nginx, main_kind, workplace  # noqa: E402
from cost import watch  # noqa: E402
from counting import Proxy  # noqa: E402

WIDTH, HEIGHT = 1920, 1080
WINDOW = ("--windowed", f"{WIDTH}x{HEIGHT}", "--present", "shm")
# Mesa's software Vulkan, as if it were a GPU.
GPU_WINDOW = ("--windowed", f"{WIDTH}x{HEIGHT}", "--present", "gpu")
VULKAN = {"WGPU_BACKEND": "vulkan"}
BAND = (0, HEIGHT - 104, WIDTH, 104)

NOTICE = """
title = "Xã Bình Lư"
[[notice]]
id = "cat-dien"
title = "Cắt điện sáng thứ Tư"
category = "dien"
text = "Từ 7h30 đến 11h30: bản Nà Đon, bản Nà Khan và khu chợ. Lý do: thay dây điện cũ. Bà con không lại gần cột điện khi thợ đang làm."
issuer = "Đội Quản lý điện Bình Lư"
"""
TICKER = """
[[ticker]]
text = "Khi có việc gấp, gọi: 113 Công an, 114 Cứu hỏa, 115 Cấp cứu."
[[ticker]]
text = "UBND xã tiếp công dân sáng thứ Năm hằng tuần, tại bộ phận một cửa."
[[ticker]]
text = "Chợ phiên Bình Lư họp sáng Chủ nhật."
"""
FILM = """
title = "Xã Bình Lư"
[[notice]]
id = "phim"
title = "Phim"
category = "van-hoa"
video = "phim.mp4"
"""

median = statistics.median


def note(words):
    print(f"measure: {words}", file=sys.stderr, flush=True)


def frames_seen(x, y, width, height, seconds=4):
    """Distinct pictures a second in a part of the display, grabbed at 120 a second."""
    grab = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-f", "x11grab", "-framerate", "120", "-draw_mouse", "0",
         "-video_size", f"{width}x{height}", "-i", f"{os.environ['DISPLAY']}+{x},{y}", "-t", str(seconds),
         "-vf", "mpdecimate=max=0:hi=1:lo=1:frac=0.00001", "-progress", "pipe:1", "-f", "null", "-"],
        capture_output=True, text=True, timeout=60 + seconds,
    )
    counts = [line.partition("=")[2] for line in grab.stdout.splitlines() if line.startswith("frame=")]
    return int(counts[-1]) / seconds if counts else 0.0


class Bench:
    def __init__(self, program, folder, runs):
        self.program, self.folder, self.runs = program, folder, runs
        self.rows = []
        self.count = 0

    def row(self, what, ours, theirs="", ratio="", wanted=""):
        self.rows.append((what, ours, theirs, ratio, wanted))
        note(f"{what}: {ours} {theirs} {ratio}")

    def place(self):
        """A folder for one run; fonts are found from there as from anywhere else."""
        self.count += 1
        place = self.folder / f"run{self.count}"
        place.mkdir()
        if (self.folder / "fonts").exists():
            (place / "fonts").symlink_to(self.folder / "fonts")
        return place

    @contextlib.contextmanager
    def feed(self, programme, media=()):
        place = self.place()
        feed = Feed(self.program, place)
        for file in media:
            shutil.copy(file, feed.notices)
        feed.publish(programme)
        server = Nginx(place, feed.site)
        try:
            yield place, feed, server
        finally:
            server.stop()

    @contextlib.contextmanager
    def board(self, place, feed, url, display=WINDOW, poll_seconds=60, name="board", started=None, env=None):
        board = Board(self.program, place, url, feed.site / "root.json", name, poll_seconds, display, env)
        if started is not None:
            started.append(time.monotonic())
        board.start()
        try:
            yield board
        finally:
            board.stop()

    # (a)
    def start(self):
        cold, warm = [], []
        with self.feed(NOTICE + TICKER) as (place, feed, server):
            for number in range(max(5, self.runs)):
                for times in (cold, warm):
                    begin = []
                    # The second start finds the state folder of the first.
                    with self.board(place, feed, server.url, name=f"start{number}", started=begin) as board:
                        board.wait("the first verified picture", lambda s: main_kind(s) == "notice" and s["frames"]["drawn"] > 0)
                        times.append(time.monotonic() - begin[0])
        self.row("process start to first verified picture, from the cache", f"{median(warm):.2f} s", wanted="under 2 s")
        self.row("the same, from the network", f"{median(cold):.2f} s", wanted="under 3 s")

    # (b)
    def still(self):
        with self.feed(NOTICE) as (place, feed, server), self.board(place, feed, server.url) as board:
            board.wait_for_notice()
            # Past the first fade, the first poll, and whatever is written after adoption.
            time.sleep(15)
            before = board.status()
            cost = watch(board.process.pid, 60)
            after = board.status()
        drawn = after["frames"]["drawn"] - before["frames"]["drawn"]
        written = after["written_bytes"] - before["written_bytes"]
        self.row("still board, 60 s: frames drawn", f"{drawn}", wanted="0, and 1 as the clock's minute turns")
        self.row("still board, 60 s: bytes written", f"{written} by its own count, {cost.written} by the kernel's", wanted="0")
        self.row("still board: processor", f"{cost.cpu:.2f} % of a core", wanted="under 1 %")
        self.row("still board: memory (PSS)", f"{cost.pss_mb:.0f} MB")

    # (b) with what every board has: a clock in its header
    def clock(self):
        minutes = 3
        with self.feed(NOTICE) as (place, feed, server), self.board(
            place, feed, server.url, display=(*WINDOW, "--has-rtc")
        ) as board:
            board.wait_for_notice()
            time.sleep(15)
            before = board.status()
            cost = watch(board.process.pid, 60 * minutes)
            after = board.status()
        if not after["clock"]["trusted"]:
            raise Failed("the board shows no clock")
        drawn = after["frames"]["drawn"] - before["frames"]["drawn"]
        self.row(f"still page with a clock, {minutes} minutes: frames drawn", f"{drawn}", wanted=f"at most {minutes}")
        self.row("the same: processor", f"{cost.cpu:.2f} % of a core", wanted="under 0.2 %")

    def peer(self, command, warm):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(warm)
        if process.poll() is not None:
            raise Failed(f"`{command[0]}` ended by itself with {process.returncode}")
        return process

    @contextlib.contextmanager
    def running(self, command, warm=8):
        process = self.peer([str(part) for part in command], warm)
        try:
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def beside(self, ours, theirs, region, seconds=15):
        """Runs the two in turns; (cost, frames seen) of each run."""
        results = ([], [])
        for _ in range(self.runs):
            for context, found in zip((ours, theirs), results):
                with context() as pid:
                    cost = watch(pid, seconds)
                    found.append((cost, frames_seen(*region)))
        return results

    def compare(self, what, results, wanted_cpu, wanted_pss=""):
        (a, b) = results
        def figures(runs):
            return median(c.cpu for c, _ in runs), median(c.pss_mb for c, _ in runs), median(f for _, f in runs)
        ours, theirs = figures(a), figures(b)
        cpu = median(x.cpu / max(y.cpu, 0.01) for (x, _), (y, _) in zip(a, b))
        pss = median(x.pss_mb / y.pss_mb for (x, _), (y, _) in zip(a, b))
        self.row(f"{what}: processor, all processes", f"{ours[0]:.1f} %", f"{theirs[0]:.1f} %", f"{cpu:.2f}", wanted_cpu)
        self.row(f"{what}: memory (PSS)", f"{ours[1]:.0f} MB", f"{theirs[1]:.0f} MB", f"{pss:.2f}", wanted_pss)
        self.row(f"{what}: distinct pictures a second on the display", f"{ours[2]:.1f}", f"{theirs[2]:.1f}")

    def chromium(self, *switches):
        page = REPOSITORY / "benches" / "peer" / "ticker.html"
        return self.running(
            ["chromium", "--kiosk", f"--window-size={WIDTH},{HEIGHT}", "--no-first-run", "--no-default-browser-check",
             f"--user-data-dir={self.place()}", *switches, *(["--no-sandbox"] if os.geteuid() == 0 else []), page.as_uri()]
        )

    # (c)
    def ticker(self):
        with self.feed(NOTICE + TICKER) as (place, feed, server):
            results = self.beside(lambda: self.settled(place, feed, server), lambda: self.chromium("--disable-gpu"), BAND)
        self.compare("ticker over a page of text, beside Chromium without a GPU", results, "at most 0.25", "at most 0.3")

    # (c) with Mesa's workers in the place of a GPU: what is left of a frame is what the processor of a Pi pays.
    def gpu(self):
        abouts = []

        @contextlib.contextmanager
        def ours():
            with self.settled(place, feed, server, display=GPU_WINDOW, env=VULKAN) as pid:
                status = self.last_board.status()
                abouts.append(f"{status['presenter']}, {status['adapter']}")
                yield pid

        def theirs():
            return self.chromium("--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist")

        with self.feed(NOTICE + TICKER) as (place, feed, server):
            results = self.beside(ours, theirs, BAND)
        if not all(about.startswith("gpu, ") for about in abouts):
            raise Failed(f"presented by {abouts}")

        def a_frame(runs):
            return [10 * cost.own / max(seen, 0.1) for cost, seen in runs]
        (a, b) = map(a_frame, results)
        ratio = median(x / y for x, y in zip(a, b))
        what = f"the same through {abouts[0].partition(', ')[2]}, beside Chromium on Mesa's GL"
        self.row(f"{what}: own threads, for each picture seen", f"{median(a):.2f} ms", f"{median(b):.2f} ms", f"{ratio:.2f}", "at most 0.4")
        self.compare(what, results, "")

    # (c) for ten minutes, with each presenter
    def missed(self):
        seconds = 600
        for name, display, env in (("shm", WINDOW, None), ("gpu", GPU_WINDOW, VULKAN)):
            with self.feed(NOTICE + TICKER) as (place, feed, server):
                with self.settled(place, feed, server, name=name, display=display, env=env):
                    before = self.last_board.status()
                    time.sleep(seconds)
                    after = self.last_board.status()
            if after["presenter"] != name:
                raise Failed(f"presented by {after['presenter']}, not by {name}")
            drawn, missed, blank = (after["frames"][key] - before["frames"][key] for key in ("drawn", "missed", "blank"))
            self.row(
                f"ticker for {seconds // 60} minutes, presenter {name}: frames missed",
                f"{missed} of {drawn + missed} ({100 * missed / max(drawn + missed, 1):.3f} %), {blank} blank", wanted="under 0.1 %, 0",
            )

    @contextlib.contextmanager
    def settled(self, place, feed, server, name="board", after=8, display=WINDOW, env=None):
        with self.board(place, feed, server.url, name=name, display=display, env=env) as board:
            board.wait("the notice and its film", lambda s: main_kind(s) == "notice" and not s["media"]["waiting"], 60)
            time.sleep(after)
            self.last_board = board
            yield board.process.pid

    # (d)
    def film(self):
        clip = self.folder / "phim.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=30:d=20",
             "-vf", "noise=c0s=6:c0f=t", "-c:v", "libx264", "-preset", "medium", "-crf", "23", "-pix_fmt", "yuv420p",
             "-movflags", "+faststart", str(clip)], check=True, timeout=600,
        )
        late = []
        with self.feed(FILM, [clip]) as (place, feed, server):
            @contextlib.contextmanager
            def ours():
                with self.settled(place, feed, server) as pid:
                    before = self.last_board.status()["frames"]["late"]
                    yield pid
                    late.append(self.last_board.status()["frames"]["late"] - before)

            def theirs():
                return self.running(
                    ["mpv", "--no-config", "--vo=x11", "--hwdec=no", "--no-audio", "--no-terminal", "--no-osc", "--loop-file=inf",
                     "--fs", clip]
                )

            results = self.beside(ours, theirs, (WIDTH // 4, HEIGHT // 4, WIDTH // 2, HEIGHT // 4))
        self.compare("1080p30 H.264 film, beside mpv --vo=x11", results, "at most 1.0")
        self.row("the same: pictures more than 50 ms late, while measured and grabbed", f"{max(late)}", wanted="0")

    # (e)
    def many(self):
        programme = NOTICE + "".join(
            f'[[notice]]\nid = "tin-{n}"\ntitle = "Tin số {n} của xã Bình Lư"\ntext = "Nội dung của tin số {n}: từ 7h30 đến 11h30, tại bản Nà Đon."\n'
            f'days = ["{("mon", "tue", "wed", "thu", "fri", "sat", "sun")[n % 7]}"]\n'
            for n in range(9_999)
        )
        totals, parts = [], []
        for _ in range(self.runs):
            place = self.place()
            feed = Feed(self.program, place)
            (feed.notices / "programme.toml").write_text(programme, encoding="utf-8")
            begin = time.monotonic()
            feed.run("feed", "publish", feed.site, feed.notices)
            published = time.monotonic()
            feed.run("feed", "check", feed.site, "--root", feed.site / "root.json")
            checked = time.monotonic()
            server = Nginx(place, feed.site)
            try:
                with self.board(place, feed, server.url, started=(start := [])) as board:
                    board.wait("one of ten thousand", lambda s: main_kind(s) == "notice" and s["frames"]["drawn"] > 0)
                    shown = time.monotonic() - start[0]
            finally:
                server.stop()
            parts.append((published - begin, checked - published, shown))
            totals.append(published - begin + shown)
        publish, verify, show = (median(column) for column in zip(*parts))
        self.row(
            "10,000 notices: published, and fetched, verified, adopted and shown", f"{median(totals):.2f} s ({publish:.2f} + {show:.2f})",
            wanted="under 5 s",
        )
        self.row("the same: `feed check`", f"{verify:.2f} s")

    # (f)
    def poll(self):
        with self.feed(NOTICE) as (place, feed, server):
            proxy = Proxy(int(server.url.rstrip("/").rpartition(":")[2]))
            try:
                with self.board(place, feed, proxy.url, display=("--headless", "640x360"), poll_seconds=2) as board:
                    board.wait_for_notice()
                    time.sleep(5)
                    seen = []
                    begin, checks = proxy.counts(), set()
                    end = time.monotonic() + 30
                    while time.monotonic() < end:
                        checks.add(board.status()["feeds"][0]["last_check"])
                        counts = proxy.counts()
                        if not seen or counts != seen[-1]:
                            seen.append(counts)
                        time.sleep(0.05)
                    connections, up, down = (now - before for now, before in zip(proxy.counts(), begin))
                    # The first value seen in the span is of a poll before it.
                    polls = max(1, len(checks) - 1)
            finally:
                proxy.stop()
        self.row(
            "a poll with no news: bytes both ways", f"{(up + down) / polls:.0f} ({up / polls:.0f} up, {down / polls:.0f} down; {polls} polls, "
            f"{connections} new connections)", wanted="under 600, on one connection",
        )

    def table(self):
        print("| what | Bangtin | beside it | ratio | wanted |\n| --- | --- | --- | --- | --- |")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


PARTS = ["start", "still", "clock", "ticker", "gpu", "film", "many", "poll", "missed"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, with commas between")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if "DISPLAY" not in os.environ:
        parser.error("no DISPLAY; start benches/measure.sh instead")
    failed = False
    with workplace() as folder:
        bench = Bench(options.program.resolve(), folder, options.runs)
        for part in wanted:
            try:
                getattr(bench, part)()
            except (Failed, OSError, subprocess.SubprocessError) as problem:
                failed = True
                bench.row(part, f"NOT MEASURED: {problem}")
    bench.table()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
