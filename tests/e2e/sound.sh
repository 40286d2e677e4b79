#!/usr/bin/env bash
# What a board plays arrives at the loudspeaker, whole: a spoken notice of known length, and the sirens and words of a
# warning, recorded from a sound server's sink.
#
#   sound.sh BANGTIN [FOLDER]     the recordings are left in FOLDER, when one is given
#
# A PulseAudio null sink stands for the sound card: unlike ALSA's null device it has a real clock.
# Needs pulseaudio, pulseaudio-utils, libasound2-plugins, sox (scripts/packages.sh run test). One line per check.
set -euo pipefail

program=$(realpath "${1:?usage: sound.sh BANGTIN [FOLDER]}")
keep=${2-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /tmp/bangtin-sound.XXXXXX)
jobs_started=()

finish() {
  local pid
  for pid in "${jobs_started[@]}"; do stop "$pid"; done
  if [ -n "$keep" ]; then
    mkdir -p "$keep"
    cp "$work"/{heard,sirens}.wav "$work/board.log" "$keep"/ || true
  fi
  rm -rf "$work"
}
trap finish EXIT

say() { printf 'sound: %s\n' "$*"; }
last_words() { tail -n 1 "$work/board.log" 2>/dev/null || true; }
die() { say "FAILED: $*"; exit 1; }
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
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || die "waited in vain for $what; the board says: $(last_words)"
    sleep "${pause-0.2}"
  done
}

cd "$work"
if [ -d "$here/../../fonts" ]; then cp -r "$here/../../fonts" fonts; fi
mkdir -m 700 pulse home
export HOME=$work/home XDG_RUNTIME_DIR=$work/pulse PULSE_RUNTIME_PATH=$work/pulse PULSE_SERVER=unix:$work/pulse/native
unset DISPLAY WAYLAND_DISPLAY

pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --disallow-exit \
  --load="module-native-protocol-unix auth-anonymous=1 socket=$work/pulse/native" \
  --load="module-null-sink sink_name=board rate=48000" >pulse.log 2>&1 &
jobs_started+=($!)
until_true 10 "the sound server" pactl info >/dev/null

cat >asound.conf <<'END'
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
END
export ALSA_CONFIG_PATH=$work/asound.conf

# Three seconds of tone between silences: however often it plays, each tone heard must be three seconds long.
mkdir notices
sox -n -r 44100 -c 1 -b 16 notices/tieng.wav synth 3 sine 440 gain -6 pad 0.5 1.5
cat >notices/programme.toml <<'END'
title = "Xã Bình Lư"
[[notice]]
id = "tieng"
title = "Nghe thông báo"
audio = "tieng.wav"
END
"$program" feed init site >/dev/null
"$program" feed publish site notices >/dev/null

parec -d board.monitor --rate=8000 --channels=1 --format=s16le --file-format=wav heard.wav &
recorder=$!
jobs_started+=("$recorder")
sleep 1
"$program" play --feed "$work/site" --root site/root.json --state "$work/state" --headless 640x360 >board.log 2>&1 &
board=$!
jobs_started+=("$board")

on_air() { "$program" status --state "$work/state" --json 2>/dev/null | grep -q '"id": *"tieng"'; }
until_true 30 "the notice on air" on_air
# Two turns of the rotation, each at most a minute, though a notice of two words has far less.
heard_enough() {
  kill -0 "$board" 2>/dev/null || die "the board ended by itself: $(tail -n 1 board.log)"
  python3 "$here/bursts.py" heard.wav 3.0 >/dev/null 2>&1
}
pause=1 until_true 130 "a whole tone of 3 s" heard_enough
stop "$board"
sleep 0.5
stop "$recorder"

lengths=$(python3 "$here/bursts.py" heard.wav 3.0) || die "$lengths"
loudest=$(sox heard.wav -n stat 2>&1 | awk '/Maximum amplitude/ { print $3 }')
frequency=$(sox heard.wav -n stat 2>&1 | awk '/Rough +frequency/ { print $3 }')
awk -v a="$loudest" 'BEGIN { exit !(a > 0.05 && a < 0.999) }' || die "the loudest sample is $loudest: not heard, or clipped"
((frequency > 420 && frequency < 460)) || die "the tone is about $frequency Hz, not 440"
say "a tone of 3 s is heard at the sink: $lengths; loudest sample $loudest, about $frequency Hz"

# A warning of level 4, in quiet hours: a siren at each whole minute, and words of two seconds after it. A board that is killed
# after one and started again does not sound it twice.
cat >board.toml <<END
state = "$work/state"
[[feed]]
name = "xa"
url = "$work/site"
root = "$work/site/root.json"
poll_seconds = 5
[sound]
quiet_hours = ["00:00-12:00", "12:00-24:00"]
[clock]
has_rtc = true
END
sox -n -r 22050 -c 1 -b 16 loi.wav synth 2 sine 330 gain -6
cat >alerts.json <<END
{"alerts": [{"sender": "pctt@binhlu.example", "identifier": "lu-1", "sent": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "status": "Actual", "message": "Alert", "level": 4, "hazard": "lu", "event": "Lũ quét", "audio": "loi.wav"}]}
END
"$program" feed alert site alerts.json >/dev/null
parec -d board.monitor --latency-msec=50 --rate=8000 --channels=1 --format=s16le --file-format=wav sirens.wav &
recorder=$!
jobs_started+=("$recorder")
# When the first sample was recorded, by what there is of them now: the recorder takes a while to begin.
recorded() { [ "$(stat -c %s sirens.wav 2>/dev/null || echo 0)" -gt 8000 ]; }
pause=0.1 until_true 20 "the recorder" recorded
recorded_from=$(python3 -c 'import os, time; print(time.time() - (os.stat("sirens.wav").st_size - 44) / 16000)')
play() {
  "$program" play --config board.toml --headless 640x360 >>board.log 2>&1 &
  board=$!
  jobs_started+=("$board")
}
play
heard() { python3 "$here/siren.py" sirens.wav "$recorded_from" "$1" 2 >/dev/null 2>&1; }
pause=0.5 until_true 190 "the first siren" heard 1
kill -9 "$board"
wait "$board" 2>/dev/null || true
play
pause=0.5 until_true 190 "the second siren" heard 2
stop "$board"
sleep 0.5
stop "$recorder"
sirens=$(python3 "$here/siren.py" sirens.wav "$recorded_from" 2 2) || die "$sirens"
say "sirens and words of a warning, with a restart between them:"
while read -r line; do say "  $line"; done <<<"$sirens"
