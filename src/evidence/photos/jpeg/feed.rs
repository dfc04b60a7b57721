//! What the decoder gets of a file: no more than it needs.

use std::io::{self, BufRead, Read};

use super::{
    super::Watch,
    segments::{Part, Segments},
};

/// What is done with zeros at the end of a scan, which may be of its data or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    Kept,
    Dropped,
}

/// Hands out the parts one by one, each only while there is time.
pub(super) struct Feed<'a> {
    segments: &'a Segments<'a>,
    padding: Padding,
    watch: &'a Watch,
    /// How many parts were handed out, and what is left of the last.
    taken: usize,
    rest: &'a [u8],
}

const START: &[u8] = b"\xFF\xD8";
const END: &[u8] = b"\xFF\xD9";
/// The segment of JFIF, of a version that is known: the colours are light and two differences.
const JFIF: &[u8] = b"\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
/// The segment of Adobe: the colours are red, green and blue, or four inks.
const AS_THEY_ARE: &[u8] = b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0";
/// They are light and two differences.
const DIFFERENCES: &[u8] = b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x01";
/// They are light and two differences of three inks, and black.
const INKS_AS_DIFFERENCES: &[u8] = b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x02";
/// The end of the header of a scan that has everything: some writers leave zeros there.
const EVERYTHING: &[u8] = &[0, 63, 0];

impl<'a> Feed<'a> {
    pub(super) fn new(segments: &'a Segments<'a>, padding: Padding, watch: &'a Watch) -> Self {
        Self { segments, padding, watch, taken: 0, rest: START }
    }

    /// Whether Adobe's software wrote it, which writes inks upside down.
    pub(super) fn has_adobe(&self) -> bool {
        self.segments.adobe.is_some()
    }

    /// What says of which colours it is, so that the decoder sees no other words about them.
    fn declared(&self) -> &'static [u8] {
        let inks = self.segments.frame.is_of_inks();
        match (self.segments.has_jfif, self.segments.adobe) {
            (true, _) if !inks => JFIF,
            (_, None) => &[],
            (_, Some(0)) => AS_THEY_ARE,
            (_, Some(_)) if inks => INKS_AS_DIFFERENCES,
            (_, Some(_)) => DIFFERENCES,
        }
    }

    /// The part of this number; nothing behind the last.
    fn part(&self, number: usize) -> Option<&'a [u8]> {
        let segments = self.segments;
        let Some(number) = number.checked_sub(1) else { return Some(self.declared()) };
        let Some(part) = segments.parts.get(number) else {
            return (number == segments.parts.len()).then_some(END);
        };
        let part = match part {
            Part::Everything => EVERYTHING,
            Part::Segments(range) => segments.bytes.get(range.clone()).unwrap_or_default(),
            Part::Data(range) => {
                let data = segments.bytes.get(range.clone()).unwrap_or_default();
                if self.padding == Padding::Kept { data } else { without_zeros(data) }
            }
        };
        Some(part)
    }
}

/// The data without the zeros at its end.
pub(super) fn without_zeros(data: &[u8]) -> &[u8] {
    let length = data.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    data.get(..length).unwrap_or_default()
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.rest.is_empty() {
            self.watch.check().map_err(io::Error::other)?;
            let Some(part) = self.part(self.taken) else { break };
            self.rest = part;
            self.taken += 1;
        }
        Ok(self.rest)
    }

    fn consume(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(to)?;
        self.consume(length);
        Ok(length)
    }
}
