//! A look's file, read key by key: every key must be there, none may be unknown, and every text must be readable.

use super::contrast::{CONTRAST_MIN, pairs};
use super::{CategoryColours, LedColours, Look, Palette, Sizes};
use crate::layout::fit::Scale;
use crate::layout::scene::Colour;
use crate::model::programme::Category;
use crate::problem::Problem;
use crate::say;
use crate::toml_doc::{Document, Said, Section};
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Steps of a scale of sizes: more change nothing that anybody sees.
const STEPS_MAX: usize = 24;
/// Sizes of letters, in u: from the smallest text anywhere to the level of a warning.
const LETTERS: RangeInclusive<f64> = 5.2..=40.0;

/// Reads a look; `file` is its name in messages.
///
/// # Errors
///
/// All that is wrong with it, in the order of the file.
pub fn look(file: &str, text: &str) -> Result<Look, Vec<Problem>> {
    let doc = Document::new(file, text);
    let Some(table) = doc.parse() else { return Err(doc.finish().0) };
    let mut reader = Reader::default();
    let mut root = Section::root(&doc, &table);
    let look = Look {
        day: reader.palette(&mut root, "day"),
        night: reader.palette(&mut root, "night"),
        categories: reader.categories(&mut root),
        levels: reader.levels(&mut root),
        led: reader.led(&mut root),
        sizes: sizes(&mut root),
    };
    root.finish();
    if reader.whole {
        reader.check_contrast(&look, &doc);
    }
    let (problems, _) = doc.finish();
    if problems.is_empty() { Ok(look) } else { Err(problems) }
}

/// Remembers where each colour stands.
struct Reader {
    places: HashMap<String, usize>,
    /// Every colour so far could be read.
    whole: bool,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader { places: HashMap::new(), whole: true }
    }
}

impl Reader {
    fn palette(&mut self, root: &mut Section<'_>, name: &'static str) -> Palette {
        let Some(mut section) = self.table(root, name) else { return Palette::default() };
        let mut colour = |key: &'static str| self.colour(&mut section, name, key);
        let mut palette = Palette {
            ground: colour("ground"),
            panel: colour("panel"),
            ink: colour("ink"),
            muted: colour("muted"),
            line: colour("line"),
            bar: colour("bar"),
            bar_ink: colour("bar_ink"),
            bar_soft: colour("bar_soft"),
            gold: colour("gold"),
            band: colour("band"),
            chip: colour("chip"),
            chip_ink: colour("chip_ink"),
            thread: colour("thread"),
            heading: colour("heading"),
            // By night each category has its own.
            rail_ink: if name == "day" { colour("rail_ink") } else { Colour::default() },
            ..Palette::default()
        };
        if let Some(said) = needed(&mut section, "hills") {
            let hills: Vec<Colour> = said.list().iter().filter_map(colour_of).collect();
            self.places.insert(format!("{name}.hills"), said.at());
            match hills.try_into() {
                Ok(hills) => palette.hills = hills,
                Err(_) => {
                    self.whole = false;
                    said.refuse(
                        say!(en: "`hills` needs three colours", vi: "`hills` cần ba màu"),
                        say!(en: "write hills = [\"#EFE4C9\", \"#D6DABE\", \"#7E9C7F\"]",
                             vi: "hãy viết hills = [\"#EFE4C9\", \"#D6DABE\", \"#7E9C7F\"]"),
                    );
                }
            }
        }
        let weave = needed(&mut section, "weave").and_then(|said| said.whole(0..=40));
        palette.weave = weave.and_then(|percent| u32::try_from(percent).ok()).unwrap_or(0);
        section.finish();
        palette
    }

    fn categories(&mut self, root: &mut Section<'_>) -> [CategoryColours; Category::ALL.len()] {
        let mut all = self.table(root, "category");
        let colours = Category::ALL.map(|category| {
            let name = category.word();
            let Some(mut section) = all.as_mut().and_then(|all| self.table(all, name)) else {
                return CategoryColours::default();
            };
            let path = format!("category.{name}");
            let mut colour = |key: &'static str| self.colour(&mut section, &path, key);
            let colours = CategoryColours {
                day: colour("day"),
                night: colour("night"),
                night_ink: colour("night_ink"),
            };
            section.finish();
            colours
        });
        all.into_iter().for_each(Section::finish);
        colours
    }

