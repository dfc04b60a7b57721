//! Visits approved, all of one brand, beside the floor of writing.

use std::collections::VecDeque;

use incognito::ids::VisitId;

use super::{
    Bench, Plan, client,
    figures::{Goal, Rounds, Row},
    load::{self, Until},
    submit::{self, Measured, costed},
    world,
};

/// So many approve at once, then one alone.
const REVIEWERS: [usize; 2] = [64, 1];
/// So many answers warm both servers up, and tell how fast they are about.
const WARM_UP: usize = 640;
/// So many visits more are brought before a round than were approved in a round before.
const SPARE: usize = 640;

/// The table's rows for approving. Each round approves visits that were submitted just before.
pub(super) async fn rows(bench: &mut Bench, plan: &Plan) -> Result<Vec<Row>, String> {
    let bar = world::bar("approving visits", (REVIEWERS.len() * plan.rounds) as u64);
    let mut rows = Vec::new();
    let mut waiting = VecDeque::new();
    for reviewers in REVIEWERS {
        let until = Until::Answers(WARM_UP / reviewers);
        let mut rate = product(bench, &mut waiting, reviewers, until, WARM_UP).await?.0.rate();
        submit::floor(bench, reviewers, until).await?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..plan.rounds {
            let (until, most) = (Until::Time(plan.time), (1.5 * rate * plan.time.as_secs_f64()) as usize);
            let (round, cost) = product(bench, &mut waiting, reviewers, until, most + SPARE).await?;
            rate = round.rate().max(rate);
            ours.add(round, cost);
            let (round, cost) = submit::floor(bench, reviewers, until).await?;
            theirs.add(round, cost);
            bar.inc(1);
        }
        let floor = theirs.rate();
        rows.push(ours.row("a visit approved", reviewers, Some(floor), goal(reviewers)));
        rows.push(theirs.row("  a visit's bytes committed", reviewers, None, Goal::default()));
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn goal(reviewers: usize) -> Goal {
    let many = reviewers == 64;
    Goal { p99: many.then_some(60.0), rate: many.then_some(1_000.0), ..Goal::default() }
}

/// Approves visits that wait, of which there are so many at least.
async fn product(
    bench: &mut Bench,
    waiting: &mut VecDeque<VisitId>,
    reviewers: usize,
    until: Until,
    least: usize,
) -> Result<Measured, String> {
    bench.world.stay_signed_in(bench.product.address).await?;
    submit(bench, waiting, least).await?;
    let (address, token) = (bench.product.address, &bench.world.boss.token);
    let next = |_, request: &mut Vec<u8>| match waiting.pop_front() {
        Some(visit) => {
            *request = client::request("POST", &format!("/v1/visits/{visit}/review/approve"), Some(token));
            client::end(request, b"");
            true
        }
        None => false,
    };
    costed(&bench.product, load::round(address, reviewers, until, next)).await
}

/// Submits visits until so many wait.
async fn submit(bench: &mut Bench, waiting: &mut VecDeque<VisitId>, least: usize) -> Result<(), String> {
    let phones = bench.world.shoppers.len();
    let each = least.saturating_sub(waiting.len()).div_ceil(phones.max(1));
    bench.world.assign(&bench.db, phones, each).await?;
    let world = &mut bench.world;
    let mut sent = Vec::with_capacity(each * phones);
    let next = |phone, request: &mut Vec<u8>| {
        let visit = world.next_visit(phone, request);
        sent.extend(visit);
        visit.is_some()
    };
    load::round(bench.product.address, phones, Until::Answers(each), next).await?;
    waiting.extend(sent);
    Ok(())
}
