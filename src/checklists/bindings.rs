//! What a version's keys of standards and dimensions stand for. It is written down when the version is published, for
//! good.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    model::{Content, Key, Question},
    standards::model::Side,
};
use crate::ids::{DimensionId, StandardId};

/// What the keys of standards and dimensions stood for when the version was published. What becomes of the catalogue
/// later changes no version and no score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bindings {
    /// The dimensions that its questions and their standards belong to.
    #[serde(default)]
    pub dimensions: BTreeMap<Key, BoundDimension>,
    /// The standards that its questions verify.
    #[serde(default)]
    pub standards: BTreeMap<Key, BoundStandard>,
}

/// The dimension that a key stood for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundDimension {
    /// Its id.
    pub id: DimensionId,
    /// Its side.
    pub side: Side,
}

/// The standard that a key stood for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundStandard {
    /// Its id.
    pub id: StandardId,
    /// The version of its text.
    pub version: i32,
    /// The key of the dimension that it belonged to.
    pub dimension: Key,
}

impl Bindings {
    /// The key of the dimension that a question belongs to: its standard's, or else its own.
    pub fn dimension<'b>(&'b self, question: &'b Question) -> Option<&'b Key> {
        let of_standard = |key| self.standards.get::<Key>(key).map(|standard| &standard.dimension);
        question.standard.as_ref().and_then(of_standard).or(question.dimension.as_ref())
    }

    /// The keys of standards and of dimensions that a content names.
    pub fn keys(content: &Content) -> (Vec<&Key>, Vec<&Key>) {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        let (mut standards, mut dimensions): (Vec<_>, Vec<_>) = (
            questions().filter_map(|question| question.standard.as_ref()).collect(),
            questions().filter_map(|question| question.dimension.as_ref()).collect(),
        );
        for keys in [&mut standards, &mut dimensions] {
            keys.sort_unstable();
            keys.dedup();
        }
        (standards, dimensions)
    }
}
