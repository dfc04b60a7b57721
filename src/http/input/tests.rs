//! Mistakes of all kinds, named all at once, with their places and in plain words.

#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationErrors};

use super::*;
use crate::{
    db::types::Instant,
    ids::BrandId,
    limits::{
        Currency, CurrencyCode, EmailAddress, LanguageTag, Languages, Latitude, Opaque, PlainText, TimeZone,
        Whole,
    },
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    id: BrandId,
    name: PlainText<1, 5>,
    count: Whole<1, 200>,
    note: Option<Opaque<2, 4>>,
    email: Option<EmailAddress>,
    zone: Option<TimeZone>,
    latitude: Option<Latitude>,
    languages: Option<Languages<1, 2>>,
    at: Option<Instant>,
    #[serde(default)]
    sure: bool,
    colour: Option<SampleColour>,
    #[serde(default)]
    #[schema(max_items = 3)]
    lines: Vec<SampleLine>,
    shape: Option<SampleShape>,
    prices: Option<BTreeMap<String, Whole<0, 10>>>,
    #[schema(minimum = 3)]
    small: Option<i8>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SampleColour {
    Red,
    DarkBlue,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SampleLine {
    text: PlainText<1, 5>,
    tag: Option<LanguageTag>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum SampleShape {
    Circle { radius: Whole<1, 9> },
    Line { from: i64, to: i64 },
    Text(SampleLine),
    Point {},
}

/// Nothing is checked beside the types.
macro_rules! valid {
    ($($name:ident),+) => {$(
        impl Validate for $name {
            fn validate(&self) -> Result<(), ValidationErrors> {
                Ok(())
            }
        }
    )+};
}
valid!(Either, Whatever);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum Either {
    Line(SampleLine),
    Count { count: Whole<1, 9> },
}

/// A type whose schema says less than its parser.
#[derive(Debug, ToSchema)]
struct Whatever {
    secret: String,
}

impl<'de> Deserialize<'de> for Whatever {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("a text that rhymes"))
    }
}

fn good() -> Value {
    json!({"id": "5f0c4e3a-0000-4000-8000-000000000001", "name": "Lumen", "count": 3})
}

/// Pointer, code and message of everything that is wrong with this body.
fn wrong<T: DeserializeOwned + Validate + ToSchema + 'static>(body: &Value) -> Vec<(String, String, String)> {
    named(parse_json::<T>(body.to_string().as_bytes()).map(|_| ()))
}

fn named(parsed: crate::error::Result<()>) -> Vec<(String, String, String)> {
    let error = parsed.unwrap_err();
    assert_eq!(error.code(), crate::error::Code::Invalid);
    let fields = &error.particulars().fields;
    fields.iter().map(|one| (one.pointer.clone(), one.code.to_owned(), one.message.clone())).collect()
}

#[track_caller]
fn expect<T: DeserializeOwned + Validate + ToSchema + 'static>(body: &Value, wanted: &[(&str, &str, &str)]) {
    let wanted: Vec<_> =
        wanted.iter().map(|(at, code, why)| ((*at).into(), (*code).into(), (*why).into())).collect();
    assert_eq!(wrong::<T>(body), wanted, "{body}");
}

/// The good body with one member changed.
#[track_caller]
fn expect_of(pointer_and_value: (&str, Value), wanted: &[(&str, &str, &str)]) {
    let mut body = good();
    body[pointer_and_value.0] = pointer_and_value.1;
    expect::<Sample>(&body, wanted);
}

#[test]
fn a_good_body_is_taken() {
    let mut body = good();
    body["shape"] = json!({"kind": "text", "text": "abc"});
    body["languages"] = json!(["fr", "en"]);
    body["prices"] = json!({"a": 10});
    body["note"] = json!(null);
    let sample: Sample = parse_json(body.to_string().as_bytes()).unwrap();
    assert_eq!((sample.name.as_str(), sample.count.get()), ("Lumen", 3));
}

