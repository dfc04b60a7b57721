//! Lines of a sheet that is being written.

use std::collections::BTreeMap;

use super::{languages, names};
use crate::checklists::exchange::xlsform::cells::{Cells, Sheet};
use crate::checklists::text::Text;

/// The cells of one row, by column and language.
#[derive(Debug, Default)]
pub(super) struct Line(BTreeMap<(String, Option<String>), String>);

impl Line {
    /// A row with one cell.
    pub(super) fn of(base: &str, text: &str) -> Self {
        let mut line = Self::default();
        line.put(base, text);
        line
    }

    /// Puts a text into a column; nothing, if it is empty.
    pub(super) fn put(&mut self, base: &str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.0.insert((base.to_owned(), None), text);
        }
    }

    /// Puts a text in one language into a column.
    pub(super) fn put_in(&mut self, base: &str, language: &str, text: &str) {
        self.0.insert((base.to_owned(), Some(language.to_owned())), text.to_owned());
    }

    /// Puts a text in every language into a column.
    pub(super) fn put_text(&mut self, base: &str, text: &Text) {
        text.iter().for_each(|(language, text)| self.put_in(base, language, text));
    }

    /// Puts all conditions into a column.
    pub(super) fn put_all<const N: usize>(&mut self, base: &str, conditions: [Option<String>; N]) {
        self.put(base, conditions.into_iter().flatten().collect::<Vec<_>>().join(" and "));
    }

    /// Puts the name, and the key where the name is another.
    pub(super) fn named(&mut self, name: &str, key: &str) {
        self.put("name", name);
        if names::key(name).is_none_or(|known| known.as_str() != key) {
            self.put("key", key);
        }
    }
}

/// A sheet with these lines. Of the columns only those are written that hold something, and those of `always` in
/// every language.
pub(super) fn sheet(name: &str, columns: &[&str], always: &[&str], lines: &[Line], tags: &[String]) -> Sheet {
    let mut places = BTreeMap::new();
    let mut header = Cells::new();
    for base in columns {
        let bare = std::iter::once(None);
        for language in bare.chain(tags.iter().map(Some)) {
            let column = ((*base).to_owned(), language.cloned());
            let wanted = language.is_some() && always.contains(base);
            if !places.contains_key(&column)
                && (wanted || lines.iter().any(|line| line.0.contains_key(&column)))
            {
                let place = u32::try_from(places.len()).unwrap_or(u32::MAX);
                let title = match language {
                    None => (*base).to_owned(),
                    Some(tag) => format!("{base}::{}", languages::column(tag)),
                };
                header.insert(place, title);
                places.insert(column, place);
            }
        }
    }
    let mut rows = BTreeMap::from([(0, header)]);
    for (number, line) in (1..).zip(lines) {
        let cells = line.0.iter().filter_map(|(column, text)| Some((*places.get(column)?, text.clone())));
        rows.insert(number, cells.collect());
    }
    Sheet { name: name.to_owned(), rows, ..Sheet::default() }
}
