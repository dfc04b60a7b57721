//! A report on paper: what it says as pages, with labels in the reader's language.

mod words;

use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;

use self::words::Words;
use super::{
    content::{ReportContent, ReportQuestion, ReportSection, ReportStandard},
    model::Report,
};
use crate::{
    calendar::Day,
    checklists::{
        key::Key,
        model::Critical,
        scoring::{CriticalEffect, Figures},
    },
    error::{Error, Result},
    ids::ReportFileId,
    pdf::{self, Document, Hold, Photo, Piece, Style, Text},
    texts::{Language, say, text},
};

/// What is printed of a report.
#[derive(Debug)]
pub struct Printed<'p> {
    /// The report.
    pub report: &'p Report,
    /// The name and the code of the branch.
    pub branch: (&'p str, &'p str),
    /// The language that the report is in (BCP 47).
    pub language: &'p str,
    /// The language of the labels.
    pub labels: Language,
    /// What it says; none if it was withdrawn.
    pub content: Option<&'p ReportContent>,
    /// Why it was withdrawn, if it was.
    pub withdrawn_because: Option<&'p str>,
    /// The last day on which it can be appealed against, as long as it can be.
    pub appeal_until: Option<Date>,
    /// The bytes of its photos.
    pub photos: HashMap<ReportFileId, Arc<Vec<u8>>>,
    /// The appeals against it, the first first.
    pub appeals: Vec<PrintedAppeal>,
}

/// What is printed of an appeal.
#[derive(Clone, Debug)]
pub struct PrintedAppeal {
    /// Where it is, in words.
    pub status: String,
    /// The answers that are objected to.
    pub objections: Vec<PrintedObjection>,
    /// Why it was decided so.
    pub reason: Option<String>,
}

/// What is printed of an objection to an answer.
#[derive(Clone, Debug)]
pub struct PrintedObjection {
    /// The question.
    pub question: Key,
    /// Why the answer is wrong.
    pub words: String,
    /// Whether the answer was corrected; none as long as nobody decided.
    pub upheld: Option<bool>,
}

/// How far answers stand from the left.
const INDENT: f32 = 12.0;

impl Printed<'_> {
    /// The report as a PDF.
    ///
    /// # Errors
    /// `internal` if it cannot be written, or a day of it is none.
    pub fn pdf(self) -> Result<Vec<u8>> {
        let labels = self.labels;
        let foot = move |page: usize, pages: usize| {
            say!(labels, "print-page", page = page.to_string(), pages = pages.to_string()).into_owned()
        };
        pdf::write(&self.document()?, foot)
    }

    /// What the PDF consists of.
    ///
    /// # Errors
    /// `internal` if a day of it is none.
    pub fn document(self) -> Result<Document> {
        let withdrawn = text!("print-withdrawn-title").say(self.labels).into_owned();
        let title = self.content.map_or(withdrawn, |content| content.title.clone());
        let (name, code) = self.branch;
        let page = Page { labels: self.labels, words: Words(self.labels), photos: self.photos };
        let mut pieces: Vec<Piece> = vec![Text::new(Style::Title, title.as_str()).into()];
        let mut line = |label: &str, value: &str| {
            pieces.push(Text::new(Style::Plain, format!("{label}: {value}")).held(Hold::WithNext).into());
        };
        line(&text!("print-branch").say(self.labels), &format!("{name} ({code})"));
        let (first, last) = (date(&self.report.first_day)?, date(&self.report.last_day)?);
        match first == last {
            true => line(&text!("print-visited-on").say(self.labels), &page.words.day(first)),
            false => {
                let days = say!(
                    self.labels,
                    "print-days",
                    first = page.words.day(first),
                    last = page.words.day(last)
                );
                line(&text!("print-visited-within").say(self.labels), &days);
            }
        }
        line(&text!("print-released-on").say(self.labels), &page.words.day(date(&self.report.released_on)?));
        if let Some(day) = self.appeal_until {
            line(&text!("print-appeal-until").say(self.labels), &page.words.day(day));
        }
        match self.content {
            None => pieces.extend(page.withdrawn(self.withdrawn_because)),
            Some(content) => pieces.extend(page.content(content, &self.appeals)),
        }
        Ok(Document { title: format!("{title} – {name}"), language: self.language.to_owned(), pieces })
    }
}

/// A day as it is kept.
fn date(day: &str) -> Result<Date> {
    Ok(day.parse::<Day>().map_err(Error::internal)?.date())
}

/// What parts of a report are printed with.
struct Page {
    labels: Language,
    words: Words,
    photos: HashMap<ReportFileId, Arc<Vec<u8>>>,
}

impl Page {
    fn withdrawn(&self, because: Option<&str>) -> Vec<Piece> {
        let mut pieces = vec![Piece::Rule];
        pieces.push(Text::new(Style::Strong, text!("print-withdrawn").say(self.labels)).into());
        if let Some(reason) = because {
            pieces.push(Text::new(Style::Plain, self.reason(reason)).into());
        }
        pieces
    }

    fn reason(&self, reason: &str) -> String {
        say!(self.labels, "print-reason", reason = reason).into_owned()
    }

