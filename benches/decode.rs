//! What decoding costs in the child, sandbox and messages and all, beside `ffmpeg -f null`: `cargo bench --bench decode`.
//!
//! Processor seconds of the whole process, start and end included, in as many threads, taken in turns.

use bangtin::clock::instant;
use bangtin::media::{Clip, ClipState, Decoder, Failure, Fit, Wish};
use bangtin::store::Asset;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const RUNS: usize = 7;
const THREADS: u32 = 2;

/// Processor seconds of all children that have ended and were waited for.
fn spent() -> f64 {
    // SAFETY: plain memory, which the call fills.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn ours(decoder: &Decoder, film: &Path) -> f64 {
    let before = spent();
    let wish =
        Wish { picture: Some(Fit::Native { side_max: 2048 }), start_us: 0, sound_rate: 0, threads: THREADS };
    let file = Asset::from_author_folder(film).expect("the film that was just made");
    let clip = Clip::open(decoder.clone(), file, wish, || ());
    let far = instant() + Duration::from_secs(3_600);
    let mut shown = 0;
    while !clip.finished() {
        if let ClipState::Failed(Failure { problem, .. }) = clip.state() {
            panic!("{problem}");
        }
        clip.start(instant());
        match clip.next_due(far) {
            Some(due) => shown += u32::from(clip.show(due.max(far), &mut |_| ())),
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    assert!(shown > 100, "{shown} pictures");
    drop(clip);
    // The child is killed and waited for in a thread of its own.
    let deadline = instant() + Duration::from_secs(5);
    while spent() <= before && instant() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    spent() - before
}

fn theirs(film: &Path) -> f64 {
    let before = spent();
    let threads = THREADS.to_string();
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-threads", &threads, "-i"])
        .arg(film)
        .args(["-an", "-f", "null", "-"])
        .status();
    assert!(status.is_ok_and(|status| status.success()), "the ffmpeg program");
    spent() - before
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let film = folder.join("bench-1080p.mp4");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=20"])
        .args(["-vf", "noise=c0s=6:c0f=t", "-c:v", "libx264", "-preset", "medium", "-crf", "23"])
        .args(["-pix_fmt", "yuv420p", "-movflags", "+faststart"])
        .arg(&film)
        .status();
    assert!(film.exists() && made.is_ok_and(|status| status.success()), "the ffmpeg program");
    let decoder = Decoder::at(env!("CARGO_BIN_EXE_bangtin").into());
    let (mut own, mut peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (a, b) = (ours(&decoder, &film), theirs(&film));
        own.push(a);
        peer.push(b);
        ratios.push(a / b);
    }
    println!("20 s of 1080p30 H.264 with {THREADS} threads, {RUNS} pairs, processor seconds:");
    println!(
        "  decoder {:.2}, ffmpeg -f null {:.2}, ratio {:.3}",
        median(own),
        median(peer),
        median(ratios.clone())
    );
    let (least, most) = ratios.iter().fold((f64::MAX, 0f64), |(a, b), r| (a.min(*r), b.max(*r)));
    println!("  pairs from {least:.3} to {most:.3}; without confinement: {:?}", decoder.lacks());
}
