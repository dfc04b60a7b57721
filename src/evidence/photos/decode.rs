//! From bytes to a picture, within limits.

use std::{
    io::{BufRead, Cursor, Seek},
    mem,
    sync::MutexGuard,
};

use fast_image_resize::Resizer;

use super::{
    Format, LONG_ENOUGH, LONGEST, Large, Limits, Problem, Watch,
    format::{self, Kind},
    icc,
    jpeg::{self, Jpeg},
    picture::{Picture, Plane, shrink, shrinking, within},
    tags::{self, Tags},
};

/// A picture as it stands in the file: not turned yet, but no larger than a clean copy.
pub(super) struct Decoded {
    pub(super) format: Format,
    /// Across and down, as the file has it.
    pub(super) size: (u32, u32),
    pub(super) tags: Tags,
    pub(super) picture: Picture,
}

pub(super) fn decode(
    bytes: &[u8],
    limits: &Limits,
    large: &Large,
    watch: &Watch,
) -> Result<Decoded, Problem> {
    match format::kind(bytes) {
        Kind::Photo(Format::Jpeg) => jpeg(bytes, limits, large, watch),
        Kind::Photo(Format::Png) => png(bytes, limits, large, watch),
        Kind::Photo(Format::WebP) => webp(bytes, limits, large, watch),
        Kind::Known(kind) => Err(Problem::Unread(kind)),
        Kind::Other(what) => Err(Problem::NotAPhoto(what)),
    }
}

/// Why a photo with this header is not read, if that is sure: it is too large, takes too much memory, or is of a kind that is
/// not read.
pub(super) fn refused_by_header(format: Format, head: &[u8], limits: &Limits) -> Option<Problem> {
    let (size, memory) = match format {
        Format::Jpeg => match jpeg::frame(head)? {
            Ok(frame) => (frame.size, jpeg::memory(&frame, LONG_ENOUGH)),
            Err(problem) => return matches!(problem, Problem::Unsupported(_)).then_some(problem),
        },
        Format::Png => {
            let side = |at: usize| head.get(at..)?.first_chunk().map(|side| u32::from_be_bytes(*side));
            ((side(16)?, side(20)?), 0)
        }
        // Its size stands in one of three places, and is looked at when it is read.
        Format::WebP => return None,
    };
    match check(size, limits) {
        Err(Problem::TooLarge(width, height)) => Some(Problem::TooLarge(width, height)),
        _ => (memory > limits.memory).then_some(Problem::TooMuchMemory),
    }
}

/// Refuses what is too large.
pub(super) fn check((width, height): (u32, u32), limits: &Limits) -> Result<(), Problem> {
    if width == 0 || height == 0 {
        return Err(Problem::Damaged("it has no size"));
    }
    if width.max(height) > limits.side || u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Problem::TooLarge(width, height));
    }
    Ok(())
}

/// Refuses what would hold more bytes while it is decoded than it may; what holds many gets its turn, which lasts as long as
/// what is given back.
fn turn<'l>(bytes: u64, limits: &Limits, large: &'l Large) -> Result<Option<MutexGuard<'l, ()>>, Problem> {
    if bytes > limits.memory { Err(Problem::TooMuchMemory) } else { Ok(large.turn(bytes)) }
}

/// How many bytes shrinking holds: all pixels, those shrunk across, and those shrunk both ways.
fn shrinking_memory((width, height): (u32, u32), channels: u64) -> u64 {
    let (to_width, to_height) = within(width as usize, height as usize, LONGEST);
    let all = u64::from(width) * u64::from(height);
    channels * (all + to_width as u64 * (u64::from(height) + to_height as u64))
}

fn jpeg(bytes: &[u8], limits: &Limits, large: &Large, watch: &Watch) -> Result<Decoded, Problem> {
    let jpeg = Jpeg::read(bytes, watch)?;
    check(jpeg.size(), limits)?;
    let _turn = turn(jpeg.memory(LONG_ENOUGH), limits, large)?;
    let tags = jpeg.exif().map(tags::read).unwrap_or_default();
    let picture = jpeg.decode(LONG_ENOUGH, watch)?;
    let picture = picture.shrunk(LONGEST)?.unwrap_or(picture);
    let picture = icc::applied(picture, jpeg.icc().as_deref());
    Ok(Decoded { format: Format::Jpeg, size: jpeg.size(), tags, picture })
}

