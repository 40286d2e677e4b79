//! What is above a board's means: told with the command that makes it fit, which is run here as it is printed, or made to fit.

use crate::support::{Office, Said, decoder, made_by_ffmpeg, media, run_with, text};
use bangtin::clock::instant;
use bangtin::media::{Clip, ClipState, Fit, Wish, probe};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
const HEVC: &str = "-c:v libx265 -preset ultrafast -x265-params log-level=none";

fn programme(key: &str, name: &str) -> String {
    format!("title = \"x\"\n[[notice]]\ntitle = \"Tin\"\n{key} = \"{name}\"\n")
}

/// An office with a cache of its own.
struct Bureau {
    office: Office,
    path: String,
}

impl Bureau {
    fn new() -> Bureau {
        Bureau { office: Office::new(), path: std::env::var("PATH").unwrap() }
    }

    fn with(name: &str, file: &Path) -> Bureau {
        let bureau = Bureau::new();
        bureau.office.write(name, std::fs::read(file).unwrap());
        bureau
    }

    fn cache(&self) -> PathBuf {
        self.office.home.path().join("cache")
    }

    fn said(&self, locale: &str, key: &str, name: &str, more: &[&str]) -> Said {
        self.office.write("programme.toml", programme(key, name));
        let (site, folder, cache) = (self.office.site(), self.office.folder(), self.cache());
        let arguments = [&["feed", "publish", text(&site), text(&folder)], more].concat();
        run_with(locale, &arguments, &[("XDG_CACHE_HOME", text(&cache)), ("PATH", &self.path)])
    }

    fn publish(&self, key: &str, name: &str, more: &[&str]) -> Said {
        self.said("C.UTF-8", key, name, more)
    }

    /// What is published of the one notice, and its name.
    fn published(&self) -> (PathBuf, String) {
        let said = self.office.site().join("targets/programme").read_dir().unwrap().flatten();
        let newest = said.max_by_key(|entry| entry.metadata().unwrap().modified().unwrap()).unwrap();
        let newest = std::fs::read(newest.path()).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&newest).unwrap();
        let notice = &json["notice"][0];
        let media = ["video", "audio", "image"]
            .into_iter()
            .map(|key| &notice[key])
            .find(|media| !media.is_null())
            .unwrap();
        let named = |key: &str| media[key].as_str().unwrap().to_owned();
        (self.office.site().join("media").join(named("sha256")), named("path"))
    }

    /// Types the command that was printed, as it was printed.
    fn type_line(&self, said: &str) -> String {
        let begins = |line: &&str| line.starts_with("  ffmpeg ") || line.starts_with("  convert ");
        let line = said.lines().find(begins).unwrap_or_else(|| panic!("no command in:\n{said}"));
        let typed = Command::new("sh")
            .args(["-c", line])
            .stdin(std::process::Stdio::null())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(typed.status.success(), "{line}\n{}", String::from_utf8_lossy(&typed.stderr));
        line.to_owned()
    }

    /// A folder before all others in which `ffmpeg` is this shell script.
    fn ffmpeg_is(&mut self, script: &str) {
        let folder = self.office.home.path().join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("ffmpeg");
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        self.path = format!("{}:/usr/bin:/bin", text(&folder));
    }
}

fn ffmpeg(arguments: &[&str]) -> String {
    let output = Command::new("ffmpeg").args(["-nostdin", "-hide_banner"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// LUFS, by the other of FFmpeg's two measures.
fn loudness(file: &Path) -> f64 {
    let said = ffmpeg(&["-i", text(file), "-map", "0:a", "-af", "ebur128", "-f", "null", "-"]);
    let summary = &said[said.rfind("Integrated loudness:").unwrap()..];
    summary.split("I:").nth(1).unwrap().split("LUFS").next().unwrap().trim().parse().unwrap()
}

/// What `ffprobe` says of the first stream of pictures.
fn probed(file: &Path, entry: &str) -> String {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            &format!("stream={entry}"),
            "-of",
            "csv=p=0",
            text(file),
        ])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).trim().trim_end_matches(',').to_owned()
}

fn size(file: &Path) -> [u32; 2] {
    let found = probe(&decoder(), &media(file));
    found.unwrap_or_else(|problem| panic!("{problem}")).picture.unwrap()
}

