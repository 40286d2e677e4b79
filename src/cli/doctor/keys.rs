//! Private keys that others on this machine can read.

use super::Finding;
use crate::config::Config;
use crate::problem::Problem;
use crate::publish::keys_folder;
use crate::say;
use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// No key in PEM is longer.
const KEY_BYTES_MAX: u64 = 64 << 10;
/// Most files of a folder that are looked at.
const FILES_MAX: usize = 1000;

/// Looks beside the configuration and the root files, and, where a feed is a folder of this machine, at its keys.
pub(super) fn look(config: &Config, file: &Path) -> Vec<Finding> {
    let beside = |path: &Path| path.parent().map(Path::to_owned);
    let mut folders: BTreeSet<PathBuf> = beside(file).into_iter().collect();
    for feed in &config.feeds {
        folders.extend(beside(&feed.root));
        let site = Path::new(feed.url.strip_prefix("file://").unwrap_or(&feed.url));
        if site.is_dir() {
            folders.extend([site.to_owned(), keys_folder(site)]);
        }
    }
    folders.iter().flat_map(|folder| in_folder(folder)).collect()
}

fn in_folder(folder: &Path) -> Vec<Finding> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // What is in a folder that nobody else may enter is nobody else's to read.
    let entered = std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o011 != 0);
    let Some(entries) = entered.then(|| std::fs::read_dir(folder).ok()).flatten() else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().take(FILES_MAX).map(|entry| entry.path()).collect();
    files.sort();
    files.into_iter().filter(|file| is_open_key(file)).map(|file| told(&file)).collect()
}

fn is_open_key(file: &Path) -> bool {
    let open = std::fs::metadata(file).is_ok_and(|found| {
        found.is_file() && found.len() <= KEY_BYTES_MAX && found.permissions().mode() & 0o044 != 0
    });
    let holds_key = || {
        let mut text = Vec::new();
        let read = std::fs::File::open(file).and_then(|file| file.take(KEY_BYTES_MAX).read_to_end(&mut text));
        read.is_ok() && String::from_utf8_lossy(&text).contains("PRIVATE KEY-----")
    };
    open && holds_key()
}

fn told(file: &Path) -> Finding {
    let name = file.display().to_string();
    Finding::Partly(Problem::new(
        name.clone(),
        say!(en: "this private key can be read by other users of this machine, who could speak on every board",
             vi: "người dùng khác trên máy này đọc được khóa riêng này, và có thể phát tin lên mọi bảng"),
        say!(en: "type: chmod 600 {name}; a board needs no key at all", vi: "hãy gõ: chmod 600 {name}; máy của bảng không cần khóa nào", name = name),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_others_can_read_is_named_and_one_that_they_cannot_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mode =
            |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        let (key, root) = (folder.path().join("programme.pem"), folder.path().join("root.json"));
        std::fs::write(&key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
        std::fs::write(&root, "{}").unwrap();
        mode(&key, 0o644);
        mode(&root, 0o644);
        mode(folder.path(), 0o755);
        let found = || look(&Config::default(), &folder.path().join("board.toml"));
        let [Finding::Partly(problem)] = &found()[..] else { panic!("one key, and no more") };
        assert!(problem.subject.ends_with("programme.pem") && problem.remedy.en.contains("chmod 600"));
        mode(folder.path(), 0o700);
        assert!(found().is_empty(), "nobody else gets into the folder");
        mode(folder.path(), 0o755);
        mode(&key, 0o600);
        assert!(found().is_empty());
    }
}
