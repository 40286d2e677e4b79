//! A film, or a picture that comes without text: the whole board, and a strip with its title below.
//!
//! A film fills its place where that cuts off little; where it would cut off much (a portrait board), and for
//! posters, whose words must not be cut, it is shown whole. Until the first picture is there, and for
//! a file that is broken, the notice shows as text instead.

use super::brush::{Brush, Side};
use super::look::{Dress, Grid, Role};
use super::place::Area;
use super::scene::{Colour, Draw, FilmSlot, Meet, Rect};
use super::words::Measure;
use super::{Availability, Composed, View, dates, finish, frame, icons};
use crate::limits;
use crate::model::media::Sha256;
use crate::model::plan::NoticeSlot;
use crate::text::sole_line;

const STRIP: f32 = 20.0;
const STRIP_PORTRAIT: f32 = 27.0;
/// Most of a film's width or height that may be cut off for it to fill its place.
const CUT_MAX: f64 = 0.17;
/// Width in u under which a strip has its title and its small print under one another.
const NARROW: f32 = 140.0;

/// A film or lone picture of a notice that can be shown now.
pub struct Reel {
    sha256: Sha256,
    /// Its width and height in pixels.
    source: (u32, u32),
    is_film: bool,
}

/// `None` when the notice has neither.
pub fn reel(view: &View<'_>, slot: &NoticeSlot) -> Option<Reel> {
    let notice = &slot.notice;
    let ready = |media: &crate::model::media::Media, is_film| match (view.media)(media) {
        Availability::Ready(width, height) => {
            Some(Reel { sha256: media.sha256, source: (width, height), is_film })
        }
        Availability::Waiting | Availability::Broken => None,
    };
    let film = notice.video.as_ref().and_then(|film| ready(film, true));
    let alone = notice.text.trim().is_empty() && notice.translations.is_empty() && notice.link.is_empty();
    let alone = alone && notice.countdown.is_none();
    let poster = notice.image.as_ref().filter(|_| alone && film.is_none());
    film.or(poster.and_then(|poster| ready(poster, false)))
}

/// The film page of a board without zones: all of it.
pub fn compose(view: &View<'_>, grid: Grid, measure: &Measure, slot: &NoticeSlot, reel: &Reel) -> Composed {
    let mut brush = Brush::new(grid, view.look, view.theme, measure);
    let (width, height) = grid.extent();
    let all = Area { left: 0.0, top: 0.0, right: width, bottom: height };
    let film = draw(&mut brush, view, slot, reel, all, false);
    let mut scene = finish(view, brush, None);
    scene.film = film;
    Composed::single(scene)
}

/// Draws it with its strip in an area; returns where the film runs. In a zone the header above has clock and stale line.
pub fn draw(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    slot: &NoticeSlot,
    reel: &Reel,
    area: Area,
    zone: bool,
) -> Option<FilmSlot> {
    let grid = brush.grid;
    let dress = view.look.dress(slot.notice.category, view.theme);
    let narrow = grid.portrait || area.width() < NARROW;
    let strip_height = if narrow { STRIP_PORTRAIT } else { STRIP };
    let rect = Area { bottom: area.bottom - strip_height - 1.0, ..area }.rect(grid);
    brush.fill(rect, Colour::BLACK);
    let (sha256, source) = (reel.sha256, reel.source);
    let mut film = None;
    if reel.is_film {
        let ([_, _, w, h], _) = Meet::Cover.place(source, rect);
        let kept = (w / f64::from(source.0.max(1))).min(h / f64::from(source.1.max(1)));
        let meet = if 1.0 - kept <= CUT_MAX { Meet::Cover } else { Meet::Contain };
        film = Some(FilmSlot { sha256, rect, meet });
    } else {
        brush.draws.push(Draw::Picture { sha256, rect, meet: Meet::Contain });
    }
    let whole = area.rect(grid);
    let bar = Rect::edges(whole.x, whole.bottom() - grid.px(strip_height), whole.right(), whole.bottom());
    strip(brush, view, slot, &dress, reel.is_film, bar, narrow, zone);
    film
}

#[allow(clippy::too_many_arguments, reason = "one call keeps the page readable")]
fn strip(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    slot: &NoticeSlot,
    dress: &Dress,
    is_film: bool,
    bar: Rect,
    narrow: bool,
    zone: bool,
) {
    let (grid, p) = (brush.grid, brush.palette());
    let notice = &slot.notice;
    brush.fill(Rect::edges(bar.x, bar.y - grid.px(1.0), bar.right(), bar.y), p.thread);
    brush.fill(bar, p.bar);
    let side = if narrow { 22.0 } else { 28.0 };
    let square = Rect::new(bar.x, bar.y, grid.px(side), bar.h);
    brush.fill(square, dress.rail);
    let cell = (grid.u.floor() as i32).max(1);
    let icon = if is_film { "phim" } else { dress.icon };
    let at = (square.x + (square.w - 16 * cell) / 2, square.y + (square.h - 16 * cell) / 2);
    brush.cells(icons::icon(icon), at.0, at.1, cell, dress.rail_ink);

    let mut right = bar.right() - grid.px(frame::MARGIN);
    if view.clock_trusted && !zone {
        // A narrow strip keeps its first line for the title.
        let size = if narrow { 8.4 } else { brush.look.sizes.clock } * grid.u;
        let middle = bar.y as f32 + bar.h as f32 / 2.0;
        let baseline = if narrow { bar.y + grid.px(22.0) } else { brush.centred(middle, size) };
        let clock = dates::clock(&view.now);
        right -=
            brush.text(&clock, Role::Title, size, (right, baseline), Side::Right, p.bar_ink).round() as i32;
        right -= grid.px(6.0);
    }
    let x = square.right() + grid.px(if narrow { 4.0 } else { 7.0 });
    let room = right - x;
    let title_room = if narrow { bar.right() - grid.px(frame::MARGIN) - x } else { room };
    let clean = |text: &str| sole_line(text, limits::TITLE_CHARS_MAX);
    let title = clean(&notice.title);
    let size = [8.8, 7.6, 6.6]
        .into_iter()
        .map(|size| size * grid.u)
        .find(|&size| brush.width(&title, Role::Title, size) <= title_room as f32)
        .unwrap_or(6.6 * grid.u);
    let lower = if narrow { 3.0 } else { 0.0 };
    let at = (x, bar.y + grid.px(9.1 + lower));
    brush.text_within(&title, Role::Title, size, at, Side::Left, p.bar_ink, title_room);
    if view.plan.stale.is_some() && !zone {
        let size = frame::stale_size(brush, view, 6.6);
        let said = frame::stale_words(view);
        frame::stale_line(brush, &said, size, (x, bar.y as f32 / grid.u + 16.6 + 1.7 * lower), room);
        return;
    }
    let length = notice.video.as_ref().filter(|_| is_film).and_then(|film| film.duration_ms);
    let length = length.map(|ms| format!("Phim {}", dates::length(ms)));
    let issuer = clean(&notice.issuer);
    let parts: Vec<String> = length.into_iter().chain((!issuer.is_empty()).then_some(issuer)).collect();
    let at = (x, bar.y + grid.px(16.9 + 1.7 * lower));
    brush.text_within(&parts.join(" · "), Role::Body, 6.2 * grid.u, at, Side::Left, p.bar_soft, room);
}
