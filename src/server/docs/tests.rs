#![allow(clippy::unwrap_used, clippy::panic)]

mod guides;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path as FilePath,
};

use serde_json::Value;
use utoipa::openapi::RefOr;

use super::*;
use crate::{
    http::input::by_schema,
    server::routes::{self, Needs},
    texts::Language,
};

/// The rows of the table that stand in the contract.
fn in_contract() -> Vec<routes::Route> {
    routes::table().into_iter().filter(|route| route.door.in_contract).collect()
}

fn contract() -> Value {
    serde_json::to_value(document()).unwrap()
}

/// Every operation with its method and address.
fn operations(contract: &Value) -> BTreeMap<(String, String), &Value> {
    let paths = contract["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'_ Value)| {
        let path = path.clone();
        item.as_object()
            .unwrap()
            .keys()
            .map(move |method| (method.to_uppercase(), path.clone()))
            .collect::<Vec<_>>()
    };
    let keys = paths.iter().flat_map(of);
    keys.map(|(method, path)| {
        let about = &contract["paths"][&path][method.to_lowercase()];
        ((method, path), about)
    })
    .collect()
}

#[test]
fn the_contract_has_the_routes_of_the_table_and_no_others() {
    let contract = contract();
    let table: BTreeSet<_> =
        in_contract().iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    assert_eq!(operations(&contract).into_keys().collect::<BTreeSet<_>>(), table);
}

