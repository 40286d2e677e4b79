//! The board's feeds, tried as the board would: its root files, and what its addresses answer. Nothing is kept, and a
//! board that runs is not disturbed.

use super::Finding;
use crate::clock;
use crate::config::{Config, FeedConfig};
use crate::problem::{Outcome, Problem, counted};
use crate::say;
use crate::sync::{Reader, check_address};
use crate::trust::time::{Clocks, Floor, released};
use crate::trust::{Complete, Fetch, Floors, Refresh, Refusal};
use jiff::Timestamp;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A feed that has not answered within this time is told of as one that does not answer: a person is waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// By which time a feed is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    /// As a board judges that has just started, and knows only this program's age where nothing vouches for its clock.
    pub board: Timestamp,
    /// What this machine's clock says, right or wrong.
    pub clock: Timestamp,
}

impl Judged {
    pub(super) fn here(has_rtc: bool) -> Judged {
        let reading = clock::read();
        let disciplined = reading.synchronised || has_rtc;
        let clocks = Clocks { system: reading.system, disciplined, since_boot: reading.since_boot };
        let board = Floor::at_start(clocks).now(clocks).at;
        Judged { board, clock: reading.system.max(released()) }
    }
}

/// What was found of every feed, and what those hold that answered as they should.
pub(super) fn look(config: &Config, state: &Path, findings: &mut Vec<Finding>) -> Vec<Complete> {
    let judged = Judged::here(config.clock.has_rtc);
    // All are asked at once: with three that do not answer a person waits as long as with one.
    let asked: Vec<_> =
        config.feeds.iter().map(|feed| (feed, root(feed).map(|root| ask(feed, root, judged)))).collect();
    let mut complete = Vec::new();
    for (feed, asked) in asked {
        let answer = match asked {
            Err(problem) => {
                findings.push(Finding::Unfit(problem));
                continue;
            }
            Ok(answer) => answer.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(silent(feed))),
        };
        match answer {
            Ok(found) => {
                findings.push(match &found.missing {
                    None => fine(feed, &found, judged),
                    Some((_, refusal)) => Finding::Partly(refusal.problem(&feed.name)),
                });
                complete.push(found);
            }
            // What was kept of it shows all the same.
            Err(problem) if kept(state, &feed.name) => findings.push(Finding::Partly(problem)),
            Err(problem) => findings.push(Finding::Unfit(problem)),
        }
    }
    complete
}

/// The root file, if it can be one.
fn root(feed: &FeedConfig) -> Outcome<Vec<u8>> {
    let name = feed.root.display().to_string();
    let bytes = crate::disk::read_for_person(&feed.root).map_err(|problem| Problem {
        remedy: say!(
            en: "copy root.json of the publisher's SITE folder there, by hand; the board shows nothing of `{feed}` without it",
            vi: "hãy chép tay root.json từ thư mục SITE của nơi phát hành vào đó; thiếu nó thì bảng không hiện gì của `{feed}`",
            feed = feed.name
        ),
        ..problem
    })?;
    if String::from_utf8_lossy(&bytes).contains("PRIVATE KEY-----") {
        return Err(Problem::new(
            name,
            say!(en: "this is a private key, not a root file: whoever reads it here can speak on every board",
                 vi: "đây là khóa riêng, không phải tệp gốc: ai đọc được nó ở đây đều có thể phát tin lên mọi bảng"),
            say!(en: "put the feed's root.json in its place, take the key off this machine, and give the feed a new key",
                 vi: "hãy thay bằng root.json của nguồn tin, xóa khóa khỏi máy này, và đổi khóa mới cho nguồn tin"),
        ));
    }
    Refresh::new(&bytes, Floors::default(), released()).map_err(|refusal| refusal.problem(&name))?;
    Ok(bytes)
}

fn ask(feed: &FeedConfig, root: Vec<u8>, judged: Judged) -> std::sync::mpsc::Receiver<Outcome<Complete>> {
    let (sender, answer) = channel();
    let (name, url) = (feed.name.clone(), feed.url.clone());
    // A server that stalls is left to its thread, which ends with the program.
    std::thread::spawn(move || {
        let found = check_address(&url)
            .and_then(|()| Reader::open(&url))
            .and_then(|mut reader| verified(&mut reader, &root, judged.board, &name));
        let _ = sender.send(found);
    });
    answer
}

/// The feed's state now, verified from its root on.
fn verified(site: &mut dyn Fetch, root: &[u8], now: Timestamp, feed: &str) -> Outcome<Complete> {
    let refused = |refusal: Refusal| refusal.problem(feed);
    let mut refresh = Refresh::new(root, Floors::default(), now).map_err(refused)?;
    while let Some(wanted) = refresh.wanted() {
        let bytes = match wanted.optional {
            true => site.fetch_optional(&wanted.path, wanted.length_max)?,
            false => site.fetch(&wanted.path, wanted.length_max)?,
        };
        refresh.answer(bytes).map_err(refused)?;
    }
    let missing = || refused(Refusal::Missing { file: "timestamp.json".into() });
    Ok(refresh.finish().ok_or_else(missing)?.into_inner())
}

