//! HTTP and HTTPS: one feed's files from a web server.
//!
//! Small requests (no compression, no cookies, HTTP/1.1 kept alive), bounded answers, and patience with an
//! end: to connect, between two pieces of a body, and for the whole of a document. A proxy is taken from the
//! environment.
//!
//! Web servers are taken as they are: what one packed unasked is unpacked, and what it calls a page is looked at before
//! it is believed to be one. What is odd and harmless is an [`Oddity`], for whoever keeps the server.
//!
//! Whatever goes wrong is a [`Problem`] that names the address, what happened, and what to look at. Not one
//! of them makes a feed authentic or not: that is for `trust`.

use crate::model::media::Sha256;
use crate::problem::{Outcome, Problem, Text, chain};
use crate::say;
use crate::sync::proxy::{Proxies, Proxy};
use crate::sync::tls::{self, Now};
use crate::sync::unpack::{self, Change, Packing};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url};
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::future::Future;
use std::time::Duration;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub connect: Duration,
    /// Without a single byte.
    pub silence: Duration,
    /// For a whole document, and a second more for each [`bytes_per_second`](Patience::bytes_per_second).
    pub document: Duration,
    /// The slowest link that is still of use.
    pub bytes_per_second: u64,
    /// Within this time a long body must have brought [`MEDIA_PACE_BYTES`].
    pub pace: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            document: Duration::from_secs(30),
            bytes_per_second: 2_048,
            pace: Duration::from_secs(60),
        }
    }
}

/// Less than this within [`Patience::pace`] is a stalled body that drips.
pub const MEDIA_PACE_BYTES: u64 = 16_384;

/// How long after a change a modification time, which counts seconds, says for sure which version it is.
const SETTLED: SignedDuration = SignedDuration::from_secs(2);

/// What tells a server which version of a file is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    name: header::HeaderName,
    value: HeaderValue,
}

impl Validator {
    /// A file that changed within a second of being served may change again within the same second, under the
    /// same modification time and, on servers that make it from that, the same entity tag (RFC 9110, 8.8.2.2):
    /// such an answer gives no validator, and the next poll asks for the whole small file once more.
    fn of(headers: &HeaderMap) -> Option<Validator> {
        if headers.contains_key(header::LAST_MODIFIED) {
            let moments = moment(headers, header::DATE).zip(moment(headers, header::LAST_MODIFIED));
            let (served, modified) = moments?;
            if served.duration_since(modified) < SETTLED {
                return None;
            }
        }
        let from =
            |given, asked| headers.get(given).map(|value| Validator { name: asked, value: value.clone() });
        from(header::ETAG, header::IF_NONE_MATCH)
            .or_else(|| from(header::LAST_MODIFIED, header::IF_MODIFIED_SINCE))
    }
}

/// An answer to a request for a whole document.
#[derive(Debug, PartialEq, Eq)]
pub enum Document {
    NotModified,
    Absent,
    Here { bytes: Vec<u8>, validator: Option<Validator> },
}

enum Answer {
    Document(Document),
    Page(Url),
    Refused(Url, StatusCode),
    /// Packed in a way that nobody here can unpack.
    Packed(Url, String),
}

/// What a server does that boards can live with, and its keeper may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    Packs,
    /// Files are called web pages that are none.
    CallsFilesPages,
    ByteOrderMark,
    LineEnds,
}

fn moment(headers: &HeaderMap, name: header::HeaderName) -> Option<Timestamp> {
    let text = headers.get(name)?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// The server says that this is a page for people.
fn is_called_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"))
}

/// No file of a feed begins so: documents are JSON, and media are pictures, films and sounds.
pub fn begins_as_page(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start().first() == Some(&b'<')
}

/// A packed file may be longer than its content by its head, its check and what could not be packed; one with a byte
/// order mark or changed line ends by those.
const PACKED_MORE_BYTES: u64 = 1024;

/// A web server's part of a feed: SITE's address and a kept-alive connection to it.
#[derive(Debug)]
pub struct Web {
    client: Client,
    base: Url,
    pub patience: Patience,
    proxies: Proxies,
    /// It has packed something unasked: from now on it is told not to.
    plain: Cell<bool>,
    oddities: RefCell<Vec<(Oddity, Url)>>,
}

