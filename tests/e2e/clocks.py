#!/usr/bin/env python3
"""Wrong clocks, stolen keys and halves of a feed: whatever they say, warnings go on air and what is on air stays.

    clocks.py BANGTIN            run with the Python that has `tuf` (make python); needs the package `faketime`

Publishing machines with a wrong clock are made with libfaketime, thieves with python-tuf and the key that they stole.
Every board runs twice: with a clock that can be believed (a clock chip), and without one (its clock says 2010, as a
machine's does that has no battery and no time server). One line per case; exit 1 if one fails.
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import glob
import json
import os
import pathlib
import re
import shutil
import sys
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import MetaFile

from board import REPOSITORY, Board, Failed, Feed, Server, check, main_kind, main_zone, until, workplace
from tamper import Site, Stranger, described, error_count, spoil, title_on_air, words

SURE = "--clock-is-right"
# By how many versions a thief goes ahead, so that no honest timestamp could ever follow.
FAR = 1_000_000
# Past for every board, also for one that only knows when its program was released.
LONG_AGO = datetime.datetime(2025, 12, 1, tzinfo=datetime.timezone.utc)
# For one poll of a second, and for the longest wait after a refusal: a limit, not a measurement.
SOON = 15


def clock(faked):
    """The environment in which the wall clock is another: `+5d`, or `@2010-01-01 00:00:00`."""
    library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    check(library, "libfaketime is not here; `scripts/packages.sh e2e` installs it")
    return {
        "LD_PRELOAD": library[0], "FAKETIME": faked, "NO_FAKE_STAT": "1",
        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def ahead(days):
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return now + datetime.timedelta(days=days)


def moment(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Stand:
    """A feed, a server of all feeds beside it, and two boards that follow it, one of them without a clock."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.served = folder / "served"
        self.served.mkdir()
        (folder / "fonts").symlink_to(REPOSITORY / "fonts")
        self.feed = Feed(program, self.served, "xa")
        self.feed.publish(words(1))
        self.server = Server(self.served)
        self.boards = []

    def board(self, name, may_interrupt=True, more=""):
        """Starts one, without a believable clock or with one, as its name says."""
        env, flags = (clock("@2010-01-01 00:00:00"), ()) if "clockless" in name else ({}, ("--has-rtc",))
        self.boards.append(
            Board(
                self.program, self.folder, self.server.url + "xa/", self.feed.site / "root.json", name,
                display=("--headless", "640x360", *flags), env={"LC_ALL": "C.UTF-8", **env},
                may_interrupt=may_interrupt, more=more,
            ).start()
        )

    def start(self, more=""):
        """Boards without and with a believable clock, with one notice on air on each."""
        for name in ("clockless", "with-clock"):
            self.board(name, more=more)
        for board in self.boards:
            status = board.wait_for_notice()
            check(
                status["clock"]["trusted"] == (board.name == "with-clock"),
                f"the board {board.name} believes its clock: {status['clock']}",
            )
        return self

    def alert(self, name, *flags, env=None, days=0):
        """Replaces the warnings by one of level 5, or by none."""
        warning = {
            "sender": "xa@binhlu.example", "identifier": name, "sent": moment(ahead(days)), "status": "Actual",
            "message": "Alert", "level": 5, "hazard": "lu", "event": "Lũ quét", "area": "Bản Nà Đon",
            "actions": ["Chạy lên đồi", "Gọi 112"], "issuer": "UBND xã",
        }
        file = self.folder / "alerts.json"
        file.write_text(json.dumps({"alerts": [warning] if name else []}))
        return self.feed.attempt("feed", "alert", self.feed.site, file, *flags, env=env)

    def warn(self, name, *flags):
        done = self.alert(name, *flags)
        check(done.returncode == 0, f"`feed alert` ended with {done.returncode}: {done.stderr.strip()}")

    def everywhere(self, what, condition, seconds=SOON):
        return [board.wait(f"{what} on the board {board.name}", condition, seconds) for board in self.boards]

    def stays(self, what, condition, seconds=2.5):
        """It holds in every status for some polls."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for board in self.boards:
                status = board.wait("an answer to `status`", lambda s: True)
                check(condition(status), f"{what} did not stay on the board {board.name}: {seen(status)}")

    def restart(self):
        for board in self.boards:
            board.stop()
        for board in self.boards:
            board.start()

    @contextlib.contextmanager
    def no_network(self):
        """Boards that are restarted where nobody listens."""
        for board in self.boards:
            board.stop()
        self.server.stop()
        for board in self.boards:
            board.start()
        yield
        self.server = Server(self.server.folder, self.server.port)

    def close(self):
        for board in self.boards:
            board.stop()
        self.server.stop()


def seen(status):
    zone = main_zone(status)
    feeds = ", ".join(f"{feed['name']} {feed['state']}: {feed['error']}" for feed in status["feeds"])
    return f"the main zone has {zone['kind']} `{zone['id'] or zone['title']}`; {feeds}"


def warns(name):
    return lambda status: main_kind(status) == "warning" and main_zone(status)["id"] == name


def shows(number):
    return lambda status: main_kind(status) == "notice" and title_on_air(status) == f"Tin thứ {number}"


def of(status, feed):
    return next(entry for entry in status["feeds"] if entry["name"] == feed)


def said(status):
    """All that a person can read of the first feed's errors."""
    return " ".join(filter(None, [of(status, "xa")["error"], *(entry["text"] for entry in status["errors"])]))