fn fine(feed: &FeedConfig, found: &Complete, judged: Judged) -> Finding {
    let expires = found.expires.to_zoned(clock::local_zone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    if found.expires <= judged.clock {
        return Finding::Partly(Problem::new(
            feed.name.as_str(),
            say!(en: "by this machine's clock the feed expired at {expires}: a board that believes its clock refuses it",
                 vi: "theo đồng hồ máy này, nguồn tin đã hết hạn lúc {expires}: bảng nào tin đồng hồ của mình sẽ từ chối"),
            say!(en: "run `bangtin feed refresh` on the machine that publishes, and check this machine's clock",
                 vi: "hãy chạy `bangtin feed refresh` trên máy phát hành, và kiểm tra đồng hồ của máy này"),
        ));
    }
    let notices = found.programme.as_ref().map_or(0, |programme| programme.notices.len());
    Finding::Fine(say!(
        en: "feed {name}: answers; `{title}`, version {version}, {shown}, valid until {expires}",
        vi: "nguồn tin {name}: trả lời tốt; `{title}`, bản {version}, {notices} tin, có giá trị đến {expires}",
        name = feed.name,
        title = found.programme.as_ref().map_or("", |programme| &programme.title),
        version = found.versions.programme,
        notices = notices,
        shown = counted(notices, "notice"),
        expires = expires
    ))
}

fn silent(feed: &FeedConfig) -> Problem {
    Problem::new(
        feed.name.as_str(),
        say!(en: "{url} has not answered within {seconds} seconds", vi: "{url} không trả lời trong {seconds} giây",
             url = feed.url, seconds = PATIENCE.as_secs()),
        say!(en: "check the address under [[feed]], and this machine's network",
             vi: "hãy kiểm tra địa chỉ dưới [[feed]] và mạng của máy này"),
    )
}

/// Whether the board has kept something of the feed.
fn kept(state: &Path, feed: &str) -> bool {
    state.join("feeds").join(feed).join("current").exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::{self, Lifetimes, NewFeed};
    use jiff::SignedDuration;

    /// A new feed of this moment in a folder, and how a board would have it.
    fn feed(folder: &Path, now: Timestamp) -> FeedConfig {
        let site = folder.join("site");
        let new = NewFeed { title: "Xã".into(), programme_threshold: 1, lifetimes: Lifetimes::default() };
        publish::init(&site, &publish::keys_folder(&site), &new, now).unwrap();
        FeedConfig {
            name: "xa".into(),
            url: site.display().to_string(),
            root: site.join("root.json"),
            poll_seconds: 60,
            may_interrupt: true,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn said(feed: &FeedConfig, board: Timestamp, clock: Timestamp) -> Finding {
        let answer = root(feed)
            .and_then(|root| verified(&mut Reader::open(&feed.url).unwrap(), &root, board, &feed.name));
        match answer {
            Ok(found) => fine(feed, &found, Judged { board, clock }),
            Err(problem) => Finding::Unfit(problem),
        }
    }

    #[test]
    fn a_feed_that_answers_is_fine_until_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let made = at("2026-03-01T00:00:00Z");
        let feed = feed(folder.path(), made);
        let Finding::Fine(text) = said(&feed, made, made) else { panic!("a fresh feed") };
        assert!(text.en.contains("feed xa: answers; `Xã`"), "{}", text.en);
        let late = made.checked_add(SignedDuration::from_hours(24 * 400)).unwrap();
        let Finding::Unfit(problem) = said(&feed, late, late) else { panic!("an expired feed") };
        assert!(problem.why.en.contains("expired"), "{problem}");
        // A board whose clock nobody vouches for takes it; a person should know.
        let Finding::Partly(problem) = said(&feed, made, late) else { panic!("expired by the clock") };
        assert!(problem.why.en.contains("by this machine's clock"), "{problem}");
    }

    #[test]
    fn a_root_file_that_is_missing_wrong_or_a_private_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut feed = feed(folder.path(), at("2026-03-01T00:00:00Z"));
        let mut refused = |path: &Path| {
            feed.root = path.to_owned();
            root(&feed).unwrap_err()
        };
        let problem = refused(&folder.path().join("khong-co.json"));
        assert!(problem.subject.ends_with("khong-co.json") && problem.remedy.en.contains("copy root.json"));
        refused(folder.path());
        let key = folder.path().join("site.keys/programme.pem");
        assert!(refused(&key).why.en.contains("private key"), "a key in its place");
        let wrong = folder.path().join("wrong.json");
        std::fs::write(&wrong, "{\"signed\": {}}").unwrap();
        assert!(refused(&wrong).why.en.contains("not a signed root"));
    }
}
