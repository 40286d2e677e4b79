#!/usr/bin/env python3
"""Draws the demo's pictures as SVG, and composes its melody as WAV, with the standard library alone.

    scene.py picture           > giu-nuoc.svg     1600 x 1200, terraced fields at sunrise
    scene.py layer NAME LIGHT  > layer.svg        one layer of the film; LIGHT is dawn or day
    scene.py emblem            > emblem.svg       stepped hills, our own mark
    scene.py melody FILE.wav                      12 s, 44.1 kHz, mono

The same seed draws the same hills: the files change only when this one does.
"""

import array
import math
import random
import sys
import wave

# What the light does to each thing. Day is also the still picture's palette.
LIGHTS = {
    "day": {
        "sky": ["#5f97c4", "#94bccf", "#e9dcb4", "#f9d596", "#f4b877"],
        "sun": ["#fffdf0", "#ffe9a8", "#ffcf7a"],
        "ridges": ["#b3bccf", "#92a6bd", "#6b8b9d", "#4a7672", "#356049"],
        "mist": "#fff4dd",
        "water": ["#8fb7cf", "#ffe6b0", "#a9c6cc"],
        "rice": ["#a6bd45", "#86a83a", "#c9b653", "#6f9a38"],
        "bank": ["#4f7330", "#3b5a28"],
        "bund": "#d9cf8c",
        "dark": "#2c3a24",
        "roof": "#6d4f33",
        "wall": "#8a6a47",
        "lamp": "#ffdf8f",
        "tree": "#31502d",
    },
    "dawn": {
        "sky": ["#26345e", "#4a5485", "#8d7899", "#d9947f", "#f0a068"],
        "sun": ["#fff1cf", "#ffb877", "#e8805a"],
        "ridges": ["#76749a", "#5a628a", "#424f74", "#303f58", "#233346"],
        "mist": "#d7b6b4",
        "water": ["#5f6f9b", "#f3b083", "#7b7a9f"],
        "rice": ["#4d6541", "#3f5839", "#6a6848", "#374f37"],
        "bank": ["#2a3f30", "#213228"],
        "bund": "#94875f",
        "dark": "#161f1c",
        "roof": "#33292a",
        "wall": "#443530",
        "lamp": "#ffcf70",
        "tree": "#1b2c25",
    },
}


def waves(seed, octaves, longest):
    """A smooth curve of about -1..1: sums of sines whose lengths and phases the seed chooses."""
    rng = random.Random(seed)
    parts, weight = [], 1.0
    length = longest
    for _ in range(octaves):
        parts.append((weight, 2 * math.pi / (length * rng.uniform(0.8, 1.25)), rng.uniform(0, 6.3)))
        weight *= 0.52
        length *= 0.47
    total = sum(w for w, _, _ in parts)
    return lambda x: sum(w * math.sin(k * x + p) for w, k, p in parts) / total


def crags(seed, longest):
    """A mountain ridge of about 0..1: a broad massif, with waves folded so that tops are sharper than valleys."""
    massif, fold, small = waves(seed + 5, 2, longest * 2.4), waves(seed, 3, longest), waves(seed + 99, 5, longest / 6)
    return lambda x: 0.5 + 0.38 * massif(x) + 0.36 * (0.62 - abs(fold(x)) ** 0.9) + 0.075 * small(x)


def path(points):
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def under(curve, width, bottom, step=4):
    """Everything from the curve down to `bottom`."""
    xs = [i * step for i in range(int(width / step) + 2)]
    return path([(x, curve(x)) for x in xs] + [(xs[-1], bottom), (0, bottom)]) + "Z"


def between(upper, lower, width, step=4):
    xs = [i * step for i in range(int(width / step) + 2)]
    return path([(x, upper(x)) for x in xs] + [(x, lower(x)) for x in reversed(xs)]) + "Z"


def gradient(name, colours, vertical=True, stops=None):
    stops = stops or [i / (len(colours) - 1) for i in range(len(colours))]
    ends = 'x1="0" y1="0" x2="0" y2="1"' if vertical else 'x1="0" y1="0" x2="1" y2="0"'
    body = "".join(f'<stop offset="{s}" stop-color="{c}"/>' for c, s in zip(colours, stops))
    return f'<linearGradient id="{name}" {ends}>{body}</linearGradient>'


