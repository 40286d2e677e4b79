#!/usr/bin/env python3
"""Films, pictures and sounds of every kind that people bring: each is published alone, and shown as it was made.

    corpus.py BANGTIN [--all] [--only NAME] [--keep FOLDER]

Each file is made here from a test card whose colours are known (`testcard.py`), so what must be seen at a moment is
reckoned and not decoded by another program; deinterlaced films alone are held against FFmpeg's own `bwdif`. A cell's mean
colour may differ in any channel by the tolerance that its kind has, and its pixels among themselves by twice that. The
number that the card shows must be that of the moment. Lengths are compared with what is published. `hearing.py`
listens to the sounds.

One line a file; exit 1 if one fails. Without --all, one of each kind: a minute.
"""

import argparse
import concurrent.futures
import dataclasses
import fractions
import json
import math
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time
import traceback
import typing
import zlib

from board import Failed, Feed, check, workplace
from testcard import COLOURS, DARK, LIGHT, TURNS, Studio, card, cells, deviation, ffmpeg, look, placed, png

# By how many levels of 255 a cell's mean colour may differ, by kind.
EXACT = 3  # lossless, RGB
EXACT_YUV = 5  # lossless after 8 bit YCbCr: two roundings
LOSSY = 8
COARSE = 14  # palettes of few colours, and codecs of the nineties
SIZE = (320, 152)
RATE, PICTURES = 25, 30


@dataclasses.dataclass
class Case:
    name: str
    # Makes the file in a folder, and gives its name.
    make: typing.Callable
    key: str = "video"
    # Each: seconds into the turn, and what judges the page: returns (faults, deviation).
    looks: list = dataclasses.field(default_factory=list)
    # Of the file, in seconds, and by how much it may differ.
    length: float | None = None
    slack: float = 0.06
    # Words of the sentence with which it must be refused.
    refused: str | None = None
    # It may be refused as well as shown.
    may_refuse: bool = False
    quick: bool = False
    # What `hearing.py` must hear of it: from when on, for how long, in seconds, and its pitch in Hz.
    heard: tuple | None = None


CASES: list[Case] = []


def add(*arguments, **more):
    CASES.append(Case(*arguments, **more))


def shows(number, tolerance=LOSSY, seen=SIZE, turn=1, is_film=True, colours=None, spread=None):
    """Judges a page by the card that it must show."""

    def judge(page, place):
        found = look(page, placed(seen, place, is_film), turn if isinstance(turn, tuple) else TURNS[turn], place)
        if found.number != number:
            blank = max(max(mean) for mean in found.means if mean) < 24
            return [f"{'black' if blank else f'picture {found.number}'} instead of picture {number}"], 255
        worst, words = deviation(found, cells(number, colours))
        faults = [f"off by {worst:.0f} levels: {words}"] if worst > tolerance else []
        spreads = max(value for value in found.spreads if value is not None)
        limit = tolerance * 2 if spread is None else spread
        if not faults and spreads > limit:
            faults.append(f"its plain colours differ by {spreads:.0f} levels")
        return faults, worst

    return judge


def frames(size, count, first=0):
    return b"".join(card(*size, number) for number in range(first, first + count))


def encode(folder, name, arguments, size=SIZE, count=PICTURES, rate=RATE, first=0, more=()):
    """A film of numbered cards; `more`: further inputs."""
    ffmpeg(
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", rate, "-i", "-", *more,
        *arguments.split(), folder / name, data=frames(size, count, first),
    )  # fmt: skip
    return name


def near(number, by, **more):
    """A picture, or one of so many before and after it: containers round times, and sound may begin before the pictures."""

    def judge(page, place):
        tried = [shows(number + step, **more)(page, place) for step in sorted(range(-by, by + 1), key=abs)]
        return next((result for result in tried if not result[0]), tried[0])

    return judge


def moments(count, rate, **more):
    """Looks at the third picture, the last, and what stands after it."""
    third, last, by = min(2, count - 1), count - 1, 1 if rate > 20 else 0
    return [
        (float((third + 0.5) / rate), near(third, by, **more)),
        (float((last + 0.5) / rate), near(last, by, **more)),
        (float(count / rate + 0.7), shows(last, **more)),
    ]


def film(
    name, arguments, extension, tolerance=LOSSY, size=SIZE, seen=None, turn=1, count=PICTURES, rate=RATE, key="video",
    quick=False, after=None, more=(), spread=None, may_refuse=False, length=None, slack=0.06, colours=None, heard=None,
):
    def make(folder):
        encode(folder, f"p.{extension}", arguments, size, count, rate, more=more)
        if after:
            after(folder / f"p.{extension}")
        return f"p.{extension}"

    looks = moments(count, rate, tolerance=tolerance, seen=seen or size, turn=turn, spread=spread, colours=colours)
    length = float(count / rate) if length is None else length
    add(f"film: {name}", make, key, looks, length, slack, quick=quick, may_refuse=may_refuse, heard=heard)


X264 = "-c:v libx264 -preset ultrafast -crf 8 -bf 2"
YUV = "-pix_fmt yuv420p"
TONE = ("-f", "lavfi", "-i", "sine=f=440:d=60:sample_rate=48000")


# ---- codecs and containers ----

