//! The board as a whole, with no display: on air from a feed, and on air whatever happens to it.

use crate::support::{Office, RunningBoard, made_by_ffmpeg, run, text};
use std::io::{Read, Write};
use std::net::TcpListener;

const PROGRAMME: &str =
    "title = \"Xã Bình Lư\"\n[[notice]]\nid = \"tin-1\"\ntitle = \"Tin\"\ntext = \"Nội dung\"\n";

fn shows(status: &serde_json::Value, id: &str) -> bool {
    RunningBoard::main_zone(status) == ("notice".to_owned(), id.to_owned())
}

fn generation(status: &serde_json::Value) -> u64 {
    status["feeds"][0]["generation"].as_u64().unwrap_or(0)
}

/// Answers every request with the same bytes.
fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 2048];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        }
    });
    format!("http://{address}/")
}

#[test]
fn a_published_folder_is_shown_and_news_is_taken_up() {
    let office = Office::new();
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    let first = board.wait("the first notice", |status| shows(status, "tin-1"));
    assert_eq!(first["feeds"][0]["state"], "fresh");
    assert_eq!(first["clock"]["trusted"], true);
    office.publish(&PROGRAMME.replace("tin-1", "tin-2"));
    let second = board.wait("the second notice", |status| shows(status, "tin-2"));
    assert!(generation(&second) > generation(&first));
    assert_eq!(second["frames"]["blank"], 0);
}

#[test]
fn a_still_board_draws_nothing_and_writes_nothing() {
    let office = Office::new();
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    board.wait("the notice", |status| shows(status, "tin-1"));
    // Two polls and a good while, away from the turn of a minute, when the clock face changes.
    let seconds = || board.status().unwrap()["now"].as_str().unwrap()[17..19].parse::<u32>().unwrap();
    while !(2..50).contains(&seconds()) {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let before = board.status().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(5));
    let after = board.status().unwrap();
    assert_eq!(before["frames"]["drawn"], after["frames"]["drawn"]);
    assert_eq!(before["written_bytes"], after["written_bytes"]);
}

#[test]
fn a_killed_board_shows_what_it_had_before_it_asks_anybody() {
    let office = Office::new();
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    board.wait("the notice", |status| shows(status, "tin-1"));
    board.kill();
    let board = RunningBoard::start(&office, "http://127.0.0.1:9/", &[]);
    let status = board.wait("the notice, offline", |status| shows(status, "tin-1"));
    assert_eq!(generation(&status), 1);
    let status = board.wait("an error", |status| !status["feeds"][0]["error"].is_null());
    assert!(shows(&status, "tin-1"));
}

#[test]
fn a_board_that_was_never_served_says_why_and_shows_its_own_page() {
    let office = Office::new();
    for (answer, reason) in [
        (&b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"[..], "there is no"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "500"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 38\r\n\r\n<html><body>Please log in</body></html",
            "log",
        ),
    ] {
        let state = tempfile::tempdir().unwrap();
        let board = RunningBoard::start_on(state.path(), &office.root(), &server(answer), &[]);
        let status = board.wait("an error", |status| !status["feeds"][0]["error"].is_null());
        let error = status["feeds"][0]["error"].as_str().unwrap();
        assert!(error.contains(reason), "{error}");
        assert_eq!(RunningBoard::main_zone(&status).0, "neutral");
        assert_eq!(status["feeds"][0]["state"], "untrusted");
    }
}

#[test]
fn a_board_given_another_feed_s_root_refuses_the_feed() {
    let (office, other) = (Office::new(), Office::new());
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start_on(&office.state(), &other.root(), text(&office.site()), &[]);
    let status = board.wait("an error", |status| !status["feeds"][0]["error"].is_null());
    assert_eq!(RunningBoard::main_zone(&status).0, "neutral");
}

#[test]
fn a_second_player_on_the_same_state_is_refused_and_the_first_goes_on() {
    let office = Office::new();
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    board.wait("the notice", |status| shows(status, "tin-1"));
    let (site, root, state) = (office.site(), office.root(), office.state());
    let said = run(&[
        "play",
        "--headless",
        "640x360",
        "--feed",
        text(&site),
        "--root",
        text(&root),
        "--state",
        text(&state),
    ]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("another player"), "{}", said.err);
    assert!(shows(&board.status().unwrap(), "tin-1"));
}

