//! What Mesa's layers make Wayland's library say: they ask every machine for a Wayland display, to learn which card the
//! screen is on, and on one without XDG_RUNTIME_DIR the library writes that to standard error, once for each Vulkan
//! instance. Nothing is the matter then. What else it says goes to the log.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Once;

/// `wl_log_func_t` of wayland-client.h. A `va_list` that is an argument is a pointer on the systems that we build for
/// (System V x86-64, AAPCS64).
type Handler = extern "C" fn(*const c_char, *mut c_void);

unsafe extern "C" {
    /// stdio.h, its `va_list` as above.
    fn vsnprintf(buffer: *mut c_char, size: usize, format: *const c_char, arguments: *mut c_void) -> i32;
}

extern "C" fn take(format: *const c_char, arguments: *mut c_void) {
    let mut buffer = [0u8; 512];
    // SAFETY: the library calls with a format and the arguments for it; the buffer is as long as is said, and what is
    // longer is cut off, its closing 0 in place.
    unsafe { vsnprintf(buffer.as_mut_ptr().cast(), buffer.len(), format, arguments) };
    let said = CStr::from_bytes_until_nul(&buffer).unwrap_or_default().to_string_lossy();
    let said = said.trim_end();
    match said.contains("XDG_RUNTIME_DIR") {
        true => tracing::debug!("wayland: {said}"),
        false => tracing::warn!("wayland: {said}"),
    }
}

/// From now on Wayland's library, where this machine has it, speaks to the log.
pub(super) fn listen_to_wayland() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the library is opened by the name of its interface's version, stays open, and `set` has the type
        // that wayland-client-core.h declares; the handler lives as long as the program.
        unsafe {
            let library = libc::dlopen(c"libwayland-client.so.0".as_ptr(), libc::RTLD_LAZY);
            if library.is_null() {
                return;
            }
            let set = libc::dlsym(library, c"wl_log_set_handler_client".as_ptr());
            if !set.is_null() {
                let set: extern "C" fn(Handler) = std::mem::transmute(set);
                set(take);
            }
        }
    });
}
