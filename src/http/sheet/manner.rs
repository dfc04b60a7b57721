//! How a file is written for its reader: as spreadsheet programs of the reader's language want it, with titles of columns in that language or with their names.

use actix_web::{HttpMessage, HttpRequest, http::header::ACCEPT_LANGUAGE};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{columns::Column, csv::CsvDialect};
use crate::{http::languages::Wishes, texts::Language};

/// What stands above the columns of a file for spreadsheet programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Heads {
    /// Their names, which are the same in every language.
    Names,
    /// What they are called in the reader's language.
    Titles,
}

impl Heads {
    /// What is wished for by naming a language, or none: people name one, and programs do not.
    pub const fn usual(language_is_named: bool) -> Self {
        if language_is_named { Self::Titles } else { Self::Names }
    }

    /// What this word of an address wishes for.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "names" => Some(Self::Names),
            "titles" => Some(Self::Titles),
            _ => None,
        }
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How comma-separated values are written.
    pub dialect: CsvDialect,
    /// The language of the titles; none if columns have their names.
    titles: Option<Language>,
}

impl Manner {
    /// As the caller wishes: with titles if a language is wished for, unless the address asks for names.
    pub fn of(request: &HttpRequest) -> Self {
        let usual = Heads::usual(request.headers().contains_key(ACCEPT_LANGUAGE));
        let heads = request.extensions().get::<Heads>().copied().unwrap_or(usual);
        Self::in_language(Wishes::of_request(request).ours(), heads)
    }

    /// As readers of this language wish, with this above the columns.
    pub fn in_language(language: Language, heads: Heads) -> Self {
        let titles = (heads == Heads::Titles).then_some(language);
        Self { dialect: CsvDialect::in_language(language), titles }
    }

    /// What stands above these columns.
    pub fn heads(self, columns: &[Column]) -> Vec<String> {
        let title = |column: &Column| self.titles.and_then(|language| column.title(language));
        columns.iter().map(|column| title(column).unwrap_or_else(|| column.name.clone())).collect()
    }
}
