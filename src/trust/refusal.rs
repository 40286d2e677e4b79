//! Why something was not believed, and how that is said to people.

use crate::model::time::{ZONE_UNSTATED, told};
use crate::problem::{Problem, chain};
use crate::say;
use jiff::Timestamp;

/// Why a feed's answer was refused. What was trusted before stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The root that the board was given is not a root, or is not signed by its own keys.
    #[error("the root file is not a signed root: {why}")]
    Root { why: String },
    /// A newer root that is not signed by the one before it, or not one version later.
    #[error("`{file}` is not vouched for by the root before it: {why}")]
    Chain { file: String, why: String },
    /// Too few valid signatures by the keys that may sign.
    #[error("`{file}` has {found} of {needed} valid signatures")]
    Signatures { file: String, found: usize, needed: usize },
    #[error("`{file}` expired at {expires}")]
    Expired { file: String, expires: Timestamp },
    /// An older version than what was trusted before.
    #[error("`{file}` goes back from version {trusted} to {offered}")]
    Rollback { file: String, trusted: u64, offered: u64 },
    /// Not the length, digest or version that was signed for it.
    #[error("`{file}` is not the file that was signed: {why}")]
    Mismatch { file: String, why: String },
    /// Not JSON, or JSON of another shape.
    #[error("`{file}` is malformed: {why}")]
    Malformed { file: String, why: String },
    /// A file that must be there is not.
    #[error("`{file}` is not there")]
    Missing { file: String },
    /// A file that could not be brought here: what the network or the disk said.
    #[error("{problem}")]
    Unreachable { problem: Box<Problem> },
    /// No role may sign what every feed has to hold.
    #[error("nothing in the feed is signed as `{target}`")]
    NoTarget { target: String },
}

impl Refusal {
    /// From the verifier's error about `file`.
    pub(super) fn about(file: &str, error: sigstore_tuf::Error) -> Refusal {
        use sigstore_tuf::Error as E;
        // The verifier looks at what vouches for a file once more, and its error may be about that.
        let file = match &error {
            E::Expired { role, .. } if !file.contains(role.as_str()) => format!("{role}.json ({file})"),
            E::Rollback { role, .. } if role.starts_with("snapshot") => format!("snapshot.json ({file})"),
            _ => file.to_owned(),
        };
        match error {
            E::ThresholdNotMet { found, threshold, .. } => {
                Refusal::Signatures { file, found, needed: threshold }
            }
            E::Expired { expires, .. } => Refusal::Expired { file, expires },
            E::Rollback { trusted, new, .. } => Refusal::Rollback { file, trusted, offered: new },
            E::BadRootVersion { .. } => Refusal::Chain { why: chain(&error), file },
            E::IntegrityMismatch(why) => Refusal::Mismatch { file, why },
            error => Refusal::Malformed { why: chain(&error), file },
        }
    }

    /// As people read it. `subject` is the feed's name or address.
    pub fn problem(&self, subject: &str) -> Problem {
        let republish = || {
            say!(en: "publish the feed again with its own keys, and check who can write to the web server",
                vi: "hãy xuất bản lại nguồn tin bằng đúng khóa, và kiểm tra ai có quyền ghi vào máy chủ web")
        };
        let (why, remedy) = match self {
            Refusal::Root { why } => (
                say!(en: "the root file is not a signed root: {why}",
                    vi: "tệp gốc (root) không phải là tệp gốc đã ký: {why}", why = why),
                say!(en: "copy `root.json` again from the publisher's SITE folder",
                    vi: "hãy chép lại `root.json` từ thư mục SITE của nơi xuất bản"),
            ),
            Refusal::Chain { file, why } => (
                say!(en: "`{file}` is not signed by the root before it: {why}",
                    vi: "`{file}` không được tệp gốc trước đó ký: {why}", file = file, why = why),
                republish(),
            ),
            Refusal::Signatures { file, found, needed } => (
                say!(en: "`{file}` is wrongly signed: {found} of {needed} valid signatures",
                    vi: "`{file}` có chữ ký không hợp lệ: {found}/{needed} chữ ký đúng",
                    file = file, found = found, needed = needed),
                say!(en: "check that the root file belongs to this feed; if it does, somebody has changed the feed",
                    vi: "hãy kiểm tra tệp gốc có đúng của nguồn tin này không; nếu đúng thì nguồn tin đã bị sửa"),
            ),
            Refusal::Expired { file, expires } => (
                say!(en: "`{file}` expired at {expires}", vi: "`{file}` đã hết hạn lúc {expires}",
                    file = file, expires = told(*expires, ZONE_UNSTATED)),
                say!(en: "run `bangtin feed refresh` or publish again, and check this machine's clock",
                    vi: "hãy chạy `bangtin feed refresh` hoặc xuất bản lại, và kiểm tra đồng hồ của máy này"),
            ),
            Refusal::Rollback { file, trusted, offered } => (
                say!(en: "`{file}` was rolled back from version {trusted} to {offered}",
                    vi: "`{file}` bị đưa lùi từ phiên bản {trusted} về {offered}",
                    file = file, trusted = trusted, offered = offered),
                say!(en: "serve the newest SITE folder, not an old copy or backup of it",
                    vi: "hãy phục vụ thư mục SITE mới nhất, không dùng bản cũ hay bản sao lưu"),
            ),
            Refusal::Mismatch { file, why } => (
                say!(en: "`{file}` is not the file that was signed: {why}",
                    vi: "`{file}` không phải là tệp đã được ký: {why}", file = file, why = why),
                say!(en: "copy the whole SITE folder to the web server again",
                    vi: "hãy chép lại toàn bộ thư mục SITE lên máy chủ web"),
            ),
            Refusal::Malformed { file, why } => (
                say!(en: "`{file}` is malformed: {why}", vi: "`{file}` sai định dạng: {why}", file = file, why = why),
                say!(en: "copy the whole SITE folder to the web server again",
                    vi: "hãy chép lại toàn bộ thư mục SITE lên máy chủ web"),
            ),
            Refusal::Missing { file } => (
                say!(en: "there is no `{file}` at this address", vi: "không có `{file}` ở địa chỉ này", file = file),
                say!(en: "check the address, and that the whole SITE folder is served there",
                    vi: "hãy kiểm tra địa chỉ, và kiểm tra toàn bộ thư mục SITE có ở đó không"),
            ),
            Refusal::Unreachable { problem } => return Problem::clone(problem),
            Refusal::NoTarget { target } => (
                say!(en: "nothing in the feed is signed as `{target}`",
                    vi: "trong nguồn tin không có gì được ký là `{target}`", target = target),
                say!(en: "publish it with `bangtin feed publish`", vi: "hãy xuất bản bằng `bangtin feed publish`"),
            ),
        };
        Problem::new(subject, why, remedy)
    }
}