def glow(name, colour, stops):
    body = "".join(f'<stop offset="{s}" stop-color="{colour}" stop-opacity="{o}"/>' for s, o in stops)
    return f'<radialGradient id="{name}">{body}</radialGradient>'


def svg(width, height, parts):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">' + "\n".join(parts) + "</svg>\n"
    )


def sky(light, width, height):
    return [
        "<defs>" + gradient("sky", light["sky"], stops=[0, 0.3, 0.62, 0.85, 1]) + "</defs>",
        f'<rect width="{width}" height="{height}" fill="url(#sky)"/>',
    ]


def sun(light, x, y, r):
    white, warm, rim = light["sun"]
    return [
        "<defs>"
        + glow("halo", rim, [(0, 0.85), (0.3, 0.42), (1, 0)])
        + glow("corona", warm, [(0, 1), (0.45, 0.55), (1, 0)])
        + "</defs>",
        f'<circle cx="{x}" cy="{y}" r="{r * 9}" fill="url(#halo)"/>',
        f'<circle cx="{x}" cy="{y}" r="{r * 3}" fill="url(#corona)"/>',
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{white}"/>',
    ]


def ridge(light, number, width, top, height, bottom, longest, seed):
    """One row of mountains, paler towards its foot where the mist lies."""
    crest = crags(seed, longest)
    name = f"ridge{number}"
    colour = light["ridges"][number]
    fade = (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" y1="{top - height}" x2="0" y2="{bottom}">'
        f'<stop offset="0.25" stop-color="{colour}"/>'
        f'<stop offset="1" stop-color="{light["mist"]}" stop-opacity="0.92"/></linearGradient>'
    )
    return [
        f"<defs>{fade}</defs>",
        f'<path d="{under(lambda x: top - height * crest(x), width, bottom)}" fill="url(#{name})"/>',
    ]


def mist(light, width, y, thickness, seed, opacity):
    """Long soft banks of cloud."""
    rng = random.Random(seed)
    banks = []
    for _ in range(9):
        cx, rx = rng.uniform(0, width), rng.uniform(0.12, 0.3) * width
        banks.append(
            f'<ellipse cx="{cx:.0f}" cy="{y + rng.uniform(-0.7, 0.7) * thickness:.0f}" rx="{rx:.0f}" '
            f'ry="{thickness * rng.uniform(0.3, 0.75):.0f}" fill="{light["mist"]}" '
            f'fill-opacity="{opacity * rng.uniform(0.5, 1):.2f}"/>'
        )
    blur = (
        f'<filter id="soft{seed}" x="-20%" y="-200%" width="140%" height="500%">'
        f'<feGaussianBlur stdDeviation="{thickness * 0.7:.0f} {thickness * 0.28:.0f}"/></filter>'
    )
    return [f"<defs>{blur}</defs>", f'<g filter="url(#soft{seed})">' + "".join(banks) + "</g>"]


class Slope:
    """A hillside cut into terraces. `level(t)` is the edge of the terrace at 0 (top) to 1 (bottom)."""

    def __init__(self, width, top, bottom, amplitude, longest, seed):
        self.width, self.bottom = width, bottom
        self.crest = waves(seed, 3, longest)
        self.bend = [waves(seed + 7 + i, 3, longest * (0.55 + 0.3 * i)) for i in range(3)]
        self.top, self.amplitude = top, amplitude

    def level(self, t):
        def y(x):
            start = self.top + self.amplitude * self.crest(x)
            # Nearer terraces lie further apart, and follow the hill less and less.
            depth = (self.bottom - start) * (0.28 * t + 0.72 * t**1.75)
            wobble = sum(b(x + 140 * i * t) * w for i, (b, w) in enumerate(zip(self.bend, (1, 0.5, 0.25))))
            return start + depth + self.amplitude * 0.34 * wobble * math.sin(math.pi * min(1, t * 0.9)) * (0.4 + t)

        return y


