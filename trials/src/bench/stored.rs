//! Visits of a past year, approved, with their figures: put there in bulk, since through the API it would take hours.

use std::sync::Arc;

use incognito::{
    checklists::{self, cache::Version},
    clock::Clock,
    db::{
        Db,
        types::{Instant, Json},
    },
    fieldwork::assignments::model::Assignment,
    months::Month,
    reports::counted::shown_questions,
    scores::count_anew::repair,
    visits::{
        model::{Submission, Visit, VisitHead},
        parts::{Parts, content_hash},
        state::State,
    },
};
use jiff::tz::TimeZone;

use super::{
    store,
    submissions::{self, Dice},
    world::{ROWS, World, bar, in_words},
};

/// So many different sets of answers are used again and again.
const TELLINGS: u64 = 1_000;
/// How far back they go.
const DAYS: u64 = 365;
const DAY: i64 = 86_400;

/// The last so many months, this one included, in their order.
pub(super) fn last_months(count: i32) -> Vec<Month> {
    let now = Month::of(Clock::System.now(), &TimeZone::UTC);
    (0..count).rev().filter_map(|back| now.plus(-back)).collect()
}

/// Keeps so many visits of the past year, approved and counted.
pub(super) async fn load(db: &Db, world: &World, count: usize) -> Result<(), String> {
    let of = world.version;
    let version = db.read(move |conn| checklists::store::version(conn, of)).await.map_err(in_words)?;
    let mut past = Past::new(world, version);
    let bar = bar("storing visits", count as u64);
    let mut done = 0;
    while done < count {
        let made: Vec<_> = (done..count.min(done + ROWS)).filter_map(|number| past.visit(number)).collect();
        let rows: Arc<(Vec<_>, Vec<_>)> = Arc::new(made.into_iter().unzip());
        let insert = move |conn: &mut incognito::db::Conn| {
            store::insert_assignments(conn, &rows.0)?;
            store::insert_visits(conn, &rows.1)
        };
        db.write(insert).await.map_err(in_words)?;
        done += ROWS;
        bar.inc(ROWS as u64);
    }
    let brand = world.brand;
    let count = move |conn: &mut incognito::db::Conn| repair(conn, brand, shown_questions);
    db.write(count).await.map_err(in_words)?;
    bar.finish_and_clear();
    db.write(store::analyze).await.map_err(in_words)
}

/// What visits of the past are made of.
struct Past<'a> {
    world: &'a World,
    version: Version,
    zone: TimeZone,
    dice: Dice,
    now: Instant,
}

impl<'a> Past<'a> {
    fn new(world: &'a World, version: Version) -> Self {
        let zone = TimeZone::get(store::ZONE).unwrap_or(TimeZone::UTC);
        Self { world, version, zone, dice: Dice(0), now: Clock::System.now() }
    }

    /// A visit of some day of the past year, with its assignment.
    fn visit(&mut self, number: usize) -> Option<(Assignment, Visit)> {
        let clock = Clock::System;
        let back = self.dice.below(DAYS * DAY as u64) as i64;
        let ended_at = self.now.plus_seconds(-back);
        let shopper = self.world.shoppers.get(number % self.world.shoppers.len().max(1))?.id;
        let place = self.dice.below(self.world.branches.len() as u64) as usize;
        let wanted = self.world.assignment_of(clock.new_id(), shopper, place, ended_at)?;
        let mut telling = Dice(self.dice.below(TELLINGS));
        let submission = Submission {
            assignment_id: wanted.id,
            checklist_version_id: wanted.version_id,
            started_at: ended_at.plus_seconds(-1800),
            ended_at,
            answers: submissions::answers(self.version.prepared.content(), &mut telling),
            manifest: incognito::checklists::manifest::Manifest::default(),
            positions: Default::default(),
            device: None,
            outcome: None,
            spent: Default::default(),
        };
        let parts = Parts::of(&submission, &self.version.prepared).ok()?;
        let hash = content_hash(&submission, Some(&parts)).ok()?;
        let head = VisitHead {
            id: clock.new_id(),
            assignment_id: wanted.id,
            brand_id: wanted.brand_id,
            branch_id: wanted.branch_id,
            version_id: wanted.version_id,
            shopper_id: shopper,
            state: State::Approved,
            month: Month::of(submission.started_at, &self.zone),
            content_hash: hash,
            score: None,
            received_at: ended_at,
            completed_at: Some(ended_at),
            revision: 0,
            revised_at: None,
        };
        let mut visit = Visit { head, content: Json(submission), parts: Some(Json(parts)) };
        visit.head.score = visit.content.0.score(&self.version.prepared);
        Some((wanted, visit))
    }
}
