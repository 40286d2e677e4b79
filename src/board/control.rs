//! The control socket: `STATE/control.sock`, mode 0600. One request a connection: a word and a line feed; the
//! answer is JSON for `status`, a PNG for `screenshot`, and ends with the connection.
//!
//! An address of a socket holds 107 bytes. Where the path is longer, both sides reach the same file by way of an open
//! folder, `/proc/self/fd/N/control.sock`: the socket stays where it is looked for, and its mode and the folder's keep
//! others out as they do for every board. A name outside of the file system would be anybody's to take.
//!
//! Whoever may open the socket runs as the board's own user, or is root. Its thread answers one connection at
//! a time; a client that stalls is dropped after a moment, and the board's loop never waits for any of them.

use super::event::{Event, Question};
use crate::model::media::Picture;
use crate::model::status::Status;
use crate::problem::{Outcome, Problem};
use crate::say;
use crate::stage;
use rustix::fs::{Mode, OFlags};
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// How long the board waits for its own loop, and for who asks. A screenshot of a 4K board takes about a second to compress.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long who asks waits for the board: longer than that, so that what the board has to say of itself arrives.
const ASKING: Duration = Duration::from_secs(10);
const REQUEST_BYTES_MAX: u64 = 64;
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Bytes of a path that a socket's address holds (unix(7)), its closing 0 left out.
const ADDRESS_BYTES_MAX: usize = 107;

fn socket_path(state: &Path) -> PathBuf {
    state.join("control.sock")
}

/// An address that leads to the state folder's socket however long its path is, for as long as it is held.
struct Address {
    path: PathBuf,
    _folder: Option<OwnedFd>,
}

impl Address {
    fn of(state: &Path) -> io::Result<Address> {
        let path = socket_path(state);
        if path.as_os_str().len() <= ADDRESS_BYTES_MAX {
            return Ok(Address { path, _folder: None });
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(state, flags, Mode::empty())?;
        let path = socket_path(Path::new(&format!("/proc/self/fd/{}", folder.as_raw_fd())));
        Ok(Address { path, _folder: Some(folder) })
    }
}

/// Listens for as long as the program runs.
///
/// # Errors
/// If the state directory cannot be written to; the board then runs, but cannot be asked.
pub fn listen(state: &Path, events: Sender<Event>) -> Outcome<()> {
    let path = socket_path(state);
    let refused = |error: io::Error| {
        Problem::new(
            path.display().to_string(),
            say!(en: "the control socket could not be made ({error})", vi: "không tạo được cổng điều khiển ({error})"),
            say!(en: "make the state directory writable; the board runs, but `status` and `screenshot` do not work",
                 vi: "hãy cho phép ghi vào thư mục trạng thái; bảng vẫn chạy nhưng không dùng được `status` và `screenshot`"),
        )
    };
    // Left behind by a run that was killed. The store's lock says that no other player is alive.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
        _ => {}
    }
    let address = Address::of(state).map_err(refused)?;
    // Born with the right mode: there is no moment at which others could connect.
    let before = rustix::process::umask(Mode::from_raw_mode(0o177));
    let bound = UnixListener::bind(&address.path);
    rustix::process::umask(before);
    let listener = bound.map_err(refused)?;
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).map_err(refused)?;
    let serve = move || {
        for stream in listener.incoming().flatten() {
            if let Err(error) = answer(stream, &events) {
                tracing::debug!(%error, "control connection");
            }
        }
    };
    std::thread::Builder::new().name("control".into()).spawn(serve).map(drop).map_err(refused)
}

fn answer(mut stream: UnixStream, events: &Sender<Event>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = Vec::new();
    BufReader::new(&stream).take(REQUEST_BYTES_MAX).read_until(b'\n', &mut request)?;
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    match request.trim_ascii_end() {
        b"status" => {
            let (sender, answer) = channel();
            events.send(Event::Ask(Question::Status(sender))).map_err(gone)?;
            let status = answer.recv_timeout(PATIENCE).map_err(late)?;
            stream.write_all(&serde_json::to_vec(&status).map_err(io::Error::other)?)
        }
        b"screenshot" => {
            let (sender, answer) = channel();
            events.send(Event::Ask(Question::Screenshot(sender))).map_err(gone)?;
            match answer.recv_timeout(stage::SNAPSHOT_WAIT) {
                Ok(picture) => stream.write_all(&png(&picture)?),
                Err(_) => {
                    stream.write_all(&serde_json::to_vec(&stage::no_snapshot()).map_err(io::Error::other)?)
                }
            }
        }
        b"poll" => {
            let (sender, answer) = channel();
            events.send(Event::Ask(Question::Poll(sender))).map_err(gone)?;
            answer.recv_timeout(PATIENCE).map_err(late)?;
            stream.write_all(b"{}")
        }
        _ => stream.write_all(b"{\"error\":\"unknown request\"}"),
    }
}

/// A picture as PNG, compressed for speed.
pub fn png(picture: &Picture) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&picture.rgba).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    Ok(bytes)
}