/// Y, Cb and Cr in the middle of each quarter of the first picture, as a board has them.
fn quarters(file: &Path) -> Vec<[u8; 3]> {
    let wish = Wish { picture: Some(Fit::Native { side_max: 2048 }), start_us: 0, sound_rate: 0, threads: 2 };
    let clip = Clip::open(decoder(), media(file), wish, || ());
    let deadline = instant() + Duration::from_secs(20);
    while !matches!(clip.state(), ClipState::Ready) {
        assert!(instant() < deadline && !matches!(clip.state(), ClipState::Failed(_)), "{:?}", clip.state());
        std::thread::sleep(Duration::from_millis(2));
    }
    let mut seen = Vec::new();
    assert!(clip.show(instant(), &mut |picture| {
        for (across, down) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            let (column, row) = ((picture.width * across / 4) as usize, (picture.height * down / 4) as usize);
            let chroma = row / 2 * picture.uv_stride as usize + column / 2;
            seen.push([
                picture.y[row * picture.y_stride as usize + column],
                picture.u[chroma],
                picture.v[chroma],
            ]);
        }
    }));
    seen
}

fn is_near(one: &[[u8; 3]], other: &[[u8; 3]], most: u8) -> bool {
    one.len() == other.len()
        && one.iter().flatten().zip(other.iter().flatten()).all(|(a, b)| a.abs_diff(*b) <= most)
}

/// It is as every board plays it.
fn assert_fits(file: &Path) {
    assert_eq!(
        probed(file, "codec_name,profile,pix_fmt,color_range,color_space,color_transfer,color_primaries"),
        "h264,High,yuv420p,tv,bt709,bt709,bt709",
        "{file:?}"
    );
    let rate = probed(file, "r_frame_rate");
    let (pictures, seconds) = rate.split_once('/').unwrap();
    assert!(pictures.parse::<f64>().unwrap() / seconds.parse::<f64>().unwrap() <= 30.0, "{rate}");
    let bytes = std::fs::read(file).unwrap();
    let at = |name: &[u8]| bytes.windows(4).position(|four| four == name).unwrap();
    assert!(at(b"moov") < at(b"mdat"), "its head stands in front");
}

fn film_8k() -> PathBuf {
    made_by_ffmpeg(
        "8k-60.mp4",
        &format!("-f lavfi -i testsrc2=s=7680x4320:r=60:d=0.2 -f lavfi -i sine=f=440:d=0.2 {H264} -c:a aac"),
    )
}

fn film_4k() -> PathBuf {
    made_by_ffmpeg(
        "4k-60.mkv",
        &format!("-f lavfi -i testsrc2=s=3840x2160:r=60:d=0.5 -f lavfi -i sine=f=440:d=0.5 {HEVC} -c:a aac"),
    )
}

#[test]
fn a_film_that_is_too_large_is_told_with_the_command_that_makes_it_fit() {
    let name = "Lễ hội 'xuân' $(id).mp4";
    let bureau = Bureau::with(name, &film_8k());
    let said = bureau.publish("video", name, &[]);
    let expected = "programme.toml:4: `Lễ hội 'xuân' $(id).mp4` is a film of 7680 × 4320, 60 pictures a second, too large for any board; add --transcode, or type the line below and name `Lễ hội 'xuân' $(id)-1080p.mp4` in its place\n  ffmpeg -i ";
    assert!(said.code == 1 && said.err.contains(expected), "{}", said.err);
    let line = bureau.type_line(&said.err);
    for part in ["loudnorm=I=-16:TP=-1.5:LRA=11", "-movflags +faststart", "-map_metadata -1", "fps=30,"] {
        assert!(line.contains(part), "{line}");
    }
    let made = "Lễ hội 'xuân' $(id)-1080p.mp4";
    assert_fits(&bureau.office.folder().join(made));
    assert_eq!(size(&bureau.office.folder().join(made)), [1920, 1080]);
    let said = bureau.publish("video", made, &[]);
    assert!(said.code == 0 && !said.err.contains(made), "{}", said.err);
    let said = bureau.said("vi_VN.UTF-8", "video", name, &[]);
    assert!(
        said.err.contains("quá lớn cho mọi bảng tin; hãy thêm --transcode, hoặc gõ dòng lệnh"),
        "{}",
        said.err
    );
}

