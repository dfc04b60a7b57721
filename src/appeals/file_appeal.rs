//! Filing an appeal against answers of a report.

use std::collections::BTreeSet;

use super::{
    filed::AppealFiled,
    model::{Appeal, AppealState, Objection, WaitsFor},
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists::{cache::Version, key::Key},
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, FieldError, Result},
    fieldwork::campaigns::terms::CampaignLimits,
    ids::{AccountId, AppealId, ReportId, VisitId},
    outbox, places,
    precondition::{Put, Stored},
    reports::{self, content::listed, model::Report, night},
    visits::{
        state::{State, Step},
        store::steps,
    },
};

/// What a manager objects to.
#[derive(Clone, Debug)]
pub struct FileAppeal {
    /// The appeal's id, made by its author.
    pub id: AppealId,
    /// The report.
    pub report: ReportId,
    /// The answers, each with why it is wrong.
    pub objections: Vec<Objection>,
}

/// Files an appeal against a report whose visit was made under this version. The same again is the same appeal.
///
/// # Errors
/// `not_found` if the report is not there, or out of scope; `conflict` if another appeal has the id; `wrong_state` if the time to
/// appeal is over, the report was withdrawn, or an appeal against it is open; `invalid` with every question that the report does not
/// list, that is named twice, or about which an appeal was decided already.
pub fn file_appeal(
    conn: &mut Conn,
    scope: &Scope,
    command: &FileAppeal,
    version: &Version,
    now: Instant,
) -> Result<Stored<Appeal>> {
    let (report, state) = reports::store::report(conn, scope, command.report, now)?;
    if let Some(kept) = store::find(conn, command.id)? {
        let is_same = (kept.report_id, kept.account_id) == (report.id, scope.account)
            && kept.objections.0 == command.objections;
        return match is_same {
            true => Ok(Stored { put: Put::Keep, thing: kept }),
            false => Err(Error::new(Code::Conflict).detail("another appeal has this id")),
        };
    }
    let limits = reports::read::limits(conn, &report)?;
    require_time(conn, &report, state, &limits, now)?;
    let earlier: Vec<_> =
        store::of_report(conn, report.id)?.into_iter().map(|one| one.as_shown(now)).collect();
    if earlier.iter().any(|one| one.state == AppealState::Open) {
        let detail = "an appeal against this report is open: say there what there is to say";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    require_listed(conn, &report, &command.objections, &earlier, version, now)?;
    let new = Appeal {
        id: command.id,
        report_id: report.id,
        visit_id: report.visit_id,
        brand_id: report.brand_id,
        branch_id: report.branch_id,
        account_id: scope.account,
        objections: Json(command.objections.clone()),
        state: AppealState::Open,
        waits_for: WaitsFor::Reviewers,
        answer_by: limits.decide_appeal_by(now),
        approved_by: approved_by(conn, report.visit_id)?,
        decided_by: None,
        decided_at: None,
        reason: None,
        corrected: None,
        shown_from: None,
        taken_back_by: None,
        taken_back_at: None,
        revision: 1,
        created_at: now,
    };
    store::insert(conn, &new)?;
    outbox::record(conn, &AppealFiled::new(&new), now)?;
    Ok(Stored { put: Put::Make, thing: new })
}

fn require_time(
    conn: &mut Conn,
    report: &Report,
    state: State,
    limits: &CampaignLimits,
    now: Instant,
) -> Result<()> {
    let over = |detail: String| Err(Error::new(Code::WrongState).detail(detail));
    match state {
        State::Released => {}
        State::Withdrawn => return over("this report was withdrawn".to_owned()),
        _ => return over("the time to appeal against this report is over".to_owned()),
    }
    let branch = places::store::branch_if_there(conn, report.branch_id)?;
    let zone = branch.map(|branch| branch.time_zone).unwrap_or_default();
    let until = limits.appeal_until(report.released_on.parse().map_err(Error::internal)?);
    match night::local(now, &zone).date() <= until {
        true => Ok(()),
        false => over(format!("the time to appeal against this report was over with {until}")),
    }
}

fn require_listed(
    conn: &mut Conn,
    report: &Report,
    objections: &[Objection],
    earlier: &[Appeal],
    version: &Version,
    now: Instant,
) -> Result<()> {
    let (visit, _) = reports::read::as_shown(conn, report.visit_id, now)?;
    let listed: BTreeSet<Key> = listed(&version.prepared, visit.content.0.filled()).into_iter().collect();
    let decided = |question: &Key| {
        earlier.iter().any(|one| one.is_upheld(question).is_some() && one.questions().contains(question))
    };
    let mut named = BTreeSet::new();
    let mut problems = Vec::new();
    for (place, one) in objections.iter().enumerate() {
        let at = format!("/questions/{place}/question");
        if !listed.contains(&one.question) {
            problems.push(FieldError::new(at, "unknown", "the report does not list this question"));
        } else if !named.insert(&one.question) {
            problems.push(FieldError::new(at, "duplicate", "this question is named already"));
        } else if decided(&one.question) {
            let why = "an appeal about this question was decided already";
            problems.push(FieldError::new(at, "decided", why));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
}

/// The reviewer who approved a visit; none if it was approved by lot.
fn approved_by(conn: &mut Conn, visit: VisitId) -> Result<Option<AccountId>> {
    let steps = steps::of_visits(conn, vec![visit])?;
    Ok(steps.iter().rfind(|step| step.step() == Some(Step::Approve)).and_then(|step| step.account_id))
}
