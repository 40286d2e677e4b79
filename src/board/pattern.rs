//! `bangtin play --pattern`: the test picture on the board's own output, until it is told to end. No feed, no state.

use super::event::{Event, WindowEvent};
use super::{Display, Options, present_mode, setup, terminate_on_signal, thread_problem, window};
use crate::clock;
use crate::config::Config;
use crate::layout::{Fonts, Pattern, Scene, pattern};
use crate::model::led::FULL;
use crate::problem::Outcome;
use crate::stage::{Show, Stage, misfit, scene_size};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Shows it.
///
/// # Errors
/// What makes showing anything impossible.
pub fn run(options: Options) -> Outcome<()> {
    let (events, inbox) = channel();
    terminate_on_signal(&events);
    let (fonts, problems) = Fonts::load(&options.font_folders);
    let fonts = Arc::new(fonts);
    problems.iter().for_each(|problem| tracing::warn!("{problem}"));
    let config = options.config;
    match options.display {
        Display::Headless(width, height) => {
            let stage = Stage::headless(width, height, setup(&config), fonts.clone())?;
            serve(&stage, &config, &fonts, (width, height), &inbox);
            Ok(())
        }
        Display::Window(kind) => {
            let title = config.board.name.clone();
            window::run(kind, title, events, |window, waker| {
                let size = window.inner_size();
                let mode = present_mode(&config);
                let stage = Stage::window(window, mode, setup(&config), fonts.clone())?;
                let body = move || {
                    serve(&stage, &config, &fonts, (size.width, size.height), &inbox);
                    waker.close();
                };
                let spawned = std::thread::Builder::new().name("board".into()).spawn(body);
                spawned.map(drop).map_err(|error| thread_problem(&error))
            })
        }
    }
}

/// The picture for an output of this size.
pub fn scene(config: &Config, output: (u32, u32), fonts: Arc<Fonts>) -> Scene {
    let geometry = config.display.geometry;
    let asked = Pattern {
        name: &config.board.name,
        size: scene_size(&geometry, output),
        output,
        geometry,
        viewing_distance_m: config.board.viewing_distance_m,
    };
    pattern(&asked, fonts)
}

fn serve(stage: &Stage, config: &Config, fonts: &Arc<Fonts>, size: (u32, u32), inbox: &Receiver<Event>) {
    let show = |size: (u32, u32)| {
        if let Some(problem) =
            misfit(&config.display.geometry, config.display.geometry_written.as_deref(), size)
        {
            tracing::warn!("{problem}");
        }
        let scene = Arc::new(scene(config, size, fonts.clone()));
        let at = (clock::system(), clock::instant());
        stage.show(Show { scene, pictures: HashMap::new(), film: None, brightness: FULL, at });
    };
    show(size);
    while let Ok(event) = inbox.recv() {
        match event {
            Event::Window(WindowEvent::Resized(width, height)) => {
                let size = (width.max(1), height.max(1));
                stage.resized(size.0, size.1);
                show(size);
            }
            Event::Window(WindowEvent::Exposed) => stage.exposed(),
            Event::Window(WindowEvent::Closed) | Event::Terminate => return,
            _ => {}
        }
    }
}
