//! Real sockets, bad networks: what shows stays, and what went wrong is named.

use super::http::Patience;
use super::service::{FeedService, spawn_patient};
use super::testserver::{TestServer, Trick};
use super::*;
use crate::clock::Reading;
use crate::model::alert::Alerts;
use crate::problem::Speech;
use crate::publish::testing::{TestSite, day};
use crate::store::Store;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const TIMESTAMP: &str = "metadata/timestamp.json";

/// A board's feed thread against a site behind a misbehaving server.
struct Rig {
    site: TestSite,
    server: TestServer,
    state: TempDir,
    now: Arc<Mutex<Timestamp>>,
}

struct Running {
    service: FeedService,
    events: Receiver<FeedEvent>,
    store: Arc<Store>,
}

fn impatient() -> Patience {
    let short = Duration::from_secs(1);
    Patience { connect: short, silence: short, document: 2 * short, bytes_per_second: 1 << 20, pace: short }
}

impl Rig {
    fn new() -> Rig {
        let site = TestSite::new(1);
        let server = TestServer::serve(site.site());
        Rig { site, server, state: tempfile::tempdir().unwrap(), now: Arc::new(Mutex::new(day(1))) }
    }

    fn start(&self) -> Running {
        self.start_at(&self.server.address())
    }

    fn start_at(&self, source: &str) -> Running {
        self.start_patient(source, impatient())
    }

    fn start_patient(&self, source: &str, patience: Patience) -> Running {
        let store = Arc::new(Store::open(self.state.path()).unwrap());
        let spec = FeedSpec {
            name: "xa".into(),
            source: source.into(),
            root: self.site.root(),
            // Polls come when the test asks for them.
            poll: Duration::from_secs(100_000),
        };
        let (sender, events) = channel();
        let now = Arc::clone(&self.now);
        let clock = move || Reading {
            system: *now.lock().unwrap(),
            synchronised: true,
            since_boot: Duration::from_secs(60),
            instant: clock::instant(),
        };
        let tell = move |event| drop(sender.send(event));
        let service = spawn_patient(vec![spec], Arc::clone(&store), clock, tell, patience).unwrap();
        Running { service, events, store }
    }
}

use crate::clock;

impl Running {
    fn next(&self) -> FeedEvent {
        self.events.recv_timeout(Duration::from_secs(20)).expect("an event")
    }
    /// The end of the poll under way; what else happens meanwhile is passed over.
    fn checked(&self) -> Result<Check, String> {
        loop {
            if let FeedEvent::Checked { result, .. } = self.next() {
                return result.map_err(|problem| problem.line(Speech::English));
            }
        }
    }
    fn poll(&self) -> Result<Check, String> {
        self.service.poll_now("xa");
        self.checked()
    }
    fn title(&self) -> String {
        let generation = self.store.generation("xa").unwrap();
        generation.programme.notices.first().map_or(String::new(), |notice| notice.title.clone())
    }
    fn media(&self) -> Result<Media, String> {
        loop {
            match self.next() {
                FeedEvent::MediaReady { media } => return Ok(media),
                FeedEvent::MediaProblem { problem, .. } => return Err(problem.line(Speech::English)),
                _ => {}
            }
        }
    }
}

fn media_path(bytes: &[u8]) -> String {
    format!("media/{}", crate::publish::testing::sha256(bytes))
}

#[test]
fn a_feed_is_adopted_with_its_media_and_shows_again_without_a_network() {
    let rig = Rig::new();
    rig.site.publish("tin", Some(b"sound"), day(1));
    let running = rig.start();
    assert!(running.checked().unwrap().news);
    let media = running.media().unwrap();
    assert_eq!(running.store.asset(&media).unwrap().name(), "tin.mp3");
    drop(running);
    rig.server.trick(TIMESTAMP, [Trick::Silence]);
    let store = Store::open(rig.state.path()).unwrap();
    let loaded = store.load_feed("xa", &rig.site.root());
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.generation.unwrap().programme.notices[0].title, "tin");
    assert!(store.asset(&media).is_ok());
}

#[test]
fn a_poll_with_no_news_is_one_small_request_on_the_same_connection_and_writes_nothing() {
    let rig = Rig::new();
    let running = rig.start();
    running.checked().unwrap();
    let written = running.store.written_bytes();
    rig.server.forget();
    for _ in 0..3 {
        assert!(!running.poll().unwrap().news);
    }
    let log = rig.server.log();
    assert_eq!(log.len(), 3);
    for exchange in log {
        assert_eq!((exchange.path.as_str(), exchange.status, exchange.connection), (TIMESTAMP, 304, 1));
        assert!(exchange.bytes_in + exchange.bytes_out < 600, "{exchange:?}");
    }
    assert_eq!(running.store.written_bytes(), written);
}

