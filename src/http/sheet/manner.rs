//! How a file is written for its reader: as spreadsheet programs of the reader's language want it, with titles of columns in that language or with their names.

use actix_web::{HttpMessage, HttpRequest, http::header::ACCEPT_LANGUAGE};

use super::{CsvDialect, columns::Column};
use crate::{http::languages::Wishes, texts::Language};

/// What stands above the columns of a file for spreadsheet programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heads {
    /// Their names, which are the same in every language.
    Names,
    /// What they are called in the reader's language.
    Titles,
}

impl Heads {
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
        let ours = || Wishes::of_request(request).ours();
        let heads = request.extensions().get::<Heads>().copied();
        let titles = match heads {
            Some(Heads::Names) => None,
            Some(Heads::Titles) => Some(ours()),
            None => request.headers().contains_key(ACCEPT_LANGUAGE).then(ours),
        };
        Self { dialect: CsvDialect::of(request), titles }
    }

    /// What stands above these columns.
    pub fn heads(self, columns: &[Column]) -> Vec<String> {
        let title = |column: &Column| self.titles.and_then(|language| column.title(language));
        columns.iter().map(|column| title(column).unwrap_or_else(|| column.name.clone())).collect()
    }
}
