//! What a visit's digest is of: its content, in which every part that may have to be erased stands as a salted digest.
//! So such a part can go with its salt, and digest, receipt and all that was signed over them stay true.
//!
//! `tests/vectors/README.md` has the rules for those who check a digest elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    model::Submission,
    outcome::{Obstacle, OutcomeWords, VisitOutcome},
    phone::{Device, Position, Positions, Purpose, Spent, SpentAmount},
};
use crate::{
    checklists::{
        answers::{Answer, AnswerValue},
        key::Key,
        manifest::{Entry, MediaType},
        model::AnswerKind,
        prepared::Prepared,
    },
    db::types::{Instant, Sha256},
    error::{Error, Result, escape},
    ids::{AssignmentId, EvidenceId, VersionId},
    limits::Currency,
    seals::salted::Salt,
};

/// By JSON pointer into the content.
pub type ByPointer<T> = BTreeMap<String, T>;

const DEVICE: &str = "/device";
const POSITIONS: &str = "/positions";
const OUTCOME: &str = "/outcome/words";

/// What stands in a visit's digest in place of the parts that may have to be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The salts of the parts that are here.
    pub salts: ByPointer<Salt>,
    /// The digests of those that were erased.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub erased: ByPointer<Sha256>,
}

impl Parts {
    /// New salts for all parts of this content that may have to be erased: what was written in free words, positions, the
    /// phone, and the digest of each file.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub fn of(content: &Submission, checklist: &Prepared) -> Result<Self> {
        let pointers = pointers(content, checklist);
        let salts = Salt::some(pointers.len())?;
        Ok(Self { salts: pointers.into_iter().zip(salts).collect(), erased: ByPointer::new() })
    }

    /// New salts for the content that takes the place of another, from which parts were erased: what stands for these stays.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub fn renewed(
        old: Option<&Self>,
        was: &Submission,
        content: &Submission,
        checklist: &Prepared,
    ) -> Result<Self> {
        let mut parts = Self::of(content, checklist)?;
        for (pointer, digest) in old.into_iter().flat_map(|old| &old.erased) {
            let place = pointer.strip_prefix("/manifest/").and_then(|rest| rest.split('/').next());
            let pointer = match place.and_then(|place| place.parse::<usize>().ok()) {
                None => Some(pointer.clone()),
                // Files that rules hide by now are not in it any more.
                Some(place) => was.manifest.iter().nth(place).and_then(|file| {
                    content.manifest.iter().position(|other| other.id == file.id).map(at_file)
                }),
            };
            if let Some(pointer) = pointer {
                parts.salts.remove(&pointer);
                parts.erased.insert(pointer, *digest);
            }
        }
        Ok(parts)
    }

    /// What stands for the digest of the file at this place of the manifest.
    ///
    /// # Errors
    /// `internal` if there is no salt for it.
    pub fn of_file(&self, place: usize, file: &Entry) -> Result<Sha256> {
        match self.stands(&at_file(place), Some(file.sha256))? {
            Some(Stands::Digest(digest)) => Ok(digest),
            _ => Err(Error::internal("a file has no salt")),
        }
    }

    /// What stands for the part at this place.
    fn stands<T: Serialize>(&self, pointer: &str, part: Option<T>) -> Result<Option<Stands<T>>> {
        if let Some(digest) = self.erased.get(pointer) {
            return Ok(Some(Stands::Digest(*digest)));
        }
        let Some(part) = part else { return Ok(None) };
        Ok(Some(match self.salts.get(pointer) {
            Some(salt) => Stands::Digest(salt.digest(&part).map_err(Error::internal)?),
            None => Stands::Bare(part),
        }))
    }

    fn is_empty(&self) -> bool {
        self.salts.is_empty() && self.erased.is_empty()
    }
}

fn at_file(place: usize) -> String {
    format!("/manifest/{place}/sha256")
}

fn at_answer(key: &Key, member: &str) -> String {
    format!("/answers/{}/{member}", escape(key.as_str()))
}