    fn levels(&mut self, root: &mut Section<'_>) -> [(Colour, Colour); 5] {
        let mut all = self.table(root, "level");
        let levels = ["1", "2", "3", "4", "5"].map(|name| {
            let Some(mut section) = all.as_mut().and_then(|all| self.table(all, name)) else {
                return <(Colour, Colour)>::default();
            };
            let path = format!("level.{name}");
            let level = (self.colour(&mut section, &path, "fill"), self.colour(&mut section, &path, "ink"));
            section.finish();
            level
        });
        all.into_iter().for_each(Section::finish);
        levels
    }

    fn led(&mut self, root: &mut Section<'_>) -> LedColours {
        let Some(mut section) = self.table(root, "led") else { return LedColours::default() };
        let led = LedColours {
            ink: self.colour(&mut section, "led", "ink"),
            key: self.colour(&mut section, "led", "key"),
        };
        section.finish();
        led
    }

    fn table<'d>(&mut self, parent: &mut Section<'d>, key: &'static str) -> Option<Section<'d>> {
        let section = needed(parent, key).and_then(|said| said.section());
        self.whole &= section.is_some();
        section
    }

    fn colour(&mut self, section: &mut Section<'_>, path: &str, key: &'static str) -> Colour {
        let said = needed(section, key);
        let colour = said.as_ref().and_then(colour_of);
        self.whole &= colour.is_some();
        if let Some(said) = said {
            self.places.insert(format!("{path}.{key}"), said.at());
        }
        colour.unwrap_or_default()
    }

    /// Notes every text that could not be read on its ground.
    fn check_contrast(&self, look: &Look, doc: &Document<'_>) {
        for pair in pairs(look).into_iter().filter(|pair| pair.contrast() < CONTRAST_MIN) {
            // Cut, not rounded: what is refused must not read as what is asked for.
            let ratio = (pair.contrast() * 10.0).floor() / 10.0;
            let at = self.places.get(&pair.text.0).copied().unwrap_or(0);
            let why = say!(
                en: "`{text}` on `{ground}` has a contrast of {ratio}:1, less than {least}:1, and cannot be read from afar",
                vi: "`{text}` trên `{ground}` có độ tương phản {ratio}:1, dưới {least}:1, đứng xa không đọc được",
                text = pair.text.0,
                ground = pair.ground.0,
                ratio = ratio,
                least = CONTRAST_MIN
            );
            let remedy = say!(
                en: "make one of the two darker or the other lighter",
                vi: "hãy chọn màu đậm hơn cho một bên hoặc nhạt hơn cho bên kia"
            );
            doc.refuse(at, why, remedy);
        }
    }
}

fn sizes(root: &mut Section<'_>) -> Sizes {
    let mut section = needed(root, "size").and_then(|said| said.section());
    let mut number = |key: &'static str, range: RangeInclusive<f64>| {
        let said = section.as_mut().and_then(|section| needed(section, key));
        said.and_then(|said| said.decimal(range)).unwrap_or_default() as f32
    };
    // Header and foot hold two lines, rail and band an icon of 20 and 16 u; wider ones leave no room for text.
    let sizes = Sizes {
        header: number("header", 14.0..=24.0),
        header_portrait: number("header_portrait", 25.0..=36.0),
        ticker: number("ticker", 9.0..=22.0),
        rail: number("rail", 24.0..=40.0),
        band: number("band", 18.0..=34.0),
        foot: number("foot", 9.0..=20.0),
        foot_portrait: number("foot_portrait", 20.0..=34.0),
        clock: number("clock", LETTERS),
        clock_portrait: number("clock_portrait", LETTERS),
        name: number("name", LETTERS),
        date: number("date", LETTERS),
        ticker_letters: number("ticker_letters", LETTERS),
        label: number("label", LETTERS),
        meta: number("meta", LETTERS),
        meta_portrait: number("meta_portrait", LETTERS),
        stale: number("stale", LETTERS),
        scale: Scale::default(),
    };
    let mut steps = |key: &'static str, least: f64| {
        let section = section.as_mut()?;
        steps(&needed(section, key)?, least)
    };
    let scale = Scale {
        bodies: steps("bodies", 8.8).unwrap_or_default(),
        titles: steps("titles", 10.6).unwrap_or_default(),
        titles_alone: steps("titles_alone", 10.6).unwrap_or_default(),
        cells: steps("cells", 6.0).unwrap_or_default(),
    };
    section.into_iter().for_each(Section::finish);
    Sizes { scale, ..sizes }
}

