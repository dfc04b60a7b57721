//! Whatever a file begins with, looking at it ends, and refuses only in words.

#![no_main]

use incognito::{checklists::media_type::MediaType, evidence::sight::refusal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for &kind in MediaType::ALL {
        assert!(refusal(kind, bytes).is_none_or(|words| words.ends_with('.')));
    }
});