#[test]
fn a_sound_or_a_film_that_boards_do_not_open_is_named_with_the_command_that_makes_one_they_do() {
    let sine = "-f lavfi -i sine=f=440:d=2";
    let film = format!("-f lavfi -i testsrc2=s=720x576:r=25:d=1 {sine} -target pal-dv -shortest");
    for (ending, made_by, key, kind, made) in [
        ("ac3", sine, "audio", "an AC-3 sound", "m4a"),
        ("au", sine, "audio", "an AU sound", "m4a"),
        ("tta", sine, "audio", "a True Audio (TTA) sound", "m4a"),
        ("wv", sine, "audio", "a WavPack sound", "m4a"),
        ("dv", film.as_str(), "video", "a DV film", "mp4"),
    ] {
        let name = format!("tep.{ending}");
        let bureau = Bureau::with(&name, &made_by_ffmpeg(&format!("foreign.{ending}"), made_by));
        let said = bureau.publish(key, &name, &[]);
        let expected = format!(
            "programme.toml:4: `{name}` is {kind}; type the line below, and name `tep.{made}` in its place\n  ffmpeg -i "
        );
        assert!(said.code == 1 && said.err.contains(&expected), "{}", said.err);
        bureau.type_line(&said.err);
        let said = bureau.publish(key, &format!("tep.{made}"), &[]);
        assert!(said.code == 0, "{ending}: {}", said.err);
        if key == "video" {
            assert_eq!(size(&bureau.office.folder().join("tep.mp4")), [768, 576], "square pixels");
        }
    }
}

#[test]
fn a_recording_with_a_lost_packet_is_told_with_the_command_that_rescues_the_rest() {
    let whole = made_by_ffmpeg(
        "lossless.ts",
        &format!(
            "-f lavfi -i testsrc2=s=640x360:r=25:d=12 -f lavfi -i sine=f=440:d=12 {H264} -c:a mp2 -f mpegts"
        ),
    );
    let mut bytes = std::fs::read(whole).unwrap();
    // The first packet of pictures after the middle that no picture begins with (ISO/IEC 13818-1, 2.4.3.2).
    let lost = (bytes.len() / 376..)
        .map(|packet| packet * 188)
        .find(|at| bytes[at + 1] & 0x5F == 1 && bytes[at + 2] == 0)
        .unwrap();
    bytes.drain(lost..lost + 188);
    let bureau = Bureau::new();
    bureau.office.write("hop.ts", bytes);
    let said = bureau.publish("video", "hop.ts", &[]);
    let expected = "(hop.ts): damaged: some of its pictures are lost, the first after ";
    assert!(said.code == 1 && said.err.contains(expected), "{}", said.err);
    assert!(said.err.contains("if there is no other copy, type the line below"), "{}", said.err);
    bureau.type_line(&said.err);
    let said = bureau.publish("video", "hop-rescued.mp4", &[]);
    assert!(said.code == 0, "{}", said.err);
}

#[test]
fn a_wmv_that_was_cut_off_is_told_with_the_command_that_rescues_the_rest_and_a_wma_is_not() {
    const SOUND: &str = "-f lavfi -i sine=f=440:d=12 -c:a wmav2";
    let film = format!("-f lavfi -i testsrc2=s=320x240:r=25:d=12 {SOUND} -c:v wmv2");
    let cut = |name: &str, how: &str| {
        let bytes = std::fs::read(made_by_ffmpeg(name, how)).unwrap();
        bytes[..bytes.len() * 6 / 10].to_vec()
    };
    let bureau = Bureau::new();
    bureau.office.write("hop.wmv", cut("rescued.wmv", &film));
    let said = bureau.publish("video", "hop.wmv", &[]);
    assert!(said.code == 1 && said.err.contains("cut off: its end is missing"), "{}", said.err);
    bureau.type_line(&said.err);
    let said = bureau.publish("video", "hop-rescued.mp4", &[]);
    assert!(said.code == 0, "{}", said.err);
    bureau.office.write("hop.wma", cut("rescued.wma", SOUND));
    let said = bureau.publish("video", "hop.wma", &[]);
    assert!(said.code == 1 && !said.err.contains("rescued"), "{}", said.err);
}