def steal(feed, days, version=None):
    """What the thief of the timestamp's key can do best: a version that nothing follows, issued days ahead."""

    def forge(signed):
        signed.version = (version or signed.version) + FAR
        signed.unrecognized_fields["x-issued"] = moment(ahead(days))
        signed.expires = ahead(days + 10)

    site = Site(feed.site, feed.keys)
    site.timestamp(forge)
    return site.read("timestamp").signed.version


def root(feed, change):
    """The next root, signed with the root's key."""
    site = Site(feed.site, feed.keys)
    document = site.read("root")
    document.signed.version += 1
    document.signed.unrecognized_fields["x-issued"] = moment(ahead(0))
    change(document.signed)
    site.write("root", document, site.signers("root"))
    return document.signed.version


def rotate(feed):
    """A new key for the timestamp, by a new root; the thief's is worth nothing now."""
    private = Ed25519PrivateKey.generate()
    key = SSlibKey.from_crypto(private.public_key())

    def change(signed):
        for old in list(signed.roles["timestamp"].keyids):
            signed.revoke_key(old, "timestamp")
        signed.add_key(key, "timestamp")

    version = root(feed, change)
    file = feed.keys / "timestamp.pem"
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return version


def renew(feed, version):
    """A timestamp of now."""

    def change(signed):
        signed.version = version
        signed.unrecognized_fields["x-issued"] = moment(ahead(0))
        signed.expires = ahead(14)

    Site(feed.site, feed.keys).timestamp(change)


def must_ask(stand, env, what):
    """Each command that signs names the clock and the way to insist, and signs nothing."""
    site = stand.feed.site
    before = (site / "metadata/timestamp.json").read_bytes()
    stand.feed.write(words(99))
    days = int(env["FAKETIME"].strip("+d"))
    for command in ("publish", "alert", "refresh"):
        if command == "alert":
            done = stand.alert("never", env=env, days=days)
        else:
            arguments = [stand.feed.notices] if command == "publish" else []
            done = stand.feed.attempt("feed", command, site, *arguments, env=env)
        name = f"`feed {command}` on a machine {what}"
        check(done.returncode == 1, f"{name} ended with {done.returncode}: {done.stdout.strip()} {done.stderr.strip()}")
        check("clock" in done.stderr and SURE in done.stderr, f"{name} does not tell of the clock and {SURE}: {done.stderr}")
    check((site / "metadata/timestamp.json").read_bytes() == before, f"a machine {what} has signed")


