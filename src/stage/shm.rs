//! The presenter without a GPU: pixels into the window system's shared memory, and only those that changed.
//!
//! softbuffer hands out buffers that may be one or two frames old (on Wayland there are two); what changed since a
//! buffer was last shown is put into it again. With `Memory` the same code fills a buffer that no window shows.

use super::composition::{Composition, Due};
use super::drawable::Drawable;
use crate::layout::Rect;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;
use winit::raw_window_handle::{HasDisplayHandle, RawDisplayHandle};

/// How many frames old a buffer may be and still be brought up to date by parts.
const AGE_MAX: usize = 3;

type Surface = softbuffer::Surface<Arc<Drawable>, Arc<Drawable>>;

pub struct Shm {
    target: Target,
    /// Physical pixels.
    size: (u32, u32),
    /// What the last frames changed, newest first.
    past: [Due; AGE_MAX],
}

enum Target {
    /// `buffered`: presenting only fills a buffer of requests, which must be sent (X11).
    Window {
        surface: Surface,
        whole: bool,
        buffered: bool,
    },
    Memory(Vec<u32>),
}

impl Shm {
    /// Into a window.
    pub fn window(window: &Arc<Drawable>, size: (u32, u32)) -> Result<Shm, softbuffer::SoftBufferError> {
        let context = softbuffer::Context::new(Arc::clone(window))?;
        let surface = softbuffer::Surface::new(&context, Arc::clone(window))?;
        let buffered = window.display_handle().is_ok_and(|handle| {
            matches!(handle.as_raw(), RawDisplayHandle::Xlib(_) | RawDisplayHandle::Xcb(_))
        });
        let mut shm = Shm {
            target: Target::Window { surface, whole: true, buffered },
            size,
            past: [Due::default(); AGE_MAX],
        };
        shm.resize(size);
        Ok(shm)
    }

    /// Into memory, with no window.
    pub fn memory(size: (u32, u32)) -> Shm {
        let pixels = vec![0; size.0 as usize * size.1 as usize];
        Shm { target: Target::Memory(pixels), size, past: [Due::default(); AGE_MAX] }
    }

    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    pub fn resize(&mut self, size: (u32, u32)) {
        self.size = size;
        match &mut self.target {
            Target::Window { surface, whole, .. } => {
                *whole = true;
                let sides = (NonZeroU32::new(size.0), NonZeroU32::new(size.1));
                if let (Some(width), Some(height)) = sides
                    && let Err(error) = surface.resize(width, height)
                {
                    tracing::warn!(%error, "the window's buffer cannot be resized");
                }
            }
            Target::Memory(pixels) => *pixels = vec![0; size.0 as usize * size.1 as usize],
        }
    }

    /// Brings what is due to the screen.
    pub fn present(
        &mut self,
        composition: &mut Composition,
        due: Due,
        now: Instant,
    ) -> Result<(), softbuffer::SoftBufferError> {
        if self.size.0 == 0 || self.size.1 == 0 {
            return Ok(());
        }
        match &mut self.target {
            Target::Memory(pixels) => composition.put(due, pixels, now),
            Target::Window { surface, whole, buffered } => {
                let mut buffer = surface.buffer_mut()?;
                let age = usize::from(buffer.age());
                let all = Due { all: true, ..due };
                let needed = if *whole || age == 0 || age > AGE_MAX {
                    all
                } else {
                    self.past[..age - 1].iter().fold(due, |sum, past| sum.join(*past))
                };
                composition.put(needed, &mut buffer, now);
                // What was shown last frame is as it was; only what is new counts as damage.
                let damage = if *whole { all } else { due };
                buffer.present_with_damage(&damaged(composition, damage))?;
                if *buffered {
                    // Waiting for the buffer sends what is queued; otherwise the last picture before a rest
                    // would stay in the queue until the next one, a minute or a day later.
                    surface.buffer_mut()?;
                }
                *whole = false;
                self.past.rotate_right(1);
                self.past[0] = due;
            }
        }
        Ok(())
    }
}

fn damaged(composition: &Composition, due: Due) -> Vec<softbuffer::Rect> {
    let output = composition.output();
    let scene = composition.show().map(|show| &show.scene);
    let ticker = scene.and_then(|scene| scene.ticker.as_ref().map(|band| band.rect)).filter(|_| due.ticker);
    let film = scene.and_then(|scene| scene.film.as_ref().map(|film| film.rect)).filter(|_| due.film);
    let rects = match due.all {
        true => vec![output.screen()],
        false => {
            [Some(due.page), ticker, film].into_iter().flatten().map(|rect| output.place(rect)).collect()
        }
    };
    let damage = |rect: Rect| {
        Some(softbuffer::Rect {
            x: rect.x as u32,
            y: rect.y as u32,
            width: NonZeroU32::new(rect.w as u32)?,
            height: NonZeroU32::new(rect.h as u32)?,
        })
    };
    rects.into_iter().filter_map(damage).collect()
}
