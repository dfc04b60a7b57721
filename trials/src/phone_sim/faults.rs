//! Every call to the disk fails once: in each of some operations the first, then the second, and so on, until the
//! operation passes untouched. The phone then does the same again, the server goes on, and in the end the power is cut:
//! so it shows whether a sync that failed was taken for one that was done. When it is done more than once, the start of
//! the server is one of the operations.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Plan,
    disk::{Disk, ERRORS, Number},
    errands::{self, Came, Crew, NOT_TAKEN, Step, Worker, count},
    findings::{Findings, Wrong},
};
use crate::bench::{child::Server, ground::Ground, world::bar};

/// No operation makes more calls than this.
const MOST: u64 = 1_000;
/// A phone sends the same again after so long …
const PAUSE: Duration = Duration::from_millis(20);
/// … and so often, before the server is started anew.
const TRIES: usize = 50;
/// When nothing was called for so long, nothing goes on beside.
const QUIET: Duration = Duration::from_millis(15);

const ODD: (Wrong, &str) = (Wrong::Other, "answers to a fault that are no problem of 5xx");

/// What is done while a call fails.
#[derive(Clone, Copy, Debug)]
enum Operation {
    /// A visit is submitted.
    Submit,
    /// A photo is sent in one request, and completes its visit.
    Put,
    /// One is sent by tus in one request.
    Tus,
    /// One is sent by tus in pieces.
    Pieces,
    /// A visit is approved.
    Approve,
}

impl Operation {
    const ALL: [Self; 5] = [Self::Submit, Self::Put, Self::Tus, Self::Pieces, Self::Approve];

    /// How large the photo is.
    fn photo(self) -> &'static [usize] {
        match self {
            Self::Submit | Self::Approve => &[],
            Self::Put => &[40_000],
            Self::Tus | Self::Pieces => &[300_000],
        }
    }
}

/// Does every operation with every call failing, so many times.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    let disk = Disk::new(ground)?;
    disk.set(Number::Swallow, plan.planted_defect.into())?;
    let mut this = Faults {
        planted: plan.planted_defect,
        findings: Findings::new("faults", "calls to the disk that failed"),
        disk,
        where_: BTreeMap::new(),
    };
    for pass in 0..plan.times {
        this.pass(plan.seed.wrapping_add(pass as u64), plan.times > 1).await?;
    }
    let counts: Vec<_> = this.where_.iter().map(|(kind, times)| format!("{kind} {times}")).collect();
    this.findings.note(format!("what failed: {}", counts.join(", ")));
    errands::read_log(&this.disk, &mut this.findings)?;
    Ok(this.findings)
}

struct Faults {
    disk: Disk,
    /// Whether it is enough to find something.
    planted: bool,
    findings: Findings,
    /// Which kinds of calls failed, and how often.
    where_: BTreeMap<String, u64>,
}

impl Faults {
    async fn pass(&mut self, seed: u64, thorough: bool) -> Result<(), String> {
        let each = Operation::ALL.len() * ERRORS.len();
        let bar = bar("failing calls", each as u64);
        let mut crew = Crew::prepare(&self.disk, 1, each * 100, seed).await?;
        let mut server = self.disk.start().await?;
        for operation in Operation::ALL {
            for (error, _) in ERRORS {
                self.disk.set(Number::FailWith, error)?;
                server = self.every_call(operation, server, &mut crew).await?;
                server.kill();
                self.disk.cut()?;
                let Some(started) = errands::start_again(&self.disk, &mut self.findings).await? else {
                    return Ok(());
                };
                server = started;
                crew.audit(&server, &self.disk.blobs(), false, &mut self.findings).await?;
                bar.inc(1);
                if self.planted && !self.findings.is_clean() {
                    return Ok(());
                }
            }
        }
        if thorough {
            self.disk.set(Number::FailWith, ERRORS[0].0)?;
            server = self.every_start(server).await?;
        }
        crew.audit(&server, &self.disk.blobs(), true, &mut self.findings).await?;
        server.kill();
        bar.finish_and_clear();
        crew.close(&self.disk, &mut self.findings).await;
        Ok(())
    }

