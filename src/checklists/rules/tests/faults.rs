//! What keeps rules from being published.

mod reach;

use super::*;

fn options(keys: &[&str]) -> Json {
    keys.iter().map(|key| json!({"key": key, "text": {"en": "?"}})).collect()
}

fn question(key: &str, answer: Json) -> Json {
    json!({"key": key, "text": {"en": "?"}, "answer": answer})
}

fn shown(key: &str, rule: Json) -> Json {
    let mut question = question(key, json!({"kind": "yes_no"}));
    question["show_when"] = rule;
    question
}

/// One question of each kind, required.
fn each_kind() -> Vec<Json> {
    let kinds = [
        ("yes", json!({"kind": "yes_no"})),
        ("one", json!({"kind": "one_choice", "options": options(&["a", "b", "c"])})),
        ("several", json!({"kind": "several_choices", "options": options(&["a", "b", "c"])})),
        ("scale", json!({"kind": "scale", "from": 1, "to": 5})),
        ("number", json!({"kind": "number", "minimum": -10, "maximum": 10})),
        ("amount", json!({"kind": "amount", "currency": "EUR"})),
        ("duration", json!({"kind": "duration", "maximum": 3600})),
        ("text", json!({"kind": "text", "min_length": 2, "max_length": 4})),
        ("digits", json!({"kind": "text", "pattern": "digits"})),
        (
            "date",
            json!({"kind": "date_time", "ask": "date", "earliest": "2026-01-01", "latest": "2026-12-31"}),
        ),
        ("time", json!({"kind": "date_time", "ask": "time"})),
        ("both", json!({"kind": "date_time", "ask": "date_time"})),
        ("photo", json!({"kind": "photo", "at_most": 3})),
        ("audio", json!({"kind": "audio"})),
        ("place", json!({"kind": "location"})),
        ("sign", json!({"kind": "signature"})),
        ("note", json!({"kind": "note"})),
    ];
    kinds.into_iter().map(|(key, kind)| question(key, kind)).collect()
}

fn found(content: &Content) -> Vec<(String, &'static str)> {
    check(content).into_iter().map(|finding| (finding.pointer, finding.code)).collect()
}

/// What is found in a rule that follows one question of each kind, without the place of the rule itself.
fn faults(rule: &Json) -> Vec<String> {
    let mut questions = each_kind();
    let at = format!("/sections/0/questions/{}/show_when", questions.len());
    questions.push(shown("target", rule.clone()));
    questions.push(shown("later", json!({"===": [{"var": "yes"}, true]})));
    let found = found(&content(json!(questions)));
    found
        .into_iter()
        .map(|(pointer, code)| format!("{} {code}", pointer.strip_prefix(&at).unwrap()))
        .collect()
}