def machine_ahead(days):
    def run(stand):
        env = clock(f"+{days}d")
        stand.start()
        must_ask(stand, env, f"{days} days ahead")
        stand.feed.publish(words(2), SURE, env=env)
        statuses = stand.everywhere("what was signed ahead of time", shows(2))
        told = of(statuses[1], "xa")["error"] or ""
        check("clock" in told, f"a board with a clock says nothing of the signer's, {days} days ahead: {told!r}")
        stand.warn("lu", SURE)
        stand.everywhere("the warning signed by a right clock", warns("lu"))
        stand.restart()
        stand.everywhere("the warning after a restart", warns("lu"))
        stand.warn("lu-2")
        stand.everywhere("the next warning, for which nobody has to insist", warns("lu-2"))

    return run


def machine_behind(days):
    def run(stand):
        must_ask(stand, clock(f"-{days}d"), f"{days} days behind")

    return run


def machine_asked_without_flag(stand):
    """Issue of yesterday: after a night of five days ahead, the right clock asks once, and says which times it compares."""
    stand.feed.publish(words(2), SURE, env=clock("+5d"))
    done = stand.alert("lu")
    # A machine whose clock a time server disciplines need not ask.
    if done.returncode != 0:
        check("clock" in done.stderr and SURE in done.stderr, f"the right clock is refused for another reason: {done.stderr}")
        stand.warn("lu", SURE)


def thief_without_rights(days):
    def run(stand):
        cho = Feed(stand.program, stand.served, "cho")
        cho.publish('title = "Chợ"\n[[notice]]\nid = "cho"\ntitle = "Chợ phiên"\ntext = "Chủ nhật."\n')
        stand.start(
            f'\n[[feed]]\nname = "cho"\nurl = "{stand.server.url}cho/"\nroot = "{cho.site / "root.json"}"\n'
            "may_interrupt = false\n"
        )
        stand.everywhere("both feeds", lambda s: of(s, "cho")["generation"] > 0)
        stand.warn("lu-1")
        stand.everywhere("the warning", warns("lu-1"))
        version = steal(cho, days)
        stand.everywhere(
            "the thief's timestamp, taken or refused",
            lambda s: of(s, "cho")["versions"]["timestamp"] == version or of(s, "cho")["error"],
        )
        stand.stays("the warning of the other feed", warns("lu-1"))
        stand.warn("lu-2")
        stand.everywhere("a new warning of the other feed", warns("lu-2"))
        stand.restart()
        stand.everywhere("it after a restart", warns("lu-2"))
        rotate(cho)
        renew(cho, 1)
        cho.publish('title = "Chợ"\n[[notice]]\nid = "cho"\ntitle = "Chợ mới"\ntext = "Chủ nhật."\n')
        cho.run("feed", "refresh", cho.site)
        newest = Site(cho.site, cho.keys)
        wanted = {role: newest.read(role).signed.version for role in ("root", "timestamp", "snapshot", "programme")}

        def back(status):
            held = of(status, "cho")
            return held["error"] is None and all(held["versions"][role] == wanted[role] for role in wanted)

        stand.everywhere("all of that feed again, once its key was replaced", back, 25)
        stand.stays("the warning", warns("lu-2"), 1)

    return run


def rotated_by_the_book(stand):
    stand.start()

    def theft_and_rotation():
        version = steal(stand.feed, 60)
        stand.everywhere("the thief's timestamp", lambda s: of(s, "xa")["versions"]["timestamp"] == version, 25)
        rotate(stand.feed)
        renew(stand.feed, 1)

    # A new programme follows the rotation, in the same run of the board.
    theft_and_rotation()
    stand.feed.publish(words(2))
    stand.everywhere("the programme after the rotation", shows(2), 25)
    with stand.no_network():
        stand.everywhere("it after a restart without network", shows(2))
        stand.stays("it without network", shows(2))
    # Nothing follows but the timestamp.
    theft_and_rotation()
    stand.everywhere("the good timestamp", lambda s: of(s, "xa")["versions"]["timestamp"] == 1, 25)
    with stand.no_network():
        stand.everywhere("the programme after a second restart without network", shows(2))
        stand.stays("it without network", shows(2))
    stand.warn("lu")
    stand.everywhere("a warning", warns("lu"), 25)


