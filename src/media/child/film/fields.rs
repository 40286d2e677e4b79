//! Interlaced films: of each picture the first field is kept, and the lines of the other are made anew.
//!
//! The second field was taken a moment later; woven together with the first it stands as a comb on all that moves. Where
//! nothing moves its lines are right, and stay: between what the fields before and after show and what the lines above
//! and below suggest, each sample is held as close to the first as the movement around it allows. So do the field's own
//! filters, yadif and bwdif.

use super::super::ffmpeg;
use ff::format::Pixel;
use ffmpeg_the_third as ff;

/// Pictures on their way through, one behind: the field after each is needed.
#[derive(Default)]
pub(super) struct Fields {
    before: Option<ff::frame::Video>,
    waiting: Option<ff::frame::Video>,
}

impl Fields {
    /// Takes a picture, and gives the one before it.
    pub(super) fn push(&mut self, frame: ff::frame::Video) -> Option<ff::frame::Video> {
        let out =
            self.waiting.as_ref().map(|waiting| progressive(self.before.as_ref(), waiting, Some(&frame)));
        self.before = self.waiting.replace(frame);
        out
    }

    /// The last picture.
    pub(super) fn finish(&mut self) -> Option<ff::frame::Video> {
        let waiting = self.waiting.take()?;
        let out = progressive(self.before.as_ref(), &waiting, None);
        self.before = None;
        Some(out)
    }

    /// Whether pictures have to go this way.
    pub(super) fn wants(&self, frame: &ff::frame::Video) -> bool {
        self.waiting.is_some() || frame.is_interlaced() && samples(frame.format()).is_some()
    }

    pub(super) fn clear(&mut self) {
        *self = Fields::default();
    }
}

/// Bytes of a sample in the planar formats that interlaced films come in, and how many planes.
fn samples(format: Pixel) -> Option<(usize, usize)> {
    match format {
        Pixel::GRAY8 => Some((1, 1)),
        Pixel::YUV420P | Pixel::YUV422P | Pixel::YUV444P | Pixel::YUV411P => Some((1, 3)),
        Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P => Some((1, 3)),
        Pixel::YUV420P10LE | Pixel::YUV422P10LE | Pixel::YUV444P10LE | Pixel::YUV422P12LE => Some((2, 3)),
        _ => None,
    }
}

fn progressive(
    before: Option<&ff::frame::Video>,
    frame: &ff::frame::Video,
    after: Option<&ff::frame::Video>,
) -> ff::frame::Video {
    let kind = |frame: &ff::frame::Video| (frame.format(), frame.width(), frame.height());
    let alike = |other: &&ff::frame::Video| kind(other) == kind(frame) && ffmpeg::lies_downwards(other);
    let Some((bytes, planes)) = samples(frame.format()) else { return ffmpeg::shared(frame) };
    if !frame.is_interlaced() || !ffmpeg::lies_downwards(frame) || frame.height() < 4 {
        return ffmpeg::shared(frame);
    }
    let before = before.filter(alike);
    let after = after.filter(alike).unwrap_or(frame);
    let mut out = ff::frame::Video::new(frame.format(), frame.width(), frame.height());
    ffmpeg::copy_properties(frame, &mut out);
    for plane in 0..planes {
        let kept = usize::from(!frame.is_top_first());
        let views = Views {
            before: before.map(|before| View::of(before, plane)),
            now: View::of(frame, plane),
            after: View::of(after, plane),
        };
        let stride = out.stride(plane);
        let to = out.data_mut(plane);
        match bytes {
            1 => make::<u8>(views, kept, to, stride),
            _ => make::<u16>(views, kept, to, stride),
        }
    }
    out
}

/// One plane of a picture, as lines of bytes.
#[derive(Clone, Copy)]
struct View<'a> {
    data: &'a [u8],
    stride: usize,
    width: usize,
    height: usize,
}

impl<'a> View<'a> {
    fn of(frame: &'a ff::frame::Video, plane: usize) -> View<'a> {
        let (width, height) = (frame.plane_width(plane) as usize, frame.plane_height(plane) as usize);
        View { data: frame.data(plane), stride: frame.stride(plane), width, height }
    }

    /// The line, or the nearest of its field.
    fn line<T: Sample>(&self, line: isize) -> &'a [u8] {
        let last = self.height as isize - 1;
        let line = match line {
            above if above < 0 => -above,
            below if below > last => 2 * last - below,
            within => within,
        };
        let start = line.clamp(0, last) as usize * self.stride;
        self.data.get(start..start + self.width * T::BYTES).unwrap_or_default()
    }

    /// The lines so far above and below.
    fn pair<T: Sample>(&self, line: isize, by: isize) -> [&'a [u8]; 2] {
        [self.line::<T>(line - by), self.line::<T>(line + by)]
    }
}

/// The same plane of three pictures.
#[derive(Clone, Copy)]
struct Views<'a> {
    before: Option<View<'a>>,
    now: View<'a>,
    after: View<'a>,
}

trait Sample {
    const BYTES: usize;
    fn read(bytes: &[u8]) -> i32;
    fn write(value: i32, bytes: &mut [u8]);
}

impl Sample for u8 {
    const BYTES: usize = 1;
    fn read(bytes: &[u8]) -> i32 {
        i32::from(bytes[0])
    }
    fn write(value: i32, bytes: &mut [u8]) {
        bytes[0] = value.clamp(0, 255) as u8;
    }
}

impl Sample for u16 {
    const BYTES: usize = 2;
    fn read(bytes: &[u8]) -> i32 {
        i32::from(u16::from_le_bytes([bytes[0], bytes[1]]))
    }
    fn write(value: i32, bytes: &mut [u8]) {
        bytes.copy_from_slice(&(value.clamp(0, 65_535) as u16).to_le_bytes());
    }
}

