//! `bangtin play`: the board, from its configuration or from the command line alone.

use super::{Play, configuration, typed};
use crate::board::{self, Display, Options, WindowKind};
use crate::config::{Config, FeedConfig, Present, ThemeChoice};
use crate::layout::Fonts;
use crate::media::Decoder;
use crate::problem::Problem;
use crate::say;
use std::path::PathBuf;

/// Seconds between polls of a feed that is named on the command line.
const POLL_SECONDS: u32 = 60;

pub fn run(play: Play) -> Result<(), Vec<Problem>> {
    log_to_stderr();
    let named = [(&play.config, "board.toml"), (&play.root, "root.json")];
    let files = named.iter().try_for_each(|(path, name)| typed::is_file(path.as_deref(), name));
    files
        .and_then(|()| play.feed.as_deref().map_or(Ok(()), typed::address))
        .map_err(|problem| vec![problem])?;
    let config = configure(&play)?;
    let window = config.display.size.filter(|_| !config.display.fullscreen);
    let display = match (play.headless, play.windowed, window) {
        (Some((width, height)), ..) => Display::Headless(width, height),
        (None, Some((width, height)), _) | (None, None, Some((width, height))) => {
            Display::Window(WindowKind::Windowed(width, height))
        }
        (None, None, None) => Display::Window(WindowKind::FullScreen),
    };
    if matches!(display, Display::Window(_)) && !has_display() {
        return Err(vec![Problem::new(
            "display",
            say!(en: "there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set",
                 vi: "không có màn hình: chưa đặt WAYLAND_DISPLAY hay DISPLAY"),
            say!(en: "run it in a desktop session or under cage, or use --headless 1920x1080",
                 vi: "hãy chạy trong màn hình nền hoặc dưới cage, hoặc dùng --headless 1920x1080"),
        )]);
    }
    let options = Options { config, display, decoder: Decoder::this_program(), font_folders: font_folders() };
    let ran = if play.pattern { board::run_pattern(options) } else { board::run(options) };
    ran.map_err(|problem| vec![problem])
}

pub fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// The fonts of the source tree that the program was built in, wherever it is called from; then the usual places.
pub fn font_folders() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|program| program.ancestors().skip(1).take(3));
    above.map(|folder| folder.join("fonts")).chain(Fonts::standard_folders()).collect()
}

fn configure(play: &Play) -> Result<Config, Vec<Problem>> {
    let mut config = match (&play.config, &play.feed, &play.root) {
        (Some(path), ..) => configuration(path)?,
        (None, Some(url), Some(root)) => {
            let feed = FeedConfig {
                name: "feed".into(),
                url: url.clone(),
                root: root.clone(),
                poll_seconds: POLL_SECONDS,
                may_interrupt: true,
            };
            Config { feeds: vec![feed], ..Config::default() }
        }
        _ if play.pattern => Config::default(),
        _ => {
            return Err(vec![Problem::new(
                "bangtin play",
                say!(en: "it has not been told what to show", vi: "chưa biết phải hiển thị gì"),
                say!(en: "give --config board.toml, or --feed URL --root FILE --state DIR",
                     vi: "hãy dùng --config board.toml, hoặc --feed URL --root FILE --state DIR"),
            )]);
        }
    };
    if let Some(state) = &play.state {
        config.state = state.clone();
    }
    if let Some(present) = &play.present {
        config.display.present = match present.as_str() {
            "gpu" => Present::Gpu,
            "shm" => Present::Shm,
            _ => Present::Auto,
        };
    }
    if let Some(theme) = &play.theme {
        config.display.theme = match theme.as_str() {
            "day" => ThemeChoice::Day,
            "night" => ThemeChoice::Night,
            _ => ThemeChoice::Auto,
        };
    }
    if let Some(poll) = play.poll {
        config.feeds.iter_mut().for_each(|feed| feed.poll_seconds = poll);
    }
    config.clock.has_rtc |= play.has_rtc;
    Ok(config)
}

/// For journald: no colour, no time of its own. A board at rest logs nothing.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BANGTIN_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(format!("bangtin=info,warn,{}", board::WINDOW_LOGGED))
    });
    // A second call, in a test, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
}