#[test]
fn each_mistake_has_its_place() {
    let v = |key: &str| json!({"var": key});
    let e = v("");
    let cases = [
        (v("nosuch"), "/var unknown_question"),
        (v("target"), "/var points_forward"),
        (v("later"), "/var points_forward"),
        (v("one"), "/var wrong_type"),
        (v("note"), "/var wrong_type"),
        (json!({"===": [v("nosuch"), 1]}), "/===/0/var unknown_question"),
        (json!({"in": ["a", v("nosuch")]}), "/in/1/var unknown_question"),
        (json!({"<": [1, v("later"), 3]}), "/</1/var points_forward"),
        (json!({"and": [v("yes"), {"!": [{"<": [v("scale"), "x"]}]}]}), "/and/1/!/0/</1 wrong_type"),
        (json!({"===": [v("yes"), 1]}), "/===/1 wrong_type"),
        (json!({"===": [v("yes"), "true"]}), "/===/1 wrong_type"),
        (json!({"<": [v("yes"), true]}), "/</0 wrong_type"),
        (json!({"===": [v("one"), 1]}), "/===/1 wrong_type"),
        (json!({"===": [v("one"), "d"]}), "/===/1 unknown_option"),
        (json!({"!==": [v("one"), "d"]}), "/!==/1 unknown_option"),
        (json!({">": [v("one"), "a"]}), "/>/0 wrong_type"),
        (json!({"in": [v("one"), ["a", "d"]]}), "/in/1/1 unknown_option"),
        (json!({"in": [v("one"), []]}), "/in/1 never_holds"),
        (json!({"in": [v("several"), ["a"]]}), "/in/0 wrong_type"),
        (json!({"in": ["a", v("one")]}), "/in/1 wrong_type"),
        (json!({"in": ["d", v("several")]}), "/in/0 unknown_option"),
        (json!({"===": [v("several"), "a"]}), "/===/1 wrong_type"),
        (json!({"some": [v("one"), {"===": [e, "a"]}]}), "/some/0 wrong_type"),
        (json!({"some": [v("several"), {"===": [e, "d"]}]}), "/some/1/===/1 unknown_option"),
        (
            json!({"all": [v("several"), {"or": [{"!": [{"in": [e, ["a", "d"]]}]}, {"===": [e, "a"]}]}]}),
            "/all/1/or/0/!/0/in/1/1 unknown_option",
        ),
        (
            json!({"some": [v("several"), {"and": [{"===": [e, "a"]}, {"===": [e, "b"]}]}]}),
            "/some/1 never_holds",
        ),
        (json!({"none": [v("several"), {"in": [e, ["a", "b", "c"]]}]}), "/none/1 never_holds"),
        (json!({"===": [v("scale"), "3"]}), "/===/1 wrong_type"),
        (json!({"===": [v("scale"), 6]}), "/===/1 out_of_range"),
        (json!({"<": [v("scale"), 0]}), "/</1 out_of_range"),
        (json!({"<": [v("scale"), 1]}), "/</1 never_holds"),
        (json!({">": [v("scale"), 5]}), "/>/1 never_holds"),
        (json!({"<": [v("scale"), null]}), "/</1 wrong_type"),
        (json!({"===": [v("scale"), null]}), "/===/1 never_holds"),
        (json!({"<": [3, v("scale"), 4]}), "/< never_holds"),
        (json!({"<=": [4, v("scale"), 3]}), "/<= never_holds"),
        (json!({"<=": [0, v("scale"), 9]}), "/<=/0 out_of_range, /<=/2 out_of_range"),
        (json!({"<=": [null, v("scale"), 3]}), "/<=/0 wrong_type"),
        (json!({"<": ["a", v("text"), "b"]}), "/</1 wrong_type"),
        (json!({">": [v("number"), 11]}), "/>/1 out_of_range"),
        (json!({"===": [v("number"), true]}), "/===/1 wrong_type"),
        (json!({"<": [v("amount"), 9_007_199_254_740_992_i64]}), "/</1 out_of_range"),
        (json!({"<": [v("duration"), -1]}), "/</1 out_of_range"),
        (json!({">": [v("duration"), 3601]}), "/>/1 out_of_range"),
        (json!({"===": [v("text"), "a"]}), "/===/1 out_of_range"),
        (json!({"===": [v("text"), "ééééé"]}), "/===/1 out_of_range"),
        (json!({"!==": [v("text"), "   "]}), "/!==/1 out_of_range"),
        (json!({"===": [v("digits"), "12a"]}), "/===/1 wrong_form"),
        (json!({"===": [v("digits"), "1\n2"]}), "/===/1 wrong_form"),
        (json!({"===": [v("text"), "a\u{1b}"]}), "/===/1 out_of_range"),
        (json!({"===": [v("text"), 1]}), "/===/1 wrong_type"),
        (json!({">": [v("text"), "aa"]}), "/>/0 wrong_type"),
        (json!({"<": [v("date"), "2026-02-30"]}), "/</1 wrong_form"),
        (json!({"<": [v("date"), "2026-06-01T12:00"]}), "/</1 wrong_form"),
        (json!({"<": [v("date"), 20260601]}), "/</1 wrong_type"),
        (json!({"<": [v("date"), "2027-01-01"]}), "/</1 out_of_range"),
        (json!({"<": [v("date"), "2026-01-01"]}), "/</1 never_holds"),
        (json!({"<": ["2026-06-01", v("date"), "2026-06-02"]}), "/< never_holds"),
        (json!({">": [v("time"), "24:00"]}), "/>/1 wrong_form"),
        (json!({">": [v("time"), "23:59"]}), "/>/1 never_holds"),
        (json!({"===": [v("both"), "2026-06-01 12:00"]}), "/===/1 wrong_form"),
        (json!({">": [v("photo"), 4]}), "/>/1 out_of_range"),
        (json!({"===": [v("photo"), 0]}), "/===/1 out_of_range"),
        (json!({"===": [v("photo"), "a"]}), "/===/1 wrong_type"),
        (json!({">": [v("audio"), 1]}), "/>/1 never_holds"),
        (json!({"===": [v("sign"), 2]}), "/===/1 out_of_range"),
        (json!({"===": [v("place"), "x"]}), "/===/1 wrong_type"),
        (json!({">": [v("place"), 1]}), "/>/0 wrong_type"),
        (json!({"===": [v("note"), null]}), "/===/0/var wrong_type"),
        (
            json!({"or": [{"var": "nosuch"}, {"var": "one"}]}),
            "/or/0/var unknown_question, /or/1/var wrong_type",
        ),
    ];
    for (rule, expected) in cases {
        assert_eq!(faults(&rule).join(", "), expected, "{rule}");
    }
}

