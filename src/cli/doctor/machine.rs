//! What of the machine around the program would keep a board off the air: found before the first start, not
//! after it.

use super::Finding;
use crate::problem::Problem;
use crate::say;
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
use rustix::io::Errno;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The unit as it comes with this program.
const UNIT: &str = include_str!("../../../config/systemd/bangtin.service");
/// Where units lie, the first that is there deciding.
const UNITS: [&str; 3] = ["etc/systemd/system", "lib/systemd/system", "usr/lib/systemd/system"];
/// What is opened while the program runs, by library, package and whether nothing shows without it.
const OPENED: [(&str, &str, bool); 5] = [
    ("libwayland-client.so.0", "libwayland-client0", true),
    ("libxkbcommon.so.0", "libxkbcommon0", true),
    ("libEGL.so.1", "libegl1", false),
    ("libwayland-egl.so.1", "libwayland-egl1", false),
    ("libvulkan.so.1", "libvulkan1", false),
];

/// The findings about this machine. `desktop`: a display server is at work here, so the board is not a
/// service.
pub fn findings(state: &Path, desktop: bool) -> Vec<Finding> {
    let root = Path::new("/");
    let mut findings = vec![libraries(&linker_cache())];
    if !desktop {
        findings.push(unit(root));
        findings.push(seat(&root.join("run/seatd.sock")));
        findings.extend(other_display(root));
        findings.extend(devices(root));
    }
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    findings.extend(holder(state, &locks).map(|pid| lock(state, pid)));
    findings
}

/// The state folder's file system takes nothing: a board shows all the same what it has and what it is sent,
/// from memory.
pub fn read_only(state: &Path) -> Option<Finding> {
    let mount = statvfs(state).ok()?;
    mount.f_flag.contains(StatVfsMountFlags::RDONLY).then(|| {
        Finding::Partly(Problem::new(
            state.display().to_string(),
            say!(en: "it is on a read-only disk: news shows from memory, and is lost at the next restart",
                 vi: "nằm trên ổ đĩa chỉ đọc: tin mới chỉ hiện từ bộ nhớ và mất khi khởi động lại"),
            say!(en: "restart; if it stays so, the card or disk is failing: copy what is needed, and replace it",
                 vi: "hãy khởi động lại; nếu vẫn vậy thì thẻ nhớ hay ổ đĩa sắp hỏng: hãy sao lưu và thay mới"),
        ))
    })
}

/// Installed, of this version, and started at power-on?
fn unit(root: &Path) -> Finding {
    let found =
        UNITS.iter().map(|folder| root.join(folder).join("bangtin.service")).find(|path| path.exists());
    let Some(path) = found else {
        return Finding::Partly(Problem::new(
            "bangtin.service",
            say!(en: "it is not installed, so no board starts at power-on", vi: "chưa được cài nên bảng không tự chạy khi bật máy"),
            say!(en: "copy config/systemd/bangtin.service to /etc/systemd/system/, then: sudo systemctl enable --now bangtin",
                 vi: "hãy chép config/systemd/bangtin.service vào /etc/systemd/system/, rồi chạy: sudo systemctl enable --now bangtin"),
        ));
    };
    let name = path.display().to_string();
    if std::fs::read_to_string(&path).is_ok_and(|unit| unit != UNIT) {
        return Finding::Partly(Problem::new(
            name,
            say!(en: "it is not the one that comes with this version of the program", vi: "không phải tệp đi kèm phiên bản này của chương trình"),
            say!(en: "copy config/systemd/bangtin.service over it; what is your own goes into `sudo systemctl edit bangtin`",
                 vi: "hãy chép config/systemd/bangtin.service đè lên; phần riêng của bạn thì ghi bằng `sudo systemctl edit bangtin`"),
        ));
    }
    // A link to a file that is elsewhere now is still a link.
    if root.join("etc/systemd/system/multi-user.target.wants/bangtin.service").symlink_metadata().is_err() {
        return Finding::Partly(Problem::new(
            name,
            say!(en: "it is installed, but does not start at power-on", vi: "đã cài nhưng chưa tự chạy khi bật máy"),
            say!(en: "run: sudo systemctl enable --now bangtin", vi: "hãy chạy: sudo systemctl enable --now bangtin"),
        ));
    }
    Finding::Fine(say!(en: "service: starts at power-on", vi: "dịch vụ: tự chạy khi bật máy"))
}

