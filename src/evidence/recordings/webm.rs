//! WebM: elements in elements. Those that are not sound become empty ones (Void) where they stand.

use std::ops::Range;

use super::{
    Found, Problem, clear,
    cut::{Codec, MOST_PACKETS, Sound},
};

mod id {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const TIMECODE_SCALE: u32 = 0x002A_D7B1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const MUXING_APP: u32 = 0x4D80;
    pub(super) const WRITING_APP: u32 = 0x5741;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const TRACK: u32 = 0xAE;
    pub(super) const NUMBER: u32 = 0xD7;
    pub(super) const TYPE: u32 = 0x83;
    pub(super) const CODEC: u32 = 0x86;
    pub(super) const CODEC_PRIVATE: u32 = 0x63A2;
    pub(super) const ENCODINGS: u32 = 0x6D80;
    pub(super) const AUDIO: u32 = 0xE1;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const TIMECODE: u32 = 0xE7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(super) const BLOCK_GROUP: u32 = 0xA0;
    pub(super) const BLOCK: u32 = 0xA1;
    pub(super) const BLOCK_DURATION: u32 = 0x9B;
}

/// Numbers in the head of the file.
const IN_HEAD: [u32; 6] = [0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4287, 0x4285];
/// Numbers of a track: its id, flags, delays and the length of its frames.
const IN_TRACK: [u32; 8] = [0x73C5, 0x9C, 0xB9, 0x88, 0x55AA, 0x56AA, 0x56BB, 0x23_E383];
/// Numbers of its sound.
const IN_AUDIO: [u32; 4] = [0xB5, 0x78B5, 0x9F, 0x6264];
/// Numbers beside a block.
const IN_GROUP: [u32; 3] = [id::BLOCK_DURATION, 0xFB, 0x75A2];

/// One element: which, all of it, and what is in it (nothing says where that ends if it was still being
/// written, or if more was to come).
#[derive(Clone)]
struct Element {
    id: u32,
    start: usize,
    body: usize,
    end: Option<usize>,
}

struct Reader {
    bytes: Vec<u8>,
    /// Nanoseconds of a tick.
    tick: u64,
    track: Option<u64>,
    /// The time of the cluster, and the end of the last block, in ticks.
    cluster: u64,
    last: Option<u64>,
    noted: Option<Noted>,
}

/// What a copy is made of, noted while a recording is read.
#[derive(Default)]
struct Noted {
    /// The head of the sound.
    head: Range<usize>,
    blocks: Vec<Block>,
}

/// Where the frames of a block lie, and when they begin, in ticks.
struct Block {
    at: u64,
    flags: u8,
    place: Range<usize>,
}

/// Reads what begins as EBML does.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let reader = Reader::of(bytes, None)?;
    let last = reader.last.ok_or(Problem::CutOff)?;
    let time = u64::try_from(u128::from(last) * u128::from(reader.tick) / 1_000_000);
    Ok((time.map_err(|_| Problem::Damaged("its time makes no sense"))?, reader.bytes))
}

/// The packets of the sound; each begins when its block says so.
pub(super) fn sound(bytes: &[u8]) -> Result<Sound, Problem> {
    const LACED: u8 = 6;
    const NANOSECONDS: u32 = 1_000_000_000;
    const WRONG: Problem = Problem::Damaged("its time makes no sense");
    let reader = Reader::of(bytes, Some(Noted::default()))?;
    let noted = reader.noted.unwrap_or_default();
    let inside = |place: Range<usize>| reader.bytes.get(place).unwrap_or_default();
    let (codec, skipped) = Codec::of_opus_head(inside(noted.head))?;
    let mut sound = Sound::new(codec);
    let skipped = Sound::time(-i64::from(skipped), 48_000)?;
    let mut first_began = None;
    for Block { at, flags, place } in noted.blocks {
        if flags & LACED != 0 {
            return Err(Problem::Unsupported("a WebM whose blocks have several frames"));
        }
        if place.is_empty() {
            continue;
        }
        let at = at.checked_mul(reader.tick).and_then(|at| i64::try_from(at).ok()).ok_or(WRONG)?;
        let at = Sound::time(at, NANOSECONDS)?;
        let zero = *first_began.get_or_insert(at);
        sound.push(inside(place), at - zero)?;
    }
    // Some players begin with the first block, others wait for it.
    let zero = first_began.unwrap_or_default();
    [skipped, zero, skipped + zero].into_iter().for_each(|by| sound.may_be_moved(by));
    Ok(sound)
}

