//! The address of the what-if.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::LONGEST;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::WriteChecklists,
    app::App,
    error::{Error, FieldError, Result},
    http::input::Input,
    ids::ChecklistId,
    months::{Month, Period},
    scores::{
        try_draft::{DraftTrial, try_draft},
        what_if::WhatIf,
    },
};

/// So many visits are tried, if the number is left out.
const USUALLY: u16 = 1_000;

/// Which visits to try a draft with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryDraft {
    /// The first month.
    from: Month,
    /// The last month, which belongs to it: at most 120 months in all.
    to: Month,
    /// How many visits at most: the newest.
    #[serde(default = "usually")]
    #[validate(range(min = 1, max = 5000))]
    #[schema(minimum = 1, maximum = 5000, default = 1000)]
    most: u16,
}

const fn usually() -> u16 {
    USUALLY
}

impl TryDraft {
    fn period(&self) -> Result<Period> {
        let wrong = |message| Error::invalid(vec![FieldError::new("/from", "range", message)]);
        let period = Period::new(self.from, self.to).ok_or_else(|| wrong("no later than `to`"))?;
        if period.months() > LONGEST {
            return Err(wrong("at most 120 months up to `to`"));
        }
        Ok(period)
    }
}

/// What the newest counted visits of the checklist would score under its draft, beside what they did score. Nothing
/// is stored.
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/what-if", responses(
    (status = 200, description = "What the draft would change."),
    (status = 422, description = "`invalid`: the draft has errors, and the pointers are into it; or the request is wrong."),
))]
pub async fn what_if(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    Input(wanted): Input<TryDraft>,
) -> Result<Json<WhatIf>> {
    let command = DraftTrial { checklist: *id, period: wanted.period()?, most: wanted.most };
    app.db.snapshot(move |conn| try_draft(conn, &caller.scope, command)).await.map(Json)
}
