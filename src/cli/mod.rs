//! The command line: what was typed, and what is done about it. Exit code 0 is success; 1 a failure that
//! stderr explains; 2 a wrong command line.

mod demo;
mod doctor;
mod feed;
mod going;
mod misused;
mod one_notice;
mod outlook;
mod pattern;
mod play;
mod render;
mod report;
mod running;
mod seen;
mod serve;
mod story;
mod typed;

use crate::config::{self, Config};
use crate::problem::{Problem, Speech};
use crate::say;
use clap::{Args, Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(
    name = "bangtin",
    version,
    about = "A public notice board that shows only what was signed, and stays on air"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything at once, from nothing: a feed, a server, a board
    Demo(Demo),
    /// Make and keep up a signed feed
    #[command(subcommand)]
    Feed(Feed),
    /// The board
    Play(Play),
    /// What a running board is doing
    Status(Status),
    /// A picture of what a running board shows now
    Screenshot(Screenshot),
    /// A picture of what a programme folder would show at a moment
    Render(Render),
    /// A test picture for setting up a screen or an LED wall
    Pattern(Pattern),
    /// Is this machine fit for a board, and what to do where it is not
    Doctor(Doctor),
    /// Decodes one media file for the player that started it
    #[command(hide = true)]
    Decode,
    /// The JSON Schema of programme.toml
    Schema,
}

#[derive(Debug, Args)]
struct Demo {
    /// Play through the story, check every step and end (also what happens with no display)
    #[arg(long)]
    story: bool,
    /// Where the feed, the state and the screenshots go
    #[arg(long, default_value = "demo-out")]
    out: PathBuf,
    /// The programme folder to show
    #[arg(long, default_value = "config/demo")]
    folder: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Feed {
    /// A new signed feed, its keys in SITE.keys
    Init {
        site: PathBuf,
        /// How many signatures a programme needs
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2))]
        threshold: u32,
        /// Shown until a programme is published
        #[arg(long, default_value = "Bảng tin")]
        title: String,
    },
    /// Check a programme folder, and sign it into SITE
    Publish {
        site: PathBuf,
        folder: PathBuf,
        /// Convert texts that were typed for fonts of the old codes TCVN3 (ABC) and VNI
        #[arg(long)]
        convert: bool,
        /// Make films and sounds fit that are too large, above a small board's means, or much louder or quieter than the
        /// others, with this machine's ffmpeg. The files themselves stay as they are
        #[arg(long)]
        transcode: bool,
        /// Then fetch it from this address as a board would, and say whether boards can have it
        #[arg(long, value_name = "URL")]
        check: Option<String>,
        /// A size of boards that the programme is looked at for: many pages, pictures that are cut. May be given several times
        #[arg(long = "preview-size", value_name = "WxH", value_parser = size)]
        preview_sizes: Vec<(u32, u32)>,
        /// Publish although the folder has nothing, and all that is on air goes off
        #[arg(long)]
        empty: bool,
        /// Sign although the clock and the feed's last signature are far apart
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Put a warning on air or take one off; or replace all of them by those of an alerts.json
    Alert {
        site: PathBuf,
        /// All warnings: those that are not in it are withdrawn
        #[arg(conflicts_with_all = ONE_ALERT, required_unless_present_any = ["cancel", "update", "hazard"])]
        alerts: Option<PathBuf>,
        #[command(flatten)]
        one: Box<OneAlert>,
        /// Make what is spoken as loud as it should be, with this machine's ffmpeg. The files themselves stay as they are
        #[arg(long)]
        transcode: bool,
        /// Sign although the clock and the feed's last signature are far apart
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Renew the timestamp and the snapshot
    Refresh {
        site: PathBuf,
        /// Sign although the clock and the feed's last signature are far apart
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Verify a feed as a board would, and say what it holds
    Check {
        /// An address or a folder
        url: String,
        /// The root.json that boards are given
        #[arg(long)]
        root: PathBuf,
    },
}

/// The options of [`OneAlert`]: with a file, none of them would count, and a drill would go on air as the real thing.
const ONE_ALERT: [&str; 12] = [
    "hazard", "level", "event", "area", "actions", "audio", "until", "from", "issuer", "exercise", "update",
    "cancel",
];

/// One warning beside the others in force.
#[derive(Debug, Args)]
struct OneAlert {
    /// What threatens, in Vietnamese or English: lu-quet or flash-flood, lu, sat-lo, bao, mua-da, ret-hai, chay, xa-lu,
    /// dich-benh, canh-bao
    #[arg(long)]
    hazard: Option<String>,
    /// 1 to 5, as Decision 18/2021/QĐ-TTg has them
    #[arg(long)]
    level: Option<u8>,
    /// The headline, if not the hazard's own name: "Lũ quét"
    #[arg(long, value_name = "WORDS")]
    event: Option<String>,
    /// Where
    #[arg(long, value_name = "WORDS")]
    area: Option<String>,
    /// What to do; up to four times
    #[arg(long = "action", value_name = "WORDS")]
    actions: Vec<String>,
    /// What is spoken after the siren: a sound file, two minutes at most
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,
    /// Until when: 18:00 or 18h, the next; 2026-12-05T07:00; or +6h, from now. Six hours if absent
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// From when, if not from now on
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Who warns; the last warning's, or the programme's title, if absent
    #[arg(long, value_name = "WORDS")]
    issuer: Option<String>,
    /// It is a drill
    #[arg(long)]
    exercise: bool,
    /// It takes the place of this one; what is not said stays as it was
    #[arg(long, value_name = "ID")]
    update: Option<String>,
    /// Take this one off the boards
    #[arg(long, value_name = "ID", conflicts_with_all = ["hazard", "level", "event", "area", "actions", "audio", "until", "from", "issuer", "exercise", "update"])]
    cancel: Option<String>,
}

#[derive(Debug, Args)]
struct Play {
    /// The board's configuration
    #[arg(long, conflicts_with_all = ["feed", "root"])]
    config: Option<PathBuf>,
    /// A feed's address (http, https) or folder
    #[arg(long, requires = "root")]
    feed: Option<String>,
    /// The feed's root.json, brought here by hand
    #[arg(long, requires = "feed")]
    root: Option<PathBuf>,
    /// Where the board keeps what it has
    #[arg(long)]
    state: Option<PathBuf>,
    /// In a window of this size instead of the full screen
    #[arg(long, value_name = "WxH", value_parser = size, conflicts_with = "headless")]
    windowed: Option<(u32, u32)>,
    /// With no display at all
    #[arg(long, value_name = "WxH", value_parser = size)]
    headless: Option<(u32, u32)>,
    /// How frames reach the screen
    #[arg(long, value_parser = ["auto", "gpu", "shm"])]
    present: Option<String>,
    /// Light colours, dark ones, or by the time of day
    #[arg(long, value_parser = ["auto", "day", "night"])]
    theme: Option<String>,
    /// The test picture instead of a feed
    #[arg(long, conflicts_with = "feed")]
    pattern: bool,
    /// Seconds between polls, instead of the configuration's; under 5 only to try things out
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    poll: Option<u32>,
    /// This machine has a clock chip: believe its clock without a time server
    #[arg(long)]
    has_rtc: bool,
}

#[derive(Debug, Args)]
struct Status {
    /// Where the board keeps what it has; if absent, as /etc/bangtin/board.toml says, or of the only board that runs
    #[arg(long)]
    state: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Doctor {
    /// The board's configuration; /etc/bangtin/board.toml if absent
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the board keeps what it has, if not where its configuration says
    #[arg(long)]
    state: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Screenshot {
    /// Where the board keeps what it has; if absent, as /etc/bangtin/board.toml says, or of the only board that runs
    #[arg(long)]
    state: Option<PathBuf>,
    /// A .png file
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct Render {
    folder: PathBuf,
    /// With films and sounds as `feed publish --transcode` makes them
    #[arg(long)]
    transcode: bool,
    /// With the warnings of this alerts.json in force
    #[arg(long, value_name = "ALERTS.JSON")]
    alerts: Option<PathBuf>,
    /// A moment: 2026-11-24T07:30:00+07:00, or 2026-11-24T07:30 in the programme's time zone; now if absent
    #[arg(long, conflicts_with_all = ["from", "to"])]
    at: Option<String>,
    /// Everything that shows from this moment on, once each, as a contact sheet
    #[arg(long, requires = "to")]
    from: Option<String>,
    /// … until this moment
    #[arg(long, requires = "from")]
    to: Option<String>,
    /// This notice alone, all its pages as a contact sheet: its id, how that begins, or words of its title
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to", "alerts"])]
    notice: Option<String>,
    /// … at 1920x1080, 1080x1920, 1080x1080, 1280x720, 192x32 and 320x160, a file each: out-1920x1080.png …
    #[arg(long, requires = "notice", conflicts_with = "size")]
    all_sizes: bool,
    /// The output's size; if absent, that of BOARD.TOML's window, else 1920x1080
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// A .png file
    #[arg(long)]
    out: PathBuf,
    /// Light colours or dark ones; if absent, those of BOARD.TOML at that moment, else light ones
    #[arg(long, value_parser = ["day", "night"])]
    theme: Option<String>,
    /// As this board would: its tags and zones, viewing distance and pixel size, look and theme, rotation, overscan
    /// and region. A full screen's size is not in it: give --size. A contact sheet shows the pages upright, without
    /// what is black around them; [led] is left out
    #[arg(long, value_name = "BOARD.TOML")]
    config: Option<PathBuf>,
    /// Colours and sizes: cham, don-gian, or a .toml file
    #[arg(long)]
    look: Option<String>,
}

#[derive(Debug, Args)]
struct Pattern {
    /// The output's size
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "1920x1080")]
    size: (u32, u32),
    /// Take the board's name, viewing distance, rotation and region from here
    #[arg(long)]
    config: Option<PathBuf>,
    /// A .png file
    #[arg(long, default_value = "pattern.png")]
    out: PathBuf,
}

/// `1920x1080`, each side from 16 to 16384 pixels.
fn size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once(['x', '×']).and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match sides {
        Some((w, h)) if (16..=16_384).contains(&w) && (16..=16_384).contains(&h) => Ok((w, h)),
        _ => {
            let wanted = say!(
                en: "a size is written like 1920x1080, from 16 to 16384 pixels a side",
                vi: "hãy ghi như 1920x1080, mỗi cạnh từ 16 đến 16384 điểm ảnh"
            );
            Err(wanted.get(Speech::from_env()).to_owned())
        }
    }
}

/// A board's configuration; warnings go to standard error.
fn configuration(path: &Path) -> Result<Config, Vec<Problem>> {
    let config = config::load(path)?;
    report::warnings(&config.warnings);
    Ok(config)
}

/// Parses the command line and runs it.
pub fn run() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => {
            let (line, speech) = (typed::line(), Speech::from_env());
            let unknown = error.kind() == clap::error::ErrorKind::InvalidSubcommand;
            if let Some(problem) = unknown.then(|| typed::misplaced(&line)).flatten() {
                report::problems(&[problem]);
                return ExitCode::from(2);
            }
            match misused::in_vietnamese(&error, &line).filter(|_| speech == Speech::Vietnamese) {
                Some(said) => report::misuse(&said),
                // Printing to a closed pipe fails; there is nobody left to tell.
                None => _ = error.print(),
            }
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done: Result<(), Vec<Problem>> = match command {
        Command::Decode => return crate::media::child::run(),
        Command::Demo(demo) => demo::run(&demo),
        Command::Feed(feed) => feed::run(feed),
        Command::Play(play) => play::run(play),
        Command::Status(status) => seen::status(&status).map_err(|problem| vec![problem]),
        Command::Screenshot(screenshot) => seen::screenshot(&screenshot).map_err(|problem| vec![problem]),
        Command::Render(render) => render::run(&render),
        Command::Pattern(pattern) => pattern::run(&pattern),
        Command::Doctor(doctor) => doctor::run(&doctor),
        Command::Schema => {
            report::line(crate::publish::schema::schema_json().trim_end());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            report::problems(&problems);
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
        assert_eq!(size("1920x1080"), Ok((1920, 1080)));
        for bad in ["", "x", "0x0", "1920", "1920x", "99999x10", "-5x20"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
