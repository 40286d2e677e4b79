//! A film, or a picture that comes without text: the whole board, and a strip with its title below.
//!
//! A film fills its place where that cuts off little; where it would cut off much (a portrait board), where the notice says
//! so, and for posters, whose words must not be cut, it is shown whole. Until the first picture is there, and for
//! a file that is broken, the notice shows as text instead.

use super::brush::{Brush, Side};
use super::fit::wrap_any;
use super::look::{Dress, Grid, Role};
use super::place::Area;
use super::scene::{Colour, FilmSlot, Meet, Rect};
use super::words::{Measure, plain_groups, said};
use super::{Availability, Composed, View, dates, finish, frame, icons};
use crate::limits;
use crate::model::board::Theme;
use crate::model::media::Sha256;
use crate::model::plan::NoticeSlot;
use crate::model::programme::PictureFit;
use crate::text::sole_line;

const STRIP: f32 = 20.0;
/// With three lines.
const STRIP_HIGH: f32 = 27.0;
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
    let title = sole_line(&slot.notice.title, limits::TITLE_CHARS_MAX);
    let title = Title {
        size: title_size(brush, &title, grid.px(area.width()) - beside_title(grid, narrow)),
        text: title,
    };
    let strip_height = if narrow || title.size.is_none() { STRIP_HIGH } else { STRIP };
    let rect = Area { bottom: area.bottom - strip_height - 1.0, ..area }.rect(grid);
    brush.fill(rect, Colour::BLACK);
    let (sha256, source) = (reel.sha256, reel.source);
    let mut film = None;
    if reel.is_film {
        let ([_, _, w, h], _) = Meet::Cover.place(source, rect);
        let kept = (w / f64::from(source.0.max(1))).min(h / f64::from(source.1.max(1)));
        let fills = 1.0 - kept <= CUT_MAX && slot.notice.picture == PictureFit::Fill;
        let meet = if fills { Meet::Cover } else { Meet::Contain };
        film = Some(FilmSlot { sha256, rect, meet });
    } else {
        brush.picture(sha256, rect, Meet::Contain, brush.palette().ground);
    }
    let whole = area.rect(grid);
    let bar = Rect::edges(whole.x, whole.bottom() - grid.px(strip_height), whole.right(), whole.bottom());
    strip(brush, view, slot, &dress, reel.is_film, &title, bar, narrow, zone);
    film
}

