//! This test program under another name: in place of `bangtin decode`, or of whoever starts it.
//!
//! What a stand-in does is in the name that it is started by, for a player gives its decoder one argument and an empty
//! environment. It begins before `main`, so that it is one thread, as the decoder is when it confines itself. Under its own
//! name this program is the test program as ever.

use bangtin::media::Found;
use bangtin::media::child::confine;
use bangtin::media::wire::{self, Confinement, Reply, Request, Stage};
use bangtin::model::media::{ColourRange, Matrix};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixListener;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PREFIX: &str = "stand-in:";

#[used]
// SAFETY: glibc calls what stands here before `main`, after Rust's library has put the arguments aside there.
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

extern "C" fn begin() {
    let mut arguments = std::env::args_os();
    let Some(own) = arguments.next() else { return };
    let name = Path::new(&own).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some(part) = name.strip_prefix(PREFIX) else { return };
    let words: Vec<&str> = part.split(':').collect();
    let rest: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let code = match words[..] {
        ["without", lacking] => without(lacking, &rest),
        ["warden", user, walls, attempt] => warden(user.parse().unwrap(), walls, attempt, &rest[0]),
        ["prisoner", walls, attempt] => prisoner(walls, attempt, &rest),
        ["ends", how] => ends(how),
        ["lies", lie] => lies(lie),
        _ => panic!("no such stand-in: {name}"),
    };
    std::process::exit(code);
}

/// A link to this program under a name by which it is a stand-in; for `Decoder::at`.
pub fn stand_in(folder: &Path, part: &str) -> PathBuf {
    let link = folder.join(format!("{PREFIX}{part}"));
    std::os::unix::fs::symlink(std::env::current_exe().unwrap(), &link).unwrap();
    link
}

/// The same, to be started by a test.
pub fn command(part: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(format!("{PREFIX}{part}"));
    command
}

/// From here on the kernel answers as one that lacks something: `landlock`, `seccomp`, both or `nothing`.
fn lay_over(lacking: &str) {
    let calls: Vec<i64> = match lacking {
        "nothing" => return,
        "landlock" => vec![libc::SYS_landlock_create_ruleset],
        "seccomp" => vec![libc::SYS_seccomp],
        "both" => vec![libc::SYS_landlock_create_ruleset, libc::SYS_seccomp],
        other => panic!("{other}"),
    };
    let rules = calls.into_iter().map(|call| (call, vec![])).collect();
    let machine = std::env::consts::ARCH.try_into().unwrap();
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, unknown, machine).unwrap();
    apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
}

/// The program under test on a machine whose kernel lacks something.
fn without(lacking: &str, arguments: &[String]) -> i32 {
    lay_over(lacking);
    let error = Command::new(env!("CARGO_BIN_EXE_bangtin")).args(arguments).exec();
    panic!("{error}");
}

/// What a prisoner's attempts are made on: their parent's memory, and what lies in this folder.
static SECRET: [u8; 16] = *b"a word of parent";

/// Starts the prisoner as this user, and ends as it ended: its exit code, or 128 and the number of the signal.
fn warden(user: u32, walls: &str, attempt: &str, folder: &str) -> i32 {
    if user != 0 {
        // SAFETY: plain calls in the one thread that there is.
        let ids = unsafe {
            libc::setgroups(0, std::ptr::null())
                + libc::setresgid(user, user, user)
                + libc::setresuid(user, user, user)
        };
        assert_eq!(ids, 0, "{}", std::io::Error::last_os_error());
    }
    // SAFETY: plain calls: without them, another user's or a stricter kernel's parent is out of reach for reasons of its own.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 1);
        libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY);
    }
    let state = Path::new(folder).join(format!("{user}-{walls}-{attempt}"));
    std::fs::create_dir(&state).unwrap();
    std::fs::write(state.join("floors.json"), "{}").unwrap();
    let _control = UnixListener::bind(state.join("control.sock")).unwrap();
    let log = std::fs::File::create(state.join("log")).unwrap();
    let status = command(&format!("prisoner:{walls}:{attempt}"))
        .arg(&state)
        .arg((&raw const SECRET as usize).to_string())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .status()
        .unwrap();
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Behind its walls (`all`, `none`, or without one of them), makes one attempt; ends with 0 if it succeeds, else its error.
fn prisoner(walls: &str, attempt: &str, arguments: &[String]) -> i32 {
    let [state, secret] = arguments else { panic!("{arguments:?}") };
    let known = attempts(Path::new(state), secret.parse().unwrap());
    let (_, attempt) = known.into_iter().find(|(name, _)| *name == attempt).unwrap();
    if walls != "none" {
        // Asked beforehand: behind the walls the question alone is the end.
        let landlock = has_landlock() && !walls.ends_with("landlock");
        let expected = Confinement { landlock, seccomp: !walls.ends_with("seccomp") };
        lay_over(walls.strip_prefix("without-").unwrap_or("nothing"));
        let held = confine();
        if held != expected {
            return 255;
        }
    }
    match attempt() {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(254),
    }
}

