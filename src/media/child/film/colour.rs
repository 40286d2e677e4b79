//! Colours that an ordinary screen does not have: HDR films (PQ and HLG, Recommendation ITU-R BT.2100) and wide gamuts,
//! brought down to BT.709.
//!
//! Telephones write them without asking. Shown as they are, they look grey and dull. Each picture goes through a table
//! with the answer for a grid of luma and chroma, which is reckoned once.

use crate::model::media::Matrix;
pub(super) use crate::model::media::{Primaries, Transfer};

/// What the numbers of a film's pictures mean (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    pub matrix: Matrix,
    pub full: bool,
    pub transfer: Transfer,
    pub primaries: Primaries,
}

impl Meaning {
    /// An ordinary screen shows it right as it is.
    pub(super) fn is_ordinary(self) -> bool {
        self.transfer == Transfer::Standard && self.primaries == Primaries::Bt709
    }
}

/// Points of the grid: PQ is steep, and between them it is straight.
const LUMA: usize = 65;
const CHROMA: usize = 65;

/// White of a page in HDR, in cd/m² (Report ITU-R BT.2408, 2.1); an ordinary screen's white.
const WHITE: f64 = 203.0;
/// What HLG is graded for, and what PQ films of telephones reach.
const PEAK: f64 = 1000.0;

/// 10-bit 4:2:0 of one meaning to 8-bit 4:2:0, BT.709, limited range.
pub(super) struct ColourMap {
    /// Y, Cb, Cr in 1/128 of a level, by luma, then Cb, then Cr.
    grid: Vec<[u16; 3]>,
}

impl ColourMap {
    pub(super) fn new(meaning: Meaning) -> ColourMap {
        let luma = |index: usize| index as f64 * 1024.0 / (LUMA - 1) as f64;
        let chroma = |index: usize| index as f64 * 1024.0 / (CHROMA - 1) as f64;
        let mut grid = Vec::with_capacity(LUMA * CHROMA * CHROMA);
        for y in 0..LUMA {
            for cb in 0..CHROMA {
                for cr in 0..CHROMA {
                    let levels = converted(meaning, [luma(y), chroma(cb), chroma(cr)]);
                    grid.push(levels.map(|level| (level * 128.0).round().clamp(0.0, 32_640.0) as u16));
                }
            }
        }
        ColourMap { grid }
    }

    /// Two rows of luma and the row of chroma between them. Samples are of 10 bits.
    pub(super) fn rows(&self, luma: [&[u16]; 2], chroma: [&[u16]; 2], out: Rows<'_>) {
        let Rows { luma: [upper, lower], chroma: [out_cb, out_cr] } = out;
        let places = chroma[0].iter().zip(chroma[1]).zip(out_cb.iter_mut().zip(out_cr));
        for (index, ((cb, cr), (to_cb, to_cr))) in places.enumerate() {
            let corner = Corner::new(*cb, *cr);
            let mut sum = [0u32; 2];
            let mut count = 0;
            for (row, to) in [(luma[0], &mut *upper), (luma[1], &mut *lower)] {
                for column in [index * 2, index * 2 + 1] {
                    let (Some(y), Some(to)) = (row.get(column), to.get_mut(column)) else { continue };
                    let [y, cb, cr] = self.at(*y, &corner);
                    *to = ((y + 64) >> 7).min(255) as u8;
                    sum[0] += cb;
                    sum[1] += cr;
                    count += 1;
                }
            }
            let mean = |sum: u32| ((sum / count.max(1) + 64) >> 7).min(255) as u8;
            (*to_cb, *to_cr) = (mean(sum[0]), mean(sum[1]));
        }
    }

    fn at(&self, y: u16, corner: &Corner) -> [u32; 3] {
        const STEP: u32 = 1024 / (LUMA as u32 - 1);
        let y = u32::from(y.min(1023));
        let (cell, part) = ((y / STEP) as usize, y % STEP);
        let lower = self.plane(cell, corner);
        let upper = self.plane(cell + 1, corner);
        [0, 1, 2].map(|of| (lower[of] * (STEP - part) + upper[of] * part) / STEP)
    }

    fn plane(&self, luma: usize, corner: &Corner) -> [u32; 3] {
        let at = luma * CHROMA * CHROMA + corner.at;
        let (a, b) = (self.grid[at], self.grid[at + 1]);
        let (c, d) = (self.grid[at + CHROMA], self.grid[at + CHROMA + 1]);
        let [wa, wb, wc, wd] = corner.weights;
        [0, 1, 2].map(|of| {
            let sum =
                u32::from(a[of]) * wa + u32::from(b[of]) * wb + u32::from(c[of]) * wc + u32::from(d[of]) * wd;
            sum / (Corner::STEP * Corner::STEP)
        })
    }
}

