//! A picture as a telephone takes it: converted when it is published, by whatever this machine has for that.

use crate::support::{Office, Said, made_by_ffmpeg, run_with, text};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const PROGRAMME: &str = "title = \"x\"\n[[notice]]\ntitle = \"Tin\"\nimage = \"IMG_0012.heic\"\n";

/// Runs the program with commands of this folder before all others.
fn run_among(commands: &Path, locale: &str, arguments: &[&str]) -> Said {
    let path = format!("{}:{}", text(commands), std::env::var("PATH").unwrap());
    run_with(locale, arguments, &[("PATH", &path)])
}

#[test]
fn a_telephones_picture_is_published_as_a_jpeg_or_costs_nothing_but_a_sentence() {
    let jpeg = made_by_ffmpeg("photo.jpg", "-f lavfi -i testsrc2=s=640x480 -frames:v 1 -update 1");
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let commands = tempfile::tempdir().unwrap();
    let script = |text: &str| {
        let file = commands.path().join("heif-convert");
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let office = Office::new();
    office.write("IMG_0012.HEIC", heic);
    office.write("programme.toml", PROGRAMME);
    let (site, folder) = (office.site(), office.folder());
    let publish = ["feed", "publish", text(&site), text(&folder)];
    let before = office.snapshot();
    for rubbish in ["exit 1", "printf '\\377\\330\\377rubbish' >\"$4\""] {
        script(rubbish);
        let said = run_among(commands.path(), "C.UTF-8", &publish);
        assert_eq!(said.code, 1);
        let expected = "programme.toml:4: `IMG_0012.heic` is a HEIC picture and could not be converted";
        assert!(said.err.contains(expected), "{}", said.err);
    }
    assert_eq!(office.snapshot(), before);
    script(&format!("cp '{}' \"$4\"", text(&jpeg)));
    let said = run_among(commands.path(), "vi_VN.UTF-8", &publish);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("`IMG_0012.heic` đã được chuyển sang JPEG"), "{}", said.err);
    let published = office.snapshot().into_values().any(|bytes| bytes == std::fs::read(&jpeg).unwrap());
    assert!(published, "the JPEG itself is what boards fetch");
    let picture = office.home.path().join("out.png");
    let arguments = ["render", text(&folder), "--size", "640x360", "--out", text(&picture)];
    let said = run_among(commands.path(), "C.UTF-8", &arguments);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("was converted to JPEG") && picture.is_file(), "{}", said.err);
}

#[test]
fn a_real_one_is_converted_by_what_debian_has_for_it() {
    let png = made_by_ffmpeg("photo.png", "-f lavfi -i testsrc2=s=640x480 -frames:v 1 -update 1");
    let office = Office::new();
    let heic = office.folder().join("IMG_0012.HEIC");
    let made = Command::new("heif-enc").arg(&png).arg("-o").arg(&heic).output();
    assert!(made.expect("`make test` installs libheif-examples").status.success());
    let said = office.publish(PROGRAMME);
    assert_eq!(said.code, 0, "{}", said.err);
    let is_jpeg = |bytes: &Vec<u8>| bytes.starts_with(b"\xff\xd8\xff");
    assert!(
        office.snapshot().values().any(is_jpeg) && said.err.contains("was converted to JPEG"),
        "{}",
        said.err
    );
    let again = office.publish(PROGRAMME);
    assert!(again.out.starts_with("nothing has changed"), "the same JPEG each time: {}", again.out);
    std::fs::write(&heic, &std::fs::read(&heic).unwrap()[..200]).unwrap();
    let said = office.publish(PROGRAMME);
    assert!(said.code == 1 && said.err.contains("could not be converted to JPEG"), "{}", said.err);
}
