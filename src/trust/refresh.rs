//! The client workflow of TUF 1.0, section 5, as a machine without I/O.
//!
//! Ask [`wanted`](Refresh::wanted) for the next file, [`answer`](Refresh::answer) with its bytes, until nothing
//! is wanted; then [`finish`](Refresh::finish). Each answer is verified before the next is asked for: roots one
//! by one, timestamp, snapshot, targets, then for warnings and after them for the programme the role that may
//! sign it and the file itself. Warnings come first: they are small, and they must not wait.
//!
//! Warnings and programme are two halves, each with a role of its own: where one cannot be had (its role has
//! expired, its file is broken or does not come), the other is complete without it, and
//! [`Complete::missing`] says why. A warning never hangs on the programme, nor the other way round.
//!
//! Signatures, versions, expiry and digests are checked by `sigstore-tuf`'s `TrustedMetadataSet`. Added here:
//! rollback floors that hold although timestamp and snapshot were kept at different times and places (the link
//! may die between them, a folder may be lost), the two targets that every feed has, and the times of issue.
//!
//! After a refusal nothing of what was refused is trusted: each step works on a copy until all of it holds.
//!
//! Feeds are flat: `targets` delegates, and the roles it names do not delegate further. Role names are file
//! names here, so only letters, digits, `-`, `_` and `.` may be in them.

use super::json_shape::Shape;
use super::refusal::Refusal;
use super::time::{Times, believable_root, believable_timestamp};
use super::verified::Verified;
use super::{ALERTS_TARGET, PROGRAMME_TARGET, content, crypto};
use crate::limits::{
    ALERTS_BYTES_MAX, JSON_DEPTH_MAX, METADATA_BYTES_MAX, METADATA_VALUES_MAX, PROGRAMME_BYTES_MAX,
    ROOTS_MAX, TIMESTAMP_BYTES_MAX,
};
use crate::model::alert::Alerts;
use crate::model::feed::Versions;
use crate::model::media::Sha256;
use crate::model::programme::Programme;
use crate::problem::Problem;
use jiff::Timestamp;
use serde_json::Value;
use sha2::Digest;
use sigstore_tuf::{MetaFile, Metadata, Role, Snapshot, TargetFile, TrustedMetadataSet};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The verifier keeps what it does not know, and values cost it more than their bytes.
const METADATA: Shape = Shape { depth_max: JSON_DEPTH_MAX, values_max: METADATA_VALUES_MAX };

/// One of the two files that every feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    Alerts,
    Programme,
}

impl Content {
    fn target(self) -> &'static str {
        match self {
            Content::Alerts => ALERTS_TARGET,
            Content::Programme => PROGRAMME_TARGET,
        }
    }
    fn length_max(self) -> u64 {
        match self {
            Content::Alerts => ALERTS_BYTES_MAX,
            Content::Programme => PROGRAMME_BYTES_MAX,
        }
    }
}

/// One file of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    Root(u64),
    Timestamp,
    Snapshot,
    Targets,
    /// A delegated role, by name.
    Role(String),
    Content(Content),
}

impl Item {
    /// Its name in a folder that holds one state of one feed.
    pub fn file_name(&self) -> String {
        match self {
            Item::Root(version) => format!("{version}.root.json"),
            Item::Timestamp => "timestamp.json".into(),
            Item::Snapshot => "snapshot.json".into(),
            Item::Targets => "targets.json".into(),
            Item::Role(name) => format!("role.{name}.json"),
            Item::Content(Content::Alerts) => "content.alerts.json".into(),
            Item::Content(Content::Programme) => "content.programme.json".into(),
        }
    }

    /// Of what has its version in its name: where it lies in a feed.
    fn path(&self) -> String {
        format!("metadata/{}", self.file_name())
    }
}

/// The next file that a refresh needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub item: Item,
    /// Relative to SITE.
    pub path: String,
    /// Nothing longer will be accepted: stop reading there.
    pub length_max: u64,
    /// Its digest, where that is known beforehand: a copy that fits need not be fetched again.
    pub sha256: Option<Sha256>,
    /// It is no fault if it is not there.
    pub optional: bool,
}

impl Wanted {
    /// These are certainly the bytes wanted.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        self.sha256.is_some_and(|expected| digest(bytes) == expected)
    }
}