#[test]
fn what_can_hold_and_can_fail_is_accepted() {
    let v = |key: &str| json!({"var": key});
    let e = v("");
    for rule in [
        v("yes"),
        json!({"===": [v("yes"), false]}),
        json!({"!==": [v("yes"), false]}),
        json!({"in": [v("one"), ["a", "b"]]}),
        json!({"!==": [v("one"), "a"]}),
        json!({"in": ["a", v("several")]}),
        json!({"all": [v("several"), {"!==": [e, "a"]}]}),
        json!({"none": [v("several"), {"===": [e, "a"]}]}),
        json!({"===": [v("scale"), 5]}),
        json!({"<": [1, v("scale"), 3]}),
        json!({">": [v("number"), 0]}),
        json!({">=": [v("amount"), 1250]}),
        json!({"<=": [v("duration"), 0]}),
        json!({"===": [v("text"), "éé"]}),
        json!({"!==": [v("text"), "éééé"]}),
        json!({"<=": [v("date"), "2026-01-01"]}),
        json!({">=": [v("time"), "23:59"]}),
        json!({"<": ["2026-06-01T12:00", v("both"), "2026-06-01T12:02"]}),
        json!({"===": [v("photo"), 3]}),
        json!({"and": [{"in": ["a", v("several")]}, {"in": ["b", v("several")]}, {"in": ["c", v("several")]}]}),
    ] {
        assert_eq!(faults(&rule), [""; 0], "{rule}");
    }
}

#[test]
fn what_is_wrong_otherwise_does_no_harm() {
    let v = |key: &str| json!({"var": key});
    let checked = content(json!([
        question("q", json!({"kind": "scale", "from": 5, "to": 1})),
        question("q", json!({"kind": "number", "minimum": 5, "maximum": 1})),
        question("o", json!({"kind": "one_choice", "options": options(&[])})),
        question(
            "s",
            json!({"kind": "several_choices", "options": options(&["a", "a"]), "at_least": 5, "at_most": 1})
        ),
        question("d", json!({"kind": "date_time", "ask": "date", "earliest": "soon"})),
        question("p", json!({"kind": "photo", "at_least": 9, "at_most": 1})),
        shown(
            "a",
            json!({"and": [{"<": [v("q"), 7]}, {"in": ["a", v("s")]}, {"<": [v("d"), "2026-01-01"]}, {">": [v("p"), 3]}]})
        ),
        shown("a", json!({"!": [v("a")]})),
        shown("b", json!({"===": [v("o"), "x"]})),
    ]));
    assert_eq!(found(&checked), [("/sections/0/questions/8/show_when/===/1".into(), "unknown_option")]);
    assert_eq!(found(&content_of(json!([]))), []);
}

#[test]
fn rules_that_cannot_be_read_back_are_found() {
    let mut checked =
        content(json!([question("q", json!({"kind": "yes_no"})), shown("t", json!({"var": "q"}))]));
    let mut with = |rule: Rule| {
        checked.sections[0].questions[1].show_when = Some(rule);
        found(&checked)
    };
    let at = "/sections/0/questions/1/show_when";
    let deep = (0..16).fold(rule(json!({"var": "q"})), |rule, _| Rule::Not(Box::new(rule)));
    assert_eq!(with(deep), [(at.into(), "too_deep")]);
    assert_eq!(with(Rule::And(Vec::new())), [(format!("{at}/and"), "too_few")]);
    assert_eq!(with(Rule::Or(vec![Rule::Or(Vec::new())])), [(format!("{at}/or/0/or"), "too_few")]);
}
