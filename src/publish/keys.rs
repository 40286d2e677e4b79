//! The publisher's keys: Ed25519, in PKCS#8 PEM files of mode 0600 that OpenSSL can read too.
//!
//! Which key signs what is told by the metadata, never by a file's name: all keys of the folder are loaded,
//! and a role is signed by those that its delegation lists. A key that should stay on a USB stick is simply
//! not in the folder on ordinary days.

use crate::disk::{self, Disk, Local};
use crate::problem::{Outcome, Problem};
use crate::{say, trust};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::Digest;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Longest key file read: a PKCS#8 Ed25519 key is a hundred bytes.
const KEY_FILE_BYTES_MAX: u64 = 16_384;
/// RFC 8410: version, algorithm id-Ed25519, and the headers around a seed of 32 bytes.
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A private key. Its secret is never shown.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    id: String,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

impl SigningKey {
    /// Makes a key and puts it into a new file of mode 0600.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn generate(path: &Path) -> Outcome<SigningKey> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).map_err(|_| {
            Problem::new(
                path.display().to_string(),
                say!(en: "this machine gives no random numbers", vi: "máy này không tạo được số ngẫu nhiên"),
                say!(en: "restart the machine", vi: "hãy khởi động lại máy"),
            )
        })?;
        let key = SigningKey::from_seed(&seed).ok_or_else(|| not_a_key(path))?;
        let der = [&PKCS8_PREFIX[..], &seed].concat();
        let line_ending = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        let text = pem::encode_config(&pem::Pem::new("PRIVATE KEY", der), line_ending);
        disk::write_private(path, text.as_bytes()).map_err(|error| disk::problem(path, &error))?;
        Ok(key)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, or holds no Ed25519 key.
    pub fn load(path: &Path) -> Outcome<SigningKey> {
        let text = Local::default().read(path, KEY_FILE_BYTES_MAX).map_err(|error| unread(path, &error))?;
        let pem = pem::parse(text).map_err(|_| not_a_key(path))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pem.contents()).map_err(|_| not_a_key(path))?;
        SigningKey::from_pair(pair).ok_or_else(|| not_a_key(path))
    }

    pub(super) fn from_seed(seed: &[u8; 32]) -> Option<SigningKey> {
        SigningKey::from_pair(Ed25519KeyPair::from_seed_unchecked(seed).ok()?)
    }

    fn from_pair(pair: Ed25519KeyPair) -> Option<SigningKey> {
        let mut key = SigningKey { pair, id: String::new() };
        // As securesystemslib makes them, so that every TUF tool agrees on the name of a key.
        key.id = hex::encode(sha2::Sha256::digest(trust::canonical_json(&key.public())?));
        Some(key)
    }

    /// Its name in TUF metadata: 64 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key as TUF metadata list it.
    pub fn public(&self) -> Value {
        let public = hex::encode(self.pair.public_key());
        json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}})
    }

    /// The signature, in hexadecimal.
    pub fn sign(&self, bytes: &[u8]) -> String {
        hex::encode(self.pair.sign(bytes))
    }
}

/// The keys that are at hand, by their names in metadata.
#[derive(Debug, Default)]
pub struct Keys(BTreeMap<String, SigningKey>);

impl Keys {
    /// Reads every `*.pem` of the folder.
    ///
    /// # Errors
    /// The folder or one of the files cannot be read, or can be read by others than its owner; one holds no key.
    pub fn load(folder: &Path) -> Outcome<Keys> {
        let entries = Local::default().list(folder).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::new(
                folder.display().to_string(),
                say!(en: "the folder of keys is not here", vi: "không có thư mục khóa ở đây"),
                say!(en: "put it beside SITE: without its keys nothing can be signed",
                    vi: "hãy đặt thư mục khóa cạnh SITE: không có khóa thì không ký được"),
            ),
            _ => unread(folder, &error),
        })?;
        let files = entries.into_iter().filter(|entry| entry.name.ends_with(".pem"));
        let files: Vec<PathBuf> = files.map(|entry| folder.join(entry.name)).collect();
        if let Some(open) =
            std::iter::once(folder).chain(files.iter().map(PathBuf::as_path)).find(|path| is_open(path))
        {
            return Err(open_to_others(open, folder));
        }
        files.iter().map(|file| SigningKey::load(file)).collect::<Outcome<Vec<_>>>().map(Keys::from_iter)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of all.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The key of this name, if it is at hand.
    pub fn get(&self, id: &str) -> Option<&SigningKey> {
        self.0.get(id)
    }
}

