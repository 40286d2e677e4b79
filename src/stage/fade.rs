//! From one notice to the next (LOOK.md section 7): text goes out, the ground is empty for a moment, the new text comes in;
//! pictures cross. Two texts are never mixed, for they make a false third.
//!
//! What both pages have stays as it is all the while, and so do header and ticker, which do not belong to what fades.
//! Nothing is drawn while nothing changes, and when it is over nothing of it is left.

use super::canvas::Canvas;
use crate::layout::Rect;
use std::ops::Range;
use std::time::{Duration, Instant};

const OUT: Duration = Duration::from_millis(160);
const EMPTY: Duration = Duration::from_millis(120);
const IN: Duration = Duration::from_millis(160);
const CROSS: Duration = Duration::from_millis(400);
/// Shares are counted in so many steps.
pub const WHOLE: u32 = 256;
/// Pixels that are alike and no wider than this, between others that are not, are blended with them.
const GAP: usize = 16;

/// Where a fade stands: of a text, and of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    pub text: Text,
    /// How much of the new picture is seen, of [`WHOLE`].
    pub picture: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// How much of the old text is seen, of [`WHOLE`].
    Out(u32),
    Empty,
    /// How much of the new text is seen.
    In(u32),
}

/// Where a fade stands after so long; `None` is over.
pub fn fade(elapsed: Duration) -> Option<Phase> {
    let share = |of: Duration, whole: Duration| {
        (of.as_secs_f64() / whole.as_secs_f64() * f64::from(WHOLE)).min(f64::from(WHOLE)) as u32
    };
    let text = match elapsed {
        at if at < OUT => Text::Out(WHOLE - share(at, OUT)),
        at if at < OUT + EMPTY => Text::Empty,
        at if at < OUT + EMPTY + IN => Text::In(share(at - OUT - EMPTY, IN)),
        _ => return None,
    };
    Some(Phase { text, picture: share(elapsed, CROSS) })
}

/// Both pages' pixels in the rectangle that fades, and what is between them.
pub struct Fade {
    began: Instant,
    /// On the page.
    rect: Rect,
    old: Canvas,
    /// Without what only one of the pages has.
    empty: Canvas,
    new: Canvas,
    /// Rows that differ, and where: all that there is to do.
    text: Vec<(i32, Range<usize>)>,
    picture: Vec<(i32, Range<usize>)>,
    last: Option<Phase>,
}

impl Fade {
    /// `old`, `empty` and `new` have the size of `rect`; `cross` is the part of the page where pictures cross.
    pub fn new(began: Instant, rect: Rect, cross: Rect, [old, empty, new]: [Canvas; 3]) -> Fade {
        let cross = cross.meet(&rect);
        let cross = Rect { x: cross.x - rect.x, y: cross.y - rect.y, ..cross };
        let (mut text, mut picture) = (Vec::new(), Vec::new());
        for y in 0..rect.h {
            let row = |canvas| Canvas::row(canvas, y, 0, rect.w);
            let (old, empty, new) = (row(&old), row(&empty), row(&new));
            let across = if (cross.y..cross.bottom()).contains(&y) {
                cross.x as usize..cross.right() as usize
            } else {
                0..0
            };
            let differs = |x: usize| !across.contains(&x) && (old[x] != new[x] || old[x] != empty[x]);
            text.extend(runs(0..rect.w as usize, differs).into_iter().map(|run| (y, run)));
            picture.extend(runs(across.clone(), |x| old[x] != new[x]).into_iter().map(|run| (y, run)));
        }
        // A gap that was bridged must not reach into the picture.
        let beside = |(y, run): (i32, Range<usize>)| {
            let inside = (cross.y..cross.bottom()).contains(&y);
            let (left, right) = (cross.x as usize, cross.right() as usize);
            match inside && run.start < right && run.end > left {
                true => vec![(y, run.start..left.max(run.start)), (y, right.min(run.end)..run.end)],
                false => vec![(y, run)],
            }
        };
        let text = text.into_iter().flat_map(beside).filter(|(_, run)| !run.is_empty()).collect();
        Fade { began, rect, old, empty, new, text, picture, last: None }
    }

    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// Whether there is nothing to fade.
    pub fn is_nothing(&self) -> bool {
        self.text.is_empty() && self.picture.is_empty()
    }

    /// Brings the page to `now`; says what of it changed, and whether the fade goes on.
    pub fn step(&mut self, now: Instant, page: &mut Canvas) -> (Rect, bool) {
        let Some(phase) = fade(now.saturating_duration_since(self.began)) else {
            self.finish(page);
            return (self.rect, false);
        };
        let last = self.last.replace(phase);
        let mut changed = Rect::default();
        if last.is_none_or(|last| last.text != phase.text) {
            let (from, share) = match phase.text {
                Text::Out(share) => (&self.old, share),
                Text::Empty => (&self.old, 0),
                Text::In(share) => (&self.new, share),
            };
            changed = self.blend(&self.text, &self.empty, from, share, page);
        }
        if last.is_none_or(|last| last.picture != phase.picture) {
            let picture = self.blend(&self.picture, &self.old, &self.new, phase.picture, page);
            changed = changed.join(&picture);
        }
        (changed, true)
    }

    /// The same when the page around was painted anew, and the new page with it.
    pub fn resume(&mut self, now: Instant, page: &mut Canvas) -> Rect {
        self.last = None;
        self.step(now, page).0
    }

