//! `bangtin feed …`: making a signed feed and keeping it up.

use super::{Feed, report};
use crate::clock;
use crate::media::{Decoder, probe};
use crate::model::alert::{Alerts, MessageType};
use crate::model::media::Probe;
use crate::problem::{Outcome, Problem};
use crate::publish::alerts::Outlook;
use crate::publish::folder::OldCodes;
use crate::publish::{self, Lifetimes, MediaFile, NewFeed, folder};
use crate::say;
use crate::sync::Reader;
use jiff::Timestamp;
use std::path::Path;

pub fn run(feed: Feed) -> Result<(), Vec<Problem>> {
    let now = clock::system();
    let one = |problem| vec![problem];
    match feed {
        Feed::Init { site, threshold, title } => init(&site, threshold, &title, now).map_err(one),
        Feed::Publish { site, folder, convert, clock_is_right } => {
            look_at_clock(&site, now, clock_is_right)?;
            let old_codes = if convert { OldCodes::Convert } else { OldCodes::Refuse };
            publish_checked(&site, &read_folder_with(&folder, now, old_codes)?, now).map(drop)
        }
        Feed::Alert { site, alerts, clock_is_right } => {
            look_at_clock(&site, now, clock_is_right)?;
            alert(&site, &alerts, now)
        }
        Feed::Refresh { site, clock_is_right } => {
            look_at_clock(&site, now, clock_is_right)?;
            refresh(&site, now).map_err(one)
        }
        Feed::Check { url, root } => check(&url, &root, now),
    }
}

fn look_at_clock(site: &Path, now: Timestamp, sure: bool) -> Result<(), Vec<Problem>> {
    let warning =
        publish::check_clock(site, now, clock::disciplined(), sure).map_err(|problem| vec![problem])?;
    report::warnings(warning.as_slice());
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
        let found = probe(&decoder, &asset)?;
        let duration_ms = found.duration_us.map_or(0, |us| us.max(0) as u64 / 1000);
        Ok(match found.picture {
            Some([width, height]) if found.still => Probe::Picture { width, height },
            Some([width, height]) => Probe::Film { width, height, duration_ms, has_sound: found.sound },
            None => Probe::Sound { duration_ms },
        })
    }
}

/// Reads and checks a folder; warnings go to standard error.
pub fn read_folder(path: &Path, now: Timestamp) -> Result<folder::Checked, Vec<Problem>> {
    read_folder_with(path, now, OldCodes::Refuse)
}

fn read_folder_with(
    path: &Path,
    now: Timestamp,
    old_codes: OldCodes,
) -> Result<folder::Checked, Vec<Problem>> {
    let checked = folder::read_with(path, &prober(Decoder::this_program()), now, old_codes)?;
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
    let files = checked.files.iter().map(|file| MediaFile {
        sha256: file.media.sha256,
        length: file.media.length,
        source: file.source.clone(),
    });
    let files: Vec<MediaFile> = files.collect();
    let published =
        publish::publish(site, &keys_of(site), &checked.programme, &files, &Lifetimes::default(), now)
            .map_err(|problem| vec![problem])?;
    report::warnings(&published.warnings);
    let (notices, version) = (checked.programme.notices.len(), published.versions.programme);
    let (copied, reused) = (published.copied, published.reused);
    report::say(&say!(
        en: "published version {version}: {notices} notices; {copied} files copied, {reused} unchanged",
        vi: "đã phát hành bản {version}: {notices} tin; chép {copied} tệp, {reused} tệp không đổi",
        version = version, notices = notices, copied = copied, reused = reused));
    Ok(published)
}

pub fn alert(site: &Path, file: &Path, now: Timestamp) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let bytes = crate::disk::read_for_person(file).map_err(one)?;
    let checked = publish::alerts::read(&bytes, &file.display().to_string(), now)?;
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
    set_alerts(site, &checked.alerts, now).map_err(one)
}

pub fn set_alerts(site: &Path, alerts: &Alerts, now: Timestamp) -> Outcome<()> {
    let done = publish::set_alerts(site, &keys_of(site), alerts, &Lifetimes::default(), now)?;
    report::warnings(&done.warnings);
    let Outlook { in_force, later } = publish::alerts::outlook(alerts, now);
    report::say(&match (in_force + later, alerts.alerts.len()) {
        (0, 0) => say!(en: "published: no warnings", vi: "đã phát hành: không có cảnh báo nào"),
        (0, count) => say!(
            en: "published, but no board will show a warning: all {count} messages are over, cancelled, or neither Actual nor Exercise",
            vi: "đã phát hành, nhưng không bảng nào hiện cảnh báo: cả {count} thông báo đều đã hết hạn, đã hủy, hoặc không phải Actual hay Exercise",
            count = count),
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
    let found = publish::check(&mut Reader::open(url).map_err(one)?, &root, now).map_err(one)?;
    let publish::Report { title, notices, tickers, announcements, alerts, media_files, versions, .. } =
        &found;
    let megabytes = (found.media_bytes as f64 / 1e5).round() / 10.0;
    let expires = found.expires.to_zoned(clock::local_zone()).strftime("%Y-%m-%d %H:%M").to_string();
    report::say(&say!(
        en: "`{title}`, version {version}: {notices} notices, {tickers} ticker lines, {announcements} announcements, {alerts} warnings; {files} media files, {megabytes} MB; valid until {expires}",
        vi: "`{title}`, bản {version}: {notices} tin, {tickers} dòng chạy, {announcements} lượt phát thanh, {alerts} cảnh báo; {files} tệp ảnh, phim, tiếng, {megabytes} MB; có giá trị đến {expires}",
        title = title, version = versions.programme, notices = notices, tickers = tickers, announcements = announcements,
        alerts = alerts, files = media_files, megabytes = megabytes, expires = expires));
    report::warnings(&found.warnings);
    match found.problems.is_empty() {
        true => Ok(()),
        false => Err(found.problems),
    }
}