    /// One operation again and again, until none of its calls fails any more.
    async fn every_call(
        &mut self,
        operation: Operation,
        mut server: Server,
        crew: &mut Crew,
    ) -> Result<Server, String> {
        for call in 1..=MOST {
            crew.turn_to(&server).await?;
            let errand = crew.errand_of(0, operation.photo()).ok_or("too few assignments")?;
            let worker = crew.workers.first_mut().ok_or("there is no phone")?;
            worker.accept(&errand)?;
            let step = match (operation, errand.photos.first()) {
                (Operation::Put, Some(photo)) => Step::Put(*photo),
                (Operation::Tus, Some(photo)) => Step::Tus(*photo, 1),
                (Operation::Pieces, Some(photo)) => Step::Tus(*photo, 3),
                (Operation::Approve, _) => Step::Approve,
                _ => Step::Visit,
            };
            // A photo may come before its visit or after.
            let before = !matches!(step, Step::Visit) && (call % 2 == 0 || matches!(step, Step::Approve));
            let tries = if before { self.until_done(worker, errand.visit, Step::Visit).await? } else { true };
            if !tries {
                server = self.restart(server, crew).await?;
                continue;
            }
            self.wait_for_quiet().await?;
            let fired = self.disk.get(Number::Fired)?;
            self.disk.set(Number::FailIn, call)?;
            let came = worker.take(errand.visit, step).await?;
            self.disk.set(Number::FailIn, 0)?;
            if self.disk.get(Number::Fired)? == fired {
                return Ok(server);
            }
            self.judge(operation, came)?;
            let worked = self.until_done(worker, errand.visit, step).await?
                && self.until_done(worker, errand.visit, Step::Visit).await?;
            if !worked || !server.is_running() {
                server = self.restart(server, crew).await?;
                crew.turn_to(&server).await?;
                let worker = crew.workers.first_mut().ok_or("there is no phone")?;
                if !self.until_done(worker, errand.visit, step).await? {
                    count(
                        &mut self.findings,
                        NOT_TAKEN,
                        format!("{operation:?}, {}", self.disk.failed_last()?),
                    );
                }
            }
        }
        Err(format!("{operation:?} makes more than {MOST} calls"))
    }

    /// The server starts again and again, until none of its calls fails any more. It may end; then it has to start once
    /// the disk is well.
    async fn every_start(&mut self, mut server: Server) -> Result<Server, String> {
        for call in 1..=MOST {
            server.kill();
            let fired = self.disk.get(Number::Fired)?;
            self.disk.set(Number::FailIn, call)?;
            let started = self.disk.start().await;
            self.disk.set(Number::FailIn, 0)?;
            if self.disk.get(Number::Fired)? == fired {
                return started;
            }
            self.findings.trials += 1;
            server = match started {
                Ok(started) => {
                    self.findings.did("starts all the same", 1);
                    started
                }
                Err(_) => {
                    self.findings.did("starts in vain", 1);
                    let again = errands::start_again(&self.disk, &mut self.findings).await?;
                    again.ok_or("the server does not start any more")?
                }
            };
        }
        Err(format!("a start makes more than {MOST} calls"))
    }

    /// Looks at the answer to an operation of which a call failed.
    fn judge(&mut self, operation: Operation, came: Came) -> Result<(), String> {
        let what = self.disk.failed_last()?;
        let kind = what.rsplit_once(' ').map_or(what.as_str(), |(kind, _)| kind);
        *self.where_.entry(kind.to_owned()).or_default() += 1;
        self.findings.trials += 1;
        self.findings.wrong(ODD.0, ODD.1, 0);
        match came {
            Came::Done => self.findings.did("answered with success all the same", 1),
            Came::Refused(503 | 507, _) => self.findings.did("answered with 503", 1),
            Came::Refused(500, why) => {
                self.findings.did("answered with 500", 1);
                self.findings.note(format!("{operation:?}, {what}: 500 {why}; {:?}", self.disk.last_words()));
            }
            came => count(&mut self.findings, ODD, format!("{operation:?}, {what}: {came:?}")),
        }
        Ok(())
    }

    /// The phone does it again; whether it is done.
    async fn until_done(
        &mut self,
        worker: &mut Worker,
        visit: incognito::ids::VisitId,
        step: Step,
    ) -> Result<bool, String> {
        for _ in 0..TRIES {
            match worker.take(visit, step).await? {
                Came::Done => return Ok(true),
                Came::Refused(..) | Came::Nothing => tokio::time::sleep(PAUSE).await,
            }
            self.findings.did("sent again in vain", 1);
        }
        Ok(false)
    }

    /// What goes on beside the requests would be counted among their calls.
    async fn wait_for_quiet(&self) -> Result<(), String> {
        let mut calls = u64::MAX;
        while calls != self.disk.get(Number::Calls)? {
            calls = self.disk.get(Number::Calls)?;
            tokio::time::sleep(QUIET).await;
        }
        Ok(())
    }

    async fn restart(&mut self, mut server: Server, crew: &mut Crew) -> Result<Server, String> {
        self.findings.did("restarts of the server that were needed", 1);
        self.findings.note(format!(
            "restarted after {}: {:?}",
            self.disk.failed_last()?,
            self.disk.last_words()
        ));
        server.kill();
        let server = self.disk.start().await?;
        crew.turn_to(&server).await?;
        Ok(server)
    }
}
