//! Qualifications, the certificates that shoppers have, and their tries at the tests.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    checklists::{
        answers::Answers,
        model::{Content, Demand, Question},
    },
    db::{
        schema::{certificate, qualification, qualification_attempt},
        types::{Instant, Json, text_enum},
    },
    error::FieldError,
    ids::{AccountId, AttemptId, BrandId, CertificateId, QualificationId, VersionId},
    limits::Whole,
    precondition::revised,
};

revised!(Qualification, Certificate);

/// Why a version is not for visits.
pub const IS_TEST: &str = "this version is the test of a qualification, and not for visits";

/// What has to be scored in a test, in basis points.
pub type PassMark = Whole<1, 10_000>;
/// For how many days a qualification holds.
pub type ValidDays = Whole<1, 3_650>;
/// How many tries a shopper has within a [`WINDOW`].
pub type MostAttempts = Whole<1, 100>;

/// Tries at a test are counted over so many seconds: 30 days.
pub const WINDOW: i64 = 30 * DAY;
const DAY: i64 = 86_400;

/// What a shopper must have shown to be able to do, for the campaigns that ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = qualification, treat_none_as_default_value = false)]
pub struct Qualification {
    /// Its id.
    pub id: QualificationId,
    /// Whose it is, for good.
    pub brand_id: BrandId,
    /// What it is called.
    pub name: String,
    /// The published version that is its test; without one, only schedulers give it.
    pub version_id: Option<VersionId>,
    /// What has to be scored in the test, in basis points; there exactly if there is a test.
    pub pass_mark: Option<i32>,
    /// For how many days it holds once the test is passed; for good, if there is no limit.
    pub valid_days: Option<i32>,
    /// How many tries a shopper has within 30 days.
    pub most_attempts: i32,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// How a qualification is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// What is to be filled in.
    pub version: VersionId,
    /// What has to be scored, in basis points.
    pub pass_mark: i32,
}

impl Qualification {
    /// Its test, if it has one.
    pub fn test(&self) -> Option<Test> {
        let (version, pass_mark) = self.version_id.zip(self.pass_mark)?;
        Some(Test { version, pass_mark })
    }

    /// The certificate of a shopper who passes the test at this moment.
    pub fn certificate(&self, id: CertificateId, shopper: AccountId, now: Instant) -> Certificate {
        Certificate {
            id,
            qualification_id: self.id,
            shopper_id: shopper,
            source: CertificateSource::Test,
            granted_by: None,
            note: None,
            valid_from: now,
            expires_at: self.valid_days.map(|days| now.plus_seconds(i64::from(days) * DAY)),
            revoked_at: None,
            revision: 1,
            created_at: now,
        }
    }
}

impl Test {
    /// Whether this score, in basis points, is enough; none never is.
    pub fn is_passed_with(&self, score: Option<i32>) -> bool {
        score.is_some_and(|score| score >= self.pass_mark)
    }
}

text_enum! {
    /// Where a certificate comes from.
    pub enum CertificateSource {
        /// Its shopper passed the test.
        Test = "test",
        /// A scheduler entered it.
        Scheduler = "scheduler",
    }
}

/// That a shopper is qualified, from some moment on.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = certificate, treat_none_as_default_value = false)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// For what, for good.
    pub qualification_id: QualificationId,
    /// Who is qualified, for good.
    pub shopper_id: AccountId,
    /// Where it comes from.
    pub source: CertificateSource,
    /// The scheduler who entered it; none if it comes from the test.
    pub granted_by: Option<AccountId>,
    /// What the scheduler says of it.
    pub note: Option<String>,
    /// From when on it holds.
    pub valid_from: Instant,
    /// From when on it does not hold any more; none if it holds for good.
    pub expires_at: Option<Instant>,
    /// When it was taken back, which is for good.
    pub revoked_at: Option<Instant>,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// What a shopper is qualified by at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qualified {
    /// The qualification.
    pub by: QualificationId,
    /// From when on not any more; none if for good.
    pub until: Option<Instant>,
}

impl Certificate {
    /// Whether it qualifies its shopper at this moment.
    pub fn holds_at(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.valid_from <= now && self.expires_at.is_none_or(|end| now < end)
    }

    /// When it ends, as far as moments go: what never ends is later than all that does.
    pub fn end(&self) -> Instant {
        self.expires_at.unwrap_or(Instant::from_micros(i64::MAX))
    }
}

/// One try at a test; never changes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = qualification_attempt, treat_none_as_default_value = false)]
pub struct Attempt {
    /// Made on the shopper's device.
    pub id: AttemptId,
    /// At which test.
    pub qualification_id: QualificationId,
    /// Whose it is.
    pub shopper_id: AccountId,
    /// The version that was filled in, and under which it was scored.
    pub version_id: VersionId,
    /// What was answered.
    pub answers: Json<Answers>,
    /// Basis points; none if nothing that was answered carries points.
    pub score: Option<i32>,
    /// Whether that was enough at that time.
    pub passed: bool,
    /// What came of it.
    pub certificate_id: Option<CertificateId>,
    /// When it arrived.
    pub taken_at: Instant,
}

/// How many more tries a shopper has at a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptsLeft {
    /// So many now.
    pub left: usize,
    /// Where none is left: when there is one again.
    pub next_at: Option<Instant>,
}

impl AttemptsLeft {
    /// What is left of so many within any [`WINDOW`], after the tries that began at these moments.
    pub fn of(most: i32, taken: &[Instant], now: Instant) -> Self {
        let most = usize::try_from(most).unwrap_or_default();
        let until = |at: Instant| at.plus_seconds(WINDOW);
        let mut counted: Vec<_> = taken.iter().copied().filter(|at| now < until(*at)).collect();
        counted.sort_unstable();
        // There may be more than `most`, which can have become less: all but `most - 1` have to grow old first.
        let last = counted.len().checked_sub(most).and_then(|before| counted.get(before));
        Self { left: most.saturating_sub(counted.len()), next_at: last.copied().map(until) }
    }
}

/// Why this content cannot be a test, which is answered without files and must not tell before it is scored whether
/// answers are right; nothing if it can.
pub fn unfit(content: &Content) -> Vec<FieldError> {
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    questions.filter_map(|question| objection(question).map(|why| refused(question, why))).collect()
}

fn refused(question: &Question, (code, why): (&'static str, &str)) -> FieldError {
    FieldError::new("/checklist_version_id", code, format!("its question {} {why}", question.key))
}

fn objection(question: &Question) -> Option<(&'static str, &'static str)> {
    let gives_away = |demand| matches!(demand, Some(Demand::Below { .. }));
    match question {
        _ if question.answer.is_answered_by_files() => {
            Some(("needs_evidence", "is answered by files, which a test has not"))
        }
        _ if matches!(question.photo, Some(Demand::Always {})) => {
            Some(("needs_evidence", "needs a photo, which a test has not"))
        }
        _ if gives_away(question.photo) || gives_away(question.comment) => Some((
            "gives_away",
            "asks for more where an answer earns little, and so tells which answers are right",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