/// Members that may be left out may be null, also where their types know none.
#[test]
fn null_is_as_good_as_left_out() {
    let mut body = good();
    for name in ["note", "sure", "lines", "shape", "prices", "small"] {
        body[name] = json!(null);
    }
    let sample: Sample = parse_json(body.to_string().as_bytes()).unwrap();
    assert!(!sample.sure && sample.lines.is_empty() && sample.shape.is_none());
    body["lines"] = json!([{"text": "abc", "tag": null}]);
    body["shape"] = json!({"kind": "text", "text": "abc", "tag": null});
    let sample: Sample = parse_json(body.to_string().as_bytes()).unwrap();
    assert_eq!(sample.lines.len(), 1);

    // What is required is missing; and what is wrong beside it is named alone.
    body["name"] = json!(null);
    let wrong_name =
        |found: Vec<(String, String, String)>| found.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
    assert_eq!(wrong_name(wrong::<Sample>(&body)), ["/name"]);
    body["name"] = json!("Lumen");
    body["lines"] = json!([null]);
    body["nothing"] = json!(null);
    assert_eq!(wrong_name(wrong::<Sample>(&body)), ["/lines/0", "/nothing"]);
    // A name that is given twice is no less a mistake.
    let twice = good().to_string().replace("\"count\":3", "\"count\":3,\"count\":4,\"sure\":null");
    assert_eq!(named(parse_json::<Sample>(twice.as_bytes()).map(|_| ())).len(), 1);
}

#[test]
fn all_mistakes_are_named_at_once() {
    let body = json!({
        "id": "no", "name": "a\nb", "count": 201, "extra": 1, "note": "x", "email": "a.b", "zone": "Mars/Base",
        "latitude": 90.5, "languages": ["fr", "french"], "at": "yesterday", "sure": "yes", "colour": "green",
        "lines": [{"text": "good"}, {"text": "", "tag": "E"}, {"tags": 1}], "shape": {"kind": "circle", "radius": 10},
        "prices": {"b": 11}, "small": 2,
    });
    let line = crate::text::PLAIN;
    expect::<Sample>(
        &body,
        &[
            ("/at", "format", "a moment (RFC 3339) from 1970 to 9999, such as 2026-11-22T09:30:00Z"),
            ("/colour", "unacceptable", "one of: red, dark_blue"),
            ("/count", "range", "a whole number from 1 to 200"),
            ("/email", "email", "an e-mail address, such as name@example.org"),
            (
                "/extra",
                "unacceptable",
                "there is no such member; there are: id, name, count, note, email, \
                 zone, latitude, languages, at, sure, colour, lines, shape, prices, small",
            ),
            ("/id", "format", "a UUID, such as 5f0c4e3a-0000-4000-8000-000000000001"),
            ("/languages/1", "format", "a language tag (BCP 47), such as fr or pt-BR"),
            ("/latitude", "range", "a number from -90 to 90"),
            ("/lines/1/tag", "format", "a language tag (BCP 47), such as fr or pt-BR"),
            ("/lines/1/text", "length", "1 to 5 characters"),
            ("/lines/1/text", "format", line),
            ("/lines/2/text", "required", "this member is required"),
            ("/lines/2/tags", "unacceptable", "there is no such member; there are: text, tag"),
            ("/name", "format", line),
            ("/note", "length", "2 to 4 characters"),
            ("/prices/b", "range", "a whole number from 0 to 10"),
            ("/shape/radius", "range", "a whole number from 1 to 9"),
            ("/small", "range", "a whole number, at least 3"),
            ("/sure", "unacceptable", "true or false"),
            ("/zone", "format", "an IANA time zone, such as Europe/Paris"),
        ],
    );
}

