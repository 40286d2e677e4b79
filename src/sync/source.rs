//! Where a feed comes from: a web server or a folder, behind the same questions.
//!
//! A folder is a mounted USB stick, or a SITE on the same machine. Its paths are made by `trust` from signed
//! names and cannot leave it; symbolic links in it are not followed.

use super::http::{Document, Patience, Validator, Web, a_page, cut_off, failed, is_page, refused};
use super::tls::{Now, TlsTime};
use crate::disk::{self, Disk, Local};
use crate::problem::{Outcome, Problem};
use crate::trust::Fetch;
use crate::{clock, say};
use reqwest::StatusCode;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// A place that a feed is read from.
#[derive(Debug)]
pub enum Source {
    Web(Web),
    Folder(PathBuf),
}

/// Says what is wrong with a feed's address, without asking anybody.
pub fn check_address(address: &str) -> Outcome<()> {
    Source::open(address, own_clock(), Patience::default()).map(|_| ())
}

/// A person's own machine: its clock is the best there is.
fn own_clock() -> Now {
    Arc::new(|| TlsTime { at: clock::system(), is_floor: false })
}

impl Source {
    /// Prepares to read the feed at `address`: http, https, `file://`, or the path of a folder.
    pub fn open(address: &str, now: Now, patience: Patience) -> Outcome<Source> {
        match address.split_once("://") {
            Some(("http" | "https", _)) => Web::new(address, now, patience).map(Source::Web),
            Some(("file", path)) => Ok(Source::Folder(PathBuf::from(path))),
            Some(_) => Err(super::http::not_an_address(address, "unknown kind of address")),
            None if address.is_empty() => Err(super::http::not_an_address(address, "it is empty")),
            None => Ok(Source::Folder(PathBuf::from(address))),
        }
    }

    /// A whole document of at most `length_max` bytes.
    pub async fn document(
        &self,
        path: &str,
        length_max: u64,
        known: Option<&Validator>,
    ) -> Outcome<Document> {
        match self {
            Source::Web(web) => web.document(path, length_max, known).await,
            Source::Folder(folder) => {
                let file = folder.join(path);
                match Local::within(folder).read(&file, length_max) {
                    Ok(bytes) => Ok(Document::Here { bytes, validator: None }),
                    Err(error) if error.kind() == io::ErrorKind::NotFound && folder.is_dir() => {
                        Ok(Document::Absent)
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        Err(disk::problem(folder, &error))
                    }
                    Err(error) => Err(disk::problem(&file, &error)),
                }
            }
        }
    }

    /// The same where a file that is not there is no fault. A server that answers everything with a page, or
    /// forbids what is not there, says that it is not there.
    pub async fn optional_document(&self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match self {
            Source::Web(web) => web.document_if_any(path, length_max).await,
            Source::Folder(_) => match self.document(path, length_max, None).await? {
                Document::Here { bytes, .. } => Ok(Some(bytes)),
                _ => Ok(None),
            },
        }
    }

    /// Gives `piece` a long file from byte `offset` on, or from its start: `piece` is told where each begins.
    pub async fn long_file(
        &self,
        path: &str,
        offset: u64,
        piece: &mut dyn FnMut(u64, &[u8]) -> Outcome<()>,
    ) -> Outcome<Delivery> {
        match self {
            Source::Web(web) => from_web(web, path, offset, piece).await,
            Source::Folder(folder) => {
                let file = folder.join(path);
                let fault = |error: io::Error| disk::problem(&file, &error);
                let mut open = match Local::within(folder).open(&file) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Delivery::Absent),
                    other => other.map_err(fault)?,
                };
                let (mut at, mut buffer) = (0, vec![0; 256 << 10]);
                loop {
                    let count = open.read(&mut buffer).map_err(fault)?;
                    if count == 0 {
                        return Ok(Delivery::Whole);
                    }
                    piece(at, &buffer[..count])?;
                    at += count as u64;
                    // A film must not keep this thread from polling.
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

/// How a long file was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    Absent,
    /// The server has nothing from that offset on.
    NoSuchRange,
}

async fn from_web(
    web: &Web,
    path: &str,
    offset: u64,
    piece: &mut dyn FnMut(u64, &[u8]) -> Outcome<()>,
) -> Outcome<Delivery> {
    let (url, mut response) = web.open(path, offset).await?;
    let mut at = match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get(reqwest::header::CONTENT_RANGE).and_then(|v| v.to_str().ok());
            let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
            if start != Some(offset) {
                return Ok(Delivery::NoSuchRange);
            }
            offset
        }
        StatusCode::OK => 0,
        StatusCode::RANGE_NOT_SATISFIABLE => return Ok(Delivery::NoSuchRange),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Delivery::Absent),
        status => return Err(refused(&url, status)),
    };
    if is_page(&response) {
        return Err(a_page(&url));
    }
    let expected = response.content_length().map(|length| at + length);
    let mut pace = Pace { since: clock::instant(), bytes: 0 };
    while let Some(bytes) = response.chunk().await.map_err(|error| failed(&url, &error))? {
        piece(at, &bytes)?;
        at += bytes.len() as u64;
        pace.bytes += bytes.len() as u64;
        let now = clock::instant();
        if now.duration_since(pace.since) > web.patience.pace {
            if pace.bytes < super::http::MEDIA_PACE_BYTES {
                return Err(super::http::stalled(&url));
            }
            pace = Pace { since: now, bytes: 0 };
        }
    }
    if expected.is_some_and(|expected| at < expected) {
        return Err(cut_off(&url));
    }
    Ok(Delivery::Whole)
}

struct Pace {
    since: std::time::Instant,
    bytes: u64,
}

/// A feed read by a command, which waits for each file: for `bangtin feed check`.
#[derive(Debug)]
pub struct Reader {
    runtime: tokio::runtime::Runtime,
    source: Source,
}

impl Reader {
    /// Prepares to read the feed at `address`; nothing is asked yet.
    pub fn open(address: &str) -> Outcome<Reader> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Problem::new(
                address,
                say!(en: "no network here: {error}", vi: "không dùng được mạng: {error}", error = error),
                say!(en: "check the limits of this process", vi: "hãy kiểm tra giới hạn của tiến trình này"),
            )
        })?;
        let source = Source::open(address, own_clock(), Patience::default())?;
        Ok(Reader { runtime, source })
    }
}

impl Fetch for Reader {
    fn fetch(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match self.runtime.block_on(self.source.document(path, length_max, None))? {
            Document::Here { bytes, .. } => Ok(Some(bytes)),
            Document::Absent | Document::NotModified => Ok(None),
        }
    }

    fn fetch_optional(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        self.runtime.block_on(self.source.optional_document(path, length_max))
    }

    fn read(&mut self, path: &str, piece: &mut dyn FnMut(&[u8]) -> Outcome<()>) -> Outcome<bool> {
        let mut in_order = |_: u64, bytes: &[u8]| piece(bytes);
        let delivery = self.runtime.block_on(self.source.long_file(path, 0, &mut in_order))?;
        Ok(delivery == Delivery::Whole)
    }
}
