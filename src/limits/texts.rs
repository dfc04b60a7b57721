//! The texts that several features have.

use std::{borrow::Cow, fmt};

use super::{
    forms::{
        CURRENCY_CODE, EMAIL, Form, IDENTIFIER, KNOWN_CURRENCY, LANGUAGE_TAG, LINE, LINES, SEGMENT,
        SEVERAL_LINES, TIME_ZONE,
    },
    text::{LimitedText, limited_text},
};
use crate::text::{composed, language_tag, with_line_feeds};

/// A line of text for people: no control characters (a line break is one), and not only white space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlainText<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> LimitedText for PlainText<MIN, MAX> {
    const MIN: usize = MIN;
    const MAX: usize = MAX;
    const FORM: Option<&'static Form> = Some(&LINE);

    fn contract_name() -> Cow<'static, str> {
        format!("PlainText_{MIN}_{MAX}").into()
    }
}

limited_text!(PlainText<MIN, MAX>);

/// A line of text without `/`, so that several can be joined by slashes; kept in one spelling of its characters (NFC).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathSegment<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> LimitedText for PathSegment<MIN, MAX> {
    const MIN: usize = MIN;
    const MAX: usize = MAX;
    const FORM: Option<&'static Form> = Some(&SEGMENT);

    fn kept(text: String) -> String {
        composed(&text).into_owned()
    }

    fn contract_name() -> Cow<'static, str> {
        format!("PathSegment_{MIN}_{MAX}").into()
    }
}

limited_text!(PathSegment<MIN, MAX>);

/// Text for people that may have several lines; without NUL characters, which PostgreSQL cannot keep. Every line break is
/// kept as a line feed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> LimitedText for Prose<MIN, MAX> {
    const MIN: usize = MIN;
    const MAX: usize = MAX;
    const FORM: Option<&'static Form> = Some(&SEVERAL_LINES);

    fn kept(text: String) -> String {
        with_line_feeds(text)
    }

    fn contract_name() -> Cow<'static, str> {
        format!("Prose_{MIN}_{MAX}").into()
    }
}

limited_text!(Prose<MIN, MAX>);

/// What a person writes, in one or several lines: no control characters but tabs and line breaks, and not only white
/// space. Every line break is kept as a line feed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlainLines<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> LimitedText for PlainLines<MIN, MAX> {
    const MIN: usize = MIN;
    const MAX: usize = MAX;
    const FORM: Option<&'static Form> = Some(&LINES);

    fn kept(text: String) -> String {
        with_line_feeds(text)
    }

    fn contract_name() -> Cow<'static, str> {
        format!("PlainLines_{MIN}_{MAX}").into()
    }
}

limited_text!(PlainLines<MIN, MAX>);

/// Any text of this length: a password, a token, a cursor. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> LimitedText for Opaque<MIN, MAX> {
    const MIN: usize = MIN;
    const MAX: usize = MAX;
    const FORM: Option<&'static Form> = None;

    fn contract_name() -> Cow<'static, str> {
        format!("Opaque_{MIN}_{MAX}").into()
    }
}

limited_text!(Opaque<MIN, MAX>);

impl<const MIN: usize, const MAX: usize> fmt::Debug for Opaque<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opaque(…)")
    }
}

/// A language (BCP 47) in the recommended spelling of its tag, with a script and a region if need be: `sr-Latn-RS`. It is read
/// as phones write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(String);

impl LimitedText for LanguageTag {
    const FORM: Option<&'static Form> = Some(&LANGUAGE_TAG);
    const ABOUT: Option<&'static str> = Some(
        "A language (BCP 47). It is kept in the recommended spelling of its tag (`en-GB`), and read as phones write it (`en_gb`, `iw` for `he`).",
    );
    const EXAMPLE: Option<&'static str> = Some("fr");

    fn meant(text: String) -> String {
        match language_tag(&text) {
            Some(tag) => tag,
            None => text,
        }
    }

    fn contract_name() -> Cow<'static, str> {
        "LanguageTag".into()
    }
}

limited_text!(LanguageTag);

/// A currency (ISO 4217), by its code of three letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(String);

impl LimitedText for Currency {
    const FORM: Option<&'static Form> = Some(&KNOWN_CURRENCY);
    const ABOUT: Option<&'static str> = Some("A currency (ISO 4217).");
    const EXAMPLE: Option<&'static str> = Some("EUR");

    fn contract_name() -> Cow<'static, str> {
        "Currency".into()
    }
}

limited_text!(Currency);

/// Three capital letters, as currencies (ISO 4217) are written: to look for one, which there need not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode(String);

impl LimitedText for CurrencyCode {
    const FORM: Option<&'static Form> = Some(&CURRENCY_CODE);

    fn contract_name() -> Cow<'static, str> {
        "CurrencyCode".into()
    }
}

limited_text!(CurrencyCode);

/// A name that designers give: a small letter, then up to 63 small letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

impl LimitedText for Identifier {
    const FORM: Option<&'static Form> = Some(&IDENTIFIER);
    const ABOUT: Option<&'static str> =
        Some("A name: a small letter, then up to 63 small letters, digits and underscores.");
    const EXAMPLE: Option<&'static str> = Some("greeted_in_time");

    fn contract_name() -> Cow<'static, str> {
        "Identifier".into()
    }
}

limited_text!(Identifier);

/// An IANA time zone, spelled as it is there: `Europe/Paris`, not `europe/paris`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZone(String);

impl LimitedText for TimeZone {
    const MIN: usize = 2;
    const MAX: usize = 64;
    const FORM: Option<&'static Form> = Some(&TIME_ZONE);
    const ABOUT: Option<&'static str> = Some("An IANA time zone.");
    const EXAMPLE: Option<&'static str> = Some("Europe/Paris");

    fn contract_name() -> Cow<'static, str> {
        "TimeZone".into()
    }
}

limited_text!(TimeZone);

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl LimitedText for EmailAddress {
    const MIN: usize = 3;
    const MAX: usize = 254;
    const FORM: Option<&'static Form> = Some(&EMAIL);
    const ABOUT: Option<&'static str> = Some("An e-mail address.");
    const EXAMPLE: Option<&'static str> = Some("name@example.org");

    fn contract_name() -> Cow<'static, str> {
        "EmailAddress".into()
    }
}

limited_text!(EmailAddress);
