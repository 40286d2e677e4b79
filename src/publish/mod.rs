//! Makes and renews a signed feed: a SITE folder of static files that any web server can serve.
//!
//! [`init`] makes the keys and an empty feed; [`publish`] puts a checked programme and its media in place of
//! the one before; [`set_alerts`] does so for warnings; [`refresh`] renews what expires; [`check`] verifies a
//! feed as a board would. Each is all or nothing: everything is signed before anything is written, and a
//! board that polls at any instant sees the old feed or the new one.
//!
//! Content comes in as plain data that was checked before; nothing here opens a media file to see what is in
//! it. No private key leaves its file.

pub mod alerts;
mod check;
pub mod folder;
mod holding;
mod keys;
mod media;
mod prune;
pub mod schema;
mod sign;
mod site;
pub mod transcode;

pub use check::{Report, check, check_with};
pub use keys::{Keys, SigningKey};
pub use media::MediaFile;

use crate::disk::{self, Disk, Local};
use crate::limits::{
    ALERTS_BYTES_MAX, CLOCK_DIFFERENCE_HOURS_MAX, EXPIRY_WARNING_DAYS, PROGRAMME_BYTES_MAX,
    SIGNER_BEHIND_SECONDS_MAX, TITLE_CHARS_MAX,
};
use crate::model::alert::Alerts;
use crate::model::feed::Versions;
use crate::model::media::{Media, Sha256};
use crate::model::programme::Programme;
use crate::model::time::{ZONE_UNSTATED, told};
use crate::problem::{self, Outcome, Problem};
use crate::say;
use crate::trust::time::released;
use folder::text;
use holding::must_hold;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use sign::{Signers, digest};
use site::Site;
use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

/// The roles of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Root,
    Targets,
    Programme,
    Alert,
    Snapshot,
    Timestamp,
}

impl Role {
    /// As metadata and file names have it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Root => "root",
            Role::Targets => "targets",
            Role::Programme => "programme",
            Role::Alert => "alert",
            Role::Snapshot => "snapshot",
            Role::Timestamp => "timestamp",
        }
    }
}

/// How long each role is valid from when it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    pub root: SignedDuration,
    pub targets: SignedDuration,
    pub programme: SignedDuration,
    pub alert: SignedDuration,
    pub snapshot: SignedDuration,
    pub timestamp: SignedDuration,
}

impl Default for Lifetimes {
    fn default() -> Lifetimes {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Lifetimes {
            root: days(730),
            targets: days(365),
            programme: days(180),
            alert: days(90),
            snapshot: days(90),
            timestamp: days(14),
        }
    }
}

impl Lifetimes {
    fn of(&self, role: Role) -> SignedDuration {
        match role {
            Role::Root => self.root,
            Role::Targets => self.targets,
            Role::Programme => self.programme,
            Role::Alert => self.alert,
            Role::Snapshot => self.snapshot,
            Role::Timestamp => self.timestamp,
        }
    }
}

/// How a new feed is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeed {
    /// Shown in the header of the boards until a programme is published.
    pub title: String,
    /// How many people sign the programme: 1, or 2 for an official and a leader.
    pub programme_threshold: usize,
    pub lifetimes: Lifetimes,
}

/// What publishing has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The content differs from what was published before.
    pub changed: bool,
    /// It is the same, and was signed again under another version so that it stays valid.
    pub renewed: bool,
    pub versions: Versions,
    /// Media files copied into the feed.
    pub copied: usize,
    /// Their digests.
    pub new_media: HashSet<Sha256>,
    /// Media files that were there already.
    pub reused: usize,
    /// Roles that expire soon and whose keys are not here; old files that could not be removed.
    pub warnings: Vec<Problem>,
}

/// What a renewal has done, or new warnings with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    pub versions: Versions,
    pub renewed: Vec<Role>,
    /// Roles that expire soon and whose keys are not here; old files that could not be removed.
    pub warnings: Vec<Problem>,
}

