//! Any bytes are read as a recording or refused; what was read is read again the same, and what can be cut is read again.

#![no_main]

mod planted;
mod seeds;

use incognito::evidence::recordings::{Limits, Stretch, cut, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write(), |bytes: &[u8]| {
    if let Ok(copy) = cut(bytes, &[Stretch { from: 200, to: 500 }]) {
        assert!(read(&copy.bytes, &Limits { seconds: u32::MAX }).is_ok());
    }
    let Ok(recording) = read(bytes, &Limits::default()) else { return };
    assert!(!planted::is_planted(), "a recording was read");
    assert!(recording.clean.len() <= bytes.len() + 64);
    let again = read(&recording.clean, &Limits::default()).map(|again| again.milliseconds);
    assert_eq!(again, Ok(recording.milliseconds));
});
