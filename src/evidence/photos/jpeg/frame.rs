//! The frame of a JPEG: how large the picture is, of which colours, and how far its scans tell it.

use super::super::Problem;

/// What the header of a frame says, and what of it the scans have brought so far.
#[derive(Debug)]
pub(in super::super) struct Frame {
    /// Across and down.
    pub(in super::super) size: (u32, u32),
    is_progressive: bool,
    components: Vec<Component>,
    /// Whether there may be several scans, as the first does not have everything.
    is_in_several_scans: bool,
}

#[derive(Clone, Copy, Debug)]
struct Component {
    id: u8,
    /// How many blocks of it lie beside and below each other where the colour with the fewest has one.
    across: u8,
    down: u8,
    /// Which of the 64 coefficients are known to their last bit.
    known: u64,
}

const COLOURS: Problem = Problem::Damaged("its colours make no sense");
const SCAN: Problem = Problem::Damaged("a scan makes no sense");

impl Frame {
    /// Reads the segment that begins with this marker.
    pub(super) fn read(code: u8, body: &[u8]) -> Result<Self, Problem> {
        let [precision, high, low, wide, narrow, count, components @ ..] = body else {
            return Err(Problem::Damaged("a segment is too short"));
        };
        if !matches!(code, 0xC0..=0xC2) || *precision != 8 {
            return Err(Problem::Unsupported("a JPEG of an unusual kind (lossless, arithmetic or 12 bits)"));
        }
        let (components, rest) = components.as_chunks::<3>();
        let component = |&[id, factors, _]: &[u8; 3]| Component {
            id,
            across: factors >> 4,
            down: factors & 15,
            known: 0,
        };
        let components: Vec<Component> = components.iter().map(component).collect();
        let fits = |one: &Component| (1..=4).contains(&one.across) && (1..=4).contains(&one.down);
        if !rest.is_empty()
            || components.len() != usize::from(*count)
            || !matches!(components.len(), 1 | 3 | 4)
            || !components.iter().all(fits)
        {
            return Err(COLOURS);
        }
        let size = (u16::from_be_bytes([*wide, *narrow]).into(), u16::from_be_bytes([*high, *low]).into());
        Ok(Self { size, is_progressive: code == 0xC2, components, is_in_several_scans: code == 0xC2 })
    }

    /// Notes what a scan brings, from the body of its header.
    pub(super) fn take_scan(&mut self, header: &[u8]) -> Result<(), Problem> {
        let (&count, rest) = header.split_first().ok_or(SCAN)?;
        let (tables, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or(SCAN)?;
        let &[first, last, bits] = rest else { return Err(SCAN) };
        if count == 0 || usize::from(count) > self.components.len() {
            return Err(SCAN);
        }
        self.is_in_several_scans |= usize::from(count) < self.components.len();
        let brings = match (self.is_progressive, bits & 15) {
            (false, _) => u64::MAX,
            (true, 0) => coefficients(first, last),
            (true, _) => 0,
        };
        for [id, _] in tables.as_chunks::<2>().0 {
            self.components.iter_mut().filter(|one| one.id == *id).for_each(|one| one.known |= brings);
        }
        Ok(())
    }

    /// Whether one scan has everything, and each block of it from its first bit to its last.
    pub(super) fn is_in_one_scan(&self) -> bool {
        !self.is_in_several_scans
    }

    pub(super) fn is_progressive(&self) -> bool {
        self.is_progressive
    }

    /// Whether the scans have brought all there is of the picture.
    pub(super) fn is_told(&self) -> bool {
        self.components.iter().all(|one| one.known == u64::MAX)
    }

    pub(super) fn is_grey(&self) -> bool {
        self.components.len() == 1
    }

    /// Whether it is of four inks, as for print.
    pub(super) fn is_of_inks(&self) -> bool {
        self.components.len() == 4
    }

    /// How many bytes the decoder holds of coefficients: all of them if there are several scans, as each adds
    /// to what is known of every block.
    pub(super) fn coefficients(&self) -> u64 {
        if self.is_in_one_scan() {
            return 0;
        }
        const BLOCK: u64 = 2 * 64;
        let most = |factor: fn(&Component) -> u8| {
            u64::from(self.components.iter().map(factor).max().unwrap_or(1).max(1))
        };
        let (across, down) = (most(|one| one.across), most(|one| one.down));
        let blocks =
            |length: u32, factor: u8, most: u64| u64::from(length).div_ceil(8 * most) * u64::from(factor);
        let of =
            |one: &Component| blocks(self.size.0, one.across, across) * blocks(self.size.1, one.down, down);
        BLOCK * self.components.iter().map(of).sum::<u64>()
    }
}

/// A bit for each coefficient from the first to the last.
fn coefficients(first: u8, last: u8) -> u64 {
    let up_to = |number: u8| u64::MAX.checked_shr(63_u32.saturating_sub(number.into())).unwrap_or_default();
    let before = first.checked_sub(1).map_or(0, up_to);
    up_to(last) & !before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_counted_from_the_first_to_the_last() {
        assert_eq!(coefficients(0, 0), 1);
        assert_eq!(coefficients(1, 5), 0b11_1110);
        assert_eq!(coefficients(1, 63), u64::MAX - 1);
        assert_eq!(coefficients(0, 63), u64::MAX);
        assert_eq!(coefficients(9, 3), 0);
    }
}
