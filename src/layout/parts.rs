//! Where a notice's parts are: the category's side, text, picture, QR code and the issuer's line, in any rectangle of
//! the board.
//!
//! A picture or a code that would leave the text too little room is left out; text never is. Where text is under its picture
//! one that would be small, or for which there is no room, has the first page for itself, and one that would cost pages
//! stands on the first alone.

use super::fit::Leading;
use super::look::{Grid, Look};
use super::pages::Room;
use super::place::{Area, Form, Place};
use super::scene::Rect;
use super::{Availability, View, dates, legible, notice};
use crate::model::media::Sha256;
use crate::model::plan::NoticeSlot;
use crate::model::programme::PictureFit;

const GAP: f32 = 7.0;
const PICTURE_WIDTH: f32 = 75.0;
const PICTURE_HEIGHT: f32 = 66.0;
/// Least height of text under a picture, with the space around it.
const TEXT_MIN: f32 = 64.0;
/// A lower picture is a strip that shows nothing.
const PICTURE_HEIGHT_MIN: f32 = 24.0;
/// Least space between text and the issuer's line.
const AIR: f32 = 3.0;
pub const QR_PLATE: f32 = 27.0;
/// Text with a code beside it is at least so wide, the code included.
const BESIDE_CODE: f32 = 110.0;
/// Least width of two languages side by side in a slim form.
const COLUMNS_MIN: f32 = 150.0;
/// Least width of a slim form, in heights of what is under its band, whose picture stands beside the text: of a zone,
/// and of a board, where that leaves the title its lines; least width of that picture; and of that text, in its letters.
const BESIDE_SHAPE: f32 = 1.8;
const BESIDE_SHAPE_WHOLE: f32 = 1.3;
const BESIDE_MIN: f32 = 30.0;
const BESIDE_TEXT: f32 = 11.0;
/// A picture lies that is no higher than this in its widths. Over text it has this share of the height.
const LIES: f32 = 0.85;
const OVER_TEXT: f32 = 0.38;
/// A picture shown whole over text that is narrower than this, in widths of its place, has a page of its own.
const LOST: f32 = 0.6;
/// Height of a countdown's line, in its letters.
pub const COUNTDOWN_LINE: f32 = 1.45;
/// A smaller countdown, where the full one would cost a page.
const COUNTDOWN_SMALLER: f32 = 0.7;
/// From band to text.
const UNDER_BAND: f32 = 4.0;

/// A notice's parts in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    pub form: Form,
    /// All of it.
    pub area: Rect,
    /// Its upper edge in u.
    pub top: f32,
    /// Rail or band in the category's colour.
    pub side: Rect,
    pub text: Rect,
    /// The issuer's line; of no height where there is none.
    pub foot: Rect,
    pub picture: Option<(Sha256, Rect)>,
    /// The plate of the QR code.
    pub code: Option<Rect>,
    /// Where the countdown stands, if it has one and there is room; and what it says, in many words and few.
    pub countdown: Option<(Rect, (String, String))>,
    /// There is one and no room for it: the text says it first.
    pub said_first: Option<String>,
    /// Two languages may stand side by side.
    columns: bool,
    /// The issuer's line is short.
    pub narrow: bool,
    /// On pages after the first, where the picture stands over the text of that one alone.
    pub later: Option<Box<Parts>>,
    /// The first page is the picture alone.
    pub picture_first: bool,
}

/// A picture that is there: its name, and its height in widths.
type Ready = (Sha256, f32);