/// Where the answer goes.
pub(super) struct Rows<'a> {
    pub luma: [&'a mut [u8]; 2],
    pub chroma: [&'a mut [u8]; 2],
}

/// The cell of a pair of chroma values, and what its four corners count.
struct Corner {
    at: usize,
    weights: [u32; 4],
}

impl Corner {
    const STEP: u32 = 1024 / (CHROMA as u32 - 1);

    fn new(cb: u16, cr: u16) -> Corner {
        let (cb, cr) = (u32::from(cb.min(1023)), u32::from(cr.min(1023)));
        let at = (cb / Self::STEP) as usize * CHROMA + (cr / Self::STEP) as usize;
        let (cb, cr) = (cb % Self::STEP, cr % Self::STEP);
        let (cb_left, cr_left) = (Self::STEP - cb, Self::STEP - cr);
        Corner { at, weights: [cb_left * cr_left, cb_left * cr, cb * cr_left, cb * cr] }
    }
}

fn luma_weights(matrix: Matrix) -> (f64, f64) {
    match matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Bt2020 => (0.2627, 0.0593),
    }
}

/// One colour, from 10-bit levels to 8-bit levels of BT.709, limited range; not rounded.
fn converted(meaning: Meaning, [y, cb, cr]: [f64; 3]) -> [f64; 3] {
    let (y, cb, cr) = if meaning.full {
        (y / 1023.0, (cb - 512.0) / 1023.0, (cr - 512.0) / 1023.0)
    } else {
        ((y - 64.0) / 876.0, (cb - 512.0) / 896.0, (cr - 512.0) / 896.0)
    };
    let (kr, kb) = luma_weights(meaning.matrix);
    let red = y + 2.0 * (1.0 - kr) * cr;
    let blue = y + 2.0 * (1.0 - kb) * cb;
    let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
    let signal = [red, green, blue].map(|value| value.clamp(0.0, 1.0));
    let light = toned(meaning, signal);
    let light = narrowed(meaning.primaries, light);
    let [red, green, blue] = light.map(|value| value.clamp(0.0, 1.0).powf(1.0 / 2.4));
    let (kr, kb) = luma_weights(Matrix::Bt709);
    let y = kr * red + (1.0 - kr - kb) * green + kb * blue;
    let (cb, cr) = ((blue - y) / (2.0 * (1.0 - kb)), (red - y) / (2.0 * (1.0 - kr)));
    [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr]
}

/// Light of an ordinary screen, 1 its white, in the film's own primaries.
fn toned(meaning: Meaning, signal: [f64; 3]) -> [f64; 3] {
    let nits = match meaning.transfer {
        Transfer::Standard => return signal.map(|value| value.powf(2.4)),
        Transfer::Pq => signal.map(pq_light),
        Transfer::Hlg => {
            // BT.2100, table 5: the display's own gamma is 1.2 for 1000 cd/m².
            let scene = signal.map(hlg_light);
            let luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2];
            scene.map(|value| PEAK * luminance.max(1e-9).powf(0.2) * value)
        }
    };
    // The brightest of the three is rolled off and the others with it, so that the hue stays.
    let brightest = nits.iter().copied().fold(0.0, f64::max);
    if brightest <= 0.0 {
        return [0.0; 3];
    }
    nits.map(|value| value * rolled_off(brightest) / brightest / WHITE)
}

/// BT.2100, table 4: cd/m² of a PQ signal.
fn pq_light(signal: f64) -> f64 {
    let (m1, m2) = (0.159_301_757_812_5, 78.84375);
    let (c1, c2, c3) = (0.8359375, 18.8515625, 18.6875);
    let root = signal.max(0.0).powf(1.0 / m2);
    10_000.0 * ((root - c1).max(0.0) / (c2 - c3 * root)).powf(1.0 / m1)
}

fn pq_signal(nits: f64) -> f64 {
    let (m1, m2) = (0.159_301_757_812_5, 78.84375);
    let (c1, c2, c3) = (0.8359375, 18.8515625, 18.6875);
    let power = (nits / 10_000.0).max(0.0).powf(m1);
    ((c1 + c2 * power) / (1.0 + c3 * power)).powf(m2)
}

/// BT.2100, table 5: scene light of an HLG signal, 0 to 1.
fn hlg_light(signal: f64) -> f64 {
    let (a, b, c) = (0.17883277, 0.28466892, 0.55991073);
    if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - c) / a).exp() + b) / 12.0 }
}

/// Report ITU-R BT.2390, 5.4.1: cd/m² up to [`PEAK`] brought below [`WHITE`]; what is dark stays as it is.
fn rolled_off(nits: f64) -> f64 {
    let whole = pq_signal(PEAK);
    let (signal, ceiling) = ((pq_signal(nits) / whole).min(1.0), pq_signal(WHITE) / whole);
    let knee = 1.5 * ceiling - 0.5;
    if signal < knee {
        return nits;
    }
    let t = (signal - knee) / (1.0 - knee);
    let (t2, t3) = (t * t, t * t * t);
    let rolled = (2.0 * t3 - 3.0 * t2 + 1.0) * knee
        + (t3 - 2.0 * t2 + t) * (1.0 - knee)
        + (-2.0 * t3 + 3.0 * t2) * ceiling;
    pq_light(rolled * whole)
}

