#!/bin/sh
# Makes the pictures that README.md shows beside docs/board.png, from config/demo, as boards show it.
#
# Usage: scripts/pictures.sh [BANGTIN]   Needs `make fonts release`, and ffmpeg.
set -eu
cd "$(dirname "$0")/.."
bangtin=${1:-target/release/bangtin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

draw() { # NAME WxH ARGUMENT...
  name=$1 size=$2
  shift 2
  "$bangtin" render config/demo --size "$size" --out "$work/$name.png" "$@"
}
small() { # NAME FILTER INPUT...: a palette keeps a page with little but text small
  name=$1 filter=$2
  shift 2
  for input; do set -- "$@" -i "$work/$input.png"; shift; done
  ffmpeg -nostdin -v error -y "$@" -filter_complex \
    "$filter,split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none" \
    -frames:v 1 -update 1 -fflags +bitexact -pred mixed -compression_level 9 "docs/$name.png"
}

draw portrait 360x640 --at 2026-11-24T19:00
draw warning 640x360 --at 2026-11-24T07:30 --alerts config/demo/alerts.json
draw strip 192x32 --at 2026-11-24T19:00
draw strip-warning 192x32 --at 2026-11-24T07:30 --alerts config/demo/alerts.json
small portrait null portrait
small warning null warning
# Four times as large, as an LED wall is: without grey between the pixels.
small led-strip "[0]pad=iw:ih+4:0:0:gray[s];[s][1]vstack,scale=iw*4:ih*4:flags=neighbor" strip strip-warning
