#!/usr/bin/env python3
"""Signed JSON that is a memory bomb: whoever holds a key can sign it, and no board may die of it.

    bombs.py BANGTIN [--only WORDS] [--quick]     run with the Python that has `tuf` (make python)

Each is signed with the feed's own keys and read by `bangtin feed check`; the worst also by a running board, which must keep
what was on air. What is held at most may be no more than 100 MB over what an empty feed takes and the length of the JSON.
The publisher's own commands are measured, too. One line each; exit 1 if one takes too much, is too slow, or ends badly.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from board import REPOSITORY, Board, Failed, Feed, Server, check, main_kind, workplace
from tamper import Site, title_on_air, words

MB = 1_000_000
PROGRAMME = (64 << 20) - 100
ALERTS = (4 << 20) - 100
METADATA = 1_800_000
# What a file may take beside its own bytes.
OVER_MB = 100
# Of one processor, in seconds.
CPU_MAX = 20
# A hang.
WALL_MAX = 300

# `ru_maxrss` of a process begins with that of the one that started it, which must therefore be small.
LAUNCHER = """
import json, os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime], file)
"""


class Measured:
    """How it ended, its most memory in bytes, its processor time in seconds, what it said."""

    def __init__(self, code, peak, seconds, said):
        self.code, self.peak, self.seconds, self.said = code, peak, seconds, said

    @classmethod
    def of(cls, folder, *command):
        """One run of a command."""
        out = folder / "measured.json"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, out, *map(str, command)],
            capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=WALL_MAX,
            cwd=folder, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        return cls(*json.loads(out.read_text()), (done.stderr + done.stdout).strip())

    def first_words(self):
        line = self.said.splitlines()[0] if self.said else "(nothing)"
        return line if len(line) < 160 else line[:160] + "…"


def filled(head, item, tail, size, most=None):
    """`head`, as many of `item` as fit into `size`, with commas between them, and `tail`."""
    count = (size - len(head) - len(tail) + 1) // (len(item) + 1)
    count = min(count, most or count)
    return (head + (item + ",") * (count - 1) + item + tail).encode()


def padded(head, filler, tail, size):
    return (head + filler * ((size - len(head) - len(tail)) // len(filler)) + tail).encode()


def notices(item, size=PROGRAMME, most=None):
    return filled('{"title":"x","notice":[', item, "]}", size, most)


def listed(item, count):
    return ",".join([item] * count)


def numbered(count, make):
    return ('{"title":"x","notice":[' + ",".join(make(number) for number in range(count)) + "]}").encode()


def in_languages(count, translation):
    return ",".join(f'"{number:x}":{translation}' for number in range(count))


def alert(number, more):
    return (
        f'{{"sender":"x","identifier":"{number}","sent":"2026-11-01T00:00:00Z","status":"Actual","message":"Alert","level":5,'
        f'"event":"x"{more}}}'
    )


def warnings(count, more):
    return ('{"alerts":[' + ",".join(alert(number, more) for number in range(count)) + "]}").encode()


MEDIA = '{"path":"","length":1,"sha256":"' + "0" * 64 + '"}'

# What it is, whose it is, and how it is made.
PROGRAMMES = [
    ("6 MB of zeroes for notices", lambda: notices("0", 6 * MB)),
    ("64 MiB of zeroes for notices", lambda: notices("0")),
    ("64 MiB of empty lists for notices", lambda: notices("[]")),
    ("64 MiB of empty objects for notices", lambda: notices("{}")),
    ("64 MiB of notices without a word", lambda: notices('{"title":""}')),
    ("20,000 notices as short as they can be", lambda: notices('{"title":""}', most=20_000)),
    ("64 MiB of notices, each with an id of its own", lambda: numbered(20_000, lambda n: f'{{"title":"","id":"{n:03200}"}}')),
    ("64 MiB of notices full of text", lambda: numbered(20_000, lambda n: f'{{"title":"{n}","text":"{"a" * 3200}"}}')),
    ("64 MiB of boards of one notice", lambda: filled('{"title":"x","notice":[{"title":"x","boards":[', '""', "]}]}", PROGRAMME)),
    ("notices for as many boards as fit into an item", lambda: notices(f'{{"title":"x","boards":[{listed(chr(34) * 2, 340_000)}]}}')),
    ("20,000 notices for 200 boards each", lambda: notices(f'{{"title":"","boards":[{listed(chr(34) * 2, 200)}]}}', most=20_000)),
    ("20,000 notices in 20 languages each", lambda: notices(f'{{"title":"","in":{{{in_languages(20, "{}")}}}}}', most=20_000)),
    ("notices in as many languages as fit into an item", lambda: notices(f'{{"title":"","in":{{{in_languages(90_000, "{}")}}}}}')),
    ("one notice in a million languages", lambda: f'{{"title":"x","notice":[{{"title":"","in":{{{in_languages(4_000_000, "{}")}}}}}]}}'.encode()),
    ("20,000 notices with media, each in 20 languages", lambda: notices(
        f'{{"title":"","in":{{{in_languages(20, f"{chr(123)}{chr(34)}audio{chr(34)}:{MEDIA}{chr(125)}")}}}}}', most=20_000)),
    ("20,000 notices with 100 hours each", lambda: notices(f'{{"title":"","times":[{listed(chr(34) + "05:00-06:00" + chr(34), 100)}]}}', most=20_000)),
    ("notices with as many days as fit into an item", lambda: notices(f'{{"title":"","days":[{listed(chr(34) + "mon" + chr(34), 150_000)}]}}')),
    ("20,000 notices with long issuers and links", lambda: numbered(20_000, lambda n: f'{{"title":"","issuer":"{"a" * 1600}","link":"{"b" * 1500}"}}')),
    ("lists in lists in lists", lambda: b"[" * PROGRAMME),
    ("lists in lists for notices", lambda: b'{"title":"x","notice":' + b"[" * (PROGRAMME - 30)),
    ("objects in objects", lambda: b'{"a":' * (PROGRAMME // 5)),
    ("lists 60 deep, as many as fit", lambda: notices("[" * 60 + "]" * 60)),
    ("unknown keys with objects in objects", lambda: padded('{"title":"x","a":', '{"a":', "", PROGRAMME)),
    ("a title of 64 MB", lambda: padded('{"title":"', "a", '"}', PROGRAMME)),
    ("a title of 1 MiB, of escapes", lambda: padded('{"title":"', "\\u00e9", '"}', 1 << 20)),
    ("a title of 64 MB, of escapes", lambda: padded('{"title":"', "\\u00e9", '"}', PROGRAMME)),
    ("notices of escapes", lambda: notices('{"title":"","text":"' + "\\u00e9" * 170_000 + '"}')),
    ("notices with keys of escapes", lambda: notices('{"title":"","' + "\\u00e9" * 170_000 + '":0}')),
    ("unknown keys by the million", lambda: ('{"title":"x",' + ",".join(f'"{n:x}":0' for n in range(5_900_000)) + "}").encode()),
    ("notices with unknown keys by the thousand", lambda: notices('{"title":"",' + ",".join(f'"{n:x}":0' for n in range(100_000)) + "}")),
    ("one key again and again", lambda: filled('{"title":"x",', '"notice":[]', "}", PROGRAMME)),
    ("64 MiB of zeroes for ticker lines", lambda: filled('{"title":"x","ticker":[', "0", "]}", PROGRAMME)),
    ("64 MiB of ticker lines", lambda: filled('{"title":"x","ticker":[', '{"text":""}', "]}", PROGRAMME)),
    ("1,000 ticker lines of 60 KB", lambda: filled('{"title":"x","ticker":[', '{"text":"","boards":[' + listed('""', 20_000) + "]}", "]}", PROGRAMME, 1_000)),
    ("64 MiB of zeroes for announcements", lambda: filled('{"title":"x","announcement":[', "0", "]}", PROGRAMME)),
    ("announcements with 7,000 times each", lambda: filled(
        '{"title":"x","announcement":[', f'{{"audio":{MEDIA},"at":[{listed(chr(34) + "05:30" + chr(34), 7_000)}]}}', "]}", PROGRAMME, 1_000)),
    ("64 MiB of zeroes for an emblem", lambda: filled('{"title":"x","emblem":[', "0", "]}", PROGRAMME)),
    ("a number of 64 million digits", lambda: padded('{"title":"x","a":', "1", "}", PROGRAMME)),
    ("64 MiB of spaces", lambda: padded('{"title":"x"', " ", "}", PROGRAMME)),
    ("64 MiB of nothing", lambda: bytes(PROGRAMME)),
]
ALERT_LISTS = [
    ("4 MB of zeroes for warnings", lambda: filled('{"alerts":[', "0", "]}", ALERTS)),
    ("4 MB of empty objects for warnings", lambda: filled('{"alerts":[', "{}", "]}", ALERTS)),
    ("4 MB of the shortest warnings", lambda: filled('{"alerts":[', alert(0, ""), "]}", ALERTS)),
    ("1,000 warnings of as many lines as fit", lambda: warnings(1_000, f',"actions":[{listed(chr(34) * 2, 1_300)}]')),
    ("warnings of a third of a million lines", lambda: warnings(3, f',"actions":[{listed(chr(34) * 2, 340_000)}]')),
    ("warnings that refer to warnings", lambda: warnings(
        400, f',"references":[{listed(json.dumps(dict(sender="", identifier="", sent="2026-11-01T00:00:00Z")).replace(" ", ""), 100)}]')),
    ("a warning of escapes", lambda: padded('{"alerts":[' + alert(0, ',"area":"')[:-1], "\\u00e9", '"}]}', ALERTS)),
    ("warnings in lists in lists", lambda: b'{"alerts":' + b"[" * (ALERTS - 20)),
    ("warnings under unknown keys", lambda: ('{"alerts":[],' + ",".join(f'"{n:x}":0' for n in range(400_000)) + "}").encode()),
]
# Those that a running board meets, too.
WORST = (
    "64 MiB of zeroes for notices", "notices full of text", "200 boards each", "20,000 notices in 20 languages",
    "4 MB of zeroes for warnings", "third of a million lines",
)
# Values of an unknown field of a role's metadata.
FIELDS = [
    ("zeroes", lambda: [0] * (METADATA // 2)),
    ("empty lists", lambda: [[]] * (METADATA // 3)),
    ("objects of one key", lambda: [{"": 0}] * (METADATA // 7)),
    ("keys", lambda: {f"{n:x}": 0 for n in range(METADATA // 11)}),
    ("strings", lambda: [""] * (METADATA // 3)),
]


class Bench:
    """A feed to be spoilt, and what it takes to read it while it is empty."""

    def __init__(self, program, folder):
        self.program, self.folder = program.resolve(), folder
        self.feed = Feed(program, folder, "xa")
        self.feed.publish(words(1))
        self.site, self.failures, self.last = Site(self.feed.site, self.feed.keys), 0, None
        self.root = self.feed.site / "root.json"
        self.empty = self.check_feed()
        check(self.empty.code == 0, f"`feed check` of an honest feed ended with {self.empty.code}: {self.empty.said}")
        print(f"bombs: an honest feed takes {self.empty.peak / MB:.0f} MB", flush=True)

    def check_feed(self, site=None):
        return Measured.of(self.folder, self.program, "feed", "check", site or self.feed.site, "--root", self.root)

    def tell(self, name, size, base, took, faults=(), bound=True):
        over = (took.peak - base.peak - size) / MB
        line = f"{name}: {size / MB:.1f} MB, {took.peak / MB:.0f} MB held ({over:+.0f} over its size), {took.seconds:.1f} s"
        faults = list(faults)
        if bound and over > OVER_MB:
            faults.append(f"takes {over:.0f} MB over its size")
        if bound and took.seconds > CPU_MAX:
            faults.append(f"takes {took.seconds:.0f} s")
        if took.code not in (0, 1):
            faults.append(f"ended with {took.code}")
        if not took.said:
            faults.append("says nothing")
        self.failures += bool(faults)
        state = f"FAILED: {'; '.join(faults)}" if faults else "ok" if bound else "measured"
        print(f"bombs: {line}: {state}: {took.first_words()}", flush=True)

    def content(self, name, role, make):
        body = make()
        size = len(body)
        path = self.site.content(role, body)
        del body
        self.tell(name, size, self.empty, self.check_feed())
        path.unlink()

    def metadata(self, name, role, make):
        def change(signed):
            signed.unrecognized_fields["x-bomb"] = make()

        # A root stays for good: each is tried on a copy.
        site = Site(self.folder / "copy", self.feed.keys)
        shutil.copytree(self.feed.site, site.folder)
        if role == "snapshot":
            site.snapshot(change)
            site.timestamp()
        elif role == "root":
            document = site.read("root")
            document.signed.version += 1
            change(document.signed)
            site.write("root", document)
        else:
            site.role(role, change)
        size = site.latest(role).stat().st_size
        took = self.check_feed(site.folder)
        faults = ["the file is longer than metadata may be"] if "too large" in took.said else []
        self.tell(f"{role}.json with {name}", size, self.empty, took, faults)
        shutil.rmtree(site.folder)

    def honest(self):
        """The feed as it was, under versions that follow."""
        self.site.content("alert", b'{"alerts": []}')
        self.site.content("programme", '{"title":"Xã","notice":[{"id":"tin","title":"Tin thứ 1","text":"Nội dung"}]}'.encode())


def peak_of(process):
    """The most memory that a process has held so far, in bytes."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_board(bench, name, role, make):
    """A board that polls, meets the bomb, says whatever it says, shows a notice all the while, and follows what is honest."""
    bench.honest()
    server = Server(bench.feed.site)
    board = Board(bench.program, bench.folder, server.url, bench.root, "board", env={"LC_ALL": "C.UTF-8"})
    body = make()
    size = len(body)
    try:
        status = board.start().wait_for_notice()
        base, before, used = Measured(0, peak_of(board.process), 0, ""), status["feeds"][0], cpu_seconds(board.process)
        asked = server.asked["/metadata/timestamp.json"]
        bench.site.content(role, body)
        del body

        def met(status):
            feed = status["feeds"][0]
            took_it = feed["versions"][role] > before["versions"][role]
            # Some polls after it, so that whatever it costs has been paid.
            return (took_it or feed["error"]) and server.asked["/metadata/timestamp.json"] > asked + 4

        status = board.wait(f"the board to meet {name}", met, 120)
        took = Measured(0, peak_of(board.process), cpu_seconds(board.process) - used, status["feeds"][0]["error"] or "adopted")
        faults = [] if main_kind(status) in ("notice", "warning") else [f"the main zone shows {main_kind(status)}"]
        bench.honest()
        try:
            board.wait("an honest programme after it", lambda s: title_on_air(s) == "Tin thứ 1", 30)
        except Failed as failure:
            faults.append(str(failure))
        bench.tell(f"a running board with {name}", size, base, took, faults)
    except Failed as failure:
        bench.failures += 1
        print(f"bombs: FAILED: a running board with {name}: {failure}", flush=True)
    finally:
        board.stop()
        server.stop()


