#!/usr/bin/env python3
"""A board from power-on, in a machine made from nothing: `make vm-test`.

    run.py BANGTIN [--folder target/vm] [--only WORD,...]

Debian is installed into a disk, Bangtin into that by README.md's own commands, and a feed served from here. What the machine's
monitor shows is then compared with `bangtin render` of that minute: after power-on, after the plug was pulled, with no network,
with a clock of 2010, with a disk that is full or read-only, and after cage and Bangtin were killed and stopped. One line for each,
with seconds; the last says how many held. Needs root and `scripts/packages.sh vm`.

Each programme has one notice and nothing that moves, so the whole picture is known. The machine's clock chip is believed where
it is right: then the clock in the header is compared, too.
"""

import argparse
import contextlib
import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import image
from machine import SIZE, Failed, Machine, Refused

sys.path.insert(0, str(image.REPOSITORY / "tests/e2e"))
from board import Feed, Server  # noqa: E402

# Of an emulator that shares two cores with others; on a board it is less.
ON_AIR_SECONDS = 300
# WatchdogSec of the unit, and a start. What was published meanwhile comes with the poll after it.
BACK_SECONDS = 30
# Pixels that may differ by more than the fuzz: none do, but a mouse pointer would be no failure of the board's.
DIFFERENT_MAX = SIZE[0] * SIZE[1] // 500
FUZZ = "4%"
POLL_SECONDS = 5
# The part of the header where date and clock are: [x, y, width, height].
CLOCK = (SIZE[0] * 11 // 20, 0, SIZE[0] * 9 // 20, SIZE[1] // 7)

PLACE = "/sys/fs/cgroup/system.slice/bangtin.service/cgroup.procs"


def process(name):
    """A shell word for the process of the board's unit that is called so."""
    return f"$(for p in $(cat {PLACE}); do [ \"$(cat /proc/$p/comm)\" = {name} ] && echo $p && break; done)"


class Rig:
    """The machine, the feed, and what is known of the picture."""

    def __init__(self, program, folder):
        self.program = pathlib.Path(program).resolve()
        self.folder = folder
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bangtin-vm-"))
        self.feed = Feed(self.program, self.work)
        self.server = Server(self.feed.site)
        self.config = self.work / "board.toml"
        self.number = 0
        # The check that runs, as a file's name.
        self.checking = "start"
        self.notices = {}
        self.publish()
        base, kernel, initrd = image.make(folder, say)
        self.disk = folder / "disk.img"
        cargo = image.cargo(self.program, self.feed.site / "root.json", folder)
        copy(base, self.disk)
        self.machine = Machine(self.disk, kernel, initrd, self.work, cargo)

    def close(self):
        self.machine.pull_the_plug()
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def publish(self):
        """The next programme: other words, so that its picture is another."""
        self.number += 1
        notice = (
            f'title = "Xã Bình Lư"\n[[notice]]\nid = "tin"\ntitle = "Tin số {self.number}"\n'
            f'text = "Bản tin thứ {self.number}, đã được ký và kiểm tra."\n'
        )
        self.feed.publish(notice)
        kept = self.work / f"notices-{self.number}"
        shutil.copytree(self.feed.notices, kept)
        self.notices[self.number] = kept

    def expected(self, number, minute, clock=True):
        picture = self.work / f"expected-{number}-{minute:%H%M}-{clock}.png"
        if not picture.exists():
            command = [self.program, "render", self.notices[number], "--config", self.config, "--at", f"{minute:%Y-%m-%dT%H:%M:%SZ}"]
            # A board that does not know the hour does not know the night.
            command += [] if clock else ["--theme", "day"]
            image.run(*command, "--size", f"{SIZE[0]}x{SIZE[1]}", "--out", picture)
        return picture

    def shows(self, number, clock=True):
        """Does the monitor show this programme now? With `clock` False it must show no clock."""
        seen = self.work / "seen.ppm"
        now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        if not self.machine.screen(seen):
            return False
        # Black, or a boot's text: nothing to compare yet, which costs the emulator the processor that it shares.
        if not any(seen.read_bytes()[-100_000:]):
            return False
        # The minute may turn between the two, and an emulator's clock runs a little behind.
        minutes = [now, now - datetime.timedelta(minutes=1), now + datetime.timedelta(minutes=1)]
        if not clock and not empty_place(seen):
            return False
        return any(different(seen, self.expected(number, minute, clock), clock) <= DIFFERENT_MAX for minute in minutes)

    def wait_for(self, numbers, seconds=ON_AIR_SECONDS, clock=True):
        """Which of these programmes the monitor shows, once it shows one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for number in numbers:
                if self.shows(number, clock):
                    return number
            time.sleep(1)
        kept, wanted = self.folder / f"{self.checking}-seen.png", self.folder / f"{self.checking}-wanted.png"
        with contextlib.suppress(Exception):
            image.run("convert", self.work / "seen.ppm", kept)
            image.run("cp", self.expected(numbers[0], datetime.datetime.now(datetime.timezone.utc), clock), wanted)
        raise Failed(f"the picture was not there after {seconds} s; the monitor shows {kept}. {self.last_words()}")

    def last_words(self):
        try:
            self.machine.wait_for_agent(20)
            return self.machine.run("systemctl status --no-pager bangtin seatd; journalctl -u bangtin -n 30 --no-pager", 60)[1]
        except (Refused, Failed) as why:
            return f"(its agent: {why})"

    def boot(self, numbers, clock=True, **how):
        """Power-on until one of these is on the monitor: seconds, and which."""
        self.machine.power_on(**how)
        number = self.wait_for(numbers, clock=clock)
        return self.machine.seconds(), number

    # What is checked: each returns a sentence for the table.

    def install(self):
        """README's commands, in a machine that has just been switched on."""
        self.machine.power_on()
        self.machine.wait_for_agent()
        self.machine.must("mkdir -p /mnt && mount -o ro /dev/vdb /mnt")
        # In this rig alone: Mesa 22.3's software drawing crashes cage on a virtio-gpu without 3D.
        rig = "/etc/systemd/system/bangtin.service.d"
        self.machine.must(f"mkdir -p {rig} && printf '[Service]\\nEnvironment=WLR_RENDERER=pixman\\n' >{rig}/rig.conf")
        for line in image.readme_commands():
            self.machine.must(f"cd /mnt && {line}", 300)
            if "/etc/bangtin/board.toml" in line:
                # "Then write your feed's address in it." The clock chip is QEMU's, and right.
                port = self.server.url.rstrip("/").rpartition(":")[2]
                toml = "/etc/bangtin/board.toml"
                self.machine.must(
                    f"sed -i -e 's|^url = .*|url = \"http://10.0.2.2:{port}/\"|' -e 's|^poll_seconds = .*|poll_seconds = {POLL_SECONDS}|'"
                    f" -e 's|^has_rtc = .*|has_rtc = true|' {toml} && grep -q '^has_rtc = true' {toml}"
                )
                self.config.write_text(self.machine.must(f"cat {toml}"), encoding="utf-8")
        self.wait_for([self.number])
        return "on air when `systemctl enable --now` had returned"

    def looked_after(self):
        """What a technician sees of it."""
        said = self.machine.must("sudo -u bangtin bangtin doctor")
        if "!!" in said:
            raise Failed(f"doctor: {said}")
        log = self.machine.must("journalctl -u bangtin -b --no-pager")
        if "adopted" not in log:
            raise Failed(f"the journal of the unit does not say what the board did: {log[-500:]}")
        inside = self.machine.must(f"cat {PLACE} | wc -l").strip()
        all_of_it = self.machine.must("grep -lE '^Uid:\\s'$(id -u bangtin) /proc/[0-9]*/status 2>/dev/null | wc -l || true").strip()
        if inside != all_of_it:
            raise Failed(f"{all_of_it} processes of the user, {inside} in the unit")
        score = self.machine.must("systemd-analyze security bangtin --no-pager").rstrip().splitlines()[-1]
        value = float(score.partition(":")[2].split()[0])
        if value > 3.5:
            raise Failed(score)
        return f"doctor finds nothing, {inside} processes, all in the unit, its journal tells; exposure {value}"

    def power_on(self):
        self.machine.shut_down()
        seconds, _ = self.boot([self.number])
        return f"on air {seconds:.0f} s after power-on"

    def on(self):
        """Where a check before it has left the machine off."""
        if self.machine.process is None:
            self.boot([self.number])
        self.machine.wait_for_agent()

    def signal(self, name, signal):
        """After the signal a new programme must come, from new processes."""
        self.on()
        self.machine.must(f"kill -{signal} {process(name)}")
        began = time.monotonic()
        self.publish()
        self.wait_for([self.number], BACK_SECONDS + POLL_SECONDS)
        took = time.monotonic() - began
        return f"back after {took:.0f} s, with what was published meanwhile"

    def plug(self):
        """Eight times; what shows afterwards is the old programme or the new one, whole."""
        times = []

        def again(allowed):
            self.machine.pull_the_plug()
            seconds, number = self.boot(allowed)
            times.append(seconds)
            # The one that shows is the one that is known from now on.
            return number

        def in_boot(seconds):
            self.machine.pull_the_plug()
            self.machine.power_on()
            time.sleep(seconds)

        in_boot(12)
        again([self.number])
        in_boot(20)
        # At the very picture.
        for _ in range(3):
            again([self.number])
        # While a new programme comes.
        for moment in [POLL_SECONDS / 2, POLL_SECONDS]:
            before = self.number
            self.publish()
            time.sleep(moment)
            again([before, self.number])
            self.wait_for([self.number])
        time.sleep(30)
        again([self.number])
        again([self.number])
        return f"{len(times)} of 8 on air again, after {min(times):.0f} to {max(times):.0f} s"

    def no_network(self):
        self.machine.pull_the_plug()
        seconds, _ = self.boot([self.number], network=False)
        return f"on air after {seconds:.0f} s"

    def full_disk(self):
        self.on()
        # Smaller and smaller pieces, down to the file system's blocks and those that it keeps for root.
        self.machine.must(
            "n=0; for piece in 1G 128M 16M 2M 256K 32K 4K; do while fallocate -l $piece /var/full.$n; do n=$((n + 1)); done;"
            " n=$((n + 1)); done 2>/dev/null; sync", 300
        )
        free = int(self.machine.must("df -k --output=avail / | tail -n 1"))
        if free > 64:
            raise Failed(f"{free} kB are still free")
        self.machine.pull_the_plug()
        seconds, _ = self.boot([self.number])
        self.machine.wait_for_agent()
        self.machine.must("rm -f /var/full*; sync")
        return f"on air after {seconds:.0f} s, with no byte free"

    def read_only(self):
        self.machine.pull_the_plug()
        seconds, _ = self.boot([self.number], root="ro")
        self.machine.wait_for_agent()
        if "ro," not in self.machine.must("grep ' / ' /proc/mounts | tail -n 1"):
            raise Failed("the root file system can be written")
        return f"on air after {seconds:.0f} s"

    def year_2010(self):
        """A board with no clock chip, where no time server answers: what it thinks is not shown."""
        believe = "sed -i 's|^has_rtc = .*|has_rtc = {}|' /etc/bangtin/board.toml; sync"
        self.on()
        self.machine.must(believe.format("false"))
        self.machine.pull_the_plug()
        try:
            seconds, _ = self.boot([self.number], clock=False, network=False, rtc="2010-01-01T00:00:00")
        finally:
            # What comes after it compares the clock, too.
            self.machine.wait_for_agent()
            self.machine.must(believe.format("true"))
        return f"on air after {seconds:.0f} s, with no clock in the header"


def copy(of, to):
    to.unlink(missing_ok=True)
    image.run("cp", "--sparse=always", "--reflink=auto", of, to)


def different(seen, expected, clock):
    """How many pixels differ."""
    x, y, width, height = CLOCK
    hide = [] if clock else ["-fill", "black", "-draw", f"rectangle {x},{y} {x + width},{y + height}"]
    pictures = [*("(", seen, *hide, ")"), *("(", expected, *hide, ")")]
    command = ["convert", *pictures, "-metric", "AE", "-fuzz", FUZZ, "-compare", "-format", "%[distortion]", "info:"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    try:
        return float(done.stdout)
    except ValueError:
        # Another size: the screen has not been set up yet.
        return SIZE[0] * SIZE[1]


def empty_place(seen):
    """Whether nothing is where the clock and the date would be, in the header."""
    x, y, width, height = CLOCK
    place = f"{width}x{height * 2 // 3}+{x}+{y}"
    done = subprocess.run(["convert", str(seen), "-crop", place, "-format", "%k", "info:"], capture_output=True, text=True)
    return done.stdout.strip() == "1"


def say(sentence):
    print(f"vm: {sentence}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--folder", default="target/vm", type=pathlib.Path)
    parser.add_argument("--only", help="of the checks after `installed` only those whose names hold one of these words")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    rig = Rig(asked.program, asked.folder.resolve())
    checks = [
        ("installed by README's commands", rig.install),
        ("looked after", rig.looked_after),
        ("power-on", rig.power_on),
        ("kill -9 of bangtin", lambda: rig.signal("bangtin", "KILL")),
        ("kill -9 of cage", lambda: rig.signal("cage", "KILL")),
        ("SIGSTOP of bangtin", lambda: rig.signal("bangtin", "STOP")),
        ("SIGSTOP of cage", lambda: rig.signal("cage", "STOP")),
        ("plug pulled 8 times", rig.plug),
        ("no network", rig.no_network),
        ("full disk", rig.full_disk),
        ("a clock of 2010", rig.year_2010),
        ("read-only root", rig.read_only),
    ]
    if asked.only:
        words = asked.only.split(",")
        checks = checks[:1] + [check for check in checks[1:] if any(word in check[0] for word in words)]
    held = 0
    try:
        for name, check in checks:
            try:
                rig.checking = name.replace(" ", "-").replace("'", "")
                said = check()
                held += 1
                say(f"ok      {name:32} {said}")
            except (Failed, Refused) as why:
                say(f"FAILED  {name:32} {why}")
                if name == checks[0][0]:
                    break
    finally:
        rig.close()
    say(f"{held} of {len(checks)}")
    return 0 if held == len(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
