//! What the server says to people, in their language: one catalogue a language, written in Fluent, inside the program.
//!
//! `texts/en.ftl` is the measure. [`text!`] and [`say!`] hold an id and its variables to it while the program is
//! compiled; a test holds the other catalogues to it. Which language a reader wants is not decided here: see
//! `http::languages` for requests, and [`Language::of`] for the language of an account.
//!
//! A number is written as it is, without the separators of its language. Numbers and dates by language belong into
//! [`Catalogue`], as the formatter of its bundle.

mod catalogue;
pub mod columns;
mod language;
pub mod measures;
mod outline;

use std::{borrow::Cow, sync::LazyLock};

pub use fluent_bundle::FluentValue as Value;

use self::catalogue::Catalogue;
pub use self::language::Language;

static CATALOGUES: LazyLock<[Catalogue; Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(|language| Catalogue::read(language.tag(), language.source())));

/// A text that is in the catalogue: [`text!`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    id: &'static str,
}

impl Text {
    /// The text of this id, which has these variables and no others. Only for constants, which [`text!`] and [`say!`]
    /// see to.
    ///
    /// # Panics
    /// If there is no such text: while the program is compiled.
    pub(crate) const fn checked(id: &'static str, variables: &[&str]) -> Self {
        assert!(
            outline::ENGLISH.has(id, variables),
            "texts/en.ftl has no text with this id and these variables"
        );
        Self { id }
    }

    /// The text in this language.
    pub fn say(self, language: Language) -> Cow<'static, str> {
        self.with(language, &[])
    }

    /// The text in this language, with the values of its variables.
    pub(crate) fn with(self, language: Language, values: &[(&str, Value<'_>)]) -> Cow<'static, str> {
        let text = CATALOGUES[language as usize].say(self.id, values, &mut Vec::new());
        text.unwrap_or(Cow::Borrowed(self.id))
    }
}

/// The text of an id, without variables: `text!("problem-page-code").say(language)`.
// A constant with a name is looked at by `cargo check` as well, one without a name only when code is made of it.
macro_rules! text {
    ($id:expr) => {{
        const TEXT: $crate::texts::Text = $crate::texts::Text::checked($id, &[]);
        TEXT
    }};
}
pub(crate) use text;

/// What a text with variables says: `say!(language, "problem-page-title", code = "invalid")`.
macro_rules! say {
    ($language:expr, $id:expr, $($variable:ident = $value:expr),+ $(,)?) => {{
        const TEXT: $crate::texts::Text = $crate::texts::Text::checked($id, &[$(stringify!($variable)),+]);
        TEXT.with($language, &[$((stringify!($variable), $crate::texts::Value::from($value))),+])
    }};
}
pub(crate) use say;

#[cfg(test)]
mod tests;
