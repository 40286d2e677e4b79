"""An X server that shows to nobody, what is on its screen, and windows of plain colour: for the scripts beside this file.

Speaks the X protocol, version 11, itself: `GetImage` of a line takes a fifth of a millisecond, so that a screen can be
looked at two hundred times a second without a program that encodes it.
"""

import contextlib
import os
import socket
import struct
import subprocess
import threading
import time

from board import Failed, check, until

# Between two looks, in seconds: 200 a second, less what a look takes.
PAUSE_S = 0.0045
COLUMNS = 8
# Of 255. Between them a square is neither: a picture crosses another.
DARK_MAX, LIGHT_MIN, BLACK = 80, 176, 24


@contextlib.contextmanager
def x_server(folder, name, size):
    """Xvfb with one screen of this size; gives its number."""
    written, number = os.pipe()[::-1]
    with (folder / f"{name}.log").open("wb") as log:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(written), "-screen", "0", f"{size[0]}x{size[1]}x24", "-nocursor", "-nolisten", "tcp"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[written],
        )  # fmt: skip
    os.close(written)
    try:
        with os.fdopen(number) as said:
            line = said.readline()
        check(line.strip(), f"Xvfb did not start; see {name}.log")
        yield int(line)
    finally:
        server.terminate()
        server.wait(10)


class Connection:
    """To an X server on this machine, in the byte order of this machine's pixels: little-endian."""

    def __init__(self, number):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"/tmp/.X11-unix/X{number}")
        self.socket.sendall(struct.pack("<ccHHHHxx", b"l", b"\0", 11, 0, 0, 0))
        status, length = struct.unpack("<B5xH", self.read(8))
        setup = self.read(length * 4)
        check(status == 1, f"the X server :{number} refuses: {setup!r}")
        self.ids = struct.unpack_from("<I", setup, 4)[0]
        vendor, formats = struct.unpack_from("<H", setup, 16)[0], setup[21]
        self.root = struct.unpack_from("<I", setup, 32 + (vendor + 3) // 4 * 4 + 8 * formats)[0]

    def read(self, length):
        parts = b""
        while len(parts) < length:
            part = self.socket.recv(length - len(parts))
            check(part, "the X server went away")
            parts += part
        return parts

    def image(self, x, y, width, height):
        """Pixels of the screen, four bytes each: blue, green, red, and one that means nothing."""
        self.socket.sendall(struct.pack("<BBHIhhHHI", 73, 2, 5, self.root, x, y, width, height, 0xFFFFFFFF))
        while True:
            head = self.read(32)
            # A new keyboard is told to every client, asked or not.
            if head[0] > 1:
                continue
            check(head[0] == 1, f"GetImage: error {head[1]}")
            return self.read(struct.unpack_from("<I", head, 4)[0] * 4)

    def window(self, width, height):
        """A window over all others; to be coloured with `paint`."""
        window = self.ids
        # Background pixel, and override-redirect.
        self.socket.sendall(struct.pack("<BBHIIhhHHHHIIII", 1, 0, 10, window, self.root, 0, 0, width, height, 0, 1, 0, 0x202, 0, 1))
        self.socket.sendall(struct.pack("<BxHI", 8, 2, window))
        return window

    def paint(self, window, rgb):
        self.socket.sendall(struct.pack("<BxHIII", 2, 4, window, 0x2, rgb) + struct.pack("<BBHIhhHH", 61, 0, 4, window, 0, 0, 0, 0))

    def unmap(self, window):
        self.socket.sendall(struct.pack("<BxHI", 10, 2, window))

    def close(self):
        self.socket.close()


def number_of(line):
    """What a line through a test card's squares writes; `None` where a square is neither dark nor light."""
    number, width = 0, len(line) // 4
    for column in range(COLUMNS):
        green = line[(width * (2 * column + 1) // (2 * COLUMNS)) * 4 + 1]
        if DARK_MAX < green < LIGHT_MIN:
            return None
        number = number << 1 | (green >= LIGHT_MIN)
    return number


class Watcher(threading.Thread):
    """Looks at the squares of test cards on one screen or more, at the same instants, until it is told to end.

    `squares`: the line that goes through them, and its length; `column`: one that goes through colours, or nothing.
    """

    def __init__(self, displays, squares, column=None):
        super().__init__(daemon=True)
        self.connections = [Connection(number) for number in displays]
        self.squares, self.column = squares, column
        self.finish, self.problem = threading.Event(), None
        # Seconds of the monotonic clock of each look, and what each screen showed: a number, or `None`.
        self.looks, self.black = [], []

    def run(self):
        y, width = self.squares
        try:
            while not self.finish.is_set():
                began = time.monotonic()
                lines = [connection.image(0, y, width, 1) for connection in self.connections]
                self.looks.append(((began + time.monotonic()) / 2, *map(number_of, lines)))
                if self.column:
                    x, height = self.column
                    for line, connection in zip(lines, self.connections):
                        # Zeros where there is no colour.
                        down = connection.image(x, 0, 1, height)
                        if max(max(line[i::4]) for i in range(3)) < BLACK and max(max(down[i::4]) for i in range(3)) < BLACK:
                            self.black.append(began)
                time.sleep(PAUSE_S)
        except (Failed, OSError) as problem:
            self.problem = problem

    def stop(self):
        self.finish.set()
        self.join(10)
        for connection in self.connections:
            connection.close()
        check(self.problem is None, f"the screen could not be watched: {self.problem}")


@contextlib.contextmanager
def watching(*arguments, **more):
    watcher = Watcher(*arguments, **more)
    watcher.start()
    try:
        until(10, "a first look at the screen", lambda: watcher.looks or watcher.problem)
        yield watcher
    finally:
        watcher.stop()


def runs(looks, screen=0):
    """[number, first look at it, look before that, last look at it] in turn, in seconds; what was not read is left out."""
    found, before = [], looks[0][0]
    for at, *numbers in looks:
        number = numbers[screen]
        if number is not None:
            if not found or found[-1][0] != number:
                found.append([number, at, before, at])
            found[-1][3] = at
        before = at
    return found
