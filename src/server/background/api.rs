//! What administrators see of the background work, and what they do about tasks that failed too often.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::LINK,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::oversee;
use crate::{
    accounts::{caller::Allowed, policy::permit::ManageBackgroundWork},
    app::App,
    db::types::Instant,
    error::{Code, Error, Result},
    http::{
        answer::NoContent,
        endpoint::{Answer, Signature},
        page::{Listing, Page},
    },
    ids::TaskId,
    work::store::oversight::{self, Counts, Dead},
};

/// Which tasks to list.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// Those that failed too often.
    Dead,
}

/// What to show of the background work.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkParams {
    /// List the tasks in this state, instead of all queues.
    #[param(inline)]
    state: Option<Listed>,
}

/// The background work, as it was asked for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BackgroundWork {
    /// Without `state`.
    Queues {
        /// All queues that have any tasks.
        queues: Vec<QueueView>,
    },
    /// With `state`: a page of the tasks that failed too often.
    Dead {
        /// The tasks, the oldest first.
        items: Vec<DeadTask>,
        /// What to send as `cursor` for the next page; missing on the last.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        next_cursor: Option<String>,
        /// The header `Link` of the next page.
        #[serde(skip)]
        link: Option<String>,
    },
}

impl From<Page<DeadTask>> for BackgroundWork {
    fn from(page: Page<DeadTask>) -> Self {
        let (items, next_cursor, link) = page.into_parts();
        Self::Dead { items, next_cursor, link }
    }
}

impl Responder for BackgroundWork {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Self::Dead { link: Some(link), .. } = &self {
            answer.insert_header((LINK, link.as_str()));
        }
        answer.json(self)
    }
}

impl Answer for BackgroundWork {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<Self>();
        signature.answers(200, "The queues, or a page of dead tasks.", Some(body)).headers.push("Link");
    }
}

/// How much of a queue is to be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Its name.
    pub queue: String,
    /// How many tasks wait for their turn, or for their time.
    pub waiting: i64,
    /// How many a server runs.
    pub running: i64,
    /// How many failed too often; they wait for an administrator.
    pub dead: i64,
    /// For how many seconds the one has been due that waits longest; null if none is due.
    pub oldest_s: Option<i64>,
}

impl QueueView {
    /// One queue as it is now.
    pub fn new(queue: String, counts: Counts, now: Instant) -> Self {
        let oldest_s = counts.due_since.map(|since| now.unix_seconds() - since.unix_seconds());
        let Counts { waiting, running, dead, .. } = counts;
        Self { queue, waiting, running, dead, oldest_s }
    }
}

/// A task that failed too often.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadTask {
    /// Which.
    pub id: TaskId,
    /// What it does.
    pub kind: String,
    /// Where it waited.
    pub queue: String,
    /// What it is about; null where the order does not matter.
    pub subject: Option<String>,
    /// What it knows.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Instant,
}

impl From<Dead> for DeadTask {
    fn from(dead: Dead) -> Self {
        let Dead { id, kind, queue, subject, payload, attempts, last_error, created_at } = dead;
        Self { id, kind, queue, subject, payload: payload.0, attempts, last_error, created_at }
    }
}

/// The queues of the background work; with `state=dead` the tasks that failed too often, the oldest first. Only an
/// administrator over all brands sees them.
#[utoipa::path(get, path = "/v1/background-work", responses((status = 200, description = "The queues, or a page of dead tasks.")))]
pub async fn background_work(
    app: Data<App>,
    caller: Allowed<ManageBackgroundWork>,
    Listing(params, page): Listing<WorkParams>,
) -> Result<BackgroundWork> {
    require_operator(&caller)?;
    let Some(Listed::Dead) = params.state else {
        return Ok(BackgroundWork::Queues { queues: queues(&app).await? });
    };
    let (after, rows) = (page.key()?, page.rows());
    let dead = app.db.read(move |conn| oversight::dead(conn, after, rows)).await?;
    let tasks = dead.into_iter().map(DeadTask::from).collect();
    page.page(tasks, |task: &DeadTask| (task.created_at, task.id)).map(BackgroundWork::from)
}

/// All queues that have any tasks, in the order of their names.
pub async fn queues(app: &App) -> Result<Vec<QueueView>> {
    let now = app.clock.now();
    let counts = app.db.read(move |conn| oversight::counts(conn, now)).await?;
    Ok(counts.into_iter().map(|(queue, counts)| QueueView::new(queue, counts, now)).collect())
}

/// Have a dead task tried again, as often as a new one.
#[utoipa::path(post, path = "/v1/background-work/{id}/repeat", responses((status = 204, description = "It waits for its turn.")))]
pub async fn repeat_task(
    app: Data<App>,
    caller: Allowed<ManageBackgroundWork>,
    id: Path<TaskId>,
) -> Result<NoContent> {
    require_operator(&caller)?;
    let (id, by, now) = (id.into_inner(), Some(caller.account()), app.clock.now());
    app.db.write(move |conn| oversee::repeat(conn, by, id, now)).await?;
    Ok(NoContent)
}

/// Drop a dead task: it is never done.
#[utoipa::path(delete, path = "/v1/background-work/{id}", responses((status = 204, description = "It is gone.")))]
pub async fn drop_task(
    app: Data<App>,
    caller: Allowed<ManageBackgroundWork>,
    id: Path<TaskId>,
) -> Result<NoContent> {
    require_operator(&caller)?;
    let (id, by, now) = (id.into_inner(), Some(caller.account()), app.clock.now());
    app.db.write(move |conn| oversee::drop_dead(conn, by, id, now)).await?;
    Ok(NoContent)
}

/// The background work belongs to the operator, so only an administrator of the whole operator manages it.
fn require_operator(caller: &Allowed<ManageBackgroundWork>) -> Result<()> {
    if caller.scope.is_operator_wide() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}
