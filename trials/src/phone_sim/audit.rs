//! The audit after a kill: what was acknowledged is there, once, as it was sent; what was not is taken when it is sent
//! again; and no visit is complete without its photo. In the end each return, revision and decision is there once and in order,
//! and each report that was seen.

use std::collections::{BTreeMap, HashSet};

use incognito::{
    blobs::Blobs,
    db::types::Sha256,
    evidence::model::MAX_FILE,
    ids::VisitId,
    visits::{self, state::Step},
};

use super::{
    crowd::{Acknowledged, Case, Crowd, Reply, Shift},
    digest,
    findings::{Findings, Wrong},
    journal,
    store::{reports, steps, upheld},
};
use crate::bench::{child, client::Client, ground::Ground, store, world::in_words};

const LOST: (Wrong, &str) = (Wrong::Loss, "acknowledged visits lost");
const ALTERED: (Wrong, &str) =
    (Wrong::Loss, "acknowledged visits not as they were sent, or scored otherwise");
const APPROVALS: (Wrong, &str) = (Wrong::Loss, "acknowledged approvals lost");
const PHOTOS: (Wrong, &str) = (Wrong::Loss, "acknowledged photos lost, or with other bytes");
const WITHOUT: (Wrong, &str) = (Wrong::Loss, "visits complete without their photos");
const WAITING: (Wrong, &str) = (Wrong::Loss, "visits not complete though all of them was acknowledged");
const REFUSED: (Wrong, &str) = (Wrong::Other, "visits not taken, or taken otherwise, when sent again");
const MORE: (Wrong, &str) = (Wrong::Duplicate, "visits or photos more than were sent");
const FEWER: (Wrong, &str) = (Wrong::Loss, "visits or photos fewer than were sent");
const REPORTS: (Wrong, &str) = (Wrong::Loss, "reports lost that were seen in a list");
const RELEASES: (Wrong, &str) =
    (Wrong::Duplicate, "visits released without their one report, or reports without it");
const APPEALS: (Wrong, &str) =
    (Wrong::Duplicate, "appeals upheld without their one correction, or corrections without it");
const VERIFY: (Wrong, &str) = (Wrong::Other, "lines in which `incognito verify` finds something");

/// What is looked at, and how many there are to be.
pub(super) struct Audit {
    blobs: Blobs,
    visits: i64,
    photos: i64,
    /// Whether the server keeps no more than its planted defect needs.
    planted: bool,
}

impl Audit {
    /// Counts what is there before.
    ///
    /// # Errors
    /// In one line.
    pub(super) async fn begin(ground: &Ground, planted: bool) -> Result<Self, String> {
        let blobs = Blobs::in_folder(&ground.folder().join("blobs"))?;
        let mut this = Self { blobs, visits: 0, photos: 0, planted };
        (this.visits, this.photos) = this.stored(ground).await?;
        Ok(this)
    }

    async fn stored(&self, ground: &Ground) -> Result<(i64, i64), String> {
        if self.planted {
            return Ok((ground.open_floor()?.read(store::count_floor).await.map_err(in_words)?, 0));
        }
        let count =
            |conn: &mut incognito::db::Conn| Ok((visits::store::count(conn)?, store::count_files(conn)?));
        ground.open()?.read(count).await.map_err(in_words)
    }