def terraces(light, slope, count, seed, light_x):
    """Paddies from the far edge to the near one: water or rice, a bund, and a grassy bank under it."""
    rng = random.Random(seed)
    width, parts = slope.width, []
    water = (
        f'<linearGradient id="water{seed}" gradientUnits="userSpaceOnUse" x1="{light_x - 0.55 * width:.0f}" y1="0" '
        f'x2="{light_x + 0.55 * width:.0f}" y2="0"><stop offset="0" stop-color="{light["water"][0]}"/>'
        f'<stop offset="0.5" stop-color="{light["water"][1]}"/><stop offset="1" stop-color="{light["water"][2]}"/>'
        "</linearGradient>"
    )
    parts.append(f"<defs>{water}</defs>")
    parts.append(f'<path d="{under(slope.level(0), width, slope.bottom)}" fill="{light["bank"][0]}"/>')
    for k in range(count):
        t0, t1 = k / count, (k + 1) / count
        far, near = slope.level(t0), slope.level(t0 + (t1 - t0) * 0.66)
        wet = rng.random() < 0.62
        fill = f"url(#water{seed})" if wet else rng.choice(light["rice"])
        parts.append(f'<path d="{between(far, near, width)}" fill="{fill}"/>')
        thick = 1.2 + 5 * t0**1.3
        # The far edge mirrors the bank above it.
        if wet:
            shade = slope.level(t0 + (t1 - t0) * 0.16)
            parts.append(
                f'<path d="{between(far, shade, width)}" fill="{light["bank"][1]}" fill-opacity="0.33"/>'
            )
        else:
            parts += rows_of_rice(light, far, near, width, t0, rng)
        bank = slope.level(t1)
        parts.append(f'<path d="{between(near, bank, width)}" fill="{light["bank"][k % 2]}"/>')
        edge = path([(x, near(x)) for x in range(0, int(width) + 6, 5)])
        parts.append(
            f'<path d="{edge}" fill="none" stroke="{light["bund"]}" stroke-width="{thick:.1f}" stroke-opacity="0.85"/>'
        )
        foot = path([(x, bank(x) - 0.5) for x in range(0, int(width) + 6, 5)])
        parts.append(
            f'<path d="{foot}" fill="none" stroke="{light["dark"]}" stroke-width="{thick * 0.55:.1f}" stroke-opacity="0.5"/>'
        )
    return parts


def rows_of_rice(light, far, near, width, t, rng):
    """Planting rows, as broken strokes along the paddy."""
    parts = []
    for share in (0.3, 0.55, 0.8):
        line = path([(x, far(x) + (near(x) - far(x)) * share) for x in range(0, int(width) + 8, 7)])
        dash = 3 + 9 * t
        parts.append(
            f'<path d="{line}" fill="none" stroke="{light["tree"]}" stroke-opacity="0.28" '
            f'stroke-width="{1 + 2.6 * t:.1f}" stroke-dasharray="{dash:.0f} {dash * 0.8:.0f}" '
            f'stroke-dashoffset="{rng.uniform(0, 20):.0f}"/>'
        )
    return parts


def tree(light, x, y, size, seed):
    """A broad crown of many leaf clumps, lit from the upper right."""
    rng = random.Random(seed)
    parts = [
        f'<path d="M{x - size * 0.03:.1f} {y}q{size * 0.01:.1f} {-size * 0.3:.1f} {-size * 0.02:.1f} {-size * 0.6:.1f}'
        f'h{size * 0.08:.1f}q{-size * 0.01:.1f} {size * 0.3:.1f} {size * 0.02:.1f} {size * 0.6:.1f}z" fill="{light["dark"]}"/>'
    ]
    for colour, opacity, count, shift, spread in (
        (light["dark"], 1, 22, -0.02, 1.0), (light["tree"], 1, 26, 0.02, 0.9), (light["rice"][3], 0.5, 16, 0.07, 0.62),
    ):
        for _ in range(count):
            turn, far = rng.uniform(0, 2 * math.pi), math.sqrt(rng.random()) * spread
            cx = x + size * (shift + 0.33 * far * math.cos(turn))
            cy = y - size * (0.64 + shift + 0.24 * far * math.sin(turn))
            parts.append(
                f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="{rng.uniform(0.055, 0.105) * size:.1f}" fill="{colour}" '
                f'fill-opacity="{opacity}"/>'
            )
    return parts


