//! What a type accepts is what its schema says, text by text.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Debug;

use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;
use regex::Regex;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::PartialSchema;

use super::*;

/// What the contract says of a text: lengths, pattern, and the named format if there is one.
struct InContract {
    schema: Value,
    pattern: Option<Regex>,
}

impl InContract {
    fn of<T: PartialSchema>() -> Self {
        let schema = serde_json::to_value(T::schema()).unwrap();
        assert_eq!(schema["type"], "string");
        let pattern = schema["pattern"].as_str().map(|pattern| Regex::new(pattern).unwrap());
        Self { schema, pattern }
    }

    /// What any reader of the contract can check.
    fn fits(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        self.schema["minLength"].as_u64().is_none_or(|least| least <= length)
            && self.schema["maxLength"].as_u64().is_none_or(|most| length <= most)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    /// The same with the table or the rules that a format names.
    fn says_yes(&self, text: &str) -> bool {
        let format =
            FORMS.iter().find(|form| form.format.is_some() && form.format == self.schema["format"].as_str());
        self.fits(text) && format.is_none_or(|form| (form.holds)(text))
    }
}

/// The schema says yes exactly if every way of parsing does, and what was parsed is what was sent.
fn agrees<T>(stated: &InContract, text: &str) -> bool
where
    T: LimitedText
        + DeserializeOwned
        + Serialize
        + PartialEq
        + Debug
        + for<'a> TryFrom<&'a str, Error = Violation>,
{
    let parsed = T::try_from(text.to_owned());
    let of_json = serde_json::from_value::<T>(json!(text));
    let of_query = serde_urlencoded::from_str::<Vec<(String, T)>>(
        &form_urlencoded::Serializer::new(String::new()).append_pair("a", text).finish(),
    );
    assert_eq!(parsed.is_ok(), T::try_from(text).is_ok());
    assert_eq!((of_json.is_ok(), of_query.is_ok()), (parsed.is_ok(), parsed.is_ok()), "{text:?}");
    if let Ok(parsed) = &parsed {
        // What is kept may be another spelling, which is the same text from then on.
        let kept = serde_json::to_value(parsed).unwrap();
        assert_eq!(serde_json::from_value::<T>(kept.clone()).as_ref().ok(), Some(parsed));
        assert_eq!(serde_json::to_value(T::try_from(kept.as_str().unwrap()).unwrap()).unwrap(), kept);
    }
    parsed.is_ok() == stated.says_yes(text)
}

/// Texts near to what the types ask for, and others.
fn texts() -> impl Strategy<Value = String> {
    let tricky = "[ \t\n\r\\x00\\x1F\\x7F\\x85\u{a0}\u{2028}\u{feff}é/ab]{0,6}";
    prop_oneof![
        tricky,
        "\\PC{0,12}",
        any::<String>(),
        "[a-z]{1,4}(-[A-Z]?[a-z]{2,4})?(-[A-Z0-9]{1,4})?",
        "[A-Z]{2,4}",
        "(USD|EUR|XTS|TRY|ZZZ|eur)\n?",
        "[a-z.+]{0,8}@?[a-z.-]{0,8}(\\.org)?",
        "(Europe/Paris|UTC|Etc/GMT\\+3|europe/paris|Europe//Paris|Mars/Base|GB)[ /]?",
        "x{199,201}",
        "é{3,5}",
    ]
}

macro_rules! texts_agree {
    ($($test:ident: $type:ty),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let stated = InContract::of::<$type>();
            let mut accepted = 0;
            let config = ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() };
            proptest::test_runner::TestRunner::new(config)
                .run(&(texts(), any::<bool>()), |(text, _)| {
                    prop_assert!(agrees::<$type>(&stated, &text), "{text:?}");
                    Ok(())
                })
                .unwrap();
            for text in ["fr", "EUR", "Europe/Paris", "name@example.org", "four", "a\nb", "é"] {
                assert!(agrees::<$type>(&stated, text), "{text:?}");
                accepted += usize::from(<$type>::try_from(text).is_ok());
            }
            assert!(accepted > 0, "it accepts some text");
        }
    )+};
}

