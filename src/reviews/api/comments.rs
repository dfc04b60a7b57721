//! The address of corrected comments.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    checklists::{cache::Versions, key::Key},
    db::types::{Instant, Json as Column},
    error::Result,
    http::{answer::Kept, input::Input},
    ids::{AccountId, VisitId},
    limits::PlainLines,
    reviews::correct_comment::correct_comment,
    visits::{
        self,
        comments::{Correct, Correction, Words},
    },
};

/// How a comment is spelled.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectComment {
    /// The whole comment, as it is to be shown.
    text: PlainLines<1, 10_000>,
}

/// A comment as it was spelled anew.
#[derive(Serialize, ToSchema)]
pub struct CorrectedComment {
    visit_id: VisitId,
    /// The key of the question.
    question: Key,
    /// As the shopper wrote it: it stays.
    was: String,
    /// As it is shown.
    is: String,
    /// The reviewer.
    account_id: AccountId,
    corrected_at: Instant,
}

impl From<Correction> for CorrectedComment {
    fn from(correction: Correction) -> Self {
        let Correction { visit_id, question, words, account_id, corrected_at, .. } = correction;
        let (was, is) = words.map(|Column(Words { was, is })| (was, is)).unwrap_or_default();
        Self { visit_id, question: question.into(), was, is, account_id, corrected_at }
    }
}

/// Correct the spelling of a comment, or of an answer in the shopper's own words that earns no points. What the shopper wrote
/// stays beside it, with the reviewer and the moment, and no score changes. It can be done until the visit's report is out; a
/// report shows the corrected words.
#[utoipa::path(put, path = "/v1/visits/{id}/comments/{question}", responses(
    (status = 200, description = "It was so already."),
    (status = 201, description = "It is shown so from now on."),
    (status = 409, description = "`claimed_by_another`: another reviewer works on the visit. `wrong_state`: it was decided about otherwise than by an approval, or its report is out."),
))]
pub async fn correct_visit_comment(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(VisitId, String)>,
    Input(CorrectComment { text }): Input<CorrectComment>,
) -> Result<Kept<CorrectedComment>> {
    let ((visit, question), now, scope) = (ids.into_inner(), app.clock.now(), caller.scope);
    let (asked, of) = (scope.clone(), visit);
    let version = app.db.read(move |conn| visits::find::visit(conn, &asked, of)).await?.head.version_id;
    let version = versions.get(&app.db, version).await?;
    let command = Correct { visit, question: question.into(), text: text.into() };
    let correct = move |conn: &mut _| correct_comment(conn, &scope, &command, &version.prepared, now);
    let (correction, made) = app.db.write(correct).await?;
    Ok(Kept { made, thing: correction.into() })
}
