//! What phones are tried on: a server, people with work to do, and the audit of what became of it.

use std::{cell::RefCell, path::PathBuf, sync::Arc};

use incognito::{
    blobs::Blobs,
    checklists::model::Content,
    clock::Clock,
    db::Db,
    evidence::model::MAX_FILE,
    ids::VisitId,
    visits::{
        self,
        model::Submission,
        parts::content_hash,
        phone::{Expenses, Positions},
        receipt::Published,
    },
};

use super::{
    digest,
    findings::{Findings, Wrong},
    outbox::{Facts, Outbox, Photo},
    phone::{self, Phone},
};
use crate::bench::{
    child::Server,
    client::{self, Client},
    ground::Ground,
    load::Connection,
    submissions::{self, Dice},
    world::{World, in_words},
};

/// So many branches are visited.
const BRANCHES: usize = 50;
/// How wrong phones' clocks are, in seconds: mostly right, some hours, a day, years.
const CLOCKS: [i64; 8] = [0, 0, 0, 3 * 3_600, -5 * 3_600, 86_400, -20 * 31_557_600, 10 * 31_557_600];
/// One in so many phones has its clock set back during a visit.
const SET_BACK: u64 = 10;

const LOST: (Wrong, &str) = (Wrong::Loss, "acknowledged visits lost");
const ALTERED: (Wrong, &str) = (Wrong::Loss, "acknowledged visits not as they were sent");
const FILES_LOST: (Wrong, &str) = (Wrong::Loss, "acknowledged files lost, or with other bytes");
const INCOMPLETE: (Wrong, &str) = (Wrong::Loss, "visits not complete though all of them was acknowledged");
const RECEIPT: (Wrong, &str) = (Wrong::Other, "receipts that are not what the phone was given");
const MORE: (Wrong, &str) = (Wrong::Duplicate, "visits more than were made");
const FEWER: (Wrong, &str) = (Wrong::Loss, "visits fewer than were acknowledged");

/// A server with people, and what they know of it.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) world: RefCell<World>,
    pub(super) keys: Arc<Published>,
    pub(super) content: Content,
    pub(super) blobs: PathBuf,
    db: Db,
    folder: PathBuf,
    shoppers: usize,
    stored_before: i64,
}

/// A visit that a shopper made.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) visit: VisitId,
    pub(super) submission: Submission,
    pub(super) photos: Vec<Photo>,
}

