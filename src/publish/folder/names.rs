//! Finding a file by its name as a person wrote it.
//!
//! What reads the same is the same. Letters with marks are composed on one computer, decomposed on another
//! and half of each on Windows; a space may be one that does not break; and whoever comes from Windows knows
//! no case. The name as it stands comes first; one that reads the same, or the same but for case, is taken
//! where there is only one.

use super::media::Refusal;
use crate::problem::Text;
use crate::say;
use crate::text::characters::turns_direction;
use crate::toml_doc::nearest;
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// What has a name.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It may be a link, and lead anywhere.
    One(PathBuf),
    /// Names of which each could be meant.
    Several(Vec<String>),
    None,
}

/// The file that `path`, with `/` between its parts, names below `root`. No folder outside `root` is read.
pub fn find(root: &Path, path: &str) -> Found {
    let mut at = root.to_owned();
    for part in path.split('/') {
        let exact = at.join(part);
        if exact.symlink_metadata().is_ok() {
            at = exact;
            continue;
        }
        let present = names_in(root, &at);
        let same = |by: fn(&str) -> String| -> Vec<String> {
            present.iter().filter(|name| by(name) == by(part)).cloned().collect()
        };
        let mut matches = same(composed);
        if matches.is_empty() {
            matches = same(caseless);
        }
        match &matches[..] {
            [] => return Found::None,
            [one] => at.push(one),
            _ => return Found::Several(matches),
        }
    }
    Found::One(at)
}

/// The path whose name is most like that of `path`, in the same folder. Never one that reads the same.
pub fn similar(root: &Path, path: &str) -> Option<String> {
    let (parent, name) = path.rsplit_once('/').map_or((None, path), |(parent, name)| (Some(parent), name));
    let folder = match parent.map(|parent| find(root, parent)) {
        None => root.to_owned(),
        Some(Found::One(folder)) => folder,
        Some(_) => return None,
    };
    let present: Vec<String> =
        names_in(root, &folder).into_iter().filter(|other| composed(other) != composed(name)).collect();
    let near = nearest(name, present.iter().map(String::as_str))?;
    Some(parent.map_or_else(|| near.to_owned(), |parent| format!("{parent}/{near}")))
}

/// The path with `/` between its parts, if it can only lead into the folder.
///
/// # Errors
/// It could lead elsewhere, or is no path.
pub fn inner_path(written: &str) -> Result<String, Refusal> {
    let refuse = |why: Text| {
        let name = written.rsplit(['/', '\\']).next().filter(|name| !name.is_empty() && *name != "..");
        let remedy = match name {
            Some(name) if leads_out(written) => say!(
                en: "copy the file into the folder, and name it as it lies there: {name}",
                vi: "hãy chép tệp vào thư mục rồi ghi tên như nó nằm ở đó: {name}"
            ),
            Some(_) if written.contains('\\') => {
                say!(en: "write it with `/`: {path}", vi: "hãy viết bằng dấu `/`: {path}", path = written.replace('\\', "/"))
            }
            _ => say!(
                en: "name a file inside the folder, with `/` before a file in a subfolder: anh/cho.jpg",
                vi: "hãy ghi tệp nằm trong thư mục, dùng `/` cho thư mục con: anh/cho.jpg"
            ),
        };
        Err((why, remedy))
    };
    if written.is_empty() {
        return refuse(say!(en: "the file name is empty", vi: "tên tệp trống"));
    }
    if written.chars().any(|c| c.is_control() || turns_direction(c)) {
        return refuse(say!(en: "the file name holds a hidden character", vi: "tên tệp có ký tự ẩn"));
    }
    if written.contains('\\') {
        return refuse(say!(
            en: "`{written}` is written with `\\`",
            vi: "`{written}` viết bằng dấu `\\`",
            written = written
        ));
    }
    let drive = has_drive(written);
    let mut parts = Vec::new();
    for component in Path::new(written).components() {
        match component {
            Component::Normal(part) if !drive => parts.push(part.to_string_lossy()),
            Component::CurDir if !drive => {}
            _ => {
                return refuse(say!(
                    en: "`{written}` leads out of the folder",
                    vi: "`{written}` dẫn ra ngoài thư mục",
                    written = written
                ));
            }
        }
    }
    match parts.is_empty() {
        true => {
            refuse(say!(en: "`{written}` is no file", vi: "`{written}` không phải là tệp", written = written))
        }
        false => Ok(parts.join("/")),
    }
}

