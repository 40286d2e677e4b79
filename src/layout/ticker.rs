//! Text that runs: the ticker along the bottom, and the one line of a low LED strip.
//!
//! A strip is its items one after another, each followed by a point, and begins again after the last. It moves by whole
//! pixels, the same number at every step, so that letters never shimmer; which number follows from the
//! display's own rate (LOOK.md section 7).

use super::brush::{Brush, Side};
use super::look::{Grid, Look, Role, Sizes};
use super::scene::{Rect, TickerBand, frame_slot};
use super::words::Word;
use super::{Colour, Draw, Line, View, legible};
use crate::limits;
use crate::model::board::Board;
use crate::text::sole_line;
use jiff::Timestamp;

/// Characters a second that a strip should pass, and how few and how many still can be read (LOOK.md section 7).
const PACE: f32 = 7.1;
const PACE_MIN: f32 = 5.0;
const PACE_MAX: f32 = 10.0;
/// Width of a character in em, spaces included, in Noto and in Unifont.
const CHARACTER: f32 = 0.455;
const CHARACTER_PIXEL: f32 = 0.5;
/// Most characters of all ticker lines together.
const CHARS_MAX: usize = 8 * limits::TICKER_CHARS_MAX;
/// Lines are kept short so that a tile of the strip draws only what is on it.
const WORDS_A_LINE: usize = 8;
const POINT: &str = "•";
/// The bar is no higher than this, in u: a fifth of a board that lies.
const HEIGHT_MAX: f32 = 26.0;
/// Width of what names the ticker, and its letters, in sizes of the ticker's letters.
const CHIP_WIDTH: f32 = 30.0 / 7.0;
const CHIP_LETTERS: f32 = 6.4 / 7.0;
/// The most of a board's width that it takes with its name, and its width in u without.
const CHIP_MOST: f32 = 0.3;
const CHIP_UNNAMED: f32 = 4.0;

/// Where and how a text runs.
pub struct Course {
    pub window: Rect,
    /// Pixels an em.
    pub size: f32,
    /// From the window's left edge to the first letter of a text that stands still.
    pub inset: i32,
    /// From the window's top.
    pub baseline: i32,
    pub ground: Colour,
    pub role: Role,
    /// When the text begins at the window's left edge; without it, wherever wall time puts it.
    pub from: Option<Timestamp>,
    /// Other text follows what is on the screen, instead of taking its place.
    pub joins: bool,
}

/// Height of the ticker's bar, in u; 0 where there is nothing to say.
pub fn height(view: &View<'_>, grid: Grid) -> f32 {
    if items(view).is_empty() { 0.0 } else { sizes(view.board, view.size, grid, view.look).0 }
}

/// Height of a ticker's bar and size of its letters, in u: the look's, or as much more as the board's readers need.
pub fn sizes(board: &Board, size: (u32, u32), grid: Grid, look: &Look) -> (f32, f32) {
    let Sizes { ticker, ticker_letters: letters, .. } = look.sizes;
    let grown =
        legible::grown(board, size, grid, letters, (letters * HEIGHT_MAX / ticker.max(1.0)).max(letters));
    (ticker * grown / letters.max(0.01), grown)
}

/// The ticker along the bottom. Text that fits stands still in the scene; else the band that moves.
pub fn ticker(brush: &mut Brush<'_>, view: &View<'_>) -> Option<TickerBand> {
    let said = items(view);
    if said.is_empty() {
        return None;
    }
    let (grid, p) = (brush.grid, brush.palette());
    let (height, letters) = sizes(view.board, view.size, grid, view.look);
    let bar = Rect::edges(0, grid.area.h - grid.px(height), grid.area.w, grid.area.h);
    // On a narrow board its colour alone says what this is, and leaves the room to the text.
    let named = CHIP_WIDTH * letters <= CHIP_MOST * grid.extent().0;
    let chip_width = if named { CHIP_WIDTH * letters } else { CHIP_UNNAMED };
    let chip = Rect::new(bar.x, bar.y, grid.px(chip_width), bar.h);
    brush.fill(bar, p.bar);
    brush.fill(chip, p.chip);
    let size = letters * grid.u;
    let middle = bar.y as f32 + bar.h as f32 / 2.0;
    if named {
        let chip_size = CHIP_LETTERS * size;
        let chip_at = (chip.x + chip.w / 2, brush.centred(middle, chip_size));
        brush.text("Tin ngắn", Role::Title, chip_size, chip_at, Side::Centre, p.chip_ink);
    }
    let window = Rect::edges(chip.right(), bar.y, bar.right(), bar.bottom());
    let course = Course {
        window,
        size,
        inset: grid.px(4.0),
        baseline: brush.centred(middle, size) - window.y,
        ground: p.bar,
        role: Role::Body,
        from: None,
        joins: true,
    };
    let said: Vec<_> = said.into_iter().map(|text| (text, p.bar_ink)).collect();
    run(brush, view, &said, &course)
}

