//! Films into pixels on the CPU: crate `yuv` for the colours, our own scaling where a film is not shown in its own size.
//!
//! A film in its own size, the usual case of a 1080p film on a 1080p board, goes from the decoder's memory into the
//! buffer in one pass. Sizes and strides are checked here: what does not add up is not drawn.

use crate::layout::{Meet, Rect};
use crate::limits;
use crate::model::media::{ColourRange, FilmPicture, Matrix};
use yuv::{YuvPlanarImage, YuvRange, YuvStandardMatrix, yuv420_to_bgra};

/// Planes of a film in the size it is shown in, and for each column and row where it comes from.
#[derive(Default)]
pub struct Scaler {
    planes: [Vec<u8>; 3],
    across: Vec<(u32, u16)>,
}

/// Draws the film's picture where `meet` puts it in `rect`, into a buffer `stride` pixels wide. Nothing is
/// drawn where that is not wholly within the buffer. Returns the rectangle drawn.
pub fn draw(
    film: &FilmPicture<'_>,
    rect: Rect,
    meet: Meet,
    out: &mut [u32],
    stride: i32,
    scaler: &mut Scaler,
) -> Option<Rect> {
    let planes = Planes::of(film)?;
    let (source, target) = meet.place((film.width, film.height), rect);
    let height = out.len() as i32 / stride.max(1);
    if target.is_empty() || !Rect::new(0, 0, stride, height).contains(&target) {
        return None;
    }
    let start = target.y as usize * stride as usize + target.x as usize;
    let last = start + (target.h as usize - 1) * stride as usize + target.w as usize;
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut out[start..last]);
    let (w, h) = (target.w as u32, target.h as u32);
    let same = (source[2] - f64::from(w)).abs() < 0.01 && (source[3] - f64::from(h)).abs() < 0.01;
    let cut = if same {
        planes.cut((source[0] as u32) & !1, (source[1] as u32) & !1, w, h)?
    } else {
        scaler.scale(&planes, source, w, h);
        let half = w.div_ceil(2);
        let [y, u, v] = &scaler.planes;
        Planes { width: w, height: h, y: (y, w), u: (u, half), v: (v, half) }
    };
    let image = YuvPlanarImage {
        y_plane: cut.y.0,
        y_stride: cut.y.1,
        u_plane: cut.u.0,
        u_stride: cut.u.1,
        v_plane: cut.v.0,
        v_stride: cut.v.1,
        width: w,
        height: h,
    };
    let range = match film.range {
        ColourRange::Limited => YuvRange::Limited,
        ColourRange::Full => YuvRange::Full,
    };
    let matrix = match film.matrix {
        Matrix::Bt601 => YuvStandardMatrix::Bt601,
        Matrix::Bt709 => YuvStandardMatrix::Bt709,
        Matrix::Bt2020 => YuvStandardMatrix::Bt2020,
    };
    yuv420_to_bgra(&image, bytes, stride as u32 * 4, range, matrix).ok()?;
    Some(target)
}

