//! Each thing has its place: HTTP, SQL, transactions, mistakes in fields.

use super::source::{Source, sources};

#[test]
fn each_thing_stands_in_its_place() {
    let wrong: Vec<String> = sources().iter().flat_map(misplaced).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_misplaced_would_be_seen() {
    for (module, code) in [
        ("visits::model", "use actix_web::web::Data;"),
        ("error", "use actix_web::http::StatusCode;"),
        ("visits::submit", "use diesel::prelude::*;"),
        ("visits::api", "use crate::db::Conn;"),
        ("board::api::steps", "fn f(conn: &mut crate::db::Conn) {}"),
        ("visits::store", "use crate::error::FieldError;"),
        ("checklists::exchange::store", "use crate::{error::{Error, FieldError}};"),
    ] {
        let source = Source::read(module.split("::").map(str::to_owned).collect(), code);
        assert!(!misplaced(&source).is_empty(), "{module}: {code}");
    }
}

/// Work that goes on beside its request takes along what let the request in; otherwise it would write unchecked.
#[test]
fn what_goes_on_beside_a_request_takes_its_checks_along() {
    let wrong: Vec<String> =
        sources().iter().filter(|source| loses_checks(source)).map(Source::path).collect();
    assert_eq!(wrong, [""; 0]);
    for (code, loses) in [
        ("rt::spawn(work);", true),
        ("tokio::task::spawn_local(work);", true),
        ("rt::spawn(Checks::current().around(work)); rt::spawn(work);", true),
        ("rt::spawn(Checks::current().around(work));", false),
    ] {
        let source = Source::read(vec!["visits".to_owned(), "api".to_owned()], code);
        assert_eq!(loses_checks(&source), loses, "{code}");
    }
}

/// Whether work is begun here without them, in a room that answers requests.
fn loses_checks(source: &Source) -> bool {
    let beside_requests = ["server", "cli", "demo", "main", "work", "outbox", "db"].contains(&source.room());
    let count = |what: &str| source.code.matches(what).count();
    let begun = count("rt::spawn(") + count("tokio::spawn(") + count("spawn_local(");
    !beside_requests && begun > count("Checks::current().around(")
}

/// What stands in this file and belongs elsewhere.
fn misplaced(source: &Source) -> Vec<String> {
    let room = source.room();
    let speaks = ["http", "server", "main", "cli"].contains(&room)
        || source.is("api")
        || source.path() == "accounts::caller";
    // `months` is a type of a column, like those in `db::types`.
    let stores = ["db", "months"].contains(&room) || source.is("store");
    let derives = ["Identifiable", "Insertable", "Queryable", "Selectable", "Associations", "AsChangeset"];
    let foreign = source.foreign.iter().filter(|name| match name[0].as_str() {
        "actix_web" | "actix" | "actix_http" => !speaks,
        _ => !stores && !name.get(1).is_some_and(|item| derives.contains(&item.as_str())),
    });
    let own = source.names.iter().filter(|name| match name.join("::").as_str() {
        "db::Conn" | "db::engine::Conn" => source.is("api"),
        "error::FieldError" => source.is("store"),
        _ => false,
    });
    foreign.chain(own).map(|name| format!("{} names {}", source.path(), name.join("::"))).collect()
}
