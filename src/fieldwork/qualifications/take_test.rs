//! Trying the test of a qualification: it is scored at once, and if it is passed, there is a certificate.

use super::{
    model::{Attempt, AttemptsLeft, Qualification, Test, WINDOW},
    store::{self, attempts, certificates},
};
use crate::{
    accounts::policy::Scope,
    checklists::{answers::Answers, cache::Version, manifest::Manifest},
    db::{
        Conn,
        types::{Instant, Json, Sha256},
    },
    error::{Code, Error, Result},
    ids::{AccountId, AttemptId, CertificateId, QualificationId, VersionId},
};

/// A qualification that has a test.
#[derive(Clone, Debug)]
pub struct TestedQualification {
    /// The qualification.
    pub qualification: Qualification,
    /// Its test.
    pub test: Test,
}

/// The qualification with its test, for a shopper of its brand.
///
/// # Errors
/// `not_found` if there is none, or it has no test, or the shopper does not work for its brand.
pub fn tested(conn: &mut Conn, scope: &Scope, id: QualificationId) -> Result<TestedQualification> {
    let found = store::find(conn, id)?.filter(|found| scope.works_for(found.brand_id));
    let tested = found.and_then(|qualification| {
        let test = qualification.test()?;
        Some(TestedQualification { qualification, test })
    });
    tested.ok_or_else(|| Error::new(Code::NotFound))
}

/// The version under which a try at a test is scored: its own, if the caller made it before.
///
/// # Errors
/// As [`tested`].
pub fn version_of(conn: &mut Conn, scope: &Scope, of: QualificationId, id: AttemptId) -> Result<VersionId> {
    match attempts::version_of(conn, scope.account, of, id)? {
        Some(version) => Ok(version),
        None => tested(conn, scope, of).map(|tested| tested.test.version),
    }
}

/// What stands for a version where its id is not to be known: a shopper who has that can read what answers earn.
pub fn stand_in(version: VersionId) -> Sha256 {
    Sha256::of(version.uuid().as_bytes())
}

/// A test as a shopper filled it in.
#[derive(Clone, Debug)]
pub struct FilledInTest {
    /// What stands for the version that was filled in.
    pub hash: Sha256,
    /// The answers.
    pub answers: Answers,
}

/// What can be kept of a test that was filled in, and what it scores.
#[derive(Clone, Debug)]
pub struct ScoredTest {
    /// The version that was filled in.
    pub version: VersionId,
    /// What was answered, without what was hidden.
    pub answers: Json<Answers>,
    /// Basis points; none if nothing that was answered carries points.
    pub score: Option<i32>,
}

impl FilledInTest {
    /// Checks and scores it under this version.
    ///
    /// # Errors
    /// `conflict` if another version was filled in; `invalid` with all that is wrong with the answers.
    pub fn score(self, version: &Version) -> Result<ScoredTest> {
        if self.hash != stand_in(version.id) {
            return Err(another_test());
        }
        let (answers, _) = version.prepared.without_hidden(self.answers, Manifest::default());
        let wrong = version.prepared.check_answers(&answers);
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        let score = version.prepared.overall(&answers).map(|score| score.get());
        Ok(ScoredTest { version: version.id, answers: Json(answers), score })
    }
}

fn another_test() -> Error {
    Error::new(Code::Conflict).detail("the test has become another: read it again")
}

/// A try at a test that was scored and is now to be kept.
#[derive(Clone, Debug)]
pub struct ScoredAttempt {
    /// Made on the shopper's device.
    pub id: AttemptId,
    /// At which test.
    pub qualification: QualificationId,
    /// What was filled in.
    pub test: ScoredTest,
    /// The certificate's id, if it comes to one.
    pub certificate: CertificateId,
}

impl ScoredAttempt {
    /// The try as it is kept, with the certificate that came of it.
    fn attempt(&self, shopper_id: AccountId, certificate_id: Option<CertificateId>, now: Instant) -> Attempt {
        Attempt {
            id: self.id,
            qualification_id: self.qualification,
            shopper_id,
            version_id: self.test.version,
            answers: self.test.answers.clone(),
            score: self.test.score,
            passed: certificate_id.is_some(),
            certificate_id,
            taken_at: now,
        }
    }
}

/// What a try came to.
#[derive(Clone, Debug)]
pub struct TakenTest {
    /// The try as it is kept.
    pub attempt: Attempt,
    /// What is left now.
    pub left: AttemptsLeft,
    /// Whether it was kept just now.
    pub is_new: bool,
}

/// Keeps a try of the caller's exactly once, with the certificate if it is passed; the same again is the one that is
/// there.
///
/// # Errors
/// `conflict` if it is there with other answers or for another test, or the test has become another meanwhile;
/// `no_attempts_left`; `not_found` if the id is another shopper's, or as [`tested`].
pub fn take_test(conn: &mut Conn, scope: &Scope, scored: &ScoredAttempt, now: Instant) -> Result<TakenTest> {
    let shopper = scope.account;
    if let Some(kept) = attempts::find(conn, scored.id)? {
        return same_again(conn, shopper, kept, scored, now);
    }
    let TestedQualification { qualification: of, test } = tested(conn, scope, scored.qualification)?;
    if test.version != scored.test.version {
        return Err(another_test());
    }
    require_attempt_left(attempts_left(conn, shopper, &of, now)?, now)?;
    let passed = test.is_passed_with(scored.test.score);
    let certificate = passed.then(|| of.certificate(scored.certificate, shopper, now));
    if let Some(certificate) = &certificate {
        certificates::insert_certificate(conn, certificate)?;
    }
    let attempt = scored.attempt(shopper, certificate.map(|given| given.id), now);
    attempts::insert_attempt(conn, &attempt)?;
    let left = attempts_left(conn, shopper, &of, now)?;
    Ok(TakenTest { attempt, left, is_new: true })
}

fn same_again(
    conn: &mut Conn,
    shopper: AccountId,
    kept: Attempt,
    sent: &ScoredAttempt,
    now: Instant,
) -> Result<TakenTest> {
    let not_found = || Error::new(Code::NotFound);
    let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
    if kept.shopper_id != shopper {
        return Err(not_found());
    }
    if kept.qualification_id != sent.qualification {
        return conflict("a try with this id was made at another test");
    }
    if kept.answers != sent.test.answers {
        return conflict("a try with this id is there, with other answers");
    }
    let of = store::find(conn, kept.qualification_id)?.ok_or_else(not_found)?;
    let left = attempts_left(conn, shopper, &of, now)?;
    Ok(TakenTest { attempt: kept, left, is_new: false })
}

/// Refuses one try too many, and says when the next one can be made.
fn require_attempt_left(left: AttemptsLeft, now: Instant) -> Result<()> {
    let Some(next) = left.next_at else { return Ok(()) };
    let wait = next.micros().saturating_sub(now.micros()).max(0).unsigned_abs().div_ceil(1_000_000);
    let detail = format!("the next try can be made at {next}");
    Err(Error::new(Code::NoAttemptsLeft).detail(detail).after(wait))
}

fn attempts_left(
    conn: &mut Conn,
    shopper: AccountId,
    of: &Qualification,
    now: Instant,
) -> Result<AttemptsLeft> {
    let taken = attempts::moments(conn, shopper, &[of.id], now.plus_seconds(-WINDOW))?;
    let taken: Vec<_> = taken.into_iter().map(|(_, at)| at).collect();
    Ok(AttemptsLeft::of(of.most_attempts, &taken, now))
}
