//! What is on the board now: the page's pixels, the ticker's strip, the film; and what of it changed.
//!
//! A new scene repaints only the rectangle in which it differs from the last, so a clock that moves on costs a
//! corner of the header. Both presenters and the screenshot read from here, so they show the same.

use super::canvas::{Canvas, Pictures};
use super::fade::Fade;
use super::finish::Finish;
use super::glyphs::Glyphs;
use super::output::Output;
use super::page::Page;
use super::planes;
use super::ticker::Ticker;
use super::yuv::{self, Scaler};
use super::{Setup, Show};
use crate::layout::{Colour, Draw, FilmSlot, Fonts, Rect, Scene};
use crate::model::display::Turn;
use crate::model::media::{FilmPicture, Picture};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// What must reach the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// The whole output, with what is beside the picture.
    pub all: bool,
    /// The page changed here, in the scene's pixels; the ticker and the film within it must be put again, too.
    pub page: Rect,
    pub ticker: bool,
    pub film: bool,
}

impl Due {
    pub fn is_nothing(&self) -> bool {
        !self.all && self.page.is_empty() && !self.ticker && !self.film
    }

    /// What either asks for.
    pub fn join(self, other: Due) -> Due {
        Due {
            all: self.all || other.all,
            page: self.page.join(&other.page),
            ticker: self.ticker || other.ticker,
            film: self.film || other.film,
        }
    }
}

pub struct Composition {
    output: Output,
    show: Option<Show>,
    page: Page,
    glyphs: Glyphs,
    ticker: Ticker,
    /// What fades, each in a rectangle of its own: zones change when they will.
    fades: Vec<Fade>,
    /// Pages follow one another in plain cuts.
    cuts: bool,
    /// Whether the page is one colour all over; `None` where nobody has looked since it changed.
    plain: Cell<Option<bool>>,
    scaler: Scaler,
    /// A film's picture on its way to a turned output.
    scratch: Canvas,
    /// Film pictures shown for the first time.
    film_pictures: u64,
}

impl Composition {
    pub fn new(fonts: Arc<Fonts>, setup: &Setup, output: Output) -> Composition {
        Composition {
            output,
            show: None,
            page: Page::new(setup.panel),
            glyphs: Glyphs::new(fonts),
            ticker: Ticker::default(),
            fades: Vec::new(),
            cuts: setup.reduced_motion,
            plain: Cell::new(None),
            scaler: Scaler::default(),
            scratch: Canvas::new(0, 0, Colour::BLACK),
            film_pictures: 0,
        }
    }

    pub fn show(&self) -> Option<&Show> {
        self.show.as_ref()
    }

    pub fn output(&self) -> &Output {
        &self.output
    }
    /// The output is another; a scene for it comes soon after.
    pub fn set_output(&mut self, output: Output) {
        self.output = output;
    }

    /// The page as it is shown.
    pub fn page(&self) -> &Canvas {
        &self.page.shown
    }

    /// Takes a new show and paints what differs from the last; says where. What fades is still the last show's: see
    /// [`Composition::step`].
    pub fn adopt(&mut self, show: Show, now: Instant) -> Rect {
        let area = show.scene.area();
        let differs = match &self.show {
            Some(last) if self.page.shown.area() == area => difference(last, &show),
            _ => area,
        };
        // A clock in the header moves on while the page fades, or another zone changes: the fade goes on. One that is cut
        // short by another page ends here, and the next begins with what is seen of it.
        let (kept, ended, damage) = parted(std::mem::take(&mut self.fades), differs);
        let seen = (!ended.is_empty()).then(|| self.page.shown.clone());
        kept.iter().chain(&ended).for_each(|fade| fade.finish(&mut self.page.shown));
        let last = self.show.as_ref().filter(|_| !self.cuts);
        let fading = last.and_then(|last| Some((last, fading(last, &show, damage)?)));
        let old = fading.map(|(_, rect)| seen.as_ref().unwrap_or(&self.page.shown).part(rect));
        let table = self.page.table().cloned();
        let mut damage = self.page.paint(&show, damage, &mut self.glyphs);
        self.ticker.take(show.scene.ticker.as_ref());
        if table.as_ref() != self.page.table() {
            self.ticker.repaint();
        } else {
            if let (Some((last, rect)), Some(old)) = (fading, old) {
                let stays = stays(last, &show);
                let empty = self.page.paint_part(&show, &stays, rect, &mut self.glyphs);
                let new = self.page.shown.part(rect);
                let mut fade = Fade::new(now, rect, crossing(last, &show), [old, empty, new]);
                if !fade.is_nothing() {
                    fade.step(now, &mut self.page.shown);
                    self.fades.push(fade);
                }
            }
            for mut fade in kept {
                damage = damage.join(&fade.resume(now, &mut self.page.shown));
                self.fades.push(fade);
            }
        }
        self.show = Some(show);
        self.plain.set(None);
        // New colours are put on the tiles that are seen, at once: a frame may be due before the ticker moves.
        if let Some(slot) = self.ticker.slot() {
            self.move_ticker(slot);
        }
        damage
    }