#[test]
fn each_mistake_has_its_words() {
    expect::<Sample>(
        &json!({}),
        &[
            ("/id", "required", "this member is required"),
            ("/name", "required", "this member is required"),
            ("/count", "required", "this member is required"),
        ],
    );
    for whole in [json!("text"), json!(1), json!(null)] {
        expect::<Sample>(&whole, &[("", "unacceptable", "an object")]);
    }
    expect::<Sample>(&json!([1]), &[("", "unacceptable", "an object")]);
    expect_of(
        ("id", json!(7)),
        &[("/id", "unacceptable", "a UUID, such as 5f0c4e3a-0000-4000-8000-000000000001")],
    );
    expect_of(("count", json!("7")), &[("/count", "unacceptable", "a whole number from 1 to 200")]);
    expect_of(("count", json!(null)), &[("/count", "unacceptable", "a whole number from 1 to 200")]);
    expect_of(("count", json!(u64::MAX)), &[("/count", "range", "a whole number from 1 to 200")]);
    expect_of(("name", json!(["a"])), &[("/name", "unacceptable", crate::text::PLAIN)]);
    expect_of(("note", json!("12345")), &[("/note", "length", "2 to 4 characters")]);
    expect_of(("languages", json!([])), &[("/languages", "length", "1 to 2 items")]);
    expect_of(("languages", json!(["fr", "fr"])), &[("/languages", "format", "items that all differ")]);
    expect_of(("languages", json!({"fr": 1})), &[("/languages", "unacceptable", "a list")]);
    expect_of(("colour", json!(5)), &[("/colour", "unacceptable", "one of: red, dark_blue")]);
    let mut two = good();
    (two["colour"], two["count"]) = (json!(["red"]), json!(0));
    let count = ("/count", "range", "a whole number from 1 to 200");
    expect::<Sample>(&two, &[("/colour", "unacceptable", "one of: red, dark_blue"), count]);
    expect_of(("lines", json!([1, {"text": "a"}])), &[("/lines/0", "unacceptable", "an object")]);
    expect_of(("lines", json!([1, 2, 3, 4])), &[("/lines", "length", "at most 3 items")]);
    expect_of(
        ("prices", json!({"a/b": "1"})),
        &[("/prices/a~1b", "unacceptable", "a whole number from 0 to 10")],
    );
}

#[test]
fn a_union_is_told_by_its_tag_and_otherwise_by_what_fits_best() {
    let tags = "one of: circle, line, text, point";
    let missing = format!("this member is required, {tags}");
    expect_of(("shape", json!({"radius": 1})), &[("/shape/kind", "required", &missing)]);
    expect_of(("shape", json!({"kind": "cube"})), &[("/shape/kind", "unacceptable", tags)]);
    expect_of(("shape", json!("circle")), &[("/shape", "unacceptable", "an object")]);
    expect_of(
        ("shape", json!({"kind": "circle", "radius": 0, "from": 1})),
        &[
            ("/shape/from", "unacceptable", "there is no such member; there are: radius, kind"),
            ("/shape/radius", "range", "a whole number from 1 to 9"),
        ],
    );
    expect_of(
        ("shape", json!({"kind": "text", "text": 1})),
        &[("/shape/text", "unacceptable", crate::text::PLAIN)],
    );
    expect_of(
        ("shape", json!({"kind": "line", "from": 1})),
        &[("/shape/to", "required", "this member is required")],
    );
    expect::<Either>(&json!({"count": 10}), &[("/count", "range", "a whole number from 1 to 9")]);
    expect::<Either>(&json!({"text": "123456"}), &[("/text", "length", "1 to 5 characters")]);
    assert!(parse_json::<Either>(b"{\"count\": 9}").is_ok());
}

#[test]
fn what_only_serde_sees_is_explained_where_it_stumbles() {
    expect::<Whatever>(&json!({"secret": "a"}), &[("", "unacceptable", "a text that rhymes")]);
    // An i8 has bounds that no schema gives.
    expect_of(("small", json!(300)), &[("/small", "unacceptable", "a whole number from -128 to 127")]);
    let twice = br#"{"id": "5f0c4e3a-0000-4000-8000-000000000001", "name": "a", "name": "b", "count": 1}"#;
    let found = named(parse_json::<Sample>(twice).map(|_| ()));
    assert_eq!(found[0].2, "the member `name` is given twice");
}