    /// Looks at all that one phone sent, then sends it again, unless it has heard all of the answers, and looks once
    /// more: in this order, since sending mends a loss.
    ///
    /// # Errors
    /// If it cannot be looked.
    pub(super) async fn look(
        &self,
        (crowd, shift): (&Crowd, &Shift),
        (phone, cases): (usize, &[Case]),
        approved: &HashSet<VisitId>,
    ) -> Result<Findings, String> {
        let mut findings = Findings::new("", "");
        for (kind, what) in [LOST, ALTERED, APPROVALS, PHOTOS, WITHOUT, WAITING, REFUSED] {
            findings.wrong(kind, what, 0);
        }
        let token = crowd.token(phone);
        let mut client = Client::open(shift.address).await?.with(&token);
        for case in cases {
            let is_approved = approved.contains(&case.visit);
            let all = (case.is_acknowledged(), is_approved);
            self.look_at(&mut client, (crowd, case), all, &mut findings).await?;
        }
        // The last one, because its answer may be lost to the phone.
        let last = cases.len().saturating_sub(1);
        let open = cases.iter().enumerate().filter(|(at, case)| *at == last || !case.is_acknowledged());
        for (_, case) in open {
            findings.did("sent again", 1);
            match crowd.send_again(shift, case, &token).await {
                Ok(Some(acknowledged))
                    if case.acknowledged.as_ref().is_none_or(|first| *first == acknowledged) =>
                {
                    let is_approved = approved.contains(&case.visit);
                    self.look_at(&mut client, (crowd, case), (true, is_approved), &mut findings).await?;
                }
                other => count(&mut findings, REFUSED, || format!("visit {}: {other:?}", case.visit)),
            }
        }
        findings.acknowledged = cases.iter().map(|case| usize::from(case.acknowledged.is_some())).sum();
        let photos = cases.iter().filter_map(|case| case.photo.as_ref()).filter(|photo| photo.kept).count();
        findings.acknowledged += photos;
        findings.did("of them photos", photos as u64);
        Ok(findings)
    }

    /// Looks whether a visit and its photo are there as they were acknowledged.
    async fn look_at(
        &self,
        client: &mut Client,
        (crowd, case): (&Crowd, &Case),
        (all_acknowledged, approved): (bool, bool),
        findings: &mut Findings,
    ) -> Result<(), String> {
        let visit = case.visit;
        // What it is after its revision; of one that was not acknowledged either may be there.
        let revised = crowd.journal.borrow().revised(visit);
        let wanted = revised.unwrap_or_else(|| case.acknowledged.clone());
        let reply = client.send("GET", &format!("/v1/visits/{visit}"), None, None).await?;
        let reply = Reply { status: reply.status, body: reply.body };
        let has_photo = match &case.photo {
            Some(photo) => self.is_there(photo.snapshot.sha256()).await,
            None => true,
        };
        if case.photo.as_ref().is_some_and(|photo| photo.kept) && !has_photo {
            count(findings, PHOTOS, || format!("visit {visit}"));
        }
        match reply.status {
            404 if case.acknowledged.is_none() => {}
            200 => {
                let state = reply.body.get("state").and_then(|state| state.as_str()).unwrap_or_default();
                let found = reply
                    .acknowledged()
                    .filter(|acknowledged| digest(&reply.body).is_some_and(|hash| hash == acknowledged.hash));
                let is_other = |wanted: &Acknowledged| Some(wanted) != found.as_ref();
                if found.is_none() || wanted.as_ref().is_some_and(is_other) {
                    count(findings, ALTERED, || format!("visit {visit}: {}", reply.body));
                }
                if state != "submitted" && !has_photo {
                    count(findings, WITHOUT, || format!("visit {visit} is {state}"));
                }
                if state == "submitted" && all_acknowledged {
                    count(findings, WAITING, || format!("visit {visit}"));
                }
                if approved && !["approved", "released", "withdrawn"].contains(&state) {
                    count(findings, APPROVALS, || format!("visit {visit} is {state}"));
                }
            }
            status => count(findings, LOST, || format!("visit {visit}: {status}")),
        }
        Ok(())
    }

    /// Whether there is a blob with this digest, and it has it.
    async fn is_there(&self, digest: Sha256) -> bool {
        let bytes = self.blobs.read(digest, MAX_FILE).await;
        bytes.is_ok_and(|bytes| Sha256::of(&bytes) == digest)
    }

