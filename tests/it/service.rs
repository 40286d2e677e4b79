//! A board as its service manager sees it.

use crate::support::{Office, bangtin, text};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Service {
    fn signal(&self, name: &str) {
        let sent = Command::new("/bin/kill").args([name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {name}");
    }
}

/// The next message, or none within this time.
fn heard(socket: &UnixDatagram, within: Duration) -> Option<String> {
    socket.set_read_timeout(Some(within)).unwrap();
    let mut bytes = [0; 256];
    let length = socket.recv(&mut bytes).ok()?;
    Some(String::from_utf8(bytes[..length].to_vec()).unwrap())
}

#[test]
fn a_service_is_ready_with_its_first_picture_and_says_that_it_lives_for_as_long_as_it_does() {
    let office = Office::new();
    let said = office.publish("title = \"Xã\"\n[[notice]]\ntitle = \"Tin\"\ntext = \"Nội dung\"\n");
    assert_eq!(said.code, 0, "{}", said.err);
    let path = office.home.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let (site, root, state) = (office.site(), office.root(), office.state());
    let child = Command::new(bangtin())
        .args(["play", "--headless", "640x360", "--theme", "day", "--poll", "3600"])
        .args(["--feed", text(&site), "--root", text(&root), "--state", text(&state)])
        .env("NOTIFY_SOCKET", &path)
        // A sign of life each 100 ms.
        .env("WATCHDOG_USEC", "200000")
        // As systemd writes it: of the service's main process, which is cage.
        .env("WATCHDOG_PID", "1")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let service = Service(child);
    let (hang, silence) = (Duration::from_secs(30), Duration::from_millis(1000));

    let mut first = heard(&socket, hang);
    // A machine with much else to do may take more than the tenth of a second until its first picture.
    while first.as_deref().is_some_and(|said| said.starts_with("STATUS=no sign of life")) {
        first = heard(&socket, hang);
    }
    assert_eq!(first.as_deref(), Some("READY=1"));
    let lives = |within| (0..20).any(|_| heard(&socket, within).as_deref() == Some("WATCHDOG=1"));
    assert!(lives(hang) && lives(hang));

    service.signal("-STOP");
    // What it had said before is still in the line.
    while heard(&socket, silence).is_some() {}
    assert_eq!(heard(&socket, silence), None, "a stopped board says that it lives");
    service.signal("-CONT");
    assert!(lives(hang));
}
