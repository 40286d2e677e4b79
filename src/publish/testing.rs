//! A published feed in a temporary folder, for tests.

use super::*;
use crate::model::media::{Media, Sha256};
use crate::trust::{Complete, Fetch, Floors, Item, Refresh, Refusal, Times, Verified};
use tempfile::TempDir;

/// A SITE folder with its keys.
pub(crate) struct TestSite {
    folder: TempDir,
    pub lifetimes: Lifetimes,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When test sites are made.
pub(crate) fn day(number: i64) -> Timestamp {
    at("2026-11-24T00:00:00Z") + SignedDuration::from_hours(24 * number)
}

impl TestSite {
    pub fn new(programme_threshold: usize) -> TestSite {
        let site = TestSite { folder: tempfile::tempdir().unwrap(), lifetimes: Lifetimes::default() };
        let lifetimes = site.lifetimes;
        let feed = NewFeed { title: "Xã Bình Lư".into(), programme_threshold, lifetimes };
        init(&site.site(), &site.keys(), &feed, day(0)).unwrap();
        site
    }

    pub fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }
    pub fn keys(&self) -> PathBuf {
        keys_folder(&self.site())
    }
    pub fn root(&self) -> Vec<u8> {
        std::fs::read(self.site().join("root.json")).unwrap()
    }
    pub fn path(&self, file: &str) -> PathBuf {
        self.site().join(file)
    }

    /// A media file of the author's, ready to publish.
    pub fn media(&self, name: &str, bytes: &[u8]) -> (Media, MediaFile) {
        let source = self.folder.path().join(name);
        std::fs::write(&source, bytes).unwrap();
        let (sha256, length) = (digest(bytes), bytes.len() as u64);
        let media =
            Media { path: name.into(), length, sha256, width: None, height: None, duration_ms: Some(1000) };
        (media, MediaFile { sha256, length, source })
    }

    /// Publishes one notice of this title, with these bytes as its sound.
    pub fn publish(&self, title: &str, sound: Option<&[u8]>, now: Timestamp) -> Published {
        let mut programme = Programme::empty("Xã Bình Lư");
        let mut notice = serde_json::from_value::<crate::model::programme::Notice>(
            serde_json::json!({"id": title, "title": title}),
        )
        .unwrap();
        let sound = sound.map(|bytes| self.media(&format!("{title}.mp3"), bytes));
        notice.audio = sound.as_ref().map(|(media, _)| media.clone());
        programme.notices.push(notice.into());
        let files: Vec<MediaFile> = sound.into_iter().map(|(_, file)| file).collect();
        publish(&self.site(), &self.keys(), &programme, &files, &self.lifetimes, now).unwrap()
    }

    pub fn reader(&self) -> Folder {
        Folder(self.site())
    }

    /// Verifies it as a board that accepted `floors` before, and says what is a floor from then on.
    pub fn verify(&self, floors: &Floors, now: Timestamp) -> (Result<Verified<Complete>, Refusal>, Floors) {
        verify(&mut self.reader(), &self.root(), floors, now.into())
    }
}

/// Signs a role's table again, changed, with the keys that are at hand, in the place of its newest version. What vouches
/// for it is left as it is.
pub(crate) fn forge(site: &TestSite, role: Role, change: impl FnOnce(&mut Map<String, Value>)) {
    let keys = Keys::load(&site.keys()).unwrap();
    let open = Site::open(&site.site()).unwrap();
    let mut table = open.role(role).unwrap().table.clone();
    let old = open.version(role);
    change(&mut table);
    let bytes = sign::sign(role.name(), &table, &open.signers(role).unwrap(), &keys).unwrap();
    let name = match role {
        Role::Timestamp => "timestamp.json".into(),
        _ => format!("{old}.{}.json", role.name()),
    };
    std::fs::write(site.path("metadata").join(name), bytes).unwrap();
}

/// The owner's answer to a stolen timestamp key: a new root with another key, which signs a timestamp of this version.
pub(crate) fn replace_timestamp_key(site: &TestSite, version: u64, now: Timestamp) {
    let file = site.keys().join("timestamp.pem");
    std::fs::remove_file(&file).unwrap();
    let key = SigningKey::generate(&file).unwrap();
    let keys = Keys::load(&site.keys()).unwrap();
    let open = Site::open(&site.site()).unwrap();
    let mut root = open.role(Role::Root).unwrap().table.clone();
    let next = open.version(Role::Root) + 1;
    root["version"] = next.into();
    root["keys"][key.id()] = key.public();
    root["roles"]["timestamp"]["keyids"] = serde_json::json!([key.id()]);
    let bytes = sign::sign("root", &root, &open.signers(Role::Root).unwrap(), &keys).unwrap();
    std::fs::write(site.path(&format!("metadata/{next}.root.json")), bytes).unwrap();
    drop(open);
    forge(site, Role::Timestamp, |table| {
        table["version"] = version.into();
        table["expires"] = sign::moment(sign::after(now, site.lifetimes.timestamp)).into();
        table["x-issued"] = sign::moment(now).into();
    });
}

/// Runs a refresh to its end or to its refusal.
pub(crate) fn verify(
    site: &mut dyn Fetch,
    root: &[u8],
    floors: &Floors,
    times: Times,
) -> (Result<Verified<Complete>, Refusal>, Floors) {
    let mut kept = floors.clone();
    let mut refresh = match Refresh::new(root, floors.clone(), times) {
        Ok(refresh) => refresh,
        Err(refusal) => return (Err(refusal), kept),
    };
    while let Some(wanted) = refresh.wanted() {
        let bytes = site.fetch(&wanted.path, wanted.length_max).unwrap();
        match refresh.answer(bytes) {
            Ok(None) => {}
            Ok(Some(floor)) => match &floor.item {
                Item::Root(_) => kept.roots.push(floor.bytes.clone()),
                Item::Timestamp => kept.timestamps = vec![floor.bytes.clone()],
                _ => kept.snapshots = vec![floor.bytes.clone()],
            },
            Err(refusal) => return (Err(refusal), kept),
        }
    }
    let complete = refresh.finish().unwrap();
    // Tests of one fault want to see it, not what is held beside it.
    match complete.missing.clone() {
        Some((_, refusal)) => (Err(refusal), kept),
        None => (Ok(complete), kept),
    }
}

/// Reads a SITE folder.
pub(crate) struct Folder(pub PathBuf);

impl Fetch for Folder {
    fn fetch(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match Local::default().read(&self.0.join(path), length_max) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk::problem(&self.0.join(path), &error)),
        }
    }
    fn fetch_optional(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        self.fetch(path, length_max)
    }
    fn read(&mut self, path: &str, piece: &mut dyn FnMut(&[u8]) -> Outcome<()>) -> Outcome<bool> {
        let Some(bytes) = self.fetch(path, u64::MAX - 1)? else { return Ok(false) };
        bytes.chunks(7).try_for_each(piece)?;
        Ok(true)
    }
}

/// The digest in the name of a published media file.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    digest(bytes)
}
