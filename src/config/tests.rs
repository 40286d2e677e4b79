//! The annotated example is the configuration it says it is, and mistakes are told with their line.

use super::*;
use crate::model::board::{LookSource, Theme};
use crate::model::time::{TimeOfDay, TimeRange};
use crate::problem::Speech;

const EXAMPLE: &str = include_str!("../../config/board.toml");
const FEED: &str = "[[feed]]\nname = 'xa'\nurl = 'https://a.example/'\nroot = 'xa.root.json'\n";

fn read(text: &str) -> Config {
    parse("board.toml", text, Path::new("/etc/bangtin")).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Asserts each problem as the start of its English sentence.
fn check(text: &str, expected: &[&str]) {
    let problems = parse("b.toml", text, Path::new("")).expect_err("nothing was found wrong");
    let said: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (line, start) in said.iter().zip(expected) {
        assert!(line.starts_with(start), "{line} does not start with {start}");
    }
}

#[test]
fn the_annotated_example_is_the_defaults_and_one_feed() {
    let feed = FeedConfig::new("xa", "https://bangtin.binhlu.example/feed/", "/etc/bangtin/xa.root.json");
    assert_eq!(read(EXAMPLE), Config { feeds: vec![feed], ..Config::default() });
}

#[test]
fn what_the_example_shows_without_setting_can_be_set_as_shown() {
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(setting) if setting.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => {
            setting.to_owned()
        }
        _ => line.to_owned(),
    };
    let text: Vec<String> = EXAMPLE.lines().map(uncommented).collect();
    let config = read(&text.join("\n"));
    assert_eq!(config.display.size, Some((1280, 720)));
    assert_eq!(config.sound.device.as_deref(), Some("default"));
    let hours: TimeRange = "22:00-05:00".parse().unwrap();
    assert_eq!(config.sound.quiet_hours, [hours]);
    let night = VolumeHours { hours, volume: 20 };
    assert_eq!(config.sound.volume_by_hour, [night]);
}

#[test]
fn relative_paths_start_from_the_folder_of_the_file() {
    let config =
        read(&format!("state = 'trang-thai'\n{FEED}[[feed]]\nname = 'tinh'\nurl = 'tinh'\nroot = '/x.json'"));
    assert_eq!(config.state, Path::new("/etc/bangtin/trang-thai"));
    assert_eq!(config.feeds[0].root, Path::new("/etc/bangtin/xa.root.json"));
    assert_eq!(config.feeds[1].url, "/etc/bangtin/tinh");
    assert_eq!(config.feeds[1].root, Path::new("/x.json"));
}

#[test]
fn a_look_is_built_in_or_a_file_beside_the_configuration() {
    let look = |word: &str| read(&format!("{FEED}[display]\nlook = '{word}'")).display.look;
    assert_eq!(look("cham"), LookSource::Cham);
    assert_eq!(look("don-gian"), LookSource::DonGian);
    assert_eq!(look("xa.toml"), LookSource::File("/etc/bangtin/xa.toml".into()));
}

#[test]
fn mistakes_are_told_all_at_once_with_their_lines() {
    check("", &["b.toml:1: there is no feed"]);
    check(
        "nmae = 'x'\nviewing_distance_m = 0\n[[feed]]\nname = 'Xã'\nurl = 'ftp://x'\n\
         [display]\ntheme = 'nigth'\nsize = '1280'\nlook = 'hoa'\n[sound]\nvolume = 101\nquiet_hours = ['22h']\n\
         volume_by_hour = [{ from = '1:00', volume = 3 }]\n[clock]\nhas_rtc = 1",
        &[
            "b.toml:1: unknown key `nmae`; did you mean `name`",
            "b.toml:2: `viewing_distance_m` cannot be 0",
            "b.toml:3: this feed has no `root`",
            "b.toml:4: `Xã` cannot name a feed",
            "b.toml:5: `ftp://x` is not an address",
            "b.toml:7: `theme` knows no `nigth`; did you mean `night`",
            "b.toml:8: `1280` is not a size",
            "b.toml:9: `look` knows no `hoa`; write one of cham, don-gian",
            "b.toml:11: `volume` cannot be 101",
            "b.toml:12: `22h` is not a span",
            "b.toml:13: this entry is not whole",
            "b.toml:15: `has_rtc` is a whole number, not true or false",
        ],
    );
    check(&format!("{FEED}{FEED}"), &["b.toml:6: two feeds are called `xa`"]);
}

#[test]
fn the_night_theme_follows_the_hour_only_if_the_hour_is_known() {
    let at = |text: &str| ThemeChoice::Auto.at(Some(text.parse::<TimeOfDay>().unwrap()));
    assert_eq!(
        [at("18:29"), at("18:30"), at("05:29"), at("05:30")],
        [Theme::Day, Theme::Night, Theme::Night, Theme::Day]
    );
    assert_eq!(ThemeChoice::Auto.at(None), Theme::Day);
    assert_eq!(ThemeChoice::Night.at(None), Theme::Night);
}
