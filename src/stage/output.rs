//! Where the picture lies on the output: the one place that turns, insets and cuts out.
//!
//! A scene is laid out upright, from its own (0, 0); the output is what the window system shows. Both presenters
//! and the screenshot put scenes through here, pixel for pixel: nothing is scaled. Where a region reaches
//! over the output's edge, that part of the picture is not seen, and the rest is where it should be.

use super::canvas::Canvas;
use crate::layout::Rect;
use crate::model::display::{Geometry, Part, Turn};
use crate::problem::Problem;
use crate::say;

/// Source rows that a sideways copy takes at once: as many pixels as a cache line holds.
const BLOCK: i32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// The whole output, from (0, 0).
    screen: Rect,
    /// The part that shows the picture, in pixels of the output. A region may reach over its edge.
    area: Rect,
    turn: Turn,
    /// What of the scene is seen, in the scene's pixels.
    seen: Rect,
}

impl Output {
    pub fn new(geometry: &Geometry, size: (u32, u32)) -> Output {
        let side = |length: u32| length.min(1 << 15) as i32;
        let screen = Rect::new(0, 0, side(size.0), side(size.1));
        let (area, turn) = (area(geometry.part, screen), geometry.turn);
        let mut output = Output { screen, area, turn, seen: Rect::default() };
        output.seen = output.back(screen.meet(&area));
        output
    }

    /// An output that is the scene.
    #[cfg(test)]
    pub fn plain(size: (u32, u32)) -> Output {
        Output::new(&Geometry::default(), size)
    }

    pub fn screen(&self) -> Rect {
        self.screen
    }

    /// The scene from its own (0, 0).
    pub fn scene(&self) -> Rect {
        let Rect { w, h, .. } = self.area;
        if self.turn.is_sideways() { Rect::new(0, 0, h, w) } else { Rect::new(0, 0, w, h) }
    }

    /// Something of the output is not the picture's.
    pub fn has_margin(&self) -> bool {
        !self.area.contains(&self.screen)
    }

    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// What of a rectangle of the scene is seen, on the output.
    pub fn place(&self, rect: Rect) -> Rect {
        self.place_whole(rect.meet(&self.seen)).meet(&self.screen)
    }

    /// The same without cutting off what is not seen.
    pub fn place_whole(&self, rect: Rect) -> Rect {
        let (Rect { x, y, w, h }, scene) = (rect, self.scene());
        let at = match self.turn {
            Turn::None => Rect::new(x, y, w, h),
            Turn::Quarter => Rect::new(scene.h - y - h, x, h, w),
            Turn::Half => Rect::new(scene.w - x - w, scene.h - y - h, w, h),
            Turn::ThreeQuarters => Rect::new(y, scene.w - x - w, h, w),
        };
        Rect { x: at.x + self.area.x, y: at.y + self.area.y, ..at }
    }

    /// The rectangle of the scene that lies at a rectangle of the output.
    fn back(&self, rect: Rect) -> Rect {
        let (Rect { w, h, .. }, scene) = (rect, self.scene());
        let (x, y) = (rect.x - self.area.x, rect.y - self.area.y);
        match self.turn {
            Turn::None => Rect::new(x, y, w, h),
            Turn::Quarter => Rect::new(y, scene.h - x - w, h, w),
            Turn::Half => Rect::new(scene.w - x - w, scene.h - y - h, w, h),
            Turn::ThreeQuarters => Rect::new(scene.w - y - h, x, h, w),
        }
    }

    /// Copies `part` of a canvas to `at` of the scene, in a buffer of the output's size.
    pub fn copy(&self, from: &Canvas, part: Rect, at: (i32, i32), out: &mut [u32]) {
        let part = part.meet(&from.area());
        let target = Rect::new(at.0, at.1, part.w, part.h).meet(&self.seen);
        if target.is_empty() {
            return;
        }
        // From a pixel of the scene to the same of the canvas.
        let (dx, dy) = (part.x - at.0, part.y - at.1);
        let row = |y: i32| from.row(y + dy, target.x + dx, target.right() + dx);
        match self.turn {
            Turn::None => {
                let start = self.start(target);
                for (line, y) in (target.y..target.bottom()).enumerate() {
                    let to = start + line * self.screen.w as usize;
                    out[to..to + target.w as usize].copy_from_slice(row(y));
                }
            }
            Turn::Half => {
                let start = self.start(target);
                for (line, y) in (target.y..target.bottom()).rev().enumerate() {
                    let to = start + line * self.screen.w as usize;
                    let pixels = out[to..to + target.w as usize].iter_mut();
                    pixels.zip(row(y).iter().rev()).for_each(|(to, from)| *to = *from);
                }
            }
            Turn::Quarter | Turn::ThreeQuarters => {
                for top in (target.y..target.bottom()).step_by(BLOCK as usize) {
                    let block =
                        Rect::edges(target.x, top, target.right(), (top + BLOCK).min(target.bottom()));
                    self.copy_sideways(block, row, out);
                }
            }
        }
    }

