//! What conditions say of rows, and what is no condition.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Condition, parser::DEEPEST};
use crate::{
    error::Code,
    odata::{
        cell::{Cell, Row, percent},
        model::{Column, VISITS},
    },
};

/// A visit with this state and score.
fn visit(state: &str, score: Option<i32>) -> Row {
    let cell = |column: &Column| match column.name {
        "state" => state.into(),
        "score" => score.into(),
        "score_percent" => percent(score),
        "month" => Cell::Day("2026-03-01".parse().unwrap()),
        _ => Cell::Null,
    };
    VISITS.columns.iter().map(cell).collect()
}

fn holds(condition: &str, row: &Row) -> bool {
    Condition::parse(condition, &VISITS).unwrap_or_else(|error| panic!("{condition}: {error}")).holds(row)
}

#[test]
fn conditions_hold_as_they_say() {
    let row = visit("final", Some(8_350));
    for (condition, wanted) in [
        ("state eq 'final'", true),
        ("'final' eq state", true),
        ("state ne 'final'", false),
        ("score gt 8349 and score lt 8351", true),
        ("8349 lt score", true),
        ("score eq 8350.0", true),
        ("score_percent eq 83.5", true),
        ("score_percent gt 83.51", false),
        ("score_percent le 84", true),
        ("month ge 2026-03-01 and month lt 2026-04-01", true),
        ("not (month eq 2026-03-01)", false),
        ("state in ('approved', 'final')", true),
        ("state in ('approved')", false),
        ("contains(state,'in') and startswith(state,'f') and endswith(state,'l')", true),
        ("state eq 'x' or score eq 8350 and month eq 2026-03-01", true),
        ("(state eq 'x' or score eq 8350) and month eq 2026-04-01", false),
        ("completed_at eq null", true),
        ("score ne null", true),
        ("state eq 'it''s'", false),
    ] {
        assert_eq!(holds(condition, &row), wanted, "{condition}");
    }
    let without = visit("it's", None);
    for (condition, wanted) in [
        ("score eq null", true),
        ("score ne 5", true),
        ("score lt 5", false),
        ("score ge 0", false),
        ("not (score ge 0)", true),
        ("score in (5, null)", true),
        ("state eq 'it''s'", true),
    ] {
        assert_eq!(holds(condition, &without), wanted, "{condition}");
    }
}

#[test]
fn what_cannot_be_read_has_its_place() {
    for (condition, says) in [
        ("", "at 1 "),
        ("state", "at 6 "),
        ("state eq", "at 9 "),
        ("state eq 'a", "at 10 "),
        ("state eq 5", "at 10 "),
        ("score eq 'five'", "at 10 "),
        ("score eq 1.234", "at 10 "),
        ("id eq 7", "at 7 "),
        ("nothing eq 7", "at 1 "),
        ("(state eq 'a'", "at 14 "),
        ("state eq 'a')", "at 13 "),
        ("state eq 'a' state", "at 14 "),
        ("state like 'a'", "at 7 "),
        ("state eq 'a'; drop table visit", "at 13 "),
        ("contains(score,'a')", "at 10 "),
        ("month eq 2026-13-01", "at 10 "),
    ] {
        let error = Condition::parse(condition, &VISITS).unwrap_err();
        let detail = error.particulars().detail.clone().unwrap();
        let place = says.trim_start_matches("at ").trim();
        assert_eq!(error.code(), Code::MalformedRequest, "{condition}");
        let has_place = detail.split(|one: char| !one.is_ascii_digit()).any(|number| number == place);
        assert!(has_place, "{condition}: {detail}");
    }
}

#[test]
fn what_is_not_supported_has_its_name() {
    for (condition, name) in [
        ("tolower(state) eq 'a'", "tolower()"),
        ("score add 5 gt 3", "add"),
        ("state eq state", "a comparison of two columns"),
        ("1 eq 1", "a comparison of two values"),
        ("branch/name eq 'a'", "branch/name"),
        ("answers/any(a:a/earned gt 1)", "answers/any()"),
        ("state has 'a'", "has"),
        ("$it eq 5", "$it"),
    ] {
        let error = Condition::parse(condition, &VISITS).unwrap_err();
        assert_eq!(error.code(), Code::NotSupported, "{condition}: {error}");
        assert_eq!(error.particulars().detail.clone().unwrap(), format!("{name} is not supported"));
    }
}

#[test]
fn what_is_deep_or_long_is_refused() {
    let deep = |depth: usize| format!("{}state eq 'a'{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Condition::parse(&deep(DEEPEST - 1), &VISITS).is_ok());
    assert!(Condition::parse(&deep(DEEPEST), &VISITS).is_err());
    assert!(Condition::parse(&"not ".repeat(10_000), &VISITS).is_err());
    let long = vec!["score eq 1"; 200].join(" or ");
    assert!(Condition::parse(&long, &VISITS).is_ok());
    assert!(Condition::parse(&vec![long; 2].join(" or "), &VISITS).is_err());
}
