//! The shape of a type: its schema with all that it refers to, made once.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use regex::Regex;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::{
    calendar::bound::Bound,
    db::types::{Id, Instant},
    limits::{BasisPoints, Currency, EmailAddress, LanguageTag, TimeZone},
    months::Month,
};

/// A schema with all that it refers to.
pub struct Shape {
    /// What is said of the whole.
    pub whole: RefOr<Schema>,
    /// What it refers to, by the location that a reference has.
    parts: HashMap<String, RefOr<Schema>>,
}

static BODIES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);
static PATTERNS: LazyLock<RwLock<HashMap<String, Option<Regex>>>> = LazyLock::new(RwLock::default);

impl Shape {
    /// The shape of a body of this type.
    pub fn of<T: ToSchema + 'static>() -> Arc<Self> {
        let make = || {
            let mut parts = Vec::new();
            T::schemas(&mut parts);
            parts.push((T::name().into_owned(), T::schema()));
            Arc::new(Self::new(T::schema(), parts))
        };
        if let Some(made) = BODIES.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<T>()) {
            return Arc::clone(made);
        }
        let mut bodies = BODIES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bodies.entry(TypeId::of::<T>()).or_insert_with(make))
    }

    /// The shapes of what parameters refer to.
    pub fn of_parameters() -> Arc<Self> {
        static SHAPE: LazyLock<Arc<Shape>> =
            LazyLock::new(|| Arc::new(Shape::new(RefOr::T(Schema::default()), parameter_parts().into())));
        Arc::clone(&SHAPE)
    }

    pub(super) fn new(whole: RefOr<Schema>, parts: Vec<(String, RefOr<Schema>)>) -> Self {
        let located = |(name, schema)| (Ref::from_schema_name(name).ref_location, schema);
        Self { whole, parts: parts.into_iter().map(located).collect() }
    }

    /// What a schema says, after it is followed through all references; nothing if one leads nowhere.
    pub fn resolve<'s>(&'s self, mut schema: &'s RefOr<Schema>) -> Option<&'s Schema> {
        for _ in 0..=self.parts.len() {
            match schema {
                RefOr::T(schema) => return Some(schema),
                RefOr::Ref(reference) => schema = self.parts.get(&reference.ref_location)?,
            }
        }
        None
    }
}

/// The named shapes that parameters after the question mark may refer to: they cannot list what they refer to, as
/// bodies do. A test of the contract holds them to these.
pub fn parameter_parts() -> [(String, RefOr<Schema>); 9] {
    fn part<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), T::schema())
    }
    [
        part::<Id<()>>(),
        part::<Instant>(),
        part::<Month>(),
        part::<Bound>(),
        part::<LanguageTag>(),
        part::<Currency>(),
        part::<TimeZone>(),
        part::<EmailAddress>(),
        part::<BasisPoints>(),
    ]
}

/// The parameters after the question mark that a type has.
pub fn parameters<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(ParameterIn::Query))
}

/// Whether a text matches a pattern of the contract; a pattern that cannot be compiled refuses nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    let is_match = |compiled: &Option<Regex>| compiled.as_ref().is_none_or(|regex| regex.is_match(text));
    if let Some(compiled) = PATTERNS.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return is_match(compiled);
    }
    let compiled = Regex::new(pattern).ok();
    let answer = is_match(&compiled);
    PATTERNS.write().unwrap_or_else(PoisonError::into_inner).insert(pattern.to_owned(), compiled);
    answer
}
