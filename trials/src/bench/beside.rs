//! Visits submitted while photos wait to be read, beside the same when none waits.

use std::time::Duration;

use super::{
    Bench, Plan,
    figures::{Goal, Rounds, Row},
    load::Until,
    store, submit,
    upload::Load,
    world::{self, in_words},
};

/// So many photos wait when a round begins: more than are read meanwhile.
const WAITING: usize = 2_000;
/// So many answers warm the server up.
const WARM_UP: usize = 4_000;
/// What is asked of the database while photos are read to their end.
const PAUSE: Duration = Duration::from_millis(200);
/// The part of the rate that has to be left.
const LEFT: f64 = 0.9;

/// The table's rows, with as many phones as there are at most. Rounds with and without photos take turns.
pub(super) async fn rows(bench: &mut Bench, plan: &Plan) -> Result<Vec<Row>, String> {
    let phones = plan.phones.iter().copied().max().unwrap_or(1);
    let bar = world::bar("submitting visits beside photos", plan.rounds as u64);
    let load = Load::of_photos(bench.world.version, WAITING)?;
    let until = Until::Answers((WARM_UP / phones).max(1));
    bench.world.assign(&bench.db, phones, WARM_UP).await?;
    let mut rate = submit::product(bench, phones, until).await?.0.rate();
    let (mut alone, mut beside, mut least) = (Rounds::default(), Rounds::default(), i64::MAX);
    for _ in 0..plan.rounds {
        bench.world.stay_signed_in(bench.product.address).await?;
        let each = (3.0 * rate * plan.time.as_secs_f64()) as usize / phones + WARM_UP;
        bench.world.assign(&bench.db, phones, each).await?;
        while bench.db.read(store::count_unread).await.map_err(in_words)? > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let (round, cost) = submit::product(bench, phones, Until::Time(plan.time)).await?;
        rate = round.rate().max(rate);
        alone.add(round, cost);
        load.product(bench, phones, Until::Answers(WAITING.div_ceil(phones))).await?;
        let (round, cost) = submit::product(bench, phones, Until::Time(plan.time)).await?;
        beside.add(round, cost);
        least = least.min(bench.db.read(store::count_unread).await.map_err(in_words)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if least == 0 {
        return Err("all photos were read before a round was over: let it take less time".to_owned());
    }
    let goal = Goal { of_floor: Some(LEFT), ..Goal::default() };
    let rate = alone.rate();
    Ok(vec![
        alone.row("a visit of 30 answers submitted", phones, None, Goal::default()),
        beside.row(format!("  while {least} photos or more wait"), phones, Some(rate), goal),
    ])
}
