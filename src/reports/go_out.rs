//! A report goes out.

use std::sync::Arc;

use jiff::{Zoned, civil::Date};

use super::{
    copies::{Outgoing, Recording},
    counted::counted,
    model::{Report, ReportFile, Shows, days_shown},
    night,
    released::ReportReleased,
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists::{cache::Version, media_type::Form},
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Error, Result},
    evidence,
    fieldwork::{
        assignments,
        campaigns::{self, terms::Reporting},
    },
    ids::{ReportId, VisitId},
    outbox, places,
    scores::{self, model::Counted},
    visits::{
        self,
        advance::{Advanced, advance_by_clock},
        model::{Visit, made_at},
        state::{State, Step},
    },
};

/// What will go out of a visit.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The visit as it is.
    pub visit: Visit,
    /// What its report shows.
    pub shows: Shows,
    /// The photos that there are copies of by now.
    pub photos: Vec<Outgoing>,
    /// The recordings that there are copies of by now.
    pub recordings: Vec<Recording>,
    /// Whether some of its files are still to be read.
    pub waits_for_files: bool,
}

/// What will go out of this visit, if its report went out now.
///
/// # Errors
/// `not_found` if there is no such visit.
pub fn plan(conn: &mut Conn, visit: Visit, version: &Version, now: Instant) -> Result<Planned> {
    let campaign = campaign_of(conn, &visit)?;
    let everywhere = Scope::everything();
    let (_, informed) =
        places::notices::informed::informed(conn, &everywhere, visit.head.branch_id, None, now)?;
    let shows = Shows::of(&campaign, informed.level);
    let (blurs, cuts) = (store::blurs(conn, visit.head.id)?, store::cuts(conn, visit.head.id)?);
    let (mut photos, mut recordings, mut waits_for_files) = (Vec::new(), Vec::new(), false);
    for file in visit.manifest().iter() {
        let is_shown = |question| match file.media_type.form() {
            Form::Image => shows.shows_photos(question),
            Form::Recording => shows.shows_recordings(question),
        };
        if !version.prepared.question(file.question.as_str()).is_some_and(is_shown) {
            continue;
        }
        match evidence::store::clean_copy(conn, file.id)? {
            None => {
                waits_for_files |= evidence::store::find(conn, file.id)?.is_some_and(|file| file.is_kept())
            }
            Some(copy) if file.media_type.form() == Form::Recording => {
                recordings.extend(copy.content().map(|(_, clean)| Recording {
                    evidence: file.id,
                    question: file.question.to_string(),
                    clean,
                    stretches: cuts.get(&file.id).cloned(),
                }));
            }
            Some(copy) => photos.extend(copy.content().map(|(_, clean)| Outgoing {
                evidence: file.id,
                question: file.question.to_string(),
                clean,
                areas: blurs.get(&file.id).cloned().unwrap_or_default(),
            })),
        }
    }
    Ok(Planned { visit, shows, photos, recordings, waits_for_files })
}

fn campaign_of(conn: &mut Conn, visit: &Visit) -> Result<Reporting> {
    let terms = campaigns::store::terms_of(conn, visit.head.assignment_id)?;
    Ok(terms.map(|terms| terms.reports).unwrap_or_default())
}

/// A report that is ready to go out.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its id.
    pub id: ReportId,
    /// The visit as it was when this was made ready.
    pub visit: Visit,
    /// The version that it was made under.
    pub version: Arc<Version>,
    /// What the report shows.
    pub shows: Shows,
    /// Its photos and recordings.
    pub files: Vec<ReportFile>,
}

/// Lets a report go out: the visit is released, and counts for the branch's side from now on. Says whether it did: not if the visit
/// is not approved any more, or has another content.
///
/// # Errors
/// None but those of the database.
pub fn go_out(conn: &mut Conn, ready: &Ready, now: Instant) -> Result<bool> {
    let id = ready.visit.head.id;
    let is_so = |visit: &Visit| {
        visit.head.state == State::Approved && visit.head.content_hash == ready.visit.head.content_hash
    };
    let Some(visit) = visits::store::find(conn, id)?.filter(is_so) else { return Ok(false) };
    let Some(branch) = places::store::branch_if_there(conn, visit.head.branch_id)? else { return Ok(false) };
    let assignment = assignments::store::wanted(conn, vec![visit.head.assignment_id])?;
    let campaigns = store::campaigns_of(conn, &[visit.head.assignment_id])?;
    let Some(Advanced { visit, .. }) = advance_by_clock(conn, id, Step::Report, now)? else {
        return Ok(false);
    };
    if !visits::store::shown_before(conn, vec![id])?.is_empty() {
        visits::store::set_not_shown_before(conn, id)?;
        let before = Counted::for_branch_side(&visit, &ready.version, |_| false);
        scores::count::withdraw(conn, &before)?;
    }
    scores::count::release(conn, &counted(&visit, &ready.version, &ready.shows))?;
    let opens_at = assignment.first().map_or(visit.head.received_at, |wanted| wanted.opens_at);
    let made_at = made_at(visit.content.0.started_at, opens_at, visit.head.received_at);
    let is_seldom_visited = is_seldom_visited(conn, &visit)?;
    let (first, last) = days_shown(night::local(made_at, &branch.time_zone).date(), is_seldom_visited);
    let today: Zoned = night::local(now, &branch.time_zone);
    let report = Report {
        id: ready.id,
        visit_id: id,
        brand_id: visit.head.brand_id,
        region_id: branch.region_id,
        branch_id: branch.id,
        campaign_id: campaigns.get(&visit.head.assignment_id).copied(),
        month: month(first)?,
        first_day: first.to_string(),
        last_day: last.to_string(),
        released_on: today.date().to_string(),
        shows: Json(ready.shows.clone()),
        created_at: now,
    };
    store::insert(conn, &report, &ready.files)?;
    let released = ReportReleased {
        report_id: report.id,
        visit_id: id,
        brand_id: report.brand_id,
        branch_id: report.branch_id,
    };
    outbox::record(conn, &released, now)?;
    Ok(true)
}

fn month(of: Date) -> Result<crate::months::Month> {
    night::month_of(of).ok_or_else(|| Error::internal("a visit beyond all months"))
}

/// Whether so few visits of the branch count in the month of this one that its day would give a person away.
pub(super) fn is_seldom_visited(conn: &mut Conn, visit: &Visit) -> Result<bool> {
    let brand = places::store::brand_if_there(conn, visit.head.brand_id)?;
    let minimum = brand.map_or(places::model::MINIMUM_VISITS, |brand| brand.minimum_visits);
    Ok(scores::store::visits_in(conn, visit.head.branch_id, visit.head.month)? < i64::from(minimum))
}

/// The visit with this id, if it still waits for its report.
///
/// # Errors
/// Those of the database.
pub fn waiting(conn: &mut Conn, id: VisitId) -> Result<Option<Visit>> {
    Ok(visits::store::find(conn, id)?.filter(|visit| visit.head.state == State::Approved))
}
