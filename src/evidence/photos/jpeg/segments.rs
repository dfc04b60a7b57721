//! The segments of a JPEG: what stands in it before, between and after its scans. Nothing is decoded here.

use std::ops::Range;

use super::{
    super::{Problem, Watch},
    feed::without_zeros,
    frame::Frame,
};

/// What the segments say, and where those are that the decoder needs.
#[derive(Debug)]
pub(super) struct Segments<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) frame: Frame,
    /// In the order in which they stand.
    pub(super) parts: Vec<Part>,
    pub(super) has_jfif: bool,
    /// The kind of colours that Adobe's segment declares.
    pub(super) adobe: Option<u8>,
    /// The TIFF structure that the camera put in.
    pub(super) exif: Option<&'a [u8]>,
    icc: Vec<(u8, &'a [u8])>,
}

/// A part that the decoder needs.
#[derive(Debug)]
pub(super) enum Part {
    /// Segments, one behind the other.
    Segments(Range<usize>),
    /// In place of the end of a scan's header: the scan brings every coefficient to its last bit.
    Everything,
    /// The data of a scan.
    Data(Range<usize>),
}

mod marker {
    pub(super) const TEM: u8 = 0x01;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const JPG: u8 = 0xC8;
    pub(super) const DAC: u8 = 0xCC;
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DQT: u8 = 0xDB;
    pub(super) const DRI: u8 = 0xDD;
    pub(super) const APP0: u8 = 0xE0;
    pub(super) const APP1: u8 = 0xE1;
    pub(super) const APP2: u8 = 0xE2;
    pub(super) const APP14: u8 = 0xEE;
}

/// More scans than this have no use, and each costs a walk over the whole picture.
const MOST_SCANS: usize = 64;
/// Writers put the segments that matter one behind the other, or nearly so.
const MOST_PARTS: usize = 4096;
/// A profile has no more parts than one byte can count.
const MOST_OF_PROFILE: usize = 255;

/// The frame of a JPEG, if its beginning has it: what stands before is passed over.
pub(in super::super) fn frame(head: &[u8]) -> Option<Result<Frame, Problem>> {
    let mut at = 2;
    loop {
        let (code, behind) = next_marker(head, at)?;
        at = match code {
            marker::TEM | marker::SOI | 0xD0..=0xD7 => behind,
            marker::EOI | marker::SOS => return None,
            _ => {
                let body = segment(head, behind)?;
                if matches!(code, 0xC0..=0xCF) && !matches!(code, marker::DHT | marker::JPG | marker::DAC) {
                    return Some(Frame::read(code, body));
                }
                behind + 2 + body.len()
            }
        };
    }
}

impl<'a> Segments<'a> {
    /// Takes the segments apart up to the end of the image, or to where the one scan begins that has all of it.
    pub(super) fn read(bytes: &'a [u8], watch: &Watch) -> Result<Self, Problem> {
        let mut walk = Walk::default();
        // Behind the marker that every JPEG begins with.
        let mut at = 2;
        let mut is_ended = false;
        while let Some((code, behind)) = next_marker(bytes, at) {
            at = behind;
            match code {
                marker::EOI if walk.scans > 0 => is_ended = true,
                marker::EOI | marker::SOI => return Err(Problem::Damaged("it has no picture")),
                marker::TEM | 0xD0..=0xD7 => continue,
                _ => {
                    let body = segment(bytes, behind).ok_or(Problem::CutOff)?;
                    at += 2 + body.len();
                    // A marker is two bytes, and what fills the room before it is no part of it.
                    walk.take(code, body, behind - 2..at)?;
                }
            }
            if code == marker::SOS {
                watch.check()?;
                at = walk.take_data(bytes, at);
            }
            if is_ended || walk.has_all() {
                break;
            }
        }
        let frame = walk.frame.filter(|frame| is_ended || frame.is_told()).ok_or(Problem::CutOff)?;
        let Walk { parts, has_jfif, adobe, exif, icc, .. } = walk;
        Ok(Self { bytes, frame, parts, has_jfif, adobe, exif, icc })
    }

    /// The colour profile, put together from its parts; nothing if parts are missing.
    pub(super) fn icc(&self) -> Option<Vec<u8>> {
        let mut parts = self.icc.clone();
        parts.sort_by_key(|(number, _)| *number);
        let is_whole = !parts.is_empty() && parts.iter().zip(1..).all(|((number, _), at)| *number == at);
        is_whole.then(|| parts.iter().flat_map(|(_, part)| *part).copied().collect())
    }

