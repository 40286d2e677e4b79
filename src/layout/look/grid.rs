//! The grid that everything stands on (LOOK.md section 2).

use crate::layout::scene::Rect;

/// The grid: u is 1/135 of the shorter side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    pub u: f32,
    pub portrait: bool,
    /// Neither side is more than a quarter longer than the other.
    pub square: bool,
    /// The whole board in pixels.
    pub area: Rect,
}

impl Grid {
    pub fn new(size: (u32, u32)) -> Grid {
        let side = |length: u32| length.min(1 << 20) as i32;
        let (w, h) = (side(size.0), side(size.1));
        let portrait = h * 4 > w * 5;
        let square = !portrait && w * 4 <= h * 5;
        Grid { u: w.min(h) as f32 / 135.0, portrait, square, area: Rect::new(0, 0, w, h) }
    }
    /// `k` u in whole pixels.
    pub fn px(&self, k: f32) -> i32 {
        (k * self.u).round() as i32
    }
    /// Thickness of a rule: never under 2 pixels.
    pub fn rule(&self) -> i32 {
        self.px(1.0 / 3.0).max(2)
    }
    /// A rectangle whose edges are `k` u from the board's top left.
    pub fn rect(&self, left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect::edges(self.px(left), self.px(top), self.px(right), self.px(bottom))
    }
    /// Width and height of the board in u.
    pub fn extent(&self) -> (f32, f32) {
        let unit = self.u.max(f32::MIN_POSITIVE);
        (self.area.w as f32 / unit, self.area.h as f32 / unit)
    }
}
