//! Arbitrary kinds of questions, and what answers them.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::json;

use super::text;
use crate::checklists::answers::AnswerValue;
use crate::checklists::manifest::MediaType;
use crate::checklists::model::{AnswerKind, Ask, Band, Choice, Expected, Key, MAX_NUMBER, Pattern};

/// Any kind of question.
pub fn kinds() -> impl Strategy<Value = AnswerKind> {
    prop_oneof![
        any::<bool>()
            .prop_map(|yes| AnswerKind::YesNo { expect: if yes { Expected::Yes } else { Expected::No } }),
        options().prop_map(|options| AnswerKind::OneChoice { options }),
        several_choices(),
        (-50..50_i32, 1..=100_i32, any::<bool>()).prop_map(|(from, span, reversed)| AnswerKind::Scale {
            from,
            to: from + span,
            reversed
        }),
        (0..=6_u8, limits(-40..=40), prop::option::of(Just(text("kg"))), bands(-50..=50)).prop_map(
            |(decimals, (minimum, maximum), unit, bands)| AnswerKind::Number {
                decimals,
                minimum,
                maximum,
                unit,
                bands
            }
        ),
        (limits(-40..=40), bands(-50..=50)).prop_map(|((minimum, maximum), bands)| AnswerKind::Amount {
            currency: "EUR".into(),
            minimum,
            maximum,
            bands
        }),
        (limits(0..=80), bands(0..=100)).prop_map(|((minimum, maximum), bands)| AnswerKind::Duration {
            minimum,
            maximum,
            bands
        }),
        texts(),
        date_times(),
        (1..=3_u16, 0..=2_u16, bands(1..=5)).prop_map(|(at_least, more, bands)| AnswerKind::Photo {
            at_least,
            at_most: at_least + more,
            bands
        }),
        (1..=2_u16, 0..=1_u16, bands(1..=3)).prop_map(|(at_least, more, bands)| AnswerKind::Audio {
            at_least,
            at_most: at_least + more,
            max_seconds: 600,
            bands
        }),
        prop_oneof![Just(AnswerKind::Location {}), Just(AnswerKind::Signature {}), Just(AnswerKind::Note {})],
    ]
}

/// A value that answers this kind of question, which is not answered by files.
pub fn values(kind: &AnswerKind) -> BoxedStrategy<AnswerValue> {
    let whole = |minimum: Option<i64>, maximum: Option<i64>, bands: &[Band]| {
        let (least, most) = (minimum.unwrap_or(-MAX_NUMBER), maximum.unwrap_or(MAX_NUMBER));
        let mut near: Vec<_> =
            bands.iter().filter_map(|band| band.up_to).flat_map(|at| [at, at + 1]).collect();
        near.extend([least, most]);
        near.retain(|number| (least..=most).contains(number));
        let few = least.max(-60)..=most.min(110);
        prop_oneof![prop::sample::select(near), few].prop_map(AnswerValue::Integer).boxed()
    };
    match kind {
        AnswerKind::YesNo { .. } => any::<bool>().prop_map(AnswerValue::Bool).boxed(),
        AnswerKind::OneChoice { options } => {
            prop::sample::select(keys(options)).prop_map(AnswerValue::Text).boxed()
        }
        AnswerKind::SeveralChoices { options, at_least, at_most } => {
            let most = at_most.map_or(options.len(), usize::from);
            let some = prop::sample::subsequence(keys(options), usize::from(*at_least)..=most);
            some.prop_shuffle().prop_map(AnswerValue::List).boxed()
        }
        AnswerKind::Scale { from, to, .. } => {
            (i64::from(*from)..=i64::from(*to)).prop_map(AnswerValue::Integer).boxed()
        }
        AnswerKind::Number { minimum, maximum, bands, .. }
        | AnswerKind::Amount { minimum, maximum, bands, .. } => whole(*minimum, *maximum, bands),
        AnswerKind::Duration { minimum, maximum, bands } => {
            whole(Some(minimum.unwrap_or(0)), *maximum, bands)
        }
        AnswerKind::DateTime { ask, .. } => {
            let (date, time) = (
                "20(0[1-9]|[12][0-9])-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
                "(0[7-9]|1[0-9]|2[01]):[0-5][0-9]",
            );
            let form = match ask {
                Ask::Date => date.to_owned(),
                Ask::Time => time.to_owned(),
                Ask::DateTime => format!("{date}T{time}"),
            };
            proptest::string::string_regex(&form).unwrap().prop_map(AnswerValue::Text).boxed()
        }
        AnswerKind::Location {} => (-90.0..=90.0, -180.0..=180.0, prop::option::of(0..=1_000_000_u32))
            .prop_map(|(latitude, longitude, accuracy)| {
                let json = json!({"latitude": latitude, "longitude": longitude, "accuracy_m": accuracy});
                serde_json::from_value(json).unwrap()
            })
            .boxed(),
        AnswerKind::Text { pattern, .. } => {
            let form = match pattern {
                None => "[a-zéя]{5,12}",
                Some(Pattern::Email) => "[a-z]{1,5}@[a-z]{3,6}",
                Some(Pattern::Phone) => r"\+?[0-9]{5,9}[ 0-9]{0,2}",
                Some(Pattern::Url) => "http://[a-z]{1,5}",
                Some(Pattern::Digits) => "[0-9]{5,12}",
                Some(Pattern::Letters) => "[a-zéя][a-zéя ]{3,10}[a-zéя]",
                Some(Pattern::LettersAndDigits) => "[0-9a-zéя][0-9a-zéя ]{3,10}[0-9a-zéя]",
            };
            form.prop_map(AnswerValue::Text).boxed()
        }
        _ => panic!("no value answers {kind:?}"),
    }
}

