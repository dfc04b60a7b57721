//! Which of many changes are beyond chance, though so many were looked at.

/// Of those that are named, this share may be chance.
const CHANCE: f64 = 0.05;

/// Which of these p-values are discoveries, with a false discovery rate of 5 %: all up to the greatest one, in order, for which
/// `p₍ᵢ₎ ≤ 0.05·i/m`. Holds for changes that are independent or depend positively.
///
/// Source: Y. Benjamini and Y. Hochberg, Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing,
/// Journal of the Royal Statistical Society B 57 (1995), 289–300.
pub fn discoveries(p_values: &[f64]) -> Vec<bool> {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = p_values.len() as f64;
    let is_within = |(rank, p): &(usize, &f64)| **p <= CHANCE * (rank + 1) as f64 / all;
    let last = sorted.iter().enumerate().rfind(is_within).map(|(_, p)| *p);
    p_values.iter().map(|p| last.is_some_and(|last| *p <= last)).collect()
}
