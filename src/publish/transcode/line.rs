//! How the `ffmpeg` program is asked: what is above a board's means, what it becomes, and the words of the command, for this
//! program to run and for people to copy.
//!
//! What comes out is what every board plays: H.264 High, 8-bit 4:2:0, BT.709 in limited range, AAC in stereo at 48 kHz,
//! with its head in front. It is upright and its pixels are square, whatever the original needed to be seen so.

use super::loudness;
use crate::disk::typed;
use crate::limits::{FILM_PIXELS_A_SECOND_MAX, FILM_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::model::media::{Codec, ColourRange, FilmTraits, Matrix, Primaries, Transfer};
use std::path::{Component, Path, PathBuf};

/// The longer and the shorter side of a film, in pixels: what the boards of communes have.
const SIDES: [u32; 2] = [1920, 1080];
/// Pictures a second.
const RATE: f64 = 30.0;
/// Twice as many, a little more, or half as many: such rates are halved, and not thinned out unevenly.
const RATE_NEARLY: f64 = 31.0;

/// No more than 8 Mbit/s, at which an hour is published; a picture that stands by itself every few seconds, at which a
/// board that is started in the middle begins.
const H264: &str = "-c:v libx264 -profile:v high -crf 20 -maxrate 8M -bufsize 16M -g 120";

/// How a film stands to what small boards can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    Within,
    /// It plays, and stutters on a small board.
    Above,
    /// No board opens it.
    TooLarge,
}

/// `seen`: pixels as seen.
pub fn means(traits: &FilmTraits, seen: [u32; 2]) -> Means {
    let pixels = |[width, height]: [u32; 2]| u64::from(width) * u64::from(height);
    let most = pixels(seen).max(pixels(traits.coded));
    if most > FILM_PIXELS_MAX || seen[0].max(seen[1]) > PICTURE_SIDE_MAX {
        return Means::TooLarge;
    }
    let weight = match traits.codec {
        Codec::Vp9 | Codec::Av1 => 2.0,
        Codec::Avc | Codec::Hevc | Codec::Other => 1.0,
    };
    let a_second = pixels(traits.coded) as f64 * rate(traits).round() * weight;
    if a_second > FILM_PIXELS_A_SECOND_MAX as f64 { Means::Above } else { Means::Within }
}

/// Pictures a second; 0 where nobody can say.
pub fn rate(traits: &FilmTraits) -> f64 {
    let [pictures, seconds] = traits.rate;
    f64::from(pictures) / f64::from(seconds.max(1))
}

/// The size of what is made, in pixels: as large as it fits, both sides even, never larger than the original.
pub fn fitted([width, height]: [u32; 2]) -> [u32; 2] {
    let [longer, shorter] = SIDES.map(f64::from);
    let (wide, high) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let room = if wide >= high { (longer, shorter) } else { (shorter, longer) };
    let share = (room.0 / wide).min(room.1 / high).min(1.0);
    let even = |side: f64| ((side * share / 2.0 + 1e-6).floor() as u32 * 2).max(2);
    [even(wide), even(high)]
}

/// The rate of what is made, as a fraction; `None`: as it is.
fn thinned(traits: &FilmTraits) -> Option<String> {
    let before = rate(traits);
    if before <= RATE_NEARLY {
        return None;
    }
    let parts = (before / RATE_NEARLY).ceil();
    if before / parts > RATE || before / parts < RATE * 0.75 {
        return Some("30".into());
    }
    let [pictures, seconds] = traits.rate.map(u64::from);
    let (pictures, seconds) = (pictures, seconds * parts as u64);
    let common = greatest_common(pictures, seconds);
    match (pictures / common, seconds / common) {
        (pictures, 1) => Some(pictures.to_string()),
        (pictures, seconds) => Some(format!("{pictures}/{seconds}")),
    }
}

fn greatest_common(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { greatest_common(b, a % b) }
}

/// It has other colours than an ordinary screen.
pub fn is_wide(traits: &FilmTraits) -> bool {
    traits.transfer != Transfer::Standard || traits.primaries != Primaries::Bt709
}

