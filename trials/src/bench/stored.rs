//! Visits of a past year, approved, with all that follows: put there by the fast path ([`incognito::filling`]), since through the API it would
//! take hours.

use std::sync::Arc;

use incognito::{
    app::App,
    blobs::Blobs,
    clock::Clock,
    config::BlobsUrl,
    db::{Db, types::Instant},
    demand::Demand,
    error::{Error, Result},
    filling::{self, Ground, PastReview, PastVisit, Spread},
    ids::AccountId,
    months::Month,
    seals::Seals,
    visits::{model::Submission, state::Step},
};
use jiff::tz::TimeZone;

use super::{
    ground, store,
    submissions::{self, Dice},
    world::{World, bar, in_words},
};

/// So many different sets of answers are used again and again.
const TELLINGS: u64 = 1_000;
/// How far back they go, and how long before that their assignments were made.
const DAYS: usize = 365;
const DAY: i64 = 86_400;
/// They are kept in so many transactions.
const WINDOWS: usize = 20;

/// The last so many months, this one included, in their order.
pub(super) fn last_months(count: i32) -> Vec<Month> {
    let now = Month::of(Clock::System.now(), &TimeZone::UTC);
    (0..count).rev().filter_map(|back| now.plus(-back)).collect()
}

/// Keeps so many visits of the past year, approved, reported, counted and sealed.
pub(super) async fn load(
    place: &ground::Ground,
    db: &Db,
    world: &World,
    count: usize,
) -> std::result::Result<(), String> {
    if count == 0 {
        return Ok(());
    }
    let clock = Clock::System;
    let blobs = Blobs::open(&BlobsUrl::Folder(place.folder().join("blobs")))?;
    let seals = Seals::load(db, &clock, None).await.map_err(in_words)?;
    let app = Arc::new(App { db: db.clone(), clock, seals, blobs, demand: Demand::default() });
    let now = app.clock.now();
    let of = Ground::read(db, world.brand, world.version, now).await.map_err(in_words)?;
    let spread = Spread { visits: count, branches: world.branches.len(), windows: WINDOWS };
    let past = Past { world: world.clone(), content: of.version.prepared.content().clone(), spread, now };
    let visits: Arc<filling::Make> = Arc::new(move |branch, turn| past.visit(branch, turn));
    let bar = bar("storing visits", count as u64);
    let shown = bar.clone();
    let filled =
        filling::fill(&app, &Arc::new(of), spread, &visits, move |kept| shown.set_position(kept)).await;
    filled.map_err(in_words)?;
    bar.finish_and_clear();
    db.write(store::analyze).await.map_err(in_words)
}

/// What visits of the past are made of.
struct Past {
    world: World,
    content: incognito::checklists::model::Content,
    spread: Spread,
    now: Instant,
}

impl Past {
    /// A visit of some day of the past year, with its assignment.
    fn visit(&self, branch: usize, turn: usize) -> Result<PastVisit> {
        let number = branch * self.spread.each() + turn;
        let mut dice = Dice(number as u64);
        // A day at least lies between two visits to a branch as long as they are no more than days.
        let turn_seconds = DAYS as i64 * DAY / self.spread.each() as i64;
        let into = dice.below(turn_seconds.unsigned_abs().max(2) / 2) as i64;
        let ended_at = self.now.plus_seconds((turn as i64 - self.spread.each() as i64) * turn_seconds + into);
        let shopper = self.world.shoppers.get(number % self.world.shoppers.len().max(1));
        let shopper = shopper.ok_or_else(|| Error::internal("there is no shopper"))?.id;
        let id = incognito::db::types::Id::named(&format!("{} assignment {branch} {turn}", self.world.brand));
        let wanted = self.world.assignment_of(id, shopper, branch, ended_at.plus_seconds(-DAY));
        let wanted = wanted.ok_or_else(|| Error::internal("there is no branch"))?;
        let mut telling = Dice(dice.below(TELLINGS));
        let submission = Submission {
            assignment_id: wanted.id,
            checklist_version_id: wanted.version_id,
            started_at: ended_at.plus_seconds(-1800),
            ended_at,
            answers: submissions::answers(&self.content, &mut telling),
            manifest: incognito::checklists::manifest::Manifest::default(),
            positions: Default::default(),
            device: None,
            outcome: None,
            spent: Default::default(),
        };
        let review = self.review(self.world.boss.id, ended_at.plus_seconds(DAY));
        let id = incognito::db::types::Id::named(&format!("{} visit {branch} {turn}", self.world.brand));
        Ok(PastVisit { assignment: wanted, id, submission, received_at: ended_at, review })
    }

    fn review(&self, reviewer: AccountId, at: Instant) -> Option<PastReview> {
        (at <= self.now).then_some(PastReview { reviewer, step: Step::Approve, reason: None, at })
    }
}
