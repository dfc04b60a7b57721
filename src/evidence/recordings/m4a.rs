//! M4A: boxes in boxes. Those that are not sound become free space where they stand, and so does all of the
//! data that no sample of the sound lies in. What is written while it is recorded comes in [`fragments`].

mod fragments;

use std::ops::Range;

use self::fragments::Defaults;
use super::{Found, Problem, big_u16, big_u32, big_u64, clear, milliseconds};

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
}

/// Reads what has `ftyp` behind its first four bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let mut reader = Reader { bytes: bytes.to_vec() };
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
    let time = milliseconds(ticks, rate.into()).ok_or(WRONG)?;
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
    Ok((time, reader.bytes))
}

impl Reader {
    /// The outermost boxes. What comes in fragments is whole as far as it was written: a fragment that ends early was never
    /// finished, and is left out.
    fn top(&mut self) -> Result<Vec<Part>, Problem> {
        let (mut parts, end) = self.parts_up_to(0..self.bytes.len());
        let is_in_fragments = parts.iter().any(|part| &part.kind == b"moof");
        if !is_in_fragments {
            end?;
        }
        // Nothing of its data came.
        parts.pop_if(|part| &part.kind == b"moof");
        self.bytes.truncate(parts.last().map_or(0, |part| part.end));
        Ok(parts)
    }

    /// The boxes that fill a range.
    fn parts(&self, range: Range<usize>) -> Result<Vec<Part>, Problem> {
        let (parts, end) = self.parts_up_to(range);
        end.map(|()| parts)
    }

    /// The boxes of a range, up to the first that makes no sense.
    fn parts_up_to(&self, range: Range<usize>) -> (Vec<Part>, Result<(), Problem>) {
        let (mut all, mut start) = (Vec::new(), range.start);
        while start < range.end {
            match self.part(start, range.end) {
                Ok(part) => {
                    start = part.end;
                    all.push(part);
                }
                Err(problem) => return (all, Err(problem)),
            }
        }
        (all, Ok(()))
    }

    /// The box that begins here.
    fn part(&self, start: usize, most: usize) -> Result<Part, Problem> {
        let kind = self.bytes.get(start + 4..).and_then(|rest| rest.first_chunk()).ok_or(Problem::CutOff)?;
        let (body, length) = match big_u32(&self.bytes, start).ok_or(Problem::CutOff)? {
            // To the end; only the last may say so.
            0 => (start + 8, Some(most - start)),
            1 => (start + 16, big_u64(&self.bytes, start + 8).and_then(|length| length.try_into().ok())),
            length => (start + 8, Some(length as usize)),
        };
        let end = length.and_then(|length: usize| start.checked_add(length)).ok_or(Problem::CutOff)?;
        if end > most {
            return Err(Problem::CutOff);
        }
        if body > end {
            return Err(WRONG);
        }
        Ok(Part { kind: *kind, start, body, end })
    }

    fn inside(&self, part: &Part) -> Result<Vec<Part>, Problem> {
        self.parts(part.body..part.end)
    }

    /// Makes a box free space.
    fn free(&mut self, part: &Part) {
        if let Some(kind) = self.bytes.get_mut(part.start + 4..part.start + 8) {
            kind.copy_from_slice(b"free");
        }
        clear(&mut self.bytes, part.body, part.end);
    }

    fn u32(&self, part: &Part, at: usize) -> Result<u32, Problem> {
        let place = part.body.saturating_add(at);
        if place + 4 > part.end {
            return Err(WRONG);
        }
        big_u32(&self.bytes, place).ok_or(WRONG)
    }

    /// Overwrites bytes of a box with zeros.
    fn zero(&mut self, part: &Part, range: Range<usize>) {
        let end = part.body.saturating_add(range.end).min(part.end);
        clear(&mut self.bytes, part.body.saturating_add(range.start), end);
    }

