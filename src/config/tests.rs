//! The annotated example is the configuration it says it is, and mistakes are told with their line.

use super::*;
use crate::model::board::{LookSource, Measured, Share, Theme};
use crate::model::display::{Geometry, Part, Region, Turn};
use crate::model::led::Power;
use crate::model::programme::Category;
use crate::model::sun::Place;
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
        Some(header @ "[[zone]]") => header.to_owned(),
        _ => line.to_owned(),
    };
    // One of two that exclude each other.
    let lines = EXAMPLE.lines().filter(|line| !line.contains("pixel_pitch_mm ="));
    let text: Vec<String> = lines.map(uncommented).collect();
    let config = read(&text.join("\n"));
    assert_eq!(config.display.size, Some((1280, 720)));
    assert_eq!(config.board.measured, Some(Measured::HeightMm(685.0)));
    let region = Region { width: 192, height: 32, x: 0, y: 0 };
    assert_eq!(config.display.geometry, Geometry { turn: Turn::None, part: Part::Region(region) });
    let names: Vec<&str> = config.board.zones.iter().map(|zone| zone.name.as_str()).collect();
    assert_eq!(names, ["main", "lich"]);
    let calendar = &config.board.zones[1];
    assert_eq!(calendar.area, Share { left: 65.0, top: 0.0, width: 35.0, height: 100.0 });
    assert_eq!(calendar.categories, [Category::Hop, Category::VanHoa]);
    assert_eq!(calendar.tags, ["lich"]);
    let power = Power { watts_max: 300.0, watts_white: 900.0 };
    assert_eq!(config.led.panel.power, Some(power));
    assert_eq!(config.led.place, Some(Place { latitude: 22.39, longitude: 103.46 }));
    let hours: TimeRange = "22:00-05:00".parse().unwrap();
    assert_eq!(config.led.brightness_by_hour, [BrightnessHours { hours, percent: 15 }]);
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
    check(
        &format!("{FEED}[display]\nheight_mm = 600\npixel_pitch_mm = 4\n[reading]\nsyllable_seconds = 9"),
        &["b.toml:7: both `height_mm` and `pixel_pitch_mm`", "b.toml:9: `syllable_seconds` cannot be 9"],
    );
    check(&format!("{FEED}{FEED}"), &["b.toml:6: two feeds are called `xa`"]);
}