/// Sizes of letters from large to small, none under `least`.
fn steps(said: &Said<'_>, least: f64) -> Option<Vec<f32>> {
    let listed = said.list();
    let steps: Vec<f32> = listed
        .iter()
        .take(STEPS_MAX)
        .filter_map(|step| step.decimal(least..=*LETTERS.end()))
        .map(|step| step as f32)
        .collect();
    if steps.is_empty() || listed.len() > STEPS_MAX || !steps.is_sorted_by(|a, b| a > b) {
        let why = say!(
            en: "`{key}` must go from large to small, with 1 to {most} steps",
            vi: "`{key}` phải xếp từ lớn đến nhỏ, từ 1 đến {most} bậc",
            key = said.key(),
            most = STEPS_MAX
        );
        said.refuse(why, say!(en: "write them like [13, 12, 11.4]", vi: "hãy viết như [13, 12, 11.4]"));
        return None;
    }
    Some(steps)
}

/// What a key says that must be there.
fn needed<'d>(section: &mut Section<'d>, key: &'static str) -> Option<Said<'d>> {
    let said = section.get(key);
    if said.is_none() {
        section.refuse(
            say!(en: "`{key}` is missing", vi: "thiếu mục `{key}`", key = key),
            say!(en: "copy it from config/themes/cham.toml", vi: "hãy chép mục này từ config/themes/cham.toml"),
        );
    }
    said
}

/// `#RRGGBB`.
fn colour_of(said: &Said<'_>) -> Option<Colour> {
    let text = said.text()?;
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let colour = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).map(Colour);
    if colour.is_none() {
        let why = say!(en: "`{text}` is not a colour", vi: "`{text}` không phải là màu", text = text);
        said.refuse(why, say!(en: "write it like \"#1D1A16\"", vi: "hãy viết như \"#1D1A16\""));
    }
    colour
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Speech;

    const CHAM: &str = include_str!("../../../config/themes/cham.toml");
    const DON_GIAN: &str = include_str!("../../../config/themes/don-gian.toml");

    /// Asserts each problem of a changed file as the start of its English sentence.
    fn check(from: &str, to: &str, expected: &[&str]) {
        assert!(CHAM.contains(from), "{from}");
        let problems = look("x.toml", &CHAM.replacen(from, to, 1)).expect_err("nothing was found wrong");
        let said: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
        assert_eq!(said.len(), expected.len(), "{said:#?}");
        for (line, words) in said.iter().zip(expected) {
            assert!(line.contains(words), "{line} does not say {words}");
        }
    }

    #[test]
    fn both_looks_that_are_built_in_can_be_read_and_differ() {
        let (cham, plain) = (look("cham.toml", CHAM).unwrap(), look("don-gian.toml", DON_GIAN).unwrap());
        assert_ne!(cham, plain);
        assert_eq!(cham.sizes.scale.bodies.last(), Some(&8.8));
    }

    #[test]
    fn a_text_with_too_little_contrast_is_refused_with_both_tokens_and_the_ratio() {
        check(
            "muted = \"#4A443B\"",
            "muted = \"#7A746B\"",
            &[
                "`day.muted` on `day.ground` has a contrast of 4.2:1",
                "`day.muted` on `day.panel` has a contrast of 4.5:1",
            ],
        );
        check("4 = { fill = \"#B3000F\"", "4 = { fill = \"#FF0000\"", &["`level.4.ink` on `level.4.fill`"]);
        check(
            "y-te = { day = \"#00575A\"",
            "y-te = { day = \"#00878A\"",
            &["`day.rail_ink` on `category.y-te.day`", "`category.y-te.day` on `day.ground`"],
        );
    }

    #[test]
    fn keys_that_are_unknown_missing_or_wrong_are_told_all_at_once() {
        check(
            "muted = \"#4A443B\"\nline",
            "mutde = \"#4A443B\"\nline",
            &["`muted` is missing; copy it", "unknown key `mutde`; did you mean `muted`"],
        );
        check("weave = 15", "weave = 400", &["`weave` cannot be 400"]);
        check("bodies = [22, 20", "bodies = [20, 22", &["`bodies` must go from large to small"]);
        check("9.2, 8.8]", "9.2, 5]", &["`bodies` cannot be 5"]);
        check("[led]", "[lde]", &["`led` is missing", "unknown key `lde`"]);
        check("\"#EFE4C9\", ", "", &["`hills` needs three colours"]);
        check("ground = \"#FAF4E6\"", "ground = \"giấy\"", &["`giấy` is not a colour"]);
    }
}
