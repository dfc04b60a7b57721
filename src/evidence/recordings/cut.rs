//! Copies of recordings in which stretches are silent, as they may go out to people who are not to know who recorded them.
//!
//! Nothing is decoded. Sound in packets (AAC, Opus) is taken out of its container, packet by packet; a packet that holds
//! anything of a stretch is left out, and one that says silence stands in its place, so that nothing moves and everybody
//! hears that something was cut. What is kept is written into a plain MP4 that is the same for all: whether a phone wrote M4A
//! or a browser wrote Ogg, WebM or an MP4 in fragments is not to be seen any more. What stays is how the sound is coded.
//! Samples (WAV) are zeroed in a WAV of their own. Each copy has one of few sizes.
//!
//! A packet holds something of its neighbours: transforms overlap, Opus may repeat a packet in the next one, and players do
//! not agree on where a recording begins. So a stretch is widened by [`MARGIN`] on both sides, and is cut wherever a player
//! may hear it. What follows the frames of a packet as padding is left out, and the first packet is always silent: encoders
//! write their names there.
//!
//! Sound whose packets cannot be taken apart so is not copied: Vorbis, ALAC, more than two channels.

mod aac;
mod mp4;
pub(super) mod opus;

use std::borrow::Cow;

pub(super) use self::aac::Aac;
use super::{Format, Problem, format, m4a, ogg, wav, webm};

/// So many milliseconds before and behind a stretch are silent as well: longer than the longest packet.
pub const MARGIN: u64 = 150;
/// A copy has so many bytes, or twice as many, and so on.
pub const LEAST: usize = 64 << 10;
/// So many bytes of a copy at least say nothing: they make it another one each time.
const LEAST_PADDING: usize = 16;
/// An hour in packets of 2.5 milliseconds is more.
pub(super) const MOST_PACKETS: usize = 1 << 20;
const MICROSECONDS: i64 = 1_000_000;

/// A part of a recording, in milliseconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// A recording without its stretches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What its bytes are.
    pub format: Format,
    /// All of it.
    pub bytes: Vec<u8>,
    /// So many of the last bytes are padding that no player reads.
    pub padding: usize,
}

/// A copy of a recording in which nothing of these stretches is left.
///
/// # Errors
/// If it is no recording, or one whose packets cannot be taken apart.
pub fn cut(bytes: &[u8], stretches: &[Stretch]) -> Result<Cut, Problem> {
    let sound = match format(bytes).ok_or(Problem::NotARecording)? {
        Format::Wav => return wav::cut(bytes, stretches),
        Format::M4a => m4a::sound(bytes)?,
        Format::Ogg => ogg::sound(bytes)?,
        Format::WebM => webm::sound(bytes)?,
    };
    mp4::write(&sound.codec, &sound.silenced(&Silent::new(stretches))?)
}

/// The size that a copy is padded to which has so many bytes without its padding.
pub(super) fn padded(least: usize) -> usize {
    let mut size = LEAST;
    while size < least.saturating_add(LEAST_PADDING) {
        size *= 2;
    }
    size
}

/// How a sound is coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// AAC.
    Aac(Aac),
    /// Opus of one or two channels.
    Opus { channels: u8 },
}

impl Codec {
    /// Opus by its head, as Ogg and WebM have it; with how many ticks of it are not heard.
    pub(super) fn of_opus_head(head: &[u8]) -> Result<(Self, u16), Problem> {
        let (Some(&channels), Some(skipped), Some(0)) =
            (head.get(9), super::small_u16(head, 10), head.get(18).copied())
        else {
            return Err(Problem::Unsupported("sound of several streams"));
        };
        Ok((Self::opus(channels)?, skipped))
    }

    pub(super) fn opus(channels: u8) -> Result<Self, Problem> {
        match channels {
            1 | 2 => Ok(Self::Opus { channels }),
            _ => Err(Problem::Unsupported("sound of many channels")),
        }
    }

    /// Ticks a second.
    fn rate(&self) -> u32 {
        match self {
            Self::Aac(aac) => aac.rate,
            Self::Opus { .. } => 48_000,
        }
    }

    /// How many ticks a packet lasts.
    fn ticks(&self, packet: &[u8]) -> Result<u32, Problem> {
        match self {
            Self::Aac(aac) => Ok(aac.frame),
            Self::Opus { .. } => opus::ticks(packet),
        }
    }

    /// The packet without what no decoder needs.
    fn plain<'p>(&self, packet: &'p [u8]) -> Result<Cow<'p, [u8]>, Problem> {
        match self {
            Self::Aac(_) => Ok(packet.into()),
            Self::Opus { .. } => opus::without_padding(packet),
        }
    }

    /// A packet that is silent for so many ticks.
    fn silence(&self, ticks: u32) -> Vec<u8> {
        match self {
            Self::Aac(aac) => aac.silence().to_vec(),
            Self::Opus { .. } => opus::silence(ticks),
        }
    }
}

