//! The sheet `choices`: lists of options.

use std::cell::Cell as Flag;
use std::collections::BTreeMap;

use super::table::Table;
use super::{extras, names};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::kinds::Choice;
use crate::checklists::model::{Key, OPTIONS};
use crate::checklists::text::Text;

/// The columns that are known; of them the media and `order` are refused where they hold anything.
pub const COLUMNS: [&str; 11] = [
    "list_name",
    "name",
    "label",
    "points",
    "key",
    "media::image",
    "media::audio",
    "media::video",
    "media::big-image",
    "geometry",
    "disabled",
];
/// Most bytes of options in the questions of one checklist: a list may be used by many.
const MOST_BYTES: usize = 4 << 20;

/// A list of options.
#[derive(Debug, Default)]
pub struct List {
    options: Vec<Named>,
    at: String,
    used: Flag<bool>,
}

#[derive(Debug)]
struct Named {
    name: String,
    choice: Choice,
    at: String,
}

impl List {
    /// The options.
    pub fn choices(&self) -> Vec<Choice> {
        self.options.iter().map(|named| named.choice.clone()).collect()
    }

    /// The keys of the options by their names in the form.
    pub fn keys(&self) -> BTreeMap<String, Key> {
        self.options.iter().map(|named| (named.name.clone(), named.choice.key.clone())).collect()
    }

    /// Whether it offers exactly yes and no.
    pub fn is_yes_no(&self) -> bool {
        let mut names: Vec<_> = self.options.iter().map(|named| named.name.as_str()).collect();
        names.sort_unstable();
        names == ["no", "yes"]
    }

    /// Where points stand that a question without options could not keep.
    pub fn points_at(&self) -> Option<&str> {
        self.options.iter().find(|named| named.choice.points.is_some()).map(|named| named.at.as_str())
    }

    fn bytes(&self) -> usize {
        let text =
            |text: &Text| text.iter().map(|(language, text)| language.len() + text.len()).sum::<usize>();
        self.options.iter().map(|named| 64 + text(&named.choice.text)).sum()
    }
}

/// All lists of a form.
#[derive(Debug)]
pub struct Lists {
    by_name: BTreeMap<String, List>,
    left: Flag<usize>,
}

impl Lists {
    /// Reads the sheet.
    pub fn read(table: &Table, default: &str, findings: &mut ImportFindings) -> Self {
        let mut by_name: BTreeMap<String, List> = BTreeMap::new();
        for row in table.rows() {
            if row.is_disabled(findings) {
                continue;
            }
            let (list, name) = (row.take("list_name"), row.take("name"));
            let (Some(list), Some(name)) = (list, name) else {
                let (missing, at) = if row.holds("list_name") {
                    ("name", row.at("name"))
                } else {
                    ("list_name", row.at("list_name"))
                };
                findings.error(&at, "missing_name", format!("An option needs a `{missing}`."));
                row.leave(&at, findings);
                continue;
            };
            let given = row.take("key").map(|cell| Key::from(cell.text));
            let Some(key) = given.or_else(|| names::key(name.text)) else {
                let message = "Name it with small letters, digits and underscores, beginning with a letter.";
                findings.error(&name.at, "malformed_name", message);
                row.leave(&name.at, findings);
                continue;
            };
            let list = by_name
                .entry(list.text.to_owned())
                .or_insert_with(|| List { at: list.at, ..List::default() });
            let is_taken = |key: &Key| list.options.iter().any(|other| other.choice.key == *key);
            let key = if is_taken(&key) { names::own_key(name.text) } else { key };
            if list.options.iter().any(|other| other.choice.key == key || other.name == name.text) {
                let message = format!("Another option of this list has the key `{key}`.");
                findings.error(&name.at, "duplicate", message);
                row.leave(&name.at, findings);
                continue;
            }
            if key.as_str() != name.text {
                findings.note(&name.at, format!("The option's key is `{key}`."));
            }
            for cell in row.each("label").iter().filter(|cell| super::texts::has_answers(cell.text)) {
                findings.error(&cell.at, "text_not_kept", super::texts::NO_ANSWERS);
            }
            let text = row.texts("label", default).unwrap_or_default();
            let text = if findings.leaves_out() { super::texts::without_answers(&text) } else { text };
            let points = extras::number(&row, "points", findings);
            row.refuse_rest("an option", findings);
            if list.options.len() < *OPTIONS.end() {
                let named = Named {
                    name: name.text.to_owned(),
                    choice: Choice { key, text, points },
                    at: if points.is_some() { row.at("points") } else { name.at },
                };
                list.options.push(named);
            } else {
                let message = format!("Give at most {} options.", OPTIONS.end());
                findings.error(&name.at, "too_many", message);
                row.leave(&name.at, findings);
            }
        }
        Self { by_name, left: Flag::new(MOST_BYTES) }
    }

    /// The list of this name, for one more question.
    ///
    /// # Errors
    /// Code and message of why there is none.
    pub fn take(&self, name: &str) -> Result<&List, (&'static str, String)> {
        let short: String = name.chars().take(40).collect();
        let Some(list) = self.by_name.get(name) else {
            return Err(("unknown_list", format!("There is no list `{short}` in the sheet `choices`.")));
        };
        list.used.set(true);
        let Some(left) = self.left.get().checked_sub(list.bytes()) else {
            return Err(("too_large", format!("The list `{short}` makes the checklist too large.")));
        };
        self.left.set(left);
        Ok(list)
    }

    /// Says which lists nothing uses.
    pub fn note_unused(&self, findings: &mut ImportFindings) {
        for (name, list) in self.by_name.iter().filter(|(_, list)| !list.used.get()) {
            let short: String = name.chars().take(40).collect();
            findings.note(&list.at, format!("No question uses the list `{short}`: it is left out."));
        }
    }
}