/// Linear light in BT.709's primaries (BT.2087, 2.2; P3 by SMPTE EG 432-1's chromaticities).
fn narrowed(primaries: Primaries, [red, green, blue]: [f64; 3]) -> [f64; 3] {
    let rows = match primaries {
        Primaries::Bt709 => return [red, green, blue],
        Primaries::Bt2020 => {
            [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
        }
        Primaries::P3 => [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]],
    };
    let linear = rows.map(|row| row[0] * red + row[1] * green + row[2] * blue);
    // What lies outside is drawn towards grey until it fits: cut off, a saturated green would turn yellow.
    let grey = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    let lowest = linear.iter().copied().fold(0.0, f64::min);
    if lowest >= 0.0 || grey <= 0.0 {
        return linear;
    }
    let kept = grey / (grey - lowest);
    linear.map(|value| grey + (value - grey) * kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HDR: Meaning =
        Meaning { matrix: Matrix::Bt2020, full: false, transfer: Transfer::Pq, primaries: Primaries::Bt2020 };

    fn seen(meaning: Meaning, [y, cb, cr]: [u16; 3]) -> [u8; 3] {
        let map = ColourMap::new(meaning);
        let (mut upper, mut lower, mut out_cb, mut out_cr) = ([0; 2], [0; 2], [0; 1], [0; 1]);
        let out = Rows { luma: [&mut upper, &mut lower], chroma: [&mut out_cb, &mut out_cr] };
        map.rows([&[y; 2], &[y; 2]], [&[cb], &[cr]], out);
        [upper[0], out_cb[0], out_cr[0]]
    }

    fn limited(signal: f64) -> u16 {
        (64.0 + 876.0 * signal).round() as u16
    }

    #[test]
    fn black_is_black_and_the_white_of_a_page_is_nearly_white() {
        for meaning in [HDR, Meaning { transfer: Transfer::Hlg, ..HDR }] {
            assert_eq!(seen(meaning, [64, 512, 512]), [16, 128, 128]);
            let white = if meaning.transfer == Transfer::Pq { pq_signal(WHITE) } else { 0.75 };
            let [y, cb, cr] = seen(meaning, [limited(white), 512, 512]);
            assert!((205..=225).contains(&y) && cb == 128 && cr == 128, "{:?}: {y}", meaning.transfer);
            let [highlight, ..] = seen(
                meaning,
                [limited(if meaning.transfer == Transfer::Pq { 0.7518 } else { 1.0 }), 512, 512],
            );
            assert!((233..=236).contains(&highlight), "{:?}: {highlight}", meaning.transfer);
        }
    }

    #[test]
    fn greys_rise_without_a_step_back() {
        for transfer in [Transfer::Pq, Transfer::Hlg, Transfer::Standard] {
            let map = ColourMap::new(Meaning { transfer, ..HDR });
            let corner = Corner::new(512, 512);
            let levels: Vec<u32> = (64..940).map(|y| map.at(y, &corner)[0]).collect();
            assert!(levels.windows(2).all(|pair| pair[0] <= pair[1]), "{transfer:?}");
        }
    }

    #[test]
    fn between_the_points_of_the_grid_the_answer_is_right_within_a_few_levels() {
        for transfer in [Transfer::Pq, Transfer::Hlg] {
            let meaning = Meaning { transfer, ..HDR };
            let map = ColourMap::new(meaning);
            for (y, cb, cr) in
                [(300, 490, 640), (350, 460, 660), (400, 510, 600), (250, 650, 480), (600, 500, 520)]
            {
                let exact = converted(meaning, [y, cb, cr].map(f64::from));
                let seen = map.at(y, &Corner::new(cb, cr)).map(|level| f64::from(level) / 128.0);
                let off =
                    exact.iter().zip(seen).map(|(exact, seen)| (exact - seen).abs()).fold(0.0, f64::max);
                assert!(off < 3.0, "{transfer:?} {y} {cb} {cr}: {exact:?} {seen:?}");
            }
        }
    }

    #[test]
    fn an_ordinary_film_tagged_with_a_wide_gamut_keeps_its_greys_and_its_reds_are_stronger() {
        let wide = Meaning { transfer: Transfer::Standard, ..HDR };
        for y in [64, 300, 500, 940] {
            let [to, cb, cr] = seen(wide, [y, 512, 512]);
            assert!(i32::from(to).abs_diff(i32::from(y / 4)) <= 1 && cb == 128 && cr == 128, "{y}: {to}");
        }
        let red = seen(wide, [300, 480, 600]);
        assert!(red[2] > 150, "150 is what the number says: {red:?}");
    }
}
