//! What the reports of a campaign's visits show.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    limits::{Identifier, Several},
    strict::{objects_only, or_default},
};

/// Most questions that a campaign hides by name.
pub const MOST_HIDDEN: usize = 500;
/// The keys of questions that are left out.
pub type HiddenQuestions = Several<Identifier, 0, MOST_HIDDEN>;

/// What the reports of a campaign's visits show to the branch's side. What is shown beyond the usual also needs a notice that
/// had started when the report went out, of the level `branch` or `person`; recordings need one of the level `person`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Reporting {
    /// Whether comments are shown.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub comments: bool,
    /// Whether photos are shown.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub photos: bool,
    /// Whether amounts are shown.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub amounts: bool,
    /// Whether answers to questions about the visit are shown, with receipts and photos of them.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub about_visit: bool,
    /// Whether recordings are shown. Colleagues know each other's voices, so a recording names a person who works there. It has
    /// the shopper's voice as well, and how its sound is coded tells of the shopper's phone: two visits may be seen to be of one
    /// phone. So a recording goes out only if a reviewer has listened to it and settled what of it is silent
    /// (`PUT /v1/visits/{id}/files/{evidence_id}/cut`).
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub recordings: bool,
    /// The keys of questions that are left out.
    #[serde(default, skip_serializing_if = "HiddenQuestions::is_empty")]
    pub hidden: HiddenQuestions,
}

objects_only!(Reporting);

const fn yes() -> bool {
    true
}

impl Default for Reporting {
    fn default() -> Self {
        Self {
            comments: true,
            photos: true,
            amounts: false,
            about_visit: false,
            recordings: false,
            hidden: HiddenQuestions::default(),
        }
    }
}

impl Reporting {
    /// Whether nothing else is said than what is usual.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}
