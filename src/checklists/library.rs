//! The starter library: dimensions, standards and checklists in five languages, for a brand to begin with.
//!
//! It is data, in `library/`; the program carries it along.

mod import;
mod report;

use serde::{Deserialize, de::DeserializeOwned};

pub use self::{
    import::{ImportLibrary, import},
    report::{Count, Outcome, Report},
};
use super::{
    model::{Content, Key},
    standards::model::{Servqual, Side, Track},
    text::Text,
};
use crate::error::{Error, Result};

const DIMENSIONS: &str = include_str!("../../library/dimensions.json");
const STANDARDS: &str = include_str!("../../library/standards.json");
/// The checklists by their names in ids, which never change.
const CHECKLISTS: [(&str, &str); 3] = [
    ("shop", include_str!("../../library/checklists/shop.json")),
    ("restaurant", include_str!("../../library/checklists/restaurant.json")),
    ("service_desk", include_str!("../../library/checklists/service_desk.json")),
];

/// Everything that the library has.
#[derive(Clone, Debug)]
struct Library {
    dimensions: Vec<DimensionEntry>,
    standards: Vec<StandardEntry>,
    checklists: Vec<NamedChecklist>,
}

/// A checklist by its name in ids.
type NamedChecklist = (&'static str, ChecklistEntry);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionEntry {
    key: Key,
    name: Text,
    side: Side,
    servqual: Servqual,
    track: Track,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardEntry {
    key: Key,
    dimension: Key,
    text: Text,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChecklistEntry {
    /// What the operator's people call it, in English.
    name: String,
    content: Content,
}

impl Library {
    /// Reads it.
    ///
    /// # Errors
    /// `internal` if it cannot be read. A test holds it to be readable.
    fn read() -> Result<Self> {
        let checklist = |(name, json): (&'static str, &str)| Ok((name, parse(json)?));
        Ok(Self {
            dimensions: parse(DIMENSIONS)?,
            standards: parse(STANDARDS)?,
            checklists: CHECKLISTS.into_iter().map(checklist).collect::<Result<_>>()?,
        })
    }
}

fn parse<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(Error::internal)
}

impl ChecklistEntry {
    /// Its name for people of this language: its title in that language, or else its English name.
    fn name_in(&self, language: &str) -> &str {
        let title = &self.content.title;
        let base = language.split('-').next().unwrap_or_default();
        title.get(language).or_else(|| title.get(base)).unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests;
