//! The address of the what-if.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::asked::{period, wrong};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::WriteChecklists,
    app::App,
    error::{Error, FieldError, Result},
    http::{
        dear::{Dear, DearLimits},
        input::Input,
    },
    ids::ChecklistId,
    limits::Whole,
    months::{Month, Period},
    scores::{
        try_draft::{DraftTrial, try_draft},
        what_if::WhatIf,
    },
};

/// Which visits to try a draft with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryDraft {
    /// The first month.
    from: Month,
    /// The last month, which belongs to it: at most 120 months in all.
    to: Month,
    /// How many visits at most: the newest.
    #[serde(default = "usually")]
    #[schema(default = 1000)]
    most: MostTried,
}

/// How many visits can be tried at once.
type MostTried = Whole<1, 5_000>;

/// So many visits are tried, if the number is left out.
const fn usually() -> MostTried {
    MostTried::of::<1_000>()
}

/// The two months make a period.
impl Validate for TryDraft {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        period(self.from, self.to).map(drop).map_err(|why| wrong("from", "range", why))
    }
}

impl TryDraft {
    fn period(&self) -> Result<Period> {
        let wrong = |why| Error::invalid(vec![FieldError::new("/from", "range", why)]);
        period(self.from, self.to).map_err(wrong)
    }
}

/// What the newest counted visits of the checklist would score under its draft, beside what they did score. Nothing
/// is stored.
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/what-if", responses(
    (status = 200, description = "What the draft would change."),
    (status = 422, description = "`invalid`: the draft has errors, and the pointers are into it; or the request is wrong."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn what_if(
    app: Data<App>,
    dear: Data<DearLimits>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    Input(wanted): Input<TryDraft>,
) -> Result<Json<WhatIf>> {
    dear.count(Dear::WhatIf, caller.account())?;
    let command = DraftTrial { checklist: *id, period: wanted.period()?, most: wanted.most.as_u16() };
    app.db.snapshot(move |conn| try_draft(conn, &caller.scope, command)).await.map(Json)
}
