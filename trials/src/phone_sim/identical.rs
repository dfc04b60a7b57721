//! The same visit submitted many times at once: one visit, and the same answer for all. Another visit under its id, at
//! once or later, is refused, and the first stays.

use std::{collections::BTreeSet, net::SocketAddr};

use futures_util::future::join_all;
use incognito::{checklists::answers::AnswerValue, visits::model::Submission};
use serde_json::Value;

use super::{
    Plan,
    crooked::{Crooked, Defect},
    each_defect,
    findings::{Findings, Wrong},
    phone::{Heard, Phone},
    scene::{Case, Scene},
};
use crate::bench::{client, ground::Ground, load::Connection, submissions::Dice, world::bar};

/// So many rounds are prepared for at once.
const PREPARED: usize = 50;
/// Each round is two visits: one that is submitted by all alike, and one that two halves tell differently.
const VISITS: usize = 2;
/// The photo of a visit that has one, in bytes.
const PHOTO: usize = 20_000;

const REFUSED: (Wrong, &str) = (Wrong::Other, "identical submissions refused or not answered");
const UNEQUAL: (Wrong, &str) = (Wrong::Other, "answers to identical submissions that are not equal");
const TAKEN: (Wrong, &str) = (Wrong::Loss, "other content taken under the id of a visit");
const UNNAMED: (Wrong, &str) = (Wrong::Other, "refusals that do not name what differs");
const NO_WINNER: (Wrong, &str) = (Wrong::Loss, "two contents at once of which not exactly one was kept");

/// Runs it so many times, or against each of its planted defects.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    if !plan.planted_defect {
        return rounds(ground, plan, plan.times, None).await;
    }
    let defects = [Defect::Doubles, Defect::AnswersOtherwise, Defect::TakesOther];
    each_defect(&defects, async |defect| rounds(ground, plan, 2, Some(defect)).await).await
}

