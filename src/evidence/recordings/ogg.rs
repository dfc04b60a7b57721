//! Ogg: pages of packets. The packets of comments are written anew without any; all others stay.

use super::{
    Found, Problem,
    cut::{Codec as Coding, Sound},
    milliseconds, small_u32,
};

/// One page.
#[derive(Clone, Copy)]
struct Page<'a> {
    /// All of it.
    bytes: &'a [u8],
    flags: u8,
    granule: u64,
    serial: u32,
    /// The lengths of its parts, and those.
    lengths: &'a [u8],
    body: &'a [u8],
}

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;
/// A page on which no packet ends has no time.
const NO_TIME: u64 = u64::MAX;

const HEADER: usize = 27;

fn page(bytes: &[u8]) -> Result<Page<'_>, Problem> {
    let header = bytes.first_chunk::<HEADER>().ok_or(Problem::CutOff)?;
    if !header.starts_with(b"OggS\0") {
        return Err(Problem::Damaged("something stands between its pages"));
    }
    let [.., count] = *header;
    let (lengths, rest) =
        bytes.get(HEADER..).and_then(|rest| rest.split_at_checked(count.into())).ok_or(Problem::CutOff)?;
    let length = lengths.iter().map(|&length| usize::from(length)).sum();
    let body = rest.get(..length).ok_or(Problem::CutOff)?;
    let page = Page {
        bytes: bytes.get(..HEADER + lengths.len() + length).unwrap_or_default(),
        flags: header.get(5).copied().unwrap_or_default(),
        granule: header
            .get(6..14)
            .and_then(|bytes| bytes.first_chunk())
            .map_or(0, |g| u64::from_le_bytes(*g)),
        serial: small_u32(header, 14).unwrap_or_default(),
        lengths,
        body,
    };
    if small_u32(header, 22) != Some(sum(page.bytes)) {
        return Err(Problem::Damaged("a page does not fit its sum"));
    }
    Ok(page)
}

/// The sum of a page, whose own place in it counts as zeros.
fn sum(page: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    page.iter().enumerate().fold(0, |sum, (at, &byte)| {
        let byte = if (22..26).contains(&at) { 0 } else { byte };
        sum << 8 ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)]
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut value, mut bit) = ((at as u32) << 24, 0);
        while bit < 8 {
            value = if value >> 31 == 1 { value << 1 ^ 0x04C1_1DB7 } else { value << 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}

/// What is in the stream.
struct Codec {
    /// Its first packet, without anything behind.
    head: Vec<u8>,
    /// A packet of comments that has none.
    comments: &'static [u8],
    /// How many packets come before the sound.
    heads: usize,
    /// Ticks a second, and how many of them are not heard.
    rate: u64,
    skipped: u64,
}

fn codec(head: &[u8]) -> Result<Codec, Problem> {
    let wrong = Problem::Damaged("its head makes no sense");
    if head.starts_with(b"OpusHead") {
        let channels = usize::from(*head.get(9).ok_or(wrong)?);
        let is_plain = *head.get(18).ok_or(wrong)? == 0;
        let length = if is_plain { 19 } else { 21 + channels };
        let skipped = super::small_u16(head, 10).ok_or(wrong)?.into();
        let head = head.get(..length).filter(|head| head.len() < 255).ok_or(wrong)?.to_vec();
        return Ok(Codec { head, comments: b"OpusTags\0\0\0\0\0\0\0\0", heads: 2, rate: 48_000, skipped });
    }
    if head.starts_with(b"\x01vorbis") {
        let rate = small_u32(head, 12).filter(|rate| (1..=768_000).contains(rate)).ok_or(wrong)?.into();
        let head = head.get(..30).ok_or(wrong)?.to_vec();
        return Ok(Codec { head, comments: b"\x03vorbis\0\0\0\0\0\0\0\0\x01", heads: 3, rate, skipped: 0 });
    }
    if head.starts_with(b"\x80theora") {
        return Err(Problem::Film);
    }
    Err(Problem::Unsupported("an Ogg of neither Opus nor Vorbis"))
}

/// Reads what begins with `OggS`.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let first = page(bytes)?;
    let head = first.body.get(..first.lengths.first().map_or(0, |&length| length.into())).unwrap_or_default();
    if first.flags & FIRST == 0 || first.lengths.len() != 1 {
        return Err(Problem::Damaged("it does not begin with its head"));
    }
    let codec = codec(head)?;
    let mut rest = bytes.get(first.bytes.len()..).unwrap_or_default();
    let mut heads: Vec<Vec<u8>> = vec![codec.head.clone()];
    let mut open = Vec::new();
    while heads.len() < codec.heads {
        let page = next(&mut rest, first.serial)?;
        let mut body = page.body;
        for (number, &length) in page.lengths.iter().enumerate() {
            let (part, behind) = body.split_at_checked(length.into()).ok_or(Problem::CutOff)?;
            body = behind;
            open.extend_from_slice(part);
            if length < 255 {
                heads.push(std::mem::take(&mut open));
                if heads.len() == codec.heads && number + 1 < page.lengths.len() {
                    return Err(Problem::Damaged("its sound does not begin on a page of its own"));
                }
            }
        }
    }
    for (packet, start) in heads.iter().skip(1).zip([codec.comments, b"\x05vorbis"]) {
        if packet.get(..7) != start.get(..7) {
            return Err(Problem::Damaged("its heads make no sense"));
        }
    }
    if let Some(comments) = heads.get_mut(1) {
        *comments = codec.comments.to_vec();
    }
    let mut clean = Vec::with_capacity(bytes.len());
    let mut number = 0;
    let mut write = |flags: u8, granule: u64, lengths: &[u8], body: &[u8]| {
        let start = clean.len();
        clean.extend_from_slice(b"OggS\0");
        clean.push(flags);
        clean.extend_from_slice(&granule.to_le_bytes());
        clean.extend_from_slice(&first.serial.to_le_bytes());
        clean.extend_from_slice(&u32::to_le_bytes(number));
        clean.extend_from_slice(&[0; 4]);
        clean.push(lengths.len() as u8);
        clean.extend_from_slice(lengths);
        clean.extend_from_slice(body);
        let sum = sum(clean.get(start..).unwrap_or_default());
        if let Some(place) = clean.get_mut(start + 22..start + 26) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
        number += 1;
    };
    write(FIRST, 0, &[codec.head.len() as u8], &codec.head);
    let lengths: Vec<u8> = heads.iter().skip(1).flat_map(|head| laced(head.len())).collect();
    let body = heads.get(1..).unwrap_or_default().concat();
    let mut body = body.as_slice();
    let mut is_open = false;
    for lengths in lengths.chunks(255) {
        let length = lengths.iter().map(|&length| usize::from(length)).sum();
        let (part, behind) = body.split_at_checked(length).ok_or(Problem::CutOff)?;
        let ends = lengths.iter().any(|&length| length < 255);
        write(if is_open { CONTINUED } else { 0 }, if ends { 0 } else { NO_TIME }, lengths, part);
        (body, is_open) = (behind, lengths.last() == Some(&255));
    }
    let mut end = None;
    loop {
        let page = match next(&mut rest, first.serial) {
            Ok(page) => page,
            // A recorder that was ended wrote half a page, or none that says that it is the last.
            Err(Problem::CutOff) => break,
            Err(problem) => return Err(problem),
        };
        if page.granule != NO_TIME {
            end = Some(page.granule);
        }
        write(page.flags & (CONTINUED | LAST), page.granule, page.lengths, page.body);
        // What stands behind the end is no part of it.
        if page.flags & LAST != 0 {
            break;
        }
    }
    let ticks = end.ok_or(Problem::CutOff)?.saturating_sub(codec.skipped);
    let time = milliseconds(ticks, codec.rate).ok_or(Problem::Damaged("its time makes no sense"))?;
    Ok((time, clean))
}

