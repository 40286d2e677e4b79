//! Whether the keys at hand are those that a feed is signed with, and whose they are where they are not.
//!
//! Several feeds are often published from one machine, each with a folder of keys, and one is easily taken
//! for another. Which key signs what is told by metadata alone, so those of the feeds that lie beside are
//! asked.

use super::keys::Keys;
use super::sign::{Signers, too_few};
use super::site::Site;
use super::{Role, keys_folder};
use crate::disk::{Disk, Local, typed};
use crate::limits::METADATA_BYTES_MAX;
use crate::problem::{Outcome, Problem};
use crate::say;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders beside a feed that are looked at: more than any publisher has feeds.
const BESIDE_MAX: usize = 200;

/// The keys that the role needs are at hand.
///
/// # Errors
/// They are not: with whose those are that are at hand, as far as that is known.
pub(super) fn must_hold(site: &Site, role: Role, keys: &Keys, folder: &Path) -> Outcome<()> {
    let signers = site.signers(role)?;
    if signers.are_in(keys) {
        return Ok(());
    }
    let bring = || {
        say!(
            en: "bring the keys that `bangtin feed init` made with this SITE into this folder",
            vi: "hãy đưa vào thư mục này các khóa mà `bangtin feed init` đã tạo cùng với SITE"
        )
    };
    let refuse = |why, remedy| Err(Problem::new(folder.display().to_string(), why, remedy));
    if keys.is_empty() {
        let why = say!(en: "there is no key here, and nothing was published", vi: "ở đây không có khóa nào, chưa xuất bản gì");
        return refuse(why, bring());
    }
    let foreign: BTreeSet<&str> = {
        let roles =
            [Role::Root, Role::Targets, Role::Programme, Role::Alert, Role::Snapshot, Role::Timestamp];
        let own: Vec<Signers> = roles.into_iter().filter_map(|role| site.signers(role).ok()).collect();
        keys.ids().filter(|id| !own.iter().any(|signers| signers.keys.iter().any(|own| own == id))).collect()
    };
    let all = keys.ids().count() == foreign.len();
    match owner(site.folder(), &foreign) {
        _ if foreign.is_empty() => Err(too_few(role.name(), &signers, keys)),
        Some((other, roles)) => {
            let (other_keys, other) = (typed(&keys_folder(&other)), other.display().to_string());
            let why = match all {
                true => say!(
                    en: "the keys here belong to another feed, `{other}` ({roles}), and nothing was published",
                    vi: "các khóa ở đây là của nguồn tin khác, `{other}` ({roles}), chưa xuất bản gì"
                ),
                false => say!(
                    en: "the key of `{role}` is not here, and some that are belong to another feed, `{other}` ({roles}); nothing was published",
                    vi: "ở đây không có khóa của `{role}`, mà lại có khóa của nguồn tin khác, `{other}` ({roles}); chưa xuất bản gì",
                    role = role.name()
                ),
            };
            let remedy = say!(
                en: "move them back to {other_keys}, and bring those that `bangtin feed init` made with this SITE into this folder",
                vi: "hãy trả chúng về {other_keys}, rồi đưa vào thư mục này các khóa mà `bangtin feed init` đã tạo cùng với SITE"
            );
            refuse(why, remedy)
        }
        None if all => {
            let why = say!(
                en: "the keys here belong to another feed, and nothing was published",
                vi: "các khóa ở đây là của nguồn tin khác, chưa xuất bản gì"
            );
            refuse(why, bring())
        }
        None => Err(too_few(role.name(), &signers, keys)),
    }
}

/// The feed beside this one that these keys sign, and what of it.
fn owner(site: &Path, ids: &BTreeSet<&str>) -> Option<(PathBuf, String)> {
    let site = site.canonicalize().ok()?;
    let beside = Local::default().list(site.parent()?).ok()?;
    let folders = beside.into_iter().filter(|entry| entry.is_folder).take(BESIDE_MAX);
    folders.map(|entry| site.with_file_name(entry.name)).filter(|folder| *folder != site).find_map(|folder| {
        let mut signed = roles_of(&folder);
        signed.retain(|(_, keys)| keys.iter().any(|key| ids.contains(key.as_str())));
        let names: Vec<String> = signed.into_iter().map(|(role, _)| role).collect();
        (!names.is_empty()).then(|| (folder, names.join(", ")))
    })
}

/// The roles of a feed with the names of their keys, as its newest metadata have them; nothing of what is no
/// feed.
fn roles_of(site: &Path) -> Vec<(String, Vec<String>)> {
    let (disk, metadata) = (Local::default(), site.join("metadata"));
    let listed = disk.list(&metadata).unwrap_or_default();
    let newest = |role: &str| -> Option<Value> {
        let version = |name: &str| name.strip_suffix(role)?.strip_suffix('.')?.parse::<u64>().ok();
        let newest = listed.iter().filter_map(|entry| Some((version(&entry.name)?, &entry.name))).max()?;
        let bytes = disk.read(&metadata.join(newest.1), METADATA_BYTES_MAX).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()?.get_mut("signed").map(Value::take)
    };
    let (root, targets) = (newest("root.json"), newest("targets.json"));
    let top = root.as_ref().and_then(|root| root.get("roles")?.as_object()).into_iter().flatten();
    let top = top.map(|(name, role)| (name.as_str(), role));
    let delegated = targets.as_ref().and_then(|targets| targets.get("delegations")?.get("roles")?.as_array());
    let delegated = delegated.into_iter().flatten();
    let delegated = delegated.filter_map(|role| Some((role.get("name")?.as_str()?, role)));
    top.chain(delegated).filter_map(|(name, role)| Some((name.to_owned(), Signers::of(role)?.keys))).collect()
}
