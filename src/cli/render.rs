//! `bangtin render`: the picture that a board would show at a moment, from an unpublished folder. The same
//! timetable, layout and drawing as on the board.

use super::feed::read_folder;
use super::{Render, report};
use crate::board::control::png;
use crate::clock;
use crate::layout::{Availability, Composer, Fonts, Look, View};
use crate::media::{Clip, ClipState, Decoder, Fit, Wish, picture};
use crate::model::alert::Alerts;
use crate::model::board::{Board, LookSource, Theme};
use crate::model::feed::{FeedContent, FeedState, Rights};
use crate::model::media::{Media, Picture, Sha256};
use crate::model::plan::{Main, Plan};
use crate::model::time::Moment;
use crate::problem::Problem;
use crate::programme::Timetable;
use crate::publish::folder::Checked;
use crate::say;
use crate::stage::{self, Film, Show};
use crate::store::Asset;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub fn run(asked: &Render) -> Result<(), Vec<Problem>> {
    let checked = read_folder(&asked.folder, clock::system())?;
    let one = |problem| vec![problem];
    let zone = TimeZone::get(&checked.programme.timezone).unwrap_or(TimeZone::UTC);
    let at = match &asked.at {
        None => clock::system(),
        Some(text) => moment(text, &zone).map_err(one)?,
    };
    let theme = if asked.theme == "night" { Theme::Night } else { Theme::Day };
    let look = look(&asked.look)?;
    let picture = draw(&checked, at, asked.size, (theme, &look)).map_err(one)?;
    let bytes = png(&picture).map_err(|error| one(report::file_problem(&asked.out, &error)))?;
    crate::disk::write_for_person(&asked.out, &bytes).map_err(one)
}

fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
    let refused = |error: &dyn std::fmt::Display| {
        Problem::new(
            "--at",
            say!(en: "not a moment ({error})", vi: "không phải thời điểm ({error})"),
            say!(en: "write it like 2026-11-24T07:30:00+07:00", vi: "hãy viết như 2026-11-24T07:30:00+07:00"),
        )
    };
    let moment: Moment = text.parse().map_err(|error| refused(&error))?;
    moment.in_zone(zone).map_err(|error| refused(&error))
}

/// The look asked for. Unlike a board, a preview refuses one with a mistake: somebody is there to mend it.
fn look(word: &str) -> Result<Look, Vec<Problem>> {
    let source = LookSource::from_word(word, Path::new("")).ok_or_else(|| {
        let names = LookSource::NAMES.join(", ");
        let why =
            say!(en: "there is no look called `{word}`", vi: "không có giao diện tên `{word}`", word = word);
        let remedy = say!(
            en: "write one of {names}, or the path of a .toml file",
            vi: "hãy viết một trong {names}, hoặc đường dẫn tới một tệp .toml",
            names = names
        );
        vec![Problem::new("--look", why, remedy)]
    })?;
    Look::load(&source)
}

/// What a board with a believed clock and all files at hand shows.
fn draw(
    checked: &Checked,
    at: Timestamp,
    size: (u32, u32),
    (theme, look): (Theme, &Look),
) -> Result<Picture, Problem> {
    let board = Board { name: "preview".into(), tags: Vec::new(), viewing_distance_m: 10.0 };
    let content = FeedContent {
        name: "preview".into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: Some(at),
        programme: Arc::new(checked.programme.clone()),
        alerts: Arc::new(Alerts::default()),
    };
    let plan = Timetable::new(vec![content], &board).on_air(at, true);
    let files: HashMap<Sha256, &Path> =
        checked.files.iter().map(|file| (file.media.sha256, file.source.as_path())).collect();
    let decoder = Decoder::this_program();
    let open =
        |media: &Media| files.get(&media.sha256).map(|path| Asset::from_author_folder(path)).transpose();

    let mut pictures = HashMap::new();
    let image = match &plan.main {
        Main::Notice(slot) => slot.notice.image.as_ref(),
        _ => None,
    };
    for media in plan.emblem.iter().chain(image) {
        if let Some(asset) = open(media)? {
            let side = size.0.max(size.1);
            pictures.insert(media.sha256, Arc::new(picture(&decoder, &asset, (side, side))?));
        }
    }
    let (fonts, lacking) = Fonts::load(&super::play::font_folders());
    lacking.iter().for_each(report::warning);
    let fonts = Arc::new(fonts);
    let known = |media: &Media| match pictures.get(&media.sha256) {
        Some(picture) => Availability::Ready(picture.width, picture.height),
        None => match (media.width, media.height) {
            (Some(width), Some(height)) => Availability::Ready(width, height),
            _ => Availability::Broken,
        },
    };
    let zone = TimeZone::get(&plan.timezone).unwrap_or(TimeZone::UTC);
    let view = View {
        plan: &plan,
        board: &board,
        now: at.to_zoned(zone),
        clock_trusted: true,
        size,
        theme,
        look,
        network: "",
        media: &known,
    };
    let scene = Composer::new(fonts.clone()).compose(&view).scene;
    let film = film_at(&plan, at, &decoder, open)?.map(|film| Arc::new(film) as Arc<dyn Film>);
    let show = Show { scene: Arc::new(scene), pictures, film, at: (at, clock::instant()) };
    Ok(stage::draw_still(show, fonts))
}

/// The film that runs at `at`, standing at its picture of that moment.
fn film_at(
    plan: &Plan,
    at: Timestamp,
    decoder: &Decoder,
    open: impl Fn(&Media) -> Result<Option<Asset>, Problem>,
) -> Result<Option<crate::board::OnStage>, Problem> {
    let Main::Notice(slot) = &plan.main else { return Ok(None) };
    let Some(media) = &slot.notice.video else { return Ok(None) };
    let Some(asset) = open(media)? else { return Ok(None) };
    let since = at.duration_since(slot.start);
    let wish = Wish {
        picture: Some(Fit::Native { side_max: crate::limits::TEXTURE_SIDE_MAX }),
        start_us: i64::try_from(since.as_micros()).unwrap_or(0),
        sound_rate: 0,
        threads: 2,
    };
    let clip = Arc::new(Clip::open(decoder.clone(), asset, wish, || ()));
    let deadline = clock::instant() + Duration::from_secs(20);
    while clip.state() == ClipState::Opening && clock::instant() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    match clip.state() {
        ClipState::Failed(problem) => Err(problem),
        _ => Ok(Some(crate::board::OnStage(clip))),
    }
}
