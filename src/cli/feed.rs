//! `bangtin feed …`: making a signed feed and keeping it up.

use super::{Feed, OneAlert, going, outlook, report, typed};
use crate::clock;
use crate::limits::CLOCK_DIFFERENCE_HOURS_MAX;
use crate::media::{Decoder, examine};
use crate::model::alert::{Alerts, MessageType};
use crate::model::media::{Media, Probe};
use crate::model::time::{ZONE_UNSTATED, told};
use crate::problem::{Outcome, Problem, counted};
use crate::publish::alerts::{Outlook, one};
use crate::publish::folder::{Fault, OldCodes, Role, Shelf};
use crate::publish::transcode::{self, Transcoder};
use crate::publish::{self, Lifetimes, MediaFile, NewFeed, folder};
use crate::say;
use crate::sync::Reader;
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub fn run(feed: Feed) -> Result<(), Vec<Problem>> {
    let now = clock::system();
    let one = |problem| vec![problem];
    match feed {
        Feed::Init { site, threshold, title } => {
            typed::is_new_site(&site).and_then(|()| init(&site, threshold, &title, now)).map_err(one)
        }
        Feed::Publish { site, folder, convert, transcode, check, preview_sizes, empty, clock_is_right } => {
            typed::site_and_folder(&site, &folder).map_err(one)?;
            check.as_deref().map_or(Ok(()), typed::address).map_err(one)?;
            look_at_clock(&site, now, clock_is_right)?;
            let mut reader = check.as_deref().map(Reader::open).transpose().map_err(one)?;
            if let Some(reader) = &reader {
                look_at_server_clock(reader, now, clock_is_right).map_err(one)?;
            }
            let old_codes = if convert { OldCodes::Convert } else { OldCodes::Refuse };
            let checked = read_folder_with(&folder, now, old_codes, transcode)?;
            // A feed that cannot be read is told by whoever publishes into it.
            let before = publish::published(&site).ok().and_then(|(_, programme)| programme);
            if let Some(before) = before {
                let kept = going::look(&before, &checked.programme, now, empty).map_err(one)?;
                report::warnings(kept.as_slice());
            }
            let sizes = if preview_sizes.is_empty() { &outlook::SIZES[..] } else { &preview_sizes };
            report::warnings(&outlook::look(&folder, &checked.programme, sizes, now));
            let published = publish_checked(&site, &checked, now)?;
            match (&mut reader, check) {
                (Some(reader), Some(url)) => as_a_board(reader, &url, &site, &published),
                _ => Ok(()),
            }
        }
        Feed::Alert { site, alerts, one: asked, transcode, clock_is_right } => {
            typed::site_and_alerts(&site, alerts.as_deref()).map_err(one)?;
            look_at_clock(&site, now, clock_is_right)?;
            match alerts {
                Some(file) => alert(&site, &file, now, (clock_is_right, transcode)),
                None => one_alert(&site, *asked, now, (clock_is_right, transcode)),
            }
        }
        Feed::Refresh { site, clock_is_right } => {
            typed::is_site(&site).map_err(one)?;
            look_at_clock(&site, now, clock_is_right)?;
            refresh(&site, now).map_err(one)
        }
        Feed::Check { url, root } => {
            typed::address(&url).and_then(|()| typed::is_site(Path::new(&url))).map_err(one)?;
            typed::is_file(Some(&root), "root.json").map_err(one)?;
            check(&url, &root, now)
        }
    }
}

fn look_at_clock(site: &Path, now: Timestamp, sure: bool) -> Result<(), Vec<Problem>> {
    let warning =
        publish::check_clock(site, now, clock::disciplined(), sure).map_err(|problem| vec![problem])?;
    report::warnings(warning.as_slice());
    Ok(())
}