impl Reader {
    /// What is read of these bytes; if it is to be noted, with that.
    fn of(bytes: &[u8], noted: Option<Noted>) -> Result<Self, Problem> {
        let mut reader =
            Self { bytes: bytes.to_vec(), tick: 1_000_000, track: None, cluster: 0, last: None, noted };
        let head = reader.element(0, bytes.len())?;
        let body = reader.head(&head)?;
        let segment = reader.element(body, bytes.len())?;
        if segment.id != id::SEGMENT {
            return Err(Problem::Damaged("its sound is missing"));
        }
        let end = segment.end.unwrap_or(bytes.len());
        let mut at = segment.body;
        while at < end {
            let element = match reader.element(at, end) {
                Ok(element) => element,
                // A recorder that was ended wrote half of it.
                Err(Problem::CutOff) if reader.last.is_some() => break,
                Err(problem) => return Err(problem),
            };
            at = reader.part(&element)?;
        }
        reader.bytes.truncate(at.min(end));
        Ok(reader)
    }

    fn byte(&self, at: usize) -> Result<u8, Problem> {
        self.bytes.get(at).copied().ok_or(Problem::CutOff)
    }

    /// A number that says how long it is: where it ends, and itself with and without the bit that says so.
    fn number(&self, at: usize, longest: u32) -> Result<(usize, u64, u64), Problem> {
        let first = self.byte(at)?;
        let length = first.leading_zeros() + 1;
        if length > longest {
            return Err(Problem::Damaged("an element makes no sense"));
        }
        let mut all = u64::from(first);
        for next in 1..length as usize {
            all = all << 8 | u64::from(self.byte(at + next)?);
        }
        Ok((at + length as usize, all, all & !(1 << (7 * length))))
    }

    fn element(&self, start: usize, end: usize) -> Result<Element, Problem> {
        let (at, id, _) = self.number(start, 4)?;
        let (body, all, length) = self.number(at, 8)?;
        let is_open = all.count_ones() == all.ilog2() + 1 && all.ilog2() % 7 == 0;
        let length = usize::try_from(length).map_err(|_| Problem::CutOff)?;
        let stop = body.checked_add(length).filter(|stop| *stop <= end);
        let id = u32::try_from(id).unwrap_or(0);
        let can_be_open = matches!(id, id::SEGMENT | id::CLUSTER);
        if body > end || (stop.is_none() && !can_be_open) {
            return Err(Problem::CutOff);
        }
        Ok(Element { id, start, body, end: if is_open && can_be_open { None } else { stop } })
    }

    /// What is in an element whose end is known.
    fn inside(&self, element: &Element) -> Range<usize> {
        element.body..element.end.unwrap_or(element.body)
    }

    fn children(&self, element: &Element) -> Result<Vec<Element>, Problem> {
        let Range { start: mut at, end } = self.inside(element);
        let mut all = Vec::new();
        while at < end {
            let child = self.element(at, end)?;
            at = child.end.ok_or(Problem::Damaged("an element makes no sense"))?;
            all.push(child);
        }
        Ok(all)
    }

