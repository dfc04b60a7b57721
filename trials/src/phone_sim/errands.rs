//! What phones do in the trials of the disk: visits with photos, sent in all the ways there are, and approved; and the
//! audit of it.

use std::{collections::BTreeSet, fs, path::Path};

use futures_util::future::join_all;
use incognito::{
    blobs,
    checklists::model::Content,
    clock::Clock,
    db::types::Sha256,
    ids::VisitId,
    reports::counted::shown_questions,
    scores,
    visits::{
        self,
        model::Submission,
        phone::{Expenses, Positions},
    },
};
use serde_json::Value;

use super::{
    digest,
    disk::Disk,
    findings::{Findings, Wrong},
    outbox::{Outbox, Photo},
    phone::{self, Heard, Phone, Stands},
    store,
};
use crate::bench::{
    child::Server,
    client::Client,
    submissions::{self, Dice},
    world::{World, in_words},
};

/// So many branches are visited.
const BRANCHES: usize = 50;

type Line = (Wrong, &'static str);

const LOST: Line = (Wrong::Loss, "acknowledged visits lost");
const ALTERED: Line = (Wrong::Loss, "acknowledged visits not as they were sent");
const NOT_APPROVED: Line = (Wrong::Loss, "acknowledged approvals lost");
const FILES_LOST: Line = (Wrong::Loss, "acknowledged files lost, or not as they were sent");
const HALF: Line = (Wrong::Loss, "visits complete without their files");
const DAMAGED: Line = (Wrong::Other, "faults in the database itself");
const MORE: Line = (Wrong::Duplicate, "visits more than were sent");
const FEWER: Line = (Wrong::Loss, "visits fewer than were acknowledged");
const DIFFERENCES: Line = (Wrong::Other, "scores or figures that differ from recomputation");
const PANICS: Line = (Wrong::Other, "panics of the server");
const NOT_UP: Line = (Wrong::Other, "times that the server did not start, or did not answer");
/// What was not taken, though nothing had been broken since the server began.
pub(super) const REFUSED: Line = (Wrong::Other, "requests refused by a server that nothing happened to");
/// What was sent again and not taken.
pub(super) const NOT_TAKEN: Line = (Wrong::Other, "visits, files or approvals not taken when sent again");

/// Counts something that must not happen, and says what.
pub(super) fn count(findings: &mut Findings, (kind, what): Line, why: impl Into<String>) {
    findings.wrong(kind, what, 1);
    findings.note(format!("{what}: {}", why.into()));
}

/// A visit to be made known, with its photos.
pub(super) struct Errand {
    pub(super) visit: VisitId,
    submission: Submission,
    pub(super) photos: Vec<Photo>,
    /// In the order in which they are taken.
    pub(super) steps: Vec<Step>,
}

/// One thing that a phone does, or the reviewer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Submits the visit.
    Visit,
    /// Sends a photo of it in one request.
    Put(Photo),
    /// Sends one by tus, in so many pieces, the first with the announcement.
    Tus(Photo, usize),
    /// The visit is approved.
    Approve,
}

/// What came of a step.
#[derive(Debug)]
pub(super) enum Came {
    /// It is done.
    Done,
    /// It was refused with this status and body.
    Refused(u16, Value),
    /// Nobody answered.
    Nothing,
}

/// A phone, and a reviewer who approves its visits.
pub(super) struct Worker {
    pub(super) phone: Phone,
    boss: String,
    /// What is acknowledged as approved.
    pub(super) approved: BTreeSet<VisitId>,
    /// What was not looked at since it was sent.
    fresh: BTreeSet<VisitId>,
}

impl Worker {
    /// Writes an errand down, before any of it is sent.
    pub(super) fn accept(&mut self, errand: &Errand) -> Result<(), String> {
        self.fresh.insert(errand.visit);
        self.phone.outbox.put(errand.visit, errand.submission.clone(), errand.photos.iter().copied())
    }

    /// Takes one step.
    pub(super) async fn take(&mut self, visit: VisitId, step: Step) -> Result<Came, String> {
        Ok(match step {
            Step::Visit => match self.phone.submit(visit, None).await? {
                Heard::Kept(_) => Came::Done,
                Heard::Refused(status, why) => Came::Refused(status, why),
                Heard::Nothing => Came::Nothing,
            },
            Step::Put(photo) => came(self.phone.put_photo(&photo, None).await?),
            Step::Tus(photo, pieces) => self.upload(&photo, pieces).await?,
            Step::Approve => self.approve(visit).await,
        })
    }