/// Asks the kernel itself (landlock(7)).
pub fn has_landlock() -> bool {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call reads no memory.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0usize, VERSION) > 0 }
}

type Attempt = Box<dyn Fn() -> std::io::Result<()>>;

fn done(answer: impl Into<i64>) -> std::io::Result<()> {
    if answer.into() < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}

/// A new page.
///
/// # Safety
/// None of its own: the kernel chooses a free place.
unsafe fn page(protection: i32) -> *mut libc::c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: as above.
    unsafe { libc::mmap(std::ptr::null_mut(), 4096, protection, flags, -1, 0) }
}

/// Everything that a file which has taken over its decoder might try. Whatever needs memory or a path has it already.
fn attempts(state: &Path, secret: usize) -> Vec<(&'static str, Attempt)> {
    let path = |name: &str| CString::new(state.join(name).to_str().unwrap()).unwrap();
    let parent = std::os::unix::process::parent_id() as i32;
    let mut all: Vec<(&'static str, Attempt)> = Vec::new();
    // SAFETY: of all of these: plain system calls on strings and buffers that live as long as the call; what they may do to
    // this process is seen to by its end, which follows at once.
    macro_rules! attempt {
        ($name:literal, $call:expr) => {
            all.push(($name, Box::new(move || done(unsafe { $call }))));
        };
    }
    // What a decoder may do: if this fails behind the walls, so would everything, and the others would prove nothing.
    attempt!("ask-for-its-own-number", libc::getpid());
    let [floors, folder, new, log, socket] = ["floors.json", ".", "new", "log", "control.sock"].map(path);
    let at = floors.clone();
    attempt!("open-a-file", libc::open(at.as_ptr(), libc::O_RDONLY));
    attempt!("open-the-passwords", libc::open(c"/etc/passwd".as_ptr(), libc::O_RDONLY));
    let at = new.clone();
    attempt!("make-a-file", libc::open(at.as_ptr(), libc::O_WRONLY | libc::O_CREAT, 0o600));
    let at = folder.clone();
    attempt!("list-the-state-folder", libc::open(at.as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY));
    let at = floors.clone();
    attempt!("delete-the-state", libc::unlink(at.as_ptr()));
    let (from, to) = (floors.clone(), new.clone());
    attempt!("rename-the-state", libc::rename(from.as_ptr(), to.as_ptr()));
    let at = floors.clone();
    attempt!("open-the-state-to-all", libc::chmod(at.as_ptr(), 0o777));
    let at = floors.clone();
    attempt!("cut-the-state-off", libc::truncate(at.as_ptr(), 0));
    let at = new.clone();
    attempt!("make-a-folder", libc::mkdir(at.as_ptr(), 0o700));
    let at = new;
    attempt!("make-a-link", libc::symlink(c"/etc/passwd".as_ptr(), at.as_ptr()));
    attempt!("change-the-folder", libc::chdir(c"/tmp".as_ptr()));
    attempt!("make-a-socket", libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0));
    attempt!("make-a-packet-socket", libc::socket(libc::AF_INET, libc::SOCK_DGRAM, 0));
    attempt!("ask-the-kernel", libc::socket(libc::AF_NETLINK, libc::SOCK_RAW, 0));
    all.push((
        "connect-to-the-board",
        Box::new(move || std::os::unix::net::UnixStream::connect(socket.to_str().unwrap()).map(drop)),
    ));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap();
    all.push(("connect-by-tcp", Box::new(move || std::net::TcpStream::connect(address).map(drop))));
    // It stays open for the attempt, unless `confine` closes it.
    std::mem::forget(port);
    attempt!("listen", {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0);
        if socket < 0 { socket } else { libc::listen(socket, 1) }
    });
    all.push((
        "fork",
        Box::new(|| {
            // SAFETY: the child ends at once.
            let child = unsafe { libc::fork() };
            if child == 0 {
                // SAFETY: as above.
                unsafe { libc::_exit(0) };
            }
            done(child)
        }),
    ));
    all.push(("start-a-program", Box::new(|| Command::new("/bin/true").status().map(drop))));
    all.push(("become-a-program", Box::new(|| Err(Command::new("/bin/true").exec()))));
    attempt!("signal-the-parent", libc::kill(parent, libc::SIGCONT));
    attempt!("signal-a-thread-of-the-parent", libc::syscall(libc::SYS_tgkill, parent, parent, libc::SIGCONT));
    attempt!("see-whether-the-parent-is-there", libc::kill(parent, 0));
    attempt!("trace-the-parent", libc::ptrace(libc::PTRACE_SEIZE, parent, 0usize, 0usize));
    all.push((
        "read-the-parent-s-memory",
        Box::new(move || {
            let mut word = [0u8; 16];
            let here = libc::iovec { iov_base: word.as_mut_ptr().cast(), iov_len: word.len() };
            let there = libc::iovec { iov_base: secret as *mut _, iov_len: word.len() };
            // SAFETY: `word` is as long as the vector says; the other address is not of this process.
            done(unsafe { libc::process_vm_readv(parent, &here, 1, &there, 1, 0) as i64 })?;
            assert_eq!(word, SECRET);
            Ok(())
        }),
    ));
    attempt!("hold-the-parent", libc::syscall(libc::SYS_pidfd_open, parent, 0));
    attempt!("bound-the-parent", {
        let limit = libc::rlimit { rlim_cur: 1 << 40, rlim_max: 1 << 40 };
        libc::prlimit(parent, libc::RLIMIT_FSIZE, &limit, std::ptr::null_mut())
    });
    attempt!("slow-the-parent", libc::setpriority(libc::PRIO_PROCESS, parent as u32, 19));
    attempt!("map-executable-memory", {
        if page(libc::PROT_READ | libc::PROT_EXEC) == libc::MAP_FAILED { -1 } else { 0 }
    });
    attempt!("make-memory-executable", {
        libc::mprotect(page(libc::PROT_READ | libc::PROT_WRITE), 4096, libc::PROT_READ | libc::PROT_EXEC)
    });
    attempt!("make-a-file-of-memory", libc::memfd_create(c"code".as_ptr(), 0));
    attempt!("write-to-the-log", libc::write(2, c"all is well\n".as_ptr().cast(), 12) as i64);
    attempt!("write-to-the-output", libc::write(1, c"all is well\n".as_ptr().cast(), 12) as i64);
    attempt!("write-to-the-log-in-pieces", {
        let piece = libc::iovec { iov_base: c"all is well\n".as_ptr() as *mut _, iov_len: 12 };
        libc::writev(2, &piece, 1) as i64
    });
    attempt!("write-to-the-log-by-position", libc::pwrite(2, c"all is well\n".as_ptr().cast(), 12, 0) as i64);
    let at = log;
    attempt!("open-the-log", libc::open(at.as_ptr(), libc::O_WRONLY | libc::O_APPEND));
    attempt!("steer-a-device", {
        let mut waiting = 0;
        libc::ioctl(2, libc::FIONREAD, &raw mut waiting)
    });
    attempt!("leave-for-another-namespace", libc::unshare(libc::CLONE_FS));
    attempt!("lift-a-limit", {
        let limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &limit)
    });
    attempt!("be-seen-by-others", libc::prctl(libc::PR_SET_DUMPABLE, 1));
    attempt!("handle-a-signal", libc::signal(libc::SIGSYS, libc::SIG_IGN) as i64);
    attempt!("make-a-pipe", {
        let mut ends = [0; 2];
        libc::pipe(ends.as_mut_ptr())
    });
    attempt!("share-memory-with-strangers", {
        let segment = libc::shmget(libc::IPC_PRIVATE, 4096, 0o600);
        libc::shmctl(segment, libc::IPC_RMID, std::ptr::null_mut())
    });
    all
}

