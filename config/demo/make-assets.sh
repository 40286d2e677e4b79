#!/usr/bin/env bash
# Makes every picture, film and sound of the demo: scene.py draws and composes, ffmpeg paints and encodes,
# espeak-ng speaks, sox levels. Needs: python3 (3.10), ffmpeg with librsvg, libx264 and libmp3lame, espeak-ng, sox.
# Other versions of these give files of other bytes and the same content.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for tool in python3 ffmpeg espeak-ng sox; do
  command -v "$tool" >/dev/null || { echo "make-assets.sh: $tool is not installed; run scripts/packages.sh test" >&2; exit 1; }
done

draw() { python3 "$here/scene.py" "$@"; }
ff() { ffmpeg -v error -y "$@"; }

picture() {
  draw picture >picture.svg
  # A little noise keeps the sky from banding once it is a JPEG.
  ff -i picture.svg -vf 'noise=alls=2:allf=t:all_seed=7,format=yuvj420p' -frames:v 1 -q:v 4 -map_metadata -1 "$here/giu-nuoc.jpg"
  draw emblem >emblem.svg
  ff -i emblem.svg -frames:v 1 -pix_fmt rgba -compression_level 9 "$here/bieu-trung.png"
}

# One light of the scene: layers glide at different speeds, composed at twice the size so that half pixels count.
# librsvg's alpha is premultiplied.
lit() {
  local light=$1 name inputs=()
  for name in sky sun far middle mist near bird bird2; do
    draw layer "$name" "$light" >"$light-$name.svg"
    ff -i "$light-$name.svg" -vf "scale=iw*2:ih*2:flags=bicubic" -frames:v 1 "$light-$name.png"
    inputs+=(-loop 1 -framerate 25 -t 12 -i "$light-$name.png")
  done
  # Birds take turns with wings up and down; t is in seconds, speeds in pixels a second at twice the size.
  ff "${inputs[@]}" -filter_complex "
    [0]format=rgb24[sky];
    [sky][1]overlay=x=750:y='-230-24*t':format=rgb:alpha=premultiplied[a];
    [a][2]overlay=x='-6.25*t':y=0:format=rgb:alpha=premultiplied[b];
    [b][3]overlay=x='-12.5*t':y=0:format=rgb:alpha=premultiplied[c];
    [c][4]overlay=x='-700+25*t':y=0:format=rgb:alpha=premultiplied[d];
    [d][5]overlay=x='-400-25*t':y=0:format=rgb:alpha=premultiplied[e];
    [6]split=3[u1][u2][u3];[7]split=3[d1][d2][d3];
    [e][u1]overlay=x='300+110*t':y='420-14*t+8*sin(2*t)':enable='lt(mod(t,0.8),0.4)':format=rgb:alpha=premultiplied[f];
    [f][d1]overlay=x='300+110*t':y='420-14*t+8*sin(2*t)':enable='gte(mod(t,0.8),0.4)':format=rgb:alpha=premultiplied[g];
    [g][u2]overlay=x='180+112*t':y='500-15*t+8*sin(2*t+1)':enable='gte(mod(t+0.2,0.8),0.4)':format=rgb:alpha=premultiplied[h];
    [h][d2]overlay=x='180+112*t':y='500-15*t+8*sin(2*t+1)':enable='lt(mod(t+0.2,0.8),0.4)':format=rgb:alpha=premultiplied[i];
    [i][u3]overlay=x='120+108*t':y='380-13*t+8*sin(2*t+2)':enable='lt(mod(t+0.5,0.8),0.4)':format=rgb:alpha=premultiplied[j];
    [j][d3]overlay=x='120+108*t':y='380-13*t+8*sin(2*t+2)':enable='gte(mod(t+0.5,0.8),0.4)':format=rgb:alpha=premultiplied[k];
    [k]scale=1280:720:flags=area" \
    -t 12 -r 25 -c:v libx264 -preset ultrafast -crf 4 -pix_fmt yuv444p "$light.mkv"
}

film() {
  lit dawn
  lit day
  draw melody melody.wav
  ff -i dawn.mkv -i day.mkv -i melody.wav -filter_complex "
    [1]format=yuva444p,fade=t=in:st=1:d=8.5:alpha=1[day];[0][day]overlay=format=yuv444,noise=c0s=2:c0f=t:all_seed=7,
      scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[v];
    [2]aecho=0.8:0.5:90|170:0.25|0.14,volume=1.9,alimiter=limit=0.8:level=disabled[a]" \
    -map '[v]' -map '[a]' -t 12 -r 25 -c:v libx264 -preset veryslow -tune animation -crf 26 -g 50 -threads 1 \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    -c:a aac -b:a 64k -ac 1 -map_metadata -1 -movflags +faststart -fflags +bitexact "$here/binh-lu.mp4"
}

# Spoken by espeak-ng's Vietnamese voice, after two soft notes; silence trimmed, even level, faded ends.
speak() {
  local out=$1 text=$2
  espeak-ng -v vi -s 138 -p 42 -g 4 -w voice.wav -- "$text"
  sox -v 0.5 voice.wav -r 44100 -c 1 clean.wav highpass 90 lowpass 7000 silence 1 0.05 0.3% reverse silence 1 0.05 0.3% reverse \
    compand 0.02,0.2 6:-60,-50,-18,-14,-8 -6 -60 0.05 gain -n -4
  sox clean.wav faded.wav fade t 0.02 -0 0.15
  sox -n -r 44100 -c 1 chime.wav synth 1.1 sine 523.25 synth 1.1 sine mix 1046.5 fade l 0.01 1.1 1.0 gain -n -12
  sox -n -r 44100 -c 1 chime2.wav synth 1.3 sine 392 synth 1.3 sine mix 784 fade l 0.01 1.3 1.2 gain -n -12
  sox chime.wav chime2.wav faded.wav joined.wav pad 0 0.5 norm -2
  ff -i joined.wav -c:a libmp3lame -b:a 48k -ac 1 -ar 44100 -map_metadata -1 -fflags +bitexact "$here/$out"
}

sounds() {
  speak ban-tin.mp3 "Ủy ban nhân dân xã Bình Lư xin chào bà con. Sáng thứ Tư, bản Nà Đon và bản Nà Khan cắt điện từ bảy giờ ba mươi đến mười một giờ ba mươi. Mời bà con xem bảng tin để biết thêm."
  speak tiem-chung.mp3 "Trạm Y tế xã Bình Lư mời bà con đưa trẻ dưới hai tuổi đi tiêm chủng. Tiêm miễn phí. Nhớ mang theo sổ tiêm chủng."
}

for what in "${@:-picture film sounds}"; do
  for part in $what; do
    case $part in
      picture | film | sounds) "$part" ;;
      *) echo "usage: make-assets.sh [picture] [film] [sounds]" >&2; exit 2 ;;
    esac
  done
done
ls -l "$here"/*.jpg "$here"/*.png "$here"/*.mp4 "$here"/*.mp3
