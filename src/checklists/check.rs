//! Everything that is wrong with a checklist, at once, each with its place.

#[cfg(test)]
mod tests;

mod answers;
mod points;

use std::collections::HashSet;

use super::findings::{Finding, Findings, Severity};
use super::model::{
    Content, Demand, FULL_SCORE, Key, MAX_CONTRADICTIONS, MAX_EXAMPLES, MAX_POINTS, MAX_QUESTIONS,
    MAX_SECTIONS, Question, Section,
};
use super::rules;
use super::text::{MAX_LANGUAGES, MAX_TEXT, Text, is_language_tag};
use crate::error::{FieldError, escape};

impl Content {
    /// Names everything that keeps this content from being published, up to 500 problems.
    pub fn check(&self) -> Vec<FieldError> {
        self.findings().errors
    }

    /// All findings about this content before it is published. Whether the catalogue has its standards, dimensions and
    /// pictures is not checked here.
    pub fn findings(&self) -> Findings {
        let mut check = Check::of(self);
        check.languages();
        check.text("/title", &self.title);
        check.count("/sections", self.sections.len(), 1..=MAX_SECTIONS);
        for (i, section) in self.sections.iter().enumerate() {
            check.section(&format!("/sections/{i}"), section);
        }
        check.whole();
        for finding in rules::check(self) {
            check.findings.add(finding);
        }
        self.weigh(&mut check.findings);
        check.findings
    }
}

/// The check under way.
struct Check<'c> {
    content: &'c Content,
    languages: HashSet<&'c str>,
    section_keys: HashSet<&'c Key>,
    question_keys: HashSet<&'c Key>,
    findings: Findings,
}

impl<'c> Check<'c> {
    fn of(content: &'c Content) -> Self {
        Self {
            content,
            languages: content.languages.iter().map(String::as_str).collect(),
            section_keys: HashSet::new(),
            question_keys: HashSet::new(),
            findings: Findings::default(),
        }
    }

    fn error(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        let (pointer, message) = (at.into(), message.into());
        self.findings.add(Finding { pointer, code, message, severity: Severity::Error });
    }

    fn warning(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        let (pointer, message) = (at.into(), message.into());
        self.findings.add(Finding { pointer, code, message, severity: Severity::Warning });
    }

    fn languages(&mut self) {
        let languages = &self.content.languages;
        self.count("/languages", languages.len(), 1..=MAX_LANGUAGES);
        let mut seen = HashSet::new();
        for (i, language) in languages.iter().enumerate() {
            let at = format!("/languages/{i}");
            if !is_language_tag(language) {
                self.error(
                    at,
                    "malformed_language",
                    "Write a BCP 47 tag such as `en`, `pt-BR` or `sr-Latn`.",
                );
            } else if !seen.insert(language) {
                self.error(at, "duplicate", "List each language once.");
            }
        }
    }

    fn section(&mut self, at: &str, section: &'c Section) {
        let first = self.section_keys.insert(&section.key);
        self.key(at, &section.key, first, "sections");
        self.text(&format!("{at}/title"), &section.title);
        if section.questions.is_empty() {
            self.error(format!("{at}/questions"), "too_few", "Add a question or remove the section.");
        }
        self.range(&format!("{at}/weight"), section.weight.into(), 0, MAX_POINTS.into());
        for (i, question) in section.questions.iter().enumerate() {
            self.question(&format!("{at}/questions/{i}"), question);
        }
        self.section_points(at, section);
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
        self.examples(&format!("{at}/pictures"), question);
        for (name, key) in [("standard", &question.standard), ("dimension", &question.dimension)] {
            if key.as_ref().is_some_and(|key| !key.is_well_formed()) {
                self.error(format!("{at}/{name}"), "malformed_key", WELL_FORMED);
            }
        }
        for (name, demand) in [("comment", question.comment), ("photo", question.photo)] {
            if let Some(demand) = demand {
                self.demand(&format!("{at}/{name}"), question, demand);
            }
        }
        if question.is_control() && question.answer.is_note() {
            let message = "Remove it: a note is read, and never answered.";
            self.error(format!("{at}/control"), "never_answered", message);
        }
        if question.is_control() && question.bonus {
            let message = "Make the question no bonus: a control question is in no score.";
            self.error(format!("{at}/control"), "control_bonus", message);
        }
        self.answer(&format!("{at}/answer"), &question.answer);
        self.question_points(at, question);
    }

