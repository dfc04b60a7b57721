//! A file of places: what its lines say, and all that is wrong with them by themselves.

#[cfg(test)]
mod tests;

use crate::{
    error::Result,
    places::{
        findings::Findings,
        model::{self, DEEPEST, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, Position, is_time_zone},
        table::{Cells, Flaw, Form, TableFile, Taken, flaw, key, line_of_text, once},
    },
    texts::Text,
};

/// Most branches of one file.
pub const MOST_BRANCHES: usize = 20_000;

const COLUMNS: [&str; 8] =
    ["region", "branch", "name", "address", "latitude", "longitude", "time_zone", "languages"];
const FORM: Form = Form {
    columns: &COLUMNS,
    optional: &["latitude", "longitude", "time_zone", "languages"],
    most: MOST_BRANCHES,
    too_many: TOO_MANY,
};
const TOO_MANY: Text = Text::checked("import-too-many-branches", &["most"]);

/// One line of a file of places: a branch, and the names of the regions on the way down to it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the other fields are those of [`Branch`](crate::places::model::Branch)
pub struct BranchLine {
    /// Which line of the file it is, counted from 1.
    pub number: u64,
    /// The names from the top of the tree down; none if the branch is directly under the brand.
    pub region: Vec<String>,
    pub code: String,
    pub name: String,
    pub address: String,
    pub position: Option<Position>,
    pub time_zone: Option<String>,
    pub languages: Option<Vec<String>>,
}

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub(super) fn read(file: &TableFile, findings: &mut Findings) -> Result<Vec<BranchLine>> {
    let mut codes = Taken::new();
    FORM.read(file, findings, |cells| line(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn line(cells: &mut Cells<'_>, codes: &mut Taken<String>) -> Option<BranchLine> {
    let number = cells.number;
    let region = cells.take(path);
    let code = cells.take(|cell| key(cell, LONGEST_CODE).and_then(|code| once(code, number, codes)));
    let name = cells.take(|cell| line_of_text(cell, LONGEST_NAME));
    let address = cells.take(|cell| line_of_text(cell, LONGEST_ADDRESS));
    let latitude = cells.take(|cell| degrees(cell, 90.0));
    let north = latitude.flatten();
    // Where the other half is wrong, that alone is said.
    let is_half = |east: Option<f64>| latitude.is_some() && north.is_some() != east.is_some();
    let longitude = cells.take(|cell| match degrees(cell, 180.0)? {
        east if is_half(east) => Err(flaw!("required", "import-half-a-position")),
        east => Ok(east),
    });
    let time_zone = cells.take(|cell| given(cell, zone));
    let languages = cells.take(|cell| given(cell, languages));
    let (_, longitude) = (latitude?, longitude?);
    Some(BranchLine {
        number,
        region: region?,
        code: code?,
        name: name?,
        address: address?,
        position: north.zip(longitude).map(|(latitude, longitude)| Position { latitude, longitude }),
        time_zone: time_zone?,
        languages: languages?,
    })
}

/// What a cell says, if it says anything.
fn given<T>(cell: &str, read: fn(&str) -> Result<T, Flaw>) -> Result<Option<T>, Flaw> {
    if cell.is_empty() { Ok(None) } else { read(cell).map(Some) }
}

/// The names of the regions on the way down to the branch; none if it is directly under the brand.
fn path(cell: &str) -> Result<Vec<String>, Flaw> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = cell.split('/').map(str::trim).collect();
    if names.len() > DEEPEST {
        return Err(flaw!("depth", "import-depth", most = DEEPEST));
    }
    if names.contains(&"") {
        return Err(flaw!("format", "import-path"));
    }
    names.into_iter().map(|name| key(name, LONGEST_NAME)).collect()
}

fn degrees(cell: &str, most: f64) -> Result<Option<f64>, Flaw> {
    if cell.is_empty() {
        return Ok(None);
    }
    // Where the decimal sign is a comma, spreadsheet programs write one; some write a true minus.
    let number: Option<f64> = cell.replacen(',', ".", 1).replacen('\u{2212}', "-", 1).parse().ok();
    match number.filter(|number| (-most..=most).contains(number)) {
        None => Err(flaw!("range", "import-degrees", most = most)),
        number => Ok(number),
    }
}

fn zone(cell: &str) -> Result<String, Flaw> {
    match is_time_zone(cell) {
        true => Ok(cell.to_owned()),
        false => Err(flaw!("format", "import-time-zone")),
    }
}

fn languages(cell: &str) -> Result<Vec<String>, Flaw> {
    let tags = cell.split([';', ',']).map(|tag| tag.trim().to_owned());
    model::languages(tags).ok_or_else(|| flaw!("format", "import-languages"))
}
