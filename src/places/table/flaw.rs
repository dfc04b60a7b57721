//! What there is to say of a value: a stable code, and a text in the reader's language.

use crate::texts::{Language, Text, Value};

/// What is wrong with a value, or how it was understood.
#[derive(Debug)]
pub(in crate::places) struct Flaw {
    /// The stable code.
    pub(in crate::places) code: &'static str,
    pub(in crate::places) text: Text,
    pub(in crate::places) values: Vec<(&'static str, Value<'static>)>,
}

impl Flaw {
    /// There is no value.
    pub(in crate::places) fn missing() -> Self {
        flaw!("required", "import-missing")
    }

    /// In this language.
    pub(in crate::places) fn say(&self, language: Language) -> String {
        self.text.with(language, &self.values).into_owned()
    }
}

/// A flaw with its code, the id of its text and the text's variables: `flaw!("length", "import-length", most = 9)`.
macro_rules! flaw {
    ($code:expr, $id:expr $(, $variable:ident = $value:expr)* $(,)?) => {{
        const TEXT: $crate::texts::Text = $crate::texts::Text::checked($id, &[$(stringify!($variable)),*]);
        $crate::places::table::Flaw {
            code: $code,
            text: TEXT,
            values: vec![$((stringify!($variable), $crate::texts::Value::from($value))),*],
        }
    }};
}
pub(in crate::places) use flaw;
