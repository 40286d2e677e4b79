//! The monitor of a bare X server: its mode, and word whenever that changes.
//!
//! Under a window manager or a Wayland compositor a full-screen window is kept to its monitor by them. Without one nobody
//! does, and winit drops the server's own word (RandR's events, since 0.30). So a thread with a connection of its own
//! sleeps until the server speaks. Without an X server there is no such thread.

use x11rb::connection::Connection;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{ConnectionExt as _, ModeFlag, ModeInfo, NotifyMask};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

/// What a monitor shows, in pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    pub place: (i32, i32),
    pub size: (u32, u32),
    pub rate_mhz: Option<u32>,
}

/// Calls `tell` with the first monitor's mode now, and again whenever it is another, from a thread of its own.
pub fn watch(tell: impl Fn(Mode) + Send + 'static) {
    let watched = move || {
        let Ok((connection, screen)) = x11rb::connect(None) else { return };
        // The server went away: whoever shows on it says so.
        let _ = follow(&connection, screen, &tell);
    };
    // Without the thread the window keeps the size that it began with.
    let _ = std::thread::Builder::new().name("monitor".into()).spawn(watched);
}

fn follow(connection: &RustConnection, screen: usize, tell: &impl Fn(Mode)) -> Result<(), ReplyOrIdError> {
    let Some(root) = connection.setup().roots.get(screen).map(|screen| screen.root) else { return Ok(()) };
    let mask = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE;
    connection.randr_select_input(root, mask)?.check()?;
    let mut last = None;
    loop {
        let now = mode(connection, root)?.filter(|_| !is_managed(connection, root));
        if let Some(now) = now.filter(|now| Some(*now) != last) {
            tell(now);
            last = Some(now);
        }
        loop {
            match connection.wait_for_event()? {
                Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => break,
                _ => {}
            }
        }
    }
}

/// A window manager says that it is there (EWMH 1.5, _NET_SUPPORTING_WM_CHECK).
fn is_managed(connection: &RustConnection, root: Window) -> bool {
    let said = || -> Result<bool, ReplyOrIdError> {
        let name = connection.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK")?.reply()?.atom;
        let check = connection.get_property(false, root, name, AtomEnum::WINDOW, 0, 1)?.reply()?;
        Ok(check.value32().is_some_and(|mut windows| windows.next().is_some()))
    };
    said().unwrap_or(false)
}

/// The primary monitor's mode, or the first that shows anything.
fn mode(connection: &RustConnection, root: Window) -> Result<Option<Mode>, ReplyOrIdError> {
    let resources = connection.randr_get_screen_resources_current(root)?.reply()?;
    let primary = connection.randr_get_output_primary(root)?.reply()?.output;
    let mut found = None;
    for crtc in &resources.crtcs {
        let info = connection.randr_get_crtc_info(*crtc, resources.config_timestamp)?.reply()?;
        if info.mode == 0 || info.width == 0 || info.height == 0 {
            continue;
        }
        let rate_mhz = resources.modes.iter().find(|mode| mode.id == info.mode).and_then(rate);
        let mode = Mode {
            place: (i32::from(info.x), i32::from(info.y)),
            size: (u32::from(info.width), u32::from(info.height)),
            rate_mhz,
        };
        if info.outputs.contains(&primary) {
            return Ok(Some(mode));
        }
        found = found.or(Some(mode));
    }
    Ok(found)
}

/// Pictures in a thousand seconds.
fn rate(mode: &ModeInfo) -> Option<u32> {
    let lines = u64::from(mode.vtotal) * if mode.mode_flags.contains(ModeFlag::DOUBLE_SCAN) { 2 } else { 1 };
    let dots = u64::from(mode.htotal) * lines;
    let interlaced = if mode.mode_flags.contains(ModeFlag::INTERLACE) { 2 } else { 1 };
    let rate = (u64::from(mode.dot_clock) * 1000 * interlaced).checked_div(dots)?;
    u32::try_from(rate).ok().filter(|rate| *rate > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_s_rate_is_its_clock_over_its_dots() {
        // Source: CTA-861, VIC 16 (1080p60), VIC 5 (1080i60) and VIC 31 (1080p50).
        let mode = |dot_clock, htotal, flags| ModeInfo {
            dot_clock,
            htotal,
            vtotal: 1125,
            mode_flags: flags,
            ..ModeInfo::default()
        };
        let none = ModeFlag::from(0u8);
        assert_eq!(rate(&mode(148_500_000, 2200, none)), Some(60_000));
        assert_eq!(rate(&mode(148_500_000, 2640, none)), Some(50_000));
        assert_eq!(rate(&mode(148_351_648, 2200, none)), Some(59_940));
        assert_eq!(rate(&mode(74_250_000, 2200, ModeFlag::INTERLACE)), Some(60_000));
        assert_eq!(rate(&mode(0, 2200, none)), None);
        assert_eq!(rate(&mode(148_500_000, 0, none)), None);
    }
}
