//! What is kept of checklists and of their published versions.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use super::{
    counted::{Subject, SubjectNumber},
    manifest::Filled,
    model::{Content, Question},
    prepared::Prepared,
};
use crate::{
    db::{
        schema::{checklist, checklist_version},
        types::{Instant, Sha256},
    },
    error::{Error, Result},
    ids::{BrandId, ChecklistId, VersionId},
    limits::BasisPoints,
    precondition::revised,
};

/// A checklist, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = checklist)]
pub struct Checklist {
    /// Its id.
    pub id: ChecklistId,
    /// Whose it is, for good.
    pub brand_id: BrandId,
    /// What the operator's people call it.
    pub name: String,
    /// Counts changes of the name, for the ETag; the draft has an ETag of its own.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

revised!(Checklist);

/// A published version, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = checklist_version)]
pub struct Published {
    /// Its id.
    pub id: VersionId,
    /// The checklist that it is a version of.
    pub checklist_id: ChecklistId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// Counts the versions of the checklist, from 1.
    pub number: i32,
    /// The SHA-256 of its content.
    #[diesel(column_name = content_hash)]
    pub hash: Sha256,
    /// When it was published.
    pub published_at: Instant,
}

/// A published version with its content.
#[derive(Clone, Debug)]
pub struct PublishedContent {
    /// The version.
    pub version: Published,
    /// Its content.
    pub content: Content,
}

/// A published version, ready to check and score answers. It never changes.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The checklist that it is a version of.
    pub checklist_id: ChecklistId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// Counts the versions of the checklist, from 1.
    pub number: i32,
    /// The SHA-256 of its content: its ETag, and the ETag of the draft that it was made from.
    pub hash: Sha256,
    /// When it was published.
    pub published_at: Instant,
    /// Its content, ready to check and score answers.
    pub prepared: Prepared,
    /// Its [subjects](Prepared::counted_subjects) in their order, each with its number.
    subjects: Vec<(SubjectNumber, Subject)>,
}

impl Version {
    /// The version with this content and these subjects.
    pub(super) fn new(
        published: Published,
        prepared: Prepared,
        subjects: Vec<(SubjectNumber, Subject)>,
    ) -> Self {
        let Published { id, checklist_id, brand_id, number, hash, published_at } = published;
        Self { id, checklist_id, brand_id, number, hash, published_at, prepared, subjects }
    }

    /// The number of this subject, if visits with this version may be scored in it.
    pub fn number_of(&self, subject: &Subject) -> Option<SubjectNumber> {
        match subject {
            Subject::Overall => Some(SubjectNumber::OVERALL),
            _ => self.subjects.iter().find(|(_, one)| one == subject).map(|(number, _)| *number),
        }
    }

    /// What a visit scores in each subject in which it has a score, in basis points.
    pub fn count<'f>(&self, filled: impl Into<Filled<'f>>) -> Vec<(SubjectNumber, i32)> {
        self.score_by_subject(filled).all()
    }

    /// What a visit scores, from which is taken what is wanted of it.
    pub fn score_by_subject<'f>(&self, filled: impl Into<Filled<'f>>) -> ScoresBySubject<'_> {
        let (overall, parts) = self.prepared.count(filled);
        ScoresBySubject { version: self, overall, parts }
    }
}

/// What a visit scores as a whole and in each subject of its version.
#[derive(Debug)]
pub struct ScoresBySubject<'v> {
    version: &'v Version,
    overall: Option<BasisPoints>,
    /// In the order of the version's subjects.
    parts: Vec<Option<i32>>,
}

impl ScoresBySubject<'_> {
    /// In each subject in which it has a score, in basis points.
    pub fn all(&self) -> Vec<(SubjectNumber, i32)> {
        self.where_wanted(|_| true)
    }

    /// The same without the subjects that are about a single question which is not shown.
    pub fn shown(&self, is_shown: impl Fn(&Question) -> bool) -> Vec<(SubjectNumber, i32)> {
        let question = |subject: &Subject| self.version.prepared.question(subject.question()?.as_str());
        self.where_wanted(|subject| subject.question().is_none() || question(subject).is_some_and(&is_shown))
    }

    fn where_wanted(&self, is_wanted: impl Fn(&Subject) -> bool) -> Vec<(SubjectNumber, i32)> {
        let overall = self.overall.map(|score| (SubjectNumber::OVERALL, score.get()));
        let part = |((number, subject), score): (&(SubjectNumber, Subject), &Option<i32>)| {
            score.filter(|_| is_wanted(subject)).map(|score| (*number, score))
        };
        let parts = self.version.subjects.iter().zip(&self.parts);
        overall.into_iter().chain(parts.filter_map(part)).collect()
    }
}

/// What stands for the content of a version where parts of it are not to be known: by its hash a shopper could try out which
/// question is a control question, and what answers earn.
///
/// # Errors
/// `internal` if it cannot be JSON.
pub fn stand_in(version: VersionId) -> Result<Sha256> {
    Sha256::of_json(&("version", version)).map_err(Error::internal)
}

/// The SHA-256 of a content: equal contents have equal hashes, on both engines.
///
/// # Errors
/// `internal` if it cannot be JSON.
pub fn hash(content: &Content) -> Result<Sha256> {
    Sha256::of_json(content).map_err(Error::internal)
}
