//! Asking servers over HTTP.

use std::{error::Error, iter::successors};

/// Why a request failed, in its innermost words: those around them only say that it did.
pub(crate) fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let causes = successors(error.source(), |cause| cause.source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}
