//! When a question is shown: a closed subset of JSONLogic over earlier answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a question or a section is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Rule(serde_json::Value);

/// What is wrong with the rules of a content.
pub(super) fn check(_: &super::model::Content) -> Vec<super::findings::Finding> {
    Vec::new()
}
