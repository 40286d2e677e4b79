//! `bangtin render`: the picture that a board would show at a moment, or everything that it would show in a span of
//! time, from an unpublished folder. The same timetable, layout and drawing as on the board.

use super::feed::{self, read_folder_with};
use super::{Render, configuration, one_notice, report, typed};
use crate::alert::life;
use crate::board::control::png;
use crate::clock;
use crate::config::{Config, DisplayConfig, ThemeChoice};
use crate::layout::{Availability, Composed, Composer, Fonts, Look, RATE_MHZ, View, board_at, is_led, sheet};
use crate::media::{Clip, ClipState, Decoder, Fit, Wish, picture};
use crate::model::alert::Alerts;
use crate::model::board::{Board, LookSource, Theme};
use crate::model::feed::{FeedContent, FeedState, Rights};
use crate::model::led::FULL;
use crate::model::media::{Media, Picture, Sha256};
use crate::model::plan::{Cue, Main, NoticeSlot, Plan};
use crate::model::programme::Programme;
use crate::model::time::{Moment, TimeOfDay};
use crate::problem::{Outcome, Problem, Text, counted, lasting};
use crate::programme::Timetable;
use crate::publish::folder::{Checked, OldCodes, Shelf};
use crate::say;
use crate::stage::{self, Film, Setup, Show};
use crate::store::Asset;
use crate::toml_doc::meant;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The output's size in pixels where nothing says it.
const SIZE: (u32, u32) = (1920, 1080);
/// The longest span of a contact sheet.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Most pictures on a contact sheet: more are not looked at.
const TILES_MAX: usize = 400;

pub fn run(asked: &Render) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    crate::disk::png_name(&asked.out).map_err(one)?;
    typed::is_folder(&asked.folder).map_err(one)?;
    typed::is_file(asked.alerts.as_deref(), "alerts.json").map_err(one)?;
    typed::is_file(asked.config.as_deref(), "board.toml").map_err(one)?;
    let now = clock::system();
    let checked = read_folder_with(&asked.folder, now, OldCodes::Refuse, asked.transcode)?;
    let zone = TimeZone::get(&checked.programme.timezone).unwrap_or(TimeZone::UTC);
    let at = |name, text: &str| moment(name, text, &zone, now).map_err(one);
    let span = match (&asked.from, &asked.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (at("--from", from)?, at("--to", to)?);
            check_span(from, to).map_err(one)?;
            Some((from, to))
        }
        _ => None,
    };
    let moment = asked.at.as_ref().map_or(Ok(now), |text| at("--at", text))?;
    if let Some(name) = &asked.notice {
        return one_notice::run(asked, &checked, name, &zone, moment);
    }
    // Checked as they would be on publishing at the moment that the picture is of.
    let alerts = alerts(asked, span.map_or(moment, |(_, to)| to))?;
    if let Some(file) = &asked.alerts {
        let shown = span.unwrap_or((moment, moment));
        report::warnings(none_in_force(file, &alerts, shown, &zone).as_slice());
    }
    let mut preview = Preview::new(&checked, alerts, asked, asked.size, zone.clone(), fonts())?;
    let picture = match span {
        Some((from, to)) => preview.sheet(from, to).map_err(one)?,
        None => preview.draw(moment).map_err(one)?,
    };
    let heard = span.map_or_else(|| preview.heard_at(moment), |_| preview.heard.clone());
    tell(&heard, span.is_none(), &zone);
    let bytes = png_of(&picture, &asked.out).map_err(one)?;
    crate::disk::write_png_for_person(&asked.out, &bytes).map_err(one)
}

/// The picture as it is written to `out`.
pub(super) fn png_of(picture: &Picture, out: &Path) -> Outcome<Vec<u8>> {
    png(picture).map_err(|error| report::file_problem(out, &error))
}

/// Most sounds on a contact sheet, and most that are told.
const SOUNDS_MAX: usize = 120;

/// An announcement of the span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Heard {
    start: Timestamp,
    path: String,
    length_ms: u64,
}

impl Heard {
    fn end(&self) -> Timestamp {
        let length = SignedDuration::from_millis(i64::try_from(self.length_ms).unwrap_or(i64::MAX));
        self.start.checked_add(length).unwrap_or(Timestamp::MAX)
    }
}

/// How long a sound is, to the second.
fn length(ms: u64) -> Text {
    lasting(ms.saturating_add(500) / 1000)
}