fn png(bytes: &[u8], limits: &Limits, large: &Large, watch: &Watch) -> Result<Decoded, Problem> {
    let damaged = |error: png::DecodingError| match error {
        png::DecodingError::LimitsExceeded => Problem::TooMuchMemory,
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Problem::CutOff
        }
        error => Problem::by(Problem::SENSELESS_WORDS, &error),
    };
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: memory });
    // What is written in words may be a bomb of its own, and is of no use here; a profile is read within limits.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    let size = (header.width, header.height);
    check(size, limits)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    if reader.info().is_animated() {
        return Err(Problem::Animated);
    }
    let length = reader.output_buffer_size().ok_or(Problem::TooMuchMemory)?;
    let channels = reader.output_color_type().0.samples() as u64;
    let _turn = turn((length as u64).max(shrinking_memory(size, channels)), limits, large)?;
    let mut samples = vec![0; length];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    // Checks the rest, up to the end of the image.
    reader.finish().map_err(damaged)?;
    let info = reader.info();
    let tags = info.exif_metadata.as_deref().map(tags::read).unwrap_or_default();
    drop(reader);
    let profile = icc::in_png(bytes);
    let pixels = Pixels::new(size, frame.color_type.samples(), samples)?;
    let picture = icc::applied(pixels.picture(watch)?, profile.as_deref());
    Ok(Decoded { format: Format::Png, size, tags, picture })
}

fn webp(bytes: &[u8], limits: &Limits, large: &Large, watch: &Watch) -> Result<Decoded, Problem> {
    let damaged = |error: image_webp::DecodingError| match error {
        image_webp::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Problem::CutOff
        }
        error => Problem::by(Problem::SENSELESS_WORDS, &error),
    };
    // What stands behind is no part of the image.
    let length = bytes.get(4..).and_then(|rest| rest.first_chunk()).map(|length| u32::from_le_bytes(*length));
    let bytes =
        length.and_then(|length| bytes.get(..(length as usize).checked_add(8)?)).ok_or(Problem::CutOff)?;
    let chunks = bytes.get(12..).unwrap_or_default();
    if !has_whole_chunks(chunks) {
        return Err(Problem::CutOff);
    }
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    if decoder.is_animated() {
        return Err(Problem::Animated);
    }
    let size = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    // Besides the result: light and colours of a lossy one (and its transparency), all four colours of
    // another.
    let besides = if decoder.is_lossy() { channels - 1 } else { 4 };
    let decoding = u64::from(size.0) * u64::from(size.1) * (channels + besides);
    check(size, limits)?;
    let _turn = turn(decoding.max(shrinking_memory(size, channels)), limits, large)?;
    // Profiles and tags are no larger than the file.
    decoder.set_memory_limit(bytes.len());
    let mut samples = vec![0; decoder.output_buffer_size().ok_or(Problem::TooMuchMemory)?];
    decoder.read_image(&mut samples).map_err(damaged)?;
    let tags = optional(&mut decoder, image_webp::WebPDecoder::exif_metadata);
    let tags =
        tags.map(|exif| tags::read(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif))).unwrap_or_default();
    let profile = optional(&mut decoder, image_webp::WebPDecoder::icc_profile);
    let pixels = Pixels::new(size, channels as usize, samples)?;
    let picture = icc::applied(pixels.picture(watch)?, profile.as_deref());
    Ok(Decoded { format: Format::WebP, size, tags, picture })
}

/// Whether the parts of a RIFF fill it: the decoder takes what there is of the last.
fn has_whole_chunks(mut bytes: &[u8]) -> bool {
    while let Some((&[_, _, _, _, a, b, c, d], rest)) = bytes.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        match rest.get(length..) {
            // A part of odd length has a byte behind it.
            Some(behind) => bytes = behind.get(length % 2..).unwrap_or_default(),
            None => return false,
        }
    }
    bytes.is_empty()
}

