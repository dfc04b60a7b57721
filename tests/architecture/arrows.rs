//! Arrows go one way, between rooms and between files.

use super::source::{Source, sources};

/// The rooms under the roof, from the ground up: each may know those before it.
const ROOMS: [&str; 48] = [
    "at_work",
    "texts",
    "error",
    "precondition",
    "text",
    "media_types",
    "strict",
    "limits",
    "kept",
    "durable",
    "workbook",
    "db",
    "ids",
    "months",
    "calendar",
    "charts",
    "pdf",
    "clock",
    "demand",
    "seals",
    "config",
    "blobs",
    "app",
    "http",
    "work",
    "outbox",
    "audit",
    // The features begin here.
    "accounts",
    "places",
    "checklists",
    "fieldwork",
    "evidence",
    "visits",
    "trust",
    "board",
    "scores",
    "estate",
    "actions",
    "recognition",
    "alerts",
    "digests",
    "reviews",
    "reports",
    "appeals",
    "exports",
    "odata",
    "ledger",
    "filling",
];
/// The first feature.
const FIRST_FEATURE: &str = "accounts";
/// The roof and the command line may know everything.
const ROOF: [&str; 5] = ["main", "lib", "server", "cli", "demo"];

#[test]
fn arrows_go_one_way() {
    let seen = sources();
    assert!(seen.len() > 40 && seen.iter().map(|source| source.names.len()).sum::<usize>() > 200);
    let wrong: Vec<String> = seen.iter().flat_map(objections).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Each of these stood in the code once and made a circle of rooms.
#[test]
fn the_circles_that_there_were_would_be_seen() {
    for (module, code, why) in [
        ("app", "use crate::accounts::passwords::Passwords;", "the ground knows a feature's state"),
        ("http::page", "use crate::{accounts::keys::{Keys, Seal}};", "lists know who signs in"),
        ("http::auth", "use crate::accounts::policy::Scope;", "HTTP knows who may"),
        ("http::routes", "use crate::{board, visits};", "the table stands on the ground"),
        ("work::worker", "use crate::trust::look::LookAtVisits;", "the worker knows the kinds of work"),
        ("error", "use crate::{db::engine, ids::EvidenceId};", "errors know the engine"),
        ("visits::store", "use crate::reviews::model::Decision;", "a feature knows one above it"),
        ("reviews::api", "use crate::visits::api::read::VisitView;", "a feature knows another's wire types"),
        ("visits::store", "use crate::http::input::Input;", "a store speaks HTTP"),
        ("checklists::standards::model", "use crate::http::etag::ETag;", "a model speaks HTTP"),
        ("db::writer", "fn f() { crate::accounts::model::Role::Hr }", "the database knows a feature"),
        ("incentives::model", "use crate::error::Error;", "a room is not on the list"),
    ] {
        let source = Source::read(module.split("::").map(str::to_owned).collect(), code);
        assert!(!objections(&source).is_empty(), "{module}: {why}");
    }
}

#[test]
fn what_is_allowed_is_not_objected_to() {
    for (module, code) in [
        ("server::routes", "use crate::{board, visits::api};"),
        ("reviews::store", "use crate::visits::model::Visit;"),
        ("visits::api", "use crate::http::input::Input;"),
        ("checklists::standards::api::wording", "use crate::http::input::Input;"),
        ("accounts::caller", "use crate::http::limits::Limit;"),
        ("visits::submit", "use crate::{db::Conn, fieldwork::store};"),
    ] {
        let source = Source::read(module.split("::").map(str::to_owned).collect(), code);
        assert_eq!(objections(&source), Vec::<String>::new(), "{module}");
    }
}

/// What this file may not name.
fn objections(source: &Source) -> Vec<String> {
    source.names.iter().filter_map(|name| objection(source, name)).collect()
}

fn objection(source: &Source, name: &[String]) -> Option<String> {
    let (from, to) = (source.room(), name[0].as_str());
    if from == to || ROOF.contains(&from) {
        return None;
    }
    let rank = |room: &str| ROOMS.iter().position(|one| *one == room);
    let feature = |rank: usize| rank >= rank_of_features();
    let why = match (rank(from), rank(to)) {
        (None, _) => "is in a room that is not on the list",
        (Some(_), None) if ROOF.contains(&to) => "knows the roof",
        // An item of the crate's root, such as a macro.
        (Some(_), None) => return None,
        (Some(from), Some(to)) if from < to => "knows what is above it",
        (Some(_), Some(to)) if feature(to) && name.get(1).is_some_and(|part| part == "api") => {
            "knows another's wire types"
        }
        (Some(from), Some(_)) if feature(from) && to == "http" && !speaks_http(source) => "speaks HTTP",
        _ => return None,
    };
    Some(format!("{} {why}: {}", source.path(), name.join("::")))
}

fn rank_of_features() -> usize {
    ROOMS.iter().position(|room| *room == FIRST_FEATURE).unwrap()
}

/// The addresses, and who is calling: what requests pass through.
fn speaks_http(source: &Source) -> bool {
    source.is("api") || ["accounts::caller", "accounts::limits"].contains(&source.path().as_str())
}

#[test]
fn names_are_read_as_the_compiler_reads_them() {
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
    let read = Source::read(vec!["visits".to_owned()], source);
    let joined = |names: &[Vec<String>]| names.iter().map(|name| name.join("::")).collect::<Vec<_>>();
    let ours = "db db::Conn scores::api::Wire scores::store http::input::* visits::model::Visit text::is_plain ids::new";
    assert_eq!(joined(&read.names).join(" "), ours);
    assert_eq!(joined(&read.foreign), ["actix_web::web::Data", "actix_web::web::Json", "diesel::prelude::*"]);
}
