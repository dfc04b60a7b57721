//! Power cuts under load: the server is killed, and what was not synced is not there when it starts again. Every other
//! time chance keeps some of it: the system writes back what it likes before anybody asks for it.

use std::time::Duration;

use futures_util::future::join;

use super::{
    Plan,
    disk::{Disk, Number},
    errands::{self, Crew},
    findings::Findings,
};
use crate::bench::{child::Server, ground::Ground, submissions::Dice, world::bar};

/// A cut comes at some time after this, in milliseconds …
const SOONEST: u64 = 40;
/// … and before that.
const LATEST: u64 = 400;
/// After so many cuts everything begins anew, so that it stays small.
const CUTS: usize = 20;
/// So many cuts are enough to see what is never synced.
const PLANTED: usize = 3;
/// No phone makes more visits than this between two cuts.
const MOST: usize = 12;
/// No more phones than this: what is tried is the disk.
const PHONES: usize = 8;

/// Cuts so many times, and audits after each.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    let disk = Disk::new(ground)?;
    let mut cutter = Cutter {
        phones: plan.phones.min(PHONES),
        dice: Dice(plan.seed),
        disk,
        findings: Findings::new("power-cut", "power cuts under load"),
    };
    if !plan.planted_defect {
        cutter.cuts(plan.times).await?;
        return Ok(cutter.findings);
    }
    // Each of the three syncs that are needed is left out in turn, and each has to be missed.
    for lie in [1, 2, 4] {
        cutter.disk.set(Number::Lie, lie)?;
        cutter.findings = Findings::new("power-cut", "power cuts of a disk that does not sync");
        cutter.cuts(plan.times.min(PLANTED)).await?;
        cutter
            .findings
            .note(format!("syncs left out: {lie} (1 the database's, 2 those of files, 4 of folders)"));
        if cutter.findings.is_clean() {
            break;
        }
    }
    Ok(cutter.findings)
}

struct Cutter {
    disk: Disk,
    phones: usize,
    dice: Dice,
    findings: Findings,
}

impl Cutter {
    async fn cuts(&mut self, times: usize) -> Result<(), String> {
        let bar = bar("cutting and auditing", times as u64);
        let mut done = 0;
        while done < times {
            let cuts = CUTS.min(times - done);
            let seed = self.dice.below(u64::MAX);
            let mut crew = Crew::prepare(&self.disk, self.phones, cuts * MOST, seed).await?;
            let mut server = Some(self.disk.start().await?);
            for cut in 0..cuts {
                let Some(running) = server.take() else { break };
                server = self.cut(running, &mut crew, cut % 2 == 1).await?;
                bar.inc(1);
            }
            done += cuts;
            let Some(mut server) = server else { continue };
            crew.audit(&server, &self.disk.blobs(), true, &mut self.findings).await?;
            server.kill();
            self.disk.cut()?;
            crew.close(&self.disk, &mut self.findings).await;
        }
        bar.finish_and_clear();
        errands::read_log(&self.disk, &mut self.findings)
    }

    /// One cut under load, and what came of it: the server that runs now, if it started again.
    async fn cut(
        &mut self,
        mut server: Server,
        crew: &mut Crew,
        by_chance: bool,
    ) -> Result<Option<Server>, String> {
        crew.turn_to(&server).await?;
        let errands = crew.errands(MOST);
        self.disk.set(Number::Keep, by_chance.into())?;
        self.disk.set(Number::Seed, self.dice.below(u64::MAX))?;
        let after = Duration::from_millis(SOONEST + self.dice.below(LATEST - SOONEST));
        let kill = async {
            tokio::time::sleep(after).await;
            server.kill();
        };
        let (worked, ()) = join(errands::work_all(&mut crew.workers, errands), kill).await;
        for why in worked? {
            errands::count(&mut self.findings, errands::REFUSED, why);
        }
        self.disk.cut()?;
        self.findings.trials += 1;
        let Some(server) = errands::start_again(&self.disk, &mut self.findings).await? else {
            return Ok(None);
        };
        crew.audit(&server, &self.disk.blobs(), false, &mut self.findings).await?;
        Ok(Some(server))
    }
}
