//! A file of places: what its lines say, and all that is wrong with them by themselves.

#[cfg(test)]
mod tests;

use crate::{
    error::Result,
    places::{
        lines::BranchLine,
        model::{DEEPEST, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, are_languages, is_time_zone},
        table::{Cells, Codes, Flaw, Form, line_of_text},
    },
};

/// Most branches of one file.
pub const MOST_BRANCHES: usize = 20_000;

const COLUMNS: [&str; 8] =
    ["region", "branch", "name", "address", "latitude", "longitude", "time_zone", "languages"];
const FORM: Form = Form { columns: &COLUMNS, most: MOST_BRANCHES, things: "branches" };

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub fn parse(csv: &[u8]) -> Result<Vec<BranchLine>> {
    let mut codes = Codes::default();
    FORM.read(csv, |cells| read(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn read(cells: &mut Cells<'_>, codes: &mut Codes) -> Option<BranchLine> {
    let number = cells.number;
    let region = cells.take(path);
    let code = cells.take(|cell| line_of_text(cell, LONGEST_CODE).and_then(|code| codes.once(code, number)));
    let name = cells.take(|cell| line_of_text(cell, LONGEST_NAME));
    let address = cells.take(|cell| line_of_text(cell, LONGEST_ADDRESS));
    let latitude = cells.take(|cell| degrees(cell, 90.0));
    let longitude = cells.take(|cell| degrees(cell, 180.0));
    let time_zone = cells.take(zone);
    let languages = cells.take(languages);
    Some(BranchLine {
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
        return Err(Flaw::new("depth", format!("regions nest at most {DEEPEST} deep")));
    }
    if names.contains(&"") {
        return Err(Flaw::new("format", "names of regions separated by /, none of them empty"));
    }
    names.into_iter().map(|name| line_of_text(name, LONGEST_NAME)).collect()
}

fn degrees(cell: &str, most: f64) -> Result<f64, Flaw> {
    if cell.is_empty() {
        return Err(Flaw::missing());
    }
    // Where the decimal sign is a comma, spreadsheet programs write one.
    let number: Option<f64> = cell.replacen(',', ".", 1).parse().ok();
    number
        .filter(|number| (-most..=most).contains(number))
        .ok_or_else(|| Flaw::new("range", format!("degrees from -{most} to {most}, such as 48.85")))
}

fn zone(cell: &str) -> Result<String, Flaw> {
    match is_time_zone(cell) {
        true => Ok(cell.to_owned()),
        false => Err(Flaw::new("format", "an IANA time zone, such as Europe/Paris")),
    }
}

fn languages(cell: &str) -> Result<Vec<String>, Flaw> {
    let tags: Vec<_> = cell.split([';', ',']).map(|tag| tag.trim().to_owned()).collect();
    if are_languages(&tags) {
        return Ok(tags);
    }
    Err(Flaw::new("format", "1 to 20 different language tags separated by ;, such as fr;pt-BR"))
}