/// Who lends the screen to cage.
fn seat(socket: &Path) -> Finding {
    let error = match UnixStream::connect(socket) {
        Ok(_) => {
            return Finding::Fine(
                say!(en: "seat: seatd lends the screen", vi: "màn hình: được seatd cấp quyền dùng"),
            );
        }
        Err(error) => error,
    };
    let (why, remedy) = match error.kind() {
        ErrorKind::PermissionDenied => (
            say!(en: "this user may not ask seatd for the screen", vi: "người dùng này không được phép xin seatd cấp màn hình"),
            say!(en: "if it is the board's: sudo usermod -aG video,render,audio bangtin; else run this as: sudo -u bangtin bangtin doctor",
                 vi: "nếu đây là người dùng của bảng: sudo usermod -aG video,render,audio bangtin; nếu không, hãy chạy: sudo -u bangtin bangtin doctor"),
        ),
        _ => (
            say!(en: "seatd, which lends the screen to cage, does not run ({error})",
                 vi: "seatd (cấp màn hình cho cage) không chạy ({error})", error = error),
            say!(en: "run: sudo apt install seatd && sudo systemctl enable --now seatd",
                 vi: "hãy chạy: sudo apt install seatd && sudo systemctl enable --now seatd"),
        ),
    };
    Finding::Unfit(Problem::new(socket.display().to_string(), why, remedy))
}

/// A desktop's login screen wants the same screen, and takes it.
fn other_display(root: &Path) -> Option<Finding> {
    let link = std::fs::read_link(root.join("etc/systemd/system/display-manager.service")).ok()?;
    let name = link.file_stem()?.to_string_lossy().into_owned();
    Some(Finding::Unfit(Problem::new(
        name.clone(),
        say!(en: "a desktop's login starts here too, and would take the screen from the board",
             vi: "máy này còn tự mở màn hình đăng nhập, sẽ tranh màn hình với bảng"),
        say!(en: "run: sudo systemctl disable --now {name}", vi: "hãy chạy: sudo systemctl disable --now {name}", name = name),
    )))
}

/// Devices that are there and that this user may not open.
fn devices(root: &Path) -> Vec<Finding> {
    let first = |folder: &str, begins: &str| -> Option<PathBuf> {
        let entries = std::fs::read_dir(root.join(folder)).ok()?.flatten();
        let mut paths: Vec<PathBuf> = entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(begins))
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        paths.into_iter().next()
    };
    [("dev/dri", "renderD", "render"), ("dev/snd", "pcm", "audio")]
        .into_iter()
        .filter_map(|(folder, begins, group)| {
            let device = first(folder, begins)?;
            let denied = access(&device, Access::READ_OK | Access::WRITE_OK) == Err(Errno::ACCESS);
            denied.then(|| {
                Finding::Partly(Problem::new(
                    device.display().to_string(),
                    say!(en: "this user may not use it", vi: "người dùng này không được phép dùng"),
                    say!(en: "if it is the board's: sudo usermod -aG {group} bangtin",
                         vi: "nếu đây là người dùng của bảng: sudo usermod -aG {group} bangtin", group = group),
                ))
            })
        })
        .collect()
}

