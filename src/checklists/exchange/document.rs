//! One JSON document that holds a checklist with all that it refers to, so that it can go to another brand.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use crate::{
    checklists::{
        findings::MOST_FINDINGS,
        model::{Content, Key, MAX_DEPTH, MAX_QUESTIONS},
        pictures::model::{LARGEST as LARGEST_PICTURE, PictureType},
        standards::model::{Servqual, Side, Track},
        text::Text,
    },
    error::{Error, FieldError, Result, escape},
    ids::PictureId,
    strict::objects_only,
};

/// The largest document, in bytes: pictures are in it.
pub const LARGEST: usize = 8 << 20;
/// The deepest nesting: that of a content, one level down.
pub const DEEPEST: usize = MAX_DEPTH + 1;
/// Most dimensions of a document, and most standards: one a question.
const MOST_CARRIED: usize = MAX_QUESTIONS;
/// Longest name of a checklist, in characters.
const LONGEST_NAME: usize = 200;

/// A checklist with all that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ChecklistDocument {
    /// What kind of document this is.
    pub format: Format,
    /// What the operator's people call it; shoppers see the title of the content.
    #[serde(deserialize_with = "crate::checklists::text::storable")]
    #[schema(pattern = r"^[^\x00]*$")]
    pub name: String,
    /// Its content.
    pub content: Content,
    /// The example pictures that the content shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<CarriedPicture>,
    /// The dimensions that the content and the standards refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<CarriedDimension>,
    /// The standards that the content refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<CarriedStandard>,
}

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Format {
    /// A checklist, in the first version of its format.
    #[serde(rename = "incognito-checklist/1")]
    Checklist1,
}

/// An example picture with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CarriedPicture {
    /// Its id, as the content has it.
    pub id: PictureId,
    /// What it is.
    pub media_type: PictureType,
    /// Its bytes in base64 (RFC 4648, with padding): at most 262144 bytes.
    #[serde(deserialize_with = "crate::checklists::text::storable")]
    #[schema(pattern = r"^[^\x00]*$")]
    pub base64: String,
}

/// A dimension as the brand has it that the checklist comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CarriedDimension {
    /// Names it in the content.
    pub key: Key,
    /// What it is called.
    pub name: Text,
    /// Whether people or procedures make it good.
    pub side: Side,
    /// Where it belongs among SERVQUAL's five.
    pub servqual: Servqual,
    /// What training helps where it is weak.
    pub track: Track,
}

/// A standard as the brand has it that the checklist comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CarriedStandard {
    /// Names it in the content.
    pub key: Key,
    /// The dimension that it belongs to.
    pub dimension: Key,
    /// What it asks for.
    pub text: Text,
}

objects_only!(ChecklistDocument, CarriedPicture, CarriedDimension, CarriedStandard);

/// A document is checked by [`ChecklistDocument::problems`].
impl Validate for ChecklistDocument {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        Ok(())
    }
}

impl ChecklistDocument {
    /// A document of a content that refers to nothing.
    pub fn of(name: impl Into<String>, content: Content) -> Self {
        Self {
            format: Format::Checklist1,
            name: name.into(),
            content,
            pictures: Vec::new(),
            dimensions: Vec::new(),
            standards: Vec::new(),
        }
    }

    /// The document as it is written: indented, with a line break at its end.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn written(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self).map_err(Error::internal)?;
        json.push(b'\n');
        Ok(json)
    }

    /// What of it, beside the content, no brand can keep.
    pub fn problems(&self) -> Vec<FieldError> {
        let mut problems = Vec::new();
        let mut problem = |at: String, code, message: &str| problems.push(FieldError::new(at, code, message));
        if self.name.trim().is_empty() || self.name.chars().count() > LONGEST_NAME || has_control(&self.name)
        {
            problem("/name".into(), "length", "Write a line of 1 to 200 characters.");
        }
        if self.content.is_too_large() {
            problem(
                "/content".into(),
                "too_large",
                "A checklist has at most 1048576 bytes of JSON: shorten it.",
            );
        }
        for (at, count) in [("/dimensions", self.dimensions.len()), ("/standards", self.standards.len())] {
            if count > MOST_CARRIED {
                problem(
                    at.into(),
                    "too_many",
                    "A checklist has at most 500 questions, and refers to no more.",
                );
            }
        }
        for (i, dimension) in self.dimensions.iter().enumerate() {
            entry(&format!("/dimensions/{i}"), &dimension.key, ("name", &dimension.name), &mut problem);
        }
        for (i, standard) in self.standards.iter().enumerate() {
            entry(&format!("/standards/{i}"), &standard.key, ("text", &standard.text), &mut problem);
        }
        for (i, picture) in self.pictures.iter().enumerate() {
            if let Err(why) = picture.bytes() {
                problem(format!("/pictures/{i}/base64"), "signature", why);
            }
        }
        problems.truncate(MOST_FINDINGS);
        problems
    }
}

