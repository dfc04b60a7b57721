#![allow(clippy::unwrap_used)]

mod faults;
mod parsed;

use std::{fs, path::Path};

use self::{faults::faults, parsed::Parsed};
use super::{catalogue::Catalogue, *};
use crate::error::Code;

/// What is wrong with these catalogues, the first of which is the measure.
fn all_faults(catalogues: &[(&str, &str)]) -> Vec<String> {
    let parsed: Vec<_> = catalogues.iter().map(|(tag, source)| Parsed::of(tag, source)).collect();
    parsed.iter().flat_map(|one| faults(one, &parsed[0])).collect()
}

#[test]
fn every_catalogue_is_whole() {
    let catalogues = Language::ALL.map(|language| (language.tag(), language.source()));
    let faults = all_faults(&catalogues);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The test above would pass as well if it saw nothing: each of these has one fault.
#[test]
fn each_fault_would_be_seen() {
    const ENGLISH: &str =
        "sum = Fee\nleft = { $n ->\n    [one] { $n } file for `x`\n   *[other] { $n } files for `x`\n}\n";
    const RUSSIAN: &str = "sum = Плата\nleft = { $n ->\n    [one] { $n } файл `x`\n    [few] { $n } файла `x`\n    [many] { $n } файлов `x`\n   *[other] { $n } файла `x`\n}\n";
    assert_eq!(all_faults(&[("en", ENGLISH), ("ru", RUSSIAN)]), [""; 0]);
    for (from, to, fault) in [
        ("sum = Плата\n", "", "ru: sum is missing"),
        ("sum = Плата\n", "sum = Плата\nmore = Ещё\n", "ru: more is not in English"),
        ("sum = Плата", "sum = Плата { $n }", "ru: sum has the variables {\"n\"}, in English {}"),
        ("[few] { $n }", "[few] { $m }", "ru: left has the variables {\"m\", \"n\"}, in English {\"n\"}"),
        ("    [many] { $n } файлов `x`\n", "", "ru: left says nothing for \"many\""),
        ("*[other] { $n } файла `x`", "*[more] { $n } файла `x`", "ru: left says nothing for \"other\""),
        (
            "    [few]",
            "    [few] { $n } файла `x`\n    [two]",
            "ru: left has \"two\", which the language has not",
        ),
        ("   *[other]", "    [other] { $n } файла `x`\n   *[many]", "ru: left falls back to \"many\""),
        ("Плата", "Плата { fee }", "ru: sum: Resolver error: Unknown message: fee"),
        ("Плата", "Плата { $n", "ru: cannot be read"),
        ("Плата", "Плата\nsum = Оплата", "ru: sum is there twice"),
        ("Плата", "Плата\n    .hint = Сумма", "ru: sum has attributes"),
        ("sum = Плата", "sum =\n    .hint = Сумма", "ru: sum has no text"),
        ("[few] { $n } файла `x`", "[few] { $n } файла", "ru: left has the names {}, in English {\"x\"}"),
        (
            "[few] { $n } файла `x`",
            "[few] { $n } файла `y`",
            "ru: left has the names {\"y\"}, in English {\"x\"}",
        ),
        ("sum = Плата", "sum = Fee", "ru: sum is as in English"),
        ("sum = Плата", "sum = Плата\u{2068}", "ru: sum has an invisible character"),
    ] {
        let russian = RUSSIAN.replacen(from, to, 1);
        assert_ne!(russian, RUSSIAN, "{fault}");
        let found = all_faults(&[("en", ENGLISH), ("ru", &russian)]);
        assert!(found.iter().any(|one| one.starts_with(fault)), "{fault} is not in {found:#?}");
    }
    let english = ENGLISH.replace("    [one] { $n } file for `x`\n", "");
    let found = all_faults(&[("en", &english), ("ru", RUSSIAN)]);
    assert_eq!(found, ["en: left says nothing for \"one\""]);
}

/// Every text is said somewhere: its id stands in the source as a text of its own, or it belongs to an error.
#[test]
fn every_text_is_said_somewhere() {
    let mut sources = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let of_errors: Vec<_> = Code::ALL.iter().flat_map(|code| [code.title().id, code.advice().id]).collect();
    let unsaid = |source: &str| {
        let english = Parsed::of("en", source);
        let is_used = |id: &&str| of_errors.contains(id) || sources.contains(&format!("\"{id}\""));
        english.ids().filter(|id| !is_used(id)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(unsaid(Language::English.source()), [""; 0]);
    assert_eq!(unsaid("problem-no_such_code-title = No.\n"), ["problem-no_such_code-title"]);
}

fn collect(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|stem| stem == "texts") {
            continue; // the room itself says nothing
        } else if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn what_is_known_at_compile_time_is_what_fluent_reads() {
    let english = Parsed::of("en", Language::English.source());
    for (id, message) in &english.messages {
        let variables: Vec<_> = message.variables.iter().map(String::as_str).collect();
        assert!(outline::ENGLISH.has(id, &variables), "{id}");
        assert!(!outline::ENGLISH.has(id, &[&variables[..], &["one_more"]].concat()), "{id}");
        assert!(!outline::ENGLISH.has(&format!("{id}-more"), &variables), "{id}");
    }
}

#[test]
fn a_tag_leads_to_its_language() {
    for language in Language::ALL {
        assert_eq!(Language::of(language.tag()), Some(language));
    }
    assert_eq!(Language::of("fr-CH"), Some(Language::French));
    assert_eq!(Language::of("RU"), Some(Language::Russian));
    for none in ["", "-", "qaa", "f", "fra", "en_GB"] {
        assert_eq!(Language::of(none), None, "{none}");
    }
}

#[test]
fn a_text_is_said_in_each_language() {
    for (language, text) in [
        (Language::English, "Error invalid"),
        (Language::French, "Erreur invalid"),
        (Language::Russian, "Ошибка invalid"),
        (Language::Bulgarian, "Грешка invalid"),
        (Language::Turkish, "invalid hatası"),
    ] {
        assert_eq!(say!(language, "problem-page-title", code = "invalid"), text);
    }
    assert_eq!(text!("problem-page-advice").say(Language::Turkish), "Ne yapmalı");
}

#[test]
fn numbers_have_the_plurals_of_their_language() {
    let forms = "n = { $n ->\n    [one] one\n    [few] few\n    [many] many\n   *[other] other\n}\n";
    for (tag, numbers, wanted) in [
        ("en", &[0.0, 1.0, 2.0, 1.5][..], "other one other other"),
        ("fr", &[0.0, 1.0, 2.0, 1.5], "one one other one"),
        (
            "ru",
            &[0.0, 1.0, 2.0, 5.0, 11.0, 12.0, 21.0, 22.0, 1.5],
            "many one few many many many one few other",
        ),
        ("bg", &[0.0, 1.0, 2.0, 21.0], "other one other other"),
        ("tr", &[0.0, 1.0, 2.0, 21.0], "other one other other"),
    ] {
        let catalogue = Catalogue::read(tag, forms);
        let form = |n: &f64| catalogue.say("n", &[("n", Value::from(*n))], &mut Vec::new()).unwrap();
        let forms: Vec<_> = numbers.iter().map(form).collect();
        assert_eq!(forms.join(" "), wanted, "{tag}");
    }
}