impl FromIterator<SigningKey> for Keys {
    fn from_iter<I: IntoIterator<Item = SigningKey>>(keys: I) -> Keys {
        Keys(keys.into_iter().map(|key| (key.id.clone(), key)).collect())
    }
}

/// Others than its owner may do something with it.
fn is_open(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

fn open_to_others(path: &Path, folder: &Path) -> Problem {
    let typed = format!("chmod -R go= {}", disk::typed(folder));
    Problem::new(
        path.display().to_string(),
        say!(en: "other users of this machine can read the keys here, and sign in your name",
            vi: "người dùng khác của máy này đọc được khóa ở đây và có thể ký thay bạn"),
        say!(en: "type: {typed} (a USB stick may know no such rights: then copy the folder to this machine's own disk first)",
            vi: "hãy gõ: {typed} (USB có thể không có phân quyền: khi đó hãy chép thư mục khóa vào ổ đĩa của máy trước)"),
    )
}

/// Keys that another user keeps. Nobody else is given the right to read them: they sign in that user's name.
fn unread(path: &Path, error: &io::Error) -> Problem {
    let owner = std::fs::metadata(path).map(|found| found.uid());
    let Some(owner) = owner.ok().filter(|_| error.kind() == io::ErrorKind::PermissionDenied) else {
        return disk::problem(path, error);
    };
    Problem::new(
        path.display().to_string(),
        say!(en: "these keys are another user's, who alone may read them",
            vi: "khóa này của người dùng khác, chỉ người đó đọc được"),
        say!(en: "run this command as that user: put sudo -u '#{owner}' before it; do not open the keys to others",
            vi: "hãy chạy lệnh này bằng người dùng đó: thêm sudo -u '#{owner}' ở đầu lệnh; đừng mở quyền đọc khóa cho người khác"),
    )
}

fn not_a_key(path: &Path) -> Problem {
    Problem::new(
        path.display().to_string(),
        say!(en: "this is not an Ed25519 private key in PKCS#8 PEM", vi: "đây không phải khóa riêng Ed25519 dạng PKCS#8 PEM"),
        say!(en: "restore the key from its backup, or move the file out of the folder of keys",
            vi: "hãy khôi phục khóa từ bản sao lưu, hoặc chuyển tệp này ra khỏi thư mục khóa"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_another_user_are_used_as_that_user_and_opened_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let problem = unread(folder.path(), &io::ErrorKind::PermissionDenied.into());
        let owner = std::fs::metadata(folder.path()).unwrap().uid();
        assert!(problem.remedy.en.contains(&format!("sudo -u '#{owner}'")), "{problem}");
        assert!(!problem.remedy.en.contains("give this user"), "{problem}");
    }

    #[test]
    fn a_key_is_read_back_as_it_was_made_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.pem");
        let made = SigningKey::generate(&path).unwrap();
        let read = SigningKey::load(&path).unwrap();
        assert_eq!((made.id(), made.sign(b"x")), (read.id(), read.sign(b"x")));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(SigningKey::generate(&path).is_err(), "a key is never overwritten");
    }

    #[test]
    fn a_folder_of_keys_that_is_missing_is_told_from_one_that_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let said = |path: &Path| Keys::load(path).unwrap_err().line(crate::problem::Speech::English);
        assert!(said(&folder.path().join("keys")).contains("the folder of keys is not here"));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(said(&file).contains("not a folder"), "{}", said(&file));
    }

    #[test]
    fn what_is_no_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        disk::create_private_folder(folder.path()).unwrap();
        let path = folder.path().join("bad.pem");
        for text in ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            let problem = Keys::load(folder.path()).unwrap_err();
            assert!(problem.why.en.contains("not an Ed25519") && problem.subject.ends_with("bad.pem"));
        }
    }

    #[test]
    fn keys_that_others_can_read_are_refused_with_what_to_type() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("khóa của xã");
        disk::create_private_folder(&folder).unwrap();
        let key = folder.join("root.pem");
        SigningKey::generate(&key).unwrap();
        Keys::load(&folder).unwrap();
        for (path, mode, private) in [(&key, 0o640, 0o600), (&key, 0o604, 0o600), (&folder, 0o755, 0o700)] {
            let set = |mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            set(mode);
            let problem = Keys::load(&folder).unwrap_err();
            assert_eq!(problem.subject, path.display().to_string());
            let typed = format!("chmod -R go= '{}'", folder.display());
            assert!(problem.remedy.en.contains(&typed), "{problem}");
            let done = std::process::Command::new("sh").arg("-c").arg(&typed).status().unwrap();
            assert!(done.success() && Keys::load(&folder).is_ok(), "what is told to type mends it");
            set(private);
        }
    }
}
