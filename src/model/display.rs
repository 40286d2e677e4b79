//! How a board's picture lies on its output: turned, inset for what a screen hides, or cut out for an LED wall.

/// Clockwise by how much the picture stands turned on the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Turn {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Turn {
    /// Whether width and height change places.
    pub fn is_sideways(self) -> bool {
        matches!(self, Turn::Quarter | Turn::ThreeQuarters)
    }
}

/// Which part of the output shows the picture; what is left over is black.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Part {
    #[default]
    Whole,
    /// Per cent of the width at the left and right, and of the height at the top and bottom, that the
    /// screen hides.
    InsetPercent(f64),
    /// Pixels hidden at the top, right, bottom and left.
    InsetPixels([u32; 4]),
    /// What an LED wall's sender card takes.
    Region(Region),
}

/// A rectangle of the output in pixels, written `192x32+0+0` as X geometries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    pub width: u32,
    pub height: u32,
    pub x: u32,
    pub y: u32,
}

impl Region {
    /// Nothing of it lies outside an output of this width and height.
    pub fn lies_in(self, (width, height): (u32, u32)) -> bool {
        let ends =
            |from: u32, length: u32, side: u32| from.checked_add(length).is_some_and(|end| end <= side);
        ends(self.x, self.width, width) && ends(self.y, self.height, height)
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}+{}+{}", self.width, self.height, self.x, self.y)
    }
}

/// Turn and part together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Geometry {
    pub turn: Turn,
    pub part: Part,
}
