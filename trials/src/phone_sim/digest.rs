//! What a visit's digest has to be, by the salts that the server says with it.

use std::collections::BTreeMap;

use incognito::{
    db::types::Sha256,
    seals::salted::Salt,
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
    },
};
use serde_json::Value;

/// The parts with these salts.
pub(super) fn parts(salts: &BTreeMap<String, Salt>) -> Parts {
    Parts { salts: salts.clone(), ..Parts::default() }
}

/// The parts of a visit as the server shows it; none if it has no salts.
pub(super) fn parts_of(visit: &Value) -> Option<Parts> {
    let salts = visit.get("salts").filter(|salts| !salts.is_null())?;
    Some(parts(&serde_json::from_value(salts.clone()).ok()?))
}

/// The digest that this submission has with the salts of a visit as the server shows it.
pub(super) fn of(submission: &Submission, visit: &Value) -> Option<Sha256> {
    content_hash(submission, parts_of(visit).as_ref()).ok()
}

/// The digest of a visit as the server shows it.
pub(super) fn shown(visit: &Value) -> Option<Sha256> {
    of(&serde_json::from_value(visit.get("content")?.clone()).ok()?, visit)
}
