//! What kinds of questions can be asked for, and the two sides of a condition: where it holds, and where not.

use super::sets::{Bits, Lists, Set, Values};
use super::shapes::Asked;
use super::{Comparison, Quantifier};
use crate::checklists::model::{AnswerKind, Ask};

/// What a question stands for where a condition holds, and where it does not.
pub(super) type Sides<'c> = (Set<'c>, Set<'c>);

/// The question has one of these values; or not, which `null` does not either.
pub(super) fn scalar<'c>(asked: &Asked<'c>, values: Values<'c>) -> Option<Sides<'c>> {
    let universe = asked.universe()?;
    let no = Set { null: universe.null, values: universe.values.without(&values) };
    Some((Set { null: false, values: universe.values.and(&values) }, no))
}

pub(super) fn null<'c>(asked: &Asked<'c>) -> Option<Sides<'c>> {
    let universe = asked.universe()?;
    let yes = Set { null: universe.null, values: universe.values.none() };
    Some((yes, Set { null: false, values: universe.values.clone() }))
}

/// So many of the options chosen are of these.
pub(super) fn quantified<'c>(asked: &Asked<'c>, quantifier: Quantifier, bits: Bits) -> Option<Sides<'c>> {
    let universe = asked.universe()?;
    let all = Bits::below(asked.question.answer.options().len());
    let set = |nothing: bool, of: Bits, hits: Vec<Bits>| {
        let others = Some(Lists { of, hits, least: 0, most: usize::MAX });
        Set { null: nothing, values: Values::Lists { empty: nothing, others } }.and(universe)
    };
    let has_one = |bits| set(false, all, vec![bits]);
    Some(match quantifier {
        Quantifier::Some => (has_one(bits), set(true, all.without(bits), Vec::new())),
        Quantifier::None => (set(true, all.without(bits), Vec::new()), has_one(bits)),
        Quantifier::All => (set(false, bits, Vec::new()), set(true, all, vec![all.without(bits)])),
    })
}

/// The numbers that compare so with the one number of a range.
pub(super) fn ordered<'c>(comparison: Comparison, at: &[(i64, i64)]) -> Values<'c> {
    let Some((number, _)) = at.first().copied() else { return Values::Ranges(Vec::new()) };
    let range = match comparison {
        Comparison::Equal | Comparison::NotEqual => Some((number, number)),
        Comparison::Less => number.checked_sub(1).map(|most| (i64::MIN, most)),
        Comparison::LessOrEqual => Some((i64::MIN, number)),
        Comparison::Greater => number.checked_add(1).map(|least| (least, i64::MAX)),
        Comparison::GreaterOrEqual => Some((number, i64::MAX)),
    };
    Values::Ranges(range.into_iter().collect())
}

pub(super) fn is_counted(kind: &AnswerKind) -> bool {
    match kind {
        AnswerKind::Scale { .. }
        | AnswerKind::Number { .. }
        | AnswerKind::Amount { .. }
        | AnswerKind::Duration { .. }
        | AnswerKind::Photo { .. }
        | AnswerKind::Audio { .. }
        | AnswerKind::Signature {} => true,
        AnswerKind::YesNo { .. }
        | AnswerKind::OneChoice { .. }
        | AnswerKind::SeveralChoices { .. }
        | AnswerKind::Text { .. }
        | AnswerKind::DateTime { .. }
        | AnswerKind::Location {}
        | AnswerKind::Note {} => false,
    }
}

pub(super) fn is_ordered(kind: &AnswerKind) -> bool {
    is_counted(kind) || matches!(kind, AnswerKind::DateTime { .. })
}

/// What answers of this kind are compared with.
pub(super) fn wanted(kind: &AnswerKind) -> &'static str {
    match kind {
        AnswerKind::YesNo { .. } => "true, false or null",
        AnswerKind::OneChoice { .. } => "the key of an option, or null",
        AnswerKind::SeveralChoices { .. } => "null, or use in, some, all or none",
        AnswerKind::Scale { .. } | AnswerKind::Number { .. } => "a whole number, as it is answered",
        AnswerKind::Amount { .. } => "a whole number of minor units of the currency",
        AnswerKind::Duration { .. } => "a whole number of seconds",
        AnswerKind::Text { .. } => "a text, or null",
        AnswerKind::DateTime { ask: Ask::Date, .. } => "a date such as \"2026-11-22\"",
        AnswerKind::DateTime { ask: Ask::Time, .. } => "a time such as \"14:05\"",
        AnswerKind::DateTime { ask: Ask::DateTime, .. } => "a date and time such as \"2026-11-22T14:05\"",
        AnswerKind::Photo { .. } | AnswerKind::Audio { .. } | AnswerKind::Signature {} => {
            "a whole number: how many files there are"
        }
        AnswerKind::Location {} => "null: a position equals nothing else",
        AnswerKind::Note {} => "nothing: a note is never answered",
    }
}
