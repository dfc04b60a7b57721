//! What all texts within limits share.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserializer, Error, Visitor};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type};

use super::{Form, Violation};

/// A text within limits.
///
/// `limited_text!` makes all traits of the type from this one.
pub trait LimitedText: TryFrom<String, Error = Violation> {
    /// Fewest characters; not said in the contract if none.
    const MIN: usize = 0;
    /// Most characters; not said in the contract if `usize::MAX`.
    const MAX: usize = usize::MAX;
    /// The form, unless any text of that length will do.
    const FORM: Option<&'static Form>;
    /// What it is, for the contract.
    const ABOUT: Option<&'static str> = None;
    /// One of them, for the contract.
    const EXAMPLE: Option<&'static str> = None;

    /// Its name in the contract. Where it ends in numbers, the type is spelled out instead of named.
    fn contract_name() -> Cow<'static, str>;

    /// What is meant by a text, which is held to the limits: a type may know other names for what it has.
    fn meant(text: String) -> String {
        text
    }

    /// The text as it is kept: a type may hold several spellings for one.
    fn kept(text: String) -> String {
        text
    }

    /// Whether a text is within the limits.
    ///
    /// # Errors
    /// The first limit that the text breaks.
    fn check(text: &str) -> Result<(), Violation> {
        // Bytes are never fewer than characters: most texts need no counting.
        let is_short = text.len() < Self::MIN || (Self::MIN > 1 && text.chars().count() < Self::MIN);
        if is_short || (text.len() > Self::MAX && text.chars().count() > Self::MAX) {
            return Err(Violation::length(Self::MIN, Some(Self::MAX), "characters"));
        }
        match Self::FORM {
            Some(form) if !(form.holds)(text) => Err(Violation::new(form.code, form.words)),
            _ => Ok(()),
        }
    }

    /// The limits as the contract says them.
    fn contract() -> RefOr<Schema> {
        let form = Self::FORM;
        let format = form.and_then(|form| form.format);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length((Self::MIN > 0).then_some(Self::MIN))
            .max_length((Self::MAX < usize::MAX).then_some(Self::MAX))
            .pattern(form.and_then(|form| form.pattern))
            .format(format.map(|name| SchemaFormat::Custom(name.to_owned())))
            .description(Self::ABOUT)
            .examples(Self::EXAMPLE)
            .into()
    }
}

/// Reads a text within limits.
pub(crate) fn read<'de, T: LimitedText, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_string(Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<T: LimitedText> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::FORM.map_or("a text", |form| form.words))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        T::try_from(text).map_err(E::custom)
    }
}

/// Makes a newtype of `String` that is [`LimitedText`] into a text that cannot be outside its limits.
macro_rules! limited_text {
    ($name:ident $(<$($bound:ident),+>)?) => {
        impl $(<$(const $bound: usize),+>)? $name $(<$($bound),+>)? {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text itself.
            pub fn into_inner(self) -> String {
                self.0
            }
        }

        impl $(<$(const $bound: usize),+>)? TryFrom<String> for $name $(<$($bound),+>)? {
            type Error = $crate::limits::Violation;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let text = <Self as $crate::limits::LimitedText>::meant(text);
                <Self as $crate::limits::LimitedText>::check(&text)?;
                Ok(Self(<Self as $crate::limits::LimitedText>::kept(text)))
            }
        }

        impl $(<$(const $bound: usize),+>)? TryFrom<&str> for $name $(<$($bound),+>)? {
            type Error = $crate::limits::Violation;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::try_from(text.to_owned())
            }
        }

        impl $(<$(const $bound: usize),+>)? std::str::FromStr for $name $(<$($bound),+>)? {
            type Err = $crate::limits::Violation;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl $(<$(const $bound: usize),+>)? From<$name $(<$($bound),+>)?> for String {
            fn from(text: $name $(<$($bound),+>)?) -> Self {
                text.0
            }
        }

        impl $(<$(const $bound: usize),+>)? std::ops::Deref for $name $(<$($bound),+>)? {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl $(<$(const $bound: usize),+>)? serde::Serialize for $name $(<$($bound),+>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de $(,$(const $bound: usize),+)?> serde::Deserialize<'de> for $name $(<$($bound),+>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::limits::read_text(deserializer)
            }
        }

        impl $(<$(const $bound: usize),+>)? utoipa::PartialSchema for $name $(<$($bound),+>)? {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                <Self as $crate::limits::LimitedText>::contract()
            }
        }

        impl $(<$(const $bound: usize),+>)? utoipa::ToSchema for $name $(<$($bound),+>)? {
            fn name() -> std::borrow::Cow<'static, str> {
                <Self as $crate::limits::LimitedText>::contract_name()
            }
        }
    };
}
pub(crate) use limited_text;
