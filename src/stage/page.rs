//! The page's pixels, as they are shown: painted where they changed, and finished for the panel.
//!
//! Where the panel asks for something, the page is kept as drawn too: a new brightness is then a pass over the
//! pixels, and how much light a picture has is known before it is dimmed.

use super::Show;
use super::canvas::{Canvas, opaque};
use super::finish::{Finish, Light, Table, level, watts};
use super::glyphs::Glyphs;
use crate::layout::{Colour, Draw, Rect, TickerBand};
use crate::model::led::{FULL, Panel};

/// The most of a ticker's band that letters ever light: measured, 0.26 for a line of Ẫ on a wall, 0.18 for a sentence.
const TICKER_COVER: f64 = 0.3;
/// A level that the wall's supply forces is rounded down to this, so that a clock's digit does not dim the page anew.
const LEVEL_STEP: f64 = 0.01;

pub struct Page {
    panel: Panel,
    /// What is shown.
    pub shown: Canvas,
    /// As it was drawn; kept only while there is a finish to put on it.
    drawn: Option<Canvas>,
    finish: Finish,
    table: Option<Table>,
    /// Watts of the page and the ticker, where the wall's power is limited.
    watts: f64,
}

impl Page {
    pub fn new(panel: Panel) -> Page {
        let shown = Canvas::new(0, 0, Colour::BLACK);
        Page { panel, shown, drawn: None, finish: Finish::NONE, table: None, watts: 0.0 }
    }

    /// What must be put on everything else that shows beside the page; `None` is nothing.
    pub fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// Paints `damage` of a show; returns what changed, which may be all of it.
    pub fn paint(&mut self, show: &Show, damage: Rect, glyphs: &mut Glyphs) -> Rect {
        let area = show.scene.area();
        let (scene, pictures) = (&show.scene, &show.pictures);
        let mut damage = damage;
        if self.shown.area() != area {
            self.shown = Canvas::new(area.w, area.h, scene.ground);
            self.drawn = None;
            damage = area;
        }
        if self.panel == Panel::default() && show.brightness >= FULL {
            if self.drawn.take().is_some() {
                (self.finish, self.table, damage) = (Finish::NONE, None, area);
            }
            self.shown.paint(scene.ground, &scene.draws, damage, pictures, glyphs);
            return damage;
        }
        let fresh = self.drawn.is_none();
        let drawn = self.drawn.get_or_insert_with(|| Canvas::new(area.w, area.h, scene.ground));
        drawn.paint(scene.ground, &scene.draws, if fresh { area } else { damage }, pictures, glyphs);
        let pixels = f64::from(area.w) * f64::from(area.h);
        let finish = match self.panel.power {
            None => {
                Finish::new(&self.panel, level(&self.panel, show.brightness, Light::default(), 0.0, pixels))
            }
            Some(_) => {
                let light = Light::of(drawn.pixels.chunks(drawn.width.max(1) as usize));
                let light = scene.ticker.as_ref().map_or(light, |band| light.plus(ticker_light(band)));
                let asked = level(&self.panel, show.brightness, Light::default(), 0.0, pixels);
                let mut level = level(&self.panel, show.brightness, light, 0.0, pixels);
                if level < asked {
                    level = ((level / LEVEL_STEP).floor() * LEVEL_STEP).max(LEVEL_STEP / 10.0);
                }
                self.watts = watts(&self.panel, light, level, pixels);
                Finish::new(&self.panel, level)
            }
        };
        if fresh || finish != self.finish {
            damage = area;
            self.finish = finish;
            self.table = (!finish.is_none()).then(|| finish.table());
        }
        let damage = damage.meet(&area);
        for y in damage.y..damage.bottom() {
            let row = self.shown.row_mut(y, damage.x, damage.right());
            row.copy_from_slice(drawn.row(y, damage.x, damage.right()));
            if let Some(table) = &self.table {
                table.put(row);
            }
        }
        damage
    }

    /// What some of a show's draws look like in `rect`, in a canvas of its size.
    pub fn paint_part(&self, show: &Show, draws: &[Draw], rect: Rect, glyphs: &mut Glyphs) -> Canvas {
        let mut whole = Canvas::new(self.shown.width, self.shown.height, show.scene.ground);
        whole.paint(show.scene.ground, draws, rect, &show.pictures, glyphs);
        let mut part = whole.part(rect);
        if let Some(table) = &self.table {
            table.put(&mut part.pixels);
        }
        part
    }

    /// A pixel as it is shown.
    pub fn finished(&self, pixel: u32) -> u32 {
        let mut pixels = [pixel];
        if let Some(table) = &self.table {
            table.put(&mut pixels);
        }
        pixels[0]
    }

    /// What a film's picture of this light needs: what the page has, or less where the wall's supply has not enough
    /// left. `cover` is how many of the wall's pixels the film has.
    pub fn film_finish(&self, show: &Show, light: impl FnOnce() -> Light, cover: f64) -> Finish {
        if self.panel.power.is_none() {
            return self.finish;
        }
        let area = self.shown.area();
        let Light(mean) = light();
        let light = Light(mean.map(|mean| mean * cover));
        let pixels = f64::from(area.w) * f64::from(area.h);
        Finish::new(&self.panel, level(&self.panel, show.brightness, light, self.watts, pixels))
    }
}

fn ticker_light(band: &TickerBand) -> Light {
    let of = |colour: Colour| Light::of([[opaque(colour)].as_slice()].into_iter());
    let brightest = |a: &Light, b: &Light| a.0.iter().sum::<f64>().total_cmp(&b.0.iter().sum::<f64>());
    let ink = band.lines.iter().map(|line| of(line.colour)).max_by(brightest).unwrap_or_default();
    let (ground, pixels) = (of(band.ground), f64::from(band.rect.w) * f64::from(band.rect.h));
    Light([0, 1, 2].map(|at| pixels * (TICKER_COVER * ink.0[at] + (1.0 - TICKER_COVER) * ground.0[at])))
}