/// Files that answer this kind of question, which is answered by files.
pub fn files(kind: &AnswerKind) -> BoxedStrategy<Vec<MediaType>> {
    let (images, sounds) = (
        prop::sample::select(vec![MediaType::Jpeg, MediaType::Png, MediaType::Webp]),
        prop::sample::select(vec![MediaType::M4a, MediaType::Ogg, MediaType::Webm, MediaType::Wav]),
    );
    let count = |at_least: u16, at_most: u16| usize::from(at_least)..=usize::from(at_most);
    match *kind {
        AnswerKind::Photo { at_least, at_most, .. } => vec(images, count(at_least, at_most)).boxed(),
        AnswerKind::Audio { at_least, at_most, .. } => vec(sounds, count(at_least, at_most)).boxed(),
        _ => vec(images, 1).boxed(),
    }
}

/// Whether some answer earns no points at all, as a critical question needs.
pub fn can_earn_nothing(kind: &AnswerKind) -> bool {
    let worthless =
        |options: &[Choice]| options.iter().filter(|option| option.points.unwrap_or(0) == 0).count();
    match kind {
        AnswerKind::YesNo { .. } | AnswerKind::Scale { .. } => true,
        AnswerKind::OneChoice { options } => worthless(options) > 0,
        AnswerKind::SeveralChoices { options, at_least, .. } => worthless(options) >= usize::from(*at_least),
        AnswerKind::Number { minimum: None, maximum: None, bands, .. } => {
            bands.iter().any(|band| band.points == 0) || bands.last().is_some_and(|last| last.up_to.is_some())
        }
        // Limits may keep answers from the bands that earn nothing: better too few than too many.
        _ => false,
    }
}

fn keys(options: &[Choice]) -> Vec<String> {
    options.iter().map(|option| option.key.to_string()).collect()
}

fn options() -> impl Strategy<Value = Vec<Choice>> {
    vec(prop::option::of(0..=9_u16), 2..=12).prop_map(|points| {
        let option = |(i, points)| Choice { key: Key::from(format!("o{i}")), text: text("Option"), points };
        points.into_iter().enumerate().map(option).collect()
    })
}

fn several_choices() -> impl Strategy<Value = AnswerKind> {
    options().prop_flat_map(|options| {
        let count = options.len() as u16;
        (0..=count).prop_flat_map(move |at_least| {
            let at_most = prop::option::of(at_least.max(1)..=count);
            let options = options.clone();
            at_most.prop_map(move |at_most| AnswerKind::SeveralChoices {
                options: options.clone(),
                at_least,
                at_most,
            })
        })
    })
}

/// Bands with limits in this range; often none.
fn bands(limits: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = Vec<Band>> {
    let some =
        (btree_set(limits, 1..=4), any::<bool>(), vec(0..=9_u16, 4)).prop_map(|(limits, open, points)| {
            let last = limits.len() - 1;
            let bands = limits.into_iter().zip(points).enumerate();
            let mut bands: Vec<_> = bands
                .map(|(i, (limit, points))| Band { up_to: (i < last || !open).then_some(limit), points })
                .collect();
            if bands.iter().all(|band| band.points == 0) {
                bands[0].points = 1;
            }
            bands
        });
    prop_oneof![1 => Just(Vec::new()), 3 => some]
}

/// Limits in this range, either of which may be left out.
fn limits(range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    let most = *range.end();
    range.prop_flat_map(move |least| {
        (prop::option::of(Just(least)), prop::option::of(least.max(0)..=most.max(least)))
    })
}

fn texts() -> impl Strategy<Value = AnswerKind> {
    let patterns = prop::sample::select(vec![
        Pattern::Email,
        Pattern::Phone,
        Pattern::Url,
        Pattern::Digits,
        Pattern::Letters,
        Pattern::LettersAndDigits,
    ]);
    (prop::option::of(1..=5_u32), 12..=10_000_u32, prop::option::of(patterns), bands(3..=14)).prop_map(
        |(min_length, max_length, pattern, bands)| AnswerKind::Text {
            min_length,
            max_length,
            pattern,
            bands,
        },
    )
}

fn date_times() -> impl Strategy<Value = AnswerKind> {
    let asks = prop::sample::select(vec![Ask::Date, Ask::Time, Ask::DateTime]);
    (asks, any::<bool>(), any::<bool>(), bands(300..=1439)).prop_map(|(ask, early, late, bands)| {
        let (earliest, latest) = match ask {
            Ask::Date => ("2001-01-01", "2029-12-28"),
            Ask::Time => ("07:00", "21:59"),
            Ask::DateTime => ("2001-01-01T07:00", "2029-12-28T21:59"),
        };
        AnswerKind::DateTime {
            ask,
            earliest: early.then(|| earliest.to_owned()),
            latest: late.then(|| latest.to_owned()),
            bands: if ask == Ask::Time { bands } else { Vec::new() },
        }
    })
}
