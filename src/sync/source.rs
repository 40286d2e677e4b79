//! Where a feed comes from: a web server or a folder, behind the same questions.
//!
//! A folder is a mounted USB stick, or a SITE on the same machine. Its paths are made by `trust` from signed
//! names and cannot leave it; symbolic links in it are not followed.

use super::http::{
    Document, Patience, Validator, Web, a_page_for_media, begins_as_page, copied_as_text, cut_off, oddity,
    packed, packed_as,
};
use super::tls::{Now, TlsTime};
use super::unpack::{LineEnds, Packing, Unpacker, packing};
use crate::disk::{self, Disk, Local};
use crate::model::feed::lacks_scheme;
use crate::problem::{Outcome, Problem};
use crate::trust::{Fetch, Wanted};
use crate::{clock, say};
use jiff::Timestamp;
use reqwest::{StatusCode, Url};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A place that a feed is read from.
#[derive(Debug)]
pub enum Source {
    Web(Box<Web>),
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
            Some(("http" | "https", _)) => {
                Web::new(address, now, patience).map(|web| Source::Web(Box::new(web)))
            }
            Some(("file", path)) => Ok(Source::Folder(PathBuf::from(path))),
            Some(_) => Err(super::http::not_an_address(address, "unknown kind of address")),
            None if address.is_empty() => Err(super::http::not_an_address(address, "it is empty")),
            None if lacks_scheme(address) && !Path::new(address).exists() => Err(Problem::new(
                address,
                say!(en: "there is no such folder, and the address of a web server begins with https://",
                    vi: "không có thư mục này, còn địa chỉ máy chủ web phải bắt đầu bằng https://"),
                say!(en: "write it as https://{address}", vi: "hãy viết https://{address}"),
            )),
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
            Source::Web(web) => web.document(path, length_max, None, known).await,
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

    /// The document that a refresh wants next. Where its digest is known, a web server's bytes are taken in any form
    /// of which those with that digest can be made.
    pub async fn wanted(&self, wanted: &Wanted) -> Outcome<Option<Vec<u8>>> {
        if wanted.optional {
            return self.optional_document(&wanted.path, wanted.length_max).await;
        }
        let document = match self {
            Source::Web(web) => web.document(&wanted.path, wanted.length_max, wanted.sha256, None).await?,
            Source::Folder(_) => self.document(&wanted.path, wanted.length_max, None).await?,
        };
        Ok(match document {
            Document::Here { bytes, .. } => Some(bytes),
            Document::Absent | Document::NotModified => None,
        })
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
    if offset == 0 && unknown_packing(&response).is_some() && !web.was_told_not_to_pack() {
        web.packs(&url);
        (_, response) = web.open(path, offset).await?;
    }
    let at = match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get(reqwest::header::CONTENT_RANGE).and_then(|v| v.to_str().ok());
            let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
            // A part of a packed file is no part of the file.
            if start != Some(offset) || packed_as(&response).is_some() {
                return Ok(Delivery::NoSuchRange);
            }
            offset
        }
        StatusCode::OK => 0,
        StatusCode::RANGE_NOT_SATISFIABLE => return Ok(Delivery::NoSuchRange),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Delivery::Absent),
        status => return Err(web.refused(&url, status)),
    };
    let (length, header) = (response.content_length(), packed_as(&response));
    let sink = Sink { at, piece, line_ends: LineEnds::default(), problem: None };
    // How it is packed is known by how it begins.
    let mut start = Start::Unknown(sink);
    let mut came = 0;
    let mut pace = Pace { since: clock::instant(), bytes: 0 };
    while let Some(bytes) = response.chunk().await.map_err(|error| web.failed(&url, &error))? {
        let mut unpacker = match start {
            Start::Known(unpacker) => unpacker,
            Start::Unknown(sink) => {
                if at == 0 && begins_as_page(&bytes) {
                    return Err(a_page_for_media(&url));
                }
                let packing = if at == 0 { packing(header.as_deref(), &bytes) } else { Packing::Plain };
                if packing != Packing::Plain {
                    web.packs(&url);
                }
                Unpacker::new(&packing, sink)
                    .map(Box::new)
                    .ok_or_else(|| packed(&url, header.as_deref().unwrap_or_default()))?
            }
        };
        unpacker.write(&bytes).map_err(|error| explained(&mut unpacker, &url, &error))?;
        start = Start::Known(unpacker);
        came += bytes.len() as u64;
        pace.bytes += bytes.len() as u64;
        let now = clock::instant();
        if now.duration_since(pace.since) > web.patience.pace {
            if pace.bytes < super::http::MEDIA_PACE_BYTES {
                return Err(super::http::stalled(&url));
            }
            pace = Pace { since: now, bytes: 0 };
        }
    }
    if length.is_some_and(|length| came < length) {
        return Err(cut_off(&url));
    }
    if let Start::Known(mut unpacker) = start {
        unpacker.end().map_err(|error| explained(&mut unpacker, &url, &error))?;
    }
    Ok(Delivery::Whole)
}

enum Start<'p> {
    Unknown(Sink<'p>),
    Known(Box<Unpacker<Sink<'p>>>),
}

/// The name of a packing that is known by no other mark.
fn unknown_packing(response: &reqwest::Response) -> Option<String> {
    match packing(packed_as(response).as_deref(), &[]) {
        Packing::Other(name) => Some(name),
        _ => None,
    }
}

/// What the file's taker said; or why it could say nothing good.
fn explained(unpacker: &mut Unpacker<Sink<'_>>, url: &Url, error: &io::Error) -> Problem {
    let sink = unpacker.sink();
    match sink.problem.take() {
        Some(_) if sink.line_ends.were_changed() => copied_as_text(url),
        Some(problem) => problem,
        None if error.kind() == io::ErrorKind::UnexpectedEof => cut_off(url),
        None => packed(url, "gzip"),
    }
}

/// Where a long file goes, unpacked.
struct Sink<'p> {
    at: u64,
    piece: &'p mut dyn FnMut(u64, &[u8]) -> Outcome<()>,
    line_ends: LineEnds,
    problem: Option<Problem>,
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line_ends.see(bytes);
        if let Err(problem) = (self.piece)(self.at, bytes) {
            self.problem = Some(problem);
            return Err(io::ErrorKind::Other.into());
        }
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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

    /// What the web server says the time is; `None` where it does not, and for a folder.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub fn server_date(&self) -> Outcome<Option<Timestamp>> {
        match &self.source {
            Source::Web(web) => self.runtime.block_on(web.date()),
            Source::Folder(_) => Ok(None),
        }
    }

    /// What the web server did so far that boards can live with, and its keeper may want to know.
    pub fn oddities(&self) -> Vec<Problem> {
        match &self.source {
            Source::Web(web) => web.oddities().iter().map(|(odd, url)| oddity(*odd, url)).collect(),
            Source::Folder(_) => Vec::new(),
        }
    }
}

impl Fetch for Reader {
    fn fetch(&mut self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match self.runtime.block_on(self.source.document(path, length_max, None))? {
            Document::Here { bytes, .. } => Ok(Some(bytes)),
            Document::Absent | Document::NotModified => Ok(None),
        }
    }

    fn fetch_wanted(&mut self, wanted: &Wanted) -> Outcome<Option<Vec<u8>>> {
        self.runtime.block_on(self.source.wanted(wanted))
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
