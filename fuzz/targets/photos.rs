//! Any bytes are read as a photo or refused, and no decoder breaks.

#![no_main]

mod planted;

use incognito::evidence::photos::{Limits, Problem, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let photo = read(bytes, &Limits::default());
    assert!(photo.is_err() || !planted::is_planted(), "a photo was read");
    assert_ne!(photo.err(), Some(Problem::Broke));
});