impl Web {
    /// Prepares requests; nothing is sent yet.
    pub fn new(address: &str, now: Now, patience: Patience) -> Outcome<Web> {
        let mut base = Url::parse(address).map_err(|error| not_an_address(address, &error.to_string()))?;
        if base.host_str().is_none_or(str::is_empty) {
            return Err(not_an_address(address, "no host name"));
        }
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let tls = tls::config(now).map_err(|error| not_an_address(address, &error.to_string()))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .user_agent("bangtin")
            .referer(false)
            .redirect(reqwest::redirect::Policy::limited(4))
            .connect_timeout(patience.connect)
            .read_timeout(patience.silence)
            // Longer than the time between polls: a poll with no news should not need a new connection.
            .pool_idle_timeout(Duration::from_secs(600))
            .tcp_keepalive(Duration::from_secs(30))
            .build()
            .map_err(|error| not_an_address(address, &chain(&error)))?;
        let proxies = Proxies::from_env();
        let (plain, oddities) = (Cell::new(false), RefCell::default());
        Ok(Web { client, base, patience, proxies, plain, oddities })
    }

    /// Asks for a whole document of at most `length_max` bytes, unless `known` is what the server has. `sha256`: its
    /// signed digest, where that is known beforehand.
    pub async fn document(
        &self,
        path: &str,
        length_max: u64,
        sha256: Option<Sha256>,
        known: Option<&Validator>,
    ) -> Outcome<Document> {
        match self.ask(path, length_max, sha256, known).await? {
            Answer::Document(document) => Ok(document),
            Answer::Page(url) => Err(a_page(&url)),
            Answer::Refused(url, status) => Err(self.refused(&url, status)),
            Answer::Packed(url, packing) => Err(packed(&url, &packing)),
        }
    }

    /// The same where a file that is not there is no fault: a page, or 403 from a store of files that may not
    /// be listed, says that it is not there.
    pub async fn document_if_any(&self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match self.ask(path, length_max, None, None).await? {
            Answer::Document(Document::Here { bytes, .. }) => Ok(Some(bytes)),
            Answer::Document(_) | Answer::Page(_) | Answer::Refused(_, StatusCode::FORBIDDEN) => Ok(None),
            Answer::Refused(url, status) => Err(self.refused(&url, status)),
            Answer::Packed(url, packing) => Err(packed(&url, &packing)),
        }
    }

    /// What the server says the time is.
    pub async fn date(&self) -> Outcome<Option<Timestamp>> {
        let url = self.url("metadata/timestamp.json")?;
        let response = within(self.patience.document, self.send(&url, HeaderMap::new()), &url).await?;
        let headers = response.headers();
        // A cache gives the date of what it holds, and how long ago that was (RFC 9111, 5.1).
        let age = headers.get(header::AGE).and_then(|age| age.to_str().ok()?.trim().parse().ok());
        let age =
            SignedDuration::from_secs(age.filter(|age| (0..=i64::from(u32::MAX)).contains(age)).unwrap_or(0));
        Ok(moment(headers, header::DATE).and_then(|date| date.checked_add(age).ok()))
    }

    /// What was odd and harmless so far, with the first address where it was seen.
    pub fn oddities(&self) -> Vec<(Oddity, Url)> {
        self.oddities.borrow().clone()
    }

    pub fn note(&self, oddity: Oddity, url: &Url) {
        let mut oddities = self.oddities.borrow_mut();
        if oddities.iter().all(|(known, _)| *known != oddity) {
            oddities.push((oddity, url.clone()));
        }
    }

    async fn ask(
        &self,
        path: &str,
        length_max: u64,
        sha256: Option<Sha256>,
        known: Option<&Validator>,
    ) -> Outcome<Answer> {
        let told = self.plain.get();
        match self.ask_once(path, length_max, sha256, known).await? {
            // It may leave it as it is when told to.
            Answer::Packed(..) if !told => self.ask_once(path, length_max, sha256, None).await,
            answer => Ok(answer),
        }
    }

