//! A SITE folder: what is published there, and putting something new in its place.
//!
//! Everything but `timestamp.json` and `root.json` is written once under a name that holds its version or
//! digest; the timestamp, written last, is what makes it live. A publisher that dies at any point leaves the
//! old feed live, and files that the next one overwrites: no board has been told of them. One lock keeps two
//! publishers apart. What is there is trusted as far as its own folder is: only a board verifies.

use super::keys::Keys;
use super::sign::{Signers, after, digest, head, moment, pin, sign, target};
use super::{Lifetimes, Role};
use crate::disk::{self, Disk, Local, Lock};
use crate::limits::{METADATA_BYTES_MAX, PROGRAMME_BYTES_MAX};
use crate::model::time::{ZONE_UNSTATED, told};
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::trust::{ALERTS_TARGET, PROGRAMME_TARGET};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// A role's metadata: the table that is signed, and the file's bytes.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub table: Map<String, Value>,
    pub bytes: Vec<u8>,
}

impl Signed {
    pub fn version(&self) -> u64 {
        self.table.get("version").and_then(Value::as_u64).unwrap_or(0)
    }
    pub fn expires(&self) -> Timestamp {
        let text = self.table.get("expires").and_then(Value::as_str);
        text.and_then(|text| text.parse().ok()).unwrap_or(Timestamp::MIN)
    }
    /// When it was signed, by the clock of whoever signed it.
    pub fn issued(&self) -> Option<Timestamp> {
        self.table.get("x-issued").and_then(Value::as_str)?.parse().ok()
    }
}

/// A published feed, opened by one publisher.
#[derive(Debug)]
pub(super) struct Site {
    folder: PathBuf,
    disk: Local,
    roles: BTreeMap<Role, Signed>,
    /// Roles that were signed anew and are not live yet, with their target's bytes.
    fresh: BTreeMap<Role, Option<(String, Vec<u8>)>>,
    _lock: Lock,
}

impl Site {
    /// Makes a new, empty SITE folder.
    pub fn create(folder: &Path) -> Outcome<Site> {
        let disk = Local::default();
        let fault = |error: io::Error| disk::problem(folder, &error);
        if is_there(&folder.join("metadata/timestamp.json"))? || is_there(&folder.join("root.json"))? {
            return Err(Problem::new(
                folder.display().to_string(),
                say!(en: "there is a feed in this folder already", vi: "trong thư mục này đã có nguồn tin"),
                say!(en: "publish into it, or choose another folder",
                    vi: "hãy xuất bản vào đó, hoặc chọn thư mục khác"),
            ));
        }
        for inner in ["metadata", "media", "targets/programme", "targets/alert"] {
            disk.create_folder(&folder.join(inner)).map_err(fault)?;
        }
        let _lock = lock(folder)?;
        Ok(Site { folder: folder.into(), disk, roles: BTreeMap::new(), fresh: BTreeMap::new(), _lock })
    }

    /// Opens a SITE folder and reads what is live in it.
    pub fn open(folder: &Path) -> Outcome<Site> {
        if !is_there(&folder.join("metadata/timestamp.json"))? {
            return Err(Problem::new(
                folder.display().to_string(),
                say!(en: "there is no feed in this folder", vi: "trong thư mục này không có nguồn tin"),
                say!(en: "make one with `bangtin feed init`", vi: "hãy tạo bằng `bangtin feed init`"),
            ));
        }
        let _lock = lock(folder)?;
        let disk = Local::default();
        let mut site =
            Site { folder: folder.into(), disk, roles: BTreeMap::new(), fresh: BTreeMap::new(), _lock };
        let mut root = 1;
        while is_there(&site.path(&format!("{}.root.json", root + 1)))? {
            root += 1;
        }
        site.read(Role::Root, &format!("{root}.root.json"))?;
        site.read(Role::Timestamp, "timestamp.json")?;
        let snapshot = site.pinned(Role::Timestamp, "snapshot")?;
        site.read(Role::Snapshot, &format!("{snapshot}.snapshot.json"))?;
        for role in [Role::Targets, Role::Programme, Role::Alert] {
            let version = site.pinned(Role::Snapshot, role.name())?;
            site.read(role, &format!("{version}.{}.json", role.name()))?;
        }
        Ok(site)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join("metadata").join(file)
    }

    fn read(&mut self, role: Role, file: &str) -> Outcome<()> {
        let path = self.path(file);
        let bytes =
            self.disk.read(&path, METADATA_BYTES_MAX).map_err(|error| disk::problem(&path, &error))?;
        let table =
            serde_json::from_slice::<Value>(&bytes).ok().and_then(|mut file| match file["signed"].take() {
                Value::Object(table) => Some(table),
                _ => None,
            });
        let table = table.ok_or_else(|| self.damaged(file))?;
        self.roles.insert(role, Signed { table, bytes });
        Ok(())
    }

