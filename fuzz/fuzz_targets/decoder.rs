//! Whatever a decoder says that its file has taken over: no panic, no picture shown while it is drawn over, none in a wrong
//! order, no sound that is none.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bangtin::fuzz::decoder(input));
