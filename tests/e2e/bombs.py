#!/usr/bin/env python3
"""Signed JSON that is a memory bomb: whoever holds a key can sign it, and no board may die of it.

    bombs.py BANGTIN [--all]     run with the Python that has `tuf` (make python)

Each is signed with the feed's own keys and read by `bangtin feed check`; the worst also by a running board, which must keep
what was on air. What is held at most may be no more than 100 MB over what an honest feed takes and the length of the JSON.
The publisher's own commands are measured, too. One line each; exit 1 if one takes too much, is too slow, or ends badly.
"""

import argparse
import concurrent.futures
import contextlib
import functools
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from board import REPOSITORY, Board, Failed, Feed, Server, check, main_kind, workplace
from tamper import Site, title_on_air, words

MB = 1_000_000
PROGRAMME = (32 << 20) - 100
ALERTS = (4 << 20) - 100
METADATA = 1_800_000
# What a file may take beside its own bytes.
OVER_MB = 100
# Of one processor, in seconds.
CPU_MAX = 20
# A hang.
WALL_MAX = 300

# Of address space, far above what is allowed: a program that fails must not take the machine with it.
LIMIT = 4 << 30

# `ru_maxrss` of a process begins with that of the one that started it, which must therefore be small.
LAUNCHER = """
import json, os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
pid = os.posix_spawn(sys.argv[3], sys.argv[3:], os.environ)
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
            [sys.executable, "-I", "-S", "-c", LAUNCHER, out, str(LIMIT), *map(str, command)],
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


# Now: a board that believes its clock shows it.
SENT = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))


def alert(number, more):
    return (
        f'{{"sender":"x","identifier":"{number}","sent":"{SENT}","status":"Actual","message":"Alert","level":5,'
        f'"event":"x"{more}}}'
    )


def warnings(count, more):
    return ('{"alerts":[' + ",".join(alert(number, more) for number in range(count)) + "]}").encode()


MEDIA = '{"path":"","length":1,"sha256":"' + "0" * 64 + '"}'

# What it is, whose it is, and how it is made.
PROGRAMMES = [
    ("6 MB of zeroes for notices", lambda: notices("0", 6 * MB)),
    ("64 MiB of zeroes for notices, longer than any", lambda: filled('{"title":"x","notice":[', "0", "]}", (64 << 20) - 100)),
    ("32 MiB of zeroes for notices", lambda: notices("0")),
    ("32 MiB of empty lists for notices", lambda: notices("[]")),
    ("32 MiB of empty objects for notices", lambda: notices("{}")),
    ("32 MiB of notices without a word", lambda: notices('{"title":""}')),
    ("20,000 notices as short as they can be", lambda: notices('{"title":""}', most=20_000)),
    ("32 MiB of notices, each with an id of its own", lambda: numbered(20_000, lambda n: f'{{"title":"","id":"{n:01600}"}}')),
    ("32 MiB of notices full of text", lambda: numbered(20_000, lambda n: f'{{"title":"{n}","text":"{"a" * 1600}"}}')),
    ("32 MiB of boards of one notice", lambda: filled('{"title":"x","notice":[{"title":"x","boards":[', '""', "]}]}", PROGRAMME)),
    ("notices for as many boards as fit into an item", lambda: notices(f'{{"title":"x","boards":[{listed(chr(34) * 2, 340_000)}]}}')),
    ("20,000 notices for 200 boards each", lambda: notices(f'{{"title":"","boards":[{listed(chr(34) * 2, 200)}]}}', most=20_000)),
    ("20,000 notices for 200 boards of one letter each", lambda: notices(f'{{"title":"","boards":[{listed(chr(34) + "a" + chr(34), 200)}]}}', most=20_000)),
    ("20,000 notices in 20 languages each", lambda: notices(f'{{"title":"","in":{{{in_languages(20, "{}")}}}}}', most=20_000)),
    ("notices in as many languages as fit into an item", lambda: notices(f'{{"title":"","in":{{{in_languages(90_000, "{}")}}}}}')),
    ("one notice in a million languages", lambda: f'{{"title":"x","notice":[{{"title":"","in":{{{in_languages(4_000_000, "{}")}}}}}]}}'.encode()),
    ("20,000 notices with media, each in 20 languages", lambda: notices(
        f'{{"title":"","in":{{{in_languages(20, f"{chr(123)}{chr(34)}audio{chr(34)}:{MEDIA}{chr(125)}")}}}}}', most=20_000)),
    ("20,000 notices with 100 hours each", lambda: notices(f'{{"title":"","times":[{listed(chr(34) + "05:00-06:00" + chr(34), 100)}]}}', most=20_000)),
    ("notices with as many days as fit into an item", lambda: notices(f'{{"title":"","days":[{listed(chr(34) + "mon" + chr(34), 150_000)}]}}')),
    ("20,000 notices with long issuers and links", lambda: numbered(20_000, lambda n: f'{{"title":"","issuer":"{"a" * 1600}","link":"{"b" * 1500}"}}')),
    ("a notice issued by half a million letters", lambda: padded('{"title":"x","notice":[{"title":"x","text":"x","issuer":"', "ạ ", '"}]}', 480_000)),
    ("a notice with a link of half a million letters", lambda: padded('{"title":"x","notice":[{"title":"x","text":"x","link":"', "a", '"}]}', 1_000_000)),
    ("lists in lists in lists", lambda: b"[" * PROGRAMME),
    ("lists in lists for notices", lambda: b'{"title":"x","notice":' + b"[" * (PROGRAMME - 30)),
    ("objects in objects", lambda: b'{"a":' * (PROGRAMME // 5)),
    ("lists 60 deep, as many as fit", lambda: notices("[" * 60 + "]" * 60)),
    ("unknown keys with objects in objects", lambda: padded('{"title":"x","a":', '{"a":', "", PROGRAMME)),
    ("a title of 32 MB", lambda: padded('{"title":"', "a", '"}', PROGRAMME)),
    ("a title of 1 MiB, of escapes", lambda: padded('{"title":"', "\\u00e9", '"}', 1 << 20)),
    ("a title of 32 MB, of escapes", lambda: padded('{"title":"', "\\u00e9", '"}', PROGRAMME)),
    ("notices of escapes", lambda: notices('{"title":"","text":"' + "\\u00e9" * 170_000 + '"}')),
    ("notices with keys of escapes", lambda: notices('{"title":"","' + "\\u00e9" * 170_000 + '":0}')),
    ("unknown keys by the million", lambda: ('{"title":"x",' + ",".join(f'"{n:x}":0' for n in range(5_900_000)) + "}").encode()),
    ("notices with unknown keys by the thousand", lambda: notices('{"title":"",' + ",".join(f'"{n:x}":0' for n in range(100_000)) + "}")),
    ("one key again and again", lambda: filled('{"title":"x",', '"notice":[]', "}", PROGRAMME)),
    ("32 MiB of zeroes for ticker lines", lambda: filled('{"title":"x","ticker":[', "0", "]}", PROGRAMME)),
    ("32 MiB of ticker lines", lambda: filled('{"title":"x","ticker":[', '{"text":""}', "]}", PROGRAMME)),
    ("1,000 ticker lines of 60 KB", lambda: filled('{"title":"x","ticker":[', '{"text":"","boards":[' + listed('""', 20_000) + "]}", "]}", PROGRAMME, 1_000)),
    ("32 MiB of zeroes for announcements", lambda: filled('{"title":"x","announcement":[', "0", "]}", PROGRAMME)),
    ("announcements with 7,000 times each", lambda: filled(
        '{"title":"x","announcement":[', f'{{"audio":{MEDIA},"at":[{listed(chr(34) + "05:30" + chr(34), 7_000)}]}}', "]}", PROGRAMME, 1_000)),
    ("32 MiB of zeroes for an emblem", lambda: filled('{"title":"x","emblem":[', "0", "]}", PROGRAMME)),
    ("a number of 32 million digits", lambda: padded('{"title":"x","a":', "1", "}", PROGRAMME)),
    ("32 MiB of spaces", lambda: padded('{"title":"x"', " ", "}", PROGRAMME)),
    ("32 MiB of nothing", lambda: bytes(PROGRAMME)),
]
ALERT_LISTS = [
    ("4 MB of zeroes for warnings", lambda: filled('{"alerts":[', "0", "]}", ALERTS)),
    ("4 MB of empty objects for warnings", lambda: filled('{"alerts":[', "{}", "]}", ALERTS)),
    ("4 MB of the shortest warnings", lambda: filled('{"alerts":[', alert(0, ""), "]}", ALERTS)),
    ("1,000 warnings of as many lines as fit", lambda: warnings(1_000, f',"actions":[{listed(chr(34) * 2, 1_300)}]')),
    ("1,000 warnings of lines of one letter", lambda: warnings(1_000, f',"actions":[{listed(chr(34) + "a" + chr(34), 1_000)}]')),
    ("a warning for an area of half a million letters", lambda: padded('{"alerts":[' + alert(0, ',"area":"')[:-1], "ạ ", '"}]}', 480_000)),
    ("warnings of a third of a million lines", lambda: warnings(3, f',"actions":[{listed(chr(34) * 2, 340_000)}]')),
    ("warnings that refer to warnings", lambda: warnings(
        400, f',"references":[{listed(json.dumps(dict(sender="", identifier="", sent="2026-11-01T00:00:00Z")).replace(" ", ""), 100)}]')),
    ("a warning of escapes", lambda: padded('{"alerts":[' + alert(0, ',"area":"')[:-1], "\\u00e9", '"}]}', ALERTS)),
    ("warnings in lists in lists", lambda: b'{"alerts":' + b"[" * (ALERTS - 20)),
    ("warnings under unknown keys", lambda: ('{"alerts":[],' + ",".join(f'"{n:x}":0' for n in range(400_000)) + "}").encode()),
]
# Of the publisher's own file. To be looked at, not held to the bound: a TOML document keeps the place of everything in
# it, for remedies that name lines, and it is its author's own machine.
TOMLS = [
    ("zeroes for notices", lambda: 'title = "x"\nnotice = [' + "0," * 3_000_000 + "]\n"),
    ("[[notice]]", lambda: 'title = "x"\n' + "[[notice]]\n" * 540_000),
    ("boards", lambda: 'title = "x"\n[[notice]]\ntitle = "x"\nboards = [' + '"",' * 2_000_000 + "]\n"),
    ("unknown keys", lambda: 'title = "x"\n' + "\n".join(f"a{n:x} = 0" for n in range(600_000)) + "\n"),
    ("lists in lists", lambda: 'title = "x"\na = ' + "[" * 6_000_000),
]
# Those that a running board meets, too.
WORST = (
    "32 MiB of zeroes for notices", "notices full of text", "200 boards", "20,000 notices in 20 languages", "million letters",
    "4 MB of zeroes for warnings", "third of a million lines",
)
# What is only tried with `--all`: what others of the list stand for.
LONG = (
    "empty lists for", "empty objects for", "one key again", "spaces", "32 MiB of nothing", "million digits", "days as", "100 hours",
    "times each", "60 KB", "emblem", "title of 1 MiB", "60 deep", "keys of escapes", "million languages", "short as they",
    "links", "with empty lists", "with strings", "with keys", "targets.json", "programme.json", "200 boards each",
    "and 4 MB", "and a notice", "and a warning", "render", "toml of boards", "toml of lists", "toml of [[",
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
    """An honest feed, and what it takes to read it; each bomb is tried on a copy."""

    def __init__(self, program, folder):
        self.program, self.folder = program.resolve(), folder
        self.feed = Feed(program, folder, "xa")
        self.feed.publish(words(1))
        self.root = self.feed.site / "root.json"
        self.empty = self.check_feed(self.feed.site)
        check(self.empty.code == 0, f"`feed check` of an honest feed ended with {self.empty.code}: {self.empty.said}")
        print(f"bombs: an honest feed takes {self.empty.peak / MB:.0f} MB", flush=True)

    def check_feed(self, site):
        return Measured.of(site.parent, self.program, "feed", "check", site, "--root", self.root)

    @contextlib.contextmanager
    def copy(self):
        """A folder of its own with a copy of the site."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = pathlib.Path(name)
            (folder / "fonts").symlink_to(REPOSITORY / "fonts")
            yield Site(pathlib.Path(shutil.copytree(self.feed.site, folder / "site")), self.feed.keys)

    def content(self, role, make):
        body = make()
        with self.copy() as site:
            site.content(role, body)
            size = len(body)
            del body
            return verdict(size, self.empty, self.check_feed(site.folder))

    def metadata(self, role, make):
        def change(signed):
            signed.unrecognized_fields["x-bomb"] = make()

        with self.copy() as site:
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
            return verdict(size, self.empty, took, ["it is longer than metadata may be"] if "too large" in took.said else [])

    def board(self, role, make):
        """A running board meets the bomb twice and once more after a restart, and then follows what is honest."""
        body = make()
        with self.copy() as site, contextlib.closing(Running(self, site)) as running:
            empty = Measured(0, running.peak(), running.seconds(), "")
            over = {}
            # Another hash: what is held of the first is then beside all of the second.
            for times, more in ((1, b""), (2, b" ")):
                site.content(role, body + more)
                running.meets(role, site.read(role).signed.version)
                over["met once" if times == 1 else "met again"] = running.peak() - empty.peak - times * len(body)
            used = running.seconds() - empty.seconds
            said = running.status["feeds"][0]["error"] or f"adopted; the main zone has a {main_kind(running.status)}"
            running.again()
            running.meets(role, 0)
            # What is held, and what its first poll reads beside it.
            over["after a restart"] = running.peak() - empty.peak - 2 * len(body)
            site.content("alert", b'{"alerts": []}')
            site.content("programme", '{"title":"Xã","notice":[{"id":"tin","title":"Tin thứ 9"}]}'.encode())
            running.board.wait("an honest programme", lambda status: title_on_air(status) == "Tin thứ 9", 60)
            said = ", ".join(f"{when} {bytes / MB:+.0f}" for when, bytes in over.items()) + f"; {said}"
            return verdict(len(body), empty, Measured(0, max(over.values()) + empty.peak + len(body), used, said))


