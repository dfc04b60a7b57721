//! Unpacking of deflated bytes (RFC 1951) within a limit: a file of kilobytes may unpack to gigabytes.

/// The longest code of a symbol, in bits.
const LONGEST: usize = 15;
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12289, 16385, 24577,
];
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Unpacks what was deflated; nothing if it is damaged or has more than so many bytes.
pub fn inflate(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bits = Bits { bytes: packed, at: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, most)?,
            1 => {
                let mut lengths = [8_u8; 288];
                lengths.get_mut(144..256)?.fill(9);
                lengths.get_mut(256..280)?.fill(7);
                compressed(&mut bits, &Codes::of(&lengths)?, &Codes::of(&[5; 30])?, &mut out, most)?;
            }
            2 => {
                let (symbols, distances) = tables(&mut bits)?;
                compressed(&mut bits, &symbols, &distances, &mut out, most)?;
            }
            _ => return None,
        }
        if last {
            return Some(out);
        }
    }
}

struct Bits<'b> {
    bytes: &'b [u8],
    /// Counts bits.
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for shift in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << shift;
            self.at += 1;
        }
        Some(value)
    }

    fn bytes(&mut self, count: usize) -> Option<&[u8]> {
        let from = self.at.div_ceil(8);
        self.at = (from + count) * 8;
        self.bytes.get(from..from + count)
    }
}

/// How many codes there are of each length, and their symbols in order.
struct Codes {
    counts: [u16; LONGEST + 1],
    symbols: Vec<u16>,
}

impl Codes {
    fn of(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0_u16; LONGEST + 1];
        for &length in lengths {
            *counts.get_mut(usize::from(length))? += 1;
        }
        let mut left = 1_i32;
        for &count in counts.iter().skip(1) {
            left = (left << 1) - i32::from(count);
            if left < 0 {
                return None;
            }
        }
        let mut symbols = Vec::with_capacity(lengths.len());
        for length in 1..=LONGEST {
            let of_length = lengths.iter().zip(0_u16..).filter(|(l, _)| usize::from(**l) == length);
            symbols.extend(of_length.map(|(_, symbol)| symbol));
        }
        Some(Self { counts, symbols })
    }

    fn next(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let (mut code, mut first, mut index) = (0_i32, 0_i32, 0_i32);
        for &count in self.counts.iter().skip(1) {
            code |= i32::try_from(bits.take(1)?).ok()?;
            let count = i32::from(count);
            if code - count < first {
                return self.symbols.get(usize::try_from(index + code - first).ok()?).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>, most: usize) -> Option<()> {
    let header = bits.bytes(4)?;
    let (length, check) = match *header {
        [a, b, c, d] => (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])),
        _ => return None,
    };
    if length != !check || out.len() + usize::from(length) > most {
        return None;
    }
    out.extend_from_slice(bits.bytes(length.into())?);
    Some(())
}

fn tables(bits: &mut Bits<'_>) -> Option<(Codes, Codes)> {
    let symbols = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let given = bits.take(4)? as usize + 4;
    let mut lengths = [0_u8; 19];
    for &place in ORDER.iter().take(given) {
        *lengths.get_mut(place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let codes = Codes::of(&lengths)?;
    let mut lengths: Vec<u8> = Vec::with_capacity(symbols + distances);
    while lengths.len() < symbols + distances {
        let (value, times) = match codes.next(bits)? {
            16 => (*lengths.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.extend(std::iter::repeat_n(value, times as usize));
    }
    if lengths.len() > symbols + distances {
        return None;
    }
    Some((Codes::of(lengths.get(..symbols)?)?, Codes::of(lengths.get(symbols..)?)?))
}

fn compressed(
    bits: &mut Bits<'_>,
    symbols: &Codes,
    distances: &Codes,
    out: &mut Vec<u8>,
    most: usize,
) -> Option<()> {
    loop {
        match symbols.next(bits)? {
            256 => return Some(()),
            byte @ 0..256 => out.push(u8::try_from(byte).ok()?),
            symbol => {
                let (base, extra) = *LENGTHS.get(usize::from(symbol) - 257)?;
                let length = usize::from(base) + bits.take(extra.into())? as usize;
                let symbol = usize::from(distances.next(bits)?);
                let extra = (symbol / 2).saturating_sub(1);
                let distance = usize::from(*DISTANCES.get(symbol)?) + bits.take(extra)? as usize;
                let from = out.len().checked_sub(distance)?;
                for place in from..from + length {
                    out.push(*out.get(place)?);
                }
            }
        }
        if out.len() > most {
            return None;
        }
    }
}
