//! Several languages, in order.

use std::{borrow::Cow, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::ArrayBuilder},
};

use super::{LanguageTag, Violation};

/// Different languages in order, at least `MIN` and at most `MAX` of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Languages<const MIN: usize, const MAX: usize>(Vec<LanguageTag>);

impl<const MIN: usize, const MAX: usize> Languages<MIN, MAX> {
    /// The tags as plain texts.
    pub fn into_strings(self) -> Vec<String> {
        self.0.into_iter().map(String::from).collect()
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<Vec<LanguageTag>> for Languages<MIN, MAX> {
    type Error = Violation;

    fn try_from(tags: Vec<LanguageTag>) -> Result<Self, Violation> {
        if !(MIN..=MAX).contains(&tags.len()) {
            return Err(Violation::length(MIN, Some(MAX), "items"));
        }
        let is_new = |(at, tag): (usize, &LanguageTag)| !tags.iter().take(at).any(|one| one == tag);
        if !tags.iter().enumerate().all(is_new) {
            return Err(Violation::new("format", "items that all differ"));
        }
        Ok(Self(tags))
    }
}

impl<const MAX: usize> Default for Languages<0, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Languages<MIN, MAX> {
    type Target = [LanguageTag];

    fn deref(&self) -> &[LanguageTag] {
        &self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Languages<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Languages<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(RefOr::Ref(Ref::from_schema_name(LanguageTag::name())))
            .min_items((MIN > 0).then_some(MIN))
            .max_items(Some(MAX))
            .unique_items(true)
            .examples([serde_json::json!(["fr", "en"])])
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Languages<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Languages_{MIN}_{MAX}").into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((LanguageTag::name().into_owned(), LanguageTag::schema()));
    }
}