def half_expired(site, role):
    site.role(role, lambda signed: setattr(signed, "expires", LONG_AGO))


def half_broken(site, role):
    site.content(role, b'{"title": "X", "alerts": [')


def half_missing(site, role):
    body = {"programme": '{"title": "X"}', "alert": '{"alerts": []}'}[role]
    site.content(role, body.encode(), keep=False)


def one_half(role, spoil_half):
    """One half of the feed is spoilt while the other brings something new."""

    def run(stand):
        old, forged = stand.folder / "old", stand.folder / "forged"
        stand.warn("cu")
        start_halves(stand)
        shutil.copytree(stand.served, old)
        stand.server.folder = old
        if role == "programme":
            stand.warn("moi")
        else:
            stand.feed.publish(words(2))
        shutil.copytree(stand.served, forged)
        spoil_half(Site(forged / "xa", stand.feed.keys), role)
        warning, number = ("moi", 1) if role == "programme" else ("cu", 2)
        before = [board.status() for board in stand.boards]
        stand.server.folder = forged

        def right(status, name):
            return warns(warning)(status) if name.startswith("warned") else shows(number)(status)

        def all_right(what, seconds=SOON):
            for board in stand.boards:
                board.wait(f"{what} on the board {board.name}", lambda s, n=board.name: right(s, n), seconds)

        all_right("the good half beside what is held of the other")
        for board, was in zip(stand.boards, before, strict=True):
            status = board.wait(f"a word about {role}", lambda s: of(s, "xa")["error"], SOON)
            told, now = of(status, "xa")["error"], of(status, "xa")["versions"]
            check(role in told, f"the error does not name the file of the role {role}: {told}")
            check(now[role] == of(was, "xa")["versions"][role], f"the spoilt half went from {was} to {now}")
        time.sleep(2)
        all_right("both halves, some polls later", 1)
        with stand.no_network():
            all_right("both halves after a restart without network")
            time.sleep(1.5)
            all_right("both halves without network", 1)
        # Higher than any version that the spoilt copy had.
        for again in (3, 4):
            stand.feed.publish(words(again))
            stand.warn(f"tiep-{again}")
        stand.server.folder = stand.served
        warning, number = "tiep-4", 4
        all_right("both halves, once both are sound", 25)

    return run


def start_halves(stand):
    """Four boards: of each kind one that shows warnings, and one that shows the programme meanwhile."""
    for kind in ("clockless", "with-clock"):
        stand.board(f"warned-{kind}")
        stand.board(f"calm-{kind}", may_interrupt=False)
    for board in stand.boards:
        kind = "warning" if board.name.startswith("warned") else "notice"
        board.wait(f"a {kind} on the board {board.name}", lambda s, kind=kind: main_kind(s) == kind)


def lost_floors(stand):
    stand.feed.publish(words(2))
    stand.start()
    old = stand.folder / "old"
    shutil.copytree(stand.served, old)
    stand.feed.publish(words(3))
    statuses = stand.everywhere("the newest programme", shows(3))
    for board in stand.boards:
        board.stop()
        trusts = list(board.state.glob("feeds/*/trust"))
        check(trusts, f"the board {board.name} keeps no floors")
        for trust in trusts:
            shutil.rmtree(trust)
    stand.server.folder = old
    for board in stand.boards:
        board.start()
    after = stand.everywhere("a word about the older copy", lambda s: of(s, "xa")["error"])
    for was, now in zip(statuses, after, strict=True):
        check("rolled back" in of(now, "xa")["error"], f"the older copy is not called that: {of(now, 'xa')['error']}")
        check(of(now, "xa")["versions"] == of(was, "xa")["versions"], f"versions went back: {of(now, 'xa')['versions']}")
    stand.stays("the newer programme", shows(3))
    with stand.no_network():
        stand.everywhere("the newer programme after a restart without network", shows(3))
    stand.feed.publish(words(4))
    stand.server.folder = stand.served
    stand.everywhere("the next programme", shows(4), 25)