class Running:
    """A board that polls a site every second."""

    def __init__(self, bench, site):
        self.server, self.status = Server(site.folder), None
        self.board = Board(bench.program, site.folder.parent, self.server.url, bench.root, env={"LC_ALL": "C.UTF-8"})
        self.again()

    def meets(self, role, version):
        """Waits until it has taken that version or refused it, and for two polls more: whatever it costs has been paid then."""
        path = "/metadata/timestamp.json"

        def settled(status):
            return status["feeds"][0]["versions"][role] >= version or status["feeds"][0]["error"]

        self.board.wait("the board to meet it", settled, 120)
        asked = self.server.asked[path]
        self.status = self.board.wait("two polls more", lambda _: self.server.asked[path] >= asked + 2, 60)

    def again(self):
        self.board.stop()
        self.board.start()
        resource.prlimit(self.board.process.pid, resource.RLIMIT_AS, (LIMIT, LIMIT))
        self.board.wait("an answer to `status`", lambda status: main_kind(status))

    def peak(self):
        """The most memory that it has held so far, in bytes."""
        status = pathlib.Path(f"/proc/{self.board.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024

    def seconds(self):
        """Of processor time."""
        fields = pathlib.Path(f"/proc/{self.board.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.board.stop()
        self.server.stop()


def verdict(size, empty, took, faults=(), bound=True):
    """Whether it held, and a sentence."""
    over = (took.peak - empty.peak - size) / MB
    faults = list(faults)
    if bound and over > OVER_MB:
        faults.append(f"it takes {over:.0f} MB over its size")
    if bound and took.seconds > CPU_MAX:
        faults.append(f"it takes {took.seconds:.0f} s")
    if took.code not in (0, 1):
        faults.append(f"it ended with {took.code}")
    if not took.said:
        faults.append("it says nothing")
    state = f"FAILED: {'; '.join(faults)}" if faults else "ok" if bound else "measured"
    figures = f"{size / MB:.1f} MB, {took.peak / MB:.0f} MB held ({over:+.0f} over its size), {took.seconds:.1f} s"
    return not faults, f"{figures}: {state}: {took.first_words()}"


def publishers(bench):
    """The commands of people whose own files are bombs, one after another."""

    def alerts(make):
        def run():
            with bench.copy() as site:
                empty = Measured.of(site.folder.parent, bench.program, "feed", "check", bench.feed.site, "--root", bench.root)
                file = site.folder.parent / "bomb.json"
                file.write_bytes(make())
                took = Measured.of(site.folder.parent, bench.program, "feed", "alert", site.folder, file)
                return verdict(file.stat().st_size, empty, took)

        return run

    def toml(command, make):
        def run():
            with bench.copy() as site:
                folder = site.folder.parent
                (folder / "notices").mkdir()
                (folder / "notices/programme.toml").write_text(make())
                arguments = {
                    "feed publish": ["feed", "publish", site.folder, "notices"],
                    "render": ["render", "notices", "--size", "640x360", "--out", "out.png"],
                }[command]
                took = Measured.of(folder, bench.program, *arguments)
                return verdict((folder / "notices/programme.toml").stat().st_size, bench.empty, took, bound=False)

        return run

    for name, make in ALERT_LISTS:
        yield f"`feed alert` of {name}", alerts(make)
    for name, make in TOMLS:
        for command in ("feed publish", "render"):
            yield f"`{command}` of a programme.toml of {name}", toml(command, make)


def cases(bench):
    for name, make in ALERT_LISTS:
        yield name, functools.partial(bench.content, "alert", make)
    for name, make in PROGRAMMES:
        yield name, functools.partial(bench.content, "programme", make)
    for role in ("snapshot", "targets", "programme", "root"):
        for name, make in FIELDS:
            yield f"{role}.json with {name} in an unknown field", functools.partial(bench.metadata, role, make)
    for role, bombs in (("programme", PROGRAMMES), ("alert", ALERT_LISTS)):
        for name, make in bombs:
            if any(words in name for words in WORST):
                yield f"a running board and {name}", functools.partial(bench.board, role, make)
    yield from publishers(bench)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--only", default="", help="the bombs that have this in their name")
    parser.add_argument("--all", action="store_true", help="also those that others stand for")
    arguments = parser.parse_args()
    # Other tests run beside this one, and wait for pictures.
    os.nice(10)
    failures = 0

    def attempt(name, run):
        try:
            held, sentence = run()
        except Failed as failure:
            held, sentence = False, f"FAILED: {failure}"
        except subprocess.TimeoutExpired:
            held, sentence = False, f"FAILED: it did not end within {WALL_MAX} s"
        return held, f"bombs: {name}: {sentence}"

    with workplace() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        chosen = [case for case in cases(Bench(arguments.program, folder)) if arguments.only in case[0]]
        if not arguments.all:
            chosen = [case for case in chosen if not any(words in case[0] for words in LONG)]
        for held, sentence in pool.map(lambda case: attempt(*case), chosen):
            failures += not held
            print(sentence, flush=True)
    print(f"bombs: {failures} of {len(chosen)} failed" if failures else f"bombs: all {len(chosen)} were borne")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
