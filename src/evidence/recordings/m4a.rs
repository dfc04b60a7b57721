//! M4A: boxes in boxes. Those that are not sound become free space where they stand, and so does all of the
//! data that no sample of the sound lies in. What is written while it is recorded comes in [`fragments`].

mod boxes;
mod fragments;
mod packets;
mod tables;

use std::ops::Range;

pub(super) use self::packets::sound;
use self::{fragments::Defaults, packets::Noted};
use super::{Found, Problem, clear, milliseconds};

/// A box: which, where it is, and where what is in it begins.
#[derive(Clone, Copy)]
struct Part {
    kind: [u8; 4],
    start: usize,
    body: usize,
    end: usize,
}

/// Phones write two a second.
const MOST_CHUNKS: usize = 1 << 20;

const WRONG: Problem = Problem::Damaged("a box makes no sense");

/// How long a sound is, in ticks of its track, and where its samples lie.
type Sound = (u64, Vec<Range<usize>>);

/// The track that has the sound.
struct Track {
    /// What fragments call it.
    id: u32,
    /// Ticks a second.
    rate: u32,
    sound: Sound,
}

struct Reader {
    bytes: Vec<u8>,
    /// What a copy is made of, if that is to be noted.
    noted: Option<Noted>,
}

/// Reads what has `ftyp` behind its first four bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let (ticks, rate, reader) = Reader::of(bytes, None)?;
    Ok((milliseconds(ticks, rate.into()).ok_or(WRONG)?, reader.bytes))
}

impl Reader {
    /// What is read of these bytes, with how long the sound is, in ticks, and how many of them a second has.
    fn of(bytes: &[u8], noted: Option<Noted>) -> Result<(u64, u32, Self), Problem> {
        let mut reader = Self { bytes: bytes.to_vec(), noted };
        let (mut movie, mut data, mut fragments) = (None, Vec::new(), Vec::new());
        for part in reader.top()? {
            match &part.kind {
                b"ftyp" if part.start == 0 => reader.brands(&part),
                b"moov" if movie.is_none() => movie = Some(part),
                b"mdat" => data.push(part),
                b"moof" => fragments.push(part),
                _ => reader.free(&part),
            }
        }
        let movie = movie.ok_or(Problem::CutOff)?;
        let (Track { id, rate, sound: (mut ticks, mut samples) }, defaults) = reader.movie(&movie)?;
        for fragment in &fragments {
            let (more, others) = reader.fragment(fragment, id, &defaults)?;
            ticks = ticks.saturating_add(more);
            samples.extend(others);
        }
        samples.sort_unstable_by_key(|range| range.start);
        data.sort_unstable_by_key(|part| part.body);
        let is_inside = |range: &Range<usize>| {
            let place = data.partition_point(|part| part.body <= range.start);
            place.checked_sub(1).and_then(|place| data.get(place)).is_some_and(|part| range.end <= part.end)
        };
        if samples.is_empty() || samples.len() > MOST_CHUNKS || !samples.iter().all(is_inside) {
            return Err(Problem::CutOff);
        }
        for part in &data {
            let mut at = part.body;
            let first = samples.partition_point(|range| range.start < part.body);
            for range in samples.iter().skip(first).take_while(|range| range.start < part.end) {
                clear(&mut reader.bytes, at, range.start);
                at = at.max(range.end);
            }
            clear(&mut reader.bytes, at, part.end);
        }
        Ok((ticks, rate, reader))
    }

    fn brands(&mut self, part: &Part) {
        const KNOWN: [&[u8; 4]; 10] =
            [b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"iso6", b"3gp4", b"3gp5"];
        let end = part.end;
        self.zero(part, 4..8);
        for (at, brand) in self.bytes.get_mut(part.body..end).unwrap_or_default().chunks_mut(4).enumerate() {
            if at == 1 || KNOWN.iter().any(|known| known.as_slice() == brand) {
                continue;
            }
            let other = b"isom".get(..brand.len()).unwrap_or_default();
            brand.copy_from_slice(other);
        }
    }

    /// The track that has the sound, and what its fragments leave out.
    fn movie(&mut self, movie: &Part) -> Result<(Track, Vec<Defaults>), Problem> {
        let (mut found, mut defaults) = (None, Vec::new());
        for part in self.inside(movie)? {
            match &part.kind {
                b"mvhd" => {
                    let more = self.more(&part)?;
                    let clock = self.u32(&part, 12 + 2 * more).unwrap_or_default();
                    self.note(|noted| noted.clock = clock);
                    self.zero(&part, 4..12 + 2 * more);
                    // Behind times, scale, length, speed and volume: reserved, a matrix, reserved.
                    self.zero(&part, 26 + 3 * more..36 + 3 * more);
                    self.matrix(&part, 36 + 3 * more);
                    self.zero(&part, 72 + 3 * more..96 + 3 * more);
                    self.zero(&part, 100 + 3 * more..usize::MAX);
                }
                b"mvex" => defaults = self.defaults(&part)?,
                b"trak" => match self.track(&part)? {
                    Some(_) if found.is_some() => {
                        return Err(Problem::Unsupported("an MP4 of several tracks"));
                    }
                    Some(track) => found = Some(track),
                    None => self.free(&part),
                },
                _ => self.free(&part),
            }
        }
        found.map(|track| (track, defaults)).ok_or(Problem::Damaged("it has no sound"))
    }