/// Signed files that were accepted before, from wherever copies lie. Versions may not go back behind any of them;
/// a copy that is damaged says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Floors {
    /// Roots after the pinned one, in order.
    pub roots: Vec<Vec<u8>>,
    pub timestamps: Vec<Vec<u8>>,
    pub snapshots: Vec<Vec<u8>>,
}

/// A file that is from now on a floor, whatever becomes of the rest of this refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub item: Item,
    pub bytes: Vec<u8>,
}

/// One complete state of a feed, or of one of its halves.
#[derive(Debug, Clone, PartialEq)]
pub struct Complete {
    /// Of a half that is missing, 0.
    pub versions: Versions,
    /// When the timestamp was issued or, where that cannot be believed, the root; if that can be.
    pub issued: Option<Timestamp>,
    /// When the first of the metadata expires.
    pub expires: Timestamp,
    pub programme: Option<Arc<Programme>>,
    pub alerts: Option<Arc<Alerts>>,
    /// The half that could not be had, and why. At most one of the two.
    pub missing: Option<(Content, Refusal)>,
    /// What is wrong in the content and was left out.
    pub problems: Vec<Problem>,
    /// Equal for two states that differ in nothing but their timestamp.
    pub identity: Sha256,
    /// Every file it was verified from: what to give to a [`Refresh`] to verify it again.
    pub files: Vec<(Item, Arc<Vec<u8>>)>,
}

enum Phase {
    Roots,
    Timestamp,
    Snapshot,
    Targets,
    /// Which of these roles, in order of precedence, signs the target?
    Role(Content, VecDeque<String>),
    Content(Content, String, TargetFile),
    Done,
}

/// A refresh under way.
pub struct Refresh {
    set: TrustedMetadataSet,
    times: Times,
    floors: Floors,
    /// The timestamp in `set`, as it was signed.
    trusted_timestamp: Option<Vec<u8>>,
    /// By name of the metadata file: the least version of it that a snapshot may name.
    snapshot_floor: BTreeMap<String, u64>,
    phase: Phase,
    roots: usize,
    files: Vec<(Item, Arc<Vec<u8>>)>,
    roles: BTreeMap<String, (u64, Timestamp)>,
    versions: Versions,
    alerts: Option<Alerts>,
    programme: Option<Programme>,
    missing: Option<(Content, Refusal)>,
    problems: Vec<Problem>,
}

impl Refresh {
    /// Starts from the root that this board was given and what was accepted before.
    ///
    /// # Errors
    /// [`Refusal::Root`] if `pinned_root` is not a root signed by its own keys.
    pub fn new(pinned_root: &[u8], floors: Floors, times: impl Into<Times>) -> Result<Refresh, Refusal> {
        let times = times.into();
        crypto::ready();
        let not_a_root = |error: sigstore_tuf::Error| Refusal::Root { why: crate::problem::chain(&error) };
        METADATA.check(pinned_root).map_err(|why| Refusal::Root { why })?;
        let mut floors = floors;
        for copies in [&mut floors.roots, &mut floors.timestamps, &mut floors.snapshots] {
            copies.retain(|bytes| METADATA.check(bytes).is_ok());
        }
        let mut set = TrustedMetadataSet::from_root(pinned_root).map_err(not_a_root)?;
        let mut files = Vec::new();
        for bytes in &floors.roots {
            // Damaged, or from before the pinned root: the site is asked for it again.
            if set.update_root(bytes).is_ok() {
                files.push((Item::Root(set.root().version), Arc::new(bytes.clone())));
            }
        }
        Ok(Refresh {
            set,
            times,
            floors,
            trusted_timestamp: None,
            snapshot_floor: BTreeMap::new(),
            phase: Phase::Roots,
            roots: 0,
            files,
            roles: BTreeMap::new(),
            versions: Versions::default(),
            alerts: None,
            programme: None,
            missing: None,
            problems: Vec::new(),
        })
    }

