//! `bangtin render`: the picture that a board would show at a moment, or everything that it would show in a span of
//! time, from an unpublished folder. The same timetable, layout and drawing as on the board.

use super::feed::read_folder;
use super::{Render, report};
use crate::board::control::png;
use crate::clock;
use crate::config;
use crate::layout::{Availability, Composed, Composer, Fonts, Look, RATE_MHZ, View, sheet, too_small};
use crate::media::{Clip, ClipState, Decoder, Fit, Wish, picture};
use crate::model::alert::Alerts;
use crate::model::board::{Board, LookSource, Theme};
use crate::model::feed::{FeedContent, FeedState, Rights};
use crate::model::led::FULL;
use crate::model::media::{Media, Picture, Sha256};
use crate::model::plan::{Main, Plan};
use crate::model::time::Moment;
use crate::problem::{Outcome, Problem};
use crate::programme::Timetable;
use crate::publish::folder::Checked;
use crate::say;
use crate::stage::{self, Film, Setup, Show};
use crate::store::Asset;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The longest span of a contact sheet.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Most pictures on a contact sheet: more are not looked at.
const TILES_MAX: usize = 400;

pub fn run(asked: &Render) -> Result<(), Vec<Problem>> {
    let checked = read_folder(&asked.folder, clock::system())?;
    let one = |problem| vec![problem];
    let zone = TimeZone::get(&checked.programme.timezone).unwrap_or(TimeZone::UTC);
    let at = |name, text: &str| moment(name, text, &zone).map_err(one);
    let span = match (&asked.from, &asked.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (at("--from", from)?, at("--to", to)?);
            check_span(from, to).map_err(one)?;
            Some((from, to))
        }
        _ => None,
    };
    let moment = asked.at.as_ref().map_or(Ok(clock::system()), |text| at("--at", text))?;
    // Checked as they would be on publishing at the moment that the picture is of.
    let alerts = alerts(asked, span.map_or(moment, |(_, to)| to))?;
    let mut preview = Preview::new(&checked, alerts, asked, zone.clone())?;
    let picture = match span {
        Some((from, to)) => preview.sheet(from, to).map_err(one)?,
        None => preview.draw(moment).map_err(one)?,
    };
    let bytes = png(&picture).map_err(|error| one(report::file_problem(&asked.out, &error)))?;
    crate::disk::write_png_for_person(&asked.out, &bytes).map_err(one)
}

/// The warnings of the file that was named.
fn alerts(asked: &Render, now: Timestamp) -> Result<Alerts, Vec<Problem>> {
    let Some(file) = &asked.alerts else { return Ok(Alerts::default()) };
    let bytes = crate::disk::read_for_person(file).map_err(|problem| vec![problem])?;
    let checked = crate::publish::alerts::read(&bytes, &file.display().to_string(), now)?;
    report::warnings(&checked.warnings);
    Ok(checked.alerts)
}

fn moment(name: &str, text: &str, zone: &TimeZone) -> Outcome<Timestamp> {
    let refused = |error: &dyn std::fmt::Display| {
        Problem::new(
            name,
            say!(en: "not a moment ({error})", vi: "không phải thời điểm ({error})"),
            say!(en: "write it like 2026-11-24T07:30:00+07:00", vi: "hãy viết như 2026-11-24T07:30:00+07:00"),
        )
    };
    let moment: Moment = text.parse().map_err(|error| refused(&error))?;
    moment.in_zone(zone).map_err(|error| refused(&error))
}

/// The board that the picture is of, and its look. Unlike a board, a preview refuses a look with a mistake in
/// it: somebody is there to mend it.
fn board(asked: &Render) -> Result<(Board, Look), Vec<Problem>> {
    let config = asked.config.as_deref().map(config::load).transpose()?;
    let source = match &asked.look {
        Some(word) => LookSource::from_word(word, Path::new("")).ok_or_else(|| vec![no_such_look(word)])?,
        None => config.as_ref().map(|config| config.display.look.clone()).unwrap_or_default(),
    };
    let preview = || Board { name: "preview".into(), ..Board::default() };
    Ok((config.map_or_else(preview, |config| config.board), Look::load(&source)?))
}

fn no_such_look(word: &str) -> Problem {
    let why =
        say!(en: "there is no look called `{word}`", vi: "không có giao diện tên `{word}`", word = word);
    let remedy = say!(
        en: "write one of {names}, or the path of a .toml file",
        vi: "hãy viết một trong {names}, hoặc đường dẫn tới một tệp .toml",
        names = LookSource::NAMES.join(", ")
    );
    Problem::new("--look", why, remedy)
}