#[test]
fn news_are_fetched_without_asking_again_for_what_is_here() {
    let rig = Rig::new();
    rig.site.publish("old", None, day(1));
    let running = rig.start();
    running.checked().unwrap();
    rig.server.forget();
    crate::publish::set_alerts(
        &rig.site.site(),
        &rig.site.keys(),
        &Alerts::default(),
        &[],
        &rig.site.lifetimes,
        day(1),
    )
    .unwrap();
    assert!(running.poll().unwrap().news);
    let paths: Vec<String> = rig.server.log().into_iter().map(|exchange| exchange.path).collect();
    let asked = [
        "metadata/timestamp.json",
        "metadata/2.root.json",
        "metadata/3.snapshot.json",
        "metadata/2.alert.json",
    ];
    assert_eq!(paths, asked);
}

#[test]
fn whatever_a_server_does_wrong_is_named_and_what_shows_stays() {
    let rig = Rig::new();
    rig.site.publish("old", None, day(1));
    let running = rig.start();
    running.checked().unwrap();
    rig.site.publish("new", None, day(1));
    let page = b"<html>log in</html>".to_vec();
    let cases = [
        (TIMESTAMP, Trick::Status(500), "the server answers 500"),
        (TIMESTAMP, Trick::Status(403), "the server answers 403"),
        (TIMESTAMP, Trick::Status(404), "there is no `metadata/timestamp.json`"),
        (TIMESTAMP, Trick::Html, "a web page came instead of the feed"),
        (TIMESTAMP, Trick::Silence, "the server stopped answering"),
        (TIMESTAMP, Trick::StallAfter(10), "the server stopped answering"),
        (TIMESTAMP, Trick::Drip(Duration::from_millis(20)), "the server stopped answering"),
        (TIMESTAMP, Trick::CutAfter(10), "cut off in the middle"),
        (TIMESTAMP, Trick::ClaimMore(5), "cut off in the middle"),
        (TIMESTAMP, Trick::ClaimMore(1 << 40), "more than the 16384 bytes"),
        (TIMESTAMP, Trick::Endless, "more than the 16384 bytes"),
        (TIMESTAMP, Trick::Instead(b"{}".to_vec()), "is malformed"),
        (TIMESTAMP, Trick::Instead(Vec::new()), "is malformed"),
        (TIMESTAMP, Trick::Instead(page), "a web page came"),
        ("metadata/3.snapshot.json", Trick::Instead(b"{}".to_vec()), "is not the file that was signed"),
        ("metadata/3.snapshot.json", Trick::Status(404), "there is no `metadata/3.snapshot.json`"),
        ("metadata/3.programme.json", Trick::CutAfter(40), "cut off in the middle"),
    ];
    for (path, trick, named) in cases {
        rig.server.trick(path, [trick.clone()]);
        let problem = running.poll().unwrap_err();
        assert!(problem.contains(named), "{path} {trick:?}: {problem}");
        assert_eq!(running.title(), "old");
        rig.server.behave();
    }
    assert!(running.poll().unwrap().news);
    assert_eq!(running.title(), "new");
}

#[test]
fn an_address_where_nobody_answers_is_named() {
    let rig = Rig::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let problem = rig.start_at(&format!("http://{closed}/feed")).checked().unwrap_err();
    assert!(problem.contains("cannot be reached"), "{problem}");
    let problem = rig.start_at("http://user:secret@127.0.0.1:1/feed").checked().unwrap_err();
    assert!(!problem.contains("secret"), "{problem}");
    // TLS towards a server that does not speak it.
    let problem = rig.start_at(&rig.server.address().replace("http", "https")).checked().unwrap_err();
    assert!(problem.contains("no secure connection"), "{problem}");
    for bad in ["", "ftp://x/", "https://", "binhlu.example"] {
        assert!(check_address(bad).is_err(), "{bad}");
    }
    for good in ["https://bangtin.binhlu.example/feed", "/srv/feed", "file:///srv/feed", "feed"] {
        check_address(good).unwrap();
    }
}

#[test]
fn a_log_in_page_behind_a_redirect_is_named_too() {
    let rig = Rig::new();
    rig.server.trick("login", [Trick::Html]);
    rig.server.trick(TIMESTAMP, [Trick::RedirectTo(format!("{}/login", rig.server.address()))]);
    assert!(rig.start().checked().unwrap_err().contains("a web page came"));
    rig.server.trick(TIMESTAMP, [Trick::RedirectTo(format!("{}/{TIMESTAMP}", rig.server.address()))]);
    assert!(rig.start().checked().unwrap_err().contains("a web page came"), "a loop");
}