    /// The file to answer with next. `None`: everything was verified.
    pub fn wanted(&self) -> Option<Wanted> {
        let named = |item: Item, path: String, length_max: u64| Wanted {
            item,
            path,
            length_max,
            sha256: None,
            optional: false,
        };
        Some(match &self.phase {
            Phase::Done => return None,
            Phase::Roots => {
                let next = self.set.root().version.saturating_add(1);
                let path = format!("metadata/{next}.root.json");
                Wanted { optional: true, ..named(Item::Root(next), path, METADATA_BYTES_MAX) }
            }
            Phase::Timestamp => named(Item::Timestamp, "metadata/timestamp.json".into(), TIMESTAMP_BYTES_MAX),
            Phase::Snapshot => {
                self.pinned(Item::Snapshot, "snapshot", self.set.timestamp()?.snapshot_meta()?)
            }
            Phase::Targets => {
                self.pinned(Item::Targets, "targets", self.set.snapshot()?.meta.get("targets.json")?)
            }
            Phase::Role(_, candidates) => {
                let name = candidates.front()?;
                let pin = self.set.snapshot()?.meta.get(&format!("{name}.json"))?;
                self.pinned(Item::Role(name.clone()), name, pin)
            }
            Phase::Content(content, _, target) => {
                let sha256 = sha256_in(&target.hashes)?;
                let path = match content.target().rsplit_once('/') {
                    Some((folder, name)) if self.set.root().consistent_snapshot => {
                        format!("targets/{folder}/{sha256}.{name}")
                    }
                    _ => format!("targets/{}", content.target()),
                };
                Wanted { sha256: Some(sha256), ..named(Item::Content(*content), path, target.length) }
            }
        })
    }

    fn pinned(&self, item: Item, role: &str, pin: &MetaFile) -> Wanted {
        let path = if self.set.root().consistent_snapshot {
            format!("metadata/{}.{role}.json", pin.version)
        } else {
            format!("metadata/{role}.json")
        };
        Wanted {
            item,
            path,
            length_max: pin.length.unwrap_or(METADATA_BYTES_MAX).min(METADATA_BYTES_MAX),
            sha256: pin.hashes.as_ref().and_then(sha256_in),
            optional: false,
        }
    }

    /// Takes the bytes of the file that [`wanted`](Refresh::wanted) names; `None` if it is not there.
    ///
    /// What comes back is a floor from now on, and should be kept even if the refresh fails later. After an
    /// error the refresh stands where it stood: the right bytes may still be given. What costs only one half is
    /// no error while the other can be had.
    ///
    /// # Errors
    /// Why the bytes are not what is wanted.
    pub fn answer(&mut self, bytes: Option<Vec<u8>>) -> Result<Option<Verified<Kept>>, Refusal> {
        let Some(wanted) = self.wanted() else { return Ok(None) };
        let file = wanted.path.as_str();
        let Some(bytes) = bytes else {
            return match wanted.optional {
                true => self.roots_done(),
                false => self.do_without(Refusal::Missing { file: file.into() }),
            }
            .map(|()| None);
        };
        if bytes.len() as u64 > wanted.length_max {
            let why = format!("it is longer than {} bytes", wanted.length_max);
            return self.do_without(Refusal::Mismatch { file: file.into(), why }).map(|()| None);
        }
        if !matches!(wanted.item, Item::Content(_))
            && let Err(why) = METADATA.check(&bytes)
        {
            return self.do_without(Refusal::Malformed { file: file.into(), why }).map(|()| None);
        }
        let half = self.half();
        let taken = match wanted.item.clone() {
            Item::Root(_) => self.root(file, &bytes),
            Item::Timestamp => return self.timestamp(file, bytes).map(Some),
            Item::Snapshot => self.snapshot(file, &bytes),
            Item::Targets => self.targets(file, &bytes),
            Item::Role(name) => self.role(file, &name, &bytes),
            Item::Content(_) => self.content(file, &wanted, &bytes),
        };
        match (taken, half) {
            (Ok(()), _) => {}
            (Err(refusal), Some(half)) => return self.forgo(half, refusal).map(|()| None),
            (Err(refusal), None) => return Err(refusal),
        }
        let is_floor = matches!(wanted.item, Item::Root(_) | Item::Snapshot);
        let kept = is_floor.then(|| Verified::new(Kept { item: wanted.item.clone(), bytes: bytes.clone() }));
        self.files.push((wanted.item, Arc::new(bytes)));
        Ok(kept)
    }

