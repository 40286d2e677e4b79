//! LED walls: black ground, a few large words, one idea after another.
//!
//! Under 64 pixels of height lines are Unifont's 16 pixels without grey; above, Noto's from 24 pixels an em. What
//! is said is broken into lines and shown a screenful at a time; a notice's screenfuls share its slot. The
//! ticker runs along the bottom of a wall that is high enough, and else takes its turn. A
//! warning fills a square with its level, number and colour, beside what, where and what to do.

use super::brush::{Brush, Side};
use super::fit::wrap;
use super::look::{Grid, Role};
use super::scene::{Colour, Rect, Scene};
use super::words::{Group, Measure, Word, cut_to, plain_groups};
use super::{Composed, View, dates, frame, icons, pages, rich};
use crate::limits;
use crate::model::alert::AlertStatus;
use crate::model::board::Theme;
use crate::model::plan::Main;
use jiff::Timestamp;

/// Height of a Unifont line, and its baseline from the line's top.
const PIXEL_LINE: i32 = 16;
const PIXEL_BASELINE: i32 = 14;
/// Least height of a line in Noto, whose letters are then 24 pixels.
const NOTO_LINE: i32 = 32;
/// Ink of Noto's Vietnamese letters above the baseline, and in all, in em (LOOK.md section 1).
const INK_TOP: f32 = 1.048;
const INK_HEIGHT: f32 = 1.288;
/// From this height on a wall has lines in Noto, and a line of its own for the ticker.
const NOTO_WALL: i32 = 64;
/// How long a screenful stays where no slot says so.
const TURN_MS: i64 = 4_000;
/// Most characters of a text that are shown on a wall.
const CHARS_MAX: usize = 2_000;

/// What an LED wall says: a mark at the left, and sentences in order of importance.
struct Saying {
    icon: &'static icons::Cells,
    mark: Colour,
    /// A filled square with a level's number instead of the icon.
    level: Option<(Colour, Colour, String)>,
    said: Vec<(String, Colour)>,
    /// What stands on every screenful.
    always: Option<&'static str>,
}

/// One line of a screenful.
#[derive(Clone)]
struct Row {
    words: Vec<Word>,
    colour: Colour,
}

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure) -> Composed {
    let colours = view.look.led;
    let mut brush = Brush::new(grid, view.look, Theme::Night, measure);
    let mut saying = say(view);
    let area = grid.area;
    let left = if area.w >= 4 * area.h.min(64) { mark(&mut brush, &saying, area) } else { 0 };

    let (role, mut room) = (if area.h >= NOTO_WALL { Role::Title } else { Role::Pixel }, area);
    let mut ticker = None;
    if let Some(said) = frame::ticker_text(view).filter(|_| !matches!(view.plan.main, Main::Warning { .. })) {
        if role == Role::Title && area.h >= 3 * NOTO_LINE {
            room.h -= NOTO_LINE;
            let window = Rect::edges(left, room.bottom(), area.w, area.bottom());
            ticker = frame::run(&mut brush, &said, window, 24.0, 0, Colour::BLACK, colours.ink, role);
        } else {
            saying.said.push((said, colours.ink));
        }
    }
    let line = if role == Role::Pixel { PIXEL_LINE } else { (room.h / 3).max(NOTO_LINE) };
    let size = if role == Role::Pixel { 16.0 } else { (line as f32 / 1.3).floor().max(24.0) };
    let rows = rows(measure, &saying.said, role, (area.w - left) as f32 / size);
    let each = (room.h / line).max(1) as usize;
    let mut rows = rows;
    let head = saying.always.map(|text| {
        let words = text.split(' ').map(|word| Word { text: word.into(), bold: true, space: true }).collect();
        Row { words, colour: colours.key }
    });
    if let Some(head) = head {
        // An exercise says so on every screenful; where there is one line, on every other one.
        let others = if each > 1 { each - 1 } else { 1 };
        let mut marked = Vec::new();
        for chunk in rows.chunks(others) {
            marked.push(head.clone());
            marked.extend(chunk.iter().cloned());
            // A last screenful that is not full is filled up, so that the next head stands first.
            marked.extend((chunk.len()..others).map(|_| Row { words: Vec::new(), colour: colours.key }));
        }
        rows = marked;
    }
    let count = rows.len().div_ceil(each).max(1);
    let (page, turns) = turn(view, count);
    let shown = rows.iter().skip(page * each).take(each);
    let top = room.y + (room.h - line * (each as i32).min(rows.len().max(1) as i32)) / 2;
    for (at, row) in shown.enumerate() {
        let y = top + at as i32 * line;
        let baseline = if role == Role::Pixel {
            y + PIXEL_BASELINE
        } else {
            y + ((line as f32 - INK_HEIGHT * size) / 2.0 + INK_TOP * size).round() as i32
        };
        let words: Vec<&Word> = row.words.iter().collect();
        let line = brush.line(&words, role, size, (left, baseline), row.colour);
        brush.draws.push(super::Draw::Text(line));
    }
    let scene = Scene { size: view.size, ground: Colour::BLACK, draws: brush.draws, film: None, ticker };
    Composed { scene, page: page as u32 + 1, pages: count as u32, next_change: turns }
}

