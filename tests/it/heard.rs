//! What nobody hears is told wherever a person looks, and a board is found and looked over by whoever stands before it.

use crate::support::{Office, RunningBoard, made_by_ffmpeg, run, text};
use bangtin::clock;
use jiff::tz::TimeZone;
use std::io::{Read, Write};
use std::net::TcpListener;

/// An office that announces a sound of some minutes, begun in this minute.
fn announcing() -> Office {
    let office = Office::new();
    let sound = made_by_ffmpeg("ban-tin.mp3", "-f lavfi -i sine=frequency=440:duration=150 -b:a 32k");
    std::fs::copy(sound, office.folder().join("ban-tin.mp3")).unwrap();
    let now = clock::system().to_zoned(TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let said = office.publish(&format!(
        "title = \"Xã\"\n[[notice]]\ntitle = \"A\"\n[[announcement]]\naudio = \"ban-tin.mp3\"\nat = [\"{}\"]\n",
        now.strftime("%H:%M")
    ));
    assert_eq!(said.code, 0, "{}", said.err);
    office
}

fn causes(status: &serde_json::Value) -> Vec<String> {
    let unheard = status["unheard"].as_array().cloned().unwrap_or_default();
    unheard.iter().map(|lost| lost["cause"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_announcement_that_plays_to_no_sound_device_is_told_once_everywhere() {
    let office = announcing();
    let board = RunningBoard::start(&office, text(&office.site()), &[]);
    let status = board.wait("what is not heard", |status| causes(status) == ["device"]);
    assert_eq!(status["unheard"][0]["names"][0], "ban-tin.mp3");
    let on_air = status["on_air"].as_array().unwrap();
    let playing = on_air.iter().find(|item| item["kind"] == "announcement").unwrap();
    assert_eq!(playing["heard"], false);
    let errors = status["errors"].as_array().unwrap();
    let told = |error: &&serde_json::Value| error["text"].as_str().unwrap().contains("nobody hears it");
    assert_eq!(errors.iter().filter(told).count(), 1, "{errors:#?}");
    let said = run(&["status", "--state", text(&office.state())]).out;
    assert!(said.contains("not heard: ban-tin.mp3: nobody hears it: no sound device"), "{said}");
    assert!(said.contains("(nobody hears it)"), "{said}");
}

#[test]
fn an_announcement_whose_hour_never_comes_is_told() {
    let office = announcing();
    let board = RunningBoard::without_clock_chip(&office);
    let status = board.wait("the programme", |status| status["feeds"][0]["generation"].as_u64() > Some(0));
    // Whether this machine has a time server is its own affair; the board knows.
    let told = !status["clock"]["trusted"].as_bool().unwrap();
    assert_eq!(causes(&status).contains(&"clock".to_owned()), told, "{:#?}", status["unheard"]);
    let said = run(&["status", "--state", text(&office.state())]).out;
    assert_eq!(said.contains("not heard: ban-tin.mp3: nobody hears this announcement"), told, "{said}");
}

#[test]
fn a_board_with_a_long_state_path_is_asked_and_found_like_any_other() {
    let office = announcing();
    let state = office.home.path().join("x".repeat(120)).join("state");
    let board = RunningBoard::start_on(&state, &office.root(), text(&office.site()), &[]);
    let status = board.wait("the programme", |status| status["feeds"][0]["generation"].as_u64() > Some(0));
    let errors = status["errors"].to_string();
    assert!(!errors.contains("control"), "{errors}");
    let shot = office.home.path().join("now.png");
    let said = run(&["screenshot", "--state", text(&state), "--out", text(&shot)]);
    assert!(said.code == 0 && shot.exists(), "{}", said.err);
    // Other tests have boards of their own: then each is listed with what to type.
    let said = run(&["status"]);
    let state = state.canonicalize().unwrap();
    let listed = said.err.contains(&format!("bangtin status --state {}", text(&state)));
    assert!(said.code == 0 || listed, "{}", said.err);
}

/// What `doctor` says of a board with this feed and root file.
fn doctor(office: &Office, url: &str, root: &str) -> crate::support::Said {
    let config = office.home.path().join("board.toml");
    let feed = format!("[[feed]]\nname = \"xa\"\nurl = \"{url}\"\nroot = \"{root}\"\n");
    std::fs::write(&config, format!("state = \"st\"\n{feed}")).unwrap();
    run(&["doctor", "--config", text(&config)])
}

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
fn doctor_tries_the_feed_as_the_board_would_and_names_what_could_not_happen() {
    let office = announcing();
    let (site, root) = (office.site(), office.root());
    let good = doctor(&office, text(&site), text(&root));
    assert!(good.out.contains("ok  feed xa: answers; `Xã`"), "{}", good.out);
    assert!(!good.err.contains("XDG_RUNTIME_DIR") && !good.err.contains("ALSA"), "{}", good.err);
    assert!(!office.home.path().join("st").exists(), "it writes nothing to the state folder");
    if good.out.contains("no sound device") {
        assert!(
            good.out.contains("its announcements (ban-tin.mp3) would be heard by nobody"),
            "{}",
            good.out
        );
    }
    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 38\r\n\r\n<html><body>Please log in</body></html";
    for (url, root, reason) in [
        (text(&site).to_owned(), "khong-co.json", "copy root.json"),
        (text(&site).to_owned(), "site.keys/programme.pem", "private key"),
        ("http://127.0.0.1:9/".to_owned(), text(&root), "127.0.0.1:9"),
        (server(page), text(&root), "web page"),
        (text(&office.folder()).to_owned(), text(&root), "there is no `metadata/timestamp.json`"),
    ] {
        let said = doctor(&office, &url, root);
        let lines: Vec<&str> = said.out.lines().filter(|line| line.starts_with("!!")).collect();
        assert!(said.code == 1 && lines.iter().any(|line| line.contains(reason)), "{reason}: {}", said.out);
    }
}

#[test]
fn a_preview_tells_what_is_heard_with_times_and_lengths() {
    let office = announcing();
    office.write(
        "programme.toml",
        "title = \"Xã\"\n[[notice]]\ntitle = \"A\"\n[[announcement]]\naudio = \"ban-tin.mp3\"\nat = [\"07:30\", \"09:00\"]\n",
    );
    let (folder, out) = (office.folder(), office.home.path().join("a.png"));
    let render = |more: &[&str]| {
        run(&[&["render", text(&folder), "--size", "640x360", "--out", text(&out)], more].concat())
    };
    let said = render(&["--from", "2026-11-24T07:00", "--to", "2026-11-24T10:00"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(
        lines,
        [
            "announcement at 07:30 24/11/2026: ban-tin.mp3, 2 min 30 s",
            "announcement at 09:00 24/11/2026: ban-tin.mp3, 2 min 30 s"
        ]
    );
    let said = render(&["--at", "2026-11-24T07:31"]);
    assert!(
        said.out.contains("over it plays ban-tin.mp3, from 07:30 24/11/2026 on, for 2 min 30 s"),
        "{}",
        said.out
    );
    assert!(render(&["--at", "2026-11-24T08:00"]).out.is_empty());
}