def stilt_house(light, x, y, size):
    """A house on stilts seen from its long side; `size` is its width, (x, y) the middle of its foot."""
    s = size
    half = s * 0.5

    def poly(points, fill, opacity=1.0):
        where = " ".join(f"{x + px * s:.1f},{y + py * s:.1f}" for px, py in points)
        return f'<polygon points="{where}" fill="{fill}" fill-opacity="{opacity}"/>'

    parts = [
        f'<ellipse cx="{x}" cy="{y}" rx="{half * 1.15:.1f}" ry="{s * 0.05:.1f}" fill="{light["dark"]}" fill-opacity="0.35"/>'
    ]
    for px in (-0.4, -0.2, 0, 0.2, 0.4):
        parts.append(poly([(px - 0.013, -0.2), (px + 0.013, -0.2), (px + 0.013, 0.01), (px - 0.013, 0.01)], light["dark"]))
    parts.append(poly([(-0.43, -0.36), (0.43, -0.36), (0.43, -0.17), (-0.43, -0.17)], light["wall"]))
    parts.append(poly([(-0.46, -0.18), (0.46, -0.18), (0.46, -0.155), (-0.46, -0.155)], light["dark"], 0.8))
    for px in (-0.3, -0.06, 0.2):
        parts.append(poly([(px, -0.32), (px + 0.09, -0.32), (px + 0.09, -0.21), (px, -0.21)], light["lamp"]))
    # A hipped roof of palm leaf, its lower edge well below the wall's top.
    parts.append(poly([(-0.54, -0.3), (-0.33, -0.66), (0.33, -0.66), (0.54, -0.3)], light["roof"]))
    parts.append(poly([(-0.33, -0.66), (0.33, -0.66), (0.36, -0.61), (-0.36, -0.61)], light["bund"], 0.4))
    for row in (0.36, 0.44, 0.52):
        w = 0.54 - (row - 0.3) * 0.58
        parts.append(poly([(-w, -row), (w, -row), (w + 0.006, -row + 0.012), (-w - 0.006, -row + 0.012)], light["dark"], 0.25))
    parts.append(poly([(0.46, -0.17), (0.5, -0.17), (0.66, 0.01), (0.6, 0.01)], light["wall"]))
    return parts


def farmer(light, x, y, size):
    """Somebody in a conical hat, ankle deep, with a hoe over the shoulder."""
    s, dark = size, light["dark"]
    return [
        f'<path d="M{x - 0.14 * s:.1f} {y}L{x - 0.17 * s:.1f} {y - 0.62 * s:.1f}Q{x} {y - 0.8 * s:.1f} '
        f'{x + 0.17 * s:.1f} {y - 0.62 * s:.1f}L{x + 0.15 * s:.1f} {y}Z" fill="{LIGHTS["dawn"]["sky"][0]}"/>',
        f'<circle cx="{x}" cy="{y - 0.8 * s:.1f}" r="{0.11 * s:.1f}" fill="{light["wall"]}"/>',
        f'<path d="M{x - 0.33 * s:.1f} {y - 0.8 * s:.1f}L{x} {y - 1.06 * s:.1f}L{x + 0.33 * s:.1f} {y - 0.8 * s:.1f}Z" '
        f'fill="{light["bund"]}"/>',
        f'<path d="M{x + 0.05 * s:.1f} {y - 0.5 * s:.1f}L{x + 0.62 * s:.1f} {y - 0.98 * s:.1f}" stroke="{dark}" '
        f'stroke-width="{0.05 * s:.1f}"/>',
        f'<path d="M{x + 0.55 * s:.1f} {y - 1.06 * s:.1f}l{0.16 * s:.1f} {0.1 * s:.1f}l{-0.05 * s:.1f} {0.1 * s:.1f}z" fill="{dark}"/>',
        f'<path d="M{x - 0.15 * s:.1f} {y}v{0.5 * s:.1f}M{x + 0.13 * s:.1f} {y}v{0.4 * s:.1f}" stroke="{dark}" '
        f'stroke-opacity="0.25" stroke-width="{0.12 * s:.1f}"/>',
    ]


