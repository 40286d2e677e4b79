//! No picture freezes unseen.
//!
//! There are two ways for a board to stand still with its last picture on the screen. A thread panics:
//! [`spawn`] and [`end`] end the whole program then, for the service manager to start it again. Or a loop
//! comes round no more, for whatever reason, also in the compositor: [`watch`] asks each of them in turn for
//! a sign of life, and passes it on to the service manager's watchdog only when all have answered. Who judges
//! how long is too long, and kills what does not answer, is the service manager; so nothing here can be stuck
//! and go on saying that all is well.

use super::event::{Event, Part};
use super::notify::{self, ServiceManager};
use super::window::Waker;
use crate::problem::Problem;
use crate::say;
use crate::stage::Stage;
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Where no watchdog says how often: how long a loop may take until it is named.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts a thread without which the board would stand still: should it panic, the program ends.
///
/// # Errors
/// If the system gives no thread.
pub fn spawn<T: Send + 'static>(
    name: &'static str,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    // What the panic left half done is seen by nobody.
    let guarded = move || catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| end(name));
    Builder::new().name(name.into()).spawn(guarded)
}

/// Ends the program, of which this thread failed, with exit code 1. The panic itself was printed when it
/// happened.
pub fn end(thread: &str) -> ! {
    let problem = Problem::new(
        "bangtin",
        say!(en: "a part of the program failed ({thread}), so all of it ends",
             vi: "một phần của chương trình bị lỗi ({thread}) nên toàn bộ chương trình dừng lại"),
        say!(en: "nothing, if it runs as a service: it starts again by itself; if this comes back, report the lines above",
             vi: "nếu chạy như dịch vụ thì không cần làm gì: bảng tự chạy lại; nếu còn lặp lại, hãy báo lỗi kèm các dòng trên"),
    );
    let _ = writeln!(io::stderr(), "bangtin: {problem}");
    // SAFETY: it takes a number and does not return. Other threads are still at work, so nothing may be torn
    // down under them, as `exit` would do: the system takes everything back, and what is on disk is whole at
    // any moment.
    unsafe { libc::_exit(1) }
}

/// How a loop that was asked has answered so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Alive,
    NotYet,
    /// It has ended; so does the program.
    Ended,
}

/// Waits for an answer, at most so long each time that it is called.
pub type Wait = Box<dyn FnMut(Duration) -> Answer>;

/// A loop that must come round for the picture to be true.
pub struct Loop {
    pub name: &'static str,
    /// Asks it, and returns at once.
    pub ask: Box<dyn Fn() -> Wait + Send>,
}

impl Loop {
    /// One that answers by a channel: `ask` leaves the sender where the loop finds it.
    pub fn new(name: &'static str, ask: impl Fn(Sender<()>) + Send + 'static) -> Loop {
        let ask = move || -> Wait {
            let (sender, answer) = channel();
            ask(sender);
            Box::new(move |patience| match answer.recv_timeout(patience) {
                Ok(()) => Answer::Alive,
                Err(RecvTimeoutError::Timeout) => Answer::NotYet,
                Err(RecvTimeoutError::Disconnected) => Answer::Ended,
            })
        };
        Loop { name, ask: Box::new(ask) }
    }

    /// The Wayland compositor that listens here. While nothing moves on a board the two have nothing to say
    /// to each other, and one that is stopped would not be missed.
    pub fn compositor(socket: PathBuf) -> Loop {
        let ask = move || -> Wait {
            let mut asked = sync(&socket).map(|stream| (stream, 0));
            Box::new(move |patience| match &mut asked {
                Ok((stream, heard)) => synced(stream, heard, patience),
                Err(_) => Answer::Ended,
            })
        };
        Loop { name: "compositor", ask: Box::new(ask) }
    }
}

/// The first request on a new connection: `wl_display.sync`, to be answered on the new object 2 when
/// everything before it was done. Object, size in bytes and opcode, argument, each in the machine's own byte
/// order (Wayland protocol, "Wire format").
fn sync(socket: &Path) -> io::Result<UnixStream> {
    let mut stream = UnixStream::connect(socket)?;
    let request: [u32; 3] = [1, 12 << 16, 2];
    stream.write_all(&request.map(u32::to_ne_bytes).concat())?;
    Ok(stream)
}

/// Reads the answer: the 12 bytes of `wl_callback.done`, of which it is enough that they come.
fn synced(stream: &mut UnixStream, heard: &mut usize, patience: Duration) -> Answer {
    let mut bytes = [0; 12];
    let read = stream.set_read_timeout(Some(patience)).and_then(|()| stream.read(&mut bytes[*heard..]));
    match read {
        Ok(0) => return Answer::Ended,
        Ok(count) => *heard += count,
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
        Err(_) => return Answer::Ended,
    }
    if *heard == bytes.len() { Answer::Alive } else { Answer::NotYet }
}

