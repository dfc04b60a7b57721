//! What columns are called in files and tables that people open: one catalogue a language, in `texts/columns`, by the names of the columns.

use std::{borrow::Cow, sync::LazyLock};

use super::{Language, catalogue::Catalogue};

static CATALOGUES: LazyLock<[Catalogue; Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(|language| Catalogue::read(language.tag(), language.columns())));

/// What a column, or a member that leads to one, is called in this language; none if there is no such name.
pub fn title(language: Language, name: &str) -> Option<Cow<'static, str>> {
    CATALOGUES[language as usize].say(name, &[], &mut Vec::new())
}