#[test]
fn a_feed_is_read_from_a_folder_and_a_missing_one_is_named() {
    let rig = Rig::new();
    rig.site.publish("tin", Some(b"sound"), day(1));
    for source in [rig.site.site().display().to_string(), format!("file://{}", rig.site.site().display())] {
        let running = rig.start_at(&source);
        running.checked().unwrap();
        assert_eq!(running.title(), "tin");
    }
    let problem = rig.start_at("/nowhere/at/all").checked().unwrap_err();
    assert!(problem.contains("/nowhere/at/all") && problem.contains("no such file or folder"), "{problem}");
    let problem = rig.start_at(&rig.state.path().display().to_string()).checked().unwrap_err();
    assert!(problem.contains("there is no `metadata/timestamp.json`"), "{problem}");
}

#[test]
fn a_frozen_feed_is_reported_once_it_has_expired() {
    let rig = Rig::new();
    let running = rig.start();
    running.checked().unwrap();
    *rig.now.lock().unwrap() = day(15);
    assert!(running.poll().unwrap_err().contains("expired"));
    // And again when everything is asked for anew.
    assert!(running.poll().unwrap_err().contains("expired"));
    crate::publish::refresh(&rig.site.site(), &rig.site.keys(), &rig.site.lifetimes, day(15)).unwrap();
    let check = running.poll().unwrap();
    assert_eq!((check.news, check.versions.timestamp, check.expires), (false, 2, day(29)));
}

#[test]
fn a_download_that_is_cut_off_or_stalls_goes_on_where_it_ended() {
    let rig = Rig::new();
    let sound: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    for (trick, named) in [
        (Trick::CutAfter(60_000), "cut off in the middle"),
        (Trick::StallAfter(60_000), "the server stopped answering"),
    ] {
        rig.site.publish("tin", Some(&sound), day(1));
        rig.server.trick(&media_path(&sound), [trick]);
        let running = rig.start();
        assert!(running.media().unwrap_err().contains(named));
        drop(running);
        rig.server.behave();
        rig.server.forget();
        let running = rig.start();
        let media = running.media().unwrap();
        assert_eq!(running.store.asset(&media).unwrap().length(), 100_000);
        let asked = rig.server.log().into_iter().find(|e| e.path.starts_with("media/")).unwrap();
        let from = asked
            .range
            .as_deref()
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        assert!(from.is_some_and(|from: u32| (1..=60_000).contains(&from)), "{asked:?}");
        assert_eq!(asked.status, 206);
        drop(running);
        std::fs::remove_dir_all(rig.state.path().join("media")).unwrap();
    }
}

#[test]
fn a_server_that_resumes_wrongly_costs_a_second_download_and_nothing_else() {
    let rig = Rig::new();
    let sound = vec![7; 50_000];
    rig.site.publish("tin", Some(&sound), day(1));
    let part =
        rig.state.path().join("media").join(format!("{}.part", crate::publish::testing::sha256(&sound)));
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    let cases: [(Vec<u8>, Option<Trick>); 4] = [
        (vec![7; 1000], Some(Trick::IgnoreRange)),
        (vec![7; 1000], Some(Trick::WrongRange)),
        // A power cut left zeroes; and more bytes than there should be.
        (vec![0; 1000], None),
        (vec![7; 60_000], None),
    ];
    for (left, trick) in cases {
        std::fs::write(&part, &left).unwrap();
        let path = media_path(&sound);
        match &trick {
            Some(Trick::WrongRange) => rig.server.trick(&path, [Trick::WrongRange, Trick::IgnoreRange]),
            other => rig.server.trick(&path, other.clone()),
        }
        let running = rig.start();
        let media = running.media().unwrap_or_else(|problem| panic!("{trick:?}: {problem}"));
        assert!(running.store.asset(&media).is_ok() && !part.exists());
        drop(running);
        std::fs::remove_file(part.with_extension("")).unwrap();
    }
}

#[test]
fn media_that_are_not_what_was_signed_never_become_assets() {
    let rig = Rig::new();
    let sound = vec![7; 50_000];
    let cases = [
        (Trick::Instead(vec![8; 50_000]), "not the one that was signed"),
        (Trick::Instead(vec![7; 50_001]), "50001 bytes long"),
        (Trick::Instead(vec![7; 49_999]), "not the one that was signed"),
        (Trick::Endless, "bytes long and was signed with 50000"),
        (Trick::Status(404), "the server has no"),
        (Trick::Status(500), "the server answers 500"),
        (Trick::Drip(Duration::from_millis(20)), "the server stopped answering"),
    ];
    for (trick, named) in cases {
        rig.site.publish("tin", Some(&sound), day(1));
        rig.server.trick(&media_path(&sound), [trick.clone()]);
        let running = rig.start();
        let problem = running.media().unwrap_err();
        assert!(problem.contains(named), "{trick:?}: {problem}");
        let media = running.store.generation("xa").unwrap().programme.notices[0].audio.clone().unwrap();
        assert_eq!(running.store.asset(&media).unwrap_err(), crate::store::Unavailable::Missing);
    }
}

