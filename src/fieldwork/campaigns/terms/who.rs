//! Who may go for a campaign.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::QualificationId,
    limits::{Percent, Whole},
    strict::objects_only,
};

/// How many assignments a shopper may have at once.
pub type JobsAtOnce = Whole<1, 100>;
/// Within how many days no shopper goes to the same place again.
pub type RotationDays = Whole<1, 3_650>;
/// Among how many visits no shopper goes to the same place again.
pub type RotationVisits = Whole<1, 1_000>;

/// Who may go: what is left out is not asked for. Conflicts of interest are always in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    pub same_branch: Option<Rotation>,
    /// How soon no shopper goes to the same region again: the one that the branch lies directly in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_region: Option<Rotation>,
    /// How many assignments a shopper has at once at most, this one and those that are offered included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_jobs_at_once: Option<JobsAtOnce>,
    /// The lowest rating with which a shopper may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_rating: Option<Percent>,
}

impl Who {
    /// Whether nothing is asked for.
    pub fn asks_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How soon no shopper goes to the same branch or region again: neither within so many days, nor among so many visits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Rotation {
    /// Not within so many days of a visit there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<RotationDays>,
    /// Not if one of the shopper's last so many visits was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<RotationVisits>,
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