/// What is done to the pictures. `zscale`: this ffmpeg has the filter, without which HDR stays HDR, and boards tone-map it.
fn filters(traits: &FilmTraits, seen: [u32; 2], zscale: bool) -> String {
    let [width, height] = fitted(seen);
    let mut chain = Vec::new();
    if traits.interlaced {
        chain.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
    }
    if let Some(rate) = thinned(traits) {
        chain.push(format!("fps={rate}"));
    }
    let size = format!("scale={width}:{height}");
    match (is_wide(traits), zscale) {
        (false, _) => {
            let matrix = match traits.matrix {
                Matrix::Bt601 => "bt601",
                Matrix::Bt709 => "bt709",
                Matrix::Bt2020 => "bt2020",
            };
            let range = of_range(traits.range);
            chain.push(format!(
                "{size}:in_color_matrix={matrix}:in_range={range}:out_color_matrix=bt709:out_range=tv"
            ));
        }
        (true, false) => chain.push(size),
        (true, true) => {
            chain.push(size);
            chain.extend(narrowed(traits));
        }
    }
    chain.extend(["format=yuv420p".to_owned(), "setsar=1".to_owned()]);
    chain.join(",")
}

fn of_range(range: ColourRange) -> &'static str {
    match range {
        ColourRange::Limited => "tv",
        ColourRange::Full => "pc",
    }
}

/// Down to BT.709, by way of light: white of a page at 203 cd/m² (Report ITU-R BT.2408, 2.1), and 1000 cd/m² rolled off to an
/// ordinary screen's white, within five levels of what boards themselves make of greys.
fn narrowed(traits: &FilmTraits) -> Vec<String> {
    let transfer = match traits.transfer {
        Transfer::Standard => "bt709",
        Transfer::Pq => "smpte2084",
        Transfer::Hlg => "arib-std-b67",
    };
    let primaries = match traits.primaries {
        Primaries::Bt709 => "bt709",
        Primaries::Bt2020 => "bt2020",
        Primaries::P3 => "smpte432",
    };
    let matrix = match traits.matrix {
        Matrix::Bt601 => "smpte170m",
        Matrix::Bt709 => "bt709",
        Matrix::Bt2020 => "bt2020nc",
    };
    let range = of_range(traits.range);
    let hdr = traits.transfer != Transfer::Standard;
    let white = if hdr { ":npl=203" } else { "" };
    let mut chain = vec![
        format!("zscale=tin={transfer}:pin={primaries}:min={matrix}:rin={range}:t=linear{white}"),
        "format=gbrpf32le".to_owned(),
        "zscale=p=bt709".to_owned(),
    ];
    if hdr {
        chain.push("tonemap=mobius:param=0.5:desat=0:peak=4.926".to_owned());
    }
    chain.push("zscale=t=bt709:m=bt709:r=tv".to_owned());
    chain
}

/// A film made anew. `levelled`: the filter of its sound, which is otherwise as loud as it was.
pub fn of_film(traits: &FilmTraits, seen: [u32; 2], zscale: bool, levelled: Option<&str>) -> Vec<String> {
    let mut words = mapped(Some(traits.pictures), traits.sound);
    words.extend(["-vf".into(), filters(traits, seen, zscale)]);
    words.extend(H264.split(' ').map(str::to_owned));
    if !is_wide(traits) || zscale {
        words.extend(
            "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"
                .split(' ')
                .map(str::to_owned),
        );
    }
    words.extend(sound(traits.sound.is_some(), levelled));
    words
}

/// A film that boards do not open, so that nothing is known of it: without combs, and of square pixels.
pub fn of_unopened_film(levelled: &str) -> Vec<String> {
    let filter = "bwdif=mode=send_frame:deint=interlaced,scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,format=yuv420p,setsar=1";
    let mut words = ["-map", "0:v:0", "-map", "0:a:0?"].map(str::to_owned).to_vec();
    words.extend(bare());
    words.extend(["-vf".into(), filter.to_owned()]);
    words.extend(H264.split(' ').map(str::to_owned));
    words.extend(sound(true, Some(levelled)));
    words
}

