//! How large letters must be for the people in front of a board.
//!
//! LOOK.md section 3: capitals that are seen under 10 minutes of arc (distance / 344) are the least that an eye of
//! acuity 6/12 reads, and under 17 minutes (distance / 200) are read with ease. A board whose pixels were measured
//! sets no notice smaller than the one, and offers sizes up to the other; without a measure the look's own steps
//! hold.
//!
//! A board can be too small for its distance: then what fits is used, and [`too_small`] says so.

use super::brush::CAPITAL;
use super::fit::{PARAGRAPH_GAP, Scale, TITLE_GAP};
use super::look::{Grid, Look};
use super::{LED_SIDE_MAX, parts, place, ticker};
use crate::model::board::Board;
use crate::problem::Problem;
use crate::say;

/// Distance over the height of a capital: the limit, and with ease.
const LIMIT: f64 = 344.0;
const EASE: f64 = 200.0;
/// The least room a text is set in, in body sizes: a line of title and two of body; and a short word.
const LINES_MIN: f32 = TITLE_BODY * 1.28 + TITLE_GAP + 2.0 * 1.42 + PARAGRAPH_GAP;
const WIDTH_MIN: f32 = 6.0;
/// Least ratio of a title's size to its body's.
pub const TITLE_BODY: f32 = 1.18;
/// From one step of a scale to the next.
const STEP: f32 = 1.08;
/// Height of a line on an LED wall in letters, whose capitals stand in the middle.
const LED_LINE: f32 = 1.3;

/// Sizes of letters that a board's readers need, in pixels an em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    pub limit_px: f32,
    pub ease_px: f32,
}

/// What the readers of this board need, where its pixels were measured.
pub fn need(board: &Board, size: (u32, u32)) -> Option<Need> {
    let pixel_mm = board.measured?.pixel_mm(size.1);
    let capital_px = board.viewing_distance_m * 1000.0 / pixel_mm.max(1e-3);
    let letter = |ratio: f64| (capital_px / ratio) as f32 / CAPITAL;
    Some(Need { limit_px: letter(LIMIT), ease_px: letter(EASE) })
}

/// A size that the look gives to something beside the notices, or as much more as these readers need and `most`
/// allows. All in u.
pub fn grown(board: &Board, size: (u32, u32), grid: Grid, look: f32, most: f32) -> f32 {
    let limit = need(board, size).map_or(0.0, |need| need.limit_px / grid.u.max(f32::MIN_POSITIVE));
    look.max(limit.min(most))
}

/// The largest body, in u, at which a room of this width and height, in u, takes a text.
pub fn largest(width: f32, height: f32) -> f32 {
    (height / LINES_MIN).min(width / WIDTH_MIN).max(1.0)
}

/// The least width and height, in u, of a room that takes a text of this size.
pub fn room_for(body: f32) -> (f32, f32) {
    (body * WIDTH_MIN, body * LINES_MIN)
}

/// The look's steps as these readers need them in a room of this width and height, in u.
pub fn scale(look: &Scale, need: Option<Need>, grid: Grid, width: f32, height: f32) -> Scale {
    let most = largest(width, height);
    let unit = grid.u.max(f32::MIN_POSITIVE);
    let limit = need.map_or(look.body_min(), |need| (need.limit_px / unit).max(look.body_min())).min(most);
    let ease = need.map_or(0.0, |need| need.ease_px / unit).min(most);
    if limit == look.body_min() && ease <= look.bodies[0] {
        // A look's cells may be smaller than its smallest body.
        let least = need.map_or(0.0, |need| (need.limit_px / unit).min(limit));
        let mut cells: Vec<f32> = look.cells.iter().copied().filter(|cell| *cell >= least).collect();
        if cells.is_empty()
            || cells.len() < look.cells.len() && cells.last().is_some_and(|last| *last > least)
        {
            cells.push(least);
        }
        return Scale { cells, ..look.clone() };
    }
    let mut larger = Vec::new();
    let mut size = limit.max(look.bodies[0] * STEP);
    while size <= ease && larger.len() < 24 {
        larger.push(size);
        size *= STEP;
    }
    let mut bodies: Vec<f32> = larger.iter().rev().copied().collect();
    bodies.extend(look.bodies.iter().filter(|size| **size > limit));
    bodies.push(limit);
    let least = limit * TITLE_BODY;
    let with = |steps: &[f32], ratios: [f32; 2]| {
        let more = larger.iter().flat_map(|size| ratios.map(|ratio| size * ratio));
        let mut all: Vec<f32> = steps.iter().copied().chain(more).filter(|size| *size > least).collect();
        all.push(least);
        all.sort_by(|a, b| b.total_cmp(a));
        all.dedup();
        all
    };
    let mut cells: Vec<f32> = look.cells.clone();
    // Cells are a step smaller than a body where nobody measured; with a measure they keep to it.
    if need.is_some() || limit < look.body_min() {
        cells.retain(|size| *size > limit);
        cells.push(limit);
    }
    Scale {
        titles: with(&look.titles, [1.4, 1.2]),
        titles_alone: with(&look.titles_alone, [1.6, 1.3]),
        bodies,
        cells,
    }
}

