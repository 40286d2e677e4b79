//! Whatever a key signed as `programme.json` or `alerts.json`: no panic, no memory out of proportion, no time without
//! end. A short input that is repeated stands for a long one: lists and nesting are where files grow.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    bangtin::fuzz::content(input);
    // `[0,` and the like, often.
    let Some((&times, unit)) = input.split_first().filter(|(_, unit)| unit.len() < 64) else { return };
    for head in [&b"{\"alerts\":["[..], b"{\"title\":\"x\",\"notice\":[", b"{\"title\":\"x\",\"in\":", b""] {
        let long = [head, &unit.repeat(usize::from(times) * 1_000)].concat();
        bangtin::fuzz::content(&long);
    }
});