/// Watches over a board: its stage's thread, and, where a service manager waits for signs of life, all its
/// loops. `shown`: the window's loop, and the socket of the compositor that shows it.
///
/// # Errors
/// If the system gives no thread.
pub fn start(
    events: &Sender<Event>,
    stage: &Stage,
    shown: Option<(Waker, Option<PathBuf>)>,
) -> io::Result<()> {
    stage.on_panic(|| end("stage"));
    let var = |name| std::env::var_os(name);
    let Some(manager) = var("NOTIFY_SOCKET").and_then(|socket| ServiceManager::at(&socket)) else {
        return Ok(());
    };
    let interval = notify::interval(var("WATCHDOG_USEC").as_deref().and_then(OsStr::to_str));
    let by_event = |name, part| {
        let events = events.clone();
        Loop::new(name, move |answer| {
            // A board that has ended drops it, which says so.
            let _ = events.send(Event::Beat(part, answer));
        })
    };
    let mut loops = vec![by_event("board", Part::Board), by_event("stage", Part::Stage)];
    if let Some((waker, compositor)) = shown {
        loops.push(Loop::new("window", move |answer| waker.beat_to(answer)));
        loops.extend(compositor.map(Loop::compositor));
    }
    let body = move || watch(&manager, &loops, interval, std::thread::sleep);
    Builder::new().name("supervisor".into()).spawn(body).map(drop)
}

/// What a board's loop does about [`Event::Beat`].
pub fn beat(part: Part, answer: Sender<()>, stage: &Stage) {
    match part {
        // Whoever asked waits for as long as the program runs.
        Part::Board => drop(answer.send(())),
        Part::Stage => stage.beat_to(answer),
    }
}