/// Everything that is said, in lines `width` em wide.
fn rows(measure: &Measure, said: &[(String, Colour)], role: Role, width: f32) -> Vec<Row> {
    let ink = role.ink(Theme::Night);
    let mut rows = Vec::new();
    for (text, colour) in said {
        let groups = cut_to(plain_groups(text, measure, ink), width.max(0.6), measure, ink);
        let lines = wrap(&groups, width.max(0.6), measure.space(ink.plain), false);
        for line in lines.unwrap_or_default() {
            let words = groups[line].iter().flat_map(|group: &Group| group.words.iter().cloned()).collect();
            rows.push(Row { words, colour: *colour });
        }
    }
    rows
}

/// Which of `count` screenfuls is shown, and when the next one is.
fn turn(view: &View<'_>, count: usize) -> (usize, Option<Timestamp>) {
    if count < 2 {
        return (0, None);
    }
    let now = view.now.timestamp().as_millisecond();
    if let Main::Notice(slot) = &view.plan.main {
        let (start, end) = (slot.start.as_millisecond(), slot.end.as_millisecond());
        let length = end.saturating_sub(start).max(1);
        let elapsed = now.saturating_sub(start).clamp(0, length - 1);
        let (at, turns) = pages::turn(std::iter::repeat_n(1.0, count), elapsed, length);
        let turns = (at + 1 < count).then(|| Timestamp::from_millisecond(start.saturating_add(turns)).ok());
        return (at, turns.flatten());
    }
    let at = now.div_euclid(TURN_MS).rem_euclid(count as i64) as usize;
    (at, Timestamp::from_millisecond((now.div_euclid(TURN_MS) + 1) * TURN_MS).ok())
}

/// The icon or level at the left; returns where the text begins.
fn mark(brush: &mut Brush<'_>, saying: &Saying, area: Rect) -> i32 {
    let side = area.h.min(64) / 16 * 16;
    if side < 16 {
        return 0;
    }
    if let Some((fill, ink, number)) = &saying.level {
        let square = Rect::new(0, 0, side, area.h);
        brush.fill(square, *fill);
        let size = side as f32 * 0.9;
        let at = (square.w / 2, brush.centred(square.h as f32 / 2.0, size));
        brush.text(number, Role::Heavy, size, at, Side::Centre, *ink);
        return square.w + 4;
    }
    let cell = (side / 32).max(1);
    brush.cells(saying.icon, 2, (area.h - 16 * cell) / 2, cell, saying.mark);
    16 * cell + 6
}

fn say(view: &View<'_>) -> Saying {
    let clean = |text: &str| rich::clean(text, limits::TITLE_CHARS_MAX).replace('\n', " ").replace("**", "");
    let super::look::LedColours { ink: plain, key } = view.look.led;
    let mut saying = match &view.plan.main {
        Main::Warning { alert, .. } => {
            let (fill, ink, word) = view.look.level(alert.level.number());
            let drill = alert.status != AlertStatus::Actual;
            let square = (!drill).then(|| (fill, ink, alert.level.number().to_string()));
            let mut said = vec![(clean(&alert.event), plain), (clean(&alert.area), key)];
            if !drill {
                said.push((format!("CẤP {}: {word}", alert.level.number()), key));
            }
            said.extend(alert.actions.iter().take(4).map(|action| (clean(action), plain)));
            Saying {
                icon: icons::icon("canh-bao"),
                mark: plain,
                level: square,
                said,
                always: drill.then_some("DIỄN TẬP"),
            }
        }
        Main::Notice(slot) => {
            let notice = &slot.notice;
            let dress = view.look.dress(notice.category, Theme::Night);
            let mut said = vec![(clean(&notice.title), plain)];
            let mut left = CHARS_MAX;
            for block in rich::blocks(&notice.text) {
                let text: String = match block {
                    rich::Block::Paragraph(p) => p.spans.into_iter().map(|span| span.text).collect(),
                    rich::Block::Table(table) => {
                        table.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("; ")
                    }
                };
                let text: String = text.chars().take(left).collect();
                left -= text.chars().count();
                said.push((text, key));
            }
            Saying { icon: icons::icon(dress.icon), mark: dress.accent, level: None, said, always: None }
        }
        Main::Neutral { ever } => {
            let name = if *ever { clean(&view.plan.title) } else { clean(&view.board.name) };
            let mut said = vec![(name, plain)];
            if view.clock_trusted {
                said.push((dates::clock(&view.now), key));
            }
            Saying { icon: icons::icon("chung"), mark: key, level: None, said, always: None }
        }
    };
    saying.said.retain(|(text, _)| !text.trim().is_empty());
    saying
}