/// The names of all attempts.
pub fn attempt_names() -> Vec<&'static str> {
    attempts(Path::new("/"), 0).into_iter().map(|(name, _)| name).collect()
}

/// Behind all walls, ends in one of the ways in which a decoder ends.
fn ends(how: &str) -> i32 {
    confine();
    match how {
        "panics" => match std::panic::catch_unwind(|| panic!("a fault")) {
            Ok(()) => 0,
            Err(_) => 101,
        },
        "aborts" => std::process::abort(),
        "overflows" => deep(0) as i32,
        "needs-too-much" => {
            let blocks = std::iter::from_fn(|| {
                let mut block = Vec::<u8>::new();
                block.try_reserve_exact(64 << 20).is_ok().then_some(block)
            });
            blocks.collect::<Vec<_>>().len() as i32
        }
        "in-threads" => {
            let threads: Vec<_> = (0..8).map(|n| std::thread::spawn(move || n)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        }
        _ => 255,
    }
}

#[allow(unconditional_recursion)]
fn deep(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    deep(depth + 1) + room[0]
}

/// A decoder that lies at one point of the conversation, is honest up to there, and waits after that.
fn lies(lie: &str) -> i32 {
    // SAFETY: standard input stays open to the end of the process.
    let player = unsafe { BorrowedFd::borrow_raw(0) };
    let say = |reply: &Reply| wire::send(player, reply, None, true).unwrap();
    let raw = |bytes: &[u8]| done(rustix::io::write(player, bytes).unwrap() as i64).unwrap();
    let hear = || wire::receive::<Request>(player, true).unwrap();
    let found = Found {
        picture: Some([64, 64]),
        still: false,
        sound: true,
        duration_us: Some(1_000_000),
        film: None,
        silent: false,
    };
    let ready = |found: Found| say(&Reply::Ready(found));
    let frame =
        |slot, pts_us| Reply::Frame { slot, pts_us, matrix: Matrix::Bt709, range: ColourRange::Limited };
    let wait = || {
        while hear().is_some() {}
        0
    };
    let stop = || {
        // SAFETY: a signal to this process.
        unsafe { libc::raise(libc::SIGSTOP) };
    };
    hear();
    let hello = Reply::Hello(Confinement { landlock: true, seccomp: true });
    match lie {
        "stops-before-hello" => stop(),
        "spins-before-hello" => loop {
            std::hint::spin_loop();
        },
        "does-not-say-hello" => {
            ready(found);
            return wait();
        }
        _ => say(&hello),
    }
    match lie {
        "says-hello-twice" => say(&hello),
        "finds-a-picture-of-nothing" => ready(Found { picture: Some([0, 64]), ..found }),
        "finds-a-huge-picture" => ready(Found { picture: Some([u32::MAX, u32::MAX]), ..found }),
        "finds-a-sliver" => ready(Found { picture: Some([16_384, 1]), ..found }),
        "finds-less-than-no-time" => ready(Found { duration_us: Some(-1), ..found }),
        "finds-nothing" => ready(Found { picture: None, sound: false, ..found }),
        "finds-no-picture" => ready(Found { picture: None, ..found }),
        "speaks-before-it-is-ready" => say(&frame(0, 0)),
        "stops-before-it-is-ready" => stop(),
        "refuses-with-a-long-story" => {
            say(&Reply::Failed { stage: Stage::Open, message: "\u{1b}[2J\n".repeat(1_000) })
        }
        _ => ready(found),
    }
    if lie.starts_with("finds") || lie.ends_with("ready") || lie.starts_with("refuses") {
        return wait();
    }
    assert!(matches!(hear(), Some((Request::Memory(_), Some(_)))));
    if lie.starts_with("later") {
        say(&frame(0, 0));
    }
    match lie {
        "says-hello-twice" => {}
        "is-ready-twice" => say(&Reply::Ready(Found {
            picture: Some([64, 64]),
            still: false,
            sound: true,
            duration_us: None,
            film: None,
            silent: false,
        })),
        "gives-a-picture-that-was-not-asked-for" => say(&Reply::Picture),
        "names-a-slot-that-is-not-there" => say(&frame(6, 0)),
        "names-the-last-slot-of-all" => say(&frame(u8::MAX, 0)),
        "gives-a-slot-twice" => (0..2).for_each(|n| say(&frame(0, n * 40_000))),
        "names-a-time-that-no-film-has" => say(&frame(0, i64::MAX)),
        "names-a-time-before-all-films" => say(&frame(0, i64::MIN)),
        "has-more-sound-than-fits" => say(&Reply::Sound { frames: 96_001 }),
        "has-sound-without-end" => say(&Reply::Sound { frames: u64::MAX }),
        "takes-sound-back" => [500, 400].into_iter().for_each(|frames| say(&Reply::Sound { frames })),
        "speaks-after-the-end" => {
            say(&Reply::End { decode_errors: u32::MAX });
            say(&frame(0, 0));
        }
        "speaks-rubbish" => raw(&[0xff; 9]),
        "speaks-at-length" => {
            raw(&postcard::to_stdvec(&Reply::Failed { stage: Stage::Open, message: "x".repeat(9_000) })
                .unwrap())
        }
        "adds-a-word" => raw(&[&postcard::to_stdvec(&Reply::Working).unwrap()[..], b"x"].concat()),
        "hands-over-a-descriptor" => wire::send(player, &Reply::Working, Some(player.as_fd()), true).unwrap(),
        "says-that-it-works-without-end" => loop {
            if wire::send(player, &Reply::Working, None, true).is_err() {
                return 0;
            }
        },
        "later-stops" => stop(),
        "later-spins" => loop {
            std::hint::spin_loop();
        },
        "later-is-silent" => {}
        "later-ends" => return 1,
        _ => return 255,
    }
    wait()
}
