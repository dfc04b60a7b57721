//! What expressions become: rules and limits.

use super::*;

/// The rule that an expression over these questions becomes, or the code of its refusal.
fn rule(relevant: &str) -> Result<Json, String> {
    let columns: &[&str] = &["type", "name", "label", "relevant", "kind", "calculation"];
    let rows: &[&[&str]] = &[
        columns,
        &["select_one yn", "agreed", "?", "", "yes_no", ""],
        &["select_one size", "size", "?", "", "", ""],
        &["select_multiple size", "sizes", "?", "", "", ""],
        &["decimal", "bill", "?", "", "", ""],
        &["integer", "age", "?", "", "", ""],
        &["text", "words", "?", "", "", ""],
        &["date", "day", "?", "", "", ""],
        &["time", "hour", "?", "", "", ""],
        &["image", "photo", "?", "", "", ""],
        &["calculate", "adult", "", "", "", "${age} >= 18"],
        &["calculate", "limit", "", "", "", "12.5"],
        &["text", "used", "?", "${adult} = true() and ${bill} > ${limit}", "", ""],
        &["text", "asked", "?", relevant, "", ""],
        &["text", "later", "?", "", "", ""],
    ];
    let (content, errors, _) =
        understood(sheets(&[("survey", rows), ("choices", CHOICES), ("settings", SETTINGS)]));
    match errors.as_slice() {
        [] => Ok(content["sections"][0]["questions"][10]["show_when"].clone()),
        [(place, code)] if place == "survey!D14" => Err(code.clone()),
        other => panic!("{relevant}: {other:?}"),
    }
}

#[test]
fn expressions_become_rules() {
    let var = |key: &str| json!({ "var": key });
    let cases = [
        ("${agreed} = 'yes'", var("agreed")),
        ("${agreed} = \"no\"", json!({"===": [var("agreed"), false]})),
        ("${agreed} != 'yes'", json!({"!==": [var("agreed"), true]})),
        ("not( ${agreed}='yes' )", json!({"!": [var("agreed")]})),
        ("${size} = 'L-X'", json!({"===": [var("size"), "l_x"]})),
        ("'S' != ${size}", json!({"!==": [var("size"), "s"]})),
        ("${size} = 3", json!({"===": [var("size"), "n3"]})),
        ("selected(${size}, 'S')", json!({"===": [var("size"), "s"]})),
        ("selected('S 3', ${size})", json!({"in": [var("size"), ["s", "n3"]]})),
        ("selected(${sizes}, 'S')", json!({"in": ["s", var("sizes")]})),
        ("${sizes} != ''", json!({"!==": [var("sizes"), null]})),
        ("count-selected(${sizes}) > 0", json!({"!==": [var("sizes"), null]})),
        ("${bill} >= 4.5", json!({">=": [var("bill"), 450]})),
        ("18 <= ${age}", json!({">=": [var("age"), 18]})),
        ("${age} < -3", json!({"<": [var("age"), -3]})),
        ("${words} = ''", json!({"===": [var("words"), null]})),
        ("${words} = 'it''", json!(null)),
        ("${day} > date('2026-01-01')", json!({">": [var("day"), "2026-01-01"]})),
        ("decimal-time(${hour}) < decimal-time('09:30')", json!({"<": [var("hour"), "09:30"]})),
        ("decimal-time(${hour}) > decimal-time('1970-01-01T09:30')", json!({">": [var("hour"), "09:30"]})),
        ("${photo} != ''", json!({"!==": [var("photo"), null]})),
        ("true()", json!(null)),
        ("${age} = 1 and true()", json!({"===": [var("age"), 1]})),
        (
            "${age} = 1 or ${age} = 2 and ${agreed} = 'yes'",
            json!({"or": [{"===": [var("age"), 1]}, {"and": [{"===": [var("age"), 2]}, var("agreed")]}]}),
        ),
        ("${adult}", json!({">=": [var("age"), 18]})),
        ("${adult} = false()", json!({"!": [{">=": [var("age"), 18]}]})),
        ("${bill} <= ${limit}", json!({"<=": [var("bill"), 1250]})),
    ];
    for (expression, wanted) in cases {
        if expression == "${words} = 'it''" {
            assert_eq!(rule(expression), Err("malformed_expression".into()));
        } else {
            assert_eq!(rule(expression), Ok(wanted), "{expression}");
        }
    }
}