/// Says what is heard: over the one picture, or in the span of a contact sheet.
fn tell(heard: &[Heard], over_picture: bool, zone: &TimeZone) {
    for Heard { start, path, length_ms } in heard.iter().take(SOUNDS_MAX) {
        let at = start.to_zoned(zone.clone()).strftime("%H:%M %d/%m/%Y").to_string();
        let length = length(*length_ms);
        report::say(&match over_picture {
            true => {
                say!(en: "over it plays {path}, from {at} on, for {en}", vi: "lúc này đang phát {path}, từ {at}, dài {vi}",
                         path = path, at = at, en = length.en, vi = length.vi)
            }
            false => say!(en: "announcement at {at}: {path}, {en}", vi: "phát thanh lúc {at}: {path}, {vi}",
                          path = path, at = at, en = length.en, vi = length.vi),
        });
    }
    if let Some(more) = heard.len().checked_sub(SOUNDS_MAX).filter(|more| *more > 0) {
        report::say(
            &say!(en: "… and {en}", vi: "… và {more} lượt phát thanh nữa", en = counted(more, "more announcement")),
        );
    }
}

/// The warnings of the file that was named.
fn alerts(asked: &Render, now: Timestamp) -> Result<Alerts, Vec<Problem>> {
    let Some(file) = &asked.alerts else { return Ok(Alerts::default()) };
    let bytes = crate::disk::read_for_person(file).map_err(|problem| vec![problem])?;
    let (probe, (root, name)) = (feed::prober(Decoder::this_program()), feed::beside(file));
    let mut shelf = Shelf::new(root, &name, &probe);
    let checked = crate::publish::alerts::read(&bytes, &file.display().to_string(), &mut shelf, now)?;
    report::warnings(&checked.warnings);
    Ok(checked.alerts)
}

/// A file of warnings of which none shows in the picture: from `from` until `to`, or at the one moment that both are.
fn none_in_force(
    file: &Path,
    alerts: &Alerts,
    (from, to): (Timestamp, Timestamp),
    zone: &TimeZone,
) -> Option<Problem> {
    let lives = life::lives(alerts);
    if lives.iter().any(|life| life.covers(from) || from < life.from && life.from < to) {
        return None;
    }
    let written = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let why = match from == to {
        true => {
            say!(en: "no warning in it is in force at {at}", vi: "không có cảnh báo nào hiệu lực lúc {at}", at = written(from))
        }
        false => {
            say!(en: "no warning in it is in force from {from} to {to}", vi: "không có cảnh báo nào hiệu lực từ {from} đến {to}",
                      from = written(from), to = written(to))
        }
    };
    let next = lives.iter().filter(|life| life.from >= to).min_by_key(|life| life.from);
    let last = lives.iter().max_by_key(|life| life.until);
    let remedy = match (next, last) {
        (Some(next), _) => {
            say!(en: "the next is \"{event}\": write --at {at} to see it", vi: "cảnh báo kế tiếp là \"{event}\": hãy ghi --at {at} để xem",
                 event = next.alert.event, at = written(next.from))
        }
        (None, Some(last)) => {
            say!(en: "the last was \"{event}\": write --at {at} to see it", vi: "cảnh báo cuối cùng là \"{event}\": hãy ghi --at {at} để xem",
                 event = last.alert.event, at = written(last.from))
        }
        (None, None) => {
            say!(en: "look at `status`, `onset` and `expires` in it", vi: "hãy xem `status`, `onset` và `expires` trong tệp")
        }
    };
    Some(Problem::new(file.display().to_string(), why, remedy))
}

fn moment(name: &str, text: &str, zone: &TimeZone, now: Timestamp) -> Outcome<Timestamp> {
    let like =
        || say!(en: "write it like 2026-11-24T07:30:00+07:00", vi: "hãy viết như 2026-11-24T07:30:00+07:00");
    let Ok(moment) = text.trim().parse::<Moment>() else {
        let slip = meant::not_a_date(text, now.to_zoned(zone.clone()).date());
        let remedy = slip.as_option(name).unwrap_or_else(like);
        return Err(Problem::new(name, slip.why, remedy));
    };
    let far = |_| Problem::new(name, say!(en: "`{text}` is too far away", vi: "`{text}` quá xa"), like());
    moment.in_zone(zone).map_err(far)
}

