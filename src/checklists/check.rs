//! Everything that is wrong with a checklist, at once, each with its place.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use super::model::{
    AnswerKind, Choice, Content, Critical, FULL_SCORE, Key, MAX_POINTS, MAX_QUESTIONS, MAX_SECTIONS,
    MAX_SPAN, MAX_TEXT_ANSWER, OPTIONS, Question, Section,
};
use super::text::{MAX_LANGUAGES, MAX_TEXT, Text, is_language_tag};
use crate::error::{FieldError, escape};

/// More than this nobody reads, and an answer must not be many times as large as what was sent.
const MOST_PROBLEMS: usize = 500;

impl Content {
    /// Names everything that keeps this content from being published, up to 500 problems.
    pub fn check(&self) -> Vec<FieldError> {
        let mut check = Check::of(self);
        check.languages();
        check.text("/title", &self.title);
        check.count("/sections", self.sections.len(), 1..=MAX_SECTIONS);
        for (i, section) in self.sections.iter().enumerate() {
            check.section(&format!("/sections/{i}"), section);
        }
        check.whole();
        check.problems
    }
}

struct Check<'c> {
    content: &'c Content,
    languages: HashSet<&'c str>,
    section_keys: HashSet<&'c Key>,
    question_keys: HashSet<&'c Key>,
    problems: Vec<FieldError>,
}

impl<'c> Check<'c> {
    fn of(content: &'c Content) -> Self {
        Self {
            content,
            languages: content.languages.iter().map(String::as_str).collect(),
            section_keys: HashSet::new(),
            question_keys: HashSet::new(),
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(FieldError::new(at, code, message));
        }
    }

    fn languages(&mut self) {
        let languages = &self.content.languages;
        self.count("/languages", languages.len(), 1..=MAX_LANGUAGES);
        let mut seen = HashSet::new();
        for (i, language) in languages.iter().enumerate() {
            let at = format!("/languages/{i}");
            if !is_language_tag(language) {
                self.problem(
                    at,
                    "malformed_language",
                    "Write a BCP 47 tag such as `en`, `pt-BR` or `sr-Latn`.",
                );
            } else if !seen.insert(language) {
                self.problem(at, "duplicate", "List each language once.");
            }
        }
    }

    fn section(&mut self, at: &str, section: &'c Section) {
        let first = self.section_keys.insert(&section.key);
        self.key(at, &section.key, first, "sections");
        self.text(&format!("{at}/title"), &section.title);
        if section.questions.is_empty() {
            self.problem(format!("{at}/questions"), "too_few", "Add a question or remove the section.");
        }
        for (i, question) in section.questions.iter().enumerate() {
            self.question(&format!("{at}/questions/{i}"), question);
        }
    }

    fn question(&mut self, at: &str, question: &'c Question) {
        let first = self.question_keys.insert(&question.key);
        self.key(at, &question.key, first, "questions of the checklist");
        self.text(&format!("{at}/text"), &question.text);
        if let Some(help) = &question.help {
            self.text(&format!("{at}/help"), help);
        }
        self.range(&format!("{at}/weight"), question.weight.into(), 0, MAX_POINTS.into());
        if let Some(critical) = question.critical {
            self.critical(&format!("{at}/critical"), question, critical);
        }
        self.answer(&format!("{at}/answer"), &question.answer);
    }

    fn critical(&mut self, at: &str, question: &Question, critical: Critical) {
        if question.answer.points().is_none() {
            self.problem(
                at,
                "critical_without_points",
                "Give the answers points, or make the question not critical.",
            );
        }
        if question.bonus {
            self.problem(at, "critical_bonus", "Make the question either critical or a bonus.");
        }
        if let Critical::Cap { score } = critical {
            self.range(&format!("{at}/score"), score.into(), 0, FULL_SCORE.into());
        }
    }

    fn answer(&mut self, at: &str, answer: &'c AnswerKind) {
        match answer {
            AnswerKind::YesNo { .. } => {}
            AnswerKind::OneChoice { options } => self.options(&format!("{at}/options"), options),
            AnswerKind::Scale { from, to, .. } => self.scale(at, (*from).into(), (*to).into()),
            AnswerKind::Text { max_length, .. } => {
                self.range(&format!("{at}/max_length"), (*max_length).into(), 1, MAX_TEXT_ANSWER.into());
            }
            _ => {}
        }
    }

