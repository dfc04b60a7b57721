//! Who may go for a campaign.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{ids::QualificationId, strict::objects_only};

/// Who may go: what is left out is not asked for. Conflicts of interest are always in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Who {
    /// Whether a shopper has to speak a language of the branch.
    #[serde(default)]
    #[schema(default = false)]
    pub languages: bool,
    /// What a shopper has to be qualified by: a qualification of the brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification_id: Option<QualificationId>,
    /// How soon no shopper goes to the same branch again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub same_branch: Option<Rotation>,
    /// How soon no shopper goes to the same region again: the one that the branch lies directly in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub same_region: Option<Rotation>,
    /// How many assignments a shopper has at once at most, this one and those that are offered included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub most_jobs_at_once: Option<i32>,
    /// The lowest rating with which a shopper may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub lowest_rating: Option<i32>,
}

impl Who {
    /// Whether nothing is asked for.
    pub fn asks_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How soon no shopper goes to the same branch or region again: neither within so many days, nor among so many visits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Rotation {
    /// Not within so many days of a visit there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 3_650))]
    #[schema(minimum = 1, maximum = 3_650)]
    pub days: Option<i32>,
    /// Not if one of the shopper's last so many visits was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1_000))]
    #[schema(minimum = 1, maximum = 1_000)]
    pub visits: Option<i32>,
}

/// What is asked for where a rule forbids nothing.
pub(super) const NO_ROTATION: &str =
    "say within how many days, or among how many visits, or leave the rule out";

impl Rotation {
    /// Whether a rule that is there forbids anything.
    pub(super) fn says_something(rule: Option<&Self>) -> bool {
        rule.is_none_or(|rule| *rule != Self::default())
    }
}

objects_only!(Who, Rotation);