/// A packet: how long it is, and when it begins by its container, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Packet {
    bytes: usize,
    ticks: u32,
    at: i64,
}

/// A packet as it is written.
pub(super) struct Written<'s> {
    ticks: u32,
    bytes: Cow<'s, [u8]>,
}

/// A sound out of its container.
#[derive(Debug)]
pub(super) struct Sound {
    codec: Codec,
    data: Vec<u8>,
    packets: Vec<Packet>,
    /// What players may add to the times of packets, in microseconds.
    offsets: Vec<i64>,
    /// The part that is played, in microseconds.
    played: std::ops::Range<i64>,
}

impl Sound {
    pub(super) fn new(codec: Codec) -> Self {
        Self { codec, data: Vec::new(), packets: Vec::new(), offsets: vec![0], played: i64::MIN..i64::MAX }
    }

    /// So many ticks of a clock, in microseconds.
    pub(super) fn time(ticks: i64, rate: u32) -> Result<i64, Problem> {
        let all = i128::from(ticks) * i128::from(MICROSECONDS);
        let time = all.checked_div(rate.into()).and_then(|time| i64::try_from(time).ok());
        // Where two of them are added is a place as well.
        time.filter(|time| time.abs() < i64::MAX / 8).ok_or(Problem::Damaged("its time makes no sense"))
    }

    /// That some players add this to the times of packets.
    pub(super) fn may_be_moved(&mut self, by: i64) {
        self.offsets.push(by);
    }

    /// That only this part is played.
    pub(super) fn is_played(&mut self, from: i64, to: i64) {
        self.played = from..to;
    }

    /// Adds the packet that comes next, which begins then by its container; says how many ticks it lasts.
    pub(super) fn push(&mut self, packet: &[u8], at: i64) -> Result<u32, Problem> {
        if self.packets.len() >= MOST_PACKETS {
            return Err(Problem::Unsupported("a recording in crumbs"));
        }
        let ticks = self.codec.ticks(packet)?;
        self.data.extend_from_slice(packet);
        self.packets.push(Packet { bytes: packet.len(), ticks, at });
        Ok(ticks)
    }

    /// When the last packets began by their container.
    pub(super) fn last_began(&mut self, at: &[i64]) {
        let first = self.packets.len().saturating_sub(at.len());
        for (packet, at) in self.packets.iter_mut().skip(first).zip(at) {
            packet.at = *at;
        }
    }

    /// The packets of the part that is played, those silent in which a player may hear anything of what is to be silent.
    fn silenced(&self, silent: &Silent) -> Result<Vec<Written<'_>>, Problem> {
        let mut written = Vec::with_capacity(self.packets.len());
        let (mut data, mut before) = (self.data.as_slice(), 0_i64);
        for &Packet { bytes, ticks, at } in &self.packets {
            let (packet, rest) = data.split_at_checked(bytes).ok_or(Problem::CutOff)?;
            let began = Self::time(before, self.codec.rate())?;
            let lasts = Self::time(ticks.into(), self.codec.rate())?;
            (data, before) = (rest, before + i64::from(ticks));
            if at + lasts <= self.played.start || at >= self.played.end {
                continue;
            }
            let may_be_heard = |at: i64| {
                self.offsets.iter().any(|by| {
                    let from = at.saturating_add(*by);
                    silent.touches(from, from.saturating_add(lasts))
                })
            };
            let is_silent =
                written.is_empty() || packet.is_empty() || [at, began].into_iter().any(may_be_heard);
            let bytes =
                if is_silent { self.codec.silence(ticks).into() } else { self.codec.plain(packet)? };
            written.push(Written { ticks, bytes });
        }
        if written.is_empty() { Err(Problem::CutOff) } else { Ok(written) }
    }
}

/// What is to be silent: stretches with their margins in microseconds, in order, none touching another.
struct Silent(Vec<(i64, i64)>);

impl Silent {
    fn new(stretches: &[Stretch]) -> Self {
        let micro = |milliseconds: u64| i64::try_from(milliseconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let widened = |one: &Stretch| {
            // Before the beginning there may be something as well.
            let from = if one.from <= MARGIN { i64::MIN } else { micro(one.from - MARGIN) };
            (from, micro(one.to.saturating_add(MARGIN)))
        };
        let mut all: Vec<_> = stretches.iter().filter(|one| one.from < one.to).map(widened).collect();
        all.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::with_capacity(all.len());
        for (from, to) in all {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    /// Whether anything of it lies between these two moments.
    fn touches(&self, from: i64, to: i64) -> bool {
        let first = self.0.partition_point(|(_, end)| *end <= from);
        self.0.get(first).is_some_and(|(begin, _)| *begin < to)
    }
}
