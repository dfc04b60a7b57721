//! What a report says: a type of its own, made of what its reader may see. It has no place for anything else.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{ReportFile, Shows},
    read::Wordings,
};
use crate::{
    checklists::{
        answers::{Answer, AnswerValue},
        manifest::Filled,
        model::{AnswerKind, Ask, Choice, Key, Question, Section},
        prepared::Prepared,
        scoring::{Because, CriticalEffect, Explanation, Figures, QuestionExplanation, Why},
        text::Text,
    },
    ids::ReportFileId,
};

/// What a report says of a visit: its answers, its score with its explanation, and the standards that were met and missed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportContent {
    /// What the checklist is called.
    pub title: String,
    /// How the score of the whole visit comes about.
    pub overall: Figures,
    /// The sections that were shown to the shopper, in the order of the checklist.
    #[schema(max_items = 50)]
    pub sections: Vec<ReportSection>,
    /// The critical questions that earned nothing, in the order of the checklist.
    #[schema(max_items = 500)]
    pub effects: Vec<CriticalEffect>,
    /// The standards that were met in full.
    #[schema(max_items = 500)]
    pub standards_met: Vec<ReportStandard>,
    /// Those that were not.
    #[schema(max_items = 500)]
    pub standards_missed: Vec<ReportStandard>,
}

/// A section of a report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportSection {
    /// Its key.
    pub section: Key,
    /// What it is called.
    pub title: String,
    /// How its score comes about.
    pub figures: Figures,
    /// Its questions, but for those that were hidden from the shopper and what is only read.
    #[schema(max_items = 500)]
    pub questions: Vec<ReportQuestion>,
}

/// A question of a report, with what was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportQuestion {
    /// Its key.
    pub question: Key,
    /// What was asked.
    pub text: String,
    /// What was answered.
    pub answer: ReportAnswer,
    /// What the shopper added; null if nothing, or if comments are not shown.
    pub comment: Option<String>,
    /// Its photos: see `GET /v1/report-files/{id}`. Their order says nothing.
    #[schema(max_items = 200)]
    pub photos: Vec<ReportFileId>,
    /// Its recordings: see `GET /v1/report-files/{id}`. Their order says nothing. None where they are left out: unless the campaign
    /// says otherwise, staff were informed of it, and a reviewer listened to them.
    #[schema(max_items = 200)]
    pub recordings: Vec<ReportFileId>,
    /// The standard that it verifies; null if none.
    pub standard: Option<Key>,
    /// Its weight times that of its section.
    pub weight: i64,
    /// What it earned.
    pub earned: i64,
    /// What it could have earned.
    pub possible: i64,
    /// Why it counts or does not.
    pub why: Why,
    /// Whether the answer was corrected because of an appeal.
    pub corrected: bool,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReportAnswer {
    /// Yes or no.
    YesNo {
        /// Whether it was yes.
        value: bool,
    },
    /// One or more options.
    Chosen {
        /// What they say.
        #[schema(max_items = 200)]
        options: Vec<String>,
    },
    /// A place on a scale.
    Scale {
        /// The place.
        value: i64,
        /// The least that there is.
        from: i32,
        /// The most that there is.
        to: i32,
    },
    /// A number.
    Number {
        /// In steps of `10^-decimals`.
        value: i64,
        /// How many decimals it has.
        decimals: u8,
        /// What is counted or measured; null if that is not said.
        unit: Option<String>,
    },
    /// An amount.
    Amount {
        /// In the minor units of the currency.
        value: i64,
        /// ISO 4217.
        currency: String,
    },
    /// A time, as the band that it falls into.
    Duration {
        /// The limit of the band in seconds; null if it has no end.
        up_to: Option<i64>,
        /// Whether it was longer than all bands.
        above_all: bool,
    },
    /// Words.
    Text {
        /// As the shopper wrote them.
        text: String,
    },
    /// A day.
    Day {
        /// `2026-11-22`
        day: String,
    },
    /// Photos: they stand beside it.
    Photos {},
    /// Recordings: they stand beside it.
    Recordings {},
    /// It did not apply.
    NotApplicable {},
    /// Nothing.
    NotAnswered {},
    /// Reports do not show it.
    LeftOut {},
}

/// A standard that was verified.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportStandard {
    /// Its key.
    pub standard: Key,
    /// What it says.
    pub text: String,
}