texts_agree!(
    plain_texts: PlainText<1, 4>,
    longer_plain_texts: PlainText<1, 200>,
    path_segments: PathSegment<1, 200>,
    prose: Prose<0, 200>,
    plain_lines: PlainLines<1, 200>,
    opaque_texts: Opaque<4, 200>,
    language_tags: LanguageTag,
    currencies: Currency,
    currency_codes: CurrencyCode,
    identifiers: Identifier,
    time_zones: TimeZone,
    email_addresses: EmailAddress,
);

#[test]
fn every_zone_and_every_currency_fits_its_schema() {
    let stated = InContract::of::<TimeZone>();
    let mut zones = 0;
    for name in TimeZoneDatabase::bundled().available() {
        if TimeZone::try_from(name.as_str()).is_ok() {
            assert!(stated.fits(name.as_str()), "{name}");
            zones += 1;
        }
    }
    assert!(zones > 400, "{zones}");
    let stated = InContract::of::<Currency>();
    let letters = || b'A'..=b'Z';
    let all = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
    let known = all.filter_map(|code| Currency::try_from(std::str::from_utf8(&code).unwrap()).ok());
    let known: Vec<_> = known.inspect(|code| assert!(stated.fits(code), "{code:?}")).collect();
    assert!(known.len() > 150, "{}", known.len());
}

proptest! {
    #[test]
    fn whole_numbers(number in prop_oneof![-3_i64..12, any::<i64>()]) {
        type Few = Whole<-2, 9>;
        let schema = serde_json::to_value(Few::schema()).unwrap();
        let within = schema["minimum"].as_i64() <= Some(number) && Some(number) <= schema["maximum"].as_i64();
        prop_assert_eq!(Few::try_from(number).is_ok(), within);
        prop_assert_eq!(serde_json::from_value::<Few>(json!(number)).is_ok(), within);
        prop_assert_eq!(number.to_string().parse::<Few>().is_ok(), within);
    }

    #[test]
    fn places_on_the_earth(degrees in prop_oneof![-181.0..181.0, any::<f64>()]) {
        fn check<T: PartialSchema + TryFrom<f64>>(degrees: f64) -> (bool, bool) {
            let schema = serde_json::to_value(T::schema()).unwrap();
            let bound = |name: &str| schema[name].as_f64().unwrap();
            (T::try_from(degrees).is_ok(), bound("minimum") <= degrees && degrees <= bound("maximum"))
        }
        let (latitude, longitude) = (check::<Latitude>(degrees), check::<Longitude>(degrees));
        prop_assert_eq!(latitude.0, latitude.1);
        prop_assert_eq!(longitude.0, longitude.1);
    }

    #[test]
    fn lists_of_languages(tags in proptest::collection::vec("(fr|en|de|FR|pt-BR)", 0..5)) {
        type Some = Languages<1, 3>;
        let schema = serde_json::to_value(Some::schema()).unwrap();
        let length = tags.len() as u64;
        // Two spellings of one language do not differ.
        let mut different: Vec<_> = tags.iter().map(|tag| tag.to_lowercase()).collect();
        different.sort();
        different.dedup();
        assert_eq!(schema["uniqueItems"], true);
        let says_yes = schema["minItems"].as_u64().unwrap() <= length
            && length <= schema["maxItems"].as_u64().unwrap()
            && different.len() == tags.len()
            && tags.iter().all(|tag| InContract::of::<LanguageTag>().fits(tag));
        prop_assert_eq!(serde_json::from_value::<Some>(json!(tags)).is_ok(), says_yes);
    }

    #[test]
    fn lists(numbers in proptest::collection::vec(any::<u8>(), 0..5)) {
        type Some = Several<u8, 1, 3>;
        let schema = serde_json::to_value(Some::schema()).unwrap();
        let length = numbers.len() as u64;
        let says_yes = schema["minItems"].as_u64().unwrap() <= length && length <= schema["maxItems"].as_u64().unwrap();
        let read = serde_json::from_value::<Some>(json!(numbers));
        prop_assert_eq!(Some::try_from(numbers.clone()).is_ok(), says_yes);
        prop_assert_eq!(read.as_ref().is_ok(), says_yes);
        if let Ok(read) = read {
            prop_assert_eq!(json!(read), json!(numbers));
        }
    }

    #[test]
    fn texts_by_language(texts in proptest::collection::btree_map("(fr|en|de|FR|pt-BR)", "[a-c \n]{0,4}", 0..4)) {
        type Some = ByLanguage<PlainText<1, 3>, 2>;
        let schema = serde_json::to_value(Some::schema()).unwrap();
        let number = texts.len() as u64;
        let fits = |stated: &Value, text: &str| InContract { schema: stated.clone(), pattern: Regex::new(stated["pattern"].as_str().unwrap()).ok() }.fits(text);
        let says_yes = schema["minProperties"].as_u64().unwrap() <= number
            && number <= schema["maxProperties"].as_u64().unwrap()
            && texts.iter().all(|(tag, text)| {
                fits(&schema["propertyNames"], tag) && fits(&schema["additionalProperties"], text)
            });
        let pairs = || texts.iter().map(|(tag, text)| (tag.as_str(), text.as_str()));
        prop_assert_eq!(Some::check(pairs()).is_ok(), says_yes);
        prop_assert_eq!(serde_json::from_value::<Some>(json!(texts)).is_ok(), says_yes);
    }
}