    /// The new page, whole.
    pub fn finish(&self, page: &mut Canvas) {
        let Rect { x, y, w, h } = self.rect;
        for line in 0..h {
            page.row_mut(y + line, x, x + w).copy_from_slice(self.new.row(line, 0, w));
        }
    }

    fn blend(
        &self,
        runs: &[(i32, Range<usize>)],
        under: &Canvas,
        over: &Canvas,
        share: u32,
        page: &mut Canvas,
    ) -> Rect {
        let mut changed = Rect::default();
        for (y, run) in runs {
            let (left, right) = (run.start as i32, run.end as i32);
            let (x, y_page) = (self.rect.x, self.rect.y + y);
            let target = page.row_mut(y_page, x + left, x + right);
            let (under, over) = (under.row(*y, left, right), over.row(*y, left, right));
            for ((target, under), over) in target.iter_mut().zip(under).zip(over) {
                *target = mix(*under, *over, share);
            }
            changed = changed.join(&Rect::new(x + left, y_page, right - left, 1));
        }
        changed
    }
}

/// `share` of [`WHOLE`] of one pixel over another: red and blue at once, then green.
fn mix(under: u32, over: u32, share: u32) -> u32 {
    let two = |shift: u32| {
        let (under, over) = ((under >> shift) & 0x00FF_00FF, (over >> shift) & 0x00FF_00FF);
        (((under * (WHOLE - share) + over * share) >> 8) & 0x00FF_00FF) << shift
    };
    0xFF00_0000 | two(0) | two(8)
}

/// Where `differs` holds, small gaps bridged.
fn runs(range: Range<usize>, differs: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for x in range.filter(|x| differs(*x)) {
        match runs.last_mut() {
            Some(run) if x <= run.end + GAP => run.end = x + 1,
            _ => runs.push(x..x + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Colour;

    #[test]
    fn the_old_text_is_gone_before_the_new_one_comes() {
        let at = |ms: u64| fade(Duration::from_millis(ms));
        let text = |ms| at(ms).map(|phase| phase.text);
        assert_eq!(text(0), Some(Text::Out(256)));
        assert_eq!(text(80), Some(Text::Out(128)));
        assert_eq!(text(159), Some(Text::Out(2)));
        assert_eq!([text(160), text(279)], [Some(Text::Empty); 2]);
        assert_eq!(text(280), Some(Text::In(0)));
        assert_eq!(text(360), Some(Text::In(128)));
        assert_eq!(text(439), Some(Text::In(254)));
        assert_eq!(text(440), None);
        let picture = |ms| at(ms).map(|phase| phase.picture);
        assert_eq!([picture(0), picture(200), picture(400), picture(439)], [0, 128, 256, 256].map(Some));
        assert_eq!(fade(Duration::MAX), None);
    }

    #[test]
    fn a_whole_share_is_the_pixel_itself_and_half_of_it_lies_between() {
        for pixel in [0xFF00_0000, 0xFFFF_FFFF, 0xFF12_3456] {
            assert_eq!(mix(0xFFAB_CDEF, pixel, WHOLE), pixel);
            assert_eq!(mix(pixel, 0xFFAB_CDEF, 0), pixel);
        }
        assert_eq!(mix(0xFF00_0000, 0xFFFF_8040, 128), 0xFF7F_4020);
    }

    fn coloured(width: i32, height: i32, colour: u32) -> Canvas {
        Canvas::new(width, height, Colour(colour))
    }

    #[test]
    fn what_both_pages_have_is_never_touched_and_the_end_is_the_new_page() {
        let (rect, cross) = (Rect::new(10, 5, 60, 20), Rect::new(40, 0, 100, 100));
        let [mut old, empty, mut new] = [0xF0F0F0; 3].map(|ground| coloured(60, 20, ground));
        old.row_mut(3, 0, 10).fill(0xFF00_0000);
        new.row_mut(4, 5, 20).fill(0xFF00_0000);
        for y in 0..20 {
            old.row_mut(y, 30, 60).fill(0xFF20_2020);
            new.row_mut(y, 30, 60).fill(0xFF80_8080);
        }
        let mut page = coloured(100, 40, 0x123456);
        let began = crate::clock::instant();
        let expected = new.clone();
        let mut fade = Fade::new(began, rect, cross, [old, empty, new]);
        let at = |ms| began + Duration::from_millis(ms);
        let (changed, goes_on) = fade.step(at(0), &mut page);
        assert!(goes_on && rect.contains(&changed));
        assert_eq!(page.row(8, 10, 11)[0], 0xFF00_0000);
        // Pictures cross while text is gone.
        fade.step(at(200), &mut page);
        assert_eq!(page.row(8, 10, 11)[0], 0xFFF0_F0F0);
        assert_eq!(page.row(9, 45, 46)[0], 0xFF50_5050);
        assert_eq!(page.row(9, 32, 33)[0], 0xFF12_3456, "nothing changes there");
        let (changed, _) = fade.step(at(201), &mut page);
        assert!(changed.is_empty() || changed.x >= 40, "the text is empty, and stays so: {changed:?}");
        assert_eq!(fade.step(at(500), &mut page), (rect, false));
        for y in 0..20 {
            assert_eq!(page.row(5 + y, 10, 70), expected.row(y, 0, 60));
        }
        assert_eq!(page.row(0, 0, 1)[0], 0xFF12_3456);
    }
}