    async fn upload(&mut self, photo: &Photo, pieces: usize) -> Result<Came, String> {
        let (bytes, size) = (photo.bytes(), photo.size.div_ceil(pieces.max(1)));
        let mut stands =
            self.phone.announce(photo, bytes.get(..size.min(bytes.len())).unwrap_or(&bytes), None).await?;
        while let Stands::At(from) = stands {
            let rest = usize::try_from(from).ok().and_then(|from| bytes.get(from..)).unwrap_or(&[]);
            let piece = self.phone.piece(photo, from, rest.get(..size).unwrap_or(rest));
            stands = self.phone.append(photo, &piece, None).await?;
        }
        Ok(came(stands))
    }

    /// One that is approved already is approved by the same decision.
    async fn approve(&mut self, visit: VisitId) -> Came {
        let Ok(client) = Client::open(self.phone.address).await else { return Came::Nothing };
        let path = format!("/v1/visits/{visit}/review/approve");
        let Ok(reply) = client.with(&self.boss).send("POST", &path, None, None).await else {
            return Came::Nothing;
        };
        if reply.status == 200 {
            self.approved.insert(visit);
            return Came::Done;
        }
        Came::Refused(reply.status, reply.body)
    }

    /// Does errands until nobody answers any more, or something is refused; says what was.
    pub(super) async fn work(&mut self, errands: Vec<Errand>) -> Result<Option<String>, String> {
        for errand in errands {
            self.accept(&errand)?;
            for &step in &errand.steps {
                match self.take(errand.visit, step).await? {
                    Came::Done => {}
                    Came::Nothing => return Ok(None),
                    Came::Refused(status, why) => return Ok(Some(format!("{step:?}: {status} {why}"))),
                }
            }
        }
        Ok(None)
    }

    /// Looks whether what was acknowledged of this visit is there.
    async fn look(
        &self,
        client: &mut Client,
        visit: VisitId,
        blobs: &Path,
        findings: &mut Findings,
    ) -> Result<(), String> {
        let files: Vec<_> = photos_of(&self.phone.outbox, visit).collect();
        let is_kept = |photo: &Photo| is_there(blobs, photo.sha256);
        for photo in files.iter().filter(|photo| self.phone.outbox.is_kept(photo.id) && !is_kept(photo)) {
            count(findings, FILES_LOST, format!("file {} of visit {visit}", photo.id));
        }
        let reply = client.send("GET", &format!("/v1/visits/{visit}"), None, None).await?;
        let state = reply.body.get("state").and_then(Value::as_str);
        let facts = self.phone.outbox.facts(visit);
        match reply.status {
            404 if facts.is_some() => count(findings, LOST, visit.to_string()),
            404 => {}
            200 => {
                let hash = facts.map(|facts| facts.content_hash.to_string());
                let kept = digest(&reply.body);
                if kept.is_none() || hash.is_some_and(|hash| kept.as_ref() != Some(&hash)) {
                    count(findings, ALTERED, visit.to_string());
                }
                if state != Some("submitted") && !files.iter().all(|photo| is_kept(photo)) {
                    count(findings, HALF, visit.to_string());
                }
            }
            status => count(findings, NOT_UP, format!("{status} {}", reply.body)),
        }
        if self.approved.contains(&visit) && state != Some("approved") {
            count(findings, NOT_APPROVED, visit.to_string());
        }
        Ok(())
    }
}

fn photos_of(outbox: &Outbox, visit: VisitId) -> impl Iterator<Item = &Photo> {
    outbox.photos.iter().filter(move |photo| photo.visit == visit)
}

fn came(stands: Stands) -> Came {
    match stands {
        Stands::Whole => Came::Done,
        Stands::Refused(status, why) => Came::Refused(status, why),
        // A piece is never empty, so it cannot stand where it stood.
        Stands::At(_) | Stands::Nothing => Came::Nothing,
    }
}

/// The digest of a visit that is kept, if the server names the same one.
fn digest(visit: &Value) -> Option<String> {
    let digest = digest::shown(visit)?.to_string();
    (visit.get("content_hash")?.as_str()? == digest).then_some(digest)
}

fn is_there(folder: &Path, digest: Sha256) -> bool {
    let bytes = fs::read(blobs::place(folder, digest));
    bytes.is_ok_and(|bytes| Sha256::of(&bytes) == digest)
}

/// Phones with something to do, on a disk of their own.
pub(super) struct Crew {
    world: World,
    content: Content,
    dice: Dice,
    pub(super) workers: Vec<Worker>,
    stored_before: i64,
}

