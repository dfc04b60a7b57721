//! What the guides say is so.

use std::collections::BTreeSet;

use super::*;
use crate::{
    checklists::manifest,
    error::Code,
    evidence::model::{MAX_BYTES_OF_DAY, MAX_BYTES_OF_VISIT},
    http::input::JSON_LIMIT,
};

/// The codes of the guide that name a method and an address, as they stand in its HTML.
fn operations_of_the_guide(guide: &str) -> BTreeSet<(String, String)> {
    let codes = guide.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next());
    let pairs = codes.filter_map(|code| code.split_once(' '));
    let is_method = |word: &str| word.bytes().all(|letter| letter.is_ascii_uppercase());
    let known = pairs.filter(|(method, path)| is_method(method) && path.starts_with('/'));
    known.map(|(method, path)| (method.to_owned(), path.to_owned())).collect()
}

#[test]
fn the_guides_name_operations_and_pages_that_there_are() {
    let guide: String = html::GUIDES.iter().map(html::Guide::page).collect();
    let contract = contract();
    let all: BTreeSet<_> = operations(&contract).into_keys().collect();
    let named = operations_of_the_guide(&guide);
    let unknown: Vec<_> = named.difference(&all).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(named.len() > 8, "{named:?}");
    let paths: BTreeSet<_> = routes::table().iter().map(|route| route.path).collect();
    let is_guide = |link: &str| html::GUIDES.iter().any(|guide| guide.path == link);
    for (place, _) in pages::PLACES {
        assert!(is_guide(place) || paths.contains(place), "{place}");
    }
    let links: Vec<_> = guide.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in &links {
        let code = link.strip_prefix("/problems/");
        let is_page = code.is_some_and(|code| Code::ALL.iter().any(|one| one.name() == code));
        assert!(is_page || is_guide(link) || paths.contains(link), "{link}");
    }
    assert!(links.contains(&"/docs/") && links.contains(&"/openapi.yaml"), "{links:?}");
    for foreign in ["<script", "src=", "@import", "url(", "https://", "<link"] {
        assert!(!guide.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_guide_names_the_limits_that_hold() {
    let guide = html::GUIDES[0].page();
    let row = |thing: &str, limit: String| {
        let row = format!("<tr><td>{thing}</td><td>{limit}");
        assert!(guide.contains(&row), "{row}");
    };
    let mebibytes = |bytes: u64| format!("{} MiB", bytes >> 20);
    row("a JSON body", mebibytes(JSON_LIMIT as u64));
    row("a file", mebibytes(manifest::MAX_FILE_BYTES));
    let of_visit = mebibytes(MAX_BYTES_OF_VISIT.unsigned_abs());
    row("a visit", format!("{} files, {of_visit}", manifest::MAX_ENTRIES));
    row("a shopper in a day", format!("{} GiB", MAX_BYTES_OF_DAY >> 30));
}

#[test]
fn what_is_shown_cannot_be_taken_for_markup() {
    assert_eq!(html::marked("<b>\"'&`<i>`"), "&lt;b&gt;&quot;&#39;&amp;<code>&lt;i&gt;</code>");
}