#[test]
fn a_film_that_takes_for_ever_keeps_no_text_and_no_sound_waiting() {
    let rig = Rig::new();
    rig.site.publish("slow", Some(&[1; 90_000]), day(1));
    rig.server.trick(&media_path(&[1; 90_000]), [Trick::StallAfter(1000)]);
    let running = rig.start_patient(&rig.server.address(), Patience::default());
    assert!(running.checked().unwrap().news);
    rig.site.publish("text", Some(b"small"), day(1));
    assert!(running.poll().unwrap().news);
    assert_eq!(running.title(), "text");
    assert_eq!(running.media().unwrap().path, "text.mp3");
}

#[test]
fn a_media_file_that_was_damaged_is_fetched_again_when_it_is_asked_for() {
    let rig = Rig::new();
    rig.site.publish("tin", Some(b"sound"), day(1));
    let media = rig.start().media().unwrap();
    std::fs::write(rig.state.path().join(media_path(b"sound")), b"sounD").unwrap();
    let running = rig.start();
    running.checked().unwrap();
    assert_eq!(running.store.asset(&media).unwrap_err(), crate::store::Unavailable::Missing);
    running.service.look_for_media();
    assert_eq!(running.media().unwrap(), media);
    assert!(running.store.asset(&media).is_ok());
}

#[test]
fn stopping_does_not_wait_for_a_server_that_hangs() {
    let rig = Rig::new();
    rig.server.trick("metadata/2.root.json", [Trick::Silence]);
    let store = Arc::new(Store::open(rig.state.path()).unwrap());
    let spec = FeedSpec {
        name: "xa".into(),
        source: rig.server.address(),
        root: rig.site.root(),
        poll: Duration::from_secs(1),
    };
    let patient =
        Patience { silence: Duration::from_secs(3600), document: Duration::from_secs(3600), ..impatient() };
    let service = spawn_patient(vec![spec], store, clock::read, |_| {}, patient).unwrap();
    // Would not come back for an hour.
    drop(service);
}

#[test]
fn a_command_checks_a_feed_over_http_as_a_board_would() {
    let rig = Rig::new();
    rig.site.publish("tin", Some(b"sound"), day(1));
    let mut reader = Reader::open(&rig.server.address()).unwrap();
    let report = crate::publish::check(&mut reader, &rig.site.root(), day(1)).unwrap();
    assert_eq!((report.notices, report.media_files, report.problems.len()), (1, 1, 0));
    rig.server.trick(&media_path(b"sound"), [Trick::Status(404)]);
    let report = crate::publish::check(&mut reader, &rig.site.root(), day(1)).unwrap();
    assert_eq!(report.problems.len(), 1);
}

#[test]
fn a_new_root_is_noticed_at_every_tenth_poll_although_the_timestamp_stays() {
    let rig = Rig::new();
    let running = rig.start();
    running.checked().unwrap();
    rig.server.forget();
    for _ in 0..20 {
        assert!(!running.poll().unwrap().news);
    }
    let log = rig.server.log();
    let roots: Vec<_> = log.iter().filter(|exchange| exchange.path.ends_with("2.root.json")).collect();
    assert_eq!((log.len(), roots.len()), (22, 2));
    assert!(roots.iter().all(|exchange| exchange.bytes_in + exchange.bytes_out < 600), "{roots:?}");
    // A thief who holds the timestamp key keeps it as it is; the owner's new root takes the key away.
    let thiefs = std::fs::read(rig.site.path(TIMESTAMP)).unwrap();
    crate::publish::testing::replace_timestamp_key(&rig.site, 1, day(1));
    rig.server.trick(TIMESTAMP, [Trick::Instead(thiefs)]);
    let polls = (0..10).map(|_| running.poll()).collect::<Vec<_>>();
    assert!(polls[..8].iter().all(Result::is_ok), "{polls:?}");
    assert!(
        polls.iter().any(|poll| poll.as_ref().is_err_and(|said| said.contains("wrongly signed"))),
        "{polls:?}"
    );
    rig.server.behave();
    assert_eq!(running.poll().unwrap().versions.root, 2);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(bytes).unwrap();
    zlib.finish().unwrap()
}

