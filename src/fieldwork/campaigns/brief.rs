//! What a shopper is told of a campaign.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Campaign, Windows};
use crate::{
    checklists::text::Text,
    ids::{CampaignId, QualificationId},
};

/// What an assignment is for, for whoever may take it or has it.
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
