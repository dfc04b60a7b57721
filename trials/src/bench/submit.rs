//! Visits submitted, beside the floor of writing.

use std::time::Duration;

use incognito::clock::Clock;

use super::{
    Bench, Plan,
    child::Server,
    figures::{Goal, Rounds, Row},
    load::{self, Until},
    world,
};

/// So many answers warm both servers up, and tell how fast they are about.
const WARM_UP: usize = 4_000;
/// Nobody has fewer assignments than this to do before a round.
const SPARE: usize = 200;

/// The table's rows for submitting.
pub(super) async fn rows(bench: &mut Bench, plan: &Plan) -> Result<Vec<Row>, String> {
    let bar = world::bar("submitting visits", (plan.phones.len() * plan.rounds) as u64);
    let mut rows = Vec::new();
    for &phones in &plan.phones {
        let answers = (WARM_UP / phones).max(SPARE);
        bench.world.stay_signed_in(bench.product.address).await?;
        bench.world.assign(&bench.db, phones, answers).await?;
        let until = Until::Answers(answers);
        let mut rate = product(bench, phones, until).await?.0.rate();
        floor(bench, phones, until).await?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..plan.rounds {
            let each = (1.5 * rate * plan.time.as_secs_f64()) as usize / phones + SPARE;
            bench.world.assign(&bench.db, phones, each).await?;
            let (round, cost) = product(bench, phones, Until::Time(plan.time)).await?;
            rate = round.rate().max(rate);
            ours.add(round, cost);
            let (round, cost) = floor(bench, phones, Until::Time(plan.time)).await?;
            theirs.add(round, cost);
            bar.inc(1);
        }
        let floor = theirs.rate();
        rows.push(ours.row("a visit of 30 answers submitted", phones, Some(floor), goal(phones)));
        rows.push(theirs.row("  its floor", phones, None, Goal::default()));
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn goal(phones: usize) -> Goal {
    let p99 = match phones {
        1 => Some(0.8),
        2..=8 => Some(2.5),
        9..=64 => Some(6.0),
        _ => None,
    };
    let many = phones >= 64;
    Goal { p99, of_floor: many.then_some(0.7), memory: many.then_some(64.0), ..Goal::default() }
}

/// A round, and what it cost the server: microseconds of a core, and the most MiB of memory so far.
pub(super) type Measured = (load::Round, Option<(f64, f64)>);

pub(super) async fn product(bench: &mut Bench, phones: usize, until: Until) -> Result<Measured, String> {
    let world = &mut bench.world;
    let next = |phone, request: &mut Vec<u8>| world.next_visit(phone, request).is_some();
    costed(&bench.product, load::round(bench.product.address, phones, until, next)).await
}

/// The same requests, for assignments that are not there: nobody looks.
pub(super) async fn floor(bench: &Bench, phones: usize, until: Until) -> Result<Measured, String> {
    let world = &bench.world;
    let next = |phone: usize, request: &mut Vec<u8>| {
        let token = world.shoppers.get(phone).map_or("", |shopper| &shopper.token);
        let (visit, assignment) = (Clock::System.ordered_id(), Clock::System.ordered_id());
        world.submissions.write(request, token, visit, assignment);
        true
    };
    costed(&bench.floor, load::round(bench.floor.address, phones, until, next)).await
}

/// A round with what it cost the server.
pub(super) async fn costed(
    server: &Server,
    round: impl Future<Output = Result<load::Round, String>>,
) -> Result<Measured, String> {
    let before = server.usage();
    let round = round.await?;
    let cost = before.zip(server.usage()).map(|(before, after)| {
        let cpu: Duration = after.cpu.saturating_sub(before.cpu);
        (cpu.as_secs_f64() * 1e6, after.most_memory)
    });
    Ok((round, cost))
}
