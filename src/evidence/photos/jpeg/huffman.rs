//! The codes of a scan.

use super::{Problem, bits::Bits};

/// A table as it stands in the file: how many codes there are of each length, and what they mean in their
/// order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codes<'a> {
    counts: &'a [u8; 16],
    meanings: &'a [u8],
}

impl<'a> Codes<'a> {
    /// Splits a table off the beginning.
    pub(super) fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (counts, rest) = bytes.split_first_chunk::<16>()?;
        let all: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let (meanings, rest) = rest.split_at_checked(all)?;
        (all <= 256).then_some((Self { counts, meanings }, rest))
    }
}

/// How many bits are looked up at once: nearly all codes are shorter, most of them with their number.
const QUICK: u32 = 11;

/// A run that is the end of a block: more than any sum of others.
const END: u32 = 100;

/// What a code says: zeros to skip, then a number of so many bits, or (0 bits) the number itself. Packed,
/// because the tables have to stay near.
#[derive(Clone, Copy, Default)]
struct Entry(u32);

impl Entry {
    /// `length`: of the code and what it has of the number, 0 for an unknown code. `run`: zeros to skip.
    /// `bits`: of the number, still to be read. `number`: if none are.
    fn new(length: u32, run: u32, bits: u32, number: i32) -> Self {
        Self(length | bits << 5 | run << 9 | (number as u32 & 0xFFFF) << 16)
    }
    fn length(self) -> u32 {
        self.0 & 31
    }
    fn bits(self) -> u32 {
        (self.0 >> 5) & 15
    }
    fn run(self) -> u32 {
        (self.0 >> 9) & 127
    }
    fn number(self) -> i32 {
        self.0 as i32 >> 16
    }
}

/// A table made ready for reading.
pub(super) struct Table {
    quick: Box<[Entry; 1 << QUICK]>,
    /// For each length, where its codes end (put to the left of 16 bits), and what to add to one of them to
    /// get the place of its meaning.
    ends: [u32; 17],
    shifts: [i32; 17],
    meanings: [u8; 256],
    is_dc: bool,
}

impl Table {
    /// Makes the table of the first values of blocks.
    pub(super) fn dc(codes: &Codes) -> Result<Self, Problem> {
        Self::new(codes, true)
    }

    /// Makes the table of the other values of blocks.
    pub(super) fn ac(codes: &Codes) -> Result<Self, Problem> {
        Self::new(codes, false)
    }

    fn new(codes: &Codes, is_dc: bool) -> Result<Self, Problem> {
        let mut table = Self {
            quick: Box::new([Entry::default(); 1 << QUICK]),
            ends: [0; 17],
            shifts: [0; 17],
            meanings: [0; 256],
            is_dc,
        };
        for (to, from) in table.meanings.iter_mut().zip(codes.meanings) {
            *to = *from;
        }
        let (mut code, mut place) = (0_u32, 0_i32);
        let lengths = (1_u32..=16).zip(codes.counts);
        for (length, &count) in lengths {
            let shift = place - code as i32;
            for _ in 0..count {
                let meaning = codes.meanings.get(place as usize).copied().unwrap_or_default();
                if length <= QUICK {
                    table.fill(code, length, meaning);
                }
                code += 1;
                place += 1;
            }
            if code > 1 << length {
                return Err(Problem::damaged("a table is wrong"));
            }
            if let (Some(to), Some(end)) =
                (table.shifts.get_mut(length as usize), table.ends.get_mut(length as usize))
            {
                (*to, *end) = (shift, code << (16 - length));
            }
            code <<= 1;
        }
        Ok(table)
    }

    fn entry(&self, length: u32, meaning: u8) -> Entry {
        let (run, bits) = (u32::from(meaning >> 4), u32::from(meaning & 15));
        match (self.is_dc, run, bits) {
            (true, ..) => Entry::new(length, 0, bits, 0),
            (false, 15, 0) => Entry::new(length, 15, 0, 0),
            (false, _, 0) => Entry::new(length, END, 0, 0),
            (false, ..) => Entry::new(length, run, bits, 0),
        }
    }

    /// Enters a short code wherever it is the beginning, with its number where that fits too.
    fn fill(&mut self, code: u32, length: u32, meaning: u8) {
        let entry = self.entry(length, meaning);
        let first = (code << (QUICK - length)) as usize;
        let all = 1_usize << (QUICK - length);
        for (place, slot) in self.quick.iter_mut().enumerate().skip(first).take(all) {
            let bits = entry.bits();
            *slot = if bits > 0 && length + bits <= QUICK {
                let value = (place as i32 >> (QUICK - length - bits)) & ((1 << bits) - 1);
                let is_negative = value < 1 << (bits - 1);
                let number = value + if is_negative { 1 - (1 << bits) } else { 0 };
                Entry::new(length + bits, entry.run(), 0, number)
            } else {
                entry
            };
        }
    }

    #[inline(always)]
    fn next(&self, bits: &mut Bits) -> Result<Entry, Problem> {
        bits.fill();
        let entry = self.quick[bits.peek(QUICK) & ((1 << QUICK) - 1)];
        let entry = if entry.length() == 0 { self.long(bits)? } else { entry };
        bits.skip(entry.length());
        Ok(entry)
    }

    #[cold]
    fn long(&self, bits: &Bits) -> Result<Entry, Problem> {
        let next = bits.peek(16) as u32;
        for (length, (&end, &shift)) in self.ends.iter().zip(&self.shifts).enumerate().skip(1) {
            if next < end {
                let place = (next >> (16 - length)) as i32 + shift;
                let meaning = usize::try_from(place).ok().and_then(|place| self.meanings.get(place));
                return meaning
                    .map(|meaning| self.entry(length as u32, *meaning))
                    .ok_or(Problem::damaged("a code is unknown"));
            }
        }
        Err(Problem::damaged("a code is unknown"))
    }

    /// The difference of a block's first value from the one before.
    #[inline(always)]
    pub(super) fn difference(&self, bits: &mut Bits) -> Result<i32, Problem> {
        let entry = self.next(bits)?;
        Ok(match entry.bits() {
            0 => entry.number(),
            more => bits.number(more),
        })
    }

    /// Takes the other values of a block, each with its place (1 to 63).
    #[inline(always)]
    pub(super) fn values(&self, bits: &mut Bits, mut take: impl FnMut(usize, i32)) -> Result<(), Problem> {
        let mut place = 1;
        while place < 64 {
            let entry = self.next(bits)?;
            place += entry.run() as usize;
            // A code has at most 16 bits and its number at most 15: `next` has seen to both.
            let number = match entry.bits() {
                0 => entry.number(),
                more => bits.number(more),
            };
            if place > 63 {
                let is_end = place > END as usize;
                return if is_end { Ok(()) } else { Err(Problem::damaged("a block is too long")) };
            }
            take(place, number);
            place += 1;
        }
        Ok(())
    }
}