    fn value(&self, element: &Element) -> u64 {
        let bytes = self.bytes.get(self.inside(element)).unwrap_or_default();
        bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// A number that something needs: such are short.
    fn is_number(&self, element: &Element) -> bool {
        self.inside(element).len() <= 8
    }

    /// Makes an element an empty one of the same length. The shortest has two bytes, one for what it is.
    fn empty(&mut self, element: &Element) {
        let Some(end) = element.end else { return };
        let all = end.saturating_sub(element.start);
        let fits = |digits: &usize| (all.saturating_sub(1 + digits) as u64) < (1 << (7 * digits)) - 1;
        let Some(digits) = (1..=8_usize).find(fits) else { return };
        let length = all.saturating_sub(1 + digits) as u64 | 1 << (7 * digits);
        clear(&mut self.bytes, element.start, end);
        let length = length.to_be_bytes();
        let void = [&[0xEC], length.get(8 - digits..).unwrap_or_default()].concat();
        if let Some(place) = self.bytes.get_mut(element.start..element.start + void.len()) {
            place.copy_from_slice(&void);
        }
    }

    /// Keeps the numbers that are known and empties the rest.
    fn keep_numbers(&mut self, child: &Element, known: &[u32]) {
        if !known.contains(&child.id) || !self.is_number(child) {
            self.empty(child);
        }
    }

    fn head(&mut self, head: &Element) -> Result<usize, Problem> {
        let mut is_webm = false;
        for child in self.children(head)? {
            if child.id == id::DOC_TYPE {
                is_webm = self.bytes.get(self.inside(&child)) == Some(b"webm");
            } else {
                self.keep_numbers(&child, &IN_HEAD);
            }
        }
        if !is_webm || head.id != id::EBML {
            return Err(Problem::Unsupported("a Matroska file"));
        }
        head.end.ok_or(Problem::CutOff)
    }

    /// One of the parts of the segment or of a cluster; says where the next begins.
    fn part(&mut self, element: &Element) -> Result<usize, Problem> {
        match element.id {
            // What is in it comes next.
            id::CLUSTER => return Ok(element.body),
            id::INFO => self.info(element)?,
            id::TRACKS => self.tracks(element)?,
            id::TIMECODE if self.is_number(element) => self.cluster = self.value(element),
            id::SIMPLE_BLOCK => self.block(element, element, 0)?,
            id::BLOCK_GROUP => self.group(element)?,
            _ => self.empty(element),
        }
        element.end.ok_or(Problem::CutOff)
    }

    fn info(&mut self, info: &Element) -> Result<(), Problem> {
        for child in self.children(info)? {
            match child.id {
                id::TIMECODE_SCALE if self.is_number(&child) => self.tick = self.value(&child),
                id::DURATION if self.is_number(&child) => {}
                // These have to be there, but may say nothing.
                id::MUXING_APP | id::WRITING_APP => {
                    let Range { start, end } = self.inside(&child);
                    clear(&mut self.bytes, start, end);
                }
                _ => self.empty(&child),
            }
        }
        Ok(())
    }

    fn tracks(&mut self, tracks: &Element) -> Result<(), Problem> {
        for track in self.children(tracks)? {
            if track.id == id::TRACK {
                self.track(&track)?;
            } else {
                self.empty(&track);
            }
        }
        self.track.map(|_| ()).ok_or(Problem::Damaged("it has no sound"))
    }

    fn track(&mut self, track: &Element) -> Result<(), Problem> {
        const FILM: u64 = 1;
        const SOUND: u64 = 2;
        let children = self.children(track)?;
        let find = |id| children.iter().find(|child| child.id == id && self.is_number(child));
        let kind = find(id::TYPE).map(|child| self.value(child));
        let number = find(id::NUMBER).map(|child| self.value(child));
        let codec = find(id::CODEC).and_then(|child| self.bytes.get(self.inside(child)));
        match kind {
            Some(FILM) => return Err(Problem::Film),
            Some(SOUND) if codec != Some(b"A_OPUS") => {
                return Err(Problem::Unsupported("a WebM without Opus"));
            }
            Some(SOUND) if self.track.is_some() => {
                return Err(Problem::Unsupported("a WebM of several tracks"));
            }
            Some(SOUND) => {}
            _ => {
                self.empty(track);
                return Ok(());
            }
        }
        self.track = Some(number.ok_or(Problem::Damaged("its track has no number"))?);
        for child in children {
            match child.id {
                id::NUMBER | id::TYPE | id::CODEC if self.is_number(&child) => {}
                id::ENCODINGS => return Err(Problem::Unsupported("a WebM that is packed or locked")),
                id::CODEC_PRIVATE => self.opus_head(&child)?,
                id::AUDIO => {
                    for number in self.children(&child)? {
                        self.keep_numbers(&number, &IN_AUDIO);
                    }
                }
                _ => self.keep_numbers(&child, &IN_TRACK),
            }
        }
        Ok(())
    }

    fn opus_head(&mut self, element: &Element) -> Result<(), Problem> {
        let Range { start, end } = self.inside(element);
        let head = self.bytes.get(start..end).unwrap_or_default();
        let wrong = Problem::Damaged("its head makes no sense");
        if !head.starts_with(b"OpusHead") {
            return Err(wrong);
        }
        let (channels, family) = (head.get(9).ok_or(wrong)?, head.get(18).ok_or(wrong)?);
        let length = if *family == 0 { 19 } else { 21 + usize::from(*channels) };
        clear(&mut self.bytes, start + length, end);
        if let Some(noted) = &mut self.noted {
            noted.head = start..end;
        }
        Ok(())
    }

    fn group(&mut self, group: &Element) -> Result<(), Problem> {
        let children = self.children(group)?;
        let duration = children.iter().find(|child| child.id == id::BLOCK_DURATION && self.is_number(child));
        let duration = duration.map_or(0, |child| self.value(child));
        for child in &children {
            if child.id == id::BLOCK {
                self.block(child, child, duration)?;
            } else {
                self.keep_numbers(child, &IN_GROUP);
            }
        }
        Ok(())
    }

    /// Frames of the track, or of something else.
    fn block(&mut self, block: &Element, whole: &Element, duration: u64) -> Result<(), Problem> {
        let (at, _, track) = self.number(block.body, 8)?;
        if at + 3 > block.end.unwrap_or(at) {
            return Err(Problem::CutOff);
        }
        if Some(track) != self.track {
            self.empty(whole);
            return Ok(());
        }
        let offset = i16::from_be_bytes([self.byte(at)?, self.byte(at + 1)?]);
        let began = self.cluster.saturating_add_signed(offset.into());
        let flags = self.byte(at + 2)?;
        if let Some(noted) = &mut self.noted {
            if noted.blocks.len() >= MOST_PACKETS {
                return Err(Problem::Unsupported("a recording in crumbs"));
            }
            noted.blocks.push(Block { at: began, flags, place: at + 3..block.end.unwrap_or(at + 3) });
        }
        let time = began.saturating_add(duration);
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        Ok(())
    }
}
