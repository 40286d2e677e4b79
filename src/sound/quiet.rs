//! ALSA's library writes a dozen lines to standard error whenever a device cannot be opened. The board says that in
//! one sentence of its own, once; lines that repeat would fill a journal for months.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Once;

unsafe extern "C" {
    /// alsa/error.h; linked through cpal.
    fn snd_lib_error_set_handler(handler: *const c_void) -> c_int;
}

/// ALSA calls it with more arguments, of a variable number; it looks at none of them.
extern "C" fn ignore(_: *const c_char, _: c_int, _: *const c_char, _: c_int, _: *const c_char) {}

/// From now on ALSA's library keeps its errors to what its functions return.
pub(super) fn silence_alsa() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a function of C's calling convention that lives as long as the program. The handler's type is
        // variadic; on the systems that we build for (System V x86-64, AAPCS64) the caller passes and cleans up
        // the arguments, so a callee that reads none of them is sound.
        unsafe { snd_lib_error_set_handler(ignore as *const c_void) };
    });
}
