//! The house as DESIGN draws it: which part may know which, and the contract beside the routes.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use incognito::http::{docs, routes};

/// Each may know those before it.
const FEATURES: [&str; 11] = [
    "accounts",
    "places",
    "checklists",
    "fieldwork",
    "evidence",
    "visits",
    "trust",
    "board",
    "scores",
    "reviews",
    "incentives",
];
/// What knows no feature.
const FOUNDATION: [&str; 9] = ["blobs", "clock", "config", "db", "error", "ids", "months", "strict", "text"];
/// What puts the house together, and so may know all of it.
const TOP: [&str; 6] = ["main", "lib", "app", "cli", "server", "http::routes"];

/// What speaks HTTP like an `api`, under a name of its own.
const SPEAK_TOO: [&str; 2] = ["visits::work", "visits::uploads"];

#[test]
fn arrows_go_one_way() {
    let wrong: Vec<String> = sources()
        .iter()
        .flat_map(|source| source.names.iter().filter_map(|name| objection(&source.module, name)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn actix_and_diesel_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        let module = &source.module;
        let top = module[0].as_str();
        let speaks = ["http", "main", "cli", "error", "server"].contains(&top)
            || is(module, "api")
            || SPEAK_TOO.contains(&module.join("::").as_str());
        // `months` is a type of a column, like those in `db::types`.
        let stores = ["db", "error", "months"].contains(&top) || is(module, "store");
        let derives =
            ["Identifiable", "Insertable", "Queryable", "Selectable", "Associations", "AsChangeset"];
        for name in &source.foreign {
            let derive =
                FEATURES.contains(&top) && name.get(1).is_some_and(|item| derives.contains(&item.as_str()));
            let allowed = match name[0].as_str() {
                "actix_web" | "actix" | "actix_http" => speaks,
                "diesel" | "diesel_migrations" => stores || derive,
                _ => true,
            };
            if !allowed {
                wrong.push(format!("{} names {}", module.join("::"), name.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The two tests above would pass as well if they saw nothing.
#[test]
fn what_is_forbidden_would_be_seen() {
    let source = r#"
        // use crate::reviews::api;
        use crate::{
            db::{self, Conn}, // and so on
            scores::{api::Wire, store as numbers},
            http::input::*,
        };
        use diesel::prelude::*;
        pub(crate) use actix_web::web::{Data, Json};
        fn f() -> crate::visits::model::Visit { let text = "crate::reviews::store"; crate::text::is_plain('"', text) }
        fn g<'a>(x: &'a str) { crate::ids::new::<u8>(x) }
        #[cfg(test)]
        mod tests { use crate::incentives::store; }
    "#;
    let (names, foreign) = named(source);
    let joined = |names: &[Vec<String>]| names.iter().map(|name| name.join("::")).collect::<Vec<_>>();
    assert_eq!(
        joined(&names),
        [
            "db",
            "db::Conn",
            "scores::api::Wire",
            "scores::store",
            "http::input::*",
            "visits::model::Visit",
            "text::is_plain",
            "ids::new",
        ]
    );
    assert_eq!(joined(&foreign), ["actix_web::web::Data", "actix_web::web::Json", "diesel::prelude::*"]);
    let objects = |module: &str, name: &str| {
        let split = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
        objection(&split(module), &split(name)).is_some()
    };
    assert!(objects("visits::store", "reviews::model::Decision"), "upwards");
    assert!(objects("reviews::api", "visits::api::VisitView"), "another's wire types");
    assert!(objects("visits::store", "http::input::plain_text"), "a store speaks no HTTP");
    assert!(objects("checklists::standards::model", "http::input::plain_text"), "nor does a model");
    assert!(objects("db::writer", "accounts::model"), "the foundation knows no feature");
    assert!(objects("http::page", "visits::model"), "nor does the way in");
    assert!(objects("work::worker", "trust::look"), "nor does the background work");
    assert!(objects("trust::look", "server::background"), "the roof is above all");
    assert!(!objects("http::routes", "visits::api"));
    assert!(!objects("reviews::store", "visits::model::Visit"));
    assert!(!objects("visits::api", "http::input::Input"));
    assert!(!objects("checklists::standards::api::wording", "http::input::Input"));
    let seen = sources();
    assert!(seen.len() > 40 && seen.iter().map(|source| source.names.len()).sum::<usize>() > 200);
}

#[test]
fn the_contract_and_the_table_name_the_same_operations() {
    let in_table: BTreeSet<_> =
        routes::table().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(in_table.len(), routes::table().len(), "no route stands there twice");
    let contract = serde_json::to_value(routes::described()).unwrap();
    let in_contract: BTreeSet<_> = contract["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert_eq!(in_contract, in_table);
}

/// `INCOGNITO_BLESS=1` writes it anew.
#[test]
fn the_committed_contract_is_the_code_s() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    let of_code = docs::yaml().unwrap();
    if env::var("INCOGNITO_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&path, &of_code).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(of_code.lines()).position(|(old, new)| old != new);
    let line = differs.unwrap_or(committed.lines().count().min(of_code.lines().count())) + 1;
    assert!(
        committed == of_code,
        "openapi.yaml differs from line {line}: run this with INCOGNITO_BLESS=1, and read it"
    );
}

/// Why this module may not name that, if it may not.
fn objection(module: &[String], name: &[String]) -> Option<String> {
    let (from, to) = (module[0].as_str(), name[0].as_str());
    let rank = |part: &str| FEATURES.iter().position(|feature| *feature == part);
    let path = module.join("::");
    if from == to || TOP.iter().any(|top| path == *top || from == *top) {
        return None;
    }
    let why = match (rank(from), rank(to)) {
        (Some(from), Some(to)) if from < to => "knows what is above it",
        (Some(_), Some(_)) if name.get(1).is_some_and(|part| part == "api") => "knows another's wire types",
        (Some(_), None) if to == "http" && !is(module, "api") && !SPEAK_TOO.contains(&path.as_str()) => {
            "speaks HTTP"
        }
        (Some(_), None) if ["cli", "main", "server"].contains(&to) => "knows what is above it",
        (None, Some(_)) if FOUNDATION.contains(&from) => "is of the foundation, and knows a feature",
        (None, None)
            if FOUNDATION.contains(&from)
                && ["http", "app", "cli", "outbox", "server", "work"].contains(&to) =>
        {
            "is of the foundation, and knows what stands on it"
        }
        (None, Some(to)) if from == "http" && to > 0 => "is the way in, and knows a feature",
        (None, None) if ["outbox", "work"].contains(&from) && ["cli", "http", "server"].contains(&to) => {
            "knows what is above it"
        }
        (None, Some(_)) if ["outbox", "work"].contains(&from) => "knows a feature",
        _ => return None,
    };
    Some(format!("{path} {why}: {}", name.join("::")))
}

/// Whether the module is this file of a feature or of one of its rooms, or in the folder of it.
fn is(module: &[String], file: &str) -> bool {
    let rooms = FEATURES.contains(&module[0].as_str());
    rooms && module[1..].iter().any(|part| part == file)
        || ["bench", "outbox", "phone_sim", "work"].contains(&module[0].as_str())
            && module.get(1).is_some_and(|part| part == file)
}

/// One file of the program.
struct Source {
    /// `["visits", "store"]`.
    module: Vec<String>,
    /// What it names of this crate.
    names: Vec<Vec<String>>,
    /// What it names of actix and diesel.
    foreign: Vec<Vec<String>>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .iter()
        .map(|file| {
            let relative = file.strip_prefix(&root).unwrap().with_extension("");
            let module: Vec<_> = relative
                .iter()
                .map(|part| part.to_str().unwrap().to_owned())
                .filter(|part| part != "mod")
                .collect();
            let (names, foreign) = named(&fs::read_to_string(file).unwrap());
            Source { module, names, foreign }
        })
        // Tests beside the code, and what they are made of, may know what they like.
        .filter(|source| !source.module.iter().any(|part| part == "tests" || part == "samples"))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The paths that a source names: of this crate (without `crate`), and of actix and diesel.
fn named(source: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let code = without_comments_and_texts(source);
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = code.split("#[cfg(test)]\n        mod ").next().unwrap_or_default();
    let of = |root: &str| {
        let mut names = Vec::new();
        for (at, _) in code.match_indices(&format!("{root}::")) {
            if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                tree(&code[at + root.len() + 2..], &[], &mut names);
            }
        }
        names
    };
    let foreign = ["actix_web", "actix", "diesel", "diesel_migrations"]
        .into_iter()
        .flat_map(|root| of(root).into_iter().map(move |name| [vec![root.to_owned()], name].concat()));
    ([of("crate"), of("incognito")].concat(), foreign.collect())
}

/// Reads one tree of names, `a::{b, c::d as e}`, and gives what follows it.
fn tree<'a>(code: &'a str, above: &[String], names: &mut Vec<Vec<String>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = tree(rest, above, names).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            if rest.is_empty() {
                return rest;
            }
        }
    }
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(code.len());
    let (word, rest) = code.split_at(end.max(usize::from(end == 0 && !code.is_empty())));
    let mut path = above.to_vec();
    if word != "self" {
        path.push(word.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(below) if !below.starts_with('<') => tree(below, &path, names),
        _ => {
            names.push(path);
            let rest = rest.trim_start();
            let Some(renamed) = rest.strip_prefix("as ") else { return rest };
            renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
        }
    }
}

fn without_comments_and_texts(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = if rest.starts_with("//") {
            &rest[rest.find('\n').unwrap_or(rest.len())..]
        } else if let Some(after) = rest.strip_prefix("'\"'") {
            after
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.split_once("\"#").map_or("", |(_, after)| after)
        } else if let Some(text) = rest.strip_prefix('"') {
            after_text(text)
        } else {
            code.push(c);
            &rest[c.len_utf8()..]
        };
    }
    code
}

fn after_text(text: &str) -> &str {
    let mut escaped = false;
    let end = text.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or("", |end| &text[end + 1..])
}
