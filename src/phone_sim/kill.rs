//! SIGKILL under load, again and again; then the audit: what was acknowledged is there, once, as it was sent.

use std::{cell::RefCell, collections::HashSet, net::SocketAddr, time::Duration};

use futures_util::future::{join, join_all, try_join_all};

use super::{
    Plan,
    findings::{Findings, Wrong},
};
use crate::{
    bench::{
        child::{Server, Settings},
        client::{self, Client},
        ground::Ground,
        load::Connection,
        store,
        submissions::Dice,
        world::{World, bar, said},
    },
    db::types::Sha256,
    ids::VisitId,
    scores,
    visits::{self, model::Submission},
};

/// A kill comes at some time after this, in milliseconds …
const SOONEST: u64 = 20;
/// … and before that.
const LATEST: u64 = 500;
/// Nobody submits more visits than this between two kills.
const MOST: usize = 1_000;
/// So many kills are prepared for at once.
const PREPARED: usize = 10;
/// So many branches are visited.
const BRANCHES: usize = 50;

/// What one phone sent between two kills.
#[derive(Default)]
struct Sent {
    /// What was acknowledged, with the digest in the acknowledgement.
    kept: Vec<(VisitId, String)>,
    /// The last request that was acknowledged …
    last: Vec<u8>,
    /// … and the one that had no answer when the server was killed, if there was one.
    open: Option<(VisitId, Vec<u8>)>,
}

/// Kills so many times, and audits after each.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    let settings = if plan.planted_defect { ground.planted() } else { ground.product() };
    let mut this = Killer::prepare(ground, settings, plan).await?;
    let bar = bar("killing and auditing", plan.times as u64);
    for trial in 0..plan.times {
        if trial % PREPARED == 0 {
            this.refill(ground).await?;
        }
        this.kill().await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    this.count(ground).await?;
    Ok(this.findings)
}

struct Killer {
    server: Server,
    settings: Settings,
    world: RefCell<World>,
    phones: usize,
    planted: bool,
    known: HashSet<VisitId>,
    stored_before: i64,
    dice: Dice,
    findings: Findings,
}

impl Killer {
    async fn prepare(ground: &Ground, settings: Settings, plan: &Plan) -> Result<Self, String> {
        let product = Server::start(&ground.product()).await?;
        let db = ground.open()?;
        let world = World::make(&db, product.address, BRANCHES, plan.phones).await?;
        let stored_before = db.read(visits::store::count).await.map_err(said)?;
        drop(product);
        Ok(Self {
            server: Server::start(&settings).await?,
            settings,
            world: RefCell::new(world),
            phones: plan.phones,
            planted: plan.planted_defect,
            known: HashSet::new(),
            stored_before: if plan.planted_defect { 0 } else { stored_before },
            dice: Dice(plan.seed),
            findings: Findings::new("kill", "kills of the server under load"),
        })
    }

    /// New assignments and tokens. No connection to the database is left open by it: the next server has to find the
    /// files as a killed one leaves them.
    async fn refill(&mut self, ground: &Ground) -> Result<(), String> {
        let db = ground.open()?;
        let world = self.world.get_mut();
        world.assign(&db, self.phones, PREPARED * MOST).await?;
        if self.planted { Ok(()) } else { world.stay_signed_in(self.server.address).await }
    }

    /// One kill under load, and what came of it.
    async fn kill(&mut self) -> Result<(), String> {
        let after = Duration::from_millis(SOONEST + self.dice.below(LATEST - SOONEST));
        let (address, kept) = (self.server.address, RefCell::new(Vec::new()));
        let phones = join_all((0..self.phones).map(|phone| submit(&self.world, address, phone, &kept)));
        let boss = self.world.borrow().boss.token.clone();
        let reviewer = approve(address, &boss, &kept, !self.planted);
        let server = &mut self.server;
        let kill = async {
            tokio::time::sleep(after).await;
            server.kill();
        };
        let ((sent, approved), ()) = join(join(phones, reviewer), kill).await;
        self.server = Server::start(&self.settings).await?;
        self.findings.trials += 1;
        self.audit(sent, &approved?).await
    }

    async fn audit(
        &mut self,
        sent: Vec<Result<Sent, String>>,
        approved: &HashSet<VisitId>,
    ) -> Result<(), String> {
        let sent = sent.into_iter().collect::<Result<Vec<_>, _>>()?;
        let address = self.server.address;
        let tokens: Vec<_> =
            self.world.borrow().shoppers.iter().map(|shopper| shopper.token.clone()).collect();
        let audits = sent.iter().zip(&tokens).map(|(sent, token)| audit(address, token, sent, approved));
        for found in try_join_all(audits).await? {
            let findings = &mut self.findings;
            findings.wrong(Wrong::Loss, "acknowledged visits lost", found.lost);
            findings.wrong(Wrong::Loss, "acknowledged visits not as they were sent", found.altered);
            findings.wrong(Wrong::Loss, "acknowledged approvals lost", found.approvals_lost);
            let taken = "visits not taken, or taken otherwise, when sent again";
            findings.wrong(Wrong::Other, taken, found.not_taken_again);
            findings.did("sent again", found.sent_again);
        }
        self.findings.did("approved", approved.len() as u64);
        for phone in &sent {
            self.findings.acknowledged += phone.kept.len();
            self.known.extend(phone.kept.iter().map(|(visit, _)| *visit));
            self.known.extend(phone.open.iter().map(|(visit, _)| *visit));
        }
        Ok(())
    }