/// The web server's clock is a second opinion on this machine's. A server that does not answer has none.
fn look_at_server_clock(reader: &Reader, now: Timestamp, sure: bool) -> Outcome<()> {
    let date = match reader.server_date() {
        Ok(date) => date,
        Err(problem) => {
            report::warnings(&[problem]);
            None
        }
    };
    let apart = |date: &Timestamp| {
        now.duration_since(*date).abs() > SignedDuration::from_hours(CLOCK_DIFFERENCE_HOURS_MAX)
    };
    let Some(date) = date.filter(apart) else { return Ok(()) };
    let said = |at: Timestamp| at.to_zoned(clock::local_zone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let problem = Problem::new(
        "clock",
        say!(en: "this machine's clock says {now}, and the web server's says {date}; nothing was signed",
            vi: "đồng hồ máy này báo {now}, mà máy chủ web báo {date}; chưa ký gì", now = said(now), date = said(date)),
        say!(en: "look at a clock that is right, and set this machine's date and time; if they are right, add --clock-is-right",
            vi: "hãy xem một đồng hồ đúng rồi chỉnh ngày giờ của máy này; nếu ngày giờ đã đúng, hãy thêm --clock-is-right"),
    );
    if sure { Ok(()) } else { Err(problem) }
}

/// How often, and after which pause, an address is asked whether the copy has come.
const CHECKS: u32 = 3;
const CHECK_PAUSE: Duration = Duration::from_secs(2);
/// Files up to this length are read whole though they were published long ago: pictures and spoken notices.
const CHECKED_WHOLE_BYTES_MAX: u64 = 8 << 20;

/// Fetches what was just published as a board would, and says whether boards can have it.
fn as_a_board(
    reader: &mut Reader,
    url: &str,
    site: &Path,
    published: &publish::Published,
) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let root = crate::disk::read_for_person(&site.join("root.json")).map_err(one)?;
    let wanted = published.versions;
    // What was copied now comes whole, and what is small; of old films a first piece shows that they are there.
    let whole = |media: &Media| {
        published.new_media.contains(&media.sha256) || media.length <= CHECKED_WHOLE_BYTES_MAX
    };
    let mut checks = 1;
    let found = loop {
        let found = publish::check_with(reader, &root, clock::system(), whole);
        let is_old = found.as_ref().is_ok_and(|found| found.versions.timestamp < wanted.timestamp);
        if !is_old || checks == CHECKS {
            break found;
        }
        checks += 1;
        std::thread::sleep(CHECK_PAUSE);
    };
    report::warnings(&reader.oddities());
    let found = found.map_err(one)?;
    let (here, there) = (wanted.timestamp, found.versions.timestamp);
    if there < here {
        let why = say!(
            en: "boards cannot have it yet: there is still version {old} at this address (timestamp {there}, and {here} was published)",
            vi: "bảng chưa nhận được: ở địa chỉ này vẫn là bản {old} (timestamp {there}, mà đã xuất bản {here})",
            old = found.versions.programme, there = there, here = here
        );
        let remedy = say!(
            en: "copy the whole SITE folder to the web server, timestamp.json last; if that was done, let its cache keep metadata/timestamp.json for a minute at most; then run `bangtin feed check {url} --root {root}`",
            vi: "hãy chép toàn bộ thư mục SITE lên máy chủ web, tệp timestamp.json chép sau cùng; nếu đã chép, hãy đặt bộ nhớ đệm giữ metadata/timestamp.json nhiều nhất một phút; rồi chạy `bangtin feed check {url} --root {root}`",
            url = url, root = crate::disk::typed(&site.join("root.json"))
        );
        return Err(vec![Problem::new(url, why, remedy)]);
    }
    if !found.problems.is_empty() {
        return Err(found.problems);
    }
    report::say(&say!(
        en: "boards can have it: version {version}, with {files}, is at {url}",
        vi: "bảng nhận được: bản {version} và {media} tệp ảnh, phim, tiếng đã có ở {url}",
        version = found.versions.programme, media = found.media_files, files = counted(found.media_files, "media file"), url = url));
    Ok(())
}

pub use crate::publish::keys_folder as keys_of;

