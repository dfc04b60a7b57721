#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

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

/// Every text of the library, in all its languages.
fn texts() -> Vec<BTreeMap<String, String>> {
    fn gather(value: &Value, texts: &mut Vec<BTreeMap<String, String>>) {
        match value {
            Value::Object(members) if members.contains_key("en") && members.contains_key("fr") => {
                texts.push(serde_json::from_value(value.clone()).unwrap());
            }
            Value::Object(members) => members.values().for_each(|value| gather(value, texts)),
            Value::Array(items) => items.iter().for_each(|value| gather(value, texts)),
            _ => {}
        }
    }
    let (library, mut texts) = (Library::read().unwrap(), Vec::new());
    let contents = library.checklists.iter().map(|(_, entry)| serde_json::to_value(&entry.content).unwrap());
    contents.for_each(|content| gather(&content, &mut texts));
    let names = library.dimensions.iter().map(|entry| &entry.name);
    for text in names.chain(library.standards.iter().map(|entry| &entry.text)) {
        gather(&serde_json::to_value(text).unwrap(), &mut texts);
    }
    texts
}

#[test]
fn french_punctuation_is_not_torn_off() {
    let torn = [" ?", " !", " :", " ;", " »", "« "];
    let texts = texts();
    assert!(texts.len() > 300, "{}", texts.len());
    let wrong: Vec<_> =
        texts.iter().filter(|text| torn.iter().any(|torn| text["fr"].contains(torn))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each of these signs has such a space before it, unless it is within something.
    let missing = regex::Regex::new("[^\u{a0}\u{202f}][?!;»]|«[^\u{a0}\u{202f}]").unwrap();
    let wrong: Vec<_> = texts.iter().filter(|text| missing.is_match(&text["fr"])).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is meant to differ: what agrees with another word, or stands in another sentence.
const BY_CONTEXT: [&str; 6] = [
    "Complaint handling",
    "Not at all",
    "Sign after you have left the branch.",
    "Neither",
    "It was solved on the spot",
    "Something else",
];

#[test]
fn what_is_one_text_in_english_is_one_in_each_language() {
    let mut by_english = BTreeMap::<_, BTreeSet<_>>::new();
    for text in texts() {
        by_english.entry(text["en"].clone()).or_default().insert(text);
    }
    let differing: Vec<_> = by_english
        .into_iter()
        .filter(|(english, texts)| texts.len() > 1 && !BY_CONTEXT.contains(&english.as_str()))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// One word for one thing: these stand for what another word says in all other texts.
#[test]
fn words_that_have_another_in_their_place_are_gone() {
    let gone = [
        ("fr", "guichet de services"),
        ("fr", "volonté d’aider"),
        ("ru", "данные о визите"),
        ("ru", "без моего вопроса"),
        ("ru", "комфорт помещения"),
        ("bg", "брои"),
        ("bg", "изпращане"),
        ("bg", "сток"),
        ("tr", "fotoğrafla"),
        ("tr", "uğurlama"),
        ("tr", "dakikası dakikasına"),
    ];
    for text in texts() {
        for (language, word) in gone {
            assert!(!text[language].to_lowercase().contains(word), "{word}: {text:?}");
        }
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