fn check_span(from: Timestamp, to: Timestamp) -> Outcome<()> {
    let (why, remedy) = if to <= from {
        (
            say!(en: "it is not after --from", vi: "không sau --from"),
            say!(en: "give a later moment", vi: "hãy ghi thời điểm muộn hơn"),
        )
    } else if to.duration_since(from) > SPAN_MAX {
        (
            say!(en: "it is more than {days} days after --from", vi: "cách --from hơn {days} ngày",
                days = SPAN_MAX.as_hours() / 24),
            say!(en: "look at a shorter span", vi: "hãy xem khoảng ngắn hơn"),
        )
    } else {
        return Ok(());
    };
    Err(Problem::new("--to", why, remedy))
}

/// A board with a believed clock and all files at hand.
struct Preview {
    board: Board,
    timetable: Timetable,
    composer: Composer,
    fonts: Arc<Fonts>,
    files: HashMap<Sha256, PathBuf>,
    pictures: HashMap<Sha256, Arc<Picture>>,
    decoder: Decoder,
    zone: TimeZone,
    size: (u32, u32),
    theme: Theme,
    look: Look,
}

/// A page that shows in a span of time.
struct Seen {
    first: Timestamp,
    times: u32,
    title: String,
    page: (u32, u32),
}

impl Preview {
    fn new(
        checked: &Checked,
        alerts: Alerts,
        asked: &Render,
        zone: TimeZone,
    ) -> Result<Preview, Vec<Problem>> {
        let (board, look) = board(asked)?;
        let content = FeedContent {
            name: "preview".into(),
            rights: Rights { may_interrupt: true },
            state: FeedState::Fresh,
            last_news: None,
            programme: Arc::new(checked.programme.clone()),
            alerts: Arc::new(alerts),
        };
        let (fonts, lacking) = Fonts::load(&super::play::font_folders());
        report::warnings(&lacking);
        report::warnings(&too_small(&board, asked.size, &look).into_iter().collect::<Vec<_>>());
        let fonts = Arc::new(fonts);
        Ok(Preview {
            timetable: Timetable::new(vec![content], &board),
            board,
            composer: Composer::new(fonts.clone()),
            fonts,
            files: checked.files.iter().map(|file| (file.media.sha256, file.source.clone())).collect(),
            pictures: HashMap::new(),
            decoder: Decoder::this_program(),
            zone,
            size: asked.size,
            theme: if asked.theme == "night" { Theme::Night } else { Theme::Day },
            look,
        })
    }

    fn compose(&mut self, plan: &Plan, at: Timestamp) -> Composed {
        let pictures = &self.pictures;
        let known = |media: &Media| match (pictures.get(&media.sha256), media.width, media.height) {
            (Some(picture), ..) => Availability::Ready(picture.width, picture.height),
            (None, Some(width), Some(height)) => Availability::Ready(width, height),
            _ => Availability::Broken,
        };
        let view = View {
            plan,
            board: &self.board,
            now: at.to_zoned(self.zone.clone()),
            clock_trusted: true,
            size: self.size,
            rate_mhz: RATE_MHZ,
            theme: self.theme,
            look: &self.look,
            network: "",
            media: &known,
        };
        self.composer.compose(&view)
    }

    fn open(&self, media: &Media) -> Outcome<Option<Asset>> {
        self.files.get(&media.sha256).map(|path| Asset::from_author_folder(path)).transpose()
    }

    fn load_pictures(&mut self, plan: &Plan) -> Outcome<()> {
        let image = match &plan.main {
            Main::Notice(slot) => slot.notice.image.as_ref(),
            _ => None,
        };
        let wanted = plan.emblem.iter().chain(image);
        for media in wanted.filter(|media| !self.pictures.contains_key(&media.sha256)).collect::<Vec<_>>() {
            if let Some(asset) = self.open(media)? {
                let side = self.size.0.max(self.size.1);
                let decoded = picture(&self.decoder, &asset, (side, side))?;
                self.pictures.insert(media.sha256, Arc::new(decoded));
            }
        }
        Ok(())
    }

    /// What the board shows at `at`.
    fn draw(&mut self, at: Timestamp) -> Outcome<Picture> {
        let plan = self.timetable.on_air(at, true);
        self.load_pictures(&plan)?;
        let scene = self.compose(&plan, at).scene;
        let film = self.film_at(&plan, at)?.map(|film| Arc::new(film) as Arc<dyn Film>);
        let pictures =
            scene.pictures().filter_map(|id| Some((id, self.pictures.get(&id)?.clone()))).collect();
        let show =
            Show { scene: Arc::new(scene), pictures, film, brightness: FULL, at: (at, clock::instant()) };
        Ok(stage::draw_still(show, &Setup::default(), self.size, self.fonts.clone()))
    }

