//! A checklist of thirty questions, and visits that answer it, each otherwise.

use incognito::{
    checklists::{
        answers::{Answer, AnswerValue, Answers},
        manifest::{Entry, Manifest, MediaType},
        model::{AnswerKind, Content, Question},
    },
    db::types::{Id, Instant, Sha256},
    ids::{AssignmentId, VersionId, VisitId},
    visits::{
        model::Submission,
        phone::{Expenses, Positions},
    },
};
use serde_json::{Value, json};

use super::{camera::Snapshot, client};

/// So many visits are told in advance; what is sent is one of these with ids of its own.
const TEMPLATES: u64 = 256;
/// How many characters an id has.
const ID_LENGTH: usize = 36;
/// Stands where the assignment's id is to be.
const ASSIGNMENT: uuid::Uuid = uuid::Uuid::from_u128(0xa551_9000_0000_4000_8000_0000_0000_0001);
/// Stands where the visit's id is to be, so that no two visits say the same.
const VISIT: uuid::Uuid = uuid::Uuid::from_u128(0x0715_1700_0000_4000_8000_0000_0000_0002);
/// Stands where a photo's id is to be …
const PHOTO: uuid::Uuid = uuid::Uuid::from_u128(0xb407_0000_0000_4000_8000_0000_0000_0003);
/// … and where its digest is.
const DIGEST: Sha256 = Sha256::from_bytes([0xb4; 32]);
/// How many characters a digest has.
const DIGEST_LENGTH: usize = 64;
/// The question that photos stand beside.
const ILLUSTRATED: &str = "s0_q0";

/// Five sections of six questions each, of every kind.
///
/// # Errors
/// None, as long as it is a checklist.
pub(crate) fn checklist() -> Result<Content, serde_json::Error> {
    let text = |text: String| json!({ "fr": format!("{text} ?"), "en": text });
    let option =
        |key: &str, points: i64| json!({ "key": key, "text": text(key.to_owned()), "points": points });
    let question = |section: usize, number: usize| {
        let (answer, extra) = match number {
            0 => (json!({ "kind": "yes_no" }), json!({ "critical": { "effect": "cap", "score": 7000 } })),
            1 => (json!({ "kind": "yes_no", "expect": "no" }), json!({ "not_applicable": true })),
            2 => (json!({ "kind": "scale", "from": 1, "to": 5 }), json!({ "weight": 3 })),
            3 => {
                (json!({ "kind": "scale", "from": 0, "to": 10, "reversed": true }), json!({ "bonus": true }))
            }
            4 => {
                let options = [option("none", 0), option("some", 5), option("all", 10)];
                (json!({ "kind": "one_choice", "options": options }), json!({ "weight": 2 }))
            }
            _ => (json!({ "kind": "text", "max_length": 500 }), json!({ "required": section == 0 })),
        };
        let asked = text(format!("Section {section}, question {number}: what did you see"));
        let mut question = json!({ "key": format!("s{section}_q{number}"), "text": asked, "answer": answer });
        if let (Value::Object(question), Value::Object(extra)) = (&mut question, extra) {
            question.extend(extra);
        }
        question
    };
    let section = |section: usize| {
        let questions: Vec<_> = (0..6).map(|number| question(section, number)).collect();
        json!({ "key": format!("s{section}"), "title": text(format!("Section {section}")), "questions": questions })
    };
    let sections: Vec<_> = (0..5).map(section).collect();
    serde_json::from_value(
        json!({ "title": text("Bench".to_owned()), "languages": ["en", "fr"], "sections": sections }),
    )
}

/// Answers to all questions; other dice, other answers.
pub(crate) fn answers(content: &Content, dice: &mut Dice) -> Answers {
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    questions.map(|question| (question.key.clone(), answer(question, dice))).collect()
}

