//! What a shopper learns of the branch to be visited, and of the campaign that wants the visit.

use serde::Serialize;
use utoipa::ToSchema;

use super::campaigns::{model::Campaign, terms::Windows};
use crate::{
    checklists::text::Text,
    ids::{BranchId, CampaignId, QualificationId},
    places::model::Branch,
};

/// Where to go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BranchBrief {
    /// Its id.
    pub id: BranchId,
    /// The brand's own code of it.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where to find it, in one line.
    pub address: String,
    /// Degrees north; missing where the position is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub latitude: Option<f64>,
    /// Degrees east; missing where the position is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub longitude: Option<f64>,
    /// IANA name.
    pub time_zone: String,
    /// The languages that are spoken there (BCP 47), the first one first.
    pub languages: Vec<String>,
}

impl From<Branch> for BranchBrief {
    fn from(branch: Branch) -> Self {
        let Branch { id, code, name, address, latitude, longitude, time_zone, languages, .. } = branch;
        Self { id, code, name, address, latitude, longitude, time_zone, languages: languages.0 }
    }
}

/// What an assignment is for, as the shopper sees it who may take it or has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignBrief {
    /// Its id.
    pub id: CampaignId,
    /// What it is called.
    pub name: String,
    /// What to know beforehand, by language tag; null if there is nothing.
    pub briefing: Option<Text>,
    /// On which days and at which hours visits are wanted, by the clocks at the branch.
    pub windows: Windows,
    /// What a shopper has to be qualified by, if anything; its test is at `/v1/qualifications/{id}/test`.
    pub qualification_id: Option<QualificationId>,
}

impl From<Campaign> for CampaignBrief {
    fn from(Campaign { id, name, terms, .. }: Campaign) -> Self {
        let terms = terms.0;
        Self {
            id,
            name,
            briefing: terms.briefing,
            windows: terms.windows,
            qualification_id: terms.who.qualification_id,
        }
    }
}
