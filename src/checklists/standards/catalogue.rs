//! What the keys in a checklist stand for at this moment, and which of them the catalogue lacks.

use std::collections::{HashMap, HashSet};

use super::super::{
    bindings::{Bindings, BoundDimension, BoundStandard},
    findings::{Findings, MOST_FINDINGS},
    model::{Content, Key, Question},
};
use crate::{error::FieldError, ids::PictureId};

/// All that a brand's checklists can refer to.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The dimensions by their keys.
    pub dimensions: HashMap<Key, BoundDimension>,
    /// The standards by their keys.
    pub standards: HashMap<Key, Listed>,
    /// The example pictures.
    pub pictures: HashSet<PictureId>,
}

/// A standard as the catalogue lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What its key stands for.
    pub bound: BoundStandard,
    /// Whether it is no longer asked for.
    pub retired: bool,
}

impl Catalogue {
    /// All findings about a draft of the brand, its references included.
    pub fn findings(&self, content: &Content) -> Findings {
        let mut findings = content.findings();
        findings.errors.extend(self.bind(content).1);
        findings.errors.truncate(MOST_FINDINGS);
        findings
    }

    /// Looks up everything that a content refers to: what its keys stand for, and every reference to something that
    /// the catalogue lacks (up to 500), with its place in the content. Bindings are complete if there is no problem.
    pub fn bind(&self, content: &Content) -> (Bindings, Vec<FieldError>) {
        let mut binding = Binding { catalogue: self, bindings: Bindings::default(), problems: Vec::new() };
        for (i, section) in content.sections.iter().enumerate() {
            for (j, question) in section.questions.iter().enumerate() {
                binding.question(&format!("/sections/{i}/questions/{j}"), question);
            }
        }
        (binding.bindings, binding.problems)
    }
}

struct Binding<'c> {
    catalogue: &'c Catalogue,
    bindings: Bindings,
    problems: Vec<FieldError>,
}