    /// Counts all there is, and recomputes all that was added up.
    async fn count(&mut self, ground: &Ground) -> Result<(), String> {
        self.server.kill();
        let stored = if self.planted {
            ground.open_floor()?.read(store::count_floor).await.map_err(said)?
        } else {
            let db = ground.open()?;
            let verified = scores::verify::verify(&db, |_, _| {}).await.map_err(said)?;
            let differences = verified.differences.len() as u64 + verified.unlisted;
            self.findings.wrong(
                Wrong::Other,
                "scores or rollups that differ from recomputation",
                differences,
            );
            db.read(visits::store::count).await.map_err(said)?
        };
        let extra = stored - self.stored_before - self.known.len() as i64;
        self.findings.wrong(Wrong::Duplicate, "visits more than were sent", extra.max(0).unsigned_abs());
        self.findings.wrong(Wrong::Loss, "visits fewer than were sent", extra.min(0).unsigned_abs());
        Ok(())
    }
}

/// One phone: submits until nobody answers any more.
async fn submit(
    world: &RefCell<World>,
    address: SocketAddr,
    phone: usize,
    kept: &RefCell<Vec<VisitId>>,
) -> Result<Sent, String> {
    let mut connection = Connection::open(address).await.map_err(|error| error.to_string())?;
    let (mut sent, mut request) = (Sent::default(), Vec::new());
    loop {
        request.clear();
        let Some(visit) = world.borrow_mut().next_visit(phone, &mut request) else { return Ok(sent) };
        match connection.exchange(&request).await {
            Ok(answer) if answer.is_good() => {
                let hash = content_hash(answer.body).ok_or_else(|| answer.text())?;
                sent.kept.push((visit, hash));
                kept.borrow_mut().push(visit);
                std::mem::swap(&mut sent.last, &mut request);
            }
            Ok(answer) => return Err(format!("refused: {}", answer.text())),
            Err(_) => {
                sent.open = Some((visit, request));
                return Ok(sent);
            }
        }
    }
}

/// The reviewer: approves what arrives until nobody answers any more; gives what was acknowledged.
async fn approve(
    address: SocketAddr,
    token: &str,
    kept: &RefCell<Vec<VisitId>>,
    at_all: bool,
) -> Result<HashSet<VisitId>, String> {
    let mut approved = HashSet::new();
    if !at_all {
        return Ok(approved);
    }
    let mut connection = Connection::open(address).await.map_err(|error| error.to_string())?;
    loop {
        let next = kept.borrow_mut().pop();
        // An address that is always there shows that the server still is.
        let path = next.map_or("/livez".to_owned(), |visit| format!("/v1/visits/{visit}/review/approve"));
        let mut request = client::request(if next.is_some() { "POST" } else { "GET" }, &path, Some(token));
        client::end(&mut request, b"");
        match (connection.exchange(&request).await, next) {
            (Ok(answer), _) if !answer.is_good() => return Err(format!("refused: {}", answer.text())),
            (Ok(_), Some(visit)) => drop(approved.insert(visit)),
            (Ok(_), None) => {}
            (Err(_), _) => return Ok(approved),
        }
    }
}

/// What the audit of one phone found.
#[derive(Default)]
struct Found {
    lost: u64,
    altered: u64,
    approvals_lost: u64,
    not_taken_again: u64,
    sent_again: u64,
}

async fn audit(
    address: SocketAddr,
    token: &str,
    sent: &Sent,
    approved: &HashSet<VisitId>,
) -> Result<Found, String> {
    let mut found = Found::default();
    let mut client = Client::open(address).await?.with(token);
    for (visit, hash) in &sent.kept {
        look(&mut client, *visit, hash, approved.contains(visit), &mut found).await?;
    }
    // Only now, since it would mend a loss: what was not acknowledged is sent again, and so is what was acknowledged
    // last, because the phone may not have heard it.
    let last = sent.kept.last().map(|(visit, hash)| (*visit, &sent.last, Some(hash)));
    let open = sent.open.iter().map(|(visit, request)| (*visit, request, None));
    for (visit, request, first) in last.into_iter().chain(open) {
        let reply = client.exchange(request).await?;
        found.sent_again += 1;
        match reply.body.get("content_hash").and_then(|hash| hash.as_str()) {
            Some(hash) if reply.status == 201 && first.is_none_or(|first| first == hash) => {
                look(&mut client, visit, hash, approved.contains(&visit), &mut found).await?;
            }
            _ => found.not_taken_again += 1,
        }
    }
    Ok(found)
}

/// Looks whether a visit is there as it was acknowledged.
async fn look(
    client: &mut Client,
    visit: VisitId,
    hash: &str,
    approved: bool,
    found: &mut Found,
) -> Result<(), String> {
    let reply = client.send("GET", &format!("/v1/visits/{visit}"), None, None).await?;
    match reply.status {
        404 => found.lost += 1,
        200 => {
            found.altered += u64::from(digest(&reply.body).as_deref() != Some(hash));
            let state = reply.body.get("state").and_then(|state| state.as_str());
            found.approvals_lost += u64::from(approved && state != Some("approved"));
        }
        status => return Err(format!("refused: {status} {}", reply.body)),
    }
    Ok(())
}

/// The digest of what is kept, if the server names the same one.
fn digest(visit: &serde_json::Value) -> Option<String> {
    let told: Submission = serde_json::from_value(visit.get("content")?.clone()).ok()?;
    let digest = Sha256::of_json(&told).ok()?.to_string();
    (visit.get("content_hash")?.as_str()? == digest).then_some(digest)
}

fn content_hash(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body.get("content_hash")?.as_str().map(str::to_owned)
}
