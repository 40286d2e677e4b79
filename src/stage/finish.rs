//! What a panel needs of every pixel: brightness, its white, its gamma; and how much of a wall's power a picture takes.
//!
//! One table of 256 entries for each channel, put on pages and ticker tiles when they are drawn, and on a film's
//! pictures as they come. Where nothing is asked for there is no table, and nothing is done.
//!
//! Numbers stand for light by an exponent of [`LIGHT`]; brightness is a share of light.

use crate::model::led::{FULL, Panel, Permille};

/// Light is the number sent to this power: sRGB's curve, nearly (IEC 61966-2-1).
const LIGHT: f64 = 2.2;
/// Below this a wall would look broken, whatever its supply.
const LEVEL_MIN: f64 = 0.002;

/// A brightness for a panel, ready to be put on pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finish {
    /// What each channel is multiplied by.
    pub gains: [f32; 3],
    /// The exponent put on it then.
    pub gamma: f32,
}

impl Finish {
    /// Changes nothing.
    pub const NONE: Finish = Finish { gains: [1.0; 3], gamma: 1.0 };

    /// `level` is the share of the panel's light, 0 to 1.
    pub fn new(panel: &Panel, level: f64) -> Finish {
        let gain = level.clamp(LEVEL_MIN, 1.0).powf(1.0 / LIGHT);
        let gains = panel.white.map(|channel| (gain * f64::from(channel) / 255.0) as f32);
        Finish { gains, gamma: panel.gamma as f32 }
    }

    pub fn is_none(&self) -> bool {
        *self == Finish::NONE
    }