async fn rounds(
    ground: &Ground,
    plan: &Plan,
    times: usize,
    defect: Option<Defect>,
) -> Result<Findings, String> {
    let scene = Scene::set(ground, 1).await?;
    scene.refill(PREPARED * VISITS).await?;
    let crooked = match defect {
        Some(defect) => {
            let spare = scene.world.borrow_mut().next_assignment(0);
            let spare = spare.map(|assignment| (scene.token(0), assignment)).into_iter().collect();
            Some(Crooked::start(scene.server.address, defect, spare).await?)
        }
        None => None,
    };
    let address = crooked.as_ref().map_or(scene.server.address, |crooked| crooked.address);
    let mut trial = Identical {
        phone: scene.phone(0, "outbox-identical", address)?,
        findings: Findings::new("identical", "rounds of identical submissions at once"),
        dice: Dice(plan.seed),
        at_once: plan.phones.max(2),
        address,
        scene,
    };
    for (kind, what) in [REFUSED, UNEQUAL, TAKEN, UNNAMED, NO_WINNER] {
        trial.findings.wrong(kind, what, 0);
    }
    let bar = bar("submitting the same at once", times as u64);
    for round in 0..times {
        if round % PREPARED == 0 {
            trial.scene.refill(PREPARED * VISITS).await?;
            trial.phone.token = trial.scene.token(0);
        }
        trial.round(round).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    trial.phone.tell(&mut trial.findings);
    trial.scene.count(times * VISITS, &mut trial.findings).await?;
    Ok(trial.findings)
}

struct Identical {
    scene: Scene,
    phone: Phone,
    address: SocketAddr,
    at_once: usize,
    dice: Dice,
    findings: Findings,
}

impl Identical {
    async fn round(&mut self, round: usize) -> Result<(), String> {
        // A visit is complete when it arrives if its photo came before, and else it waits for it.
        let (sizes, before): (&[usize], _) = match round % 3 {
            0 => (&[], false),
            1 => (&[PHOTO], true),
            _ => (&[PHOTO], false),
        };
        let case = self.case(sizes)?;
        if before {
            self.send_photos(&case).await?;
        }
        let request = self.phone.submission(case.visit).unwrap_or_default();
        let answers = self.all_at_once(|_| &request).await;
        self.are_equal(&case, &answers);
        self.differs(&case).await?;
        self.settle(&case).await?;

        let case = self.case(sizes)?;
        if before {
            self.send_photos(&case).await?;
        }
        let kept = self.rivals(&case).await?;
        self.phone.outbox.put(case.visit, kept.submission.clone(), [])?;
        self.settle(&kept).await?;
        self.findings.trials += 1;
        Ok(())
    }

    fn case(&mut self, photos: &[usize]) -> Result<Case, String> {
        let case = self.scene.case(0, photos, &mut self.dice)?;
        self.phone.outbox.put(case.visit, case.submission.clone(), case.photos.iter().copied())?;
        Ok(case)
    }

    async fn send_photos(&mut self, case: &Case) -> Result<(), String> {
        for photo in &case.photos {
            self.phone.put_photo(photo, None).await?;
        }
        Ok(())
    }

    /// Everybody connects, then everybody sends; gives the statuses and the bodies.
    async fn all_at_once<'r>(&self, request: impl Fn(usize) -> &'r [u8]) -> Vec<Option<(u16, Vec<u8>)>> {
        let connections = join_all((0..self.at_once).map(|_| Connection::open(self.address))).await;
        let sent = connections.into_iter().enumerate().map(async |(number, connection)| {
            let mut connection = connection.ok()?;
            let answer = connection.exchange(request(number)).await.ok()?;
            Some((answer.status, answer.body.to_vec()))
        });
        join_all(sent).await
    }

    fn wrong(&mut self, (kind, what): (Wrong, &'static str), why: &str) {
        self.findings.wrong(kind, what, 1);
        self.findings.note(format!("{what}: {why}"));
    }

    fn are_equal(&mut self, case: &Case, answers: &[Option<(u16, Vec<u8>)>]) {
        let good = answers.iter().flatten().filter(|(status, _)| *status == 201);
        let good: Vec<&Vec<u8>> = good.map(|(_, body)| body).collect();
        self.findings.acknowledged += good.len();
        for other in answers.iter().filter(|answer| answer.as_ref().is_none_or(|(status, _)| *status != 201))
        {
            let why = other.as_ref().map(|(status, body)| (status, String::from_utf8_lossy(body)));
            self.wrong(REFUSED, &format!("visit {}: {why:?}", case.visit));
        }
        let Some(first) = good.first() else { return };
        for other in good.iter().filter(|body| body != &first) {
            let text = |body| String::from_utf8_lossy(body).into_owned();
            self.wrong(UNEQUAL, &format!("{} and {}", text(first), text(other)));
        }
    }

    /// Tells the visit otherwise, under its id.
    async fn differs(&mut self, case: &Case) -> Result<(), String> {
        let (other, pointers) = self.told_otherwise(case);
        let request = self.request(case, &other)?;
        for answer in self.some_at_once(&request).await {
            self.is_refused(case, answer, &pointers);
        }
        Ok(())
    }

    /// A few are enough where nobody wins.
    async fn some_at_once(&self, request: &[u8]) -> Vec<Option<(u16, Vec<u8>)>> {
        let sent = (0..2).map(async |_| {
            let mut connection = Connection::open(self.address).await.ok()?;
            let answer = connection.exchange(request).await.ok()?;
            Some((answer.status, answer.body.to_vec()))
        });
        join_all(sent).await
    }

    fn request(&self, case: &Case, submission: &Submission) -> Result<Vec<u8>, String> {
        let body = serde_json::to_vec(submission).map_err(|error| error.to_string())?;
        let path = format!("/v1/visits/{}?receipt=true", case.visit);
        let mut request = client::request("PUT", &path, Some(&self.phone.token));
        client::end(&mut request, &body);
        Ok(request)
    }

    /// Some of what was told is changed; gives where.
    fn told_otherwise(&mut self, case: &Case) -> (Submission, BTreeSet<String>) {
        let mut other = case.submission.clone();
        let mut pointers = BTreeSet::new();
        let changes = 1 + self.dice.below(7);
        if changes & 1 != 0 {
            other.ended_at = other.ended_at.plus_seconds(1);
            pointers.insert("/ended_at".to_owned());
        }
        let answers = case.submission.answers.iter().map(|(key, answer)| {
            let (key, mut answer) = (key.clone(), answer.clone());
            if changes & 2 != 0 && key.as_str() == "s0_q5" {
                answer.value = Some(AnswerValue::Text("Something else.".to_owned()));
                pointers.insert("/answers/s0_q5/value".to_owned());
            }
            if changes & 4 != 0 && key.as_str() == "s3_q2" {
                answer.comment = Some("On second thoughts.".to_owned());
                pointers.insert("/answers/s3_q2/comment".to_owned());
            }
            (key, answer)
        });
        other.answers = answers.collect();
        (other, pointers)
    }

    fn is_refused(&mut self, case: &Case, answer: Option<(u16, Vec<u8>)>, pointers: &BTreeSet<String>) {
        let (status, body) = answer.unwrap_or_default();
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let is_code = problem.get("code").and_then(Value::as_str) == Some("visit_differs");
        match status {
            409 if is_code && named(&problem) == *pointers => {}
            201 => self.wrong(TAKEN, &format!("visit {}: {problem}", case.visit)),
            _ => self.wrong(UNNAMED, &format!("visit {}, {pointers:?}: {status} {problem}", case.visit)),
        }
    }

    /// One half tells a visit in one way, the other in another. Gives the visit as it is kept.
    async fn rivals(&mut self, case: &Case) -> Result<Case, String> {
        let (other, pointers) = self.told_otherwise(case);
        let requests = [self.request(case, &case.submission)?, self.request(case, &other)?];
        let empty: &[u8] = &[];
        let answers = self.all_at_once(|number| requests.get(number % 2).map_or(empty, Vec::as_slice)).await;
        let mut halves: [Vec<_>; 2] = Default::default();
        for (number, answer) in answers.into_iter().enumerate() {
            if let Some(half) = halves.get_mut(number % 2) {
                half.push(answer);
            }
        }
        let wins =
            |half: &Vec<Option<(u16, Vec<u8>)>>| half.iter().flatten().any(|(status, _)| *status == 201);
        let [first, second] = halves;
        let (won, lost, submission) = match (wins(&first), wins(&second)) {
            (true, false) => (first, second, case.submission.clone()),
            (false, true) => (second, first, other),
            both => {
                self.wrong(NO_WINNER, &format!("visit {}: {both:?}", case.visit));
                return Ok(case.clone());
            }
        };
        self.are_equal(case, &won);
        for answer in lost {
            self.is_refused(case, answer, &pointers);
        }
        Ok(Case { submission, ..case.clone() })
    }

    /// What is left of it arrives, it is submitted once more, and then it is looked at.
    async fn settle(&mut self, case: &Case) -> Result<(), String> {
        self.send_photos(case).await?;
        if let Heard::Refused(status, why) = self.phone.submit(case.visit, None).await? {
            self.wrong(REFUSED, &format!("visit {}: {status} {why}", case.visit));
        }
        let facts = self.phone.outbox.facts(case.visit);
        self.scene.audit(&self.phone.token, case, facts, &mut self.findings).await
    }
}

/// The places that a refusal names.
fn named(problem: &Value) -> BTreeSet<String> {
    let errors = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    errors.filter_map(|error| error.get("pointer")?.as_str().map(str::to_owned)).collect()
}