#[test]
fn a_screenshot_is_the_size_of_the_board_and_the_same_as_the_next_one() {
    let office = Office::new();
    assert_eq!(office.publish(PROGRAMME).code, 0);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    board.wait("the notice", |status| shows(status, "tin-1"));
    let path = office.home.path().join("a.png");
    let said = run(&["screenshot", "--state", text(&office.state()), "--out", text(&path)]);
    assert_eq!(said.code, 0, "{}", said.err);
    let picture = image::open(&path).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (640, 360));
    // The header's indigo (LOOK: bar), and paper below it.
    assert_eq!(picture.get_pixel(2, 2).0, [0x1B, 0x27, 0x47]);
    assert_eq!(picture.get_pixel(638, 200).0, [0xFA, 0xF4, 0xE6]);
}

#[test]
fn what_the_official_saw_is_what_the_board_shows_to_the_last_bit() {
    let office = Office::new();
    let picture = made_by_ffmpeg("preview.jpg", "-f lavfi -i testsrc2=s=800x600 -frames:v 1");
    std::fs::copy(picture, office.folder().join("a.jpg")).unwrap();
    let long = "Bà con chú ý giữ ấm cho trâu bò trong những ngày rét đậm. ".repeat(12);
    let programme = format!(
        "title = \"Xã Bình Lư\"\n\
         [[notice]]\nid = \"anh\"\ntitle = \"Ruộng bậc thang\"\ntext = \"Chữ và ảnh\"\nimage = \"a.jpg\"\nseconds = 5\n\
         link = \"https://binhlu.example/a\"\n\
         [[notice]]\nid = \"bang\"\ntitle = \"Lịch tiêm\"\ntext = \"| Bản | Giờ |\\n|---|---|\\n| Nà Đon | 7h30 |\"\nseconds = 5\n\
         [[notice]]\nid = \"dai\"\ntitle = \"Rét đậm\"\ntext = \"{long}\"\nseconds = 16\n\
         until = 2030-01-01T00:00:00+07:00\nissuer = \"UBND xã\"\n\
         [notice.in.hmn]\ntitle = \"No heev\"\ntext = \"Tu tsov, tu nyuj\"\n"
    );
    let said = office.publish(&programme);
    assert_eq!(said.code, 0, "{}", said.err);
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    board.wait("a notice", |status| RunningBoard::main_zone(status).0 == "notice");
    // Which page it is, and what the clock face says.
    let face = |status: &serde_json::Value| {
        let main = &status["on_air"][0];
        (main["id"].clone(), main["page"].clone(), status["now"].as_str().unwrap()[..16].to_owned())
    };
    let (shot, seen) = (office.home.path().join("shot.png"), office.home.path().join("seen.png"));
    let mut compared = std::collections::BTreeSet::new();
    let pause = |millis| std::thread::sleep(std::time::Duration::from_millis(millis));
    for _ in 0..40 {
        // Between two looks that see the same page: a while after it turned, and at a whole second, as status
        // names it, before it turns again.
        let before = board.status().unwrap();
        pause(700);
        let said = run(&["screenshot", "--state", text(&office.state()), "--out", text(&shot)]);
        assert_eq!(said.code, 0, "{}", said.err);
        pause(1010);
        let (place, after) = (face(&before), board.status().unwrap());
        if place != face(&after) || !compared.insert(format!("{} {}", place.0, place.1)) {
            continue;
        }
        let at = after["now"].as_str().unwrap();
        let said =
            run(&["render", text(&office.folder()), "--at", at, "--size", "640x360", "--out", text(&seen)]);
        assert_eq!(said.code, 0, "{}", said.err);
        let open = |path| image::open(path).unwrap().into_rgb8();
        assert!(open(&shot) == open(&seen), "{} at {at} is not what was rendered", place.0);
        if compared.len() == 4 {
            break;
        }
    }
    assert!(compared.len() == 4, "{compared:?}");
}

