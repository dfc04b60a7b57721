//! The check of a checklist filled in: everything that is wrong with it, each with its place.

#[cfg(test)]
mod tests;
mod values;

use super::{
    answers::Answer,
    check::{has_control, is_longer},
    given::{Answered, Given},
    key::Key,
    manifest::{Entry, Filled, Manifest},
    model::{AnswerKind, Demand, FULL_SCORE, Question},
    prepared::Prepared,
    scoring::earned,
    text::MAX_TEXT,
};
use crate::{
    error::{FieldError, escape},
    ids::EvidenceId,
};
pub(super) use values::value_faults;

/// Most problems that are named: more are of no use to a person, and an answer must not be many times as large as its
/// request.
const MOST_PROBLEMS: usize = 500;

impl Prepared {
    /// Names what is wrong with a checklist filled in, each with its place under `/answers` or `/manifest`, up to 500
    /// problems. What rules hide is not asked for, and is taken out before.
    pub fn check_answers<'f>(&self, filled: impl Into<Filled<'f>>) -> Vec<FieldError> {
        let filled = filled.into();
        let mut check = Check { filled, problems: Vec::new() };
        let given = self.lay_out(filled, |key| check.answer(key, unknown_question("this answer")));
        let questions = self.content().sections.iter().flat_map(|section| &section.questions);
        for ((question, points), given) in questions.zip(self.points()).zip(&given) {
            if !given.hidden {
                check.question(question, *points, given);
            }
        }
        for (i, file) in filled.manifest.iter().enumerate() {
            let fault = file_fault(self.question(file.question.as_str()), file);
            fault.into_iter().for_each(|fault| check.file(i, fault));
        }
        check.problems
    }
}

impl Prepared {
    /// The comments that were asked for and given, in the order of the checklist.
    pub fn asked_comments<'f>(&self, filled: Filled<'f>) -> Vec<(&Key, &'f str)> {
        let given = self.lay_out(filled, |_| {});
        let questions = self.content().sections.iter().flat_map(|section| &section.questions);
        let asked = questions.zip(self.points()).zip(&given).filter_map(|((question, points), given)| {
            let comment = given.answer?.comment.as_deref()?;
            let is_asked = is_wanted(question.comment, question, *points, given.answered(&question.answer));
            is_asked.then_some((&question.key, comment))
        });
        asked.collect()
    }
}

impl Prepared {
    /// Those of these files that a checklist filled in needs: without them something would be wrong with the question that
    /// they belong to.
    pub fn needed(&self, filled: Filled<'_>, files: &[EvidenceId]) -> Vec<EvidenceId> {
        let problems =
            |manifest: &Manifest| self.check_answers(Filled { answers: filled.answers, manifest }).len();
        let among = |file: &&Entry| files.contains(&file.id);
        let is_needed = |file: &&Entry| {
            let mut others = filled.manifest.clone();
            others.retain(|other| other.question != file.question || !files.contains(&other.id));
            problems(&others) > problems(filled.manifest)
        };
        filled.manifest.iter().filter(among).filter(is_needed).map(|file| file.id).collect()
    }
}

/// What is wrong with one part of an answer or of a file's entry (with the whole, if `member` is empty).
pub(super) struct Fault {
    member: String,
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(member: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { member: member.into(), code, message: message.into() }
    }
}

struct Check<'f> {
    filled: Filled<'f>,
    problems: Vec<FieldError>,
}

impl Check<'_> {
    fn answer(&mut self, key: &Key, fault: Fault) {
        self.problem(format!("/answers/{}{}", escape(key.as_str()), fault.member), fault);
    }

    fn file(&mut self, index: usize, fault: Fault) {
        self.problem(format!("/manifest/{index}{}", fault.member), fault);
    }

    fn problem(&mut self, at: String, Fault { code, message, .. }: Fault) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(FieldError::new(at, code, message));
        }
    }

    fn question(&mut self, question: &Question, points: Option<i64>, given: &Given) {
        if let AnswerKind::Note {} = question.answer {
            return given.answer.into_iter().for_each(|_| self.answer(&question.key, only_to_be_read()));
        }
        match given.answer {
            Some(answer) => self.answered(question, answer, given),
            None if !question.answer.is_answered_by_files() && question.required => {
                self.answer(&question.key, Fault::new("", "required", "Answer this question."));
            }
            None => {}
        }
        if question.answer.is_answered_by_files() {
            self.files(question, given);
        }
        self.demands(question, points, given);
    }

    fn answered(&mut self, question: &Question, answer: &Answer, given: &Given) {
        let faults = main_faults(question, answer, given);
        faults.into_iter().chain(comment_fault(answer)).for_each(|fault| self.answer(&question.key, fault));
    }

    /// Whether the question has as many files as it wants.
    fn files(&mut self, question: &Question, given: &Given) {
        let (least, most) = files_wanted(&question.answer);
        let files = match given.answered(&question.answer) {
            Answered::Files(files) => files,
            Answered::Nothing => 0,
            _ => return,
        };
        if files > most {
            let message = format!("Leave files out: this question takes at most {most}.");
            let excess = self
                .filled
                .manifest
                .iter()
                .enumerate()
                .filter(|(_, file)| file.question == question.key && answers_by(&question.answer, file));
            let at = excess.map(|(i, _)| i).nth(most).unwrap_or_default();
            self.file(at, Fault::new("", "too_many", message));
        } else if files < least && question.required {
            let message = format!("Add files to the manifest for this question: at least {least}.");
            self.answer(&question.key, Fault::new("", "required", message));
        } else if (1..least).contains(&files) {
            let message = format!("Add files to the manifest for this question, at least {least}, or none.");
            self.answer(&question.key, Fault::new("", "too_few", message));
        }
    }

    /// Whether the answer has the comment and the photo that it wants.
    fn demands(&mut self, question: &Question, points: Option<i64>, given: &Given) {
        let comment = given.answer.and_then(|answer| answer.comment.as_deref());
        if comment.is_some() && question.comment == Some(Demand::Never {}) {
            let message = "Remove the comment: this question takes none.";
            self.answer(&question.key, Fault::new("/comment", "comment_not_taken", message));
        }
        let answered = given.answered(&question.answer);
        let wanted = |demand: Option<Demand>| is_wanted(demand, question, points, answered);
        if comment.is_none_or(|comment| comment.trim().is_empty()) && wanted(question.comment) {
            let message = "Add a comment: this answer needs one.";
            self.answer(&question.key, Fault::new("/comment", "comment_required", message));
        }
        if given.images == 0 && wanted(question.photo) {
            let message = "Add a photo to the manifest for this question: this answer needs one.";
            self.answer(&question.key, Fault::new("", "photo_required", message));
        }
    }
}

