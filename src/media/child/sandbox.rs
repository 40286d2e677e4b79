//! What a decoder may still do when it reads the first byte of a file: reckon, and talk with its player.
//!
//! The player is believed, the file is not: whoever made the file may have taken over the whole process by it. Several
//! walls stand one behind another, so that where a kernel lacks one the rest holds: limits of the system, no privileges and
//! no way to new ones, Landlock (no file by name, no network, no signal to others), and a list of system calls outside of
//! which the kernel ends the process. Whatever sets a wall up that fails is told to the player, not hidden.
//!
//! What is not walled off: time. A decoder may use up its processor until the player loses patience (`media/account.rs`).

use super::super::wire::Confinement;
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};
use std::io::Write;

/// Address space in bytes, of which a small board has as much as memory. Seen, in MiB: 4096 x 2304 in four threads 602 (H.264)
/// and 730 (HEVC, 10 bits); pictures of 64 megapixels 560 to 867 (progressive JPEG, 4:4:4).
const ADDRESS_SPACE_MAX: u64 = 1 << 30;
/// Largest single block that FFmpeg may ask for, in bytes: the index of a day's film; a picture of 4096 x 2304 has 57 MB.
const BLOCK_BYTES_MAX: usize = 256 << 20;
/// Open descriptors: three of the system's, the file, the shared memory, and some to spare.
const DESCRIPTORS_MAX: u64 = 16;

/// Takes from this process everything that decoding does not need, for ever. To be called before anything of the file is
/// read, while there is one thread.
pub fn confine() -> Confinement {
    // SAFETY: closes descriptors that nothing in this process owns: it was started with 0, 1 and 2 alone.
    unsafe { libc::close_range(3, u32::MAX, 0) };
    // Where memory runs out the kernel ends this process before any other; one that it does not let say so goes on. It has
    // to be written before the file is out of reach.
    let _ = std::fs::OpenOptions::new()
        .write(true)
        .open("/proc/self/oom_score_adj")
        .and_then(|mut score| score.write_all(b"1000"));
    // Also when it was stopped: without its player it is of no use.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // SAFETY: sets a limit of the allocator before any thread is started: arenas cost 64 MB of address space each.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, 2) };
    // SAFETY: sets a number in FFmpeg that nothing reads yet.
    unsafe { ffmpeg_the_third::ffi::av_max_alloc(BLOCK_BYTES_MAX) };
    // SAFETY: the default instead of the handlers of Rust's library, which would ask for system calls that are not on the
    // list and hide what a decoder died of.
    unsafe {
        libc::signal(libc::SIGSEGV, libc::SIG_DFL);
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
    }
    // What a panic says would go to /dev/null.
    std::panic::set_hook(Box::new(|_| ()));
    // glibc sets up signals of its own with the first thread, and never again.
    let first = std::thread::Builder::new().spawn(|| ());
    let _ = first.map(std::thread::JoinHandle::join);
    limit();
    let none = CapabilitySet::empty();
    // Root is an ordinary user then, of whom files do not ask more than of any other.
    let _ = rustix::thread::set_capabilities(
        None,
        CapabilitySets { effective: none, permitted: none, inheritable: none },
    );
    let _ = rustix::thread::set_no_new_privs(true);
    Confinement { landlock: no_files(), seccomp: calls::bound() }
}

fn limit() {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE_MAX),
        (Resource::Nofile, DESCRIPTORS_MAX),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ] {
        // A bound that the system will not set is one that it already holds lower.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// No file or folder by its name, no TCP, no socket or process outside. A kernel takes from this what it knows of it
/// (landlock(7)); false if it knows nothing.
fn no_files() -> bool {
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V9))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V9)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V9)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    restricted.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