/// The packets of the sound; each begins when its page says so, counted from the first one.
pub(super) fn sound(bytes: &[u8]) -> Result<Sound, Problem> {
    const RATE: u32 = 48_000;
    let (_, clean) = read(bytes)?;
    let first = page(&clean)?;
    if !first.body.starts_with(b"OpusHead") {
        return Err(Problem::Unsupported("an Ogg of Vorbis"));
    }
    let (codec, skipped) = Coding::of_opus_head(first.body)?;
    let mut sound = Sound::new(codec);
    sound.may_be_moved(Sound::time(-i64::from(skipped), RATE)?);
    let mut rest = clean.get(first.bytes.len()..).unwrap_or_default();
    let (mut open, mut is_head, mut before, mut first_began) = (Vec::new(), true, 0_i64, None);
    while !rest.is_empty() {
        let page = next(&mut rest, first.serial)?;
        let mut body = page.body;
        // How long the packets last that end on this page, each with those before it.
        let (mut ends, mut last) = (Vec::new(), 0_i64);
        for &length in page.lengths {
            let (part, behind) = body.split_at_checked(length.into()).ok_or(Problem::CutOff)?;
            body = behind;
            open.extend_from_slice(part);
            if length == 255 {
                continue;
            }
            let packet: Vec<u8> = std::mem::take(&mut open);
            // The comments have a packet of their own.
            if std::mem::take(&mut is_head) || packet.is_empty() {
                continue;
            }
            let ticks = i64::from(sound.push(&packet, Sound::time(before, RATE)?)?);
            ends.push(last);
            (before, last) = (before + ticks, last + ticks);
        }
        let granule =
            i64::try_from(page.granule).ok().filter(|_| page.granule != NO_TIME && !ends.is_empty());
        if let Some(granule) = granule {
            let began = granule.checked_sub(last).ok_or(Problem::Damaged("its time makes no sense"))?;
            let zero = *first_began.get_or_insert(began);
            let at = |end: &i64| Sound::time(began.saturating_sub(zero).saturating_add(*end), RATE);
            sound.last_began(&ends.iter().map(at).collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(sound)
}

/// The next page, which has to be of this stream.
fn next<'a>(rest: &mut &'a [u8], serial: u32) -> Result<Page<'a>, Problem> {
    let page = page(rest)?;
    *rest = rest.get(page.bytes.len()..).unwrap_or_default();
    if page.serial == serial && page.flags & FIRST == 0 {
        Ok(page)
    } else {
        Err(Problem::Unsupported("an Ogg of several streams"))
    }
}

/// The lengths of the parts of a packet.
fn laced(length: usize) -> impl Iterator<Item = u8> {
    std::iter::repeat_n(255, length / 255).chain([(length % 255) as u8])
}
