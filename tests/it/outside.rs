//! Programs that others wrote: python-tuf, nginx, X servers, cage, PulseAudio. Each script also runs by hand.

use crate::support::{Office, bangtin, text};
use std::path::Path;
use std::process::Command;

/// The Python that `make test` prepares.
fn python() -> String {
    std::env::var("BANGTIN_PYTHON").unwrap_or_else(|_| "target/venv/bin/python".into())
}

fn succeeds(program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LANG", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; `make test` installs what the tests need"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn python_tuf_reads_our_feed_and_refuses_it_from_another_root() {
    let (office, other) = (Office::new(), Office::new());
    let said = office.publish("title = \"Xã\"\n[[notice]]\ntitle = \"Tin\"\ntext = \"Nội dung\"\n");
    assert_eq!(said.code, 0, "{}", said.err);
    let script = "tests/python/tuf_reads_our_feed.py";
    succeeds(&python(), &[script, text(&office.site()), text(&office.root())]);
    let foreign = Command::new(python())
        .args([script, text(&office.site()), text(&other.root())])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(foreign.status.code(), Some(1));
}

#[test]
fn forgeries_made_with_python_tuf_are_refused_by_a_running_board() {
    succeeds(&python(), &["tests/e2e/tamper.py", text(&bangtin())]);
}

#[test]
fn wrong_clocks_and_stolen_keys_silence_no_warning_and_take_nothing_off_the_air() {
    succeeds(&python(), &["tests/e2e/clocks.py", text(&bangtin())]);
}

#[test]
fn no_signed_json_takes_more_than_100_mb_beside_itself() {
    let bangtin = bangtin();
    let all = std::env::var_os("SLOW").map(|_| "--all");
    let arguments: Vec<&str> = ["tests/e2e/bombs.py", text(&bangtin)].into_iter().chain(all).collect();
    succeeds(&python(), &arguments);
}

#[test]
fn a_board_that_is_killed_at_random_moments_always_comes_back_with_a_verified_notice() {
    let times = if std::env::var_os("SLOW").is_some() { "200" } else { "15" };
    succeeds(&python(), &["tests/e2e/kill.py", text(&bangtin()), "--times", times]);
}

#[test]
fn every_display_shows_what_the_board_says_it_shows() {
    succeeds("tests/e2e/displays.sh", &[text(&bangtin())]);
}

#[test]
fn a_notice_s_sound_arrives_at_the_loudspeaker_whole() {
    assert!(Path::new("/usr/bin/pulseaudio").exists(), "`make test` installs pulseaudio");
    succeeds("tests/e2e/sound.sh", &[text(&bangtin())]);
}

/// With `SLOW`, the long form of a script.
fn long<'a>(short: &[&'a str], slow: &[&'a str]) -> Vec<&'a str> {
    if std::env::var_os("SLOW").is_some() { slow.to_vec() } else { short.to_vec() }
}

fn script(name: &str, more: &[&str]) {
    let bangtin = bangtin();
    succeeds(&python(), &[&[name, text(&bangtin)], more].concat());
}

#[test]
fn films_pictures_and_sounds_of_every_kind_are_seen_as_they_are() {
    script("tests/e2e/corpus.py", &long(&[], &["--all"]));
}

#[test]
fn sounds_of_every_kind_are_heard_as_they_are() {
    script("tests/e2e/hearing.py", &long(&[], &["--all"]));
}

#[test]
fn decoders_that_are_killed_stopped_and_starved_cost_the_board_no_film_and_no_black() {
    script("tests/e2e/decoders.py", &long(&["--minutes", "1"], &["--minutes", "10"]));
}
