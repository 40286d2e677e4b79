//! Decoded pictures into the slots: 8-bit 4:2:0, as large as the player wants them, upright, in colours that an ordinary
//! screen has.

use super::super::ffmpeg::{self, Scaled, Scaler};
use super::colour::{ColourMap, Meaning, Primaries, Rows, Transfer};
use super::turn::Turn;
use crate::model::media::{ColourRange, Matrix};
use crate::shm::FrameLayout;
use ff::color;
use ff::format::Pixel;
use ffmpeg_the_third as ff;

/// What shows through the transparent parts of an animation, in RGB: such are drawn for white pages.
const GROUND: [u8; 3] = [255, 255, 255];

/// How a track's pictures are to be laid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    pub turn: Turn,
    /// Width of a pixel to its height, by the container or the stream.
    pub pixel_aspect: f64,
}

#[derive(Default)]
pub(super) struct Painter {
    scaler: Scaler,
    /// For what has transparent parts.
    opaque: Scaler,
    map: Option<(ColourMap, Meaning)>,
}

impl Painter {
    /// Fills the slot.
    pub(super) fn paint(
        &mut self,
        frame: &ff::frame::Video,
        pose: Pose,
        out: FrameLayout,
        slot: &mut [u8],
    ) -> Result<(Matrix, ColourRange), ff::Error> {
        let place = Place::of(frame, pose, out);
        let blended;
        let frame = if ffmpeg::has_alpha(frame.format()) {
            blended = self.blended(frame)?;
            &blended
        } else {
            frame
        };
        let meaning = meaning(frame);
        let rgb = ffmpeg::is_rgb(frame.format());
        // As the picture lies: the scaler knows nothing of turns.
        let (width, height) = pose.turn.size((place.width, place.height));
        let same = Scaled {
            format: Pixel::YUV420P,
            width,
            height,
            matrix: if rgb { Matrix::Bt709 } else { meaning.matrix },
            from_full: meaning.full,
            to_full: meaning.full && !rgb,
        };
        let range = |full| if full { ColourRange::Full } else { ColourRange::Limited };
        if !rgb && !meaning.is_ordinary() {
            let deep =
                self.scaler.run(frame, Scaled { format: Pixel::YUV420P10LE, width, height, ..same })?;
            let map = match self.map.take_if(|(_, made_for)| *made_for == meaning) {
                Some((map, _)) => map,
                None => ColourMap::new(meaning),
            };
            let mapped = narrowed(&map, deep);
            self.map = Some((map, meaning));
            place.lay(&mapped, pose.turn, out, slot, false);
            return Ok((Matrix::Bt709, ColourRange::Limited));
        }
        let planar = matches!(frame.format(), Pixel::YUV420P | Pixel::YUVJ420P);
        if planar && ffmpeg::lies_downwards(frame) && (frame.width(), frame.height()) == (width, height) {
            place.lay(frame, pose.turn, out, slot, meaning.full);
            return Ok((meaning.matrix, range(meaning.full)));
        }
        let scaled = self.scaler.run(frame, same)?;
        place.lay(scaled, pose.turn, out, slot, same.to_full);
        Ok((same.matrix, range(same.to_full)))
    }

    /// The same picture on [`GROUND`], opaque.
    fn blended(&mut self, frame: &ff::frame::Video) -> Result<ff::frame::Video, ff::Error> {
        let (width, height) = (frame.width(), frame.height());
        let Meaning { matrix, full, .. } = meaning(frame);
        let to = Scaled { format: Pixel::RGBA, width, height, matrix, from_full: full, to_full: true };
        let rgba = self.opaque.run(frame, to)?;
        let mut out = ff::frame::Video::new(Pixel::RGB24, width, height);
        ffmpeg::copy_properties(frame, &mut out);
        let (from_stride, to_stride) = (rgba.stride(0), out.stride(0));
        let lines = rgba.data(0).chunks(from_stride).zip(out.data_mut(0).chunks_mut(to_stride));
        for (from, to) in lines.take(height as usize) {
            for (from, to) in from.chunks_exact(4).zip(to.chunks_exact_mut(3)).take(width as usize) {
                let alpha = u32::from(from[3]);
                for (to, (over, under)) in to.iter_mut().zip(from.iter().zip(GROUND)) {
                    *to = ((u32::from(*over) * alpha + u32::from(under) * (255 - alpha) + 127) / 255) as u8;
                }
            }
        }
        Ok(out)
    }
}

