//! What can be wrong with the way in which a question is answered.

use std::collections::HashSet;

use super::Check;
use crate::checklists::model::{
    AnswerKind, Ask, Band, Choice, MAX_BANDS, MAX_DECIMALS, MAX_FILES, MAX_NUMBER, MAX_POINTS, MAX_RECORDING,
    MAX_SPAN, MAX_TEXT_ANSWER, OPTIONS,
};

impl<'c> Check<'c> {
    pub(super) fn answer(&mut self, at: &str, answer: &'c AnswerKind) {
        match answer {
            AnswerKind::YesNo { .. }
            | AnswerKind::Location {}
            | AnswerKind::Signature {}
            | AnswerKind::Note {} => {}
            AnswerKind::OneChoice { options } => self.options(at, options),
            AnswerKind::SeveralChoices { options, at_least, at_most } => {
                self.options(at, options);
                self.several(at, options.len(), *at_least, *at_most);
            }
            AnswerKind::Scale { from, to, .. } => self.scale(at, (*from).into(), (*to).into()),
            AnswerKind::Number { decimals, minimum, maximum, unit, .. } => {
                self.range(&format!("{at}/decimals"), (*decimals).into(), 0, MAX_DECIMALS.into());
                self.limits(at, *minimum, *maximum, -MAX_NUMBER);
                if let Some(unit) = unit {
                    self.text(&format!("{at}/unit"), unit);
                }
            }
            AnswerKind::Amount { currency, minimum, maximum, .. } => {
                self.currency(&format!("{at}/currency"), currency);
                self.limits(at, *minimum, *maximum, -MAX_NUMBER);
            }
            AnswerKind::Duration { minimum, maximum, .. } => self.limits(at, *minimum, *maximum, 0),
            AnswerKind::Text { min_length, max_length, .. } => {
                self.range(&format!("{at}/max_length"), (*max_length).into(), 1, MAX_TEXT_ANSWER.into());
                if let Some(least) = min_length {
                    self.range(&format!("{at}/min_length"), (*least).into(), 1, (*max_length).into());
                }
            }
            AnswerKind::DateTime { ask, earliest, latest, bands } => {
                self.moments(at, *ask, earliest.as_deref(), latest.as_deref());
                if *ask != Ask::Time && !bands.is_empty() {
                    let message =
                        "Ask for a time alone, or remove the bands: they count minutes after midnight.";
                    self.error(format!("{at}/bands"), "bands_without_measure", message);
                }
            }
            AnswerKind::Photo { at_least, at_most, .. } => self.files(at, *at_least, *at_most),
            AnswerKind::Audio { at_least, at_most, max_seconds, .. } => {
                self.files(at, *at_least, *at_most);
                self.range(&format!("{at}/max_seconds"), (*max_seconds).into(), 1, MAX_RECORDING.into());
            }
        }
        self.bands(&format!("{at}/bands"), answer.bands());
    }

    fn options(&mut self, at: &str, options: &'c [Choice]) {
        let at = format!("{at}/options");
        self.count(&at, options.len(), OPTIONS);
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

    fn several(&mut self, at: &str, options: usize, least: u16, most: Option<u16>) {
        let options = i64::try_from(options).unwrap_or(i64::MAX);
        self.range(&format!("{at}/at_least"), least.into(), 0, options);
        if let Some(most) = most {
            self.range(&format!("{at}/at_most"), most.into(), i64::from(least).max(1), options);
        }
    }

    fn scale(&mut self, at: &str, from: i64, to: i64) {
        if !(1..=MAX_SPAN).contains(&(to - from)) {
            let message = format!("Choose a number from {} to {}.", from + 1, from + MAX_SPAN);
            self.error(format!("{at}/to"), "out_of_range", message);
        }
    }

    fn limits(&mut self, at: &str, minimum: Option<i64>, maximum: Option<i64>, least: i64) {
        if let Some(minimum) = minimum {
            self.range(&format!("{at}/minimum"), minimum, least, MAX_NUMBER);
        }
        if let Some(maximum) = maximum {
            self.range(&format!("{at}/maximum"), maximum, minimum.unwrap_or(least).max(least), MAX_NUMBER);
        }
    }

    fn currency(&mut self, at: &str, currency: &str) {
        if !crate::text::is_currency(currency) {
            self.error(at, "unknown_currency", "Write a currency of ISO 4217 such as `EUR`, `BGN` or `TRY`.");
        }
    }

    fn moments(&mut self, at: &str, ask: Ask, earliest: Option<&str>, latest: Option<&str>) {
        for (name, moment) in [("earliest", earliest), ("latest", latest)] {
            if moment.is_some_and(|moment| !ask.is_answered_by(moment)) {
                let message = format!("Write it as {}.", ask.example());
                self.error(format!("{at}/{name}"), "malformed_moment", message);
            }
        }
        // One form, so that their order is that of their letters.
        if earliest.zip(latest).is_some_and(|(earliest, latest)| earliest > latest) {
            self.error(format!("{at}/latest"), "out_of_range", "Choose one that is not before the earliest.");
        }
    }

    fn files(&mut self, at: &str, least: u16, most: u16) {
        self.range(&format!("{at}/at_least"), least.into(), 1, MAX_FILES.into());
        self.range(&format!("{at}/at_most"), most.into(), least.max(1).into(), MAX_FILES.into());
    }

    fn bands(&mut self, at: &str, bands: &[Band]) {
        if bands.len() > MAX_BANDS {
            self.error(at, "too_many", format!("Give at most {MAX_BANDS}."));
        }
        let mut above = None;
        for (i, band) in bands.iter().enumerate() {
            let at = format!("{at}/{i}");
            self.range(&format!("{at}/points"), band.points.into(), 0, MAX_POINTS.into());
            match band.up_to {
                None if i + 1 == bands.len() => {}
                None => self.error(format!("{at}/up_to"), "required", "Only the last band may have no end."),
                Some(up_to) => {
                    let least = above.map_or(-MAX_NUMBER, |above: i64| above.saturating_add(1));
                    self.range(&format!("{at}/up_to"), up_to, least, MAX_NUMBER);
                    above = Some(up_to);
                }
            }
        }
    }
}