/// The ticker's lines, as they are shown.
pub fn items(view: &View<'_>) -> Vec<String> {
    let clean = |text: &str| sole_line(text, limits::TICKER_CHARS_MAX).trim().to_owned();
    let mut left = CHARS_MAX;
    let lines = view.plan.ticker.iter().map(|entry| clean(&entry.line.text));
    lines
        .filter(|line| !line.is_empty())
        .take_while(|line| {
            let fits = line.len() <= left;
            left = left.saturating_sub(line.len());
            fits
        })
        .collect()
}

/// Puts the items into the course's window: still when they fit, else as a band.
pub fn run(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    said: &[(String, Colour)],
    course: &Course,
) -> Option<TickerBand> {
    let window = course.window;
    let (_, ink) = said.first().filter(|_| !window.is_empty())?;
    let space = brush.measure.space(course.role.ink(brush.theme).plain) * course.size;
    let clip = Rect::new(0, 0, i32::MAX / 2, window.h);
    let (mut lines, mut starts, mut x, mut end) = (Vec::new(), Vec::new(), 0.0, 0.0);
    for (text, colour) in said {
        starts.push(f32::round(x) as i32);
        for (text, colour) in [(text.as_str(), *colour), (POINT, *ink)] {
            let word = |word: &str| Word { text: word.to_owned(), bold: false, space: true };
            let words: Vec<Word> = text.split(' ').filter(|word| !word.is_empty()).map(word).collect();
            for words in words.chunks(WORDS_A_LINE) {
                let words: Vec<&Word> = words.iter().collect();
                let at = (f32::round(x) as i32, course.baseline);
                let line = Line { clip, ..brush.line(&words, course.role, course.size, at, colour) };
                x += line.width + space;
                lines.push(line);
            }
            if text != POINT {
                end = x - space;
            }
        }
    }
    if end <= (window.w - 2 * course.inset) as f32 {
        // What stands still needs no point after it.
        lines.pop();
        brush.draws.extend(lines.into_iter().map(|line| {
            let (x, baseline) = (line.x + window.x + course.inset, line.baseline + window.y);
            Draw::Text(Line { x, baseline, clip: brush.clip, ..line })
        }));
        return None;
    }
    let (step, slots) = pace(course.size, course.role, view.rate_mhz);
    let every = i64::from(slots);
    let from = course.from.map_or(0, |at| frame_slot(at, view.rate_mhz));
    Some(TickerBand {
        rect: window,
        ground: course.ground,
        lines,
        starts,
        period: (x.round() as i32).max(1),
        step,
        slots,
        rate_mhz: view.rate_mhz,
        // Rounded up: the text must not have begun before its turn.
        from: from
            .div_euclid(every)
            .saturating_add(i64::from(from.rem_euclid(every) > 0))
            .saturating_mul(every),
        joins: course.joins,
    })
}

/// Whole pixels a step, and frame slots that a step takes, for letters of `size` pixels on a display of this rate: the
/// pace nearest to [`PACE`]. Where a pixel a frame is too fast, the frame rate is halved, not the pixel.
fn pace(size: f32, role: Role, rate_mhz: u32) -> (i32, u32) {
    let character = if role == Role::Pixel { CHARACTER_PIXEL } else { CHARACTER } * size.max(0.01);
    let rate = rate_mhz.max(1) as f32 / 1000.0;
    for slots in [1, 2, 4, 8, 16, 32] {
        let passed = |step: i32| step as f32 * rate / (slots as f32 * character);
        let low = ((PACE / passed(1)).floor() as i32).clamp(1, 1 << 12);
        let nearest = [low, low + 1].into_iter().min_by(|a, b| {
            let far = |step: &i32| (passed(*step) / PACE).ln().abs();
            far(a).total_cmp(&far(b))
        });
        if let Some(step) = nearest.filter(|step| (PACE_MIN..=PACE_MAX).contains(&passed(*step))) {
            return (step, slots);
        }
    }
    (1, 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticker_passes_at_a_pace_that_can_be_read_on_every_display() {
        for rate in
            [24_000, 25_000, 29_970, 30_000, 50_000, 59_940, 60_000, 75_000, 100_000, 120_000, 144_000]
        {
            for (size, role, character) in (16..=224)
                .step_by(8)
                .map(|size| (size as f32, Role::Body, 0.455))
                .chain([(16.0, Role::Pixel, 0.5), (32.0, Role::Pixel, 0.5)])
            {
                let (step, slots) = pace(size, role, rate);
                let passed = step as f32 * rate as f32 / 1000.0 / slots as f32 / (character * size);
                assert!(
                    (5.0..=10.0).contains(&passed),
                    "{size} px at {rate} mHz: {step}/{slots} is {passed}"
                );
            }
        }
    }

    /// LOOK.md section 7 has these by hand.
    #[test]
    fn the_pace_is_that_of_the_look() {
        assert_eq!(pace(56.0, Role::Body, 60_000), (3, 1));
        assert_eq!(pace(56.0, Role::Body, 50_000), (4, 1));
        assert_eq!(pace(56.0, Role::Body, 30_000), (6, 1));
        assert_eq!(pace(24.0, Role::Title, 60_000), (1, 1));
        assert_eq!(pace(16.0, Role::Pixel, 60_000), (1, 1));
        assert_eq!(pace(16.0, Role::Pixel, 144_000), (1, 2));
    }
}