impl Scene {
    /// Starts a server and gives it so many shoppers.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn set(ground: &Ground, shoppers: usize) -> Result<Self, String> {
        let (server, db) = (Server::start(&ground.product()).await?, ground.open()?);
        let world = World::make(&db, server.address, BRANCHES, shoppers).await?;
        Ok(Self {
            keys: phone::keys(server.address).await?,
            content: submissions::checklist().map_err(|error| error.to_string())?,
            blobs: ground.folder().join("blobs"),
            stored_before: db.read(visits::store::count).await.map_err(in_words)?,
            folder: ground.folder().to_owned(),
            world: RefCell::new(world),
            server,
            db,
            shoppers,
        })
    }

    /// Gives each shopper work to do until there are so many assignments, and tokens that are good for some minutes.
    ///
    /// # Errors
    /// In one line.
    // Nobody else asks for the world meanwhile: shoppers wait for their work.
    #[allow(clippy::await_holding_refcell_ref)]
    pub(super) async fn refill(&self, each: usize) -> Result<(), String> {
        let mut world = self.world.borrow_mut();
        world.assign(&self.db, self.shoppers, each).await?;
        world.stay_signed_in(self.server.address).await
    }

    /// This shopper's token.
    pub(super) fn token(&self, shopper: usize) -> String {
        self.world.borrow().shoppers.get(shopper).map(|person| person.token.clone()).unwrap_or_default()
    }

    /// A phone of this shopper with an empty outbox of this name, which sends to this address.
    ///
    /// # Errors
    /// If there is no outbox.
    pub(super) fn phone(
        &self,
        shopper: usize,
        name: &str,
        address: std::net::SocketAddr,
    ) -> Result<Phone, String> {
        let outbox = Outbox::open(&self.folder.join(name))?;
        Ok(Phone::new(outbox, address, &self.token(shopper), &self.keys))
    }

    /// A place for an outbox.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A visit of this shopper with photos of these sizes, told by a phone whose clock may be wrong.
    ///
    /// # Errors
    /// If there is nothing to do.
    pub(super) fn case(&self, shopper: usize, photos: &[usize], dice: &mut Dice) -> Result<Case, String> {
        let clock = Clock::System;
        let assignment = self.world.borrow_mut().next_assignment(shopper).ok_or("nothing is left to do")?;
        let visit: VisitId = clock.new_id();
        let photos: Vec<Photo> = photos
            .iter()
            .map(|&size| Photo::new(clock.new_id(), (visit, assignment), size, dice.below(u64::MAX)))
            .collect();
        let wrong_by = CLOCKS.get(dice.below(CLOCKS.len() as u64) as usize).copied().unwrap_or_default();
        let ended_at = clock.now().plus_seconds(wrong_by);
        let took = if dice.below(SET_BACK) == 0 { -3_600 } else { 1_800 };
        let questions = ["s0_q0", "s1_q2", "s4_q5"];
        let listed = photos.iter().zip(questions.iter().cycle());
        let submission = Submission {
            assignment_id: assignment,
            checklist_version_id: self.world.borrow().version,
            started_at: ended_at.plus_seconds(-took),
            ended_at,
            answers: submissions::answers(&self.content, dice),
            manifest: listed.map(|(photo, question)| photo.listed(question)).collect(),
            positions: Positions::default(),
            device: None,
            outcome: None,
            spent: Expenses::default(),
        };
        Ok(Case { visit, submission, photos })
    }

    /// Asks the server itself; gives the status and the body.
    ///
    /// # Errors
    /// If there is no answer.
    pub(super) async fn get(&self, token: &str, path: &str) -> Result<(u16, Vec<u8>), String> {
        let mut connection = Connection::open(self.server.address)
            .await
            .map_err(|error| format!("cannot connect: {error}"))?;
        let mut request = client::request("GET", path, Some(token));
        client::end(&mut request, b"");
        let answer = connection.exchange(&request).await.map_err(|error| format!("no answer: {error}"))?;
        Ok((answer.status, answer.body.to_vec()))
    }

    /// Looks whether a visit and its files are there as they were acknowledged, and the receipt as it was given; counts
    /// what is not.
    ///
    /// # Errors
    /// If it cannot be looked.
    pub(super) async fn audit(
        &self,
        token: &str,
        case: &Case,
        facts: Option<&Facts>,
        findings: &mut Findings,
    ) -> Result<(), String> {
        for (kind, what) in [LOST, ALTERED, FILES_LOST, INCOMPLETE, RECEIPT] {
            findings.wrong(kind, what, 0);
        }
        let mut wrong = |(kind, what): (Wrong, &'static str), why: String| {
            findings.wrong(kind, what, 1);
            findings.note(format!("{what}: visit {}: {why}", case.visit));
        };
        let path = format!("/v1/visits/{}", case.visit);
        let mut client = Client::open(self.server.address).await?.with(token);
        let reply = client.send("GET", &path, None, None).await?;
        match reply.status {
            200 => {}
            404 => {
                wrong(LOST, reply.body.to_string());
                return Ok(());
            }
            status => return Err(format!("refused: {status} {}", reply.body)),
        }
        let kept = reply.body.get("content").cloned().unwrap_or_default();
        if serde_json::from_value::<Submission>(kept).ok().as_ref() != Some(&case.submission) {
            wrong(ALTERED, reply.body.to_string());
        }
        if reply.body.get("state").and_then(|state| state.as_str()) == Some("submitted") {
            wrong(INCOMPLETE, "it is only submitted".to_owned());
        }
        let store = Blobs::in_folder(&self.blobs)?;
        for photo in &case.photos {
            let path = format!("/v1/evidence/{}", photo.id);
            let reply = client.send("GET", &path, None, None).await?;
            let state = reply.body.get("state").and_then(|state| state.as_str());
            let bytes = store.read(photo.sha256, MAX_FILE).await.ok();
            if state != Some("kept") || bytes.is_none_or(|bytes| bytes != photo.bytes()) {
                wrong(FILES_LOST, format!("file {}: {} {}", photo.id, reply.status, reply.body));
            }
        }
        let (status, receipt) = self.get(token, &format!("{path}/receipt")).await?;
        let receipt = String::from_utf8_lossy(&receipt).into_owned();
        let parts = digest::parts_of(&reply.body).unwrap_or_default();
        let hash = content_hash(&case.submission, Some(&parts)).map_err(|error| error.to_string())?;
        let visit = (case.visit, hash);
        let good = phone::check_receipt(&self.keys, visit, &case.submission.manifest, &parts, &receipt);
        let given = facts.and_then(|facts| facts.receipt.as_deref());
        if status != 200 || good.is_err() || given.is_some_and(|given| given != receipt) {
            wrong(RECEIPT, format!("{status} {good:?}"));
        }
        Ok(())
    }

    /// Counts whether there are as many visits more than at the beginning as were made.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub(super) async fn count(&self, made: usize, findings: &mut Findings) -> Result<(), String> {
        let stored = self.db.read(visits::store::count).await.map_err(in_words)?;
        let extra = stored - self.stored_before - made as i64;
        findings.wrong(MORE.0, MORE.1, extra.max(0).unsigned_abs());
        findings.wrong(FEWER.0, FEWER.1, extra.min(0).unsigned_abs());
        Ok(())
    }
}
