//! The addresses of actions.

mod proposals;

use actix_web::web::{Data, Path};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use self::proposals::*;
use super::{
    comment,
    model::{Action, ActionState, Comment},
    put_action,
    store::{self, ActionFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadActions, WriteActions},
    app::App,
    calendar::Day,
    db::types::Instant,
    error::Result,
    http::{
        answer::{Fresh, Kept, Tagged},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::Input,
        listed::Listed,
        page::{Listing, NoFilter, Page},
        sheet::Rows,
    },
    ids::{AccountId, ActionId, BranchId, BrandId, CommentId, EmployeeId, StandardId},
    limits::{PlainLines, PlainText},
    precondition::{Put, Revised as _},
};

impl Rows for ActionView {}

/// Something to be done in a branch.
#[derive(Serialize, ToSchema)]
pub struct ActionView {
    id: ActionId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// The standard that it is to help; missing if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    standard_id: Option<StandardId>,
    /// What is to be done.
    title: String,
    /// Who sees to it, by the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner_account_id: Option<AccountId>,
    /// Who sees to it, as an employee.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner_employee_id: Option<EmployeeId>,
    /// The day by which it is to be done.
    #[schema(value_type = Day)]
    due_on: String,
    /// Whether that day is over (UTC), and it is open.
    overdue: bool,
    state: ActionState,
    /// By what it is seen that it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    proof: Option<String>,
    /// Who said that it is done; another account confirms it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    done_by: Option<AccountId>,
    /// Who made it.
    created_by: AccountId,
    created_at: Instant,
}

impl ActionView {
    fn new(action: Action, today: &str) -> Self {
        Self {
            overdue: is_overdue(&action, today),
            id: action.id,
            brand_id: action.brand_id,
            branch_id: action.branch_id,
            standard_id: action.standard_id,
            title: action.title,
            owner_account_id: action.owner_account_id,
            owner_employee_id: action.owner_employee_id,
            due_on: action.due_on,
            state: action.state,
            proof: action.proof,
            done_by: action.done_by,
            created_by: action.created_by,
            created_at: action.created_at,
        }
    }
}

fn is_overdue(action: &Action, today: &str) -> bool {
    action.state == ActionState::Open && action.due_on.as_str() < today
}

/// The day that it is in UTC, as days are written.
fn today(now: Instant) -> String {
    now.timestamp().to_zoned(TimeZone::UTC).date().to_string()
}

/// Which actions.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActionParams {
    /// Only those of this branch.
    branch_id: Option<BranchId>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<ActionState>,
    /// Only those that this account sees to.
    owner_account_id: Option<AccountId>,
    /// Only those that this employee sees to.
    owner_employee_id: Option<EmployeeId>,
    /// With `true`, only those that are open and whose day is over.
    #[serde(default)]
    #[param(default = false)]
    overdue: bool,
}

/// The actions of branches that the caller may see, in the order of their making.
#[utoipa::path(get, path = "/v1/actions", responses((status = 200, description = "A page of actions.")))]
pub async fn list_actions(
    app: Data<App>,
    caller: Allowed<ReadActions>,
    Listing(params, page): Listing<ActionParams>,
) -> Result<Listed<ActionView>> {
    let today = today(app.clock.now());
    let filter = ActionFilter {
        branch: params.branch_id,
        state: params.state,
        account: params.owner_account_id,
        employee: params.owner_employee_id,
        overdue_on: params.overdue.then(|| today.clone()),
    };
    let read = move |conn: &mut _, after, rows| {
        let found = store::actions(conn, &caller.scope, &filter, after, rows)?;
        Ok(found.into_iter().map(|action| ActionView::new(action, &today)).collect())
    };
    page.list(read, |view: &ActionView| (view.created_at, view.id), |view| view).await
}

/// One action.
#[utoipa::path(get, path = "/v1/actions/{id}", responses((status = 200, description = "The action.")))]
pub async fn get_action(
    app: Data<App>,
    caller: Allowed<ReadActions>,
    had: IfNoneMatch,
    id: Path<ActionId>,
) -> Result<Fresh<ActionView>> {
    let (id, today) = (id.into_inner(), today(app.clock.now()));
    let found = app.db.read(move |conn| store::action(conn, &caller.scope, id)).await?;
    let tag = ETag::of(found.revision());
    // That a day is over changes no revision: who has the action is answered anew from then on.
    let had = if is_overdue(&found, &today) { IfNoneMatch::default() } else { had };
    Ok(Fresh { had, tag, keep: Keep::Ask, thing: ActionView::new(found, &today) })
}