def new_root(stand):
    stand.start()
    path = "/xa/metadata/timestamp.json"
    # Each board's first poll that finds nothing new has been.
    until(SOON, "some polls", lambda: stand.server.asked[path] >= 2 * len(stand.boards))
    before, asked = (stand.feed.site / "metadata/timestamp.json").read_bytes(), stand.server.asked[path]
    version = root(stand.feed, lambda signed: None)
    stand.everywhere("the new root", lambda s: of(s, "xa")["versions"]["root"] == version, 25)
    polls = (stand.server.asked[path] - asked) / len(stand.boards)
    # One more, for boards do not poll in step.
    check(polls <= 12, f"it took {polls} polls")
    check((stand.feed.site / "metadata/timestamp.json").read_bytes() == before, "the timestamp has changed")
    check(stand.feed.attempt("feed", "check", stand.feed.site, "--root", stand.feed.site / "root.json").returncode == 0, "check")
    rotate(stand.feed)
    asked = stand.server.asked[path]
    for status in stand.everywhere("a word about the stolen key's timestamp", lambda s: of(s, "xa")["error"], 25):
        check("timestamp.json" in of(status, "xa")["error"], f"the error is about another file: {of(status, 'xa')['error']}")
        check(shows(1)(status), f"what was on air did not stay: {seen(status)}")
    renew(stand.feed, 1)
    stand.everywhere("the timestamp of the new key", lambda s: of(s, "xa")["versions"]["timestamp"] == 1, 25)


def rolled_back(site):
    """A snapshot, honestly signed, that names the programme before the last."""
    before = max(int(file.name.split(".")[0]) for file in site.folder.glob("metadata/*.programme.json")) - 1
    site.snapshot(
        lambda s: s.meta.update({"programme.json": described(site.metadata(f"{before}.programme.json"), s.meta["programme.json"])})
    )
    site.timestamp()


def refused_snapshot(stand):
    for number in (2, 3):
        stand.feed.publish(words(number))
    stand.start()
    forged = stand.folder / "forged"
    shutil.copytree(stand.served, forged)
    site = Site(forged / "xa", stand.feed.keys)
    rolled_back(site)
    body, version = site.latest("snapshot").read_bytes(), site.read("snapshot").signed.version
    stand.server.folder = forged
    for status in stand.everywhere("a refusal", lambda s: of(s, "xa")["error"]):
        told = of(status, "xa")["error"]
        check("programme.json" in told and f"{version}.snapshot.json" in told, f"the error names neither file: {told}")
        check(shows(3)(status), f"what was on air did not stay: {seen(status)}")
    for board in stand.boards:
        kept = [file for file in board.state.rglob("*") if file.is_file() and file.read_bytes() == body]
        check(not kept, f"the refused snapshot was kept in {kept}")
    # The honest snapshot of the very version that was refused.
    stand.feed.publish(words(4))
    honest = Site(stand.feed.site, stand.feed.keys)
    check(honest.read("snapshot").signed.version == version, "the honest snapshot has another version")
    honest.timestamp()
    stand.server.folder = stand.served
    stand.everywhere("the honest snapshot of the same version", shows(4), 25)


def by_a_stranger(role):
    def forge(site):
        strangers = [Stranger(signer.public_key) for signer in site.signers(role)]
        if role == "timestamp":
            site.timestamp(signers=strangers)
        elif role == "snapshot":
            site.snapshot(signers=strangers)
            site.timestamp()
        else:
            site.role(role, signers=strangers)

    return forge


def expired(role):
    def change(signed):
        signed.expires = LONG_AGO

    def forge(site):
        if role == "timestamp":
            site.timestamp(change)
        elif role == "snapshot":
            site.snapshot(change)
            site.timestamp()
        elif role == "root":
            document = site.read("root")
            document.signed.version += 1
            change(document.signed)
            site.write("root", document)
        else:
            site.role(role, change)

    return forge


def other_hash(site):
    site.timestamp(lambda s: setattr(s, "snapshot_meta", MetaFile(s.snapshot_meta.version, None, {"sha256": "0" * 64})))


