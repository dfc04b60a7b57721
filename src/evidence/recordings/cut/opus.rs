//! Packets of Opus (RFC 6716, section 3).

use std::borrow::Cow;

use super::Problem;

const WRONG: Problem = Problem::Damaged("a packet makes no sense");
/// No packet lasts longer: 120 milliseconds.
const LONGEST: u32 = 5_760;
/// The code of a packet that says how many frames it has.
const SEVERAL: u8 = 3;
/// That padding follows the frames.
const PADDED: u8 = 0x40;

/// How many ticks of 1/48000 second a packet lasts.
pub(in crate::evidence::recordings) fn ticks(packet: &[u8]) -> Result<u32, Problem> {
    let first = *packet.first().ok_or(WRONG)?;
    let frame = match first >> 3 {
        coding @ 0..12 => [480, 960, 1_920, 2_880].get(usize::from(coding & 3)).copied().ok_or(WRONG)?,
        coding @ 12..16 => 480 << (coding & 1),
        coding => 120 << (coding & 3),
    };
    let frames = match first & 3 {
        0 => 1,
        SEVERAL => u32::from(packet.get(1).ok_or(WRONG)? & 0x3F),
        _ => 2,
    };
    let ticks: u32 = frame * frames;
    (1..=LONGEST).contains(&ticks).then_some(ticks).ok_or(WRONG)
}

/// The packet without the padding behind its frames, in which encoders may repeat what was heard before.
pub(in crate::evidence::recordings) fn without_padding(packet: &[u8]) -> Result<Cow<'_, [u8]>, Problem> {
    let [first, count, rest @ ..] = packet else { return Ok(packet.into()) };
    if first & 3 != SEVERAL || count & PADDED == 0 {
        return Ok(packet.into());
    }
    let (mut rest, mut padding) = (rest, 0_usize);
    loop {
        let (&length, behind) = rest.split_first().ok_or(WRONG)?;
        rest = behind;
        match length {
            255 => padding += 254,
            _ => {
                padding += usize::from(length);
                break;
            }
        }
    }
    let frames = rest.len().checked_sub(padding).and_then(|length| rest.get(..length)).ok_or(WRONG)?;
    Ok([&[*first, count & !PADDED], frames].concat().into())
}

/// A packet of so many ticks in which nothing is heard: frames of CELT whose first bit says so.
pub(in crate::evidence::recordings) fn silence(ticks: u32) -> Vec<u8> {
    const FULL_BAND: u8 = 28;
    const SILENT: [u8; 2] = [0xFF, 0xFE];
    let size = (0..4_u8).rev().find(|size| ticks.is_multiple_of(120 << size)).unwrap_or_default();
    let count = (ticks / (120 << size)).clamp(1, LONGEST / 120);
    let first = (FULL_BAND + size) << 3;
    match u8::try_from(count) {
        Ok(count) if count > 1 => [&[first | SEVERAL, count][..], &SILENT.repeat(count.into())].concat(),
        _ => [&[first][..], &SILENT].concat(),
    }
}
