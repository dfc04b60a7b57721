//! The contract beside the routes.

use std::{collections::BTreeSet, env, fs, path::Path};

use incognito::server::{docs, routes};

#[test]
fn the_contract_and_the_table_name_the_same_operations() {
    let table = routes::table();
    let all: BTreeSet<_> = table.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(all.len(), table.len(), "no route stands there twice");
    let in_table: BTreeSet<_> = table
        .iter()
        .filter(|route| route.door.in_contract)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let contract = serde_json::to_value(docs::document()).unwrap();
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
