//! `incognito openapi`.

use super::{Outcome, say};
use crate::http::docs;

pub(super) fn run() -> Outcome {
    say(docs::yaml()?.trim_end());
    Ok(())
}
