//! The starter library: dimensions, standards and checklists in five languages, for a brand to begin with.
//!
//! It is data, in `library/`; the program carries it along.

mod import;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::{Builder, Uuid};

pub use self::import::{Added, Count, Outcome, Wish, import};
use super::{
    model::{Content, Key},
    standards::model::{Servqual, Side, Track},
    text::Text,
};
use crate::{
    error::{Error, Result},
    ids::BrandId,
};

const DIMENSIONS: &str = include_str!("../../library/dimensions.json");
const STANDARDS: &str = include_str!("../../library/standards.json");
/// The checklists by their names in ids, which never change.
const CHECKLISTS: [(&str, &str); 3] = [
    ("shop", include_str!("../../library/checklists/shop.json")),
    ("restaurant", include_str!("../../library/checklists/restaurant.json")),
    ("service_desk", include_str!("../../library/checklists/service_desk.json")),
];

/// All that the library has.
#[derive(Clone, Debug)]
struct Library {
    dimensions: Vec<DimensionEntry>,
    standards: Vec<StandardEntry>,
    checklists: Vec<(&'static str, ChecklistEntry)>,
}

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
    /// `internal` if it cannot be read, which a test rules out.
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
    /// What to call it for people of this language: its title, if it has one that they can read.
    fn name_in(&self, language: &str) -> &str {
        let title = &self.content.title;
        let base = language.split('-').next().unwrap_or_default();
        title.get(language).or_else(|| title.get(base)).unwrap_or(&self.name)
    }
}

/// The id that something of the library has in a brand: always the same one.
fn id(brand: BrandId, kind: &str, key: &str) -> Uuid {
    let name = format!("incognito library: {brand} {kind} {key}");
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, name.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests;
