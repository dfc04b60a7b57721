//! SIGKILL of all of PostgreSQL's processes under load, again and again. It is started again, the server goes on by
//! itself, and the phones repeat what was not answered.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all, try_join_all};
use own_postgres::Cluster;
use tokio::time::sleep;

use super::{
    Plan,
    audit::Audit,
    crowd::{Crowd, Shift, Temper},
    findings::{Findings, Wrong},
    kill::add_up,
};
use crate::bench::{
    child::Server,
    client::{self, Client},
    ground::Ground,
    world::bar,
};

/// A kill comes at some time after this, in milliseconds …
const SOONEST: u64 = 100;
/// … and before that.
const LATEST: u64 = 700;
/// The load goes on for so long once the server is ready again, in milliseconds.
const AFTERWARDS: u64 = 200;
/// It takes a moment until the server notices, …
const NOTICE: Duration = Duration::from_millis(150);
/// … and no longer than this until it is ready again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kills PostgreSQL so many times, and audits after each.
///
/// # Errors
/// If it cannot be tried.
pub(super) async fn run(ground: &Ground, plan: &Plan, cluster: &Cluster) -> Result<Findings, String> {
    let mut findings = Findings::new("kill-postgres", "kills of all of PostgreSQL under load");
    let mut server = Server::start(&ground.product()).await?;
    let mut crowd = Crowd::gather(ground, server.address, plan.phones, plan.seed).await?;
    let (audit, mut sent) = (Audit::begin(ground, false).await?, (0, 0));
    if plan.planted_defect {
        // It is what happens under load that is to be lost, not what was prepared.
        sleep(own_postgres::LATE + NOTICE).await;
    }
    let bar = bar("killing and auditing", plan.times as u64);
    for _ in 0..plan.times {
        crowd.refill(ground, Some(server.address)).await?;
        crowd.night(ground).await?;
        let shift = Shift::new(server.address, Temper::Insists);
        let phones = try_join_all(crowd.phones().map(|phone| crowd.submit(phone, &shift)));
        let kill = kill(&crowd, &shift, cluster);
        let ((cases, approved), back_after) = join(join(phones, crowd.review(&shift)), kill).await;
        let (cases, approved) = (cases?, approved?);
        findings.wrong(
            Wrong::Other,
            "times that the server did not go on by itself",
            u64::from(back_after?.is_none()),
        );
        let audits = cases
            .iter()
            .enumerate()
            .map(|(phone, cases)| audit.look((&crowd, &shift), (phone, cases), &approved));
        for found in join_all(audits).await {
            findings.add(found?);
        }
        crowd.read_reports(server.address).await?;
        findings.trials += 1;
        findings.did("approved", approved.len() as u64);
        shift.tell(&mut findings);
        add_up(&mut sent, &cases);
        bar.inc(1);
        if plan.planted_defect && !findings.is_clean() {
            break; // it was seen
        }
    }
    bar.finish_and_clear();
    server.kill();
    audit.end(ground, &crowd, sent, &mut findings).await?;
    Ok(findings)
}

/// Kills PostgreSQL after a while, waits until the server is ready again, and lets the load go on for a little; gives
/// how long it was not ready, if it has been again.
async fn kill(crowd: &Crowd, shift: &Shift, cluster: &Cluster) -> Result<Option<Duration>, String> {
    sleep(Duration::from_millis(SOONEST + crowd.dice(LATEST - SOONEST))).await;
    let began = Instant::now();
    let killed = cluster.kill().map_err(|error| format!("PostgreSQL cannot be killed: {error}"));
    if killed.is_ok() {
        sleep(NOTICE).await;
    }
    let mut back = None;
    while killed.is_ok() && back.is_none() && began.elapsed() < PATIENCE {
        match is_ready(shift).await {
            true => back = Some(began.elapsed()),
            false => sleep(Duration::from_millis(20)).await,
        }
    }
    sleep(Duration::from_millis(AFTERWARDS)).await;
    shift.over.set(true);
    killed.map(|()| back)
}

async fn is_ready(shift: &Shift) -> bool {
    let Ok(mut client) = Client::open(shift.address).await else { return false };
    let mut request = client::request("GET", "/readyz", None);
    client::end(&mut request, b"");
    client.exchange(&request).await.is_ok_and(|reply| reply.status == 204)
}
