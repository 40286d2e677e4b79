#!/usr/bin/env bash
# Installs the Debian packages that a job needs and this machine lacks; where nothing lacks, it does nothing.
#
#   scripts/packages.sh SET...     build | run | board | publish | test | e2e | vm | bench | assets
#   scripts/packages.sh --list SET...     only prints their names
#   scripts/packages.sh --refresh         only brings the package lists up to date
#
# For Debian 12 and 13 and Raspberry Pi OS. As an ordinary user it asks sudo.
set -euo pipefail

packages() {
  case $1 in
    build) echo gcc libc6-dev pkg-config clang libclang-dev libasound2-dev \
      libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libswresample-dev ;;
    # Every library that the program is linked to or opens while it runs (tests/it/packages.rs compares); Mesa draws where
    # there is no GPU. FFmpeg's names are those of the Debian that the program was built on.
    run) echo ca-certificates mesa-vulkan-drivers libvulkan1 libgl1-mesa-dri libegl1 libgles2 \
      libx11-6 libx11-xcb1 libxcb1 libxcursor1 libxi6 libxrandr2 libxcb-shm0 libxkbcommon0 libxkbcommon-x11-0 \
      libwayland-client0 libwayland-egl1 libgcc-s1 "$(by_release \
        "libavcodec59 libavformat59 libavutil57 libswscale6 libswresample4 libasound2" \
        "libavcodec61 libavformat61 libavutil59 libswscale8 libswresample5 libasound2t64")" libasound2-plugins fonts-noto-core fonts-noto-color-emoji fonts-sil-taiheritagepro fonts-unifont ;;
    # A compositor that shows one program, and who lends it the screen.
    board) echo cage seatd ;;
    # What makes media fit that do not, on the machine that publishes.
    publish) echo ffmpeg imagemagick libheif-examples "$(by_release "" "libheif-plugin-libde265")" ;;
    test) echo xvfb xauth ffmpeg sox imagemagick pulseaudio pulseaudio-utils python3 python3-venv \
      libheif-examples "$(by_release "" "libheif-plugin-libde265 libheif-plugin-x265")" ;;
    e2e) echo nginx-light cage xwayland grim curl procps x11-xserver-utils faketime ;;
    vm) echo qemu-system-x86 mmdebstrap e2fsprogs imagemagick python3 ;;
    bench) echo mpv chromium procps xdotool ;;
    assets) echo python3 ffmpeg espeak-ng sox ;;
    *) echo "packages.sh: no set is called \`$1\`; there are build, run, board, publish, test, e2e, vm, bench and assets" >&2; return 2 ;;
  esac
}

# by_release "IN DEBIAN 12" "IN DEBIAN 13"
by_release() {
  local release
  release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID-}") || true
  if [ "$release" = 12 ]; then echo "$1"; else echo "$2"; fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "packages.sh: installing needs root, and there is no sudo; run as root: $*" >&2
    return 1
  fi
}

refresh() { as_root apt-get update -qq; }

main() {
  local list=no
  case ${1-} in
    --refresh) refresh; return ;;
    --list) list=yes; shift ;;
  esac
  [ $# -gt 0 ] || { echo "usage: scripts/packages.sh [--list] SET..." >&2; return 2; }

  local set package names wanted=() missing=()
  for set in "$@"; do
    names=$(packages "$set")
    for package in $names; do wanted+=("$package"); done
  done
  if [ $list = yes ]; then
    printf '%s\n' "${wanted[@]}" | sort -u
    return
  fi

  if ! command -v dpkg-query >/dev/null; then
    echo "packages.sh: this is not a Debian; install what corresponds to these, then use \`make PACKAGES=skip\`: ${wanted[*]}" >&2
    return 1
  fi
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  echo "packages.sh: installing ${missing[*]}"
  refresh
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

main "$@"
