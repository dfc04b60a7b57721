//! Each table has one owner, and only its owner writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::source::{Source, sources};

/// Who owns each table: the rows of ARCHITECTURE, such as ``| `seals` | `server_key` |``.
static OWNERS: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let architecture = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md"));
    let section = architecture.split("## Who owns which table").nth(1).unwrap();
    let rows = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| `"));
    let names = |cell: &'static str| cell.split('`').skip(1).step_by(2).collect::<Vec<_>>();
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(names).collect();
        (cells[1][0], cells[2].clone())
    })
    .collect()
});

#[test]
fn only_its_owner_writes_a_table() {
    let seen = sources();
    let written: BTreeSet<_> = seen.iter().flat_map(writes).collect();
    let owned: BTreeSet<_> = OWNERS.values().flatten().map(|one| (*one).to_owned()).collect();
    let wrong: Vec<_> = seen.iter().flat_map(trespasses).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(written, owned, "each table that is written has an owner, and each owner writes it");
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
    let owned = OWNERS.get(source.room()).map_or(&[][..], Vec::as_slice);
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
