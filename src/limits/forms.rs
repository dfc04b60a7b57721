//! The forms that texts may have.

use jiff::tz::TimeZoneDatabase;
use validator::ValidateEmail;

use crate::text::{
    CURRENCY, PLAIN, PLAIN_LINES, are_plain_lines, is_currency, is_language_tag, is_plain, language_tag,
};

/// A form that a text may have, its length aside.
#[derive(Debug)]
pub struct Form {
    /// What a text of this form is, in words.
    pub words: &'static str,
    /// The code of a text that has another form.
    pub code: &'static str,
    /// A regular expression for the contract, which every text of this form matches.
    pub pattern: Option<&'static str>,
    /// The name of the form in the contract, where the pattern does not say all of it.
    pub format: Option<&'static str>,
    /// Whether a text has this form.
    pub holds: fn(&str) -> bool,
}

/// All forms, so that a pattern or a format of the contract can be put into words.
pub const FORMS: [&Form; 11] = [
    &LINE,
    &LINES,
    &SEGMENT,
    &SEVERAL_LINES,
    &IDENTIFIER,
    &LANGUAGE_TAG,
    &TAG_AS_KEPT,
    &CURRENCY_CODE,
    &KNOWN_CURRENCY,
    &TIME_ZONE,
    &EMAIL,
];

const fn patterned(pattern: &'static str, words: &'static str, holds: fn(&str) -> bool) -> Form {
    Form { words, code: "format", pattern: Some(pattern), format: None, holds }
}

pub(super) const LINE: Form =
    patterned(r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$", PLAIN, is_plain);

pub(super) const LINES: Form = patterned(
    r"^[^\x00-\x08\x0E-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x08\x0E-\x1F\x7F]*$",
    PLAIN_LINES,
    are_plain_lines,
);

pub(super) const SEGMENT: Form = patterned(
    r"^[^/\x00-\x1F\x7F]*[^/\s\x00-\x1F\x7F][^/\x00-\x1F\x7F]*$",
    "a line of text without / and without control characters, and not only white space",
    |text| is_plain(text) && !text.contains('/'),
);

pub(super) const SEVERAL_LINES: Form =
    patterned(r"^[^\x00]*$", "text without NUL characters", |text| !text.contains('\0'));

pub(super) const IDENTIFIER: Form = patterned(
    "^[a-z][a-z0-9_]{0,63}$",
    "a small letter, then up to 63 small letters, digits and underscores",
    is_identifier,
);

pub(super) const LANGUAGE_TAG: Form = patterned(
    "^[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8})*([.@][A-Za-z0-9.@_-]*)?$",
    "a language tag (BCP 47), such as fr or pt-BR",
    |text| language_tag(text).is_some(),
);

/// In the recommended spelling alone, where texts have their languages as names.
pub(super) const TAG_AS_KEPT: Form = patterned(
    "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    "a language tag (BCP 47) in the recommended spelling, such as fr or pt-BR",
    is_language_tag,
);

pub(super) const CURRENCY_CODE: Form = patterned("^[A-Z]{3}$", CURRENCY, is_currency_code);

/// Tables of currencies change, so the pattern is only that of their codes.
pub(super) const KNOWN_CURRENCY: Form =
    Form { format: Some("currency"), holds: is_currency, ..CURRENCY_CODE };

pub(super) const TIME_ZONE: Form = Form {
    format: Some("time-zone"),
    ..patterned(
        "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
        "an IANA time zone, such as Europe/Paris",
        is_time_zone,
    )
};

pub(super) const EMAIL: Form = Form {
    words: "an e-mail address, such as name@example.org",
    code: "email",
    pattern: None,
    format: Some("email"),
    holds: |text| text.validate_email(),
};

/// Whether this is a name as programs have it: a small letter, then up to 63 small letters, digits and underscores.
fn is_identifier(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether this is written as the code of a currency is, whether or not there is one.
fn is_currency_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether this is the name of an IANA time zone, as it is written there (`Europe/Paris`, not `europe/paris`).
fn is_time_zone(name: &str) -> bool {
    TimeZoneDatabase::bundled().get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
}