    /// What is wanted cannot be had, and why. The refresh goes on with the other half, if there is one to be had.
    ///
    /// # Errors
    /// The same refusal where nothing can be complete without that file.
    pub fn do_without(&mut self, refusal: Refusal) -> Result<(), Refusal> {
        match self.half() {
            Some(half) => self.forgo(half, refusal),
            None => Err(refusal),
        }
    }

    /// The half that the file wanted now belongs to.
    fn half(&self) -> Option<Content> {
        match &self.phase {
            Phase::Role(content, _) | Phase::Content(content, ..) => Some(*content),
            _ => None,
        }
    }

    fn forgo(&mut self, half: Content, refusal: Refusal) -> Result<(), Refusal> {
        if let Some((_, first)) = &self.missing {
            return Err(first.clone());
        }
        self.missing = Some((half, refusal));
        match half {
            Content::Alerts => self.begin(Content::Programme),
            Content::Programme => {
                self.phase = Phase::Done;
                Ok(())
            }
        }
    }

    fn begin(&mut self, half: Content) -> Result<(), Refusal> {
        self.look_for(half).or_else(|refusal| self.forgo(half, refusal))
    }

    fn root(&mut self, file: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let broken = |why: String| Refusal::Chain { file: file.into(), why };
        if self.roots >= ROOTS_MAX {
            return Err(broken(format!("more than {ROOTS_MAX} new roots at once")));
        }
        self.set.update_root(bytes).map_err(|error| broken(crate::problem::chain(&error)))?;
        self.roots += 1;
        Ok(())
    }

    /// TUF 5.3.10 and 5.3.11: the newest root has to be valid now, and where it replaces the keys of timestamp
    /// or snapshot, what those keys signed is forgotten: whoever stole them may have signed absurd versions.
    fn roots_done(&mut self) -> Result<(), Refusal> {
        let root = self.set.root();
        self.set
            .check_root_expired(self.times.newer)
            .map_err(|error| Refusal::about(&Item::Root(root.version).path(), error))?;
        let (mut vouched, mut disowned) = (false, false);
        for bytes in &self.floors.snapshots {
            let Ok(snapshot) = Metadata::<Snapshot>::from_slice(bytes) else { continue };
            let keys = root.role("snapshot");
            if keys.is_none_or(|keys| snapshot.verify_threshold(&root.keys, keys, "snapshot").is_err()) {
                disowned = true;
                continue;
            }
            vouched = true;
            for (name, pin) in &snapshot.signed().meta {
                let least = self.snapshot_floor.entry(name.clone()).or_default();
                *least = pin.version.max(*least);
            }
        }
        let forget = disowned && !vouched;
        (vouched, disowned) = (false, false);
        for bytes in &self.floors.timestamps {
            // The epoch as the time: an expired timestamp is still a floor.
            match self.set.update_timestamp(bytes, Timestamp::UNIX_EPOCH) {
                Ok(()) => self.trusted_timestamp = Some(bytes.clone()),
                Err(sigstore_tuf::Error::ThresholdNotMet { .. }) => {
                    disowned = true;
                    continue;
                }
                // Older than another copy; or no timestamp at all, which vouches for nothing.
                Err(sigstore_tuf::Error::Rollback { .. } | sigstore_tuf::Error::EqualVersion { .. }) => {}
                Err(_) => continue,
            }
            vouched = true;
        }
        if forget || disowned && !vouched {
            self.forget_floors()?;
        }
        self.phase = Phase::Timestamp;
        Ok(())
    }

    /// Starts again from the roots alone.
    fn forget_floors(&mut self) -> Result<(), Refusal> {
        self.trusted_timestamp = None;
        self.snapshot_floor.clear();
        // The set has no way to forget a timestamp but a root; the chain was verified, so its last root can
        // be trusted on its own.
        let newest = self.set.root_bytes().to_vec();
        let name = Item::Root(self.set.root().version).path();
        self.set = TrustedMetadataSet::from_root(&newest).map_err(|error| Refusal::about(&name, error))?;
        Ok(())
    }

