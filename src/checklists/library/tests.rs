#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, HashSet};

use super::{
    super::{
        bindings::{Bindings, BoundDimension, BoundStandard},
        standards::catalogue::{Catalogue, Listed},
    },
    import::id,
    *,
};
use crate::ids::{BrandId, DimensionId, StandardId};

const LANGUAGES: [&str; 5] = ["bg", "en", "fr", "ru", "tr"];

fn catalogue(library: &Library) -> Catalogue {
    let dimension = |entry: &DimensionEntry| {
        let id = DimensionId::new(id(brand(), "dimension", entry.key.as_str()));
        (entry.key.clone(), BoundDimension { id, side: entry.side })
    };
    let standard = |entry: &StandardEntry| {
        let id = StandardId::new(id(brand(), "standard", entry.key.as_str()));
        let bound = BoundStandard { id, version: 1, dimension: entry.dimension.clone() };
        (entry.key.clone(), Listed { bound, retired: false })
    };
    Catalogue {
        dimensions: library.dimensions.iter().map(dimension).collect(),
        standards: library.standards.iter().map(standard).collect(),
        ..Catalogue::default()
    }
}

fn brand() -> BrandId {
    BrandId::new(uuid::Uuid::nil())
}

#[test]
fn the_catalogue_is_whole_in_every_language() {
    let library = Library::read().unwrap();
    assert!(library.dimensions.len() >= 17 && library.standards.len() >= 60);
    let names = library.dimensions.iter().map(|entry| (&entry.key, &entry.name));
    for (key, text) in names.chain(library.standards.iter().map(|entry| (&entry.key, &entry.text))) {
        assert_eq!(text.iter().map(|(language, _)| language).collect::<Vec<_>>(), LANGUAGES, "{key}");
        assert!(text.iter().all(|(_, text)| crate::text::is_plain(text) && text.trim() == text), "{key}");
    }
    let catalogue = catalogue(&library);
    assert_eq!(catalogue.dimensions.len(), library.dimensions.len(), "each key once");
    assert_eq!(catalogue.standards.len(), library.standards.len(), "each key once");
    let mut keys = catalogue.dimensions.keys().chain(catalogue.standards.keys());
    assert!(keys.all(Key::is_well_formed));
    let used: HashSet<_> = catalogue.standards.values().map(|listed| &listed.bound.dimension).collect();
    assert_eq!(
        used,
        catalogue.dimensions.keys().collect(),
        "every dimension has standards, and they have none else"
    );
}

#[test]
fn every_checklist_can_be_published() {
    let library = Library::read().unwrap();
    let catalogue = catalogue(&library);
    assert!(library.checklists.len() >= 3);
    for (name, ChecklistEntry { content, .. }) in &library.checklists {
        let languages: BTreeSet<_> = content.languages.iter().map(String::as_str).collect();
        assert_eq!(languages, LANGUAGES.into(), "{name}");
        let findings = content.findings();
        assert_eq!(findings.errors, [], "{name}");
        // The facts of the visit and what is said in the end are asked for, and earn nothing.
        let mut warnings = findings.warnings.iter();
        assert!(warnings.all(|warning| warning.code == "section_without_points"), "{name}");
        let (bindings, problems) = catalogue.bind(content);
        assert_eq!(problems, [], "{name}");
        let (standards, dimensions) = Bindings::keys(content);
        assert!(standards.len() >= 15, "{name} verifies standards");
        assert!(standards.iter().all(|key| bindings.standards.contains_key(*key)), "{name}");
        let of_standards = bindings.standards.values().map(|standard| &standard.dimension);
        let wanted: BTreeSet<_> = of_standards.chain(dimensions).collect();
        assert_eq!(bindings.dimensions.keys().collect::<BTreeSet<_>>(), wanted, "{name}");
    }
}

#[test]
fn ids_differ_by_brand_kind_and_key() {
    let other = BrandId::new(uuid::Uuid::max());
    let ids = |brand| [id(brand, "standard", "a"), id(brand, "standard", "b"), id(brand, "dimension", "a")];
    let all: HashSet<_> = [brand(), other, brand()].into_iter().flat_map(ids).collect();
    assert_eq!(all.len(), 6);
}

#[test]
fn a_checklist_is_called_by_its_title_where_it_can_be_read() {
    let library = Library::read().unwrap();
    let (_, entry) = &library.checklists[0];
    let title = |language| entry.content.title.get(language).unwrap();
    assert_eq!(entry.name_in("bg"), title("bg"));
    assert_eq!(entry.name_in("fr-CA"), title("fr"));
    assert_eq!(entry.name_in("de"), entry.name);
}
