//! Asking servers over HTTP.

use std::error::Error;

/// Why a request failed, in its innermost words: those around them only say that it did.
pub(crate) fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