impl Crew {
    /// Makes everything anew on this disk: so many phones, with so many visits to make each.
    pub(super) async fn prepare(disk: &Disk, phones: usize, each: usize, seed: u64) -> Result<Self, String> {
        disk.clear()?;
        let server = disk.start_plainly().await?;
        let db = disk.open()?;
        let mut world = World::make(&db, server.address, BRANCHES, phones).await?;
        world.assign(&db, phones, each).await?;
        let stored_before = db.read(visits::store::count).await.map_err(in_words)?;
        let keys = phone::keys(server.address).await?;
        drop((server, db));
        disk.wait_until_closed().await?;
        // What the server keeps besides the database it is to make anew, on the disk that breaks.
        disk.forget_files()?;
        let mut workers = Vec::new();
        for (number, shopper) in world.shoppers.iter().enumerate() {
            let path = disk.beside().join(format!("outbox-{seed}-{number}"));
            let outbox = Outbox::open(&path)?;
            let phone = Phone::new(outbox, ([127, 0, 0, 1], 0).into(), &shopper.token, &keys);
            let boss = world.boss.token.clone();
            workers.push(Worker { phone, boss, approved: BTreeSet::new(), fresh: BTreeSet::new() });
        }
        let content = submissions::checklist().map_err(|error| error.to_string())?;
        Ok(Self { world, content, dice: Dice(seed), workers, stored_before })
    }

    /// A server answers there from now on.
    pub(super) async fn turn_to(&mut self, server: &Server) -> Result<(), String> {
        self.world.stay_signed_in(server.address).await?;
        for (worker, shopper) in self.workers.iter_mut().zip(&self.world.shoppers) {
            worker.phone.address = server.address;
            worker.phone.token.clone_from(&shopper.token);
            worker.boss.clone_from(&self.world.boss.token);
        }
        Ok(())
    }

    /// A visit for this phone to tell of, with so many photos, sent in an order that dice decide.
    fn errand(&mut self, phone: usize, photos: usize) -> Option<Errand> {
        const SIZES: [u64; 3] = [3_000, 60_000, 400_000];
        let dice = &mut self.dice;
        let size = |dice: &mut Dice| SIZES.get(dice.below(3) as usize).map_or(0, |size| dice.below(*size));
        let sizes: Vec<_> = (0..photos).map(|_| 16 + size(dice) as usize).collect();
        let mut errand = self.errand_of(phone, &sizes)?;
        let dice = &mut self.dice;
        let send = |photo: &Photo| match dice.below(3) {
            0 => Step::Put(*photo),
            pieces => Step::Tus(*photo, 2 * pieces as usize - 1),
        };
        errand.steps = errand.photos.iter().map(send).collect();
        errand.steps.insert(dice.below(photos as u64 + 1) as usize, Step::Visit);
        if dice.below(2) == 0 {
            errand.steps.push(Step::Approve);
        }
        Some(errand)
    }

    /// A visit for this phone to tell of, with photos of so many bytes each, and no steps yet.
    pub(super) fn errand_of(&mut self, phone: usize, sizes: &[usize]) -> Option<Errand> {
        let (clock, dice) = (Clock::System, &mut self.dice);
        let (visit, assignment) = (clock.new_id(), self.world.next_assignment(phone)?);
        let photo =
            |size: &usize| Photo::new(clock.new_id(), (visit, assignment), *size, dice.below(u64::MAX));
        let photos: Vec<_> = sizes.iter().map(photo).collect();
        let submission = Submission {
            assignment_id: assignment,
            checklist_version_id: self.world.version,
            started_at: clock.now().plus_seconds(-1800),
            ended_at: clock.now(),
            answers: submissions::answers(&self.content, dice),
            manifest: photos.iter().map(|photo| photo.listed("s0_q0")).collect(),
            positions: Positions::default(),
            device: None,
            outcome: None,
            spent: Expenses::default(),
        };
        Some(Errand { visit, submission, photos, steps: Vec::new() })
    }

    /// So many errands for each phone, with up to two photos each.
    pub(super) fn errands(&mut self, each: usize) -> Vec<Vec<Errand>> {
        let errands = |crew: &mut Self, phone: usize| {
            (0..each)
                .filter_map(|_| {
                    let photos = crew.dice.below(3) as usize;
                    crew.errand(phone, photos)
                })
                .collect()
        };
        (0..self.workers.len()).map(|phone| errands(self, phone)).collect()
    }

