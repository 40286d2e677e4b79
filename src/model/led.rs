//! What an LED wall makes of a picture, and how its picture is made for it.

/// How colours are made to suit a panel. The default changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    /// Exponent put on every channel: 1 for a wall whose sender card corrects by itself, about 2.2 for one whose
    /// light is proportional to what it is sent.
    pub gamma: f64,
    /// What is sent for white, so that the wall shows white: red, green, blue.
    pub white: [u8; 3],
    pub power: Option<Power>,
}

/// How much a wall may draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    /// Most that its supply may give, in watts.
    pub watts_max: f64,
    /// What it draws when all of it is white at full brightness, in watts.
    pub watts_white: f64,
}

/// Of the light that a panel can give, in thousandths.
pub type Permille = u16;

/// All of a panel's light.
pub const FULL: Permille = 1000;

impl Default for Panel {
    fn default() -> Panel {
        Panel { gamma: 1.0, white: [255; 3], power: None }
    }
}
