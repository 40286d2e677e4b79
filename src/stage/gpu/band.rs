//! The ticker's own part of an X11 window: a child window of the band's size, with a surface of its own.
//!
//! A surface is presented whole, sixty times a second, for a band that is a tenth of it. As a window of its own the band alone
//! is drawn and presented, and the page beside it rests. Other window systems are given the whole frame.

use super::{Drawable, Frame, Parting, Trouble, next_frame};
use crate::layout::Rect;
use std::num::NonZeroU32;
use std::sync::Arc;
use winit::raw_window_handle::{DisplayHandle, HandleError, HasDisplayHandle, HasWindowHandle, WindowHandle};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

/// Depth and visual of a new window: those of its parent.
const AS_PARENT: (u8, u32) = (x11rb::COPY_FROM_PARENT as u8, x11rb::COPY_FROM_PARENT);

pub struct Band {
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    /// Of the output.
    pub place: Rect,
    shown: bool,
}

impl Band {
    /// Parts the window. `None` where its window system has no such parts, or does not give one.
    pub(super) fn open(
        parting: &Parting,
        device: &wgpu::Device,
        whole: &wgpu::SurfaceConfiguration,
        place: Rect,
    ) -> Option<Band> {
        let child = Arc::new(Child::open(&parting.window, place)?);
        // The surface keeps the window that it is of.
        let surface = parting.instance.create_surface(child).ok()?;
        let formats = surface.get_capabilities(&parting.adapter).formats;
        if !formats.contains(&whole.format) {
            return None;
        }
        let config = wgpu::SurfaceConfiguration {
            width: place.w.max(1) as u32,
            height: place.h.max(1) as u32,
            ..whole.clone()
        };
        surface.configure(device, &config);
        Some(Band { surface, config, place, shown: false })
    }

    /// Nothing has been shown in it yet.
    pub fn is_new(&self) -> bool {
        !self.shown
    }

    /// Its next frame; none while it is covered.
    pub(super) fn acquire(&mut self, device: &wgpu::Device) -> Result<Option<Frame>, Trouble> {
        let frame = next_frame(&self.surface, || self.surface.configure(device, &self.config))?;
        self.shown |= frame.is_some();
        Ok(frame)
    }
}

/// A child of the board's window, made over the connection that is drawn over.
struct Child {
    parent: Arc<Drawable>,
    id: NonZeroU32,
}

impl Child {
    fn open(parent: &Arc<Drawable>, place: Rect) -> Option<Child> {
        let (connection, of) = (parent.connection()?, parent.x11_id()?.get());
        let id = connection.generate_id().ok()?;
        let (x, y) = (i16::try_from(place.x).ok()?, i16::try_from(place.y).ok()?);
        let (width, height) = (u16::try_from(place.w).ok()?, u16::try_from(place.h).ok()?);
        // Without a background of its own it begins with what the page shows there.
        let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        let made = connection
            .create_window(AS_PARENT.0, id, of, x, y, width, height, 0, class, AS_PARENT.1, &aux)
            .ok()?;
        made.check().ok()?;
        connection.map_window(id).ok()?.check().ok()?;
        Some(Child { parent: Arc::clone(parent), id: NonZeroU32::new(id)? })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let Some(connection) = self.parent.connection() else { return };
        // Without a connection there is no window either.
        if connection.destroy_window(self.id.get()).is_ok() {
            let _ = connection.flush();
        }
    }
}

impl HasDisplayHandle for Child {
    fn display_handle(&self) -> Result<DisplayHandle<'_>, HandleError> {
        self.parent.display_handle()
    }
}

impl HasWindowHandle for Child {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        let raw = self.parent.x11_handle(self.id).ok_or(HandleError::NotSupported)?;
        // SAFETY: a window of that number exists for as long as `self` does, on the server that the display is of.
        Ok(unsafe { WindowHandle::borrow_raw(raw) })
    }
}