pub fn init(site: &Path, threshold: u32, title: &str, now: Timestamp) -> Outcome<()> {
    let keys = keys_of(site);
    let feed = NewFeed {
        title: title.into(),
        programme_threshold: threshold as usize,
        lifetimes: Lifetimes::default(),
    };
    publish::init(site, &keys, &feed, now)?;
    let (site, keys) = (site.display(), keys.display());
    report::say(&say!(
        en: "made `{site}`; serve it with any web server, and give boards `{site}/root.json` by hand\nthe keys are in `{keys}`: keep a copy of root.pem and targets.pem on a USB stick, and take them off this machine",
        vi: "đã tạo `{site}`; hãy đặt lên máy chủ web và chép tay `{site}/root.json` cho từng bảng\nkhóa nằm trong `{keys}`: chép root.pem và targets.pem ra USB rồi xóa khỏi máy này",
        site = site, keys = keys));
    Ok(())
}

/// Probes a file as the publisher does: in a decoder child, like a board.
pub fn prober(decoder: Decoder) -> impl Fn(&Path) -> Outcome<Probe> {
    move |path| {
        let asset = crate::store::Asset::from_author_folder(path)?;
        let found = examine(&decoder, &asset)?;
        let duration_ms = found.duration_us.map_or(0, |us| us.max(0) as u64 / 1000);
        Ok(match found.picture {
            Some([width, height]) if found.still => Probe::Picture { width, height },
            Some([width, height]) => Probe::Film {
                width,
                height,
                duration_ms,
                has_sound: found.sound,
                traits: found.film.unwrap_or_default(),
            },
            None => Probe::Sound { duration_ms, silent: found.silent },
        })
    }
}

/// Reads and checks a folder; warnings go to standard error.
pub fn read_folder(path: &Path, now: Timestamp) -> Result<folder::Checked, Vec<Problem>> {
    read_folder_with(path, now, OldCodes::Refuse, false)
}

/// What is done to make media fit is told while it is done.
fn transcoder(asked: bool) -> Outcome<Option<Transcoder<'static>>> {
    if !asked {
        return Ok(None);
    }
    let transcoder = Transcoder::installed(transcode::cache_folder()?, &report::say);
    transcoder.tidy();
    Ok(Some(transcoder))
}

pub fn read_folder_with(
    path: &Path,
    now: Timestamp,
    old_codes: OldCodes,
    transcode: bool,
) -> Result<folder::Checked, Vec<Problem>> {
    let transcoder = transcoder(transcode).map_err(|problem| vec![problem])?;
    let probe = prober(Decoder::this_program());
    let checked = folder::read_with(path, &probe, now, old_codes, transcoder.as_ref())?;
    report::warnings(&checked.warnings);
    Ok(checked)
}

pub fn publish(site: &Path, folder: &Path, now: Timestamp) -> Result<publish::Published, Vec<Problem>> {
    publish_checked(site, &read_folder(folder, now)?, now)
}

fn publish_checked(
    site: &Path,
    checked: &folder::Checked,
    now: Timestamp,
) -> Result<publish::Published, Vec<Problem>> {
    let files = to_publish(&checked.files);
    let published =
        publish::publish(site, &keys_of(site), &checked.programme, &files, &Lifetimes::default(), now)
            .map_err(|problem| vec![problem])?;
    report::warnings(&published.warnings);
    let (notices, version) = (checked.programme.notices.len(), published.versions.programme);
    let (copied, reused) = (published.copied, published.reused);
    let head = match (published.changed, published.renewed) {
        (true, _) => {
            say!(en: "published version {version}", vi: "đã phát hành bản {version}", version = version)
        }
        (false, true) => say!(
            en: "nothing has changed; it was signed again as version {version}, so that it stays valid",
            vi: "không có gì thay đổi; đã ký lại thành bản {version} để còn giá trị", version = version),
        (false, false) => say!(
            en: "nothing has changed; version {version} is as before",
            vi: "không có gì thay đổi; vẫn là bản {version}", version = version),
    };
    report::say(&say!(
        en: "{en}: {shown}; {files} copied, {reused} unchanged",
        vi: "{vi}: {notices} tin; chép {copied} tệp, {reused} tệp không đổi",
        en = head.en, vi = head.vi, notices = notices, shown = counted(notices, "notice"), copied = copied, files = counted(copied, "file"), reused = reused));
    Ok(published)
}

