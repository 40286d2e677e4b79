//! `bangtin pattern`: the test picture as a file, for installers to look at beforehand or to put on any player.

use super::{Pattern, configuration, play, report, typed};
use crate::board::control::png;
use crate::board::pattern_scene;
use crate::clock;
use crate::config::Config;
use crate::layout::Fonts;
use crate::model::led::FULL;
use crate::problem::Problem;
use crate::stage::{self, Setup, Show, misfit};
use std::collections::HashMap;
use std::sync::Arc;

pub fn run(asked: &Pattern) -> Result<(), Vec<Problem>> {
    crate::disk::png_name(&asked.out).map_err(|problem| vec![problem])?;
    typed::is_file(asked.config.as_deref(), "board.toml").map_err(|problem| vec![problem])?;
    let config = match &asked.config {
        Some(path) => configuration(path)?,
        None => Config::default(),
    };
    let geometry = config.display.geometry;
    report::warnings(misfit(&geometry, config.display.geometry_written.as_deref(), asked.size).as_slice());
    let (fonts, lacking) = Fonts::load(&play::font_folders());
    report::warnings(&lacking);
    let fonts = Arc::new(fonts);
    let scene = Arc::new(pattern_scene(&config, asked.size, fonts.clone()));
    let at = (clock::system(), clock::instant());
    let show = Show { scene, pictures: HashMap::new(), film: None, brightness: FULL, at };
    // As drawn: what a panel is sent is for that panel only.
    let setup = Setup { geometry, ..Setup::default() };
    let picture = stage::draw_still(show, &setup, asked.size, fonts);
    let bytes = png(&picture).map_err(|error| vec![report::file_problem(&asked.out, &error)])?;
    crate::disk::write_png_for_person(&asked.out, &bytes).map_err(|problem| vec![problem])
}
