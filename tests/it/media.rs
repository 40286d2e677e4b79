//! Films, sounds and pictures through the decoder child: good ones whole, bad ones refused, none fatal.

use crate::support::{decoder, made_by_ffmpeg, media};
use bangtin::clock::instant;
use bangtin::media::{Clip, ClipState, Decoder, Fit, Wish, picture, probe};
use bangtin::problem::Speech;
use bangtin::sound::RATE;
use bangtin::store::Asset;
use std::path::Path;
use std::time::Duration;

fn clip_720p() -> Asset {
    media(&made_by_ffmpeg(
        "clip.mp4",
        "-f lavfi -i testsrc2=s=1280x720:r=30:d=3 -f lavfi -i sine=f=440:d=3 -c:v libx264 -pix_fmt yuv420p -preset veryfast -c:a aac -shortest",
    ))
}

fn wish(fit: Fit) -> Wish {
    Wish { picture: Some(fit), start_us: 0, sound_rate: RATE, threads: 2 }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = instant() + Duration::from_secs(20);
    while !done() {
        assert!(instant() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn ready(clip: &Clip) {
    until("ready", || match clip.state() {
        ClipState::Opening => false,
        ClipState::Ready => true,
        ClipState::Failed(failure) => panic!("{}", failure.problem),
    });
}

/// Plays with the clock moved by hand, a picture's time at each step; returns how many pictures were shown.
fn pictures_of(clip: &Clip) -> usize {
    ready(clip);
    let sound = clip.sound();
    let start = instant();
    clip.start(start);
    let mut shown = 0;
    let mut now = start;
    let deadline = instant() + Duration::from_secs(30);
    loop {
        if let Some(sound) = &sound {
            while sound.next_frame().is_some() {}
        }
        match clip.next_due(now) {
            Some(due) if clip.show(due.max(now), &mut |_| ()) => {
                now = now.max(due);
                shown += 1;
            }
            _ if clip.finished() => return shown,
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
        assert!(instant() < deadline, "the film does not end; {shown} pictures");
    }
}

#[test]
fn a_film_is_shown_to_its_last_picture_and_heard_to_its_last_sample() {
    let clip = Clip::open(decoder(), clip_720p(), wish(Fit::Native { side_max: 2048 }), || ());
    ready(&clip);
    assert_eq!(clip.size(), Some((1280, 720)));
    let sound = clip.sound().expect("the film has sound");
    clip.start(instant());
    let mut heard = 0u64;
    let mut shown = 0;
    let start = instant();
    until("the end", || {
        while sound.next_frame().is_some() {
            heard += 1;
        }
        shown +=
            usize::from(clip.show(start + Duration::from_micros(shown as u64 * 33_334 + 5000), &mut |_| ()));
        clip.finished()
    });
    assert_eq!(shown, 90);
    let seconds = heard as f64 / f64::from(RATE);
    assert!((2.98..3.08).contains(&seconds), "{seconds} s of sound");
}

/// Hears a sound to its end; returns its seconds.
fn seconds_of(file: Asset) -> f64 {
    let clip = Clip::open(decoder(), file, Wish { picture: None, ..wish(Fit::Cover(2, 2)) }, || ());
    ready(&clip);
    let sound = clip.sound().expect("sound");
    clip.start(instant());
    let (mut heard, mut loud) = (0u64, false);
    until("the end", || {
        while let Some([left, _]) = sound.next_frame() {
            heard += 1;
            loud |= left.abs() > 0.05;
        }
        clip.finished()
    });
    assert!(loud, "nothing but silence");
    heard as f64 / f64::from(RATE)
}

#[test]
fn every_common_kind_of_sound_is_heard_whole() {
    for (name, arguments) in [
        ("mono.wav", "-f lavfi -i sine=f=440:d=2 -ac 1"),
        ("stereo.wav", "-f lavfi -i sine=f=440:d=2:sample_rate=22050 -ac 2"),
        ("tone.mp3", "-f lavfi -i sine=f=440:d=2 -c:a libmp3lame"),
        ("opus.ogg", "-f lavfi -i sine=f=440:d=2 -c:a libopus"),
        ("surround.m4a", "-f lavfi -i sine=f=440:d=2 -ac 6 -c:a aac"),
        ("tone.flac", "-f lavfi -i sine=f=440:d=2"),
    ] {
        let seconds = seconds_of(media(&made_by_ffmpeg(name, arguments)));
        assert!((1.95..2.15).contains(&seconds), "{name}: {seconds} s");
    }
}

#[test]
fn a_film_is_scaled_to_cover_its_place_and_a_phone_film_stands_upright() {
    let clip = Clip::open(decoder(), clip_720p(), wish(Fit::Cover(640, 320)), || ());
    ready(&clip);
    assert_eq!(clip.size(), Some((640, 360)));
    let base =
        made_by_ffmpeg("wide.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v libx264 -pix_fmt yuv420p");
    // The track's display matrix (ISO/IEC 14496-12, 8.3.2) is set to a quarter turn.
    let mut film = std::fs::read(base).unwrap();
    let matrix = film.windows(4).position(|bytes| bytes == b"tkhd").unwrap() + 4 + 40;
    for (index, value) in [(0, 0i32), (1, 0x10000), (3, -0x10000), (4, 0)] {
        film[matrix + index * 4..][..4].copy_from_slice(&value.to_be_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    let turned = folder.path().join("turned.mp4");
    std::fs::write(&turned, film).unwrap();
    let clip = Clip::open(decoder(), media(&turned), wish(Fit::Native { side_max: 2048 }), || ());
    ready(&clip);
    assert_eq!(clip.size(), Some((180, 320)));
}

#[test]
fn a_film_started_late_begins_there() {
    let mut late = wish(Fit::Native { side_max: 2048 });
    late.start_us = 2_000_000;
    let clip = Clip::open(decoder(), clip_720p(), late, || ());
    let shown = pictures_of(&clip);
    assert!((29..=31).contains(&shown), "{shown} pictures in the last second of three");
}

#[test]
fn every_common_kind_of_film_plays() {
    for (name, arguments, pictures) in [
        ("vp8.webm", "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -c:v libvpx", 10),
        ("mpeg2.mpg", "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v mpeg2video", 25),
        ("hevc.mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v libx265 -x265-params log-level=none", 25),
        ("mpeg4.avi", "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v mpeg4", 25),
        (
            "ten-bit.mkv",
            "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -pix_fmt yuv420p10le -c:v libx265 -x265-params log-level=none",
            25,
        ),
        ("yuv444.mkv", "-f lavfi -i testsrc2=s=321x241:r=25:d=1 -pix_fmt yuv444p -c:v libx264", 25),
    ] {
        let clip = Clip::open(
            decoder(),
            media(&made_by_ffmpeg(name, arguments)),
            wish(Fit::Native { side_max: 2048 }),
            || (),
        );
        assert_eq!(pictures_of(&clip), pictures, "{name}");
    }
}

#[test]
fn the_colours_of_a_film_are_right() {
    for (name, colour, limited) in [("red.mp4", "red", true), ("blue-full.mkv", "blue", false)] {
        let range = if limited { "" } else { "-color_range pc -pix_fmt yuvj420p" };
        let file = made_by_ffmpeg(
            name,
            &format!("-f lavfi -i color={colour}:s=640x480:r=5:d=1 -pix_fmt yuv420p {range} -c:v libx264"),
        );
        let clip = Clip::open(decoder(), media(&file), wish(Fit::Native { side_max: 2048 }), || ());
        ready(&clip);
        let mut seen = None;
        clip.show(instant(), &mut |picture| {
            seen = Some((picture.y[100], picture.u[50], picture.v[50], picture.matrix, picture.range));
        });
        use bangtin::model::media::{ColourRange, Matrix};
        let (y, u, v, matrix, range) = seen.expect("a picture");
        // BT.601: red is (81, 90, 240) limited; blue is (29, 255, 107) full.
        let expected = if limited { (81, 90, 240) } else { (29, 255, 107) };
        let near = |a: u8, b: u8| a.abs_diff(b) <= 3;
        assert!(near(y, expected.0) && near(u, expected.1) && near(v, expected.2), "{name}: {y} {u} {v}");
        assert_eq!(matrix, Matrix::Bt601);
        assert_eq!(range, if limited { ColourRange::Limited } else { ColourRange::Full });
    }
}

#[test]
fn a_probe_tells_pictures_films_and_sounds_apart_whatever_their_names() {
    let still = made_by_ffmpeg("still.jpg", "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1");
    let sound = made_by_ffmpeg("tone.ogg", "-f lavfi -i sine=f=440:d=2");
    let found = probe(&decoder(), &media(&still)).unwrap();
    assert!(found.still && found.picture == Some([400, 300]));
    let found = probe(&decoder(), &clip_720p()).unwrap();
    assert!(!found.still && found.sound && found.picture == Some([1280, 720]));
    assert!((2_900_000..3_100_000).contains(&found.duration_us.unwrap()));
    let found = probe(&decoder(), &media(&sound)).unwrap();
    assert!(found.sound && found.picture.is_none());
    assert!((1_950_000..2_100_000).contains(&found.duration_us.unwrap()));
}

#[test]
fn damaged_and_false_files_are_refused_by_name_and_reason_and_nothing_crashes() {
    let folder = tempfile::tempdir().unwrap();
    let good = std::fs::read(made_by_ffmpeg(
        "short.mp4",
        "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v libx264 -pix_fmt yuv420p",
    ))
    .unwrap();
    let mut header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    header.extend([0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0]);
    header.extend([0x4c, 0x0e, 0x2b, 0x4f]);
    for (name, bytes) in [
        ("empty.mp4", Vec::new()),
        ("text.mp4", b"Xin chao, day la mot tep van ban.\n".repeat(50)),
        ("list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n".to_vec()),
        ("cut.mp4", good[..good.len() / 2].to_vec()),
        ("zeroes.mp4", vec![0; 100_000]),
        ("huge.png", header),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let problem = probe(&decoder(), &media(&path)).expect_err(name);
        let line = problem.line(Speech::English);
        assert!(line.split(": ").next().is_some_and(|file| file.ends_with(name)), "{line}");
        assert!(!line.contains("crashed") && !line.contains("could not be run"), "{line}");
    }
}

#[test]
fn a_film_or_sound_that_was_cut_off_while_it_was_copied_is_refused_and_a_whole_one_is_not() {
    const FILM: &str =
        "-f lavfi -i testsrc2=s=320x240:r=25:d=8 -f lavfi -i sine=f=440:d=7 -c:v libx264 -pix_fmt yuv420p";
    let folder = tempfile::tempdir().unwrap();
    for (name, how) in [
        ("whole.mp4", format!("{FILM} -c:a aac -movflags +faststart")),
        ("whole.mkv", format!("{FILM} -c:a aac")),
        ("whole.mov", format!("{FILM} -an -movflags +faststart")),
        ("whole.m4a", "-f lavfi -i sine=f=440:d=8 -c:a aac -movflags +faststart".into()),
    ] {
        let whole = made_by_ffmpeg(name, &how);
        let found = probe(&decoder(), &media(&whole)).expect(name);
        assert!((7_800_000..8_300_000).contains(&found.duration_us.unwrap()), "{name}: {found:?}");
        let bytes = std::fs::read(&whole).unwrap();
        let cut = folder.path().join(name.replace("whole", "cut"));
        std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
        let line = probe(&decoder(), &media(&cut)).expect_err(name).line(Speech::English);
        assert!(line.contains("cut off: its end is missing (it says 8 s, and ends after "), "{line}");
    }
    // FFmpeg believes no duration of a WMA that is shorter than it says.
    let whole = made_by_ffmpeg("whole.wma", "-f lavfi -i sine=f=440:d=8 -c:a wmav2");
    probe(&decoder(), &media(&whole)).expect("whole.wma");
    let cut = folder.path().join("cut.wma");
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 3]).unwrap();
    let line = probe(&decoder(), &media(&cut)).expect_err("cut.wma").line(Speech::English);
    assert!(line.contains("cut off: its end is missing"), "{line}");
}

#[test]
fn a_recording_of_silence_and_a_film_that_is_black_are_known_for_it_and_what_is_faint_or_dark_is_not() {
    const BLACK: &str = "-f lavfi -i color=black:s=320x240:r=25:d=2 -c:v libx264 -pix_fmt yuv420p";
    const PICTURE: &str = "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libx264 -pix_fmt yuv420p";
    let found = |name: &str, how: &str| {
        let found = probe(&decoder(), &media(&made_by_ffmpeg(name, how))).expect(name);
        (found.film.is_some_and(|film| film.black), found.film.map_or(found.silent, |film| film.silent))
    };
    // A voice 50 dB below full scale is too quiet, and a voice; a microphone that is switched off hums at -70 dB.
    let tone = |db: i32| format!("-f lavfi -i sine=f=300:d=2,volume={db}dB");
    let (nothing, hum, faint) = ("-f lavfi -i anullsrc=d=2 -t 2", tone(-56), tone(-32));
    assert_eq!(found("nothing.mp3", &format!("{nothing} -c:a libmp3lame")), (false, true));
    assert_eq!(found("hum.wav", &hum), (false, true));
    assert_eq!(found("faint.mp3", &format!("{faint} -c:a libmp3lame")), (false, false));
    assert_eq!(found("black.mp4", BLACK), (true, false));
    assert_eq!(
        found(
            "black-at-first.mp4",
            &format!("{BLACK} -vf drawbox=w=24:h=24:color=gray:t=fill:enable=gt(t\\,1.5)")
        ),
        (false, false)
    );
    assert_eq!(found("mute.mp4", &format!("{nothing} {PICTURE} -c:a aac -map 0:a -map 1:v")), (false, true));
}

/// The demo's film with `bytes` of noise from this share of it on, in per cent; FFmpeg opens and plays it all the same.
fn with_noise(path: &Path, percent: usize, bytes: usize) -> Asset {
    let mut film = std::fs::read("config/demo/binh-lu.mp4").unwrap();
    let start = film.len() * percent / 100;
    // Numerical Recipes' generator: the same noise at each run.
    let mut state = 1u32;
    for byte in &mut film[start..start + bytes] {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    std::fs::write(path, film).unwrap();
    media(path)
}

#[test]
fn a_film_with_a_damaged_picture_on_which_others_build_is_refused_with_its_second() {
    let folder = tempfile::tempdir().unwrap();
    probe(&decoder(), &media(Path::new("config/demo/binh-lu.mp4"))).unwrap();
    for (bytes, name) in [(2_000, "noise.mp4"), (50, "a-little-noise.mp4")] {
        let film = with_noise(&folder.path().join(name), 50, bytes);
        let problem = probe(&decoder(), &film).expect_err(name);
        let line = problem.line(Speech::English);
        assert!(
            line.contains(name) && line.contains("damaged") && line.contains("the first after 0:06"),
            "{line}"
        );
    }
}

#[test]
fn a_damaged_picture_and_those_that_build_on_it_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let film = with_noise(&folder.path().join("noise.mp4"), 50, 2_000);
    // In one thread: FFmpeg 5.1 loses its mark of damage in several.
    let silent = Wish { sound_rate: 0, threads: 1, ..wish(Fit::Native { side_max: 2048 }) };
    let shown = pictures_of(&Clip::open(decoder(), film, silent, || ()));
    // A whole picture stands at every 50th of 300; the one at 6 s is damaged.
    assert_eq!(shown, 250);
}

#[test]
fn a_picture_is_upright_and_no_larger_than_asked_for() {
    let still = made_by_ffmpeg("still.jpg", "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1");
    let got = picture(&decoder(), &media(&still), (200, 200)).unwrap();
    assert_eq!((got.width, got.height, got.rgba.len()), (200, 150, 200 * 150 * 4));
    // The same picture with an EXIF orientation of 6: a phone held upright.
    let jpeg = std::fs::read(&still).unwrap();
    let exif: &[u8] =
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone.jpg");
    std::fs::write(&path, turned).unwrap();
    let upright = picture(&decoder(), &media(&path), (4000, 4000)).unwrap();
    assert_eq!((upright.width, upright.height), (300, 400));
    assert_eq!(probe(&decoder(), &media(&path)).unwrap().picture, Some([300, 400]));
}

/// The luma of the first picture of a clip that is opened so many seconds into the film.
fn first_picture(film: &Asset, seconds: f64) -> Vec<u8> {
    let start_us = (seconds * 1e6) as i64;
    let clip =
        Clip::open(decoder(), film.clone(), Wish { start_us, ..wish(Fit::Native { side_max: 2048 }) }, || ());
    ready(&clip);
    let mut luma = Vec::new();
    assert!(clip.show(instant(), &mut |picture| luma = picture.y.to_vec()));
    luma
}

#[test]
fn after_a_film_s_last_picture_that_picture_stands_however_late_the_board_comes() {
    let pictures = "-f lavfi -i testsrc2=s=320x180:r=25:d=5 -f lavfi -i sine=d=40";
    for (name, codecs) in [
        ("short-picture.mp4", "-c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac"),
        ("short-picture.mkv", "-c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac"),
        ("short-picture.ts", "-c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -f mpegts"),
        ("one-key-picture.mp4", "-c:v libx264 -g 1000 -preset veryfast -pix_fmt yuv420p -c:a aac"),
    ] {
        let film = media(&made_by_ffmpeg(name, &format!("{pictures} {codecs}")));
        let last = first_picture(&film, 4.99);
        assert!(last != first_picture(&film, 2.0), "{name}");
        for seconds in [5.5, 12.0, 39.0, 3600.0] {
            assert!(first_picture(&film, seconds) == last, "{name} after {seconds} s");
        }
    }
}

#[test]
fn a_raw_film_whose_lines_lie_from_below_upwards_is_seen_upright() {
    let arguments = "-f lavfi -i testsrc2=s=320x180:r=5:d=1 -c:v rawvideo -pix_fmt yuv420p";
    let plain = made_by_ffmpeg("raw.avi", arguments);
    let mut film = std::fs::read(&plain).unwrap();
    // FFmpeg writes and reads the words "BottomUp" after the BITMAPINFOHEADER of such a film.
    let find = |film: &[u8], name: &[u8]| film.windows(name.len()).position(|at| at == name).unwrap();
    let format = find(&film, b"strf");
    film.splice(format + 48..format + 48, *b"BottomUp\0\0");
    film[format + 4..][..4].copy_from_slice(&49u32.to_le_bytes());
    film[format + 8..][..4].copy_from_slice(&49u32.to_le_bytes());
    for list in [4, find(&film, b"hdrl") - 4, find(&film, b"strl") - 4] {
        let length = u32::from_le_bytes(film[list..][..4].try_into().unwrap());
        film[list..][..4].copy_from_slice(&(length + 10).to_le_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("upwards.avi");
    std::fs::write(&path, film).unwrap();
    let (upwards, plain) = (first_picture(&media(&path), 0.0), first_picture(&media(&plain), 0.0));
    let turned: Vec<u8> = plain.chunks(320).rev().flatten().copied().collect();
    assert_eq!(upwards.len(), plain.len());
    assert!(upwards == turned, "the same data, read from below upwards");
}

#[test]
fn a_decoder_that_dies_costs_its_clip_and_says_so() {
    let clip =
        Clip::open(Decoder::at("/bin/false".into()), clip_720p(), wish(Fit::Native { side_max: 64 }), || ());
    until("failed", || matches!(clip.state(), ClipState::Failed(_)));
    assert!(clip.finished());
    assert!(!clip.show(instant(), &mut |_| ()));
}
