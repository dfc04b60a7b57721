//! A limit of a single field is written once: in a type of `limits`, which parses, validates and describes itself.

use super::source::{Source, sources};

/// What a checklist says may be anything that can be read: what is wrong with it is found afterwards, all at once, for its
/// designer. So its fields have no limits but those of their widths, and texts only what a database can keep.
const CONTENT_OF_CHECKLISTS: [&str; 4] =
    ["checklists::exchange::document", "checklists::key", "checklists::kinds", "checklists::model"];

/// What an attribute says of a value's length, range or form.
const IN_VALIDATE: [&str; 3] = ["length", "range", "regex"];
const IN_CONTRACT: [&str; 7] =
    ["min_length", "max_length", "minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "pattern"];

#[test]
fn no_limit_of_a_field_is_written_by_hand() {
    let seen: Vec<_> = sources().into_iter().filter(|source| source.room() != "limits").collect();
    let (of_checklists, others): (Vec<_>, Vec<_>) =
        seen.iter().partition(|source| CONTENT_OF_CHECKLISTS.contains(&source.path().as_str()));
    let wrong: Vec<String> = others.into_iter().flat_map(by_hand).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(of_checklists.len(), CONTENT_OF_CHECKLISTS.len());
    for source in of_checklists {
        assert!(!by_hand(source).is_empty(), "{} needs no exemption", source.path());
    }
}

#[test]
fn what_is_written_by_hand_would_be_seen() {
    for (code, wanted) in [
        ("#[validate(length(min = 1, max = 200))]\nname: String,", 1),
        ("#[validate(nested, range(max = 9))]\nnumber: u8,", 1),
        ("#[validate(custom(function = \"f\"), regex(path = *FORM))]\nword: String,", 1),
        ("#[schema(\n    min_length = 1,\n    max_length = 9,\n)]\nname: String,", 2),
        ("#[schema(value_type = [u8], pattern = \"^[a-z]$\")]\nname: String,", 1),
        ("#[param(minimum = 1, maximum = 9)]\nnumber: u8,", 2),
        ("#[utoipa::path(get, params((\"depth\" = u8, Query, maximum = 9)))]\nfn f() {}", 1),
        ("#[schema(max_items = 9, default = json!([\"maximum = 1\"]))]\nlist: Vec<u8>,", 0),
        ("#[validate(nested)]\n// #[schema(minimum = 1)]\ninner: Inner,", 0),
        ("#[serde(default = \"minimum\")]\nminimum: Minimum,", 0),
        ("fn f() { builder.minimum(Some(1)).pattern(None); (1..9).range(minimum = 1) }", 0),
    ] {
        let source = Source::read(vec!["board".to_owned(), "api".to_owned()], code);
        assert_eq!(by_hand(&source).len(), wanted, "{code}");
    }
}

/// The limits that stand in attributes of this file.
fn by_hand(source: &Source) -> Vec<String> {
    let attributes = [
        ("#[validate(", &IN_VALIDATE[..], "("),
        ("#[schema(", &IN_CONTRACT, " ="),
        ("#[param(", &IN_CONTRACT, " ="),
        ("#[utoipa::path(", &IN_CONTRACT, " ="),
    ];
    let found = attributes.into_iter().flat_map(|(begin, words, after)| {
        let all = source.code.match_indices(begin).map(move |(at, _)| attribute(&source.code[at + 2..]));
        all.flat_map(move |attribute| words.iter().filter(move |word| says(attribute, word, after)))
    });
    found.map(|word| format!("{} says {word} by hand", source.path())).collect()
}

/// An attribute from its name on, up to its closing bracket.
fn attribute(code: &str) -> &str {
    let mut depth = 1;
    let end = code.find(|c| {
        depth += match c {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        depth == 0
    });
    &code[..end.unwrap_or(code.len())]
}

/// Whether this word stands in the attribute as a whole, followed by this.
fn says(attribute: &str, word: &str, after: &str) -> bool {
    attribute.match_indices(word).any(|(at, _)| {
        let begins = !attribute[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        begins && attribute[at + word.len()..].starts_with(after)
    })
}
