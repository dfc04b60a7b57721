//! The vectors for client teams (`tests/vectors/scoring.json`) hold here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::{answers::Answers, bindings::Bindings, manifest::Manifest, model::Content};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    visits: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    content: Content,
    #[serde(default)]
    bindings: Bindings,
    answers: Answers,
    #[serde(default)]
    manifest: Manifest,
    expect: Json,
}

impl Vector {
    /// What comes out, as `expect` has it.
    fn outcome(self) -> Json {
        let Self { name, content, bindings, answers, manifest, .. } = self;
        assert_eq!(content.check(), [], "{name}");
        let prepared = Prepared::bound(content, bindings);
        let filled = Filled { answers: &answers, manifest: &manifest };
        let hidden = json!(prepared.hidden(filled));
        let scored = prepared.score(filled);
        assert_eq!(prepared.overall(filled), scored.overall, "{name}");
        let (answers, manifest) = prepared.without_hidden(answers.clone(), manifest.clone());
        let kept = Filled { answers: &answers, manifest: &manifest };
        assert_eq!(prepared.check_answers(kept), [], "{name}");
        assert_eq!(prepared.score(kept), scored, "{name}: what is hidden is in no score");
        let scores = |subjects: &[SubjectScore]| {
            subjects
                .iter()
                .map(|subject| (subject.key.to_string(), json!(subject.score)))
                .collect::<BTreeMap<_, _>>()
        };
        let sides: BTreeMap<_, _> =
            scored.sides.iter().map(|side| (side.side.to_string(), json!(side.score))).collect();
        let question = |one: &SubjectScore| {
            (one.key.to_string(), json!({"earned": one.earned, "possible": one.possible}))
        };
        json!({
            "overall": scored.overall,
            "sections": scores(&scored.sections),
            "dimensions": scores(&scored.dimensions),
            "sides": sides,
            "standards": scores(&scored.standards),
            "questions": scored.questions.iter().map(question).collect::<BTreeMap<_, _>>(),
            "effects": scored.effects,
            "hidden": hidden,
        })
    }
}

#[test]
fn the_vectors_come_out_as_they_say() {
    let vectors = include_str!("../../../../tests/vectors/scoring.json");
    let Vectors { visits } = serde_json::from_str(vectors).unwrap();
    assert!(visits.len() >= 60);
    for vector in visits {
        let (name, expected) = (vector.name.clone(), vector.expect.clone());
        assert_eq!(vector.outcome(), expected, "{name}");
    }
}
