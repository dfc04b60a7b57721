//! Trying a version: what would these answers score?

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadChecklists,
    app::App,
    checklists::{
        answers::Answers, cache::Versions, key::Key, manifest::Manifest, scoring::Explanation, trial::Tried,
    },
    error::{Code, Error, FieldError, Result},
    http::{
        dear::{Dear, DearLimits},
        input::Input,
    },
    ids::VersionId,
};

/// A checklist filled in for trial; it need not be complete.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The answers, by question key.
    answers: Answers,
    /// The evidence that would come with them.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!([]), nullable = true)]
    manifest: Manifest,
}

/// What would come of a visit that was filled in like this.
#[derive(Serialize, ToSchema)]
pub struct TrialView {
    /// What it would score, and why. An answer or a file with a problem counts as not given.
    score: Explanation,
    /// The questions that a shopper would not be shown, in the order of the checklist, when what has a problem is left out;
    /// answers to them are dropped.
    hidden: Vec<Key>,
    /// Why a visit like this would be refused; nothing if it would be taken.
    problems: Vec<FieldError>,
}

/// Score answers under a version, as a visit would be, and store nothing. They need not be complete.
#[utoipa::path(post, path = "/v1/checklist-versions/{id}/trial", responses(
    (status = 200, description = "The score, explained, and what a visit would be refused for."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn try_version(
    app: Data<App>,
    dear: Data<DearLimits>,
    versions: Data<Versions>,
    caller: Allowed<ReadChecklists>,
    id: Path<VersionId>,
    Input(Trial { answers, manifest }): Input<Trial>,
) -> Result<Json<TrialView>> {
    dear.count(Dear::Trial, caller.account())?;
    let version = versions.get(&app.db, id.into_inner()).await?;
    if !caller.scope.touches_brand(version.brand_id) {
        return Err(Error::new(Code::NotFound));
    }
    let Tried { score, hidden, problems } = version.prepared.try_out(answers.tidied(), manifest);
    Ok(Json(TrialView { score, hidden, problems }))
}
