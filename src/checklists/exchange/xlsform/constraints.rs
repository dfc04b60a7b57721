//! `constraint` expressions as limits.

use super::expression::{Expr, Mistake, Node, Op};
use super::{numbers, patterns, printing};
use crate::checklists::kinds::{AnswerKind, Ask};

type Read<T> = Result<T, Mistake>;

fn refuse<T>(node: &Node, message: impl Into<String>) -> Read<T> {
    Err(Mistake::new(node.at, "expression_not_kept", message))
}

/// Puts the limits of an expression into the answer's kind.
///
/// # Errors
/// The part that limits cannot express, with its place in the expression.
pub fn apply(node: &Node, answer: &mut AnswerKind) -> Read<()> {
    match &node.kind {
        Expr::And(parts) => parts.iter().try_for_each(|part| apply(part, answer)),
        Expr::Call(name, arguments) if name == "regex" => pattern(node, arguments, answer),
        Expr::Compare(op, sides) => {
            let (left, right) = &**sides;
            match (subject(left)?, subject(right)?) {
                (Some(subject), None) => limit(subject, *op, right, answer),
                (None, Some(subject)) => limit(subject, op.turned(), left, answer),
                _ => refuse(node, "A limit compares the answer itself, `.`, with a value."),
            }
        }
        _ => refuse(node, "A limit compares the answer itself, `.`, with a value."),
    }
}

/// Which measure of the answer is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Itself,
    Length,
    Count,
}

fn subject(node: &Node) -> Read<Option<Subject>> {
    let of_this = |inner: &[Node]| matches!(inner, [Node { kind: Expr::This, .. }]);
    match &node.kind {
        Expr::This => Ok(Some(Subject::Itself)),
        Expr::Var(name) => refuse(node, format!("A limit is a value, not the answer to `{name}`.")),
        Expr::Call(name, inner) => match name.as_str() {
            "string-length" if of_this(inner) => Ok(Some(Subject::Length)),
            "count-selected" if of_this(inner) => Ok(Some(Subject::Count)),
            "decimal-time" if of_this(inner) => Ok(Some(Subject::Itself)),
            "date" | "date-time" | "decimal-time"
                if matches!(inner.as_slice(), [Node { kind: Expr::Text(_), .. }]) =>
            {
                Ok(None)
            }
            _ => refuse(node, format!("A limit cannot say `{name}()`.")),
        },
        _ => Ok(None),
    }
}

fn limit(subject: Subject, op: Op, value: &Node, answer: &mut AnswerKind) -> Read<()> {
    let decimals = numbers::decimals(answer).unwrap_or(0);
    match (subject, answer) {
        (
            Subject::Itself,
            AnswerKind::Number { minimum, maximum, .. }
            | AnswerKind::Amount { minimum, maximum, .. }
            | AnswerKind::Duration { minimum, maximum, .. },
        ) => {
            let (least, most) = bounds(op, value, decimals)?;
            set(minimum, least, value)?;
            set(maximum, most, value)
        }
        (Subject::Length, AnswerKind::Text { min_length, max_length, .. }) => {
            let (least, most) = bounds(op, value, 0)?;
            set(min_length, narrow(least, value)?, value)?;
            // It cannot be distinguished from its default, so the last one holds.
            *max_length = narrow(most, value)?.unwrap_or(*max_length);
            Ok(())
        }
        (Subject::Count, AnswerKind::SeveralChoices { at_least, at_most, .. }) => {
            let (least, most) = bounds(op, value, 0)?;
            *at_least = narrow(least, value)?.unwrap_or(*at_least);
            set(at_most, narrow(most, value)?, value)
        }
        (Subject::Itself, AnswerKind::DateTime { ask, earliest, latest, .. }) => {
            let moment = Some(moment(*ask, value)?);
            match op {
                Op::AtLeast => set(earliest, moment, value),
                Op::AtMost => set(latest, moment, value),
                _ => refuse(value, "Limit dates and times with `>=` and `<=`."),
            }
        }
        (Subject::Itself, _) => refuse(value, "Answers to this question have no such limits."),
        (Subject::Length, _) => refuse(value, "string-length() limits texts."),
        (Subject::Count, _) => refuse(value, "count-selected() limits several choices."),
    }
}

/// The least and the greatest number that a comparison allows.
fn bounds(op: Op, value: &Node, decimals: u8) -> Read<(Option<i64>, Option<i64>)> {
    let number = match &value.kind {
        Expr::Number(number) | Expr::Text(number) => numbers::steps(number, decimals),
        _ => None,
    };
    let Some(number) = number else {
        return refuse(value, format!("A limit is a number of at most {decimals} decimals here."));
    };
    Ok(match op {
        Op::AtLeast => (Some(number), None),
        Op::More => (Some(number.saturating_add(1)), None),
        Op::AtMost => (None, Some(number)),
        Op::Less => (None, Some(number.saturating_sub(1))),
        Op::Equal => (Some(number), Some(number)),
        Op::Differs => return refuse(value, "A limit cannot leave out one value."),
    })
}

fn narrow<T: TryFrom<i64>>(number: Option<i64>, value: &Node) -> Read<Option<T>> {
    let narrowed = number.map(T::try_from).transpose();
    narrowed.or_else(|_| refuse(value, "This number is out of range."))
}

fn set<T: PartialEq>(limit: &mut Option<T>, new: Option<T>, value: &Node) -> Read<()> {
    if new.is_none() {
        return Ok(());
    }
    if limit.is_some() && *limit != new {
        return refuse(value, "This limit is given twice.");
    }
    *limit = new;
    Ok(())
}

/// A date or time in the form of the answers.
fn moment(ask: Ask, value: &Node) -> Read<String> {
    let text = match (&value.kind, ask) {
        (Expr::Text(text), _) => text,
        (Expr::Call(name, inner), _) => match (name.as_str(), inner.as_slice(), ask) {
            ("date", [Node { kind: Expr::Text(text), .. }], Ask::Date)
            | ("decimal-time", [Node { kind: Expr::Text(text), .. }], Ask::Time)
            | ("date-time", [Node { kind: Expr::Text(text), .. }], Ask::DateTime) => text,
            _ => return refuse(value, format!("`{name}()` is no limit of this question.")),
        },
        _ => return refuse(value, "Write the date or time as a text."),
    };
    Ok(printing::moment_text(text).to_owned())
}

fn pattern(node: &Node, arguments: &[Node], answer: &mut AnswerKind) -> Read<()> {
    let AnswerKind::Text { pattern, .. } = answer else {
        return refuse(node, "regex() limits texts.");
    };
    let [Node { kind: Expr::This, .. }, Node { kind: Expr::Text(expression), .. }] = arguments else {
        return refuse(node, "Write regex(., '…').");
    };
    match patterns::named(expression) {
        Some(known) => set(pattern, Some(known), node),
        None => {
            refuse(node, format!("Only these patterns can be kept: {}.", patterns::expressions().join("  ")))
        }
    }
}
