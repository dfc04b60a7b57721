//! The addresses of what the two sides say about an appeal.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::{
        caller::Allowed,
        policy::permit::{AppealReports, ReadAppeals, ReadReports, ReviewVisits},
    },
    app::App,
    appeals::{
        model::{AppealMessage, AppealSide, Words},
        read,
        say::{self, Say},
    },
    db::types::Instant,
    error::{Error, Result},
    http::{
        answer::Kept,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AccountId, AppealId, AppealMessageId},
    precondition::Put,
};

/// A message about an appeal, as the branch's side sees it. The branch's side does not learn the names of reviewers.
#[derive(Serialize, ToSchema)]
pub struct AppealMessageView {
    id: AppealMessageId,
    side: AppealSide,
    /// What the author's account is called; null of reviewers.
    name: Option<String>,
    /// The words; null once they were erased.
    text: Option<String>,
    created_at: Instant,
}

type Names = BTreeMap<AccountId, String>;

impl AppealMessageView {
    fn new(message: AppealMessage, names: &Names) -> Self {
        let AppealMessage { id, appeal_id: _, account_id, side, text, created_at } = message;
        let name = names.get(&account_id).cloned().filter(|_| side == AppealSide::Branch);
        Self { id, side, name, text, created_at }
    }
}

/// What is said about an appeal against a report that the caller may read, the first first.
#[utoipa::path(get, path = "/v1/appeals/{id}/messages", responses((status = 200, description = "A page of messages.")))]
pub async fn list_appeal_messages(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    id: Path<AppealId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<AppealMessageView>> {
    let (id, after, rows, now) = (id.into_inner(), page.key()?, page.rows(), app.clock.now());
    let read = move |conn: &mut _| read::messages(conn, &caller.scope, id, after, rows, now);
    let (messages, names) = app.db.snapshot(read).await?;
    let views = messages.into_iter().map(|one| AppealMessageView::new(one, &names)).collect();
    page.page(views, |one: &AppealMessageView| (one.created_at, one.id))
}

/// What is to be said.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayAboutAppeal {
    /// The words, which the other side reads. A reviewer may name nobody, and may say nothing of who the shopper was.
    text: Words,
}

/// Say something about an open appeal to the reviewers. A message never changes: the same again is the same message.
#[utoipa::path(put, path = "/v1/appeals/{id}/messages/{message_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Kept."),
    (status = 409, description = "`conflict`: another message has this id. `wrong_state`: the appeal is over."),
))]
pub async fn put_appeal_message(
    app: Data<App>,
    caller: Allowed<AppealReports>,
    ids: Path<(AppealId, AppealMessageId)>,
    Input(SayAboutAppeal { text }): Input<SayAboutAppeal>,
) -> Result<Kept<AppealMessageView>> {
    let ((appeal, id), now) = (ids.into_inner(), app.clock.now());
    let command = Say { id, appeal, text: text.into() };
    let say = move |conn: &mut _| {
        let stored = say::say(conn, &caller.scope, AppealSide::Branch, &command, now)?;
        Ok((stored.put, read::signed(conn, vec![stored.thing])?))
    };
    let (put, (messages, names)) = app.db.write(say).await?;
    let mut views = messages.into_iter().map(|one| AppealMessageView::new(one, &names));
    let thing = views.next().ok_or_else(|| Error::internal("a message that was kept is not there"))?;
    Ok(Kept { made: put == Put::Make, thing })
}

/// A message about an appeal with its author, as reviewers see it.
#[derive(Serialize, ToSchema)]
pub struct SignedAppealMessage {
    id: AppealMessageId,
    side: AppealSide,
    /// Who says it.
    account_id: AccountId,
    /// What that account is called.
    name: String,
    /// The words; null once they were erased.
    text: Option<String>,
    created_at: Instant,
}

impl SignedAppealMessage {
    fn new(message: AppealMessage, names: &Names) -> Self {
        let AppealMessage { id, appeal_id: _, account_id, side, text, created_at } = message;
        let name = names.get(&account_id).cloned().unwrap_or_default();
        Self { id, side, account_id, name, text, created_at }
    }
}

/// What is said about an appeal, the first first, with who says it.
#[utoipa::path(get, path = "/v1/reviews/appeals/{id}/messages", responses(
    (status = 200, description = "A page of messages."),
    (status = 403, description = "`forbidden`: the caller made the visit."),
    (status = 409, description = "`wrong_state`: the caller is to give a second opinion of the visit first."),
))]
pub async fn list_signed_appeal_messages(
    app: Data<App>,
    caller: Allowed<ReadAppeals>,
    id: Path<AppealId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<SignedAppealMessage>> {
    let (id, after, rows) = (id.into_inner(), page.key()?, page.rows());
    let read = move |conn: &mut _| read::messages_for_reviewer(conn, &caller.scope, id, after, rows);
    let (messages, names) = app.db.snapshot(read).await?;
    let views = messages.into_iter().map(|one| SignedAppealMessage::new(one, &names)).collect();
    page.page(views, |one: &SignedAppealMessage| (one.created_at, one.id))
}

/// Say something about an open appeal to the branch's side. A message never changes: the same again is the same message.
#[utoipa::path(put, path = "/v1/reviews/appeals/{id}/messages/{message_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Kept."),
    (status = 403, description = "`forbidden`: the caller made the visit, or filed the appeal."),
    (status = 409, description = "`conflict`: another message has this id. `wrong_state`: the appeal is over."),
))]
pub async fn put_signed_appeal_message(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(AppealId, AppealMessageId)>,
    Input(SayAboutAppeal { text }): Input<SayAboutAppeal>,
) -> Result<Kept<SignedAppealMessage>> {
    let ((appeal, id), now) = (ids.into_inner(), app.clock.now());
    let command = Say { id, appeal, text: text.into() };
    let say = move |conn: &mut _| {
        let stored = say::say(conn, &caller.scope, AppealSide::Reviewers, &command, now)?;
        Ok((stored.put, read::signed(conn, vec![stored.thing])?))
    };
    let (put, (messages, names)) = app.db.write(say).await?;
    let mut views = messages.into_iter().map(|one| SignedAppealMessage::new(one, &names));
    let thing = views.next().ok_or_else(|| Error::internal("a message that was kept is not there"))?;
    Ok(Kept { made: put == Put::Make, thing })
}