    /// Whether the file ends with the data of its last scan: that is where something may be missing.
    pub(super) fn is_cut_off(&self) -> bool {
        match self.parts.last() {
            Some(Part::Data(range)) => end_of_scan(self.bytes, range.start) >= self.bytes.len(),
            _ => true,
        }
    }

    /// Whether zeros stand at the end of a scan that others follow.
    pub(super) fn has_padding(&self) -> bool {
        let is_padded = |part: &Part| match part {
            Part::Data(range) => {
                let data = self.bytes.get(range.clone()).unwrap_or_default();
                without_zeros(data).len() < data.len()
            }
            _ => false,
        };
        !self.frame.is_in_one_scan() && self.parts.iter().any(is_padded)
    }
}

/// What was found so far.
#[derive(Default)]
struct Walk<'a> {
    frame: Option<Frame>,
    scans: usize,
    parts: Vec<Part>,
    has_jfif: bool,
    adobe: Option<u8>,
    exif: Option<&'a [u8]>,
    icc: Vec<(u8, &'a [u8])>,
}

impl<'a> Walk<'a> {
    /// Takes a segment that has a body; its range has the marker and the length before that.
    fn take(&mut self, code: u8, body: &'a [u8], range: Range<usize>) -> Result<(), Problem> {
        match code {
            marker::DQT | marker::DHT | marker::DRI => self.keep(range)?,
            marker::JPG | marker::DAC => {}
            0xC0..=0xCF => {
                if self.frame.is_some() {
                    return Err(Problem::Damaged("it has more than one picture"));
                }
                self.frame = Some(Frame::read(code, body)?);
                self.keep(range)?;
            }
            marker::SOS => self.take_scan(body, range)?,
            marker::APP0 if self.scans == 0 => {
                self.has_jfif |= body.len() >= 14 && body.starts_with(b"JFIF\0")
            }
            marker::APP14 if self.scans == 0 && body.starts_with(b"Adobe") => {
                self.adobe = body.get(11).copied().or(self.adobe);
            }
            marker::APP1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0"),
            marker::APP2 if self.icc.len() < MOST_OF_PROFILE => {
                if let Some([number, _, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc.push((*number, part));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_scan(&mut self, body: &[u8], range: Range<usize>) -> Result<(), Problem> {
        let frame = self.frame.as_mut();
        let frame = frame.ok_or(Problem::Damaged("its picture begins before its size is known"))?;
        frame.take_scan(body)?;
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(Problem::Damaged("it has too many scans"));
        }
        if frame.is_progressive() {
            return self.keep(range);
        }
        // Some writers leave zeros where it says that the scan has everything.
        self.keep(range.start..range.end - 3)?;
        self.parts.push(Part::Everything);
        Ok(())
    }

    /// Takes the data of a scan, which begins here, and says where it ends.
    fn take_data(&mut self, bytes: &[u8], at: usize) -> usize {
        // The decoder finds the end of the only scan by itself, and what follows is no part of the image.
        let end = if self.has_all() { bytes.len() } else { end_of_scan(bytes, at) };
        self.parts.push(Part::Data(at..end));
        end
    }

    fn has_all(&self) -> bool {
        self.scans > 0 && self.frame.as_ref().is_some_and(Frame::is_in_one_scan)
    }

    fn keep(&mut self, range: Range<usize>) -> Result<(), Problem> {
        if let Some(Part::Segments(last)) = self.parts.last_mut()
            && last.end == range.start
        {
            last.end = range.end;
            return Ok(());
        }
        if self.parts.len() >= MOST_PARTS {
            return Err(Problem::Damaged("it is in too many parts"));
        }
        self.parts.push(Part::Segments(range));
        Ok(())
    }
}

/// The next marker at or after a place, and the place behind it. Some cameras leave a few bytes between segments, and
/// any marker may have fill bytes before it.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        let rest = bytes.get(at..)?;
        let first = rest.iter().position(|&byte| byte == 0xFF)?;
        let code = first + rest.get(first..)?.iter().position(|&byte| byte != 0xFF)?;
        at += code + 1;
        match *rest.get(code)? {
            0 => {}
            marker => return Some((marker, at)),
        }
    }
}

/// The body of the segment that begins here with its length.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    bytes.get(at + 2..at.checked_add(length)?)
}

/// Where the data of a scan ends: at the next marker that is not one of a restart.
fn end_of_scan(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|&byte| byte == 0xFF) else { return bytes.len() };
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            _ => return at,
        }
    }
}
