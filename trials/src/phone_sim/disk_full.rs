//! The disk fills up under load, and then there is space again: the server goes on by itself, and nothing that it
//! acknowledged is lost.

use std::{cell::Cell, time::Duration};

use futures_util::future::{join, join_all};
use tokio::time::{Instant, sleep};

use super::{
    Plan,
    disk::{Disk, Number},
    errands::{self, Came, Crew, Errand, Worker, count},
    findings::{Findings, Wrong},
};
use crate::bench::{ground::Ground, submissions::Dice, world::bar};

/// Phones have so long before the disk fills up, at most, …
const BEFORE: u64 = 300;
/// … and there is no space for so long, both in milliseconds.
const FULL: u64 = 800;
/// The last space there is, at most, in bytes.
const LAST: u64 = 60_000;
/// When there is space again, everything is done after so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// A phone that was refused waits so long.
const PAUSE: Duration = Duration::from_millis(10);
/// No phone makes more visits than this.
const MOST: usize = 30;
/// No more phones than this: what is tried is the disk.
const PHONES: usize = 8;

const ODD: (Wrong, &str) = (Wrong::Other, "answers on a full disk that are not 503 or 507");
const STUCK: (Wrong, &str) = (Wrong::Other, "phones that got nowhere although there was space again");
const ENDED: (Wrong, &str) = (Wrong::Other, "servers that ended");

/// Fills the disk so many times.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    let disk = Disk::new(ground)?;
    disk.set(Number::Swallow, plan.planted_defect.into())?;
    let (mut findings, mut dice) =
        (Findings::new("disk-full", "times that the disk was full under load"), Dice(plan.seed));
    // A server that is lied to has nothing to go on with.
    let times = if plan.planted_defect { 1 } else { plan.times };
    let mut crew =
        Crew::prepare(&disk, plan.phones.min(PHONES), times.saturating_mul(MOST), plan.seed).await?;
    let mut server = disk.start().await?;
    for line in [ODD, STUCK, ENDED] {
        findings.wrong(line.0, line.1, 0);
    }
    let bar = bar("filling the disk", times as u64);
    for _ in 0..times {
        crew.turn_to(&server).await?;
        let (errands, over) = (crew.errands(MOST), Cell::new(None));
        let refused = disk.get(Number::Refused)?;
        let phones =
            crew.workers.iter_mut().zip(errands).map(|(worker, errands)| work(worker, errands, &over));
        let fill = async {
            sleep(Duration::from_millis(dice.below(BEFORE))).await;
            disk.set(Number::Space, dice.below(LAST))?;
            disk.set(Number::Limited, 1)?;
            sleep(Duration::from_millis(FULL)).await;
            disk.set(Number::Limited, 0)?;
            over.set(Some(Instant::now()));
            Ok::<_, String>(())
        };
        let (worked, filled) = join(join_all(phones), fill).await;
        filled?;
        for refusals in worked {
            let refusals = refusals?;
            findings.did("answers of 503", refusals.expected);
            refusals.odd.into_iter().for_each(|why| count(&mut findings, ODD, why));
            refusals.stuck.into_iter().for_each(|why| count(&mut findings, STUCK, why));
        }
        if !server.is_running() {
            count(&mut findings, ENDED, format!("{:?}", disk.last_words()));
            break;
        }
        if disk.get(Number::Refused)? == refused {
            return Err("the disk was never full: nothing was tried".to_owned());
        }
        findings.trials += 1;
        crew.audit(&server, &disk.blobs(), false, &mut findings).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    server.kill();
    disk.cut()?;
    if let Some(mut server) = errands::start_again(&disk, &mut findings).await? {
        crew.audit(&server, &disk.blobs(), true, &mut findings).await?;
        server.kill();
        crew.close(&disk, &mut findings).await;
    }
    errands::read_log(&disk, &mut findings)?;
    Ok(findings)
}

/// What a phone was refused.
#[derive(Default)]
struct Refusals {
    expected: u64,
    odd: Vec<String>,
    stuck: Option<String>,
}

/// Does errands, each step as often as it takes, until there is space again.
async fn work(
    worker: &mut Worker,
    errands: Vec<Errand>,
    over: &Cell<Option<Instant>>,
) -> Result<Refusals, String> {
    let mut refusals = Refusals::default();
    for errand in errands {
        if over.get().is_some() {
            break;
        }
        worker.accept(&errand)?;
        for &step in &errand.steps {
            loop {
                let came = worker.take(errand.visit, step).await?;
                let late = over.get().is_some_and(|since| since.elapsed() > PATIENCE);
                match came {
                    Came::Done => break,
                    Came::Refused(503 | 507, _) => refusals.expected += 1,
                    came => refusals.odd.push(format!("{step:?}: {came:?}")),
                }
                if late {
                    refusals.stuck = Some(format!("visit {}, {step:?}", errand.visit));
                    return Ok(refusals);
                }
                sleep(PAUSE).await;
            }
        }
    }
    Ok(refusals)
}