def other_hash_of(role):
    def forge(site):
        site.snapshot(lambda s: s.meta.update({f"{role}.json": MetaFile(s.meta[f"{role}.json"].version, None, {"sha256": "0" * 64})}))
        site.timestamp()

    return forge


def gone(role):
    return lambda site: site.latest(role).unlink()


# What was done to the feed, and the file that an error must name first.
NAMED = [
    *((f"{role} by a stranger", by_a_stranger(role), f"{role}.json") for role in ("timestamp", "snapshot", "targets", "programme", "alert")),
    *((f"{role} expired", expired(role), f"{role}.json") for role in ("root", "timestamp", "snapshot", "targets", "programme", "alert")),
    *((f"{role} not there", gone(role), f"{role}.json") for role in ("snapshot", "targets", "programme", "alert")),
    *((f"a byte changed in {role}", lambda site, r=role: spoil(site.latest(r)), f"{role}.json") for role in ("snapshot", "targets", "programme", "alert")),
    *((f"{role} of another hash", other_hash_of(role), f"{role}.json") for role in ("targets", "programme", "alert")),
    ("snapshot of another hash", other_hash, "snapshot.json"),
    *((f"{role} not JSON", lambda site, r=role: half_broken(site, r), file) for role, file in (("programme", "programme.json"), ("alert", "alerts.json"))),
    *((f"{role}'s file not there", lambda site, r=role: half_missing(site, r), file) for role, file in (("programme", "programme.json"), ("alert", "alerts.json"))),
]


def named(stand):
    wrong = []
    for number, (name, forge, file) in enumerate(NAMED):
        forged = stand.folder / f"forged-{number}"
        shutil.copytree(stand.feed.site, forged)
        forge(Site(forged, stand.feed.keys))
        done = stand.feed.attempt("feed", "check", forged, "--root", stand.feed.site / "root.json")
        files = re.findall(r"[\w.-]*\.json", done.stderr)
        if done.returncode != 1 or not files or not files[0].endswith(file):
            wrong.append(f"{name}: {file} is not named: {done.stdout.strip()} {done.stderr.strip()}")
    check(not wrong, "\n  ".join(["", *wrong]))


CASES = [
    *((f"a publishing machine {days} days ahead", machine_ahead(days)) for days in (2, 5, 20, 44)),
    *((f"a publishing machine {days} days behind asks", machine_behind(days)) for days in (2, 400)),
    ("the right clock asks once after a wrong one", machine_asked_without_flag),
    *((f"another feed's thief, {days} days ahead", thief_without_rights(days)) for days in (400, 60)),
    ("a stolen timestamp key, rotated by the book", rotated_by_the_book),
    *(
        (f"the {role} role {what}, while the other half brings news", one_half(role, spoil_half))
        for role in ("programme", "alert")
        for what, spoil_half in (("expired", half_expired), ("with a broken file", half_broken), ("without its file", half_missing))
    ),
    ("floors lost, and an older copy served", lost_floors),
    ("a new root under the same timestamp", new_root),
    ("a refused snapshot leaves nothing behind", refused_snapshot),
    (f"{len(NAMED)} refusals name the file that they are about", named),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--only", default="", help="the cases that have this in their name")
    arguments = parser.parse_args()
    failures = 0

    def attempt(folder, name, run):
        folder.mkdir()
        try:
            with contextlib.closing(Stand(arguments.program, folder)) as stand:
                run(stand)
        except Failed as failure:
            return f"clocks: FAILED: {name}: {failure}"
        return f"clocks: {name}: ok"

    cases = [(name, run) for name, run in CASES if arguments.only in name]
    # Nearly all of a case is waiting for polls.
    with workplace() as folder, concurrent.futures.ThreadPoolExecutor(5) as pool:
        done = [pool.submit(attempt, folder / str(number), *case) for number, case in enumerate(cases)]
        for case in concurrent.futures.as_completed(done):
            failures += "FAILED" in case.result()
            print(case.result(), flush=True)
    print(f"clocks: {failures} of {len(cases)} cases failed" if failures else f"clocks: all {len(cases)} cases held")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
