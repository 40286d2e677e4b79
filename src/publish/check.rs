//! Verifies a feed as a board would, and says what it holds: `bangtin feed check`.

use super::alerts::{Outlook, outlook};
use super::{Lifetimes, Role, expires_soon};
use crate::alert::life;
use crate::limits::MEDIA_BYTES_MAX;
use crate::model::feed::Versions;
use crate::model::media::Media;
use crate::model::programme::Programme;
use crate::model::time::told;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::{Fetch, Floors, Item, Refresh, Refusal};
use jiff::Timestamp;
use sha2::Digest;
use std::collections::HashSet;
use std::sync::Arc;

/// What a feed holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub title: String,
    pub versions: Versions,
    /// When the first of its metadata expires.
    pub expires: Timestamp,
    /// The programme's.
    pub timezone: String,
    pub notices: usize,
    pub tickers: usize,
    pub announcements: usize,
    /// In force at the moment of the check, or to come.
    pub alerts: usize,
    pub media_files: usize,
    pub media_bytes: u64,
    /// What a board would leave out, and media that are missing or not what was signed.
    pub problems: Vec<Problem>,
    /// Metadata that expire soon.
    pub warnings: Vec<Problem>,
}

/// Verifies the feed from its root at the time `now`, media included.
///
/// # Errors
/// A board would refuse the feed, or it cannot be reached.
pub fn check(site: &mut dyn Fetch, root: &[u8], now: Timestamp) -> Outcome<Report> {
    check_with(site, root, now, |_| true)
}

/// The same, where of the media for which `whole` is false only the beginning is fetched: they are there.
///
/// # Errors
/// As [`check`].
pub fn check_with(
    site: &mut dyn Fetch,
    root: &[u8],
    now: Timestamp,
    whole: impl Fn(&Media) -> bool,
) -> Outcome<Report> {
    let refused = |refusal: Refusal| refusal.problem("feed");
    let mut refresh = Refresh::new(root, Floors::default(), now).map_err(refused)?;
    while let Some(wanted) = refresh.wanted() {
        let bytes = site.fetch_wanted(&wanted)?;
        refresh.answer(bytes).map_err(refused)?;
    }
    let missing = || refused(Refusal::Missing { file: "timestamp.json".into() });
    let complete = refresh.finish().ok_or_else(missing)?.into_inner();
    // A board would show one half without the other, and so must whoever publishes hear of it.
    let broken = complete.missing.as_ref().map(|(_, refusal)| refused(refusal.clone()));
    let (programme, alerts) = (
        complete.programme.clone().unwrap_or_else(|| Arc::new(Programme::empty(""))),
        complete.alerts.clone(),
    );
    let mut report = Report {
        title: programme.title.clone(),
        versions: complete.versions,
        expires: complete.expires,
        timezone: programme.timezone.clone(),
        notices: programme.notices.len(),
        tickers: programme.tickers.len(),
        announcements: programme.announcements.len(),
        alerts: alerts.as_ref().map_or(0, |alerts| {
            let Outlook { in_force, later } = outlook(alerts, now);
            in_force + later
        }),
        media_files: 0,
        media_bytes: 0,
        problems: broken.into_iter().chain(complete.problems.iter().cloned()).collect(),
        warnings: expiring(root, &complete.files, now, &programme.timezone),
    };
    let mut seen = HashSet::new();
    // What was withdrawn is said by no board.
    let spoken = alerts.iter().flat_map(|alerts| {
        let withdrawn = life::withdrawn(alerts, now);
        alerts
            .alerts
            .iter()
            .filter(move |alert| !withdrawn.contains(&alert.id))
            .filter_map(|alert| alert.audio.as_ref())
    });
    for media in programme.media().chain(spoken).filter(|media| seen.insert(media.sha256)) {
        report.media_files += 1;
        report.media_bytes += media.length;
        report.problems.extend(check_media(site, media, whole(media)).err());
    }
    Ok(report)
}

/// Warns of each role that expires soon. `pinned` is the root where there is no newer one.
fn expiring(pinned: &[u8], files: &[(Item, Arc<Vec<u8>>)], now: Timestamp, zone: &str) -> Vec<Problem> {
    let mut newer =
        files.iter().filter(|(item, _)| matches!(item, Item::Root(_))).map(|(_, bytes)| bytes.as_slice());
    let root = [(Role::Root, newer.next_back().unwrap_or(pinned))];
    let others = files.iter().filter_map(|(item, bytes)| {
        let role = match item {
            Item::Timestamp => Role::Timestamp,
            Item::Snapshot => Role::Snapshot,
            Item::Targets => Role::Targets,
            Item::Role(name) => *[Role::Programme, Role::Alert].iter().find(|role| role.name() == name)?,
            Item::Root(_) | Item::Content(_) => return None,
        };
        Some((role, bytes.as_slice()))
    });
    let lifetimes = Lifetimes::default();
    let soon = root.into_iter().chain(others).filter_map(|(role, bytes)| {
        let file: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        let expires = file.get("signed")?.get("expires")?.as_str()?.parse().ok()?;
        expires_soon(role, expires, &lifetimes, now, |at| told(at, zone))
    });
    soon.collect()
}

fn check_media(site: &mut dyn Fetch, media: &Media, whole: bool) -> Outcome<()> {
    let path = format!("media/{}", media.sha256);
    let remedy = || {
        say!(en: "publish again, or copy `media` of the SITE folder to the web server again; where the file is there, let the server give out files without an ending (IIS: add the MIME type `.` as application/octet-stream)",
            vi: "hãy xuất bản lại, hoặc chép lại thư mục `media` của SITE lên máy chủ web; nếu tệp đã có ở đó, hãy cho máy chủ gửi cả tệp không có đuôi (IIS: thêm kiểu MIME `.` là application/octet-stream)")
    };
    let wrong = || {
        let why = say!(en: "`{path}` is not the file that was signed", vi: "`{path}` không phải là tệp đã ký", path = path);
        Problem::new(media.path.as_str(), why, remedy())
    };
    let (mut hasher, mut length) = (sha2::Sha256::new(), 0u64);
    let mut enough = false;
    let found = site.read(&path, &mut |piece| {
        length += piece.len() as u64;
        if length > media.length.min(MEDIA_BYTES_MAX) {
            return Err(wrong());
        }
        hasher.update(piece);
        enough = !whole;
        // Ends the reading.
        if enough { Err(wrong()) } else { Ok(()) }
    });
    if enough {
        return Ok(());
    }
    let found = found?;
    if !found {
        let why = say!(en: "there is no `{path}`", vi: "không có `{path}`", path = path);
        return Err(Problem::new(media.path.as_str(), why, remedy()));
    }
    if length != media.length || hasher.finalize().as_slice() != media.sha256.0 {
        return Err(wrong());
    }
    Ok(())
}
