//! What is told of a film to whoever publishes it: what it costs to play, and what its numbers mean.

use super::super::ffmpeg::Reader;
use super::painter::meaning;
use crate::model::media::{Codec, ColourRange, FilmTraits};
use ff::FieldOrder;
use ff::codec::Id;
use ffmpeg_the_third as ff;

/// A rate in pictures a second beyond which a file that states it does not mean pictures.
const RATE_MAX: u32 = 1_000;

/// What the container and the head of the stream say.
pub(super) fn of(reader: &Reader, index: usize) -> FilmTraits {
    let Some(stream) = reader.input().stream(index) else { return unknown() };
    let parameters = stream.parameters();
    let mut picture = ff::frame::Video::empty();
    picture.set_format(reader.pixel_format(index));
    picture.set_height(parameters.height());
    picture.set_color_space(parameters.color_space());
    picture.set_color_range(parameters.color_range());
    picture.set_color_primaries(parameters.color_primaries());
    picture.set_color_transfer_characteristic(parameters.color_transfer_characteristic());
    let meaning = meaning(&picture);
    let rate = stream.avg_frame_rate();
    let rate = [rate.numerator(), rate.denominator()].map(|part| u32::try_from(part).unwrap_or(0));
    let fields = [FieldOrder::Progressive, FieldOrder::Unknown];
    FilmTraits {
        coded: [parameters.width(), parameters.height()],
        rate: if is_rate(rate) { rate } else { unknown().rate },
        codec: match parameters.id() {
            Id::H264 => Codec::Avc,
            Id::HEVC => Codec::Hevc,
            Id::VP9 => Codec::Vp9,
            Id::AV1 => Codec::Av1,
            _ => Codec::Other,
        },
        matrix: meaning.matrix,
        range: if meaning.full { ColourRange::Full } else { ColourRange::Limited },
        transfer: meaning.transfer,
        primaries: meaning.primaries,
        interlaced: !fields.contains(&parameters.field_order()),
        pictures: u8::try_from(index).unwrap_or(u8::MAX),
        sound: None,
        black: false,
        silent: false,
    }
}

/// The same, once `packets` of pictures have been counted in `length_us`: what a file states of its rate may be anything.
pub(super) fn told(film: FilmTraits, packets: u32, length_us: i64, sound: Option<usize>) -> FilmTraits {
    let sound = sound.and_then(|index| u8::try_from(index).ok());
    let counted = [packets.saturating_mul(1_000), u32::try_from(length_us / 1_000).unwrap_or(u32::MAX)];
    if !is_rate(counted) {
        return FilmTraits { sound, ..film };
    }
    let share = per_second(film.rate) / per_second(counted);
    // Where each field is a packet there are two to a picture.
    let holds = (0.9..1.1).contains(&share) || film.interlaced && (0.45..0.55).contains(&share);
    FilmTraits { rate: if holds { film.rate } else { counted }, sound, ..film }
}

fn unknown() -> FilmTraits {
    FilmTraits { rate: [0, 1], ..FilmTraits::default() }
}

fn is_rate(rate: [u32; 2]) -> bool {
    let [pictures, seconds] = rate;
    pictures > 0 && seconds > 0 && u64::from(pictures) <= u64::from(seconds) * u64::from(RATE_MAX)
}

fn per_second([pictures, seconds]: [u32; 2]) -> f64 {
    f64::from(pictures) / f64::from(seconds.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_is_counted_counts_more_than_one_that_is_stated() {
        let film = |rate, interlaced| FilmTraits { rate, interlaced, ..FilmTraits::default() };
        for (stated, packets, counted) in [
            (film([30_000, 1001], false), 300, [30_000, 1001]),
            (film([5, 1], false), 600, [600_000, 10_000]),
            (film([0, 1], false), 600, [600_000, 10_000]),
            (film([25, 1], true), 500, [25, 1]),
            (film([25, 1], false), 500, [500_000, 10_000]),
        ] {
            assert_eq!(told(stated, packets, 10_000_000, None).rate, counted, "{stated:?}");
        }
        assert_eq!(told(film([25, 1], false), 0, 0, Some(1)).rate, [25, 1]);
    }
}
