//! All that a shopper's phone needs to work without a network.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::FinishFieldwork,
    app::App,
    checklists::records::stand_in,
    db::types::{Instant, Sha256},
    error::{Error, Result},
    fieldwork::{
        assignments::{
            self,
            model::{AssignmentState, Pay},
        },
        brief::{BranchBrief, CampaignBrief},
    },
    http::{
        answer::{Fresh, NoContent},
        etag::{ETag, IfNoneMatch, Keep},
        input::Params,
    },
    ids::{AssignmentId, CampaignId, ChecklistId, EvidenceId, VersionId, VisitId},
    visits::{
        api::{UnreadableFile, files::FileRules, revisions::ReturnedVisit},
        finish,
        model::VisitHead,
        state::State,
        store::work::{Ended, Todo, VersionHead},
        taken::TakenStep,
        work::{self, Outcome, PhoneWork},
    },
};

/// Since when a phone wants to know what became of its visits.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// Show the visits that arrived or were decided about after this moment, or of which a file turned out to be unreadable
    /// since; of the last 30 days if left out. A
    /// phone that was away for longer says the `server_time` of the work that it has.
    since: Option<Instant>,
}

/// A shopper's work, for a phone that will have no network.
#[derive(Serialize, ToSchema)]
pub struct Work {
    /// The server's clock, so that the phone knows how wrong its own is. It is not part of the entity tag.
    server_time: Instant,
    /// What is still to be done or to be answered, by when it closes; at most 500.
    assignments: Vec<WorkAssignment>,
    /// Work that ended otherwise than by the shopper, the latest first; at most 500. It stands here until it was seen
    /// (`POST /v1/assignments/{id}/seen`), for a year at the most.
    ended: Vec<EndedWork>,
    /// What became of the visits that were sent, by id: at most 500, those that arrived last.
    visits: Vec<WorkVisit>,
    /// The campaigns that these are for.
    campaigns: Vec<CampaignBrief>,
    /// The checklist versions that these need. A version never changes: fetch it once and keep it.
    checklist_versions: Vec<WorkVersion>,
    /// Which files are read here, and how large they may be.
    files: FileRules,
}

/// One visit to be made.
#[derive(Serialize, ToSchema)]
pub struct WorkAssignment {
    id: AssignmentId,
    /// `offered`: accept or decline it; `assigned`: it is the shopper's.
    state: AssignmentState,
    /// The campaign that wants it, if one does; it is one of `campaigns`.
    campaign_id: Option<CampaignId>,
    checklist_version_id: VersionId,
    /// From when on.
    opens_at: Instant,
    /// Until when; what comes later is taken all the same.
    closes_at: Instant,
    /// Until when an offer is to be answered.
    answer_by: Option<Instant>,
    /// Until when the visit has to be here, to be in time.
    submit_by: Option<Instant>,
    /// What is paid for it.
    pay: Option<Pay>,
    branch: BranchBrief,
}

/// Work that is not to be done any more.
#[derive(Serialize, ToSchema)]
pub struct EndedWork {
    assignment_id: AssignmentId,
    /// `cancelled`: it was taken back; `expired`: its visit was not made.
    state: AssignmentState,
    ended_at: Instant,
    /// Why it was taken back.
    reason: Option<String>,
    /// From when on it was to be done.
    opens_at: Instant,
    /// Until when.
    closes_at: Instant,
    branch: BranchBrief,
}

/// What became of a visit.
#[derive(Serialize, ToSchema)]
pub struct WorkVisit {
    id: VisitId,
    assignment_id: AssignmentId,
    state: State,
    received_at: Instant,
    /// The files that it still waits for, in the order of its manifest.
    #[schema(max_items = 200)]
    missing: Vec<EvidenceId>,
    /// Its files that the server cannot read, in the order of its manifest. As long as it is not decided about, each can be sent
    /// in another form as a file of its own, and the visit once more with that file in its place.
    #[schema(max_items = 200)]
    unreadable: Vec<UnreadableFile>,
    /// Whether it is to be sent anew under its id, with the same answers and another manifest.
    send_anew: bool,
    /// What is to be answered anew, in the state `returned`; null in all others.
    returned: Option<ReturnedVisit>,
    /// Whether it is paid; null as long as nothing is decided.
    paid: Option<bool>,
    /// When the last decision about it was made.
    decided_at: Option<Instant>,
    /// The reason that was given with it.
    reason: Option<String>,
}

/// What to fill in.
#[derive(Serialize, ToSchema)]
pub struct WorkVersion {
    id: VersionId,
    checklist_id: ChecklistId,
    number: i32,
    /// A digest that stands for its content.
    hash: Sha256,
    /// Where it is.
    href: String,
}

