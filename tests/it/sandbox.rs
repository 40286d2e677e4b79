//! Nothing that a file holds can hurt the board: what a decoder may do, what it may say, and what it may take.

use crate::support::stand_in::{attempt_names, command, has_landlock, stand_in};
use crate::support::{Office, RunningBoard, decoder, made_by_ffmpeg, media, text};
use bangtin::clock::instant;
use bangtin::media::{Clip, ClipState, Decoder, Fault, Fit, Wish, picture, probe};
use bangtin::problem::Speech;
use bangtin::sound::RATE;
use bangtin::store::Asset;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

const NOBODY: u32 = 65_534;
/// The one attempt that is to succeed.
const ALLOWED: &str = "ask-for-its-own-number";
const KILLED: i32 = 128 + libc::SIGSYS;
const REFUSED: [i32; 2] = [libc::EACCES, libc::EPERM];

/// Whom a board may run as.
fn users() -> Vec<u32> {
    let own = rustix::process::getuid().as_raw();
    if own == 0 { vec![0, NOBODY] } else { vec![own] }
}

/// Makes every attempt as every user, and returns those of which `fine` is not true, with their answers.
fn tried(walls: &str, fine: impl Fn(&str, i32) -> bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let mut wrong = Vec::new();
    for user in users() {
        // Behind any walls one attempt succeeds, or the prisoner fell before it made any.
        for attempt in attempt_names() {
            let status =
                command(&format!("warden:{user}:{walls}:{attempt}")).arg(folder.path()).status().unwrap();
            let answer = status.code().unwrap_or(-status.signal().unwrap_or(0));
            let fine = if attempt == ALLOWED { answer == 0 } else { fine(attempt, answer) };
            if !fine {
                wrong.push(format!("{attempt} as user {user}: {answer}"));
            }
            let state = folder.path().join(format!("{user}-{walls}-{attempt}"));
            if walls != "none" {
                let floors = std::fs::read_to_string(state.join("floors.json"));
                assert_eq!(floors.ok().as_deref(), Some("{}"), "{attempt}");
                assert_eq!(std::fs::read_to_string(state.join("log")).unwrap(), "", "{attempt}");
            }
        }
    }
    wrong
}

#[test]
fn every_way_out_of_a_decoder_is_open_without_the_sandbox() {
    let shut = tried("none", |_, answer| answer == 0);
    assert!(shut.is_empty(), "these attempts prove nothing: {shut:#?}");
}