impl Parts {
    /// How a notice's parts stand at best, and in which other ways they leave more room for the text: with a smaller
    /// countdown, and with the picture on the first page alone.
    pub fn ways(view: &View<'_>, grid: Grid, slot: &NoticeSlot, place: &Place) -> (Parts, Vec<Parts>) {
        let ready = |media: &crate::model::media::Media| match (view.media)(media) {
            Availability::Ready(width, height) => {
                Some((media.sha256, height.max(1) as f32 / width.max(1) as f32))
            }
            Availability::Waiting | Availability::Broken => None,
        };
        let picture = slot.notice.image.as_ref().and_then(ready);
        // A picture or a code leaves room for letters that can be read.
        let unit = grid.u.max(f32::MIN_POSITIVE);
        let need = legible::need(view.board, view.size).map_or(0.0, |need| need.limit_px / unit);
        let least = need.max(view.look.sizes.scale.body_min());
        let linked = notice::qr(&slot.notice.link).is_some();
        let bare = Parts::with(place, grid, view.look, least, picture, linked);
        // Under a picture the text is as wide as without one; beside one it is not, and its lines would turn with the page.
        let later = Parts::with(place, grid, view.look, least, None, false);
        let over = bare.picture.is_some() && (bare.text.x, bare.text.w) == (later.text.x, later.text.w);
        let countdown = countdown(view, slot);
        if let Some((sha256, shape)) = picture.filter(|_| place.form != Form::Rail)
            && bare.picture.is_none_or(|(_, rect)| over && is_lost(slot, shape, rect))
        {
            let rest = Parts::with(place, grid, view.look, least, None, linked);
            let rests = match &countdown {
                Some(said) => rest.counting_down(place, grid, least, said),
                None => vec![rest],
            };
            let mut ways = rests.into_iter().map(|rest| Parts::picture_first(sha256, rest));
            if let Some(best) = ways.next() {
                return (best, ways.collect());
            }
        }
        let once = over.then(|| Parts { later: Some(Box::new(later)), ..bare.clone() });
        let ways = [Some(bare), once].into_iter().flatten();
        let mut ways = ways.flat_map(|parts| match &countdown {
            Some(said) => parts.counting_down(place, grid, least, said),
            None => vec![parts],
        });
        let best = ways.next().unwrap_or_else(|| Parts::with(place, grid, view.look, least, None, false));
        (best, ways.collect())
    }

    /// A page for the picture, and then the others.
    fn picture_first(sha256: Sha256, rest: Parts) -> Parts {
        let bottom = if rest.foot.h > 0 { rest.foot.y } else { rest.area.bottom() };
        let rect = Rect::edges(rest.area.x, rest.side.bottom(), rest.area.right(), bottom);
        Parts {
            picture: Some((sha256, rect)),
            code: None,
            countdown: None,
            picture_first: true,
            later: Some(Box::new(rest.clone())),
            ..rest
        }
    }

    /// With a countdown under the text, large or smaller where there is room, or else as the first words of the text.
    fn counting_down(self, place: &Place, grid: Grid, least: f32, said: &(String, String)) -> Vec<Parts> {
        let large = countdown_letters(place, self.picture.is_some()).max(least);
        let ways = [large, (large * COUNTDOWN_SMALLER).max(least)];
        let under = ways.into_iter().filter_map(|letters| self.over_countdown(grid, letters, least, said));
        let within = Parts { said_first: Some(said.0.clone()), ..self.clone() };
        under.chain([within]).collect()
    }

    fn over_countdown(&self, grid: Grid, letters: f32, least: f32, said: &(String, String)) -> Option<Parts> {
        let high = letters * COUNTDOWN_LINE;
        let (room, text) = (self.room(grid), self.text);
        let top = text.bottom() - grid.px(high);
        let later = self.later.as_ref().map(|later| later.over_countdown(grid, letters, least, said));
        (legible::largest(room.width, room.height - high) >= least).then(|| Parts {
            text: Rect::edges(text.x, text.y, text.right(), top),
            countdown: Some((Rect::edges(text.x, top, text.right(), text.bottom()), said.clone())),
            later: later.flatten().map(Box::new),
            ..self.clone()
        })
    }

    /// Those of a page, from 0.
    pub fn on(&self, page: usize) -> &Parts {
        self.later.as_deref().filter(|_| page > 0).unwrap_or(self)
    }

    fn with(
        place: &Place,
        grid: Grid,
        look: &Look,
        least: f32,
        picture: Option<Ready>,
        linked: bool,
    ) -> Parts {
        match place.form {
            Form::Rail => rail(place, grid, look, picture, linked),
            Form::Band => band(place, grid, picture, linked),
            Form::Slim => slim(place, grid, least, picture, linked),
        }
    }

    pub fn room(&self, grid: Grid) -> Room {
        let unit = grid.u.max(f32::MIN_POSITIVE);
        Room {
            width: self.text.w as f32 / unit,
            height: self.text.h as f32 / unit - AIR,
            columns: self.columns,
            low: self.form == Form::Slim,
        }
    }
}

