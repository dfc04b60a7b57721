//! The colours of a camera made everybody's (sRGB), as the clean copy carries no profile.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::picture::Picture;

/// More than any camera writes.
const LONGEST: usize = 1 << 20;

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
