//! From a plan to a picture: what stands where, how large, in which colours. Pure, and knows nothing of wgpu.
//!
//! [`Composer::compose`] turns a [`View`] (a plan, a moment, a size) into a [`Scene`], a plain list of draws, and
//! says when that picture changes next by itself. Equal views give equal scenes. Any text whatever gives a
//! scene: nothing panics, nothing overlaps the ticker, and work is bounded by limits.rs.
//!
//! The order of reading: `scene` (what comes out), `look` (grid, colours, sizes), `fonts` and `words` (shaped words that
//! stay together), `legible` and
//! `fit` (sizes and lines), `pages` and `split` (a notice cut into pages), then a file for each kind of page.
//! Page count depends on fonts, air time must not: the plan gives a notice its slot, and the slot is divided here.
//!
//! A wrong time is never shown: with an untrusted clock there is no clock face and no date.

mod brush;
mod dates;
mod film;
mod fit;
mod fonts;
mod frame;
mod icons;
mod led;
mod legible;
mod look;
mod neutral;
mod notice;
mod pages;
mod pattern;
mod rich;
mod scene;
pub mod sheet;
mod split;
mod ticker;
mod turns;
mod warning;
mod words;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod whole_tests;

pub use fonts::Fonts;
#[cfg(test)]
pub(crate) use fonts::Weight;
pub use legible::too_small;
pub use look::Look;
pub use pattern::{Pattern, pattern};
pub use rich::{PlainOnly, plain_only, rows_written};
pub use scene::{Colour, Draw, FilmSlot, Glyph, Line, Meet, RATE_MHZ, Rect, Scene, TickerBand, frame_slot};

use crate::model::board::{Board, Theme};
use crate::model::media::Media;
use crate::model::plan::{Main, NoticeSlot, Plan};
use brush::Brush;
use jiff::{Timestamp, Zoned};
use look::Grid;
use pages::Timed;
use std::sync::Arc;
pub(crate) use words::Measure;

/// Whether a picture or film can be shown now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Verified and decoded (a film: its first picture is), with its size in pixels.
    Ready(u32, u32),
    /// Being fetched or decoded; the notice shows without it.
    Waiting,
    /// It cannot be shown; the notice shows without it.
    Broken,
}

/// Everything a picture of the board depends on.
#[derive(Clone)]
pub struct View<'a> {
    pub plan: &'a Plan,
    pub board: &'a Board,
    /// The moment, in the plan's time zone.
    pub now: Zoned,
    /// Whether `now` may be shown to people.
    pub clock_trusted: bool,
    /// Physical pixels.
    pub size: (u32, u32),
    /// The display's refresh rate in millihertz: tickers move with it.
    pub rate_mhz: u32,
    pub theme: Theme,
    /// Colours and sizes.
    pub look: &'a Look,
    /// What is known of the network, for the first-boot page, for example "Mạng: có".
    pub network: &'a str,
    /// Whether a file of the plan can be shown.
    pub media: &'a dyn Fn(&Media) -> Availability,
}

/// A scene, which page of how many it is, and when it changes by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    pub scene: Scene,
    /// From 1.
    pub page: u32,
    pub pages: u32,
    /// When this view's picture changes next (a page turns, the clock moves on). The plan's own next change,
    /// which may come earlier, is not in it.
    pub next_change: Option<Timestamp>,
}

/// Composes scenes; remembers shaped words and pages already cut.
pub struct Composer {
    measure: Measure,
    cut: Vec<Cut>,
}

/// A notice already cut into pages.
struct Cut {
    slot: NoticeSlot,
    setting: pages::Setting,
    pages: Arc<Vec<Timed>>,
}

/// Notices whose pages are remembered: the current one, the next, and a few that come round again.
const CUTS_KEPT: usize = 16;
/// Shorter side in pixels under which the board is an LED wall, drawn with few large words.
const LED_SIDE_MAX: u32 = 239;
/// Either side in pixels under which nothing can be read: only the ground is drawn.
const READABLE_SIDE_MIN: u32 = 8;

impl Composer {
    pub fn new(fonts: Arc<Fonts>) -> Composer {
        Composer { measure: Measure::new(fonts), cut: Vec::new() }
    }

