//! The colours of a camera made everybody's (sRGB), as the clean copy carries no profile.

use std::io::Read;

use flate2::read::ZlibDecoder;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::picture::Picture;

/// More than any camera writes.
const LONGEST: usize = 1 << 20;

/// The colour profile of a PNG, unless it is longer than any: it is unpacked no further.
pub(super) fn in_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut at = 8_usize;
    loop {
        let length = bytes.get(at..)?.first_chunk().map(|length| u32::from_be_bytes(*length))? as usize;
        let kind = bytes.get(at + 4..at + 8)?;
        let body = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
        match kind {
            b"iCCP" => return unpacked(body),
            // It stands before the picture.
            b"IDAT" | b"IEND" => return None,
            _ => at = (at + 12).checked_add(length)?,
        }
    }
}

/// The profile in a chunk: a name, a zero, the way of packing (there is one), and what is packed.
fn unpacked(chunk: &[u8]) -> Option<Vec<u8>> {
    let name = chunk.iter().position(|byte| *byte == 0)?;
    let packed = chunk.get(name + 2..)?;
    let mut profile = Vec::new();
    ZlibDecoder::new(packed).take(LONGEST as u64 + 1).read_to_end(&mut profile).ok()?;
    (profile.len() <= LONGEST).then_some(profile)
}

/// The picture in sRGB. A profile that cannot be used is passed over: slightly wrong colours are better than
/// none.
pub(super) fn applied(picture: Picture, profile: Option<&[u8]>) -> Picture {
    let profile = profile.filter(|profile| profile.len() <= LONGEST && picture.chroma.is_some());
    profile.and_then(|profile| converted(&picture, profile)).unwrap_or(picture)
}

fn converted(picture: &Picture, profile: &[u8]) -> Option<Picture> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
    // Most profiles are of sRGB itself: then there is nothing to do.
    const PROBES: [u8; 21] =
        [255, 0, 0, 0, 255, 0, 0, 0, 255, 128, 128, 128, 200, 60, 60, 60, 200, 60, 60, 60, 200];
    let mut probed = [0; PROBES.len()];
    transform.transform(&PROBES, &mut probed).ok()?;
    if PROBES.iter().zip(probed).all(|(before, after)| before.abs_diff(after) <= 3) {
        return None;
    }
    let pixels = picture.to_rgb();
    let mut everybodys = vec![0; pixels.len()];
    transform.transform(&pixels, &mut everybodys).ok()?;
    Some(Picture::from_rgb(picture.width(), picture.height(), &everybodys))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn png(profile: &[u8]) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(profile).unwrap();
        let body = [b"name\0\0", &packed.finish().unwrap()[..]].concat();
        let chunk = |kind: &[u8], body: &[u8]| {
            [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, &[0; 4]].concat()
        };
        let chunks = [chunk(b"IHDR", &[0; 13]), chunk(b"iCCP", &body), chunk(b"IDAT", b"")].concat();
        [b"\x89PNG\r\n\x1A\n", &chunks[..]].concat()
    }

    #[test]
    fn a_profile_is_unpacked_as_far_as_one_can_be_long() {
        assert_eq!(in_png(&png(&[7; 3_000])), Some(vec![7; 3_000]));
        assert_eq!(in_png(&png(&vec![0; LONGEST])).map(|profile| profile.len()), Some(LONGEST));
        let bomb = png(&vec![0; 60 << 20]);
        assert!(bomb.len() < 65_536, "a small file");
        assert_eq!(in_png(&bomb), None);
        let good = png(&[7; 3_000]);
        for length in 0..good.len() - 12 {
            assert!(in_png(&good[..length]).is_none_or(|profile| profile.len() == 3_000));
        }
    }
}
