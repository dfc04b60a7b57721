//! Random schedules against a model: two devices of one shopper send, repeat, reorder and are cut by chance, restart,
//! and tell the same visit differently; a reviewer approves meanwhile. Each answer is held against what the model says
//! can be, and at the end against what is there.

mod model;

use std::{fmt::Display, net::SocketAddr, time::Duration};

use futures_util::future::{join, try_join_all};
use incognito::db::types::Sha256;
use serde_json::Value;

use self::model::{APPROVALS, Before, CONTRADICTION, File, Known, TAKEN};
use super::{
    Plan,
    crooked::{Crooked, Defect},
    each_defect,
    findings::{Findings, Wrong},
    phone::{Cut, Heard, Phone, Stands},
    scene::{Case, Scene},
};
use crate::bench::{client::Client, ground::Ground, submissions::Dice, world::bar};

/// So many shoppers go on at once, each with a schedule of its own.
const SHOPPERS: usize = 8;
/// So many schedules of each are prepared for at once.
const PREPARED: usize = 8;
/// A schedule has at most so many visits …
const VISITS: u64 = 3;
/// … each with at most so many photos …
const PHOTOS: u64 = 2;
/// … of at most so many bytes.
const LARGEST: u64 = 24_000;
/// So many steps at least …
const FEWEST_STEPS: u64 = 8;
/// … and fewer than so many more.
const MORE_STEPS: u64 = 24;
/// Where the second device may tell something else.
const EDITED: &str = "s2_q3";
/// So many visits can be kept twice, where that is planted.
const SPARE: usize = 2;

const REFUSED: (Wrong, &str) = (Wrong::Other, "visits or files refused for no reason");
const UNANSWERED: (Wrong, &str) = (Wrong::Other, "requests without an answer");
const FORGOTTEN: (Wrong, &str) = (Wrong::Loss, "acknowledged bytes of a file that are not there any more");
const NEVER: (Wrong, &str) = (Wrong::Other, "visits that could not be brought to an end");

/// Runs so many schedules, or some against each of the planted defects.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    if !plan.planted_defect {
        return schedules(ground, plan, plan.times, None).await;
    }
    let defects = [
        Defect::DropsVisits,
        Defect::DropsFiles,
        Defect::Doubles,
        Defect::AnswersOtherwise,
        Defect::TakesOther,
    ];
    each_defect(&defects, async |defect| schedules(ground, plan, 16, Some(defect)).await).await
}

async fn schedules(
    ground: &Ground,
    plan: &Plan,
    times: usize,
    defect: Option<Defect>,
) -> Result<Findings, String> {
    let lanes = SHOPPERS.min(times);
    let scene = Scene::set(ground, lanes).await?;
    let mut findings = Findings::new("schedules", "random schedules");
    for (kind, what) in [REFUSED, UNANSWERED, CONTRADICTION, TAKEN, FORGOTTEN, APPROVALS, NEVER] {
        findings.wrong(kind, what, 0);
    }
    let work = PREPARED * VISITS as usize + SPARE;
    scene.refill(work).await?;
    let crooked = match defect {
        Some(defect) => Some(Crooked::start(scene.server.address, defect, spare(&scene, lanes)).await?),
        None => None,
    };
    let address = crooked.as_ref().map_or(scene.server.address, |crooked| crooked.address);
    let bar = bar("trying schedules", times as u64);
    let (mut made, mut done) = (0, 0);
    while done < times {
        scene.refill(work).await?;
        let some = (PREPARED * lanes).min(times - done);
        let each = (0..lanes).map(async |lane| {
            let mut found = Findings::default();
            let mut made = 0;
            for number in (lane..some).step_by(lanes) {
                let seed = plan.seed.wrapping_add(((done + number) as u64).wrapping_mul(0x9e37_79b9));
                made += Schedule::run(&scene, lane, address, Dice(seed), &mut found)
                    .await
                    .map_err(|error| format!("schedule {}: {error}", done + number))?;
                bar.inc(1);
            }
            Ok::<_, String>((made, found))
        });
        for (of_lane, found) in try_join_all(each).await? {
            made += of_lane;
            findings.add(found);
        }
        done += some;
    }
    bar.finish_and_clear();
    scene.count(made, &mut findings).await?;
    Ok(findings)
}

