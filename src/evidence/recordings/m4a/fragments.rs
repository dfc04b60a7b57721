//! Fragments: how browsers write an MP4 while they record. Each has tables of its own before its data.

use std::ops::Range;

use super::{Part, Problem, Reader, Sound, WRONG};

/// What the samples of a track have where a fragment says nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    track: u32,
    duration: u32,
    size: u32,
}

/// A recorder writes a few fragments a second, each with a few dozen samples.
const MOST_SAMPLES: u32 = 1 << 20;

/// Reads the numbers of a box one after the other.
struct Numbers<'r> {
    reader: &'r Reader,
    part: &'r Part,
    at: usize,
}

impl Numbers<'_> {
    fn next(&mut self) -> Result<u32, Problem> {
        let number = self.reader.u32(self.part, self.at)?;
        self.at += 4;
        Ok(number)
    }

    /// The next number, if there is one.
    fn next_if(&mut self, is_there: bool) -> Result<Option<u32>, Problem> {
        is_there.then(|| self.next()).transpose()
    }
}

/// Where the samples of a fragment lie as long as nothing else is said, and what they have.
struct Place {
    /// From where places are counted.
    base: usize,
    /// Behind the last sample.
    next: usize,
    defaults: Defaults,
}

impl Reader {
    fn numbers<'r>(&'r self, part: &'r Part) -> Numbers<'r> {
        Numbers { reader: self, part, at: 0 }
    }

    /// What fragments leave out, track by track.
    pub(super) fn defaults(&mut self, extends: &Part) -> Result<Vec<Defaults>, Problem> {
        let mut all = Vec::new();
        for part in self.inside(extends)? {
            match &part.kind {
                b"trex" => {
                    let mut numbers = self.numbers(&part);
                    let [_, track, _, duration, size, _] = std::array::from_fn(|_| numbers.next());
                    all.push(Defaults { track: track?, duration: duration?, size: size? });
                    self.zero(&part, 24..usize::MAX);
                }
                // How long all of it is, which a recorder hardly knows.
                _ => self.free(&part),
            }
        }
        Ok(all)
    }

    /// How long the sound of a fragment is, in ticks, and where its samples lie.
    pub(super) fn fragment(
        &mut self,
        fragment: &Part,
        track: u32,
        defaults: &[Defaults],
    ) -> Result<Sound, Problem> {
        let (mut ticks, mut samples) = (0_u64, Vec::new());
        let mut end = fragment.start;
        for part in self.inside(fragment)? {
            match &part.kind {
                b"mfhd" => self.zero(&part, 8..usize::MAX),
                b"traf" => {
                    let Some((more, others)) = self.part_of(&part, (fragment.start, end), track, defaults)?
                    else {
                        self.free(&part);
                        continue;
                    };
                    ticks = ticks.saturating_add(more);
                    end = others.last().map_or(end, |range: &Range<usize>| range.end);
                    samples.extend(others);
                }
                _ => self.free(&part),
            }
        }
        Ok((ticks, samples))
    }

    /// A track's part of a fragment; nothing if it is another track's.
    fn part_of(
        &mut self,
        part: &Part,
        (start, end): (usize, usize),
        track: u32,
        defaults: &[Defaults],
    ) -> Result<Option<Sound>, Problem> {
        let parts = self.inside(part)?;
        let head = parts.iter().find(|part| &part.kind == b"tfhd").copied().ok_or(WRONG)?;
        let Some(mut place) = self.place(&head, (start, end), track, defaults)? else { return Ok(None) };
        let (mut ticks, mut samples, mut is_head) = (0_u64, Vec::new(), true);
        for part in &parts {
            match &part.kind {
                b"tfhd" if std::mem::take(&mut is_head) => {}
                b"tfdt" => {
                    let more = self.more(part)?;
                    let number = |at| self.u32(part, at).map_or(0, u64::from);
                    let began = if more > 0 { number(4) << 32 | number(8) } else { number(4) };
                    self.note(|noted| noted.next = began);
                    self.zero(part, 8 + more..usize::MAX);
                }
                b"trun" => ticks = ticks.saturating_add(self.run(part, &mut place, &mut samples)?),
                _ => self.free(part),
            }
        }
        Ok(Some((ticks, samples)))
    }