/// What an action is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAction {
    /// Where it is to be done; never changes.
    branch_id: BranchId,
    /// The standard of the brand that it is to help, if it is one.
    standard_id: Option<StandardId>,
    /// What is to be done.
    title: PlainText<1, 200>,
    /// Who sees to it: an account of a manager or of HR for the branch. Either this or `owner_employee_id`.
    owner_account_id: Option<AccountId>,
    /// Who sees to it: an employee of the brand.
    owner_employee_id: Option<EmployeeId>,
    /// The day by which it is to be done.
    due_on: Day,
    /// Where it is: a new one is open, and what is done has a proof.
    #[serde(default = "open")]
    #[schema(default = "open")]
    state: ActionState,
    /// By what it is seen that it is done.
    proof: Option<PlainLines<1, 2_000>>,
}

const fn open() -> ActionState {
    ActionState::Open
}

impl PutAction {
    /// The action as it would be if it were new. Its brand is that of its branch.
    fn action(self, id: ActionId, by: AccountId, now: Instant) -> Action {
        Action {
            id,
            brand_id: BrandId::new(self.branch_id.uuid()),
            branch_id: self.branch_id,
            standard_id: self.standard_id,
            title: self.title.into(),
            owner_account_id: self.owner_account_id,
            owner_employee_id: self.owner_employee_id,
            due_on: self.due_on.to_string(),
            state: self.state,
            proof: self.proof.map(String::from),
            done_by: (self.state == ActionState::Done).then_some(by),
            created_by: by,
            revision: 1,
            created_at: now,
        }
    }
}

/// Make an action, or change one: from `open` it becomes `done` or `dropped`; from `done` another manager makes it `confirmed`,
/// or it is `open` again. What is confirmed or dropped stays so.
#[utoipa::path(put, path = "/v1/actions/{id}", responses(
    (status = 201, description = "Made."),
    (status = 409, description = "`wrong_state`: its state does not lead to the new one. `conflict`: it is of another branch."),
))]
pub async fn put_action(
    app: Data<App>,
    caller: Allowed<WriteActions>,
    id: Path<ActionId>,
    if_match: IfMatch,
    Input(put): Input<PutAction>,
) -> Result<Tagged<ActionView>> {
    let now = app.clock.now();
    let new = put.action(id.into_inner(), caller.account(), now);
    let put = move |conn: &mut _| put_action::put_action(conn, &caller.scope, &if_match, new.clone());
    let stored = app.db.write(put).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(Tagged { step: stored.put, tag, thing: ActionView::new(stored.thing, &today(now)) })
}

/// What is said about an action.
#[derive(Serialize, ToSchema)]
pub struct ActionComment {
    id: CommentId,
    /// Who says it.
    account_id: AccountId,
    /// The words; null once they were erased.
    text: Option<String>,
    made_at: Instant,
}

impl From<Comment> for ActionComment {
    fn from(Comment { id, account_id, text, made_at, .. }: Comment) -> Self {
        Self { id, account_id, text, made_at }
    }
}

/// What is said about an action, the first first.
#[utoipa::path(get, path = "/v1/actions/{id}/comments", responses((status = 200, description = "A page of comments.")))]
pub async fn list_action_comments(
    app: Data<App>,
    caller: Allowed<ReadActions>,
    id: Path<ActionId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<ActionComment>> {
    let (id, after, rows) = (id.into_inner(), page.key()?, page.rows());
    let read = move |conn: &mut _| {
        let action = store::action(conn, &caller.scope, id)?;
        store::comments(conn, action.id, after, rows)
    };
    let found = app.db.read(read).await?;
    let comments = found.into_iter().map(ActionComment::from).collect();
    page.page(comments, |one: &ActionComment| (one.made_at, one.id))
}

/// What is to be said.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutActionComment {
    /// The words.
    text: PlainLines<1, 2_000>,
}

/// Say something about an action. A comment never changes.
#[utoipa::path(put, path = "/v1/actions/{id}/comments/{comment_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Kept."),
    (status = 409, description = "`conflict`: another comment has this id."),
))]
pub async fn put_action_comment(
    app: Data<App>,
    caller: Allowed<WriteActions>,
    ids: Path<(ActionId, CommentId)>,
    Input(PutActionComment { text }): Input<PutActionComment>,
) -> Result<Kept<ActionComment>> {
    let (action_id, id) = ids.into_inner();
    let (account_id, made_at) = (caller.account(), app.clock.now());
    let new = Comment { id, action_id, account_id, text: Some(text.into()), made_at };
    let stored = app.db.write(move |conn| comment::comment(conn, &caller.scope, &new)).await?;
    Ok(Kept { made: stored.put == Put::Make, thing: stored.thing.into() })
}