/// Assignments that no phone will use.
fn spare(scene: &Scene, lanes: usize) -> Vec<(String, incognito::ids::AssignmentId)> {
    let of = |lane: usize| {
        (0..SPARE)
            .filter_map(move |_| Some((scene.token(lane), scene.world.borrow_mut().next_assignment(lane)?)))
    };
    (0..lanes).flat_map(of).collect()
}

/// A request that may be sent again.
enum Old {
    Visit(usize, Vec<u8>),
    Piece(usize, usize, Vec<u8>),
}

struct Schedule<'a> {
    scene: &'a Scene,
    dice: Dice,
    phones: [Phone; 2],
    known: Vec<Known>,
    old: Vec<(usize, Old)>,
    boss: Client,
    findings: &'a mut Findings,
}

impl<'a> Schedule<'a> {
    /// Runs one schedule to its end and audits it; gives how many visits were made.
    async fn run(
        scene: &'a Scene,
        shopper: usize,
        address: SocketAddr,
        mut dice: Dice,
        findings: &'a mut Findings,
    ) -> Result<usize, String> {
        let name = format!("outbox-{shopper}-{}", dice.below(u64::MAX));
        let mut phone = scene.phone(shopper, &name, address)?;
        let mut known = Vec::new();
        for _ in 0..=dice.below(VISITS) {
            let sizes: Vec<usize> =
                (0..dice.below(PHOTOS + 1)).map(|_| 1 + dice.below(LARGEST) as usize).collect();
            let case = scene.case(shopper, &sizes, &mut dice)?;
            phone.outbox.put(case.visit, case.submission.clone(), case.photos.iter().copied())?;
            known.push(Known::of(case));
        }
        let other = format!("{name}-restored");
        let outbox = phone.outbox.restored_at(&scene.place(&other))?;
        let second = Phone::new(outbox, address, &phone.token, &scene.keys);
        let boss = scene.world.borrow().boss.token.clone();
        let boss = Client::open(scene.server.address).await?.with(&boss);
        let mut this = Self { scene, dice, phones: [phone, second], known, old: Vec::new(), boss, findings };
        this.edit()?;
        for _ in 0..FEWEST_STEPS + this.dice.below(MORE_STEPS) {
            this.step().await?;
        }
        this.end().await?;
        for name in [name, other] {
            // The folder goes anyway.
            let _ = std::fs::remove_file(scene.place(&name));
        }
        Ok(this.known.len())
    }

