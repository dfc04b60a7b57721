//! The tables of a track: how long its samples are, and where they lie.

use std::ops::Range;

use super::{MOST_CHUNKS, Part, Reader, Sound, WRONG};
use crate::evidence::recordings::{Problem, big_u16};

impl Reader {
    /// How long the sound is, in ticks, and where it lies.
    pub(super) fn table(&mut self, table: &Part) -> Result<Sound, Problem> {
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
        let found = (self.ticks(&times)?, self.samples(&groups, &sizes, &places)?);
        self.note_times(&times)?;
        Ok(found)
    }

    /// The numbers of a table: how many there are (they have to be there), and zeros behind them.
    pub(super) fn count(&mut self, part: &Part, at: usize, each: usize) -> Result<usize, Problem> {
        let count = self.u32(part, at)? as usize;
        let all = count.checked_mul(each).and_then(|length| length.checked_add(at + 4)).ok_or(WRONG)?;
        if all > part.end - part.body {
            return Err(WRONG);
        }
        self.zero(part, all..usize::MAX);
        Ok(count)
    }

    pub(super) fn ticks(&mut self, times: &Part) -> Result<u64, Problem> {
        let mut sum = 0_u64;
        for entry in 0..self.count(times, 4, 8)? {
            let (count, each) = (self.u32(times, 8 + 8 * entry)?, self.u32(times, 12 + 8 * entry)?);
            sum = sum.saturating_add(u64::from(count) * u64::from(each));
        }
        Ok(sum)
    }

    pub(super) fn samples(
        &mut self,
        groups: &Part,
        sizes: &Part,
        places: &Part,
    ) -> Result<Vec<Range<usize>>, Problem> {
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
            self.note_chunk(sizes, one, (sample - count, count), start)?;
            if length > 0 {
                ranges.push(start..start.checked_add(length).ok_or(WRONG)?);
            }
        }
        Ok(ranges)
    }

    /// How the sound is coded.
    pub(super) fn description(&mut self, description: &Part) -> Result<(), Problem> {
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
            } else {
                self.note(|noted| noted.coding = Some((entry.kind, part.body..part.end)));
            }
        }
        Ok(())
    }
}