    async fn ask_once(
        &self,
        path: &str,
        length_max: u64,
        sha256: Option<Sha256>,
        known: Option<&Validator>,
    ) -> Outcome<Answer> {
        let extra = Duration::from_secs(length_max / self.patience.bytes_per_second.max(1));
        let url = self.url(path)?;
        let all = async {
            let mut headers = HeaderMap::new();
            if let Some(known) = known {
                headers.insert(known.name.clone(), known.value.clone());
            }
            let response = self.send(&url, headers).await?;
            match response.status() {
                StatusCode::NOT_MODIFIED if known.is_some() => {
                    return Ok(Answer::Document(Document::NotModified));
                }
                StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Answer::Document(Document::Absent)),
                StatusCode::OK => {}
                status => return Ok(Answer::Refused(url.clone(), status)),
            }
            let (validator, called_page) = (Validator::of(response.headers()), is_called_page(&response));
            let header = packed_as(&response);
            let Some(bytes) = self.body(&url, response, length_max).await? else {
                return Ok(Answer::Page(url.clone()));
            };
            let bytes = match unpack::packing(header.as_deref(), &bytes) {
                Packing::Plain => bytes,
                Packing::Other(name) => {
                    self.packs(&url);
                    return Ok(Answer::Packed(url.clone(), name));
                }
                packing => {
                    self.packs(&url);
                    unpack::document(&bytes, &packing, length_max).map_err(|error| match error.kind() {
                        std::io::ErrorKind::FileTooLarge => too_long(&url, length_max),
                        _ => cut_off(&url),
                    })?
                }
            };
            if begins_as_page(&bytes) {
                return Ok(Answer::Page(url.clone()));
            }
            if called_page {
                self.note(Oddity::CallsFilesPages, &url);
            }
            let (bytes, change) = unpack::as_signed(bytes, sha256);
            if bytes.len() as u64 > length_max {
                return Err(too_long(&url, length_max));
            }
            match change {
                Some(Change::ByteOrderMark) => self.note(Oddity::ByteOrderMark, &url),
                Some(Change::LineEnds) => self.note(Oddity::LineEnds, &url),
                None => {}
            }
            Ok(Answer::Document(Document::Here { bytes, validator }))
        };
        within(self.patience.document.saturating_add(extra), all, &url).await
    }

    /// The server packs what nobody asked it to: from now on it is told so.
    pub fn packs(&self, url: &Url) {
        self.plain.set(true);
        self.note(Oddity::Packs, url);
    }

    pub fn was_told_not_to_pack(&self) -> bool {
        self.plain.get()
    }

    /// As it came; `None` as soon as it turns out to be a page.
    async fn body(&self, url: &Url, mut response: Response, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        let said = response.content_length();
        // As it was sent it may be longer than as it was signed; what comes of it is held to `length_max`.
        let most = length_max.saturating_add(PACKED_MORE_BYTES + length_max / 16);
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.failed(url, &error))? {
            if bytes.is_empty() {
                if begins_as_page(&piece) {
                    return Ok(None);
                }
                if said.is_some_and(|length| length > most) {
                    return Err(too_long(url, length_max));
                }
            }
            if (bytes.len() + piece.len()) as u64 > most {
                return Err(too_long(url, length_max));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(bytes))
    }

    /// Asks for a long file from `offset` on. The caller reads the body, by [`failed`] and its own pace.
    pub async fn open(&self, path: &str, offset: u64) -> Outcome<(Url, Response)> {
        let url = self.url(path)?;
        let mut headers = HeaderMap::new();
        // No If-Range: the name is the content's digest, so what is there under it never changes, and a
        // server that mixes two files is found out by that digest.
        if offset > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={offset}-"))
        {
            headers.insert(header::RANGE, range);
        }
        let answer = within(self.patience.document, self.send(&url, headers), &url).await?;
        Ok((url, answer))
    }

    async fn send(&self, url: &Url, mut headers: HeaderMap) -> Outcome<Response> {
        // Only where it is needed: it would make every poll longer.
        if self.plain.get() {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        self.client.get(url.clone()).headers(headers).send().await.map_err(|error| self.failed(url, &error))
    }

    /// An answer that is neither the file nor its absence.
    pub fn refused(&self, url: &Url, status: StatusCode) -> Problem {
        match status {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => asks_for_password(url, self.proxies.of(url)),
            status => refused(url, status),
        }
    }

    /// A request or a body that failed, by its cause.
    pub fn failed(&self, url: &Url, error: &reqwest::Error) -> Problem {
        let proxy = self.proxies.of(url).filter(|_| error.is_connect());
        let Some(proxy) = proxy.filter(|_| !is_about_tls(error)) else { return failed(url, error) };
        let why = chain(error);
        if why.contains("proxy authorization required") {
            return asks_for_password(url, Some(proxy));
        }
        let Proxy { address, variable } = proxy;
        problem(
            url,
            say!(en: "the proxy {address}, set in `{variable}`, cannot be reached or lets nothing through: {why}",
                vi: "không kết nối được qua proxy {address}, đặt trong biến `{variable}`: {why}",
                address = address, variable = variable, why = why),
            say!(en: "start the proxy, correct `{variable}`, or take it out where this network needs no proxy",
                vi: "hãy bật lại proxy, sửa `{variable}`, hoặc bỏ biến này nếu mạng không cần proxy", variable = variable),
        )
    }

    fn url(&self, path: &str) -> Outcome<Url> {
        self.base.join(path).map_err(|error| not_an_address(path, &error.to_string()))
    }
}

