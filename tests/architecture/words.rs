//! Plain words: the contract, the messages and the comments say who or what does something.

use std::{fs, path::Path};

use incognito::server::docs;

use super::source::{code_files, collect, comments_and_texts, without_comments_and_texts};

/// Words that hide who is meant, or that ask where a duty should be said.
const RIDDLES: [&str; 5] = ["whoever", "whatever ", "told", ", please", "as good as"];

#[test]
fn the_contract_is_in_plain_words() {
    let contract = docs::yaml().unwrap();
    let wrong: Vec<_> =
        contract.lines().filter_map(|line| riddle(line).map(|word| format!("{word}: {line}"))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn comments_and_messages_are_in_plain_words() {
    let mut wrong = Vec::new();
    for (path, source) in code_files() {
        let without_tests = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let texts = comments_and_texts(without_tests);
        wrong.extend(
            texts.iter().filter_map(|text| riddle(text).map(|word| format!("{path}: {word}: {text}"))),
        );
    }
    assert!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_said_to_people_is_in_plain_words() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |file: &str| fs::read_to_string(sources.join(file)).unwrap();
    let wrong: Vec<_> = [
        read("texts/en.ftl"),
        read("server/docs/guides/begin.html"),
        read("server/docs/guides/phone.html"),
        read("server/docs/guides/scores.html"),
    ]
    .iter()
    .flat_map(|text| text.lines())
    .filter_map(|line| riddle(line).map(|word| format!("{word}: {line}")))
    .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_riddle_would_be_seen() {
    for (text, word) in [
        ("Whoever has it may read it.", Some("whoever")),
        ("a moment, please", Some(", please")),
        ("which of the two is not told.", Some("told")),
        ("untold; toldness; the caller may read it", None),
    ] {
        assert_eq!(riddle(text), word, "{text}");
    }
    let source =
        "/// One, please.\nfn f() -> &'static str { \"as good as none\" } // and whoever\nlet told = 1;";
    assert_eq!(comments_and_texts(source), ["/ One, please.", "as good as none", " and whoever"]);
}

/// The first riddle in a text.
fn riddle(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    RIDDLES.into_iter().find(|word| {
        text.match_indices(word).any(|(at, _)| {
            let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let begins_word = !word.starts_with(char::is_alphabetic) || ends(text[..at].chars().next_back());
            begins_word && ends(text[at + word.trim_end().len()..].chars().next())
        })
    })
}

/// What such a name stands for is only known from its place.
#[test]
fn names_say_what_they_stand_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "trials"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 300);
    let mut wrong = Vec::new();
    for file in files {
        let code = without_comments_and_texts(&fs::read_to_string(&file).unwrap());
        let names = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let riddles = names.filter(|name| ["told", "said", "there"].contains(name));
        wrong.extend(riddles.map(|name| format!("{}: {name}", file.display())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
