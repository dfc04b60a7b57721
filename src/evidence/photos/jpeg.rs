//! The segments of a JPEG: what stands in it before, between and after its scans.
//!
//! [`Jpeg::read`] takes them apart without decoding anything; [`baseline`] decodes what phones write.
//! Everything else (progressive, several scans, CMYK, unusual sampling) is left to the slower, general
//! decoder.

mod baseline;
mod bits;
mod dct;
mod huffman;

use super::{Problem, Watch};

/// What the segments of a JPEG say, and where its picture is.
#[derive(Debug)]
pub(super) struct Jpeg<'a> {
    bytes: &'a [u8],
    /// Across and down.
    pub(super) size: (u32, u32),
    components: Vec<Component>,
    /// Whether one scan has it all, coded in the simplest way.
    is_baseline: bool,
    is_progressive: bool,
    /// The header of the first scan, and where its data begins.
    scan: &'a [u8],
    data: usize,
    scans: u32,
    quantization: [Option<[u16; 64]>; 4],
    dc_codes: [Option<huffman::Codes<'a>>; 4],
    ac_codes: [Option<huffman::Codes<'a>>; 4],
    /// After how many units the coding begins afresh; 0 for never.
    restart: u32,
    adobe: Option<u8>,
    /// The TIFF structure that the camera put in.
    pub(super) exif: Option<&'a [u8]>,
    icc: Vec<(u8, &'a [u8])>,
}

#[derive(Clone, Copy, Debug)]
struct Component {
    id: u8,
    across: u8,
    down: u8,
    quantization: u8,
}

mod marker {
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DQT: u8 = 0xDB;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const DRI: u8 = 0xDD;
    pub(super) const APP1: u8 = 0xE1;
    pub(super) const APP2: u8 = 0xE2;
    pub(super) const APP14: u8 = 0xEE;
}

/// More scans than this have no use, and each costs a walk over the whole picture.
const MOST_SCANS: u32 = 64;

impl<'a> Jpeg<'a> {
    /// Takes the segments apart, up to the end of the image; what follows is no part of it.
    pub(super) fn read(bytes: &'a [u8], watch: &Watch) -> Result<Self, Problem> {
        let mut jpeg = Self {
            bytes,
            size: (0, 0),
            components: Vec::new(),
            is_baseline: false,
            is_progressive: false,
            scan: &[],
            data: 0,
            scans: 0,
            quantization: [None; 4],
            dc_codes: [None; 4],
            ac_codes: [None; 4],
            restart: 0,
            adobe: None,
            exif: None,
            icc: Vec::new(),
        };
        let mut at = 2;
        loop {
            let (code, behind) = next_marker(bytes, at).ok_or(Problem::CutOff)?;
            at = behind;
            match code {
                marker::EOI if jpeg.scans > 0 => return Ok(jpeg),
                marker::EOI | marker::SOI => return Err(Problem::damaged("it has no picture")),
                0x01 | 0xD0..=0xD7 => continue,
                _ => {}
            }
            let body = segment(bytes, at).ok_or(Problem::CutOff)?;
            at += 2 + body.len();
            if code != marker::SOS {
                jpeg.take(code, body)?;
                continue;
            }
            if jpeg.components.is_empty() {
                return Err(Problem::damaged("its picture begins before its size is known"));
            }
            jpeg.scans += 1;
            if jpeg.scans == 1 {
                (jpeg.scan, jpeg.data) = (body, at);
            }
            if jpeg.scans > MOST_SCANS {
                return Err(Problem::damaged("it has too many scans"));
            }
            watch.check()?;
            at = end_of_scan(bytes, at);
        }
    }

    fn take(&mut self, code: u8, body: &'a [u8]) -> Result<(), Problem> {
        match code {
            marker::DQT if self.scans == 0 => self.take_quantization(body),
            marker::DHT if self.scans == 0 => self.take_codes(body),
            marker::DRI if self.scans == 0 => {
                let interval = body.first_chunk().ok_or(Problem::damaged("a segment is too short"))?;
                self.restart = u16::from_be_bytes(*interval).into();
                Ok(())
            }
            0xC0..=0xCF if code != marker::DHT && code != 0xC8 && code != 0xCC => self.take_frame(code, body),
            marker::APP1 if self.exif.is_none() => {
                self.exif = body.strip_prefix(b"Exif\0\0");
                Ok(())
            }
            marker::APP2 => {
                if let Some([number, _, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc.push((*number, part));
                }
                Ok(())
            }
            marker::APP14 if body.starts_with(b"Adobe") => {
                self.adobe = body.get(11).copied();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_frame(&mut self, code: u8, body: &[u8]) -> Result<(), Problem> {
        let [precision, high, low, wide, narrow, count, components @ ..] = body else {
            return Err(Problem::damaged("a segment is too short"));
        };
        if !self.components.is_empty() {
            return Err(Problem::damaged("it has more than one picture"));
        }
        if !matches!(code, 0xC0..=0xC2) || *precision != 8 {
            return Err(Problem::Unsupported("a JPEG of an unusual kind (lossless, arithmetic or 12 bits)"));
        }
        self.size = (u16::from_be_bytes([*wide, *narrow]).into(), u16::from_be_bytes([*high, *low]).into());
        let (components, rest) = components.as_chunks::<3>();
        let all = components.iter().map(|&[id, factors, quantization]| Component {
            id,
            across: factors >> 4,
            down: factors & 15,
            quantization,
        });
        self.components = all.collect();
        self.is_progressive = code == 0xC2;
        self.is_baseline = code != 0xC2;
        let fits =
            |component: &Component| (1..=4).contains(&component.across) && (1..=4).contains(&component.down);
        if !rest.is_empty()
            || self.components.len() != usize::from(*count)
            || !matches!(self.components.len(), 1 | 3 | 4)
            || !self.components.iter().all(fits)
        {
            return Err(Problem::damaged("its colours make no sense"));
        }
        Ok(())
    }

    fn take_quantization(&mut self, mut body: &[u8]) -> Result<(), Problem> {
        while let Some((&head, rest)) = body.split_first() {
            let (table, wide) = (usize::from(head & 15), head >> 4 == 1);
            let bytes = rest.get(..if wide { 128 } else { 64 });
            let (Some(bytes), Some(slot)) = (bytes, self.quantization.get_mut(table)) else {
                return Err(Problem::damaged("a table is wrong"));
            };
            let mut values = [0; 64];
            if wide {
                for (value, pair) in values.iter_mut().zip(bytes.as_chunks::<2>().0) {
                    *value = u16::from_be_bytes(*pair);
                }
            } else {
                for (value, byte) in values.iter_mut().zip(bytes) {
                    *value = u16::from(*byte);
                }
            }
            *slot = Some(values);
            body = rest.get(bytes.len()..).unwrap_or_default();
        }
        Ok(())
    }

    fn take_codes(&mut self, mut body: &'a [u8]) -> Result<(), Problem> {
        while let Some((&head, rest)) = body.split_first() {
            let codes = huffman::Codes::split(rest).ok_or(Problem::damaged("a table is wrong"))?;
            let class = match head >> 4 {
                0 => &mut self.dc_codes,
                1 => &mut self.ac_codes,
                _ => return Err(Problem::damaged("a table is wrong")),
            };
            let slot = class.get_mut(usize::from(head & 15)).ok_or(Problem::damaged("a table is wrong"))?;
            *slot = Some(codes.0);
            body = codes.1;
        }
        Ok(())
    }

    /// The colour profile, put together from its parts; nothing if parts are missing.
    pub(super) fn icc(&self) -> Option<Vec<u8>> {
        let mut parts = self.icc.clone();
        parts.sort_by_key(|(number, _)| *number);
        let is_whole = !parts.is_empty() && parts.iter().zip(1..).all(|((number, _), at)| *number == at);
        is_whole.then(|| parts.iter().flat_map(|(_, part)| *part).copied().collect())
    }

    /// Whether the colours are luminance and two differences (or luminance alone), as JFIF has it.
    fn has_usual_colours(&self) -> bool {
        let ids: Vec<u8> = self.components.iter().map(|component| component.id).collect();
        match *ids.as_slice() {
            [_] => true,
            [1, 2, 3] => true,
            [b'R' | b'r', b'G' | b'g', b'B' | b'b'] => false,
            [_, _, _] => self.adobe != Some(0),
            _ => false,
        }
    }

    /// How many bytes the general decoder takes for it, at most: all coefficients of a progressive one, and
    /// the picture in three colours.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.size.0) * u64::from(self.size.1);
        let most = |factor: fn(&Component) -> u8| {
            u64::from(self.components.iter().map(factor).max().unwrap_or(1).max(1))
        };
        let all = most(|component| component.across) * most(|component| component.down);
        let samples: u64 = self
            .components
            .iter()
            .map(|component| pixels * u64::from(component.across) * u64::from(component.down) / all.max(1))
            .sum();
        // Strips, tables and what is left of blocks at the edges.
        const BESIDES: u64 = 4 << 20;
        BESIDES + 3 * pixels + if self.is_progressive { 2 * samples } else { 0 }
    }

    /// How many components it has: one is grey.
    pub(super) fn colours(&self) -> usize {
        self.components.len()
    }
}

/// The next marker at or after a place where there has to be one, and the place behind it.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at..)?;
    // Some cameras leave a few bytes between segments, and any marker may have fill bytes before it.
    let first = rest.iter().position(|&byte| byte == 0xFF)?;
    let code = first + rest.get(first..)?.iter().position(|&byte| byte != 0xFF)?;
    match *rest.get(code)? {
        0 => None,
        marker => Some((marker, at + code + 1)),
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
        // Eight at a time: nearly all of a photo is this.
        let words = rest.as_chunks::<8>().0;
        at += 8 * words.iter().take_while(|word| !bits::has_ff(u64::from_be_bytes(**word))).count();
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
