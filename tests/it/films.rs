//! Films and sounds as people bring them: recordings joined, telephones held upright, colours of every kind.

use crate::support::{decoder, made_by_ffmpeg, media};
use bangtin::clock::instant;
use bangtin::media::{Clip, ClipState, Fit, Wish, probe};
use bangtin::model::media::{ColourRange, FilmPicture, Matrix};
use bangtin::problem::Speech;
use bangtin::sound::RATE;
use std::path::{Path, PathBuf};
use std::time::Duration;

const H264: &str = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

fn length_of(file: &Path) -> f64 {
    let found = probe(&decoder(), &media(file)).unwrap_or_else(|problem| panic!("{problem}"));
    found.duration_us.unwrap() as f64 / 1e6
}

fn refusal_of(file: &Path) -> String {
    probe(&decoder(), &media(file)).expect_err("it is to be refused").line(Speech::English)
}

fn opened(file: &Path, start: f64, fit: Fit) -> Clip {
    let wish = Wish { picture: Some(fit), start_us: (start * 1e6) as i64, sound_rate: RATE, threads: 2 };
    let clip = Clip::open(decoder(), media(file), wish, || ());
    let deadline = instant() + Duration::from_secs(20);
    loop {
        match clip.state() {
            ClipState::Ready => return clip,
            ClipState::Failed(failure) => panic!("{}", failure.problem),
            ClipState::Opening => assert!(instant() < deadline, "{file:?} does not open"),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A picture as it is seen, rows of red, green and blue.
struct Seen {
    width: usize,
    height: usize,
    rgb: Vec<[f64; 3]>,
}

impl Seen {
    fn of(picture: &FilmPicture<'_>) -> Seen {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let (kr, kb) = match picture.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt2020 => (0.2627, 0.0593),
        };
        let (floor, luma, chroma) = match picture.range {
            ColourRange::Limited => (16.0, 219.0, 224.0),
            ColourRange::Full => (0.0, 255.0, 255.0),
        };
        let mut rgb = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let y = f64::from(picture.y[row * picture.y_stride as usize + column]);
                let at = row / 2 * picture.uv_stride as usize + column / 2;
                let y = (y - floor) / luma;
                let (cb, cr) = (
                    (f64::from(picture.u[at]) - 128.0) / chroma,
                    (f64::from(picture.v[at]) - 128.0) / chroma,
                );
                let (red, blue) = (y + 2.0 * (1.0 - kr) * cr, y + 2.0 * (1.0 - kb) * cb);
                let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
                rgb.push([red, green, blue].map(|value| (value * 255.0).clamp(0.0, 255.0)));
            }
        }
        Seen { width, height, rgb }
    }

    fn first(file: &Path, start: f64) -> Seen {
        let clip = opened(file, start, Fit::Native { side_max: 2048 });
        let mut seen = None;
        assert!(clip.show(instant(), &mut |picture| seen = Some(Seen::of(&picture))));
        seen.unwrap()
    }

    /// At shares of width and height.
    fn at(&self, across: f64, down: f64) -> [f64; 3] {
        let (column, row) = ((self.width as f64 * across) as usize, (self.height as f64 * down) as usize);
        self.rgb[row * self.width + column]
    }

    fn is_near(&self, across: f64, down: f64, expected: [u8; 3], tolerance: f64) -> bool {
        self.at(across, down)
            .iter()
            .zip(expected)
            .all(|(seen, level)| (seen - f64::from(level)).abs() <= tolerance)
    }
}

/// A film whose left half has one colour and whose right half another.
fn halves(left: &str, right: &str, size: &str) -> String {
    format!(
        "-f lavfi -i color={left}:s={size}:r=5:d=1 -f lavfi -i color={right}:s={size}:r=5:d=1 -filter_complex hstack"
    )
}