    /// Counts all there is beside so many visits and photos that were sent, looks at all steps that were taken, and lets
    /// `incognito verify` look at everything.
    ///
    /// # Errors
    /// If it cannot be looked.
    pub(super) async fn end(
        &self,
        ground: &Ground,
        crowd: &Crowd,
        (visits, photos): (usize, usize),
        findings: &mut Findings,
    ) -> Result<(), String> {
        let stored = self.stored(ground).await?;
        let photos = if self.planted { 0 } else { photos };
        for extra in [stored.0 - self.visits - visits as i64, stored.1 - self.photos - photos as i64] {
            findings.wrong(MORE.0, MORE.1, extra.max(0).unsigned_abs());
            findings.wrong(FEWER.0, FEWER.1, extra.min(0).unsigned_abs());
        }
        if self.planted {
            return Ok(());
        }
        self.compare_steps(ground, crowd, findings).await?;
        findings.wrong(VERIFY.0, VERIFY.1, 0);
        let verified = child::run(&ground.product(), &["verify"])?;
        if !verified.status.success() {
            let output = [verified.stdout, verified.stderr].concat();
            let output = String::from_utf8_lossy(&output);
            output.lines().for_each(|line| count(findings, VERIFY, || line.to_owned()));
        }
        Ok(())
    }

    /// Holds the steps that were taken to those that were asked for, and the reports to those that were seen.
    async fn compare_steps(
        &self,
        ground: &Ground,
        crowd: &Crowd,
        findings: &mut Findings,
    ) -> Result<(), String> {
        for (kind, what) in [journal::LOST, journal::TWICE, journal::ORDER, REPORTS, RELEASES, APPEALS] {
            findings.wrong(kind, what, 0);
        }
        let db = ground.open()?;
        let read = |conn: &mut incognito::db::Conn| Ok((steps(conn)?, reports(conn)?, upheld(conn)?));
        let ((taken, released), stored, upheld) = db.read(read).await.map_err(in_words)?;
        let journal = crowd.journal.borrow();
        for (fault, why) in journal.faults(&taken) {
            count(findings, fault, || why);
        }
        let ids: HashSet<_> = stored.iter().map(|(report, _)| *report).collect();
        for report in crowd.listed.borrow().iter().filter(|report| !ids.contains(report)) {
            count(findings, REPORTS, || report.to_string());
        }
        let mut of_visits = BTreeMap::<VisitId, usize>::new();
        for (_, visit) in &stored {
            *of_visits.entry(*visit).or_default() += 1;
        }
        let both: HashSet<_> = of_visits.keys().chain(released.keys()).collect();
        for visit in both {
            if (of_visits.get(visit), released.get(visit)) != (Some(&1), Some(&1)) {
                count(findings, RELEASES, || visit.to_string());
            }
        }
        let mut corrected = BTreeMap::<VisitId, i64>::new();
        for (visit, steps) in &taken {
            let times = steps.iter().filter(|step| **step == Step::Correct).count();
            *corrected.entry(*visit).or_default() += times as i64;
        }
        for visit in upheld {
            *corrected.entry(visit).or_default() -= 1;
        }
        for (visit, _) in corrected.into_iter().filter(|(_, difference)| *difference != 0) {
            count(findings, APPEALS, || visit.to_string());
        }
        findings.did("reports released", stored.len() as u64);
        for (step, what) in [
            (Step::Return, "returns"),
            (Step::Revise, "revisions"),
            (Step::Withdraw, "withdrawals"),
            (Step::Correct, "appeals upheld"),
        ] {
            findings.did(what, journal.acknowledged(step) as u64);
        }
        Ok(())
    }
}

fn count(findings: &mut Findings, (kind, what): (Wrong, &'static str), why: impl FnOnce() -> String) {
    findings.wrong(kind, what, 1);
    findings.note(format!("{what}: {}", why()));
}

/// The digest of what is kept.
fn digest(visit: &serde_json::Value) -> Option<String> {
    digest::shown(visit).map(|digest| digest.to_string())
}
