//! JPEG, read by libjpeg-turbo's code (the `mozjpeg` crate): at a whole, a half, a quarter or an eighth of its
//! size, line by line, on the thread that asks.
//!
//! - **Fed with what it needs** ([`feed`]): of all that stands in a file the decoder sees the frame, its tables and
//!   its scans, and the colours that were declared. So nothing that a camera left between them matters, and
//!   each complaint of the decoder is damage.
//! - **Strict** ([`strict`]): where the decoder would only warn and show grey for what is missing, the photo is
//!   refused. A photo that lacks nothing but its end marker is read.
//! - **Within bounds**: what it will take is known from the frame ([`Jpeg::memory`]). A photo in one scan takes
//!   what the shrunk picture takes; one in several (progressive, or a scan for each colour) is held as all its
//!   coefficients until the last scan was read: 3 bytes a pixel at 4:2:0, 6 at 4:4:4. Each scan of those costs a
//!   walk over the whole picture, so their number is bounded, and the time is looked at before each.

mod feed;
mod frame;
mod segments;
mod strict;

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use mozjpeg::{ColorSpace, Decompress};

use self::{
    feed::{Feed, Padding},
    frame::Frame,
    segments::Segments,
};
use super::{
    Problem, Watch,
    lines::{Colours, Lines},
    picture::Picture,
};

pub(super) use self::segments::frame;

/// A JPEG whose segments are known.
#[derive(Debug)]
pub(super) struct Jpeg<'a>(Segments<'a>);

impl<'a> Jpeg<'a> {
    /// Takes the segments apart; nothing is decoded.
    pub(super) fn read(bytes: &'a [u8], watch: &Watch) -> Result<Self, Problem> {
        Segments::read(bytes, watch).map(Self)
    }

    /// Across and down, as the file has it.
    pub(super) fn size(&self) -> (u32, u32) {
        self.0.frame.size
    }

    /// The TIFF structure that the camera put in.
    pub(super) fn exif(&self) -> Option<&'a [u8]> {
        self.0.exif
    }

    /// The colour profile, put together from its parts; nothing if parts are missing.
    pub(super) fn icc(&self) -> Option<Vec<u8>> {
        self.0.icc()
    }

    /// How many bytes [`decode`](Self::decode) holds, at most, and shrinking what comes of it.
    pub(super) fn memory(&self, longer: u32) -> u64 {
        memory(&self.0.frame, longer)
    }

    /// The picture, shrunk by 2, 4 or 8 as long as its longer side stays at least so long.
    pub(super) fn decode(&self, longer: u32, watch: &Watch) -> Result<Picture, Problem> {
        let part = scale(self.size(), longer);
        let decoded = |padding| match self.decode_from(Feed::new(&self.0, padding, watch), part, watch) {
            Err(_) if watch.check().is_err() => Err(Problem::TooSlow),
            decoded => decoded,
        };
        match decoded(Padding::Kept) {
            // Perhaps it is only that zeros follow its scans.
            Err(Problem::Damaged(_)) if self.0.has_padding() => decoded(Padding::Dropped),
            decoded => decoded,
        }
    }

    fn decode_from(&self, feed: Feed, part: u8, watch: &Watch) -> Result<Picture, Problem> {
        let damaged = || if self.0.is_cut_off() { Problem::CutOff } else { Problem::SENSELESS };
        // The decoder gives up by unwinding, and what it holds is dropped on the way.
        match catch_unwind(AssertUnwindSafe(|| picture(feed, part, watch))) {
            Ok(Ok(picture)) => picture,
            Ok(Err(_)) => Err(damaged()),
            Err(reason) if strict::is_refusal(&*reason) => Err(damaged()),
            Err(fault) => resume_unwind(fault),
        }
    }
}

/// How many bytes decoding what has this frame holds, as far as its scans are known.
pub(super) fn memory(frame: &Frame, longer: u32) -> u64 {
    // Lines, tables and segments.
    const BESIDES: u64 = 4 << 20;
    let part = u64::from(scale(frame.size, longer));
    let side = |length: u32| (u64::from(length) * part).div_ceil(8);
    let light = side(frame.size.0) * side(frame.size.1);
    let picture = if frame.is_grey() { light } else { light * 3 / 2 };
    BESIDES + picture + frame.coefficients().max(picture)
}

/// How many eighths of a size are decoded: as few as leave the longer side so long.
fn scale((width, height): (u32, u32), longer: u32) -> u8 {
    let fits = |part: &u8| (u64::from(width.max(height)) * u64::from(*part)).div_ceil(8) >= u64::from(longer);
    [1, 2, 4].into_iter().find(fits).unwrap_or(8)
}

/// So many eighths of the picture.
fn picture(feed: Feed, part: u8, watch: &Watch) -> io::Result<Result<Picture, Problem>> {
    let has_adobe = feed.has_adobe();
    let mut decoder = Decompress::with_err(strict::errors()).from_reader(feed)?;
    decoder.scale(part);
    // The colours of a large picture are kept as coarsely as they mostly come, so making them finer in between would only blur
    // them.
    let (width, height) = decoder.size();
    decoder.do_fancy_upsampling(Picture::is_small(
        width * usize::from(part) / 8,
        height * usize::from(part) / 8,
    ));
    // Where finer scans were not sent, as other programs show it.
    decoder.do_block_smoothing(true);
    let (space, colours) = match decoder.color_space() {
        ColorSpace::JCS_GRAYSCALE => (ColorSpace::JCS_GRAYSCALE, Colours::Grey),
        ColorSpace::JCS_YCbCr => (ColorSpace::JCS_YCbCr, Colours::Differences),
        ColorSpace::JCS_RGB => (ColorSpace::JCS_RGB, Colours::Rgb),
        ColorSpace::JCS_CMYK | ColorSpace::JCS_YCCK if has_adobe => (ColorSpace::JCS_CMYK, Colours::NoInk),
        ColorSpace::JCS_CMYK | ColorSpace::JCS_YCCK => (ColorSpace::JCS_CMYK, Colours::Ink),
        _ => return Ok(Err(Problem::Unsupported("a JPEG of unusual colours"))),
    };
    let mut decoder = decoder.to_colorspace(space)?;
    let (width, height) = (decoder.width(), decoder.height());
    let mut lines = Lines::new(width, height, colours);
    let mut two = vec![0_u8; 2 * width * colours.count()];
    for y in (0..height).step_by(2) {
        if let Err(problem) = watch.check() {
            return Ok(Err(problem));
        }
        let length = width * colours.count() * (height - y).min(2);
        lines.push(decoder.read_scanlines_into(two.get_mut(..length).unwrap_or_default())?);
    }
    Ok(Ok(lines.picture()))
}
