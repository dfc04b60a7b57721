//! Reading reports: those of places in scope, and for an employee those of the own branch, as far as its staff were informed.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::{
    model::{Report, ReportComment, ReportFile},
    store::{self, Listed, ReportFilter},
};
use crate::{
    accounts::{self, policy::Scope},
    checklists::{
        cache::{Version, Versions},
        counted::Subject,
        key::Key,
        text::Text,
    },
    db::{Conn, types::Instant},
    error::{Code, Error, Result, if_there},
    fieldwork::campaigns::{self, terms::CampaignLimits},
    ids::{AccountId, ReportCommentId, ReportFileId, ReportId, StandardId, VisitId},
    places::{self, model::Brand, notices::model::ReportingLevel},
    visits::{
        self,
        counted::look_through,
        model::Visit,
        state::{State, Step},
        store::steps,
        taken::TakenStep,
    },
};

/// The caller's reach, with the branches whose reports the caller reads as an employee: where the caller works, where the caller's
/// grant is, and where staff were informed that there are reports of the branch.
///
/// # Errors
/// Those of the database.
pub fn readable(conn: &mut Conn, scope: &Scope, now: Instant) -> Result<Scope> {
    let Some(staff) = scope.as_staff() else { return Ok(scope.clone()) };
    let mut branches = Vec::new();
    for (brand, branch) in store::works_in(conn, scope.account)? {
        if if_there(places::store::branch(conn, &staff, branch))?.is_none() {
            continue;
        }
        let (_, informed) =
            places::notices::informed::informed(conn, &Scope::everything(), branch, None, now)?;
        if informed.level.is_some_and(|level| level >= ReportingLevel::Branch) {
            branches.push((brand, branch));
        }
    }
    Ok(scope.clone().with_branches(&branches))
}

/// Reports that the caller may read, those that went out last first.
///
/// # Errors
/// Those of the database; `invalid` if too many were to be looked through to find those that count in a subject.
pub fn list(
    conn: &mut Conn,
    versions: &Versions,
    scope: &Scope,
    filter: &ReportFilter,
    after: Option<(String, ReportId)>,
    rows: i64,
    now: Instant,
) -> Result<Vec<Listed>> {
    let readable = readable(conn, scope, now)?;
    let listed = |conn: &mut Conn, after, rows| {
        let mut listed = store::reports(conn, &readable, filter, after, rows, now)?;
        let visits = listed.iter().map(|(report, ..)| report.visit_id).collect();
        let still = visits::store::still_shown(conn, visits, now)?;
        for (report, _, score) in &mut listed {
            if let Some(was) = still.get(&report.visit_id) {
                *score = was.score;
            }
        }
        Ok(listed)
    };
    let Some(subject) = &filter.counted_in else { return listed(conn, after, rows) };
    let next = |conn: &mut Conn, after| listed(conn, after, AT_ONCE);
    let key = |(report, ..): &Listed| (report.released_on.clone(), report.id);
    look_through(conn, "counted_in", (after, rows), next, key, |conn, some| {
        counted_in(conn, versions, subject, some, now)
    })
}

/// So many reports are looked at together.
const AT_ONCE: i64 = 500;

/// Those of these reports that are scored in a subject, as they show it.
fn counted_in(
    conn: &mut Conn,
    versions: &Versions,
    subject: &Subject,
    mut some: Vec<Listed>,
    now: Instant,
) -> Result<Vec<Listed>> {
    if *subject == Subject::Overall {
        some.retain(|(_, _, score)| score.is_some());
        return Ok(some);
    }
    let ids: Vec<_> = some.iter().map(|(report, ..)| report.visit_id).collect();
    let mut still = visits::store::still_shown(conn, ids.clone(), now)?;
    let mut scored = HashSet::new();
    for visit in visits::store::with_ids(conn, &ids)? {
        let id = visit.head.id;
        let visit = still.remove(&id).map(|was| was.of(&visit.head, None)).unwrap_or(visit);
        let Some((report, ..)) = some.iter().find(|(report, ..)| report.visit_id == id) else { continue };
        let version = versions.read(conn, visit.head.version_id)?;
        let scores = version.score_by_subject(visit.content.0.filled());
        let scores = scores.shown(|question| report.shows.0.shows(question));
        let number = version.number_of(subject);
        if scores.iter().any(|(one, _)| Some(*one) == number) {
            scored.insert(id);
        }
    }
    some.retain(|(report, ..)| scored.contains(&report.visit_id));
    Ok(some)
}