/// What a decoder may have beside the picture; a photo is not refused for it.
fn optional<R: BufRead + Seek>(
    decoder: &mut image_webp::WebPDecoder<R>,
    read: impl Fn(&mut image_webp::WebPDecoder<R>) -> Result<Option<Vec<u8>>, image_webp::DecodingError>,
) -> Option<Vec<u8>> {
    read(decoder).ok().flatten()
}

/// Pixels as decoders give them: grey or red, green and blue, either with or without how opaque they are.
struct Pixels {
    size: (u32, u32),
    channels: usize,
    samples: Vec<u8>,
}

impl Pixels {
    fn new(size: (u32, u32), channels: usize, mut samples: Vec<u8>) -> Result<Self, Problem> {
        let length = size.0 as usize * size.1 as usize * channels;
        if samples.len() < length || !(1..=4).contains(&channels) {
            return Err(Problem::CutOff);
        }
        samples.truncate(length);
        Ok(Self { size, channels, samples })
    }

    /// The picture, on white, at most as large as a clean copy.
    fn picture(mut self, watch: &Watch) -> Result<Picture, Problem> {
        watch.check()?;
        match self.channels {
            2 => {
                for [grey, opaque] in self.samples.as_chunks_mut::<2>().0 {
                    *grey = on_white(*grey, *opaque);
                }
            }
            4 => {
                for [red, green, blue, opaque] in self.samples.as_chunks_mut::<4>().0 {
                    [*red, *green, *blue] = [*red, *green, *blue].map(|colour| on_white(colour, *opaque));
                }
            }
            _ => {}
        }
        let (width, height) = self.shrink()?;
        let colours = self.colours();
        if self.channels != colours {
            let pixels = self.samples.chunks(self.channels);
            self.samples = pixels.flat_map(|pixel| pixel.iter().take(colours)).copied().collect();
        }
        Ok(match colours {
            1 => Picture { luma: Plane::dense(width, height, self.samples), chroma: None },
            _ => Picture::from_rgb(width, height, &self.samples),
        })
    }

    /// How many of a pixel's samples are colours.
    fn colours(&self) -> usize {
        if self.channels < 3 { 1 } else { 3 }
    }

    /// Makes it as small as a clean copy, of which only the colours stay; says how large it is now.
    ///
    /// Each colour is shrunk as a plane, across and then down: what shrinks samples is linked for one kind of pixels only.
    /// The planes of all pixels are never held at once, as they are made from a few rows at a time.
    fn shrink(&mut self) -> Result<(usize, usize), Problem> {
        const ROWS: usize = 64;
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let (to_width, to_height) = within(width, height, LONGEST);
        if (to_width, to_height) == (width, height) {
            return Ok((width, height));
        }
        let (channels, colours) = (self.channels, self.colours());
        let (resizer, wanted) = (&mut Resizer::new(), &shrinking());
        let mut planes = vec![Vec::with_capacity(to_width * height); colours];
        for rows in mem::take(&mut self.samples).chunks(width * channels * ROWS) {
            for (colour, plane) in planes.iter_mut().enumerate() {
                let samples: Vec<u8> = rows.iter().skip(colour).step_by(channels).copied().collect();
                let (from, to) = ((width, samples.len() / width), (to_width, samples.len() / width));
                plane.extend(shrink(resizer, &samples, from, to, wanted)?);
            }
        }
        self.samples = vec![0; colours * to_width * to_height];
        for (colour, plane) in planes.into_iter().enumerate() {
            let plane = shrink(resizer, &plane, (to_width, height), (to_width, to_height), wanted)?;
            let places = self.samples.iter_mut().skip(colour).step_by(colours);
            places.zip(plane).for_each(|(place, sample)| *place = sample);
        }
        self.channels = colours;
        Ok((to_width, to_height))
    }
}

fn on_white(colour: u8, opaque: u8) -> u8 {
    let (colour, opaque) = (u32::from(colour), u32::from(opaque));
    ((colour * opaque + 255 * (255 - opaque) + 127) / 255) as u8
}