fn unknown_question(what: &str) -> Fault {
    let message = format!("Remove {what}: the checklist version has no such question.");
    Fault::new("", "unknown_question", message)
}

fn only_to_be_read() -> Fault {
    Fault::new("", "takes_no_answer", "Remove this: a note is only to be read.")
}

/// Whether something is asked for beside what was answered.
fn is_wanted(demand: Option<Demand>, question: &Question, points: Option<i64>, answered: Answered) -> bool {
    let has_value = matches!(answered, Answered::Value(_) | Answered::Files(_));
    match demand {
        Some(Demand::Always {}) => has_value,
        Some(Demand::Below { share }) if has_value => {
            let share = |points: i64| i64::from(share).saturating_mul(points);
            let earned = || Some(earned(&question.answer, answered)?.saturating_mul(FULL_SCORE.into()));
            points.zip(earned()).is_some_and(|(points, earned)| earned < share(points))
        }
        _ => false,
    }
}

fn main_faults(question: &Question, answer: &Answer, given: &Given) -> Vec<Fault> {
    let by_files = question.answer.is_answered_by_files();
    let has_files = given.files(&question.answer) > 0;
    match (&answer.value, answer.not_applicable) {
        (Some(_), _) if by_files => {
            let message = "Leave the value out: this question is answered by files in the manifest.";
            vec![Fault::new("/value", "wrong_type", message)]
        }
        (None, false) if by_files => Vec::new(),
        (Some(value), false) => value_faults(&question.answer, value),
        (None, true) if !question.not_applicable => {
            let message = "Answer it: this question does not allow 'not applicable'.";
            vec![Fault::new("/not_applicable", "not_applicable_not_allowed", message)]
        }
        (None, true) if !has_files => Vec::new(),
        _ => {
            let what = if by_files { "files" } else { "a value" };
            let message = format!("Give either {what} or `\"not_applicable\": true`.");
            vec![Fault::new("", "value_or_not_applicable", message)]
        }
    }
}

/// What is wrong with an entry of the manifest for this question.
fn file_fault(question: Option<&Question>, file: &Entry) -> Option<Fault> {
    let fault = |member, code, message: &str| Some(Fault::new(member, code, message));
    let Some(question) = question else {
        return Some(Fault { member: "/question".into(), ..unknown_question("this file") });
    };
    match &question.answer {
        AnswerKind::Note {} => Some(Fault { member: "/question".into(), ..only_to_be_read() }),
        kind if answers_by(kind, file) => None,
        _ if !file.media_type.is_image() => {
            fault("/media_type", "wrong_media_type", "Remove this recording: the question takes none.")
        }
        _ if question.photo == Some(Demand::Never {}) => {
            fault("/question", "photo_not_taken", "Remove this photo: the question takes none.")
        }
        _ => None,
    }
}

/// Whether a file is of the kind that answers such a question, not only evidence beside its answer.
fn answers_by(kind: &AnswerKind, file: &Entry) -> bool {
    match kind {
        AnswerKind::Photo { .. } | AnswerKind::Signature {} => file.media_type.is_image(),
        AnswerKind::Audio { .. } => !file.media_type.is_image(),
        _ => false,
    }
}

/// How many files a question wants at least, and takes at most.
fn files_wanted(kind: &AnswerKind) -> (usize, usize) {
    match kind {
        AnswerKind::Photo { at_least, at_most, .. } | AnswerKind::Audio { at_least, at_most, .. } => {
            (usize::from(*at_least), usize::from(*at_most))
        }
        AnswerKind::Signature {} => (1, 1),
        _ => (0, 0),
    }
}

/// Whether this would be accepted as what answers a question of this kind.
pub(super) fn fits(kind: &AnswerKind, answered: Answered) -> bool {
    match answered {
        Answered::Value(value) => value_faults(kind, value).is_empty(),
        Answered::Files(files) => {
            let (least, most) = files_wanted(kind);
            (least..=most).contains(&files)
        }
        _ => false,
    }
}

fn comment_fault(answer: &Answer) -> Option<Fault> {
    let comment = answer.comment.as_deref()?;
    length_fault("/comment", comment, MAX_TEXT).or_else(|| control_fault("/comment", comment))
}

fn length_fault(member: &str, text: &str, most: usize) -> Option<Fault> {
    is_longer(text, most).then(|| Fault::new(member, "too_long", format!("Shorten it to {most} characters.")))
}

fn control_fault(member: &str, text: &str) -> Option<Fault> {
    let message = "Remove control characters other than line breaks and tabs.";
    has_control(text).then(|| Fault::new(member, "control_character", message))
}
