//! On which side of a distribution something is looked for.

/// One side of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// What is lower than the mark, or fell.
    Lower,
    /// What is higher than the mark, or rose.
    Upper,
}

impl Tail {
    /// How often chance alone would put a value as far out on this side. The value lies `apart` from where it would lie without chance (negative if
    /// it is lower), and chance puts it as far out to either side this often. What lies on the other side is no evidence at all.
    pub(super) fn chance(self, apart: f64, to_either_side: f64) -> f64 {
        let is_here = match self {
            Self::Lower => apart < 0.0,
            Self::Upper => apart > 0.0,
        };
        if is_here { to_either_side / 2.0 } else { 1.0 }
    }
}
