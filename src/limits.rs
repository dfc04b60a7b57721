//! Limits with names: each is written once, in a type that parses, validates and describes itself.
//!
//! A value of such a type is within its limits. It is made by `TryFrom`, by `FromStr` or by serde, and by nothing else;
//! `ToSchema` says the same limits in the contract. A [`Violation`] has the code and the words for an answer.
//!
//! In the body of a request a type with limits needs no attributes. Among parameters after the question mark it takes
//! `#[param(inline)]`, unless [`parameter_parts`](crate::http::input::parameter_parts) has it. Named bounds, and those of
//! a list, go through an alias (`type Name = PlainText<1, LONGEST>;`), because utoipa takes a bare name among generic
//! arguments for a type. Where an answer has a plain number, the contract is given its limits by `value_type`.

mod basis_points;
mod by_language;
mod degrees;
mod forms;
mod languages;
mod several;
mod text;
mod texts;
mod unordered;
mod violation;
mod whole;

pub use self::text::LimitedText;
#[allow(unused_imports)] // for texts that only one feature has
pub(crate) use self::text::limited_text;
pub(crate) use self::text::read as read_text;
pub use self::{
    basis_points::BasisPoints,
    by_language::ByLanguage,
    degrees::{Latitude, Longitude},
    forms::{FORMS, Form},
    languages::Languages,
    several::Several,
    texts::{
        Currency, CurrencyCode, EmailAddress, Identifier, LanguageTag, Opaque, PathSegment, PlainLines,
        PlainText, Prose, TimeZone,
    },
    unordered::Unordered,
    violation::Violation,
    whole::{Count, Count32, Ordinal, Ordinal32, Percent, Whole},
};

#[cfg(test)]
mod tests;
