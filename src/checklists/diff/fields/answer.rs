//! The fields of a way to answer.

use serde_json::{Value, json};

use super::{
    super::{
        changes::{
            Affects::{self, Flow, Scores},
            Subject,
        },
        words::{
            self, Book,
            Phrase::{Is, Went},
            measure, plain,
        },
    },
    Fields,
};
use crate::checklists::model::{AnswerKind, Ask, Band, Choice, Expected, Pattern};

impl Fields<'_> {
    /// Where the way to answer is another one, nothing else of it is listed.
    pub(super) fn answer(&mut self, answer: &AnswerKind) {
        let Some(book) = self.book else { return };
        let start = self.all.len();
        Way { fields: self, book, answer }.put();
        self.parts(start, "answer");
        // Two descriptions may be the same where the kinds are not, so the kind itself is compared.
        let tag = serde_json::to_value(answer).ok().and_then(|answer| answer.get("kind").cloned());
        let (value, tag) = (words::kind(book, answer), tag.unwrap_or_default());
        self.put("answer", Scores, Went("the way to answer {}"), Some(value), tag).whole();
    }
}

/// A way to answer, whose fields are being collected.
struct Way<'w, 'b> {
    fields: &'w mut Fields<'b>,
    book: &'w Book<'w>,
    answer: &'w AnswerKind,
}

impl Way<'_, '_> {
    fn put(&mut self) {
        match self.answer {
            AnswerKind::YesNo { expect } => self.yes_no(*expect),
            AnswerKind::OneChoice { options } => self.options(options),
            AnswerKind::SeveralChoices { options, at_least, at_most } => {
                self.options(options);
                self.choices(*at_least, *at_most);
            }
            AnswerKind::Scale { from, to, reversed } => self.scale(*from, *to, *reversed),
            AnswerKind::Number { decimals, minimum, maximum, unit, bands } => {
                let phrase = Went("the number of decimals of {}");
                self.fields.plain("decimals", weighs(bands), phrase, *decimals);
                self.bounds(*minimum, *maximum);
                self.fields.optional_text("unit", Went("the unit of {}"), unit.as_ref());
            }
            AnswerKind::Amount { currency, minimum, maximum, bands } => {
                let (value, phrase) = (Some(plain(currency)), Went("the currency of {}"));
                self.fields.put("currency", weighs(bands), phrase, value, json!(currency));
                self.bounds(*minimum, *maximum);
            }
            AnswerKind::Duration { minimum, maximum, bands: _ } => self.bounds(*minimum, *maximum),
            AnswerKind::Text { min_length, max_length, pattern, bands: _ } => {
                self.text(*min_length, *max_length, *pattern);
            }
            AnswerKind::DateTime { ask, earliest, latest, bands } => {
                self.moment(*ask, weighs(bands), [earliest.as_deref(), latest.as_deref()]);
            }
            AnswerKind::Photo { at_least, at_most, bands: _ } => {
                self.fields.plain("at_least", Flow, Went("the fewest photos for {}"), *at_least);
                self.fields.plain("at_most", Flow, Went("the most photos for {}"), *at_most);
            }
            AnswerKind::Audio { at_least, at_most, max_seconds, bands: _ } => {
                self.recordings(*at_least, *at_most, *max_seconds);
            }
            AnswerKind::Location {} | AnswerKind::Signature {} | AnswerKind::Note {} => {}
        }
        self.bands();
    }

    fn yes_no(&mut self, expect: Expected) {
        let value = match expect {
            Expected::Yes => "yes",
            Expected::No => "no",
        };
        let phrase = Went("the answer to {} that earns the point");
        self.fields.put("expect", Scores, phrase, Some(value.to_owned()), json!(expect)).quote();
    }

    /// Options are matched one by one where both sides have some; this is for the rest.
    fn options(&mut self, options: &[Choice]) {
        let (value, exact) = (words::count(options.len(), "option"), json!(!options.is_empty()));
        self.fields.put("options", Scores, Went("the number of options of {}"), Some(value), exact);
    }

