//! What bands are about: the one number that an answer comes down to.

use super::{
    answers::AnswerValue,
    date_time,
    given::Answered,
    kinds::{AnswerKind, Ask, Band, Choice},
};

/// The number that an answer comes down to: as it was given, in characters, in minutes after midnight, or in files.
/// None where answers have no measure.
pub(super) fn measure(kind: &AnswerKind, answered: Answered) -> Option<i64> {
    match (kind, answered) {
        (
            AnswerKind::Number { .. } | AnswerKind::Amount { .. } | AnswerKind::Duration { .. },
            Answered::Value(AnswerValue::Integer(number)),
        ) => Some(*number),
        (AnswerKind::Text { .. }, Answered::Value(AnswerValue::Text(text))) => {
            i64::try_from(text.chars().count()).ok()
        }
        (AnswerKind::DateTime { ask: Ask::Time, .. }, Answered::Value(AnswerValue::Text(time))) => {
            date_time::minutes(time)
        }
        (AnswerKind::Photo { .. } | AnswerKind::Audio { .. }, Answered::Files(files)) => {
            i64::try_from(files).ok()
        }
        _ => None,
    }
}

/// The band that a measure belongs to: the first whose limit is not below it; none above them all.
pub(super) fn band(bands: &[Band], measure: i64) -> Option<&Band> {
    bands.iter().find(|band| band.up_to.is_none_or(|limit| measure <= limit))
}

/// So many keys are looked for one by one; for more, the options are put in order first.
const FEW: usize = 8;

/// The options that these keys name, in the order of the keys; none for a key that names no option.
pub(super) fn chosen<'c>(
    options: &'c [Choice],
    keys: &'c [String],
) -> impl Iterator<Item = Option<&'c Choice>> {
    let mut sorted: Vec<&Choice> = Vec::new();
    if keys.len() > FEW {
        sorted.extend(options);
        sorted.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    }
    keys.iter().map(move |key| match sorted.is_empty() {
        true => options.iter().find(|option| option.key.as_str() == key),
        false => {
            let at = sorted.binary_search_by(|option| option.key.as_str().cmp(key)).ok()?;
            sorted.get(at).copied()
        }
    })
}