/// Where a feed's keys lie unless told otherwise: `SITE.keys` beside `SITE`, never within what is served.
pub fn keys_folder(site: &Path) -> PathBuf {
    let named = matches!(site.components().next_back(), Some(Component::Normal(_)));
    // `.` and `..` have no name to put `.keys` after: the folder that they mean has.
    let meant = if named { None } else { site.canonicalize().ok() };
    let trimmed: PathBuf = meant.as_deref().unwrap_or(site).components().collect();
    disk::beside(&trimmed, ".keys")
}

/// Holds this machine's clock against all that can give it the lie: a time server, and the feed's last signature. What is
/// signed ahead of time by mistake expires ahead of time, and boards without a clock learn the time from it. The problem
/// that comes back is a warning.
///
/// `disciplined`: the time by whatever disciplines this machine's clock ([`clock::disciplined`](crate::clock::disciplined)).
///
/// # Errors
/// Two of them are more than a day apart and no time server agrees with this machine's clock; a day is well below a
/// timestamp's life, so that boards refuse nothing of what is signed within it. `sure`: whoever publishes has looked at
/// the clock.
pub fn check_clock(
    site: &Path,
    now: Timestamp,
    disciplined: Option<Timestamp>,
    sure: bool,
) -> Outcome<Option<Problem>> {
    let site = Site::open(site)?;
    let Some(last) = site.role(Role::Timestamp)?.issued() else { return Ok(None) };
    let said = |moment: Timestamp| site.told(moment);
    let apart =
        |other: Timestamp, hours: i64| now.duration_since(other).abs() > SignedDuration::from_hours(hours);
    if let Some(server) = disciplined.filter(|server| apart(*server, CLOCK_DIFFERENCE_HOURS_MAX)) {
        let why = say!(
            en: "this machine's clock says {now}, and the time server says {server}",
            vi: "đồng hồ máy này báo {now}, mà máy chủ giờ báo {server}",
            now = said(now), server = said(server)
        );
        return if sure { Ok(None) } else { Err(Problem::new("clock", why, clock_remedy())) };
    }
    let behind = last.duration_since(now);
    let why = say!(
        en: "this machine's clock says {now}, and the feed was last signed at {last}",
        vi: "đồng hồ máy này báo {now}, mà nguồn tin được ký lần cuối lúc {last}",
        now = said(now), last = said(last)
    );
    let vouched = disciplined.is_some() || sure;
    if apart(last, CLOCK_DIFFERENCE_HOURS_MAX) && !vouched {
        return Err(Problem::new("clock", why, clock_remedy()));
    }
    let remedy = match vouched {
        true => say!(
            en: "the clock that signed it ran ahead; boards follow what is signed now",
            vi: "đồng hồ lúc ký lần đó chạy nhanh; các bảng sẽ theo lần ký này"
        ),
        false => clock_remedy(),
    };
    Ok((behind.as_secs() > SIGNER_BEHIND_SECONDS_MAX).then(|| Problem::new("clock", why, remedy)))
}

/// Refuses warnings of which some are over by the feed's last signature though not by this machine's clock: one of the two
/// is wrong and, if it is this one, no board would show them.
///
/// # Errors
/// The feed cannot be read; there are such warnings.
pub fn check_lives(site: &Path, alerts: &Alerts, now: Timestamp) -> Outcome<()> {
    let site = Site::open(site)?;
    let Some(last) = site.role(Role::Timestamp)?.issued().filter(|last| *last > now) else { return Ok(()) };
    let lives = crate::alert::life::lives(alerts);
    let Some(lost) = lives.iter().find(|life| life.until > now && life.until <= last) else { return Ok(()) };
    let (id, now, last) = (&lost.alert.id.identifier, site.told(now), site.told(last));
    let why = say!(
        en: "this machine's clock says {now}, but the feed was last signed at {last}, when `{id}` is over: boards would never show it",
        vi: "đồng hồ máy này báo {now}, nhưng nguồn tin được ký lần cuối lúc {last}, lúc đó `{id}` đã hết hạn: bảng sẽ không hiện"
    );
    Err(Problem::new("clock", why, clock_remedy()))
}

