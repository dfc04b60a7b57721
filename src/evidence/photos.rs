//! Photos: from bytes that anybody may have sent to what a reviewer and a branch may see.
//!
//! [`read`] takes what a phone uploaded and gives a [`Photo`]: what the camera wrote (for the reviewer), a
//! clean copy and a thumbnail (for everybody else), and how it looks (to find it again). It trusts nothing:
//!
//! - **By content, never by name**: JPEG, PNG and WebP. Anything else is refused with what it is. HEIC is
//!   refused with advice, as its free decoders are either C++ behind patents or under terms that would bind
//!   this program.
//! - **One picture**: animated PNG and WebP are refused, because what a reviewer sees has to be all that was
//!   sent. The further pictures that phones put behind the end of a JPEG (depth, gain maps, short films) are
//!   no part of it.
//! - **Whole**: a picture that is cut off or damaged is refused. The upload was proven by its digest, so this
//!   is how the phone made it, and a grey half is no evidence. A JPEG that lacks its end marker alone is whole.
//! - **Within [`Limits`]**: sides, pixels and the memory for decoding are known from the header and checked
//!   before anything is decoded; time is checked while decoding and between the steps.
//!
//! # The clean copy
//! Nothing of the upload goes into it but the picture. It is decoded, turned as the camera says, and written
//! anew as a JPEG, so there is no place where a tag, a profile, a preview or a trailing archive could stay.
//! Its longer side has at most [`LONGEST`] pixels: that shows a price tag and fills a screen, and it is what
//! lets a photo of 12 megapixels be done in about 60 ms of one core. Decoding all its pixels and writing them
//! again would take three times as long, stripping only the segments would leave the turning to do and
//! everything that hides in coded data. The upload stays as it came, in private. A camera's colour profile is
//! applied (best effort: one that cannot be read is dropped) and transparency becomes white. Pictures that
//! came as PNG keep their colours in full detail, so that screenshots stay legible.
//!
//! # Speed and memory
//! All JPEGs are read by libjpeg-turbo's code (`jpeg`), straight at half, a quarter or an eighth of their size and line
//! by line, so a photo of 200 megapixels in one scan takes no more memory than its clean copy. A progressive one is held
//! as all its coefficients, at any scale: within the 384 MiB of [`Limits`] that is 128 megapixels as phones and
//! messengers write them (4:2:0) and 64 with colours in full detail. What takes more is refused before anything is
//! decoded, and what takes more than [`USUAL`] is decoded one at a time.
//! They are written by `jpeg-encoder`, which takes half the time that libjpeg-turbo's code takes without its assembly.
//!
//! Work on photos belongs into the [`Pool`], not on the threads of requests.

mod decode;
mod format;
mod framed;
mod icc;
mod jpeg;
mod lines;
mod look;
mod picture;
mod pool;
mod problem;
mod tags;
mod turn;
mod watch;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use self::{
    decode::Decoded,
    format::Kind,
    picture::{Detail, Picture},
    turn::Turn,
    watch::Watch,
};

pub use self::{
    format::Format,
    framed::{Area, FRAME, LEAST, framed},
    look::{ALIKE, Look},
    pool::{Large, Pool},
    problem::Problem,
};

/// The longer side of a clean copy has at most so many pixels.
pub const LONGEST: u32 = 2048;

/// The longer side of a thumbnail has at most so many pixels.
pub const THUMBNAIL: u32 = 512;

/// A picture of so many pixels is small: its copy is written finely.
pub const SMALL: u32 = 1 << 16;

/// Decoding may shrink a picture as long as its longer side stays so long.
const LONG_ENOUGH: u32 = 1920;

/// What takes no more bytes than this while it is decoded is decoded beside others.
pub const USUAL: u64 = 96 << 20;

/// A photo of so many pixels is read also if it is a progressive JPEG, a PNG or a WebP, which take more memory.
pub const ALWAYS: u64 = 50_000_000;

const QUALITY: u8 = 85;
/// Of a small picture each pixel may matter, and its copy is small all the same.
const SMALL_QUALITY: u8 = 95;
const THUMBNAIL_QUALITY: u8 = 80;

/// What a photo may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pixels, width times height.
    pub pixels: u64,
    /// Pixels of one side.
    pub side: u32,
    /// Bytes that decoding may hold at a time, besides the upload itself.
    pub memory: u64,
    /// For how long the thread that reads may work.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels: 220_000_000, side: 16_384, memory: 384 << 20, time: Duration::from_secs(20) }
    }
}

