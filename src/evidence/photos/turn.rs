//! How the camera was held.

/// What has to be done to a picture so that up is up: perhaps swap its sides, perhaps read it from the right
/// or from below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    swap: bool,
    right: bool,
    below: bool,
}

impl Turn {
    /// What the tag `Orientation` means, 1 to 8.
    pub(super) fn of(orientation: u32) -> Option<Self> {
        let turn = |swap, right, below| Some(Self { swap, right, below });
        match orientation {
            1 => turn(false, false, false),
            2 => turn(false, true, false),
            3 => turn(false, true, true),
            4 => turn(false, false, true),
            5 => turn(true, false, false),
            6 => turn(true, false, true),
            7 => turn(true, true, true),
            8 => turn(true, true, false),
            _ => None,
        }
    }

    /// Whether width and height change places: what will be a row is a column.
    pub(super) fn swaps_sides(self) -> bool {
        self.swap
    }

    /// Whether its columns are taken from the right.
    pub(super) fn is_from_the_right(self) -> bool {
        self.right
    }

    /// Whether its rows are taken from below.
    pub(super) fn is_from_below(self) -> bool {
        self.below
    }
}
