//! The look of a board (LOOK.md sections 1 to 4): the unit, the colours, each category's dress, the sizes.
//!
//! What can be chosen is in files: `config/themes/cham.toml` and `don-gian.toml` are built in, and `board.toml` may
//! name another. [`Look::load`] refuses one with a mistake in it, or with a text that cannot be read on its
//! ground, and whoever asked shows the built-in one instead: a board without a look would be dark.
//!
//! What is not here cannot be chosen: weights, which belong to the measured font, and icons.

mod contrast;
mod grid;
mod read;

pub use contrast::contrast;
pub use grid::Grid;

use super::fit::Scale;
use super::fonts::Weight;
use super::scene::Colour;
use super::words::Ink;
use crate::limits;
use crate::model::board::{LookSource, Theme};
use crate::model::programme::Category;
use crate::problem::Problem;
use crate::toml_doc;
use std::sync::LazyLock;

/// Everything about how boards look that is not the same for all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    day: Palette,
    night: Palette,
    /// In the order of [`Category::ALL`].
    categories: [CategoryColours; Category::ALL.len()],
    /// Fill and ink of levels 1 to 5.
    levels: [(Colour, Colour); 5],
    pub led: LedColours,
    pub sizes: Sizes,
}

static CHAM: LazyLock<Look> = LazyLock::new(|| built_in(include_str!("../../../config/themes/cham.toml")));
static DON_GIAN: LazyLock<Look> =
    LazyLock::new(|| built_in(include_str!("../../../config/themes/don-gian.toml")));

/// A look that is part of the program; that both can be read is what the tests below are for.
fn built_in(text: &str) -> Look {
    read::look("built-in look", text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

impl Look {
    /// The indigo look, which every board has.
    pub fn cham() -> &'static Look {
        &CHAM
    }

    /// The look that a board's configuration asks for.
    ///
    /// # Errors
    ///
    /// The file cannot be read, a key is unknown, missing or out of range, or a text has too little contrast:
    /// all that is wrong, in the order of the file. [`Look::cham`] serves then.
    pub fn load(source: &LookSource) -> Result<Look, Vec<Problem>> {
        let path = match source {
            LookSource::Cham => return Ok(CHAM.clone()),
            LookSource::DonGian => return Ok(DON_GIAN.clone()),
            LookSource::File(path) => path,
        };
        let name = path.display().to_string();
        let text = toml_doc::read_text(path, &name, limits::CONFIG_BYTES_MAX).map_err(|p| vec![p])?;
        read::look(&name, &text)
    }

    pub fn palette(&self, theme: Theme) -> &Palette {
        match theme {
            Theme::Day => &self.day,
            Theme::Night => &self.night,
        }
    }

    pub fn dress(&self, category: Category, theme: Theme) -> Dress {
        let (label, words, icon, weave) = named(category);
        let colours = self.categories[category as usize];
        let palette = self.palette(theme);
        let (rail, rail_ink, accent) = match theme {
            Theme::Day => (colours.day, palette.rail_ink, colours.day),
            Theme::Night => (colours.night, colours.night_ink, colours.night_ink),
        };
        // Bars of pages to come have this tone where there is no weave, too.
        let weave_tone = rail.mix(rail_ink, if palette.weave == 0 { 15 } else { palette.weave });
        Dress { label, words, icon, weave, rail, rail_ink, weave_tone, accent }
    }

    /// Fill and ink of a risk level, the same by day and by night, and its word.
    pub fn level(&self, number: u8) -> (Colour, Colour, &'static str) {
        const WORDS: [&str; 5] = ["thấp", "trung bình", "lớn", "rất lớn", "thảm họa"];
        let at = usize::from(number.clamp(1, 5)) - 1;
        let (fill, ink) = self.levels[at];
        (fill, ink, WORDS[at])
    }
}

/// One category's own colours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CategoryColours {
    /// The rail, and coloured text on the ground, by day.
    pub day: Colour,
    /// The rail by night.
    pub night: Colour,
    /// Text on that rail, and coloured text on the ground, by night.
    pub night_ink: Colour,
}

/// Letters on an LED wall, whose ground is dark.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LedColours {
    pub ink: Colour,
    /// What matters most: when and where.
    pub key: Colour,
}

/// Lengths in u.
#[derive(Debug, Clone, PartialEq)]
pub struct Sizes {
    /// Of text that fits itself.
    pub scale: Scale,
    /// Height of the header with its thread.
    pub header: f32,
    pub header_portrait: f32,
    pub ticker: f32,
    /// Width of the category's rail; on an upright board the height of its band.
    pub rail: f32,
    pub band: f32,
    /// Height of the issuer's line.
    pub foot: f32,
    pub foot_portrait: f32,
    pub clock: f32,
    pub clock_portrait: f32,
    /// The board's name.
    pub name: f32,
    pub date: f32,
    pub ticker_letters: f32,
    /// Category, language and column names.
    pub label: f32,
    /// The issuer's line.
    pub meta: f32,
    pub meta_portrait: f32,
    /// The smallest text anywhere.
    pub stale: f32,
}

impl Sizes {
    /// Height of the header on a board of this shape.
    pub fn header_on(&self, grid: Grid) -> f32 {
        if grid.portrait { self.header_portrait } else { self.header }
    }
}

/// Colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
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
    /// Text on a category's rail by day; by night each category has its own.
    pub rail_ink: Colour,
    /// The terraced hills, far to near.
    pub hills: [Colour; 3],
    /// Per cent of the rail's ink in its weave; 0: no weave.
    pub weave: u32,
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

/// A category's label in one line, its words for the rail, and the names of its icon and weave.
fn named(category: Category) -> (&'static str, &'static [&'static str], &'static str, &'static str) {
    match category {
        Category::Chung => ("Thông báo", &["Thông", "báo"], "chung", "chung"),
        Category::YTe => ("Y tế", &["Y tế"], "y-te", "y-te"),
        Category::Dien => ("Điện – Nước", &["Điện", "Nước"], "dien", "dien"),
        Category::Nuoc => ("Điện – Nước", &["Điện", "Nước"], "nuoc", "dien"),
        Category::Hop => ("Họp dân", &["Họp", "dân"], "hop", "hop"),
        Category::NongNghiep => ("Nông nghiệp", &["Nông", "nghiệp"], "nong-nghiep", "nong-nghiep"),
        Category::AnNinh => ("An ninh trật tự", &["An ninh", "trật tự"], "an-ninh", "an-ninh"),
        Category::ThoiTiet => ("Thời tiết", &["Thời", "tiết"], "thoi-tiet", "thoi-tiet"),
        Category::VanHoa => ("Văn hóa", &["Văn hóa"], "van-hoa", "van-hoa"),
    }
}