fn answer(question: &Question, dice: &mut Dice) -> Answer {
    if question.not_applicable && dice.below(8) == 0 {
        return Answer { not_applicable: true, ..Answer::default() };
    }
    let value = match &question.answer {
        AnswerKind::YesNo { .. } => AnswerValue::Bool(dice.below(8) != 0),
        AnswerKind::Scale { from, to, .. } => {
            AnswerValue::Integer(i64::from(*from) + dice.below(u64::from(to.abs_diff(*from)) + 1) as i64)
        }
        AnswerKind::OneChoice { options } => {
            let chosen = dice.below(options.len() as u64) as usize;
            AnswerValue::Text(options.get(chosen).map(|option| option.key.to_string()).unwrap_or_default())
        }
        _ => AnswerValue::Text(format!(
            "They said good morning, looked up, and helped within {} minutes. {VISIT}",
            dice.below(10)
        )),
    };
    Answer { value: Some(value), ..Answer::default() }
}

/// Numbers that look random and are the same every time (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below this one.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Visits that are ready to be sent but for their ids.
#[derive(Clone)]
pub(crate) struct Submissions(Vec<Template>);

#[derive(Clone)]
struct Template {
    body: Vec<u8>,
    assignment_at: usize,
    visit_at: Vec<usize>,
    /// Where a photo's id and its digest are, if there is one.
    photo_at: Option<(usize, usize)>,
}

impl Submissions {
    /// Visits under this version, which end now.
    ///
    /// # Errors
    /// None, as long as a submission can be written as JSON.
    pub(crate) fn new(
        content: &Content,
        version: VersionId,
        now: Instant,
    ) -> Result<Self, serde_json::Error> {
        Self::with_files(content, version, now, &Manifest::default())
    }

    /// The same with a photo each, of so many bytes, beside the first answer.
    ///
    /// # Errors
    /// As [`Submissions::new`].
    pub(crate) fn with_photo(
        content: &Content,
        version: VersionId,
        now: Instant,
        size: usize,
    ) -> Result<Self, serde_json::Error> {
        let photo = Entry {
            id: Id::new(PHOTO),
            question: serde_json::from_value(ILLUSTRATED.into())?,
            media_type: MediaType::Jpeg,
            size: size as u64,
            sha256: DIGEST,
        };
        Self::with_files(content, version, now, &Manifest::from_iter([photo]))
    }

    fn with_files(
        content: &Content,
        version: VersionId,
        now: Instant,
        files: &Manifest,
    ) -> Result<Self, serde_json::Error> {
        let submission = |seed| Submission {
            assignment_id: Id::new(ASSIGNMENT),
            checklist_version_id: version,
            started_at: now.plus_seconds(-1800),
            ended_at: now,
            answers: answers(content, &mut Dice(seed)),
            manifest: files.clone(),
            positions: Positions::default(),
            device: None,
            outcome: None,
            spent: Expenses::default(),
        };
        (0..TEMPLATES).map(|seed| Template::new(&submission(seed))).collect::<Result<_, _>>().map(Self)
    }

    /// Writes the request that submits a visit for this assignment with this token.
    pub(crate) fn write(&self, request: &mut Vec<u8>, token: &str, visit: VisitId, assignment: AssignmentId) {
        self.write_with(request, token, visit, assignment, None);
    }