def village(light, slope, t, places, scale):
    """Houses and trees standing on one terrace edge of a slope."""
    y, parts = slope.level(t), []
    for kind, x, size, seed in sorted(places, key=lambda place: place[0] == "house"):
        if kind == "house":
            parts += stilt_house(light, x, y(x) + 4, size * scale)
        else:
            parts += tree(light, x, y(x) + 5, size * scale, seed)
    return parts


def picture():
    light, w, h = LIGHTS["day"], 1600, 1200
    parts = sky(light, w, 640) + [f'<rect y="640" width="{w}" height="{h - 640}" fill="{light["sky"][4]}"/>']
    parts += sun(light, 985, 425, 52)
    parts += ridge(light, 0, w, 590, 210, 740, 620, 12)
    parts += ridge(light, 1, w, 630, 170, 780, 520, 26)
    parts += mist(light, w, 610, 26, 5, 0.6)
    parts += ridge(light, 2, w, 690, 160, 820, 560, 33)
    parts += mist(light, w, 665, 24, 6, 0.6)
    parts += ridge(light, 3, w, 750, 120, 860, 420, 49)
    parts += mist(light, w, 730, 24, 7, 0.55)
    back = Slope(w, 745, 1010, 38, 900, 61)
    parts += terraces(light, back, 15, 2, 985)
    parts += village(
        light, back, 0.0,
        [("tree", 555, 80, 1), ("tree", 860, 92, 2), ("tree", 905, 66, 3), ("house", 640, 128, 0), ("house", 775, 104, 0),
         ("tree", 705, 74, 4), ("tree", 300, 70, 8), ("tree", 1280, 80, 9), ("tree", 1330, 60, 10)],
        1.0,
    )
    front = Slope(w, 905, 1330, 70, 1300, 74)
    parts += terraces(light, front, 11, 3, 960)
    edge = front.level(3.4 / 11)
    parts += farmer(light, 905, edge(905), 60)
    parts += farmer(light, 982, edge(982), 54)
    parts += tree(light, 1180, front.level(0)(1180) + 6, 150, 14) + tree(light, 1262, front.level(0)(1262) + 6, 105, 15)
    return svg(w, h, parts)


# The film is laid out for 1280 x 720; layers that pan are wider.
FILM = {"sky": (1280, 720), "sun": (900, 900), "far": (1400, 720), "middle": (1500, 720), "mist": (1900, 720),
        "near": (1700, 720), "bird": (60, 30), "bird2": (60, 30)}


