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
mod parts;
mod pattern;
mod place;
mod scene;
pub mod sheet;
mod split;
mod spoken;
mod table;
mod ticker;
mod turns;
mod warning;
mod words;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod whole_tests;
#[cfg(test)]
pub(crate) mod zone_tests;

pub use fonts::Fonts;
#[cfg(test)]
pub(crate) use fonts::Weight;
pub use look::{Look, contrast};
pub use pattern::{Pattern, pattern};
pub use place::board_at;
pub use scene::{
    Colour, Draw, FilmSlot, Glyph, Grounds, Line, Meet, RATE_MHZ, Rect, Scene, TickerBand, frame_slot,
};

use crate::limits;
use crate::model::board::{Board, Theme};
use crate::model::media::Media;
use crate::model::plan::{Main, NoticeSlot, Plan};
use brush::Brush;
use jiff::{Timestamp, Zoned};
use look::Grid;
use pages::Timed;
use parts::Parts;
use place::Place;
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
    /// The same of each further zone, in the plan's order; (1, 1) where it shows nothing.
    pub asides: Vec<(u32, u32)>,
    /// When this view's picture changes next (a page turns, the clock moves on). The plan's own next change,
    /// which may come earlier, is not in it.
    pub next_change: Option<Timestamp>,
}

impl Composed {
    /// A scene of one page that changes when the plan does.
    fn single(scene: Scene) -> Composed {
        Composed { scene, page: 1, pages: 1, asides: Vec::new(), next_change: None }
    }
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

/// Notices whose pages are remembered: the current ones, the next, and a few that come round again.
const CUTS_KEPT: usize = 16 + 2 * limits::ZONES_MAX;
/// Shorter side in pixels under which the board is an LED wall, drawn with few large words.
const LED_SIDE_MAX: u32 = 239;

/// Whether a board of `size` pixels is an LED wall, on which the ticker's lines have pages of their own.
pub fn is_led(size: (u32, u32)) -> bool {
    size.0.min(size.1) <= LED_SIDE_MAX
}

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
            return Composed::single(scene);
        }
        let led = narrow <= LED_SIDE_MAX;
        let mut composed = match &view.plan.main {
            _ if led => self.led(view, grid),
            Main::Warning { alert, .. } => warning::compose(view, grid, &self.measure, alert),
            Main::Neutral { ever } if view.plan.slots().next().is_none() => {
                neutral::compose(view, grid, &self.measure, *ever)
            }
            Main::Neutral { .. } | Main::Notice(_) => self.notices(view, grid),
        };
        let clock = view.clock_trusted.then(|| next_minute(&view.now)).flatten();
        // A countdown moves on with the clock, and is over at its moment, which may lie within a minute.
        let over = view.plan.slots().filter_map(|slot| slot.notice.countdown);
        let over = over.filter(|over| view.clock_trusted && *over > view.now.timestamp());
        composed.next_change = [composed.next_change, clock].into_iter().flatten().chain(over).min();
        composed
    }

    /// Which share of its picture is seen beside a notice's text; `None` where that is not so shown.
    pub fn picture_seen(&mut self, view: &View<'_>) -> Option<f32> {
        let grid = Grid::new(view.size);
        let Main::Notice(slot) = &view.plan.main else { return None };
        let Availability::Ready(width, height) = (view.media)(slot.notice.image.as_ref()?) else {
            return None;
        };
        let place = *place::places(view, grid).first()?;
        if film::reel(view, slot).is_some() {
            return None;
        }
        let (parts, _) = self.arranged(view, grid, slot, &place);
        let (_, rect) = parts.picture?;
        Some(notice::seen(slot, &parts, (width, height), rect))
    }

    /// Every zone with its notice, between header and ticker.
    fn notices(&mut self, view: &View<'_>, grid: Grid) -> Composed {
        let places = place::places(view, grid);
        let main = if let Main::Notice(slot) = &view.plan.main { Some(slot) } else { None };
        if view.board.zones.is_empty()
            && let Some(slot) = main
            && let Some(reel) = film::reel(view, slot)
        {
            return film::compose(view, grid, &self.measure, slot, &reel);
        }
        let asides = view.plan.asides.iter().map(|aside| (aside.zone, aside.slot.as_ref()));
        let shown = std::iter::once((0, main)).chain(asides);
        let leaves: Vec<(Place, Leaf<'_>)> = shown
            .filter_map(|(zone, slot)| {
                let place = *places.get(zone)?;
                Some((place, slot.map_or(Leaf::Vacant, |slot| self.leaf(view, grid, slot, &place))))
            })
            .collect();
        let mut brush = Brush::new(grid, view.look, view.theme, &self.measure);
        frame::header(&mut brush, view);
        let (mut film, mut body) = (None, Rect::default());
        for (place, leaf) in &leaves {
            let area = place.area.rect(grid);
            // It lent its room.
            if area.is_empty() {
                continue;
            }
            body = body.join(&area);
            if place.zone {
                brush.clip = area;
                place::edges(&mut brush, place);
            }
            match leaf {
                Leaf::Vacant => neutral::vacant(&mut brush, place.area),
                Leaf::Film { slot, reel } => {
                    film = film.or(film::draw(&mut brush, view, slot, reel, place.area, true));
                }
                Leaf::Text { slot, parts, pages, at, .. } => {
                    notice::draw(&mut brush, view, slot, parts.on(*at), &pages[*at].0, (at + 1, pages.len()));
                }
            }
            brush.clip = grid.area;
        }
        let ticker = ticker::ticker(&mut brush, view);
        let scene = Scene { body, film, ..finish(view, brush, ticker) };
        let mut counts = leaves.iter().map(|(_, leaf)| leaf.count());
        let (page, pages) = counts.next().unwrap_or((1, 1));
        let turns = leaves.iter().filter_map(|(_, leaf)| leaf.turns()).min();
        Composed { scene, page, pages, asides: counts.collect(), next_change: turns }
    }

    /// What a notice's place shows of it now.
    fn leaf<'a>(&mut self, view: &View<'_>, grid: Grid, slot: &'a NoticeSlot, place: &Place) -> Leaf<'a> {
        if let Some(reel) = film::reel(view, slot) {
            return Leaf::Film { slot, reel };
        }
        let (parts, pages) = self.arranged(view, grid, slot, place);
        let seconds: Vec<f64> = pages.iter().map(|(_, seconds)| *seconds).collect();
        let (at, turns) = turns::now(&seconds, Some(slot.turn), view.now.timestamp());
        Leaf::Text { slot, parts: Box::new(parts), pages, at, turns }
    }

    /// A notice's parts and pages: neither countdown nor picture takes room that costs a page.
    fn arranged(
        &mut self,
        view: &View<'_>,
        grid: Grid,
        slot: &NoticeSlot,
        place: &Place,
    ) -> (Parts, Arc<Vec<Timed>>) {
        let (mut best, others) = Parts::ways(view, grid, slot, place);
        let mut pages = self.pages(slot, setting(view, grid, &best));
        for parts in others {
            if pages.len() == 1 {
                break;
            }
            let own = self.pages(slot, setting(view, grid, &parts));
            if own.len() < pages.len() {
                (best, pages) = (parts, own);
            }
        }
        (best, pages)
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

/// What one zone shows.
enum Leaf<'a> {
    Vacant,
    Film {
        slot: &'a NoticeSlot,
        reel: film::Reel,
    },
    /// The page `at` of `pages`, until `turns`.
    Text {
        slot: &'a NoticeSlot,
        parts: Box<Parts>,
        pages: Arc<Vec<Timed>>,
        at: usize,
        turns: Option<Timestamp>,
    },
}

impl Leaf<'_> {
    /// Which page of how many, from 1.
    fn count(&self) -> (u32, u32) {
        match self {
            Leaf::Vacant | Leaf::Film { .. } => (1, 1),
            Leaf::Text { pages, at, .. } => (*at as u32 + 1, pages.len() as u32),
        }
    }

    fn turns(&self) -> Option<Timestamp> {
        if let Leaf::Text { turns, .. } = self { *turns } else { None }
    }
}

/// What the pages of a notice depend on, on this board.
fn setting(view: &View<'_>, grid: Grid, parts: &Parts) -> pages::Setting {
    let text = parts.later.as_deref().filter(|_| parts.picture_first).unwrap_or(parts);
    let (room, sizes) = (text.room(grid), &view.look.sizes);
    let need = legible::need(view.board, view.size);
    let scale = legible::scale(&sizes.scale, need, grid, room.width, room.height);
    // Where pixels were measured, not even a table's heads are smaller than can be read.
    let heads = if need.is_some() { sizes.label.max(scale.body_min()) } else { sizes.label };
    let said_first = parts.said_first.clone();
    let later = parts.later.as_ref().map(|later| later.room(grid).height);
    let (reading, picture_first) = (view.board.reading, parts.picture_first);
    pages::Setting { room, scale, heads, reading, said_first, later, picture_first }
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
