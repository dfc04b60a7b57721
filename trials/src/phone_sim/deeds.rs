//! What reviewers do with the visits that arrive: they return, approve and withdraw them, and uphold appeals against their reports,
//! which go out meanwhile.

use std::{collections::HashSet, time::Duration};

use futures_util::future::try_join_all;
use incognito::{
    clock::Clock,
    ids::{ReportId, VisitId},
    reports::release::ReleaseRegion,
    visits::state::Step,
    work,
};
use serde_json::{Value, json};

use super::{
    crowd::{Crowd, Line, Shift},
    store,
};
use crate::bench::{client, ground::Ground, world::in_words};

/// So many decide about what arrives.
const REVIEWERS: usize = 4;
/// One visit in so many is returned before it is approved, …
const RETURNED: u64 = 3;
/// … and one step in so many is about one whose report went out: between two kills so many at the most are withdrawn, …
const ABOUT_REPORTS: u64 = 10;
const TO_WITHDRAW: usize = 2;
/// … and so many appeals upheld.
const TO_CORRECT: usize = 2;
/// What is asked anew.
const QUESTION: &str = "s1_q2";

/// Something that is asked of a visit that has arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    visit: VisitId,
    /// The number of its shopper's phone.
    phone: usize,
    step: Step,
    /// How it is corrected, if it is.
    correction: Option<Correction>,
}

/// A report that is appealed against, and the answer that is right then.
#[derive(Clone, Copy, Debug)]
struct Correction {
    report: ReportId,
    value: i64,
}

impl Deed {
    pub(super) const fn new(visit: VisitId, phone: usize, step: Step) -> Self {
        Self { visit, phone, step, correction: None }
    }
}

fn request(method: &str, path: &str, token: &str, body: Option<&Value>) -> Vec<u8> {
    let mut request = client::request(method, path, Some(token));
    client::end(&mut request, body.map(Value::to_string).unwrap_or_default().as_bytes());
    request
}

