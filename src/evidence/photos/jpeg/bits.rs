//! The bits of a scan, without the zeros that are stuffed into it.

/// Reads bits from the left. Behind the end there are zeros, and [`Bits::is_beyond`] tells.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the left. Those behind `count` are zeros, or what will be read there anyway.
    held: u64,
    count: u32,
    /// How many bytes of `held` are not there.
    lent: u32,
}

/// Whether one of the eight bytes is 0xFF.
pub(super) fn has_ff(word: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte of the inverse is zero exactly if taking one borrows into its high bit, which it had not.
    (!word).wrapping_sub(LOW) & word & HIGH != 0
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at, held: 0, count: 0, lent: 0 }
    }

    /// Sees to it that at least 32 bits are held.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if self.count < 32 {
            self.fill_up();
        }
    }

    #[inline]
    fn fill_up(&mut self) {
        let eight = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<8>());
        match eight.map(|eight| u64::from_be_bytes(*eight)) {
            Some(word) if !has_ff(word) => {
                self.held |= word >> self.count;
                let bytes = (63 - self.count) / 8;
                self.at += bytes as usize;
                self.count += bytes * 8;
            }
            _ => self.fill_slowly(),
        }
    }

    fn fill_slowly(&mut self) {
        // What lies behind the count may be of bytes that are read again here; they are the same.
        while self.count <= 48 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0x00)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF), _) | (None, _) => {
                    self.lent = self.lent.saturating_add(1);
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next bits, which stay: 1 to 32, of those that [`fill`](Self::fill) saw to.
    #[inline(always)]
    pub(super) fn peek(&self, bits: u32) -> usize {
        (self.held >> (64 - bits)) as usize
    }

    /// Leaves bits behind.
    #[inline(always)]
    pub(super) fn skip(&mut self, bits: u32) {
        self.held <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// The next bits as JPEG writes numbers: those that begin with a zero are negative. 1 to 16 bits.
    #[inline(always)]
    pub(super) fn number(&mut self, bits: u32) -> i32 {
        let value = self.peek(bits) as i32;
        self.skip(bits);
        let is_negative = value < 1 << (bits - 1);
        value + if is_negative { 1 - (1 << bits) } else { 0 }
    }

    /// Whether more was read than there was.
    pub(super) fn is_beyond(&self) -> bool {
        self.lent.saturating_mul(8) > self.count
    }

    /// Goes on behind the restart marker that comes next, if it is this one (0 to 7).
    pub(super) fn restart(&mut self, number: u8) -> bool {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|&byte| byte == 0xFF) else { return false };
        let Some(code) = rest.get(found..).and_then(|rest| rest.iter().position(|&byte| byte != 0xFF)) else {
            return false;
        };
        let is_it = rest.get(found + code) == Some(&(0xD0 + number));
        *self = Self::new(self.data, self.at + found + code + 1);
        is_it
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_left_out_and_the_end_is_known() {
        let data = [0xFF, 0x00, 0xA5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        let mut read = Vec::new();
        for _ in 0..11 {
            bits.fill();
            read.push(bits.peek(8) as u8);
            bits.skip(8);
            assert!(!bits.is_beyond());
        }
        assert_eq!(read, [0xFF, 0xA5, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        bits.fill();
        bits.skip(1);
        assert!(bits.is_beyond());
    }

    #[test]
    fn any_byte_of_eight_is_seen() {
        for at in 0..8 {
            assert!(has_ff(0xFF << (8 * at)));
            assert!(has_ff(0xFF << (8 * at) | 0x0102_0304_0506_0708));
        }
        assert!(!has_ff(0xFEFE_FEFE_7F80_0001));
        assert!(!has_ff(0));
    }
}