    /// The same with this photo, if these visits have one.
    pub(crate) fn write_with(
        &self,
        request: &mut Vec<u8>,
        token: &str,
        visit: VisitId,
        assignment: AssignmentId,
        photo: Option<&Snapshot>,
    ) {
        let number = usize::from(visit.uuid().as_bytes()[0]) % self.0.len().max(1);
        let Some(template) = self.0.get(number) else { return };
        let (mut space, mut hex) = ([0; ID_LENGTH], [0; DIGEST_LENGTH]);
        let id: &[u8] = visit.uuid().hyphenated().encode_lower(&mut space).as_bytes();
        for part in [b"PUT /v1/visits/", id, b" HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer "] {
            request.extend_from_slice(part);
        }
        request.extend_from_slice(token.as_bytes());
        request.extend_from_slice(b"\r\n");
        client::end(request, &template.body);
        let body = request.len() - template.body.len();
        let mut put = |at: usize, text: &[u8]| {
            if let Some(place) = request.get_mut(body + at..body + at + text.len()) {
                place.copy_from_slice(text);
            }
        };
        template.visit_at.iter().for_each(|&at| put(at, id));
        put(template.assignment_at, assignment.uuid().hyphenated().encode_lower(&mut space).as_bytes());
        if let Some(((photo_at, digest_at), photo)) = template.photo_at.zip(photo) {
            put(photo_at, photo.id.uuid().hyphenated().encode_lower(&mut space).as_bytes());
            data_encoding::HEXLOWER.encode_mut(&photo.digest, &mut hex);
            put(digest_at, &hex);
        }
    }
}

impl Template {
    fn new(submission: &Submission) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_string(submission)?;
        let places = |text: String| body.match_indices(&text).map(|(at, _)| at).collect::<Vec<_>>();
        let assignment_at = places(ASSIGNMENT.to_string()).first().copied().unwrap_or_default();
        let visit_at = places(VISIT.to_string());
        let photo_at = body.find(&PHOTO.to_string()).zip(body.find(&DIGEST.to_string()));
        Ok(Self { assignment_at, visit_at, photo_at, body: body.into_bytes() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::bench::camera::{self, Camera};
    use incognito::checklists::prepared::Prepared;

    #[test]
    fn every_visit_is_one_that_the_checklist_takes() {
        let content = checklist().unwrap();
        assert_eq!(content.check(), []);
        assert_eq!(content.sections.iter().map(|section| section.questions.len()).sum::<usize>(), 30);
        let prepared = Prepared::new(content);
        for seed in 0..TEMPLATES {
            let answers = answers(prepared.content(), &mut Dice(seed));
            assert_eq!(prepared.check_answers(&answers), []);
            assert!(prepared.score(&answers).overall.is_some());
        }
    }

    #[test]
    fn what_is_sent_has_ids_of_its_own() {
        let content = checklist().unwrap();
        let version = Id::new(uuid::Uuid::from_u128(3));
        let submissions =
            Submissions::new(&content, version, Instant::from_micros(1_700_000_000_000_000)).unwrap();
        let (visit, assignment) =
            (Id::new(uuid::Uuid::from_u128(7 << 120)), Id::new(uuid::Uuid::from_u128(9)));
        let mut request = Vec::new();
        submissions.write(&mut request, "token", visit, assignment);
        let request = String::from_utf8(request).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("PUT /v1/visits/{visit} HTTP/1.1\r\n")), "{head}");
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
        let submission: Submission = serde_json::from_str(body).unwrap();
        assert_eq!((submission.assignment_id, submission.answers.len()), (assignment, 30));
        assert!(body.contains(&visit.to_string()) && !body.contains(&VISIT.to_string()));
    }

    #[test]
    fn a_visit_names_its_photo() {
        let content = checklist().unwrap();
        let now = Instant::from_micros(1_700_000_000_000_000);
        let version = Id::new(uuid::Uuid::from_u128(3));
        let submissions = Submissions::with_photo(&content, version, now, camera::SIZE).unwrap();
        let camera = Camera::new(64, 48, camera::SIZE).unwrap();
        let photo = camera.shoot();
        let (visit, assignment) = (Id::new(uuid::Uuid::from_u128(7)), Id::new(uuid::Uuid::from_u128(9)));
        let mut request = Vec::new();
        submissions.write_with(&mut request, "token", visit, assignment, Some(&photo));
        let request = String::from_utf8(request).unwrap();
        let submission: Submission = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        let named = submission.manifest.iter().next().unwrap();
        assert_eq!((named.id, named.sha256), (photo.id, photo.sha256()));
        assert_eq!(Prepared::new(content).check_answers(submission.filled()), []);
    }
}
