//! What one shopper finds on one visit, question by question.

use std::ops::RangeInclusive;

use super::{
    dice::{Dice, id},
    phrases::{Phrases, phrases},
    pictures::picture,
    plan::Visit,
    story::{Honesty, honesty},
    summaries::summary,
};
use crate::checklists::{
    answers::{AccuracyM, Answer, AnswerValue, Location},
    manifest::{Entry, MediaType},
    model::{AnswerKind, Ask, Band, Choice, Critical, Demand, Expected, Question},
};
use crate::db::types::{Id, Sha256};

/// An answer of so many characters at least is a story.
const STORY: usize = 100;

/// A visit as it happens.
pub(super) struct Scene<'v> {
    visit: &'v Visit,
    /// How likely an ordinary thing is to go well.
    quality: f64,
    words: &'static Phrases,
    dice: Dice,
    /// The files that were made on the way, each with what is in it.
    pub(super) files: Vec<(Entry, Vec<u8>)>,
}

/// What was found, and how much of what could be earned it earns: from 0 to 1.
type Found = (Option<AnswerValue>, f64);

impl<'v> Scene<'v> {
    pub(super) fn new(visit: &'v Visit, quality: f64) -> Self {
        let dice = Dice::of(&format!("answers of {}", visit.name));
        Self { visit, quality, words: phrases(&visit.language), dice, files: Vec::new() }
    }

    /// Nothing if the shopper leaves the question out.
    pub(super) fn answer(&mut self, question: &Question) -> Option<Answer> {
        if question.not_applicable && self.dice.happens(how_often_not_applicable(question)) {
            return Some(Answer { not_applicable: true, ..Answer::default() });
        }
        if question.answer.is_note() || !question.required && self.dice.happens(0.4) {
            return None;
        }
        let (value, well) = self.find(question)?;
        let comment = self.asked_for(question.comment, well) || well < 0.5 && self.dice.happens(0.15);
        let comment = (comment && question.comment != Some(Demand::Never {}))
            .then(|| self.dice.one_of(&self.words.poor));
        if self.asked_for(question.photo, well) {
            self.file(question, MediaType::Jpeg, 0);
        }
        let comment = comment.flatten().map(ToString::to_string);
        (value.is_some() || comment.is_some()).then_some(Answer { value, comment, ..Answer::default() })
    }

    /// Whether such an answer needs something more. Below a share it is given with every answer that is not the best.
    fn asked_for(&self, demand: Option<Demand>, well: f64) -> bool {
        match demand {
            Some(Demand::Always {}) => true,
            Some(Demand::Below { .. }) => well < 1.0,
            Some(Demand::Never {}) | None => false,
        }
    }

    /// How likely each step of this question is to go well on this visit.
    fn goes_well(&self, question: &Question) -> f64 {
        let hardness = Dice::of(&format!("question {}", question.key)).between(-0.12, 0.12);
        let well = (self.quality - hardness).clamp(0.05, 0.99);
        match question.critical {
            // What is critical is trained, so it fails seldom.
            Some(Critical::VisitZero {}) => 1.0 - (1.0 - well) * 0.02,
            Some(Critical::SectionZero {} | Critical::Cap { .. }) => 1.0 - (1.0 - well) * 0.2,
            None if question.bonus => well * 0.4,
            None => well,
        }
    }

    fn find(&mut self, question: &Question) -> Option<Found> {
        let well = self.goes_well(question);
        let number = |(number, well)| (Some(AnswerValue::Integer(number)), well);
        Some(match &question.answer {
            AnswerKind::YesNo { expect } => {
                let good = self.dice.happens(well);
                (Some(AnswerValue::Bool(good == (*expect == Expected::Yes))), if good { 1.0 } else { 0.0 })
            }
            AnswerKind::Scale { from, to, reversed } => {
                self.scale((*from).into(), (*to).into(), *reversed, well)
            }
            AnswerKind::OneChoice { options } => self.choice(options, well)?,
            AnswerKind::SeveralChoices { options, at_least, .. } => self.choices(options, *at_least, well),
            AnswerKind::Number { minimum, maximum, bands, .. } => {
                number(self.measure(bands, minimum.unwrap_or(0)..=maximum.unwrap_or(100), well))
            }
            AnswerKind::Amount { minimum, maximum, bands, .. } => {
                let (least, most) = (minimum.unwrap_or(0).max(350), maximum.unwrap_or(i64::MAX).min(6_500));
                number(self.measure(bands, least..=most, well))
            }
            AnswerKind::Duration { minimum, maximum, bands } => {
                number(self.measure(bands, minimum.unwrap_or(0)..=maximum.unwrap_or(1_800).min(1_800), well))
            }
            AnswerKind::Text { min_length, max_length, .. } => {
                let text =
                    self.text(question.required, min_length.unwrap_or(1) as usize, *max_length as usize);
                (Some(AnswerValue::Text(text)), 1.0)
            }
            AnswerKind::DateTime { ask, .. } => {
                let form = match ask {
                    Ask::Date => "%Y-%m-%d",
                    Ask::Time => "%H:%M",
                    Ask::DateTime => "%Y-%m-%dT%H:%M",
                };
                (Some(AnswerValue::Text(self.visit.started.strftime(form).to_string())), 1.0)
            }
            AnswerKind::Location {} => (Some(AnswerValue::Location(self.location()?)), 1.0),
            AnswerKind::Photo { at_least, .. } => self.all_files(question, MediaType::Jpeg, *at_least),
            // Nobody records anything in the demo.
            AnswerKind::Audio { .. } => return None,
            AnswerKind::Signature {} => self.all_files(question, MediaType::Png, 1),
            AnswerKind::Note {} => return None,
        })
    }