#[test]
fn the_picture_is_turned_inset_or_cut_out_as_written() {
    let geometry = |text: &str| read(&format!("{FEED}[display]\n{text}")).display.geometry;
    let turned = |turn| Geometry { turn, part: Part::Whole };
    assert_eq!(geometry("rotate = 90"), turned(Turn::Quarter));
    assert_eq!(geometry("rotate = 270"), turned(Turn::ThreeQuarters));
    check(
        &format!("{FEED}[display]\nrotate = '90'"),
        &["b.toml:6: `rotate` is a text, not a whole number: `90`; write `rotate = 90`"],
    );
    assert_eq!(geometry("overscan = 2.5").part, Part::InsetPercent(2.5));
    assert_eq!(geometry("overscan = [10, 20, 30, 40]").part, Part::InsetPixels([10, 20, 30, 40]));
    assert_eq!(geometry("overscan = [0, 0, 0, 0]").part, Part::Whole);
    let region = Region { width: 320, height: 160, x: 64, y: 8 };
    assert_eq!(
        geometry("region = '320×160+64+8'\nrotate = 180"),
        Geometry { turn: Turn::Half, part: Part::Region(region) }
    );
    check(
        &format!("{FEED}[display]\nrotate = 45\noverscan = [1, 2]\nregion = '192x32'"),
        &[
            "b.toml:6: `rotate` cannot be 45",
            "b.toml:7: `overscan` needs four sides",
            "b.toml:8: `192x32` is not a region",
        ],
    );
    check(
        &format!("{FEED}[display]\noverscan = 2\nregion = '192x32+0+0'"),
        &["b.toml:7: `region` and `overscan` exclude each other"],
    );
    for region in ["8x8+0+0", "192x32+-1+0", "192x32+0", "192x32+0+0+0", "x+ +", "99999999999x32+0+0", ""] {
        check(
            &format!("{FEED}[display]\nregion = '{region}'"),
            &[&format!("b.toml:6: `{region}` is not a region")],
        );
    }
    check(&format!("{FEED}[display]\noverscan = 30"), &["b.toml:6: `overscan` cannot be 30"]);
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

#[test]
fn where_the_place_is_known_the_night_theme_follows_the_sun() {
    let config = read(&format!("{FEED}[led]\nlatitude = 22.39\nlongitude = 103.46"));
    // Source: PyEphem 4.2.1: on 25 November the sun rises at 6:25 and sets at 17:21 in Lai Chau.
    let at = |time: &str, clock: &str| {
        config.theme_at(format!("2026-11-25T{time}+07:00").parse().unwrap(), clock.parse().ok())
    };
    assert_eq!([at("06:24:00", "06:24"), at("06:26:00", "06:26")], [Theme::Night, Theme::Day]);
    assert_eq!([at("17:20:00", "17:20"), at("17:22:00", "17:22")], [Theme::Day, Theme::Night]);
    assert_eq!(at("23:00:00", "no clock"), Theme::Day);
    let fixed = read(&format!("{FEED}[display]\ntheme = 'day'\n[led]\nlatitude = 22.39\nlongitude = 103.46"));
    assert_eq!(
        fixed.theme_at("2026-11-25T23:00:00+07:00".parse().unwrap(), "23:00".parse().ok()),
        Theme::Day
    );
}

#[test]
fn mistakes_about_the_led_wall_are_told() {
    check(
        &format!(
            "{FEED}[led]\ngamma = 9\nwhite = 'white'\nbrightness = 0\nlatitude = 22\nwatts_max = 300\n\
             brightness_by_hour = [{{ from = '22:00', to = '22:00', percent = 10 }}]\nbrightness_day = 101"
        ),
        &[
            "b.toml:6: `gamma` cannot be 9",
            "b.toml:7: `white` is not a white",
            "b.toml:8: `brightness` cannot be 0",
            "b.toml:9: `latitude` says nothing without `longitude`",
            "b.toml:10: `watts_max` says nothing without `watts_white`",
            "b.toml:11: `from` and `to` are the same time",
            "b.toml:12: `brightness_day` cannot be 101",
        ],
    );
    for white in ["#FFFFF", "#FFFFFFF", "#00FF00", "#ẹFFF", "FFFFFF", "#+FFFFF"] {
        check(&format!("{FEED}[led]\nwhite = '{white}'"), &[&format!("b.toml:6: `{white}` is not a white")]);
    }
}

/// A zone of the board, its `fields` a line each.
fn zone(fields: &str) -> String {
    format!("[[zone]]\n{fields}\n")
}

#[test]
fn mistakes_about_zones_are_told_all_at_once_with_their_lines() {
    let text = [
        zone("name = 'main'\narea = [0, 0, 50]\ntags = ['x']"),
        zone("name = 'main'\narea = [0, 120, 50, 50]\ncategories = ['hopp']"),
        zone("name = 'ticker'\narea = 'all'"),
        zone("nmae = 'x'\narea = [0, 0, 3, 50]\ncategories = ['hop']"),
        zone("name = 'x'\ncategories = ['hop']"),
    ];
    check(
        &format!("{FEED}{}", text.concat()),
        &[
            "b.toml:7: `area` has 3 numbers, not four",
            "b.toml:8: the first zone takes what no other zone does",
            "b.toml:10: two zones are called `main`",
            "b.toml:11: `area` cannot be 120; write a number from 0 to 100",
            "b.toml:12: `categories` knows no `hopp`; did you mean `hop`?",
            "b.toml:13: nothing would ever show in this zone",
            "b.toml:14: `ticker` cannot name a zone",
            "b.toml:15: `area` is a text, not a list",
            "b.toml:16: this zone has no `name`",
            "b.toml:17: unknown key `nmae`; did you mean `name`?",
            "b.toml:18: no word that can be read fits in a zone of 3 by 50 per cent",
            "b.toml:20: this zone has no `area`",
            "b.toml:22: notices of `hop` already go to the zone `?`",
        ],
    );
    let nine: String = (0..9)
        .map(|n| zone(&format!("name = 'v{n}'\narea = [0, {}, 100, 10]\ntags = ['t']", n * 10)))
        .collect();
    let problems = parse("b.toml", &format!("{FEED}{nine}"), Path::new("")).unwrap_err();
    assert!(problems.iter().any(|problem| problem.line(Speech::English).contains("more than 8 zones")));
}

#[test]
fn zones_that_overlap_or_leave_the_board_are_drawn() {
    let text = [
        zone("name = 'main'\narea = [0, 0, 65, 100]"),
        zone("name = 'lich'\narea = [50, 50, 75, 50]\ntags = ['lich']"),
    ];
    let problems = parse("b.toml", &format!("{FEED}{}", text.concat()), Path::new("")).unwrap_err();
    let said: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(
        said[0].starts_with("b.toml:10: the zone `lich` leaves the board: it ends at 125 per cent across"),
        "{said:#?}"
    );
    assert!(said[1].starts_with("b.toml:10: the zones `main` and `lich` overlap"), "{said:#?}");
    assert!(problems[0].sketch.is_empty());
    let drawn = "\
+--------------------------------+
|AAAAAAAAAAAAAAAAAAAAA...........|
|AAAAAAAAAAAAAAAAAAAAA...........|
|AAAAAAAAAAAAAAAAAAAAA...........|
|AAAAAAAAAAAAAAAAAAAAA...........|
|AAAAAAAAAAAAAAAA#####BBBBBBBBBBB|BBBBBBBB
|AAAAAAAAAAAAAAAA#####BBBBBBBBBBB|BBBBBBBB
|AAAAAAAAAAAAAAAA#####BBBBBBBBBBB|BBBBBBBB
|AAAAAAAAAAAAAAAA#####BBBBBBBBBBB|BBBBBBBB
|AAAAAAAAAAAAAAAA#####BBBBBBBBBBB|BBBBBBBB
+--------------------------------+
A = main, B = lich";
    assert_eq!(problems[1].sketch.join("\n"), drawn);
}

#[test]
fn thirds_written_to_a_hundredth_neither_overlap_nor_leave_the_board() {
    let text = [
        zone("name = 'a'\narea = [0, 0, 33.33, 100]"),
        zone("name = 'b'\narea = [33.33, 0, 33.34, 100]\ntags = ['b']"),
        zone("name = 'c'\narea = [66.67, 0, 33.34, 100]\ntags = ['c']"),
    ];
    assert_eq!(read(&format!("{FEED}{}", text.concat())).board.zones.len(), 3);
}

#[test]
fn what_does_not_fit_the_output_is_told_with_the_line_of_the_file_that_was_given() {
    let text = format!("{FEED}[display]\nregion = \"192x32+5000+0\"\n");
    let config = parse("led-cong.toml", &text, Path::new("")).unwrap();
    let written = config.display.geometry_written.as_deref();
    assert_eq!(written, Some("led-cong.toml:6"));
    let problem = crate::stage::misfit(&config.display.geometry, written, (640, 360)).unwrap();
    assert_eq!(problem.subject, "led-cong.toml:6");
}

#[test]
fn a_line_below_a_feed_that_is_for_the_whole_file_is_told_where_it_belongs() {
    check(&format!("{FEED}state = 'st'\n"), &["b.toml:5: unknown key `state`; move this line up"]);
    check(
        &format!("poll_seconds = 60\n{FEED}"),
        &["b.toml:1: unknown key `poll_seconds`; move this line below `[[feed]]`"],
    );
}

#[test]
fn a_feed_is_asked_as_seldom_as_the_example_says() {
    check(
        &format!("{FEED}poll_seconds = 1\n"),
        &["b.toml:5: `poll_seconds` cannot be 1; write a number from 5 to 86400"],
    );
    assert_eq!(read(&format!("{FEED}poll_seconds = 5\n")).feeds[0].poll_seconds, 5);
    assert!(EXAMPLE.contains("5 to 86400"));
}

#[test]
fn a_file_that_windows_saved_as_utf_16_is_read_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("board.toml");
    let text = format!("\u{FEFF}{FEED}");
    std::fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    let config = load(&path).unwrap();
    assert_eq!(config.feeds[0].name, "xa");
    let said = config.warnings[0].line(Speech::Vietnamese);
    let expected = format!("{}: tệp được lưu bằng mã UTF-16; vẫn đọc được; hãy lưu", path.display());
    assert!(config.warnings.len() == 1 && said.starts_with(&expected), "{said}");
    std::fs::write(&path, FEED).unwrap();
    assert_eq!(load(&path).unwrap().warnings, []);
}