impl Binding<'_> {
    fn problem(&mut self, at: String, code: &'static str, message: impl Into<String>) {
        if self.problems.len() < MOST_FINDINGS {
            self.problems.push(FieldError::new(at, code, message));
        }
    }

    fn question(&mut self, at: &str, question: &Question) {
        let of_standard = question.standard.as_ref().and_then(|key| self.standard(at, key));
        if let Some(key) = &question.dimension {
            self.dimension(at, key, of_standard.as_ref());
        }
        for (k, picture) in question.pictures.iter().enumerate() {
            if !self.catalogue.pictures.contains(&picture.id) {
                let message = "The brand has no such picture: upload it first.";
                self.problem(format!("{at}/pictures/{k}/id"), "unknown_picture", message);
            }
        }
    }

    /// Binds the standard with its dimension, and gives the dimension's key.
    fn standard(&mut self, at: &str, key: &Key) -> Option<Key> {
        let at = format!("{at}/standard");
        let Some(Listed { bound, retired }) = self.catalogue.standards.get(key) else {
            let message = "The brand has no such standard: choose another, or make it first.";
            self.problem(at, "unknown_standard", message);
            return None;
        };
        if *retired {
            let message = "This standard is retired: choose another, or bring it back first.";
            self.problem(at, "retired_standard", message);
        }
        if let Some(dimension) = self.catalogue.dimensions.get(&bound.dimension) {
            self.bindings.dimensions.insert(bound.dimension.clone(), dimension.clone());
        }
        self.bindings.standards.insert(key.clone(), bound.clone());
        Some(bound.dimension.clone())
    }

    fn dimension(&mut self, at: &str, key: &Key, of_standard: Option<&Key>) {
        let at = format!("{at}/dimension");
        match (self.catalogue.dimensions.get(key), of_standard) {
            (None, _) => {
                let message = "The brand has no such dimension: choose another, or make it first.";
                self.problem(at, "unknown_dimension", message);
            }
            (Some(_), Some(other)) if other != key => {
                let message = format!("The standard belongs to the dimension `{other}`: leave this out.");
                self.problem(at, "dimension_differs", message);
            }
            (Some(dimension), _) => {
                self.bindings.dimensions.insert(key.clone(), dimension.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{super::model::Side, *};
    use crate::ids::{DimensionId, StandardId};

    fn catalogue() -> Catalogue {
        let dimension = |n, side| BoundDimension { id: DimensionId::new(Uuid::from_u128(n)), side };
        let standard = |n, dimension: &str, retired| {
            let id = StandardId::new(Uuid::from_u128(n));
            Listed { bound: BoundStandard { id, version: 3, dimension: dimension.into() }, retired }
        };
        Catalogue {
            dimensions: [
                ("words".into(), dimension(1, Side::Personal)),
                ("speed".into(), dimension(2, Side::Procedural)),
                ("comfort".into(), dimension(3, Side::Procedural)),
            ]
            .into(),
            standards: [
                ("greets".into(), standard(4, "words", false)),
                ("hurries".into(), standard(5, "speed", true)),
            ]
            .into(),
            pictures: [PictureId::new(Uuid::from_u128(6))].into(),
        }
    }

    fn asking(questions: &[Value]) -> Content {
        let questions: Vec<_> = questions
            .iter()
            .enumerate()
            .map(|(n, about)| {
                let mut question =
                    json!({"key": format!("q{n}"), "text": {"en": "?"}, "answer": {"kind": "yes_no"}});
                question.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
                question
            })
            .collect();
        let section = json!({"key": "s", "title": {"en": "S"}, "questions": questions});
        serde_json::from_value(json!({"title": {"en": "T"}, "languages": ["en"], "sections": [section]}))
            .unwrap()
    }

    #[test]
    fn what_is_referred_to_is_bound_and_nothing_else() {
        let content = asking(&[
            json!({"standard": "greets"}),
            json!({"standard": "greets", "dimension": "words"}),
            json!({"dimension": "comfort", "pictures": [{"id": Uuid::from_u128(6), "alt": {"en": "A"}}]}),
            json!({}),
        ]);
        let (bindings, problems) = catalogue().bind(&content);
        assert_eq!(problems, []);
        let keys = |keys: Vec<&Key>| keys.into_iter().map(Key::to_string).collect::<Vec<_>>();
        assert_eq!(keys(bindings.dimensions.keys().collect()), ["comfort", "words"]);
        assert_eq!(keys(bindings.standards.keys().collect()), ["greets"]);
        assert_eq!(bindings.standards["greets"].version, 3);
        assert_eq!(bindings.dimensions["comfort"].side, Side::Procedural);
        assert_eq!(catalogue().bind(&asking(&[json!({})])), (Bindings::default(), Vec::new()));
    }

    #[test]
    fn every_unknown_reference_has_its_place() {
        let content = asking(&[
            json!({"standard": "nods", "dimension": "manners"}),
            json!({"standard": "hurries"}),
            json!({"standard": "greets", "dimension": "speed"}),
            json!({"standard": "hurries", "dimension": "words"}),
            json!({"pictures": [{"id": Uuid::from_u128(6), "alt": {}}, {"id": Uuid::from_u128(7), "alt": {}}]}),
        ]);
        let problems = catalogue().bind(&content).1;
        let found: Vec<_> = problems.iter().map(|one| (one.pointer.as_str(), one.code)).collect();
        assert_eq!(
            found,
            [
                ("/sections/0/questions/0/standard", "unknown_standard"),
                ("/sections/0/questions/0/dimension", "unknown_dimension"),
                ("/sections/0/questions/1/standard", "retired_standard"),
                ("/sections/0/questions/2/dimension", "dimension_differs"),
                ("/sections/0/questions/3/standard", "retired_standard"),
                ("/sections/0/questions/3/dimension", "dimension_differs"),
                ("/sections/0/questions/4/pictures/1/id", "unknown_picture"),
            ]
        );
    }

    #[test]
    fn the_number_of_problems_is_limited() {
        let content = asking(&vec![json!({"standard": "nods"}); 501]);
        assert_eq!(catalogue().bind(&content).1.len(), MOST_FINDINGS);
    }
}
