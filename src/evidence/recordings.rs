//! Recordings of voices: recognised by their content, measured, and stripped of everything but the sound.
//!
//! M4A (what phones record, in fragments too, and 3GP with the same sound), Ogg (Opus or Vorbis), WebM (Opus, what browsers
//! record) and WAV. What a recorder did not finish is read as far as it was written. Nothing is
//! decoded: the readers here follow the boxes, pages, elements and chunks that the sound is packed in, and
//! keep by name what a player needs. Everything else (titles, positions, makers, pictures, notes, times of
//! day, names of devices) is overwritten with zeros where it stands, so that nothing moves that something
//! else points to, or left out where nothing does. What is kept is sound and numbers that say how to play it.
//!
//! How long it is follows from the sound's own tables (samples, granules, blocks), not from a header that may
//! say anything. Films are refused: a voice was asked for. Every reader walks its input once, holds one copy
//! of it, and is total: [`read`] does not panic for any bytes.

mod cut;
mod m4a;
mod ogg;
mod wav;
mod webm;

use std::{error, fmt};

pub use self::cut::{Cut, LEAST, MARGIN, Stretch, cut};
use crate::checklists::{manifest::MediaType, media_type::Form};

/// What a recording may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it may be, in seconds.
    pub seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: 60 * 60 }
    }
}

/// A recording that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// What the bytes were.
    pub format: Format,
    /// How long it is, in milliseconds.
    pub milliseconds: u64,
    /// The sound alone, in the same format.
    pub clean: Vec<u8>,
}

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// AAC, ALAC or Opus in MP4.
    M4a,
    /// Opus or Vorbis in Ogg.
    Ogg,
    /// Opus in WebM.
    WebM,
    /// Plain samples.
    Wav,
}

impl Format {
    /// Its name among the media types.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::WebM => "audio/webm",
            Self::Wav => "audio/wav",
        }
    }
}

/// Why a recording cannot be read; as text, in words for the person who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is none of the formats.
    NotARecording,
    /// It is of a kind that phones bring, and that is not read here.
    Unread(MediaType),
    /// It has pictures.
    Film,
    /// It is longer than so many seconds.
    TooLong(u32),
    /// It ends before it is whole.
    CutOff,
    /// Something in it is wrong: what.
    Damaged(&'static str),
    /// It is of a kind that is not read here: which.
    Unsupported(&'static str),
}

impl Problem {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotARecording => "not_a_recording",
            Self::Unread(_) => "unread",
            Self::Film => "film",
            Self::TooLong(_) => "too_long",
            Self::CutOff => "cut_off",
            Self::Damaged(_) => "damaged",
            Self::Unsupported(_) => "unsupported",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARecording => {
                write!(f, "This is no recording that is known here; {}.", Form::Recording.instead())
            }
            Self::Unread(kind) => f.write_str(&kind.refusal().unwrap_or_default()),
            Self::Film => f.write_str("This is a film; send a recording of sound alone."),
            Self::TooLong(seconds) => write!(f, "This recording is longer than {seconds} seconds."),
            Self::CutOff => f.write_str("This recording ends before it is whole."),
            Self::Damaged(what) => write!(f, "This recording is damaged: {what}."),
            Self::Unsupported(what) => {
                write!(f, "This is {what}, which is not read here; {}.", Form::Recording.instead())
            }
        }
    }
}

impl error::Error for Problem {}

/// Reads a recording.
///
/// # Errors
/// If it is none, or none that is read here, or too long.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Recording, Problem> {
    let Some(format) = format(bytes) else {
        let known = refused_at_sight(bytes).or_else(|| bare(bytes).map(Problem::Unread));
        return Err(known.unwrap_or(Problem::NotARecording));
    };
    let (milliseconds, clean) = match format {
        Format::M4a => m4a::read(bytes),
        Format::Ogg => ogg::read(bytes),
        Format::WebM => webm::read(bytes),
        Format::Wav => wav::read(bytes),
    }?;
    if milliseconds > 1000 * u64::from(limits.seconds) {
        return Err(Problem::TooLong(limits.seconds));
    }
    Ok(Recording { format, milliseconds, clean })
}

/// The media type of the recording that begins so.
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    format(head).map(Format::media_type)
}

fn format(head: &[u8]) -> Option<Format> {
    let at = |place: usize, word: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(word));
    if at(4, b"ftyp") {
        Some(Format::M4a)
    } else if at(0, b"OggS") {
        Some(Format::Ogg)
    } else if at(0, b"\x1A\x45\xDF\xA3") {
        Some(Format::WebM)
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        Some(Format::Wav)
    } else {
        None
    }
}

/// Why what begins so is no recording that is read here, if that is sure.
pub fn refused_at_sight(head: &[u8]) -> Option<Problem> {
    const KNOWN: [(&[u8], MediaType); 6] = [
        (b"#!AMR", MediaType::Amr),
        (b"caff", MediaType::Caf),
        (b"fLaC", MediaType::Flac),
        (b"FORM", MediaType::Aiff),
        (b"ID3\x03", MediaType::Mp3),
        (b"ID3\x04", MediaType::Mp3),
    ];
    const OTHERS: [(&[u8], &str); 4] = [
        (b"\x30\x26\xB2\x75", "a WMA recording"),
        (b"\xFF\xD8\xFF\xE0", "an image"),
        (b"\x89PNG", "an image"),
        (b"%PDF", "a PDF"),
    ];
    let known = KNOWN.iter().find(|(start, _)| head.starts_with(start));
    let other = || OTHERS.iter().find(|(start, _)| head.starts_with(start));
    known
        .map(|(_, kind)| Problem::Unread(*kind))
        .or_else(|| other().map(|(_, what)| Problem::Unsupported(what)))
}

/// The kind of bytes that begin with a frame of sound and nothing before it.
fn bare(bytes: &[u8]) -> Option<MediaType> {
    let [0xFF, second, ..] = bytes else { return None };
    match second {
        0xF0 | 0xF1 | 0xF8 | 0xF9 => Some(MediaType::Aac),
        0xF2 | 0xF3 | 0xFA | 0xFB => Some(MediaType::Mp3),
        _ => None,
    }
}

/// What a reader finds: milliseconds, and the sound alone.
type Found = (u64, Vec<u8>);

/// So many units of a clock that ticks so often a second, in milliseconds.
fn milliseconds(units: u64, rate: u64) -> Option<u64> {
    u64::try_from((u128::from(units) * 1000).checked_div(u128::from(rate))?).ok()
}

fn big_u16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

fn big_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn big_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

fn small_u16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn small_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Overwrites with zeros what there is of a range.
fn clear(bytes: &mut [u8], from: usize, to: usize) {
    let to = to.min(bytes.len());
    if let Some(part) = bytes.get_mut(from.min(to)..to) {
        part.fill(0);
    }
}

#[cfg(test)]
mod tests;