#[test]
fn every_way_out_of_a_decoder_is_shut_as_root_and_as_an_ordinary_user() {
    let open = tried("all", |_, answer| answer == KILLED || REFUSED.contains(&answer));
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn every_way_out_of_a_decoder_is_shut_where_the_kernel_has_no_landlock() {
    let open = tried("without-landlock", |_, answer| answer == KILLED || REFUSED.contains(&answer));
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn where_the_kernel_has_no_seccomp_files_programs_and_other_processes_are_still_out_of_reach() {
    const SHUT: [&str; 12] = [
        "open-a-file",
        "open-the-passwords",
        "make-a-file",
        "list-the-state-folder",
        "delete-the-state",
        "rename-the-state",
        "make-a-folder",
        "make-a-link",
        "become-a-program",
        "trace-the-parent",
        "read-the-parent-s-memory",
        "open-the-log",
    ];
    // Limits and lost privileges alone leave more open; such a kernel has neither of the two walls.
    if !has_landlock() {
        let wrong = tried("without-seccomp", |_, answer| answer != 255);
        assert!(wrong.is_empty(), "a decoder says that it has walls that it has not: {wrong:#?}");
        return;
    }
    let open = tried("without-seccomp", |attempt, answer| {
        !SHUT.contains(&attempt) || REFUSED.contains(&answer) || answer == libc::EXDEV
    });
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn a_decoder_that_panics_aborts_or_runs_out_of_memory_ends_as_any_process_and_its_threads_work() {
    for (how, code, signal) in [
        ("panics", Some(101), None),
        ("aborts", None, Some(libc::SIGABRT)),
        ("overflows", None, Some(libc::SIGSEGV)),
        ("in-threads", Some(28), None),
    ] {
        let status = command(&format!("ends:{how}")).status().unwrap();
        assert_eq!((status.code(), status.signal()), (code, signal), "{how}");
    }
    let blocks = command("ends:needs-too-much").status().unwrap().code().unwrap();
    assert!((4..16).contains(&blocks), "{blocks} blocks of 64 MiB in a gigabyte of address space");
}

fn clip() -> Asset {
    media(&made_by_ffmpeg(
        "clip.mp4",
        "-f lavfi -i testsrc2=s=1280x720:r=30:d=3 -f lavfi -i sine=f=440:d=3 -c:v libx264 -pix_fmt yuv420p -preset veryfast -c:a aac -shortest",
    ))
}

fn wish() -> Wish {
    Wish { picture: Some(Fit::Native { side_max: 4096 }), start_us: 0, sound_rate: RATE, threads: 4 }
}

/// Waits for the state after `Opening`, or for `Failed`; returns it with how long it took.
fn settled(clip: &Clip, failed: bool, patience: Duration) -> (ClipState, Duration) {
    let start = instant();
    loop {
        match clip.state() {
            ClipState::Opening => {}
            ClipState::Ready if failed => {}
            state => return (state, start.elapsed()),
        }
        assert!(start.elapsed() < patience, "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_machine_that_lacks_landlock_or_seccomp_shows_everything_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let still = media(&made_by_ffmpeg("still.jpg", "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1"));
    for (lacking, seccomp, landlock) in
        [("nothing", true, true), ("landlock", true, false), ("seccomp", false, true), ("both", false, false)]
    {
        let decoder = Decoder::at(stand_in(folder.path(), &format!("without:{lacking}")));
        assert!(decoder.lacks().is_empty(), "nothing is known before a decoder has run");
        assert_eq!(picture(&decoder, &still, (200, 200)).unwrap().width, 200);
        assert!(probe(&decoder, &clip()).unwrap().sound);
        let clip = Clip::open(decoder.clone(), clip(), wish(), || ());
        assert_eq!(settled(&clip, false, Duration::from_secs(20)).0, ClipState::Ready, "{lacking}");
        let mut expected = Vec::new();
        if !landlock || !has_landlock() {
            expected.push("Landlock");
        }
        if !seccomp {
            expected.push("seccomp");
        }
        assert_eq!(decoder.lacks(), expected, "{lacking}");
    }
}

#[test]
fn a_transport_stream_that_names_its_programme_plays_though_iconv_finds_no_tables() {
    let film = made_by_ffmpeg(
        "named.ts",
        "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v libx264 -pix_fmt yuv420p -metadata service_name=Bảng -f mpegts",
    );
    assert_eq!(probe(&decoder(), &media(&film)).unwrap().picture, Some([320, 180]));
}

#[test]
fn doctor_and_status_say_once_what_the_machine_lacks() {
    let doctor = |lacking: &str| {
        let folder = tempfile::tempdir().unwrap();
        let output = command(&format!("without:{lacking}"))
            .args(["doctor", "--state", text(folder.path())])
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = doctor("both");
    let line = "??  decoder: this machine does not have Landlock, seccomp";
    assert_eq!(said.matches(line).count(), 1, "{said}");
    assert!(said.contains("ok  decoder: opens a picture"), "{said}");
    assert!(!doctor("nothing").contains("does not have seccomp"));

    let office = Office::new();
    office.write(
        "anh.jpg",
        std::fs::read(made_by_ffmpeg("still.jpg", "-f lavfi -i testsrc2=s=400x300:d=1 -frames:v 1")).unwrap(),
    );
    let said = office.publish("title = \"Xã\"\n[[notice]]\nid = \"tin\"\ntitle = \"Tin\"\ntext = \"Nội dung\"\nimage = \"anh.jpg\"\n");
    assert_eq!(said.code, 0, "{}", said.err);
    let (site, root, state) = (office.site(), office.root(), office.state());
    let from = ["--feed", text(&site), "--root", text(&root), "--state", text(&state)];
    let board = RunningBoard::spawn_by(command("without:seccomp"), &state, &from);
    board.wait("what it lacks", |status| {
        status["media"]["unconfined"]
            .as_array()
            .is_some_and(|lacks| lacks.iter().any(|name| name == "seccomp"))
    });
    let said = crate::support::run(&["status", "--state", text(&state)]);
    assert_eq!(said.out.matches("seccomp, by which a file").count(), 1, "{}", said.out);
}

/// Plays through a stand-in that lies, until the clip has failed; returns what is said of it, whether the file is blamed, and
/// how long it took.
fn lied(folder: &Path, lie: &str) -> (String, bool, Duration) {
    let clip = Clip::open(Decoder::at(stand_in(folder, &format!("lies:{lie}"))), clip(), wish(), || ());
    let (state, took) = settled(&clip, true, Duration::from_secs(20));
    let ClipState::Failed(failure) = state else { panic!("{lie}: {state:?}") };
    (failure.problem.line(Speech::English), failure.fault == Fault::File, took)
}

#[test]
fn a_decoder_that_lies_in_any_message_ends_its_item_within_half_a_second_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // The first start of a program reads it from the disk.
    lied(folder.path(), "later-ends");
    for lie in [
        "does-not-say-hello",
        "says-hello-twice",
        "finds-a-picture-of-nothing",
        "finds-a-huge-picture",
        "finds-less-than-no-time",
        "finds-nothing",
        "finds-no-picture",
        "speaks-before-it-is-ready",
        "is-ready-twice",
        "gives-a-picture-that-was-not-asked-for",
        "names-a-slot-that-is-not-there",
        "names-the-last-slot-of-all",
        "gives-a-slot-twice",
        "names-a-time-that-no-film-has",
        "names-a-time-before-all-films",
        "has-more-sound-than-fits",
        "has-sound-without-end",
        "takes-sound-back",
        "speaks-after-the-end",
        "speaks-rubbish",
        "speaks-at-length",
        "adds-a-word",
        "hands-over-a-descriptor",
        "says-that-it-works-without-end",
    ] {
        let (said, blamed, mut took) = lied(folder.path(), lie);
        // A busy machine is not the decoder's fault.
        for again in 0..4 {
            if took >= Duration::from_millis(500) {
                let folder = folder.path().join(format!("{lie}-{again}"));
                std::fs::create_dir(&folder).unwrap();
                took = lied(&folder, lie).2;
            }
        }
        assert!(
            said.starts_with("clip.mp4: its decoder answered nonsense")
                || said.contains("/clip.mp4: its decoder answered nonsense"),
            "{lie}: {said}"
        );
        assert!(blamed, "{lie}");
        assert!(took < Duration::from_millis(500), "{lie}: {took:?}");
    }
}

#[test]
fn what_a_decoder_says_of_a_file_is_one_short_line_that_steers_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (said, blamed, _) = lied(folder.path(), "refuses-with-a-long-story");
    assert!(blamed && said.chars().count() < 1_500, "{}", said.chars().count());
    assert!(!said.contains(|c: char| c.is_control()), "{said:?}");
}

#[test]
fn a_decoder_that_stops_or_spins_is_given_up_and_the_board_never_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        "stops-before-hello",
        "spins-before-hello",
        "stops-before-it-is-ready",
        "later-stops",
        "later-spins",
        "later-is-silent",
    ];
    std::thread::scope(|scope| {
        for case in cases {
            let folder = folder.path();
            scope.spawn(move || {
                let decoder = Decoder::at(stand_in(folder, &format!("lies:{case}")));
                let clip = Clip::open(decoder, clip(), wish(), || ());
                let (begin, mut worst) = (instant(), Duration::ZERO);
                let failure = loop {
                    let before = instant();
                    let state = clip.state();
                    let _ = (clip.size(), clip.sound(), clip.finished(), clip.next_due(before));
                    clip.start(before);
                    clip.show(before, &mut |_| ());
                    worst = worst.max(before.elapsed());
                    if let ClipState::Failed(failure) = state {
                        break failure;
                    }
                    assert!(begin.elapsed() < Duration::from_secs(25), "{case} is not given up");
                    std::thread::sleep(Duration::from_millis(5));
                };
                let said = failure.problem.line(Speech::English);
                let stopped = case.contains("stops");
                let why = if stopped { "was killed or stopped" } else { "did not answer in time" };
                assert!(said.contains(&format!("clip.mp4: its decoder {why}")), "{case}: {said}");
                // Another attempt may go well.
                assert_eq!(failure.fault, if stopped { Fault::Outside } else { Fault::Decoder }, "{case}");
                let before = instant();
                drop(clip);
                worst = worst.max(before.elapsed());
                assert!(worst < Duration::from_millis(500), "{case}: the board waited {worst:?}");
            });
        }
    });
}

/// The most address space that the decoder of a clip or picture has had so far, in MiB: of this process's children, the one that
/// has the file open.
fn decoders_peak(until: impl Fn() -> bool) -> u64 {
    let deadline = instant() + Duration::from_secs(120);
    let mut peak = 0;
    while !until() {
        assert!(instant() < deadline, "not done in time");
        let own = std::process::id().to_string();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else { continue };
            let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if field("PPid:") == Some(&own) && field("Seccomp:") == Some("2") {
                let kilobytes = field("VmPeak:").and_then(|peak| peak.split(' ').next()?.parse::<u64>().ok());
                peak = peak.max(kilobytes.unwrap_or(0) / 1024);
            }
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    peak
}

#[test]
fn the_largest_that_a_board_takes_is_decoded_within_its_bounds() {
    let decoder = decoder();
    for (name, arguments) in [
        (
            "4k-h264.mp4",
            "-f lavfi -i testsrc2=s=4096x2304:r=25:d=1 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -refs 4",
        ),
        (
            "4k-hevc.mp4",
            "-f lavfi -i testsrc2=s=4096x2304:r=25:d=1 -pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -x265-params log-level=none",
        ),
    ] {
        let clip = Clip::open(decoder.clone(), media(&made_by_ffmpeg(name, arguments)), wish(), || ());
        let start: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        let shown = std::cell::Cell::new(0);
        let peak = decoders_peak(|| {
            let begin = *start.get_or_init(instant);
            if let ClipState::Failed(failure) = clip.state() {
                panic!("{}", failure.problem);
            }
            clip.start(begin);
            if clip.show(begin + Duration::from_secs(60), &mut |_| ()) {
                shown.set(shown.get() + 1);
            }
            clip.finished()
        });
        println!("{name}: {peak} MiB of address space");
        assert!(shown.get() > 0, "{name}");
    }
    for (name, arguments) in [
        ("64-megapixels.jpg", "-f lavfi -i testsrc2=s=8192x8192:d=1 -frames:v 1 -q:v 4"),
        ("64-megapixels.png", "-f lavfi -i testsrc2=s=8192x8192:d=1 -frames:v 1 -pix_fmt rgba"),
        (
            "64-megapixels.webp",
            "-f lavfi -i testsrc2=s=8192x8192:d=1 -frames:v 1 -c:v libwebp -compression_level 0",
        ),
    ] {
        let file = media(&made_by_ffmpeg(name, arguments));
        let done = std::sync::atomic::AtomicBool::new(false);
        let set = || done.store(true, std::sync::atomic::Ordering::Release);
        std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let found = probe(&decoder, &file).map(|found| found.picture);
                let seen = picture(&decoder, &file, (1920, 1080)).map(|picture| picture.height);
                set();
                (found, seen)
            });
            let peak = decoders_peak(|| done.load(std::sync::atomic::Ordering::Acquire));
            println!("{name}: {peak} MiB of address space");
            let (found, seen) = work.join().unwrap();
            assert_eq!(found.as_ref().map_err(ToString::to_string), Ok(&Some([8192, 8192])), "{name}");
            assert_eq!(seen.as_ref().map_err(|failure| failure.problem.to_string()), Ok(&1080), "{name}");
        });
    }
}