    fn scale(&mut self, from: i64, to: i64, reversed: bool, well: f64) -> Found {
        let steps = (from..to).filter(|_| self.dice.happens(well)).count() as i64;
        let value = if reversed { to - steps } else { from + steps };
        (Some(AnswerValue::Integer(value)), steps as f64 / (to - from) as f64)
    }

    /// From the best option downwards, until something goes well; where nothing is better, any of them.
    fn choice(&mut self, options: &[Choice], well: f64) -> Option<Found> {
        let points = |option: &&Choice| option.points.unwrap_or(0);
        let most = options.iter().map(|option| points(&option)).max()?;
        if most == 0 {
            return Some((Some(AnswerValue::Text(self.dice.one_of(options)?.key.to_string())), 1.0));
        }
        let mut options: Vec<_> = options.iter().collect();
        options.sort_by_key(|option| std::cmp::Reverse(points(option)));
        let last = options.len().checked_sub(1)?;
        let chosen = (0..last).find(|_| self.dice.happens(well)).unwrap_or(last);
        let option = options.get(chosen)?;
        Some((Some(AnswerValue::Text(option.key.to_string())), f64::from(points(option)) / f64::from(most)))
    }

    /// Each of the good ones by itself; of those that say nothing good, one where there is no good one to say.
    fn choices(&mut self, options: &[Choice], at_least: u16, well: f64) -> Found {
        let good: Vec<_> = options.iter().filter(|option| option.points.unwrap_or(0) > 0).collect();
        let mut chosen: Vec<_> = good.iter().filter(|_| self.dice.happens(well)).copied().collect();
        let share = if good.is_empty() { 1.0 } else { chosen.len() as f64 / good.len() as f64 };
        if chosen.is_empty() && at_least > 0 {
            // The last one is what is left to say: `nothing`, `none`, `other`.
            chosen.extend(options.last());
        }
        (Some(AnswerValue::List(chosen.into_iter().map(|option| option.key.to_string()).collect())), share)
    }

    /// Something measured: in the best band if it goes well, or else in the next one, and so on.
    fn measure(&mut self, bands: &[Band], limits: RangeInclusive<i64>, well: f64) -> (i64, f64) {
        let (mut least, most) = limits.into_inner();
        let best = bands.iter().map(|band| band.points).max().unwrap_or(0);
        for band in bands {
            let up_to = band.up_to.unwrap_or(most).min(most);
            if self.dice.happens(well) {
                return (self.between(least, up_to), f64::from(band.points) / f64::from(best.max(1)));
            }
            least = (up_to + 1).min(most);
        }
        let beyond = if bands.is_empty() { most } else { most.min(least.saturating_mul(2).max(least + 1)) };
        (self.between(least, beyond), if bands.is_empty() { 1.0 } else { 0.0 })
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.dice.below((most - least).max(0).unsigned_abs() + 1) as i64
    }

    /// Where much has to be said, a story, which somebody without one of the own has from others; else phrases until it
    /// is long enough: of what should be better where something has to be said, or else of the best.
    fn text(&mut self, required: bool, least: usize, most: usize) -> String {
        if least >= STORY {
            let mut others = Dice::of("a story that goes round");
            let copied = honesty(self.visit) == Honesty::Copies;
            return summary(&self.visit.language, if copied { &mut others } else { &mut self.dice });
        }
        let words = if required { &self.words.improve[..] } else { &self.words.best[..] };
        let mut text = String::new();
        let first = self.dice.below(words.len() as u64) as usize;
        for phrase in words.iter().cycle().skip(first).take(20) {
            if text.chars().count() >= least && !text.is_empty() {
                break;
            }
            text = if text.is_empty() { (*phrase).to_owned() } else { format!("{text} {phrase}") };
        }
        text.chars().take(most).collect()
    }

    /// Some metres from where the branch is.
    fn location(&mut self) -> Option<Location> {
        let (latitude, longitude) = self.visit.position;
        let mut near = |degrees: f64| {
            crate::checklists::answers::Degrees::new(degrees + self.dice.between(-0.0003, 0.0003))
        };
        let (latitude, longitude) = (near(latitude)?, near(longitude)?);
        Some(Location {
            latitude,
            longitude,
            accuracy_m: AccuracyM::try_from(5 + self.dice.below(40) as i64).ok(),
        })
    }

    fn all_files(&mut self, question: &Question, media_type: MediaType, count: u16) -> Found {
        for number in 0..count {
            self.file(question, media_type, number + 1);
        }
        (None, 1.0)
    }

    fn file(&mut self, question: &Question, media_type: MediaType, number: u16) {
        let name = format!("file {number} of {} of {}", question.key, self.visit.name);
        // A picture that cannot be drawn is one that the shopper did not take.
        let Some(bytes) = picture(&name, media_type) else { return };
        let (id, question) = (Id::new(id(&name)), question.key.clone());
        let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
        self.files.push((Entry { id, question, media_type, size, sha256 }, bytes));
    }
}

fn how_often_not_applicable(question: &Question) -> f64 {
    match question.key.as_str() {
        "remedy" => 0.85,
        _ => Dice::of(&format!("use of {}", question.key)).between(0.15, 0.5),
    }
}
