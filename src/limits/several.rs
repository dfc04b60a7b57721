//! Lists of a limited length.

use std::{borrow::Cow, ops::Deref, slice, vec};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::ArrayBuilder},
};

use super::Violation;

/// At least `MIN` and at most `MAX` things, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Several<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> Several<T, MIN, MAX> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The things as a plain list.
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for Several<T, MIN, MAX> {
    type Error = Violation;

    fn try_from(things: Vec<T>) -> Result<Self, Violation> {
        let fits = (MIN..=MAX).contains(&things.len());
        fits.then_some(Self(things)).ok_or_else(|| Violation::length(MIN, Some(MAX), "items"))
    }
}

impl<T, const MAX: usize> Default for Several<T, 0, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for Several<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> IntoIterator for Several<T, MIN, MAX> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'s, T, const MIN: usize, const MAX: usize> IntoIterator for &'s Several<T, MIN, MAX> {
    type Item = &'s T;
    type IntoIter = slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de> for Several<T, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> Several<T, MIN, MAX> {
    /// The limits as the contract says them, to be completed by what the list is about.
    pub fn contract() -> ArrayBuilder {
        ArrayBuilder::new()
            .items(RefOr::Ref(Ref::from_schema_name(T::name())))
            .min_items((MIN > 0).then_some(MIN))
            .max_items(Some(MAX))
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> PartialSchema for Several<T, MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        Self::contract().into()
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> ToSchema for Several<T, MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Several_{}_{MIN}_{MAX}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}
