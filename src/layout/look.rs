//! The look's fixed values (LOOK.md sections 1 to 4): the unit, the colours, each category's dress.
//!
//! Every contrast of text on its ground is at least 7:1 (WCAG 2.2, 1.4.6); a test computes them all.

use super::fonts::Weight;
use super::scene::{Colour, Rect};
use super::words::Ink;
use crate::model::board::Theme;
use crate::model::programme::Category;

/// The grid: u is 1/135 of the shorter side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    pub u: f32,
    pub portrait: bool,
    /// The whole board in pixels.
    pub area: Rect,
}

impl Grid {
    pub fn new(size: (u32, u32)) -> Grid {
        let side = |length: u32| length.min(1 << 20) as i32;
        let (w, h) = (side(size.0), side(size.1));
        Grid { u: w.min(h) as f32 / 135.0, portrait: h > w, area: Rect::new(0, 0, w, h) }
    }
    /// `k` u in whole pixels.
    pub fn px(&self, k: f32) -> i32 {
        (k * self.u).round() as i32
    }
    /// Thickness of a rule: never under 2 pixels.
    pub fn rule(&self) -> i32 {
        self.px(1.0 / 3.0).max(2)
    }
    /// A rectangle whose edges are `k` u from the board's top left.
    pub fn rect(&self, left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect::edges(self.px(left), self.px(top), self.px(right), self.px(bottom))
    }
    /// Width and height of the board in u.
    pub fn extent(&self) -> (f32, f32) {
        let unit = self.u.max(f32::MIN_POSITIVE);
        (self.area.w as f32 / unit, self.area.h as f32 / unit)
    }
}

/// Colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    pub ground: Colour,
    pub panel: Colour,
    pub ink: Colour,
    pub muted: Colour,
    pub line: Colour,
    pub bar: Colour,
    pub bar_ink: Colour,
    pub bar_soft: Colour,
    pub gold: Colour,
    pub band: Colour,
    pub chip: Colour,
    pub chip_ink: Colour,
    pub thread: Colour,
    /// Headings on the ground.
    pub heading: Colour,
    /// The terraced hills, far to near.
    pub hills: [Colour; 3],
}

const DAY: Palette = Palette {
    ground: Colour(0xFAF4E6),
    panel: Colour(0xFFFDF7),
    ink: Colour(0x1D1A16),
    muted: Colour(0x4A443B),
    line: Colour(0xD9CDB4),
    bar: Colour(0x1B2747),
    bar_ink: Colour(0xFFF6E0),
    bar_soft: Colour(0xD3CDBF),
    gold: Colour(0xF2C14E),
    band: Colour(0xF0E6D0),
    chip: Colour(0xF2C14E),
    chip_ink: Colour(0x1B2747),
    thread: Colour(0xF2C14E),
    heading: Colour(0x1B2747),
    hills: [Colour(0xEFE4C9), Colour(0xD6DABE), Colour(0x7E9C7F)],
};

const NIGHT: Palette = Palette {
    ground: Colour(0x15130F),
    panel: Colour(0x211D17),
    ink: Colour(0xEFE3CB),
    muted: Colour(0xC4B89F),
    line: Colour(0x4A4336),
    bar: Colour(0x0B0F1C),
    bar_ink: Colour(0xEFE3CB),
    bar_soft: Colour(0xB9B09C),
    gold: Colour(0xC99A35),
    band: Colour(0x26211A),
    chip: Colour(0x3A2D10),
    chip_ink: Colour(0xEAC46A),
    thread: Colour(0x8A6A24),
    heading: Colour(0xEFE3CB),
    hills: [Colour(0x1C1914), Colour(0x24211B), Colour(0x2A332C)],
};

pub fn palette(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Day => &DAY,
        Theme::Night => &NIGHT,
    }
}

/// What a run of text is for; it decides the weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Body, ticker, small print; bold within it is heavier.
    Body,
    /// Titles, table keys, the clock, action lines.
    Title,
    /// Warnings, and whatever must be as heavy as can be.
    Heavy,
    /// The pixel font.
    Pixel,
}

impl Role {
    /// At night letters are light on dark and swell, so they are drawn one step lighter.
    pub fn ink(self, theme: Theme) -> Ink {
        use Weight::{Bold, ExtraBold, Medium, Pixel, SemiBold};
        let (plain, bold) = match (self, theme) {
            (Role::Body, Theme::Day) => (SemiBold, ExtraBold),
            (Role::Body, Theme::Night) => (Medium, Bold),
            (Role::Title, Theme::Day) => (Bold, ExtraBold),
            (Role::Title, Theme::Night) => (SemiBold, Bold),
            (Role::Heavy, _) => (ExtraBold, ExtraBold),
            (Role::Pixel, _) => (Pixel, Pixel),
        };
        Ink { plain, bold }
    }
}