    fn pinned(&self, by: Role, name: &str) -> Outcome<u64> {
        let table = self.roles.get(&by).map(|signed| &signed.table);
        let version =
            table.and_then(|table| table.get("meta")?.get(format!("{name}.json"))?.get("version")?.as_u64());
        version.ok_or_else(|| self.damaged(&format!("{}.json", by.name())))
    }

    pub fn damaged(&self, file: &str) -> Problem {
        Problem::new(
            self.path(file).display().to_string(),
            say!(en: "the metadata are damaged", vi: "siêu dữ liệu bị hỏng"),
            say!(en: "restore the SITE folder from its backup", vi: "hãy khôi phục thư mục SITE từ bản sao lưu"),
        )
    }

    /// A role as it is or will be.
    pub fn role(&self, role: Role) -> Outcome<&Signed> {
        self.roles.get(&role).ok_or_else(|| self.damaged(&format!("{}.json", role.name())))
    }

    pub fn version(&self, role: Role) -> u64 {
        self.roles.get(&role).map_or(0, Signed::version)
    }

    /// Something was signed that is not live yet.
    pub fn has_changes(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// Who may sign a role.
    pub fn signers(&self, role: Role) -> Outcome<Signers> {
        let entry = match role {
            Role::Programme | Role::Alert => {
                let roles = self.role(Role::Targets)?.table.get("delegations").and_then(|d| d.get("roles"));
                let mut roles = roles.and_then(Value::as_array).into_iter().flatten();
                roles.find(|entry| entry.get("name").and_then(Value::as_str) == Some(role.name()))
            }
            _ => self.role(Role::Root)?.table.get("roles").and_then(|roles| roles.get(role.name())),
        };
        entry.and_then(Signers::of).ok_or_else(|| self.damaged(&format!("{}.json", role.name())))
    }

    /// The digest of the target that the role lists, in hexadecimal.
    pub fn target_digest(&self, role: Role) -> Option<&str> {
        let targets = self.roles.get(&role)?.table.get("targets")?;
        targets.get(target_path(role)?)?.get("hashes")?.get("sha256")?.as_str()
    }

    /// What the role signs that is live: the bytes of `programme.json` or `alerts.json`.
    pub fn content(&self, role: Role, length_max: u64) -> Outcome<Vec<u8>> {
        let named =
            target_path(role).zip(self.target_digest(role)).map(|(path, digest)| target_file(path, digest));
        let path = self
            .folder
            .join("targets")
            .join(named.ok_or_else(|| self.damaged(&format!("{}.json", role.name())))?);
        self.disk.read(&path, length_max).map_err(|error| disk::problem(&path, &error))
    }

    /// A moment as people of this feed say it.
    pub fn told(&self, at: Timestamp) -> String {
        #[derive(serde::Deserialize)]
        struct Head {
            timezone: String,
        }
        let bytes = self.content(Role::Programme, PROGRAMME_BYTES_MAX).ok();
        let head = bytes.and_then(|bytes| serde_json::from_slice::<Head>(&bytes).ok());
        told(at, head.as_ref().map_or(ZONE_UNSTATED, |head| &head.timezone))
    }

    /// Signs the first root, for these signers of the top-level roles.
    pub fn sign_root(
        &mut self,
        public: Map<String, Value>,
        signers: &BTreeMap<Role, Signers>,
        keys: &Keys,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Outcome<()> {
        let mut table = head("root", 1, after(now, lifetimes.root));
        table.insert("consistent_snapshot".into(), true.into());
        table.insert("keys".into(), public.into());
        let roles: Map<String, Value> =
            signers.iter().map(|(role, signers)| (role.name().to_owned(), signers.json())).collect();
        table.insert("roles".into(), roles.into());
        table.insert("x-issued".into(), moment(now).into());
        let own = signers.get(&Role::Root).cloned().ok_or_else(|| self.damaged("root.json"))?;
        self.keep(Role::Root, table, &own, keys, None)
    }

    /// Signs the first targets, which delegates.
    pub fn sign_targets(
        &mut self,
        public: Map<String, Value>,
        alert: &Signers,
        programme: &Signers,
        keys: &Keys,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Outcome<()> {
        let delegation = |role: Role, signers: &Signers, terminating: bool| {
            json!({"name": role.name(), "keyids": signers.keys, "threshold": signers.threshold,
                "terminating": terminating, "paths": [format!("{}/*", role.name())]})
        };
        let mut table = head("targets", 1, after(now, lifetimes.targets));
        table.insert("targets".into(), json!({}));
        // Warnings first, and the search for them ends there: nobody else can sign one.
        let roles = [delegation(Role::Alert, alert, true), delegation(Role::Programme, programme, false)];
        table.insert("delegations".into(), json!({"keys": public, "roles": roles}));
        let own = self.signers(Role::Targets)?;
        self.keep(Role::Targets, table, &own, keys, None)
    }

    /// Signs new content: `programme.json` or `alerts.json`.
    pub fn sign_content(
        &mut self,
        role: Role,
        bytes: Vec<u8>,
        keys: &Keys,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Outcome<()> {
        let path = target_path(role).ok_or_else(|| self.damaged(&format!("{}.json", role.name())))?;
        let mut table = head("targets", self.version(role) + 1, after(now, lifetimes.of(role)));
        table.insert("targets".into(), json!({path: target(&bytes)}));
        let signers = self.signers(role)?;
        let named = target_file(path, &digest(&bytes).to_string());
        self.keep(role, table, &signers, keys, Some((named, bytes)))
    }

    /// Signs a role again as it is, for a new span of time.
    pub fn renew(&mut self, role: Role, keys: &Keys, lifetimes: &Lifetimes, now: Timestamp) -> Outcome<()> {
        let mut table = self.role(role)?.table.clone();
        table.insert("version".into(), (self.version(role) + 1).into());
        table.insert("expires".into(), moment(after(now, lifetimes.of(role))).into());
        if role == Role::Root {
            table.insert("x-issued".into(), moment(now).into());
        }
        let signers = self.signers(role)?;
        self.keep(role, table, &signers, keys, None)
    }

    fn keep(
        &mut self,
        role: Role,
        table: Map<String, Value>,
        signers: &Signers,
        keys: &Keys,
        content: Option<(String, Vec<u8>)>,
    ) -> Outcome<()> {
        let bytes = sign(role.name(), &table, signers, keys)?;
        self.roles.insert(role, Signed { table, bytes });
        self.fresh.insert(role, content);
        Ok(())
    }

    /// Makes everything that was signed live. `renew_snapshot`: also where no role has changed.
    pub fn go_live(
        &mut self,
        renew_snapshot: bool,
        keys: &Keys,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Outcome<()> {
        // Everything is signed before anything is written: a missing key must not leave half a feed.
        let mut meta = Map::new();
        for role in [Role::Targets, Role::Programme, Role::Alert] {
            let signed = self.role(role)?;
            meta.insert(format!("{}.json", role.name()), pin(signed.version(), &signed.bytes));
        }
        if renew_snapshot || self.fresh.keys().any(|&role| role != Role::Root) {
            let mut table =
                head("snapshot", self.version(Role::Snapshot) + 1, after(now, lifetimes.snapshot));
            table.insert("meta".into(), meta.into());
            let signers = self.signers(Role::Snapshot)?;
            self.keep(Role::Snapshot, table, &signers, keys, None)?;
        }
        let snapshot = self.role(Role::Snapshot)?;
        let pinned = pin(snapshot.version(), &snapshot.bytes);
        let mut table = head("timestamp", self.version(Role::Timestamp) + 1, after(now, lifetimes.timestamp));
        table.insert("meta".into(), json!({"snapshot.json": pinned}));
        table.insert("x-issued".into(), moment(now).into());
        let signers = self.signers(Role::Timestamp)?;
        self.keep(Role::Timestamp, table, &signers, keys, None)?;

        let order =
            [Role::Root, Role::Targets, Role::Alert, Role::Programme, Role::Snapshot, Role::Timestamp];
        for role in order.into_iter().filter(|role| self.fresh.contains_key(role)) {
            if let Some(Some((name, bytes))) = self.fresh.get(&role) {
                self.put(&self.folder.join("targets").join(name), bytes)?;
            }
            let signed = self.role(role)?;
            let name = match role {
                Role::Timestamp => "timestamp.json".into(),
                _ => format!("{}.{}.json", signed.version(), role.name()),
            };
            if role == Role::Root && signed.version() == 1 {
                self.put(&self.folder.join("root.json"), &signed.bytes)?;
            }
            self.put(&self.path(&name), &signed.bytes)?;
        }
        Ok(())
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> Outcome<()> {
        disk::replace(&self.disk, path, bytes).map_err(|error| disk::problem(path, &error))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of published media.
    pub fn media_folder(&self) -> PathBuf {
        self.folder.join("media")
    }
}

fn target_path(role: Role) -> Option<&'static str> {
    match role {
        Role::Programme => Some(PROGRAMME_TARGET),
        Role::Alert => Some(ALERTS_TARGET),
        _ => None,
    }
}

/// Whether there is such a file. One that may not be looked at is not missing.
fn is_there(path: &Path) -> Outcome<bool> {
    path.try_exists().map_err(|error| disk::problem(path, &error))
}

/// Where a target's file lies below `targets`: its digest goes before its name (TUF 6.2).
pub(super) fn target_file(path: &str, sha256: &str) -> String {
    path.replacen('/', &format!("/{sha256}."), 1)
}

fn lock(folder: &Path) -> Outcome<Lock> {
    let path = folder.join(".lock");
    match Lock::take(&path) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(Problem::new(
            folder.display().to_string(),
            say!(en: "somebody else is publishing into this folder", vi: "có người khác đang xuất bản vào thư mục này"),
            say!(en: "wait until they have finished, then try again", vi: "hãy đợi họ xong rồi thử lại"),
        )),
        Err(error) => Err(disk::problem(&path, &error)),
    }
}
