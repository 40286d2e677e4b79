//! What is on the board now: the page's pixels, the ticker's strip, the film; and what of it changed.
//!
//! A new scene repaints only the rectangle in which it differs from the last, so a clock that moves on costs a
//! corner of the header. Both presenters and the screenshot read from here, so they show the same.

use super::Show;
use super::canvas::{Canvas, Pictures};
use super::glyphs::Glyphs;
use super::strip::{self, Piece, Strip};
use super::yuv::{self, Scaler};
use crate::layout::{Colour, Draw, Fonts, Rect, Scene};
use crate::model::media::{FilmPicture, Picture};
use std::sync::Arc;
use std::time::Instant;

/// What must reach the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// The page changed here; the ticker and the film within it must be put again, too.
    pub page: Rect,
    pub ticker: bool,
    pub film: bool,
}

impl Due {
    pub fn is_nothing(&self) -> bool {
        self.page.is_empty() && !self.ticker && !self.film
    }
}

pub struct Composition {
    show: Option<Show>,
    pub page: Canvas,
    glyphs: Glyphs,
    strip: Strip,
    /// How often the strip was made anew.
    strip_version: u64,
    /// Frame slot that the ticker was last put at.
    slot: Option<i64>,
    scaler: Scaler,
    /// Film pictures shown for the first time.
    film_pictures: u64,
}

impl Composition {
    pub fn new(fonts: Arc<Fonts>) -> Composition {
        Composition {
            show: None,
            page: Canvas::new(0, 0, Colour::BLACK),
            glyphs: Glyphs::new(fonts),
            strip: Strip::default(),
            strip_version: 0,
            slot: None,
            scaler: Scaler::default(),
            film_pictures: 0,
        }
    }

    pub fn show(&self) -> Option<&Show> {
        self.show.as_ref()
    }

    /// Takes a new show and paints what differs from the last; says where.
    pub fn adopt(&mut self, show: Show) -> Rect {
        let area = show.scene.area();
        let damage = match &self.show {
            Some(last) if self.page.area() == area => difference(last, &show),
            _ => {
                self.page = Canvas::new(area.w, area.h, show.scene.ground);
                area
            }
        };
        self.page.paint(show.scene.ground, &show.scene.draws, damage, &show.pictures, &mut self.glyphs);
        let ticker = |show: &Show| show.scene.ticker.clone();
        if self.show.as_ref().and_then(ticker) != show.scene.ticker {
            self.strip.clear();
            self.strip_version += 1;
            self.slot = None;
        }
        self.show = Some(show);
        damage
    }

    /// Another number for another strip.
    pub fn strip_version(&self) -> u64 {
        self.strip_version
    }

    /// Draws the tiles that the ticker needs at `slot`, and remembers the slot.
    pub fn move_ticker(&mut self, slot: i64) {
        let Some(band) = self.show.as_ref().and_then(|show| show.scene.ticker.as_ref()) else { return };
        let pieces = strip::pieces(band, strip::offset_at(band, slot), band.rect.w);
        self.strip.prepare(band, &pieces, &mut self.glyphs);
        self.slot = Some(slot);
    }

    /// Frame slot that the ticker was last put at.
    pub fn slot(&self) -> Option<i64> {
        self.slot
    }

    /// The ticker's pieces as last moved, and the rectangle they fill.
    pub fn ticker(&self) -> Option<(Rect, Vec<(Piece, &Canvas)>)> {
        let band = self.show.as_ref()?.scene.ticker.as_ref()?;
        let pieces = strip::pieces(band, strip::offset_at(band, self.slot?), band.rect.w);
        let tiles = pieces.into_iter().filter_map(|piece| Some((piece, self.strip.tile(piece.tile)?)));
        Some((band.rect, tiles.collect()))
    }

    /// Puts what is due into a buffer of the screen's size. `now` decides which film picture is newest.
    pub fn put(&mut self, due: Due, out: &mut [u32], (width, height): (i32, i32), now: Instant) {
        if width <= 0 || height <= 0 || out.len() != width as usize * height as usize {
            return;
        }
        let screen = Rect::new(0, 0, width, height);
        self.put_page(due.page.meet(&screen), out, width);
        let again = |rect: Option<Rect>| rect.is_some_and(|rect| !rect.meet(&due.page).is_empty());
        let film = self.show.as_ref().and_then(|show| show.scene.film.as_ref().map(|film| film.rect));
        if due.film || again(film) {
            self.put_film(out, width, now);
        }
        let band = self.show.as_ref().and_then(|show| show.scene.ticker.as_ref().map(|band| band.rect));
        if due.ticker || again(band) {
            self.put_ticker(out, screen);
        }
    }

    fn put_page(&self, rect: Rect, out: &mut [u32], width: i32) {
        let ground = self.show.as_ref().map_or(Colour::BLACK, |show| show.scene.ground);
        let inner = rect.meet(&self.page.area());
        if rect.is_empty() {
            return;
        }
        for y in rect.y..rect.bottom() {
            let row = &mut out[y as usize * width as usize..][..width as usize];
            // While a window has just changed its size, the page of the old one lies at its top left.
            if inner != rect {
                row[rect.x as usize..rect.right() as usize].fill(super::canvas::opaque(ground));
            }
            if y < inner.bottom() && !inner.is_empty() {
                let part = self.page.row(y, inner.x, inner.right());
                row[inner.x as usize..inner.right() as usize].copy_from_slice(part);
            }
        }
    }

    fn put_ticker(&self, out: &mut [u32], screen: Rect) {
        let Some((rect, pieces)) = self.ticker() else { return };
        for (piece, tile) in pieces {
            let target = Rect::new(rect.x + piece.at, rect.y, piece.width, rect.h).meet(&screen);
            if target.is_empty() {
                continue;
            }
            for y in target.y..target.bottom() {
                let from = piece.from + target.x - (rect.x + piece.at);
                let source = tile.row(y - rect.y, from, from + target.w);
                let start = y as usize * screen.w as usize + target.x as usize;
                out[start..start + target.w as usize].copy_from_slice(source);
            }
        }
    }

    /// The newest due picture, or the last one again.
    fn put_film(&mut self, out: &mut [u32], width: i32, now: Instant) {
        let scaler = &mut self.scaler;
        let Some(show) = &self.show else { return };
        let (Some(slot), Some(film)) = (&show.scene.film, &show.film) else { return };
        let mut draw = |picture: FilmPicture<'_>| {
            yuv::draw(&picture, slot.rect, slot.meet, out, width, scaler);
        };
        if film.show(now, &mut draw) {
            self.film_pictures += 1;
        } else {
            film.again(&mut draw);
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

    /// Exactly what is on the screen: the page, the ticker where it is, the film's last picture.
    pub fn snapshot(&mut self) -> Picture {
        let mut whole = self.page.clone();
        let (area, width) = (whole.area(), whole.width);
        let scaler = &mut self.scaler;
        if let Some(show) = &self.show
            && let (Some(slot), Some(film)) = (&show.scene.film, &show.film)
        {
            film.again(&mut |picture| {
                yuv::draw(&picture, slot.rect, slot.meet, &mut whole.pixels, width, scaler);
            });
        }
        self.put_ticker(&mut whole.pixels, area);
        whole.to_picture()
    }
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