/// What the dynamic linker knows, as `ldconfig -p` lists it; empty where that cannot be had.
fn linker_cache() -> String {
    let output = Command::new("/sbin/ldconfig").arg("-p").env("LC_ALL", "C").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// What the program opens only while it runs: nobody misses it before.
fn libraries(cache: &str) -> Finding {
    let missing: Vec<_> = OPENED.iter().filter(|(name, ..)| !cache.contains(&format!("\t{name} "))).collect();
    if missing.is_empty() || cache.is_empty() {
        return Finding::Fine(say!(en: "libraries: all there", vi: "thư viện: đủ"));
    }
    let names = missing.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
    let packages = missing.iter().map(|(_, package, _)| *package).collect::<Vec<_>>().join(" ");
    let problem = Problem::new(
        names,
        say!(en: "not found on this machine, and opened by the board while it runs",
             vi: "không có trên máy này, mà bảng cần khi chạy"),
        say!(en: "run: sudo apt install {packages}", vi: "hãy chạy: sudo apt install {packages}", packages = packages),
    );
    if missing.iter().any(|(.., needed)| *needed) {
        Finding::Unfit(problem)
    } else {
        Finding::Partly(problem)
    }
}

/// The process that holds the state folder's lock, from the text of `/proc/locks` (proc_locks(5)): `1: FLOCK
/// ADVISORY WRITE 4242 fe:00:1234 0 EOF`, with the device in hexadecimal and the inode in decimal.
fn holder(state: &Path, locks: &str) -> Option<u32> {
    let file = std::fs::metadata(state.join("lock")).ok()?;
    let (major, minor) = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
    let place = format!("{major:02x}:{minor:02x}:{}", file.ino());
    let line = locks.lines().find(|line| line.split_whitespace().any(|word| word == place))?;
    line.split_whitespace().nth(4)?.parse().ok()
}

/// A board at work is well, and one that no longer answers is what a second one would founder on.
fn lock(state: &Path, pid: u32) -> Finding {
    if UnixStream::connect(state.join("control.sock")).is_ok() {
        return Finding::Fine(
            say!(en: "a board runs here: process {pid}", vi: "bảng đang chạy ở đây: tiến trình {pid}", pid = pid),
        );
    }
    Finding::Unfit(Problem::new(
        state.join("lock").display().to_string(),
        say!(en: "process {pid} holds this state folder and does not answer", vi: "tiến trình {pid} đang giữ thư mục trạng thái này và không trả lời", pid = pid),
        say!(en: "run: sudo systemctl restart bangtin; or, if it was started by hand: sudo kill -9 {pid}",
             vi: "hãy chạy: sudo systemctl restart bangtin; hoặc, nếu tiến trình được chạy bằng tay: sudo kill -9 {pid}", pid = pid),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::Lock;
    use std::os::unix::fs::symlink;

    fn said(finding: &Finding) -> String {
        match finding {
            Finding::Fine(text) => format!("ok {}", text.en),
            Finding::Partly(problem) => format!("?? {}; {}", problem.why.en, problem.remedy.en),
            Finding::Unfit(problem) => format!("!! {}; {}", problem.why.en, problem.remedy.en),
        }
    }

    #[test]
    fn a_unit_is_missed_when_absent_when_of_another_version_and_when_not_enabled() {
        let root = tempfile::tempdir().unwrap();
        assert!(said(&unit(root.path())).starts_with("?? it is not installed"));
        let units = root.path().join("etc/systemd/system");
        let wants = units.join("multi-user.target.wants");
        std::fs::create_dir_all(&wants).unwrap();
        std::fs::write(units.join("bangtin.service"), "[Service]\nPAMName=login\n").unwrap();
        assert!(said(&unit(root.path())).starts_with("?? it is not the one that comes with this version"));
        std::fs::write(units.join("bangtin.service"), UNIT).unwrap();
        assert!(said(&unit(root.path())).starts_with("?? it is installed, but does not start"));
        symlink("/etc/systemd/system/bangtin.service", wants.join("bangtin.service")).unwrap();
        assert!(said(&unit(root.path())).starts_with("ok"));
    }

    #[test]
    fn without_seatd_nothing_shows_and_with_it_the_screen_is_lent() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("seatd.sock");
        assert!(said(&seat(&socket)).starts_with("!! seatd, which lends the screen to cage, does not run"));
        let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(said(&seat(&socket)).starts_with("ok"));
    }

    #[test]
    fn a_desktop_that_starts_on_the_same_screen_is_named() {
        let root = tempfile::tempdir().unwrap();
        assert!(other_display(root.path()).is_none());
        let units = root.path().join("etc/systemd/system");
        std::fs::create_dir_all(&units).unwrap();
        symlink("/lib/systemd/system/lightdm.service", units.join("display-manager.service")).unwrap();
        let found = said(&other_display(root.path()).unwrap());
        assert!(
            found.starts_with("!!") && found.ends_with("sudo systemctl disable --now lightdm"),
            "{found}"
        );
    }

    #[test]
    fn a_library_that_is_only_opened_later_is_missed_now() {
        let line = |name: &str| format!("\t{name} (libc6,x86-64) => /lib/x86_64-linux-gnu/{name}\n");
        let all: String = OPENED.iter().map(|(name, ..)| line(name)).collect();
        assert!(said(&libraries(&all)).starts_with("ok"));
        assert!(said(&libraries(&all.replace("libvulkan", "libvulcan"))).starts_with("??"));
        let found = said(&libraries(&all.replace("libxkbcommon", "libxkb")));
        assert!(found.starts_with("!!") && found.ends_with("sudo apt install libxkbcommon0"), "{found}");
    }

    #[test]
    fn the_process_that_holds_the_state_is_found_by_its_number() {
        let state = tempfile::tempdir().unwrap();
        let locks = || std::fs::read_to_string("/proc/locks").unwrap();
        assert_eq!(holder(state.path(), &locks()), None);
        let path = state.path().join("lock");
        let _held = Lock::take(&path).unwrap().unwrap();
        let file = std::fs::metadata(&path).unwrap();
        let (major, minor) = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
        let line = format!("9: FLOCK  ADVISORY  WRITE 4242 {major:02x}:{minor:02x}:{} 0 EOF\n", file.ino());
        assert_eq!(
            holder(state.path(), &format!("1: POSIX  ADVISORY  READ 7 00:1a:1 0 EOF\n{line}")),
            Some(4242)
        );
        let found = said(&lock(state.path(), 4242));
        assert!(found.starts_with("!! process 4242 holds") && found.contains("kill -9 4242"), "{found}");
    }
}
