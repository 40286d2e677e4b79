//! HTTP and HTTPS: one feed's files from a web server.
//!
//! Small requests (no compression, no cookies, HTTP/1.1 kept alive), bounded answers, and patience with an
//! end: to connect, between two pieces of a body, and for the whole of a document. A proxy is taken from the
//! environment.
//!
//! Whatever goes wrong is a [`Problem`] that names the address, what happened, and what to look at. Not one
//! of them makes a feed authentic or not: that is for `trust`.

use crate::problem::{Outcome, Problem, Text, chain};
use crate::say;
use crate::sync::tls::{self, Now};
use jiff::SignedDuration;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url};
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
            let moment = |name| {
                let text = headers.get(name)?.to_str().ok()?;
                jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
            };
            let (served, modified) = moment(header::DATE).zip(moment(header::LAST_MODIFIED))?;
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
}

/// The server says that this is a page for people.
pub fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"))
}

/// A web server's part of a feed: SITE's address and a kept-alive connection to it.
#[derive(Debug)]
pub struct Web {
    client: Client,
    base: Url,
    pub patience: Patience,
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
        Ok(Web { client, base, patience })
    }

    /// Asks for a whole document of at most `length_max` bytes, unless `known` is what the server has.
    pub async fn document(
        &self,
        path: &str,
        length_max: u64,
        known: Option<&Validator>,
    ) -> Outcome<Document> {
        match self.ask(path, length_max, known).await? {
            Answer::Document(document) => Ok(document),
            Answer::Page(url) => Err(a_page(&url)),
            Answer::Refused(url, status) => Err(refused(&url, status)),
        }
    }

    /// The same where a file that is not there is no fault: a page, or 403 from a store of files that may not
    /// be listed, says that it is not there.
    pub async fn document_if_any(&self, path: &str, length_max: u64) -> Outcome<Option<Vec<u8>>> {
        match self.ask(path, length_max, None).await? {
            Answer::Document(Document::Here { bytes, .. }) => Ok(Some(bytes)),
            Answer::Document(_) | Answer::Page(_) | Answer::Refused(_, StatusCode::FORBIDDEN) => Ok(None),
            Answer::Refused(url, status) => Err(refused(&url, status)),
        }
    }

    async fn ask(&self, path: &str, length_max: u64, known: Option<&Validator>) -> Outcome<Answer> {
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
            if is_page(&response) {
                return Ok(Answer::Page(url.clone()));
            }
            let validator = Validator::of(response.headers());
            let bytes = self.body(&url, response, length_max).await?;
            if bytes.trim_ascii_start().first() == Some(&b'<') {
                return Ok(Answer::Page(url.clone()));
            }
            Ok(Answer::Document(Document::Here { bytes, validator }))
        };
        within(self.patience.document.saturating_add(extra), all, &url).await
    }

    async fn body(&self, url: &Url, mut response: Response, length_max: u64) -> Outcome<Vec<u8>> {
        let too_long = || {
            problem(
                url,
                say!(en: "the server sends more than the {max} bytes that were expected",
                    vi: "máy chủ gửi nhiều hơn {max} byte đã định", max = length_max),
                say!(en: "copy the whole SITE folder to the web server again",
                    vi: "hãy chép lại toàn bộ thư mục SITE lên máy chủ web"),
            )
        };
        if response.content_length().is_some_and(|length| length > length_max) {
            return Err(too_long());
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| failed(url, &error))? {
            if (bytes.len() + piece.len()) as u64 > length_max {
                return Err(too_long());
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
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

    async fn send(&self, url: &Url, headers: HeaderMap) -> Outcome<Response> {
        self.client.get(url.clone()).headers(headers).send().await.map_err(|error| failed(url, &error))
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

/// An answer that is neither the file nor its absence.
pub fn refused(url: &Url, status: StatusCode) -> Problem {
    let code = status.as_u16();
    let remedy = if status.is_server_error() {
        say!(en: "look at the web server's log; it is tried again by itself",
            vi: "hãy xem nhật ký máy chủ web; máy sẽ tự thử lại")
    } else {
        say!(en: "check the address, and that the web server may be read without a password",
            vi: "hãy kiểm tra địa chỉ, và máy chủ web có cho đọc không cần mật khẩu không")
    };
    problem(url, say!(en: "the server answers {code}", vi: "máy chủ trả lời mã {code}", code = code), remedy)
}

/// A request or a body that failed, by its cause.
pub fn failed(url: &Url, error: &reqwest::Error) -> Problem {
    let why = chain(error);
    if error.is_timeout() {
        return stalled(url);
    }
    // A server that hangs up on the handshake leaves nothing but these words.
    if caused_by_tls(error) || (error.is_connect() && why.contains("tls handshake")) {
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