    /// Brings what fades to `now`; says what of the page changed.
    pub fn step(&mut self, now: Instant) -> Rect {
        if self.fades.is_empty() {
            return Rect::default();
        }
        let mut changed = Rect::default();
        self.fades.retain_mut(|fade| {
            let (rect, goes_on) = fade.step(now, &mut self.page.shown);
            changed = changed.join(&rect);
            goes_on
        });
        self.plain.set(None);
        changed
    }

    /// Whether the page changes from frame to frame.
    pub fn is_fading(&self) -> bool {
        !self.fades.is_empty()
    }

    /// Whether all that is shown is one colour, although something is on air, or the place of a film has no picture.
    pub fn is_blank(&self) -> bool {
        let Some(show) = &self.show else { return false };
        let scene = &show.scene;
        let on_air = !scene.draws.is_empty() || scene.ticker.is_some() || scene.film.is_some();
        let filmed = scene.film.is_some() && show.film.is_some();
        if scene.film.is_some() && !filmed {
            return true;
        }
        let page = &self.page.shown.pixels;
        let one_colour = |pixels: &[u32]| pixels.iter().all(|pixel| Some(pixel) == page.first());
        let plain = self.plain.get().unwrap_or_else(|| one_colour(page));
        self.plain.set(Some(plain));
        on_air
            && !filmed
            && plain
            && self.ticker.parts().is_none_or(|(rect, parts, _)| {
                parts.iter().all(|part| {
                    (0..rect.h).all(|y| one_colour(part.tile.row(y, part.from, part.from + part.width)))
                })
            })
    }

    /// Draws the tiles that the ticker needs at `slot`, and remembers the slot.
    pub fn move_ticker(&mut self, slot: i64) {
        self.ticker.move_to(slot, self.page.table(), &mut self.glyphs);
    }

    pub fn ticker(&self) -> &Ticker {
        &self.ticker
    }

    /// Puts what is due into a buffer of the output's size. `now` decides which film picture is newest.
    pub fn put(&mut self, due: Due, out: &mut [u32], now: Instant) {
        self.put_as(due, out, Some(now));
    }

    /// Without a time the film's last picture is put again.
    fn put_as(&mut self, due: Due, out: &mut [u32], now: Option<Instant>) {
        let screen = self.output.screen();
        if screen.is_empty() || out.len() != screen.w as usize * screen.h as usize {
            return;
        }
        if due.all && self.output.has_margin() {
            out.fill(super::canvas::opaque(Colour::BLACK));
        }
        let page = if due.all { self.output.scene() } else { due.page.meet(&self.output.scene()) };
        self.put_page(page, out);
        let again = |rect: Option<Rect>| rect.is_some_and(|rect| !rect.meet(&page).is_empty());
        let film = self.show.as_ref().and_then(|show| show.scene.film.as_ref().map(|film| film.rect));
        if due.film || again(film) {
            self.put_film(out, now);
        }
        let band = self.show.as_ref().and_then(|show| show.scene.ticker.as_ref().map(|band| band.rect));
        if due.ticker || again(band) {
            self.put_ticker(out);
        }
    }

    fn put_page(&self, rect: Rect, out: &mut [u32]) {
        // While an output has just changed its size, the page of the old one lies at its top left.
        if !self.page.shown.area().contains(&rect) {
            let ground = self.show.as_ref().map_or(Colour::BLACK, |show| show.scene.ground);
            self.output.fill(rect, super::canvas::opaque(ground), out);
        }
        self.output.copy(&self.page.shown, rect, (rect.x, rect.y), out);
    }

