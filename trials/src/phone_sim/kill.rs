//! SIGKILL of the server under load, again and again, and the audit after each.

use std::{fmt, net::SocketAddr, time::Duration};

use futures_util::future::{join, join_all, try_join_all};

use super::{
    Plan,
    audit::Audit,
    crooked::{Crooked, Defect},
    crowd::{Case, Crowd, Shift, Temper},
    each_defect,
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

/// So many kills are enough to see what is never taken.
const PLANTED: usize = 6;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// The server acknowledges what it has not kept yet.
    AnswersFirst,
    /// Something before the server says that steps were taken that were not.
    DropsSteps,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnswersFirst => f.write_str("a server that answers first and keeps afterwards"),
            Self::DropsSteps => Defect::DropsSteps.fmt(f),
        }
    }
}

/// Kills so many times, and audits after each; or does so with each of its planted defects.
///
/// # Errors
/// If it cannot be tried.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    if !plan.planted_defect {
        return kills(ground, plan, None).await;
    }
    let all = [Broken::AnswersFirst, Broken::DropsSteps];
    each_defect(&all, async |broken| kills(ground, plan, Some(broken)).await).await
}

async fn kills(ground: &Ground, plan: &Plan, broken: Option<Broken>) -> Result<Findings, String> {
    let is_floor = broken == Some(Broken::AnswersFirst);
    let settings = if is_floor { ground.planted() } else { ground.product() };
    let product = Server::start(&ground.product()).await?;
    let crowd = Crowd::gather(ground, product.address, plan.phones, plan.seed).await?;
    drop(product);
    let server = Server::start(&settings).await?;
    let mut this = Killer {
        between: between(broken, &server).await?,
        server,
        audit: Audit::begin(ground, is_floor).await?,
        findings: Findings::new("kill", "kills of the server under load"),
        sent: (0, 0),
        crowd,
        settings,
        broken,
    };
    let times = if broken == Some(Broken::DropsSteps) { plan.times.min(PLANTED) } else { plan.times };
    let bar = bar("killing and auditing", times as u64);
    for _ in 0..times {
        this.kill(ground).await?;
        bar.inc(1);
        if is_floor && !this.findings.is_clean() {
            break; // it was seen
        }
    }
    bar.finish_and_clear();
    this.server.kill();
    this.audit.end(ground, &this.crowd, this.sent, &mut this.findings).await?;
    Ok(this.findings)
}

/// What stands between the phones and the server.
async fn between(broken: Option<Broken>, server: &Server) -> Result<Option<Crooked>, String> {
    match broken {
        Some(Broken::DropsSteps) => {
            Ok(Some(Crooked::start(server.address, Defect::DropsSteps, Vec::new()).await?))
        }
        _ => Ok(None),
    }
}

struct Killer {
    server: Server,
    between: Option<Crooked>,
    settings: Settings,
    crowd: Crowd,
    audit: Audit,
    findings: Findings,
    /// How many visits and photos were sent.
    sent: (usize, usize),
    broken: Option<Broken>,
}

impl Killer {
    /// Where phones and reviewers send what they have.
    fn address(&self) -> SocketAddr {
        self.between.as_ref().map_or(self.server.address, |between| between.address)
    }

    /// One kill under load, and what came of it.
    async fn kill(&mut self, ground: &Ground) -> Result<(), String> {
        // A floor knows of no people, and of nothing but visits.
        let is_product = self.broken != Some(Broken::AnswersFirst);
        self.crowd.refill(ground, is_product.then_some(self.server.address)).await?;
        if is_product {
            self.crowd.night(ground).await?;
        }
        let (crowd, shift) = (&self.crowd, Shift::new(self.address(), Temper::Stops));
        let after = Duration::from_millis(SOONEST + crowd.dice(LATEST - SOONEST));
        let phones = try_join_all(crowd.phones().map(|phone| crowd.submit(phone, &shift)));
        let reviewers =
            async { if is_product { crowd.review(&shift).await } else { Ok(Default::default()) } };
        let server = &mut self.server;
        let kill = async {
            tokio::time::sleep(after).await;
            server.kill();
        };
        let ((cases, approved), ()) = join(join(phones, reviewers), kill).await;
        let (cases, approved) = (cases?, approved?);
        shift.tell(&mut self.findings);
        self.server = Server::start(&self.settings).await?;
        self.between = between(self.broken, &self.server).await?;

        let shift = Shift::new(self.address(), Temper::Stops);
        let audits = cases
            .iter()
            .enumerate()
            .map(|(phone, cases)| self.audit.look((&self.crowd, &shift), (phone, cases), &approved));
        for found in join_all(audits).await {
            self.findings.add(found?);
        }
        if is_product {
            self.crowd.read_reports(self.server.address).await?;
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
