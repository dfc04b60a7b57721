//! How rules are read and written.

use super::*;
use crate::checklists::rules::{Comparison, MAX_NESTING, Quantifier, Test};

fn refused(json: Json) -> String {
    match serde_json::from_value::<Rule>(json.clone()) {
        Ok(rule) => panic!("{json} was read as {rule:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_written_in_the_one_way_stays_so() {
    for written in [
        r#"{"var":"a"}"#,
        r#"{"===":[{"var":"a"},null]}"#,
        r#"{"!==":[{"var":"a"},"x"]}"#,
        r#"{"<":[{"var":"a"},-3]}"#,
        r#"{">=":[{"var":"a"},9007199254740991]}"#,
        r#"{"<":[1,{"var":"a"},5]}"#,
        r#"{"<=":["09:00",{"var":"a"},"17:00"]}"#,
        r#"{"in":[{"var":"a"},["x","y"]]}"#,
        r#"{"in":["x",{"var":"a"}]}"#,
        r#"{"some":[{"var":"a"},{"===":[{"var":""},"x"]}]}"#,
        r#"{"all":[{"var":"a"},{"or":[{"!==":[{"var":""},"x"]},{"!":[{"in":[{"var":""},["y"]]}]}]}]}"#,
        r#"{"none":[{"var":"a"},{"and":[{"===":[{"var":""},"x"]}]}]}"#,
        r#"{"and":[{"var":"a"},{"or":[{"!":[{"var":"b"}]},{"===":[{"var":"c"},true]}]}]}"#,
    ] {
        let rule: Rule = serde_json::from_str(written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(serde_json::to_string(&rule).unwrap(), written);
    }
}

#[test]
fn other_spellings_are_written_in_the_one_way() {
    let cases = [
        (json!({"!": {"var": "a"}}), json!({"!": [{"var": "a"}]})),
        (json!({"===": [true, {"var": "a"}]}), json!({"===": [{"var": "a"}, true]})),
        (json!({"!==": [null, {"var": "a"}]}), json!({"!==": [{"var": "a"}, null]})),
        (json!({"<": [3, {"var": "a"}]}), json!({">": [{"var": "a"}, 3]})),
        (json!({"<=": [3, {"var": "a"}]}), json!({">=": [{"var": "a"}, 3]})),
        (json!({">": [3, {"var": "a"}]}), json!({"<": [{"var": "a"}, 3]})),
        (json!({">=": [3, {"var": "a"}]}), json!({"<=": [{"var": "a"}, 3]})),
        (
            json!({"all": [{"var": "a"}, {"!": {"===": ["x", {"var": ""}]}}]}),
            json!({"all": [{"var": "a"}, {"!": [{"===": [{"var": ""}, "x"]}]}]}),
        ),
    ];
    for (spelled, written) in cases {
        assert_eq!(serde_json::to_string(&rule(spelled)).unwrap(), written.to_string());
    }
}

#[test]
fn what_is_read_is_what_was_meant() {
    let compare = Rule::Compare {
        question: "a".into(),
        comparison: Comparison::Greater,
        with: Literal::Text("12:00".into()),
    };
    assert_eq!(rule(json!({"<": ["12:00", {"var": "a"}]})), compare);
    let each =
        Rule::Each { question: "a".into(), quantifier: Quantifier::None, test: Test::IsNot("x".into()) };
    assert_eq!(rule(json!({"none": [{"var": "a"}, {"!==": [{"var": ""}, "x"]}]})), each);
}

#[test]
fn what_is_no_rule_is_refused_and_says_why() {
    let (a, b, element) = (json!({"var": "a"}), json!({"var": "b"}), json!({"var": ""}));
    let cases = [
        (json!({}), "one operator"),
        (json!([]), "one operator"),
        (json!(true), "one operator"),
        (json!("a"), "one operator"),
        (json!(null), "one operator"),
        (json!({"var": "a", "!": [a]}), "one operator"),
        (json!({"if": [a, a, a]}), "no such operator"),
        (json!({"==": [a, 1]}), "no such operator"),
        (json!({"!!": [a]}), "no such operator"),
        (json!({"var": 1}), "key of a question"),
        (json!({"var": ["a"]}), "key of a question"),
        (json!({"var": null}), "key of a question"),
        (element.clone(), "stands only inside"),
        (json!({"===": [element, "x"]}), "stands only inside"),
        (json!({"===": [a]}), "with one value"),
        (json!({"===": a}), "with one value"),
        (json!({"===": [a, 1, 2]}), "range"),
        (json!({"===": [1, 2]}), "with one value"),
        (json!({"===": [a, [1]]}), "with one value"),
        (json!({"===": [a, {"!": [b]}]}), "with one value"),
        (json!({"===": [a, b]}), "not with another answer"),
        (json!({"<": [a, b]}), "not with another answer"),
        (json!({"in": [a, b]}), "not with another answer"),
        (json!({">": [1, a, 3]}), "range"),
        (json!({"<": [1, 2, a]}), "range"),
        (json!({"<": [a, 1, b]}), "range"),
        (json!({"<": [1, a, 3, 4]}), "with one value"),
        (json!({"===": [a, 1.5]}), "floating point"),
        (json!({"===": [a, 9_223_372_036_854_775_808_u64]}), "too large"),
        (json!({"in": [a, "x"]}), "keys of options"),
        (json!({"in": [a, [1]]}), "keys of options"),
        (json!({"in": [1, a]}), "keys of options"),
        (json!({"in": [a]}), "keys of options"),
        (json!({"in": ["x", ["x"]]}), "keys of options"),
        (json!({"in": ["x", element]}), "keys of options"),
        (json!({"and": []}), "one or more conditions"),
        (json!({"or": a}), "one or more conditions"),
        (json!({"and": [a, 1]}), "one or more conditions"),
        (json!({"and": [a, [b]]}), "one or more conditions"),
        (json!({"and": [a, {"===": [element, "x"]}]}), "one or more conditions"),
        (json!({"!": []}), "one condition"),
        (json!({"!": [a, b]}), "one condition"),
        (json!({"!": true}), "one condition"),
        (json!({"some": [a]}), "several choices"),
        (json!({"some": [a, b]}), "several choices"),
        (json!({"some": [a, element]}), "several choices"),
        (json!({"some": [a, {"===": [b, "x"]}]}), "several choices"),
        (json!({"some": [["x"], {"===": [element, "x"]}]}), "several choices"),
        (json!({"some": [a, {"some": [b, {"===": [element, "x"]}]}]}), "several choices"),
        (json!({"some": [a, {"===": [element, 1]}]}), "key of an option"),
        (json!({"some": [a, {"===": [element, null]}]}), "key of an option"),
        (json!({"some": [a, {"<": [element, "x"]}]}), "key of an option"),
        (json!({"some": [a, {"!": [element]}]}), "key of an option"),
        (json!({"some": [a, {"and": [element]}]}), "key of an option"),
        (json!({"in": [a, [[["x"]]]]}), "lists of lists"),
        (json!({"var": "a\u{0}"}), "NUL"),
        (json!({"===": [a, "\u{0}"]}), "NUL"),
        (json!({"in": [a, ["x\u{0}"]]}), "NUL"),
    ];
    for (json, reason) in cases {
        let error = refused(json.clone());
        assert!(error.contains(reason), "{json}: {error:?} is not about {reason:?}");
    }
}

#[test]
fn an_operator_given_twice_is_refused() {
    let error = serde_json::from_str::<Rule>(r#"{"var": "a", "var": "b"}"#).unwrap_err().to_string();
    assert!(error.contains("one operator"), "{error}");
}

fn nested(operators: usize) -> Json {
    (1..operators).fold(json!({"var": "a"}), |inner, _| json!({"!": [inner]}))
}

#[test]
fn sixteen_operators_may_be_inside_one_another() {
    assert_eq!(rule(nested(MAX_NESTING)).nesting(), MAX_NESTING);
    assert!(refused(nested(MAX_NESTING + 1)).contains("at most 16 operators"));
    // In a comparison the var is the innermost operator, in a test the element is.
    let deepest =
        |innermost: Json, by: usize| (0..MAX_NESTING - by).fold(innermost, |inner, _| json!({"or": [inner]}));
    for (innermost, by) in [
        (json!({"===": [{"var": "a"}, 1]}), 2),
        (json!({"<": [1, {"var": "a"}, 2]}), 2),
        (json!({"in": ["x", {"var": "a"}]}), 2),
        (json!({"some": [{"var": "a"}, {"!": [{"===": [{"var": ""}, "x"]}]}]}), 4),
    ] {
        let deepest = deepest(innermost, by);
        assert_eq!(rule(deepest.clone()).nesting(), MAX_NESTING, "{deepest}");
        refused(json!({"!": [deepest]}));
    }
}

#[test]
fn the_deepest_rule_fits_into_a_request() {
    use crate::checklists::model::MAX_DEPTH;
    use crate::http::input::refuse_depth;
    let deepest = (0..MAX_NESTING - 3).fold(
        json!({"some": [{"var": "a"}, {"in": [{"var": ""}, ["x"]]}]}),
        |inner, _| json!({"or": [inner]}),
    );
    let question = json!({"key": "q", "text": {"en": "?"}, "show_when": deepest, "answer": {"kind": "note"}});
    let content = json!({"sections": [{"questions": [question]}]}).to_string();
    rule(deepest);
    refuse_depth(content.as_bytes(), MAX_DEPTH).unwrap();
}

#[test]
fn a_mistake_has_its_place() {
    let body = r#"{"key": "q", "text": {}, "answer": {"kind": "note"}, "show_when": {"and": [{"var": "a"}, {"<": [{"var": "b"}, 1.5]}]}}"#;
    let mut parser = serde_json::Deserializer::from_str(body);
    let error = serde_path_to_error::deserialize::<_, Question>(&mut parser).unwrap_err();
    assert_eq!(error.path().to_string(), "show_when.and[1].<[1]");
}

#[test]
fn no_rule_is_null_or_nothing() {
    let read = |rule: &str| {
        let body = format!(r#"{{"key": "q", "text": {{}}, "answer": {{"kind": "note"}}{rule}}}"#);
        serde_json::from_str::<Question>(&body).unwrap()
    };
    assert_eq!(read("").show_when, None);
    assert_eq!(read(r#", "show_when": null"#).show_when, None);
}