/// An address on the web where a file is wanted, and the file's name at its end.
pub fn of_web(written: &str) -> Option<(&str, Option<&str>)> {
    let address = written.trim();
    let (scheme, rest) = address.split_once("://")?;
    if !["http", "https", "ftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let name = path.split_once('/').and_then(|(_, path)| path.rsplit('/').next());
    // Half of an address is percent signs and numbers, which name nothing.
    Some((address, name.filter(|name| name.contains('.') && !name.contains('%'))))
}

/// `C:` as Windows begins a path.
fn has_drive(written: &str) -> bool {
    written.as_bytes().get(1) == Some(&b':')
}

fn leads_out(written: &str) -> bool {
    has_drive(written)
        || written.starts_with(['/', '\\'])
        || written.split(['/', '\\']).any(|part| part == "..")
}

fn names_in(root: &Path, folder: &Path) -> Vec<String> {
    let within = folder.canonicalize().is_ok_and(|folder| folder.starts_with(root));
    let Some(entries) = within.then(|| folder.read_dir().ok()).flatten() else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

fn composed(name: &str) -> String {
    name.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

fn caseless(name: &str) -> String {
    composed(name).to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in names {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        (folder, root)
    }

    fn found(names: &[&str], path: &str) -> Option<String> {
        let (_held, root) = folder(names);
        match find(&root, path) {
            Found::One(found) => Some(std::fs::read_to_string(found).unwrap()),
            _ => None,
        }
    }

    /// As a Vietnamese keyboard of Windows types it: hat and horn composed, the tone combining.
    const WINDOWS: &str = "Tra\u{323}m y tê\u{301}.jpg";
    const COMPOSED: &str = "Tr\u{1EA1}m y t\u{1EBF}.jpg";

    #[test]
    fn a_name_is_found_however_its_marks_are_composed() {
        let decomposed: String = COMPOSED.nfd().collect();
        let spellings = [WINDOWS, COMPOSED, decomposed.as_str()];
        for there in spellings {
            for written in spellings {
                assert_eq!(found(&[there], written).as_deref(), Some(there));
                let (below, path) = (format!("{there}/a {there}"), format!("{written}/a\u{A0}{written}"));
                assert_eq!(found(&[&below], &path), Some(below), "in a folder, and with another space");
            }
        }
    }

    #[test]
    fn case_matters_only_where_several_names_differ_in_nothing_else() {
        assert_eq!(found(&["Anh.JPG"], "anh.jpg").as_deref(), Some("Anh.JPG"));
        assert_eq!(found(&["ẢNH/Ả.JPG"], "Ảnh/ả.jpg").as_deref(), Some("ẢNH/Ả.JPG"));
        assert_eq!(found(&["Anh.JPG", "anh.jpg", "ANH.jpg"], "anh.jpg").as_deref(), Some("anh.jpg"));
        let (_held, root) = folder(&["Anh.JPG", "ANH.jpg"]);
        assert_eq!(find(&root, "anh.jpg"), Found::Several(vec!["ANH.jpg".into(), "Anh.JPG".into()]));
        assert_eq!(found(&["anh.jpg"], "ảnh.jpg"), None, "another letter is another name");
    }

    #[test]
    fn nothing_that_reads_the_same_is_suggested() {
        let (_held, root) = folder(&["anh/chợ.jpg", "anh/cho.jpg", WINDOWS]);
        assert_eq!(similar(&root, "anh/chơ.jpg").as_deref(), Some("anh/chợ.jpg"));
        assert_eq!(similar(&root, COMPOSED), None);
        assert_eq!(similar(&root, "nơi khác/chợ.jpg"), None);
    }

    #[test]
    fn no_folder_outside_is_looked_into() {
        let (_outside, elsewhere) = folder(&["Anh.JPG"]);
        let (_held, root) = folder(&["a.jpg"]);
        std::os::unix::fs::symlink(&elsewhere, root.join("ra")).unwrap();
        assert_eq!(find(&root, "ra/anh.jpg"), Found::None);
        assert_eq!(similar(&root, "ra/Anh.JPEG"), None);
        assert_eq!(
            find(&root, "ra/Anh.JPG"),
            Found::One(root.join("ra/Anh.JPG")),
            "refused by whoever opens it"
        );
    }
}