/// Whether a picture over the text would be small and mostly ground: one that is shown whole, and is so narrow.
fn is_lost(slot: &NoticeSlot, shape: f32, rect: Rect) -> bool {
    let place = rect.h as f32 / rect.w.max(1) as f32;
    let covers = (place / shape).min(shape / place) >= notice::COVER_LEAST;
    let whole = slot.notice.picture == PictureFit::Whole || !covers;
    whole && place / shape < LOST
}

/// What a notice's countdown says now; nothing where the clock is not believed.
pub fn countdown(view: &View<'_>, slot: &NoticeSlot) -> Option<(String, String)> {
    let moment = slot.notice.countdown.filter(|_| view.clock_trusted)?;
    dates::countdown(moment, &view.now, &slot.notice.lang)
}

/// Size of a countdown's letters, in u: smaller where a picture has taken of the text's room.
fn countdown_letters(place: &Place, pictured: bool) -> f32 {
    match (place.form, place.zone, pictured) {
        (Form::Band, _, _) | (Form::Rail, _, false) => 17.0,
        (Form::Slim, false, false) => 14.4,
        (Form::Slim, true, _) | (_, _, true) => 12.4,
    }
}

/// The room of a notice with neither picture nor code.
pub fn plain_room(place: &Place, grid: Grid, look: &Look) -> Room {
    let parts = Parts::with(place, grid, look, 0.0, None, false);
    Room { columns: false, ..parts.room(grid) }
}

fn rail(place: &Place, grid: Grid, look: &Look, picture: Option<Ready>, linked: bool) -> Parts {
    let Area { left, top, right: edge, bottom: floor } = place.area;
    let sizes = &look.sizes;
    let foot = floor - place.foot;
    // Never more than 3/8 of a board that is nearly square.
    let picture_width = PICTURE_WIDTH.min(place.area.width() * 0.375);
    let right = if picture.is_some() { edge - picture_width - 6.0 } else { edge - GAP };
    let plate = grid.rect(edge - 6.0 - QR_PLATE, floor - 6.0 - QR_PLATE, edge - 6.0, floor - 6.0);
    let beside = grid.rect(right - QR_PLATE, foot - 3.0 - QR_PLATE, right, foot - 3.0);
    let text_right = if linked && picture.is_none() { right - QR_PLATE - 6.0 } else { right };
    let text_left = left + sizes.rail + GAP;
    Parts {
        form: place.form,
        area: place.area.rect(grid),
        top,
        side: grid.rect(left, top, left + sizes.rail, floor),
        text: grid.rect(text_left, top + 4.0, text_right, foot),
        foot: grid.rect(text_left, foot, right, floor),
        picture: picture.map(|(sha256, _)| (sha256, grid.rect(edge - picture_width, top, edge, floor))),
        code: linked.then_some(if picture.is_some() { plate } else { beside }),
        countdown: None,
        said_first: None,
        columns: picture.is_none() && !linked,
        narrow: picture.is_some(),
        later: None,
        picture_first: false,
    }
}

fn band(place: &Place, grid: Grid, picture: Option<Ready>, linked: bool) -> Parts {
    let Area { left, top, right, bottom: floor } = place.area;
    let band = top + place.band;
    let foot = floor - place.foot;
    // A picture leaves the text a title and three lines; one that would be a strip is left out.
    let spare = floor - place.foot - band - TEXT_MIN;
    let picture = picture.filter(|_| spare >= PICTURE_HEIGHT / 2.0);
    let below = if picture.is_some() { band + PICTURE_HEIGHT.min(spare) } else { band };
    let plate = |bottom: f32| grid.rect(right - 6.0 - QR_PLATE, bottom - QR_PLATE, right - 6.0, bottom);
    let code = linked.then(|| plate(if picture.is_some() { below - 6.0 } else { foot - 3.0 }));
    let text_floor = if linked && picture.is_none() { foot - QR_PLATE - 5.0 } else { foot };
    Parts {
        form: place.form,
        area: place.area.rect(grid),
        top,
        side: grid.rect(left, top, right, band),
        text: grid.rect(left + 6.0, below + 6.0, right - 6.0, text_floor),
        foot: grid.rect(left + 6.0, foot, right - 6.0, floor),
        picture: picture.map(|(sha256, _)| (sha256, grid.rect(left, band, right, below))),
        code,
        countdown: None,
        said_first: None,
        columns: false,
        narrow: false,
        later: None,
        picture_first: false,
    }
}

