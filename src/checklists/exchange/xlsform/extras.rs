//! The parts of a checklist that XLSForm has no words for: the cells of the extra columns.

use super::numbers;
use super::table::{Cell, Row};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::kinds::Band;
use crate::checklists::model::{Critical, Demand};
use crate::decimals;

/// Whether a cell says yes; none if it says neither yes nor no.
pub fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}

/// The flag in this column; not set where the cell is empty.
pub fn flag(row: &Row<'_>, base: &str, findings: &mut ImportFindings) -> bool {
    let Some(cell) = row.take(base) else { return false };
    truth(cell.text).unwrap_or_else(|| {
        findings.error(cell.at, "malformed", "Write `yes`, or leave the cell empty.");
        false
    })
}

/// The number in this column, if there is one.
pub fn number<T: std::str::FromStr>(row: &Row<'_>, base: &str, findings: &mut ImportFindings) -> Option<T> {
    let cell = row.take(base)?;
    let number = cell.text.parse().ok();
    if number.is_none() {
        findings.error(cell.at, "malformed", "Write a whole number that is not too large.");
    }
    number
}

/// The value of this column, read by this function.
pub fn read<T>(
    row: &Row<'_>,
    base: &str,
    parse: fn(&str) -> Option<T>,
    wanted: &str,
    findings: &mut ImportFindings,
) -> Option<T> {
    let cell = row.take(base)?;
    let value = parse(cell.text);
    if value.is_none() {
        findings.error(cell.at, "malformed", wanted);
    }
    value
}

/// How [`critical`] wants it.
pub const CRITICAL: &str =
    "Write `section_zero`, `visit_zero`, or `cap` with a score up to 10000: `cap 7000`.";

/// `section_zero`, `visit_zero`, `cap 7000`
pub fn critical(text: &str) -> Option<Critical> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["section_zero"] => Some(Critical::SectionZero {}),
        ["visit_zero"] => Some(Critical::VisitZero {}),
        ["cap", score] => Some(Critical::Cap { score: score.parse().ok()? }),
        _ => None,
    }
}

/// As [`critical`] reads it.
pub fn critical_cell(critical: Critical) -> String {
    match critical {
        Critical::SectionZero {} => "section_zero".into(),
        Critical::VisitZero {} => "visit_zero".into(),
        Critical::Cap { score } => format!("cap {score}"),
    }
}

/// How [`demand`] wants it.
pub const DEMAND: &str =
    "Write `always`, `never`, or `below` with a share of 1 to 10000 of the points: `below 5000`.";

/// `always`, `never`, `below 5000`
pub fn demand(text: &str) -> Option<Demand> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["always"] => Some(Demand::Always {}),
        ["never"] => Some(Demand::Never {}),
        ["below", share] => Some(Demand::Below { share: share.parse().ok()? }),
        _ => None,
    }
}

/// As [`demand`] reads it.
pub fn demand_cell(demand: Demand) -> String {
    match demand {
        Demand::Always {} => "always".into(),
        Demand::Never {} => "never".into(),
        Demand::Below { share } => format!("below {share}"),
    }
}

/// How [`json`] wants the rule of a control question.
pub const CONTROL: &str = "Write the rule as JSON: `{\"===\": [{\"var\": \"colour\"}, \"red\"]}`.";
/// How [`json`] wants contradictions.
pub const CONTRADICTIONS: &str =
    "Write them as JSON: `[{\"when\": {\"var\": \"closed\"}, \"message\": {\"en\": \"It was closed.\"}}]`.";

/// What stands there as JSON.
pub fn json<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// `120:10; 300:5; :0`, with as many decimals as answers have.
pub fn bands(cell: &Cell<'_>, decimals: u8, findings: &mut ImportFindings) -> Vec<Band> {
    let band = |text: &str| {
        let (up_to, points) = text.split_once(':')?;
        let up_to = match up_to.trim() {
            "" => None,
            number => Some(numbers::steps(number, decimals)?),
        };
        Some(Band { up_to, points: points.trim().parse().ok()? })
    };
    let bands: Option<Vec<_>> = cell.text.split(';').map(|text| band(text.trim())).collect();
    bands.unwrap_or_else(|| {
        let message = format!(
            "Write `greatest answer:points` for each band, as in `120:10; 300:5; :0`, with at most {decimals} decimals."
        );
        findings.error(&cell.at, "malformed", message);
        Vec::new()
    })
}

/// As [`bands`] reads it.
pub fn bands_cell(bands: &[Band], decimals: u8) -> String {
    let up_to =
        |band: &Band| band.up_to.map(|steps| decimals::written(steps, decimals, '.')).unwrap_or_default();
    bands.iter().map(|band| format!("{}:{}", up_to(band), band.points)).collect::<Vec<_>>().join("; ")
}