    fn put_ticker(&self, out: &mut [u32]) {
        let Some((rect, parts, (from, to))) = self.ticker.parts() else { return };
        let ground = self.show.as_ref().and_then(|show| show.scene.ticker.as_ref()).map(|band| band.ground);
        let ground = self.page.finished(super::canvas::opaque(ground.unwrap_or(Colour::BLACK)));
        self.output.fill(Rect::edges(rect.x + from, rect.y, rect.x + to, rect.bottom()), ground, out);
        for part in parts {
            let columns = Rect::new(part.from, 0, part.width, rect.h);
            self.output.copy(part.tile, columns, (rect.x + part.at, rect.y), out);
        }
    }

    /// The newest due picture, or the last one again.
    fn put_film(&mut self, out: &mut [u32], now: Option<Instant>) {
        let (output, scaler, scratch) = (&self.output, &mut self.scaler, &mut self.scratch);
        let Some(show) = &self.show else { return };
        let (Some(slot), Some(film)) = (&show.scene.film, &show.film) else { return };
        let page = &self.page;
        let mut draw = |picture: FilmPicture<'_>| {
            let finish = film_finish(page, show, slot, &picture);
            put_picture(&picture, slot, output, &finish, scaler, scratch, out);
        };
        if now.is_some_and(|now| film.show(now, &mut draw)) {
            self.film_pictures += 1;
        } else {
            film.again(&mut draw);
        }
    }

    /// What a picture of the film that shows needs put on it.
    pub fn film_finish(&self, picture: &FilmPicture<'_>) -> Finish {
        match self.show.as_ref().and_then(|show| show.scene.film.as_ref().map(|slot| (show, slot))) {
            Some((show, slot)) => film_finish(&self.page, show, slot, picture),
            None => Finish::NONE,
        }
    }

    /// How many film pictures were shown for the first time.
    pub fn film_pictures(&self) -> u64 {
        self.film_pictures
    }
    /// A presenter that takes film pictures itself showed a new one.
    pub fn count_film_picture(&mut self) {
        self.film_pictures += 1;
    }

    /// Exactly what the output shows: the page, the ticker where it is, the film's last picture, and black beside them.
    pub fn snapshot(&mut self) -> Picture {
        let screen = self.output.screen();
        let mut whole = Canvas::new(screen.w, screen.h, Colour::BLACK);
        self.put_as(Due { all: true, ..Due::default() }, &mut whole.pixels, None);
        whole.to_picture()
    }
}

fn film_finish(page: &Page, show: &Show, slot: &FilmSlot, picture: &FilmPicture<'_>) -> Finish {
    let (_, target) = slot.meet.place((picture.width, picture.height), slot.rect);
    let cover = f64::from(target.w) * f64::from(target.h);
    page.film_finish(show, || planes::light(picture), cover)
}

/// Upright and wholly on the output, a film goes from the decoder's memory into the buffer in one pass; else
/// through a canvas of its own.
fn put_picture(
    picture: &FilmPicture<'_>,
    slot: &FilmSlot,
    output: &Output,
    finish: &Finish,
    scaler: &mut Scaler,
    scratch: &mut Canvas,
    out: &mut [u32],
) {
    let whole = output.place_whole(slot.rect);
    if output.turn() == Turn::None && output.place(slot.rect) == whole && finish.is_none() {
        yuv::draw(picture, whole, slot.meet, out, output.screen().w, scaler);
        return;
    }
    let Rect { x, y, w, h } = slot.rect;
    if (scratch.width, scratch.height) != (w, h) {
        *scratch = Canvas::new(w, h, Colour::BLACK);
    }
    let drawn = yuv::draw(picture, scratch.area(), slot.meet, &mut scratch.pixels, w, scaler);
    if let Some(part) = drawn {
        if !finish.is_none() {
            finish.table().put(&mut scratch.pixels);
        }
        output.copy(scratch, part, (x + part.x, y + part.y), out);
    }
}

/// Fades that go on beside what `differs`, those that are cut short by it, and all that is to be painted.
fn parted(fades: Vec<Fade>, differs: Rect) -> (Vec<Fade>, Vec<Fade>, Rect) {
    let (mut kept, mut ended, mut damage) = (fades, Vec::new(), differs);
    // What is painted grows by each that ends, and may then reach another.
    while let Some(at) = kept.iter().position(|fade| !fade.rect().meet(&damage).is_empty()) {
        damage = damage.join(&kept[at].rect());
        ended.push(kept.swap_remove(at));
    }
    (kept, ended, damage)
}