fn clock_remedy() -> problem::Text {
    say!(
        en: "look at a clock that is right, and set this machine's date and time; if they are right, add --clock-is-right",
        vi: "hãy xem một đồng hồ đúng rồi chỉnh ngày giờ của máy này; nếu ngày giờ đã đúng, hãy thêm --clock-is-right"
    )
}

/// Makes keys and an empty signed feed, ready to serve.
///
/// # Errors
/// The title is not fit to be shown; there is a feed or a key already; a folder cannot be written.
pub fn init(site: &Path, keys: &Path, feed: &NewFeed, now: Timestamp) -> Outcome<()> {
    let title = checked_title(&feed.title)?;
    if now < released() {
        let now = told(now, ZONE_UNSTATED);
        return Err(Problem::new(
            "clock",
            say!(en: "this machine's clock says {now}, when this program did not exist yet",
                vi: "đồng hồ máy này báo {now}, khi chương trình này chưa ra đời", now = now),
            say!(en: "set its date and time", vi: "hãy chỉnh lại ngày giờ"),
        ));
    }
    let fault = |error: std::io::Error| disk::problem(keys, &error);
    let held = match Local::default().list(keys) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fault(error)),
        listed => listed.unwrap_or_default(),
    };
    if let Some(key) = held.iter().find(|entry| entry.name.ends_with(".pem")) {
        return Err(disk::problem(&keys.join(&key.name), &std::io::ErrorKind::AlreadyExists.into()));
    }
    let mut site = Site::create(site)?;
    disk::create_private_folder(keys).map_err(fault)?;

    let mut public = BTreeMap::<Role, Map<String, Value>>::new();
    let mut signers = BTreeMap::<Role, Signers>::new();
    let mut made = Vec::new();
    let roles = [Role::Root, Role::Targets, Role::Programme, Role::Alert, Role::Snapshot, Role::Timestamp];
    for role in roles {
        let threshold = if role == Role::Programme { feed.programme_threshold.max(1) } else { 1 };
        let mut own = Signers { keys: Vec::new(), threshold };
        for number in 1..=threshold {
            let file = if number == 1 {
                format!("{}.pem", role.name())
            } else {
                format!("{}-{number}.pem", role.name())
            };
            let key = SigningKey::generate(&keys.join(file))?;
            own.keys.push(key.id().to_owned());
            public.entry(role).or_default().insert(key.id().to_owned(), key.public());
            made.push(key);
        }
        signers.insert(role, own);
    }
    let keys = Keys::from_iter(made);
    let is_delegated = |role: &Role| matches!(role, Role::Programme | Role::Alert);
    let (delegated, top): (BTreeMap<_, _>, BTreeMap<_, _>) =
        signers.into_iter().partition(|(role, _)| is_delegated(role));
    let (delegated_public, top_public): (BTreeMap<_, _>, BTreeMap<_, _>) =
        public.into_iter().partition(|(role, _)| is_delegated(role));
    let merged = |public: BTreeMap<Role, Map<String, Value>>| public.into_values().flatten().collect();

    let lifetimes = &feed.lifetimes;
    site.sign_root(merged(top_public), &top, &keys, lifetimes, now)?;
    let (alert, programme) = (&delegated[&Role::Alert], &delegated[&Role::Programme]);
    site.sign_targets(merged(delegated_public), alert, programme, &keys, lifetimes, now)?;
    let empty = to_json(&Programme::empty(&title), PROGRAMME_BYTES_MAX, "programme.json")?;
    site.sign_content(Role::Programme, empty, &keys, lifetimes, now)?;
    let none = to_json(&Alerts::default(), ALERTS_BYTES_MAX, "alerts.json")?;
    site.sign_content(Role::Alert, none, &keys, lifetimes, now)?;
    site.go_live(true, &keys, lifetimes, now)
}

