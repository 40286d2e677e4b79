//! The window, on the main thread: winit asks for nothing less. It opens, reports what happens to it, and
//! draws nothing itself; the board runs in a thread of its own.

use super::event::{Event, WindowEvent};
use crate::problem::{Outcome, Problem};
use crate::say;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::window::{Fullscreen, Window, WindowId};

/// Refresh rates that displays have; a system that tells another does not know.
const RATES_MHZ: std::ops::RangeInclusive<u32> = 20_000..=400_000;

/// How the window is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowKind {
    FullScreen,
    /// Physical pixels.
    Windowed(u32, u32),
}

/// Opens the window, calls `opened` with it once, and passes events on until it is closed or `done` says so.
///
/// # Errors
/// Without a display, or if the display goes away.
pub fn run(
    kind: WindowKind,
    title: String,
    events: Sender<Event>,
    opened: impl FnOnce(Arc<Window>, Waker) -> Outcome<()>,
) -> Outcome<()> {
    let no_display = |error: &dyn std::fmt::Display| {
        Problem::new(
            "display",
            say!(en: "no window can be opened ({error})", vi: "không mở được cửa sổ ({error})"),
            say!(en: "run it in a desktop session or under cage, or use --headless 1920x1080",
                 vi: "hãy chạy trong màn hình nền hoặc dưới cage, hoặc dùng --headless 1920x1080"),
        )
    };
    let mut builder = EventLoop::<Wake>::with_user_event();
    let event_loop = builder.build().map_err(|error| no_display(&error))?;
    event_loop.set_control_flow(ControlFlow::Wait);
    let waker = Waker(event_loop.create_proxy());
    let mut shell = Shell {
        kind,
        title,
        events,
        opened: Some((opened, waker)),
        window: None,
        rate_mhz: None,
        problem: None,
    };
    let ran = event_loop.run_app(&mut shell);
    if let Some(problem) = shell.problem {
        return Err(problem);
    }
    ran.map_err(|error| no_display(&error))
}

#[derive(Debug, Clone, Copy)]
struct Wake;

/// Ends the window's loop from another thread.
#[derive(Debug, Clone)]
pub struct Waker(winit::event_loop::EventLoopProxy<Wake>);

impl Waker {
    pub fn close(&self) {
        // The loop may have ended by itself.
        let _ = self.0.send_event(Wake);
    }
}

struct Shell<F> {
    kind: WindowKind,
    title: String,
    events: Sender<Event>,
    opened: Option<(F, Waker)>,
    window: Option<Arc<Window>>,
    rate_mhz: Option<u32>,
    problem: Option<Problem>,
}

impl<F> Shell<F> {
    fn tell(&self, event: WindowEvent) {
        // The board's thread ends before this loop does; then nobody needs to know.
        let _ = self.events.send(Event::Window(event));
    }

    /// Tells the monitor's refresh rate where it is known and has changed: the window came up, or went to another one,
    /// or the monitor's mode is another.
    fn look_at_rate(&mut self) {
        let monitor = self.window.as_ref().and_then(|window| window.current_monitor());
        let rate = monitor.and_then(|monitor| monitor.refresh_rate_millihertz());
        let Some(rate) = rate.filter(|rate| RATES_MHZ.contains(rate)) else { return };
        if self.rate_mhz.replace(rate) != Some(rate) {
            self.tell(WindowEvent::Rate(rate));
        }
    }
}

impl<F: FnOnce(Arc<Window>, Waker) -> Outcome<()>> ApplicationHandler<Wake> for Shell<F> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        let Some((opened, waker)) = self.opened.take() else { return };
        let attributes = Window::default_attributes().with_title(&self.title);
        let attributes = match self.kind {
            WindowKind::FullScreen => {
                attributes.with_fullscreen(Some(Fullscreen::Borderless(None))).with_decorations(false)
            }
            WindowKind::Windowed(width, height) => attributes
                .with_inner_size(PhysicalSize::new(width, height))
                .with_decorations(true)
                .with_resizable(true),
        };
        let made = event_loop.create_window(attributes).map(Arc::new).map_err(|error| {
            Problem::new(
                "display",
                say!(en: "no window can be opened ({error})", vi: "không mở được cửa sổ ({error})"),
                say!(en: "check that the display is connected and that this user may use it",
                     vi: "hãy kiểm tra màn hình đã nối và người dùng này được phép dùng"),
            )
        });
        let ready = made.and_then(|window| {
            window.set_cursor_visible(false);
            self.window = Some(window.clone());
            opened(window, waker)
        });
        if let Err(problem) = ready {
            self.problem = Some(problem);
            event_loop.exit();
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: winit::event::WindowEvent) {
        use winit::event::WindowEvent as Winit;
        match event {
            Winit::Resized(size) => {
                self.tell(WindowEvent::Resized(size.width, size.height));
                self.look_at_rate();
            }
            Winit::RedrawRequested => {
                self.tell(WindowEvent::Exposed);
                self.look_at_rate();
            }
            Winit::Moved(_) | Winit::ScaleFactorChanged { .. } => self.look_at_rate(),
            Winit::CloseRequested | Winit::Destroyed => {
                self.tell(WindowEvent::Closed);
                event_loop.exit();
            }
            _ => {}
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, Wake: Wake) {
        event_loop.exit();
    }
}
