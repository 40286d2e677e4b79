//! What is on air, and until when, with ten thousand notices: `cargo bench --bench timetable`.

use bangtin::model::board::Board;
use bangtin::model::feed::{FeedContent, FeedState, Rights};
use bangtin::model::programme::Programme;
use bangtin::programme::Timetable;
use jiff::Timestamp;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const NOTICES: usize = 10_000;

fn programme() -> Programme {
    let mut toml = String::from("title = \"Xã\"\n");
    for number in 0..NOTICES {
        let hours = ["[\"05:30-07:00\", \"17:00-21:00\"]", "[\"06:00-18:00\"]", "[]"][number % 3];
        let day = 1 + number % 28;
        toml += &format!(
            "[[notice]]\nid = \"n{number}\"\ntitle = \"Tin {number}\"\ntext = \"Nội dung của tin số {number}\"\n\
             from = \"2026-11-01T00:00:00Z\"\nuntil = \"2027-01-{day:02}T00:00:00Z\"\ntimes = {hours}\n"
        );
    }
    toml::from_str(&toml).expect("the bench's own text")
}

/// Median and worst time of one call.
fn time(name: &str, mut call: impl FnMut(Timestamp)) {
    let mut at: Timestamp = "2026-11-24T00:00:00Z".parse().expect("a moment");
    let mut times: Vec<Duration> = (0..400)
        .map(|_| {
            at += jiff::SignedDuration::from_secs(211);
            let start = bangtin::clock::instant();
            call(at);
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{name}, {NOTICES} notices: median {:?}, worst {:?}", times[200], times[399]);
}

fn main() {
    let content = FeedContent {
        name: "xa".into(),
        rights: Rights { may_interrupt: true },
        state: FeedState::Fresh,
        last_news: None,
        ahead: jiff::SignedDuration::ZERO,
        alerts_ahead: jiff::SignedDuration::ZERO,
        alerts_since: jiff::Timestamp::MAX,
        programme: Arc::new(programme()),
        alerts: Arc::default(),
    };
    let board = Board { name: "bench".into(), ..Board::default() };
    let start = bangtin::clock::instant();
    let timetable = Timetable::new(vec![content], &board);
    println!("Timetable::new, {NOTICES} notices: {:?}", start.elapsed());
    time("on_air", |at| {
        black_box(timetable.on_air(at, true));
    });
    time("next_change", |at| {
        black_box(timetable.next_change(at, true));
    });
}
