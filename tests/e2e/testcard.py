"""A test card, and what of it is seen on a page: for the scripts that look at pictures and films.

A card is a grid of plain colours over a row of eight squares that write the picture's number in black and white. Where each
colour must be seen, and which, follows from the size and the turn of what was published: nothing is decoded a second
time, so that no mistake of a decoder's is its own judge. `ffmpeg` makes the files and reads the program's PNGs.
"""

import dataclasses
import functools
import pathlib
import struct
import subprocess
import zlib

from board import check

COLUMNS, ROWS = 8, 5
# Greys show a range that is wrong, middling colours a matrix; full ones hide both, and show what is clipped.
COLOURS = (
    [(g, g, g) for g in (0, 255, 32, 64, 96, 128, 160, 208)]
    + [(192, 0, 0), (0, 160, 0), (0, 0, 192), (192, 192, 0), (0, 160, 160), (160, 0, 160), (224, 112, 32), (96, 64, 160)]
    + [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (255, 255, 255), (0, 0, 0)]
    + [(224, 172, 140), (120, 80, 60), (200, 220, 240), (60, 100, 60), (240, 240, 200), (40, 40, 80), (180, 140, 200), (128, 160, 128)]
)
DARK, LIGHT = (16, 16, 16), (240, 240, 240)
# The page that is looked at, and a moment at which turns of a minute begin.
PAGE = (640, 360)
MOMENT = "2026-11-28T08:00:{:06.3f}+07:00"
# As the layout has it: most of a film's side that may be cut off for it to fill its place.
CUT_MAX = 0.17
# (a, b, c, d) of a display matrix, ISO/IEC 14496-12, 6.2.2, for the values of EXIF's orientation.
TURNS = {
    1: (1, 0, 0, 1), 2: (-1, 0, 0, 1), 3: (-1, 0, 0, -1), 4: (1, 0, 0, -1),
    5: (0, 1, 1, 0), 6: (0, 1, -1, 0), 7: (0, -1, -1, 0), 8: (0, -1, 1, 0),
}  # fmt: skip


