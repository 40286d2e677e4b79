//! House rules as tests: who may import whom, a header on every file, one version number, nothing left undone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// Every source file of the library: its path below `src`, and its text without comments and tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join("src"), "rs", &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

fn is_test(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name);
    stem == "tests.rs"
        || stem.ends_with("_tests.rs")
        || stem == "testserver.rs"
        || stem == "sim.rs"
        || name.contains("/tests/")
}

/// Code only: no comments, nothing from the unit tests at the end of a file on.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

const GROUND: [&str; 5] = ["limits", "clock", "problem", "disk", "shm"];

/// For each module: what it may use besides itself, `problem` and `limits`. ARCHITECTURE.md says why.
fn may_use() -> BTreeMap<&'static str, Vec<&'static str>> {
    let with_ground = |more: &[&'static str]| [&GROUND[..], more].concat();
    BTreeMap::from([
        ("limits", vec![]),
        ("clock", vec![]),
        ("problem", vec![]),
        ("disk", vec![]),
        ("shm", vec![]),
        ("model", vec![]),
        ("text", vec![]),
        ("toml_doc", vec![]),
        ("config", vec!["model", "toml_doc", "disk"]),
        ("trust", vec!["model"]),
        ("store", with_ground(&["model", "trust"])),
        ("sync", with_ground(&["model", "trust", "store", "alert"])),
        ("alert", vec!["model"]),
        ("programme", vec!["model", "alert"]),
        ("layout", vec!["model", "text", "toml_doc"]),
        ("stage", vec!["model", "layout", "shm", "clock"]),
        ("media", with_ground(&["model", "store"])),
        ("sound", vec!["model", "shm", "clock"]),
        (
            "board",
            with_ground(&[
                "model",
                "config",
                "trust",
                "store",
                "sync",
                "alert",
                "programme",
                "layout",
                "stage",
                "media",
                "sound",
            ]),
        ),
        (
            "publish",
            with_ground(&[
                "model",
                "text",
                "config",
                "toml_doc",
                "alert",
                "programme",
                "layout",
                "trust",
                "media",
                "store",
                "sync",
            ]),
        ),
    ])
}

#[test]
fn modules_import_only_what_the_table_of_the_architecture_allows() {
    let table = may_use();
    let mut wrong = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| !is_test(name)) {
        let module = name.split(['/', '.']).next().unwrap();
        if ["main", "lib", "cli"].contains(&module) {
            continue;
        }
        let allowed = table.get(module).unwrap_or_else(|| panic!("{module} is not in the table"));
        let code = code(text);
        for (at, _) in code.match_indices("crate::") {
            let used: String =
                code[at + 7..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let known = table.contains_key(used.as_str()) || used == "cli";
            let fine =
                used == module || used == "problem" || used == "limits" || allowed.contains(&used.as_str());
            if known && !fine {
                wrong.push(format!("src/{name} uses {used}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn outside_libraries_stay_behind_their_one_module() {
    let gates: [(&[&str], &[&str]); 8] = [
        (&["x11rb::"], &["board/monitor.rs", "stage/drawable.rs", "stage/gpu/band.rs"]),
        (&["wgpu::", "softbuffer::"], &["stage/"]),
        (&["rodio::"], &["sound/"]),
        (&["reqwest::"], &["sync/"]),
        (&["ffmpeg_the_third"], &["media/child/"]),
        (&["sigstore_tuf"], &["trust/"]),
        (&["winit::"], &["board/window.rs", "board/mod.rs", "stage/"]),
        (&["Asset::from_author_folder"], &["cli/", "store/asset.rs", "store/mod.rs"]),
    ];
    let mut wrong = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| !is_test(name)) {
        let code = code(text);
        for (words, homes) in gates {
            if words.iter().any(|word| code.contains(word))
                && !homes.iter().any(|home| name.starts_with(home))
            {
                wrong.push(format!("src/{name} names {words:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_left_half_done() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "src/{name} has no header");
        for word in ["todo!(", "unimplemented!(", "FIXME", "XXX", "dbg!("] {
            assert!(!code(&text).contains(word), "src/{name} holds {word}");
        }
    }
}

#[test]
fn unsafe_code_gives_its_reason() {
    for (name, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let opens = line.contains("unsafe {") || line.contains("unsafe impl");
            if !opens || line.trim_start().starts_with("//") {
                continue;
            }
            let above = &lines[number.saturating_sub(8)..number];
            let reason = above.iter().any(|line| line.contains("SAFETY"));
            assert!(reason, "src/{name}:{} gives no reason", number + 1);
        }
    }
}

#[test]
fn the_changelog_begins_with_this_version() {
    let changelog = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let top = changelog.lines().find_map(|line| line.strip_prefix("## ")).unwrap();
    assert!(top.contains(env!("CARGO_PKG_VERSION")), "{top}");
}