#[test]
fn every_operation_has_a_name_of_its_own_a_known_part_and_says_who_may() {
    let contract = contract();
    let mut names = BTreeSet::new();
    let parts: BTreeSet<_> =
        contract["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).map(Value::to_string).collect();
    for route in in_contract() {
        let about = &contract["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(names.insert(about["operationId"].to_string()), "{}", about["operationId"]);
        assert!(parts.contains(&about["tags"][0].to_string()), "{}", about["tags"]);
        let (safe, roles) =
            (about["security"].as_array().unwrap(), about["x-permission"]["roles"].as_array());
        match route.needs() {
            Needs::Nobody => assert!(safe.is_empty() && roles.is_none(), "{}", route.path),
            Needs::SignedIn => assert!(safe.len() == 1 && roles.is_none(), "{}", route.path),
            Needs::May(permission) => {
                assert!(
                    safe.len() == 1 && roles.unwrap().len() == permission.roles().len(),
                    "{}",
                    route.path
                );
            }
        }
    }
}

#[test]
fn every_error_has_the_same_body_and_every_answer_the_requests_id() {
    let contract = contract();
    for ((method, path), about) in operations(&contract) {
        for (status, answer) in about["responses"].as_object().unwrap() {
            let answer = match answer["$ref"].as_str() {
                Some(to) => contract.pointer(to.trim_start_matches('#')).unwrap(),
                None => answer,
            };
            assert!(answer["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
            if method == "HEAD" {
                assert!(answer["content"].is_null(), "{method} {path} {status} has no body");
            } else if status.as_str() >= "400" {
                let body = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(body, "#/components/schemas/Problem", "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(contract: &Value, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, inner)| match (name.as_str(), inner) {
                ("$ref", Value::String(to)) => {
                    assert!(contract.pointer(to.trim_start_matches('#')).is_some(), "{to}");
                }
                _ => follow(contract, inner),
            }),
            Value::Array(items) => items.iter().for_each(|inner| follow(contract, inner)),
            _ => {}
        }
    }
    let contract = contract();
    follow(&contract, &contract);
}

/// A mistake among parameters is explained by their schemas, which cannot list what they refer to.
#[test]
fn parameters_refer_to_nothing_that_their_explanation_does_not_know() {
    let known = crate::http::input::parameter_parts().map(|(name, _)| format!("#/components/schemas/{name}"));
    let contract = contract();
    let mut references = 0;
    for ((method, path), about) in operations(&contract) {
        let parameters = about["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|one| one["in"] == "query") {
            if let Some(to) = parameter["schema"]["$ref"].as_str() {
                assert!(known.iter().any(|one| one == to), "{method} {path} {}: {to}", parameter["name"]);
                references += 1;
            }
        }
    }
    assert!(references > 20, "{references}");
}

/// `PlainText_1_200` is no name for anybody: its limits stand where it is used.
#[test]
fn limits_without_a_name_are_spelled_out() {
    let contract = contract();
    let schemas = &contract["components"]["schemas"];
    let named: Vec<_> = schemas.as_object().unwrap().keys().filter(|name| name.contains("_1_")).collect();
    assert!(named.is_empty(), "{named:?}");
    let branch = &schemas["PutBranch"]["properties"];
    assert_eq!((&branch["name"]["minLength"], &branch["name"]["maxLength"]), (&1.into(), &200.into()));
    assert_eq!(branch["name"]["description"], "What it is called.");
    assert_eq!(branch["time_zone"]["$ref"], "#/components/schemas/TimeZone");
    let password = &schemas["PutAccount"]["properties"]["password"];
    assert_eq!(
        (&password["type"], &password["maxLength"]),
        (&serde_json::json!(["string", "null"]), &200.into())
    );
    let minimum = &schemas["PutBrand"]["properties"]["minimum_visits"];
    assert_eq!((&minimum["minimum"], &minimum["maximum"]), (&2.into(), &1000.into()), "{minimum}");
}

/// Every object among the shapes that has members, by its name.
fn shapes(contract: &Value) -> impl Iterator<Item = (&String, &serde_json::Map<String, Value>, Vec<&str>)> {
    contract["components"]["schemas"].as_object().unwrap().iter().flat_map(|(name, shape)| {
        let parts = shape["allOf"].as_array().map_or(vec![shape], |parts| parts.iter().collect());
        parts.into_iter().filter_map(move |part| {
            let required = part["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Some((name, part["properties"].as_object()?, required.collect()))
        })
    })
}

#[test]
fn every_example_is_as_its_shape_says() {
    let document = document();
    let shapes: Vec<_> = document.components.unwrap().schemas.into_iter().collect();
    let (mut shown, mut wrong) = (0, Vec::new());
    for (path, item) in &document.paths.paths {
        for operation in [&item.get, &item.put, &item.post, &item.delete].into_iter().flatten() {
            let bodies = operation.request_body.iter().filter_map(|body| match body {
                RefOr::T(body) => Some(body.content.values()),
                RefOr::Ref(_) => None,
            });
            let answers = operation.responses.responses.values().filter_map(|answer| match answer {
                RefOr::T(answer) => Some(answer.content.values()),
                RefOr::Ref(_) => None,
            });
            let contents = bodies.flatten().chain(answers.flatten());
            for content in
                contents.filter_map(|one| if let RefOr::T(content) = one { Some(content) } else { None })
            {
                let (Some(example), Some(schema)) = (&content.example, &content.schema) else { continue };
                shown += 1;
                for error in by_schema(schema, shapes.clone(), example) {
                    wrong.push(format!("{path} {:?}: {error:?}", operation.operation_id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(shown > 120, "{shown}");
}

/// Generators of clients take a member with a `default` for one that has to be sent.
#[test]
fn what_has_a_default_may_be_left_out_and_is_always_received() {
    const MEANT: &str = " if it is left out.";
    let contract = contract();
    let mut optional = BTreeSet::new();
    for (shape, members, required) in shapes(&contract) {
        for (name, member) in members {
            assert!(member["default"].is_null(), "{shape}/{name} has a default beside it");
            if member["description"].as_str().is_some_and(|about| about.ends_with(MEANT)) {
                assert!(!required.contains(&name.as_str()), "{shape}/{name} has to be sent");
                optional.insert(format!("{shape}/{name}"));
            }
        }
    }
    for (sent, received) in [
        ("PutBrand/minimum_visits", "BrandView/minimum_visits"),
        ("PutAccount/disabled", "AccountView/disabled"),
        ("Question/weight", "FullQuestion/weight"),
        ("AnswerKindYesNo/expect", "FullAnswerKindYesNo/expect"),
        ("Terms/limits", "FullTerms/limits"),
        ("CampaignLimits/accept_hours", "FullCampaignLimits/accept_hours"),
    ] {
        assert!(optional.contains(sent), "{sent}: {optional:?}");
        let (shape, name) = received.split_once('/').unwrap();
        let mut found = shapes(&contract).filter(|(one, ..)| *one == shape);
        assert!(found.any(|(.., required)| required.contains(&name)), "{received}");
    }
    let kinds = &contract["components"]["schemas"]["FullAnswerKind"]["discriminator"]["mapping"];
    assert_eq!(kinds["yes_no"], "#/components/schemas/FullAnswerKindYesNo");
}

/// A default in the schema says that the member is always written.
#[test]
fn what_has_a_default_is_never_skipped() {
    let mut fields = 0;
    for source in sources() {
        let mut attributes = String::new();
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[") || line.starts_with("///") {
                attributes.push_str(line);
                continue;
            }
            let has_default = attributes.split("#[schema(").skip(1).any(|one| one.contains("default = "));
            fields += usize::from(has_default);
            assert!(!has_default || !attributes.contains("skip_serializing_if"), "{attributes} {line}");
            attributes.clear();
        }
    }
    assert!(fields > 20, "{fields}");
}

/// Every union in a shape or an operation.
fn unions(value: &Value) -> Vec<&Value> {
    let inner: Vec<_> = match value {
        Value::Object(members) => members.values().flat_map(unions).collect(),
        Value::Array(items) => items.iter().flat_map(unions).collect(),
        _ => Vec::new(),
    };
    ["oneOf", "anyOf"].iter().filter(|key| value[*key].is_array()).map(|_| value).chain(inner).collect()
}

#[test]
fn the_introduction_names_every_language() {
    let about = document().info.description.unwrap();
    for language in Language::ALL {
        let (name, tag) = (format!("{language:?}"), format!("`{}`", language.tag()));
        assert!(about.contains(&name) && about.contains(&tag), "{name} {tag}");
    }
}

#[test]
fn the_variants_of_a_union_are_named_and_closed() {
    let contract = contract();
    let mut tagged = BTreeSet::new();
    for union in unions(&contract) {
        let variants = union["oneOf"].as_array().or(union["anyOf"].as_array()).unwrap();
        assert!(variants.iter().all(|one| !one["properties"].is_object()), "a variant has no name: {union}");
        let Some(member) = union["discriminator"]["propertyName"].as_str() else { continue };
        tagged.insert(member);
        let mapping = union["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(mapping.len(), variants.len(), "{union}");
        for (value, place) in mapping {
            assert!(variants.iter().any(|one| one["$ref"] == *place), "{place}");
            let variant = contract.pointer(place.as_str().unwrap().trim_start_matches('#')).unwrap();
            assert_eq!(variant["additionalProperties"], false, "{place}");
            assert_eq!(variant["properties"][member]["enum"], serde_json::json!([value]), "{place}");
        }
    }
    assert!(tagged.contains("kind") && tagged.contains("effect"), "{tagged:?}");
}

/// Of two with one name, the contract would show the one for both.
#[test]
fn no_two_shapes_have_one_name() {
    let mut names = BTreeSet::new();
    for source in sources() {
        let derives = source.split("#[derive(").skip(1).filter(|rest| {
            let list = rest.split(")]").next().unwrap_or_default();
            list.split(',').any(|one| one.trim().ends_with("ToSchema"))
        });
        let enums = source.split("text_enum! {").skip(1);
        for item in derives.chain(enums) {
            let words: Vec<_> = item.split_whitespace().collect();
            let is_named = |two: &&[&str]| matches!(two[0], "struct" | "enum");
            let Some(two) = words.windows(2).find(is_named) else { continue };
            let name = two[1].split(|c: char| !c.is_alphanumeric()).next().unwrap();
            assert!(names.insert(name.to_owned()), "two shapes are called {name}");
        }
    }
    assert!(names.len() > 50 && names.contains("Problem") && names.contains("PlaceKind"), "{names:?}");
}

/// The texts of all files of the program.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![FilePath::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            found.push(fs::read_to_string(&path).unwrap_or_default());
        }
    }
    found
}

#[test]
fn what_older_yaml_takes_for_a_boolean_is_quoted() {
    for (bare, quoted) in [
        ("  default: yes", "  default: 'yes'"),
        ("  - no", "  - 'no'"),
        ("  on:", "  'on':"),
        ("  - off: y", "  - off: 'y'"),
        ("  required: true", "  required: true"),
        ("  description: no more than yes", "  description: no more than yes"),
    ] {
        assert_eq!(quote_old_booleans(bare), quoted);
    }
}

#[test]
fn it_is_the_same_each_time() {
    assert_eq!(yaml().unwrap(), yaml().unwrap());
    assert_eq!(contract()["openapi"], "3.1.0");
}
