//! What lies under a picture that is clear in places: the page's own ground where its lines and letters stand out from that,
//! or else one on which they do. Design programs export posters as black letters on nothing.

use crate::layout::{Colour, Grounds, contrast};
use crate::model::media::Picture;

/// Ratio of luminances from which letters are found, if not read with ease: less than the 3:1 of WCAG 2.2, 1.4.11, for a
/// ground should not change for a colour that can be seen.
const STANDS_OUT: f64 = 2.5;
/// Share of a picture's edges that must stand out from the page's own ground, and how much better another must be.
const ENOUGH: f64 = 0.6;
const BETTER: f64 = 0.1;
/// Alpha up to which a pixel is clear, and from which it is the picture's own.
const CLEAR_MAX: u8 = 96;
const INKED_MIN: u8 = 160;
/// Most rows that are looked at, spread over the picture.
const ROWS: usize = 256;
/// As far as the soft rim of a letter reaches, in pixels.
const RIM: usize = 2;

/// The ground for a picture; `None` where nothing would be seen of it.
pub fn under(picture: &Picture, on: Grounds) -> Option<Colour> {
    if picture.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255) {
        return None;
    }
    let [own, light, dark] = shares(picture, [on.own, on.light, on.dark]);
    let (other, share) = if light >= dark { (on.light, light) } else { (on.dark, dark) };
    Some(if own < ENOUGH && share > own + BETTER { other } else { on.own })
}

/// For each ground, the share of the picture's edges that would be seen on it: those between its own colours always are.
fn shares<const N: usize>(picture: &Picture, grounds: [Colour; N]) -> [f64; N] {
    let row_bytes = picture.width as usize * 4;
    let rows = picture.rgba.chunks_exact(row_bytes.max(4));
    let every = (picture.height as usize).div_ceil(ROWS).max(1);
    let (mut seen, mut edges, mut within) = ([0u64; N], 0u64, 0u64);
    for row in rows.step_by(every) {
        let at = |x: usize| row.get(x * 4..x * 4 + 4).map_or([0; 4], |p| [p[0], p[1], p[2], p[3]]);
        let colour = |[r, g, b, _]: [u8; 4]| Colour(u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b));
        for x in RIM..(row.len() / 4).saturating_sub(RIM) {
            let pixel = at(x);
            if pixel[3] < INKED_MIN {
                continue;
            }
            let around = [at(x - RIM), at(x - 1), at(x + 1), at(x + RIM)];
            if around.iter().any(|other| other[3] <= CLEAR_MAX) {
                edges += 1;
                for (seen, ground) in seen.iter_mut().zip(grounds) {
                    *seen += u64::from(contrast(colour(pixel), ground) >= STANDS_OUT);
                }
            } else if around[3] != pixel && contrast(colour(pixel), colour(around[3])) >= STANDS_OUT {
                within += 1;
            }
        }
    }
    let all = (edges + within).max(1) as f64;
    seen.map(|seen| if edges == 0 { 1.0 } else { (seen + within) as f64 / all })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Colour = Colour(0xFAF4E6);
    const NIGHT: Colour = Colour(0x15130F);

    /// Strokes of one colour, 6 pixels wide and as far apart, on nothing.
    fn strokes(ink: [u8; 3]) -> Picture {
        let pixel = |at: usize| match at % 12 {
            0..6 => [ink[0], ink[1], ink[2], 255],
            _ => [0; 4],
        };
        Picture { width: 96, height: 40, rgba: (0..96 * 40).flat_map(pixel).collect() }
    }

    fn chosen(picture: &Picture, own: Colour) -> Option<Colour> {
        under(picture, Grounds { own, light: PAPER, dark: NIGHT })
    }

    #[test]
    fn letters_that_the_page_would_swallow_get_a_ground_on_which_they_are_seen() {
        let (black, white, red) = ([0; 3], [255; 3], [0xD0, 0x20, 0x20]);
        for (ink, own, expected) in [
            (black, PAPER, PAPER),
            (black, NIGHT, PAPER),
            (white, PAPER, NIGHT),
            (white, NIGHT, NIGHT),
            (red, PAPER, PAPER),
            (red, NIGHT, NIGHT),
        ] {
            assert_eq!(chosen(&strokes(ink), own), Some(expected), "{ink:?} on {own:?}");
        }
    }

    #[test]
    fn a_card_with_letters_of_its_own_needs_no_other_ground_and_an_opaque_picture_none() {
        let mut card = strokes([0; 3]);
        for (at, pixel) in card.rgba.chunks_exact_mut(4).enumerate() {
            let corner = at % 96 < 3 && at / 96 < 3;
            if pixel[3] == 0 || corner {
                pixel.copy_from_slice(&if corner { [0; 4] } else { [255, 255, 255, 255] });
            }
        }
        assert_eq!(chosen(&card, PAPER), Some(PAPER));
        assert_eq!(chosen(&card, NIGHT), Some(NIGHT));
        card.rgba.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
        assert_eq!(chosen(&card, NIGHT), None);
    }
}