/// A report with what it is made of.
#[derive(Clone, Debug)]
pub struct Read {
    /// The report.
    pub report: Report,
    /// The state of its visit.
    pub state: State,
    /// Why it was withdrawn, if it was.
    pub reason: Option<String>,
    /// The visit as it is shown: what an appeal changed is shown from the next night on.
    pub visit: Visit,
    /// The questions whose answers an appeal corrected, as far as that is shown.
    pub corrected: Vec<Key>,
    /// Its photos and recordings.
    pub files: Vec<ReportFile>,
    /// The last day on which the report can be appealed against.
    pub appeal_until: Date,
    /// The brand: it says which languages are fallen back to.
    pub brand: Brand,
}

/// A report that the caller may read.
///
/// # Errors
/// `not_found` if it is not there, or the caller may not read it.
pub fn one(conn: &mut Conn, scope: &Scope, id: ReportId, now: Instant) -> Result<Read> {
    let readable = readable(conn, scope, now)?;
    let (report, state) = store::report(conn, &readable, id, now)?;
    let (visit, corrected) = as_shown(conn, report.visit_id, now)?;
    let brand = places::store::brand_if_there(conn, report.brand_id)?;
    let brand = brand.ok_or_else(|| Error::internal("a report without its brand"))?;
    let reason = match state {
        State::Withdrawn => store::reason_of_withdrawal(conn, report.visit_id)?,
        _ => None,
    };
    let files = store::files(conn, report.id)?;
    let released_on = report.released_on.parse().map_err(Error::internal)?;
    let appeal_until = limits(conn, &report)?.appeal_until(released_on);
    Ok(Read { report, state, reason, visit, corrected, files, appeal_until, brand })
}

/// The time limits of the campaign that wanted the visit of a report.
///
/// # Errors
/// Those of the database.
pub fn limits(conn: &mut Conn, report: &Report) -> Result<CampaignLimits> {
    let campaign = match report.campaign_id {
        Some(id) => campaigns::store::find(conn, id)?,
        None => None,
    };
    Ok(campaign.map(|campaign| campaign.terms.0.limits).unwrap_or_default())
}

/// A visit as the branch's side is shown it now, and the questions whose answers an appeal corrected until then.
///
/// # Errors
/// Those of the database.
pub fn as_shown(conn: &mut Conn, id: VisitId, now: Instant) -> Result<(Visit, Vec<Key>)> {
    let visit = visits::store::find(conn, id)?;
    let visit = visit.ok_or_else(|| Error::internal("a report without its visit"))?;
    let still = visits::store::still_shown(conn, vec![id], now)?.remove(&id);
    let is_shown = |step: &TakenStep| still.as_ref().is_none_or(|was| step.taken_at < was.replaced_at);
    let corrected = steps::of_visits(conn, vec![id])?
        .into_iter()
        .filter(|step| step.step() == Some(Step::Correct) && is_shown(step))
        .flat_map(|step| step.details().corrected)
        .collect();
    let shown = match still {
        Some(was) => was.of(&visit.head, None),
        None => visit,
    };
    Ok((shown, corrected))
}

/// The wordings of the standards that a version verifies, as they were when it was published.
pub type Wordings = HashMap<(StandardId, i32), Text>;

/// The wordings of the standards that this version verifies.
///
/// # Errors
/// Those of the database.
pub fn wordings(conn: &mut Conn, version: &Version) -> Result<Wordings> {
    let bound = version.prepared.bindings().standards.values();
    let named: Vec<_> = bound.map(|standard| (standard.id, standard.version)).collect();
    store::wordings(conn, &named)
}

/// A photo or a recording of a report that the caller may read.
///
/// # Errors
/// `not_found` if it is not there, the caller may not read the report, or the report was withdrawn.
pub fn file(conn: &mut Conn, scope: &Scope, id: ReportFileId, now: Instant) -> Result<ReportFile> {
    let readable = readable(conn, scope, now)?;
    let file = store::file(conn, id)?;
    match store::report(conn, &readable, file.report_id, now)? {
        (_, State::Withdrawn) => Err(Error::new(Code::NotFound)),
        _ => Ok(file),
    }
}

/// So many comments on a report after this one, with the names of their authors.
///
/// # Errors
/// `not_found` if the report is not there, or the caller may not read it.
pub fn comments(
    conn: &mut Conn,
    scope: &Scope,
    id: ReportId,
    after: Option<(Instant, ReportCommentId)>,
    rows: i64,
    now: Instant,
) -> Result<(Vec<ReportComment>, BTreeMap<AccountId, String>)> {
    let readable = readable(conn, scope, now)?;
    store::report(conn, &readable, id, now)?;
    let comments = store::comments(conn, id, after, rows)?;
    let names = accounts::store::names(conn, comments.iter().map(|one| one.account_id).collect())?;
    Ok((comments, names))
}