/// What a report is made with.
#[derive(Clone, Copy, Debug)]
pub struct Making<'m> {
    /// What it shows.
    pub shows: &'m Shows,
    /// Whether it shows the day, and not the week.
    pub shows_day: bool,
    /// The language that it is in.
    pub language: &'m str,
    /// The wordings of standards.
    pub wordings: &'m Wordings,
    /// Its photos and recordings.
    pub files: &'m [ReportFile],
    /// The questions whose answers an appeal corrected.
    pub corrected: &'m [Key],
}

impl ReportContent {
    /// What a report says of these answers.
    pub fn new(checklist: &Prepared, filled: Filled<'_>, making: Making<'_>) -> Self {
        let explanation = checklist.explain(filled);
        let writing = Writing { making, filled };
        let Explanation { overall, sections, standards, questions, effects, .. } = explanation;
        let mut lines: HashMap<Key, QuestionExplanation> =
            questions.into_iter().map(|line| (line.question.clone(), line)).collect();
        let figures: HashMap<Key, Figures> =
            sections.into_iter().map(|section| (section.key, section.figures)).collect();
        let content = checklist.content();
        let section = |section: &Section| {
            let mut asked = section
                .questions
                .iter()
                .filter_map(|question| Some((question, lines.remove(&question.key)?)));
            let questions: Vec<_> =
                asked.by_ref().filter_map(|(question, line)| writing.question(question, line)).collect();
            (!questions.is_empty()).then(|| ReportSection {
                section: section.key.clone(),
                title: writing.text(&section.title),
                figures: figures.get(&section.key).cloned().unwrap_or(NO_FIGURES),
                questions,
            })
        };
        let sections = content.sections.iter().filter_map(section).collect();
        let bound = &checklist.bindings().standards;
        let standard = |key: &Key| {
            let wording = bound.get(key).and_then(|one| making.wordings.get(&(one.id, one.version)));
            ReportStandard {
                standard: key.clone(),
                text: wording.map(|text| writing.text(text)).unwrap_or_default(),
            }
        };
        let scored = || standards.iter().filter(|one| one.possible > 0);
        let met = scored().filter(|one| one.earned >= one.possible).map(|one| standard(&one.key));
        let missed = scored().filter(|one| one.earned < one.possible).map(|one| standard(&one.key));
        Self {
            title: writing.text(&content.title),
            overall,
            sections,
            effects,
            standards_met: met.collect(),
            standards_missed: missed.collect(),
        }
    }
}

/// Whether a report lists a question: not what is only read, nor what was hidden from the shopper, nor a control question.
fn is_listed(question: &Question, why: Why) -> bool {
    !question.answer.is_note() && !question.is_control() && why != Why::Hidden
}

/// The questions that a report of these answers lists.
pub fn listed(checklist: &Prepared, filled: Filled<'_>) -> Vec<Key> {
    let lines = checklist.explain(filled).questions.into_iter();
    let is_listed = |line: &QuestionExplanation| {
        checklist.question(line.question.as_str()).is_some_and(|question| is_listed(question, line.why))
    };
    lines.filter(is_listed).map(|line| line.question).collect()
}

const NO_FIGURES: Figures = Figures { earned: 0, possible: 0, before_effects: None, score: None };

struct Writing<'m> {
    making: Making<'m>,
    filled: Filled<'m>,
}

