//! The address of a visit's flags.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    flags::{self, FoundAt, FoundFlag},
    model::{Flag, FlagEvidence, FlagKind, Weight},
    words::in_words,
};
use crate::{
    accounts::caller::Allowed, accounts::policy::permit::ReadFlags, app::App, checklists::key::Key,
    db::types::Instant, error::Result, ids::VisitId, limits::Count32,
};

/// What may be wrong with a visit.
#[derive(Serialize, ToSchema)]
pub struct VisitFlags {
    visit_id: VisitId,
    /// When the visit was looked at: soon after all of its files have been read, and anew when its shopper has answered a return
    /// or sent other files in the place of those that cannot be read; null as long as it was not.
    looked_at: Option<Instant>,
    /// Which revision of the visit was looked at: 0 is what came first. A visit whose `revision` is later is looked at soon, unless
    /// it was corrected because of an appeal. Null as long as it was not looked at.
    #[schema(value_type = Option<Count32>)]
    revision: Option<i32>,
    /// What was found in that revision, the heaviest first.
    flags: Vec<FlagView>,
    /// What was found by earlier looks, the newest first: in earlier revisions, and in the same one with other files.
    earlier: Vec<EarlierFlags>,
}

/// What an earlier look at a visit found.
#[derive(Serialize, ToSchema)]
pub struct EarlierFlags {
    /// Which revision of the visit was looked at: 0 is what came first.
    #[schema(value_type = Count32)]
    revision: i32,
    /// When it was looked at.
    looked_at: Instant,
    /// What was found in it, the heaviest first.
    flags: Vec<FlagView>,
}

impl From<FoundAt> for EarlierFlags {
    fn from(FoundAt { revision, looked_at, flags }: FoundAt) -> Self {
        Self { revision, looked_at, flags: flags.into_iter().map(FlagView::from).collect() }
    }
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
    let last = found.last.map(EarlierFlags::from);
    Ok(Json(VisitFlags {
        visit_id: id,
        looked_at: last.as_ref().map(|last| last.looked_at),
        revision: last.as_ref().map(|last| last.revision),
        flags: last.map(|last| last.flags).unwrap_or_default(),
        earlier: found.earlier.into_iter().map(EarlierFlags::from).collect(),
    }))
}
