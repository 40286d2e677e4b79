//! What `scripts/packages.sh run` installs is all that the program needs: a copied program starts, and finds
//! what it opens.

use crate::support::{bangtin, text};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The names of libraries with a version, such as `libEGL.so.1`, that stand in the program: those that it is
/// linked to, and those that it opens while it runs.
fn libraries(program: &[u8]) -> BTreeSet<String> {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
    let mut found = BTreeSet::new();
    for at in (0..program.len()).filter(|&at| program[at..].starts_with(b".so.")) {
        let before = &program[..at];
        let begins = before.iter().rposition(|byte| !name(byte)).map_or(0, |at| at + 1);
        // Texts stand one after another in it without anything between.
        let Some(lib) = before[begins..].windows(3).rposition(|three| three == b"lib") else { continue };
        let version: String = program[at + 4..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .map(|&byte| byte as char)
            .collect();
        if !version.is_empty() {
            let stem = String::from_utf8_lossy(&before[begins + lib..]);
            found.insert(format!("{stem}.so.{version}"));
        }
    }
    found
}

#[test]
fn a_library_s_name_is_found_where_texts_run_into_one_another() {
    let program = b"XSetFoolibXi.so.6\0libEGL.solibEGL.so.1x\0no.so.1\0libwayland-client.so.0libc.so.";
    let found: Vec<String> = libraries(program).into_iter().collect();
    assert_eq!(found, ["libEGL.so.1", "libXi.so.6", "libwayland-client.so.0"]);
}

/// For each installed package, those that it depends on.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let listed = said("dpkg-query", &["-W", "-f", "${Package}\t${Pre-Depends}, ${Depends}\n"]);
    let names = |list: &str| {
        let first = |one: &str| one.split([' ', ':', '(']).find(|word| !word.is_empty()).map(str::to_owned);
        list.split([',', '|']).filter_map(first).collect()
    };
    listed.lines().filter_map(|line| line.split_once('\t')).map(|(of, on)| (of.into(), names(on))).collect()
}

#[test]
fn packages_sh_run_names_every_library_that_the_program_needs() {
    let wanted = libraries(&std::fs::read(bangtin()).unwrap());
    for known in ["libavformat", "libswscale", "libasound", "libwayland-client", "libEGL", "libX11"] {
        assert!(
            wanted.iter().any(|name| name.starts_with(known)),
            "the program names no {known}: {wanted:?}"
        );
    }
    let linked = said("readelf", &["-d", text(&bangtin())]);
    for line in linked.lines().filter(|line| line.contains("(NEEDED)") && !line.contains("[ld-linux")) {
        assert!(
            wanted.iter().any(|name| line.contains(&format!("[{name}]"))),
            "{line} was not found in {wanted:?}"
        );
    }

    let mut installs: Vec<String> =
        said("scripts/packages.sh", &["--list", "run"]).split_whitespace().map(str::to_owned).collect();
    let dependencies = dependencies();
    let mut with_theirs = BTreeSet::new();
    while let Some(package) = installs.pop() {
        if with_theirs.insert(package.clone()) {
            installs.extend(dependencies.get(&package).into_iter().flatten().cloned());
        }
    }

    let cache = said("ldconfig", &["-p"]);
    for name in wanted {
        let begins = format!("\t{name} ");
        let found =
            cache.lines().find(|line| line.starts_with(&begins)).and_then(|line| line.split(" => ").nth(1));
        let path =
            found.unwrap_or_else(|| panic!("{name} is not here: `scripts/packages.sh run` leaves it out"));
        // Packages know a file by the name that it had before /lib became /usr/lib.
        let owned = |path: &String| {
            let answer = said("dpkg", &["-S", path]);
            answer.split([':', ',']).next().filter(|owner| !owner.is_empty()).map(str::to_owned)
        };
        let names = [path.to_owned(), path.replacen("/usr", "", 1), format!("/usr{path}")];
        let owner = names.iter().find_map(owned);
        let owner = owner.unwrap_or_else(|| panic!("no package has {path}"));
        assert!(
            with_theirs.contains(&owner),
            "{name} is of {owner}, which `scripts/packages.sh run` does not install"
        );
    }
}