    fn options(&mut self, at: &str, options: &'c [Choice]) {
        self.count(at, options.len(), OPTIONS);
        let mut seen = HashSet::new();
        for (i, option) in options.iter().enumerate() {
            let at = format!("{at}/{i}");
            self.key(&at, &option.key, seen.insert(&option.key), "options of the question");
            self.text(&format!("{at}/text"), &option.text);
            if let Some(points) = option.points {
                self.range(&format!("{at}/points"), points.into(), 0, MAX_POINTS.into());
            }
        }
    }

    fn scale(&mut self, at: &str, from: i64, to: i64) {
        let message = format!("Choose a number from {} to {}.", from + 1, from + MAX_SPAN);
        if !(1..=MAX_SPAN).contains(&(to - from)) {
            self.problem(format!("{at}/to"), "out_of_range", message);
        }
    }

    fn text(&mut self, at: &str, text: &Text) {
        for language in self.content.languages.iter().take(MAX_LANGUAGES) {
            if text.get(language).is_none() {
                let message =
                    format!("Add the text in `{language}`, or remove `{language}` from the languages.");
                self.problem(format!("{at}/{}", escape(language)), "missing_translation", message);
            }
        }
        for (language, text) in text.iter() {
            self.translation(at, language, text);
        }
    }

    fn translation(&mut self, at: &str, language: &str, text: &str) {
        let at = format!("{at}/{}", escape(language));
        if !self.languages.contains(language) {
            self.problem(&at, "unlisted_language", "Remove this text, or add its language to the languages.");
        }
        if text.trim().is_empty() {
            self.problem(&at, "empty", "Write the text.");
        }
        if is_longer(text, MAX_TEXT) {
            self.problem(&at, "too_long", format!("Shorten the text to {MAX_TEXT} characters."));
        }
        if has_control(text) {
            self.problem(
                &at,
                "control_character",
                "Remove control characters other than line breaks and tabs.",
            );
        }
    }

    fn key(&mut self, at: &str, key: &Key, first: bool, among: &str) {
        let at = format!("{at}/key");
        if !key.is_well_formed() {
            let message = "Start with a small letter, then up to 63 small letters, digits and underscores.";
            self.problem(at, "malformed_key", message);
        } else if !first {
            self.problem(at, "duplicate", format!("Choose a key that is unique among the {among}."));
        }
    }

    fn count(&mut self, at: &str, count: usize, allowed: std::ops::RangeInclusive<usize>) {
        let (least, most) = (allowed.start(), allowed.end());
        if count < *least {
            self.problem(at, "too_few", format!("Give at least {least}."));
        } else if count > *most {
            self.problem(at, "too_many", format!("Give at most {most}."));
        }
    }

    fn range(&mut self, at: &str, number: i64, least: i64, most: i64) {
        if !(least..=most).contains(&number) {
            self.problem(at, "out_of_range", format!("Choose a number from {least} to {most}."));
        }
    }

    fn whole(&mut self) {
        let questions = || self.content.sections.iter().flat_map(|section| &section.questions);
        let (count, scores) = (questions().count(), questions().any(counts));
        if count > MAX_QUESTIONS {
            let message = format!("Keep at most {MAX_QUESTIONS} questions in all sections together.");
            self.problem("/sections", "too_many", message);
        }
        if !scores {
            let message = "Give at least one question points and a weight, and make it no bonus: \
                           without it no visit would ever have a score.";
            self.problem("/sections", "nothing_to_score", message);
        }
    }
}

/// Whether a score can come of this question at all.
fn counts(question: &Question) -> bool {
    !question.bonus && question.weight > 0 && question.answer.points().is_some()
}

/// Whether the text has more characters than allowed; counts them only if it may.
pub(super) fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().count() > most
}

/// Whether the text has control characters other than line breaks and tabs.
///
/// They are invisible to whoever reads the text, and a database may refuse them.
pub(super) fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}