#[test]
fn what_no_rule_can_say_is_refused() {
    for expression in [
        "${age} + 1 > 2",
        "${age} > ${bill}",
        "${age} * 2 = 4",
        "today() > ${day}",
        "${sizes} = 'S'",
        "count-selected(${sizes}) > 2",
        "string-length(${words}) > 3",
        "if(${age} > 3, true(), false())",
        ". = 'a'",
        "${size} > 'S'",
        "${words} < 'b'",
        "'a' = 'a'",
        "${age}",
        "'yes'",
        "${photo} = 'a.jpg'",
        "${age} = 1.5",
        "jr:choice-name(${size}, '${size}') = 'Small'",
        "/data/age = 3",
        "pulldata('a', 'b', 'c', ${age}) = 1",
    ] {
        assert_eq!(rule(expression), Err("relevant_not_kept".into()), "{expression}");
    }
    for (expression, code) in [
        ("${size} = 'XXL'", "unknown_option"),
        ("${nobody} = 1", "unknown_name"),
        ("${later} = ''", "forward_reference"),
        ("${asked} = ''", "forward_reference"),
        ("${age > 3", "malformed_expression"),
        ("false()", "never_shown"),
        (&"(".repeat(100), "too_deep"),
    ] {
        assert_eq!(rule(expression), Err(code.into()), "{expression}");
    }
}

#[test]
fn constraints_become_limits() {
    let columns: &[&str] = &["type", "name", "label", "constraint", "kind", "currency"];
    let limited = |kind: &str, constraint: &str, more: &[&str]| {
        let row = [&[kind, "q", "?", constraint], more].concat();
        let (question, errors) = one(columns, &row);
        if errors.is_empty() { Ok(question["answer"].clone()) } else { Err(errors) }
    };
    let has = |kind, constraint, more: &[&str], wanted: &[(&str, Json)]| {
        let answer = limited(kind, constraint, more).unwrap();
        wanted
            .iter()
            .for_each(|(member, value)| assert_eq!(answer[member], *value, "{constraint}: {answer}"));
    };
    has("integer", ". >= 1 and . < 5", &[], &[("minimum", json!(1)), ("maximum", json!(4))]);
    has("integer", "0 < .", &[], &[("minimum", json!(1)), ("maximum", Json::Null)]);
    has("decimal", ". <= 0.125", &[], &[("maximum", json!(125)), ("decimals", json!(3))]);
    has("decimal", ". <= 12.5", &["amount", "EUR"], &[("maximum", json!(1250)), ("currency", json!("EUR"))]);
    has("integer", ". <= 90", &["duration"], &[("maximum", json!(90))]);
    has("text", "string-length(.) = 6", &[], &[("min_length", json!(6)), ("max_length", json!(6))]);
    has("text", "regex(., '^[0-9]+$')", &[], &[("pattern", json!("digits"))]);
    has("select_multiple size", "count-selected(.) <= 2", &[], &[("at_most", json!(2))]);
    has("date", ". >= date('2026-01-01')", &[], &[("earliest", json!("2026-01-01"))]);
    has("date", ". <= '2026-01-01'", &[], &[("latest", json!("2026-01-01"))]);
    for (kind, constraint) in [
        ("integer", ". != 3"),
        ("integer", ". > 1 or . < 0"),
        ("integer", ". > ${q}"),
        ("integer", ". > 1.5"),
        ("integer", "not(. > 3)"),
        ("integer", ". >= 1 and . >= 2"),
        ("text", "regex(., '^[A-Z]$')"),
        ("text", ". != 'a'"),
        ("select_one size", ". != 'S'"),
        ("select_multiple size", "not(selected(., 'S') and count-selected(.) > 1)"),
        ("date", ". <= today()"),
        ("range", ". > 2"),
    ] {
        let wanted = vec![("survey!D2".to_owned(), "constraint_not_kept".to_owned())];
        assert_eq!(limited(kind, constraint, &[]), Err(wanted), "{constraint}");
    }
}

#[test]
fn a_rule_about_what_is_no_answer_is_refused_and_never_lost() {
    let with = |relevant: &str| -> Mistakes {
        let rows: &[&[&str]] = &[
            &["type", "name", "label", "relevant"],
            &["start", "began", "", ""],
            &["begin_group", "g", "G", ""],
            &["select_one size", "size", "?", ""],
            &["text", "asked", "?", relevant],
            &["end_group", "", "", ""],
        ];
        understood(sheets(&[("survey", rows), ("choices", CHOICES), ("settings", SETTINGS)])).1
    };
    assert_eq!(with("${size} = 'S'"), []);
    for relevant in [
        "${size} = 'S' and ${began} != ''",
        "not(${g} = 1) and ${size} = 'S'",
        "selected(${began}, 'a')",
        "${g} = 3",
    ] {
        let mistakes = with(relevant);
        assert_eq!(mistakes.len(), 1, "{relevant}: {mistakes:?}");
        assert_eq!(mistakes[0].0, "survey!D5", "{relevant}");
    }
}
