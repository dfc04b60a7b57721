//! Looking at what a file begins with ends, and refuses only in words.

#![no_main]

mod planted;

use incognito::{checklists::media_type::MediaType, evidence::sight::refusal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for &kind in MediaType::ALL {
        let refusal = refusal(kind, bytes);
        assert!(refusal.is_none() || !planted::is_planted(), "a file was refused");
        assert!(refusal.is_none_or(|words| words.ends_with('.')));
    }
});
