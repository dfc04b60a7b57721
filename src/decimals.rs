//! Numbers with decimals as whole numbers of their smallest steps: 45 with one decimal is 4.5.

/// A whole number of steps of `10^-decimals`, with this sign before the decimals.
pub fn written(steps: i64, decimals: u8, point: char) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{:0width$}", steps.unsigned_abs(), width = decimals + 1);
    let sign = if steps < 0 { "-" } else { "" };
    match digits.split_at_checked(digits.len() - decimals) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}{point}{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

/// How many decimals the amounts of a currency have (ISO 4217); none if it is not known, or has no amounts.
pub fn of_currency(code: &str) -> Option<u8> {
    let known = iso_currency::Currency::from_code(code).and_then(|known| known.exponent());
    known.and_then(|decimals| u8::try_from(decimals).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_their_decimals() {
        for (steps, decimals, text) in [
            (45, 1, "4.5"),
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (-120, 2, "-1.20"),
            (10_000, 2, "100.00"),
            (7, 0, "7"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(written(steps, decimals, '.'), text);
        }
        assert_eq!(written(8_312, 2, ','), "83,12");
    }

    #[test]
    fn currencies_have_their_decimals() {
        assert_eq!(
            ["EUR", "JPY", "KWD", "XXX", "???"].map(of_currency),
            [Some(2), Some(0), Some(3), None, None]
        );
    }
}
