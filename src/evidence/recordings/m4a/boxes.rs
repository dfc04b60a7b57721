//! Boxes: where each begins and ends, and what overwrites them.

use std::ops::Range;

use super::{Part, Reader, WRONG};
use crate::evidence::recordings::{Problem, big_u32, big_u64, clear};

impl Reader {
    /// The outermost boxes. What comes in fragments is whole as far as it was written: a fragment that ends early was never
    /// finished, and is left out.
    pub(super) fn top(&mut self) -> Result<Vec<Part>, Problem> {
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
    pub(super) fn parts(&self, range: Range<usize>) -> Result<Vec<Part>, Problem> {
        let (parts, end) = self.parts_up_to(range);
        end.map(|()| parts)
    }

    /// The boxes of a range, up to the first that makes no sense.
    pub(super) fn parts_up_to(&self, range: Range<usize>) -> (Vec<Part>, Result<(), Problem>) {
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
    pub(super) fn part(&self, start: usize, most: usize) -> Result<Part, Problem> {
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

    pub(super) fn inside(&self, part: &Part) -> Result<Vec<Part>, Problem> {
        self.parts(part.body..part.end)
    }

    /// Makes a box free space.
    pub(super) fn free(&mut self, part: &Part) {
        if let Some(kind) = self.bytes.get_mut(part.start + 4..part.start + 8) {
            kind.copy_from_slice(b"free");
        }
        clear(&mut self.bytes, part.body, part.end);
    }

    pub(super) fn u32(&self, part: &Part, at: usize) -> Result<u32, Problem> {
        let place = part.body.saturating_add(at);
        if place + 4 > part.end {
            return Err(WRONG);
        }
        big_u32(&self.bytes, place).ok_or(WRONG)
    }

    /// Overwrites bytes of a box with zeros.
    pub(super) fn zero(&mut self, part: &Part, range: Range<usize>) {
        let end = part.body.saturating_add(range.end).min(part.end);
        clear(&mut self.bytes, part.body.saturating_add(range.start), end);
    }

    /// How much longer the times in a box are if it is of the second version.
    pub(super) fn more(&self, part: &Part) -> Result<usize, Problem> {
        Ok(if self.u32(part, 0)? >> 24 == 1 { 4 } else { 0 })
    }
}
