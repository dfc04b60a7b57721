//! The workbook as a zip archive: unpacked within limits and packed again without compression, so that who reads it
//! next reads exactly what was checked here, however the archive describes itself.

use super::inflate::inflate;

/// Most bytes of all parts of a workbook together, unpacked.
const MOST_UNPACKED: usize = 24 << 20;
/// Most parts of a workbook.
const MOST_PARTS: usize = 1_000;
/// Longest name of a part, in bytes.
const LONGEST_NAME: usize = 200;

/// Why a workbook is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is damaged, or no workbook at all.
    Unreadable,
    /// Unpacked it is larger than anything that a checklist needs.
    TooLarge,
}

/// The same archive with the parts that describe cells, none of them compressed.
///
/// # Errors
/// What is wrong with it.
pub fn unpacked(archive: &[u8]) -> Result<Vec<u8>, Refused> {
    let (mut at, count) = directory(archive).ok_or(Refused::Unreadable)?;
    if count > MOST_PARTS {
        return Err(Refused::TooLarge);
    }
    let (mut parts, mut left) = (Vec::new(), MOST_UNPACKED);
    for _ in 0..count {
        let entry = Entry::read(archive, at).ok_or(Refused::Unreadable)?;
        at = entry.next;
        if entry.name.len() > LONGEST_NAME {
            return Err(Refused::Unreadable);
        }
        if !(entry.name.ends_with(b".xml") || entry.name.ends_with(b".rels")) {
            continue;
        }
        // What it says of its own size is a first, cheap look; what it really unpacks to is counted below.
        if entry.said > left {
            return Err(Refused::TooLarge);
        }
        let part = entry.unpack(archive, left)?;
        left = left.saturating_sub(part.len());
        if announces_too_much(&part) {
            return Err(Refused::Unreadable);
        }
        parts.push((entry.name, part));
    }
    Ok(pack(&parts))
}

/// Where the directory begins and how many entries it has, by the record at the archive's end.
fn directory(archive: &[u8]) -> Option<(usize, usize)> {
    let earliest = archive.len().saturating_sub(22 + usize::from(u16::MAX));
    let last = archive.len().checked_sub(22)?;
    let end = (earliest..=last).rev().find(|at| archive.get(*at..at + 4) == Some(b"PK\x05\x06"))?;
    Some((number(archive, end + 16, 4)?, number(archive, end + 10, 2)?))
}

struct Entry<'a> {
    name: &'a [u8],
    method: usize,
    packed: usize,
    said: usize,
    local: usize,
    next: usize,
}

impl<'a> Entry<'a> {
    fn read(archive: &'a [u8], at: usize) -> Option<Self> {
        if archive.get(at..at.checked_add(4)?)? != b"PK\x01\x02" || number(archive, at + 8, 2)? & 1 == 1 {
            return None;
        }
        let name_length = number(archive, at + 28, 2)?;
        let rest = number(archive, at + 30, 2)? + number(archive, at + 32, 2)?;
        Some(Self {
            name: archive.get(at + 46..at + 46 + name_length)?,
            method: number(archive, at + 10, 2)?,
            packed: number(archive, at + 20, 4)?,
            said: number(archive, at + 24, 4)?,
            local: number(archive, at + 42, 4)?,
            next: at + 46 + name_length + rest,
        })
    }

    fn unpack(&self, archive: &[u8], most: usize) -> Result<Vec<u8>, Refused> {
        let data = self.data(archive).ok_or(Refused::Unreadable)?;
        let part = match self.method {
            0 => data.to_vec(),
            8 => match inflate(data, most.min(self.said)) {
                Some(part) => part,
                None => return Err(Refused::Unreadable),
            },
            _ => return Err(Refused::Unreadable),
        };
        if part.len() > most { Err(Refused::TooLarge) } else { Ok(part) }
    }

    fn data(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        if archive.get(self.local..self.local.checked_add(4)?)? != b"PK\x03\x04" {
            return None;
        }
        let skip = number(archive, self.local + 26, 2)? + number(archive, self.local + 28, 2)?;
        let from = self.local + 30 + skip;
        archive.get(from..from.checked_add(self.packed)?)
    }
}

/// Readers set memory aside for as many texts as a part announces: it cannot announce more than it has bytes.
fn announces_too_much(part: &[u8]) -> bool {
    const WORD: &[u8] = b"niqueCount";
    part.windows(WORD.len()).enumerate().filter(|(_, window)| *window == WORD).any(|(at, _)| {
        let rest = part.get(at + WORD.len()..).unwrap_or_default();
        let digits = rest.iter().skip_while(|byte| !byte.is_ascii_digit() && !b"<>".contains(byte));
        let number = digits.take_while(|byte| byte.is_ascii_digit()).fold(0_usize, |number, digit| {
            number.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
        });
        number > part.len()
    })
}

/// A number of so many bytes, the least first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn pack(parts: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let offset = little(archive.len(), 4);
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        about.extend(crc32(part).to_le_bytes());
        about.extend(little(part.len(), 4));
        about.extend(little(part.len(), 4));
        about.extend(little(name.len(), 2));
        about.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&about);
        archive.extend(*name);
        archive.extend(part);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(*name);
    }
    let (offset, size, count) =
        (little(archive.len(), 4), little(directory.len(), 4), little(parts.len(), 2));
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\x00\x00\x00\x00");
    archive.extend(&count);
    archive.extend(&count);
    archive.extend(size);
    archive.extend(offset);
    archive.extend([0, 0]);
    archive
}

fn little(number: usize, length: usize) -> Vec<u8> {
    number.to_le_bytes().into_iter().take(length).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn workbook(text: &str) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..500 {
            sheet.write_string(row, 0, format!("{text}{row}")).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_workbook_is_unpacked() {
        let archive = unpacked(&workbook("a text")).unwrap();
        let has = |text: &[u8]| archive.windows(text.len()).any(|window| window == text);
        assert!(has(b"a text499") && has(b"xl/worksheets/sheet1.xml"));
        assert_eq!(unpacked(&archive).unwrap(), archive);
    }

    #[test]
    fn what_unpacks_to_more_than_it_says_or_may_is_refused() {
        let part = vec![b' '; MOST_UNPACKED + 1];
        assert_eq!(unpacked(&pack(&[(b"a.xml", part)])), Err(Refused::TooLarge));
        let mut book = workbook(&"x".repeat(20_000));
        let at = book.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        // The last entry says that it has one byte.
        book[at + 24..at + 28].copy_from_slice(&[1, 0, 0, 0]);
        assert_eq!(unpacked(&book), Err(Refused::Unreadable));
    }

    #[test]
    fn what_announces_more_than_it_has_is_refused() {
        let strings = |count: &str| {
            pack(&[(b"s.xml", format!("<sst count='1' uniqueCount=\"{count}\"></sst>").into_bytes())])
        };
        assert!(unpacked(&strings("3")).is_ok());
        assert_eq!(unpacked(&strings("99999999999999999999")), Err(Refused::Unreadable));
    }

    #[test]
    fn damaged_archives_are_refused_without_a_panic() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "a").unwrap();
        let book = book.save_to_buffer().unwrap();
        for length in (0..book.len()).step_by(97) {
            assert!(unpacked(&book[..length]).is_err());
        }
        for at in (0..book.len()).step_by(7) {
            let mut damaged = book.clone();
            damaged[at] ^= 0x55;
            let _ = unpacked(&damaged);
        }
    }
}
