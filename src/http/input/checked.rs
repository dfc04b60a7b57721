//! What `validator` checks once a value is there: several fields together.

use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::error::{FieldError, escape};

/// What `validator` found, with places and without repeating the values.
pub fn flatten(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut flat = Vec::new();
    collect(errors, "", &mut flat);
    flat.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    flat
}

fn collect(errors: &ValidationErrors, at: &str, flat: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let pointer = format!("{at}/{}", escape(name));
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, flat),
            ValidationErrorsKind::List(list) => {
                list.iter().for_each(|(index, inner)| collect(inner, &format!("{pointer}/{index}"), flat));
            }
            ValidationErrorsKind::Field(found) => {
                flat.extend(
                    found.iter().map(|error| FieldError::new(pointer.clone(), code(error), message(error))),
                );
            }
        }
    }
}

fn code(error: &ValidationError) -> &'static str {
    const CODES: [&str; 5] = ["length", "range", "email", "required", "format"];
    CODES.into_iter().find(|code| *code == error.code).unwrap_or("unacceptable")
}

fn message(error: &ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    let things = if error.code == "length" { " characters or items" } else { "" };
    match (bound("equal"), bound("min"), bound("max")) {
        (Some(exactly), ..) => format!("exactly {exactly}{things}"),
        (None, Some(min), Some(max)) => format!("{min} to {max}{things}"),
        (None, Some(min), None) => format!("at least {min}{things}"),
        (None, None, Some(max)) => format!("at most {max}{things}"),
        (None, None, None) => format!("is not a valid {}", error.code),
    }
}