    /// Every page that shows from `from` until `to`, once, in the order in which they first show.
    fn sheet(&mut self, from: Timestamp, to: Timestamp) -> Outcome<Picture> {
        let (seen, title) = self.seen(from, to);
        let (mut tiles, mut pictures) = (Vec::new(), HashMap::new());
        let tile = sheet::tile_size(self.size);
        for (number, page) in seen.iter().take(TILES_MAX).enumerate() {
            let picture = stage::shrink(self.draw(page.first)?, tile);
            let mut name = [0; 32];
            name[..8].copy_from_slice(&(number as u64).to_be_bytes());
            pictures.insert(Sha256(name), Arc::new(picture));
            tiles.push(sheet::Tile { sha256: Sha256(name), captions: self.captions(page) });
            // Decoded for this page alone; a programme may have thousands.
            self.pictures.clear();
        }
        let time = |at: Timestamp| at.to_zoned(self.zone.clone()).strftime("%H:%M %d/%m/%Y").to_string();
        let left_out = match seen.len() - tiles.len() {
            0 => String::new(),
            more => format!(" · còn {more} trang không in ở đây"),
        };
        let heading = format!("{title} · {} – {}{left_out}", time(from), time(to));
        let scene = sheet::sheet(self.fonts.clone(), &heading, &tiles, self.size);
        let size = scene.size;
        let show = Show {
            scene: Arc::new(scene),
            pictures,
            film: None,
            brightness: FULL,
            at: (from, clock::instant()),
        };
        Ok(stage::draw_still(show, &Setup::default(), size, self.fonts.clone()))
    }

    fn seen(&mut self, from: Timestamp, to: Timestamp) -> (Vec<Seen>, Arc<str>) {
        let mut seen: Vec<Seen> = Vec::new();
        let mut known = HashMap::new();
        let mut last = None;
        let mut at = from;
        let title = self.timetable.on_air(from, true).title;
        while at < to {
            let plan = self.timetable.on_air(at, true);
            let composed = self.compose(&plan, at);
            let (id, said, turn) = match &plan.main {
                Main::Notice(slot) => (slot.notice.id.clone(), slot.notice.title.clone(), Some(slot.start)),
                Main::Warning { alert, turn, .. } => {
                    (alert.id.identifier.clone(), alert.event.clone(), turn.map(|(start, _)| start))
                }
                Main::Neutral { .. } => (String::new(), "Không có thông báo".into(), None),
            };
            let page = (composed.page, composed.pages);
            let place = *known.entry((id, page)).or_insert_with(|| {
                seen.push(Seen { first: at, times: 0, title: said, page });
                seen.len() - 1
            });
            // The clock moves on within a turn: that is the same showing.
            if last != Some((place, turn)) {
                seen[place].times += 1;
                last = Some((place, turn));
            }
            let changes = [self.timetable.next_change(at, true), composed.next_change];
            match changes.into_iter().flatten().filter(|change| *change > at).min() {
                Some(next) => at = next,
                None => break,
            }
        }
        (seen, title)
    }

    fn captions(&self, seen: &Seen) -> [String; 2] {
        let page =
            if seen.page.1 > 1 { format!(" · {}/{}", seen.page.0, seen.page.1) } else { String::new() };
        let first = seen.first.to_zoned(self.zone.clone()).strftime("%H:%M:%S %d/%m").to_string();
        [format!("{}{page}", seen.title), format!("từ {first} · {} lần", seen.times)]
    }

    /// The film that runs at `at`, standing at its picture of that moment.
    fn film_at(&self, plan: &Plan, at: Timestamp) -> Outcome<Option<crate::board::OnStage>> {
        let Main::Notice(slot) = &plan.main else { return Ok(None) };
        let Some(media) = &slot.notice.video else { return Ok(None) };
        let Some(asset) = self.open(media)? else { return Ok(None) };
        let since = at.duration_since(slot.start);
        let wish = Wish {
            picture: Some(Fit::Native { side_max: crate::limits::TEXTURE_SIDE_MAX }),
            start_us: i64::try_from(since.as_micros()).unwrap_or(0),
            sound_rate: 0,
            threads: 2,
        };
        let clip = Arc::new(Clip::open(self.decoder.clone(), asset, wish, || ()));
        let deadline = clock::instant() + Duration::from_secs(20);
        while clip.state() == ClipState::Opening && clock::instant() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
        match clip.state() {
            ClipState::Failed(problem) => Err(problem),
            _ => Ok(Some(crate::board::OnStage(clip))),
        }
    }
}
