//! A text in several languages.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::{LanguageTag, LimitedText, Violation, forms::TAG_AS_KEPT};
use crate::strict::unique_map;

/// The same text in different languages: at least in one, and at most in `MOST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ByLanguage<T, const MOST: usize>(BTreeMap<LanguageTag, T>);

impl<T: LimitedText, const MOST: usize> ByLanguage<T, MOST> {
    /// Whether these texts, by their languages, are within the limits.
    ///
    /// # Errors
    /// The first limit that they break.
    pub fn check<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<(), Violation> {
        let mut languages = 0;
        for (language, text) in texts {
            check_tag(language)?;
            T::check(text)?;
            languages += 1;
        }
        Self::check_number(languages)
    }

    fn check_number(languages: usize) -> Result<(), Violation> {
        let fits = (1..=MOST).contains(&languages);
        fits.then_some(()).ok_or_else(|| Violation::length(1, Some(MOST), "members"))
    }

    /// The limits as the contract says them, to be completed by what the text is about.
    pub fn contract() -> ObjectBuilder {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property_names(Some(ObjectBuilder::new().schema_type(Type::String).pattern(TAG_AS_KEPT.pattern)))
            .additional_properties(Some(T::contract()))
            .min_properties(Some(1))
            .max_properties(Some(MOST))
    }
}

/// The names of members are tags in the recommended spelling: no two are of one language.
fn check_tag(language: &str) -> Result<(), Violation> {
    let wrong = || Violation::new(TAG_AS_KEPT.code, TAG_AS_KEPT.words);
    (TAG_AS_KEPT.holds)(language).then_some(()).ok_or_else(wrong)
}

impl<T, const MOST: usize> IntoIterator for ByLanguage<T, MOST> {
    type Item = (LanguageTag, T);
    type IntoIter = std::collections::btree_map::IntoIter<LanguageTag, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: LimitedText + Deserialize<'de>, const MOST: usize> Deserialize<'de> for ByLanguage<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: BTreeMap<String, T> = unique_map(deserializer, MOST)?;
        Self::check_number(texts.len()).map_err(D::Error::custom)?;
        let tagged = texts.into_iter().map(|(language, text)| {
            check_tag(&language)?;
            Ok((LanguageTag::try_from(language)?, text))
        });
        tagged.collect::<Result<_, Violation>>().map(Self).map_err(D::Error::custom)
    }
}

impl<T: LimitedText, const MOST: usize> PartialSchema for ByLanguage<T, MOST> {
    fn schema() -> RefOr<Schema> {
        Self::contract().into()
    }
}

impl<T: LimitedText, const MOST: usize> ToSchema for ByLanguage<T, MOST> {
    fn name() -> Cow<'static, str> {
        format!("ByLanguage_{}_{MOST}", T::contract_name()).into()
    }
}