/// Asks every loop for a sign of life, again after each `interval`, and tells the service manager: first that
/// the board is on air, then each time that it lives. Without an interval only the first.
///
/// All are asked before one is waited for, and they are waited for without end. `rest` sleeps.
pub fn watch(
    manager: &ServiceManager,
    loops: &[Loop],
    interval: Option<Duration>,
    mut rest: impl FnMut(Duration),
) {
    let patience = interval.unwrap_or(PATIENCE);
    let mut on_air = false;
    loop {
        let asked: Vec<(&str, Wait)> = loops.iter().map(|each| (each.name, (each.ask)())).collect();
        let mut named = false;
        for (name, mut wait) in asked {
            loop {
                match wait(patience) {
                    Answer::Alive => break,
                    Answer::Ended => return,
                    Answer::NotYet if named => {}
                    Answer::NotYet => {
                        tracing::error!("no sign of life from the {name} for {patience:?}");
                        manager.status(&format!("no sign of life from the {name}"));
                        named = true;
                    }
                }
            }
        }
        match on_air {
            false => manager.ready(),
            true => manager.alive(),
        }
        if named || !on_air {
            manager.status("on air");
        }
        on_air = true;
        match interval {
            Some(interval) => rest(interval),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::os::unix::net::{UnixDatagram, UnixListener};
    use std::sync::{Arc, Mutex};

    /// A service manager's end of the line.
    struct Heard {
        socket: UnixDatagram,
        manager: ServiceManager,
        _folder: tempfile::TempDir,
    }

    impl Heard {
        fn new() -> Heard {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("notify");
            let socket = UnixDatagram::bind(&path).unwrap();
            socket.set_nonblocking(true).unwrap();
            Heard { socket, manager: ServiceManager::at(path.as_os_str()).unwrap(), _folder: folder }
        }

        fn all(&self) -> Vec<String> {
            let mut bytes = [0; 256];
            std::iter::from_fn(|| self.socket.recv(&mut bytes).ok().map(|length| bytes[..length].to_vec()))
                .map(|bytes| String::from_utf8(bytes).unwrap())
                .collect()
        }
    }

    type Log = Arc<Mutex<Vec<String>>>;

    /// A loop that answers so in turn, whenever it is waited for, and has then ended.
    fn scripted(name: &'static str, answers: &[Answer], log: &Log) -> Loop {
        let answers =
            Arc::new(Mutex::new(answers.iter().copied().collect::<std::collections::VecDeque<_>>()));
        let log = log.clone();
        let ask = move || -> Wait {
            log.lock().unwrap().push(format!("ask {name}"));
            let (answers, log) = (answers.clone(), log.clone());
            Box::new(move |_| {
                log.lock().unwrap().push(format!("wait {name}"));
                answers.lock().unwrap().pop_front().unwrap_or(Answer::Ended)
            })
        };
        Loop { name, ask: Box::new(ask) }
    }

    const INTERVAL: Duration = Duration::from_secs(10);
    use Answer::{Alive, NotYet};

    #[test]
    fn a_board_is_ready_with_its_first_picture_and_alive_as_long_as_every_loop_answers() {
        let (heard, log) = (Heard::new(), Log::default());
        let loops = [scripted("board", &[Alive; 3], &log), scripted("stage", &[Alive; 9], &log)];
        let rests = RefCell::new(Vec::new());
        watch(&heard.manager, &loops, Some(INTERVAL), |time| rests.borrow_mut().push(time));
        assert_eq!(heard.all(), ["READY=1", "STATUS=on air", "WATCHDOG=1", "WATCHDOG=1"]);
        assert_eq!(*rests.borrow(), [INTERVAL; 3], "it sleeps once a round and no more");
        assert_eq!(log.lock().unwrap()[..4], ["ask board", "ask stage", "wait board", "wait stage"]);
    }

    #[test]
    fn a_loop_that_stands_still_ends_the_signs_of_life_and_is_named_once() {
        let (heard, log) = (Heard::new(), Log::default());
        let loops = [scripted("stage", &[Alive, NotYet, NotYet, NotYet], &log)];
        watch(&heard.manager, &loops, Some(INTERVAL), |_| ());
        assert_eq!(heard.all(), ["READY=1", "STATUS=on air", "STATUS=no sign of life from the stage"]);
    }

    #[test]
    fn a_loop_that_was_only_slow_is_forgiven() {
        let (heard, log) = (Heard::new(), Log::default());
        let loops = [scripted("board", &[NotYet, Alive, Alive], &log)];
        watch(&heard.manager, &loops, Some(INTERVAL), |_| ());
        let slow = "STATUS=no sign of life from the board";
        assert_eq!(heard.all(), [slow, "READY=1", "STATUS=on air", "WATCHDOG=1"]);
    }

    #[test]
    fn where_no_watchdog_waits_nobody_is_asked_again() {
        let (heard, log) = (Heard::new(), Log::default());
        watch(&heard.manager, &[scripted("board", &[Alive; 9], &log)], None, |_| panic!("it sleeps"));
        assert_eq!(heard.all(), ["READY=1", "STATUS=on air"]);
        assert_eq!(log.lock().unwrap().len(), 2);
    }

    /// What the program does that `a_thread_that_panics_ends_the_program_with_a_sentence_and_code_1` starts.
    #[test]
    fn only_where_it_is_asked_for_a_thread_panics() {
        if std::env::var_os(ASKED).is_some() {
            let thread = spawn("board", || panic!("a mistake")).unwrap();
            let _: Result<(), _> = thread.join();
            // As a window's loop would.
            std::thread::park_timeout(INTERVAL);
        }
    }

    const ASKED: &str = "BANGTIN_TEST_A_THREAD_PANICS";

    #[test]
    fn a_thread_that_panics_ends_the_program_with_a_sentence_and_code_1() {
        let test = "board::supervise::tests::only_where_it_is_asked_for_a_thread_panics";
        let done = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(ASKED, "yes")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{said}");
        let (panic, sentence) = said.split_once("\nbangtin: ").expect(&said);
        assert!(panic.contains("a mistake"), "{said}");
        assert!(sentence.contains("failed (board)") && sentence.contains("starts again by itself"), "{said}");
    }

    #[test]
    fn a_loop_answers_by_its_channel_and_one_that_drops_it_has_ended() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = kept.clone();
        let asked = Loop::new("board", move |answer| keep.lock().unwrap().push(answer));
        let mut wait = (asked.ask)();
        assert_eq!(wait(Duration::ZERO), NotYet);
        kept.lock().unwrap().pop().unwrap().send(()).unwrap();
        assert_eq!(wait(INTERVAL), Alive);
        let mut wait = (asked.ask)();
        kept.lock().unwrap().clear();
        assert_eq!(wait(INTERVAL), Answer::Ended);
    }

    #[test]
    fn a_compositor_that_is_stopped_takes_the_question_and_does_not_answer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wayland-0");
        let listener = UnixListener::bind(&path).unwrap();
        let compositor = Loop::compositor(path.clone());
        let a_moment = Duration::from_millis(1);
        // The kernel connects the two while nobody accepts.
        let mut wait = (compositor.ask)();
        assert_eq!(wait(a_moment), NotYet);
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 12];
        stream.read_exact(&mut request).unwrap();
        assert_eq!(request, [1, 12 << 16, 2].map(u32::to_ne_bytes).concat()[..]);
        let done = [2, 12 << 16, 7].map(u32::to_ne_bytes).concat();
        stream.write_all(&done[..5]).unwrap();
        assert_eq!((wait(a_moment), wait(a_moment)), (NotYet, NotYet), "that was not all of it");
        stream.write_all(&done[5..]).unwrap();
        assert_eq!(wait(INTERVAL), Alive);

        let mut wait = (compositor.ask)();
        drop(listener.accept().unwrap());
        assert_eq!(wait(INTERVAL), Answer::Ended);
        drop(listener);
        assert_eq!((compositor.ask)()(INTERVAL), Answer::Ended, "nobody listens");
    }
}
