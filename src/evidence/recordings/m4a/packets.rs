//! The packets of an M4A: noted one by one while it is read.

use std::ops::Range;

use super::{Part, Problem, Reader, WRONG};
use crate::evidence::recordings::{
    big_u16,
    cut::{Aac, Codec, MOST_PACKETS, Sound},
};

/// A packet: where it lies, and when it begins, in ticks of its track.
#[derive(Clone, Copy)]
struct Sample {
    start: usize,
    size: usize,
    at: u64,
}

/// A part of the sound that is played: how long, in ticks of the movie; from where, in ticks of the track, or nothing for so
/// long; and whether at its own speed.
struct Edit {
    lasts: u64,
    from: Option<u64>,
    is_plain: bool,
}

/// What a copy is made of.
#[derive(Default)]
pub(super) struct Noted {
    /// Ticks a second of the movie.
    pub(super) clock: u32,
    /// How the sound is coded, and where that is described.
    pub(super) coding: Option<([u8; 4], Range<usize>)>,
    /// When the next sample of a fragment begins, in ticks of its track.
    pub(super) next: u64,
    samples: Vec<Sample>,
    bytes: usize,
    edits: Vec<Edit>,
}

impl Noted {
    fn add(&mut self, sample: Sample, most: usize) -> Result<(), Problem> {
        if self.samples.len() >= MOST_PACKETS {
            return Err(Problem::Unsupported("a recording in crumbs"));
        }
        self.bytes = self.bytes.saturating_add(sample.size);
        // What is there twice is no sound that a phone recorded.
        if self.bytes > most {
            return Err(WRONG);
        }
        self.samples.push(sample);
        Ok(())
    }
}

/// The packets of the sound; each begins when its table says so.
pub(in crate::evidence::recordings) fn sound(bytes: &[u8]) -> Result<Sound, Problem> {
    let (_, rate, mut reader) = Reader::of(bytes, Some(Noted::default()))?;
    let noted = reader.noted.take().unwrap_or_default();
    let (codec, skipped) = noted.codec(&reader.bytes)?;
    let mut sound = Sound::new(codec);
    let skipped = Sound::time(-i64::from(skipped), 48_000)?;
    sound.may_be_moved(skipped);
    if let Some((by, from, to)) = noted.edit(rate)? {
        // Some players know nothing of edits.
        sound.may_be_moved(by);
        sound.may_be_moved(by + skipped);
        sound.is_played(from, to);
    }
    for Sample { start, size, at } in noted.samples {
        let packet = reader.bytes.get(start..start + size).ok_or(Problem::CutOff)?;
        sound.push(packet, Sound::time(i64::try_from(at).map_err(|_| WRONG)?, rate)?)?;
    }
    Ok(sound)
}

impl Noted {
    /// How the sound is coded, and how many ticks of it are not heard, where that is said.
    fn codec(&self, bytes: &[u8]) -> Result<(Codec, u16), Problem> {
        let (kind, place) =
            self.coding.clone().ok_or(Problem::Unsupported("an MP4 that does not say how it is coded"))?;
        let described = bytes.get(place).unwrap_or_default();
        match &kind {
            b"mp4a" => Ok((Codec::Aac(Aac::read(config(described)?)?), 0)),
            b"Opus" => match described {
                [0, channels, .., 0] => {
                    Ok((Codec::opus(*channels)?, big_u16(described, 2).unwrap_or_default()))
                }
                _ => Err(Problem::Unsupported("sound of several streams")),
            },
            _ => Err(Problem::Unsupported("an MP4 of ALAC")),
        }
    }

    /// By how much edits move what is heard, and which part of the sound that is, in microseconds; none without edits.
    fn edit(&self, rate: u32) -> Result<Option<(i64, i64, i64)>, Problem> {
        let time = |ticks: u64, rate| Sound::time(i64::try_from(ticks).map_err(|_| WRONG)?, rate);
        let (waits, edit) = match self.edits.as_slice() {
            [] => return Ok(None),
            [edit] => (0, edit),
            [Edit { lasts, from: None, .. }, edit] => (time(*lasts, self.clock)?, edit),
            _ => return Err(Problem::Unsupported("an MP4 that was put together of parts")),
        };
        let Edit { lasts, from: Some(from), is_plain: true } = edit else {
            return Err(Problem::Unsupported("an MP4 that is not played as it was recorded"));
        };
        let from = time(*from, rate)?;
        // In fragments nobody knew how long it would be.
        let to = if *lasts == 0 { i64::MAX } else { from + time(*lasts, self.clock)? };
        Ok(Some((waits - from, from, to)))
    }
}

