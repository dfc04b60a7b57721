//! Places from a [table](super::table) in a file, taken whole or not at all.
//!
//! Each line is one branch; the regions that its path names are made where they are missing. The same file again
//! changes nothing.

#[cfg(test)]
mod tests;

use tokio::task::spawn_blocking;

pub use super::table::LARGEST;
use super::{
    lines::Line,
    model::{DEEPEST, Imported, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, are_languages, is_time_zone},
    store,
    table::{Cells, Codes, Flaw, Form, line_of_text},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::Db,
    error::{Error, Result},
    ids::BrandId,
};

/// Most branches of one file.
pub const MOST_BRANCHES: usize = 20_000;

const COLUMNS: [&str; 8] =
    ["region", "branch", "name", "address", "latitude", "longitude", "time_zone", "languages"];
const FORM: Form = Form { columns: &COLUMNS, most: MOST_BRANCHES, things: "branches" };

/// Imports a file into a brand, in one transaction.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/time_zone`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    csv: impl AsRef<[u8]> + Send + 'static,
) -> Result<Imported> {
    // A large file takes a while: not on a thread that others wait for.
    let lines = spawn_blocking(move || parse(csv.as_ref())).await.map_err(Error::internal)??;
    let (clock, scope) = (clock.clone(), scope.clone());
    db.write(move |conn| store::import(conn, &scope, brand, &lines, &clock)).await
}

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub fn parse(csv: &[u8]) -> Result<Vec<Line>> {
    let mut codes = Codes::default();
    FORM.read(csv, |cells| read(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn read(cells: &mut Cells<'_>, codes: &mut Codes) -> Option<Line> {
    let number = cells.number;
    let region = cells.take(path);
    let code = cells.take(|cell| line_of_text(cell, LONGEST_CODE).and_then(|code| codes.once(code, number)));
    let name = cells.take(|cell| line_of_text(cell, LONGEST_NAME));
    let address = cells.take(|cell| line_of_text(cell, LONGEST_ADDRESS));
    let latitude = cells.take(|cell| degrees(cell, 90.0));
    let longitude = cells.take(|cell| degrees(cell, 180.0));
    let time_zone = cells.take(zone);
    let languages = cells.take(languages);
    Some(Line {
        number,
        region: region?,
        code: code?,
        name: name?,
        address: address?,
        latitude: latitude?,
        longitude: longitude?,
        time_zone: time_zone?,
        languages: languages?,
    })
}

/// The names of the regions on the way down to the branch; none if it is directly under the brand.
fn path(cell: &str) -> Result<Vec<String>, Flaw> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = cell.split('/').map(str::trim).collect();
    if names.len() > DEEPEST {
        return Err(("depth", format!("regions nest at most {DEEPEST} deep")));
    }
    if names.contains(&"") {
        return Err(("format", "names of regions separated by /, please, none of them empty".to_owned()));
    }
    names.into_iter().map(|name| line_of_text(name, LONGEST_NAME)).collect()
}

fn degrees(cell: &str, most: f64) -> Result<f64, Flaw> {
    if cell.is_empty() {
        return Err(("required", "this is missing".to_owned()));
    }
    let number: Option<f64> = cell.parse().ok();
    number
        .filter(|number| (-most..=most).contains(number))
        .ok_or_else(|| ("range", format!("degrees from -{most} to {most} with a decimal point, please")))
}

fn zone(cell: &str) -> Result<String, Flaw> {
    match is_time_zone(cell) {
        true => Ok(cell.to_owned()),
        false => Err(("format", "an IANA time zone, please, such as Europe/Paris".to_owned())),
    }
}

fn languages(cell: &str) -> Result<Vec<String>, Flaw> {
    let tags: Vec<_> = cell.split(';').map(|tag| tag.trim().to_owned()).collect();
    if are_languages(&tags) {
        return Ok(tags);
    }
    Err(("format", "1 to 20 different language tags separated by ;, please, such as fr;pt-BR".to_owned()))
}