/// Asks the board that runs on `state`, which gets `patience` for each step of its answer.
fn ask(state: &Path, request: &str, patience: Duration) -> Outcome<Vec<u8>> {
    let refused = |error: io::Error| unanswered(&socket_path(state), &error);
    let address = Address::of(state).map_err(refused)?;
    let mut stream = connect(&address.path, patience).map_err(refused)?;
    stream.set_read_timeout(Some(patience)).map_err(refused)?;
    stream.write_all(format!("{request}\n").as_bytes()).map_err(refused)?;
    let mut bytes = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.is_empty() {
        return Err(refused(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

/// The standard library's `connect` waits without end where a process that stands still has a full queue.
fn connect(path: &Path, patience: Duration) -> io::Result<UnixStream> {
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
    net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket.into())
}

/// Why there is no answer, and what to do.
fn unanswered(path: &Path, error: &io::Error) -> Problem {
    use io::ErrorKind::{ConnectionRefused, NotFound, PermissionDenied, TimedOut, UnexpectedEof, WouldBlock};
    let restart = || {
        say!(
            en: "restart it: sudo systemctl restart bangtin, or end its process and start it with `bangtin play`",
            vi: "hãy khởi động lại bảng: sudo systemctl restart bangtin, hoặc tắt tiến trình của nó rồi chạy lại `bangtin play`"
        )
    };
    let (why, remedy) = match error.kind() {
        WouldBlock | TimedOut | UnexpectedEof => (
            say!(
                en: "the board runs, but hangs or was stopped: it does not answer",
                vi: "bảng đang chạy nhưng bị treo hoặc bị tạm dừng: không trả lời"
            ),
            restart(),
        ),
        NotFound | ConnectionRefused => (
            say!(en: "no board runs on this state directory", vi: "không có bảng nào đang chạy trên thư mục trạng thái này"),
            say!(
                en: "start it with `bangtin play`, or give its state directory with --state",
                vi: "hãy chạy `bangtin play`, hoặc ghi đúng thư mục bằng --state"
            ),
        ),
        PermissionDenied => (
            say!(en: "this user may not ask the board", vi: "người dùng này không có quyền hỏi bảng"),
            say!(en: "run this as the board's user", vi: "hãy chạy lệnh này bằng người dùng của bảng"),
        ),
        _ => (say!(en: "the board did not answer ({error})", vi: "bảng không trả lời ({error})"), restart()),
    };
    Problem::new(path.display().to_string(), why, remedy)
}

/// What `bangtin status` shows.
pub fn ask_status(state: &Path) -> Outcome<Status> {
    let bytes = ask(state, "status", ASKING)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            socket_path(state).display().to_string(),
            say!(en: "the board's answer cannot be read ({error})", vi: "không đọc được câu trả lời của bảng ({error})"),
            say!(en: "restart the board, so that it runs the same version as this command",
                 vi: "hãy khởi động lại bảng để chạy cùng phiên bản với lệnh này"),
        )
    })
}

/// A PNG of what the board shows.
pub fn ask_screenshot(state: &Path) -> Outcome<Vec<u8>> {
    let bytes = ask(state, "screenshot", ASKING)?;
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => Err(problem),
        Err(_) => Ok(bytes),
    }
}

/// Makes the board ask its feeds for news now.
pub fn ask_poll(state: &Path) -> Outcome<()> {
    ask(state, "poll", ASKING).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_the_owners_alone_and_survives_nonsense() {
        let folder = tempfile::tempdir().unwrap();
        let (events, inbox) = channel();
        listen(folder.path(), events).unwrap();
        let mode = std::fs::metadata(socket_path(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            String::from_utf8_lossy(&ask(folder.path(), "self-destruct", ASKING).unwrap())
                .contains("unknown")
        );
        let board = std::thread::spawn(move || match inbox.recv() {
            Ok(Event::Ask(Question::Screenshot(answer))) => {
                let picture = Picture { width: 2, height: 1, rgba: vec![1, 2, 3, 255, 4, 5, 6, 255] };
                answer.send(picture).unwrap();
            }
            other => panic!("{other:?}"),
        });
        let png = ask_screenshot(folder.path()).unwrap();
        board.join().unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_board_whose_state_folder_has_a_long_path_is_asked_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("x".repeat(120)).join("y".repeat(200));
        std::fs::create_dir_all(&state).unwrap();
        let (events, _inbox) = channel();
        listen(&state, events).unwrap();
        assert!(String::from_utf8_lossy(&ask(&state, "self-destruct", ASKING).unwrap()).contains("unknown"));
        let found = std::fs::metadata(socket_path(&state)).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
        assert!(ask_status(&folder.path().join("x".repeat(120))).is_err());
    }

    #[test]
    fn a_board_that_hangs_is_given_up_with_a_sentence_even_where_its_queue_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let path = socket_path(folder.path());
        let board = net::socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
        net::bind(&board, &SocketAddrUnix::new(&path).unwrap()).unwrap();
        net::listen(&board, 0).unwrap();
        // The first is let into the queue and waits for an answer; the second is not let in.
        let _in_the_queue = UnixStream::connect(&path).unwrap();
        for _ in 0..2 {
            let problem = ask(folder.path(), "status", Duration::from_millis(20)).unwrap_err();
            let line = problem.line(crate::problem::Speech::English);
            assert!(line.contains("hangs or was stopped") && line.contains("restart it"), "{line}");
        }
        net::listen(&board, 8).unwrap();
        let problem = ask(folder.path(), "status", Duration::from_millis(20)).unwrap_err();
        assert!(problem.why.en.contains("hangs or was stopped"), "{problem}");
    }

    #[test]
    fn a_board_that_is_not_there_is_said_to_be_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let line = ask_status(folder.path()).unwrap_err().line(crate::problem::Speech::English);
        assert!(line.contains("no board runs"), "{line}");
    }
}
