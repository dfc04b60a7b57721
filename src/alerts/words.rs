//! What an alert says, in the reader's language.

use super::{
    model::{Alert, Found},
    rules::model::AlertCondition,
};
use crate::texts::{Language, say, text};

/// What was found at a place, and how sure that is: the score beside what it was compared to, its interval, and whether that is more than chance.
pub fn reason(alert: &Alert, (place, subject): (&str, &str), language: Language) -> String {
    let found = &alert.found;
    let mut sentences = vec![what(alert, (place, subject), language), within(found, language)];
    if found.condition.beyond_chance {
        sentences.push(text!("alert-beyond-chance").say(language).into_owned());
    }
    sentences.join(" ")
}

/// A score in basis points as a percentage.
fn percent(points: i32, language: Language) -> String {
    say!(language, "print-percent", number = language.number(points.into(), 2)).into_owned()
}

fn what(alert: &Alert, (place, subject): (&str, &str), language: Language) -> String {
    let found = &alert.found;
    let months = match (alert.period.from(), alert.period.to()) {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} – {to}"),
    };
    let (score, mark) = (percent(found.score, language), percent(found.compared_to, language));
    let (place, subject) = (place.to_owned(), subject.to_owned());
    macro_rules! sentence {
        ($id:literal) => {
            say!(language, $id, place = place, subject = subject, months = months, score = score, mark = mark)
        };
    }
    let sentence = match (found.condition.kind, found.condition.by_target) {
        (AlertCondition::Below, false) => sentence!("alert-below"),
        (AlertCondition::Below, true) => sentence!("alert-below-target"),
        (AlertCondition::Above, false) => sentence!("alert-above"),
        (AlertCondition::Above, true) => sentence!("alert-above-target"),
        (AlertCondition::Fell, _) => sentence!("alert-fell"),
        (AlertCondition::Rose, _) => sentence!("alert-rose"),
    };
    sentence.into_owned()
}

/// Of how many visits the figure is, and its interval.
fn within(found: &Found, language: Language) -> String {
    let visits = found.visits;
    if found.condition.compares() {
        let [low, high] = [found.interval.low, found.interval.high].map(|end| language.number(end.into(), 2));
        return say!(language, "alert-difference-within", visits = visits, low = low, high = high)
            .into_owned();
    }
    let [low, high] = [found.interval.low, found.interval.high].map(|end| percent(end, language));
    say!(language, "alert-score-within", visits = visits, low = low, high = high).into_owned()
}