    /// A few rows of the scene become a few columns of the output.
    fn copy_sideways<'a>(&self, block: Rect, row: impl Fn(i32) -> &'a [u32], out: &mut [u32]) {
        let rows: Vec<&[u32]> = match self.turn {
            Turn::Quarter => (block.y..block.bottom()).rev().map(row).collect(),
            _ => (block.y..block.bottom()).map(row).collect(),
        };
        let start = self.start(block);
        for line in 0..block.w as usize {
            let x = if self.turn == Turn::Quarter { line } else { block.w as usize - 1 - line };
            let to = start + line * self.screen.w as usize;
            for (pixel, row) in out[to..to + rows.len()].iter_mut().zip(&rows) {
                *pixel = row[x];
            }
        }
    }

    /// Fills a rectangle of the scene, in a buffer of the output's size.
    pub fn fill(&self, rect: Rect, pixel: u32, out: &mut [u32]) {
        let target = self.place(rect);
        if target.is_empty() {
            return;
        }
        for y in target.y..target.bottom() {
            let start = y as usize * self.screen.w as usize;
            out[start + target.x as usize..start + target.right() as usize].fill(pixel);
        }
    }

    /// Index in the output's buffer of the top left of a rectangle of the scene.
    fn start(&self, rect: Rect) -> usize {
        let at = self.place_whole(rect);
        at.y as usize * self.screen.w as usize + at.x as usize
    }
}

/// The part of the output that the picture has. Where the configuration leaves it nothing, it has all: a wrong
/// picture tells a technician more than a black one.
fn area(part: Part, screen: Rect) -> Rect {
    let side = |length: u32| length.min(1 << 15) as i32;
    let area = match part {
        Part::Whole => screen,
        Part::InsetPercent(percent) => {
            let inset = |length: i32| (f64::from(length) * percent / 100.0).round() as i32;
            let (x, y) = (inset(screen.w), inset(screen.h));
            Rect::edges(x, y, screen.w - x, screen.h - y)
        }
        Part::InsetPixels([top, right, bottom, left]) => {
            Rect::edges(side(left), side(top), screen.w - side(right), screen.h - side(bottom))
        }
        Part::Region(region) => {
            Rect::new(side(region.x), side(region.y), side(region.width), side(region.height))
        }
    };
    if area.meet(&screen).is_empty() { screen } else { area }
}

/// The size in pixels that scenes are to be laid out for on an output of this size.
pub fn scene_size(geometry: &Geometry, size: (u32, u32)) -> (u32, u32) {
    let scene = Output::new(geometry, size).scene();
    (scene.w as u32, scene.h as u32)
}