    /// Looks at what was sent since the last time, or at everything; then sends again what was not acknowledged.
    pub(super) async fn audit(
        &mut self,
        server: &Server,
        blobs: &Path,
        everything: bool,
        findings: &mut Findings,
    ) -> Result<(), String> {
        for line in [LOST, ALTERED, NOT_APPROVED, FILES_LOST, HALF, NOT_TAKEN, NOT_UP] {
            findings.wrong(line.0, line.1, 0);
        }
        self.turn_to(server).await?;
        for worker in &mut self.workers {
            let fresh = std::mem::take(&mut worker.fresh);
            let visits =
                if everything { worker.phone.outbox.visits.keys().copied().collect() } else { fresh };
            let mut client = Client::open(server.address).await?.with(&worker.phone.token);
            for &visit in &visits {
                worker.look(&mut client, visit, blobs, findings).await?;
            }
            // Only now, since it would mend a loss.
            for (visit, status, why) in worker.phone.finish().await? {
                count(findings, NOT_TAKEN, format!("visit {visit}: {status} {why}"));
            }
            let outbox = &worker.phone.outbox;
            for visit in visits {
                let taken = outbox.facts(visit).is_some_and(|facts| facts.receipt.is_some());
                if !taken || !photos_of(outbox, visit).all(|photo| outbox.is_kept(photo.id)) {
                    count(findings, NOT_TAKEN, format!("visit {visit}"));
                }
            }
            worker.phone.tell(findings);
        }
        Ok(())
    }

    /// Looks at what lies on the disk of a server that has ended, and counts what was acknowledged in all.
    pub(super) async fn close(self, disk: &Disk, findings: &mut Findings) {
        findings.wrong(DAMAGED.0, DAMAGED.1, 0);
        if let Err(why) = self.examine(disk, findings).await {
            count(findings, DAMAGED, format!("it cannot be read: {why}"));
        }
    }

    async fn examine(&self, disk: &Disk, findings: &mut Findings) -> Result<(), String> {
        let db = disk.open()?;
        for fault in db.read(store::faults).await.map_err(in_words)? {
            count(findings, DAMAGED, fault);
        }
        for blob in db.read(store::kept_blobs).await.map_err(in_words)? {
            if !is_there(&disk.blobs(), blob) {
                count(findings, FILES_LOST, format!("blob {blob}"));
            }
        }
        let verified = scores::verify::verify(&db, shown_questions, |_, _| {}).await.map_err(in_words)?;
        findings.wrong(DIFFERENCES.0, DIFFERENCES.1, verified.differences.len() as u64 + verified.unlisted);
        let stored = db.read(visits::store::count).await.map_err(in_words)? - self.stored_before;
        let (mut sent, mut kept, mut files, mut approved) = (0, 0, 0, 0);
        for Worker { phone, approved: of_phone, .. } in &self.workers {
            sent += phone.outbox.visits.len() as i64;
            kept += phone.outbox.visits.keys().filter(|visit| phone.outbox.facts(**visit).is_some()).count();
            files += phone.outbox.photos.iter().filter(|photo| phone.outbox.is_kept(photo.id)).count();
            approved += of_phone.len();
        }
        findings.wrong(MORE.0, MORE.1, (stored - sent).max(0).unsigned_abs());
        findings.wrong(FEWER.0, FEWER.1, (kept as i64 - stored).max(0).unsigned_abs());
        findings.acknowledged += kept + files;
        findings.did("of those files", files as u64);
        findings.did("approvals", approved as u64);
        Ok(())
    }
}

/// Starts a server on what a trial has left; one that does not start is something that was found.
pub(super) async fn start_again(disk: &Disk, findings: &mut Findings) -> Result<Option<Server>, String> {
    findings.wrong(NOT_UP.0, NOT_UP.1, 0);
    match disk.start().await {
        Ok(server) => Ok(Some(server)),
        Err(why) => {
            count(findings, NOT_UP, format!("{why}; {:?}", disk.last_words()));
            Ok(None)
        }
    }
}

/// Counts what servers said of panics, and makes sure that the shim saw them at work.
pub(super) fn read_log(disk: &Disk, findings: &mut Findings) -> Result<(), String> {
    findings.wrong(PANICS.0, PANICS.1, 0);
    for panic in disk.panics() {
        count(findings, PANICS, panic);
    }
    disk.has_seen_it_all()
}

/// All phones work at once, each at its errands, until nobody answers any more; says what was refused.
pub(super) async fn work_all(
    workers: &mut [Worker],
    errands: Vec<Vec<Errand>>,
) -> Result<Vec<String>, String> {
    let all = join_all(workers.iter_mut().zip(errands).map(|(worker, errands)| worker.work(errands)));
    let refused = all.await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(refused.into_iter().flatten().collect())
}