    /// For each of red, green and blue: what is sent for a value.
    pub fn table(&self) -> Table {
        let sent = |gain: f32| {
            std::array::from_fn(|value| {
                let value = value as f32 / 255.0 * gain;
                (value.powf(self.gamma) * 255.0 + 0.5) as u8
            })
        };
        Table(self.gains.map(sent))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table([[u8; 256]; 3]);

impl Table {
    pub fn put(&self, pixels: &mut [u32]) {
        pixels.iter_mut().for_each(|pixel| *pixel = self.sent(*pixel));
    }

    fn sent(&self, pixel: u32) -> u32 {
        let of = |channel: usize, shift: u32| {
            u32::from(self.0[channel][(pixel >> shift) as usize & 0xFF]) << shift
        };
        0xFF00_0000 | of(0, 16) | of(1, 8) | of(2, 0)
    }
}

/// Mean light of each channel over some pixels, 0 to 1 where all are white, times their number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Light(pub [f64; 3]);

impl Light {
    pub fn of<'a>(rows: impl Iterator<Item = &'a [u32]>) -> Light {
        // Counting first is a whole-number loop; the powers are then 256 for each channel.
        let mut counts = [[0u64; 256]; 3];
        for pixel in rows.flatten() {
            counts[0][(pixel >> 16) as usize & 0xFF] += 1;
            counts[1][(pixel >> 8) as usize & 0xFF] += 1;
            counts[2][*pixel as usize & 0xFF] += 1;
        }
        Light(counts.map(|counts| {
            counts.iter().enumerate().map(|(value, count)| light(value as f64 / 255.0) * *count as f64).sum()
        }))
    }

    pub fn plus(self, other: Light) -> Light {
        Light([0, 1, 2].map(|at| self.0[at] + other.0[at]))
    }

    /// Watts at full brightness on a wall of so many pixels.
    fn watts(&self, panel: &Panel, watts_white: f64, pixels: f64) -> f64 {
        let channel = |at: usize| self.0[at] * light(f64::from(panel.white[at]) / 255.0);
        watts_white * (channel(0) + channel(1) + channel(2)) / (3.0 * pixels.max(1.0))
    }
}

pub fn light(value: f64) -> f64 {
    value.powf(LIGHT)
}

/// The share of the panel's light at which a picture is shown, 0 to 1: what was asked for, or as much less as the wall's
/// supply demands. `light` is the picture's before any of this, `pixels` the wall's, and `spent` the light, already
/// dimmed, of what shows beside it.
pub fn level(panel: &Panel, brightness: Permille, picture: Light, spent: f64, pixels: f64) -> f64 {
    let asked = f64::from(brightness.min(FULL)) / f64::from(FULL);
    let Some(power) = panel.power else { return asked };
    let full = picture.watts(panel, power.watts_white, pixels);
    let left = (power.watts_max - spent).max(0.0);
    if full * asked <= left { asked } else { (left / full).max(LEVEL_MIN) }
}

/// Watts that a picture draws when shown at `level`; none where the wall's power is not limited.
pub fn watts(panel: &Panel, picture: Light, level: f64, pixels: f64) -> f64 {
    panel.power.map_or(0.0, |power| picture.watts(panel, power.watts_white, pixels) * level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::led::Power;

    const WHITE: u32 = 0xFFFF_FFFF;

    fn sent(panel: &Panel, level: f64, pixel: u32) -> u32 {
        let mut pixels = [pixel];
        Finish::new(panel, level).table().put(&mut pixels);
        pixels[0]
    }

    #[test]
    fn a_panel_that_asks_for_nothing_gets_every_colour_as_it_is() {
        let finish = Finish::new(&Panel::default(), 1.0);
        assert!(finish.is_none());
        for value in 0..=255u32 {
            let pixel = 0xFF00_0000 | value << 16 | (255 - value) << 8 | (value / 2);
            assert_eq!(sent(&Panel::default(), 1.0, pixel), pixel);
        }
    }

    #[test]
    fn half_the_brightness_is_half_the_light_and_black_stays_black() {
        let pixel = sent(&Panel::default(), 0.5, WHITE);
        assert!((light(f64::from(pixel & 0xFF) / 255.0) - 0.5).abs() < 0.01, "{pixel:x}");
        assert_eq!(sent(&Panel::default(), 0.5, 0xFF00_0000), 0xFF00_0000);
        let warm = Panel { white: [255, 232, 208], ..Panel::default() };
        assert_eq!(sent(&warm, 1.0, WHITE), 0xFFFF_E8D0);
        // A panel whose light is what it is sent: grey 128 is 22 % of white's light.
        let linear = Panel { gamma: 2.2, ..Panel::default() };
        assert_eq!(sent(&linear, 1.0, 0xFF80_8080), 0xFF38_3838);
    }

    #[test]
    fn a_white_picture_is_dimmed_to_what_the_supply_gives_and_a_dark_one_is_not() {
        let power = Some(Power { watts_max: 300.0, watts_white: 900.0 });
        let panel = Panel { power, ..Panel::default() };
        let of = |pixels: &[u32]| Light::of([pixels].into_iter());
        let white = of(&[WHITE; 100]);
        let dimmed = level(&panel, FULL, white, 0.0, 100.0);
        assert!((watts(&panel, white, dimmed, 100.0) - 300.0).abs() < 0.01);
        let text = of(&[[WHITE; 20].as_slice(), &[0xFF00_0000; 80]].concat());
        assert_eq!(level(&panel, FULL, text, 0.0, 100.0), 1.0);
        assert_eq!(level(&panel, 250, white, 0.0, 100.0), 0.25);
        // What shows beside it has its share.
        assert!(level(&panel, FULL, white, 200.0, 100.0) < dimmed / 2.0);
        assert!(level(&panel, FULL, white, 400.0, 100.0) > 0.0);
        assert_eq!(level(&Panel::default(), FULL, white, 0.0, 100.0), 1.0);
    }

    #[test]
    fn what_is_sent_draws_no_more_than_was_reckoned() {
        let power = Some(Power { watts_max: 100.0, watts_white: 1000.0 });
        let panel = Panel { power, white: [255, 200, 180], gamma: 1.0 };
        for colour in [WHITE, 0xFFFF_0000, 0xFF80_C040, 0xFFFF_ECC8] {
            let mut pixels = vec![colour; 64];
            let picture = Light::of([pixels.as_slice()].into_iter());
            let level = level(&panel, FULL, picture, 0.0, 64.0);
            Finish::new(&panel, level).table().put(&mut pixels);
            let seen = Light::of([pixels.as_slice()].into_iter());
            let drawn = 1000.0 * seen.0.iter().sum::<f64>() / (3.0 * 64.0);
            // A step of 255 rounds by half of itself.
            assert!(drawn < 102.0, "{colour:x}: {drawn} W");
        }
    }
}
