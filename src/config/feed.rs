//! `[[feed]]`: where a feed is, what it is trusted by, and what it may do here.
//!
//! The order is the order of the file. A feed's name becomes a folder under the state directory and a word in
//! `status`, so it is plain and unique.

use super::{filled, path};
use crate::model::feed::lacks_scheme;
use crate::say;
use crate::toml_doc::paths::copy_here;
use crate::toml_doc::{Said, Section};
use std::path::{Path, PathBuf};

/// One feed of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedConfig {
    /// a-z, 0-9, `-` and `_`; unique on this board.
    pub name: String,
    /// An `http://` or `https://` address, or the path of a folder.
    pub url: String,
    /// The root of trust, put here by hand.
    pub root: PathBuf,
    pub poll_seconds: u32,
    /// Its warnings and urgent notices push out everybody's.
    pub may_interrupt: bool,
}

impl FeedConfig {
    /// A feed with all that may be left out left out. It may interrupt: its root was put here by hand,
    /// warnings have a key of their own, and a forgotten line must not cost a warning.
    pub fn new(name: impl Into<String>, url: impl Into<String>, root: impl Into<PathBuf>) -> FeedConfig {
        FeedConfig {
            name: name.into(),
            url: url.into(),
            root: root.into(),
            poll_seconds: 60,
            may_interrupt: true,
        }
    }
}

pub(super) fn read(sections: Vec<Section<'_>>, base: &Path) -> Vec<FeedConfig> {
    let mut feeds: Vec<FeedConfig> = Vec::new();
    for mut section in sections {
        let name = required(&mut section, "name", |said| name(said, &feeds));
        let url = required(&mut section, "url", |said| url(said, base));
        let root = required(&mut section, "root", |said| {
            path(said, |said, name| copy_here(said.key(), name)).map(|root| base.join(root))
        });
        // A poll costs under 600 bytes, but not nothing: a hundred boards asking every second are a burden to a small
        // server. And a take-down must not wait for more than a day.
        let poll_seconds = section.get("poll_seconds").and_then(|said| said.whole_such_as("60", 5..=86_400));
        let may_interrupt = section.get("may_interrupt").and_then(|said| said.flag());
        section.finish();
        let (Some(name), Some(url), Some(root)) = (name, url, root) else { continue };
        let mut feed = FeedConfig::new(name, url, root);
        feed.poll_seconds =
            poll_seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(feed.poll_seconds);
        feed.may_interrupt = may_interrupt.unwrap_or(feed.may_interrupt);
        feeds.push(feed);
    }
    feeds
}

fn required<'d, T>(
    section: &mut Section<'d>,
    key: &'static str,
    read: impl FnOnce(&Said<'d>) -> Option<T>,
) -> Option<T> {
    let Some(said) = section.get(key) else {
        let why = say!(en: "this feed has no `{key}`", vi: "nguồn tin này thiếu `{key}`", key = key);
        section.missing(key, why, say!(en: "add {key} = \"…\"", vi: "hãy thêm {key} = \"…\"", key = key));
        return None;
    };
    read(&said)
}

fn name(said: &Said<'_>, feeds: &[FeedConfig]) -> Option<String> {
    const NAME_BYTES_MAX: usize = 40;
    let name = filled(said)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if !name.bytes().all(plain) || name.len() > NAME_BYTES_MAX {
        let why =
            say!(en: "`{name}` cannot name a feed", vi: "`{name}` không đặt tên nguồn tin được", name = name);
        let remedy = say!(
            en: "use a-z, 0-9, `-` and `_`, at most {most}: name = \"xa\"",
            vi: "chỉ dùng a-z, 0-9, `-` và `_`, nhiều nhất {most} ký tự: name = \"xa\"",
            most = NAME_BYTES_MAX
        );
        said.refuse(why, remedy);
        return None;
    }
    if feeds.iter().any(|feed| feed.name == name) {
        let why = say!(en: "two feeds are called `{name}`", vi: "có hai nguồn tin tên `{name}`", name = name);
        said.refuse(why, say!(en: "rename one", vi: "hãy đổi tên một nguồn"));
        return None;
    }
    Some(name)
}

fn url(said: &Said<'_>, base: &Path) -> Option<String> {
    let url = path(said, |said, name| {
        say!(
            en: "copy the folder here and write {key} = \"./{name}\"",
            vi: "hãy chép thư mục đó sang máy này rồi viết {key} = \"./{name}\"",
            key = said.key()
        )
    })?;
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url.as_str()));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if !rest.is_empty() && !rest.contains(char::is_whitespace) => Some(url),
        "" if lacks_scheme(&url) && !base.join(&url).exists() => {
            let why = say!(
                en: "there is no folder `{url}`, and the address of a web server begins with https://",
                vi: "không có thư mục `{url}`, còn địa chỉ máy chủ web phải bắt đầu bằng https://",
                url = url
            );
            let remedy = say!(
                en: "write url = \"https://{url}\", or of a folder url = \"./{url}\"",
                vi: "hãy viết url = \"https://{url}\", hoặc nếu là thư mục url = \"./{url}\"",
                url = url
            );
            said.refuse(why, remedy);
            None
        }
        "" => Some(base.join(&url).display().to_string()),
        _ => {
            let why = say!(
                en: "`{url}` is not an address that a board can ask",
                vi: "`{url}` không phải là địa chỉ mà bảng tin đọc được",
                url = url
            );
            let remedy = say!(
                en: "write an https:// address, or the path of a folder",
                vi: "hãy viết địa chỉ https:// hoặc đường dẫn tới một thư mục"
            );
            said.refuse(why, remedy);
            None
        }
    }
}
