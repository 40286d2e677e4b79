//! TUF metadata as the publisher writes it: what is signed, and by whom.
//!
//! Signed tables are plain JSON values, so that fields that another tool added survive a renewal. They hold
//! ASCII and integers only; the bytes signed are canonical JSON. Root and timestamp also say when they were
//! issued (`x-issued`), which is how a board without a clock learns the time.

use super::keys::Keys;
use crate::limits::METADATA_BYTES_MAX;
use crate::model::media::Sha256;
use crate::problem::{Outcome, Problem};
use crate::{say, trust};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use sha2::Digest;

/// The version of the TUF specification that is written.
const SPEC_VERSION: &str = "1.0.31";

/// Who may sign a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signers {
    pub keys: Vec<String>,
    pub threshold: usize,
}

impl Signers {
    /// From a role's entry in a root or a delegation.
    pub fn of(role: &Value) -> Option<Signers> {
        let keys = role.get("keyids")?.as_array()?;
        let threshold =
            usize::try_from(role.get("threshold")?.as_u64()?).ok().filter(|&needed| needed > 0)?;
        Some(Signers {
            keys: keys.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
            threshold,
        })
    }

    pub fn json(&self) -> Value {
        json!({"keyids": self.keys, "threshold": self.threshold})
    }

    /// Enough of the keys are at hand.
    pub fn are_in(&self, keys: &Keys) -> bool {
        self.keys.iter().filter(|id| keys.get(id).is_some()).count() >= self.threshold
    }
}

/// What every role begins with.
pub(super) fn head(kind: &str, version: u64, expires: Timestamp) -> Map<String, Value> {
    let mut head = Map::new();
    head.insert("_type".into(), kind.into());
    head.insert("spec_version".into(), SPEC_VERSION.into());
    head.insert("version".into(), version.into());
    head.insert("expires".into(), moment(expires).into());
    head
}

/// RFC 3339 in UTC to the second: the only form that all TUF tools read.
pub(super) fn moment(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A moment some time ahead, at the end of time at most.
pub(super) fn after(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.checked_add(life).unwrap_or(Timestamp::MAX)
}

/// How another role pins a metadata file.
pub(super) fn pin(version: u64, bytes: &[u8]) -> Value {
    json!({"version": version, "length": bytes.len(), "hashes": {"sha256": digest(bytes).to_string()}})
}

/// How a role lists a target.
pub(super) fn target(bytes: &[u8]) -> Value {
    json!({"length": bytes.len(), "hashes": {"sha256": digest(bytes).to_string()}})
}

pub(super) fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// Signs with every key that may and is at hand. `role` is for people.
///
/// # Errors
/// Fewer keys than the role needs: then nothing is signed at all.
pub(super) fn sign(
    role: &str,
    signed: &Map<String, Value>,
    signers: &Signers,
    keys: &Keys,
) -> Outcome<Vec<u8>> {
    if !signers.are_in(keys) {
        return Err(too_few(role, signers, keys));
    }
    let signed = Value::Object(signed.clone());
    let malformed = || {
        Problem::new(
            format!("{role}.json"),
            say!(en: "this role cannot be signed: it is malformed or too long", vi: "không ký được: sai định dạng hoặc quá dài"),
            say!(en: "restore the SITE folder from its backup", vi: "hãy khôi phục thư mục SITE từ bản sao lưu"),
        )
    };
    let canonical = trust::canonical_json(&signed).ok_or_else(malformed)?;
    let marks: Vec<Value> = signers
        .keys
        .iter()
        .filter_map(|id| Some(json!({"keyid": id, "sig": keys.get(id)?.sign(&canonical)})))
        .collect();
    let bytes =
        serde_json::to_vec(&json!({"signatures": marks, "signed": signed})).map_err(|_| malformed())?;
    if bytes.len() as u64 > METADATA_BYTES_MAX {
        return Err(malformed());
    }
    Ok(bytes)
}

pub(super) fn too_few(role: &str, signers: &Signers, keys: &Keys) -> Problem {
    let (needed, found) =
        (signers.threshold, signers.keys.iter().filter(|id| keys.get(id).is_some()).count());
    let remedy = if needed > 1 && found > 0 {
        say!(en: "nothing was published: it awaits the other signature; bring the other key into the folder of keys and publish again",
            vi: "chưa xuất bản gì: còn chờ chữ ký thứ hai; hãy đưa khóa còn lại vào thư mục khóa rồi xuất bản lại")
    } else {
        say!(en: "nothing was published: bring the key of this role into the folder of keys",
            vi: "chưa xuất bản gì: hãy đưa khóa của vai trò này vào thư mục khóa")
    };
    Problem::new(
        role,
        say!(en: "{needed} signatures are needed and {found} of the keys are here",
            vi: "cần {needed} chữ ký mà chỉ có {found} khóa", needed = needed, found = found),
        remedy,
    )
}