film("H.264 in MP4", f"{X264} {YUV}", "mp4", quick=True)
film("H.264 and AAC in MP4", f"{X264} {YUV} -c:a aac -shortest", "mp4", more=TONE, heard=(0, 1.2, 440))
film("H.264 in MOV", f"{X264} {YUV}", "mov")
film("H.264 in MKV", f"{X264} {YUV}", "mkv", quick=True)
film("H.264 and AAC in TS", f"{X264} {YUV} -c:a aac -shortest", "ts", more=TONE, quick=True, slack=0.1, heard=(0, 1.2, 440))
film("H.264 in FLV", f"{X264} {YUV}", "flv")
film("H.264 in AVI", f"{X264} -bf 0 {YUV}", "avi")
film("H.264 in 3GP", f"{X264} {YUV}", "3gp")
film("H.264 in fragments", f"{X264} {YUV} -g 10 -movflags frag_keyframe+empty_moov", "mp4")
film("H.264 with its index in front", f"{X264} {YUV} -movflags faststart", "mp4")
film("HEVC in MP4", f"-c:v libx265 -preset ultrafast -crf 8 -x265-params log-level=none {YUV}", "mp4", quick=True)
film("HEVC of 10 bits in MKV", "-c:v libx265 -preset ultrafast -crf 8 -x265-params log-level=none -pix_fmt yuv420p10le", "mkv")
film("HEVC of 12 bits in MKV", "-c:v libx265 -preset ultrafast -crf 8 -x265-params log-level=none -pix_fmt yuv420p12le", "mkv")
film("VP8 in WebM", f"-c:v libvpx -deadline realtime -cpu-used 8 -b:v 4M -qmax 10 {YUV}", "webm", quick=True)
film("VP9 in WebM", f"-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 4M -qmax 10 {YUV}", "webm", quick=True)
film("VP9 of 4:4:4 in MKV", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lossless 1 -pix_fmt yuv444p", "mkv", EXACT_YUV)
film("AV1 in MP4", f"-c:v libaom-av1 -cpu-used 8 -usage realtime -crf 10 {YUV}", "mp4", quick=True)
film("AV1 of 10 bits in MKV", "-c:v libaom-av1 -cpu-used 8 -usage realtime -crf 10 -pix_fmt yuv420p10le", "mkv")
film("MPEG-1", "-c:v mpeg1video -q:v 2", "mpg", quick=True, slack=0.1)
film("MPEG-2 in MPG", "-c:v mpeg2video -q:v 2 -bf 2", "mpg", slack=0.1)
film("MPEG-2 in TS", "-c:v mpeg2video -q:v 2 -bf 2", "ts", slack=0.1)
film("MPEG-4 in MP4", "-c:v mpeg4 -q:v 2 -bf 2", "mp4")
film("MPEG-4 in AVI", "-c:v mpeg4 -q:v 2 -vtag XVID", "avi", quick=True)
film("MS-MPEG-4 in AVI", "-c:v msmpeg4 -q:v 2", "avi")
film("H.263 in 3GP", "-c:v h263 -q:v 2", "3gp", size=(352, 288), seen=(384, 288))
film("MJPEG in AVI", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p", "avi", quick=True)
film("MJPEG of 4:2:2 in MOV", "-c:v mjpeg -q:v 2 -pix_fmt yuvj422p", "mov")
film("ProRes 422", "-c:v prores_ks -profile:v 2", "mov", quick=True)
film("ProRes 4444", "-c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le", "mov")
film("DNxHR", "-vf scale=out_color_matrix=bt709 -c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p", "mov", size=(640, 304))
film("FFV1", "-c:v ffv1 -pix_fmt yuv444p", "mkv", EXACT_YUV)
film("FFV1 RGB", "-c:v ffv1 -pix_fmt bgr0", "mkv", EXACT)
film("Theora in OGG", "-c:v libtheora -q:v 10", "ogg")
film("WMV 2 in ASF", "-c:v wmv2 -q:v 2", "asf", quick=True, slack=0.1)
film("WMV 1 in AVI", "-c:v wmv1 -q:v 2", "avi")
film("Sorenson H.263 in FLV", "-c:v flv -q:v 2", "flv")
film("DV", "-s 720x576 -aspect 4:3 -c:v dvvideo -pix_fmt yuv420p", "avi", COARSE, (720, 576), (768, 576))
film("DV alone", "-s 720x576 -aspect 4:3 -c:v dvvideo -pix_fmt yuv420p", "dv", COARSE, (720, 576), (768, 576), may_refuse=True)
film("DV of 4:1:1", "-s 720x480 -aspect 4:3 -c:v dvvideo -pix_fmt yuv411p", "avi", COARSE, (720, 480), (640, 480),
     rate=fractions.Fraction(30000, 1001), slack=0.1)  # fmt: skip
film("Huffyuv", "-c:v huffyuv -pix_fmt yuv422p", "avi", EXACT_YUV)
film("Ut Video RGB", "-c:v utvideo -pix_fmt gbrp", "avi", EXACT)
film("QuickTime RLE", "-c:v qtrle -pix_fmt rgb24", "mov", EXACT, quick=True)
film("QuickTime RLE with transparency", "-c:v qtrle -pix_fmt argb", "mov", EXACT)
film("PNG in MOV", "-c:v png -pix_fmt rgb24", "mov", EXACT)
film("Cinepak", "-c:v cinepak", "mov", 24, size=(160, 76), count=8, spread=60)
film("CineForm", "-c:v cfhd -pix_fmt yuv422p10le", "mov")
film("raw YUV in AVI", "-c:v rawvideo -pix_fmt yuv420p", "avi", EXACT_YUV, quick=True)
film("raw YUYV in AVI", "-c:v rawvideo -pix_fmt yuyv422", "avi", EXACT_YUV)
film("raw UYVY in MOV", "-c:v rawvideo -pix_fmt uyvy422", "mov", EXACT_YUV)
film("raw RGB in AVI", "-c:v rawvideo -pix_fmt bgr24", "avi", EXACT)
film("raw 4:1:1 in NUT", "-c:v ffv1 -pix_fmt yuv411p", "mkv", EXACT_YUV)
film("raw 4:1:0", "-c:v ffv1 -pix_fmt yuv410p", "mkv", EXACT_YUV)
film("10 bits of 4:2:2", "-c:v ffv1 -pix_fmt yuv422p10le", "mkv", EXACT_YUV)
film("16 bits of 4:4:4", "-c:v ffv1 -pix_fmt yuv444p16le", "mkv", EXACT_YUV)
film("H.264 of 4:2:2", f"{X264} -pix_fmt yuv422p", "mp4")
film("H.264 of 4:4:4", f"{X264} -pix_fmt yuv444p", "mp4")
film("H.264 of 10 bits", f"{X264} -pix_fmt yuv420p10le", "mp4", quick=True)
film("H.264 of 4:2:2, 10 bits", f"{X264} -pix_fmt yuv422p10le", "mp4")


def greys(number):
    """A card as greys: BT.601's weights."""
    return [(round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in cells(number)][: len(COLOURS)]


film("grey H.264", f"{X264} -pix_fmt gray", "mp4", colours=greys(0))
film("grey FFV1 of 10 bits", "-c:v ffv1 -pix_fmt gray10le", "mkv", EXACT_YUV, colours=greys(0))


# ---- sizes ----

film("odd size", "-c:v ffv1 -pix_fmt yuv420p", "mkv", EXACT_YUV, (321, 241), quick=True)
film("odd size, VP9", f"-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -qmax 10 -b:v 4M {YUV}", "webm", size=(321, 241))
film("odd size, H.264 of 4:4:4", f"{X264} -pix_fmt yuv444p", "mp4", size=(321, 241))
film("tiny", f"{X264} {YUV}", "mp4", size=(64, 30))
film("long and thin", f"{X264} -qp 0 -pix_fmt yuv444p", "mp4", size=(640, 40))
film("high and narrow", f"{X264} -pix_fmt yuv444p", "mp4", size=(160, 640))
film("square", f"{X264} {YUV}", "mp4", size=(240, 240))
film("upright", f"{X264} {YUV}", "mp4", size=(152, 320))


# ---- colours ----


def coloured(name, matrix, limited, depth, tags=True, size=SIZE, quick=False, codec="h264"):
    """Converted by zimg, which shares no code with libswscale."""
    zimg = {"601": "170m", "709": "709", "2020": "2020_ncl"}[matrix]
    space = {"601": "smpte170m", "709": "bt709", "2020": "bt2020nc"}[matrix]
    pixel = "yuv420p" if depth == 8 else "yuv420p10le"
    encoder = X264 if codec == "h264" else "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lossless 1"
    arguments = (
        f"-vf format=gbrp,zscale=matrixin=gbr:rangein=full:matrix={zimg}:range={'limited' if limited else 'full'},format={pixel} {encoder}"
        f" -color_range {'tv' if limited else 'pc'}"
    )
    if tags:
        arguments += f" -colorspace {space} -color_primaries bt709 -color_trc bt709"
    film(f"colours: {name}", arguments, "mp4" if codec == "h264" else "webm", 5, size, quick=quick, count=10, rate=10)


for matrix in ("601", "709", "2020"):
    for limited in (True, False):
        for depth in (8, 10):
            coloured(
                f"BT.{matrix}, {'limited' if limited else 'full'} range, {depth} bits", matrix, limited, depth,
                quick=(matrix, limited, depth) in (("709", True, 8), ("601", False, 8), ("709", False, 10), ("2020", True, 10)),
            )  # fmt: skip
coloured("BT.709, full range, VP9", "709", False, 8, codec="vp9")
coloured("BT.601 untagged, 152 lines", "601", True, 8, tags=False)
coloured("BT.709 untagged, 720 lines", "709", True, 8, tags=False, size=(960, 720), quick=True)
coloured("BT.601 tagged, 720 lines", "601", True, 8, size=(960, 720))

GIF = "-filter_complex split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none"
for lines in (480, 720):
    large = dict(size=(lines * 4 // 3, lines), count=8, rate=10, quick=lines == 720)
    film(f"RGB H.264 of {lines} lines", "-c:v libx264rgb -preset ultrafast -crf 2", "mp4", 5, **large)
    film(f"RGB GIF of {lines} lines", GIF, "gif", 6, **large)
    film(f"RGB QuickTime RLE of {lines} lines", "-c:v qtrle -pix_fmt rgb24", "mov", EXACT, **large)
    film(f"RGB VP9 of {lines} lines", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lossless 1 -pix_fmt gbrp", "webm", EXACT, **large)


def hue(colour):
    r, g, b = colour
    return math.degrees(math.atan2(math.sqrt(3) * (g - b), 2 * r - g - b)), max(colour) - min(colour)


def tone_mapped(number):
    """Reference white between 200 and 255; greys in order, and grey; colours of their own hue, and not pale."""

    def judge(page, place):
        found = look(page, placed(SIZE, place, True), place=place)
        faults = [] if found.number == number else [f"picture {found.number} instead of picture {number}"]
        means, white = found.means, found.means[1]
        if not 200 <= min(white) <= max(white) <= 255:
            faults.append(f"white is ({', '.join(f'{value:.0f}' for value in white)})")
        greys = sorted((COLOURS[i][0], sum(means[i]) / 3, max(means[i]) - min(means[i])) for i in range(8))
        if any(after[1] <= before[1] for before, after in zip(greys, greys[1:])):
            faults.append(f"greys are not in order: {', '.join(f'{grey[1]:.0f}' for grey in greys)}")
        if max(grey[2] for grey in greys) > 10:
            faults.append("greys have a colour")
        worst, words = 0, ""
        for colour, mean in zip(COLOURS[8:24], means[8:24]):
            (angle, chroma), (seen, seen_chroma) = hue(colour), hue(mean)
            if chroma < 100:
                continue
            turned = abs((seen - angle + 180) % 360 - 180)
            if seen_chroma < 0.5 * chroma:
                faults.append(f"{colour} is pale: ({', '.join(f'{value:.0f}' for value in mean)})")
            elif turned > worst:
                worst, words = turned, f"the hue of {colour} is turned by {turned:.0f} degrees"
        if worst > 20:
            faults.append(words)
        return faults[:3], worst

    return judge


def hdr(name, transfer, quick=False):
    zimg = {"pq": "smpte2084", "hlg": "arib-std-b67"}[transfer]
    arguments = (
        f"-vf format=gbrp,zscale=pin=709:tin=709:min=gbr:rin=full:p=2020:t={zimg}:m=2020_ncl:r=tv:npl=203,format=yuv420p10le"
        f" -colorspace bt2020nc -color_primaries bt2020 -color_trc {zimg} -color_range tv"
        " -c:v libx265 -preset ultrafast -crf 4 -x265-params log-level=none -tag:v hvc1"
    )

    def make(folder):
        return encode(folder, "p.mp4", arguments, count=10, rate=10)

    add(f"film: {name}", make, looks=[(0.25, tone_mapped(2)), (0.95, tone_mapped(9))], length=1.0, quick=quick)


hdr("colours: PQ (HDR10)", "pq", quick=True)
hdr("colours: HLG", "hlg", quick=True)


# ---- interlaced ----


def bars(field):
    """A bright bar on dark, eight pixels further with each field, in a size that is shown as it is."""
    line = bytearray(b"\x20\x20\x20" * 640)
    for left in (40, 240, 440):
        at = (left + 8 * field) % 600
        line[at * 3 : (at + 32) * 3] = b"\xe0\xe0\xe0" * 32
    return bytes(line)


def interlaced(name, arguments, extension, top_first, quick=False):
    size, count = (640, 304), 25

    def make(folder):
        woven = []
        for number in range(count):
            fields = bars(2 * number), bars(2 * number + 1)
            first, second = fields if top_first else fields[::-1]
            woven.append((first + second) * (size[1] // 2))
        order = 1 if top_first else 0
        ffmpeg(
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "640x304", "-r", RATE, "-i", "-", "-vf",
            f"scale=interl=1,format=yuv420p,setfield={'tff' if top_first else 'bff'}", *arguments.replace("ORDER", str(order)).split(),
            folder / f"p.{extension}", data=b"".join(woven),
        )  # fmt: skip
        ffmpeg("-i", folder / f"p.{extension}", "-vf", "bwdif=send_frame:-1:all,format=rgb24", "-f", "rawvideo", folder / "wanted.rgb")
        return f"p.{extension}"

    def combs(pixels, width, height):
        """How many of every thousand pixels are brighter, or darker, than both of the lines above and below by a quarter of all."""
        count, lines = 0, [pixels[y * width * 3 + 1 : (y + 1) * width * 3 : 3] for y in range(height)]
        for y in range(8, height - 8, 3):
            count += sum((b - a) * (b - c) > 2500 for a, b, c in zip(lines[y - 1], lines[y], lines[y + 1]))
        return 1000 * count / (width * len(range(8, height - 8, 3)))

    def judge(number):
        def judged(page, place, home):
            wanted = (home / "wanted.rgb").read_bytes()[number * 640 * 304 * 3 :][: 640 * 304 * 3]
            here = page.pixels[: 640 * place[1] * 3]
            comb, most = combs(here, 640, 304), combs(wanted, 640, 304) + 2
            apart = sum(abs(a - b) for a, b in zip(here[1::30], wanted[1::30])) / (len(wanted) // 30)
            faults = [f"combs: {comb:.0f} of 1000 pixels, {most - 2:.0f} with bwdif"] if comb > most else []
            if apart > 8:
                faults.append(f"{apart:.1f} levels from bwdif on average")
            return faults, apart

        judged.needs_home = True
        return judged

    looks = [((number + 0.5) / RATE, judge(number)) for number in (8, 20)]
    add(f"film: interlaced, {name}", make, looks=looks, length=1.0, slack=0.1, quick=quick)


X264I = "-c:v libx264 -preset veryfast -crf 10 -flags +ildct+ilme"
interlaced("H.264, upper field first", f"{X264I} -x264-params tff=1", "mp4", True, quick=True)
interlaced("H.264, lower field first", f"{X264I} -x264-params bff=1", "mp4", False)
interlaced("MPEG-2, upper field first", "-c:v mpeg2video -q:v 2 -flags +ildct+ilme -top 1", "mpg", True)
interlaced("MPEG-2, lower field first", "-c:v mpeg2video -q:v 2 -flags +ildct+ilme -top 0", "mpg", False, quick=True)
interlaced("MPEG-2 in TS", "-c:v mpeg2video -q:v 2 -flags +ildct+ilme -top 1", "ts", True)


# ---- upright and in shape ----


def with_matrix(turn, size):
    """Writes a display matrix into the track's header (ISO/IEC 14496-12, 8.3.2)."""

    def write(path):
        film = bytearray(path.read_bytes())
        at = film.index(b"tkhd") + 4 + 40
        a, b, c, d = turn
        x, y = (-min(0, a) * size[0] - min(0, c) * size[1]), (-min(0, b) * size[0] - min(0, d) * size[1])
        one = 1 << 16
        struct.pack_into(">9i", film, at, a * one, b * one, 0, c * one, d * one, 0, x * one, y * one, 1 << 30)
        path.write_bytes(film)

    return write


for value, turn in TURNS.items():
    seen = SIZE if turn[0] else SIZE[::-1]
    film(f"display matrix {turn}", f"{X264} {YUV}", "mp4", turn=turn, seen=seen, after=with_matrix(turn, SIZE), quick=value in (2, 6))

film("display matrix in MOV", f"{X264} {YUV}", "mov", turn=8, seen=SIZE[::-1], after=with_matrix(TURNS[8], SIZE))
NARROW = (160, 152)
film("pixel aspect in the stream, H.264", f"-vf setsar=2 {X264} {YUV}", "mp4", size=NARROW, seen=SIZE, quick=True)
film("pixel aspect in the stream, MPEG-2", "-vf setdar=221/100 -c:v mpeg2video -q:v 2", "mpg", size=(160, 120), seen=(265, 120), slack=0.1)
film("pixel aspect and a quarter turn", f"-vf setsar=2 {X264} {YUV}", "mp4", size=NARROW, seen=SIZE[::-1], turn=6,
     after=with_matrix(TURNS[6], NARROW))  # fmt: skip


def in_container(extension, arguments):
    def make(folder):
        encode(folder, f"t.{extension}", arguments, NARROW)
        ffmpeg("-i", folder / f"t.{extension}", "-c", "copy", "-aspect", "320:152", folder / f"p.{extension}")
        return f"p.{extension}"

    return make


add("film: Matroska's DisplayWidth", in_container("mkv", f"{X264} {YUV}"), looks=moments(PICTURES, RATE), length=PICTURES / RATE, quick=True)
add("film: pasp of ProRes", in_container("mov", "-c:v prores_ks -profile:v 2"), looks=moments(PICTURES, RATE), length=PICTURES / RATE, quick=True)
add("film: pasp of MPEG-4", in_container("mp4", "-c:v mpeg4 -q:v 2"), looks=moments(PICTURES, RATE), length=PICTURES / RATE)


# ---- streams that change ----


def joined(parts):
    """Transport streams one after another: for each, where its clock begins, its size, and more arguments."""

    def make(folder):
        whole = b""
        for number, (offset, size, more) in enumerate(parts):
            name = f"part{number}.ts"
            encode(
                folder, name, f"-map 0:v -map 1:a {X264} -g 25 {YUV} -c:a aac -b:a 64k -shortest -output_ts_offset {offset} {more}",
                size, RATE, first=number * RATE, more=TONE,
            )  # fmt: skip
            whole += (folder / name).read_bytes()
        (folder / "p.ts").write_bytes(whole)
        return "p.ts"

    return make


def parts_look(parts):
    last = len(parts) * RATE - 1
    looks = []
    for number, (_, size, _) in enumerate(parts):
        # Beside a joint, sound and picture of the first do not end together: the second half of each is looked at.
        for picture in (number * RATE + 14, number * RATE + 22):
            looks.append(((picture + 0.5) / RATE, near(picture, 2, seen=size)))
    looks.append((len(parts) + 0.7, shows(last, seen=parts[-1][1])))
    return looks


for name, parts, quick in (
    ("an hour forwards", [(0, SIZE, ""), (3600, SIZE, "")], True),
    ("a minute forwards, three parts", [(0, SIZE, ""), (60, SIZE, ""), (90, SIZE, "")], False),
    ("backwards", [(0, SIZE, ""), (0, SIZE, "")], True),
    ("far backwards", [(5000, SIZE, ""), (10, SIZE, "")], False),
    ("over the end of its clock", [(95442, SIZE, ""), (95443, SIZE, "")], False),
    ("other PIDs", [(0, SIZE, ""), (1, SIZE, "-mpegts_start_pid 0x300")], False),
    ("other PIDs and an hour forwards", [(0, SIZE, ""), (3600, SIZE, "-mpegts_start_pid 0x300")], False),
    ("half the size", [(0, SIZE, ""), (1, (160, 76), "")], True),
    ("upright after a landscape", [(0, SIZE, ""), (1, (152, 320), "")], False),
    ("half the size, and an hour forwards", [(0, SIZE, ""), (3600, (160, 76), "")], False),
):
    add(f"film: TS joined: {name}", joined(parts), looks=parts_look(parts), length=float(len(parts)), slack=0.2, quick=quick)


def two_sizes(folder):
    for number, size in enumerate((SIZE, (160, 76))):
        encode(folder, f"part{number}.h264", f"{X264} {YUV} -bf 0", size, RATE, first=number * RATE)
    (folder / "both.h264").write_bytes(b"".join((folder / f"part{number}.h264").read_bytes() for number in (0, 1)))
    ffmpeg("-r", RATE, "-i", folder / "both.h264", "-c", "copy", folder / "p.mkv")
    return "p.mkv"


add("film: its size changes in MKV", two_sizes, length=2.0, slack=0.1,
    looks=[(0.5, near(12, 2)), (1.5, near(37, 2, seen=(160, 76))), (2.7, shows(49, seen=(160, 76)))])  # fmt: skip


# ---- sound in films ----

LONG = dict(rate=5, size=(64, 30))
for extension in ("ts", "mkv", "mp4"):
    for late in (2, 8, 20):
        film(
            f"sound begins {late} s late, {extension.upper()}", f"-map 0:v -map 1:a {X264} {YUV} -c:a aac -t {late + 2}", extension,
            count=(late + 2) * 5, more=("-itsoffset", late, *TONE), slack=0.25, heard=(late, 2, 440), quick=late == 8 and extension == "ts", **LONG,
        )  # fmt: skip
film("several sound tracks", f"-map 0:v -map 1:a -map 2:a {X264} {YUV} -c:a aac -shortest", "mp4",
     more=(*TONE, "-f", "lavfi", "-i", "sine=f=880:d=60"), quick=True, heard=(0, 1.2, 440))  # fmt: skip
film("several sound tracks in MKV", f"-map 0:v -map 1:a -map 2:a {X264} {YUV} -c:a:0 aac -c:a:1 libopus"
     " -disposition:a:0 0 -disposition:a:1 default -shortest", "mkv", more=(*TONE, "-f", "lavfi", "-i", "sine=f=880:d=60"), heard=(0, 1.2, 880))  # fmt: skip


def sound_longer(folder):
    encode(folder, "p.mp4", f"-map 0:v -map 1:a {X264} {YUV} -c:a aac -t 4", more=TONE)
    return "p.mp4"


add("film: sound longer than its pictures", sound_longer, length=4.0, slack=0.1, quick=True, heard=(0, 4, 440),
    looks=[(1.02, near(25, 1)), (2.0, shows(29)), (3.9, shows(29)), (5, shows(29))])  # fmt: skip


def picture_late(folder):
    encode(folder, "t.mp4", f"{X264} {YUV}")
    ffmpeg("-f", "lavfi", "-i", "sine=d=3", "-itsoffset", 1, "-i", folder / "t.mp4", "-map", "1:v", "-map", "0:a", "-c:v", "copy",
           "-c:a", "aac", "-t", "2.2", folder / "p.mkv")  # fmt: skip
    return "p.mkv"


add("film: pictures begin 1 s late", picture_late, length=2.2, slack=0.1, looks=[(1.5, near(12, 1)), (3, shows(29))])


# ---- tracks and chapters ----


def chapters(extension):
    def make(folder):
        (folder / "meta.txt").write_text(
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=a\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=60000\ntitle=b\n"
        )
        encode(folder, f"p.{extension}", f"-map 0 -map_chapters 1 {X264} {YUV}", more=("-f", "ffmetadata", "-i", folder / "meta.txt"))
        return f"p.{extension}"

    return make


for extension in ("mp4", "mov", "mkv"):
    add(f"film: chapters longer than it, {extension.upper()}", chapters(extension), looks=moments(PICTURES, RATE),
        length=PICTURES / RATE, quick=extension == "mp4")  # fmt: skip


def thumbnail(extension, disposition, codec="mjpeg", seconds=None):
    """A track of one picture stands before the film's own; it is of one colour."""

    def make(folder):
        ffmpeg("-f", "lavfi", "-i", "color=0x406080:s=96x96", "-frames:v", 1, folder / "cover.png")
        still = ("-i", folder / "cover.png") if seconds is None else ("-loop", 1, "-t", seconds, "-i", folder / "cover.png")
        encode(folder, f"p.{extension}", f"-map 1:v -map 0:v -c:v:0 {codec} -pix_fmt:v:0 yuvj420p -c:v:1 libx264 -preset ultrafast -crf 8"
               f" -pix_fmt:v:1 yuv420p {disposition}", more=still)  # fmt: skip
        return f"p.{extension}"

    return make


for name, make, quick in (
    ("cover first, MP4", thumbnail("mp4", "-disposition:v:0 attached_pic"), True),
    ("thumbnail track first, MP4", thumbnail("mp4", "-disposition:v:0 0 -disposition:v:1 default"), True),
    ("thumbnail track first and marked default, MP4", thumbnail("mp4", "-disposition:v:0 default -disposition:v:1 0"), False),
    ("thumbnail track first, MKV", thumbnail("mkv", "-disposition:v:0 0"), False),
    ("thumbnail track first, MOV", thumbnail("mov", "-disposition:v:0 0"), False),
):
    add(f"film: {name}", make, looks=moments(PICTURES, RATE), length=PICTURES / RATE, slack=0.1, quick=quick)



# ---- what was read wrongly ----


def bottom_up(path):
    """Lines from below upwards, as `BottomUp` in the header of an AVI of I420 says."""
    film = bytearray(path.read_bytes())
    at = film.index(b"strf")
    body = bytearray(film[at + 8 : at + 48])
    body[:4] = struct.pack("<I", 49)
    new = b"strf" + struct.pack("<I", 49) + bytes(body) + b"BottomUp\0\0"
    more = len(new) - 48
    film[at : at + 48] = new
    for length in (4, film.index(b"hdrl") - 4, film.index(b"strl") - 4):
        struct.pack_into("<I", film, length, struct.unpack_from("<I", film, length)[0] + more)
    # The frames were written from above downwards: they are seen upside down now.
    path.write_bytes(film)


# Greys: FFmpeg turns the luma alone.
film("raw YUV stored bottom up", "-vf format=gray,format=yuv420p -c:v rawvideo", "avi", EXACT_YUV, turn=4, after=bottom_up,
     colours=greys(0), quick=True)  # fmt: skip


def eight_k(folder):
    ffmpeg("-f", "lavfi", "-i", "color=gray:s=7680x4320:r=1:d=1", *f"{X264} {YUV}".split(), folder / "p.mp4")
    return "p.mp4"


add("film: 8K is told as too large", eight_k, refused="too large")


def cut_off(folder):
    encode(folder, "whole.mp4", f"{X264} {YUV} -movflags faststart", count=75)
    whole = (folder / "whole.mp4").read_bytes()
    (folder / "p.mp4").write_bytes(whole[: len(whole) // 3])
    return "p.mp4"


add("film: a copy cut off", cut_off, refused="cut off")
film("one picture, H.264", f"{X264} {YUV}", "mp4", count=1, quick=True)
film("one key picture for all of it", f"{X264} {YUV} -g 1000 -keyint_min 1000 -sc_threshold 0", "mp4", count=200, rate=25)


# ---- animations ----

ANIMATED = dict(rate=10, count=12, slack=0.15)
for key in ("video", "image"):
    word = "as a film" if key == "video" else "as a picture"
    film(f"animated GIF {word}", GIF, "gif", 6, key=key, quick=True, **ANIMATED)
    film(f"animated PNG {word}", "-f apng -plays 0", "png", EXACT, key=key, quick=key == "video", **ANIMATED)
    film(f"animated WebP {word}", "-c:v libwebp_anim -lossless 1 -loop 0", "webp", EXACT, key=key, quick=key == "video", **ANIMATED)
film("animated WebP, lossy", "-c:v libwebp_anim -q:v 95 -loop 0", "webp", LOSSY, **ANIMATED)
film("odd size, GIF", GIF, "gif", 6, (321, 241), rate=10, count=12)
film("animated GIF that plays once", f"{GIF} -loop -1", "gif", 6, **ANIMATED)


# ---- pictures ----


def still(name, make, tolerance=EXACT, seen=SIZE, turn=1, quick=False, colours=None, more=(), spread=None, refused=None):
    looks = [(0.5, shows(5, tolerance, seen, turn, False, colours, spread)), *more]
    add(f"picture: {name}", make, "image", looks if not refused else [], quick=quick, refused=refused)


def as_png(folder, name="p.png", size=SIZE, number=5, extra=()):
    png(folder / name, *size, card(*size, number), extra=extra)
    return name


def by_ffmpeg(arguments, extension, after=None, size=SIZE):
    def make(folder):
        encode(folder, f"p.{extension}", arguments + " -frames:v 1 -update 1", size, 1, first=5)
        if after:
            after(folder / f"p.{extension}")
        return f"p.{extension}"

    return make


def by_convert(arguments, extension, after=None):
    def make(folder):
        as_png(folder, "t.png")
        done = subprocess.run(
            ["convert", folder / "t.png", *arguments.split(), folder / f"p.{extension}"], capture_output=True, text=True, timeout=60
        )
        check(done.returncode == 0, f"convert {arguments}: {done.stderr.strip()}")
        if after:
            after(folder / f"p.{extension}")
        return f"p.{extension}"

    return make


JPEG = "-c:v mjpeg -q:v 1 -pix_fmt yuvj444p"
WEBP = "-c:v libwebp -lossless 1"
still("PNG", as_png, quick=True)
still("PNG of 16 bits", by_ffmpeg("-c:v png -pix_fmt rgb48be", "png"))
still("PNG, interlaced", by_convert("-interlace PNG", "png"))
still("PNG with a palette", by_ffmpeg(f"{GIF} -c:v png", "png"))
still("PNG of greys", by_ffmpeg("-c:v png -pix_fmt gray", "png"), colours=greys(5), tolerance=4)
still("PNG of greys, 16 bits", by_ffmpeg("-c:v png -pix_fmt gray16be", "png"), colours=greys(5), tolerance=4)
still("JPEG", by_ffmpeg(JPEG, "jpg"), LOSSY, quick=True)
still("JPEG of 4:2:0", by_ffmpeg("-c:v mjpeg -q:v 1 -pix_fmt yuvj420p", "jpg"), LOSSY)
still("JPEG of 4:2:2", by_ffmpeg("-c:v mjpeg -q:v 1 -pix_fmt yuvj422p", "jpg"), LOSSY)
still("JPEG of 4:1:1", by_convert("-quality 97 -sampling-factor 4x1", "jpg"), LOSSY)
still("JPEG, progressive", by_convert("-quality 97 -interlace JPEG", "jpg"), LOSSY, quick=True)
still("JPEG, progressive 4:2:0", by_convert("-quality 95 -interlace JPEG -sampling-factor 2x2", "jpg"), LOSSY)
# ImageMagick's greys have BT.709's weights.
still("JPEG of greys", by_convert("-colorspace Gray -quality 97", "jpg"), LOSSY,
      colours=[(round(0.2126 * r + 0.7152 * g + 0.0722 * b),) * 3 for r, g, b in COLOURS])  # fmt: skip
still("JPEG with restart markers", by_convert("-quality 97 -define jpeg:restart-interval=4", "jpg"), LOSSY)
still("WebP, lossless", by_ffmpeg(WEBP, "webp"), quick=True)
still("WebP, lossy", by_ffmpeg("-c:v libwebp -q:v 98", "webp"), LOSSY)
still("odd size, JPEG", by_ffmpeg("-c:v mjpeg -q:v 1 -pix_fmt yuvj420p", "jpg", size=(321, 241)), LOSSY, (321, 241))
still("odd size, WebP", by_ffmpeg("-c:v libwebp -q:v 98", "webp", size=(321, 241)), LOSSY, (321, 241))
still("long and thin", lambda folder: as_png(folder, size=(640, 20)), seen=(640, 20))


def cmyk(folder):
    """Four inks, Adobe's way: by ImageMagick from the very values."""
    raw = bytearray()
    pixels = card(*SIZE, 5)
    for at in range(0, len(pixels), 3):
        ink = [255 - value for value in pixels[at : at + 3]]
        black = min(ink)
        raw += bytes((*(round(255 * (value - black) / (255 - black)) if black < 255 else 0 for value in ink), black))
    (folder / "t.cmyk").write_bytes(raw)
    done = subprocess.run(["convert", "-size", f"{SIZE[0]}x{SIZE[1]}", "-depth", "8", f"cmyk:{folder}/t.cmyk", "-quality", "98", folder / "p.jpg"],
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    check(done.returncode == 0, done.stderr)
    return "p.jpg"


still("JPEG of four inks", cmyk, 10)


# ---- orientation ----


def tiff_orientation(value):
    """A TIFF header with one tag, 0x0112 (Exif 2.32, 4.6.4)."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, value, 0, 0)


XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def xmp_orientation(value, as_element=False):
    inner = f"><tiff:Orientation>{value}</tiff:Orientation></rdf:Description>" if as_element else f' tiff:Orientation="{value}"/>'
    return XMP.format(inner).encode()


def in_jpeg(*segments):
    """Puts segments (marker, body) after a JPEG's start."""

    def write(path):
        file = path.read_bytes()
        more = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
        path.write_bytes(file[:2] + more + file[2:])

    return write


def in_webp(*chunks, flags):
    """Makes an extended WebP of a simple one, with these chunks; `ICCP` goes before the picture, others after."""

    def write(path):
        file = path.read_bytes()
        parts, at = [], 12
        while at + 8 <= len(file):
            length = struct.unpack_from("<I", file, at + 4)[0]
            parts.append((file[at : at + 4], file[at + 8 : at + 8 + length]))
            at += 8 + length + (length & 1)
        parts = [part for part in parts if part[0] in (b"VP8 ", b"VP8L", b"ALPH")]
        header = struct.pack("<I", flags) + struct.pack("<I", SIZE[0] - 1)[:3] + struct.pack("<I", SIZE[1] - 1)[:3]
        before = [part for part in chunks if part[0] == b"ICCP"]
        after = [part for part in chunks if part[0] != b"ICCP"]
        body = b"WEBP"
        for kind, data in [(b"VP8X", header), *before, *parts, *after]:
            body += kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)

    return write


for value, turn in TURNS.items():
    seen = SIZE if turn[0] else SIZE[::-1]
    exif = tiff_orientation(value)
    quick = value == 6
    still(f"JPEG with EXIF orientation {value}", by_ffmpeg(JPEG, "jpg", in_jpeg((0xE1, b"Exif\0\0" + exif))), LOSSY, seen, value, value == 5)
    if value == 1:
        continue
    still(f"WebP with EXIF orientation {value}", by_ffmpeg(WEBP, "webp", in_webp((b"EXIF", exif), flags=8)), seen=seen, turn=value)
    still(f"WebP with EXIF orientation {value} after its prefix", by_ffmpeg(WEBP, "webp", in_webp((b"EXIF", b"Exif\0\0" + exif), flags=8)),
          seen=seen, turn=value, quick=quick)  # fmt: skip
    still(f"PNG with EXIF orientation {value}", lambda folder, exif=exif: as_png(folder, extra=[(b"eXIf", exif)]), seen=seen, turn=value)

for value in (3, 6, 7):
    turn = TURNS[value]
    seen = SIZE if turn[0] else SIZE[::-1]
    xmp = xmp_orientation(value, value == 7)
    quick = value == 6
    still(f"JPEG with XMP orientation {value}", by_ffmpeg(JPEG, "jpg", in_jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))),
          LOSSY, seen, value, quick)  # fmt: skip
    still(f"WebP with XMP orientation {value}", by_ffmpeg(WEBP, "webp", in_webp((b"XMP ", xmp), flags=4)), seen=seen, turn=value)
    still(f"PNG with XMP orientation {value}", lambda folder, xmp=xmp: as_png(
        folder, extra=[(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)]), seen=seen, turn=value)  # fmt: skip
still("EXIF says more than XMP", by_ffmpeg(JPEG, "jpg", in_jpeg(
    (0xE1, b"Exif\0\0" + tiff_orientation(8)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_orientation(6)))), LOSSY, SIZE[::-1], 8)  # fmt: skip


# ---- colour profiles ----

# Primaries and white as CIE x, y; D65. SMPTE EG 432-1 (P3), Adobe RGB (1998) 4.3.1, IEC 61966-2-1 (sRGB).
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D65, D50 = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def product(left, right):
    return [[sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [
        [(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
        [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
        [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det],
    ]


def to_xyz(primaries):
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    matrix = [list(row) for row in zip(*columns)]
    white = (D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1])
    scale = times(inverse(matrix), white)
    return [[value * scale[j] for j, value in enumerate(row)] for row in matrix]


# Bradford, as ICC.1:2010 E.3 has it.
BRADFORD = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]


def adapted(matrix):
    """From D65 to D50, the white of all profiles."""
    white = (D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1])
    cones = [there / here for there, here in zip(times(BRADFORD, D50), times(BRADFORD, white))]
    scaled = [[value * cones[i] for value in row] for i, row in enumerate(BRADFORD)]
    return product(product(inverse(BRADFORD), scaled), matrix)


def to_linear(value, gamma):
    value /= 255
    if gamma:
        return value**gamma
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def from_linear(value):
    value = min(max(value, 0.0), 1.0)
    return 255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def profile(primaries, gamma):
    """A display profile of matrix and curves, ICC.1:2001-04. `gamma` 0: sRGB's curve, in a table."""

    def xyz(values):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    if gamma:
        curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    else:
        curve = b"curv\0\0\0\0" + struct.pack(">I1024H", 1024, *(round(65535 * to_linear(255 * i / 1023, 0)) for i in range(1024)))
    matrix = adapted(to_xyz(primaries))
    name = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(4 + 4 + 2 + 1 + 67) + b"\0\0\0"
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0\0\0\0\0", b"wtpt": xyz(D50)}
    for i, letter in enumerate((b"r", b"g", b"b")):
        tags[letter + b"XYZ"] = xyz([row[i] for row in matrix])
        tags[letter + b"TRC"] = curve
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, body in tags.items():
        body += b"\0" * (-len(body) % 4)
        table += tag + struct.pack(">II", at + len(data), len(body))
        data += body
    length = at + len(data)
    header = struct.pack(">I4sI4s4s4s", length, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", *(round(v * 65536) for v in D50))
    header += bytes(128 - len(header))
    return header + struct.pack(">I", len(tags)) + table + data


def in_srgb(primaries, gamma):
    """The colours of the card as a profile's values, in sRGB."""
    matrix = product(inverse(to_xyz(SRGB)), to_xyz(primaries))
    return [tuple(from_linear(v) for v in times(matrix, [to_linear(c, gamma) for c in colour])) for colour in (*COLOURS, DARK, LIGHT)]


def icc_jpeg(body, parts=1):
    size = -(-len(body) // parts)
    return in_jpeg(*((0xE2, b"ICC_PROFILE\0" + bytes((i + 1, parts)) + body[i * size : (i + 1) * size]) for i in range(parts)))


for name, primaries, gamma in (("Display P3", P3, 0), ("Adobe RGB", ADOBE, 563 / 256), ("sRGB's primaries, gamma 1.8", SRGB, 1.8)):
    body = profile(primaries, gamma)
    wanted, quick = in_srgb(primaries, round(gamma * 256) / 256), name == "Display P3"
    still(f"JPEG in {name}", by_ffmpeg(JPEG, "jpg", icc_jpeg(body)), LOSSY, colours=wanted, quick=quick)
    still(f"PNG in {name}", lambda folder, body=body: as_png(folder, extra=[(b"iCCP", b"x\0\0" + zlib.compress(body))]), 4,
          colours=wanted, quick=quick)  # fmt: skip
    still(f"WebP in {name}", by_ffmpeg(WEBP, "webp", in_webp((b"ICCP", body), flags=32)), 4, colours=wanted)
still("JPEG with a profile in three parts", by_ffmpeg(JPEG, "jpg", icc_jpeg(profile(P3, 0), 3)), LOSSY, colours=in_srgb(P3, 0))
still("JPEG with a broken profile", by_ffmpeg(JPEG, "jpg", icc_jpeg(b"\0\0\1\0" + b"rubbish" * 30)), LOSSY)
still("PNG with a broken profile", lambda folder: as_png(folder, extra=[(b"iCCP", b"x\0\0" + zlib.compress(b"rubbish" * 30))]))


# ---- transparent ----


def legible(page, place, spots, ink, paper_is_dark=None):
    """Whether the ink is seen as it is, and the ground beside it differs by a hundred levels. `spots`: places of ink and of ground."""
    on, off = (page.at(*spot) for spot in spots)
    faults = []
    if max(abs(a - b) for a, b in zip(on, ink)) > 8:
        faults.append(f"the ink {ink} is seen as {on}")
    apart = abs(sum(on) - sum(off)) / 3
    if apart < 100:
        faults.append(f"ink {on} on a ground of {off}")
    return faults, 255 - apart


def poster(name, ink, make, quick=False):
    """A poster of one ink on nothing: a square in its middle, by day and by night."""

    def judge(page, place):
        return legible(page, place, ((place[0] // 2, place[1] // 2), (place[0] // 2 - place[1] // 3, place[1] // 2)), ink)

    for theme in ("day", "night"):
        judged = lambda page, place: judge(page, place)  # noqa: E731
        judged.theme = theme
        add(f"picture: {name}, by {theme}", make, "image", [(0.5, judged)], quick=quick)


def transparent_rgba(ink, size=(300, 300)):
    def make(folder):
        width, height = size
        blank = b"\0\0\0\0" * width
        inked = b"\0\0\0\0" * 100 + bytes((*ink, 255)) * 100 + b"\0\0\0\0" * 100
        png(folder / "p.png", width, height, blank * 100 + inked * 100 + blank * 100, colour=6)
        return "p.png"

    return make


def keyed_grey(ink_bit):
    """One bit a pixel, and tRNS names the other grey as transparent."""

    def make(folder):
        ground = 0x00 if ink_bit else 0xFF
        ink = ground ^ 0xFF
        blank = bytes([ground]) * 38
        inked = bytes([ground]) * 13 + bytes([ink]) * 12 + bytes([ground]) * 13
        png(folder / "p.png", 304, 300, blank * 100 + inked * 100 + blank * 100, colour=0, depth=1,
            extra=[(b"tRNS", struct.pack(">H", 0 if ink_bit else 1))])  # fmt: skip
        return "p.png"

    return make


def transparent_webp(ink):
    def make(folder):
        transparent_rgba(ink)(folder)
        ffmpeg("-i", folder / "p.png", "-c:v", "libwebp", "-lossless", 1, "-pix_fmt", "bgra", folder / "p.webp")
        return "p.webp"

    return make


poster("black on a transparent ground", (0, 0, 0), transparent_rgba((0, 0, 0)), quick=True)
poster("white on a transparent ground", (255, 255, 255), transparent_rgba((255, 255, 255)), quick=True)
poster("dark red on a transparent ground", (120, 0, 0), transparent_rgba((120, 0, 0)))
poster("WebP, black on a transparent ground", (0, 0, 0), transparent_webp((0, 0, 0)))
poster("1 bit, black on transparent white", (0, 0, 0), keyed_grey(0), quick=True)
poster("1 bit, white on transparent black", (255, 255, 255), keyed_grey(1))


# ---- one picture of an animation ----

still("GIF of one picture", by_ffmpeg(GIF, "gif"), 6, quick=True)
still("animated WebP of one picture", by_ffmpeg("-c:v libwebp_anim -lossless 1", "webp"))


def webp_of_one_frame(folder):
    """An animation (VP8X, ANIM, ANMF) of a single picture, as img2webp writes it."""
    by_ffmpeg(WEBP, "webp")(folder)
    file = (folder / "p.webp").read_bytes()
    at = file.index(b"VP8L")
    bits = file[at : at + 8 + struct.unpack_from("<I", file, at + 4)[0]]
    bits += b"\0" * (len(bits) & 1)
    sides = struct.pack("<I", SIZE[0] - 1)[:3] + struct.pack("<I", SIZE[1] - 1)[:3]
    frame = bytes(6) + sides + struct.pack("<I", 100)[:3] + b"\0" + bits
    body = b"WEBP" + b"VP8X" + struct.pack("<II", 10, 2) + sides
    body += b"ANIM" + struct.pack("<IIH", 6, 0, 0) + b"ANMF" + struct.pack("<I", len(frame)) + frame
    (folder / "p.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return "p.webp"


still("WebP animation with one frame", webp_of_one_frame, quick=True)
still("animated PNG of one picture", by_ffmpeg("-f apng", "png"))
still("JPEG cut off", lambda folder: halved(folder, by_ffmpeg(JPEG, "jpg")), refused="cut off")
still("PNG cut off", lambda folder: halved(folder, as_png), refused="")
still("WebP cut off", lambda folder: halved(folder, by_ffmpeg("-c:v libwebp -q:v 98", "webp")), refused="")


def halved(folder, make):
    name = make(folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    return name


# ---- sounds ----


def sound(name, arguments, extension, seconds=2.0, slack=0.06, source=None, after=None, quick=False, **more):
    def make(folder):
        tone = source or f"sine=f=440:d={seconds}:sample_rate=48000"
        ffmpeg("-f", "lavfi", "-i", tone, *arguments.split(), folder / f"p.{extension}")
        if after:
            after(folder / f"p.{extension}")
        return f"p.{extension}"

    heard = (0, 2, 440) if seconds == 2 else None
    add(f"sound: {name}", make, "audio", length=seconds, slack=slack, quick=quick, heard=heard, **more)


for bits, codec in (("8 bits", "pcm_u8"), ("16 bits", "pcm_s16le"), ("24 bits", "pcm_s24le"), ("32 bits", "pcm_s32le"),
                    ("floats", "pcm_f32le"), ("A-law", "pcm_alaw"), ("IMA ADPCM", "adpcm_ima_wav"), ("MS ADPCM", "adpcm_ms")):  # fmt: skip
    sound(f"WAV of {bits}", f"-c:a {codec}", "wav", quick=bits == "16 bits")
sound("WAV of six channels", "-ac 6 -c:a pcm_s16le", "wav")
sound("WAV at 8 kHz", "-ar 8000 -c:a pcm_s16le", "wav")
sound("WAV at 192 kHz", "-ar 192000 -c:a pcm_s16le", "wav")
sound("MP3", "-c:a libmp3lame -b:a 96k", "mp3", quick=True)
sound("MP3 of changing rate", "-c:a libmp3lame -q:a 4", "mp3")
sound("M4A", "-c:a aac", "m4a", quick=True)
sound("ALAC in M4A", "-c:a alac", "m4a")
sound("ADTS AAC", "-c:a aac -f adts", "aac")
sound("Opus", "-c:a libopus", "opus", quick=True)
sound("Opus in WebM", "-c:a libopus", "webm")
sound("Vorbis", "-c:a libvorbis", "ogg")
sound("Speex", "-ar 16000 -c:a libspeex", "ogg")
sound("FLAC", "-c:a flac", "flac")
sound("FLAC in OGG", "-c:a flac", "oga")
sound("WMA 1", "-c:a wmav1", "wma", slack=0.15)
sound("WMA 2", "-c:a wmav2", "wma", slack=0.15, quick=True)
sound("AIFF", "-c:a pcm_s16be", "aiff")
sound("CAF", "-c:a pcm_s16be", "caf")
sound("AU", "-c:a pcm_mulaw -ar 8000", "au", may_refuse=True)
sound("W64", "-c:a pcm_s16le", "w64")
sound("AC-3", "-c:a ac3 -ac 6", "ac3", slack=0.1, may_refuse=True)
sound("E-AC-3", "-c:a eac3", "eac3", slack=0.1, may_refuse=True)
sound("MP2", "-c:a mp2", "mp2")
sound("WavPack", "-c:a wavpack", "wv", may_refuse=True)
sound("TTA", "-c:a tta", "tta", may_refuse=True)
sound("MKA with AC-3", "-c:a ac3", "mka", slack=0.1)
sound("G.722 in WAV", "-ar 16000 -c:a g722", "wav")
sound("GSM in WAV", "-ar 8000 -ac 1 -c:a libgsm_ms", "wav", slack=0.1)

# Loud noise, and then nothing: the first second says nothing of the bit rate of the rest.
UNEVEN = "anoisesrc=seed=1:d=5:c=white:a=0.7:r=44100[a];sine=f=440:d=35:sample_rate=44100,volume=0.02[b];[a][b]concat=v=0:a=1"
QUIET = "anullsrc=r=44100:cl=mono:d=25[a];anoisesrc=seed=1:d=35:c=white:a=0.7:r=44100[b];[a][b]concat=v=0:a=1"
sound("MP3 of changing rate with no Xing header", "-c:a libmp3lame -q:a 2 -write_xing 0 -id3v2_version 0", "mp3", 40.0, 0.1, UNEVEN, quick=True)
sound("MP3 of changing rate, quiet first, with no Xing header", "-c:a libmp3lame -q:a 2 -write_xing 0 -id3v2_version 0", "mp3", 60.0, 0.1, QUIET)
sound("ADTS AAC, quiet first", "-c:a aac -b:a 96k -f adts", "aac", 60.0, 0.1, QUIET, quick=True)
sound("ADTS AAC, loud first", "-c:a aac -b:a 96k -f adts", "aac", 40.0, 0.1, UNEVEN)
sound("AC-3 with no header of its length", "-c:a ac3", "ac3", 40.0, 0.1, UNEVEN, may_refuse=True)


def ogg_checksum(page):
    """RFC 3533, 6: polynomial 0x04c11db7, not reflected, begun with 0."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def begun_late(granules):
    """Moves the granule position of each page after the headers: a stream recorded from its middle (RFC 7845, 4.5)."""

    def write(path):
        file, out, at, number = path.read_bytes(), b"", 0, 0
        while at < len(file):
            segments = file[at + 26]
            length = 27 + segments + sum(file[at + 27 : at + 27 + segments])
            page = bytearray(file[at : at + length])
            position = struct.unpack_from("<q", page, 6)[0]
            if number >= 2 and position >= 0:
                struct.pack_into("<q", page, 6, position + granules)
            page[22:26] = bytes(4)
            struct.pack_into("<I", page, 22, ogg_checksum(page))
            out, at, number = out + page, at + length, number + 1
        path.write_bytes(out)

    return write


sound("Opus that begins late", "-c:a libopus -b:a 32k", "opus", after=begun_late(48000 * 300), slack=0.1, quick=True)
sound("Vorbis that begins late", "-c:a libvorbis", "ogg", after=begun_late(48000 * 300), slack=0.1)


def wav(rate, channels, seconds):
    def make(folder):
        tone = (round(4096 * math.sin(2 * math.pi * 440 * at / max(rate, 8000))) for at in range(rate * seconds))
        data = b"".join(struct.pack("<h", value) * channels for value in tone)
        head = struct.pack("<4sIHHIIHH4sI", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16, b"data", len(data))
        (folder / "p.wav").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(head) + len(data)) + b"WAVE" + head + data)
        return "p.wav"

    return make


add("sound: WAV at 1 Hz", wav(1, 1, 4000), "audio", refused="", quick=True)
add("sound: WAV of 40 channels", wav(8000, 40, 2), "audio", length=2.0, may_refuse=True, quick=True, heard=(0, 2, 440))
add("sound: WAV of 64 channels", wav(8000, 64, 2), "audio", length=2.0, may_refuse=True, heard=(0, 2, 440))


def cover_first(folder):
    ffmpeg("-f", "lavfi", "-i", "color=red:s=96x96", "-frames:v", 1, folder / "c.jpg")
    ffmpeg("-i", folder / "c.jpg", "-f", "lavfi", "-i", "sine=f=440:d=2", "-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "libmp3lame",
           "-disposition:v", "attached_pic", folder / "p.mp3")  # fmt: skip
    return "p.mp3"


add("sound: MP3 with a cover", cover_first, "audio", length=2.0, heard=(0, 2, 440))


# ---- the run ----


def judge(case, studio, home):
    """Makes the file and looks at it; gives (faults, worst deviation, whether it was taken)."""
    home.mkdir(parents=True, exist_ok=True)
    name = case.make(home)
    worst, faults = 0.0, []
    # A sound has a page of words, and its probing is what counts.
    looks = case.looks or [(0.5, None)]
    for seconds, judged in looks:
        page, said = studio.page(home, case.key, name, seconds, theme=getattr(judged, "theme", "day"))
        if page is None:
            said = said.replace("\n", " ")
            if case.may_refuse or case.refused is not None and case.refused in said and "crashed" not in said and "in time" not in said:
                return [], 0, False
            return [f"{'not refused as it should be' if case.refused is not None else 'refused'}: {said[:200]}"], 255, False
        if case.refused is not None:
            return ["it is taken, and must be refused"], 255, True
        if judged:
            found, by = judged(page, studio.place, home) if getattr(judged, "needs_home", False) else judged(page, studio.place)
            faults += [f"at {seconds:.2f} s: {fault}" for fault in found]
            worst = max(worst, by)
    return faults, worst, True


def lengths(feed, taken, folder):
    """The length of each film and sound in seconds, as published: all in one programme."""
    entries = []
    for case, home in taken:
        name = next(home.glob("p.*")).name
        to = f"{len(entries):03}-{name}"
        (feed.notices / to).hardlink_to(home / name)
        entries.append((case, to))
    notices = "".join(f'[[notice]]\ntitle = "{to}"\n{case.key} = "{to}"\n' for case, to in entries)
    if not entries:
        return {}
    feed.publish(f'title = "Xã"\n{notices}')
    newest = max((feed.site / "targets/programme").glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    published = {notice["title"]: notice for notice in json.loads(newest.read_text())["notice"]}
    # What moves is published as a film, whatever it was called.
    media = {to: notice.get("video") or notice.get("image") or notice.get("audio") for to, notice in published.items()}
    return {case.name: media[to].get("duration_ms") for case, to in entries}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="", help="what has this in its name; implies --all")
    parser.add_argument("--keep", type=pathlib.Path, help="leaves the files there")
    options = parser.parse_args()
    started = time.monotonic()
    os.nice(5)
    chosen = [case for case in CASES if options.only in case.name and (case.quick or options.all or options.only)]
    with workplace() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        studio = Studio(options.program, folder)
        homes = {case.name: folder / "files" / f"{number:03}" for number, case in enumerate(chosen)}

        def attempt(case):
            try:
                return judge(case, studio, homes[case.name])
            except (Failed, subprocess.TimeoutExpired) as failure:
                return [f"it could not be tried: {failure}"], 255, False
            except Exception:
                return [f"it could not be tried: {traceback.format_exc().strip().splitlines()[-1]}"], 255, False

        results = dict(zip((case.name for case in chosen), pool.map(attempt, chosen)))
        measured = [case for case in chosen if results[case.name][2] and case.length is not None]
        published = lengths(Feed(options.program, folder), [(case, homes[case.name]) for case in measured], folder)
        failures = 0
        for case in chosen:
            faults, worst, taken = results[case.name]
            milliseconds = published.get(case.name)
            if case.name in published and (milliseconds is None or abs(milliseconds / 1000 - case.length) > case.slack):
                faults = [*faults, f"its length is told as {milliseconds} ms, and is {case.length * 1000:.0f}"]
            failures += bool(faults)
            detail = "; ".join(faults) or (f"ok, {worst:.0f} levels" if taken and case.looks else "ok" if taken else "ok, refused")
            print(f"corpus: {case.name}: {'FAILED: ' if faults else ''}{detail}", flush=True)
            if options.keep:
                shutil.copytree(homes[case.name], options.keep / case.name.replace("/", "-"), dirs_exist_ok=True)
    print(f"corpus: {len(chosen)} files, {failures} failed, {time.monotonic() - started:.0f} s")
    sys.exit(1 if failures or not chosen else 0)


if __name__ == "__main__":
    main()