/// The caller's open assignments with all that they need offline, and what became of the visits that were sent. Ask
/// again with `If-None-Match`.
#[utoipa::path(get, path = "/v1/me/work", responses((status = 200, description = "The work.")))]
pub async fn my_work(
    app: Data<App>,
    had: IfNoneMatch,
    caller: Allowed<FinishFieldwork>,
    Params(Since { since }): Params<Since>,
) -> Result<Fresh<Work>> {
    finish::require_time(&app, &caller.scope).await?;
    let (shopper, now) = (caller.account(), app.clock.now());
    let work = app.db.snapshot(move |conn| work::work(conn, shopper, since, now)).await?;
    let thing = Work::new(now, work)?;
    Ok(Fresh { had, tag: thing.tag()?, keep: Keep::Ask, thing })
}

/// Say that the shopper has seen how work ended that they had or were asked for: it leaves their work. The same again changes
/// nothing.
#[utoipa::path(post, path = "/v1/assignments/{id}/seen", responses(
    (status = 204, description = "It is seen."),
    (status = 409, description = "`wrong_state`: it has not ended."),
))]
pub async fn see_ended(
    app: Data<App>,
    caller: Allowed<FinishFieldwork>,
    id: Path<AssignmentId>,
) -> Result<NoContent> {
    finish::require_time(&app, &caller.scope).await?;
    let (shopper, id, now) = (caller.account(), id.into_inner(), app.clock.now());
    app.db.write(move |conn| assignments::see(conn, shopper, id, now)).await?;
    Ok(NoContent)
}

impl Work {
    fn new(server_time: Instant, PhoneWork { todo, ended, outcomes }: PhoneWork) -> Result<Self> {
        let versions: BTreeMap<_, _> = todo.iter().map(|todo| (todo.version.id, &todo.version)).collect();
        let versions = versions.into_values().map(WorkVersion::of).collect::<Result<_>>()?;
        let campaigns = todo.iter().filter_map(|todo| todo.campaign.clone());
        let campaigns: BTreeMap<_, _> = campaigns.map(|one| (one.id, one.into())).collect();
        Ok(Self {
            server_time,
            assignments: todo.into_iter().map(WorkAssignment::from).collect(),
            ended: ended.into_iter().map(EndedWork::from).collect(),
            visits: outcomes.into_iter().map(WorkVisit::from).collect(),
            campaigns: campaigns.into_values().collect(),
            checklist_versions: versions,
            files: FileRules::of_server(),
        })
    }

    /// The tag of all but the time, which is another each time.
    fn tag(&self) -> Result<ETag> {
        let Self { server_time: _, assignments, ended, visits, campaigns, checklist_versions, files } = self;
        let digest = Sha256::of_json(&(assignments, ended, visits, campaigns, checklist_versions, files));
        digest.map(ETag::of).map_err(Error::internal)
    }
}

impl From<Todo> for WorkAssignment {
    fn from(Todo { assignment, branch, .. }: Todo) -> Self {
        Self {
            id: assignment.id,
            state: assignment.state,
            campaign_id: assignment.campaign_id,
            checklist_version_id: assignment.version_id,
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            answer_by: assignment.answer_by,
            submit_by: assignment.submit_by,
            pay: assignment.pay.map(|pay| pay.0),
            branch: branch.into(),
        }
    }
}

impl From<Ended> for EndedWork {
    fn from(Ended { assignment_id, opens_at, closes_at, state, reason, ended_at, branch }: Ended) -> Self {
        Self { assignment_id, state, ended_at, reason, opens_at, closes_at, branch: branch.into() }
    }
}

impl From<Outcome> for WorkVisit {
    fn from(outcome: Outcome) -> Self {
        let returned = outcome.asked().map(ReturnedVisit::from);
        let Outcome { visit, missing, unreadable, send_anew, decision } = outcome;
        let VisitHead { id, assignment_id, state, received_at, .. } = visit;
        let paid = decision.as_ref().and_then(TakenStep::is_paid);
        let (decided_at, reason) =
            decision.map(|TakenStep { taken_at, reason, .. }| (taken_at, reason)).unzip();
        let reason = reason.flatten();
        let unreadable = unreadable.into_iter().map(UnreadableFile::from).collect();
        Self {
            id,
            assignment_id,
            state,
            received_at,
            missing,
            unreadable,
            send_anew,
            returned,
            paid,
            decided_at,
            reason,
        }
    }
}

impl WorkVersion {
    fn of(&VersionHead { id, checklist_id, number }: &VersionHead) -> Result<Self> {
        let href = format!("/v1/checklist-versions/{id}");
        Ok(Self { id, checklist_id, number, hash: stand_in(id)?, href })
    }
}
