//! The rows of visits of the past: made in memory, by the rules by which the API makes them.

use jiff::civil::Date;

use super::{
    ground::{Ground, Site},
    past::{PastReview, PastVisit},
};
use crate::{
    audit::Recorded,
    clock::Clock,
    db::types::{Instant, Json, Written},
    error::{Error, Result},
    fieldwork::{assignments::model::Assignment, campaigns::terms::CampaignLimits},
    ids::{AccountId, VisitId},
    months::Month,
    outbox::store::NewEvent,
    reports::{
        counted::counted,
        model::{Report, days_shown},
        night,
        released::ReportReleased,
    },
    reviews::decided::VisitDecided,
    scores::{
        count_past::CountPast,
        model::{Counted, Reader},
    },
    seals::salted::Salt,
    trust::{
        model::{Flag, Summary},
        seen::Seen,
        store::traces::PastLook,
        time::Span,
        unseen::Unseen,
    },
    visits::{
        advance::audited,
        model::{Visit, VisitHead, made_at, was_there_at},
        parts::{Parts, content_hash},
        state::{State, Step},
        store::{QueueMarks, past, steps::NewStep},
        taken::Details,
    },
};

/// So many seconds after it came a visit has been looked at.
const LOOKED_AT: i64 = 20;
/// So many seconds after the hour of the night began a report goes out.
const INTO_THE_NIGHT: i64 = 60;

/// The rows of some visits.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) assignments: Vec<Assignment>,
    pub(super) visits: Vec<past::PastVisit>,
    pub(super) looks: Vec<PastLook>,
    /// What was found in visits in which anything was.
    pub(super) flags: Vec<(VisitId, Vec<Flag>)>,
    /// Visits that wait for a decision.
    pub(super) waiting: Vec<VisitId>,
    /// By what later looks find what was written in a visit.
    pub(super) bands: Vec<(VisitId, std::collections::BTreeSet<i64>)>,
    pub(super) steps: Vec<(NewStep, Option<Salt>)>,
    pub(super) audit: Vec<Recorded>,
    pub(super) events: Vec<NewEvent>,
    pub(super) reports: Vec<Report>,
    pub(super) counted: CountPast,
}

impl Rows {
    /// Adds visits to one branch: all of some time on end, because whether a report shows a day or a week follows from how many
    /// there were in its month.
    ///
    /// # Errors
    /// `internal` if the brand has no such branch, or if a step does not lead from where a visit is.
    pub(super) fn add(&mut self, ground: &Ground, of_branch: Vec<PastVisit>) -> Result<()> {
        let approved: Vec<(Month, Instant)> = of_branch
            .iter()
            .filter_map(|one| {
                let review = one.review.as_ref().filter(|review| review.step == Step::Approve)?;
                Some((month(ground.site(one.assignment.branch_id).ok()?, one), review.at))
            })
            .collect();
        of_branch.into_iter().try_for_each(|one| self.visit(ground, one, &approved))
    }

    fn visit(&mut self, ground: &Ground, past: PastVisit, approved: &[(Month, Instant)]) -> Result<()> {
        let site = ground.site(past.assignment.branch_id)?;
        let month = month(site, &past);
        let PastVisit { assignment, id, submission, received_at, review } = past;
        let shopper = assignment.shopper_id.ok_or_else(|| Error::internal("nobody was to go"))?;
        let submission = submission.tidied().as_shown(&ground.version.prepared);
        if let Some(problem) = submission.problems(&ground.version.prepared).first() {
            return Err(Error::internal(format_args!("no visit could be sent so: {problem:?}")));
        }
        let parts = Parts::of(&submission, &ground.version.prepared)?;
        let head = VisitHead {
            id,
            assignment_id: assignment.id,
            brand_id: assignment.brand_id,
            branch_id: assignment.branch_id,
            version_id: assignment.version_id,
            shopper_id: shopper,
            state: State::Complete,
            content_hash: content_hash(&submission, Some(&parts))?,
            score: submission.score(&ground.version.prepared),
            month,
            received_at,
            completed_at: Some(received_at),
            revision: 0,
            revised_at: None,
        };
        let mut visit = Visit { head, content: Json(submission), parts: Some(Json(parts)) };
        let marks = self.look(ground, site, &visit, &assignment)?;
        if let Some(review) = review {
            self.review(ground, site, (&mut visit, &assignment), review, |before| {
                approved.iter().filter(|(of, at)| *of == month && *at <= before).count()
            })?;
        } else {
            self.waiting.push(id);
        }
        let Visit { head, content: Json(submission), parts } = visit;
        let was_there =
            was_there_at(submission.started_at, (assignment.created_at, assignment.opens_at), received_at);
        self.visits.push(past::PastVisit {
            content: Written::new(&submission).map_err(Error::internal)?,
            parts: parts.map(|Json(parts)| parts).unwrap_or_default(),
            made_at: was_there,
            noticed_at: looked_at(received_at),
            marks,
            head,
        });
        self.assignments.push(assignment);
        Ok(())
    }