fn pointers(content: &Submission, checklist: &Prepared) -> Vec<String> {
    let is_text = |key: &Key| {
        let question = checklist.question(key.as_str());
        question.is_some_and(|question| matches!(question.answer, AnswerKind::Text { .. }))
    };
    let mut pointers = Vec::new();
    for (key, answer) in content.answers.iter() {
        pointers.extend(answer.comment.as_ref().map(|_| at_answer(key, "comment")));
        match &answer.value {
            Some(AnswerValue::Location(_)) => pointers.push(at_answer(key, "value")),
            Some(AnswerValue::Text(_)) if is_text(key) => pointers.push(at_answer(key, "value")),
            _ => {}
        }
    }
    pointers.extend(content.device.as_ref().map(|_| DEVICE.to_owned()));
    pointers.extend((0..content.manifest.len()).map(at_file));
    let words = content.outcome.as_ref().and_then(|outcome| outcome.words.as_ref());
    pointers.extend(words.map(|_| OUTCOME.to_owned()));
    pointers.extend((!content.positions.is_empty()).then(|| POSITIONS.to_owned()));
    pointers
}

/// Takes a part out of a content, whose digest stays. Of a file the digest of its bytes is replaced; what it is of stays.
pub fn take_out(content: &mut Submission, pointer: &str, digest: Sha256) {
    let mut steps = pointer.split('/').skip(1);
    match (steps.next(), steps.next(), steps.next()) {
        (Some("device"), None, _) => content.device = None,
        (Some("positions"), None, _) => content.positions = Positions::default(),
        (Some("outcome"), Some("words"), _) => {
            content.outcome.iter_mut().for_each(|outcome| outcome.words = None);
        }
        (Some("manifest"), Some(place), _) => {
            let file = place.parse().ok().and_then(|place: usize| content.manifest.get_mut(place));
            file.into_iter().for_each(|file| file.sha256 = digest);
        }
        (Some("answers"), Some(key), member) => {
            let answer = content.answers.get_mut(key);
            answer.into_iter().for_each(|answer| match member {
                Some("comment") => answer.comment = None,
                _ => answer.value = None,
            });
        }
        _ => {}
    }
}

impl Parts {
    /// Erases the part at this place of a content, with its salt; says whether there was one.
    ///
    /// # Errors
    /// `internal` if the digest that stays cannot be computed.
    pub fn erase(&mut self, content: &mut Submission, pointer: &str) -> Result<bool> {
        let Some(salt) = self.salts.get(pointer) else { return Ok(false) };
        let json = serde_json::to_value(&*content).map_err(Error::internal)?;
        let Some(part) = json.pointer(pointer) else { return Ok(false) };
        let digest = salt.digest(part).map_err(Error::internal)?;
        take_out(content, pointer, digest);
        self.salts.remove(pointer);
        self.erased.insert(pointer.to_owned(), digest);
        Ok(true)
    }
}

/// The digest of a content. Without parts it is of the content as it was written: so it was for the first visits.
///
/// # Errors
/// `internal` if a position has no salt.
pub fn content_hash(content: &Submission, parts: Option<&Parts>) -> Result<Sha256> {
    match parts {
        None => Sha256::of_json(content).map_err(Error::internal),
        Some(parts) => attested(content, parts).map(|json| Sha256::of(&json)),
    }
}

