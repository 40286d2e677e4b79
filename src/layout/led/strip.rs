//! Strips, under 64 pixels high: Unifont, each pixel on or off.
//!
//! One line of 16 pixels stands still where all of it fits, and else runs, beginning with its notice's turn. Two
//! lines and more are pages: letters that stand are read from further than letters that run.

use super::saying::{self, Said, Saying};
use super::{PIXEL_BASELINE, PIXEL_LINE, Row, Turn, items, mark, mark_width, paged, paged_whole, turn};
use crate::layout::brush::Brush;
use crate::layout::look::Role;
use crate::layout::ticker::{self, Course};
use crate::layout::words::Word;
use crate::layout::{Colour, Draw, Rect, TickerBand, View};
use crate::model::plan::Main;

const SIZE: f32 = PIXEL_LINE as f32;

pub fn draw(brush: &mut Brush<'_>, view: &View<'_>, saying: &Saying) -> (Option<TickerBand>, Turn) {
    let area = brush.grid.area;
    let each = area.h / PIXEL_LINE;
    if each < 2 {
        mark(brush, saying, area);
        let window = Rect::edges(mark_width(saying, area), 0, area.w, area.h);
        (running(brush, view, saying, window), (0, 1, None))
    } else {
        (None, pages(brush, view, saying, area, each))
    }
}

/// All in one line.
fn running(brush: &mut Brush<'_>, view: &View<'_>, saying: &Saying, window: Rect) -> Option<TickerBand> {
    let head = saying.heads.first().map(|head| Said::new(head.clone(), saying.head));
    let mut said = Vec::new();
    match &saying.first {
        // An exercise says so before everything that it says.
        Some(first) if saying.always => {
            for item in std::iter::once(first).chain(&saying.said) {
                said.extend(head.clone());
                said.push(item.clone());
            }
        }
        _ => said.extend(head.into_iter().chain(saying.said.iter().cloned())),
    }
    said.extend(ticker_now(view));
    let from = match &view.plan.main {
        Main::Notice(slot) => Some(slot.turn.0),
        Main::Warning { turn, .. } => turn.map(|(start, _)| start),
        Main::Neutral { .. } => None,
    };
    let top = (window.h - PIXEL_LINE) / 2;
    let course = Course {
        window,
        size: SIZE,
        inset: 0,
        baseline: top + PIXEL_BASELINE,
        ground: Colour::BLACK,
        role: Role::Pixel,
        from,
        joins: false,
    };
    let said: Vec<_> = said.into_iter().map(|said| (said.text, said.colour)).collect();
    ticker::run(brush, view, &said, &course)
}

fn pages(brush: &mut Brush<'_>, view: &View<'_>, saying: &Saying, area: Rect, each: i32) -> Turn {
    let left = mark_width(saying, area);
    let window = Rect::edges(left, 0, area.w, area.h);
    let fits = |text: &String| brush.width(text, Role::Pixel, SIZE) <= window.w as f32;
    let head = saying.heads.iter().find(|head| fits(head)).or(saying.heads.first().filter(|_| saying.always));
    let first = saying.first.iter().filter(|_| head.is_none() || saying.always);
    let said: Vec<_> = first.chain(&saying.said).cloned().collect();
    let head = head.map(|text| {
        let words = text.split(' ').map(|word| Word { text: word.into(), bold: false, space: true });
        Row { words: words.collect(), colour: saying.head, parting: 0.0 }
    });
    let width = window.w as f32 / SIZE;
    let set = |said: &[Said]| items(brush.measure, said, Role::Pixel, width);
    let mut pages = match saying.level {
        Some(_) => paged_whole(set(&said), each as usize, head),
        None if saying.begins.is_empty() => paged(set(&said), each as usize, head),
        None => saying.languages().flat_map(|said| paged(set(said), each as usize, None)).collect(),
    };
    // What the ticker says is no part of the notice before it.
    let own = pages.len();
    for item in set(&ticker_now(view)) {
        pages.extend(item.chunks(each as usize).map(<[Row]>::to_vec));
    }
    let turn = turn(view, &pages);
    let general = saying::nothing(view.look);
    mark(brush, if turn.0 < own { saying } else { &general }, area);
    let page = pages.get(turn.0).map_or(&[][..], Vec::as_slice);
    let top = window.y + (window.h - PIXEL_LINE * page.len() as i32) / 2;
    for (at, row) in page.iter().enumerate() {
        let words: Vec<&Word> = row.words.iter().collect();
        let baseline = top + at as i32 * PIXEL_LINE + PIXEL_BASELINE;
        let line = brush.line(&words, Role::Pixel, SIZE, (window.x, baseline), row.colour);
        brush.draws.push(Draw::Text(line));
    }
    turn
}

/// After so many notices the ticker has a word.
const NOTICES_A_TICKER: i64 = 3;

/// A strip has no room for a ticker of its own. What it would say takes its turn: one line of it after every third notice,
/// another one each time, and all of them when there is nothing else.
fn ticker_now(view: &View<'_>) -> Vec<Said> {
    let items = ticker::items(view);
    let shown: Vec<String> = match &view.plan.main {
        Main::Warning { .. } => Vec::new(),
        Main::Neutral { .. } => items,
        Main::Notice(slot) => {
            let its_turn = slot.number.rem_euclid(NOTICES_A_TICKER) == NOTICES_A_TICKER - 1;
            let nth = slot.number.div_euclid(NOTICES_A_TICKER);
            let at = nth.rem_euclid(items.len().max(1) as i64) as usize;
            items.into_iter().skip(at).take(usize::from(its_turn)).collect()
        }
    };
    shown.into_iter().map(|text| Said::new(text, view.look.led.ink)).collect()
}