    /// On the second device the shopper has changed some of the visits.
    fn edit(&mut self) -> Result<(), String> {
        let [_, second] = &mut self.phones;
        for known in &mut self.known {
            if self.dice.below(3) > 0 {
                continue;
            }
            let Some(submission) = known.submissions.get_mut(1) else { continue };
            let answers = submission.answers.iter().map(|(key, answer)| {
                let mut answer = answer.clone();
                if key.as_str() == EDITED {
                    answer.comment = Some("On the other device.".to_owned());
                }
                (key.clone(), answer)
            });
            submission.answers = answers.collect();
            second.outbox.put(known.case.visit, submission.clone(), [])?;
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), String> {
        let device = self.dice.below(2) as usize;
        let visit = self.dice.below(self.known.len() as u64) as usize;
        self.findings.did("steps", 1);
        match self.dice.below(100) {
            0..30 => self.submit(device, visit).await,
            30..62 => self.send_file(device, visit).await,
            62..74 => self.repeat().await,
            74..84 => self.both(visit).await,
            84..90 => self.phones.get_mut(device).map_or(Ok(()), Phone::restart),
            _ => self.approve(visit).await,
        }
    }

    /// Every third request is cut somewhere.
    fn cut(&mut self) -> Option<Cut> {
        let cut = (self.dice.below(3) == 0).then(|| Cut {
            thousandths: if self.dice.below(2) == 0 { 1_000 } else { self.dice.below(1_000) as usize },
            wait: Duration::from_millis(self.dice.below(4)),
            in_order: self.dice.below(2) == 0,
        });
        self.findings.did("cut", u64::from(cut.is_some()));
        cut
    }

    fn wrong(&mut self, (kind, what): (Wrong, &'static str), why: impl Display) {
        self.findings.wrong(kind, what, 1);
        self.findings.note(format!("{what}: {why}"));
    }

    async fn submit(&mut self, device: usize, visit: usize) -> Result<(), String> {
        let cut = self.cut();
        let (Some(phone), Some(known)) = (self.phones.get_mut(device), self.known.get_mut(visit)) else {
            return Ok(());
        };
        let request = phone.submission(known.case.visit).unwrap_or_default();
        let before = known.about_to_send(device);
        let heard = phone.submit_as(known.case.visit, &request, cut).await?;
        self.old.push((device, Old::Visit(visit, request)));
        self.judge(visit, &before, &heard, cut.is_some());
        Ok(())
    }

    /// Both devices submit the same visit at once.
    async fn both(&mut self, visit: usize) -> Result<(), String> {
        let Some(known) = self.known.get_mut(visit) else { return Ok(()) };
        let (of_first, of_second) = (known.about_to_send(0), known.about_to_send(1));
        // Either may be first.
        let rivals = of_first.mine != of_second.mine;
        let before = [of_first, of_second].map(|before| Before { rivals: before.rivals || rivals, ..before });
        let id = known.case.visit;
        let [first, second] = &mut self.phones;
        let (first, second) = join(first.submit(id, None), second.submit(id, None)).await;
        let mut answers: Vec<(Before, Heard)> = before.into_iter().zip([first?, second?]).collect();
        // What was still under way may have completed it between the two.
        answers.sort_by_key(
            |(_, heard)| matches!(heard, Heard::Kept(arrived) if arrived.facts().receipt.is_some()),
        );
        for (before, heard) in answers {
            self.judge(visit, &before, &heard, false);
        }
        Ok(())
    }

    /// Something that was sent before arrives again.
    async fn repeat(&mut self) -> Result<(), String> {
        if self.old.is_empty() {
            return Ok(());
        }
        let at = self.dice.below(self.old.len() as u64) as usize;
        let Some((device, old)) = self.old.get(at) else { return Ok(()) };
        let (Some(phone), device) = (self.phones.get_mut(*device), *device) else { return Ok(()) };
        match old {
            Old::Visit(visit, request) => {
                let visit = *visit;
                let Some(known) = self.known.get_mut(visit) else { return Ok(()) };
                let before = known.about_to_send(device);
                let heard = phone.submit_as(known.case.visit, request, None).await?;
                self.judge(visit, &before, &heard, false);
            }
            Old::Piece(visit, file, request) => {
                let (visit, file) = (*visit, *file);
                let Some(known) = self.known.get(visit).and_then(|known| known.files.get(file)) else {
                    return Ok(());
                };
                let stands = phone.append(&known.photo, request, None).await?;
                // It may fit where the file stands, or not.
                self.judge_file(visit, file, &stands, true, false);
            }
        }
        Ok(())
    }

    /// Holds what was heard of a visit against what is known of it.
    fn judge(&mut self, visit: usize, before: &Before, heard: &Heard, was_cut: bool) {
        let Some(known) = self.known.get_mut(visit) else { return };
        let id = known.case.visit;
        match heard {
            Heard::Kept(arrived) => {
                if let Some((what, why)) = known.take(before, arrived) {
                    self.wrong(what, format!("visit {id}: {why}"));
                }
            }
            Heard::Refused(409, why) if before.rivals && known.kept != Some(before.mine) => {
                let named = why.pointer("/errors/0/pointer").and_then(Value::as_str);
                let count = why.get("errors").and_then(Value::as_array).map(Vec::len);
                let other = known.sent.iter().find(|sent| **sent != before.mine).copied();
                known.kept = other.or(known.kept);
                self.findings.did("refused because the other device's is kept", 1);
                if count != Some(1) || named != Some(&format!("/answers/{EDITED}/comment")) {
                    self.wrong(CONTRADICTION, format!("visit {id} differs in one comment: {why}"));
                }
            }
            Heard::Refused(status, why) => self.wrong(REFUSED, format!("visit {id}: {status} {why}")),
            Heard::Nothing if was_cut => {}
            Heard::Nothing => self.wrong(UNANSWERED, format!("visit {id}")),
        }
    }

    async fn send_file(&mut self, device: usize, visit: usize) -> Result<(), String> {
        let count = self.known.get(visit).map_or(0, |known| known.files.len());
        if count == 0 {
            return self.submit(device, visit).await;
        }
        let at = self.dice.below(count as u64) as usize;
        let Some(file) = self.known.get(visit).and_then(|known| known.files.get(at)).copied() else {
            return Ok(());
        };
        let (at_once, cut) = (self.dice.below(3) == 0, self.cut());
        if cut.is_some() {
            self.disturb(visit, at);
        }
        if at_once {
            let Some(phone) = self.phones.get_mut(device) else { return Ok(()) };
            let stands = phone.put_photo(&file.photo, cut).await?;
            self.judge_file(visit, at, &stands, file.disturbed, cut.is_some());
            return Ok(());
        }
        self.send_piece(device, (visit, at), file, cut).await
    }

    /// Asks where a file stands, and goes on from there with some of its bytes.
    async fn send_piece(
        &mut self,
        device: usize,
        (visit, at): (usize, usize),
        file: File,
        cut: Option<Cut>,
    ) -> Result<(), String> {
        let bytes = file.photo.bytes();
        let some = 1 + self.dice.below(LARGEST) as usize;
        let Some(phone) = self.phones.get_mut(device) else { return Ok(()) };
        let stands = phone.stands_at(&file.photo).await?;
        let stands = match stands {
            Stands::Refused(404, _) if !file.announced => {
                let first = bytes.get(..some.min(bytes.len() / 2)).unwrap_or_default();
                let stands = phone.announce(&file.photo, first, cut).await?;
                self.judge_file(visit, at, &stands, file.disturbed, cut.is_some());
                return Ok(());
            }
            stands => stands,
        };
        self.judge_file(visit, at, &stands, file.disturbed, false);
        let Stands::At(from) = stands else { return Ok(()) };
        let rest = usize::try_from(from).ok().and_then(|from| bytes.get(from..)).unwrap_or_default();
        let Some(phone) = self.phones.get_mut(device) else { return Ok(()) };
        let request = phone.piece(&file.photo, from, rest.get(..some).unwrap_or(rest));
        let stands = phone.append(&file.photo, &request, cut).await?;
        self.judge_file(visit, at, &stands, file.disturbed, cut.is_some());
        let arrives_at = from + rest.len().min(some) as u64;
        if let Stands::At(offset) = stands
            && offset != arrives_at
        {
            self.wrong(CONTRADICTION, format!("file {} at {offset}, not {arrives_at}", file.photo.id));
        }
        self.old.push((device, Old::Piece(visit, at, request)));
        Ok(())
    }

    fn disturb(&mut self, visit: usize, file: usize) {
        if let Some(file) = self.known.get_mut(visit).and_then(|known| known.files.get_mut(file)) {
            file.disturbed = true;
        }
    }

    /// Holds what was heard of a file against what is known of it. While another request may be busy with it, it may
    /// be refused for that.
    fn judge_file(&mut self, visit: usize, file: usize, stands: &Stands, busy: bool, was_cut: bool) {
        let Some(file) = self.known.get_mut(visit).and_then(|known| known.files.get_mut(file)) else {
            return;
        };
        let (id, acknowledged, size) = (file.photo.id, file.acknowledged, file.photo.size as u64);
        match stands {
            Stands::Whole => (file.announced, file.acknowledged) = (true, size),
            Stands::At(offset) => {
                (file.announced, file.acknowledged) = (true, *offset);
                if *offset < acknowledged {
                    self.wrong(FORGOTTEN, format!("file {id} at {offset} after {acknowledged}"));
                }
            }
            Stands::Refused(409 | 423, _) if busy => {}
            Stands::Refused(404, why) if file.announced => {
                self.wrong(FORGOTTEN, format!("file {id}, after {acknowledged}: {why}"));
            }
            Stands::Refused(404, _) if busy => {}
            Stands::Refused(status, why) => self.wrong(REFUSED, format!("file {id}: {status} {why}")),
            Stands::Nothing if was_cut => {}
            Stands::Nothing => self.wrong(UNANSWERED, format!("file {id}")),
        }
    }

    /// The reviewer approves a visit that is complete, perhaps again.
    async fn approve(&mut self, visit: usize) -> Result<(), String> {
        let Some(known) = self.known.get(visit) else { return Ok(()) };
        if known.facts.as_ref().is_none_or(|facts| facts.receipt.is_none()) {
            return Ok(());
        }
        let (id, again) = (known.case.visit, known.approved);
        let path = format!("/v1/visits/{id}/review/approve");
        let reply = self.boss.send("POST", &path, None, None).await?;
        match (reply.status, again) {
            (200, false) => {
                if let Some(known) = self.known.get_mut(visit) {
                    known.approved = true;
                }
                self.findings.did("approved", 1);
            }
            (200, true) => {}
            (status, _) => self.wrong(APPROVALS, format!("visit {id}: {status} {}", reply.body)),
        }
        Ok(())
    }

    /// Everybody sends what is left; then all of it is looked at.
    async fn end(&mut self) -> Result<(), String> {
        for device in 0..self.phones.len() {
            let refused = match self.phones.get_mut(device) {
                Some(phone) => phone.finish().await?,
                None => Vec::new(),
            };
            for visit in 0..self.known.len() {
                let (Some(phone), Some(known)) = (self.phones.get_mut(device), self.known.get_mut(visit))
                else {
                    continue;
                };
                let (id, before) = (known.case.visit, known.about_to_send(device));
                let heard = phone.submit(id, None).await?;
                let refusal = refused.iter().find(|(refused, ..)| *refused == id);
                if let (Some((_, status, why)), Heard::Kept(_)) = (refusal, &heard) {
                    self.wrong(REFUSED, format!("visit {id}, and then taken: {status} {why}"));
                }
                self.judge(visit, &before, &heard, false);
            }
            if let Some(phone) = self.phones.get_mut(device) {
                phone.tell(self.findings);
            }
        }
        self.audit().await
    }

    async fn audit(&mut self) -> Result<(), String> {
        let token = self.phones.first().map(|phone| phone.token.clone()).unwrap_or_default();
        for known in &self.known {
            let kept = known.submissions.iter().find(|one| Sha256::of_json(one).ok() == known.kept);
            let (Some(kept), Some(facts)) = (kept, known.facts.as_ref()) else {
                self.findings.wrong(NEVER.0, NEVER.1, 1);
                self.findings.note(format!("{}: visit {}", NEVER.1, known.case.visit));
                continue;
            };
            let case = Case { submission: kept.clone(), ..known.case.clone() };
            self.scene.audit(&token, &case, Some(facts), self.findings).await?;
            self.findings.acknowledged += 1 + case.photos.len();
        }
        self.findings.trials += 1;
        Ok(())
    }
}
