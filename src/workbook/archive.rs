//! The workbook as a zip archive: unpacked within limits and packed again without compression, so that the
//! reader reads exactly what was checked here, however the archive describes itself.

use std::io::{Cursor, Read, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::Refused;

/// Most bytes of all parts of a workbook together, unpacked.
const MOST_UNPACKED: u64 = 24 << 20;
/// A small workbook cannot ask for much: each of its bytes unpacks to so many at most …
const MOST_OF_A_BYTE: u64 = 40;
/// … or all of it to so many.
const SMALL: u64 = 2 << 20;
/// Most parts of a workbook.
const MOST_PARTS: usize = 1_000;
/// Longest name of a part, in bytes.
const LONGEST_NAME: usize = 200;

/// The same archive with the parts that describe cells, none of them compressed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn unpacked(archive: &[u8]) -> Result<Vec<u8>, Refused> {
    let most = (MOST_OF_A_BYTE * archive.len() as u64).clamp(SMALL, MOST_UNPACKED);
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(unreadable)?;
    if archive.len() > MOST_PARTS {
        return Err(Refused::TooLarge);
    }
    let (mut again, mut left) = (ZipWriter::new(Cursor::new(Vec::new())), most);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(unreadable)?;
        let name = entry.name().map_err(unreadable)?.into_owned();
        if name.len() > LONGEST_NAME {
            return Err(Refused::Unreadable);
        }
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let part = part(&mut entry, left)?;
            left = left.saturating_sub(part.len() as u64);
            pack(&mut again, &name, &part).map_err(unreadable)?;
        }
    }
    Ok(again.finish().map_err(unreadable)?.into_inner())
}

/// What an entry unpacks to. The bytes that come are counted: the size in the directory may be wrong.
fn part(entry: &mut impl Read, most: u64) -> Result<Vec<u8>, Refused> {
    let mut part = Vec::new();
    entry.take(most + 1).read_to_end(&mut part).map_err(unreadable)?;
    if part.len() as u64 > most {
        return Err(Refused::TooLarge);
    }
    if announces_too_much(&part) { Err(Refused::Unreadable) } else { Ok(part) }
}

fn pack(archive: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, part: &[u8]) -> zip::result::ZipResult<()> {
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file(name, plain)?;
    Ok(archive.write_all(part)?)
}

fn unreadable<E>(_: E) -> Refused {
    Refused::Unreadable
}

/// Readers set memory aside for as many texts as a part announces: it cannot announce more than it has bytes.
fn announces_too_much(part: &[u8]) -> bool {
    const WORD: &[u8] = b"niqueCount";
    const NUMBER_AT: usize = 64;
    part.windows(WORD.len()).enumerate().filter(|(_, window)| *window == WORD).any(|(at, _)| {
        // Between the word and its number stands `="`, and perhaps some space.
        let rest = part.get(at + WORD.len()..).unwrap_or_default();
        let digits =
            rest.iter().take(NUMBER_AT).skip_while(|byte| !byte.is_ascii_digit() && !b"<>".contains(byte));
        let number = digits.take_while(|byte| byte.is_ascii_digit()).fold(0_usize, |number, digit| {
            number.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
        });
        number > part.len()
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

    fn packed(parts: &[(&str, &[u8], CompressionMethod)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, part, method) in parts {
            let options = SimpleFileOptions::default().compression_method(*method);
            archive.start_file(*name, options).unwrap();
            archive.write_all(part).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_is_unpacked() {
        let archive = unpacked(&workbook("a text")).unwrap();
        let has = |text: &[u8]| archive.windows(text.len()).any(|window| window == text);
        assert!(has(b"a text499") && has(b"xl/worksheets/sheet1.xml"));
        assert_eq!(unpacked(&unpacked(&archive).unwrap()).unwrap(), archive);
    }

    #[test]
    fn what_unpacks_to_more_than_it_says_or_may_is_refused() {
        let part = vec![b' '; MOST_UNPACKED as usize + 1];
        assert_eq!(
            unpacked(&packed(&[("a.xml", &part, CompressionMethod::Deflated)])),
            Err(Refused::TooLarge)
        );
        let halves = part.split_at(part.len() / 2);
        let two = [("a.xml", halves.0), ("b.xml", halves.1)]
            .map(|(name, part)| (name, part, CompressionMethod::Stored));
        assert_eq!(unpacked(&packed(&two)), Err(Refused::TooLarge));
        // The directory says that it has one byte.
        let mut bomb = packed(&[("a.xml", &part, CompressionMethod::Deflated)]);
        let at = bomb.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        bomb[at + 24..at + 28].copy_from_slice(&[1, 0, 0, 0]);
        assert!(unpacked(&bomb).is_err());
    }

    /// Before anything is made of it: a small request cannot cost much.
    #[test]
    fn a_small_workbook_unpacks_to_little() {
        let unpacks = |size: usize| {
            unpacked(&packed(&[("xl/sharedStrings.xml", &vec![b' '; size], CompressionMethod::Deflated)]))
        };
        assert!(unpacks(SMALL as usize - 1_000).is_ok());
        assert_eq!(unpacks(SMALL as usize + 1), Err(Refused::TooLarge));
    }

    #[test]
    fn what_announces_more_than_it_has_is_refused() {
        let strings = |count: &str| {
            let part = format!("<sst count='1' uniqueCount=\"{count}\"></sst>");
            packed(&[("s.xml", part.as_bytes(), CompressionMethod::Stored)])
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
