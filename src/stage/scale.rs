//! Pictures in another size: each target pixel is the mean of the source pixels under it, or, where the
//! picture is enlarged, a blend of its four neighbours.
//!
//! Work is bounded by the source's pixels plus the target's, whatever the ratio. Values are averaged as stored (sRGB).

use crate::layout::Rect;
use crate::model::media::Picture;

/// Weights of the source pixels that make one target pixel: first index, then a weight for each, summing to 1.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

/// For target pixels `from..to` of `length` that cover `start..start + extent` of a source `count` long.
fn taps(start: f64, extent: f64, count: usize, length: i32, from: i32, to: i32) -> Vec<Tap> {
    let scale = extent / f64::from(length.max(1));
    let reach = scale.max(1.0);
    let last = count as i64 - 1;
    let tap = |at: i32| {
        let centre = start + (f64::from(at) + 0.5) * scale - 0.5;
        // A triangle as wide as a target pixel, or as a source pixel where the picture is enlarged.
        let (low, high) = ((centre - reach).floor() as i64, (centre + reach).ceil() as i64);
        let (first, end) = (low.clamp(0, last), high.clamp(0, last));
        let weight = |index: i64| (1.0 - ((index as f64 - centre) / reach).abs()).max(0.0) as f32;
        let mut weights: Vec<f32> = (first..=end).map(weight).collect();
        let total: f32 = weights.iter().sum();
        if total > 1e-6 {
            weights.iter_mut().for_each(|weight| *weight /= total);
        } else {
            weights = vec![1.0];
        }
        Tap { first: first as usize, weights }
    };
    (from..to).map(tap).collect()
}

/// Calls `put` with each row of `part`: `source` (x, y, w, h in picture pixels) drawn over `target`, of which only
/// `part` is wanted. Colours under alpha 0 do not bleed into what is beside them.
pub fn picture(
    picture: &Picture,
    source: [f64; 4],
    target: Rect,
    part: Rect,
    mut put: impl FnMut(i32, &[[u8; 4]]),
) {
    let (width, height) = (picture.width as usize, picture.height as usize);
    if part.is_empty() || picture.rgba.len() != width * height * 4 || width == 0 || height == 0 {
        return;
    }
    let [x, y, w, h] = source;
    let across = taps(x, w, width, target.w, part.x - target.x, part.right() - target.x);
    let down = taps(y, h, height, target.h, part.y - target.y, part.bottom() - target.y);
    // Rows already scaled across, the newest last; each source row is scaled once.
    let mut rows: std::collections::VecDeque<(usize, Vec<[f32; 4]>)> = std::collections::VecDeque::new();
    let mut out = vec![[0u8; 4]; part.w as usize];
    let mut sum = vec![[0f32; 4]; part.w as usize];
    for (at, tap) in down.iter().enumerate() {
        while rows.front().is_some_and(|(index, _)| *index < tap.first) {
            rows.pop_front();
        }
        sum.fill([0.0; 4]);
        for (offset, weight) in tap.weights.iter().enumerate() {
            let index = tap.first + offset;
            if rows.back().is_none_or(|(newest, _)| *newest < index) {
                let bytes = &picture.rgba[index * width * 4..(index + 1) * width * 4];
                rows.push_back((index, row_across(bytes, &across)));
            }
            let Some((_, row)) = rows.iter().find(|(have, _)| *have == index) else { continue };
            for (sum, pixel) in sum.iter_mut().zip(row) {
                (0..4).for_each(|c| sum[c] += pixel[c] * weight);
            }
        }
        for (out, [r, g, b, a]) in out.iter_mut().zip(&sum) {
            let undo = if *a > 0.5 { 255.0 / a } else { 0.0 };
            let byte = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
            *out = [byte(r * undo), byte(g * undo), byte(b * undo), byte(*a)];
        }
        put(part.y + at as i32, &out);
    }
}

/// One source row in the target's width, colours multiplied by alpha.
fn row_across(bytes: &[u8], across: &[Tap]) -> Vec<[f32; 4]> {
    let one = |tap: &Tap| {
        let mut sum = [0f32; 4];
        for (offset, weight) in tap.weights.iter().enumerate() {
            let at = (tap.first + offset) * 4;
            let alpha = f32::from(bytes[at + 3]) * weight;
            let cover = alpha / 255.0;
            (0..3).for_each(|c| sum[c] += f32::from(bytes[at + c]) * cover);
            sum[3] += alpha;
        }
        sum
    };
    across.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(picture_in: &Picture, w: i32, h: i32) -> Vec<[u8; 4]> {
        let target = Rect::new(0, 0, w, h);
        let source = [0.0, 0.0, f64::from(picture_in.width), f64::from(picture_in.height)];
        let mut out = Vec::new();
        picture(picture_in, source, target, target, |_, row| out.extend_from_slice(row));
        out
    }

    #[test]
    fn a_picture_in_its_own_size_is_itself() {
        let rgba: Vec<u8> = (0..6 * 5 * 4).map(|i| if i % 4 == 3 { 255 } else { i as u8 * 2 }).collect();
        let source = Picture { width: 6, height: 5, rgba: rgba.clone() };
        assert_eq!(scaled(&source, 6, 5).concat(), rgba);
    }

    #[test]
    fn a_large_even_picture_stays_even_and_clear_pixels_do_not_bleed() {
        let mut rgba = vec![200u8; 64 * 64 * 4];
        rgba.chunks_mut(4).for_each(|p| p[3] = 255);
        let even = Picture { width: 64, height: 64, rgba: rgba.clone() };
        assert!(scaled(&even, 7, 3).iter().all(|p| *p == [200, 200, 200, 255]));
        rgba[..64 * 32 * 4].chunks_mut(4).for_each(|p| p.copy_from_slice(&[0, 0, 0, 0]));
        let half = Picture { width: 64, height: 64, rgba };
        assert!(scaled(&half, 8, 8).iter().all(|p| p[3] == 0 || p[0] >= 199), "{:?}", scaled(&half, 8, 8));
    }
}
