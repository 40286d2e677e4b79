//! The board's window as something to draw on: on X11 over a connection of the picture's own.
//!
//! A connection to an X server has one queue of events for all threads. Whoever waits for an answer reads into it whatever
//! comes first, and the window's loop, which sleeps until the socket has something to read, is not woken for it: a new mode
//! of the display went unnoticed until something else happened (winit #1985). So the presenter, which waits for an answer at every
//! picture, has another connection than the window's loop.

use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::sync::Arc;
use winit::raw_window_handle::{
    DisplayHandle, HandleError, HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle,
    WindowHandle, XcbDisplayHandle, XcbWindowHandle,
};
use winit::window::Window;
use x11rb::xcb_ffi::XCBConnection;

/// A window, and how it is reached.
#[derive(Debug)]
pub struct Drawable {
    window: Arc<Window>,
    x11: Option<X11>,
}

/// The picture's own connection to an X server.
#[derive(Debug)]
struct X11 {
    connection: XCBConnection,
    screen: i32,
}

impl Drawable {
    /// Where no second connection is given, and on Wayland, whose queues are each thread's own, the window's is used.
    pub fn new(window: Arc<Window>) -> Drawable {
        let on_x11 = window.display_handle().is_ok_and(|handle| {
            matches!(handle.as_raw(), RawDisplayHandle::Xlib(_) | RawDisplayHandle::Xcb(_))
        });
        let opened = on_x11.then(|| XCBConnection::connect(None).ok()).flatten();
        let x11 = opened
            .and_then(|(connection, screen)| Some(X11 { connection, screen: i32::try_from(screen).ok()? }));
        Drawable { window, x11 }
    }

    /// The connection that it is drawn over, if it is its own.
    pub fn connection(&self) -> Option<&XCBConnection> {
        self.x11.as_ref().map(|x11| &x11.connection)
    }

    /// The window's number on the X server.
    pub fn x11_id(&self) -> Option<NonZeroU32> {
        match self.window.window_handle().ok()?.as_raw() {
            RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok().and_then(NonZeroU32::new),
            RawWindowHandle::Xcb(handle) => Some(handle.window),
            _ => None,
        }
    }

    /// The handle of an X11 window that has this one's visual.
    pub fn x11_handle(&self, id: NonZeroU32) -> Option<RawWindowHandle> {
        let mut own = XcbWindowHandle::new(id);
        own.visual_id = match self.window.window_handle().ok()?.as_raw() {
            RawWindowHandle::Xlib(handle) => u32::try_from(handle.visual_id).ok().and_then(NonZeroU32::new),
            RawWindowHandle::Xcb(handle) => handle.visual_id,
            _ => return None,
        };
        Some(RawWindowHandle::Xcb(own))
    }
}

impl HasDisplayHandle for Drawable {
    fn display_handle(&self) -> Result<DisplayHandle<'_>, HandleError> {
        let Some(X11 { connection, screen }) = &self.x11 else { return self.window.display_handle() };
        let connection = NonNull::new(connection.get_raw_xcb_connection()).ok_or(HandleError::Unavailable)?;
        let raw = RawDisplayHandle::Xcb(XcbDisplayHandle::new(Some(connection), *screen));
        // SAFETY: the connection is open for as long as `self` lives, and the handle borrows `self`.
        Ok(unsafe { DisplayHandle::borrow_raw(raw) })
    }
}

impl HasWindowHandle for Drawable {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        if self.x11.is_none() {
            return self.window.window_handle();
        }
        let raw = self.x11_id().and_then(|id| self.x11_handle(id)).ok_or(HandleError::Unavailable)?;
        // SAFETY: the window exists for as long as `self` keeps it, on the server that the display handle is of.
        Ok(unsafe { WindowHandle::borrow_raw(raw) })
    }
}
