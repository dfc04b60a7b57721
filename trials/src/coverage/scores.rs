//! How scores are distributed, with a mean that is known.

use std::{fmt, sync::LazyLock};

use super::chance::Chance;

/// So much of what moves a score is the shopper's: the correlation before it is made a score.
const OF_SHOPPER: f64 = 0.5;
/// The steps of a distribution.
const STEPS: usize = 4_096;

/// How scores are distributed.
#[derive(Clone, Copy)]
pub(super) enum Scores {
    /// As in the demonstration: 24 answers, each of which goes well or not, in branches of different quality, with a few visits at zero.
    Demo,
    /// Beta(8, 1.2).
    Beta,
    /// 60 % perfect, 5 % zero, the others equally often between 50 % and 100 %.
    Zeros,
    /// 90 % perfect, the others equally often between 50 % and 100 %.
    Perfect,
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Demo => "demo",
            Self::Beta => "beta(8, 1.2)",
            Self::Zeros => "60 % perfect, 5 % zero",
            Self::Perfect => "90 % perfect",
        })
    }
}

/// Beta(8, 1.2) in equal steps of probability.
static BETA: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let cells = 200_000;
    let at = |cell: usize| (cell as f64 + 0.5) / cells as f64;
    let density = |x: f64| x.powi(7) * (1.0 - x).powf(0.2);
    let all: f64 = (0..cells).map(|cell| density(at(cell))).sum();
    let (mut below, mut cell) = (0.0, 0);
    let quantile = |step: usize| {
        let wanted = (step as f64 + 0.5) / STEPS as f64 * all;
        while below < wanted && cell < cells {
            below += density(at(cell));
            cell += 1;
        }
        at(cell)
    };
    (0..STEPS).map(quantile).collect()
});

impl Scores {
    pub(super) const ALL: [Self; 4] = [Self::Demo, Self::Beta, Self::Zeros, Self::Perfect];

    /// One score, in a branch of this level (0 to 1) and by a shopper who is so lenient.
    pub(super) fn one(self, chance: &mut Chance, level: f64, of_shopper: f64) -> i32 {
        let mixed = OF_SHOPPER.sqrt() * of_shopper + (1.0 - OF_SHOPPER).sqrt() * chance.normal();
        let at = ((below(mixed) * STEPS as f64) as usize).min(STEPS - 1);
        match self {
            Self::Demo => {
                let well = well(level, at);
                if chance.next() < (1.0 - mean_of(&well)) * ZERO {
                    return 0;
                }
                let kept = well.iter().filter(|well| chance.next() < **well).count();
                (10_000 * kept / well.len()) as i32
            }
            _ => self.at(at),
        }
    }

    /// The true mean, in a branch of this level.
    pub(super) fn mean(self, level: f64) -> f64 {
        match self {
            Self::Demo => {
                let at = |step: usize| {
                    let well = mean_of(&well(level, step));
                    10_000.0 * well * (1.0 - (1.0 - well) * ZERO)
                };
                (0..STEPS).step_by(16).map(|step| at(step + 8)).sum::<f64>() / (STEPS / 16) as f64
            }
            _ => (0..STEPS).map(|step| f64::from(self.at(step))).sum::<f64>() / STEPS as f64,
        }
    }

    /// The variance of one step of one answer, in basis points squared: of 24 answers in the demonstration
    /// (10,000²/24², rounded up), and of fifty in all others.
    pub(super) fn least(self) -> i64 {
        match self {
            Self::Demo => 173_612,
            Self::Beta | Self::Zeros | Self::Perfect => 40_000,
        }
    }

    fn at(self, step: usize) -> i32 {
        let at = (step as f64 + 0.5) / STEPS as f64;
        let between = |from: f64, to: f64| 5_000.0 + 5_000.0 * (at - from) / (to - from);
        let score = match self {
            Self::Demo | Self::Beta => 10_000.0 * BETA[step],
            Self::Zeros if at < 0.05 => 0.0,
            Self::Zeros if at < 0.40 => between(0.05, 0.40),
            Self::Perfect if at < 0.10 => between(0.0, 0.10),
            Self::Zeros | Self::Perfect => 10_000.0,
        };
        score as i32
    }
}

/// How often a visit scores nothing, of what does not go well.
const ZERO: f64 = 0.02;

/// How likely each of 24 answers is to go well, as the demonstration has it: a branch is between 0.55 and 0.90, a day within ± 0.11
/// of that, a question within ± 0.12.
fn well(level: f64, day: usize) -> [f64; 24] {
    let quality = 0.55 + 0.35 * level + 0.22 * (day as f64 / STEPS as f64 - 0.5);
    std::array::from_fn(|question| (quality + 0.24 * (question as f64 / 23.0 - 0.5)).clamp(0.05, 0.99))
}

fn mean_of(well: &[f64; 24]) -> f64 {
    well.iter().sum::<f64>() / 24.0
}

/// The standard normal distribution, to within 1.5e-7.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
fn below(z: f64) -> f64 {
    const A: [f64; 5] = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let x = z.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let tail = A.iter().rev().fold(0.0, |sum, a| (sum + a) * t) * (-x * x).exp() / 2.0;
    if z > 0.0 { 1.0 - tail } else { tail }
}
