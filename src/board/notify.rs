//! What a service manager is told, by the protocol of `sd_notify(3)`: one datagram a message, to the socket
//! that `$NOTIFY_SOCKET` names. Twenty lines instead of a library, and nothing at all where nobody listens.

use std::ffi::OsStr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// A service manager that waits to hear from this program.
#[derive(Debug)]
pub struct ServiceManager {
    socket: UnixDatagram,
    address: SocketAddr,
}

impl ServiceManager {
    /// The one at `$NOTIFY_SOCKET`: a path, or `@` and the name of an abstract socket. `None` where that is
    /// neither.
    pub fn at(notify_socket: &OsStr) -> Option<ServiceManager> {
        let address = match notify_socket.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
            [b'/', ..] => SocketAddr::from_pathname(notify_socket),
            _ => return None,
        };
        Some(ServiceManager { socket: UnixDatagram::unbound().ok()?, address: address.ok()? })
    }

    /// The service has started.
    pub fn ready(&self) {
        self.tell("READY=1");
    }

    /// The watchdog's time begins again.
    pub fn alive(&self) {
        self.tell("WATCHDOG=1");
    }

    /// One line for `systemctl status`.
    pub fn status(&self, line: &str) {
        self.tell(&format!("STATUS={}", line.replace('\n', " ")));
    }

    fn tell(&self, message: &str) {
        // A manager that does not hear acts as if nothing had been said, which is all that could be done
        // here.
        let _ = self.socket.send_to_addr(message.as_bytes(), &self.address);
    }
}

/// How long to rest between two signs of life: half of the time that `$WATCHDOG_USEC` allows, as
/// `sd_watchdog_enabled(3)` advises. `None` where no watchdog waits.
///
/// `$WATCHDOG_PID` is not asked: it names the service's main process, which is the compositor.
pub fn interval(watchdog_usec: Option<&str>) -> Option<Duration> {
    let allowed: u64 = watchdog_usec?.parse().ok()?;
    (allowed > 0).then(|| Duration::from_micros(allowed / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_at_a_path_and_at_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let by_path = UnixDatagram::bind(&path).unwrap();
        let name = format!("bangtin-notify-test-{}", std::process::id());
        let by_name =
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes()).unwrap()).unwrap();
        let mut heard = [0; 64];
        for (socket, at) in [(by_path, path.into_os_string()), (by_name, format!("@{name}").into())] {
            let manager = ServiceManager::at(&at).unwrap();
            manager.ready();
            manager.status("two\nlines");
            let length = socket.recv(&mut heard).unwrap();
            assert_eq!(&heard[..length], b"READY=1");
            let length = socket.recv(&mut heard).unwrap();
            assert_eq!(&heard[..length], b"STATUS=two lines");
        }
    }

    #[test]
    fn what_names_no_socket_is_no_manager_and_one_that_is_gone_is_no_error() {
        assert!(ServiceManager::at(OsStr::new("")).is_none());
        assert!(ServiceManager::at(OsStr::new("vsock:2:1234")).is_none());
        ServiceManager::at(OsStr::new("/nowhere/notify")).unwrap().alive();
    }

    #[test]
    fn signs_of_life_come_twice_as_often_as_the_watchdog_asks() {
        assert_eq!(interval(Some("20000000")), Some(Duration::from_secs(10)));
        for none in [None, Some("0"), Some(""), Some("20s")] {
            assert_eq!(interval(none), None);
        }
    }
}
