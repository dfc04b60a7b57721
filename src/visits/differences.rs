//! How a visit that is sent differs from the one that is kept under its id.

use serde_json::{Map, Value};

use super::model::Submission;
use crate::error::{FieldError, escape};

/// More differences than this are not listed.
const MOST_DIFFERENCES: usize = 100;

/// Where what was sent differs from what is kept under the same id, as JSON pointers.
pub fn differences(kept: &Submission, sent: &Submission) -> Vec<FieldError> {
    let json = |submission: &Submission| serde_json::to_value(submission).unwrap_or_default();
    let mut found = Vec::new();
    compare(&json(kept), &json(sent), String::new(), &mut found);
    found.truncate(MOST_DIFFERENCES);
    found
        .into_iter()
        .map(|pointer| FieldError::new(pointer, "differs", "differs from what is kept"))
        .collect()
}

fn compare(kept: &Value, sent: &Value, at: String, found: &mut Vec<String>) {
    match (kept, sent) {
        (Value::Object(kept), Value::Object(sent)) => {
            let added = sent.keys().filter(|name| !kept.contains_key(*name));
            for name in kept.keys().chain(added) {
                let side = |object: &Map<_, _>| object.get(name).cloned().unwrap_or_default();
                compare(&side(kept), &side(sent), format!("{at}/{}", escape(name)), found);
            }
        }
        _ if kept != sent => found.push(at),
        _ => {}
    }
}
