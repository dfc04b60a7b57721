//! The address of the what-if.

use std::collections::{HashMap, hash_map::Entry};

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::LONGEST;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::WriteChecklists},
    app::App,
    checklists::{self, model::Content, prepared::Prepared},
    db::Conn,
    error::{Code, Error, FieldError, Result},
    http::input::Input,
    ids::{BrandId, ChecklistId},
    months::{Month, Period},
    places,
    scores::what_if::{Trial, WhatIf},
    visits,
};

/// So many visits are in memory at a time.
const PAGE: usize = 200;
/// So many visits are tried, if not said.
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
        let period = Period::new(self.from, self.to).ok_or_else(|| wrong("no later than `to`, please"))?;
        if period.months() > LONGEST {
            return Err(wrong("at most 120 months up to `to`, please"));
        }
        Ok(period)
    }
}

/// What the newest counted visits of the checklist would score under its draft, beside what they did score. Nothing
/// is stored.
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/what-if", params(("id" = ChecklistId, Path)), request_body = TryDraft, responses(
    (status = 200, description = "What the draft would change.", body = WhatIf),
    (status = 422, description = "`invalid`: the draft has errors, and the pointers are into it; or the request is wrong."),
))]
pub async fn what_if(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    Input(wanted): Input<TryDraft>,
) -> Result<Json<WhatIf>> {
    let (id, period, most) = (id.into_inner(), wanted.period()?, wanted.most);
    let look = move |conn: &mut Conn| {
        let (brand, draft) = whole_draft(conn, &caller.scope, id)?;
        let trial = try_newest(conn, &caller.scope, id, period, most, &draft)?;
        let names = places::store::branch_names(conn, &caller.scope, &trial.branches())?;
        let brand = places::store::brand(conn, &caller.scope, brand)?;
        Ok(trial.outcome(&names, i64::from(brand.minimum_visits)))
    };
    app.db.snapshot(look).await.map(Json)
}

/// The draft, ready to score under.
fn whole_draft(conn: &mut Conn, scope: &Scope, of: ChecklistId) -> Result<(BrandId, Prepared)> {
    let (brand, draft) = checklists::store::draft_to_change(conn, scope, of)?;
    let draft: Content = draft.ok_or_else(|| Error::new(Code::NotFound))?;
    let problems = draft.check();
    if !problems.is_empty() {
        return Err(Error::invalid(problems).detail("the pointers are into the draft"));
    }
    // What its keys stand for matters to no score of a whole visit.
    Ok((brand, Prepared::new(draft)))
}

fn try_newest(
    conn: &mut Conn,
    scope: &Scope,
    of: ChecklistId,
    period: Period,
    most: u16,
    draft: &Prepared,
) -> Result<Trial> {
    let newest = visits::store::newest_counted(conn, scope, of, period, most.into())?;
    let (mut trial, mut versions) = (Trial::default(), HashMap::new());
    for ids in newest.chunks(PAGE) {
        for visit in visits::store::with_ids(conn, ids)? {
            let made = match versions.entry(visit.version_id) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(free) => free.insert(checklists::store::version(conn, visit.version_id)?),
            };
            trial.add(visit, &made.prepared, draft);
        }
    }
    Ok(trial)
}