/// What a picture's numbers mean, by its tags and, without, by what encoders leave untagged.
pub(super) fn meaning(frame: &ff::frame::Video) -> Meaning {
    let matrix = match frame.color_space() {
        color::Space::BT709 | color::Space::SMPTE240M => Matrix::Bt709,
        color::Space::BT2020NCL | color::Space::BT2020CL => Matrix::Bt2020,
        color::Space::BT470BG | color::Space::SMPTE170M | color::Space::FCC => Matrix::Bt601,
        _ if frame.height() >= 720 => Matrix::Bt709,
        _ => Matrix::Bt601,
    };
    let transfer = match frame.color_transfer_characteristic() {
        color::TransferCharacteristic::SMPTE2084 => Transfer::Pq,
        color::TransferCharacteristic::ARIB_STD_B67 => Transfer::Hlg,
        _ => Transfer::Standard,
    };
    let primaries = match frame.color_primaries() {
        color::Primaries::BT2020 => Primaries::Bt2020,
        color::Primaries::SMPTE432 => Primaries::P3,
        _ => Primaries::Bt709,
    };
    let grey = matches!(frame.format(), Pixel::GRAY8 | Pixel::GRAY10LE | Pixel::GRAY12LE | Pixel::GRAY16LE);
    let full = match frame.color_range() {
        color::Range::JPEG => true,
        color::Range::MPEG => false,
        _ => grey || ffmpeg::is_full_range(frame.format()),
    };
    Meaning { matrix, full, transfer, primaries }
}

fn narrowed(map: &ColourMap, deep: &ff::frame::Video) -> ff::frame::Video {
    let mut out = ff::frame::Video::new(Pixel::YUV420P, deep.width(), deep.height());
    let (width, height) = (deep.width() as usize, deep.height() as usize);
    let half = width.div_ceil(2);
    // Samples of two bytes, the lesser first, as on every machine that boards run on; FFmpeg aligns its rows.
    let row = |plane: usize, row: usize, count: usize| -> &[u16] {
        let start = row * deep.stride(plane);
        let bytes = deep.data(plane).get(start..start + count * 2).unwrap_or_default();
        bytemuck::try_cast_slice(bytes).unwrap_or_default()
    };
    let strides = [0, 1, 2].map(|plane| out.stride(plane));
    let (mut upper, mut lower) = (vec![0; width], vec![0; width]);
    let (mut cb, mut cr) = (vec![0; half], vec![0; half]);
    for pair in 0..height.div_ceil(2) {
        let below = (pair * 2 + 1).min(height - 1);
        map.rows(
            [row(0, pair * 2, width), row(0, below, width)],
            [row(1, pair, half), row(2, pair, half)],
            Rows { luma: [&mut upper, &mut lower], chroma: [&mut cb, &mut cr] },
        );
        out.data_mut(0)[pair * 2 * strides[0]..][..width].copy_from_slice(&upper);
        if below > pair * 2 {
            out.data_mut(0)[below * strides[0]..][..width].copy_from_slice(&lower);
        }
        out.data_mut(1)[pair * strides[1]..][..half].copy_from_slice(&cb);
        out.data_mut(2)[pair * strides[2]..][..half].copy_from_slice(&cr);
    }
    out
}

