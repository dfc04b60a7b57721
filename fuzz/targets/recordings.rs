//! Any bytes are read as a recording or refused; what was read is read again the same.

#![no_main]

use incognito::evidence::recordings::{Limits, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = read(bytes, &Limits::default()) else { return };
    assert!(recording.clean.len() <= bytes.len() + 64);
    let again = read(&recording.clean, &Limits::default()).map(|again| again.milliseconds);
    assert_eq!(again, Ok(recording.milliseconds));
});