/// The board that the picture is of, and its look. Unlike a board, a preview refuses a look with a mistake in
/// it: somebody is there to mend it.
fn board(asked: &Render) -> Result<(Config, Look), Vec<Problem>> {
    let config = asked.config.as_deref().map(configuration).transpose()?;
    let source = match &asked.look {
        Some(word) => LookSource::from_word(word, Path::new("")).ok_or_else(|| vec![no_such_look(word)])?,
        None => config.as_ref().map(|config| config.display.look.clone()).unwrap_or_default(),
    };
    let preview = || Config {
        board: Board { name: "preview".into(), ..Board::default() },
        // What is laid beside it on a desk is read by day.
        display: DisplayConfig { theme: ThemeChoice::Day, ..DisplayConfig::default() },
        ..Config::default()
    };
    Ok((config.unwrap_or_else(preview), Look::load(&source)?))
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

/// What this machine has of the look's fonts, with a word on what it lacks.
pub(super) fn fonts() -> Arc<Fonts> {
    let (fonts, lacking) = Fonts::load(&super::play::font_folders());
    report::warnings(&lacking);
    Arc::new(fonts)
}

/// What a timetable has of a programme that is not published yet.
pub(super) fn content(programme: Programme, alerts: Alerts) -> FeedContent {
    FeedContent {
        name: "preview".into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: None,
        ahead: SignedDuration::ZERO,
        alerts_ahead: SignedDuration::ZERO,
        alerts_since: Timestamp::MAX,
        programme: Arc::new(programme),
        alerts: Arc::new(alerts),
    }
}

/// A board with a believed clock and all files at hand.
pub(super) struct Preview {
    /// As it was written; `board` is what of it can be shown at this size.
    config: Config,
    board: Board,
    timetable: Timetable,
    composer: Composer,
    fonts: Arc<Fonts>,
    files: HashMap<Sha256, PathBuf>,
    pictures: HashMap<Sha256, Arc<Picture>>,
    decoder: Decoder,
    zone: TimeZone,
    /// Of the output, in pixels.
    output: (u32, u32),
    /// Of the scenes that show on it.
    size: (u32, u32),
    /// Whatever the hour is.
    theme: Option<Theme>,
    look: Look,
    /// Announcements that were met with, in the order of their starts.
    heard: Vec<Heard>,
    no_ticker_pages: bool,
}

/// A page that shows in a span of time; where several zones turn at once, the first of them.
pub(super) struct Seen {
    first: Timestamp,
    times: u32,
    title: String,
    page: (u32, u32),
}

/// What one zone shows at a moment: its number, the id and title, the page, and when its turn began.
struct Part {
    zone: usize,
    id: String,
    title: String,
    page: (u32, u32),
    turn: Option<Timestamp>,
}

impl Part {
    fn all(plan: &Plan, composed: &Composed) -> Vec<Part> {
        let notice = |zone, page, slot: &NoticeSlot| Part {
            zone,
            id: slot.notice.id.clone(),
            title: slot.notice.title.clone(),
            page,
            turn: Some(slot.turn.0),
        };
        let page = (composed.page, composed.pages);
        let asides = plan.asides.iter().zip(composed.asides.iter().copied().chain(std::iter::repeat((1, 1))));
        let mut all: Vec<Part> =
            asides.filter_map(|(aside, page)| Some(notice(aside.zone, page, aside.slot.as_ref()?))).collect();
        let (id, title, turn) = match &plan.main {
            Main::Notice(slot) => {
                all.insert(0, notice(0, page, slot));
                return all;
            }
            Main::Warning { alert, turn, .. } => {
                (alert.id.identifier.clone(), alert.event.clone(), turn.map(|(start, _)| start))
            }
            Main::Neutral { .. } if !all.is_empty() => return all,
            Main::Neutral { .. } => (String::new(), "Không có thông báo".into(), None),
        };
        all.insert(0, Part { zone: 0, id, title, page, turn });
        all
    }
}

impl Preview {
    /// `size`: of the output in pixels, where it was asked for.
    pub(super) fn new(
        checked: &Checked,
        alerts: Alerts,
        asked: &Render,
        size: Option<(u32, u32)>,
        zone: TimeZone,
        fonts: Arc<Fonts>,
    ) -> Result<Preview, Vec<Problem>> {
        let (config, look) = board(asked)?;
        let window = config.display.size.filter(|_| !config.display.fullscreen);
        let output = size.or(window).unwrap_or(SIZE);
        let size = stage::scene_size(&config.display.geometry, output);
        report::warnings(
            stage::misfit(&config.display.geometry, config.display.geometry_written.as_deref(), output)
                .as_slice(),
        );
        let zoned = !config.board.zones.is_empty();
        let (board, problems) = board_at(&config.board, size, &look);
        // A preview without the zones would not be the board's picture that was asked for.
        if zoned && board.zones.is_empty() {
            return Err(problems);
        }
        report::warnings(&problems);
        Ok(Preview {
            timetable: Timetable::new(vec![content(checked.programme.clone(), alerts)], &board),
            board,
            composer: Composer::new(fonts.clone()),
            fonts,
            files: checked.files.iter().map(|file| (file.media.sha256, file.source.clone())).collect(),
            pictures: HashMap::new(),
            decoder: Decoder::this_program(),
            zone,
            output,
            size,
            theme: asked.theme.as_deref().map(|word| if word == "night" { Theme::Night } else { Theme::Day }),
            look,
            config,
            heard: Vec::new(),
            no_ticker_pages: false,
        })
    }

    fn compose(&mut self, plan: &Plan, at: Timestamp) -> Composed {
        let pictures = &self.pictures;
        let known = |media: &Media| match (pictures.get(&media.sha256), media.width, media.height) {
            (Some(picture), ..) => Availability::Ready(picture.width, picture.height),
            (None, Some(width), Some(height)) => Availability::Ready(width, height),
            _ => Availability::Broken,
        };
        let now = at.to_zoned(self.zone.clone());
        let time = TimeOfDay::from_minutes(now.hour() as u16 * 60 + now.minute() as u16);
        let view = View {
            plan,
            board: &self.board,
            now,
            clock_trusted: true,
            size: self.size,
            rate_mhz: RATE_MHZ,
            theme: self.theme.unwrap_or_else(|| self.config.theme_at(at, time)),
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
        for media in
            plan.pictures().filter(|media| !self.pictures.contains_key(&media.sha256)).collect::<Vec<_>>()
        {
            if let Some(asset) = self.open(media)? {
                let side = self.size.0.max(self.size.1);
                let decoded = picture(&self.decoder, &asset, (side, side))?;
                self.pictures.insert(media.sha256, Arc::new(decoded));
            }
        }
        Ok(())
    }

    /// What the board's output shows at `at`.
    fn draw(&mut self, at: Timestamp) -> Outcome<Picture> {
        let show = self.show(at)?;
        // As drawn: what an LED wall is sent is for that wall only.
        let setup = Setup { geometry: self.config.display.geometry, ..Setup::default() };
        Ok(stage::draw_still(show, &setup, self.output, self.fonts.clone()))
    }

    /// The same upright, and without what is black around it: pages of a contact sheet are looked at side by side.
    fn page(&mut self, at: Timestamp) -> Outcome<Picture> {
        Ok(stage::draw_still(self.show(at)?, &Setup::default(), self.size, self.fonts.clone()))
    }

    fn show(&mut self, at: Timestamp) -> Outcome<Show> {
        let plan = self.plan(at);
        self.load_pictures(&plan)?;
        let scene = self.compose(&plan, at).scene;
        let film = self.film_at(&plan, at)?.map(|film| Arc::new(film) as Arc<dyn Film>);
        let pictures =
            scene.pictures().filter_map(|id| Some((id, self.pictures.get(&id)?.clone()))).collect();
        Ok(Show { scene: Arc::new(scene), pictures, film, brightness: FULL, at: (at, clock::instant()) })
    }

    /// What is on at `at`.
    pub(super) fn plan(&self, at: Timestamp) -> Plan {
        let mut plan = self.timetable.on_air(at, true);
        if self.no_ticker_pages {
            plan.ticker.clear();
        }
        plan
    }

    /// Leaves out the ticker where it stands in pages among those of the notices, and takes no room of
    /// theirs.
    pub(super) fn leave_out_ticker_pages(&mut self) {
        self.no_ticker_pages = is_led(self.size);
    }

    /// Every page that shows from `from` until `to`, once, in the order in which they first show.
    pub(super) fn sheet(&mut self, from: Timestamp, to: Timestamp) -> Outcome<Picture> {
        let (seen, title) = self.seen(from, to);
        let (mut tiles, mut pictures) = (Vec::new(), HashMap::new());
        let tile = sheet::tile_size(self.size);
        for (number, page) in seen.iter().take(TILES_MAX).enumerate() {
            let picture = stage::shrink(self.page(page.first)?, tile);
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
        let scene = sheet::sheet(self.fonts.clone(), &heading, &tiles, &self.sounds(), self.size);
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

    fn heard_at(&self, at: Timestamp) -> Vec<Heard> {
        self.plan(at).announcements.iter().map(heard).collect()
    }

    /// What the sheet says of them.
    fn sounds(&self) -> sheet::Heard {
        let caption = |Heard { start, path, length_ms }: &Heard| {
            let at = start.to_zoned(self.zone.clone()).strftime("%H:%M %d/%m").to_string();
            [format!("{at} · {}", length(*length_ms).vi), path.clone()]
        };
        let count = self.heard.len();
        let left_out = match count.saturating_sub(SOUNDS_MAX) {
            0 => String::new(),
            more => format!(" · còn {more} lượt không in ở đây"),
        };
        sheet::Heard {
            heading: format!("Phát thanh · {count} lượt{left_out}"),
            sounds: self.heard.iter().take(SOUNDS_MAX).map(caption).collect(),
        }
    }

    /// When the turn began that what is on at `from` is in the middle of: a sheet that began there would lack
    /// first pages.
    fn first_page(&self, from: Timestamp) -> Timestamp {
        let began = |at: Timestamp| match self.plan(at).main {
            Main::Notice(slot) => Some((slot.notice.id.clone(), slot.turn.0)),
            Main::Warning { alert, turn, .. } => Some((alert.id.identifier.clone(), turn?.0)),
            Main::Neutral { .. } => None,
        };
        // Another that joined meanwhile has moved the turns of all: then there was no such beginning.
        let turn = began(from).filter(|turn| began(turn.1).as_ref() == Some(turn));
        turn.map_or(from, |(_, start)| start.min(from))
    }

    pub(super) fn seen(&mut self, from: Timestamp, to: Timestamp) -> (Vec<Seen>, Arc<str>) {
        let mut seen: Vec<Seen> = Vec::new();
        let mut known = HashMap::new();
        let mut last = HashMap::new();
        let mut at = self.first_page(from);
        let title = self.plan(from).title;
        let mut before: Option<(Plan, Option<Timestamp>)> = None;
        while at < to {
            let plan = self.plan(at);
            for sound in plan.announcements.iter().map(heard) {
                if (sound.start >= from || sound.end() > from) && !self.heard.contains(&sound) {
                    self.heard.push(sound);
                }
            }
            // What is only heard makes no other picture, and a warning's siren is heard every minute for days.
            let looks = plan.seen(from);
            if let Some((known, change)) = &before
                && *known == looks
                && change.is_none_or(|change| at < change)
            {
                let changes = [self.timetable.next_change(at, true), *change];
                match changes.into_iter().flatten().filter(|change| *change > at).min() {
                    Some(next) => at = next,
                    None => break,
                }
                continue;
            }
            let composed = self.compose(&plan, at);
            before = Some((looks, composed.next_change));
            let mut new = None;
            for Part { zone, id, title, page, turn } in Part::all(&plan, &composed) {
                // One picture shows what is new in every zone; it is called after the first of them, which it counts.
                let (place, counts) = *known.entry((zone, id, page)).or_insert_with(|| match new {
                    Some(place) => (place, false),
                    None => {
                        seen.push(Seen { first: at, times: 0, title, page });
                        new = Some(seen.len() - 1);
                        (seen.len() - 1, true)
                    }
                });
                // The clock moves on within a turn: that is the same showing.
                let shows = Some((place, page, turn));
                if last.insert(zone, (place, page, turn)) != shows && counts {
                    seen[place].times += 1;
                }
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
            ClipState::Failed(failure) => Err(failure.problem),
            _ => Ok(Some(crate::board::OnStage(clip))),
        }
    }
}

fn heard(cue: &Cue) -> Heard {
    Heard { start: cue.start, path: cue.audio.path.clone(), length_ms: cue.audio.duration_ms.unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        moment("--at", text, &TimeZone::get("Asia/Ho_Chi_Minh").unwrap(), Timestamp::UNIX_EPOCH).unwrap()
    }

    fn refused(text: &str) -> Problem {
        let now = "2026-11-28T05:00:00Z".parse().unwrap();
        moment("--at", text, &TimeZone::UTC, now).unwrap_err()
    }

    #[test]
    fn a_moment_without_a_warning_is_told_with_the_warning_nearest_to_it() {
        let now = at("2026-11-24T07:00");
        let demo = include_bytes!("../../config/demo/alerts.json");
        let no_media = |_: &Path| unreachable!();
        let mut shelf = Shelf::new(PathBuf::new(), "alerts.json", &no_media);
        let alerts = crate::publish::alerts::read(demo, "alerts.json", &mut shelf, now).unwrap().alerts;
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let said = |from: &str, to: &str| {
            none_in_force(Path::new("alerts.json"), &alerts, (at(from), at(to)), &zone)
                .map(|problem| problem.line(crate::problem::Speech::English))
        };
        let before = said("2026-11-24T06:00", "2026-11-24T06:00").unwrap();
        assert!(before.contains("in force at 2026-11-24T06:00:00"), "{before}");
        assert!(before.contains("the next is \"Sạt lở đất\": write --at 2026-11-24T06:30:00"), "{before}");
        assert_eq!(said("2026-11-24T07:00", "2026-11-24T07:00"), None);
        assert_eq!(said("2026-11-24T06:00", "2026-11-24T07:00"), None);
        let after = said("2026-11-24T12:00", "2026-11-25T00:00").unwrap();
        assert!(after.contains("the last was") && after.contains("--at 2026-11-24T06:30:00"), "{after}");
    }

    #[test]
    fn a_sheet_begins_with_the_first_page_of_what_is_on() {
        use clap::Parser;
        let line = ["bangtin", "render", ".", "--out", "x.png"];
        let super::super::Command::Render(asked) = super::super::Cli::parse_from(line).command else {
            panic!("another command")
        };
        let long = "Bà con mang theo thẻ bảo hiểm y tế. ".repeat(80);
        let notices = format!("title = 'x'\n[[notice]]\nid = 'a'\ntitle = 'A'\ntext = '{long}'\n");
        let checked =
            Checked { programme: toml::from_str(&notices).unwrap(), files: Vec::new(), warnings: Vec::new() };
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let new = Preview::new(&checked, Alerts::default(), &asked, Some((1280, 720)), zone, fonts());
        let mut preview = new.unwrap_or_else(|problems| panic!("{problems:#?}"));
        let Main::Notice(slot) = preview.plan(at("2026-11-24T07:00")).main else { panic!("nothing is on") };
        let almost = slot.end - SignedDuration::from_secs(1);
        let (seen, _) = preview.seen(almost, slot.end);
        let pages: Vec<u32> = seen.iter().map(|seen| seen.page.0).collect();
        let all: Vec<u32> = (1..=seen[0].page.1).collect();
        assert!(pages.len() > 2 && pages == all, "{pages:?} of {all:?}");
        assert_eq!(seen[0].first, slot.start);
    }

    #[test]
    fn a_length_is_said_in_minutes_and_seconds() {
        let said = |ms| length(ms).vi;
        assert_eq!(
            (said(19_700), said(120_000), said(135_000)),
            ("20 giây".into(), "2 phút".into(), "2 phút 15 giây".into())
        );
        assert_eq!(length(61_000).en, "1 min 1 s");
    }

    #[test]
    fn a_moment_that_is_too_far_away_is_told_in_plain_words() {
        assert_eq!(refused("9999-12-31T23:59").why.en, "`9999-12-31T23:59` is too far away");
    }

    #[test]
    fn a_moment_with_the_day_first_is_told_as_it_should_be_typed() {
        for (typed, right) in [
            ("29/11/2026", "--at 2026-11-29"),
            ("29/11/2026 8:00", "--at 2026-11-29T08:00"),
            ("5/12", "--at 2026-12-05"),
            ("17h30 5/1", "--at 2027-01-05T17:30"),
            ("mai", "như 2026-11-24T07:30:00+07:00"),
        ] {
            let said = refused(typed).line(crate::problem::Speech::Vietnamese);
            assert!(said.starts_with(&format!("--at: `{typed}` không ")), "{said}");
            assert!(said.ends_with(&format!("; hãy viết {right}")), "{said}");
        }
        assert!(refused("31/11").line(crate::problem::Speech::English).contains("November 2026 has 30 days"));
    }
}
