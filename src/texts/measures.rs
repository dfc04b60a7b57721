//! What was counted, paid or measured, as a language writes it.

use super::Language;
use crate::decimals;

impl Language {
    /// A number of steps of `10^-decimals`.
    pub fn number(self, value: i64, decimals: u8) -> String {
        let point = match self {
            Self::English => '.',
            Self::French | Self::Russian | Self::Bulgarian | Self::Turkish => ',',
        };
        decimals::written(value, decimals, point).replace('-', "−")
    }

    /// The same with what it counts or measures.
    pub fn measure(self, value: i64, decimals: u8, unit: Option<&str>) -> String {
        let number = self.number(value, decimals);
        unit.map_or_else(|| number.clone(), |unit| format!("{number}\u{a0}{unit}"))
    }

    /// An amount in the minor units of a currency (ISO 4217). One that is not known is taken to have no minor units.
    pub fn amount(self, value: i64, currency: &str) -> String {
        self.measure(value, decimals::of_currency(currency).unwrap_or(0), Some(currency))
    }
}

/// A time in seconds as minutes and seconds: `5:30` for 330.
pub fn minutes(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