/// Where a picture lies in its slot, in pixels as seen, all even. A film whose pictures change their shape in its middle keeps
/// each in its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Place {
    fn of(frame: &ff::frame::Video, pose: Pose, out: FrameLayout) -> Place {
        /// A slot's sides are even, and so not quite of the film's shape.
        const SAME_SHAPE: f64 = 0.03;
        let wide = f64::from(frame.width()) * pose.pixel_aspect;
        let (wide, high) = (wide.max(1.0), f64::from(frame.height()).max(1.0));
        let shape = if pose.turn.lies() { high / wide } else { wide / high };
        let (to_width, to_height) = (f64::from(out.width), f64::from(out.height));
        let relation = shape / (to_width / to_height);
        let whole = Place { left: 0, top: 0, width: out.width, height: out.height };
        let smallest = to_width.min(to_height);
        if (relation - 1.0).abs() <= SAME_SHAPE.max(2.0 / smallest) {
            return whole;
        }
        let even = |side: f64, most: u32| (((side / 2.0).round() as u32) * 2).clamp(2, most.max(2));
        if relation > 1.0 {
            let height = even(to_height / relation, out.height);
            Place { top: (out.height.saturating_sub(height) / 4) * 2, height, ..whole }
        } else {
            let width = even(to_width * relation, out.width);
            Place { left: (out.width.saturating_sub(width) / 4) * 2, width, ..whole }
        }
    }

    /// Copies the three planes into the slot, black around them.
    fn lay(self, frame: &ff::frame::Video, turn: Turn, out: FrameLayout, slot: &mut [u8], full: bool) {
        let (y, chroma) = slot.split_at_mut(out.y_bytes());
        let (u, v) = chroma.split_at_mut(out.uv_bytes());
        if (self.width, self.height) != (out.width, out.height) {
            y.fill(if full { 0 } else { 16 });
            u.fill(128);
            v.fill(128);
        }
        let planes = [(y, out.y_stride(), 1), (u, out.uv_stride(), 2), (v, out.uv_stride(), 2)];
        for (plane, (to, stride, part)) in planes.into_iter().enumerate() {
            let size = (self.width.div_ceil(part) as usize, self.height.div_ceil(part) as usize);
            let start = (self.top / part) as usize * stride + (self.left / part) as usize;
            let to = to.get_mut(start..).unwrap_or_default();
            turn.copy((frame.data(plane), frame.stride(plane)), (to, stride), size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(size: (u32, u32), quarters: u8, out: (u32, u32)) -> (u32, u32, u32, u32) {
        let frame = ff::frame::Video::new(Pixel::GRAY8, size.0, size.1);
        let pose = Pose { turn: Turn { mirrored: false, quarters }, pixel_aspect: 1.0 };
        let Place { left, top, width, height } =
            Place::of(&frame, pose, FrameLayout { width: out.0, height: out.1 });
        (left, top, width, height)
    }

    #[test]
    fn a_picture_fills_the_slot_of_its_film_and_one_of_another_shape_stands_within() {
        assert_eq!(place((1280, 720), 0, (1280, 720)), (0, 0, 1280, 720));
        assert_eq!(place((720, 1280), 1, (1280, 720)), (0, 0, 1280, 720));
        assert_eq!(place((321, 241), 0, (322, 242)), (0, 0, 322, 242));
        assert_eq!(place((640, 480), 0, (1280, 720)), (160, 0, 960, 720));
        assert_eq!(place((1920, 800), 0, (1280, 720)), (0, 92, 1280, 534));
    }

    #[test]
    fn around_a_picture_of_another_shape_is_black() {
        let mut frame = ff::frame::Video::new(Pixel::YUV420P, 4, 8);
        for plane in 0..3 {
            frame.data_mut(plane).fill(200);
        }
        let out = FrameLayout { width: 8, height: 8 };
        let mut slot = vec![7; out.slot_bytes()];
        let pose = Pose { turn: Turn::default(), pixel_aspect: 1.0 };
        Painter::default().paint(&frame, pose, out, &mut slot).unwrap();
        assert_eq!(slot[..8], [16, 16, 200, 200, 200, 200, 16, 16]);
        assert_eq!(slot[out.y_bytes()..][..4], [128, 200, 200, 128]);
    }
}