fn to_publish(files: &[folder::MediaFile]) -> Vec<MediaFile> {
    let file = |file: &folder::MediaFile| MediaFile {
        sha256: file.media.sha256,
        length: file.media.length,
        source: file.source.clone(),
    };
    files.iter().map(file).collect()
}

/// The folder of `file`, which may name media beside it; the name of that file, for messages.
pub fn beside(file: &Path) -> (PathBuf, String) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (folder, name)
}

/// A sound file that was named on the command line.
fn spoken(file: &Path, transcode: bool) -> Result<(Media, Vec<MediaFile>), Problem> {
    let transcoder = transcoder(transcode)?;
    let probe = prober(Decoder::this_program());
    let (root, name) = beside(file);
    let mut shelf = Shelf::new(root, "alerts.json", &probe).making_fit(transcoder.as_ref());
    let media = shelf.named(&name, Role::Sound).map_err(|fault| match fault {
        Fault::Refused((why, remedy)) => Problem::new("--audio", why, remedy),
        Fault::Mended((why, remedy), line) => {
            let mut problem = Problem::new("--audio", why, remedy);
            problem.sketch.extend(line);
            problem
        }
        Fault::Broken(problem) => problem,
        Fault::Told => crate::disk::problem(file, &std::io::ErrorKind::NotFound.into()),
    })?;
    Ok((media, to_publish(&shelf.into_files())))
}

/// Whether this machine's clock lets boards show the warnings. `sure`: somebody has looked at it.
fn look_at_lives(site: &Path, alerts: &Alerts, now: Timestamp, sure: bool) -> Result<(), Vec<Problem>> {
    if sure || clock::disciplined().is_some() {
        return Ok(());
    }
    publish::check_lives(site, alerts, now).map_err(|problem| vec![problem])
}

pub fn alert(
    site: &Path,
    file: &Path,
    now: Timestamp,
    (sure, transcode): (bool, bool),
) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let transcoder = transcoder(transcode).map_err(one)?;
    let bytes = crate::disk::read_for_person(file).map_err(one)?;
    let (probe, (root, name)) = (prober(Decoder::this_program()), beside(file));
    let mut shelf = Shelf::new(root, &name, &probe).making_fit(transcoder.as_ref());
    let checked = publish::alerts::read(&bytes, &file.display().to_string(), &mut shelf, now)?;
    report::warnings(&checked.warnings);
    let Outlook { in_force, later } = publish::alerts::outlook(&checked.alerts, now);
    let alerts = &checked.alerts.alerts;
    let cancels = alerts.iter().any(|message| message.message == MessageType::Cancel);
    if in_force + later == 0 && !alerts.is_empty() && !cancels {
        return Err(vec![Problem::new(
            file.display().to_string(),
            say!(en: "no board would show any of it: all is over, or neither Actual nor Exercise; nothing was published",
                vi: "không bảng nào hiện được gì: tất cả đã hết hạn, hoặc không phải Actual hay Exercise; chưa phát hành gì"),
            say!(en: "correct the times; to take every warning off the boards, publish {{\"alerts\": []}}",
                vi: "hãy sửa thời gian; muốn gỡ mọi cảnh báo khỏi bảng, hãy phát hành {{\"alerts\": []}}"),
        )]);
    }
    look_at_lives(site, &checked.alerts, now, sure)?;
    let (held, programme) = publish::published(site).map_err(one)?;
    set_alerts(site, &checked.alerts, &to_publish(&shelf.into_files()), now).map_err(one)?;
    let zone = programme.map_or_else(|| ZONE_UNSTATED.to_owned(), |programme| programme.timezone);
    publish::alerts::changes(&held, &checked.alerts, &zone, now).iter().for_each(report::say);
    Ok(())
}

