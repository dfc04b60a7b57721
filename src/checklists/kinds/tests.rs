//! A new kind of question is missed here where the compiler does not miss it.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::json;
use utoipa::PartialSchema;

use super::*;
use crate::checklists::{answers::AnswerValue, samples::kinds};

/// All names of kinds, as serde lists them.
fn names() -> BTreeSet<String> {
    let error = serde_json::from_value::<AnswerKind>(json!({"kind": "none"})).unwrap_err().to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

/// One of each kind that the samples have, by its name.
fn sampled() -> BTreeMap<String, AnswerKind> {
    let (mut runner, kinds) = (TestRunner::deterministic(), kinds());
    let mut sample = || kinds.new_tree(&mut runner).unwrap().current();
    let name = |kind: &AnswerKind| json!(kind)["kind"].as_str().unwrap().to_owned();
    (0..1_000).map(|_| sample()).map(|kind| (name(&kind), kind)).collect()
}

#[test]
fn the_samples_are_of_every_kind() {
    assert_eq!(sampled().into_keys().collect::<BTreeSet<_>>(), names());
    assert!(names().len() >= 14);
}

#[test]
fn the_vectors_are_of_every_kind() {
    for vectors in [
        include_str!("../../../tests/vectors/rules.json"),
        include_str!("../../../tests/vectors/scoring.json"),
        include_str!("../../../tests/vectors/README.md"),
    ] {
        let missing: Vec<_> = names()
            .into_iter()
            .filter(|name| {
                !vectors.contains(&format!("\"kind\": \"{name}\"")) && !vectors.contains(&format!("`{name}`"))
            })
            .collect();
        assert_eq!(missing, [""; 0]);
    }
}

#[test]
fn the_contract_says_what_a_value_of_every_kind_is() {
    let about = json!(AnswerValue::schema())["description"].as_str().unwrap().to_owned();
    let valued = sampled().into_iter().filter(|(_, kind)| !kind.is_answered_by_files() && !kind.is_note());
    let missing: Vec<_> =
        valued.map(|(name, _)| format!("`{name}`")).filter(|name| !about.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}