/// The canonical JSON (RFC 8785) that the digest is of. The members of the types below stand in their order, and there are
/// whole numbers only: so what serde writes is canonical as it is, in a tenth of the time. A test holds it to that.
///
/// # Errors
/// `internal` if a position has no salt: it would bring other numbers.
pub fn attested(content: &Submission, parts: &Parts) -> Result<Vec<u8>> {
    let answers = content.answers.iter();
    let files = content.manifest.iter().enumerate();
    let positions = (!content.positions.is_empty()).then_some(&*content.positions);
    let attested = AttestedContent {
        answers: answers
            .map(|(key, answer)| Ok((key.as_str(), AttestedAnswer::of(key, answer, parts)?)))
            .collect::<Result<_>>()?,
        assignment_id: content.assignment_id,
        checklist_version_id: content.checklist_version_id,
        device: parts.stands(DEVICE, content.device.as_ref())?,
        ended_at: content.ended_at,
        manifest: files.map(|(place, file)| AttestedFile::of(place, file, parts)).collect::<Result<_>>()?,
        outcome: content.outcome.as_ref().map(|one| AttestedOutcome::of(one, parts)).transpose()?,
        positions: parts.stands(POSITIONS, positions)?,
        spent: content.spent.iter().map(AttestedSpent::of).collect(),
        started_at: content.started_at,
    };
    if attested.has_bare_positions() {
        return Err(Error::internal("a position has no salt"));
    }
    serde_json::to_vec(&attested).map_err(Error::internal)
}

/// A part, or the digest that stands for it.
#[derive(Serialize)]
#[serde(untagged)]
enum Stands<T> {
    Bare(T),
    Digest(Sha256),
}

#[derive(Serialize)]
struct AttestedContent<'c> {
    answers: BTreeMap<&'c str, AttestedAnswer<'c>>,
    assignment_id: AssignmentId,
    checklist_version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Stands<&'c Device>>,
    ended_at: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    manifest: Vec<AttestedFile<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<AttestedOutcome<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<Stands<&'c [Position]>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spent: Vec<AttestedSpent<'c>>,
    started_at: Instant,
}

impl AttestedContent<'_> {
    fn has_bare_positions(&self) -> bool {
        let is_bare = |answer: &AttestedAnswer<'_>| {
            matches!(answer.value, Some(Stands::Bare(AnswerValue::Location(_))))
        };
        matches!(self.positions, Some(Stands::Bare(_))) || self.answers.values().any(is_bare)
    }
}

#[derive(Serialize)]
struct AttestedAnswer<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Stands<&'c str>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_applicable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Stands<&'c AnswerValue>>,
}

impl<'c> AttestedAnswer<'c> {
    fn of(key: &Key, answer: &'c Answer, parts: &Parts) -> Result<Self> {
        let (comment, value) = (answer.comment.as_deref(), answer.value.as_ref());
        let not_applicable = answer.not_applicable;
        if parts.is_empty() {
            return Ok(Self {
                comment: comment.map(Stands::Bare),
                not_applicable,
                value: value.map(Stands::Bare),
            });
        }
        Ok(Self {
            comment: parts.stands(&at_answer(key, "comment"), comment)?,
            not_applicable,
            value: parts.stands(&at_answer(key, "value"), value)?,
        })
    }
}

#[derive(Serialize)]
struct AttestedFile<'c> {
    id: EvidenceId,
    media_type: MediaType,
    question: &'c Key,
    sha256: Option<Stands<Sha256>>,
    size: u64,
}

impl<'c> AttestedFile<'c> {
    fn of(place: usize, file: &'c Entry, parts: &Parts) -> Result<Self> {
        let Entry { id, question, media_type, size, sha256 } = file;
        let sha256 = parts.stands(&at_file(place), Some(*sha256))?;
        Ok(Self { id: *id, media_type: *media_type, question, sha256, size: *size })
    }
}

#[derive(Serialize)]
struct AttestedOutcome<'c> {
    kind: Obstacle,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Stands<&'c str>>,
}

impl<'c> AttestedOutcome<'c> {
    fn of(outcome: &'c VisitOutcome, parts: &Parts) -> Result<Self> {
        let words = outcome.words.as_ref().map(OutcomeWords::as_str);
        Ok(Self { kind: outcome.kind, words: parts.stands(OUTCOME, words)? })
    }
}

#[derive(Serialize)]
struct AttestedSpent<'c> {
    amount: SpentAmount,
    currency: &'c Currency,
    what: Purpose,
}

impl<'c> AttestedSpent<'c> {
    fn of(spent: &'c Spent) -> Self {
        Self { amount: spent.amount, currency: &spent.currency, what: spent.what }
    }
}

#[cfg(test)]
mod tests;