#[test]
fn what_a_server_packs_marks_or_calls_a_page_is_taken_if_it_is_what_was_signed() {
    let sound: Vec<u8> = (0..90_000u64).map(|n| (n * n % 251) as u8).collect();
    let with = |lines: &str, body: Vec<u8>| Trick::With(lines.into(), body);
    let marked = |bytes: &[u8]| [b"\xEF\xBB\xBF", bytes].concat();
    type Form<'f> = Box<dyn Fn(&[u8], bool) -> Trick + 'f>;
    let forms: [Form<'_>; 6] = [
        Box::new(|bytes, _| with("Content-Encoding: gzip\r\n", gzip(bytes))),
        Box::new(|bytes, _| with("Content-Encoding: deflate\r\n", deflate(bytes))),
        Box::new(|bytes, _| with("", gzip(bytes))),
        Box::new(|_, _| Trick::BrotliUnlessTold),
        Box::new(|bytes, _| with("Content-Type: text/html; charset=utf-8\r\n", bytes.to_vec())),
        Box::new(|bytes, json| with("", if json { marked(bytes) } else { bytes.to_vec() })),
    ];
    for (number, form) in forms.iter().enumerate() {
        let rig = Rig::new();
        rig.site.publish("tin", Some(&sound), day(1));
        for entry in walk(&rig.site.site()) {
            let path = entry.strip_prefix(rig.site.site()).unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(&entry).unwrap();
            rig.server.trick(&path, [form(&bytes, path.ends_with(".json"))]);
        }
        let running = rig.start();
        assert!(running.checked().unwrap_or_else(|problem| panic!("{number}: {problem}")).news);
        let media = running.media().unwrap_or_else(|problem| panic!("{number}: {problem}"));
        assert_eq!(running.store.asset(&media).unwrap().length(), 90_000);
    }
}

/// Every file below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] })
        .collect()
}

#[test]
fn what_a_server_made_of_a_file_is_named_with_what_to_change_there() {
    let rig = Rig::new();
    rig.site.publish("old", None, day(1));
    let running = rig.start();
    running.checked().unwrap();
    rig.site.publish("new", None, day(1));
    let bomb = gzip(&vec![b' '; 64 << 20]);
    let page = gzip(b"<html>log in</html>");
    let long_page = [b"<html>".to_vec(), vec![b' '; 60_000]].concat();
    let cases = [
        (Trick::With("Content-Encoding: gzip\r\n".into(), bomb), "more than the 16384 bytes", "copy"),
        (Trick::With("Content-Encoding: gzip\r\n".into(), page), "a web page came", "log in"),
        (Trick::With(String::new(), long_page), "a web page came", "log in"),
        (
            Trick::With("Content-Encoding: zstd\r\n".into(), vec![1]),
            "compresses the file (`zstd`)",
            "gzip off",
        ),
        (Trick::Status(407), "a proxy on the way asks for a password", "http_proxy="),
        (Trick::Status(403), "the server answers 403", "that the file is on the web server"),
    ];
    for (trick, named, remedy) in cases {
        rig.server.trick(TIMESTAMP, [trick.clone()]);
        let problem = running.poll().unwrap_err();
        assert!(problem.contains(named) && problem.contains(remedy), "{named}: {problem}");
        assert_eq!(running.title(), "old");
    }
}

#[test]
fn a_media_file_that_a_server_spoils_or_hides_is_named_with_what_to_change_there() {
    let sound: Vec<u8> = (0..50_000u32).map(|n| (n % 251) as u8).collect();
    let text = sound.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', byte] } else { vec![byte] });
    let bomb = gzip(&vec![0; 64 << 20]);
    let cases = [
        (Trick::Instead(text.collect()), "changed when it was copied", "in binary mode"),
        (Trick::Html, "a web page came instead of this file", "copy `media`"),
        (Trick::Status(404), "the server has no", "without an ending"),
        (Trick::With("Content-Encoding: gzip\r\n".into(), bomb), "was signed with 50000", ""),
        (
            Trick::With("Content-Encoding: zstd\r\n".into(), vec![1]),
            "compresses the file (`zstd`)",
            "gzip off",
        ),
    ];
    for (trick, named, remedy) in cases {
        let rig = Rig::new();
        rig.site.publish("tin", Some(&sound), day(1));
        rig.server.trick(&media_path(&sound), [trick.clone()]);
        let problem = rig.start().media().unwrap_err();
        assert!(problem.contains(named) && problem.contains(remedy), "{named}: {problem}");
    }
}