def layer(name, light):
    w, h = FILM[name]
    if name == "sky":
        return svg(w, h, sky(light, w, 460) + [f'<rect y="460" width="{w}" height="{h - 460}" fill="{light["sky"][4]}"/>'])
    if name == "sun":
        return svg(w, h, sun(light, w // 2, h // 2, 40))
    if name == "far":
        return svg(w, h, ridge(light, 0, w, 390, 150, 520, 620, 11) + ridge(light, 1, w, 420, 120, 540, 500, 23))
    if name == "middle":
        return svg(w, h, ridge(light, 2, w, 455, 120, 590, 560, 31) + mist(light, w, 470, 18, 6, 0.5)
                   + ridge(light, 3, w, 500, 90, 640, 420, 47))
    if name == "mist":
        return svg(w, h, mist(light, w, 470, 22, 9, 0.62) + mist(light, w, 520, 16, 10, 0.5))
    if name.startswith("bird"):
        lift = 12 if name == "bird" else -9
        return svg(w, h, [
            f'<path d="M4 {15 - lift}Q20 {9 - lift / 3:.0f} 30 16Q40 {9 - lift / 3:.0f} 56 {15 - lift}" fill="none" '
            f'stroke="{light["dark"]}" stroke-width="3.2" stroke-linecap="round"/>'])
    back = Slope(w, 545, 690, 26, 800, 61)
    front = Slope(w, 622, 830, 40, 1200, 75)
    parts = terraces(light, back, 12, 2, 800)
    parts += village(light, back, 0.0, [("tree", 520, 60, 1), ("tree", 792, 72, 2), ("house", 600, 96, 0), ("house", 705, 78, 0),
                                        ("tree", 655, 54, 4), ("tree", 1180, 62, 9), ("tree", 1222, 48, 10)], 1.0)
    parts += terraces(light, front, 8, 3, 800)
    parts += farmer(light, 930, front.level(2.4 / 8)(930), 44) + farmer(light, 990, front.level(2.4 / 8)(990), 40)
    parts += tree(light, 1120, front.level(0)(1120) + 5, 118, 14) + tree(light, 240, front.level(0)(240) + 5, 92, 15)
    return svg(w, h, parts)


def emblem():
    """Three stepped hills under a stepped sun, on the embroidery grid of 16 x 16: no one's official mark."""
    rows = [
        "................",
        "......oooo......",
        "....oooooooo....",
        "...oooooooooo...",
        "...oooooooooo...",
        "..oooooooooooo..",
        "..ooooo##ooooo..",
        "..oooo####oooo..",
        "...oo######oo...",
        "...+########+...",
        ".+++###++###+++.",
        "++++##++++##++++",
        "~~~~~~~~~~~~~~~~",
        "++++++++++++++++",
        "~~~~~~~~~~~~~~~~",
        "................",
    ]
    colours = {"o": "#F2C14E", "#": "#7E9C7F", "+": "#4F7F6B", "~": "#FFF6E0"}
    cells = [
        f'<rect x="{32 * x}" y="{32 * y}" width="32" height="32" fill="{colours[c]}"/>'
        for y, row in enumerate(rows) for x, c in enumerate(row) if c in colours
    ]
    return svg(512, 512, ['<g shape-rendering="crispEdges">'] + cells + ["</g>"])


RATE = 44_100


def pluck(frequency, seconds, rng, bright):
    """A plucked string: noise in a loop of one period, averaged at each turn (Karplus and Strong, 1983)."""
    period = int(RATE / frequency)
    loop = [rng.uniform(-1, 1) for _ in range(period)]
    for _ in range(bright):
        loop = [(loop[i] + loop[i - 1]) / 2 for i in range(period)]
    out = []
    for n in range(int(RATE * seconds)):
        i = n % period
        out.append(loop[i])
        loop[i] = 0.4985 * (loop[i] + loop[(i + 1) % period])
    return out


def melody(file):
    """Five notes of the scale G A B D E in an easy walk, over two low strings."""
    rng = random.Random(2024)
    pitch = {"G3": 196.0, "D3": 146.8, "E3": 164.8, "D4": 293.7, "E4": 329.6, "G4": 392.0, "A4": 440.0, "B4": 493.9,
             "D5": 587.3, "E5": 659.3, "G5": 784.0}
    tune = "G4 . A4 B4 D5 . B4 . A4 . G4 E4 D4 . . . E4 . G4 A4 B4 . D5 . E5 . D5 B4 A4 . G4 . . . . .".split()
    low = {0: "G3", 4: "D3", 8: "E3", 12: "D3", 16: "G3", 20: "D3", 24: "E3", 28: "D3", 30: "G3"}
    beat = 11.0 / len(tune)
    total = [0.0] * (RATE * 12)

    def add(sound, at, gain):
        start = int(at * RATE)
        for i, value in enumerate(sound[: len(total) - start]):
            total[start + i] += gain * value

    for i, note in enumerate(tune):
        if note != ".":
            add(pluck(pitch[note], 2.4, rng, 3), 0.15 + i * beat + rng.uniform(0, 0.012), rng.uniform(0.8, 1.0))
        if i in low:
            add(pluck(pitch[low[i]], 3.2, rng, 5), 0.15 + i * beat, 0.7)
    peak = max(abs(v) for v in total)
    fade = RATE
    for i in range(fade):
        total[-1 - i] *= i / fade
    samples = array.array("h", (int(v / peak * 23_000) for v in total))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


def main(arguments):
    match arguments:
        case ["picture"]:
            sys.stdout.write(picture())
        case ["layer", name, light] if name in FILM and light in LIGHTS:
            sys.stdout.write(layer(name, LIGHTS[light]))
        case ["emblem"]:
            sys.stdout.write(emblem())
        case ["melody", file]:
            melody(file)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
