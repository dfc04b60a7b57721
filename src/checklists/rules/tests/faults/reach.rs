//! Rules that never hold or always do, what nothing can show, and how long it takes to find that out.

use std::time::Duration;

use super::*;
use crate::at_work::at_work;

#[test]
fn a_rule_that_never_holds() {
    let v = |key: &str| json!({"var": key});
    let e = v("");
    for rule in [
        json!({"and": [v("yes"), {"!": [v("yes")]}]}),
        json!({"and": [v("yes"), {"===": [v("yes"), false]}]}),
        json!({"and": [{"<": [v("scale"), 3]}, {"or": [v("yes"), {"!": [v("yes")]}]}, {">=": [v("scale"), 3]}]}),
        json!({"!": [{"or": [{"<": [v("scale"), 3]}, {">=": [v("scale"), 3]}]}]}),
        json!({"!": [{"in": [v("one"), ["a", "b", "c"]]}]}),
        json!({"and": [{"===": [v("text"), "aa"]}, {"===": [v("text"), "bb"]}]}),
        json!({"and": [{">": [v("date"), "2026-06-01"]}, {"<": [v("date"), "2026-06-02"]}]}),
        json!({"and": [{"all": [v("several"), {"===": [e, "a"]}]}, {"in": ["b", v("several")]}]}),
        json!({"and": [{"none": [v("several"), {"!==": [e, "a"]}]}, {"none": [v("several"), {"===": [e, "a"]}]}]}),
        json!({"or": [{"and": [v("yes"), {"!": [v("yes")]}]}, {"and": [{"===": [v("one"), "a"]}, {"!==": [v("one"), "a"]}]}]}),
    ] {
        assert_eq!(faults(&rule), [" never_holds"], "{rule}");
    }
}

#[test]
fn at_most_so_many_choices_are_reckoned_with() {
    let rule = |options: &[&str]| {
        let has: Vec<_> = options.iter().map(|option| json!({"in": [option, {"var": "q"}]})).collect();
        json!({"and": has})
    };
    let check = |rule: Json| {
        let several = json!({"kind": "several_choices", "options": options(&["a", "b", "c"]), "at_most": 2});
        found(&content(json!([question("q", several), shown("t", rule)])))
    };
    assert_eq!(check(rule(&["a", "b"])), []);
    assert_eq!(check(rule(&["a", "b", "c"])), [("/sections/0/questions/1/show_when".into(), "never_holds")]);
}

#[test]
fn a_rule_that_always_holds_is_a_warning() {
    let v = |key: &str| json!({"var": key});
    for rule in [
        json!({"!==": [v("yes"), null]}),
        json!({">=": [v("scale"), 1]}),
        json!({"or": [v("yes"), {"!": [v("yes")]}]}),
        json!({"in": [v("one"), ["a", "b", "c"]]}),
        json!({"some": [v("several"), {"in": [v(""), ["a", "b", "c"]]}]}),
    ] {
        assert_eq!(faults(&rule), [" always_holds"], "{rule}");
    }
    let mut optional = question("q", json!({"kind": "scale", "from": 1, "to": 5}));
    optional["required"] = json!(false);
    let checked = content(json!([optional, shown("t", json!({">=": [v("q"), 1]}))]));
    assert_eq!(found(&checked), [], "it does not hold where the question is not answered");
    let mut findings = check(&content(json!([
        question("q", json!({"kind": "yes_no"})),
        shown("t", json!({"!==": [v("q"), null]}))
    ])));
    assert_eq!(findings.pop().map(|finding| finding.severity), Some(Severity::Warning));
}

#[test]
fn a_question_that_nothing_can_show() {
    let v = |key: &str| json!({"var": key});
    let yes = |key: &str| question(key, json!({"kind": "yes_no"}));
    let at = |index: usize| (format!("/sections/0/questions/{index}/show_when"), "unreachable");
    // b is there only after a yes to a.
    let both = content(json!([
        yes("a"),
        shown("b", v("a")),
        shown("c", json!({"and": [v("b"), {"===": [v("a"), false]}]})),
        shown("d", json!({"and": [{"===": [v("b"), null]}, v("a")]})),
        shown("e", json!({"and": [v("b"), v("a")]})),
        shown("f", json!({"and": [{"===": [v("b"), null]}, {"!": [v("a")]}]})),
        shown("g", json!({"or": [v("c"), v("d")]})),
    ]));
    assert_eq!(found(&both), [at(2), at(3), at(6)]);
    // The same where b need not be answered.
    let mut b = shown("b", v("a"));
    b["required"] = json!(false);
    let optional =
        content(json!([yes("a"), b, shown("d", json!({"and": [{"===": [v("b"), null]}, v("a")]}))]));
    assert_eq!(found(&optional), []);
}