/// A film whose sound alone is made anew.
pub fn of_film_s_sound(traits: &FilmTraits, levelled: &str) -> Vec<String> {
    let mut words = mapped(Some(traits.pictures), traits.sound);
    words.extend(["-c:v".into(), "copy".into()]);
    words.extend(sound(true, Some(levelled)));
    words
}

/// A sound made anew.
pub fn of_sound(levelled: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> = ["-map", "0:a:0"].map(str::to_owned).to_vec();
    words.extend(bare());
    words.extend(sound(true, levelled));
    words
}

/// Whether pictures of this kind can be copied into an MP4.
pub fn is_copied(codec: Codec) -> bool {
    codec != Codec::Other
}

fn mapped(pictures: Option<u8>, sound: Option<u8>) -> Vec<String> {
    let of = |stream: u8| ["-map".to_owned(), format!("0:{stream}")];
    pictures.into_iter().chain(sound).flat_map(of).chain(bare()).collect()
}

/// What is about the film, and no board shows.
fn bare() -> impl Iterator<Item = String> {
    ["-map_metadata", "-1", "-map_chapters", "-1"].into_iter().map(str::to_owned)
}

fn sound(heard: bool, levelled: Option<&str>) -> Vec<String> {
    let mut words = Vec::new();
    if heard {
        words.extend(levelled.map(|filter| ["-af".to_owned(), filter.to_owned()]).into_iter().flatten());
        words.extend("-ar 48000 -ac 2 -c:a aac -b:a 160k".split(' ').map(str::to_owned));
    }
    words.extend(["-movflags", "+faststart"].map(str::to_owned));
    words
}

/// The command for people: its words as a shell takes them, and the file that it makes. `None` where the path cannot be typed.
pub fn for_people(source: &Path, made: &Path, words: &[String]) -> Option<String> {
    let mut line = format!("ffmpeg -i {}", path(source)?);
    for word in words {
        line.push(' ');
        line.push_str(&quoted(word));
    }
    line.push(' ');
    line.push_str(&path(made)?);
    Some(line)
}

/// The command that makes a film of what can be read of a damaged one: packets with a gap before them, which a transport
/// stream counts, are left out.
pub fn rescuing(source: &Path, made: &Path) -> Option<String> {
    let line = for_people(source, made, &of_unopened_film(&levelled_in_one_go()))?;
    Some(line.replacen("ffmpeg ", "ffmpeg -fflags +discardcorrupt ", 1))
}

/// The sound of what people make themselves, in one go.
pub fn levelled_in_one_go() -> String {
    loudness::target("")
}

/// The command that makes a picture smaller. ImageMagick, as Debian has it, opens no picture of more than 16,000 pixels a side,
/// and keeps no more than a gigabyte of one, at eight bytes a pixel; of a JPEG it is asked for less from the start. What is too
/// much for it ffmpeg opens, up to a size.
pub fn for_picture(source: &Path, made: &Path, [width, height]: [u32; 2]) -> Option<String> {
    const SIDE_MAX: u32 = 16_000;
    const PIXELS_MAX: u64 = 120_000_000;
    // libavutil/imgutils.c: an eighth of what fits into 31 bits.
    const PIXELS_OF_FFMPEG_MAX: u64 = 260_000_000;
    let (from, to) = (path(source)?, path(made)?);
    let is_jpeg = source
        .extension()
        .is_some_and(|ending| ["jpg", "jpeg"].iter().any(|jpeg| ending.eq_ignore_ascii_case(jpeg)));
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_OF_FFMPEG_MAX {
        return None;
    }
    if width.max(height) > SIDE_MAX || pixels > PIXELS_MAX && !is_jpeg {
        let size = "scale=1920:1920:force_original_aspect_ratio=decrease";
        return Some(format!("ffmpeg -i {from} -vf {size} -frames:v 1 -update 1 {to}"));
    }
    let hint = if is_jpeg { "-define jpeg:size=1920x1920 " } else { "" };
    Some(format!("convert {hint}{from} -auto-orient -resize '1920x1920>' {to}"))
}

