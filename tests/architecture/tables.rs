//! Each table has one owner, and only its owner writes it.

use std::collections::BTreeSet;

use super::source::{Source, sources};

/// Who owns each table: ARCHITECTURE shows the same list.
const OWNERS: &[(&str, &[&str])] = &[
    ("seals", &["server_key"]),
    ("work", &["task"]),
    ("outbox", &["event", "event_tail"]),
    ("accounts", &["account", "access_grant", "former_grant", "session", "refresh_token"]),
    ("places", &["brand", "region", "region_above", "branch", "employee"]),
    (
        "checklists",
        &["checklist", "checklist_version", "dimension", "standard", "standard_version", "picture"],
    ),
    (
        "fieldwork",
        &[
            "campaign",
            "assignment",
            "assignment_step",
            "qualification",
            "qualification_attempt",
            "certificate",
            "shopper",
            "shopper_language",
            "declared_tie",
            "namesake",
        ],
    ),
    ("evidence", &["evidence", "clean_copy", "leaving_blob"]),
    ("visits", &["visit", "visit_step", "visit_without", "visit_before"]),
    ("trust", &["trust_look", "trust_flag", "photo_look", "visit_text_band"]),
    ("scores", &["rollup", "shown_figure"]),
    ("ledger", &["ledger_batch"]),
];

#[test]
fn only_its_owner_writes_a_table() {
    let seen = sources();
    let written: BTreeSet<_> = seen.iter().flat_map(writes).collect();
    let owned: BTreeSet<_> =
        OWNERS.iter().flat_map(|(_, tables)| tables.iter()).map(|one| (*one).to_owned()).collect();
    let wrong: Vec<_> = seen.iter().flat_map(trespasses).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(written, owned, "each table that is written has an owner, and each owner writes it");
}

#[test]
fn architecture_shows_the_same_owners() {
    let architecture = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md"));
    for (room, tables) in OWNERS {
        let tables: Vec<_> = tables.iter().map(|table| format!("`{table}`")).collect();
        let row = format!("| `{room}` | {} |", tables.join(", "));
        assert!(architecture.contains(&row), "{row}");
    }
}

#[test]
fn who_writes_another_s_table_would_be_seen() {
    for (module, code) in [
        ("board::store", "diesel::update(assignment::table.find(id)).set(x)"),
        ("board::store", "let open = assignment::table.filter(x);\n diesel::delete(open).execute(conn)"),
        ("ledger::store", "rows_sealed!(visit_step::table by visit_id and number, set_sealed);"),
        ("reviews::store", "diesel::insert_into(crate::db::schema::visit::table).values(v)"),
    ] {
        let source = Source::read(module.split("::").map(str::to_owned).collect(), code);
        assert!(!trespasses(&source).is_empty(), "{module}: {code}");
    }
}

fn trespasses(source: &Source) -> Vec<String> {
    let owned = OWNERS.iter().find(|(room, _)| *room == source.room()).map_or(&[][..], |(_, tables)| tables);
    let others = writes(source).into_iter().filter(|table| !owned.contains(&table.as_str()));
    others.map(|table| format!("{} writes {table}", source.path())).collect()
}

/// The tables that this file writes: `insert_into(t::table …)`, `update(t::table …)`, `rows_sealed!(t::table …)`, or `delete(x)` where x is a part of
/// one (`let x = t::table …`).
fn writes(source: &Source) -> BTreeSet<String> {
    let code = &source.code;
    let calls =
        ["diesel::insert_into(", "diesel::update(", "diesel::delete(", "revisions_sealed!(", "rows_sealed!("];
    let places = calls.iter().flat_map(|call| code.match_indices(call).map(|(at, _)| at + call.len()));
    places.filter_map(|at| table_of(code, at)).collect()
}

fn table_of(code: &str, at: usize) -> Option<String> {
    let word = |text: &str| {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
        text[..end].to_owned()
    };
    let table = |path: &str| {
        path.strip_suffix("::table").and_then(|path| path.rsplit("::").next()).map(str::to_owned)
    };
    let path = word(code[at..].trim_start());
    table(&path).or_else(|| {
        let defined = code[..at].rfind(&format!("let {path} ="))? + "let  =".len() + path.len();
        table(&word(code[defined..].trim_start()))
    })
}