#[test]
fn a_section_that_nothing_can_show() {
    let v = |key: &str| json!({"var": key});
    let section = |key: &str, rule: Json, questions: Json| {
        let mut section = json!({"key": key, "title": {"en": "?"}, "questions": questions});
        if !rule.is_null() {
            section["show_when"] = rule;
        }
        section
    };
    let yes = |key: &str| question(key, json!({"kind": "yes_no"}));
    let never = json!({"and": [v("a"), {"===": [v("a"), false]}]});
    let sections = content_of(json!([
        section("s0", Json::Null, json!([yes("a"), yes("z")])),
        section(
            "s1",
            v("a"),
            json!([yes("b"), shown("c", json!({"===": [v("a"), false]})), shown("d", v("b"))])
        ),
        section("s2", json!({"and": [v("b"), {"!": [v("a")]}]}), json!([yes("e"), shown("f", v("z"))])),
        section("s3", never, json!([yes("g"), shown("h", v("z"))])),
        section("s4", v("i"), json!([yes("i")])),
        section("s5", v("g"), json!([yes("j")])),
        section("s6", json!({"===": [v("g"), null]}), json!([yes("k")])),
    ]));
    let at = |pointer: &str, code| (format!("{pointer}/show_when"), code);
    let expected = [
        at("/sections/1/questions/1", "unreachable"),
        at("/sections/2", "unreachable"),
        at("/sections/3", "never_holds"),
        (String::from("/sections/4/show_when/var"), "points_forward"),
        at("/sections/5", "unreachable"),
    ];
    assert_eq!(found(&sections), expected);
}

/// So many questions, each with a rule that the rule of the one before decides about.
fn chain(length: usize) -> Vec<Json> {
    let mut questions = vec![question("q0", json!({"kind": "yes_no"}))];
    for i in 1..length {
        questions.push(shown(&format!("q{i}"), json!({"var": format!("q{}", i - 1)})));
    }
    questions
}

#[test]
fn the_end_of_a_long_chain_is_seen() {
    let mut questions = chain(499);
    questions.push(shown("end", json!({"and": [{"var": "q498"}, {"===": [{"var": "q0"}, false]}]})));
    assert_eq!(
        found(&content(json!(questions))),
        [("/sections/0/questions/499/show_when".into(), "unreachable")]
    );
}

#[test]
fn the_largest_checklists_are_checked_in_time() {
    let deep = |i: usize| {
        let ask = |back: usize| json!({"===": [{"var": format!("q{}", i.saturating_sub(back))}, back.is_multiple_of(2)]});
        let pair = |n: usize| json!({"or": [ask(n), ask(n + 1)]});
        json!({"and": (1..20).map(pair).collect::<Vec<_>>()})
    };
    let tangled = || {
        (0..500).map(|i| match i {
            0..40 => question(&format!("q{i}"), json!({"kind": "yes_no"})),
            _ => shown(&format!("q{i}"), deep(i)),
        })
    };
    let keys: Vec<_> = (0..200).map(|i| format!("o{i}")).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let wide = || {
        (0..500).map(|i| match i {
            0 => question("q0", json!({"kind": "one_choice", "options": options(&keys)})),
            _ => shown(&format!("q{i}"), json!({"in": [{"var": "q0"}, keys[..150]]})),
        })
    };
    let long = || {
        (0..500).map(|i| match i {
            0 => question("q0", json!({"kind": "number"})),
            _ => {
                let unlike = |n: usize| json!({"!==": [{"var": "q0"}, n]});
                shown(&format!("q{i}"), json!({"and": (0..60).map(unlike).collect::<Vec<_>>()}))
            }
        })
    };
    // Each on its own makes a decision long.
    let unlike = || {
        (0..15).map(|i| match i {
            0 => question("q0", json!({"kind": "number"})),
            1 => question("q1", json!({"kind": "text"})),
            _ => {
                let unlike = |n: usize| json!({"!==": [{"var": "q0"}, 2 * n]});
                let unlike_text = |n: usize| json!({"!==": [{"var": "q1"}, format!("{n}")]});
                let all = (0..1000).flat_map(|n| [unlike(n), unlike_text(n)]);
                shown(&format!("q{i}"), json!({"and": all.collect::<Vec<_>>()}))
            }
        })
    };
    let crowded = || {
        (0..200).map(|i| match i {
            0 => {
                let options = options(&keys);
                question("q0", json!({"kind": "several_choices", "options": options, "at_most": 9}))
            }
            _ => {
                let some = |n: usize| {
                    let few: Vec<_> = (0..5).map(|k| keys[(n * (k + 3) + i * k) % 200]).collect();
                    json!({"some": [{"var": "q0"}, {"in": [{"var": ""}, few]}]})
                };
                shown(&format!("q{i}"), json!({"and": (0..40).map(some).collect::<Vec<_>>()}))
            }
        })
    };
    for (name, questions) in [
        ("chain", chain(500)),
        ("tangled", tangled().collect()),
        ("wide", wide().collect()),
        ("long", long().collect()),
        ("unlike", unlike().collect()),
        ("crowded", crowded().collect()),
    ] {
        let content = content(json!(questions));
        let before = at_work();
        let findings = check(&content);
        let taken = at_work() - before;
        println!("{name}: {taken:?}, {} findings", findings.len());
        // Without optimisation; a release build takes a twentieth.
        assert!(taken < Duration::from_secs(3), "{name} took {taken:?}");
    }
}