    /// How much longer the times in a box are if it is of the second version.
    fn more(&self, part: &Part) -> Result<usize, Problem> {
        Ok(if self.u32(part, 0)? >> 24 == 1 { 4 } else { 0 })
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

    /// How long the sound is, in ticks, and where it lies.
    fn table(&mut self, table: &Part) -> Result<Sound, Problem> {
        let parts = self.inside(table)?;
        let (mut times, mut groups, mut sizes, mut places) = (None, None, None, None);
        for part in &parts {
            let slot = match &part.kind {
                b"stsd" => {
                    self.description(part)?;
                    continue;
                }
                b"stts" => &mut times,
                b"stsc" => &mut groups,
                b"stsz" => &mut sizes,
                b"stco" | b"co64" => &mut places,
                _ => {
                    self.free(part);
                    continue;
                }
            };
            if slot.replace(*part).is_some() {
                return Err(WRONG);
            }
        }
        let (Some(times), Some(groups), Some(sizes), Some(places)) = (times, groups, sizes, places) else {
            return Err(WRONG);
        };
        Ok((self.ticks(&times)?, self.samples(&groups, &sizes, &places)?))
    }

    /// The numbers of a table: how many there are (they have to be there), and zeros behind them.
    fn count(&mut self, part: &Part, at: usize, each: usize) -> Result<usize, Problem> {
        let count = self.u32(part, at)? as usize;
        let all = count.checked_mul(each).and_then(|length| length.checked_add(at + 4)).ok_or(WRONG)?;
        if all > part.end - part.body {
            return Err(WRONG);
        }
        self.zero(part, all..usize::MAX);
        Ok(count)
    }

    fn ticks(&mut self, times: &Part) -> Result<u64, Problem> {
        let mut sum = 0_u64;
        for entry in 0..self.count(times, 4, 8)? {
            let (count, each) = (self.u32(times, 8 + 8 * entry)?, self.u32(times, 12 + 8 * entry)?);
            sum = sum.saturating_add(u64::from(count) * u64::from(each));
        }
        Ok(sum)
    }

    fn samples(&mut self, groups: &Part, sizes: &Part, places: &Part) -> Result<Vec<Range<usize>>, Problem> {
        let one = self.u32(sizes, 4)? as usize;
        let all = self.count(sizes, 8, if one == 0 { 4 } else { 0 })?;
        let is_long = &places.kind == b"co64";
        let chunks = self.count(places, 4, if is_long { 8 } else { 4 })?;
        if chunks > MOST_CHUNKS {
            return Err(Problem::Unsupported("an MP4 in crumbs"));
        }
        let entries = self.count(groups, 4, 12)?;
        let mut ranges = Vec::with_capacity(chunks);
        let (mut entry, mut each, mut sample) = (0, 0, 0_usize);
        for chunk in 0..chunks {
            // The groups say from which chunk on there are how many samples in each.
            while entry < entries && self.u32(groups, 8 + 12 * entry)? as usize <= chunk + 1 {
                each = self.u32(groups, 12 + 12 * entry)? as usize;
                entry += 1;
            }
            let count = each.min(all.saturating_sub(sample));
            let length = if one > 0 {
                count.checked_mul(one).ok_or(WRONG)?
            } else {
                (sample..sample + count).try_fold(0_usize, |sum, sample| {
                    sum.checked_add(self.u32(sizes, 12 + 4 * sample)? as usize).ok_or(WRONG)
                })?
            };
            sample += count;
            let start = if is_long {
                let (high, low) = (self.u32(places, 8 + 8 * chunk)?, self.u32(places, 12 + 8 * chunk)?);
                usize::try_from(u64::from(high) << 32 | u64::from(low)).map_err(|_| WRONG)?
            } else {
                self.u32(places, 8 + 4 * chunk)? as usize
            };
            if length > 0 {
                ranges.push(start..start.checked_add(length).ok_or(WRONG)?);
            }
        }
        Ok(ranges)
    }

    /// How the sound is coded.
    fn description(&mut self, description: &Part) -> Result<(), Problem> {
        /// More than any decoder needs to know.
        const LONGEST: usize = 128;
        self.zero(description, 0..4);
        let entries = self.parts(description.body.saturating_add(8).min(description.end)..description.end)?;
        let [entry] = entries.as_slice() else { return Err(WRONG) };
        if ![b"mp4a", b"alac", b"Opus"].contains(&&entry.kind) {
            return Err(Problem::Unsupported("an MP4 of neither AAC, ALAC nor Opus"));
        }
        if big_u16(&self.bytes, entry.body + 8) != Some(0) {
            return Err(Problem::Unsupported("a QuickTime file"));
        }
        self.zero(entry, 0..6);
        self.zero(entry, 8..16);
        self.zero(entry, 20..24);
        for part in self.parts(entry.body.saturating_add(28).min(entry.end)..entry.end)? {
            let is_known = [b"esds", b"alac", b"dOps"].contains(&&part.kind);
            if !is_known || part.end - part.body > LONGEST {
                self.free(&part);
            }
        }
        Ok(())
    }
}