/// What is the matter with a board whose readers stand further away than it can be read from.
pub fn too_small(board: &Board, size: (u32, u32), look: &Look) -> Option<Problem> {
    let need = need(board, size)?;
    let grid = Grid::new(size);
    let most_px = if size.0.min(size.1) <= LED_SIDE_MAX {
        size.1 as f32 / LED_LINE
    } else {
        let room = parts::plain_room(
            &place::whole(grid, &look.sizes, ticker::sizes(board, size, grid, look).0),
            grid,
            look,
        );
        largest(room.width, room.height) * grid.u
    };
    if need.limit_px <= most_px {
        return None;
    }
    let metres = board.viewing_distance_m;
    // In steps of half a metre, and never further than it can be read from.
    let reach = (metres * f64::from(most_px / need.limit_px) * 2.0).floor() / 2.0;
    let height = (f64::from(CAPITAL * need.limit_px) * board.measured?.pixel_mm(size.1)).ceil();
    let why = say!(
        en: "the board is too small for people {metres} m away: capitals would have to be {height} mm high, and two lines of those do not fit; it shows what fits",
        vi: "bảng quá nhỏ so với người đứng cách {metres} m: chữ hoa phải cao {height} mm mà hai dòng như vậy không vừa; bảng hiện cỡ chữ lớn nhất còn vừa",
        metres = metres,
        height = height
    );
    let remedy = say!(
        en: "use a larger board, or let people come nearer and write viewing_distance_m = {reach}",
        vi: "hãy dùng bảng lớn hơn, hoặc để bà con đứng gần hơn rồi ghi viewing_distance_m = {reach}",
        reach = reach
    );
    Some(Problem::new("viewing_distance_m", why, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::board::Measured;

    fn board(distance: f64, height_mm: f64) -> Board {
        Board {
            viewing_distance_m: distance,
            measured: Some(Measured::HeightMm(height_mm)),
            ..Board::default()
        }
    }

    /// The scale of a full-HD screen in a large room.
    fn steps(board: &Board) -> Scale {
        let size = (1920, 1080);
        scale(&Look::cham().sizes.scale, need(board, size), Grid::new(size), 198.0, 88.0)
    }

    #[test]
    fn the_look_s_own_table_of_distances_is_met() {
        // LOOK.md: on 75 inches (934 mm high) a body of 10.2 u is read to 10 m with ease and to 17 m at most.
        for (distance, most) in [(10.0, 10.2), (17.0, 10.2)] {
            let need = need(&board(distance, 934.0), (1920, 1080)).unwrap();
            let size = if distance == 10.0 { need.ease_px } else { need.limit_px } / 8.0;
            assert!((size - most).abs() < 0.3, "{size}");
        }
    }

    #[test]
    fn without_a_measure_and_near_a_large_board_the_steps_are_the_look_s() {
        let look = &Look::cham().sizes.scale;
        assert_eq!(steps(&Board::default()), *look);
        assert_eq!(steps(&board(5.0, 934.0)), *look);
    }

    #[test]
    fn a_board_read_from_afar_has_no_small_steps_and_larger_ones() {
        let scale = steps(&board(15.0, 685.0));
        let limit_mm = scale.body_min() * 8.0 * CAPITAL * 685.0 / 1080.0;
        assert!((limit_mm - 15_000.0 / 344.0).abs() < 0.1, "{limit_mm}");
        assert!(scale.bodies[0] > 13.0 && scale.bodies.is_sorted_by(|a, b| a > b), "{scale:?}");
        assert!(scale.title_min() >= scale.body_min() * 1.17 && scale.titles.is_sorted_by(|a, b| a > b));
        assert!(scale.cells.iter().all(|cell| *cell >= scale.body_min()));
    }

    #[test]
    fn a_board_too_small_for_its_distance_says_how_far_it_reaches() {
        let look = Look::cham();
        assert_eq!(too_small(&board(15.0, 685.0), (1920, 1080), look), None);
        let problem = too_small(&board(60.0, 300.0), (1920, 1080), look).unwrap();
        let said = problem.line(crate::problem::Speech::English);
        assert!(said.contains("too small for people 60 m away: capitals would have to be 175 mm"), "{said}");
        let reach: f64 = said.rsplit_once("= ").unwrap().1.parse().unwrap();
        assert_eq!(too_small(&board(reach, 300.0), (1920, 1080), look), None);
        let wall =
            Board { measured: Some(Measured::PitchMm(4.0)), viewing_distance_m: 60.0, ..Board::default() };
        assert!(too_small(&wall, (192, 32), look).is_some());
        assert!(too_small(&wall, (320, 160), look).is_none());
    }
}