#[test]
fn a_film_above_a_small_board_s_means_is_published_with_a_warning_and_the_command() {
    let bureau = Bureau::with("phim.mkv", &film_4k());
    let said = bureau.publish("video", "phim.mkv", &[]);
    let expected = "warning: programme.toml:4: `phim.mkv` is a film of 3840 × 2160, 60 pictures a second (HEVC): small boards, such as a Raspberry Pi 4, will stutter; add --transcode";
    assert!(said.code == 0 && said.err.contains(expected), "{}", said.err);
    bureau.type_line(&said.err);
    let made = bureau.office.folder().join("phim-1080p.mp4");
    assert_fits(&made);
    assert!(is_near(&quarters(&made), &quarters(&bureau.office.folder().join("phim.mkv")), 24));
    let said = bureau.publish("video", "phim-1080p.mp4", &[]);
    assert!(said.code == 0 && !said.err.contains("warning: programme.toml:4"), "{}", said.err);
}

#[test]
fn a_film_is_made_fit_where_that_is_asked_for_once_and_the_original_stays() {
    for (name, file, before) in [("phim.mp4", film_8k(), [7680, 4320]), ("phim.mkv", film_4k(), [3840, 2160])]
    {
        let bureau = Bureau::with(name, &file);
        let said = bureau.publish("video", name, &["--transcode"]);
        assert!(said.code == 0 && said.out.contains("was made fit in"), "{}{}", said.out, said.err);
        assert!(!said.err.contains("stutter"), "{}", said.err);
        let (made, path) = bureau.published();
        assert_eq!(path, "phim.mp4");
        assert_fits(&made);
        assert_eq!(size(&made), [1920, 1080], "{before:?}");
        assert!(std::fs::read(bureau.office.folder().join(name)).unwrap() == std::fs::read(&file).unwrap());
        let again = bureau.publish("video", name, &["--transcode"]);
        assert!(again.code == 0 && again.out.starts_with("nothing has changed"), "{}", again.out);
        // It is in the cache, also for whoever has no ffmpeg any more.
        let kept: Vec<_> = bureau
            .cache()
            .join("bangtin")
            .read_dir()
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert!(kept.iter().all(|name| !name.to_string_lossy().starts_with("part")), "{kept:?}");
    }
}