/// The list of system calls, from what the prototype, the formats in the tests and their libraries were seen to ask for under
/// strace, and from reading glibc 2.36. Libraries change: one that asks for more is ended, and the kernel's log says with
/// which number (`type=1326`).
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod calls {
    use seccompiler::{
        BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch, apply_filter,
    };
    use std::collections::BTreeMap;

    #[cfg(target_arch = "x86_64")]
    const MACHINE: TargetArch = TargetArch::x86_64;
    #[cfg(target_arch = "aarch64")]
    const MACHINE: TargetArch = TargetArch::aarch64;

    /// Whatever the arguments.
    const ALLOWED: &[i64] = &[
        // The file, and the shared memory: read by position, its length asked, let go.
        libc::SYS_pread64,
        libc::SYS_fstat,
        libc::SYS_close,
        // The allocator, and the stacks of threads that end.
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_brk,
        libc::SYS_madvise,
        // Threads of decoders: their start, their locks, their end; how many are worth while.
        libc::SYS_futex,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_rt_sigprocmask,
        libc::SYS_sigaltstack,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_exit,
        // Time, where the kernel's page for it does not serve; waiting, and going on after a stop.
        libc::SYS_clock_gettime,
        libc::SYS_gettimeofday,
        libc::SYS_clock_nanosleep,
        libc::SYS_restart_syscall,
        // The seed of Rust's hash maps and of malloc; the memory of the machine, of which glibc's qsort takes its part.
        libc::SYS_getrandom,
        libc::SYS_sysinfo,
        // The end, also by a signal that is handled.
        libc::SYS_exit_group,
        libc::SYS_rt_sigreturn,
    ];

    /// What libraries try and can do without: it fails as if a permission were missing.
    const REFUSED: &[i64] = &[
        // iconv looks for its tables when a transport stream names its programmes; libvpx counts processors in /sys.
        libc::SYS_openat,
        libc::SYS_newfstatat,
        libc::SYS_statx,
        libc::SYS_faccessat,
        libc::SYS_readlinkat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_stat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_lstat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_access,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_readlink,
        // A library that complains: whether to a terminal, and what.
        libc::SYS_ioctl,
        libc::SYS_write,
        libc::SYS_writev,
    ];

    /// Threads are started with the older call, whose flags can be seen; glibc takes that where this one is not there.
    const UNKNOWN: &[i64] = &[libc::SYS_clone3];

    /// Flags with which every thread is started, and those that may be with them (glibc and musl): no other process, no
    /// other namespace.
    const THREAD: i32 =
        libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;
    const THREAD_TOO: i32 = libc::CLONE_SYSVSEM
        | libc::CLONE_SETTLS
        | libc::CLONE_PARENT_SETTID
        | libc::CLONE_CHILD_SETTID
        | libc::CLONE_CHILD_CLEARTID
        | libc::CLONE_DETACHED;

    /// False if the kernel lacks the means.
    pub(super) fn bound() -> bool {
        install().is_ok()
    }

    fn install() -> Result<(), seccompiler::Error> {
        // Of several filters the strictest answer counts. The last one forbids to add any.
        let errno = |calls, errno: i32| {
            compile(always(calls), SeccompAction::Allow, SeccompAction::Errno(errno as u32))
        };
        apply_filter(&errno(REFUSED, libc::EACCES)?)?;
        apply_filter(&errno(UNKNOWN, libc::ENOSYS)?)?;
        let mut allowed = always(ALLOWED);
        allowed.extend(always(REFUSED));
        allowed.extend(always(UNKNOWN));
        allowed.extend(by_arguments()?);
        apply_filter(&compile(allowed, SeccompAction::KillProcess, SeccompAction::Allow)?)
    }

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    fn always(calls: &[i64]) -> Rules {
        calls.iter().map(|call| (*call, Vec::new())).collect()
    }

    fn compile(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> Result<BpfProgram, Error> {
        Ok(SeccompFilter::new(rules, otherwise, matched, MACHINE)?.try_into()?)
    }

    fn by_arguments() -> Result<Rules, Error> {
        use SeccompCmpArgLen::{Dword, Qword};
        use SeccompCmpOp::{Eq, MaskedEq};
        let is = |argument, value: i32| SeccompCondition::new(argument, Dword, Eq, value as u64);
        let not_executable = || SeccompCondition::new(2, Dword, MaskedEq(libc::PROT_EXEC as u64), 0);
        let thread = SeccompCondition::new(0, Qword, MaskedEq(!(THREAD_TOO as u64)), THREAD as u64)?;
        let own = std::process::id() as i32;
        let all = |conditions| Ok::<_, Error>(vec![SeccompRule::new(conditions)?]);
        Ok(BTreeMap::from([
            // The player, on standard input.
            (libc::SYS_recvmsg, all(vec![is(0, 0)?])?),
            (libc::SYS_sendmsg, all(vec![is(0, 0)?])?),
            // Memory that holds data, never code.
            (libc::SYS_mmap, all(vec![not_executable()?])?),
            (libc::SYS_mprotect, all(vec![not_executable()?])?),
            (libc::SYS_clone, all(vec![thread])?),
            // Threads have names, for whoever looks at a board with `top`.
            (libc::SYS_prctl, all(vec![is(0, libc::PR_SET_NAME)?])?),
            // Rust's library looks at a descriptor that it closes, in development builds; a copy of one is the same file.
            (
                libc::SYS_fcntl,
                vec![
                    SeccompRule::new(vec![is(1, libc::F_GETFD)?])?,
                    SeccompRule::new(vec![is(1, libc::F_DUPFD_CLOEXEC)?])?,
                ],
            ),
            // abort(3), of this process alone.
            (libc::SYS_tgkill, all(vec![is(0, own)?, is(2, libc::SIGABRT)?])?),
        ]))
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls {
    pub(super) fn bound() -> bool {
        false
    }
}
