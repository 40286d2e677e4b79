//! `bangtin feed …`: making a signed feed and keeping it up.

use super::{Feed, report};
use crate::clock;
use crate::media::{Decoder, probe};
use crate::model::alert::Alerts;
use crate::problem::{Outcome, Problem};
use crate::publish::{self, folder};
use crate::say;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

pub fn run(feed: Feed) -> Result<(), Vec<Problem>> {
    let now = clock::system();
    let one = |problem| vec![problem];
    match feed {
        Feed::Init { site, threshold, title } => init(&site, threshold, &title, now).map_err(one),
        Feed::Publish { site, folder } => publish(&site, &folder, now).map(drop),
        Feed::Alert { site, alerts } => alert(&site, &alerts, now).map_err(one),
        Feed::Refresh { site } => refresh(&site, now).map_err(one),
        Feed::Check { url, root } => check(&url, &root, now).map_err(one),
    }
}

/// `SITE.keys`, beside the site: never inside, for the site is what the web server shows.
pub fn keys_of(site: &Path) -> PathBuf {
    let mut name = site.file_name().unwrap_or_default().to_owned();
    name.push(".keys");
    site.with_file_name(name)
}

pub fn init(site: &Path, threshold: u32, title: &str, now: Timestamp) -> Outcome<()> {
    let keys = keys_of(site);
    publish::init(site, &keys, &publish::Init { threshold, title: title.into() }, now)?;
    let (site, keys) = (site.display(), keys.display());
    report::say(&say!(
        en: "made `{site}`; serve it with any web server, and give boards `{site}/root.json` by hand\nthe keys are in `{keys}`: keep a copy of root.pem and targets.pem on a USB stick, and take them off this machine",
        vi: "đã tạo `{site}`; hãy đặt lên máy chủ web và chép tay `{site}/root.json` cho từng bảng\nkhóa nằm trong `{keys}`: chép root.pem và targets.pem ra USB rồi xóa khỏi máy này",
        site = site, keys = keys));
    Ok(())
}

/// Probes a file as the publisher does: in a decoder child, like a board.
pub fn prober(decoder: Decoder) -> impl Fn(&Path) -> Outcome<folder::Probe> {
    move |path| {
        let asset = crate::store::Asset::from_author_folder(path)?;
        let found = probe(&decoder, &asset)?;
        let duration_ms = found.duration_us.map_or(0, |us| us.max(0) as u64 / 1000);
        Ok(match found.picture {
            Some([width, height]) if found.still => folder::Probe::Picture { width, height },
            Some([width, height]) => {
                folder::Probe::Film { width, height, duration_ms, has_sound: found.sound }
            }
            None => folder::Probe::Sound { duration_ms },
        })
    }
}

/// Reads and checks a folder; warnings go to standard error.
pub fn read_folder(path: &Path, now: Timestamp) -> Result<folder::Checked, Vec<Problem>> {
    let checked = folder::read(path, &prober(Decoder::this_program()), now)?;
    checked.warnings.iter().for_each(report::warning);
    Ok(checked)
}

pub fn publish(site: &Path, folder: &Path, now: Timestamp) -> Result<publish::Published, Vec<Problem>> {
    let checked = read_folder(folder, now)?;
    let published = publish::publish(site, &keys_of(site), &checked.programme, &checked.files, now)
        .map_err(|problem| vec![problem])?;
    let (notices, version) = (checked.programme.notices.len(), published.programme_version);
    let (copied, reused) = (published.copied, published.reused);
    report::say(&say!(
        en: "published version {version}: {notices} notices; {copied} files copied, {reused} unchanged",
        vi: "đã phát hành bản {version}: {notices} tin; chép {copied} tệp, {reused} tệp không đổi",
        version = version, notices = notices, copied = copied, reused = reused));
    Ok(published)
}

pub fn alert(site: &Path, file: &Path, now: Timestamp) -> Outcome<()> {
    let bytes = crate::disk::read_for_person(file)?;
    let alerts: Alerts = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            file.display().to_string(),
            say!(en: "not an alerts.json ({error})", vi: "không phải tệp alerts.json ({error})"),
            say!(en: "see config/demo/alerts.json for an example", vi: "hãy xem ví dụ config/demo/alerts.json"),
        )
    })?;
    set_alerts(site, &alerts, now)
}

pub fn set_alerts(site: &Path, alerts: &Alerts, now: Timestamp) -> Outcome<()> {
    publish::set_alerts(site, &keys_of(site), alerts, now)?;
    let count = alerts.alerts.len();
    report::say(&say!(en: "{count} warnings in force", vi: "đang có {count} cảnh báo", count = count));
    Ok(())
}

fn refresh(site: &Path, now: Timestamp) -> Outcome<()> {
    publish::refresh(site, &keys_of(site), now)?;
    report::say(&say!(en: "renewed", vi: "đã gia hạn"));
    Ok(())
}

fn check(url: &str, root: &Path, now: Timestamp) -> Outcome<()> {
    let root = crate::disk::read_for_person(root)?;
    let checked = publish::check(url, &root, now)?;
    report::say(&checked.summary());
    Ok(())
}