#[test]
fn an_upright_film_stays_upright_however_it_is_stored() {
    let tall = made_by_ffmpeg("tall-4k.mp4", &format!("-f lavfi -i testsrc2=s=2160x3840:r=60:d=0.3 {H264}"));
    let wide = made_by_ffmpeg("wide-4k.mp4", &format!("-f lavfi -i testsrc2=s=3840x2160:r=60:d=0.3 {H264}"));
    let turned =
        made_by_ffmpeg("turned-4k.mp4", &format!("-i {} -c copy -metadata:s:v rotate=90", text(&wide)));
    let stretched = made_by_ffmpeg(
        "stretched.mp4",
        &format!("-f lavfi -i testsrc2=s=1440x1080:r=60:d=0.3 -vf setsar=4/3 {H264}"),
    );
    for (file, expected) in [(tall, [1080, 1920]), (turned, [1080, 1920]), (stretched, [1920, 1080])] {
        let bureau = Bureau::with("phim.mp4", &file);
        let said = bureau.publish("video", "phim.mp4", &["--transcode"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let (made, _) = bureau.published();
        assert_fits(&made);
        assert_eq!(size(&made), expected, "{file:?}");
        assert_eq!(probed(&made, "sample_aspect_ratio"), "1:1");
        assert!(
            is_near(&quarters(&made), &quarters(&file), 24),
            "{file:?}: {:?} {:?}",
            quarters(&made),
            quarters(&file)
        );
        let said = bureau.publish("video", "phim.mp4", &[]);
        bureau.type_line(&said.err);
        let typed = bureau.office.folder().join("phim-1080p.mp4");
        assert_eq!(size(&typed), expected);
        assert_eq!(bureau.publish("video", "phim-1080p.mp4", &[]).code, 0);
    }
}

#[test]
fn a_film_in_hdr_becomes_an_ordinary_one_and_looks_as_boards_would_show_it() {
    for (name, transfer, white) in
        [("levels-pq.mp4", "smpte2084", 0.58), ("levels-hlg.mp4", "arib-std-b67", 0.75)]
    {
        // Grey, white, and two colours of a page, in the levels of 10 bits.
        let level = |share: f64| (64.0 + 876.0 * share) as u32;
        let geq = format!(
            "geq=lum='if(lt(Y,H/2),if(lt(X,W/2),{},{}),if(lt(X,W/2),{},{}))':cb='if(gt(Y,H/2)*lt(X,W/2),560,512)':cr='if(gt(Y,H/2)*gt(X,W/2),570,512)'",
            level(white * 0.6),
            level(white),
            level(white * 0.7),
            level(white * 0.7)
        );
        let file = made_by_ffmpeg(
            name,
            &format!(
                "-f lavfi -i color=gray:s=2560x1440:r=60:d=0.2,format=yuv420p10le,{geq} {HEVC} -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc -color_range tv"
            ),
        );
        let bureau = Bureau::with("phim.mp4", &file);
        let said = bureau.publish("video", "phim.mp4", &[]);
        assert!(said.code == 0 && bureau.type_line(&said.err).contains("tonemap="), "{}", said.err);
        let typed = bureau.office.folder().join("phim-1080p.mp4");
        assert_fits(&typed);
        assert_eq!(bureau.publish("video", "phim-1080p.mp4", &[]).code, 0);
        let said = bureau.publish("video", "phim.mp4", &["--transcode"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let (made, _) = bureau.published();
        assert_fits(&made);
        for made in [made, typed] {
            let (made, board) = (quarters(&made), quarters(&file));
            assert!(is_near(&made, &board, 12), "{name}: {made:?}, and a board {board:?}");
        }
    }
}

#[test]
fn without_zscale_a_film_in_hdr_stays_one_for_boards_to_tone_map() {
    let file = made_by_ffmpeg(
        "grey-pq.mp4",
        &format!(
            "-f lavfi -i color=gray:s=2560x1440:r=60:d=0.2,format=yuv420p10le {HEVC} -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv"
        ),
    );
    let mut bureau = Bureau::with("phim.mp4", &file);
    bureau.ffmpeg_is("case \"$*\" in *zscale*) echo \"No such filter: 'zscale'\" >&2; exit 1;; esac; exec /usr/bin/ffmpeg \"$@\"");
    let said = bureau.publish("video", "phim.mp4", &[]);
    assert!(said.code == 0 && !bureau.type_line(&said.err).contains("tonemap="), "{}", said.err);
    let said = bureau.publish("video", "phim.mp4", &["--transcode"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let (made, _) = bureau.published();
    assert_eq!(probed(&made, "pix_fmt,color_transfer"), "yuv420p,smpte2084");
    assert!(is_near(&quarters(&made), &quarters(&file), 4));
}

#[test]
fn sounds_are_made_as_loud_as_one_another_and_those_that_are_stay() {
    let speech = "aevalsrc='(0.5+0.5*sin(5*t))*random(0)*0.03':d=12";
    // Claps: sharp, and seldom.
    let claps = "aevalsrc='0.003*sin(2764*t)+0.9*random(0)*lt(mod(t,1),0.004)':d=12";
    let loud = "aevalsrc='0.9*sin(2764*t)':d=6";
    let short = "aevalsrc='0.01*sin(2764*t)':d=1.2";
    for (name, source, codec) in [
        ("quiet.mp3", speech, "-c:a libmp3lame"),
        ("claps.wav", claps, ""),
        ("loud.ogg", loud, "-c:a libvorbis"),
        ("short.wav", short, ""),
        ("many.flac", speech, "-ac 6"),
    ] {
        let file = made_by_ffmpeg(&format!("loudness-{name}"), &format!("-f lavfi -i {source} {codec}"));
        let bureau = Bureau::with(name, &file);
        let said = bureau.publish("audio", name, &["--transcode"]);
        assert!(said.code == 0 && said.out.contains("was made fit in"), "{name}: {}{}", said.out, said.err);
        let (made, path) = bureau.published();
        assert!(path.ends_with(".m4a"), "{path}");
        let reached = loudness(&made);
        assert!((reached + 16.0).abs() <= 1.0, "{name}: {reached} LUFS, before {}", loudness(&file));
        let again = bureau.publish("audio", name, &["--transcode"]);
        assert!(again.code == 0 && again.out.starts_with("nothing has changed"), "{}", again.out);
    }
    let right = "aevalsrc='0.22*sin(2764*t)':d=5";
    for (name, source) in [("loud-as-all.mp3", right), ("silent.mp3", "anullsrc=d=3")] {
        let file = made_by_ffmpeg(name, &format!("-f lavfi -i {source} -t 5 -c:a libmp3lame"));
        let bureau = Bureau::with(name, &file);
        let said = bureau.publish("audio", name, &["--transcode"]);
        assert!(
            said.code == 0 && !said.out.contains("made fit"),
            "{name} ({}): {}{}",
            said.code,
            said.out,
            said.err
        );
        assert!(std::fs::read(bureau.published().0).unwrap() == std::fs::read(&file).unwrap());
    }
}

#[test]
fn of_a_film_that_fits_the_sound_alone_is_made_anew() {
    let film = "-f lavfi -i testsrc2=s=640x360:r=25:d=8 -f lavfi -i aevalsrc='0.01*sin(2764*t)':d=8";
    for (name, more) in [
        ("fits.mp4", "-c:a aac"),
        ("fits-turned.mp4", "-c:a aac -metadata:s:v rotate=90"),
        ("fits.ts", "-c:a mp2 -f mpegts"),
    ] {
        let file = made_by_ffmpeg(name, &format!("{film} {H264} -g 50 {more}"));
        let bureau = Bureau::with(name, &file);
        let said = bureau.publish("video", name, &["--transcode"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let (made, _) = bureau.published();
        let reached = loudness(&made);
        assert!((reached + 16.0).abs() <= 1.0, "{name}: {reached} LUFS");
        let pictures =
            |file: &Path| ffmpeg(&["-v", "error", "-i", text(file), "-map", "0:v", "-f", "md5", "-"]);
        assert_eq!(pictures(&made), pictures(&file), "{name}");
        assert_eq!(size(&made), size(&file));
    }
}

#[test]
fn where_ffmpeg_is_not_there_or_fails_one_sentence_says_so_and_nothing_is_published() {
    let mut bureau = Bureau::with("phim.mkv", &film_4k());
    bureau.office.publish("title = \"x\"\n[[notice]]\ntitle = \"a\"\ntext = \"b\"\n");
    let before = bureau.office.snapshot();
    let measures = "case \"$*\" in *print_format*) exec /usr/bin/ffmpeg \"$@\";; esac;";
    let instead = |size: &str, seconds: f64| {
        let film = format!("-f lavfi -i color=s={size}:r=30:d={seconds} {H264} -f mp4");
        format!("{measures} for out; do :; done; exec /usr/bin/ffmpeg -v error {film} \"$out\"")
    };
    for (script, expected) in [
        ("kill -KILL $$".to_owned(), "ffmpeg was ended before it was done with `phim.mkv`; publish again"),
        (format!("{measures} kill -KILL $$"), "ffmpeg was ended before it was done with `phim.mkv`"),
        (
            format!("{measures} echo \"Unknown encoder 'libx264'\" >&2; exit 1"),
            "cannot write H.264, which `phim.mkv` is to become; install one with libx264",
        ),
        (format!("{measures} echo 'x: No space left on device' >&2; exit 1"), "there is no room in `"),
        (
            format!("{measures} echo 'it is odd' >&2; exit 1"),
            "could not make `phim.mkv` fit (it says: it is odd); open it in another program",
        ),
        (
            format!("{measures} for out; do :; done; echo rubbish >\"${{out#file:}}\""),
            "not a picture, film or sound",
        ),
        (format!("{measures} exit 0"), "cannot be written into `"),
        (instead("640x360", 0.5), "(it says: what came out is something else)"),
        (
            instead("1920x1080", 3.0),
            "what ffmpeg made of `phim.mkv` plays for 3.0 s, and the file itself for 0.5 s",
        ),
    ] {
        bureau.ffmpeg_is(&script);
        let said = bureau.publish("video", "phim.mkv", &["--transcode"]);
        assert!(said.code == 1 && said.err.contains(expected), "{script}: {}{}", said.out, said.err);
        assert!(!said.out.contains("was made fit"), "{}", said.out);
        assert_eq!(said.err.lines().filter(|line| line.starts_with("error")).count(), 1, "{}", said.err);
    }
    bureau.path = text(bureau.office.home.path()).to_owned();
    let said = bureau.publish("video", "phim.mkv", &["--transcode"]);
    assert!(
        said.code == 1
            && said
                .err
                .contains("lacks ffmpeg, which makes `phim.mkv` fit; install it: sudo apt install ffmpeg"),
        "{}",
        said.err
    );
    assert!(bureau.office.snapshot() == before);
    let kept: Vec<_> =
        bureau.cache().join("bangtin").read_dir().unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(kept.iter().all(|name| name.to_string_lossy().ends_with(".loudness")), "{kept:?}");
    // What failed before is no hindrance.
    bureau.path = std::env::var("PATH").unwrap();
    let said = bureau.publish("video", "phim.mkv", &["--transcode"]);
    assert_eq!(said.code, 0, "{}", said.err);
    std::fs::write(bureau.office.home.path().join("file"), "").unwrap();
    let (site, folder, file) =
        (bureau.office.site(), bureau.office.folder(), bureau.office.home.path().join("file"));
    let said = run_with(
        "C.UTF-8",
        &["feed", "publish", text(&site), text(&folder), "--transcode"],
        &[("XDG_CACHE_HOME", text(&file))],
    );
    assert!(
        said.code == 1
            && said.err.contains("cannot be written into `")
            && said.err.contains("set XDG_CACHE_HOME to another folder"),
        "{}",
        said.err
    );
}

#[test]
fn a_film_that_is_too_large_and_damaged_is_not_made_to_look_whole() {
    let mut film = std::fs::read(made_by_ffmpeg(
        "8k-long.mp4",
        &format!("-f lavfi -i testsrc2=s=7680x4320:r=5:d=2 {H264} -g 5"),
    ))
    .unwrap();
    let middle = film.len() / 2;
    film[middle..middle + 4000].iter_mut().for_each(|byte| *byte ^= 0x5A);
    let bureau = Bureau::new();
    bureau.office.write("phim.mp4", film);
    let said = bureau.publish("video", "phim.mp4", &["--transcode"]);
    assert!(said.code == 1 && said.err.contains("`phim.mp4` is damaged"), "{}{}", said.out, said.err);
}

#[test]
fn a_picture_that_is_too_large_is_told_with_the_command_that_makes_it_smaller() {
    for (name, size, shown) in [
        ("to.jpg", "10000x8000", [1920, 1536]),
        ("dai.png", "20000x400", [1920, 38]),
        ("to.png", "9000x9000", [1920, 1920]),
    ] {
        let file = made_by_ffmpeg(
            &format!("large-{name}"),
            &format!("-f lavfi -i color=gray:s={size} -frames:v 1 -update 1"),
        );
        let bureau = Bureau::with(name, &file);
        let said = bureau.publish("image", name, &["--transcode"]);
        assert!(
            said.code == 1 && said.err.contains("too large for a board; type the line below, and name"),
            "{}",
            said.err
        );
        bureau.type_line(&said.err);
        let made = name.replace('.', "-small.");
        assert!(said.err.contains(&format!("`{made}`")), "{}", said.err);
        let said = bureau.publish("image", &made, &[]);
        assert_eq!(said.code, 0, "{}", said.err);
        let found = probe(&decoder(), &media(&bureau.published().0)).unwrap();
        assert_eq!(found.picture, Some(shown), "{name}");
    }
}

#[test]
fn a_sound_that_is_too_long_is_told_with_the_command_that_makes_it_fit() {
    let sound = made_by_ffmpeg("before-a-hole.wav", "-f lavfi -i aevalsrc='0.01*sin(2764*t)':d=12");
    let bureau = Bureau::with("loa.wav", &sound);
    // The rest is a chunk that nobody reads, and a hole.
    const JUNK: u32 = 0xFFFF_F000;
    let mut file =
        std::fs::OpenOptions::new().append(true).open(bureau.office.folder().join("loa.wav")).unwrap();
    file.write_all(&[&b"JUNK"[..], &JUNK.to_le_bytes()].concat()).unwrap();
    file.set_len(file.metadata().unwrap().len() + u64::from(JUNK)).unwrap();
    let said = bureau.publish("audio", "loa.wav", &[]);
    let expected =
        "`loa.wav` is larger than 4 GiB; add --transcode, or type the line below and name `loa.small.m4a`";
    assert!(said.code == 1 && said.err.contains(expected), "{}", said.err);
    bureau.type_line(&said.err);
    let said = bureau.publish("audio", "loa.small.m4a", &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    let reached = loudness(&bureau.published().0);
    assert!((reached + 16.0).abs() <= 1.0, "{reached} LUFS");
    if std::env::var_os("SLOW").is_some() {
        let said = bureau.publish("audio", "loa.wav", &["--transcode"]);
        assert!(said.code == 0 && bureau.published().1 == "loa.m4a", "{}{}", said.out, said.err);
    }
}

#[test]
fn a_command_as_it_is_typed_brings_a_film_s_sound_to_the_same_loudness() {
    let file = made_by_ffmpeg(
        "quiet-60.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=2560x1440:r=60:d=12 -f lavfi -i aevalsrc='(0.5+0.5*sin(5*t))*random(0)*0.03':d=12 {H264} -c:a aac"
        ),
    );
    let bureau = Bureau::with("phim.mp4", &file);
    let said = bureau.publish("video", "phim.mp4", &[]);
    bureau.type_line(&said.err);
    let reached = loudness(&bureau.office.folder().join("phim-1080p.mp4"));
    assert!((reached + 16.0).abs() <= 1.0, "{reached} LUFS");
}

#[test]
fn the_words_of_a_warning_that_boards_do_not_open_are_told_with_the_command_too() {
    let bureau = Bureau::with("loi.au", &made_by_ffmpeg("foreign.au", "-f lavfi -i sine=f=440:d=2"));
    let (site, file) = (bureau.office.site(), bureau.office.folder().join("loi.au"));
    let warning =
        ["feed", "alert", text(&site), "--hazard", "lu-quet", "--level", "4", "--area", "Bản Nà Đon"];
    let spoken = ["--action", "Lên chỗ cao ngay", "--audio", text(&file)];
    let said = run_with("C.UTF-8", &[&warning[..], &spoken].concat(), &[]);
    assert!(
        said.code == 1 && said.err.contains("--audio: `loi.au` is an AU sound; type the line"),
        "{}",
        said.err
    );
    bureau.type_line(&said.err);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/alerts.json");
    let mut alerts: serde_json::Value = serde_json::from_slice(&std::fs::read(demo).unwrap()).unwrap();
    alerts["alerts"][0]["audio"] = "loi.au".into();
    bureau.office.write("alerts.json", alerts.to_string());
    let listed = bureau.office.folder().join("alerts.json");
    let said = run_with("C.UTF-8", &["feed", "alert", text(&site), text(&listed)], &[]);
    assert!(said.code == 1 && said.err.contains("`loi.au` is an AU sound; type the line"), "{}", said.err);
    assert!(said.err.contains("\n  ffmpeg -i "), "{}", said.err);
}

#[test]
fn the_words_of_a_warning_are_made_as_loud_as_they_should_be() {
    let file =
        made_by_ffmpeg("loudness-words.mp3", "-f lavfi -i aevalsrc='0.01*sin(2764*t)':d=4 -c:a libmp3lame");
    let bureau = Bureau::new();
    let (site, cache) = (bureau.office.site(), bureau.cache());
    let warning =
        ["feed", "alert", text(&site), "--hazard", "lu-quet", "--level", "4", "--area", "Bản Nà Đon"];
    let spoken = ["--action", "Lên chỗ cao ngay", "--audio", text(&file), "--transcode"];
    let said = run_with("C.UTF-8", &[&warning[..], &spoken].concat(), &[("XDG_CACHE_HOME", text(&cache))]);
    assert!(
        said.code == 0 && said.out.contains("`loudness-words.mp3` was made fit"),
        "{}{}",
        said.out,
        said.err
    );
    let media = site.join("media").read_dir().unwrap().flatten().next().unwrap().path();
    let reached = loudness(&media);
    assert!((reached + 16.0).abs() <= 1.0, "{reached} LUFS");
}