    /// The picture of this view.
    pub fn compose(&mut self, view: &View<'_>) -> Composed {
        let grid = Grid::new(view.size);
        let (narrow, wide) = (view.size.0.min(view.size.1), view.size.0.max(view.size.1));
        if narrow < READABLE_SIDE_MIN || wide > 1 << 16 {
            let scene = Scene::plain(view.size, view.look.palette(view.theme).ground);
            return Composed { scene, page: 1, pages: 1, next_change: None };
        }
        let led = narrow <= LED_SIDE_MAX;
        let mut composed = match &view.plan.main {
            _ if led => self.led(view, grid),
            Main::Warning { alert, .. } => warning::compose(view, grid, &self.measure, alert),
            Main::Neutral { ever } => neutral::compose(view, grid, &self.measure, *ever),
            Main::Notice(slot) => self.notice(view, grid, slot),
        };
        let clock = view.clock_trusted.then(|| next_minute(&view.now)).flatten();
        composed.next_change = [composed.next_change, clock].into_iter().flatten().min();
        composed
    }

    fn notice(&mut self, view: &View<'_>, grid: Grid, slot: &NoticeSlot) -> Composed {
        if let Some(composed) = film::compose(view, grid, &self.measure, slot) {
            return composed;
        }
        let zones = notice::Zones::of(view, grid, slot);
        let pages = self.pages(slot, setting(view, grid, &zones));
        let (at, turns) = page_now(slot, &pages, &view.now);
        let mut brush = Brush::new(grid, view.look, view.theme, &self.measure);
        notice::draw(&mut brush, view, slot, &zones, &pages[at].0, (at + 1, pages.len()));
        let ticker = ticker::ticker(&mut brush, view);
        let scene = Scene { body: zones.body(grid), ..finish(view, brush, ticker) };
        Composed { scene, page: at as u32 + 1, pages: pages.len() as u32, next_change: turns }
    }

    fn led(&mut self, view: &View<'_>, grid: Grid) -> Composed {
        led::compose(view, grid, &self.measure)
    }

    fn pages(&mut self, slot: &NoticeSlot, setting: pages::Setting) -> Arc<Vec<Timed>> {
        let same = |cut: &Cut| {
            cut.setting == setting
                && cut.slot.languages == slot.languages
                && (Arc::ptr_eq(&cut.slot.notice, &slot.notice) || cut.slot.notice == slot.notice)
        };
        if let Some(at) = self.cut.iter().position(same) {
            let cut = self.cut.remove(at);
            let pages = Arc::clone(&cut.pages);
            self.cut.push(cut);
            return pages;
        }
        let pages = Arc::new(pages::pages(slot, &setting, &self.measure));
        if self.cut.len() >= CUTS_KEPT {
            self.cut.remove(0);
        }
        self.cut.push(Cut { slot: slot.clone(), setting, pages: Arc::clone(&pages) });
        pages
    }
}

/// What the pages of a notice depend on, on this board.
fn setting(view: &View<'_>, grid: Grid, zones: &notice::Zones) -> pages::Setting {
    let (room, sizes) = (zones.room(grid), &view.look.sizes);
    let need = legible::need(view.board, view.size);
    let scale = legible::scale(&sizes.scale, need, grid, room.width, room.height);
    // Where pixels were measured, not even a table's heads are smaller than can be read.
    let heads = if need.is_some() { sizes.label.max(scale.body_min()) } else { sizes.label };
    pages::Setting { room, scale, heads, reading: view.board.reading }
}

/// Which page shows at `now`, and when it turns; `None` where it does not before the slot ends.
fn page_now(slot: &NoticeSlot, pages: &[Timed], now: &Zoned) -> (usize, Option<Timestamp>) {
    let length = slot.end.as_millisecond().saturating_sub(slot.start.as_millisecond()).max(1);
    let elapsed = now.timestamp().as_millisecond().saturating_sub(slot.start.as_millisecond());
    let weights = pages.iter().map(|(_, seconds)| *seconds);
    let (at, turns) = pages::turn(weights, elapsed.clamp(0, length - 1), length);
    let turns = (at + 1 < pages.len()).then(|| slot.start.as_millisecond().saturating_add(turns));
    (at, turns.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

fn next_minute(now: &Zoned) -> Option<Timestamp> {
    let seconds = now.timestamp().as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60) + 60).ok()
}

/// The scene of a brush, with its ground.
fn finish(view: &View<'_>, brush: Brush<'_>, ticker: Option<TickerBand>) -> Scene {
    let ground = brush.palette().ground;
    Scene { size: view.size, ground, draws: brush.draws, body: Rect::default(), film: None, ticker }
}
