//! What was counted, paid or measured, as a language writes it.

use crate::texts::Language;

/// A number of steps of `10^-decimals`, with what it counts or measures.
pub fn number(language: Language, value: i64, decimals: u8, unit: Option<&str>) -> String {
    let number = language.number(value, decimals.into());
    unit.map_or_else(|| number.clone(), |unit| format!("{number}\u{a0}{unit}"))
}

/// An amount in the minor units of a currency (ISO 4217). One that is not known is taken to have no minor units.
pub fn amount(language: Language, value: i64, currency: &str) -> String {
    let known = iso_currency::Currency::from_code(currency).and_then(|known| known.exponent());
    format!("{}\u{a0}{currency}", language.number(value, u32::from(known.unwrap_or(0))))
}

/// A time in seconds: `5:30` for 330.
pub fn time(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