/// The title as it may be signed: held to what a programme's own is held to.
fn checked_title(title: &str) -> Outcome<String> {
    let refuse = |why, remedy| Problem::new("--title", why, remedy);
    let cleaned = text::cleaned("title", title, TITLE_CHARS_MAX, text::Lines::One);
    let cleaned = cleaned.map_err(|fault| refuse(fault.why, fault.remedy))?;
    if cleaned.is_empty() {
        let why = say!(en: "`title` is empty", vi: "mục `title` trống");
        return Err(refuse(why, say!(en: "write something", vi: "hãy viết nội dung")));
    }
    Ok(cleaned)
}

/// Publishes a checked programme with the media that it names.
///
/// # Errors
/// A key is missing, a media file is missing or was changed, somebody else is publishing, the disk is full:
/// the feed stays as it was.
pub fn publish(
    site: &Path,
    keys: &Path,
    programme: &Programme,
    media: &[MediaFile],
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Outcome<Published> {
    let mut site = Site::open(site)?;
    let folder = keys;
    let keys = Keys::load(folder)?;
    // Also where nothing needs a signature: whoever may not publish must not be told that all is well.
    for role in [Role::Programme, Role::Snapshot, Role::Timestamp] {
        must_hold(&site, role, &keys, folder)?;
    }
    let before = site.version(Role::Programme);
    let bytes = to_json(programme, PROGRAMME_BYTES_MAX, "programme.json")?;
    let changed = site.target_digest(Role::Programme) != Some(digest(&bytes).to_string().as_str());
    if changed {
        site.sign_content(Role::Programme, bytes, &keys, lifetimes, now)?;
    }
    let (_, mut warnings) = renew_what_expires(&mut site, &keys, lifetimes, Some(Role::Programme), now)?;
    let (new_media, reused) = copy_media(&site, media, programme.media())?;
    let snapshot_due = is_due(&site, Role::Snapshot, lifetimes, now);
    let mut versions = versions(&site);
    if site.has_changes() || snapshot_due || is_due(&site, Role::Timestamp, lifetimes, now) {
        let snapshot_renewed = site.has_changes() || snapshot_due;
        versions.snapshot += u64::from(snapshot_renewed);
        versions.timestamp += 1;
        warnings.extend(go_live(&mut site, snapshot_renewed, &keys, lifetimes, now)?);
    }
    let (copied, renewed) = (new_media.len(), !changed && versions.programme != before);
    Ok(Published { changed, renewed, versions, copied, new_media, reused, warnings })
}

/// Brings media into SITE. What comes back: those that were not there, and how many were. All that are `named` must then
/// be there.
fn copy_media<'m>(
    site: &Site,
    media: &[MediaFile],
    mut named: impl Iterator<Item = &'m Media>,
) -> Outcome<(HashSet<Sha256>, usize)> {
    let (mut new, mut reused, mut seen) = (HashSet::new(), 0, HashSet::new());
    for file in media.iter().filter(|file| seen.insert(file.sha256)) {
        match media::publish(&site.media_folder(), file)? {
            true => drop(new.insert(file.sha256)),
            false => reused += 1,
        }
    }
    if let Some(missing) = named.find(|named| !seen.contains(&named.sha256)) {
        let held = site.media_folder().join(missing.sha256.to_string());
        held.metadata().map_err(|error| disk::problem(&held, &error))?;
    }
    Ok((new, reused))
}

/// The warnings that are published now, checked or not, and the programme beside them as far as it can be read.
///
/// # Errors
/// There is no feed, or it is damaged.
pub fn published(site: &Path) -> Outcome<(Alerts, Option<Programme>)> {
    let site = Site::open(site)?;
    let alerts = site.content(Role::Alert, ALERTS_BYTES_MAX)?;
    let alerts = serde_json::from_slice(&alerts).map_err(|_| site.damaged("alerts.json"))?;
    let programme = site.content(Role::Programme, PROGRAMME_BYTES_MAX).ok();
    Ok((alerts, programme.and_then(|bytes| serde_json::from_slice(&bytes).ok())))
}