/// As ffmpeg and a shell take it: neither an option nor a protocol, whatever its name.
fn path(path: &Path) -> Option<String> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control))?;
    let begins = text.split('/').next().unwrap_or_default();
    Some(match begins.contains(':') || begins.starts_with('-') {
        true => typed(&Path::new(".").join(text)),
        false => typed(path),
    })
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:=@%".contains(c);
    match word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// From where the person is, as long as that is shorter than the whole.
pub fn from_here(path: &Path, here: Option<&Path>) -> PathBuf {
    let inside = here.and_then(|here| path.strip_prefix(here).ok());
    let is_plain = |inside: &&Path| inside.components().all(|part| matches!(part, Component::Normal(_)));
    inside.filter(is_plain).map_or_else(|| path.to_owned(), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(coded: [u32; 2], rate: [u32; 2], codec: Codec) -> FilmTraits {
        FilmTraits { coded, rate, codec, ..FilmTraits::default() }
    }

    #[test]
    fn what_a_small_board_can_play_is_told_from_what_it_cannot() {
        use Means::{Above, TooLarge, Within};
        for (coded, rate, codec, expected) in [
            ([1920, 1080], [30_000, 1001], Codec::Avc, Within),
            ([1920, 1088], [30, 1], Codec::Hevc, Within),
            ([1080, 1920], [30_210, 1000], Codec::Avc, Within),
            ([1920, 1080], [60, 1], Codec::Avc, Above),
            ([1280, 720], [60, 1], Codec::Avc, Within),
            ([3840, 2160], [60, 1], Codec::Hevc, Above),
            ([3840, 2160], [5, 1], Codec::Hevc, Within),
            ([1920, 1080], [25, 1], Codec::Av1, Above),
            ([1280, 720], [30, 1], Codec::Vp9, Within),
            ([7680, 4320], [0, 1], Codec::Hevc, TooLarge),
            ([4096, 4096], [1, 1], Codec::Avc, TooLarge),
        ] {
            assert_eq!(means(&film(coded, rate, codec), coded), expected, "{coded:?} {rate:?} {codec:?}");
        }
    }

    #[test]
    fn a_film_is_made_as_large_as_it_fits_and_never_larger() {
        for (seen, expected) in [
            ([7680, 4320], [1920, 1080]),
            ([2160, 3840], [1080, 1920]),
            ([4096, 2160], [1920, 1012]),
            ([3000, 3000], [1080, 1080]),
            ([641, 361], [640, 360]),
            ([16_384, 2], [1920, 2]),
            ([0, 0], [2, 2]),
        ] {
            assert_eq!(fitted(seen), expected, "{seen:?}");
        }
    }

    #[test]
    fn rates_are_divided_evenly_where_they_can_be() {
        for (rate, expected) in [
            ([60, 1], Some("30")),
            ([60_000, 1001], Some("30000/1001")),
            ([50, 1], Some("25")),
            ([120, 1], Some("30")),
            ([100, 1], Some("25")),
            ([48, 1], Some("24")),
            ([37, 1], Some("30")),
            ([61, 1], Some("30")),
            ([30_200, 1000], None),
            ([24, 1], None),
            ([0, 1], None),
        ] {
            assert_eq!(thinned(&film([2, 2], rate, Codec::Avc)).as_deref(), expected, "{rate:?}");
        }
    }

    #[test]
    fn a_command_for_people_names_files_as_a_shell_and_ffmpeg_take_them() {
        for (name, typed) in [
            ("phim/hop.mp4", "phim/hop.mp4"),
            ("-i.mp4", "./-i.mp4"),
            ("http:x.mp4", "./http:x.mp4"),
            ("Họp dân's.mp4", "'Họp dân'\\''s.mp4'"),
            ("$(id).mp4", "'$(id).mp4'"),
        ] {
            let line = for_people(Path::new(name), Path::new("x.mp4"), &["-vf".into(), "a(b)".into()]);
            assert_eq!(line.unwrap(), format!("ffmpeg -i {typed} -vf 'a(b)' x.mp4"));
        }
        assert_eq!(for_people(Path::new("a\nb.mp4"), Path::new("x.mp4"), &[]), None);
    }
}