#[test]
fn a_preview_lies_on_the_output_as_the_boards_own_picture_does() {
    let office = Office::new();
    let programme =
        "title = \"Xã Bình Lư\"\n[[notice]]\nid = \"tin\"\ntitle = \"Tin\"\ntext = \"Nội dung\"\n";
    assert_eq!(office.publish(programme).code, 0);
    let config = format!(
        "state = {:?}\n[display]\nrotate = 90\noverscan = [10, 20, 30, 40]\ntheme = 'day'\n\
         [[feed]]\nname = 'xa'\nurl = {:?}\nroot = {:?}\n",
        text(&office.state()),
        text(&office.site()),
        text(&office.root())
    );
    office.write("board.toml", config);
    let path = office.folder().join("board.toml");
    let board = RunningBoard::configured(&path, &office.state());
    board.wait("the notice", |status| status["on_air"][0]["id"] == "tin");
    let (shot, seen) = (office.home.path().join("shot.png"), office.home.path().join("seen.png"));
    let open = |path| image::open(path).unwrap().into_rgb8();
    // The header has a clock: a minute may turn between the two.
    let alike = (0..3).any(|_| {
        let said = run(&["screenshot", "--state", text(&office.state()), "--out", text(&shot)]);
        assert_eq!(said.code, 0, "{}", said.err);
        let at = board.status().unwrap()["now"].as_str().unwrap().to_owned();
        let folder = office.folder();
        let asked = ["render", text(&folder), "--config", text(&path), "--at", &at, "--size", "640x360"];
        let said = run(&[&asked[..], &["--out", text(&seen)]].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        open(&shot) == open(&seen)
    });
    assert!(alike, "the preview is not what the board shows");
    let picture = open(&seen);
    assert_eq!(picture.dimensions(), (640, 360));
    assert_eq!(picture.get_pixel(39, 180).0, [0, 0, 0]);
    assert_ne!(picture.get_pixel(619, 180).0, [0, 0, 0]);
    // Its name is not what a picture is called by.
    let said = run(&["render", text(&office.folder()), "--out", "seen.jpg"]);
    assert!(said.code == 1 && said.err.contains("seen.png"), "{}", said.err);
}

#[test]
fn a_board_with_two_zones_shows_both_and_status_names_them() {
    let office = Office::new();
    let programme = "title = \"Xã Bình Lư\"\n\
         [[notice]]\nid = \"tin\"\ntitle = \"Tin\"\ntext = \"Nội dung\"\n\
         [[notice]]\nid = \"hop\"\ntitle = \"Họp dân\"\ncategory = \"hop\"\n";
    assert_eq!(office.publish(programme).code, 0);
    let config = format!(
        "state = {:?}\n[[feed]]\nname = 'xa'\nurl = {:?}\nroot = {:?}\n\
         [[zone]]\nname = 'main'\narea = [0, 0, 60, 100]\n\
         [[zone]]\nname = 'hop'\narea = [60, 0, 40, 100]\ncategories = ['hop']\n",
        text(&office.state()),
        text(&office.site()),
        text(&office.root())
    );
    office.write("board.toml", config);
    let path = office.folder().join("board.toml");
    let board = RunningBoard::configured(&path, &office.state());
    let on_air = |status: &serde_json::Value, at: usize| {
        let item = &status["on_air"][at];
        [item["zone"].as_str().unwrap_or("").to_owned(), item["id"].as_str().unwrap_or("").to_owned()]
    };
    let status = board.wait("both", |status| on_air(status, 1) == ["hop", "hop"]);
    assert_eq!(on_air(&status, 0), ["main", "tin"]);
    let (shot, seen) = (office.home.path().join("shot.png"), office.home.path().join("seen.png"));
    let said = run(&["screenshot", "--state", text(&office.state()), "--out", text(&shot)]);
    assert_eq!(said.code, 0, "{}", said.err);
    // Bands of both categories (LOOK.md section 4): chung at the left, hop at the right.
    let picture = image::open(&shot).unwrap().into_rgb8();
    assert_eq!(picture.get_pixel(2, 45).0, [0x2B, 0x3A, 0x6B]);
    assert_eq!(picture.get_pixel(387, 45).0, [0x7A, 0x32, 0x16]);
    let render = |config: &std::path::Path| {
        let folder = office.folder();
        run(&["render", text(&folder), "--config", text(config), "--size", "640x360", "--out", text(&seen)])
    };
    assert_eq!(render(&path).code, 0);
    let overlapping = std::fs::read_to_string(&path).unwrap().replace("[60, 0, 40, 100]", "[50, 40, 40, 60]");
    office.write("overlapping.toml", overlapping);
    let said = render(&office.folder().join("overlapping.toml"));
    assert_eq!(said.code, 1);
    assert!(said.err.contains("overlap") && said.err.contains("A = main, B = hop"), "{}", said.err);
}

#[test]
fn a_contact_sheet_has_a_picture_of_every_page_of_the_span() {
    let office = Office::new();
    office.write("programme.toml", PROGRAMME);
    let out = office.home.path().join("sheet.png");
    let sheet = |from, to| {
        let folder = office.folder();
        run(&["render", text(&folder), "--from", from, "--to", to, "--size", "640x360", "--out", text(&out)])
    };
    let said = sheet("2026-11-24T07:00", "2026-11-24T09:00");
    assert_eq!(said.code, 0, "{}", said.err);
    let picture = image::open(&out).unwrap().into_rgb8();
    let bars = picture.enumerate_pixels().filter(|(.., pixel)| pixel.0 == [0x1B, 0x27, 0x47]).count();
    assert!(picture.width() == 1920 && bars > 2_000, "{:?}, {bars}", picture.dimensions());
    let said = sheet("2026-11-24T09:00", "2026-11-24T07:00");
    assert!(said.code == 1 && said.err.contains("--to"), "{}", said.err);
}

#[test]
fn the_demo_s_story_is_true() {
    let out = tempfile::tempdir().unwrap();
    let said = run(&["demo", "--story", "--out", text(out.path())]);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    assert!(said.out.lines().count() >= 14, "{}", said.out);
}

/// A board that shows this film and nothing else, once its pictures are seen.
fn filmed(office: &Office, more: &str) -> RunningBoard {
    let programme =
        format!("title = \"Xã\"\n[[notice]]\nid = \"phim\"\ntitle = \"Phim\"\nvideo = \"a.mp4\"\n{more}");
    let said = office.publish(&programme);
    assert_eq!(said.code, 0, "{}", said.err);
    let board = RunningBoard::start(office, text(&office.site()), &[]);
    board.wait("the film", |status| shows(status, "phim") && shows_film(office));
    board
}

/// Whether the board's picture is one of ffmpeg's test pictures, and not a page with a title, nor black.
fn shows_film(office: &Office) -> bool {
    let path = office.home.path().join("seen.png");
    let said = run(&["screenshot", "--state", text(&office.state()), "--out", text(&path)]);
    let Some(picture) = (said.code == 0).then(|| image::open(&path).unwrap().into_rgb8()) else {
        return false;
    };
    let bright = |x: u32| picture.get_pixel(x, 150).0.iter().any(|value| *value > 100);
    let colours: std::collections::HashSet<[u8; 3]> =
        (0..picture.width()).map(|x| picture.get_pixel(x, 150).0).collect();
    colours.len() > 40 && (0..picture.width()).any(bright)
}

/// The decoders of a board.
fn decoders(status: &serde_json::Value) -> Vec<i32> {
    let board = status["pid"].as_i64().unwrap();
    let of_board = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        parent == Some(board) && line.ends_with(b"\0decode\0")
    };
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(of_board).collect()
}

