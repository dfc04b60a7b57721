//! Recordings of voices: recognised by their content, measured, and stripped of everything but the sound.
//!
//! M4A (what phones record), Ogg (Opus or Vorbis), WebM (Opus, what browsers record) and WAV. Nothing is
//! decoded: the readers here follow the boxes, pages, elements and chunks that the sound is packed in, and
//! keep by name what a player needs. Everything else (titles, positions, makers, pictures, notes, times of
//! day, names of devices) is overwritten with zeros where it stands, so that nothing moves that something
//! else points to, or left out where nothing does. What is kept is sound and numbers that say how to play it.
//!
//! How long it is follows from the sound's own tables (samples, granules, blocks), not from a header that may
//! say anything. Films are refused: a voice was asked for. Every reader walks its input once, holds one copy
//! of it, and is total: [`read`] does not panic for any bytes.

mod m4a;
mod ogg;
mod wav;
mod webm;

use std::{error, fmt};

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
                f.write_str("This is no recording that is known here; send M4A, Ogg, WebM or WAV.")
            }
            Self::Film => f.write_str("This is a film; send a recording of sound alone."),
            Self::TooLong(seconds) => write!(f, "This recording is longer than {seconds} seconds."),
            Self::CutOff => f.write_str("This recording ends before it is whole."),
            Self::Damaged(what) => write!(f, "This recording is damaged: {what}."),
            Self::Unsupported(what) => {
                write!(f, "This is {what}, which is not read here; send M4A, Ogg, WebM or WAV.")
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
    let format = format(bytes).ok_or(Problem::NotARecording)?;
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
    const OTHERS: [(&[u8], &str); 9] = [
        (b"#!AMR", "an AMR recording"),
        (b"caff", "a CAF recording"),
        (b"fLaC", "a FLAC recording"),
        (b"FORM", "an AIFF recording"),
        (b"\x30\x26\xB2\x75", "a WMA recording"),
        (b"ID3\x03", "an MP3 recording"),
        (b"ID3\x04", "an MP3 recording"),
        (b"\x89PNG", "an image"),
        (b"%PDF", "a PDF"),
    ];
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(Problem::Unsupported(what));
    }
    let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    let is_in_fragments = head.get(4..8) == Some(b"ftyp") && (has(b"mvex") || has(b"moof"));
    is_in_fragments.then_some(m4a::IN_FRAGMENTS)
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
