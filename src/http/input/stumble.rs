//! Where serde stopped reading, and why, in words for people.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::error::{FieldError, escape};

/// What a `T` stumbles over in this JSON, which it cannot be read from.
pub fn in_json<T: DeserializeOwned>(body: &[u8]) -> FieldError {
    let mut parser = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut parser) {
        Ok(_) => FieldError::new("", "unacceptable", "a value of another shape"),
        Err(error) => {
            let raw = error.inner().to_string();
            let why = raw.rsplit_once(" at line ").map_or(raw.as_str(), |(why, _)| why);
            explained(pointer(error.path()), why, "member")
        }
    }
}

/// The mistake that stopped the reading of parameters.
pub fn in_query<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> FieldError {
    let path = error.path().to_string();
    // A mistake of the whole, such as a name that is missing or given twice, has the path `.` there.
    let name = if path == "." { String::new() } else { path };
    let FieldError { pointer, code, message } = explained(name, &error.inner().to_string(), "parameter");
    // A parameter has a name, and no place.
    FieldError::new(pointer.trim_start_matches('/'), code, message)
}

fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escape(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// Puts a parser's words into ours. Our own types speak for themselves.
fn explained(at: String, why: &str, thing: &str) -> FieldError {
    let quoted = |before: &str| why.strip_prefix(before)?.split('`').next();
    if let Some(name) = quoted("missing field `") {
        let at = format!("{at}/{}", escape(name));
        return FieldError::new(at, "required", format!("this {thing} is required"));
    }
    let message = if let Some(name) = quoted("duplicate field `") {
        format!("the {thing} `{name}` is given twice")
    } else if quoted("unknown field `").is_some() {
        format!("there is no such {thing}")
    } else if why.starts_with("UUID parsing failed") {
        "a UUID, such as 5f0c4e3a-0000-4000-8000-000000000001".to_owned()
    } else {
        match (why.split_once(", expected "), FOREIGN.iter().find(|(begin, _)| why.starts_with(begin))) {
            (Some((_, wanted)), _) => wanted_value(wanted),
            (None, Some((_, ours))) => (*ours).to_owned(),
            (None, None) => why.to_owned(),
        }
    };
    FieldError::new(at, "unacceptable", message)
}

/// What parsers that are not ours begin with, in our words.
const FOREIGN: [(&str, &str); 8] = [
    ("data did not match any variant", "a value of another shape"),
    ("invalid digit", "a whole number"),
    ("cannot parse integer", "a whole number"),
    ("number too", "a whole number that is nearer to zero"),
    ("number out of range", "a number that is nearer to zero"),
    ("invalid float", "a number"),
    ("cannot parse float", "a number"),
    ("provided string was not", "true or false"),
];

/// What serde expects, in our words.
fn wanted_value(wanted: &str) -> String {
    let whole = |least: i64, most: i64| format!("a whole number from {least} to {most}");
    match wanted {
        "a string" | "a borrowed string" | "a character" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "i8" => whole(i8::MIN.into(), i8::MAX.into()),
        "i16" => whole(i16::MIN.into(), i16::MAX.into()),
        "i32" => whole(i32::MIN.into(), i32::MAX.into()),
        "u8" => whole(0, u8::MAX.into()),
        "u16" => whole(0, u16::MAX.into()),
        "u32" => whole(0, u32::MAX.into()),
        "i64" | "u64" | "usize" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        wanted if wanted.starts_with("struct ") => "an object".to_owned(),
        wanted => match wanted.strip_prefix("one of ") {
            Some(list) => format!("one of: {}", list.replace('`', "")),
            None => wanted.replace('`', ""),
        },
    }
}