def ffmpeg(*arguments, data=None, folder=None):
    """Runs `ffmpeg`; what it writes on standard output."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *(() if data is not None else ("-nostdin",)), *map(str, arguments)],
        input=data, stdin=None if data is not None else subprocess.DEVNULL, capture_output=True, cwd=folder, timeout=300,
    )
    check(done.returncode == 0, f"ffmpeg {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace').strip()[-400:]}")
    return done.stdout


def cells(number, colours=None):
    """The colours of a card, row by row."""
    colours = colours or COLOURS
    # After the card's own colours a list may say how its dark and light are seen.
    dark, light = colours[len(COLOURS) :] or (DARK, LIGHT)
    return [*colours[: len(COLOURS)], *(light if number >> bit & 1 else dark for bit in range(COLUMNS - 1, -1, -1))]


@functools.lru_cache(256)
def card(width, height, number=0):
    """A card as RGB, three bytes a pixel."""
    colours, out = cells(number), []
    edge = [width * column // COLUMNS for column in range(COLUMNS + 1)]
    for row in range(ROWS):
        line = b"".join(
            bytes(colours[row * COLUMNS + column]) * (edge[column + 1] - edge[column]) for column in range(COLUMNS)
        )
        out.append(line * (height * (row + 1) // ROWS - height * row // ROWS))
    return b"".join(out)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(path, width, height, pixels, colour=2, depth=8, extra=()):
    """Writes a PNG. `colour` and `depth` as in its IHDR, `extra`: chunks before the data."""
    stride = len(pixels) // height
    lines = b"".join(b"\0" + pixels[y * stride : (y + 1) * stride] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = b"".join(chunk(kind, data) for kind, data in extra)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    )


@dataclasses.dataclass
class Seen:
    """A page as RGB."""

    pixels: bytes
    width: int
    height: int

    @staticmethod
    def of(path):
        raw = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
        check(len(raw) == PAGE[0] * PAGE[1] * 3, f"`{path}` has another size than {PAGE[0]}x{PAGE[1]}")
        return Seen(raw, *PAGE)

    def at(self, x, y):
        x, y = min(max(int(x), 0), self.width - 1), min(max(int(y), 0), self.height - 1)
        return tuple(self.pixels[(y * self.width + x) * 3 :][:3])


def placed(size, place, is_film):
    """Left, top, width and height of a picture of this size within, or over the edges of, a place that begins at the top left."""
    scales = place[0] / size[0], place[1] / size[1]
    cover = max(scales)
    kept = min(place[0] / (size[0] * cover), place[1] / (size[1] * cover))
    scale = cover if is_film and 1 - kept <= CUT_MAX else min(scales)
    width, height = size[0] * scale, size[1] * scale
    return (place[0] - width) / 2, (place[1] - height) / 2, width, height


@dataclasses.dataclass
class Found:
    """What is seen of a card."""

    # By cell: its mean colour, and by how much its pixels differ among themselves.
    means: list
    spreads: list
    number: int


def look(seen, rect, turn=(1, 0, 0, 1), place=None):
    """Finds a card that fills `rect` after it was turned; cells outside `place` are `None`."""
    left, top, width, height = rect
    a, b, c, d = turn
    means, spreads = [], []
    for row in range(ROWS):
        for column in range(COLUMNS):
            points = []
            # The middle of a cell: its edges are mixed with their neighbours in every codec.
            for across in (0.3, 0.4, 0.5, 0.6, 0.7):
                for down in (0.3, 0.4, 0.5, 0.6, 0.7):
                    u, v = (column + across) / COLUMNS, (row + down) / ROWS
                    x, y = a * u + c * v + (a + c < 0), b * u + d * v + (b + d < 0)
                    points.append((left + x * width, top + y * height))
            if place and not all(0 <= x < place[0] and 0 <= y < place[1] for x, y in points):
                means.append(None)
                spreads.append(None)
                continue
            colours = [seen.at(x, y) for x, y in points]
            mean = tuple(sum(channel) / len(colours) for channel in zip(*colours))
            means.append(mean)
            spreads.append(max(abs(value - mean[i]) for colour in colours for i, value in enumerate(colour)))
    bits = means[-COLUMNS:]
    number = sum(1 << (COLUMNS - 1 - i) for i, mean in enumerate(bits) if mean and sum(mean) > 384)
    return Found(means, spreads, number)


def deviation(found, expected):
    """The largest difference of a cell's mean in any channel, and the cell in words."""
    worst, words = 0.0, ""
    for index, (mean, colour) in enumerate(zip(found.means, expected)):
        if mean is None:
            continue
        by = max(abs(value - wanted) for value, wanted in zip(mean, colour))
        if by > worst:
            worst, words = by, f"({', '.join(f'{value:.0f}' for value in colour)}) is seen as ({', '.join(f'{value:.0f}' for value in mean)})"
    return worst, words


class Studio:
    """Draws pages of folders with one file, with the program's `render`."""

    def __init__(self, program, folder):
        self.program, self.folder = pathlib.Path(program).resolve(), folder
        self.place = self._place()

    def _place(self):
        """How much of the page a film or picture alone has: the strip is below."""
        home = self.folder / "place"
        home.mkdir(exist_ok=True)
        png(home / "m.png", 640, 304, b"\xff\0\xff" * 640 * 304)
        page, said = self.page(home, "image", "m.png", 0)
        check(page, f"a plain picture is refused: {said}")
        height = next(y for y in range(PAGE[1]) if page.at(PAGE[0] // 2, y) != (255, 0, 255))
        check(height > PAGE[1] // 2, f"a plain picture has only {height} lines")
        return PAGE[0], height

    def page(self, home, key, name, seconds, more="", theme="day"):
        """The page at so many seconds into a turn of a minute, or `None` with what was said."""
        # Files of one folder are drawn by several threads.
        work = home / f"{key}-{pathlib.Path(name).stem}"
        work.mkdir(exist_ok=True)
        link = work / name
        if not link.exists():
            link.hardlink_to(home / name)
        (work / "programme.toml").write_text(f'title = "Xã"\n[[notice]]\ntitle = "T"\nseconds = 60\n{key} = "{name}"\n{more}')
        out = work / "page.png"
        out.unlink(missing_ok=True)
        done = subprocess.run(
            [self.program, "render", work, "--size", f"{PAGE[0]}x{PAGE[1]}", "--theme", theme,
             "--at", MOMENT.format(seconds), "--out", out],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, cwd=self.folder, env={"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        if done.returncode != 0 or not out.exists():
            return None, done.stderr.strip() or f"`render` ended with {done.returncode}"
        return Seen.of(out), done.stderr.strip()