/// What of the configured geometry does not suit an output of this size.
pub fn misfit(geometry: &Geometry, written: Option<&str>, size: (u32, u32)) -> Option<Problem> {
    let (width, height) = size;
    match geometry.part {
        Part::Region(region) if !region.lies_in(size) => {
            let shown = region.to_string();
            Some(Problem::new(
                written.unwrap_or("[display] region"),
                say!(en: "`{shown}` does not lie in the output, which has {width}x{height} pixels: what is outside is not seen",
                     vi: "`{shown}` không nằm gọn trong màn hình {width}x{height} điểm ảnh: phần ở ngoài không hiện được"),
                say!(en: "make the output larger in the system's settings, or write the region that the sender card takes",
                     vi: "hãy tăng độ phân giải đầu ra của máy, hoặc ghi đúng vùng mà card phát LED lấy"),
            ))
        }
        Part::InsetPixels([top, right, bottom, left])
            if u64::from(left) + u64::from(right) >= u64::from(width)
                || u64::from(top) + u64::from(bottom) >= u64::from(height) =>
        {
            Some(Problem::new(
                written.unwrap_or("[display] overscan"),
                say!(en: "it leaves nothing of an output of {width}x{height} pixels; the whole output is used",
                     vi: "không còn chỗ trên màn hình {width}x{height} điểm ảnh; tạm dùng cả màn hình"),
                say!(en: "write fewer pixels, or per cent such as 2.5", vi: "hãy ghi ít điểm ảnh hơn, hoặc phần trăm như 2.5"),
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Colour;
    use crate::model::display::Region;
    use proptest::prelude::*;

    fn any_geometry() -> impl Strategy<Value = Geometry> {
        let turn =
            prop_oneof![Just(Turn::None), Just(Turn::Quarter), Just(Turn::Half), Just(Turn::ThreeQuarters)];
        let region = (1u32..60, 1u32..60, 0u32..60, 0u32..60);
        let part = prop_oneof![
            Just(Part::Whole),
            (0.0..30.0f64).prop_map(Part::InsetPercent),
            [0u32..30, 0u32..30, 0u32..30, 0u32..30].prop_map(Part::InsetPixels),
            region.prop_map(|(width, height, x, y)| Part::Region(Region { width, height, x, y })),
        ];
        (turn, part).prop_map(|(turn, part)| Geometry { turn, part })
    }

    /// Every pixel another.
    fn numbered(width: i32, height: i32) -> Canvas {
        let mut canvas = Canvas::new(width, height, Colour::BLACK);
        canvas.pixels.iter_mut().zip(1..).for_each(|(pixel, number)| *pixel = number);
        canvas
    }

    proptest! {
        #[test]
        fn every_pixel_of_the_scene_lands_on_one_pixel_of_the_output_and_comes_back(
            geometry in any_geometry(), width in 1u32..50, height in 1u32..50,
        ) {
            let output = Output::new(&geometry, (width, height));
            let scene = output.scene();
            let canvas = numbered(scene.w, scene.h);
            let mut out = vec![0; (width * height) as usize];
            output.copy(&canvas, canvas.area(), (0, 0), &mut out);
            let mut landed = 0;
            for y in 0..scene.h {
                for x in 0..scene.w {
                    let at = output.place_whole(Rect::new(x, y, 1, 1));
                    prop_assert_eq!((at.w, at.h), (1, 1));
                    prop_assert_eq!(output.back(at), Rect::new(x, y, 1, 1));
                    if output.screen().contains(&at) {
                        let number = out[(at.y * width as i32 + at.x) as usize];
                        prop_assert_eq!(number, canvas.row(y, x, x + 1)[0]);
                        landed += 1;
                    }
                }
            }
            prop_assert_eq!(out.iter().filter(|pixel| **pixel != 0).count(), landed);
            prop_assert_eq!(landed as i32, output.seen.w * output.seen.h);
        }

        #[test]
        fn a_part_lands_where_the_whole_puts_it(
            geometry in any_geometry(), width in 1u32..50, height in 1u32..50,
            x in -9i32..50, y in -9i32..50, w in 0i32..50, h in 0i32..50,
        ) {
            let output = Output::new(&geometry, (width, height));
            let scene = output.scene();
            let canvas = numbered(scene.w, scene.h);
            let part = Rect::new(x, y, w, h).meet(&canvas.area());
            let (mut whole, mut parts) = (vec![0; (width * height) as usize], vec![0; (width * height) as usize]);
            output.copy(&canvas, canvas.area(), (0, 0), &mut whole);
            output.copy(&canvas, part, (part.x, part.y), &mut parts);
            let placed = output.place(part);
            for at in 0..whole.len() {
                let pixel = Rect::new(at as i32 % width as i32, at as i32 / width as i32, 1, 1);
                let expected = if placed.contains(&pixel) { whole[at] } else { 0 };
                prop_assert_eq!(parts[at], expected);
            }
            output.fill(part, 0, &mut whole);
            prop_assert_eq!(whole.iter().zip(&parts).filter(|(a, b)| **a != 0 && **b != 0).count(), 0);
        }
    }

    #[test]
    fn a_lying_output_turned_by_a_quarter_is_a_standing_scene() {
        let turned = |turn| Geometry { turn, part: Part::Whole };
        assert_eq!(scene_size(&turned(Turn::Quarter), (1920, 1080)), (1080, 1920));
        let output = Output::new(&turned(Turn::Quarter), (1920, 1080));
        // The scene's top left is at the output's top right.
        assert_eq!(output.place(Rect::new(0, 0, 10, 20)), Rect::new(1900, 0, 20, 10));
        let output = Output::new(&turned(Turn::ThreeQuarters), (1920, 1080));
        assert_eq!(output.place(Rect::new(0, 0, 10, 20)), Rect::new(0, 1070, 20, 10));
    }

    #[test]
    fn what_does_not_suit_the_output_is_named_and_never_leaves_it_black() {
        let region = |width, height, x, y| Geometry {
            part: Part::Region(Region { width, height, x, y }),
            ..Geometry::default()
        };
        assert_eq!(misfit(&region(192, 32, 0, 0), None, (192, 32)), None);
        let clipped = misfit(&region(192, 32, 100, 0), Some("cong.toml:8"), (192, 32)).unwrap();
        assert!(clipped.why.en.contains("192x32+100+0"), "{clipped}");
        assert_eq!(scene_size(&region(192, 32, 100, 0), (192, 32)), (192, 32));
        assert_eq!(scene_size(&region(192, 32, 5000, 0), (640, 360)), (640, 360));
        let inset = Geometry { part: Part::InsetPixels([9, 400, 9, 400]), ..Geometry::default() };
        assert!(misfit(&inset, None, (640, 360)).is_some());
        assert_eq!(scene_size(&inset, (640, 360)), (640, 360));
        assert!(misfit(&region(u32::MAX, u32::MAX, u32::MAX, u32::MAX), None, (640, 360)).is_some());
    }
}
