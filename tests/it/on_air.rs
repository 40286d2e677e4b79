//! The board as a whole, with no display: on air from a feed, and on air whatever happens to it.

use crate::support::{Office, RunningBoard, run, text};
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
fn the_demo_s_story_is_true() {
    let out = tempfile::tempdir().unwrap();
    let said = run(&["demo", "--story", "--out", text(out.path())]);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    assert!(said.out.lines().count() >= 14, "{}", said.out);
}
