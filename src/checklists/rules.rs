//! When a question is shown: a closed subset of JSONLogic over earlier answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a question or a section is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Rule(serde_json::Value);