    /// The matrix that a picture would be turned by: of a recording it says nothing.
    fn matrix(&mut self, part: &Part, at: usize) {
        const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
        let bytes: Vec<u8> = UPRIGHT.iter().flat_map(|value| value.to_be_bytes()).collect();
        let (start, end) = (part.body + at, part.body + at + bytes.len());
        if let Some(place) = self.bytes.get_mut(start..end).filter(|_| end <= part.end) {
            place.copy_from_slice(&bytes);
        }
    }

    /// The sound of a track; nothing if it has none.
    fn track(&mut self, track: &Part) -> Result<Option<Track>, Problem> {
        let parts = self.inside(track)?;
        let media = parts.iter().find(|part| &part.kind == b"mdia").copied().ok_or(WRONG)?;
        let within = self.inside(&media)?;
        let handler = within.iter().find(|part| &part.kind == b"hdlr").copied().ok_or(WRONG)?;
        match &self.u32(&handler, 8)?.to_be_bytes() {
            b"soun" => {}
            b"vide" => return Err(Problem::Film),
            _ => return Ok(None),
        }
        let (mut is_media, mut id) = (true, 0);
        for part in &parts {
            match &part.kind {
                b"tkhd" => {
                    let more = self.more(part)?;
                    id = self.u32(part, 12 + 2 * more)?;
                    self.zero(part, 4..12 + 2 * more);
                    self.zero(part, 16 + 2 * more..20 + 2 * more);
                    self.zero(part, 24 + 3 * more..36 + 3 * more);
                    self.zero(part, 38 + 3 * more..40 + 3 * more);
                    self.matrix(part, 40 + 3 * more);
                    self.zero(part, 76 + 3 * more..usize::MAX);
                }
                b"edts" => self.edits(part)?,
                // Only the first is looked at below.
                b"mdia" if std::mem::take(&mut is_media) => {}
                _ => self.free(part),
            }
        }
        let (mut rate, mut table) = (None, None);
        let mut is_handler = true;
        for part in &within {
            match &part.kind {
                b"mdhd" => {
                    let more = self.more(part)?;
                    rate = Some(self.u32(part, 12 + 2 * more)?);
                    self.zero(part, 4..12 + 2 * more);
                    self.zero(part, 20 + 3 * more..usize::MAX);
                    // The language: undetermined.
                    if let Some(place) = self.bytes.get_mut(part.body + 20 + 3 * more..part.end) {
                        place.iter_mut().zip([0x55, 0xC4]).for_each(|(to, from)| *to = from);
                    }
                }
                b"hdlr" if std::mem::take(&mut is_handler) => {
                    self.zero(part, 4..8);
                    self.zero(part, 12..usize::MAX);
                }
                b"minf" if table.is_none() => table = self.information(part)?,
                _ => self.free(part),
            }
        }
        let (rate, table) = (rate.ok_or(WRONG)?, table.ok_or(WRONG)?);
        Ok(Some(Track { id, rate, sound: self.table(&table)? }))
    }

    fn edits(&mut self, edits: &Part) -> Result<(), Problem> {
        for part in self.inside(edits)? {
            if &part.kind != b"elst" {
                self.free(&part);
                continue;
            }
            self.note_edits(&part)?;
            let each = 12 + 2 * self.more(&part)?;
            let all = (self.u32(&part, 4)? as usize).saturating_mul(each).saturating_add(8);
            self.zero(&part, all..usize::MAX);
        }
        Ok(())
    }

    /// The table of samples.
    fn information(&mut self, information: &Part) -> Result<Option<Part>, Problem> {
        let mut table = None;
        for part in self.inside(information)? {
            match &part.kind {
                b"smhd" => self.zero(&part, 4..usize::MAX),
                b"dinf" => self.sources(&part)?,
                b"stbl" if table.is_none() => table = Some(part),
                _ => self.free(&part),
            }
        }
        Ok(table)
    }

    /// Where the data is: in this file.
    fn sources(&mut self, sources: &Part) -> Result<(), Problem> {
        for part in self.inside(sources)? {
            if &part.kind != b"dref" {
                self.free(&part);
                continue;
            }
            self.zero(&part, 0..4);
            let entries = self.parts(part.body.saturating_add(8).min(part.end)..part.end)?;
            for entry in &entries {
                if self.u32(entry, 0)? & 1 == 0 {
                    return Err(Problem::Unsupported("an MP4 whose sound is elsewhere"));
                }
                self.zero(entry, 4..usize::MAX);
            }
        }
        Ok(())
    }
}
