//! Values of each kind, at and beyond their limits.

use serde_json::{Value as Json, json};

use super::wrong;

/// The problem's place under the value and its code; nothing where the value is accepted.
fn check(kind: &Json, value: &Json, expected: &[(&str, &'static str)]) {
    let found = wrong(&json!({"answer": kind}), &json!({"value": value}), &[]);
    let expected: Vec<_> =
        expected.iter().map(|(place, code)| (format!("/answers/q/value{place}"), *code)).collect();
    assert_eq!(found, expected, "{kind}: {value}");
}

fn check_all(kind: &Json, fit: &[Json], beyond: &[Json], code: &'static str) {
    fit.iter().for_each(|value| check(kind, value, &[]));
    beyond.iter().for_each(|value| check(kind, value, &[("", code)]));
}

#[test]
fn several_choices() {
    let option = |key: &str| json!({"key": key, "text": {"en": "?"}});
    let options: Vec<_> = ["a", "b", "c", "d"].map(option).into();
    let kind = json!({"kind": "several_choices", "options": options, "at_most": 2});
    check_all(&kind, &[json!(["a"]), json!(["d", "b"])], &[], "");
    check(&kind, &json!([]), &[("", "too_few")]);
    check(&kind, &json!(["a", "b", "c"]), &[("", "too_many")]);
    check(&kind, &json!(["a", "a"]), &[("", "duplicate")]);
    check(&kind, &json!(["x", "y"]), &[("/0", "unknown_option"), ("/1", "unknown_option")]);
    check(&kind, &json!(["a", "x"]), &[("/1", "unknown_option")]);
    check_all(&kind, &[], &[json!("a"), json!(true), json!(1)], "wrong_type");
    check(&json!({"kind": "several_choices", "options": options, "at_least": 0}), &json!([]), &[]);

    // Many keys are looked for in another way than few.
    let keys: Vec<_> = (0..200).map(|i| format!("o{i}")).collect();
    let options: Vec<_> = keys.iter().map(|key| option(key)).collect();
    let kind = json!({"kind": "several_choices", "options": options});
    check(&kind, &json!(keys), &[]);
    let mut odd = keys;
    odd[17] = "o3".into();
    check(&kind, &json!(odd), &[("", "duplicate")]);
    odd[17] = "p".into();
    check(&kind, &json!(odd), &[("/17", "unknown_option")]);
}

#[test]
fn numbers() {
    for (kind, least) in
        [("number", -9_007_199_254_740_991_i64), ("amount", -9_007_199_254_740_991), ("duration", 0)]
    {
        let most = 9_007_199_254_740_991_i64;
        let free = match kind {
            "amount" => json!({"kind": kind, "currency": "EUR"}),
            _ => json!({"kind": kind}),
        };
        check_all(&free, &[json!(least), json!(most)], &[json!(least - 1), json!(most + 1)], "out_of_range");
        check_all(&free, &[], &[json!("5"), json!(true), json!(["5"])], "wrong_type");
        let mut limited = free;
        (limited["minimum"], limited["maximum"]) = (json!(5), json!(7));
        check_all(&limited, &[json!(5), json!(7)], &[json!(4), json!(8)], "out_of_range");
    }
    let negative = json!({"kind": "duration", "minimum": -5});
    check_all(&negative, &[json!(0)], &[json!(-1)], "out_of_range");
}

#[test]
fn texts() {
    let kind = json!({"kind": "text", "min_length": 3, "max_length": 4});
    check_all(&kind, &[json!("éàü"), json!("😀😀😀😀")], &[json!("éà")], "too_short");
    check_all(&kind, &[], &[json!("éàüöa")], "too_long");
    check_all(&kind, &[], &[json!("   "), json!("\u{a0}")], "empty");
    check_all(&kind, &[], &[json!("a\u{7}b")], "control_character");
    check_all(&kind, &[], &[json!(123), json!(["abc"])], "wrong_type");
    let kind = json!({"kind": "text", "pattern": "digits"});
    check_all(&kind, &[json!("0123")], &[json!("12a"), json!("1\n2")], "malformed");
}

#[test]
fn dates_and_times() {
    let kind = json!({"kind": "date_time", "ask": "date", "earliest": "2026-02-01", "latest": "2026-02-28"});
    let beyond = [json!("2026-01-31"), json!("2026-03-01")];
    check_all(&kind, &[json!("2026-02-01"), json!("2026-02-28")], &beyond, "out_of_range");
    let malformed = [json!("2026-02-29"), json!("2026-02-1"), json!("2026-02-01T10:00"), json!("10:00")];
    check_all(&kind, &[], &malformed, "malformed");
    check_all(&kind, &[], &[json!(20260201), json!(true)], "wrong_type");
    let kind = json!({"kind": "date_time", "ask": "time", "earliest": "09:00", "latest": "18:00"});
    check_all(&kind, &[json!("09:00"), json!("18:00")], &[json!("08:59"), json!("18:01")], "out_of_range");
    let kind = json!({"kind": "date_time", "ask": "date_time", "earliest": "2026-02-01T09:00"});
    check_all(&kind, &[json!("2026-02-01T09:00")], &[json!("2026-02-01T08:59")], "out_of_range");
}

#[test]
fn locations() {
    let kind = json!({"kind": "location"});
    let at = |latitude: f64, longitude: f64| json!({"latitude": latitude, "longitude": longitude});
    check_all(&kind, &[at(90.0, 180.0), at(-90.0, -180.0)], &[json!("48.85 2.35"), json!(1)], "wrong_type");
    check(&kind, &at(90.000_000_1, 0.0), &[("/latitude", "out_of_range")]);
    check(&kind, &at(-91.0, 0.0), &[("/latitude", "out_of_range")]);
    check(&kind, &json!({"latitude": 0, "longitude": 0, "accuracy_m": 1_000_000}), &[]);
    for as_phones_give_it in [json!(12.7), json!(-1), json!(null), json!(1_000_001), json!(1e300)] {
        check(&kind, &json!({"latitude": 0, "longitude": 0, "accuracy_m": as_phones_give_it}), &[]);
    }
}
