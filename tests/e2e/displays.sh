#!/usr/bin/env bash
# A board on real displays: what the display shows is, pixel for pixel, what `bangtin screenshot` says.
#
#   displays.sh BANGTIN [FOLDER]     pictures are left in FOLDER, when one is given
#
# nginx serves the feed. Xvfb plays an LCD lying, one standing, and a small one; screens that hang turned, that hide their
# edges, or that are an LED wall's output, each with and without a GPU; and one whose mode changes, and which then goes
# away. cage, as an ordinary user, plays a Pi.
# Needs nginx, Xvfb, xrandr, ImageMagick, cage, xwayland, grim, setpriv (scripts/packages.sh test e2e). One line per check.
set -euo pipefail

program=$(realpath "${1:?usage: displays.sh BANGTIN [FOLDER]}")
keep=${2-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /tmp/bangtin-displays.XXXXXX)
jobs_started=()
failures=0

finish() {
  local pid
  for pid in "${jobs_started[@]}"; do stop "$pid"; done
  if [ -n "$keep" ]; then
    mkdir -p "$keep"
    cp "$work"/*.png "$keep"/ || true
  fi
  rm -rf "$work"
}
trap finish EXIT

say() { printf 'displays: %s\n' "$*"; }
fail() { say "FAILED: $*"; failures=$((failures + 1)); }
last_words() { tail -n 1 "$work/board.log" 2>/dev/null || true; }
die() { say "FAILED: $*"; exit 1; }

# until SECONDS WHAT COMMAND...
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || { fail "waited in vain for $what; the board says: $(last_words)"; return 1; }
    sleep 0.2
  done
}

stop() {
  local end=$((SECONDS + 10))
  kill "$1" 2>/dev/null || true
  while kill -0 "$1" 2>/dev/null; do
    if [ $SECONDS -ge $end ]; then
      say "process $1 did not end within 10 s of SIGTERM: killed"
      kill -9 "$1" 2>/dev/null || true
    fi
    sleep 0.1
  done
  wait "$1" 2>/dev/null || true
}

# An ordinary user where this runs as root: cage refuses root, and so should a board.
user=()
if [ "$(id -u)" = 0 ]; then user=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --no-new-privs); fi
as_user() { "${user[@]}" env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" "$@"; }

# Everything the ordinary user reads lies in the work folder.
chmod 755 "$work"
install -m 755 "$program" "$work/bangtin"
if [ -d "$here/../../fonts" ]; then cp -r "$here/../../fonts" "$work/fonts"; fi
mkdir -m 755 "$work/notices" "$work/nginx" "$work/home"
mkdir -m 700 "$work/run"
[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$work/home" "$work/run"
cd "$work"

# Nothing in it moves, but the clock once a minute.
cp "$here/../../config/demo/giu-nuoc.jpg" "$here/../../config/demo/bieu-trung.png" notices/
cat >notices/programme.toml <<'END'
title = "Xã Bình Lư"
emblem = "bieu-trung.png"
[[notice]]
id = "giu-nuoc"
title = "Giữ nước ruộng bậc thang"
category = "nong-nghiep"
text = "Bà con **đắp kỹ bờ**, phát sạch cỏ, lấy nước theo lịch của tổ thủy nông."
image = "giu-nuoc.jpg"
issuer = "Tổ Khuyến nông xã Bình Lư"
link = "https://binhlu.example/giu-nuoc"
END
./bangtin feed init site >/dev/null
./bangtin feed publish site notices >/dev/null
chmod -R a+rX site

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >nginx/nginx.conf <<END
daemon off; pid $work/nginx/pid; error_log $work/nginx/error.log; worker_processes 1;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $work/nginx/body; proxy_temp_path $work/nginx/proxy; fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi; scgi_temp_path $work/nginx/scgi;
  server { listen 127.0.0.1:$port; root $work/site; }
}
END
nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" &
jobs_started+=($!)
url=http://127.0.0.1:$port/
until_true 10 "nginx" curl -fs -o /dev/null "${url}metadata/timestamp.json" || exit 1

# on_air STATE: does the board show a notice, with its picture here?
on_air() {
  as_user ./bangtin status --state "$1" --json 2>/dev/null | python3 -c '
import json, sys
s = json.load(sys.stdin)
main = [z for z in s["on_air"] if z["zone"] == "main"]
sys.exit(0 if main and main[0]["kind"] == "notice" and not s["media"]["waiting"] and s["frames"]["drawn"] > 0 else 1)
' 2>/dev/null
}

# same NAME STATE GRAB...: the display, grabbed between two screenshots that are alike, is like them.
same() {
  local name=$1 state=$2 try differing
  shift 2
  for try in 1 2 3 4; do
    # The socket is the board user's own, so its user asks; the file is then ours to compare.
    as_user ./bangtin screenshot --state "$state" --out "$work/run/before.png"
    "$@" "$work/$name-display.png"
    as_user ./bangtin screenshot --state "$state" --out "$work/run/after.png"
    # The minute may have turned in between.
    if [ "$(compare -metric AE "$work/run/before.png" "$work/run/after.png" null: 2>&1)" = 0 ]; then break; fi
    [ "$try" -lt 4 ] || { fail "$name: no two screenshots in a row are alike"; return; }
  done
  cp "$work/run/after.png" "$work/$name-screenshot.png"
  differing=$(compare -metric AE "$work/$name-display.png" "$work/$name-screenshot.png" null: 2>&1) || true
  if [ "$differing" != 0 ]; then
    fail "$name: display and screenshot differ in ${differing%%[^0-9]*} pixels ($(identify -format '%wx%h ' "$work/$name-display.png" "$work/$name-screenshot.png"))"
  elif [ "$(identify -format %k "$work/$name-display.png")" -lt "${colours_min:-500}" ]; then
    fail "$name: the picture has too few colours to be a notice with a photograph"
  else
    say "$name: the display shows what \`screenshot\` says, $(identify -format '%wx%h, %k colours' "$work/$name-display.png")"
  fi
}

gone() { ! kill -0 "$1" 2>/dev/null; }
grab_x() { import -display "$display" -window root "$1"; }
grab_wayland() { as_user env WAYLAND_DISPLAY="$wayland" grim "$work/run/grim.png" && cp "$work/run/grim.png" "$1"; }

# start_board STATE COMMAND...: sets `board`.
start_board() {
  local state=$1
  shift
  # Not through `as_user`: $! must be the program that is stopped in the end.
  "${user[@]}" env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" "$@" ./bangtin play "${from[@]}" --state "$state" "${size[@]}" >"$work/board.log" 2>&1 &
  board=$!
  jobs_started+=("$board")
}

# start_server GEOMETRY: sets `server` and `display`.
start_server() {
  # Xvfb picks a free number and writes it to the descriptor.
  Xvfb -displayfd 9 -screen 0 "${1}x24" -nocursor -nolisten tcp 9>"$work/number" 2>/dev/null &
  server=$!
  jobs_started+=("$server")
  until_true 10 "Xvfb" test -s "$work/number" || exit 1
  display=:$(cat "$work/number")
  rm "$work/number"
}

state_folder() {
  mkdir "$work/run/$1"
  [ "$(id -u)" != 0 ] || chown 65534:65534 "$work/run/$1"
}

from=(--feed "$url" --root site/root.json)
for geometry in 1920x1080 1080x1920 1280x720; do
  start_server "$geometry"
  size=(--windowed "$geometry")
  state_folder "$geometry"
  start_board "$work/run/$geometry" env DISPLAY="$display"
  if until_true 30 "a notice at $geometry" on_air "$work/run/$geometry"; then
    sleep 1
    same "xvfb-$geometry" "$work/run/$geometry" grab_x
  fi
  stop "$board"
  stop "$server"
done

# Outputs that are not simply the picture.
number=0
for present in shm gpu; do
  for display_table in 'rotate = 90' 'rotate = 270
overscan = 2.5' 'region = "320x160+64+32"'; do
    number=$((number + 1))
    start_server 1280x720
    cat >board.toml <<END
[[feed]]
name = "xa"
url = "$url"
root = "$work/site/root.json"
[display]
theme = "day"
present = "$present"
$display_table
[led]
brightness = 80
[sound]
enabled = false
END
    chmod a+r board.toml
    from=(--config board.toml)
    size=(--windowed 1280x720)
    state_folder "turned-$number"
    start_board "$work/run/turned-$number" env DISPLAY="$display"
    if until_true 60 "a notice with $display_table" on_air "$work/run/turned-$number"; then
      sleep 1
      # A wall shows words and an icon.
      case $display_table in region*) colours_min=20 ;; *) colours_min=500 ;; esac
      same "output-$number-$present" "$work/run/turned-$number" grab_x
      colours_min=
    fi
    stop "$board"
    stop "$server"
  done
done
# A ticker on a GPU has its own part of the window; when it ends, the page has that again.
start_server 1280x720
cp notices/programme.toml still.toml
cat >>notices/programme.toml <<'END'
[[ticker]]
text = "Khi có việc gấp, gọi: 113 Công an, 114 Cứu hỏa, 115 Cấp cứu. Chợ phiên Bình Lư họp sáng Chủ nhật, từ 6h00 đến 11h00."
END
./bangtin feed publish site notices >/dev/null
chmod -R a+rX site
cat >board.toml <<END
[[feed]]
name = "xa"
url = "$url"
root = "$work/site/root.json"
poll_seconds = 5
[display]
theme = "day"
present = "gpu"
[sound]
enabled = false
END
from=(--config board.toml)
size=(--windowed 1280x720)
state_folder ticker
start_board "$work/run/ticker" env DISPLAY="$display"
has_ticker() { as_user ./bangtin status --state "$work/run/ticker" --json 2>/dev/null | grep -q '"zone": *"ticker"'; }
has_none() { ! has_ticker; }
above=1280x620+0+0 band=1000x60+200+655
alike() { [ "$(compare -metric AE "$1[$3]" "$2[$3]" null: 2>&1)" = 0 ]; }
if until_true 60 "a ticker" has_ticker && until_true 60 "a notice over a ticker" on_air "$work/run/ticker"; then
  sleep 2
  grab_x ticker-1.png
  grab_x ticker-2.png
  as_user ./bangtin screenshot --state "$work/run/ticker" --out "$work/run/ticker.png"
  if ! alike ticker-2.png run/ticker.png "$above"; then
    fail "ticker on a GPU: the page above it is not what \`screenshot\` says"
  elif alike ticker-1.png ticker-2.png "$band"; then
    fail "ticker on a GPU: it does not move"
  elif [ "$(identify -format %k "ticker-2.png[$band]")" -lt 10 ]; then
    fail "ticker on a GPU: there are no letters in it"
  else
    say "a ticker moves on a GPU, under the page that \`screenshot\` says"
  fi
  cp still.toml notices/programme.toml
  ./bangtin feed publish site notices >/dev/null
  chmod -R a+rX site
  if until_true 30 "the ticker's end" has_none; then
    sleep 1
    same "ticker-ended" "$work/run/ticker" grab_x
  fi
fi
stop "$board"
stop "$server"
from=(--feed "$url" --root site/root.json)

# Full screen on a bare X server whose mode changes; then the server dies.
start_server 1920x1080
size=(--present shm)
state_folder modes
start_board "$work/run/modes" env DISPLAY="$display"
board_is() { as_user ./bangtin status --state "$work/run/modes" --json 2>/dev/null | tr -d ' \n' | grep -q "\"size\":\[$1,$2\]"; }
if until_true 30 "a notice on a bare server" on_air "$work/run/modes"; then
  DISPLAY=$display xrandr --newmode half 74.50 1280 1344 1472 1664 720 723 728 748
  DISPLAY=$display xrandr --addmode screen half
  # Many times: a change that comes while the board waits for the server at a picture must not be missed.
  for turn in {1..15}; do
    for mode in half 1920x1080; do
      DISPLAY=$display xrandr --output screen --mode "$mode"
      case $mode in half) want=(1280 720) ;; *) want=(1920 1080) ;; esac
      until_true 20 "the board at ${want[*]}, turn $turn" board_is "${want[@]}" || break 2
      if [ "$turn" = 1 ]; then
        sleep 1
        same "mode-${want[0]}" "$work/run/modes" grab_x
      fi
    done
  done
  kill -9 "$server"
  if until_true 30 "the board to end with its server" gone "$board"; then
    code=0
    wait "$board" || code=$?
    if [ $code = 1 ] && grep -q 'the window system went away' "$work/board.log"; then
      say "a board whose X server dies says so, and ends with 1"
    else
      fail "a board whose X server died ended with $code: $(last_words)"
    fi
  fi
fi
stop "$board"

size=()
state_folder cage
# Inside an X server: with WLR_BACKENDS=headless, grim 1.4 shows black where nothing was drawn since its first capture,
# whatever the program.
Xvfb -displayfd 9 -screen 0 1280x800x24 -nocursor -nolisten tcp 9>"$work/number" 2>/dev/null &
server=$!
jobs_started+=("$server")
until_true 10 "Xvfb" test -s "$work/number" || exit 1
start_board "$work/run/cage" env -u WAYLAND_DISPLAY DISPLAY=":$(cat "$work/number")" WLR_BACKENDS=x11 WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 cage --
if until_true 30 "a notice in cage" on_air "$work/run/cage"; then
  wayland=$(cd "$work/run" && find . -maxdepth 1 -type s -name 'wayland-*' -printf '%f\n' | head -n 1)
  sleep 1
  same cage "$work/run/cage" grab_wayland
  # The board ends and cage follows; the other way round cage 0.1.4 aborts.
  kill "$(as_user ./bangtin status --state run/cage --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')" || true
  until_true 10 "cage to end with its board" gone "$board" || true
fi
stop "$board"

if [ $failures -gt 0 ]; then die "$failures of the checks above"; fi
say "every display shows what the board says it shows"