/// The rectangle in which one page fades into the other; `None` is a cut. Only notices fade: a warning comes at once, a
/// film with its first picture, and an LED wall's letters know no grey.
fn fading(last: &Show, next: &Show, damage: Rect) -> Option<Rect> {
    let (a, b) = (&last.scene, &next.scene);
    let alike = a.size == b.size && a.ground == b.ground && a.film.is_none() && b.film.is_none();
    let notices = !a.body.is_empty() && !b.body.is_empty();
    let rect = a.body.join(&b.body).meet(&damage);
    (alike && notices && last.brightness == next.brightness && !rect.is_empty()).then_some(rect)
}

/// What of the next page is there while its text is not: what the last one has too, and grounds that reach the board's
/// edge, such as the rail, whose colour changes without going through the page's ground.
fn stays(last: &Show, next: &Show) -> Vec<Draw> {
    let mut had: HashMap<Rect, Vec<&Draw>> = HashMap::new();
    last.scene.draws.iter().for_each(|draw| had.entry(draw.bounds()).or_default().push(draw));
    let area = next.scene.area();
    let stays = |draw: &&Draw| {
        let common = had.get(&draw.bounds()).is_some_and(|draws| draws.contains(draw));
        match draw {
            Draw::Fill { rect, .. } => {
                let at_edge = rect.x <= 0 || rect.right() >= area.w;
                common
                    || at_edge
                        && i64::from(rect.w) * i64::from(rect.h) * 100
                            >= i64::from(area.w) * i64::from(area.h)
            }
            Draw::Picture { sha256, .. } => common && same_picture(&last.pictures, &next.pictures, sha256),
            Draw::Text(_) => common,
        }
    };
    next.scene.draws.iter().filter(stays).cloned().collect()
}

/// Where both pages have a picture.
fn crossing(last: &Show, next: &Show) -> Rect {
    let pictures = |show: &Show| {
        let body = show.scene.body;
        let shown = |draw: &Draw| match draw {
            Draw::Picture { sha256, rect, .. } if show.pictures.contains_key(sha256) => {
                Some(rect.meet(&body))
            }
            _ => None,
        };
        show.scene.draws.iter().filter_map(shown).fold(Rect::default(), |all, rect| all.join(&rect))
    };
    pictures(last).meet(&pictures(next))
}

/// The smallest rectangle outside of which both shows give the same page.
fn difference(last: &Show, next: &Show) -> Rect {
    let (a, b): (&Scene, &Scene) = (&last.scene, &next.scene);
    if a.ground != b.ground {
        return b.area();
    }
    let same = |(x, y): &(&Draw, &Draw)| x == y;
    let prefix = a.draws.iter().zip(&b.draws).take_while(same).count();
    let rest = a.draws.len().min(b.draws.len()) - prefix;
    let suffix = a.draws.iter().rev().zip(b.draws.iter().rev()).take(rest).take_while(same).count();
    let changed = [&a.draws[prefix..a.draws.len() - suffix], &b.draws[prefix..b.draws.len() - suffix]];
    let mut damage =
        changed.into_iter().flatten().fold(Rect::default(), |all, draw| all.join(&draw.bounds()));
    for draw in &b.draws {
        if let Draw::Picture { sha256, rect, .. } = draw
            && !same_picture(&last.pictures, &next.pictures, sha256)
        {
            damage = damage.join(rect);
        }
    }
    if a.ticker != b.ticker {
        let rects = [a, b].into_iter().filter_map(|scene| scene.ticker.as_ref().map(|band| band.rect));
        damage = rects.fold(damage, |all, rect| all.join(&rect));
    }
    let films = |show: &Show| show.film.as_ref().map(|film| Arc::as_ptr(film).cast::<()>());
    if a.film != b.film || films(last) != films(next) {
        let rects = [a, b].into_iter().filter_map(|scene| scene.film.as_ref().map(|film| film.rect));
        damage = rects.fold(damage, |all, rect| all.join(&rect));
    }
    damage.meet(&b.area())
}

fn same_picture(last: &Pictures, next: &Pictures, sha256: &crate::model::media::Sha256) -> bool {
    match (last.get(sha256), next.get(sha256)) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || (a.width, a.height) == (b.width, b.height),
        (None, None) => true,
        _ => false,
    }
}