/// A photo that was read.
#[derive(Clone, Debug)]
pub struct Photo {
    /// What the bytes were.
    pub format: Format,
    /// Pixels across, as it is to be seen.
    pub width: u32,
    /// Pixels down, as it is to be seen.
    pub height: u32,
    /// The camera's clock, `2026-05-04T13:02:01`, with `+02:00` behind if the camera wrote that.
    pub taken_at: Option<String>,
    /// Where the camera thought that it was.
    pub position: Option<Position>,
    /// Its maker and model.
    pub camera: Option<String>,
    /// How it looks.
    pub look: Look,
    /// A JPEG of the picture alone.
    pub clean: Vec<u8>,
    /// The clean copy's pixels across and down.
    pub clean_size: (u32, u32),
    /// A small JPEG of the picture alone.
    pub thumbnail: Vec<u8>,
    /// How long each step took.
    pub took: Took,
}

/// A place on earth, in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// North of the equator, -90 to 90.
    pub latitude: f64,
    /// East of Greenwich, -180 to 180.
    pub longitude: f64,
}

/// How long the steps of reading took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// Tags read, decoded, colours converted, shrunk to the clean copy's size.
    pub decode: Duration,
    /// Turned as it is to be seen.
    pub turn: Duration,
    /// The clean copy written.
    pub clean: Duration,
    /// The thumbnail shrunk and written.
    pub thumbnail: Duration,
    /// The look.
    pub look: Duration,
}

/// Reads a photo.
///
/// # Errors
/// If it is none, or none that is read here, or beyond a limit. A fault in a decoder is [`Problem::Broke`].
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Photo, Problem> {
    read_in_turn(bytes, limits, &Large::default())
}

/// The media type of the photo that begins so, also of one that is not read here.
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    match format::kind(head) {
        format::Kind::Photo(format) => Some(format.media_type()),
        format::Kind::Known(kind) => Some(kind.as_str()),
        format::Kind::Other(_) => None,
    }
}

/// Reads a photo; one that takes much memory waits until no other does.
///
/// # Errors
/// As [`read`].
pub fn read_in_turn(bytes: &[u8], limits: &Limits, large: &Large) -> Result<Photo, Problem> {
    // What is half done inside is dropped with it.
    catch_unwind(AssertUnwindSafe(|| read_it(bytes, limits, large))).unwrap_or(Err(Problem::Broke))
}

/// Why what begins so is no photo that is read here, if that is sure: where few bytes could be chance, it is not. What says
/// its size within these bytes is held to the limits.
pub fn refused_at_sight(head: &[u8]) -> Option<Problem> {
    match format::kind(head) {
        Kind::Known(kind) if format::is_marked(head) => Some(Problem::Unread(kind)),
        Kind::Other(what) if format::is_marked(head) => Some(Problem::NotAPhoto(what)),
        Kind::Photo(format) => decode::refused_by_header(format, head, &Limits::default()),
        _ => None,
    }
}

/// Why no photo of so many pixels across and down is read.
pub fn refused_by_size(width: u32, height: u32) -> Option<Problem> {
    decode::check((width, height), &Limits::default()).err()
}

fn read_it(bytes: &[u8], limits: &Limits, large: &Large) -> Result<Photo, Problem> {
    let mut watch = Watch::start(limits.time);
    let mut took = Took::default();
    let Decoded { format, size, tags, picture } = decode::decode(bytes, limits, large, &watch)?;
    took.decode = watch.lap()?;
    let picture = picture.turned(tags.turn);
    let (width, height) = if tags.turn.swaps_sides() { (size.1, size.0) } else { size };
    took.turn = watch.lap()?;
    let is_small = Picture::is_small(picture.width(), picture.height());
    let detail = if is_small || format == Format::Png { Detail::Drawing } else { Detail::Photo };
    let clean = picture.written(if is_small { SMALL_QUALITY } else { QUALITY }, detail)?;
    took.clean = watch.lap()?;
    let small = picture.shrunk(THUMBNAIL)?;
    let small: &Picture = small.as_ref().unwrap_or(&picture);
    let thumbnail = small.written(THUMBNAIL_QUALITY, detail)?;
    took.thumbnail = watch.lap()?;
    let look = Look::of(small)?;
    took.look = watch.lap()?;
    Ok(Photo {
        format,
        width,
        height,
        taken_at: tags.taken_at,
        position: tags.position,
        camera: tags.camera,
        look,
        clean_size: (picture.width() as u32, picture.height() as u32),
        clean,
        thumbnail,
        took,
    })
}

#[cfg(test)]
mod tests;