    fn content(&self, content: &ReportContent, appeals: &[PrintedAppeal]) -> Vec<Piece> {
        let mut pieces = vec![Piece::Rule];
        let score = |style: Style, label: &str, figures: &Figures| {
            Text::new(style, label).at_right(self.words.score(figures)).into()
        };
        pieces.push(score(Style::Heading, &text!("print-score").say(self.labels), &content.overall));
        pieces.extend(content.sections.iter().map(|one| score(Style::Plain, &one.title, &one.figures)));
        let named = |key: &Key| {
            let all = content.sections.iter().flat_map(|section| &section.questions);
            let found = all.into_iter().find(|question| question.question == *key);
            found.map_or_else(|| key.to_string(), |question| question.text.clone())
        };
        pieces.extend(self.effects(&content.overall, &content.effects, &named));
        content.sections.iter().for_each(|section| pieces.extend(self.section(section)));
        pieces.extend(self.standards(&text!("print-standards-met").say(self.labels), &content.standards_met));
        let missed = text!("print-standards-missed").say(self.labels);
        pieces.extend(self.standards(&missed, &content.standards_missed));
        pieces.extend(self.appeals(appeals, &named));
        pieces
    }

    /// What critical questions did to the score.
    fn effects(
        &self,
        overall: &Figures,
        effects: &[CriticalEffect],
        named: &impl Fn(&Key) -> String,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for one in effects {
            let effect = match one.effect {
                Critical::SectionZero {} => text!("print-section-zero").say(self.labels),
                Critical::VisitZero {} => text!("print-visit-zero").say(self.labels),
                Critical::Cap { score } => {
                    say!(self.labels, "print-cap", score = self.words.percent(i32::from(score)))
                }
            };
            let line = format!("{} {effect}", named(&one.question));
            pieces.push(Text::new(Style::Quiet, line).into());
        }
        if let Some(before) = overall.before_effects.filter(|before| Some(*before) != overall.score) {
            let line = say!(self.labels, "print-before-effects", score = self.words.percent(before.get()));
            pieces.push(Text::new(Style::Quiet, line).into());
        }
        pieces
    }

    fn section(&self, section: &ReportSection) -> Vec<Piece> {
        let heading = Text::new(Style::Heading, section.title.as_str());
        let mut pieces =
            vec![Piece::Space(12.0), heading.at_right(self.words.score(&section.figures)).into()];
        section.questions.iter().for_each(|question| pieces.extend(self.question(question)));
        pieces
    }

    fn question(&self, question: &ReportQuestion) -> Vec<Piece> {
        let text = Text::new(Style::Strong, question.text.as_str()).held(Hold::WithNext);
        let text = match question.possible {
            0 => text,
            _ => text.at_right(self.words.points(question.earned, question.possible)),
        };
        let answer = Text::new(Style::Plain, self.words.answer(&question.answer)).indented(INDENT);
        let mut pieces: Vec<Piece> = vec![Piece::Space(7.0), text.into()];
        pieces.push(answer.held(if question.corrected { Hold::WithNext } else { Hold::Whole }).into());
        if question.corrected {
            let corrected = text!("print-corrected").say(self.labels);
            pieces.push(Text::new(Style::Quiet, corrected).indented(INDENT).into());
        }
        if let Some(comment) = &question.comment {
            let comment = say!(self.labels, "print-comment", comment = comment.as_str());
            pieces.push(Text::new(Style::Plain, comment).indented(INDENT).into());
        }
        if !question.photos.is_empty() {
            let photo = |(at, id): (usize, &ReportFileId)| {
                let number = (at + 1).to_string();
                let words =
                    say!(self.labels, "print-photo", number = number, question = question.text.as_str());
                Photo::new(self.photos.get(id).cloned().unwrap_or_default(), words)
            };
            pieces.push(Piece::Space(5.0));
            pieces.push(Piece::Photos(question.photos.iter().enumerate().map(photo).collect()));
        }
        pieces
    }

    fn standards(&self, heading: &str, standards: &[ReportStandard]) -> Vec<Piece> {
        if standards.is_empty() {
            return Vec::new();
        }
        let mut pieces = vec![Piece::Space(12.0), Text::new(Style::Heading, heading).into()];
        let line = |one: &ReportStandard| match one.text.as_str() {
            "" => one.standard.to_string(),
            text => text.to_owned(),
        };
        pieces.extend(standards.iter().map(|one| Text::new(Style::Plain, format!("• {}", line(one))).into()));
        pieces
    }

    fn appeals(&self, appeals: &[PrintedAppeal], named: &impl Fn(&Key) -> String) -> Vec<Piece> {
        if appeals.is_empty() {
            return Vec::new();
        }
        let heading = text!("print-appeals").say(self.labels);
        let mut pieces = vec![Piece::Space(12.0), Text::new(Style::Heading, heading).into()];
        for appeal in appeals {
            pieces.push(Piece::Space(5.0));
            pieces.push(Text::new(Style::Strong, appeal.status.as_str()).held(Hold::WithNext).into());
            for objection in &appeal.objections {
                let question = Text::new(Style::Plain, named(&objection.question)).indented(INDENT);
                pieces.push(question.held(Hold::WithNext).into());
                pieces.push(Text::new(Style::Plain, objection.words.as_str()).indented(2.0 * INDENT).into());
                let outcome = match objection.upheld {
                    None => continue,
                    Some(true) => text!("print-answer-corrected").say(self.labels),
                    Some(false) => text!("print-answer-stays").say(self.labels),
                };
                pieces.push(Text::new(Style::Quiet, outcome).indented(2.0 * INDENT).into());
            }
            if let Some(reason) = &appeal.reason {
                pieces.push(Text::new(Style::Plain, self.reason(reason)).indented(INDENT).into());
            }
        }
        pieces
    }
}