/// Plays with the clock moved by hand. Returns the time of each picture, in seconds, and what was heard, left, at 48 kHz.
fn played(file: &Path, start: f64) -> (Vec<f64>, Vec<f32>) {
    let clip = opened(file, start, Fit::Native { side_max: 64 });
    let sound = clip.sound();
    let began = instant();
    clip.start(began);
    let (mut times, mut heard, mut now) = (Vec::new(), Vec::new(), began);
    let deadline = instant() + Duration::from_secs(60);
    loop {
        if let Some(sound) = &sound {
            // As far as the clock has come, and what is decoded: as a loudspeaker takes it.
            heard.extend(std::iter::from_fn(|| sound.next_frame()).map(|[left, _]| left));
        }
        match clip.next_due(now) {
            Some(due) if clip.show(due.max(now), &mut |_| ()) => {
                now = now.max(due);
                times.push(start + now.duration_since(began).as_secs_f64());
            }
            _ if clip.finished() => return (times, heard),
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
        assert!(instant() < deadline, "the film does not end; {} pictures", times.len());
    }
}

fn joined(name: &str, parts: &[PathBuf]) -> PathBuf {
    let whole: Vec<u8> = parts.iter().flat_map(|part| std::fs::read(part).unwrap()).collect();
    let path = parts[0].with_file_name(name);
    std::fs::write(&path, whole).unwrap();
    path
}

fn recording(name: &str, size: &str, more: &str) -> PathBuf {
    made_by_ffmpeg(
        name,
        &format!(
            "-f lavfi -i testsrc2=s={size}:r=25:d=4 -f lavfi -i sine=f=440:d=4 {H264} -g 25 -c:a aac -f mpegts {more}"
        ),
    )
}

#[test]
fn recordings_joined_in_a_transport_stream_are_one_film_whatever_their_clocks_say() {
    let first = recording("first.ts", "320x180", "");
    for (name, second) in [
        ("hour-on.ts", recording("second-hour.ts", "320x180", "-output_ts_offset 3600")),
        ("again.ts", first.clone()),
        (
            "other-numbers.ts",
            recording("second-pids.ts", "320x180", "-mpegts_start_pid 0x200 -mpegts_pmt_start_pid 0x1100"),
        ),
        ("other-shape.ts", recording("second-shape.ts", "180x320", "-output_ts_offset 50")),
    ] {
        let film = joined(name, &[first.clone(), second]);
        let length = length_of(&film);
        assert!((7.9..8.2).contains(&length), "{name}: {length} s");
        let (times, heard) = played(&film, 0.0);
        assert!((196..=200).contains(&times.len()), "{name}: {} pictures", times.len());
        let last = times.last().unwrap();
        assert!((7.8..8.1).contains(last), "{name}: the last picture at {last} s");
        let longest = times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        assert!(longest < 0.2, "{name}: a picture stands for {longest} s");
        let seconds = heard.len() as f64 / f64::from(RATE);
        assert!((7.8..8.3).contains(&seconds), "{name}: {seconds} s of sound");
        // A board that comes in the middle of the second.
        let (late, _) = played(&film, 6.0);
        assert!(
            (48..=55).contains(&late.len()),
            "{name}: {} pictures in the last two seconds: {late:.2?}",
            late.len()
        );
    }
}

#[test]
fn pictures_that_change_their_shape_keep_it() {
    let wide = recording("wide-white.ts", "320x180", "-vf drawbox=c=white:t=fill");
    let tall = recording("tall-white.ts", "180x320", "-vf drawbox=c=white:t=fill -output_ts_offset 50");
    let film = joined("wide-then-tall.ts", &[wide, tall]);
    let seen = Seen::first(&film, 6.0);
    assert_eq!((seen.width, seen.height), (320, 180));
    assert!(seen.is_near(0.5, 0.5, [255; 3], 3.0), "{:?}", seen.at(0.5, 0.5));
    assert!(
        seen.is_near(0.2, 0.5, [0; 3], 3.0) && seen.is_near(0.8, 0.5, [0; 3], 3.0),
        "{:?}",
        seen.at(0.2, 0.5)
    );
}

#[test]
fn sound_that_begins_late_is_heard_in_its_moment() {
    let begins = |heard: &[f32]| {
        heard
            .iter()
            .position(|sample| sample.abs() > 0.02)
            .map(|at| at as f64 / f64::from(RATE))
            .unwrap_or(-1.0)
    };
    for late in [2, 8, 15] {
        for (container, codec) in [("ts", "-c:a aac -f mpegts"), ("mkv", "-c:a aac"), ("mp4", "-c:a aac")] {
            let name = format!("late-{late}.{container}");
            let film = made_by_ffmpeg(
                &name,
                &format!(
                    "-f lavfi -i testsrc2=s=160x90:r=25:d=18 -itsoffset {late} -f lavfi -i sine=f=440:d=2 {H264} {codec}"
                ),
            );
            let found = probe(&decoder(), &media(&film)).unwrap();
            assert!(found.sound, "{name}");
            let (times, heard) = played(&film, 0.0);
            assert_eq!(times.len(), 450, "{name}");
            let begin = begins(&heard);
            assert!((begin - f64::from(late)).abs() < 0.04, "{name}: heard from {begin} s on");
        }
    }
}

#[test]
fn of_several_tracks_the_one_that_the_file_puts_first_is_heard() {
    let film = made_by_ffmpeg(
        "tracks.mkv",
        &format!(
            "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -f lavfi -i sine=f=440:d=2 -f lavfi -i sine=f=1760:d=2 \
             -map 0 -map 1 -map 2 {H264} -c:a:0 libopus -b:a:0 32k -c:a:1 aac -b:a:1 192k -disposition:a:1 0"
        ),
    );
    let (_, heard) = played(&film, 0.0);
    let crossings = heard.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    assert!((800..=960).contains(&crossings), "{crossings} waves in two seconds");
}

#[test]
fn a_length_that_only_the_bit_rate_suggests_is_measured() {
    let loud = "aevalsrc='if(lt(t,5),random(0)-0.5,0.3*sin(2764*t)*lt(mod(t,1),0.1))':d=40";
    let quiet = "aevalsrc='if(gt(t,35),random(0)-0.5,0)':d=40";
    for (name, source, codec) in [
        ("vbr.mp3", loud, "-c:a libmp3lame -q:a 4 -write_xing 0 -id3v2_version 0"),
        ("vbr-quiet-first.mp3", quiet, "-c:a libmp3lame -q:a 4 -write_xing 0"),
        ("loud-first.aac", loud, "-c:a aac -q:a 1 -f adts"),
        ("quiet-first.aac", quiet, "-c:a aac -q:a 1 -f adts"),
    ] {
        let length = length_of(&made_by_ffmpeg(name, &format!("-f lavfi -i {source} {codec}")));
        assert!((39.8..40.3).contains(&length), "{name}: {length} s");
    }
}

#[test]
fn neither_chapters_nor_subtitles_beyond_the_film_nor_a_thumbnail_before_it_make_it_longer() {
    let folder = tempfile::tempdir().unwrap();
    let words = folder.path().join("words.srt");
    std::fs::write(&words, "1\n00:00:01,000 --> 00:00:30,000\nXin chào\n").unwrap();
    let film = "-f lavfi -i testsrc2=s=160x90:r=25:d=3";
    let subtitled =
        made_by_ffmpeg("subtitled.mkv", &format!("{film} -i {} {H264} -c:s srt", words.display()));
    let thumbnail = made_by_ffmpeg(
        "thumbnail-first.mp4",
        &format!("-f lavfi -i color=red:s=64x64:r=25:d=0.04 {film} -map 0 -map 1 {H264}"),
    );
    let thumbnail_mkv = made_by_ffmpeg(
        "thumbnail-first.mkv",
        &format!("-f lavfi -i color=red:s=64x64:r=25:d=0.04 {film} -map 0 -map 1 {H264}"),
    );
    let chapters = folder.path().join("chapters.txt");
    std::fs::write(&chapters, ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=40\ntitle=Một\n").unwrap();
    let chaptered = made_by_ffmpeg(
        "chaptered.mp4",
        &format!("{film} -i {} -map_metadata 1 -map_chapters 1 {H264}", chapters.display()),
    );
    for path in [subtitled, thumbnail, thumbnail_mkv, chaptered] {
        let found = probe(&decoder(), &media(&path)).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(found.picture, Some([160, 90]), "{path:?}");
        let length = found.duration_us.unwrap();
        assert!((2_950_000..3_100_000).contains(&length), "{path:?}: {length}");
    }
}

#[test]
fn what_no_loudspeaker_plays_is_refused_before_it_takes_memory() {
    let folder = tempfile::tempdir().unwrap();
    let slow = folder.path().join("slow.wav");
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\x01\0\x08\0data\0\x20\0\0".to_vec();
    wav.extend([200; 8192]);
    let length = (wav.len() as u32 - 8).to_le_bytes();
    wav[4..8].copy_from_slice(&length);
    std::fs::write(&slow, wav).unwrap();
    assert!(
        refusal_of(&slow).contains("its sound cannot be played: 1 samples a second"),
        "{}",
        refusal_of(&slow)
    );
    let many = folder.path().join("many.wav");
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x28\0\x40\x1f\0\0\0\xe2\x04\0\x28\0\x08\0data\0\x7d\0\0"
            .to_vec();
    wav.extend([100; 32_000]);
    std::fs::write(&many, wav).unwrap();
    assert!(refusal_of(&many).contains("40 channels"), "{}", refusal_of(&many));
}

#[test]
fn a_film_above_a_board_s_means_is_told_so() {
    let film = made_by_ffmpeg(
        "8k.mp4",
        "-f lavfi -i color=gray:s=7680x4320:r=1:d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let line = refusal_of(&film);
    assert!(line.contains("too large to be shown (7680 x 4320 pixels)"), "{line}");
}

#[test]
fn films_of_red_green_and_blue_keep_their_colours_at_every_size() {
    for size in ["160x240", "640x720"] {
        for (name, codec) in [
            ("bars.gif", "-pix_fmt rgb8"),
            ("rgb.mkv", "-c:v libx264rgb -crf 0 -pix_fmt rgb24"),
            ("gbr.webm", "-c:v libvpx-vp9 -lossless 1 -pix_fmt gbrp"),
            ("rle.mov", "-c:v qtrle -pix_fmt rgb24"),
            ("raw.avi", "-c:v rawvideo -pix_fmt bgr24"),
        ] {
            let film = made_by_ffmpeg(
                &format!("{size}-{name}"),
                &format!("{} {codec}", halves("0xC80000", "0x00A000", size)),
            );
            let seen = Seen::first(&film, 0.0);
            // GIF's 256 colours and libswscale's rounding.
            let tolerance = if name.ends_with("gif") { 24.0 } else { 3.0 };
            assert!(
                seen.is_near(0.25, 0.5, [200, 0, 0], tolerance),
                "{size} {name}: {:?}",
                seen.at(0.25, 0.5)
            );
            assert!(
                seen.is_near(0.75, 0.5, [0, 160, 0], tolerance),
                "{size} {name}: {:?}",
                seen.at(0.75, 0.5)
            );
        }
    }
}

#[test]
fn ranges_and_matrices_mean_what_a_film_says_in_8_and_in_10_bits() {
    let matrices =
        [("bt709", "bt709", "bt709"), ("bt601", "smpte170m", "smpte170m"), ("bt2020", "bt2020nc", "bt709")];
    for (matrix, space, primaries) in matrices {
        for (range, tag) in [("limited", "tv"), ("full", "pc")] {
            for (bits, format) in [(8, "yuv420p"), (10, "yuv420p10le")] {
                let film = made_by_ffmpeg(
                    &format!("{matrix}-{range}-{bits}.mkv"),
                    &format!(
                        "{},format=gbrp,scale=out_color_matrix={matrix}:out_range={range}:flags=accurate_rnd+full_chroma_int,format={format} \
                         -c:v ffv1 -colorspace {space} -color_range {tag} -color_primaries {primaries}",
                        halves("0xC80000", "0x808080", "640x720")
                    ),
                );
                let seen = Seen::first(&film, 0.0);
                let name = film.display();
                assert!(seen.is_near(0.25, 0.5, [200, 0, 0], 3.0), "{name}: {:?}", seen.at(0.25, 0.5));
                assert!(seen.is_near(0.75, 0.5, [128; 3], 3.0), "{name}: {:?}", seen.at(0.75, 0.5));
            }
        }
    }
}

#[test]
fn a_telephone_s_hdr_film_is_neither_grey_nor_glaring() {
    for (name, transfer) in [("pq.mp4", "smpte2084"), ("hlg.mp4", "arib-std-b67")] {
        let film = made_by_ffmpeg(
            name,
            &format!(
                "{},format=gbrp,zscale=pin=709:tin=709:min=gbr:rin=full:p=2020:t={transfer}:m=2020_ncl:r=tv:npl=203,format=yuv420p10le \
                 -colorspace bt2020nc -color_primaries bt2020 -color_trc {transfer} -c:v libx265 -x265-params log-level=none:lossless=1",
                halves("0xC80000", "0x808080", "320x360")
            ),
        );
        let seen = Seen::first(&film, 0.0);
        let [red, green, blue] = seen.at(0.25, 0.5);
        // zscale takes HLG's display gamma for each colour, BT.2100 for their luminance.
        assert!(
            (170.0..=215.0).contains(&red) && green < 50.0 && blue < 35.0,
            "{name}: {:?}",
            seen.at(0.25, 0.5)
        );
        let grey = seen.at(0.75, 0.5);
        assert!(grey.iter().all(|level| (110.0..=140.0).contains(level)), "{name}: {grey:?}");
    }
}

#[test]
fn an_interlaced_film_has_no_combs() {
    // A white bar goes to the right, 8 pixels a field; lines above and below show it at the same place.
    let source = "-f lavfi -i color=black:s=640x360:r=50:d=2 -f lavfi -i color=white:s=60x360:r=50:d=2";
    for (name, order, codec) in [
        (
            "top.mp4",
            "tff",
            "-c:v libx264 -crf 10 -pix_fmt yuv420p -flags +ildct+ilme -x264-params interlaced=1:tff=1",
        ),
        ("bottom.mpg", "bff", "-c:v mpeg2video -q:v 2 -pix_fmt yuv420p -flags +ildct+ilme -field_order bt"),
    ] {
        let film = made_by_ffmpeg(
            name,
            &format!(
                "{source} -filter_complex [0][1]overlay=x=mod(n*8\\,640),interlace=scan={order}:lowpass=0,format=yuv420p {codec}"
            ),
        );
        let seen = Seen::first(&film, 0.5);
        let level = |row: usize, column: usize| seen.rgb[row * 640 + column][1];
        let stands_out = |row: usize, column: usize| {
            (level(row, column) - (level(row - 1, column) + level(row + 1, column)) / 2.0).abs() > 60.0
        };
        let combed =
            (100..260).map(|row| (0..640).filter(|column| stands_out(row, *column)).count()).sum::<usize>();
        assert_eq!(combed, 0, "{name}");
        let white = (0..640).filter(|column| seen.rgb[180 * 640 + column][1] > 200.0).count();
        assert!((50..=70).contains(&white), "{name}: the bar is {white} wide");
    }
}

#[test]
fn a_film_has_the_shape_that_its_container_gives_it() {
    let squeezed = "-f lavfi -i testsrc2=s=160x180:r=25:d=1 -vf setsar=1";
    for (name, codec) in [
        ("display-width.mkv", format!("{H264} -aspect 16:9")),
        ("pasp.mov", "-c:v prores_ks -aspect 16:9".into()),
        ("sample-aspect.mp4", format!("{H264} -aspect 16:9")),
    ] {
        let film = made_by_ffmpeg(name, &format!("{squeezed} {codec}"));
        let found = probe(&decoder(), &media(&film)).unwrap();
        assert_eq!(found.picture, Some([320, 180]), "{name}");
    }
}

#[test]
fn a_mirrored_film_is_mirrored_and_not_turned() {
    let base =
        made_by_ffmpeg("corners.mp4", &format!("{} {H264}", halves("0xC80000", "0x00A000", "160x180")));
    let film = std::fs::read(base).unwrap();
    let matrix = film.windows(4).position(|bytes| bytes == b"tkhd").unwrap() + 4 + 40;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mirrored.mp4");
    let mut mirrored = film.clone();
    for (index, value) in [(0, -0x10000i32), (6, 320 << 16)] {
        mirrored[matrix + index * 4..][..4].copy_from_slice(&value.to_be_bytes());
    }
    std::fs::write(&path, mirrored).unwrap();
    let seen = Seen::first(&path, 0.0);
    assert!(seen.is_near(0.75, 0.5, [200, 0, 0], 6.0), "{:?}", seen.at(0.75, 0.5));
    assert!(seen.is_near(0.25, 0.5, [0, 160, 0], 6.0), "{:?}", seen.at(0.25, 0.5));
}

#[test]
fn a_file_whose_end_was_not_copied_is_cut_off_whatever_its_container() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments) in [
        ("cut.ogg", "-f lavfi -i sine=f=440:d=8 -c:a libvorbis"),
        ("cut.opus", "-f lavfi -i sine=f=440:d=8 -c:a libopus"),
        ("cut.gif", "-f lavfi -i testsrc2=s=160x120:r=10:d=3"),
        ("cut-index.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 -pix_fmt yuv420p"),
        ("cut-index.m4a", "-f lavfi -i sine=f=440:d=8 -c:a aac"),
    ] {
        let whole = made_by_ffmpeg(&format!("to-{name}"), arguments);
        length_of(&whole);
        let bytes = std::fs::read(&whole).unwrap();
        let path = folder.path().join(name);
        for share in [55, 80] {
            std::fs::write(&path, &bytes[..bytes.len() * share / 100]).unwrap();
            let line = refusal_of(&path);
            assert!(line.contains("cut off"), "{name}, {share} %: {line}");
        }
    }
}

#[test]
fn whole_films_of_every_encoder_are_taken() {
    let x265 = "-c:v libx265 -preset fast -x265-params log-level=none";
    for (name, arguments) in [
        ("whole-cabac.mp4", "-c:v libx264 -preset medium"),
        ("whole-cavlc.mkv", "-c:v libx264 -coder 0 -bf 2"),
        ("whole-still.mp4", "-c:v libx264 -vf select=eq(n\\,0),loop=50:1,setpts=N/25/TB"),
        ("whole-slices.ts", "-c:v libx264 -x264-params slices=4"),
        ("whole-fields.ts", "-c:v libx264 -flags +ilme+ildct -x264-params tff=1"),
        ("whole-refresh.mp4", "-c:v libx264 -x264-params intra-refresh=1"),
        (
            "whole-filled.ts",
            "-c:v libx264 -b:v 900k -x264-params nal-hrd=cbr:vbv-maxrate=900:vbv-bufsize=900",
        ),
        ("whole-10-bits.mkv", "-c:v libx264 -pix_fmt yuv420p10le"),
        ("whole-hevc.mp4", x265),
        ("whole-hevc-rows.mp4", "-c:v libx265 -crf 38 -x265-params log-level=none:wpp=1:ctu=16"),
        ("whole-hevc-slices.ts", "-c:v libx265 -preset fast -x265-params log-level=none:slices=3"),
        ("whole-hevc-10-bits.mkv", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le"),
        (
            "whole-vp8.webm",
            "-c:v libvpx -b:v 400k -deadline good -cpu-used 4 -auto-alt-ref 1 -lag-in-frames 16 -slices 4",
        ),
        ("whole-vp8-dropped.webm", "-c:v libvpx -b:v 40k -deadline realtime -cpu-used 8 -drop-threshold 60"),
        (
            "whole-vp9.webm",
            "-c:v libvpx-vp9 -b:v 400k -deadline good -cpu-used 5 -auto-alt-ref 1 -lag-in-frames 16",
        ),
        (
            "whole-vp9-tiles.webm",
            "-c:v libvpx-vp9 -b:v 400k -deadline realtime -cpu-used 8 -tile-columns 1 -tile-rows 1",
        ),
    ] {
        let pixels = if arguments.contains("pix_fmt") { "" } else { "-pix_fmt yuv420p" };
        let source = "-f lavfi -i testsrc2=s=512x256:r=25:d=2";
        let film = made_by_ffmpeg(name, &format!("{source} {arguments} {pixels} -g 25"));
        let length = length_of(&film);
        assert!((1.8..2.3).contains(&length), "{name}: {length} s");
    }
}

#[test]
fn films_whose_pictures_read_beyond_their_data_or_leave_some_over_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments) in [
        ("in-step.mp4", "-c:v libx264 -preset veryfast -bf 2"),
        ("in-step-hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none"),
        ("in-step.webm", "-c:v libvpx -b:v 500k -deadline realtime -cpu-used 8"),
    ] {
        let source = "-f lavfi -i testsrc2=s=320x152:r=25:d=3";
        let whole = made_by_ffmpeg(name, &format!("{source} {arguments} -pix_fmt yuv420p -g 25"));
        let path = folder.path().join(name);
        let mut taken = Vec::new();
        for share in (10..90).step_by(4) {
            let mut film = std::fs::read(&whole).unwrap();
            let at = film.len() * share / 100;
            film[at] ^= 0x55;
            std::fs::write(&path, film).unwrap();
            if probe(&decoder(), &media(&path)).is_ok() {
                taken.push(share);
            }
        }
        // A byte may stand where it says little: in the last of a picture, in a comment.
        assert!(taken.len() <= 3, "{name}: damage at {taken:?} % of the file is not found");
    }
}