    /// Where the samples of a track lie by the head of its part; nothing if it is another track's.
    fn place(
        &mut self,
        head: &Part,
        (start, end): (usize, usize),
        track: u32,
        defaults: &[Defaults],
    ) -> Result<Option<Place>, Problem> {
        let mut numbers = self.numbers(head);
        let flags = numbers.next()?;
        if numbers.next()? != track {
            return Ok(None);
        }
        let is_set = |flag: u32| flags & flag != 0;
        let base = match (numbers.next_if(is_set(0x1))?, numbers.next_if(is_set(0x1))?) {
            (Some(high), Some(low)) => {
                usize::try_from(u64::from(high) << 32 | u64::from(low)).map_err(|_| WRONG)?
            }
            // Counted from the fragment, or from the end of the part before.
            _ if is_set(0x2_0000) => start,
            _ => end,
        };
        numbers.next_if(is_set(0x2))?;
        let (duration, size) = (numbers.next_if(is_set(0x8))?, numbers.next_if(is_set(0x10))?);
        numbers.next_if(is_set(0x20))?;
        let behind = numbers.at;
        let usual = defaults.iter().find(|one| one.track == track).copied().unwrap_or_default();
        self.zero(head, behind..usize::MAX);
        let defaults = Defaults {
            duration: duration.unwrap_or(usual.duration),
            size: size.unwrap_or(usual.size),
            ..usual
        };
        Ok(Some(Place { base, next: base, defaults }))
    }

    /// Some samples one behind the other: how long they are, in ticks.
    fn run(
        &mut self,
        run: &Part,
        place: &mut Place,
        samples: &mut Vec<Range<usize>>,
    ) -> Result<u64, Problem> {
        let mut numbers = self.numbers(run);
        let (flags, count) = (numbers.next()?, numbers.next()?);
        let is_set = |flag: u32| flags & flag != 0;
        if let Some(offset) = numbers.next_if(is_set(0x1))? {
            let offset = isize::try_from(offset as i32).map_err(|_| WRONG)?;
            place.next = place.base.checked_add_signed(offset).ok_or(WRONG)?;
        }
        numbers.next_if(is_set(0x4))?;
        if count > MOST_SAMPLES {
            return Err(WRONG);
        }
        let start = place.next;
        let (mut ticks, mut found) = (0_u64, Vec::new());
        let most = if self.noted.is_some() { count as usize } else { 0 };
        if flags & 0xF00 == 0 {
            // All are alike, and each has no entry of its own.
            let (count, Defaults { duration, size, .. }) = (u64::from(count), place.defaults);
            found.resize(most, (size, duration));
            ticks = count * u64::from(duration);
            let length = usize::try_from(count * u64::from(size)).map_err(|_| WRONG)?;
            place.next = start.checked_add(length).ok_or(WRONG)?;
        } else {
            for _ in 0..count {
                let duration = numbers.next_if(is_set(0x100))?.unwrap_or(place.defaults.duration);
                let size = numbers.next_if(is_set(0x200))?.unwrap_or(place.defaults.size);
                numbers.next_if(is_set(0x400))?;
                numbers.next_if(is_set(0x800))?;
                ticks = ticks.saturating_add(duration.into());
                if found.len() < most {
                    found.push((size, duration));
                }
                place.next = place.next.checked_add(size as usize).ok_or(WRONG)?;
            }
        }
        let behind = numbers.at;
        self.note_run(start, &found)?;
        self.zero(run, behind..usize::MAX);
        if place.next > start {
            samples.push(start..place.next);
        }
        Ok(ticks)
    }
}