impl Crowd {
    /// Night begins: the reports of all regions may go out, and some of those that are out are to be withdrawn, others
    /// appealed against. No connection to the database is left open by it.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn night(&self, ground: &Ground) -> Result<(), String> {
        let (brand_id, regions) = {
            let world = self.world.borrow();
            (world.brand, world.regions.clone())
        };
        let now = Clock::System.now();
        let begin = move |conn: &mut incognito::db::Conn| {
            for region in &regions {
                let task = ReleaseRegion { brand_id, region_id: Some(*region) };
                work::enqueue(conn, &task, Clock::System.new_id(), now)?;
            }
            Ok(())
        };
        let db = ground.open()?;
        db.write(begin).await.map_err(in_words)?;
        let out = db.read(store::reports).await.map_err(in_words)?;
        let (to_correct, to_withdraw): (Vec<_>, Vec<_>) = out
            .into_iter()
            .filter(|(_, visit)| self.is_left_alone(*visit))
            .partition(|(_, visit)| visit.uuid().as_u128().is_multiple_of(2));
        let (to_correct, to_withdraw): (Vec<_>, Vec<_>) = (
            to_correct.into_iter().take(TO_CORRECT).collect(),
            to_withdraw.into_iter().take(TO_WITHDRAW).map(|(_, visit)| visit).collect(),
        );
        let ids: Vec<_> = to_correct.iter().map(|(_, visit)| *visit).collect();
        let answers = db.read(move |conn| store::answers(conn, &ids, QUESTION)).await.map_err(in_words)?;
        // Reviewers alone ask for it, so no phone matters.
        let to_correct = to_correct.into_iter().filter_map(|(report, visit)| {
            let correction = Correction { report, value: answers.get(&visit)? % 5 + 1 };
            Some(Deed { correction: Some(correction), ..Deed::new(visit, 0, Step::Correct) })
        });
        let to_withdraw = to_withdraw.into_iter().map(|visit| Deed::new(visit, 0, Step::ProposeWithdrawal));
        self.out.replace(to_withdraw.chain(to_correct).collect());
        Ok(())
    }

    /// Whether a visit was approved here, and nothing was asked of it since.
    fn is_left_alone(&self, visit: VisitId) -> bool {
        let journal = self.journal.borrow();
        let has = |step| journal.has(visit, step);
        has(Step::Approve) && !has(Step::ProposeWithdrawal) && !has(Step::Correct)
    }

    /// The reviewers: decide about what arrives until the shift is over or nobody answers; give the approvals that were
    /// acknowledged.
    ///
    /// # Errors
    /// If nobody answers for long.
    pub(super) async fn review(&self, shift: &Shift) -> Result<HashSet<VisitId>, String> {
        let approved = try_join_all((0..REVIEWERS).map(|_| self.decide(shift))).await?;
        Ok(approved.into_iter().flatten().collect())
    }

    async fn decide(&self, shift: &Shift) -> Result<HashSet<VisitId>, String> {
        let (mut line, mut approved) = (Line::new(shift), HashSet::new());
        // An address that is always there shows that the server still is.
        let mut alive = client::request("GET", "/livez", None);
        client::end(&mut alive, b"");
        while !shift.over.get() {
            let Some(deed) = self.next_deed(shift) else {
                if line.ask(&alive).await?.is_none() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            };
            if !self.act(&mut line, shift, deed).await? {
                break;
            }
            if deed.step == Step::Approve {
                approved.insert(deed.visit);
            }
        }
        Ok(approved)
    }

    /// What a reviewer does next: first what nobody answered.
    fn next_deed(&self, shift: &Shift) -> Option<Deed> {
        if let Some(deed) = self.unfinished.borrow_mut().pop() {
            return Some(deed);
        }
        let next = shift.complete.borrow_mut().pop();
        if next.is_none() || self.dice(ABOUT_REPORTS) == 0 {
            let out = self.out.borrow_mut().pop();
            if out.is_some() {
                shift.complete.borrow_mut().extend(next);
                return out;
            }
        }
        let (visit, phone) = next?;
        let is_returned = !self.journal.borrow().has(visit, Step::Return) && self.dice(RETURNED) == 0;
        Some(Deed::new(visit, phone, if is_returned { Step::Return } else { Step::Approve }))
    }

    /// Asks for this, and says whether it was acknowledged. What was not is asked for again in the next shift; but an approval
    /// is not, since the report may go out meanwhile.
    pub(super) async fn act(&self, line: &mut Line<'_>, shift: &Shift, deed: Deed) -> Result<bool, String> {
        let Deed { visit, phone, step, .. } = deed;
        // First of all, so that nobody else takes the same up.
        self.journal.borrow_mut().ask(visit, step);
        if let Some(appeal) = self.appeal(deed)
            && line.ask(&appeal).await?.is_none()
        {
            self.unfinished.borrow_mut().push(deed);
            return Ok(false);
        }
        let Some(reply) = line.ask_step(&self.request(deed), step == Step::Approve).await? else {
            if step != Step::Approve {
                self.unfinished.borrow_mut().push(deed);
            }
            return Ok(false);
        };
        let content = reply.acknowledged().filter(|_| step == Step::Revise);
        self.journal.borrow_mut().hear(visit, content);
        match step {
            Step::Return => {
                if let Some(returned) = self.returned.borrow_mut().get_mut(phone) {
                    returned.push(visit);
                }
            }
            Step::Revise => shift.complete.borrow_mut().push((visit, phone)),
            Step::ProposeWithdrawal => {
                self.unfinished.borrow_mut().push(Deed { step: Step::Withdraw, ..deed });
            }
            _ => {}
        }
        Ok(true)
    }

    /// The appeal that comes before a correction, under the id of its visit.
    fn appeal(&self, Deed { visit, correction, .. }: Deed) -> Option<Vec<u8>> {
        let path = format!("/v1/reports/{}/appeals/{}", correction?.report, visit.uuid());
        let body = json!({ "questions": [{ "question": QUESTION, "words": "It was otherwise." }] });
        Some(request("PUT", &path, &self.world.borrow().boss.token, Some(&body)))
    }

    fn request(&self, Deed { visit, phone, step, correction }: Deed) -> Vec<u8> {
        let (world, why) = (self.world.borrow(), json!({ "reason": "The photo is of another place." }));
        let asked = json!({ "questions": [{ "question": QUESTION, "reason_id": self.reason }] });
        let (method, path, token, body) = match step {
            Step::Return => ("POST", "review/return", world.boss.token.clone(), Some(asked)),
            Step::Revise => {
                let answers =
                    json!({ "answers": { QUESTION: { "value": (1 + visit.uuid().as_u128() % 5) as u64 } } });
                ("PUT", "revisions/1", self.token(phone), Some(answers))
            }
            Step::ProposeWithdrawal => {
                ("POST", "review/propose-withdrawal", world.boss.token.clone(), Some(why))
            }
            Step::Correct => {
                let answers = json!({ QUESTION: { "value": correction.map(|one| one.value) } });
                let body = json!({ "answers": answers, "reason": "The photo shows it." });
                ("POST", "", world.second.token.clone(), Some(body))
            }
            Step::Withdraw => ("POST", "review/withdraw", world.second.token.clone(), None),
            _ => ("POST", "review/approve", world.boss.token.clone(), None),
        };
        let path = match step {
            Step::Correct => format!("/v1/appeals/{}/uphold", visit.uuid()),
            _ => format!("/v1/visits/{visit}/{path}"),
        };
        request(method, &path, &token, body.as_ref())
    }
}