#[test]
fn a_language_is_given_once() {
    let twice = serde_json::from_str::<ByLanguage<PlainText<1, 3>, 2>>(r#"{"fr": "a", "fr": "b"}"#);
    assert!(twice.unwrap_err().to_string().contains("given twice"));
}

#[test]
fn where_only_the_width_ends_numbers_the_format_says_it() {
    let stated =
        |schema| serde_json::to_value::<utoipa::openapi::RefOr<utoipa::openapi::Schema>>(schema).unwrap();
    assert_eq!(stated(Count32::schema()), json!({"type": "integer", "format": "int32", "minimum": 0}));
    assert_eq!(stated(Ordinal::schema()), json!({"type": "integer", "format": "int64", "minimum": 1}));
    assert_eq!(Count32::try_from(-1_i64).unwrap_err().message, "a whole number, at least 0");
}

#[test]
fn nothing_else_than_a_text_is_a_text_nor_than_a_number_a_number() {
    for value in [json!(null), json!(1), json!(true), json!(["a"]), json!({"a": 1})] {
        assert!(serde_json::from_value::<PlainText<1, 9>>(value.clone()).is_err(), "{value}");
    }
    for value in [json!(null), json!("1"), json!(1.5), json!(u64::MAX), json!([1])] {
        assert!(serde_json::from_value::<Whole<0, { i64::MAX }>>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn violations_are_put_into_words() {
    let of = |text: &str| PlainText::<1, 5>::try_from(text).unwrap_err();
    assert_eq!((of("").code, &*of("").message), ("length", "1 to 5 characters"));
    assert_eq!((of("a\nb").code, &*of("a\nb").message), ("format", crate::text::PLAIN));
    assert_eq!(Opaque::<0, 5>::try_from("123456").unwrap_err().message, "at most 5 characters");
    assert_eq!(EmailAddress::try_from("a.b").unwrap_err().code, "email");
    assert_eq!(Whole::<1, 200>::try_from(0_i64).unwrap_err().message, "a whole number from 1 to 200");
    assert_eq!(Whole::<0, { i64::MAX }>::try_from(-1_i64).unwrap_err().message, "a whole number, at least 0");
}

#[test]
fn a_secret_is_not_shown() {
    let secret = Opaque::<1, 20>::try_from("hunter2").unwrap();
    assert!(!format!("{secret:?}").contains("hunter2"));
}