/// Publishes warnings in place of those before, with the media that they name and that are not in SITE yet.
///
/// # Errors
/// As for [`publish`].
pub fn set_alerts(
    site: &Path,
    keys: &Path,
    alerts: &Alerts,
    media: &[MediaFile],
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Outcome<Refreshed> {
    let mut site = Site::open(site)?;
    let folder = keys;
    let keys = Keys::load(folder)?;
    for role in [Role::Alert, Role::Snapshot, Role::Timestamp] {
        must_hold(&site, role, &keys, folder)?;
    }
    let bytes = to_json(alerts, ALERTS_BYTES_MAX, "alerts.json")?;
    // A voice that was lost since is no reason to keep a warning back.
    copy_media(&site, media, std::iter::empty())?;
    site.sign_content(Role::Alert, bytes, &keys, lifetimes, now)?;
    renew(site, Some(Role::Alert), &keys, lifetimes, now)
}

/// Renews the timestamp, and every role of whose life less than a third is left and whose keys are here.
///
/// # Errors
/// The keys of timestamp or snapshot are missing, or those of a role that has expired; somebody else is
/// publishing, the disk is full.
pub fn refresh(site: &Path, keys: &Path, lifetimes: &Lifetimes, now: Timestamp) -> Outcome<Refreshed> {
    let site = Site::open(site)?;
    let folder = keys;
    let keys = Keys::load(folder)?;
    must_hold(&site, Role::Timestamp, &keys, folder)?;
    renew(site, None, &keys, lifetimes, now)
}

/// `half`: the role whose content was signed just now.
fn renew(
    mut site: Site,
    half: Option<Role>,
    keys: &Keys,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Outcome<Refreshed> {
    let (mut renewed, mut warnings) = renew_what_expires(&mut site, keys, lifetimes, half, now)?;
    let snapshot = half.is_some() || site.has_changes() || is_due(&site, Role::Snapshot, lifetimes, now);
    let mut versions = versions(&site);
    versions.timestamp += 1;
    if snapshot {
        versions.snapshot += 1;
        renewed.push(Role::Snapshot);
    }
    renewed.push(Role::Timestamp);
    warnings.extend(go_live(&mut site, snapshot, keys, lifetimes, now)?);
    Ok(Refreshed { versions, renewed, warnings })
}

/// Makes what was signed live, and then takes away what nobody needs any more. What comes back are warnings.
fn go_live(
    site: &mut Site,
    renew_snapshot: bool,
    keys: &Keys,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Outcome<Option<Problem>> {
    site.go_live(renew_snapshot, keys, lifetimes, now)?;
    Ok(prune::prune(site.folder(), site.version(Role::Snapshot), now).err())
}

/// The roles renewed, and warnings of those that expire soon, or have expired and cost boards only one half of the
/// feed: a warning must go out although the programme's key is in a drawer.
///
/// # Errors
/// A role has expired and cannot be renewed, and boards would refuse what is published: that of `half`, one that both
/// hang on, or the roles of both halves.
fn renew_what_expires(
    site: &mut Site,
    keys: &Keys,
    lifetimes: &Lifetimes,
    half: Option<Role>,
    now: Timestamp,
) -> Outcome<(Vec<Role>, Vec<Problem>)> {
    let (mut renewed, mut warnings) = (Vec::new(), Vec::new());
    let mut halves_left = 2;
    for role in [Role::Root, Role::Targets, Role::Programme, Role::Alert] {
        if !is_due(site, role, lifetimes, now) {
            continue;
        }
        let expires = site.role(role)?.expires();
        let is_half = matches!(role, Role::Programme | Role::Alert);
        match site.renew(role, keys, lifetimes, now) {
            Ok(()) => renewed.push(role),
            Err(_) if expires <= now => {
                halves_left -= usize::from(is_half);
                if !is_half || half == Some(role) || halves_left == 0 {
                    return Err(expired(role, &site.told(expires)));
                }
                warnings.push(half_expired(role, &site.told(expires)));
            }
            Err(_) => warnings.extend(expires_soon(role, expires, lifetimes, now, |at| site.told(at))),
        }
    }
    Ok((renewed, warnings))
}

fn half_expired(role: Role, expires: &str) -> Problem {
    let why = match role {
        Role::Alert => say!(
            en: "it expired at {expires} and its key is not here: boards take NO NEW WARNINGS, only the programme",
            vi: "đã hết hạn lúc {expires} mà không có khóa ở đây: bảng KHÔNG NHẬN CẢNH BÁO MỚI, chỉ nhận chương trình",
            expires = expires),
        _ => say!(
            en: "it expired at {expires} and its key is not here: boards take warnings, and keep the programme that they have",
            vi: "đã hết hạn lúc {expires} mà không có khóa ở đây: bảng vẫn nhận cảnh báo, và giữ chương trình đang có",
            expires = expires),
    };
    Problem::new(
        format!("{}.json", role.name()),
        why,
        say!(en: "bring its key into the folder of keys and run `bangtin feed refresh`",
            vi: "hãy đưa khóa vào thư mục khóa rồi chạy `bangtin feed refresh`"),
    )
}

fn is_due(site: &Site, role: Role, lifetimes: &Lifetimes, now: Timestamp) -> bool {
    let left = site.role(role).map_or(SignedDuration::ZERO, |signed| signed.expires().duration_since(now));
    left < lifetimes.of(role) / 3
}

fn expired(role: Role, expires: &str) -> Problem {
    Problem::new(
        format!("{}.json", role.name()),
        say!(en: "it expired at {expires}, so boards refuse the feed, and its key is not here",
            vi: "đã hết hạn lúc {expires} nên bảng không nhận nguồn tin, mà không có khóa ở đây", expires = expires),
        say!(en: "nothing was published: bring its key into the folder of keys and try again, and check this machine's clock",
            vi: "chưa xuất bản gì: hãy đưa khóa vào thư mục khóa rồi làm lại, và kiểm tra đồng hồ của máy này"),
    )
}

/// A warning, once it is time for one.
fn expires_soon(
    role: Role,
    expires: Timestamp,
    lifetimes: &Lifetimes,
    now: Timestamp,
    told: impl FnOnce(Timestamp) -> String,
) -> Option<Problem> {
    let warned = SignedDuration::from_hours(24 * EXPIRY_WARNING_DAYS).min(lifetimes.of(role) / 3);
    if expires.duration_since(now) >= warned {
        return None;
    }
    let expires = told(expires);
    Some(Problem::new(
        format!("{}.json", role.name()),
        say!(en: "it expires at {expires}, and from then on boards refuse the feed",
            vi: "sẽ hết hạn lúc {expires}, từ lúc đó bảng không nhận nguồn tin", expires = expires),
        say!(en: "bring its key into the folder of keys and run `bangtin feed refresh`",
            vi: "hãy đưa khóa vào thư mục khóa rồi chạy `bangtin feed refresh`"),
    ))
}

fn versions(site: &Site) -> Versions {
    Versions {
        root: site.version(Role::Root),
        timestamp: site.version(Role::Timestamp),
        snapshot: site.version(Role::Snapshot),
        targets: site.version(Role::Targets),
        programme: site.version(Role::Programme),
        alert: site.version(Role::Alert),
    }
}

fn to_json(value: &impl serde::Serialize, length_max: u64, name: &str) -> Outcome<Vec<u8>> {
    let bytes = serde_json::to_vec(value).ok().filter(|bytes| bytes.len() as u64 <= length_max);
    bytes.ok_or_else(|| {
        Problem::new(
            name,
            say!(en: "it is longer than {max} bytes", vi: "dài hơn {max} byte", max = length_max),
            say!(en: "publish fewer or shorter notices", vi: "hãy bớt số tin hoặc rút ngắn nội dung"),
        )
    })
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
