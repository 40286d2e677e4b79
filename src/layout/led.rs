//! LED walls: black ground, a few large words, one idea a page.
//!
//! Lines of 16 pixels are Unifont without grey, as many as fit; from 32 pixels of height the letters
//! are Noto's where that leaves at least 24 pixels for a line. What does not fit its line runs as a
//! ticker. A warning fills a square with its level, number and colour, beside what and where.

use super::brush::{Brush, Side};
use super::look::{Grid, Role, dress, level};
use super::scene::{Colour, Rect, Scene};
use super::words::Measure;
use super::{Composed, View, dates, frame, icons, rich};
use crate::limits;
use crate::model::alert::AlertStatus;
use crate::model::board::Theme;
use crate::model::plan::Main;

const INK: Colour = Colour(0xFFECC8);
const KEY: Colour = Colour(0xFFBE3C);
/// Height of a Unifont line, and its baseline from the line's top.
const PIXEL_LINE: i32 = 16;
const PIXEL_BASELINE: i32 = 14;
/// Least height of a line in Noto, whose letters are then 24 pixels.
const NOTO_LINE: i32 = 32;

/// What an LED wall says: a mark at the left, and lines in order of importance.
struct Saying {
    icon: &'static icons::Cells,
    mark: Colour,
    /// A filled square with a level's number instead of the icon.
    level: Option<(Colour, Colour, String)>,
    lines: Vec<(String, Colour)>,
}

pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure) -> Composed {
    let mut brush = Brush::new(grid, Theme::Night, measure);
    let saying = say(view);
    let area = grid.area;
    let (line, role) = line_height(area.h, saying.lines.len());
    let shown = (area.h / line).max(1).min(saying.lines.len().max(1) as i32);
    let mut left = 0;
    if area.w >= 4 * area.h.min(64) {
        left = mark(&mut brush, &saying, area);
    }
    let top = area.y + (area.h - shown * line) / 2;
    let mut ticker = None;
    let lines: Vec<(String, Colour)> = merge(saying.lines, shown as usize);
    for (at, (said, colour)) in lines.iter().enumerate() {
        let window = Rect::edges(left, top + at as i32 * line, area.w, top + (at as i32 + 1) * line);
        let size = if role == Role::Pixel { 16.0 } else { (line as f32 * 0.75).floor() };
        let fits = brush.width(said, role, size) <= window.w as f32;
        if fits || ticker.is_some() {
            let baseline = if role == Role::Pixel {
                window.y + PIXEL_BASELINE
            } else {
                brush.centred(window.y as f32 + window.h as f32 / 2.0, size)
            };
            brush.clip = window.meet(&area);
            brush.text_within(said, role, size, (window.x, baseline), Side::Left, *colour, window.w);
            brush.clip = area;
        } else {
            ticker = frame::run(&mut brush, said, window, size, 0, Colour::BLACK, *colour, role);
            let middle = window.y as f32 + window.h as f32 / 2.0;
            if let (Some(band), Role::Pixel) = (&mut ticker, role) {
                let centred = brush.centred(middle, size) - window.y;
                band.lines.iter_mut().for_each(|line| line.baseline += PIXEL_BASELINE - centred);
            }
        }
    }
    let scene = Scene { size: view.size, ground: Colour::BLACK, draws: brush.draws, film: None, ticker };
    Composed { scene, page: 1, pages: 1, next_change: None }
}

/// Height of a line, and in which letters.
fn line_height(height: i32, lines: usize) -> (i32, Role) {
    let lines = lines.max(1) as i32;
    if height >= NOTO_LINE * lines {
        return ((height / lines).min(height / 3).max(NOTO_LINE), Role::Title);
    }
    if height >= 2 * NOTO_LINE {
        return (NOTO_LINE, Role::Title);
    }
    (PIXEL_LINE, Role::Pixel)
}

/// The icon or level at the left; returns where the text begins.
fn mark(brush: &mut Brush<'_>, saying: &Saying, area: Rect) -> i32 {
    let side = area.h.min(64) / 16 * 16;
    if side < 16 {
        return 0;
    }
    if let Some((fill, ink, number)) = &saying.level {
        let square = Rect::new(0, 0, side.max(area.h.min(64)), area.h);
        brush.fill(square, *fill);
        let size = square.w as f32 * 0.9;
        let at = (square.w / 2, brush.centred(square.h as f32 / 2.0, size));
        brush.text(number, Role::Heavy, size, at, Side::Centre, *ink);
        return square.w + 4;
    }
    let cell = (side / 32).max(1);
    brush.cells(saying.icon, 2, (area.h - 16 * cell) / 2, cell, saying.mark);
    16 * cell + 6
}

/// As many lines as there is room for: what has none of its own joins the last one.
fn merge(lines: Vec<(String, Colour)>, room: usize) -> Vec<(String, Colour)> {
    let room = room.max(1);
    let mut out: Vec<(String, Colour)> = Vec::new();
    for (said, colour) in lines {
        let full = out.len() >= room;
        match out.last_mut() {
            Some((last, _)) if full => {
                last.push_str(" • ");
                last.push_str(&said);
            }
            _ => out.push((said, colour)),
        }
    }
    out
}

fn say(view: &View<'_>) -> Saying {
    let clean = |text: &str, most: usize| rich::clean(text, most).replace('\n', " ").trim().to_owned();
    let title = |text: &str| clean(text, limits::TITLE_CHARS_MAX);
    let mut saying = match &view.plan.main {
        Main::Warning { alert, .. } => {
            let (fill, ink, word) = level(alert.level.number());
            let drill = alert.status != AlertStatus::Actual;
            let head = if drill {
                "DIỄN TẬP".to_owned()
            } else {
                format!("CẤP {} {word}", alert.level.number())
            };
            let square = (!drill).then(|| (fill, ink, alert.level.number().to_string()));
            let mut lines = if drill { vec![(head, KEY)] } else { Vec::new() };
            lines.extend([(title(&alert.event), INK), (title(&alert.area), KEY)]);
            lines.extend(alert.actions.iter().take(4).map(|action| (title(action), INK)));
            Saying { icon: icons::icon("canh-bao"), mark: INK, level: square, lines }
        }
        Main::Notice(slot) => {
            let notice = &slot.notice;
            let dress = dress(notice.category, Theme::Night);
            let mut lines = vec![(title(&notice.title), INK)];
            for block in rich::blocks(&notice.text) {
                let said = match block {
                    rich::Block::Paragraph(p) => {
                        p.spans.into_iter().map(|span| span.text).collect::<String>()
                    }
                    rich::Block::Table(table) => {
                        table.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("; ")
                    }
                };
                lines.push((said, KEY));
            }
            Saying { icon: icons::icon(dress.icon), mark: dress.accent, level: None, lines }
        }
        Main::Neutral { ever } => {
            let name = if *ever { title(&view.plan.title) } else { title(&view.board.name) };
            let mut lines = vec![(name, INK)];
            if view.clock_trusted {
                let date = dates::long_date(&view.now);
                lines.push((format!("{} {date}", dates::clock(&view.now)), KEY));
            }
            Saying { icon: icons::icon("chung"), mark: KEY, level: None, lines }
        }
    };
    if !matches!(view.plan.main, Main::Warning { .. })
        && let Some(ticker) = frame::ticker_text(view)
    {
        saying.lines.push((ticker, INK));
    }
    saying.lines.retain(|(said, _)| !said.is_empty());
    saying
}