#[allow(clippy::too_many_arguments, reason = "one call keeps the page readable")]
fn strip(
    brush: &mut Brush<'_>,
    view: &View<'_>,
    slot: &NoticeSlot,
    dress: &Dress,
    is_film: bool,
    title: &Title,
    bar: Rect,
    narrow: bool,
    zone: bool,
) {
    let (grid, p) = (brush.grid, brush.palette());
    let notice = &slot.notice;
    brush.fill(Rect::edges(bar.x, bar.y - grid.px(1.0), bar.right(), bar.y), p.thread);
    brush.fill(bar, p.bar);
    let square = Rect::new(bar.x, bar.y, grid.px(square_side(narrow)), bar.h);
    brush.fill(square, dress.rail);
    let cell = (grid.u.floor() as i32).max(1);
    let icon = if is_film { "phim" } else { dress.icon };
    let at = (square.x + (square.w - 16 * cell) / 2, square.y + (square.h - 16 * cell) / 2);
    brush.cells(icons::icon(icon), at.0, at.1, cell, dress.rail_ink);

    let edge = bar.right() - grid.px(frame::MARGIN);
    let x = square.right() + grid.px(after_square(narrow));
    // A narrow strip keeps its first line for the title.
    let clock_size = if narrow { 8.4 } else { brush.look.sizes.clock } * grid.u;
    let clock = Some(dates::clock(&view.now)).filter(|_| view.clock_trusted && !zone);
    let clock_wide = clock
        .as_ref()
        .map_or(0, |clock| brush.width(clock, Role::Title, clock_size).round() as i32 + grid.px(6.0));
    let beside = if narrow { edge - x } else { edge - clock_wide - x };
    let lower = if narrow { 3.0 } else { 0.0 };
    // A title that has no room beside the clock stands where the clock stands.
    let whole = title_size(brush, &title.text, beside);
    let room = edge - x - if whole.is_some() { clock_wide } else { 0 };
    let mut small_print = 16.9 + 1.7 * lower;
    if let Some(size) = whole.or(title.size) {
        let at = (x, bar.y + grid.px(9.1 + lower));
        brush.text(&title.text, Role::Title, size * grid.u, at, Side::Left, p.bar_ink);
    } else {
        two_lines(brush, &title.text, (x, bar.y + grid.px(9.6)), edge - x, p.bar_ink);
        small_print = 24.6;
    }
    if let Some(clock) = clock.filter(|_| whole.is_some()) {
        let middle = bar.y as f32 + bar.h as f32 / 2.0;
        let baseline = if narrow { bar.y + grid.px(22.0) } else { brush.centred(middle, clock_size) };
        brush.text(&clock, Role::Title, clock_size, (edge, baseline), Side::Right, p.bar_ink);
    }
    if view.plan.stale.is_some() && !zone {
        let size = frame::stale_size(brush, view, 6.6);
        let said = frame::stale_words(view);
        let under = if title.size.is_some() { small_print.min(18.6) } else { small_print };
        frame::stale_line(brush, &said, size, (x, bar.y as f32 / grid.u + under), room);
        return;
    }
    let length = notice.video.as_ref().filter(|_| is_film).and_then(|film| film.duration_ms);
    let length = length.map(|ms| format!("Phim {}", dates::length(ms)));
    let issuer = sole_line(&notice.issuer, limits::TITLE_CHARS_MAX);
    let signed = if issuer.is_empty() { "Đã ký".to_owned() } else { format!("Đã ký: {issuer}") };
    let small: Vec<String> = length.into_iter().chain([signed]).collect();
    let at = (x, bar.y + grid.px(small_print));
    brush.text_within(&small.join(" · "), Role::Body, 6.2 * grid.u, at, Side::Left, p.bar_soft, room);
}

/// A title, and its size in u where it has room in one line of the strip; else it takes two.
struct Title {
    text: String,
    size: Option<f32>,
}

/// The largest of a strip's sizes, in u, at which a title fits so many pixels.
fn title_size(brush: &Brush<'_>, title: &str, room: i32) -> Option<f32> {
    let fits = |size: &f32| brush.width(title, Role::Title, *size * brush.grid.u) <= room as f32;
    [8.8, 7.6, 6.6].into_iter().find(fits)
}

/// Width of the square in the category's colour, and of the space after it, in u.
fn square_side(narrow: bool) -> f32 {
    if narrow { 22.0 } else { 28.0 }
}
fn after_square(narrow: bool) -> f32 {
    if narrow { 4.0 } else { 7.0 }
}

/// What of a strip's width no title has, in pixels.
fn beside_title(grid: Grid, narrow: bool) -> i32 {
    [square_side(narrow), after_square(narrow), frame::MARGIN].into_iter().map(|part| grid.px(part)).sum()
}

/// A title in two lines; one that has no room even so ends in "…".
fn two_lines(brush: &mut Brush<'_>, title: &str, (x, first): (i32, i32), room: i32, colour: Colour) {
    const SIZE: f32 = 6.6;
    let size = SIZE * brush.grid.u;
    let ink = Role::Title.ink(Theme::Day);
    let groups = plain_groups(title, brush.measure, ink);
    let lines = wrap_any(&groups, room as f32 / size, brush.measure.space(ink.plain), false);
    let leading = brush.grid.px(SIZE * 1.2);
    for (at, line) in lines.iter().take(2).enumerate() {
        let rest = if at == 1 { &groups[line.start..] } else { &groups[line.clone()] };
        let at = (x, first + leading * at as i32);
        brush.text_within(&said(rest), Role::Title, size, at, Side::Left, colour, room);
    }
}