fn has_control(text: &str) -> bool {
    text.contains(|c: char| c.is_control())
}

fn entry(
    at: &str,
    key: &Key,
    (member, text): (&str, &Text),
    problem: &mut impl FnMut(String, &'static str, &str),
) {
    if !key.is_well_formed() {
        let message = "Start with a small letter, then up to 63 small letters, digits and underscores.";
        problem(format!("{at}/key"), "malformed_key", message);
    }
    if text.iter().next().is_none() {
        problem(format!("{at}/{member}"), "empty", "Write the text in one language at least.");
    }
    for (language, text) in text.iter() {
        let at = format!("{at}/{member}/{}", escape(language));
        if !crate::text::is_language_tag(language) {
            problem(at, "malformed_language", "Write a BCP 47 tag such as `en`, `pt-BR` or `sr-Latn`.");
        } else if text.trim().is_empty() || text.chars().count() > crate::checklists::text::MAX_TEXT {
            problem(at, "length", "Write 1 to 2000 characters.");
        } else if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            problem(at, "control_character", "Remove control characters other than line breaks and tabs.");
        }
    }
}

impl CarriedPicture {
    /// A picture with its bytes.
    pub fn of(id: PictureId, media_type: PictureType, bytes: &[u8]) -> Self {
        Self { id, media_type, base64: BASE64.encode(bytes) }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// Why these are no bytes of such a picture.
    pub fn bytes(&self) -> Result<Vec<u8>, &'static str> {
        let bytes = BASE64.decode(self.base64.as_bytes()).map_err(|_| "This is not base64 with padding.")?;
        if bytes.len() > LARGEST_PICTURE {
            return Err("A picture has at most 262144 bytes.");
        }
        if PictureType::of(&bytes) != Some(self.media_type) {
            return Err("These bytes are no picture of this media type.");
        }
        Ok(bytes)
    }
}

/// What a checklist is called that has no name but its title.
pub fn title(content: &Content) -> String {
    let default = content.languages.first().and_then(|language| content.title.get(language));
    default.or_else(|| content.title.iter().next().map(|(_, title)| title)).unwrap_or("Checklist").to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::checklists::samples::contents;

    proptest! {
        #[test]
        fn a_document_reads_back_as_written(content in contents()) {
            let document = ChecklistDocument::of("A name", content);
            let written = document.written().unwrap();
            prop_assert_eq!(serde_json::from_slice::<ChecklistDocument>(&written).unwrap(), document);
        }
    }

    #[test]
    fn what_no_brand_can_keep_has_its_place() {
        let content = json!({"title": {"en": "T"}, "languages": ["en"], "sections": []});
        let id = "00000000-0000-4000-8000-000000000001";
        let picture = |base64: &str| json!({"id": id, "media_type": "image/png", "base64": base64});
        let dimension = json!({"key": "A", "name": {"en": " "}, "side": "personal", "servqual": "empathy",
            "track": "customer_service"});
        let document: ChecklistDocument = serde_json::from_value(json!({
            "format": "incognito-checklist/1", "name": "\n", "content": content,
            "pictures": [picture("iVBORw0KGgo="), picture("!"), picture("/9j/4A==")],
            "dimensions": [dimension],
            "standards": [{"key": "a", "dimension": "b", "text": {}}, {"key": "a", "dimension": "b", "text": {"EN": "a"}}],
        }))
        .unwrap();
        let problems = document.problems();
        let places: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        let wanted = [
            "/name",
            "/dimensions/0/key",
            "/dimensions/0/name/en",
            "/standards/0/text",
            "/standards/1/text/EN",
            "/pictures/1/base64",
            "/pictures/2/base64",
        ];
        assert_eq!(places, wanted);
    }
}
