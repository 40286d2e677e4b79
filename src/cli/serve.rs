//! A folder over HTTP on this machine alone, for the demo: GET and HEAD, one range, entity tags, kept-alive
//! connections. A real feed is served by a real web server; this one exists so that the demo needs none.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Serves until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

const REQUEST_BYTES_MAX: u64 = 16 << 10;
const IDLE: Duration = Duration::from_secs(120);

impl Server {
    /// On a free port of 127.0.0.1, or on the one given.
    pub fn start(folder: &Path, port: u16) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, folder) = (stop.clone(), Arc::new(folder.to_owned()));
        let listener = std::thread::Builder::new().name("demo-server".into()).spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                let (folder, stopped) = (folder.clone(), stopped.clone());
                // A connection that cannot be served is dropped: the client tries again.
                let _ = std::thread::Builder::new()
                    .name("demo-connection".into())
                    .spawn(move || connection(stream, &folder, &stopped));
            }
        })?;
        Ok(Server { address, stop, listener: Some(listener) })
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the listener, which then closes its port.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(listener) = self.listener.take().filter(|_| woken) {
            // A panic there has been printed, and there is nothing to save.
            let _ = listener.join();
        }
    }
}

fn connection(stream: TcpStream, folder: &Path, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while !stop.load(Ordering::Acquire) {
        let Some(request) = Request::read(&mut reader)? else { return Ok(()) };
        if stop.load(Ordering::Acquire) {
            return Ok(());
        }
        request.answer(folder, &mut writer)?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Request {
    method: String,
    path: String,
    if_none_match: Option<String>,
    if_range: Option<String>,
    range: Option<String>,
}

impl Request {
    /// `None` at the end of the connection.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
        let mut lines = reader.take(REQUEST_BYTES_MAX);
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut request = Request { method: method.into(), path: path.into(), ..Request::default() };
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok(Some(request));
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = Some(value.trim().to_owned());
            match name.to_ascii_lowercase().as_str() {
                "if-none-match" => request.if_none_match = value,
                "if-range" => request.if_range = value,
                "range" => request.range = value,
                _ => {}
            }
        }
    }

    fn file(&self, folder: &Path) -> Option<(File, u64, String)> {
        let path = self.path.split(['?', '#']).next()?.trim_start_matches('/');
        let relative = PathBuf::from(path);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let file = File::open(folder.join(relative)).ok()?;
        let about = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let tag = format!("\"{:x}-{:x}-{:x}\"", about.ino(), about.len(), about.mtime_nsec() ^ about.mtime());
        Some((file, about.len(), tag))
    }

    fn answer(&self, folder: &Path, out: &mut impl Write) -> io::Result<()> {
        if !matches!(self.method.as_str(), "GET" | "HEAD") {
            return out.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
        }
        let Some((mut file, length, tag)) = self.file(folder) else {
            return out.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        };
        if self.if_none_match.as_deref() == Some(tag.as_str()) {
            return write!(out, "HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n");
        }
        let same = self.if_range.as_ref().is_none_or(|wanted| *wanted == tag);
        let start =
            self.range.as_deref().filter(|_| same).and_then(range_start).filter(|start| *start < length);
        let body = length - start.unwrap_or(0);
        let head = match start {
            Some(start) => format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{length}\r\n",
                length - 1
            ),
            None => "HTTP/1.1 200 OK\r\n".to_owned(),
        };
        write!(out, "{head}ETag: {tag}\r\nContent-Length: {body}\r\nAccept-Ranges: bytes\r\n\r\n")?;
        if self.method == "GET" {
            file.seek(SeekFrom::Start(start.unwrap_or(0)))?;
            io::copy(&mut file.take(body), out)?;
        }
        out.flush()
    }
}

/// `bytes=START-`: all that a resumed download asks for.
fn range_start(range: &str) -> Option<u64> {
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, request: &str) -> String {
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_folder_is_served_whole_in_part_and_not_at_all_when_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), "xin chao").unwrap();
        let server = Server::start(folder.path(), 0).unwrap();
        let whole = ask(&server.url(), "GET /a.txt HTTP/1.1\n\n");
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("xin chao"), "{whole}");
        let tag = whole.split("ETag: ").nth(1).unwrap().split('\r').next().unwrap();
        let part = ask(&server.url(), &format!("GET /a.txt HTTP/1.1\nRange: bytes=4-\nIf-Range: {tag}\n\n"));
        assert!(
            part.contains("206") && part.contains("bytes 4-7/8") && part.ends_with("\r\n\r\nchao"),
            "{part}"
        );
        let same = ask(&server.url(), &format!("GET /a.txt HTTP/1.1\nIf-None-Match: {tag}\n\n"));
        assert!(same.starts_with("HTTP/1.1 304"), "{same}");
        for outside in ["/../etc/passwd", "/./a.txt/../../x", "//etc/passwd", "/none"] {
            let refused = ask(&server.url(), &format!("GET {outside} HTTP/1.1\n\n"));
            assert!(refused.starts_with("HTTP/1.1 404"), "{outside}: {refused}");
        }
    }
}
