//! One refresh, and one media file: what is asked for is `trust`'s and `order`'s choice, how is `source`'s.
//!
//! Every floor is kept before anything that depends on it is asked for. What this board has already is not
//! fetched again. A media file goes on from where an
//! earlier attempt ended; where the whole then turns out to be wrong, it is fetched once more from its start,
//! for a power cut may have spoilt what was there.

use super::http::{Document, Validator};
use super::source::{Delivery, Source};
use crate::model::media::{Media, Sha256};
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::store::{Generation, Store};
use crate::trust::{Content, Item, Refresh, Refusal, Times};
use jiff::Timestamp;
use std::collections::HashSet;

/// What a refresh brought.
pub(super) struct Refreshed {
    pub generation: Generation,
    /// It is a new generation.
    pub news: bool,
    /// What of its content was left out.
    pub problems: Vec<Problem>,
    /// Why one half of the feed, its warnings or its programme, is still what this board held before.
    pub missing: Option<Problem>,
    /// The timestamp as the server sent it, and how to ask whether it has changed.
    pub timestamp: Vec<u8>,
    pub validator: Option<Validator>,
}

/// Follows the feed from the given root to its newest state, and keeps it. `timestamp`: the server's
/// timestamp, if it was asked for already. `accepted_at`: the time by this feed, given when its newest timestamp was
/// issued.
pub(super) async fn refresh(
    source: &Source,
    store: &Store,
    feed: &str,
    pinned_root: &[u8],
    times: Times,
    accepted_at: impl FnOnce(Option<Timestamp>) -> Timestamp,
    mut timestamp: Option<(Vec<u8>, Option<Validator>)>,
) -> Outcome<Refreshed> {
    let refused = |refusal: Refusal| refusal.problem(feed);
    let mut refresh = Refresh::new(pinned_root, store.floors(feed), times).map_err(refused)?;
    let mut sent = None;
    while let Some(wanted) = refresh.wanted() {
        let got = if wanted.item == Item::Timestamp {
            let got = match timestamp.take() {
                Some(got) => Some(got),
                None => match source.document(&wanted.path, wanted.length_max, None).await? {
                    Document::Here { bytes, validator } => Some((bytes, validator)),
                    Document::Absent | Document::NotModified => None,
                },
            };
            sent = got;
            Ok(sent.as_ref().map(|(bytes, _)| bytes.clone()))
        } else if let Some(bytes) = store.cached(feed, &wanted).filter(|_| !wanted.optional) {
            Ok(Some(bytes))
        } else {
            source.wanted(&wanted).await
        };
        let kept = match got {
            Ok(bytes) => refresh.answer(bytes),
            // A programme that does not come keeps no warning waiting.
            Err(problem) => {
                refresh.do_without(Refusal::Unreachable { problem: Box::new(problem) }).map(|()| None)
            }
        };
        if let Some(kept) = kept.map_err(refused)? {
            store.keep_floor(feed, &kept);
        }
    }
    let incomplete = || refused(Refusal::Missing { file: "timestamp.json".into() });
    let complete = refresh.finish().ok_or_else(incomplete)?;
    let (timestamp, validator) = sent.ok_or_else(incomplete)?;
    let (generation, news) = store.commit(feed, pinned_root, &complete, accepted_at(complete.issued));
    let missing = complete.missing.as_ref().map(|(half, refusal)| half_missing(*half, refusal.problem(feed)));
    Ok(Refreshed {
        generation,
        news,
        problems: complete.into_inner().problems,
        missing,
        timestamp,
        validator,
    })
}

fn half_missing(half: Content, problem: Problem) -> Problem {
    let Problem { subject, why, remedy, .. } = problem;
    let why = match half {
        Content::Programme => say!(
            en: "the programme could not be renewed, warnings can: {en}",
            vi: "chưa cập nhật được chương trình, cảnh báo vẫn cập nhật được: {vi}", en = why.en, vi = why.vi),
        Content::Alerts => say!(
            en: "the WARNINGS could not be renewed, the programme can: {en}",
            vi: "chưa cập nhật được CẢNH BÁO, chương trình vẫn cập nhật được: {vi}", en = why.en, vi = why.vi),
    };
    Problem::new(subject, why, remedy)
}

/// Brings one media file here. `scheduled`: what may not be evicted for it.
pub(super) async fn media(
    source: &Source,
    store: &Store,
    media: &Media,
    scheduled: &HashSet<Sha256>,
) -> Outcome<()> {
    let mut part = store.part(media)?;
    store.make_room(media.length.saturating_sub(part.written()), scheduled)?;
    let path = format!("media/{}", media.sha256);
    let mut resumed = part.written() > 0;
    loop {
        if !part.is_whole() {
            let from = part.written();
            let mut take = |at: u64, bytes: &[u8]| {
                if at == 0 && part.written() > 0 {
                    part.restart();
                }
                part.append(bytes)
            };
            match source.long_file(&path, from, &mut take).await? {
                Delivery::Whole => {}
                Delivery::Absent => return Err(not_there(&path, media)),
                Delivery::NoSuchRange => part.discard()?,
            }
        }
        if part.is_whole() || !resumed {
            match part.finish() {
                Err(_) if resumed => part = store.part(media)?,
                other => return other,
            }
        }
        resumed = false;
    }
}

fn not_there(path: &str, media: &Media) -> Problem {
    Problem::new(
        media.path.as_str(),
        say!(en: "the server has no `{path}`", vi: "máy chủ không có `{path}`", path = path),
        // IIS gives out no file whose kind it does not know, and no ending is no kind.
        say!(en: "copy `media` of the SITE folder to the web server again; where the file is there, let the server give out files without an ending (IIS: add the MIME type `.` as application/octet-stream)",
            vi: "hãy chép lại thư mục `media` của SITE lên máy chủ web; nếu tệp đã có ở đó, hãy cho máy chủ gửi cả tệp không có đuôi (IIS: thêm kiểu MIME `.` là application/octet-stream)"),
    )
}