fn make<T: Sample>(views: Views<'_>, kept: usize, to: &mut [u8], stride: usize) {
    let now = views.now;
    let mut line = vec![0; now.width];
    for (row, to) in to.chunks_mut(stride).take(now.height).enumerate() {
        let Some(to) = to.get_mut(..now.width * T::BYTES) else { return };
        let source = now.line::<T>(row as isize);
        if row % 2 == kept {
            to.copy_from_slice(source);
            continue;
        }
        match views.before {
            Some(before) => between::<T>([before, now, views.after], row as isize, &mut line),
            None => among::<T>(now, row as isize, &mut line),
        }
        for (to, value) in to.chunks_exact_mut(T::BYTES).zip(&line) {
            T::write(*value, to);
        }
    }
}

/// A line from those of the kept field alone: of the first picture nothing tells what moves in it.
fn among<T: Sample>(now: View<'_>, row: isize, out: &mut [i32]) {
    let (near, far) = (now.pair::<T>(row, 1), now.pair::<T>(row, 3));
    for (column, out) in out.iter_mut().enumerate() {
        let at = |line: &[u8]| T::read(&line[column * T::BYTES..(column + 1) * T::BYTES]);
        *out = cubic([at(far[0]), at(near[0]), at(near[1]), at(far[1])]);
    }
}

/// Half way between the inner two of four samples.
fn cubic([far_above, above, below, far_below]: [i32; 4]) -> i32 {
    (9 * (above + below) - far_above - far_below + 8) >> 4
}

/// A line of the second field as it was at the moment of the first. `before` holds that field half a picture earlier, `now`
/// half a picture later.
fn between<T: Sample>([before, now, after]: [View<'_>; 3], row: isize, out: &mut [i32]) {
    let (near, far) = (now.pair::<T>(row, 1), now.pair::<T>(row, 3));
    let (earlier, later) = (before.line::<T>(row), now.line::<T>(row));
    let (wide_earlier, wide_later) = (before.pair::<T>(row, 2), now.pair::<T>(row, 2));
    let (past, future) = (before.pair::<T>(row, 1), after.pair::<T>(row, 1));
    for (column, out) in out.iter_mut().enumerate() {
        let at = |line: &[u8]| T::read(&line[column * T::BYTES..(column + 1) * T::BYTES]);
        let (above, below) = (at(near[0]), at(near[1]));
        let (then, soon) = (at(earlier), at(later));
        let still = (then + soon) >> 1;
        let moved = |other: [&[u8]; 2]| ((at(other[0]) - above).abs() + (at(other[1]) - below).abs()) >> 1;
        let movement = ((then - soon).abs() >> 1).max(moved(past)).max(moved(future));
        // The lines beyond tell a fine pattern, which may stand out from its neighbours, from a comb.
        let rises = ((at(wide_earlier[0]) + at(wide_later[0])) >> 1) - above;
        let falls = ((at(wide_earlier[1]) + at(wide_later[1])) >> 1) - below;
        let (up, down) = (still - above, still - below);
        let highest = up.max(down).max(rises.min(falls));
        let lowest = up.min(down).min(rises.max(falls));
        let movement = if movement == 0 { 0 } else { movement.max(lowest).max(-highest) };
        let guess = cubic([at(far[0]), above, below, at(far[1])]);
        *out = guess.clamp(still - movement, still + movement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar 4 wide that is at `column` in a picture of 32 x 16.
    fn bar(column: usize) -> Vec<u8> {
        (0..16 * 32).map(|at| if (column..column + 4).contains(&(at % 32)) { 235 } else { 16 }).collect()
    }

    /// Upper lines of the first, lower lines of the second.
    fn woven(first: &[u8], second: &[u8], top_first: bool) -> ff::frame::Video {
        let mut frame = ff::frame::Video::new(Pixel::GRAY8, 32, 16);
        let stride = frame.stride(0);
        for row in 0..16 {
            let from = if (row % 2 == 0) == top_first { first } else { second };
            frame.data_mut(0)[row * stride..][..32].copy_from_slice(&from[row * 32..][..32]);
        }
        ffmpeg::mark_interlaced(&mut frame, top_first);
        frame
    }

    fn pixels(frame: &ff::frame::Video) -> Vec<u8> {
        let stride = frame.stride(0);
        (0..16).flat_map(|row| frame.data(0)[row * stride..][..32].to_vec()).collect()
    }

    #[test]
    fn what_moves_has_no_comb_and_what_stands_loses_no_line() {
        for top_first in [true, false] {
            let mut fields = Fields::default();
            let mut seen = Vec::new();
            for picture in 0..4usize {
                let column = 3 + picture * 6;
                seen.extend(fields.push(woven(&bar(column), &bar(column + 3), top_first)));
            }
            seen.extend(fields.finish());
            assert_eq!(seen.len(), 4);
            for (picture, frame) in seen.iter().enumerate() {
                assert!(pixels(frame) == bar(3 + picture * 6), "picture {picture}, top first {top_first}");
            }
            // Single lines, black and white in turn, that do not move.
            let lines: Vec<u8> = (0..16 * 32).map(|at| if at / 32 % 2 == 0 { 16 } else { 235 }).collect();
            let still: Vec<_> =
                (0..4).filter_map(|_| fields.push(woven(&lines, &lines, top_first))).collect();
            assert!(still.len() == 3 && still[1..].iter().all(|frame| pixels(frame) == lines));
        }
    }
}
