//! WAV: chunks in a RIFF. Two of them are sound.

use super::{
    Format, Found, Problem,
    cut::{Cut, Stretch, padded},
    milliseconds, small_u16, small_u32,
};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;
/// A length that no recording has: the recorder did not know it.
const STREAMED: u32 = 0x7FFF_0000;

/// Reads what begins with `RIFF`, and writes it anew with its format and its samples.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let (mut format, mut samples) = (None, None);
    let mut at = 12_usize;
    while let Some(kind) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        let Some(length) = small_u32(bytes, at + 4) else { break };
        let body = (at + 8).checked_add(length as usize).and_then(|end| bytes.get(at + 8..end));
        match kind {
            b"fmt " if format.is_none() => format = Some(body.ok_or(Problem::CutOff)?),
            b"data" if format.is_some() => {
                let rest = bytes.get(at + 8..).unwrap_or_default();
                // A recorder that was ended before it wrote the length, one that streams, and one that counts its header
                // mean all of it. What lacks more than a header is cut off.
                let means_all = match length {
                    0 => !are_chunks(rest),
                    _ => body.is_none() && (length as usize <= bytes.len() || length >= STREAMED),
                };
                samples = Some(if means_all { rest } else { body.ok_or(Problem::CutOff)? });
                break;
            }
            _ if body.is_none() => return Err(Problem::CutOff),
            _ => {}
        }
        at += 8 + length as usize + length as usize % 2;
    }
    let samples = samples.filter(|samples| !samples.is_empty());
    let (Some(format), Some(samples)) = (format, samples) else { return Err(Problem::CutOff) };
    let wrong = Problem::Damaged("its format makes no sense");
    let number = |at| small_u16(format, at).ok_or(wrong);
    let (code, channels, align, depth) = (number(0)?, number(2)?, number(12)?, number(14)?);
    let rate = small_u32(format, 4).ok_or(wrong)?;
    let length = match code {
        PCM => 16,
        FLOAT | A_LAW | MU_LAW => 18,
        EXTENSIBLE => 40,
        _ => return Err(Problem::Unsupported("a WAV of compressed sound")),
    };
    let is_sound = (1..=8).contains(&channels)
        && (1..=768_000).contains(&rate)
        && matches!(depth, 8 | 16 | 24 | 32 | 64)
        && u32::from(align) == u32::from(channels) * u32::from(depth) / 8;
    if !is_sound {
        return Err(wrong);
    }
    let mut written = Vec::with_capacity(40);
    written.extend_from_slice(format.get(..16).unwrap_or_default());
    if let Some(speed) = written.get_mut(8..12) {
        speed.copy_from_slice(&rate.wrapping_mul(u32::from(align)).to_le_bytes());
    }
    match length {
        18 => written.extend_from_slice(&[0; 2]),
        40 => written.extend_from_slice(extension(format).ok_or(wrong)?),
        _ => {}
    }
    if samples.len() < usize::from(align.max(1)) {
        return Err(Problem::CutOff);
    }
    // Half a sample at the end is none.
    let samples =
        samples.get(..samples.len() - samples.len() % usize::from(align.max(1))).unwrap_or_default();
    let time = milliseconds((samples.len() / usize::from(align.max(1))) as u64, rate.into()).ok_or(wrong)?;
    let padding = samples.len() % 2;
    let all = u32::try_from(4 + 8 + written.len() + 8 + samples.len() + padding).map_err(|_| wrong)?;
    let mut clean = Vec::with_capacity(all as usize + 8);
    clean.extend_from_slice(b"RIFF");
    clean.extend_from_slice(&all.to_le_bytes());
    clean.extend_from_slice(b"WAVEfmt ");
    clean.extend_from_slice(&(written.len() as u32).to_le_bytes());
    clean.extend_from_slice(&written);
    clean.extend_from_slice(b"data");
    clean.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    clean.extend_from_slice(samples);
    clean.extend_from_slice(&vec![0; padding]);
    Ok((time, clean))
}

/// A copy in which these stretches are silent, with a chunk of padding behind its samples.
pub(super) fn cut(bytes: &[u8], stretches: &[Stretch]) -> Result<Cut, Problem> {
    const FORMAT: usize = 20;
    const HEAD: usize = 8;
    let (_, mut bytes) = read(bytes)?;
    let wrong = Problem::Damaged("its format makes no sense");
    let length = small_u32(&bytes, FORMAT - 4).ok_or(wrong)? as usize;
    let number = |at| small_u16(&bytes, FORMAT + at).ok_or(wrong);
    let code = match number(0)? {
        // Which of the plain ones it is.
        EXTENSIBLE => number(24)?,
        code => code,
    };
    let silence = match (code, number(14)?) {
        (PCM, 8) => 0x80,
        (A_LAW, _) => 0xD5,
        (MU_LAW, _) => 0xFF,
        _ => 0,
    };
    let rate = u64::from(small_u32(&bytes, FORMAT + 4).ok_or(wrong)?);
    let align = u64::from(number(12)?);
    let start = FORMAT + length + HEAD;
    let sound = small_u32(&bytes, start - 4).ok_or(wrong)? as usize;
    let samples = bytes.get_mut(start..start + sound).ok_or(wrong)?;
    let place = |time: u64| usize::try_from(time.saturating_mul(align)).unwrap_or(usize::MAX).min(sound);
    for Stretch { from, to } in stretches {
        let from = place(from.saturating_mul(rate) / 1_000);
        let to = place(to.saturating_mul(rate).div_ceil(1_000));
        samples.get_mut(from..to).unwrap_or_default().fill(silence);
    }
    let end = bytes.len();
    let all = padded(end + HEAD);
    let size = |length: usize| u32::try_from(length).map(u32::to_le_bytes).map_err(|_| wrong);
    bytes.get_mut(4..HEAD).ok_or(wrong)?.copy_from_slice(&size(all - HEAD)?);
    bytes.extend_from_slice(b"JUNK");
    bytes.extend_from_slice(&size(all - end - HEAD)?);
    bytes.resize(all, 0);
    Ok(Cut { format: Format::Wav, bytes, padding: all - end - HEAD })
}

/// Whether these bytes are chunks to their end, and not samples without a length.
fn are_chunks(bytes: &[u8]) -> bool {
    let mut at = 0_usize;
    while let Some(kind) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        let Some(length) = small_u32(bytes, at + 4) else { return false };
        if !kind.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
            return false;
        }
        let Some(end) = at.checked_add(8 + length as usize + length as usize % 2) else { return false };
        at = end;
    }
    at == bytes.len()
}

/// The rest of an extensible format, whose identifier is one of the plain formats again.
fn extension(format: &[u8]) -> Option<&[u8]> {
    const TAIL: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";
    let is_known = small_u16(format, 16)? == 22
        && matches!(small_u16(format, 24)?, PCM | FLOAT | A_LAW | MU_LAW)
        && format.get(26..40)? == TAIL;
    format.get(16..40).filter(|_| is_known)
}
