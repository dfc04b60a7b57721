//! Any bytes are read as a photo or refused, and no decoder breaks.

#![no_main]

use incognito::evidence::photos::{Limits, Problem, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert_ne!(read(bytes, &Limits::default()).err(), Some(Problem::Broke));
});
