//! What the contract says of the parts of a body.

use std::collections::BTreeSet;

use incognito::server::docs;
use serde_json::Value;

/// What `limits` says of texts that may have several lines, with and without white space alone.
const LINES: [&str; 2] =
    [r"^[^\x00-\x08\x0E-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x08\x0E-\x1F\x7F]*$", r"^[^\x00]*$"];

pub struct Contract(Value);

/// What stands where in a body, by JSON pointers.
#[derive(Default)]
pub struct Places {
    /// Members that may be left out, and whether they are there.
    pub optional: Vec<(String, bool)>,
    /// Texts that may have several lines, whether they are there or not.
    pub lines: Vec<String>,
    /// Lists whose order says nothing.
    pub unordered: Vec<String>,
}

impl Contract {
    pub fn of_the_code() -> Self {
        Self(serde_json::to_value(docs::document()).unwrap())
    }

    /// Every operation with a body: method, address, media types of the body.
    pub fn with_bodies(&self) -> Vec<(String, String, BTreeSet<String>)> {
        let paths = self.0["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        });
        let with_bodies = operations.filter_map(|(path, method, operation)| {
            let content = operation["requestBody"]["content"].as_object()?;
            Some((method.to_uppercase(), path.clone(), content.keys().cloned().collect()))
        });
        with_bodies.collect()
    }

    pub fn operation(&self, method: &str, path: &str) -> &Value {
        &self.0["paths"][path][method.to_lowercase()]
    }

    /// What a JSON body of this operation has to have, by JSON pointers.
    pub fn required(&self, method: &str, path: &str) -> BTreeSet<String> {
        let schema = &self.operation(method, path)["requestBody"]["content"]["application/json"]["schema"];
        let parts = self.parts(schema, &Value::Object(serde_json::Map::new()));
        let names = parts.into_iter().filter_map(|part| part["required"].as_array()).flatten();
        names.map(|name| format!("/{}", name.as_str().unwrap())).collect()
    }

    /// Where a JSON body of this operation has what.
    pub fn places(&self, method: &str, path: &str, body: &Value) -> Places {
        let schema = &self.operation(method, path)["requestBody"]["content"]["application/json"]["schema"];
        let mut places = Places::default();
        self.look(schema, body, "", &mut places);
        places
    }

    fn resolve<'c>(&'c self, mut schema: &'c Value) -> &'c Value {
        while let Some(to) = schema["$ref"].as_str() {
            schema = self.0.pointer(to.trim_start_matches('#')).unwrap();
        }
        schema
    }

    /// The schemas that apply to a value: of a union, the variant that its discriminator names, or the first of its type.
    fn parts<'c>(&'c self, schema: &'c Value, value: &Value) -> Vec<&'c Value> {
        let schema = self.resolve(schema);
        if let Some(all) = schema["allOf"].as_array() {
            return all.iter().flat_map(|part| self.parts(part, value)).collect();
        }
        let Some(union) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) else {
            return vec![schema];
        };
        if let Some(member) = schema["discriminator"]["propertyName"].as_str() {
            let mapping = &schema["discriminator"]["mapping"];
            let variant = value[member].as_str().and_then(|tag| mapping[tag].as_str());
            return variant
                .map(|to| self.0.pointer(to.trim_start_matches('#')).unwrap())
                .into_iter()
                .collect();
        }
        let fits = |one: &&Value| is_of_type(self.resolve(one), value);
        union.iter().find(fits).map(|one| self.parts(one, value)).unwrap_or_default()
    }

    fn look(&self, schema: &Value, value: &Value, at: &str, places: &mut Places) {
        for part in self.parts(schema, value) {
            if part["x-unordered"] == true {
                places.unordered.push(at.to_owned());
            }
            if is_of_lines(part, at) {
                places.lines.push(at.to_owned());
            }
            if let Some(items) = value.as_array() {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(n, item)| self.look(&part["items"], item, &format!("{at}/{n}"), places));
            }
            let Some(members) = value.as_object() else { continue };
            let known = part["properties"].as_object().cloned().unwrap_or_default();
            let required = part["required"].as_array().cloned().unwrap_or_default();
            for (name, schema) in &known {
                let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                let member = members.get(name);
                if !required.contains(&Value::from(name.as_str())) {
                    places.optional.push((pointer.clone(), member.is_some()));
                }
                match member {
                    Some(member) => self.look(schema, member, &pointer, places),
                    None if self.may_be_lines(schema) => places.lines.push(pointer),
                    None => {}
                }
            }
            for (name, member) in members.iter().filter(|(name, _)| !known.contains_key(*name)) {
                let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.look(&part["additionalProperties"], member, &pointer, places);
            }
        }
    }

    fn may_be_lines(&self, schema: &Value) -> bool {
        self.parts(schema, &Value::from("")).into_iter().any(|part| is_of_lines(part, ""))
    }
}

/// Whether this is a text that may have several lines. Texts without a limit to their length are no texts for people, unless
/// they stand in each language (`/text/en`).
fn is_of_lines(schema: &Value, at: &str) -> bool {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let in_a_language =
        at.rsplit('/').next().is_some_and(|last| ["en", "fr", "tr", "pt-BR", "gsw"].contains(&last));
    pattern == LINES[0] || (pattern == LINES[1] && (schema["maxLength"].is_u64() || in_a_language))
}

fn is_of_type(schema: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |one: &Value| one == name || (name == "number" && one == "integer");
    match &schema["type"] {
        Value::Array(several) => several.iter().any(is),
        one => is(one),
    }
}
