//! How far reviewers agree: Cohen's κ.
//!
//! Of two reviewers who each put the same visits into the same classes, p₀ is the share of visits that both put into one
//! class, and pₑ the share that would come of chance if each kept their own frequencies. κ = (p₀ − pₑ) / (1 − pₑ): 1 if they
//! always agree, 0 if no more than by chance (J. Cohen, A coefficient of agreement for nominal scales, Educational and
//! Psychological Measurement 20, 1960, 37–46). Its standard error in large samples, where κ need not be 0, is that of J. Fleiss,
//! J. Cohen and B. Everitt (Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72, 1969, 323–327,
//! equation 13); the interval is κ ± 1.96 standard errors, held within −1 and 1.
//!
//! One of the two is the reviewer who decided first, the other the one who was asked second: κ is of these two parts, which
//! are not the same people each time.

/// The classes: approved, rejected, excluded.
pub const CLASSES: usize = 3;
/// How often the first put a visit into one class (row) and the second into another (column).
pub type Table = [[i64; CLASSES]; CLASSES];

/// The standard normal quantile of a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;
/// A whole, in basis points.
const WHOLE: f64 = 10_000.0;

/// How far two reviewers agree. All but `visits` are in basis points, rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Of how many visits.
    pub visits: i64,
    /// The share of visits of which both found the same.
    pub observed: Option<i32>,
    /// The share that would come of chance.
    pub expected: Option<i32>,
    /// Cohen's κ; none where chance alone would have them always agree, as where both found the same of every visit.
    pub kappa: Option<i32>,
    /// The ends of its interval of 95 %; none where there is no κ, or where its standard error is zero and would say that κ is
    /// certain.
    pub interval: Option<(i32, i32)>,
}

impl Agreement {
    /// What follows from this table.
    pub fn of(table: &Table) -> Self {
        let visits: i64 = table.iter().flatten().sum();
        let nothing = Self { visits, observed: None, expected: None, kappa: None, interval: None };
        if visits == 0 {
            return nothing;
        }
        let n = visits as f64;
        let p = table.map(|row| row.map(|count| count as f64 / n));
        let first = p.map(|row| row.iter().sum::<f64>());
        let second: [f64; CLASSES] = std::array::from_fn(|class| p.iter().map(|row| row[class]).sum());
        let observed: f64 = (0..CLASSES).map(|class| p[class][class]).sum();
        let expected: f64 = first.iter().zip(&second).map(|(one, other)| one * other).sum();
        let known = Self { observed: Some(points(observed)), expected: Some(points(expected)), ..nothing };
        // In whole numbers, because in fractions it would not be exact.
        if is_one_class(table) {
            return known;
        }
        let kappa = (observed - expected) / (1.0 - expected);
        let agreeing: f64 = (0..CLASSES)
            .map(|class| p[class][class] * (1.0 - (first[class] + second[class]) * (1.0 - kappa)).powi(2))
            .sum();
        let differing: f64 = (0..CLASSES)
            .flat_map(|row| {
                (0..CLASSES).filter(move |column| *column != row).map(move |column| (row, column))
            })
            .map(|(row, column)| p[row][column] * (second[row] + first[column]).powi(2))
            .sum();
        let spread =
            agreeing + (1.0 - kappa).powi(2) * differing - (kappa - expected * (1.0 - kappa)).powi(2);
        let error = spread.max(0.0).sqrt() / ((1.0 - expected) * n.sqrt());
        let interval = (error > 1e-9).then(|| {
            let end = |side: f64| points((kappa + side * Z * error).clamp(-1.0, 1.0));
            (end(-1.0), end(1.0))
        });
        Self { kappa: Some(points(kappa)), interval, ..known }
    }
}

/// Whether both put all visits into one and the same class.
fn is_one_class(table: &Table) -> bool {
    let visits: i64 = table.iter().flatten().sum();
    (0..CLASSES).any(|class| table[class][class] == visits)
}

/// A share in basis points.
fn points(share: f64) -> i32 {
    (share * WHOLE).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_two(table: [[i64; 2]; 2]) -> Agreement {
        let [[a, b], [c, d]] = table;
        Agreement::of(&[[a, b, 0], [c, d, 0], [0, 0, 0]])
    }

    /// J. Fleiss, Statistical Methods for Rates and Proportions, 2nd edition 1981, tables 13.1 to 13.3: two psychiatrists
    /// about 100 patients; p₀ = 0.89, pₑ = 0.66, κ = 0.68 with a standard error of 0.087.
    #[test]
    fn the_example_of_fleiss() {
        let found = Agreement::of(&[[75, 1, 4], [5, 4, 1], [0, 0, 10]]);
        assert_eq!((found.visits, found.observed, found.expected), (100, Some(8_900), Some(6_600)));
        assert_eq!(found.kappa, Some(6_765));
        let (from, to) = found.interval.unwrap_or_default();
        let error = f64::from(to - from) / 2.0 / WHOLE / Z;
        assert!((error - 0.087).abs() < 0.001, "{error}");
    }

    /// J. Cohen 1960, table 1, in frequencies of 200: p₀ = 0.70, pₑ = 0.41, κ = 0.492.
    #[test]
    fn the_example_of_cohen() {
        let found = Agreement::of(&[[88, 14, 18], [10, 40, 10], [2, 6, 12]]);
        assert_eq!((found.observed, found.expected, found.kappa), (Some(7_000), Some(4_100), Some(4_915)));
    }

    /// Two tables with the same agreement, of which one could have come of chance more easily: κ = 0.4, 0.1304 and 0.2593, as
    /// statistics textbooks have them.
    #[test]
    fn chance_is_taken_out() {
        assert_eq!(of_two([[20, 5], [10, 15]]).kappa, Some(4_000));
        assert_eq!(of_two([[45, 15], [25, 15]]).kappa, Some(1_304));
        assert_eq!(of_two([[25, 35], [5, 35]]).kappa, Some(2_593));
    }

    #[test]
    fn what_cannot_be_known_is_not_said() {
        let nothing = Agreement { visits: 0, observed: None, expected: None, kappa: None, interval: None };
        assert_eq!(of_two([[0, 0], [0, 0]]), nothing);
        let always = Agreement { visits: 7, observed: Some(10_000), expected: Some(10_000), ..nothing };
        assert_eq!(of_two([[7, 0], [0, 0]]), always, "of one class alone");
        let found = of_two([[7, 0], [0, 3]]);
        assert_eq!(
            (found.kappa, found.interval),
            (Some(10_000), None),
            "an interval of width zero says too much"
        );
        assert_eq!(of_two([[0, 5], [5, 0]]).kappa, Some(-10_000));
        let (from, to) = of_two([[9, 1], [0, 2]]).interval.unwrap_or_default();
        assert!(from < to && to <= 10_000, "{from} to {to}");
    }
}
