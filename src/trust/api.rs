//! The address of a visit's flags.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    flags::{self, FoundFlag},
    model::{Flag, FlagEvidence, FlagKind, Weight},
    words::in_words,
};
use crate::{
    accounts::caller::Allowed, accounts::policy::permit::ReadFlags, app::App, checklists::key::Key,
    db::types::Instant, error::Result, ids::VisitId,
};

/// What may be wrong with a visit.
#[derive(Serialize, ToSchema)]
pub struct VisitFlags {
    visit_id: VisitId,
    /// When the visit was looked at: once, soon after all of its files have been read; null as long as it was not.
    looked_at: Option<Instant>,
    /// What was found, the heaviest first.
    flags: Vec<FlagView>,
}

/// One thing that may be wrong with a visit: for a reviewer to judge, it decides nothing.
#[derive(Serialize, ToSchema)]
pub struct FlagView {
    kind: FlagKind,
    weight: Weight,
    /// In words, with its figures.
    text: String,
    /// What it rests on.
    evidence: FlagEvidence,
    /// The question that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    question: Option<Key>,
    /// The other visit that it is about, if there is one and the caller may see its flags.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    other_visit_id: Option<VisitId>,
}

impl From<FoundFlag> for FlagView {
    fn from(FoundFlag { weight, flag }: FoundFlag) -> Self {
        let Flag { evidence, question, other_visit } = flag;
        let (kind, text) = (evidence.kind(), in_words(&evidence));
        Self { kind, weight, text, evidence, question, other_visit_id: other_visit }
    }
}

/// What may be wrong with a visit. None of it refuses or decides anything: it is for those who decide, and neither for
/// the shopper nor for the branch's side.
#[utoipa::path(get, path = "/v1/visits/{id}/flags", responses((status = 200, description = "Its flags.")))]
pub async fn get_flags(
    app: Data<App>,
    caller: Allowed<ReadFlags>,
    id: Path<VisitId>,
) -> Result<Json<VisitFlags>> {
    let id = id.into_inner();
    let found = app.db.snapshot(move |conn| flags::flags(conn, &caller.scope, id)).await?;
    let flags = found.flags.into_iter().map(FlagView::from).collect();
    Ok(Json(VisitFlags { visit_id: id, looked_at: found.looked_at, flags }))
}
