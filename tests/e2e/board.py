"""A feed, a web server and a board, each in a folder of its own, for the scripts beside this file and in benches/.

Everything lives under one temporary folder and ends with it. Nothing here knows how Bangtin works inside: it runs the
program's own commands and reads `status --json`.
"""

import collections
import contextlib
import functools
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import zlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A check did not hold, with the sentence to print."""


def check(condition, sentence):
    if not condition:
        raise Failed(sentence)


@contextlib.contextmanager
def workplace():
    """An empty folder, with the repository's fonts in it: boards run there find `fonts/`."""
    with tempfile.TemporaryDirectory(prefix="bangtin-e2e-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        fonts = REPOSITORY / "fonts"
        if fonts.is_dir():
            shutil.copytree(fonts, folder / "fonts")
        yield folder


def picture(path, width, height, rgb):
    """Writes a PNG of one colour with a darker half, so that files of other colours differ."""
    row = b"\0" + bytes(rgb) * (width // 2) + bytes(c // 2 for c in rgb) * (width - width // 2)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    )


class Feed:
    """A programme folder and the site that it is published into."""

    def __init__(self, program, folder, name="site", arguments=()):
        self.program = pathlib.Path(program).resolve()
        self.site = folder / name
        self.keys = folder / f"{name}.keys"
        self.notices = folder / f"{name}.notices"
        self.notices.mkdir()
        self.run("feed", "init", self.site, *arguments)

    def attempt(self, *arguments, env=None):
        """How the command ends, whether well or not."""
        return subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
        )

    def run(self, *arguments, env=None):
        done = self.attempt(*arguments, env=env)
        check(done.returncode == 0, f"`bangtin {' '.join(map(str, arguments))}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def write(self, programme):
        (self.notices / "programme.toml").write_text(programme, encoding="utf-8")

    def publish(self, programme, *flags, env=None):
        self.write(programme)
        self.run("feed", "publish", self.site, self.notices, *flags, env=env)


class Server:
    """Serves a folder on 127.0.0.1 over HTTP/1.1. `folder` may be changed while it runs. `asked` counts requests by path."""

    def __init__(self, folder, port=0):
        self.folder, self.asked = folder, collections.Counter()
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def translate_path(self, path):
                outer.asked[path] += 1
                self.directory = str(outer.folder)
                return super().translate_path(path)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))
        self.http.daemon_threads = True
        # A board that hangs up in the middle of a file is no news.
        self.http.handle_error = lambda *_: None
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """Serves a folder as a real web server would."""

    def __init__(self, folder, site):
        self.home = folder / "nginx"
        self.home.mkdir()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        (self.home / "nginx.conf").write_text(
            f"""
            {"user root;" if os.geteuid() == 0 else ""}
            daemon off; pid {self.home}/pid; error_log {self.home}/error.log; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
              access_log off; keepalive_timeout 300; keepalive_requests 100000;
              client_body_temp_path {self.home}/body; proxy_temp_path {self.home}/proxy;
              fastcgi_temp_path {self.home}/fastcgi; uwsgi_temp_path {self.home}/uwsgi; scgi_temp_path {self.home}/scgi;
              server {{ listen 127.0.0.1:{port}; root {site}; }}
            }}
            """
        )
        self.process = subprocess.Popen(
            ["nginx", "-p", self.home, "-c", self.home / "nginx.conf", "-e", self.home / "error.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        until(10, "nginx to listen", lambda: can_connect(port))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def can_connect(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


def until(seconds, what, condition, pause=0.05):
    """The first true value of `condition`, or `Failed` after so many seconds: a limit for a hang, not a measurement."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)


class Board:
    """A board with its state in `folder/name`. `start` it as often as needed."""

    def __init__(
        self, program, folder, url, root, name="board", poll_seconds=1, display=("--headless", "640x360"), env=None,
        may_interrupt=True, more="",
    ):
        self.program = pathlib.Path(program).resolve()
        self.folder, self.name = folder, name
        self.state = folder / name
        self.config = folder / f"{name}.toml"
        self.log = folder / f"{name}.log"
        self.display, self.env = list(display), {**os.environ, **(env or {})}
        self.process = None
        self.config.write_text(
            f'name = "{name}"\nstate = "{self.state}"\n\n[[feed]]\nname = "xa"\nurl = "{url}"\n'
            f'root = "{root}"\nmay_interrupt = {str(may_interrupt).lower()}\n{more}'
        )
        # The command line takes what a configuration may not say: a test cannot wait for five seconds.
        self.poll = ["--poll", str(poll_seconds)]

    def start(self):
        with self.log.open("ab") as log:
            # A session of its own, so that what it leaves behind can be found.
            self.process = subprocess.Popen(
                [self.program, "play", "--config", self.config, *self.poll, *self.display],
                cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
        return self

    def status(self):
        """What `status --json` says, or None while nobody answers."""
        done = subprocess.run(
            [self.program, "status", "--state", self.state, "--json"], capture_output=True, stdin=subprocess.DEVNULL, timeout=30
        )
        if done.returncode != 0:
            return None
        status = json.loads(done.stdout)
        # Not the answer of one that was just killed.
        return status if self.process is None or status["pid"] == self.process.pid else None

    def wait(self, what, condition, seconds=30):
        """The first status that meets the condition."""

        def met():
            if self.process is not None and self.process.poll() is not None:
                raise Failed(f"the board ended by itself ({self.process.returncode}) while waiting for {what}: {self.last_words()}")
            status = self.status()
            return status if status and condition(status) else None

        return until(seconds, what, met)

    def wait_for_notice(self, seconds=30):
        return self.wait("a notice in the main zone", lambda s: main_kind(s) == "notice", seconds)

    def kill(self):
        """SIGKILL to the board alone; its children must notice by themselves."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("the board did not end within 10 s of SIGTERM") from None

    def last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "(it said nothing)"


def main_zone(status):
    return next((zone for zone in status["on_air"] if zone["zone"] == "main"), None)


def main_kind(status):
    zone = main_zone(status)
    return zone and zone["kind"]


def session_members(session):
    """Processes that still live in a session."""
    members = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                members.append(int(entry))
    return members
