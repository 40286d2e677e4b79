//! How far a feed may be believed to be up to date. Pure.
//!
//! A moment of news that lies more than a day ahead of the time there is was named by a wrong clock, this board's
//! or a signer's. It says nothing: a feed is not fresh because somebody's clock runs ahead.

use super::time::SIGNER_AHEAD_MAX;
use crate::model::feed::FeedState;
use jiff::{SignedDuration, Timestamp};

/// Without news for longer than this, a feed is stale.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Without news for longer than this, a feed is old.
pub const OLD_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a feed's freshness hangs on, once something of it was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// When a verified answer last came; `None`: nobody can say.
    pub last: Option<Timestamp>,
    /// When the first of the metadata that vouch for it expires.
    pub expires: Timestamp,
}

impl News {
    /// `moments`: when answers came and timestamps were issued, as they were told.
    pub fn of(moments: impl IntoIterator<Item = Timestamp>, expires: Timestamp, now: Timestamp) -> News {
        let latest = now.checked_add(SIGNER_AHEAD_MAX).unwrap_or(Timestamp::MAX);
        News { last: moments.into_iter().filter(|moment| *moment <= latest).max(), expires }
    }
}

/// The state of a feed at `now`. `news` is `None` while nothing was ever verified.
pub fn state(now: Timestamp, news: Option<News>) -> FeedState {
    let Some(News { last, expires }) = news else { return FeedState::Untrusted };
    let Some(last) = last else { return FeedState::Stale };
    let silence = now.duration_since(last);
    if silence > OLD_AFTER {
        FeedState::Old
    } else if silence > STALE_AFTER || now > expires {
        FeedState::Stale
    } else {
        FeedState::Fresh
    }
}

/// The next moment at which [`state`] changes by the passing of time alone.
pub fn next_change(now: Timestamp, news: News) -> Option<Timestamp> {
    let after = |moment: Timestamp, wait| moment.checked_add(wait).ok();
    let second = SignedDuration::from_secs(1);
    let since = |wait| after(news.last?, wait);
    [since(STALE_AFTER), since(OLD_AFTER), Some(news.expires)]
        .into_iter()
        .filter_map(|edge| after(edge?, second))
        .filter(|&edge| edge > now)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_grows_stale_after_a_day_and_old_after_a_month() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let last = at("2026-11-01T00:00:00Z");
        let news = News { last: Some(last), expires: at("2026-11-14T00:00:00Z") };
        let mut seen = vec![(last, state(last, Some(news)))];
        while let Some(next) = next_change(seen[seen.len() - 1].0, news) {
            seen.push((next, state(next, Some(news))));
        }
        let states: Vec<String> = seen.iter().map(|(at, state)| format!("{at} {state:?}")).collect();
        assert_eq!(
            states,
            [
                "2026-11-01T00:00:00Z Fresh",
                "2026-11-02T00:00:01Z Stale",
                "2026-11-14T00:00:01Z Stale",
                "2026-12-01T00:00:01Z Old",
            ]
        );
        assert_eq!(state(last, None), FeedState::Untrusted);
        let renewed_never = News { last: Some(at("2026-11-20T00:00:00Z")), ..news };
        assert_eq!(state(at("2026-11-20T00:00:01Z"), Some(renewed_never)), FeedState::Stale, "expired");
    }

    #[test]
    fn a_feed_is_not_fresh_because_somebodys_clock_ran_ahead() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, expires) = (at("2026-11-20T00:00:00Z"), at("2027-01-20T00:00:00Z"));
        let news = |moments: &[&str]| News::of(moments.iter().map(|text| at(text)), expires, now);
        assert_eq!(state(now, Some(news(&["2027-01-01T00:00:00Z"]))), FeedState::Stale);
        assert_eq!(
            news(&["2027-01-01T00:00:00Z", "2026-11-19T23:00:00Z"]).last,
            Some(at("2026-11-19T23:00:00Z"))
        );
        assert_eq!(
            state(now, Some(news(&["2026-11-20T03:00:00Z"]))),
            FeedState::Fresh,
            "hours are a time zone"
        );
    }
}