    fn examples(&mut self, at: &str, question: &'c Question) {
        if question.pictures.len() > MAX_EXAMPLES {
            self.error(at, "too_many", format!("Give at most {MAX_EXAMPLES}."));
        }
        let mut seen = HashSet::new();
        for (i, example) in question.pictures.iter().enumerate() {
            if !seen.insert(example.id) {
                self.error(format!("{at}/{i}/id"), "duplicate", "Show each picture once.");
            }
            self.text(&format!("{at}/{i}/alt"), &example.alt);
        }
    }

    fn demand(&mut self, at: &str, question: &Question, demand: Demand) {
        if question.answer.is_note() {
            self.error(at, "never_answered", "Remove it: a note is read, and never answered.");
        }
        if let Demand::Below { share } = demand {
            self.range(&format!("{at}/share"), share.into(), 1, FULL_SCORE.into());
            if question.points().is_none() {
                let message =
                    "Give the answers points, or ask for it always: without points none earns less.";
                self.error(at, "demand_without_points", message);
            }
        }
    }

    fn text(&mut self, at: &str, text: &Text) {
        for language in self.content.languages.iter().take(MAX_LANGUAGES) {
            if text.get(language).is_none() {
                let message =
                    format!("Add the text in `{language}`, or remove `{language}` from the languages.");
                self.error(format!("{at}/{}", escape(language)), "missing_translation", message);
            }
        }
        for (language, text) in text.iter() {
            self.translation(at, language, text);
        }
    }

    fn translation(&mut self, at: &str, language: &str, text: &str) {
        let at = format!("{at}/{}", escape(language));
        if !self.languages.contains(language) {
            self.error(&at, "unlisted_language", "Remove this text, or add its language to the languages.");
        }
        if text.trim().is_empty() {
            self.error(&at, "empty", "Write the text.");
        }
        if is_longer(text, MAX_TEXT) {
            self.error(&at, "too_long", format!("Shorten the text to {MAX_TEXT} characters."));
        }
        if has_control(text) {
            self.error(
                &at,
                "control_character",
                "Remove control characters other than line breaks and tabs.",
            );
        }
    }

    fn key(&mut self, at: &str, key: &Key, first: bool, among: &str) {
        let at = format!("{at}/key");
        if !key.is_well_formed() {
            self.error(at, "malformed_key", WELL_FORMED);
        } else if !first {
            self.error(at, "duplicate", format!("Choose a key that is unique among the {among}."));
        }
    }

    fn count(&mut self, at: &str, count: usize, allowed: std::ops::RangeInclusive<usize>) {
        let (least, most) = (allowed.start(), allowed.end());
        if count < *least {
            self.error(at, "too_few", format!("Give at least {least}."));
        } else if count > *most {
            self.error(at, "too_many", format!("Give at most {most}."));
        }
    }

    fn range(&mut self, at: &str, number: i64, least: i64, most: i64) {
        if !(least..=most).contains(&number) {
            self.error(at, "out_of_range", format!("Choose a number from {least} to {most}."));
        }
    }

    fn whole(&mut self) {
        let questions = self.content.sections.iter().map(|section| section.questions.len()).sum::<usize>();
        if questions > MAX_QUESTIONS {
            let message = format!("Keep at most {MAX_QUESTIONS} questions in all sections together.");
            self.error("/sections", "too_many", message);
        }
        self.count("/contradictions", self.content.contradictions.len(), 0..=MAX_CONTRADICTIONS);
        for (i, contradiction) in self.content.contradictions.iter().enumerate() {
            self.text(&format!("/contradictions/{i}/message"), &contradiction.message);
        }
        if let Some(shortest) = self.content.shortest_comment {
            self.range("/shortest_comment", shortest.into(), 1, MAX_TEXT as i64);
        }
        self.whole_points();
    }
}

const WELL_FORMED: &str = "Start with a small letter, then up to 63 small letters, digits and underscores.";

/// Whether the text has more characters than allowed; counts them only if it may.
pub(super) fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().count() > most
}

/// Whether the text has control characters other than line breaks and tabs.
///
/// They are invisible to a reader, and a database may refuse them.
pub(super) fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}