def for_publishers(bench):
    """What people's own files may cost them."""
    base = Measured.of(bench.folder, bench.program, "feed", "alert", bench.feed.site, REPOSITORY / "config/demo/alerts.json")
    for name, make in ALERT_LISTS:
        file = bench.folder / "bomb.json"
        file.write_bytes(make())
        took = Measured.of(bench.folder, bench.program, "feed", "alert", bench.feed.site, file)
        faults = [] if took.code == 1 or "shortest" in name or "refer" in name or "unknown keys" in name else ["was published"]
        bench.tell(f"`feed alert` of {name}", file.stat().st_size, base, took, faults)
    bench.feed.write(words(2))
    base = Measured.of(bench.folder, bench.program, "feed", "publish", bench.feed.site, bench.feed.notices)
    tomls = [
        ("6 MB of zeroes for notices", "title = \"x\"\nnotice = [" + "0," * 3_000_000 + "]\n"),
        ("6 MB of [[notice]]", "title = \"x\"\n" + "[[notice]]\n" * 540_000),
        ("6 MB of boards", "title = \"x\"\n[[notice]]\ntitle = \"x\"\nboards = [" + '"",' * 2_000_000 + "]\n"),
        ("6 MB of unknown keys", "title = \"x\"\n" + "\n".join(f"a{n:x} = 0" for n in range(600_000)) + "\n"),
        ("6 MB of lists in lists", "title = \"x\"\na = " + "[" * 6_000_000),
    ]
    for name, text in tomls:
        bench.feed.write(text)
        for command in (["feed", "publish", bench.feed.site], ["render"]):
            rest = [] if len(command) > 1 else ["--size", "640x360", "--out", bench.folder / "out.png"]
            took = Measured.of(bench.folder, bench.program, *command, bench.feed.notices, *rest)
            # To be looked at: TOML is read into a document that keeps every place, for remedies that name lines.
            bench.tell(f"`{' '.join(map(str, command[:2]))}` of a programme.toml of {name}", len(text), base, took, bound=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--only", default="", help="the bombs that have this in their name")
    arguments = parser.parse_args()
    wanted = lambda name: arguments.only in name  # noqa: E731
    with workplace() as folder:
        bench = Bench(arguments.program, folder)
        for name, make in ALERT_LISTS:
            if wanted(name):
                bench.content(name, "alert", make)
        bench.honest()
        for name, make in PROGRAMMES:
            if wanted(name):
                bench.content(name, "programme", make)
        bench.honest()
        for role in ("snapshot", "targets", "programme", "root"):
            for name, make in FIELDS:
                if wanted(f"{role}.json with {name}"):
                    bench.metadata(name, role, make)
        if wanted("running board"):
            for role, bombs in (("programme", PROGRAMMES), ("alert", ALERT_LISTS)):
                for name, make in bombs:
                    if any(words in name for words in WORST):
                        on_board(bench, name, role, make)
        if wanted("publishers"):
            for_publishers(bench)
    print(f"bombs: {bench.failures} failed" if bench.failures else "bombs: every one was borne")
    sys.exit(1 if bench.failures else 0)


if __name__ == "__main__":
    main()
