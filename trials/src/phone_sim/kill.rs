//! SIGKILL of the server under load, again and again, and the audit after each.

use std::time::Duration;

use futures_util::future::{join, join_all, try_join_all};

use super::{
    Plan,
    audit::Audit,
    crowd::{Case, Crowd, Shift, Temper},
    findings::Findings,
};
use crate::bench::{
    child::{Server, Settings},
    ground::Ground,
    world::bar,
};

/// A kill comes at some time after this, in milliseconds …
const SOONEST: u64 = 20;
/// … and before that.
const LATEST: u64 = 500;

/// Kills so many times, and audits after each.
///
/// # Errors
/// If it cannot be tried.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    let settings = if plan.planted_defect { ground.planted() } else { ground.product() };
    let product = Server::start(&ground.product()).await?;
    let crowd = Crowd::gather(ground, product.address, plan.phones, plan.seed).await?;
    drop(product);
    let mut this = Killer {
        server: Server::start(&settings).await?,
        audit: Audit::begin(ground, plan.planted_defect).await?,
        findings: Findings::new("kill", "kills of the server under load"),
        sent: (0, 0),
        crowd,
        settings,
        signs_in: !plan.planted_defect,
    };
    let bar = bar("killing and auditing", plan.times as u64);
    for _ in 0..plan.times {
        this.kill(ground).await?;
        bar.inc(1);
        if plan.planted_defect && !this.findings.is_clean() {
            break; // it was seen
        }
    }
    bar.finish_and_clear();
    this.server.kill();
    this.audit.end(ground, this.sent, &mut this.findings).await?;
    Ok(this.findings)
}

struct Killer {
    server: Server,
    settings: Settings,
    crowd: Crowd,
    audit: Audit,
    findings: Findings,
    /// How many visits and photos were sent.
    sent: (usize, usize),
    /// Whether the server knows of people.
    signs_in: bool,
}

impl Killer {
    /// One kill under load, and what came of it.
    async fn kill(&mut self, ground: &Ground) -> Result<(), String> {
        self.crowd.refill(ground, self.signs_in.then_some(self.server.address)).await?;
        let (crowd, shift) = (&self.crowd, Shift::new(self.server.address, Temper::Stops));
        let after = Duration::from_millis(SOONEST + crowd.dice(LATEST - SOONEST));
        let phones = try_join_all(crowd.phones().map(|phone| crowd.submit(phone, &shift)));
        let reviewers =
            async { if self.signs_in { crowd.review(&shift).await } else { Ok(Default::default()) } };
        let server = &mut self.server;
        let kill = async {
            tokio::time::sleep(after).await;
            server.kill();
        };
        let ((cases, approved), ()) = join(join(phones, reviewers), kill).await;
        let (cases, approved) = (cases?, approved?);
        shift.tell(&mut self.findings);
        self.server = Server::start(&self.settings).await?;

        let shift = Shift::new(self.server.address, Temper::Stops);
        let audits = cases
            .iter()
            .enumerate()
            .map(|(phone, cases)| self.audit.look((crowd, &shift), (phone, cases), &approved));
        for found in join_all(audits).await {
            self.findings.add(found?);
        }
        shift.tell(&mut self.findings);
        self.findings.trials += 1;
        self.findings.did("approved", approved.len() as u64);
        add_up(&mut self.sent, &cases);
        Ok(())
    }
}

/// Counts visits and photos.
pub(super) fn add_up(sent: &mut (usize, usize), cases: &[Vec<Case>]) {
    let cases = cases.iter().flatten();
    sent.0 += cases.clone().count();
    sent.1 += cases.filter(|case| case.photo.is_some()).count();
}
