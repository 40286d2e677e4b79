//! The window, on the main thread: winit asks for nothing less. It opens, reports what happens to it, and
//! draws nothing itself; the board runs in a thread of its own.
//!
//! A full-screen window follows its monitor: under a window manager or a compositor by itself, on a bare X server, where
//! nobody tells it, whenever the server tells of a new mode. When the window system goes away there is nothing left to
//! show on: the program says so and ends with an error, for the service manager to start both again.

use super::event::{Event, WindowEvent};
use super::monitor::{self, Mode};
use crate::problem::{Outcome, Problem};
use crate::say;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::monitor::MonitorHandle;
use winit::raw_window_handle::{HasDisplayHandle, RawDisplayHandle};
use winit::window::{Fullscreen, Window, WindowId};

/// Refresh rates that displays have; a system that tells another does not know.
const RATES_MHZ: std::ops::RangeInclusive<u32> = 20_000..=400_000;

/// What is logged of the window's library, as a filter's directive. Of an X server it finds much to be odd that is so on
/// every machine without a desktop, and goes on; what it cannot do comes as an error.
pub const LOGGED: &str = "winit::platform_impl::linux::x11=error";

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
        bare: false,
        kind,
        title,
        events,
        opened: Some((opened, waker)),
        window: None,
        rate_mhz: None,
        problem: None,
    };
    last_words::arm();
    let ran = event_loop.run_app(&mut shell);
    last_words::disarm();
    if let Some(problem) = shell.problem {
        return Err(problem);
    }
    match (ran, shell.window) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(_)) => Err(gone()),
        (Err(error), None) => Err(no_display(&error)),
    }
}

fn gone() -> Problem {
    Problem::new(
        "display",
        say!(en: "the window system went away", vi: "hệ thống cửa sổ đã tắt"),
        say!(en: "start it again, and the board; as a service both start by themselves",
             vi: "hãy chạy lại hệ thống cửa sổ và bảng; nếu cài thành dịch vụ thì cả hai tự chạy lại"),
    )
}

/// Xlib ends the program when its server goes away, with a sentence of its own and without asking anybody.
mod last_words {
    use std::io::Write;
    use std::sync::Once;
    use std::sync::atomic::{AtomicBool, Ordering};

    static ARMED: AtomicBool = AtomicBool::new(false);
    static REGISTERED: Once = Once::new();

    /// From now on an end of the program means that the window system went away.
    pub fn arm() {
        ARMED.store(true, Ordering::Release);
        REGISTERED.call_once(|| {
            // SAFETY: the function is a plain one of this program, takes nothing and does not unwind.
            unsafe { libc::atexit(say) };
        });
    }

    pub fn disarm() {
        ARMED.store(false, Ordering::Release);
    }

    extern "C" fn say() {
        if ARMED.load(Ordering::Acquire) {
            // There is nobody left to tell if that fails.
            let _ = writeln!(std::io::stderr(), "bangtin: {}", super::gone());
        }
    }
}

#[derive(Debug)]
enum Wake {
    End,
    /// To be answered, which shows that this loop comes round.
    Beat(Sender<()>),
    /// The monitor of a bare X server shows this now.
    Monitor(Mode),
}

/// Ends the window's loop from another thread.
#[derive(Debug, Clone)]
pub struct Waker(winit::event_loop::EventLoopProxy<Wake>);

impl Waker {
    pub fn close(&self) {
        // The loop may have ended by itself.
        let _ = self.0.send_event(Wake::End);
    }

    /// Asks the window's loop for a sign of life.
    pub fn beat_to(&self, answer: Sender<()>) {
        // The loop may have ended by itself; then there is none.
        let _ = self.0.send_event(Wake::Beat(answer));
    }
}

/// The socket of the Wayland compositor that shows this window, by `wl_display_connect(3)`'s rules; `None` on X11.
pub fn compositor(window: &Window) -> Option<PathBuf> {
    let on_wayland =
        window.display_handle().is_ok_and(|h| matches!(h.as_raw(), RawDisplayHandle::Wayland(_)));
    let name = std::env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty() && on_wayland)?;
    // An absolute name stays what it is.
    Some(PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default()).join(name))
}

fn first_monitor(event_loop: &ActiveEventLoop) -> Option<MonitorHandle> {
    event_loop.primary_monitor().or_else(|| event_loop.available_monitors().next())
}

struct Shell<F> {
    kind: WindowKind,
    title: String,
    events: Sender<Event>,
    opened: Option<(F, Waker)>,
    window: Option<Arc<Window>>,
    rate_mhz: Option<u32>,
    /// There is neither a window manager nor a compositor.
    bare: bool,
    problem: Option<Problem>,
}

impl<F> Shell<F> {
    fn tell(&self, event: WindowEvent) {
        // The board's thread ends before this loop does; then nobody needs to know.
        let _ = self.events.send(Event::Window(event));
    }

    /// Brings a full-screen window to where its monitor is on a bare X server.
    fn fill(&mut self, mode: Mode) {
        if let (WindowKind::FullScreen, Some(window)) = (self.kind, &self.window) {
            window.set_outer_position(PhysicalPosition::new(mode.place.0, mode.place.1));
            let _ = window.request_inner_size(PhysicalSize::new(mode.size.0, mode.size.1));
        }
    }

    /// Tells the monitor's refresh rate where it is known and has changed.
    fn tell_rate(&mut self, rate_mhz: Option<u32>) {
        let Some(rate) = rate_mhz.filter(|rate| RATES_MHZ.contains(rate)) else { return };
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
                let attributes = match first_monitor(event_loop) {
                    Some(monitor) => attributes.with_inner_size(monitor.size()),
                    None => attributes,
                };
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
            let on_x = window.display_handle().is_ok_and(|handle| {
                matches!(handle.as_raw(), RawDisplayHandle::Xlib(_) | RawDisplayHandle::Xcb(_))
            });
            if on_x {
                let proxy = waker.0.clone();
                monitor::watch(move |mode| {
                    // The loop may have ended.
                    let _ = proxy.send_event(Wake::Monitor(mode));
                });
            }
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
            Winit::Resized(size) => self.tell(WindowEvent::Resized(size.width, size.height)),
            Winit::RedrawRequested => self.tell(WindowEvent::Exposed),
            Winit::CloseRequested | Winit::Destroyed => {
                self.tell(WindowEvent::Closed);
                event_loop.exit();
            }
            _ => {}
        }
    }

    /// The window may have come up, or gone to another monitor: there is no event that says so everywhere.
    fn about_to_wait(&mut self, _: &ActiveEventLoop) {
        if !self.bare {
            let monitor = self.window.as_ref().and_then(|window| window.current_monitor());
            self.tell_rate(monitor.and_then(|monitor| monitor.refresh_rate_millihertz()));
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, wake: Wake) {
        match wake {
            Wake::End => event_loop.exit(),
            Wake::Beat(answer) => {
                // Whoever asked may have gone away.
                let _ = answer.send(());
            }
            Wake::Monitor(mode) => {
                self.bare = true;
                self.fill(mode);
                self.tell_rate(mode.rate_mhz);
            }
        }
    }
}
