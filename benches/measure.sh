#!/usr/bin/env bash
# The figures of a board, in a display of its own: Xvfb, 1920 x 1080, no GPU.
#
#   benches/measure.sh BANGTIN [--only start,still,clock,ticker,gpu,film,many,poll,missed] [--runs 3]
#
# The table goes to stdout, what is being done to stderr. Let the machine do nothing else meanwhile.
# Needs Xvfb, ffmpeg, nginx, chromium and mpv (scripts/packages.sh test e2e bench).
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: benches/measure.sh BANGTIN [--only PARTS] [--runs N]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
number=$(mktemp)

Xvfb -displayfd 9 -screen 0 1920x1080x24 -nocursor -nolisten tcp 9>"$number" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -f "$number"' EXIT
for _ in $(seq 100); do
  [ ! -s "$number" ] || break
  sleep 0.1
done
[ -s "$number" ] || { echo "measure.sh: Xvfb did not start" >&2; exit 1; }

# Silence where there is no sound card; X11, as the peers use.
DISPLAY=:$(<"$number")
export DISPLAY
unset WAYLAND_DISPLAY
python3 "$here/measure.py" "$@"
