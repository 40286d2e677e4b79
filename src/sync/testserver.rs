//! A small web server that misbehaves on demand, for tests. Threads and `std::net`, nothing else.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What to do with requests for one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trick {
    Status(u16),
    /// A log-in page.
    Html,
    /// Sends so many bytes of the body, then nothing more.
    StallAfter(usize),
    /// Sends so many bytes of the body, then closes.
    CutAfter(usize),
    /// Says that the body is so much longer than it is.
    ClaimMore(u64),
    /// Sends the file, and then goes on for ever without having said how long it is.
    Endless,
    /// Answers every range from the start with 200.
    IgnoreRange,
    /// Answers with another range than was asked for.
    WrongRange,
    /// Never answers.
    Silence,
    /// Sends a byte now and then.
    Drip(Duration),
    /// Sends this instead.
    Instead(Vec<u8>),
    RedirectTo(String),
    /// Sends this with these header lines besides.
    With(String, Vec<u8>),
    /// Says that it is packed with brotli, unless it was asked not to pack anything.
    BrotliUnlessTold,
}

/// One request and its answer, as bytes on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub path: String,
    pub status: u16,
    pub range: Option<String>,
    pub bytes_in: usize,
    pub bytes_out: usize,
    /// The how-manieth connection it came on.
    pub connection: usize,
}

#[derive(Default)]
struct State {
    tricks: HashMap<String, Vec<Trick>>,
    log: Vec<Arc<Mutex<Exchange>>>,
    connections: usize,
}

/// The server. Stops when dropped; connections that hang are left to end with the process.
pub struct TestServer {
    address: String,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
}