/// What a decoder is given, out of the descriptors around it.
fn config(described: &[u8]) -> Result<&[u8], Problem> {
    let stream = within(described.get(4..).ok_or(WRONG)?, 3)?;
    let flags = *stream.get(2).ok_or(WRONG)?;
    // That it depends on another stream, is elsewhere, or has a clock of its own.
    if flags & 0xE0 != 0 {
        return Err(Problem::Unsupported("an MP4 of several streams"));
    }
    let decoder = within(stream.get(3..).ok_or(WRONG)?, 4)?;
    if decoder.first() != Some(&0x40) {
        return Err(Problem::Unsupported("an MP4 of neither AAC nor Opus"));
    }
    within(decoder.get(13..).ok_or(WRONG)?, 5)
}

/// What is in the descriptor that these bytes begin with, which is of this kind.
fn within(bytes: &[u8], wanted: u8) -> Result<&[u8], Problem> {
    let (kind, mut rest) = bytes.split_first().ok_or(WRONG)?;
    let mut length = 0_usize;
    for _ in 0..4 {
        let (byte, behind) = rest.split_first().ok_or(WRONG)?;
        rest = behind;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    rest.get(..length).filter(|_| *kind == wanted).ok_or(WRONG)
}

impl Reader {
    /// Notes something, if anything is to be noted.
    pub(super) fn note(&mut self, what: impl FnOnce(&mut Noted)) {
        if let Some(noted) = &mut self.noted {
            what(noted);
        }
    }

    /// Notes the samples of a chunk: how many from which on, each of this size or of that in the table.
    pub(super) fn note_chunk(
        &mut self,
        sizes: &Part,
        one: usize,
        (first, count): (usize, usize),
        start: usize,
    ) -> Result<(), Problem> {
        let Some(mut noted) = self.noted.take() else { return Ok(()) };
        let mut start = start;
        for sample in first..first + count {
            let size = if one > 0 { one } else { self.u32(sizes, 12 + 4 * sample)? as usize };
            noted.add(Sample { start, size, at: 0 }, self.bytes.len())?;
            start = start.checked_add(size).ok_or(WRONG)?;
        }
        self.noted = Some(noted);
        Ok(())
    }

    /// Notes when the samples of the table begin.
    pub(super) fn note_times(&mut self, times: &Part) -> Result<(), Problem> {
        let Some(mut noted) = self.noted.take() else { return Ok(()) };
        let mut samples = noted.samples.iter_mut();
        let mut next = 0_u64;
        for entry in 0..self.u32(times, 4)? as usize {
            let (count, each) = (self.u32(times, 8 + 8 * entry)?, self.u32(times, 12 + 8 * entry)?);
            for sample in samples.by_ref().take(count as usize) {
                sample.at = next;
                next = next.saturating_add(each.into());
            }
        }
        samples.for_each(|sample| sample.at = next);
        noted.next = next;
        self.noted = Some(noted);
        Ok(())
    }

    /// Notes samples of a fragment, one behind the other, with their sizes and how long they last.
    pub(super) fn note_run(&mut self, start: usize, found: &[(u32, u32)]) -> Result<(), Problem> {
        let most = self.bytes.len();
        let Some(noted) = &mut self.noted else { return Ok(()) };
        let mut start = start;
        for (size, lasts) in found {
            let (size, at) = (*size as usize, noted.next);
            noted.add(Sample { start, size, at }, most)?;
            start = start.checked_add(size).ok_or(WRONG)?;
            noted.next = noted.next.saturating_add((*lasts).into());
        }
        Ok(())
    }

    /// Notes what of the sound is played, and when.
    pub(super) fn note_edits(&mut self, list: &Part) -> Result<(), Problem> {
        if self.noted.is_none() {
            return Ok(());
        }
        let is_long = self.more(list)? > 0;
        let (count, mut at) = (self.u32(list, 4)?, 8);
        for _ in 0..count.min(3) {
            let mut number = || {
                let number = self.u32(list, at);
                at += 4;
                number
            };
            let (lasts, from) = if is_long {
                let [a, b, c, d] = [number()?, number()?, number()?, number()?].map(u64::from);
                (a << 32 | b, (c << 32 | d).cast_signed())
            } else {
                let [lasts, from] = [number()?, number()?];
                (lasts.into(), from.cast_signed().into())
            };
            let is_plain = number()? == 0x1_0000;
            let edit = Edit { lasts, from: u64::try_from(from).ok(), is_plain };
            self.note(|noted| noted.edits.push(edit));
        }
        Ok(())
    }
}