/// How a category is dressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dress {
    /// In one line.
    pub label: &'static str,
    /// For the rail, one or two lines.
    pub words: &'static [&'static str],
    /// Name of its icon.
    pub icon: &'static str,
    /// Name of its weave.
    pub weave: &'static str,
    pub rail: Colour,
    /// Text and icon on the rail.
    pub rail_ink: Colour,
    pub weave_tone: Colour,
    /// Coloured text on the ground.
    pub accent: Colour,
}

pub fn dress(category: Category, theme: Theme) -> Dress {
    let (label, words, icon, weave, day, rail, accent): (_, &'static [&'static str], _, _, _, _, _) =
        match category {
            Category::Chung => {
                ("Thông báo", &["Thông", "báo"], "chung", "chung", 0x2B3A6B, 0x20294A, 0xAFC0F5)
            }
            Category::YTe => ("Y tế", &["Y tế"], "y-te", "y-te", 0x00575A, 0x00393B, 0x74D3CF),
            Category::Dien => {
                ("Điện – Nước", &["Điện", "Nước"], "dien", "dien", 0x0A4C8C, 0x06305A, 0x8CC4FA)
            }
            Category::Nuoc => {
                ("Điện – Nước", &["Điện", "Nước"], "nuoc", "dien", 0x0A4C8C, 0x06305A, 0x8CC4FA)
            }
            Category::Hop => ("Họp dân", &["Họp", "dân"], "hop", "hop", 0x7A3216, 0x4E200E, 0xF2B08E),
            Category::NongNghiep => (
                "Nông nghiệp",
                &["Nông", "nghiệp"],
                "nong-nghiep",
                "nong-nghiep",
                0x2F5714,
                0x1E390C,
                0xABD580,
            ),
            Category::AnNinh => (
                "An ninh trật tự",
                &["An ninh", "trật tự"],
                "an-ninh",
                "an-ninh",
                0x3A4652,
                0x262F38,
                0xBBC9D6,
            ),
            Category::ThoiTiet => {
                ("Thời tiết", &["Thời", "tiết"], "thoi-tiet", "thoi-tiet", 0x5C4A00, 0x3D3100, 0xE3CB6B)
            }
            Category::VanHoa => ("Văn hóa", &["Văn hóa"], "van-hoa", "van-hoa", 0x7A1F56, 0x4F1438, 0xF3A6D2),
        };
    let (rail, rail_ink, percent, accent) = match theme {
        Theme::Day => (Colour(day), Colour(0xFFF6E0), 15, Colour(day)),
        Theme::Night => (Colour(rail), Colour(accent), 12, Colour(accent)),
    };
    Dress { label, words, icon, weave, rail, rail_ink, weave_tone: rail.mix(rail_ink, percent), accent }
}

/// Fill and ink of a risk level, the same by day and by night, and its word.
pub fn level(number: u8) -> (Colour, Colour, &'static str) {
    match number {
        1 => (Colour(0xA9DCF7), Colour(0x101418), "thấp"),
        2 => (Colour(0xFFF2A0), Colour(0x15120A), "trung bình"),
        3 => (Colour(0xFF9A1F), Colour(0x1A0F00), "lớn"),
        4 => (Colour(0xB3000F), Colour(0xFFFFFF), "rất lớn"),
        _ => (Colour(0x6A1B9A), Colour(0xFFFFFF), "thảm họa"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, relative luminance and contrast ratio.
    fn contrast(a: Colour, b: Colour) -> f64 {
        let light = |colour: Colour| {
            let [r, g, b] = colour.channels().map(|c| {
                let c = f64::from(c) / 255.0;
                if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_has_a_contrast_of_seven_to_one() {
        let mut pairs = Vec::new();
        for theme in [Theme::Day, Theme::Night] {
            let p = palette(theme);
            pairs.extend([
                (p.ink, p.ground),
                (p.ink, p.panel),
                (p.ink, p.band),
                (p.muted, p.ground),
                (p.muted, p.panel),
                (p.bar_ink, p.bar),
                (p.bar_soft, p.bar),
                (p.gold, p.bar),
                (p.chip_ink, p.chip),
                (p.heading, p.ground),
            ]);
            use Category::*;
            for category in [Chung, YTe, Dien, Nuoc, Hop, NongNghiep, AnNinh, ThoiTiet, VanHoa] {
                let dress = dress(category, theme);
                pairs.extend([(dress.rail_ink, dress.rail), (dress.accent, p.ground)]);
            }
        }
        pairs.extend((1..=5).map(|number| (level(number).1, level(number).0)));
        for (ink, ground) in pairs {
            assert!(contrast(ink, ground) >= 7.0, "{ink:?} on {ground:?}: {:.2}", contrast(ink, ground));
        }
    }
}