/// Gives up when it takes longer.
pub async fn within<T>(limit: Duration, work: impl Future<Output = Outcome<T>>, url: &Url) -> Outcome<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(stalled(url)))
}

fn problem(url: &Url, why: Text, remedy: Text) -> Problem {
    let mut shown = url.clone();
    // A password in the address is nobody's business who reads a screen or a log.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    Problem::new(shown.to_string(), why, remedy)
}

/// An address that cannot be one.
pub fn not_an_address(address: &str, why: &str) -> Problem {
    Problem::new(
        address,
        say!(en: "this is not the address of a feed: {why}", vi: "đây không phải địa chỉ nguồn tin: {why}", why = why),
        say!(en: "give an http or https address, or a folder",
            vi: "hãy dùng địa chỉ http, https, hoặc một thư mục"),
    )
}

/// No byte for too long.
pub fn stalled(url: &Url) -> Problem {
    problem(
        url,
        say!(en: "the server stopped answering", vi: "máy chủ ngừng trả lời"),
        say!(en: "check the network; it is tried again by itself", vi: "hãy kiểm tra mạng; máy sẽ tự thử lại"),
    )
}

/// A body that ended before its end.
pub fn cut_off(url: &Url) -> Problem {
    problem(
        url,
        say!(en: "the connection was cut off in the middle of the file", vi: "kết nối bị ngắt khi đang tải tệp"),
        say!(en: "nothing: it is resumed by itself; if it happens often, check the network",
            vi: "không cần làm gì: máy sẽ tự tải tiếp; nếu lặp lại nhiều lần, hãy kiểm tra mạng"),
    )
}

/// A page where there should be data: a hotel's, a mobile operator's, or a server's own.
pub fn a_page(url: &Url) -> Problem {
    problem(
        url,
        say!(en: "a web page came instead of the feed: the network may be asking somebody to log in",
            vi: "nhận được một trang web thay vì nguồn tin: có thể mạng đang đòi đăng nhập"),
        say!(en: "open a browser on this network and log in, or check the address",
            vi: "hãy mở trình duyệt trên mạng này để đăng nhập, hoặc kiểm tra địa chỉ"),
    )
}

fn refused(url: &Url, status: StatusCode) -> Problem {
    let code = status.as_u16();
    let remedy = match status {
        _ if status.is_server_error() => {
            say!(en: "look at the web server's log; it is tried again by itself",
            vi: "hãy xem nhật ký máy chủ web; máy sẽ tự thử lại")
        }
        StatusCode::FORBIDDEN => say!(
            en: "check that the file is on the web server, and that everybody may read it without a password",
            vi: "hãy kiểm tra tệp có trên máy chủ web không, và ai cũng đọc được mà không cần mật khẩu không"),
        _ => say!(en: "check the address, and that the web server may be read without a password",
            vi: "hãy kiểm tra địa chỉ, và máy chủ web có cho đọc không cần mật khẩu không"),
    };
    problem(url, say!(en: "the server answers {code}", vi: "máy chủ trả lời mã {code}", code = code), remedy)
}