/// One warning, or the end of one, beside the others that are published.
fn one_alert(
    site: &Path,
    asked: OneAlert,
    now: Timestamp,
    (sure, transcode): (bool, bool),
) -> Result<(), Vec<Problem>> {
    let (held, programme) = publish::published(site).map_err(|problem| vec![problem])?;
    let OneAlert {
        hazard,
        level,
        event,
        area,
        actions,
        audio,
        until,
        from,
        issuer,
        exercise,
        update,
        cancel,
    } = asked;
    let audio =
        audio.as_deref().map(|file| spoken(file, transcode)).transpose().map_err(|problem| vec![problem])?;
    let (audio, media) = audio.map_or((None, Vec::new()), |(audio, media)| (Some(audio), media));
    let asked = match cancel {
        Some(id) => one::Asked::Cancel(id),
        None => one::Asked::Warn(Box::new(one::Draft {
            hazard,
            level,
            event,
            area,
            actions,
            until,
            from,
            issuer,
            exercise,
            audio,
            update,
        })),
    };
    let done = one::add(&held, programme.as_ref(), asked, now)?;
    look_at_lives(site, &done.alerts, now, sure)?;
    set_alerts(site, &done.alerts, &media, now).map_err(|problem| vec![problem])?;
    report::say(&done.said);
    Ok(())
}

pub fn set_alerts(site: &Path, alerts: &Alerts, media: &[MediaFile], now: Timestamp) -> Outcome<()> {
    let done = publish::set_alerts(site, &keys_of(site), alerts, media, &Lifetimes::default(), now)?;
    report::warnings(&done.warnings);
    let Outlook { in_force, later } = publish::alerts::outlook(alerts, now);
    report::say(&match (in_force + later, alerts.alerts.len()) {
        (0, 0) => say!(en: "published: no warnings", vi: "đã phát hành: không có cảnh báo nào"),
        (0, _) => say!(
            en: "published; no warning is in force, and none is to come",
            vi: "đã phát hành; không có cảnh báo nào đang hoặc sắp có hiệu lực"),
        _ => say!(
            en: "published; warnings in force now: {in_force}; beginning later: {later}",
            vi: "đã phát hành; số cảnh báo đang có hiệu lực: {in_force}; sẽ bắt đầu sau: {later}",
            in_force = in_force, later = later),
    });
    Ok(())
}

fn refresh(site: &Path, now: Timestamp) -> Outcome<()> {
    let refreshed = publish::refresh(site, &keys_of(site), &Lifetimes::default(), now)?;
    report::warnings(&refreshed.warnings);
    report::say(&say!(en: "renewed", vi: "đã gia hạn"));
    Ok(())
}

fn check(url: &str, root: &Path, now: Timestamp) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let root = crate::disk::read_for_person(root).map_err(one)?;
    let mut reader = Reader::open(url).map_err(one)?;
    let found = publish::check(&mut reader, &root, now);
    report::warnings(&reader.oddities());
    let found = found.map_err(one)?;
    let publish::Report { title, notices, tickers, announcements, alerts, media_files, versions, .. } =
        &found;
    let megabytes = (found.media_bytes as f64 / 1e5).round() / 10.0;
    let expires = told(found.expires, &found.timezone);
    let en = format!(
        "{}, {}, {}, {}; {}",
        counted(*notices, "notice"),
        counted(*tickers, "ticker line"),
        counted(*announcements, "announcement"),
        counted(*alerts, "warning"),
        counted(*media_files, "media file")
    );
    report::say(&say!(
        en: "`{title}`, version {version}: {en}, {megabytes} MB; valid until {expires}",
        vi: "`{title}`, bản {version}: {notices} tin, {tickers} dòng chạy, {announcements} lượt phát thanh, {alerts} cảnh báo; {files} tệp ảnh, phim, tiếng, {megabytes} MB; có giá trị đến {expires}",
        title = title, version = versions.programme, en = en, notices = notices, tickers = tickers, announcements = announcements,
        alerts = alerts, files = media_files, megabytes = megabytes, expires = expires));
    report::warnings(&found.warnings);
    match found.problems.is_empty() {
        true => Ok(()),
        false => Err(found.problems),
    }
}