    fn timestamp(&mut self, file: &str, bytes: Vec<u8>) -> Result<Verified<Kept>, Refusal> {
        let mut set = self.set.clone();
        let kept = match set.update_timestamp(&bytes, self.times.newer) {
            Ok(()) => bytes,
            Err(sigstore_tuf::Error::EqualVersion { .. }) => {
                // TUF 5.4.3: the same version again is no news; what is trusted stays, unless it has expired.
                set.check_timestamp_expired(self.times.held).map_err(|error| Refusal::about(file, error))?;
                self.trusted_timestamp.clone().unwrap_or(bytes)
            }
            Err(error) => return Err(Refusal::about(file, error)),
        };
        let Some(timestamp) = set.timestamp().filter(|timestamp| timestamp.snapshot_meta().is_some()) else {
            return Err(Refusal::Malformed { file: file.into(), why: "it names no snapshot".into() });
        };
        if !self.times.disciplined {
            let issued = issued(&timestamp.extra).filter(|&issued| {
                issued > timestamp.expires
                    || believable_timestamp(Some(issued), timestamp.expires, issued).is_some()
            });
            self.times.newer = issued.map_or(self.times.newer, |issued| issued.max(self.times.newer));
            set.check_timestamp_expired(self.times.newer).map_err(|error| Refusal::about(file, error))?;
        }
        self.set = set;
        self.files.push((Item::Timestamp, Arc::new(kept.clone())));
        self.phase = Phase::Snapshot;
        Ok(Verified::new(Kept { item: Item::Timestamp, bytes: kept }))
    }

    fn snapshot(&mut self, file: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let mut set = self.set.clone();
        set.update_snapshot(bytes, self.times.newer).map_err(|error| Refusal::about(file, error))?;
        let Some(snapshot) = set.snapshot() else { return Ok(()) };
        // TUF 5.5.5: no role may go back, or disappear, behind the snapshot that was trusted before.
        for (name, &trusted) in &self.snapshot_floor {
            let offered = snapshot.meta.get(name).map_or(0, |pin| pin.version);
            if offered < trusted {
                let file = format!("{name} ({file})");
                return Err(Refusal::Rollback { file, trusted, offered });
            }
        }
        if !snapshot.meta.contains_key("targets.json") {
            return Err(Refusal::Malformed { file: file.into(), why: "it names no targets".into() });
        }
        self.set = set;
        self.phase = Phase::Targets;
        Ok(())
    }

    fn targets(&mut self, file: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let now = self.times.newer;
        let signed = self.set.update_targets(bytes, now).map_err(|error| Refusal::about(file, error))?;
        self.roles.insert("targets".into(), (signed.version, signed.expires));
        self.begin(Content::Alerts)
    }

    /// TUF 5.6.7: who may sign the target, in order, up to the first role that ends the search.
    fn look_for(&mut self, content: Content) -> Result<(), Refusal> {
        let missing = || Refusal::NoTarget { target: content.target().into() };
        let targets = self.set.targets_role("targets").ok_or_else(missing)?;
        if let Some(target) = targets.target(content.target()).cloned() {
            return self.found(content, "targets".into(), target);
        }
        let mut candidates = VecDeque::new();
        let file = &self.targets_path();
        for role in targets.delegations.iter().flat_map(|delegations| &delegations.roles) {
            if !role.matches_path(content.target()).map_err(|error| Refusal::about(file, error))? {
                continue;
            }
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if role.name.is_empty() || !role.name.bytes().all(fine) {
                return Err(Refusal::Malformed {
                    file: file.into(),
                    why: format!("a role is named {:?}", role.name),
                });
            }
            candidates.push_back(role.name.clone());
            if role.terminating {
                break;
            }
        }
        self.next_candidate(content, candidates)
    }

    fn targets_path(&self) -> String {
        let pin = self.set.snapshot().and_then(|snapshot| snapshot.meta.get("targets.json"));
        pin.map_or_else(
            || "metadata/targets.json".into(),
            |pin| self.pinned(Item::Targets, "targets", pin).path,
        )
    }

    /// Goes on to the first candidate that has to be fetched, or to the target if one already held lists it.
    fn next_candidate(&mut self, content: Content, mut candidates: VecDeque<String>) -> Result<(), Refusal> {
        while let Some(name) = candidates.front() {
            if let Some(role) = self.set.targets_role(name) {
                if let Some(target) = role.target(content.target()).cloned() {
                    let name = name.clone();
                    return self.found(content, name, target);
                }
            } else if self.set.snapshot().is_some_and(|s| s.meta.contains_key(&format!("{name}.json"))) {
                self.phase = Phase::Role(content, candidates);
                return Ok(());
            }
            candidates.pop_front();
        }
        Err(Refusal::NoTarget { target: content.target().into() })
    }

