//! Which text stands on which ground, and how far apart the two are.
//!
//! WCAG 2.2, success criterion 1.4.6 (enhanced): 7:1 for text. People with half the sight of others still read it,
//! and so do most in front of a screen that the sun shines on.

use super::Look;
use crate::layout::scene::Colour;
use crate::model::board::Theme;
use crate::model::programme::Category;

/// Least ratio of the luminances of text and ground.
pub const CONTRAST_MIN: f64 = 7.0;

/// A text and what it stands on, each with its name in the look's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub text: (String, Colour),
    pub ground: (String, Colour),
}

impl Pair {
    pub fn contrast(&self) -> f64 {
        contrast(self.text.1, self.ground.1)
    }
}

/// WCAG 2.2, contrast ratio: from 1 to 21.
pub fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2, relative luminance, from 0 to 1. The threshold is the one of its erratum of 2021 (IEC 61966-2-1).
fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = colour.channels().map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Every text that a layout sets on every ground that it sets it on.
pub fn pairs(look: &Look) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (theme, name) in [(Theme::Day, "day"), (Theme::Night, "night")] {
        let p = look.palette(theme);
        let mut pair = |text: (&str, Colour), ground: (&str, Colour)| {
            pairs.push(Pair {
                text: (format!("{name}.{}", text.0), text.1),
                ground: (format!("{name}.{}", ground.0), ground.1),
            });
        };
        let ground = ("ground", p.ground);
        for on in [ground, ("panel", p.panel), ("band", p.band)] {
            pair(("ink", p.ink), on);
        }
        pair(("muted", p.muted), ground);
        pair(("muted", p.muted), ("panel", p.panel));
        pair(("heading", p.heading), ground);
        // The idle page has its clock and date before the two further ridges.
        pair(("ink", p.ink), ("hills", p.hills[0]));
        pair(("ink", p.ink), ("hills", p.hills[1]));
        for text in [("bar_ink", p.bar_ink), ("bar_soft", p.bar_soft), ("gold", p.gold)] {
            pair(text, ("bar", p.bar));
        }
        pair(("chip_ink", p.chip_ink), ("chip", p.chip));
        for category in Category::ALL {
            let dress = look.dress(category, theme);
            let key = format!("category.{}", category.word());
            let (rail, accent) = match theme {
                Theme::Day => ("day.rail_ink".to_owned(), format!("{key}.day")),
                Theme::Night => (format!("{key}.night_ink"), format!("{key}.night_ink")),
            };
            let ground = (format!("{key}.{name}"), dress.rail);
            pairs.push(Pair { text: (rail, dress.rail_ink), ground });
            let ground = (format!("{name}.ground"), p.ground);
            pairs.push(Pair { text: (accent, dress.accent), ground });
        }
    }
    for number in 1..=5 {
        let (fill, ink, _) = look.level(number);
        let name = |what: &str| format!("level.{number}.{what}");
        pairs.push(Pair { text: (name("ink"), ink), ground: (name("fill"), fill) });
    }
    for (name, text) in [("led.ink", look.led.ink), ("led.key", look.led.key)] {
        pairs.push(Pair { text: (name.into(), text), ground: ("black".into(), Colour::BLACK) });
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_21_to_1_and_the_looks_own_table_is_met() {
        let near = |a, b, ratio: f64| (contrast(Colour(a), Colour(b)) - ratio).abs() < 0.05;
        assert!(near(0, 0xFFFFFF, 21.0) && near(0x123456, 0x123456, 1.0));
        // LOOK.md section 4.
        assert!(
            near(0x1D1A16, 0xFAF4E6, 15.8) && near(0xC99A35, 0x0B0F1C, 7.4) && near(0xFFFFFF, 0xB3000F, 7.2)
        );
    }
}