impl TestServer {
    pub fn serve(folder: PathBuf) -> TestServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (state, stop) = (Arc::<Mutex<State>>::default(), Arc::<AtomicBool>::default());
        let (shared, stopped) = (Arc::clone(&state), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { return };
                let (shared, stopped, folder) = (Arc::clone(&shared), Arc::clone(&stopped), folder.clone());
                let connection = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    state.connections
                };
                std::thread::spawn(move || {
                    let _ = talk(stream, connection, &shared, &stopped, &folder);
                });
            }
        });
        TestServer { address: format!("http://{address}"), state, stop }
    }

    pub fn address(&self) -> String {
        self.address.clone()
    }
    /// Plays this trick on the next requests for the path; the last given stays. None: behave again.
    pub fn trick(&self, path: &str, tricks: impl IntoIterator<Item = Trick>) {
        let mut tricks: Vec<Trick> = tricks.into_iter().collect();
        tricks.reverse();
        self.state.lock().unwrap().tricks.insert(path.into(), tricks);
    }
    pub fn behave(&self) {
        self.state.lock().unwrap().tricks.clear();
    }
    pub fn log(&self) -> Vec<Exchange> {
        self.state.lock().unwrap().log.iter().map(|exchange| exchange.lock().unwrap().clone()).collect()
    }
    pub fn forget(&self) {
        self.state.lock().unwrap().log.clear();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn talk(
    stream: TcpStream,
    connection: usize,
    shared: &Mutex<State>,
    stop: &AtomicBool,
    folder: &std::path::Path,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut line, mut bytes_in, mut headers) = (String::new(), 0, HashMap::new());
        if reader.read_line(&mut line)? == 0 || stop.load(Ordering::SeqCst) {
            return Ok(());
        }
        bytes_in += line.len();
        let path = line.split(' ').nth(1).unwrap_or("").trim_start_matches('/').to_owned();
        loop {
            let mut header = String::new();
            bytes_in += reader.read_line(&mut header)?;
            match header.trim_end().split_once(": ") {
                Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
                None => break,
            };
        }
        let trick = {
            let mut state = shared.lock().unwrap();
            let tricks = state.tricks.entry(path.clone()).or_default();
            if tricks.len() > 1 { tricks.pop() } else { tricks.last().cloned() }
        };
        let range = headers.get("range").cloned();
        let exchange = Arc::new(Mutex::new(Exchange {
            path: path.clone(),
            status: 0,
            range,
            bytes_in,
            bytes_out: 0,
            connection,
        }));
        shared.lock().unwrap().log.push(Arc::clone(&exchange));
        let mut answer = Answer { stream: stream.try_clone()?, exchange };
        if !reply(&mut answer, &path, &headers, trick.as_ref(), folder).unwrap_or(false) {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

/// Noted before it is sent: who has an answer finds it in the log.
struct Answer {
    stream: TcpStream,
    exchange: Arc<Mutex<Exchange>>,
}

impl Answer {
    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.exchange.lock().unwrap().bytes_out += bytes.len();
        self.stream.write_all(bytes)
    }
    fn head(&mut self, status: u16, more: &str, length: Option<u64>) -> std::io::Result<()> {
        self.exchange.lock().unwrap().status = status;
        let length = length.map_or(String::new(), |length| format!("Content-Length: {length}\r\n"));
        // What nginx sends besides.
        let date = "Server: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\n";
        self.send(format!("HTTP/1.1 {status} X\r\n{date}{more}{length}\r\n").as_bytes())
    }
    /// Until the other side has had enough.
    fn wait(&mut self) {
        let mut rest = [0; 64];
        while self.stream.read(&mut rest).is_ok_and(|count| count > 0) {}
    }
}

/// `true`: the connection stays.
fn reply(
    answer: &mut Answer,
    path: &str,
    headers: &HashMap<String, String>,
    trick: Option<&Trick>,
    folder: &std::path::Path,
) -> std::io::Result<bool> {
    let file = match trick {
        Some(Trick::Instead(bytes)) => Ok(bytes.clone()),
        _ => std::fs::read(folder.join(path)),
    };
    match trick {
        Some(Trick::Status(status)) => {
            answer.head(*status, "", Some(2))?;
            answer.send(b"no")?;
            return Ok(true);
        }
        Some(Trick::RedirectTo(address)) => {
            answer.head(302, &format!("Location: {address}\r\n"), Some(0))?;
            return Ok(true);
        }
        Some(Trick::Html) => {
            let page = b"<!DOCTYPE html><title>Dang nhap Wi-Fi</title>";
            answer.head(200, "Content-Type: application/octet-stream\r\n", Some(page.len() as u64))?;
            answer.send(page)?;
            return Ok(true);
        }
        Some(Trick::Silence) => {
            answer.wait();
            return Ok(false);
        }
        Some(Trick::With(lines, body)) => {
            answer.head(200, lines, Some(body.len() as u64))?;
            answer.send(body)?;
            return Ok(true);
        }
        Some(Trick::BrotliUnlessTold)
            if headers.get("accept-encoding").is_none_or(|asked| asked != "identity") =>
        {
            answer.head(200, "Content-Encoding: br\r\n", Some(4))?;
            answer.send(b"\x8b\x05\x80{")?;
            return Ok(true);
        }
        _ => {}
    }
    let Ok(file) = file else {
        answer.head(404, "", Some(0))?;
        return Ok(true);
    };
    let etag = format!(
        "\"{}-{:x}\"",
        file.len(),
        file.iter().fold(7u32, |sum, &b| sum.wrapping_mul(31).wrapping_add(u32::from(b)))
    );
    if headers.get("if-none-match") == Some(&etag) {
        answer.head(304, &format!("ETag: {etag}\r\n"), None)?;
        return Ok(true);
    }
    let more = format!("ETag: {etag}\r\nContent-Type: application/json\r\n");
    let asked = headers
        .get("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let (status, start) = match (asked, trick) {
        (_, Some(Trick::IgnoreRange)) | (None, _) => (200, 0),
        (Some(start), _) if start >= file.len() => {
            answer.head(416, "", Some(0))?;
            return Ok(true);
        }
        (Some(start), _) => (206, start),
    };
    let said = if trick == Some(&Trick::WrongRange) { start.saturating_sub(1) } else { start };
    let more = if status == 206 {
        format!("{more}Content-Range: bytes {said}-{}/{}\r\n", file.len() - 1, file.len())
    } else {
        more
    };
    let body = &file[start..];
    match trick {
        Some(Trick::StallAfter(count)) => {
            answer.head(status, &more, Some(body.len() as u64))?;
            answer.send(&body[..*count.min(&body.len())])?;
            answer.wait();
            Ok(false)
        }
        Some(Trick::CutAfter(count)) => {
            answer.head(status, &more, Some(body.len() as u64))?;
            answer.send(&body[..*count.min(&body.len())])?;
            Ok(false)
        }
        Some(Trick::ClaimMore(extra)) => {
            answer.head(status, &more, Some(body.len() as u64 + extra))?;
            answer.send(body)?;
            Ok(false)
        }
        Some(Trick::Endless) => {
            answer.head(status, &format!("{more}Connection: close\r\n"), None)?;
            answer.send(body)?;
            while answer.send(&[b' '; 4096]).is_ok() {}
            Ok(false)
        }
        Some(Trick::Drip(pause)) => {
            answer.head(status, &more, Some(body.len() as u64))?;
            for byte in body {
                answer.send(&[*byte])?;
                std::thread::sleep(*pause);
            }
            Ok(true)
        }
        _ => {
            answer.head(status, &more, Some(body.len() as u64))?;
            answer.send(body)?;
            Ok(true)
        }
    }
}
