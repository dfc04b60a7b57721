//! The contract beside the routes, and the shapes in it.

use std::{collections::BTreeSet, env, fs, path::Path};

use incognito::server::{docs, routes};
use serde_json::{Value, json};

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

/// Rules are JSONLogic, which tells its operators by their names and knows no member for that.
const KNOWN_BY_OPERATOR: [&str; 1] = ["Rule"];

#[test]
fn the_variants_of_unions_have_names_and_objects_a_discriminator() {
    let contract = serde_json::to_value(docs::document()).unwrap();
    let wrong: Vec<_> = wrong_unions(&contract);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_shape_is_two_types_at_once() {
    let contract = serde_json::to_value(docs::document()).unwrap();
    let wrong = of_two_types(&contract);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn unions_without_names_and_shapes_of_two_types_would_be_seen() {
    let shapes = json!({
        "A": {"type": "object"}, "B": {"type": "object"}, "C": {"type": "string"},
        "Rule": {"oneOf": [to("A"), to("B")]},
    });
    let with =
        |shape: &Value| json!({"paths": {"/v1/a": {"schema": shape}}, "components": {"schemas": shapes}});
    for (union, wanted) in [
        (json!({"oneOf": [to("A"), {"type": "null"}]}), 0),
        (json!({"oneOf": [to("A"), to("C")]}), 0),
        (json!({"anyOf": [to("A"), to("B")], "discriminator": {"propertyName": "kind"}}), 0),
        (json!({"anyOf": [to("A"), to("B")]}), 1),
        (json!({"oneOf": [to("C"), {"type": "array", "items": to("C")}]}), 1),
        (json!({"type": "array", "items": {"oneOf": [{"type": "string"}, to("B")]}}), 1),
    ] {
        assert_eq!(wrong_unions(&with(&union)).len(), wanted, "{union}");
    }
    for (shape, wanted) in [
        (json!({"type": ["string", "null"]}), 0),
        (json!({"type": ["string", "integer"]}), 1),
        (json!({"type": ["null", "string", "integer"]}), 1),
        (json!({"allOf": [to("A"), {"type": "object"}]}), 0),
        (json!({"allOf": [{"type": "string"}, {"type": "object", "default": "all"}]}), 1),
        (json!({"allOf": [to("C"), {"type": "object"}]}), 1),
    ] {
        assert_eq!(of_two_types(&with(&shape)).len(), wanted, "{shape}");
    }
}

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Every object in a part of the contract, with its place.
fn objects<'c>(part: &'c Value, place: &str) -> Vec<(String, &'c Value)> {
    let below = |name: &str, inner: &'c Value| objects(inner, &format!("{place}/{name}"));
    match part {
        Value::Object(members) => {
            let inner = members.iter().flat_map(|(name, inner)| below(name, inner));
            std::iter::once((place.to_owned(), part)).chain(inner).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, inner)| below(&at.to_string(), inner)).collect()
        }
        _ => Vec::new(),
    }
}

/// What a shape is, after it is followed through references.
fn resolved<'c>(contract: &'c Value, shape: &'c Value) -> &'c Value {
    match shape["$ref"].as_str() {
        Some(to) => resolved(contract, contract.pointer(to.trim_start_matches('#')).unwrap()),
        None => shape,
    }
}

/// Unions with a variant that has no name, or of objects that no member tells apart.
fn wrong_unions(contract: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, union) in objects(contract, "") {
        let Some(variants) = union["oneOf"].as_array().or(union["anyOf"].as_array()) else { continue };
        let variants: Vec<_> = variants.iter().filter(|one| one["type"] != "null").collect();
        let is_object = |one: &&&Value| resolved(contract, one)["type"] == "object";
        let is_exempt = place.rsplit('/').next().is_some_and(|name| KNOWN_BY_OPERATOR.contains(&name));
        if variants.len() > 1 && variants.iter().any(|one| !one["$ref"].is_string()) {
            wrong.push(format!("{place} has a variant without a name"));
        }
        let objects = variants.iter().filter(is_object).count();
        if objects > 1 && !union["discriminator"]["propertyName"].is_string() && !is_exempt {
            wrong.push(format!("{place} does not say by what its variants are told apart"));
        }
    }
    wrong
}

/// Shapes that are of two types, beside null.
fn of_two_types(contract: &Value) -> Vec<String> {
    let all = objects(contract, "").into_iter();
    let types = |shape: &Value| -> BTreeSet<String> {
        let parts = shape["allOf"].as_array().map_or(vec![shape], |parts| parts.iter().collect());
        let types = parts.into_iter().flat_map(|part| match &resolved(contract, part)["type"] {
            Value::Array(several) => several.clone(),
            one => vec![one.clone()],
        });
        types.filter_map(|one| one.as_str().map(str::to_owned)).filter(|one| one != "null").collect()
    };
    let wrong = all.filter(|(_, shape)| types(shape).len() > 1);
    wrong.map(|(place, shape)| format!("{place} is {:?} at once", types(shape))).collect()
}
