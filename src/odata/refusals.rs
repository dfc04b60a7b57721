//! How what is asked is refused.

use crate::error::{Code, Error};

/// What is wrong with what was asked.
pub fn wrong(detail: impl Into<String>) -> Error {
    Error::new(Code::MalformedRequest).detail(detail)
}

/// What is not supported, by its name.
pub fn not_supported(name: &str) -> Error {
    let name: String = name.chars().take(60).collect();
    Error::new(Code::NotSupported).detail(format!("{name} is not supported"))
}