    /// Looks at a visit by itself, and says by what reviewers find it.
    fn look(
        &mut self,
        ground: &Ground,
        site: &Site,
        visit: &Visit,
        assignment: &Assignment,
    ) -> Result<QueueMarks> {
        let unseen = Unseen {
            visit: visit.clone(),
            number: 0,
            window: Span { from: assignment.opens_at, to: assignment.closes_at },
            assigned_at: assignment.created_at,
            terms: None,
            branch: site.branch.clone(),
            ended_at: None,
            tie: None,
            files: Vec::new(),
        };
        let seen = Seen::new(unseen, &ground.version.prepared);
        let (id, flags, bands) = (visit.head.id, seen.flags(), seen.bands());
        let found = Summary::of(&flags);
        self.looks.push(PastLook {
            shopper: visit.head.shopper_id,
            stay: seen.stay(),
            found,
            looked_at: looked_at(visit.head.received_at),
            salt: Salt::new()?,
        });
        if !flags.is_empty() {
            self.flags.push((id, flags));
        }
        if !bands.is_empty() {
            self.bands.push((id, bands));
        }
        Ok(QueueMarks {
            due_at: seen.limits().review_by(seen.whole_at()),
            rank: found.rank(),
            language: seen.language(),
            to_be_drawn: false,
        })
    }

    /// Takes the steps that follow from a decision up to the present. `approved_by` says how many visits to the branch had been
    /// approved in the month of this one by some moment.
    fn review(
        &mut self,
        ground: &Ground,
        site: &Site,
        (visit, assignment): (&mut Visit, &Assignment),
        review: PastReview,
        approved_by: impl Fn(Instant) -> usize,
    ) -> Result<()> {
        let PastReview { reviewer, step, reason, at } = review;
        let details = match step {
            // No other visit is wanted outside of any campaign.
            Step::Reject | Step::Exclude => Details { second_visit: Some(false), ..Details::default() },
            _ => Details::default(),
        };
        self.step(&mut visit.head, 1, step, (Some(reviewer), reason), details, at)?;
        self.events.push(NewEvent::of(&VisitDecided::new(&visit.head, 1, Some(reviewer)), at)?);
        if !visit.head.state.is_counted() {
            return Ok(());
        }
        self.counted.take(Reader::Desk, &Counted::for_desks(visit, &ground.version));
        let zone = &site.branch.time_zone;
        let goes_out = night::next(at, zone).plus_seconds(INTO_THE_NIGHT);
        if goes_out > ground.now {
            return Ok(());
        }
        self.step(&mut visit.head, 2, Step::Report, (None, None), Details::default(), goes_out)?;
        let is_seldom_visited = (approved_by(goes_out) as i64) < i64::from(ground.brand.minimum_visits);
        let today = night::local(goes_out, zone).date();
        self.report(ground, site, (visit, assignment), is_seldom_visited, (goes_out, today))?;
        let over = CampaignLimits::default().appeal_until(today).tomorrow().map_err(Error::internal)?;
        let over = over.to_zoned(site.zone.clone()).map_err(Error::internal)?;
        let finished = night::next(over.timestamp().into(), zone).plus_seconds(INTO_THE_NIGHT);
        if finished > ground.now {
            return Ok(());
        }
        self.step(&mut visit.head, 3, Step::Finish, (None, None), Details::default(), finished)
    }

    fn report(
        &mut self,
        ground: &Ground,
        site: &Site,
        (visit, assignment): (&Visit, &Assignment),
        is_seldom_visited: bool,
        (at, today): (Instant, Date),
    ) -> Result<()> {
        let shows = ground.shows(site, today);
        self.counted.take(Reader::BranchSide, &counted(visit, &ground.version, &shows));
        let made_at = made_at(visit.content.0.started_at, assignment.opens_at, visit.head.received_at);
        let made_on = night::local(made_at, &site.branch.time_zone).date();
        let (first, last) = days_shown(made_on, is_seldom_visited);
        let report = Report {
            id: Clock::System.new_id(),
            visit_id: visit.head.id,
            brand_id: visit.head.brand_id,
            region_id: site.branch.region_id,
            branch_id: site.branch.id,
            campaign_id: None,
            month: night::month_of(first).ok_or_else(|| Error::internal("a visit beyond all months"))?,
            first_day: first.to_string(),
            last_day: last.to_string(),
            released_on: today.to_string(),
            shows: Json(shows),
            created_at: at,
        };
        let Report { id: report_id, visit_id, brand_id, branch_id, .. } = report;
        let released = ReportReleased { report_id, visit_id, brand_id, branch_id };
        self.events.push(NewEvent::of(&released, at)?);
        self.reports.push(report);
        Ok(())
    }

    fn step(
        &mut self,
        visit: &mut VisitHead,
        number: i32,
        step: Step,
        (account_id, reason): (Option<AccountId>, Option<String>),
        details: Details,
        taken_at: Instant,
    ) -> Result<()> {
        let from_state = visit.state;
        visit.state = from_state.after(step, true)?;
        let (visit_id, to_state) = (visit.id, visit.state);
        let new =
            NewStep { visit_id, number, step, from_state, to_state, account_id, reason, details, taken_at };
        self.audit.extend(audited(visit.brand_id, &new).map(|entry| entry.recorded(taken_at)));
        let salt = new.reason.as_ref().map(|_| Salt::new()).transpose()?;
        self.steps.push((new, salt));
        Ok(())
    }
}

/// The month that a visit counts in.
fn month(site: &Site, PastVisit { assignment, submission, received_at, .. }: &PastVisit) -> Month {
    Month::of(made_at(submission.started_at, assignment.opens_at, *received_at), &site.zone)
}

fn looked_at(received_at: Instant) -> Instant {
    received_at.plus_seconds(LOOKED_AT)
}