#[test]
fn a_board_that_comes_after_a_film_s_last_picture_shows_that_picture_and_never_black() {
    let office = Office::new();
    let film = "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -c:v libx264 -preset veryfast -pix_fmt yuv420p";
    office.write("a.mp4", std::fs::read(made_by_ffmpeg("two-seconds.mp4", film)).unwrap());
    // Of an hour's turn nearly all comes after two seconds.
    let board = filmed(&office, "seconds = 3600\n");
    assert_eq!(board.status().unwrap()["frames"]["blank"], 0);
}

#[test]
fn a_film_whose_decoder_is_killed_comes_back_and_nothing_is_black_meanwhile() {
    let office = Office::new();
    let film = "-f lavfi -i testsrc2=s=320x180:r=25:d=300 -c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    office.write("a.mp4", std::fs::read(made_by_ffmpeg("five-minutes.mp4", film)).unwrap());
    let board = filmed(&office, "");
    for signal in ["-KILL", "-KILL"] {
        let status = board.status().unwrap();
        let before = decoders(&status);
        assert!(!before.is_empty());
        let pids: Vec<String> = before.iter().map(i32::to_string).collect();
        assert!(std::process::Command::new("kill").arg(signal).args(&pids).status().unwrap().success());
        board.wait("the film again", |status| {
            let now = decoders(status);
            !now.is_empty() && now.iter().all(|pid| !before.contains(pid)) && shows_film(&office)
        });
    }
    let status = board.status().unwrap();
    assert_eq!(status["frames"]["blank"], 0);
    assert_eq!(status["media"]["waiting"], serde_json::json!([]));
}

#[test]
fn a_decoder_is_the_first_to_go_where_memory_runs_out_and_none_outlives_its_board() {
    let office = Office::new();
    let film = "-f lavfi -i testsrc2=s=320x180:r=25:d=300 -c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    office.write("a.mp4", std::fs::read(made_by_ffmpeg("five-minutes.mp4", film)).unwrap());
    let board = filmed(&office, "");
    let decoders = decoders(&board.status().unwrap());
    assert!(!decoders.is_empty());
    for pid in &decoders {
        let score = std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap();
        assert_eq!(score.trim(), "1000");
        let stopped = std::process::Command::new("kill").args(["-STOP", &pid.to_string()]).status();
        assert!(stopped.unwrap().success());
    }
    board.kill();
    let lives = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim().starts_with('Z'))
    };
    let deadline = bangtin::clock::instant() + std::time::Duration::from_secs(10);
    while decoders.iter().any(lives) {
        assert!(bangtin::clock::instant() < deadline, "{decoders:?} outlive their board");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