/// 407. A proxy that nobody set here stands in the way by itself.
fn asks_for_password(url: &Url, proxy: Option<Proxy>) -> Problem {
    let (why, remedy) = match proxy {
        Some(Proxy { address, variable }) => (
            say!(en: "the proxy {address}, set in `{variable}`, asks for a password",
                vi: "proxy {address}, đặt trong biến `{variable}`, đòi mật khẩu", address = address, variable = variable),
            say!(en: "write its name and password there: {variable}=http://NAME:PASSWORD@{address}",
                vi: "hãy ghi tên và mật khẩu vào đó: {variable}=http://TÊN:MẬT-KHẨU@{address}",
                address = address, variable = variable),
        ),
        None => (
            say!(en: "a proxy on the way asks for a password", vi: "một proxy trên đường đòi mật khẩu"),
            say!(en: "ask who keeps the network, and set http_proxy=http://NAME:PASSWORD@PROXY:PORT",
                vi: "hãy hỏi người quản lý mạng, rồi đặt http_proxy=http://TÊN:MẬT-KHẨU@PROXY:CỔNG"),
        ),
    };
    problem(url, why, remedy)
}

fn too_long(url: &Url, length_max: u64) -> Problem {
    problem(
        url,
        say!(en: "the server sends more than the {max} bytes that were expected",
            vi: "máy chủ gửi nhiều hơn {max} byte đã định", max = length_max),
        say!(en: "copy the whole SITE folder to the web server again",
            vi: "hãy chép lại toàn bộ thư mục SITE lên máy chủ web"),
    )
}

/// How to make a server leave files as they are.
fn send_as_they_are() -> Text {
    say!(en: "turn off compression for this folder on the web server (nginx: gzip off; Apache: SetEnv no-gzip 1)",
        vi: "hãy tắt chức năng nén cho thư mục này trên máy chủ web (nginx: gzip off; Apache: SetEnv no-gzip 1)")
}

/// Packed in a way that nobody asked for and nobody here can undo.
pub fn packed(url: &Url, packing: &str) -> Problem {
    problem(
        url,
        say!(en: "the server compresses the file (`{packing}`), though it was told not to",
            vi: "máy chủ nén tệp (`{packing}`) dù đã được yêu cầu không nén", packing = packing),
        send_as_they_are(),
    )
}

/// A page where a picture, film or sound should be, after the feed's documents came as they should.
pub fn a_page_for_media(url: &Url) -> Problem {
    problem(
        url,
        say!(en: "a web page came instead of this file: the server answers so for what it does not have, or the network asks somebody to log in",
            vi: "nhận được một trang web thay vì tệp này: máy chủ trả lời như vậy khi không có tệp, hoặc mạng đòi đăng nhập"),
        say!(en: "copy `media` of the SITE folder to the web server again; if no other file comes either, log in with a browser on this network",
            vi: "hãy chép lại thư mục `media` của SITE lên máy chủ web; nếu các tệp khác cũng không tải được, hãy đăng nhập mạng bằng trình duyệt"),
    )
}

/// A carriage return was put before each line feed: nothing can tell any more which were there before.
pub fn copied_as_text(url: &Url) -> Problem {
    problem(
        url,
        say!(en: "this file was changed when it was copied: every line end in it is now that of Windows",
            vi: "tệp này đã bị đổi khi chép: mọi dấu xuống dòng trong đó đã thành kiểu Windows"),
        say!(en: "copy SITE to the web server again in binary mode (FTP: `binary`; git: `* -text` in .gitattributes), not as text",
            vi: "hãy chép lại SITE lên máy chủ web ở chế độ nhị phân (FTP: `binary`; git: `* -text` trong .gitattributes), không chép dạng văn bản"),
    )
}