/// A picture stands above the text at its own shape as far as there is height for it; in what is wide and low, beside it.
/// `least`: letters of the text, in u, that must still fit.
fn slim(place: &Place, grid: Grid, least: f32, picture: Option<Ready>, linked: bool) -> Parts {
    let Area { left, top, right, bottom: floor } = place.area;
    let (width, margin) = (place.area.width(), place.margin);
    let (band, foot) = (top + place.band, floor - place.foot);
    let fits =
        |width: f32, height: f32| legible::largest(width - 2.0 * margin, height - UNDER_BAND - AIR) >= least;
    // Under it stand a title and three lines, for lines are short here; beside it, lines of a few words.
    let third = Leading::default().body * least;
    let under = UNDER_BAND + AIR + legible::room_for(least).1 + third;
    let mut foot = foot;
    if picture.is_some() && place.zone && foot - band - under < PICTURE_HEIGHT_MIN {
        foot = floor;
    }
    // A landscape photograph stands over the whole width of a board that is nearly square, before text has all its lines.
    let lies = picture.is_some_and(|(_, shape)| shape <= LIES) && !place.zone;
    let least_under = UNDER_BAND + AIR + legible::room_for(least).1;
    let most = (foot - band) * OVER_TEXT;
    let spare = (foot - band - under).max(if lies { most.min(foot - band - least_under) } else { 0.0 });
    let picture_width = PICTURE_WIDTH.min(width - 2.0 * margin - BESIDE_TEXT * least);
    let shape = if place.zone { BESIDE_SHAPE } else { BESIDE_SHAPE_WHOLE };
    let wide = width >= shape * (foot - band) && picture_width >= BESIDE_MIN && !lies;
    let beside = picture.filter(|_| wide && fits(width - picture_width, foot - band));
    let above = picture.filter(|_| beside.is_none() && spare >= PICTURE_HEIGHT_MIN);
    let below = above.map_or(band, |(_, shape)| band + spare.min(width * shape));
    let edge = if beside.is_some() { right - picture_width } else { right };
    let pictured = match (above, beside) {
        (Some((sha256, _)), _) => Some((sha256, grid.rect(left, band, right, below))),
        (_, Some((sha256, _))) => Some((sha256, grid.rect(edge, band, right, floor))),
        _ => None,
    };
    // On the picture; else beside the text, or under it.
    let plate = |right: f32, bottom: f32| grid.rect(right - QR_PLATE, bottom - QR_PLATE, right, bottom);
    let (mut text_right, mut text_floor, mut code) = (edge - margin, foot, None);
    if linked && above.is_some() && below - band >= QR_PLATE + 4.0 {
        code = Some(plate(right - 2.0, below - 2.0));
    } else if linked && beside.is_some() {
        code = Some(plate(right - 6.0, floor - 6.0));
    } else if linked && edge - left >= BESIDE_CODE && fits(edge - left - QR_PLATE - 5.0, foot - below) {
        code = Some(plate(edge - margin, foot - 3.0));
        text_right -= QR_PLATE + 5.0;
    } else if linked && fits(edge - left, foot - below - QR_PLATE - 3.0) {
        code = Some(plate(edge - margin, foot - 3.0));
        text_floor -= QR_PLATE + 3.0;
    }
    Parts {
        form: place.form,
        area: place.area.rect(grid),
        top,
        side: grid.rect(left, top, right, band),
        text: grid.rect(left + margin, below + UNDER_BAND, text_right, text_floor),
        foot: grid.rect(left + margin, foot, edge - margin, floor),
        picture: pictured,
        code,
        countdown: None,
        said_first: None,
        columns: width >= COLUMNS_MIN && pictured.is_none() && code.is_none(),
        narrow: true,
        later: None,
        picture_first: false,
    }
}
