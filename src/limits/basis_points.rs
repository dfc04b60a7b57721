//! Scores and shares.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Violation;

/// A score in basis points: 0 to 10000, where 10000 is 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i32", into = "i32")]
#[schema(minimum = 0, maximum = 10000, example = 8750)]
pub struct BasisPoints(i32);

impl BasisPoints {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const FULL: Self = Self(10_000);

    /// The number of basis points.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The nearest that there is: 0 for less than that, 10,000 for more than that.
    pub fn clamped(points: i32) -> Self {
        Self(points.clamp(Self::ZERO.0, Self::FULL.0))
    }

    /// The share that was earned, rounded half to even and held within 0–10 000; none if nothing was possible.
    pub fn of(earned: i64, possible: i64) -> Option<Self> {
        if possible <= 0 {
            return None;
        }
        let scaled = i128::from(earned.clamp(0, possible)) * i128::from(Self::FULL.0);
        let (floor, rest) = (scaled / i128::from(possible), scaled % i128::from(possible));
        let up = match (2 * rest).cmp(&i128::from(possible)) {
            Ordering::Less => 0,
            Ordering::Equal => floor % 2,
            Ordering::Greater => 1,
        };
        i32::try_from(floor + up).ok().map(Self)
    }
}

impl TryFrom<i32> for BasisPoints {
    type Error = Violation;

    fn try_from(score: i32) -> Result<Self, Violation> {
        let within = (Self::ZERO.0..=Self::FULL.0).contains(&score);
        within.then_some(Self(score)).ok_or_else(|| Violation::new("range", "a whole number from 0 to 10000"))
    }
}

impl From<BasisPoints> for i32 {
    fn from(score: BasisPoints) -> Self {
        score.0
    }
}