#[test]
fn a_path_as_windows_writes_it_is_told_as_in_a_programme() {
    let feed = |root: &str| format!("[[feed]]\nname = \"xa\"\nurl = \"https://a.example/\"\nroot = {root}\n");
    for root in
        ["\"C:\\Users\\Lan\\xa.root.json\"", "'C:\\Users\\Lan\\xa.root.json'", "\"C:\\new\\xa.root.json\""]
    {
        check(&feed(root), &["b.toml:4: `C:\\"]);
        let problems = parse("b.toml", &feed(root), Path::new("")).unwrap_err();
        let remedy = &problems[0].remedy;
        assert_eq!(remedy.en, "copy the file into the folder and write root = \"xa.root.json\"");
        assert_eq!(remedy.vi, "hãy chép tệp vào thư mục rồi viết root = \"xa.root.json\"");
    }
    check(
        &feed("\"khoa\\xa.json\""),
        &["b.toml:4: `khoa\\xa.json` is written with `\\`; write root = \"khoa/xa.json\""],
    );
    check(
        &format!("state = 'D:\\bangtin'\n{FEED}"),
        &[
            "b.toml:1: `D:\\bangtin` is on a computer with Windows, and not on this one; write state = \"/var/lib/bangtin\"",
        ],
    );
    check(
        &feed("'r'").replace("https://a.example/", "D:/site"),
        &[
            "b.toml:3: `D:/site` is on a computer with Windows, and not on this one; copy the folder here and write url = \"./site\"",
        ],
    );
}
