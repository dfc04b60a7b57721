//! `incognito openapi`.

use super::{Outcome, say};
use crate::server::docs;

pub(super) fn run() -> Outcome {
    say(docs::yaml()?.trim_end());
    Ok(())
}