/// Three planes, each with its bytes from row to row, known to hold their size.
#[derive(Clone, Copy)]
struct Planes<'a> {
    width: u32,
    height: u32,
    y: (&'a [u8], u32),
    u: (&'a [u8], u32),
    v: (&'a [u8], u32),
}

/// Whether a film picture's planes are as long as its size and strides say.
pub fn is_whole(film: &FilmPicture<'_>) -> bool {
    Planes::of(film).is_some()
}

impl<'a> Planes<'a> {
    fn of(film: &FilmPicture<'a>) -> Option<Planes<'a>> {
        let (width, height) = (film.width, film.height);
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || pixels > limits::FILM_PIXELS_MAX || film.y_stride < width {
            return None;
        }
        let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
        let needs = |stride: u32, w: u32, h: u32| u64::from(stride) * u64::from(h - 1) + u64::from(w);
        let holds = |plane: &[u8], stride, w, h| plane.len() as u64 >= needs(stride, w, h);
        let whole = film.uv_stride >= cw
            && holds(film.y, film.y_stride, width, height)
            && holds(film.u, film.uv_stride, cw, ch)
            && holds(film.v, film.uv_stride, cw, ch);
        whole.then_some(Planes {
            width,
            height,
            y: (film.y, film.y_stride),
            u: (film.u, film.uv_stride),
            v: (film.v, film.uv_stride),
        })
    }

    /// The part from (x, y), both even.
    fn cut(self, x: u32, y: u32, width: u32, height: u32) -> Option<Planes<'a>> {
        if x + width > self.width || y + height > self.height {
            return None;
        }
        let from = |(plane, stride): (&'a [u8], u32), x: u32, y: u32| {
            (&plane[y as usize * stride as usize + x as usize..], stride)
        };
        Some(Planes {
            width,
            height,
            y: from(self.y, x, y),
            u: from(self.u, x / 2, y / 2),
            v: from(self.v, x / 2, y / 2),
        })
    }
}

impl Scaler {
    fn scale(&mut self, planes: &Planes<'_>, source: [f64; 4], width: u32, height: u32) {
        let Scaler { planes: out, across } = self;
        let half = |at: f64| at / 2.0;
        let (cw, ch) = (planes.width.div_ceil(2), planes.height.div_ceil(2));
        let [x, y, w, h] = source;
        plane(planes.y, (planes.width, planes.height), [x, y, w, h], (width, height), &mut out[0], across);
        let chroma = [half(x), half(y), half(w), half(h)];
        let size = (width.div_ceil(2), height.div_ceil(2));
        plane(planes.u, (cw, ch), chroma, size, &mut out[1], across);
        plane(planes.v, (cw, ch), chroma, size, &mut out[2], across);
    }
}

/// Scales a plane, each value a blend of its four neighbours.
fn plane(
    (bytes, stride): (&[u8], u32),
    (from_w, from_h): (u32, u32),
    [x, y, w, h]: [f64; 4],
    (to_w, to_h): (u32, u32),
    out: &mut Vec<u8>,
    across: &mut Vec<(u32, u16)>,
) {
    let place = |at: u32, start: f64, scale: f64, last: u32| -> (u32, u16) {
        let centre = (start + (f64::from(at) + 0.5) * scale - 0.5).clamp(0.0, f64::from(last));
        let first = (centre as u32).min(last.saturating_sub(1));
        (first, ((centre - f64::from(first)) * 256.0) as u16)
    };
    let (across_scale, down_scale) = (w / f64::from(to_w), h / f64::from(to_h));
    across.clear();
    across.extend((0..to_w).map(|at| place(at, x, across_scale, from_w - 1)));
    out.resize(to_w as usize * to_h as usize, 0);
    let step = usize::from(from_w > 1);
    for (at, row) in out.chunks_exact_mut(to_w as usize).enumerate() {
        let (first, down) = place(at as u32, y, down_scale, from_h - 1);
        let upper = &bytes[first as usize * stride as usize..][..from_w as usize];
        let below = (first + 1).min(from_h - 1);
        let lower = &bytes[below as usize * stride as usize..][..from_w as usize];
        let down = u32::from(down);
        for (value, &(column, right)) in row.iter_mut().zip(across.iter()) {
            let (column, right) = (column as usize, u32::from(right));
            let along = |line: &[u8]| {
                u32::from(line[column]) * (256 - right) + u32::from(line[column + step]) * right
            };
            *value = ((along(upper) * (256 - down) + along(lower) * down) >> 16) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Colour;
    use crate::stage::canvas::Canvas;

    fn grey(width: u32, height: u32, y: &[u8]) -> FilmPicture<'_> {
        let uv = &[128u8; 4096][..];
        let (matrix, range) = (Matrix::Bt709, ColourRange::Full);
        FilmPicture {
            width,
            height,
            y,
            u: uv,
            v: uv,
            y_stride: width,
            uv_stride: width.div_ceil(2),
            matrix,
            range,
        }
    }

    fn drawn(film: &FilmPicture<'_>, rect: Rect, meet: Meet) -> (Option<Rect>, Canvas) {
        let mut canvas = Canvas::new(64, 48, Colour::BLACK);
        let at = draw(film, rect, meet, &mut canvas.pixels, 64, &mut Scaler::default());
        (at, canvas)
    }

    #[test]
    fn a_film_fills_its_slot_in_its_own_size_and_in_any_other() {
        let y = vec![200u8; 64 * 48];
        for (w, h) in [(64, 48), (32, 16), (33, 47), (2, 2), (1, 1)] {
            let (at, canvas) = drawn(&grey(w, h, &y), Rect::new(0, 0, 64, 48), Meet::Cover);
            assert_eq!(at, Some(Rect::new(0, 0, 64, 48)));
            let even = canvas.pixels.iter().all(|&p| (198..=202).contains(&(p & 0xFF)));
            assert!(even, "{w} x {h}");
        }
    }

    #[test]
    fn planes_that_are_too_short_are_not_drawn() {
        let y = vec![200u8; 100];
        assert_eq!(drawn(&grey(64, 48, &y), Rect::new(0, 0, 64, 48), Meet::Cover).0, None);
        let mut film = grey(10, 10, &y);
        film.y_stride = 4;
        assert_eq!(drawn(&film, Rect::new(0, 0, 64, 48), Meet::Cover).0, None);
        assert_eq!(drawn(&grey(10, 10, &y), Rect::new(30, 0, 64, 48), Meet::Cover).0, None);
    }
}
