//! The addresses of what the two sides say about an appeal.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::{
        self,
        caller::Allowed,
        policy::permit::{DiscussAppeals, ReadAppeals, ReadReports},
    },
    app::App,
    appeals::{
        model::{AppealMessage, Side, Words},
        read,
        say::{self, Say},
        store,
    },
    db::{Conn, types::Instant},
    error::Result,
    http::{
        answer::Kept,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AccountId, AppealId, AppealMessageId},
    precondition::Put,
};

/// What somebody says about an appeal, as the branch's side sees it: it does not learn which reviewer it is.
#[derive(Serialize, ToSchema)]
pub struct AppealMessageView {
    id: AppealMessageId,
    side: Side,
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
        let name = names.get(&account_id).cloned().filter(|_| side == Side::Branch);
        Self { id, side, name, text, created_at }
    }
}

fn names(conn: &mut Conn, of: &[AppealMessage]) -> Result<Names> {
    accounts::store::names(conn, of.iter().map(|one| one.account_id).collect())
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
    let read = move |conn: &mut _| {
        let messages = read::messages(conn, &caller.scope, id, after, rows, now)?;
        Ok((names(conn, &messages)?, messages))
    };
    let (names, messages) = app.db.snapshot(read).await?;
    let views = messages.into_iter().map(|one| AppealMessageView::new(one, &names)).collect();
    page.page(views, |one: &AppealMessageView| (one.created_at, one.id))
}

/// What is to be said.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayAboutAppeal {
    /// The words. The other side reads them: a reviewer names nobody, and says nothing of who the shopper was.
    text: Words,
}

/// Say something about an open appeal: as a reviewer to the branch's side, or as a manager to the reviewers. A message never changes:
/// the same again is the same message.
#[utoipa::path(put, path = "/v1/appeals/{id}/messages/{message_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Kept."),
    (status = 403, description = "`forbidden`: the caller made the visit."),
    (status = 409, description = "`conflict`: another message has this id. `wrong_state`: the appeal is over."),
))]
pub async fn put_appeal_message(
    app: Data<App>,
    caller: Allowed<DiscussAppeals>,
    ids: Path<(AppealId, AppealMessageId)>,
    Input(SayAboutAppeal { text }): Input<SayAboutAppeal>,
) -> Result<Kept<AppealMessageView>> {
    let ((appeal, id), now) = (ids.into_inner(), app.clock.now());
    let command = Say { id, appeal, text: text.into() };
    let say = move |conn: &mut _| {
        let stored = say::say(conn, &caller.scope, &command, now)?;
        Ok((names(conn, std::slice::from_ref(&stored.thing))?, stored))
    };
    let (names, stored) = app.db.write(say).await?;
    Ok(Kept { made: stored.put == Put::Make, thing: AppealMessageView::new(stored.thing, &names) })
}

/// What somebody says about an appeal, as reviewers see it.
#[derive(Serialize, ToSchema)]
pub struct SignedAppealMessage {
    id: AppealMessageId,
    side: Side,
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
#[utoipa::path(get, path = "/v1/reviews/appeals/{id}/messages", responses((status = 200, description = "A page of messages.")))]
pub async fn list_signed_appeal_messages(
    app: Data<App>,
    caller: Allowed<ReadAppeals>,
    id: Path<AppealId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<SignedAppealMessage>> {
    let (id, after, rows) = (id.into_inner(), page.key()?, page.rows());
    let read = move |conn: &mut _| {
        read::for_reviewer(conn, &caller.scope, id)?;
        let messages = store::messages(conn, id, after, rows)?;
        Ok((names(conn, &messages)?, messages))
    };
    let (names, messages) = app.db.snapshot(read).await?;
    let views = messages.into_iter().map(|one| SignedAppealMessage::new(one, &names)).collect();
    page.page(views, |one: &SignedAppealMessage| (one.created_at, one.id))
}