#[test]
fn what_was_sent_is_not_repeated() {
    let secret = "hunter2-hunter2";
    for body in [
        json!({"id": secret, "name": secret, "count": secret, "note": secret, "colour": secret, "shape": secret}),
        json!({"id": good()["id"], "name": "a", "count": 1, "shape": {"kind": secret}, "small": 300}),
    ] {
        let found = wrong::<Sample>(&body);
        assert!(!found.iter().any(|(_, _, message)| message.contains(secret)), "{found:?}");
    }
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SampleParams {
    brand_id: Option<BrandId>,
    needed: bool,
    #[param(inline)]
    count: Option<Whole<1, 9>>,
    #[param(inline)]
    #[serde(default)]
    colour: Option<SampleColour>,
    #[param(inline)]
    currency: Option<Currency>,
    #[param(inline)]
    sought: Option<CurrencyCode>,
}

#[test]
fn all_wrong_parameters_are_named_at_once() {
    let wrong = |query: &str| {
        let parsed = parse_query::<SampleParams>(query).map(|_| ()).map_err(crate::error::Error::invalid);
        named(parsed).into_iter().map(|(at, code, _)| format!("{at} {code}")).collect::<Vec<_>>().join(", ")
    };
    assert!(
        parse_query::<SampleParams>("needed=true&count=9&colour=dark_blue&currency=EUR&sought=ZZZ").is_ok()
    );
    for (query, wanted) in [
        ("needed=true&count=10", "count range"),
        ("needed=true&count=x", "count unacceptable"),
        ("needed=true&count=", "count unacceptable"),
        ("count=1", "needed required"),
        ("needed=maybe", "needed unacceptable"),
        ("needed=true&brand_id=x", "brand_id format"),
        ("needed=true&currency=ZZZ", "currency format"),
        ("needed=true&sought=eur", "sought format"),
        ("needed=true&needed=true", " unacceptable"),
        ("needed=true&hue=1&colour=green", "hue unacceptable, colour unacceptable"),
        (
            "brand_id=x&count=0&count=1&hue=1",
            "needed required, brand_id format, count range,  unacceptable, hue unacceptable",
        ),
    ] {
        assert_eq!(wrong(query), wanted, "{query}");
    }
}

/// Each is explained in bounded work: the first 100 mistakes of 40,000, the only one of 300,000 values, and one beside a
/// megabyte of text.
#[test]
fn large_bodies_are_explained_within_bounds() {
    #[derive(Debug, Deserialize, ToSchema)]
    struct SampleMany {
        #[serde(default)]
        many: Vec<Whole<0, 9>>,
        #[serde(default)]
        texts: Vec<PlainText<1, 300>>,
    }
    valid!(SampleMany);
    let many = format!(r#"{{"many":[{}10]}}"#, "1,".repeat(300_000));
    let wrong = format!(r#"{{"texts":[{}""]}}"#, r#""","#.repeat(40_000));
    let long = format!(r#"{{"texts":["{}"],"many":7}}"#, "é".repeat(500_000));
    for (body, wanted) in [(many, vec!["/many/300000"]), (long, vec!["/many", "/texts/0"])] {
        let found = named(parse_json::<SampleMany>(body.as_bytes()).map(|_| ()));
        assert_eq!(found.iter().map(|(at, ..)| at.as_str()).collect::<Vec<_>>(), wanted);
    }
    let error = parse_json::<SampleMany>(wrong.as_bytes()).unwrap_err();
    assert_eq!(error.particulars().fields.len(), 100);
    assert!(error.particulars().detail.as_ref().unwrap().contains("more mistakes"));
}