impl Writing<'_> {
    /// The text in the reader's language; what is not written in it is in its first one.
    fn text(&self, text: &Text) -> String {
        let found = text.get(self.making.language).or_else(|| text.iter().next().map(|(_, text)| text));
        found.unwrap_or_default().to_owned()
    }

    fn question(&self, question: &Question, line: QuestionExplanation) -> Option<ReportQuestion> {
        if !is_listed(question, line.why) {
            return None;
        }
        let shows = self.making.shows;
        let is_shown = shows.shows(question);
        let given = self.filled.answers.get(question.key.as_str());
        let comment = given.and_then(|given| given.comment.clone()).filter(|_| is_shown && shows.comments);
        let of_question = |file: &&ReportFile| file.question == question.key.as_str();
        let files = self.making.files.iter().filter(of_question);
        let (recordings, photos): (Vec<_>, Vec<_>) = files.partition(|file| file.is_recording());
        let [photos, recordings] =
            [photos, recordings].map(|files| files.iter().map(|file| file.id).collect::<Vec<_>>());
        let answer = match is_shown {
            true => self.answer(question, given, &line, (!photos.is_empty(), !recordings.is_empty())),
            false => ReportAnswer::LeftOut {},
        };
        Some(ReportQuestion {
            question: question.key.clone(),
            text: self.text(&question.text),
            answer,
            comment,
            photos,
            recordings,
            standard: line.standard,
            weight: line.weight,
            earned: line.earned,
            possible: line.possible,
            why: line.why,
            corrected: self.making.corrected.contains(&question.key),
        })
    }

    /// What is shown of an answer. Each kind is named, so that a new kind has to be thought of here.
    fn answer(
        &self,
        question: &Question,
        given: Option<&Answer>,
        line: &QuestionExplanation,
        (has_photos, has_recordings): (bool, bool),
    ) -> ReportAnswer {
        if given.is_some_and(|given| given.not_applicable) {
            return ReportAnswer::NotApplicable {};
        }
        let value = given.and_then(|given| given.value.as_ref());
        match (&question.answer, value) {
            // What was photographed or recorded is left out where the files are.
            (AnswerKind::Photo { .. }, _) if has_photos => ReportAnswer::Photos {},
            (AnswerKind::Audio { .. }, _) if has_recordings => ReportAnswer::Recordings {},
            (AnswerKind::Photo { .. } | AnswerKind::Audio { .. } | AnswerKind::Signature {}, _) => {
                match line.why {
                    Why::NotAnswered => ReportAnswer::NotAnswered {},
                    _ => ReportAnswer::LeftOut {},
                }
            }
            (AnswerKind::Location {} | AnswerKind::Note {}, _) => ReportAnswer::LeftOut {},
            (_, None) => ReportAnswer::NotAnswered {},
            (AnswerKind::YesNo { .. }, Some(AnswerValue::Bool(value))) => {
                ReportAnswer::YesNo { value: *value }
            }
            (AnswerKind::OneChoice { options }, Some(AnswerValue::Text(key))) => {
                self.chosen(options, std::slice::from_ref(key))
            }
            (AnswerKind::SeveralChoices { options, .. }, Some(AnswerValue::List(keys))) => {
                self.chosen(options, keys)
            }
            (AnswerKind::Scale { from, to, .. }, Some(AnswerValue::Integer(value))) => {
                ReportAnswer::Scale { value: *value, from: *from, to: *to }
            }
            (AnswerKind::Number { decimals, unit, .. }, Some(AnswerValue::Integer(value))) => {
                let unit = unit.as_ref().map(|unit| self.text(unit));
                ReportAnswer::Number { value: *value, decimals: *decimals, unit }
            }
            (AnswerKind::Amount { currency, .. }, Some(AnswerValue::Integer(value)))
                if self.making.shows.amounts =>
            {
                ReportAnswer::Amount { value: *value, currency: currency.clone() }
            }
            (AnswerKind::Duration { .. }, Some(AnswerValue::Integer(_))) => match line.because {
                Some(Because::Band { up_to, above_all, .. }) => ReportAnswer::Duration { up_to, above_all },
                _ => ReportAnswer::LeftOut {},
            },
            (AnswerKind::Text { .. }, Some(AnswerValue::Text(text))) => {
                ReportAnswer::Text { text: text.clone() }
            }
            (AnswerKind::DateTime { ask, .. }, Some(AnswerValue::Text(moment))) => self.day(*ask, moment),
            (
                AnswerKind::YesNo { .. }
                | AnswerKind::OneChoice { .. }
                | AnswerKind::SeveralChoices { .. }
                | AnswerKind::Scale { .. }
                | AnswerKind::Number { .. }
                | AnswerKind::Amount { .. }
                | AnswerKind::Duration { .. }
                | AnswerKind::Text { .. }
                | AnswerKind::DateTime { .. },
                Some(_),
            ) => ReportAnswer::LeftOut {},
        }
    }

    fn chosen(&self, options: &[Choice], keys: &[String]) -> ReportAnswer {
        let text = |key: &String| {
            let option = options.iter().find(|option| option.key.as_str() == key)?;
            Some(self.text(&option.text))
        };
        ReportAnswer::Chosen { options: keys.iter().filter_map(text).collect() }
    }

    /// The day of a moment, where the report shows days; a time of day never.
    fn day(&self, ask: Ask, moment: &str) -> ReportAnswer {
        match (ask, moment.get(..10)) {
            (Ask::Date | Ask::DateTime, Some(day)) if self.making.shows_day => {
                ReportAnswer::Day { day: day.to_owned() }
            }
            _ => ReportAnswer::LeftOut {},
        }
    }
}

#[cfg(test)]
mod tests;
