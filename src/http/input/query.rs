//! Parsing the parameters after the question mark.

use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use validator::Validate;

use super::{checked, explain, shape, stumble};
use crate::error::FieldError;

/// Parses parameters.
///
/// # Errors
/// Every mistake; each has the name of its parameter, or none where it is of the whole.
pub fn parse_query<T>(query: &str) -> Result<T, Vec<FieldError>>
where
    T: DeserializeOwned + Validate + IntoParams,
{
    let parser = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let value: T = serde_path_to_error::deserialize(parser).map_err(|error| {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        explain::query(&pairs, &shape::parameters::<T>(), stumble::in_query(&error))
    })?;
    value.validate().map_err(|errors| {
        // A parameter has a name, and no place.
        let name = |field: FieldError| FieldError { pointer: field.pointer.replacen('/', "", 1), ..field };
        checked::flatten(&errors).into_iter().map(name).collect::<Vec<_>>()
    })?;
    Ok(value)
}
