//! Figures in words and for programs.

use super::Figure;
use crate::texts::{Language, say, text};

/// Basis points as a percentage with two decimals, as the language writes it.
pub fn percent(points: i32, language: Language) -> String {
    say!(language, "print-percent", number = language.number(points.into(), 2)).into_owned()
}

/// Whole percent.
pub(super) fn whole_percent(points: i32, language: Language) -> String {
    say!(language, "print-percent", number = language.number(i64::from(points / 100), 0)).into_owned()
}

/// A figure in words: the score, its interval, of how many visits, and its target.
pub fn sentence(figure: &Figure, language: Language) -> String {
    let visits = figure.visits;
    let mut wording = match (figure.score, figure.interval) {
        (Some(score), Some((low, high))) => {
            let [score, low, high] = [score, low, high].map(|points| percent(points, language));
            say!(language, "chart-figure", score = score, low = low, high = high, visits = visits)
        }
        _ => say!(language, "chart-no-figure", visits = visits),
    }
    .into_owned();
    if figure.insufficient && figure.score.is_some() {
        wording = format!("{wording} ({})", text!("chart-too-few").say(language));
    }
    if let Some(target) = figure.target {
        let target = say!(language, "chart-target-of", score = percent(target, language));
        wording = format!("{wording}; {target}");
    }
    wording
}

/// A figure for programs.
pub(super) fn data(figure: &Figure) -> Vec<(&'static str, String)> {
    let mut data = vec![("visits", figure.visits.to_string())];
    data.extend(figure.score.map(|score| ("score", score.to_string())));
    if let Some((low, high)) = figure.interval {
        data.extend([("low", low.to_string()), ("high", high.to_string())]);
    }
    data.extend(figure.target.map(|target| ("target", target.to_string())));
    data.push(("insufficient", figure.insufficient.to_string()));
    data
}
