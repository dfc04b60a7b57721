//! Lists of a limited length whose order says nothing.

use std::{borrow::Cow, ops::Deref, slice};

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, extensions::ExtensionsBuilder},
};

use super::{Several, Violation};

/// At least `MIN` and at most `MAX` things. They stay in the order in which they came, but the same things in another order
/// are the same list; the contract marks it as `x-unordered`.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Unordered<T, const MIN: usize, const MAX: usize>(Several<T, MIN, MAX>);

impl<T, const MIN: usize, const MAX: usize> Unordered<T, MIN, MAX> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The things as a plain list.
    pub fn into_inner(self) -> Vec<T> {
        self.0.into_inner()
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for Unordered<T, MIN, MAX> {
    type Error = Violation;

    fn try_from(things: Vec<T>) -> Result<Self, Violation> {
        things.try_into().map(Self)
    }
}

impl<T: Ord, const MIN: usize, const MAX: usize> Unordered<T, MIN, MAX> {
    fn in_order(&self) -> Vec<&T> {
        let mut things: Vec<_> = self.0.iter().collect();
        things.sort_unstable();
        things
    }
}

impl<T: Ord + Clone, const MAX: usize> Unordered<T, 0, MAX> {
    /// The same things, each once.
    #[must_use]
    pub fn each_once(&self) -> Self {
        let is_new = |(at, thing): &(usize, &T)| !self.0.iter().take(*at).any(|one| one == *thing);
        let things: Vec<_> =
            self.0.iter().enumerate().filter(is_new).map(|(_, thing)| thing.clone()).collect();
        things.try_into().unwrap_or_default()
    }
}

impl<T: Ord, const MIN: usize, const MAX: usize> PartialEq for Unordered<T, MIN, MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.in_order() == other.in_order()
    }
}

impl<T: Ord, const MIN: usize, const MAX: usize> Eq for Unordered<T, MIN, MAX> {}

impl<T, const MAX: usize> Default for Unordered<T, 0, MAX> {
    fn default() -> Self {
        Self(Several::default())
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for Unordered<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'s, T, const MIN: usize, const MAX: usize> IntoIterator for &'s Unordered<T, MIN, MAX> {
    type Item = &'s T;
    type IntoIter = slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de>
    for Unordered<T, MIN, MAX>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Several::deserialize(deserializer).map(Self)
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> PartialSchema for Unordered<T, MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let mark = ExtensionsBuilder::new().add("x-unordered", true).build();
        Several::<T, MIN, MAX>::contract().extensions(Some(mark)).into()
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> ToSchema for Unordered<T, MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Unordered_{}_{MIN}_{MAX}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Several::<T, MIN, MAX>::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn order_says_nothing_and_stays() {
        let read = |text: &str| serde_json::from_str::<Unordered<u8, 0, 3>>(text).unwrap();
        assert_eq!(read("[1, 2, 2]"), read("[2, 1, 2]"));
        assert_ne!(read("[1, 2, 2]"), read("[1, 1, 2]"));
        assert_ne!(read("[1, 2]"), read("[1, 2, 2]"));
        assert_eq!(serde_json::to_string(&read("[2, 1, 2]")).unwrap(), "[2,1,2]");
        assert_eq!(&*read("[2, 1, 2]").each_once(), [2, 1]);
        assert!(serde_json::from_str::<Unordered<u8, 0, 3>>("[1, 2, 3, 4]").is_err());
    }
}
