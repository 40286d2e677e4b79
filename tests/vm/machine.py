"""One QEMU machine: switched on, spoken to, looked at, and its plug pulled.

It is emulated (TCG), so it runs wherever QEMU does, and slowly: a boot takes about forty seconds. Its screen is read
with QMP's `screendump`, which sees what a monitor would; commands go through the guest agent, a serial port of its own,
so that a machine with no network can be spoken to as well.
"""

import base64
import contextlib
import ctypes
import json
import pathlib
import signal
import socket
import subprocess
import time

# The screen. The drawing of a larger one costs an emulator more than it tells.
SIZE = (1280, 720)


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """A check did not hold, with the sentence to print."""


class Refused(Exception):
    """The agent is not there (yet), or says no."""


class Channel:
    """Lines of JSON over a socket of QEMU's: QMP, or the guest agent."""

    def __init__(self, path, seconds):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(str(path))
        except OSError as error:
            self.socket.close()
            raise Refused(str(error)) from None
        self.lines = self.socket.makefile("rb")

    def close(self):
        self.lines.close()
        self.socket.close()

    def ask(self, command, arguments=None):
        message = {"execute": command, **({"arguments": arguments} if arguments else {})}
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
            while line := self.lines.readline():
                # QMP mixes events in.
                answer = json.loads(line)
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise Refused(answer["error"].get("desc", "refused"))
        except (OSError, ValueError) as error:
            raise Refused(str(error)) from None
        raise Refused("the connection was closed")


class Machine:
    """A computer with the disk `image`. It is off until `power_on`.

    `folder` takes its sockets and what it says on its serial line; `cargo` is a second, read-only disk, or None.
    """

    def __init__(self, image, kernel, initrd, folder, cargo=None):
        self.image, self.kernel, self.initrd, self.cargo = image, kernel, initrd, cargo
        self.folder = pathlib.Path(folder)
        self.process = None
        self.started = 0.0

    def power_on(self, network=True, rtc="utc", root="rw"):
        """`rtc`: what its clock chip says, as `2010-01-01T00:00:00`. `root`: "ro" mounts it read-only."""
        assert self.process is None, "it is on"
        for name in ["qmp", "agent"]:
            (self.folder / name).unlink(missing_ok=True)
        disk = "file={},format=raw,if=none,id={}"
        command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-machine", "q35",
            "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048",
            "-display", "none", "-device", f"virtio-gpu-pci,xres={SIZE[0]},yres={SIZE[1]}",
            "-kernel", self.kernel, "-initrd", self.initrd,
            "-append", f"root=/dev/vda {root} console=tty0 console=ttyS0 quiet",
            "-serial", f"file:{self.folder}/serial.log",
            "-drive", disk.format(self.image, "system"), "-device", "virtio-blk-pci,drive=system",
            "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=agent,path={self.folder}/agent,server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
            "-rtc", f"base={rtc}",
        ]
        if self.cargo:
            command += ["-drive", disk.format(self.cargo, "cargo") + ",readonly=on", "-device", "virtio-blk-pci,drive=cargo"]
        # Without a card rather than with one that leads nowhere: 10.0.2.2 is this machine.
        if network:
            command += ["-netdev", "user,id=net,restrict=off", "-device", "virtio-net-pci,netdev=net"]
        self.started = time.monotonic()
        log = (self.folder / "qemu.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # It holds the disk; it must not outlive whoever started it.
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )
        return self

    def seconds(self):
        """Since it was switched on."""
        return time.monotonic() - self.started

    def pull_the_plug(self):
        """What was not written yet is lost with it, but for what this machine's kernel has already taken."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def shut_down(self, seconds=120):
        """In good order."""
        with contextlib.suppress(Refused):
            self.qmp("system_powerdown")
        try:
            self.process.wait(seconds)
            self.process = None
        except subprocess.TimeoutExpired:
            self.pull_the_plug()
            raise Failed(f"the machine did not shut down within {seconds} s") from None

    def qmp(self, command, arguments=None):
        with contextlib.closing(Channel(self.folder / "qmp", 30)) as channel:
            channel.lines.readline()
            channel.ask("qmp_capabilities")
            return channel.ask(command, arguments)

    def check_power(self):
        if self.process.poll() is not None:
            raise Failed(f"QEMU ended by itself: {(self.folder / 'qemu.log').read_text(errors='replace')[-300:]}")

    def screen(self, picture):
        """Writes what the monitor shows to the file `picture` (PPM); False while there is nothing to see."""
        self.check_power()
        try:
            self.qmp("screendump", {"filename": str(picture)})
        except Refused:
            return False
        return picture.exists()

    def agent(self, command, arguments=None):
        with contextlib.closing(Channel(self.folder / "agent", 20)) as channel:
            # An answer that nobody waited for may still be in the line.
            mark = time.monotonic_ns() & 0x7FFFFFFF
            while channel.ask("guest-sync", {"id": mark}) != mark:
                pass
            return channel.ask(command, arguments)

    def wait_for_agent(self, seconds=180):
        deadline = time.monotonic() + seconds
        while True:
            self.check_power()
            try:
                self.agent("guest-ping")
                return self
            except Refused as why:
                if time.monotonic() > deadline:
                    raise Failed(f"the machine's agent did not answer within {seconds} s ({why})") from None
                time.sleep(0.5)

    def run(self, script, seconds=120):
        """Runs a shell script as root; its exit code and what it printed."""
        pid = self.agent("guest-exec", {"path": "/bin/bash", "arg": ["-c", f"exec 2>&1; {script}"], "capture-output": True})["pid"]
        deadline = time.monotonic() + seconds
        while True:
            done = self.agent("guest-exec-status", {"pid": pid})
            if done["exited"]:
                said = base64.b64decode(done.get("out-data", "")).decode(errors="replace")
                return done.get("exitcode", 128 + done.get("signal", 0)), said
            if time.monotonic() > deadline:
                raise Failed(f"a command in the machine did not end within {seconds} s: {script}")
            time.sleep(0.3)

    def must(self, script, seconds=120):
        """The same for what has to succeed; what it printed."""
        code, said = self.run(script, seconds)
        if code != 0:
            raise Failed(f"in the machine, `{script}` ended with {code}: {said.strip()[-600:]}")
        return said