/// What is odd and harmless, as people read it.
pub fn oddity(oddity: Oddity, url: &Url) -> Problem {
    let (why, remedy) = match oddity {
        Oddity::Packs => (
            say!(en: "the server compresses files though nobody asked; boards unpack them, but cannot go on with a film that was cut off",
                vi: "máy chủ tự nén tệp dù không ai yêu cầu; bảng tự giải nén được, nhưng không tải tiếp được phim bị ngắt giữa chừng"),
            send_as_they_are(),
        ),
        Oddity::CallsFilesPages => (
            say!(en: "the server calls this file a web page (text/html); boards look at what is in it",
                vi: "máy chủ báo tệp này là trang web (text/html); bảng tự xem nội dung nên vẫn nhận"),
            say!(en: "have it send files without an ending as application/octet-stream",
                vi: "hãy đặt để máy chủ gửi tệp không có đuôi dưới dạng application/octet-stream"),
        ),
        Oddity::ByteOrderMark => (
            say!(en: "there is a byte order mark before the JSON, which was not signed; boards leave it out",
                vi: "trước JSON có dấu thứ tự byte (BOM) không được ký; bảng tự bỏ đi"),
            say!(en: "copy SITE to the web server as it is, and open none of its files in an editor",
                vi: "hãy chép SITE lên máy chủ web nguyên như cũ, không mở tệp nào trong đó bằng trình soạn thảo"),
        ),
        Oddity::LineEnds => (
            say!(en: "its line ends were changed when it was copied; boards undo it here, and cannot in pictures, films and sounds",
                vi: "dấu xuống dòng đã bị đổi khi chép; ở đây bảng tự sửa được, còn ảnh, phim, tiếng thì không"),
            copied_as_text(url).remedy,
        ),
    };
    problem(url, why, remedy)
}

/// The name of the packing that the server gives.
pub fn packed_as(response: &Response) -> Option<String> {
    Some(response.headers().get(header::CONTENT_ENCODING)?.to_str().ok()?.to_owned())
}

fn failed(url: &Url, error: &reqwest::Error) -> Problem {
    let why = chain(error);
    if error.is_timeout() {
        return stalled(url);
    }
    if is_about_tls(error) {
        return problem(
            url,
            say!(en: "no secure connection: {why}", vi: "không tạo được kết nối an toàn: {why}", why = why),
            say!(en: "check this machine's clock, the server's certificate, and that `ca-certificates` is installed",
                vi: "hãy kiểm tra đồng hồ máy, chứng chỉ của máy chủ, và gói `ca-certificates`"),
        );
    }
    if error.is_body() || error.is_decode() {
        return cut_off(url);
    }
    if error.is_redirect() {
        return a_page(url);
    }
    problem(
        url,
        say!(en: "the server cannot be reached: {why}", vi: "không kết nối được máy chủ: {why}", why = why),
        say!(en: "check the network and the address; it is tried again by itself",
            vi: "hãy kiểm tra mạng và địa chỉ; máy sẽ tự thử lại"),
    )
}

/// A server that hangs up on the handshake leaves nothing but its words.
fn is_about_tls(error: &reqwest::Error) -> bool {
    caused_by_tls(error) || (error.is_connect() && chain(error).contains("tls handshake"))
}

fn caused_by_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        // What an I/O error wraps is not its source but the source of it.
        cause = match error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_a_moment_ago_gives_no_validator() {
        let headers = |date: &str, modified: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ETAG, HeaderValue::from_static("\"6565-400\""));
            headers.insert(header::DATE, HeaderValue::from_str(date).unwrap());
            headers.insert(header::LAST_MODIFIED, HeaderValue::from_str(modified).unwrap());
            headers
        };
        let modified = "Tue, 24 Nov 2026 01:18:20 GMT";
        assert_eq!(Validator::of(&headers("Tue, 24 Nov 2026 01:18:20 GMT", modified)), None);
        assert_eq!(Validator::of(&headers("Tue, 24 Nov 2026 01:18:21 GMT", modified)), None);
        let settled = Validator::of(&headers("Tue, 24 Nov 2026 01:18:22 GMT", modified)).unwrap();
        assert_eq!(settled.name, header::IF_NONE_MATCH);
        assert_eq!(Validator::of(&headers("a while ago", modified)), None);
        let mut no_time = HeaderMap::new();
        no_time.insert(header::ETAG, HeaderValue::from_static("\"sha-of-content\""));
        assert!(Validator::of(&no_time).is_some());
    }
}