    fn role(&mut self, file: &str, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let signed = self
            .set
            .update_delegated_targets(bytes, name, "targets", self.times.newer)
            .map_err(|error| Refusal::about(file, error))?;
        self.roles.insert(name.into(), (signed.version, signed.expires));
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Role(content, candidates) => self.next_candidate(content, candidates),
            other => {
                self.phase = other;
                Ok(())
            }
        }
    }

    fn found(&mut self, content: Content, role: String, target: TargetFile) -> Result<(), Refusal> {
        let fault = |why: &str| Refusal::Mismatch { file: content.target().into(), why: why.into() };
        if sha256_in(&target.hashes).is_none() {
            return Err(fault("no SHA-256 is signed for it"));
        }
        if target.length > content.length_max() {
            return Err(fault("it is too long"));
        }
        self.phase = Phase::Content(content, role, target);
        Ok(())
    }

    fn content(&mut self, file: &str, wanted: &Wanted, bytes: &[u8]) -> Result<(), Refusal> {
        let Phase::Content(content, role, target) = &self.phase else { return Ok(()) };
        let (content, role) = (*content, role.clone());
        let mismatch = |why: String| Refusal::Mismatch { file: file.into(), why };
        if bytes.len() as u64 != target.length {
            return Err(mismatch(format!("{} bytes instead of {}", bytes.len(), target.length)));
        }
        if !wanted.fits(bytes) {
            return Err(mismatch("its SHA-256 differs".into()));
        }
        let malformed = |why: String| Refusal::Malformed { file: content.target().into(), why };
        let version = self.roles.get(&role).map_or(0, |(version, _)| *version);
        match content {
            Content::Alerts => {
                let (alerts, problems) = content::alerts(bytes).map_err(malformed)?;
                self.alerts = Some(alerts);
                self.problems.extend(problems);
                self.versions.alert = version;
                self.begin(Content::Programme)
            }
            Content::Programme => {
                let (programme, problems) = content::programme(bytes).map_err(malformed)?;
                self.programme = Some(programme);
                self.problems.extend(problems);
                self.versions.programme = version;
                self.phase = Phase::Done;
                Ok(())
            }
        }
    }

    /// What was verified. `None` while something is still wanted.
    pub fn finish(self) -> Option<Verified<Complete>> {
        if !matches!(self.phase, Phase::Done) {
            return None;
        }
        let (timestamp, snapshot) = (self.set.timestamp()?, self.set.snapshot()?);
        let root = self.set.root();
        let top = [root.expires, timestamp.expires, snapshot.expires];
        let expires = top.into_iter().chain(self.roles.values().map(|(_, expires)| *expires)).min()?;
        let mut identity = sha2::Sha256::new();
        for (item, bytes) in self.files.iter().filter(|(item, _)| *item != Item::Timestamp) {
            identity.update(item.file_name());
            identity.update([0]);
            identity.update(digest(bytes).0);
        }
        Some(Verified::new(Complete {
            versions: Versions {
                root: root.version,
                timestamp: timestamp.version(),
                snapshot: snapshot.version(),
                targets: self.roles.get("targets")?.0,
                ..self.versions
            },
            issued: believable_timestamp(issued(&timestamp.extra), timestamp.expires, expires)
                .or_else(|| believable_root(issued(&root.extra), root.expires, expires)),
            expires,
            programme: self.programme.map(Arc::new),
            alerts: self.alerts.map(Arc::new),
            missing: self.missing,
            problems: self.problems,
            identity: Sha256(identity.finalize().into()),
            files: self.files,
        }))
    }
}

/// The moment of issue that a role names.
fn issued(extra: &BTreeMap<String, Value>) -> Option<Timestamp> {
    extra.get("x-issued")?.as_str()?.parse().ok()
}

fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

fn sha256_in(hashes: &BTreeMap<String, String>) -> Option<Sha256> {
    hashes.get("sha256")?.to_ascii_lowercase().parse().ok()
}