    fn choices(&mut self, at_least: u16, at_most: Option<u16>) {
        self.fields.plain("at_least", Flow, Went("the fewest choices in {}"), at_least);
        let most = at_most.map_or("all".to_owned(), |most| most.to_string());
        self.fields.put("at_most", Scores, Went("the most choices in {}"), Some(most), json!(at_most));
    }

    fn scale(&mut self, from: i32, to: i32, reversed: bool) {
        self.fields.plain("from", Scores, Went("the least number of the scale of {}"), from);
        self.fields.plain("to", Scores, Went("the greatest number of the scale of {}"), to);
        let ends = ["best at its greatest number", "best at its least number"];
        self.fields.flag("reversed", Scores, Is("the scale of {}"), reversed, ends);
    }

    fn text(&mut self, min_length: Option<u32>, max_length: u32, pattern: Option<Pattern>) {
        let least = min_length.map(|least| least.to_string());
        let phrase = Went("the fewest characters of an answer to {}");
        self.fields.put("min_length", Flow, phrase, least, json!(min_length));
        self.fields.plain("max_length", Flow, Went("the most characters of an answer to {}"), max_length);
        let value = pattern.map(|pattern| self::pattern(pattern).to_owned());
        self.fields.put("pattern", Flow, Went("what an answer to {} has to be"), value, json!(pattern));
    }

    fn moment(&mut self, ask: Ask, affects: Affects, [earliest, latest]: [Option<&str>; 2]) {
        let value = words::ask(ask).to_owned();
        self.fields.put("ask", affects, Went("what {} asks for"), Some(value), json!(ask));
        for (name, phrase, end) in [
            ("earliest", "the earliest answer to {}", earliest),
            ("latest", "the latest answer to {}", latest),
        ] {
            self.fields.put(name, Flow, Went(phrase), end.map(plain), json!(end)).quote();
        }
    }

    fn recordings(&mut self, at_least: u16, at_most: u16, max_seconds: u16) {
        self.fields.plain("at_least", Flow, Went("the fewest recordings for {}"), at_least);
        self.fields.plain("at_most", Flow, Went("the most recordings for {}"), at_most);
        let phrase = Went("the most seconds of a recording for {}");
        self.fields.plain("max_seconds", Flow, phrase, max_seconds);
    }

    fn bounds(&mut self, minimum: Option<i64>, maximum: Option<i64>) {
        for (name, phrase, end) in
            [("minimum", "the least that {} takes", minimum), ("maximum", "the most that {} takes", maximum)]
        {
            let value = end.map(|end| measure(self.book, self.answer, end));
            let exact = end.map_or(Value::Null, |end| json!([self.steps(), end]));
            self.fields.put(name, Flow, Went(phrase), value, exact);
        }
    }

    /// Puts the bands, where answers have a measure.
    fn bands(&mut self) {
        if self.answer.measured_bands().is_none() {
            return;
        }
        let bands = self.answer.bands();
        let value = (!bands.is_empty()).then(|| words::bands(self.book, self.answer, bands));
        let exact = if bands.is_empty() { Value::Null } else { json!([self.steps(), bands]) };
        self.fields.put("bands", Scores, Went("the bands of {}"), value, exact).about(Subject::Bands);
    }

    /// What numbers mean depends on these as well.
    fn steps(&self) -> Value {
        match self.answer {
            AnswerKind::Number { decimals, .. } => json!(decimals),
            AnswerKind::Amount { currency, .. } => json!(currency),
            _ => Value::Null,
        }
    }
}

fn weighs(bands: &[Band]) -> Affects {
    if bands.is_empty() { Flow } else { Scores }
}

fn pattern(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Email => "an e-mail address",
        Pattern::Phone => "a telephone number",
        Pattern::Url => "a web address",
        Pattern::Digits => "digits",
        Pattern::Letters => "letters",
        Pattern::LettersAndDigits => "letters and digits",
    }
}
