//! What is read is what was there.

use super::*;
use crate::checklists::manifest::MediaType;

fn default(bytes: &[u8]) -> Result<Photo, Problem> {
    read(bytes, &Limits { time: Duration::from_secs(60), ..Limits::default() })
}

/// What is read of it, shrunk as long as its longer side stays so long.
fn picture(jpeg: &[u8], longer: u32) -> Picture {
    let watch = Watch::start(Duration::from_secs(60));
    jpeg::Jpeg::read(jpeg, &watch).unwrap().decode(longer, &watch).unwrap()
}

fn shrunk(jpeg: &[u8], longer: u32) -> Image {
    let picture = picture(jpeg, longer);
    Image { width: picture.width(), height: picture.height(), pixels: picture.to_rgb() }
}

/// Its light as the decoder gives it in one go.
fn light(jpeg: &[u8]) -> Vec<u8> {
    mozjpeg::Decompress::new_mem(jpeg).unwrap().grayscale().unwrap().read_scanlines().unwrap()
}

#[test]
fn line_by_line_it_is_the_same_picture() {
    let sizes = [(1, 1), (7, 9), (8, 8), (16, 16), (17, 33), (65, 31), (100, 75), (160, 120)];
    for (number, (width, height)) in sizes.into_iter().enumerate() {
        let image = Image::scene(width, height, number as u64);
        for factor in
            [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2]
        {
            for (quality, restart) in [(30, 0), (92, 3), (100, 1)] {
                let jpeg = image.jpeg_with(quality, factor, |encoder| encoder.set_restart_interval(restart));
                let name = format!("{width} × {height}, {factor:?}, {quality}, {restart}");
                assert_eq!(picture(&jpeg, u32::MAX).luma.samples, light(&jpeg), "{name}");
                // Colours are smoothed there and kept at half the detail here, which shows in the smallest.
                let apart = shrunk(&jpeg, u32::MAX).distance(&seen(&jpeg));
                assert!(apart < 2.5 || width < 64 && apart < 8.0, "{name}: {apart}");
            }
        }
    }
}

#[test]
fn it_reads_noise_at_the_finest_quality() {
    // Long codes and large values, which soft shapes have not.
    let mut random = random(5);
    let pixels = (0..96 * 64 * 3).map(|_| random() as u8).collect();
    let image = Image { width: 96, height: 64, pixels };
    let jpeg = image.jpeg_with(100, SamplingFactor::F_1_1, |_| {});
    assert_eq!(picture(&jpeg, u32::MAX).luma.samples, light(&jpeg));
}

#[test]
fn a_smaller_picture_is_the_larger_one_shrunk() {
    for (width, height) in [(160, 120), (161, 123), (96, 200)] {
        let image = Image::scene(width, height, 3);
        for factor in [SamplingFactor::F_1_1, SamplingFactor::F_2_2, SamplingFactor::F_2_1] {
            let jpeg = image.jpeg_with(95, factor, |_| {});
            let whole = seen(&jpeg);
            for by in [2, 4, 8] {
                let longer = (width.max(height) as u32).div_ceil(by as u32);
                let small = shrunk(&jpeg, longer);
                assert_eq!((small.width, small.height), (width.div_ceil(by), height.div_ceil(by)));
                let mean = Image::new(small.width, small.height, |x, y| {
                    let (mut sums, mut count) = ([0_usize; 3], 0);
                    for y in (y * by)..((y + 1) * by).min(height) {
                        for x in (x * by)..((x + 1) * by).min(width) {
                            count += 1;
                            for (sum, value) in sums.iter_mut().zip(whole.at(x, y)) {
                                *sum += usize::from(value);
                            }
                        }
                    }
                    sums.map(|sum| (sum / count) as u8)
                });
                let apart = small.distance(&mean);
                assert!(apart < 2.5, "{width} × {height}, {factor:?}, {by}: {apart}");
            }
        }
    }
}

#[test]
fn a_clean_copy_shows_what_the_photo_shows() {
    let image = Image::scene(320, 200, 9);
    let mut grey = Vec::new();
    let light: Vec<u8> = image.pixels.chunks(3).map(|pixel| pixel[1]).collect();
    Encoder::new(&mut grey, 90).encode(&light, 320, 200, ColorType::Luma).unwrap();
    let cmyk: Vec<u8> =
        image.pixels.chunks(3).flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], 0]).collect();
    let mut printed = Vec::new();
    Encoder::new(&mut printed, 90).encode(&cmyk, 320, 200, ColorType::Cmyk).unwrap();
    let all = [
        ("JPEG", image.jpeg()),
        ("JPEG in several scans", image.jpeg_with(90, SamplingFactor::R_4_2_0, |_| {})),
        (
            "JPEG for slow lines",
            image.jpeg_with(90, SamplingFactor::F_1_1, |encoder| encoder.set_progressive(true)),
        ),
        ("PNG", image.png()),
        ("WebP", image.webp()),
        ("JPEG for print", printed),
    ];
    for (name, bytes) in all {
        let photo = default(&bytes).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!((photo.width, photo.height, photo.clean_size), (320, 200, (320, 200)), "{name}");
        let apart = seen(&photo.clean).distance(&image);
        assert!(apart < 4.0, "{name}: {apart}");
        let small = seen(&photo.thumbnail);
        assert_eq!((small.width, small.height), (320, 200), "{name}");
    }
    let photo = default(&grey).unwrap();
    let apart = seen(&photo.clean).distance(&Image::new(320, 200, |x, y| [image.at(x, y)[1]; 3]));
    assert!(apart < 2.0, "grey: {apart}");
}

#[test]
fn inks_are_seen_on_white_paper() {
    let image = Image::scene(96, 64, 2);
    // A third of the light is taken by black, the rest by colours.
    let black = 85;
    let inks: Vec<u8> =
        image.pixels.chunks(3).flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], black]).collect();
    let dim = Image::new(96, 64, |x, y| image.at(x, y).map(|value| (u16::from(value) * 170 / 255) as u8));
    for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut adobes = Vec::new();
        Encoder::new(&mut adobes, 95).encode(&inks, 96, 64, colours).unwrap();
        let apart = seen(&default(&adobes).unwrap().clean).distance(&dim);
        assert!(apart < 4.0, "{colours:?}: {apart}");
    }
    // Adobe's are upside down, others are not.
    let free: Vec<u8> = inks.iter().map(|ink| 255 - ink).collect();
    let mut plain = Vec::new();
    Encoder::new(&mut plain, 95).encode(&free, 96, 64, ColorType::Cmyk).unwrap();
    let adobe = plain.windows(9).position(|part| part == b"\xFF\xEE\0\x0EAdobe").unwrap();
    plain.drain(adobe..adobe + 16);
    let apart = seen(&default(&plain).unwrap().clean).distance(&dim);
    assert!(apart < 4.0, "plain: {apart}");
}

#[test]
fn large_ones_become_smaller_and_keep_their_shape() {
    let image = Image::scene(2600, 1300, 4);
    for bytes in [image.jpeg(), image.png()] {
        let photo = default(&bytes).unwrap();
        assert_eq!((photo.width, photo.height), (2600, 1300));
        assert_eq!(photo.clean_size, (2048, 1024));
        let (clean, thumbnail) = (seen(&photo.clean), seen(&photo.thumbnail));
        assert_eq!((clean.width, clean.height), (2048, 1024));
        assert_eq!((thumbnail.width, thumbnail.height), (512, 256));
        assert!(thumbnail.distance(&Image::scene(512, 256, 4)) < 4.0);
    }
}

#[test]
fn all_eight_ways_of_holding_a_camera_are_turned() {
    // Upright, with another colour in each corner.
    let colours = [[220, 40, 40], [40, 200, 40], [40, 60, 220], [230, 220, 60]];
    let (width, height) = (96, 64);
    let upright = Image::new(width, height, |x, y| {
        colours[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)]
    });
    for orientation in 1..=8_u16 {
        let swaps = orientation >= 5;
        let (across, down) = if swaps { (height, width) } else { (width, height) };
        // Where each pixel of the file is to be seen: 6 has the right side in its first row, 8 the left.
        let stored = Image::new(across, down, |x, y| {
            let (right, bottom) = (width - 1, height - 1);
            let (x, y) = match orientation {
                1 => (x, y),
                2 => (right - x, y),
                3 => (right - x, bottom - y),
                4 => (x, bottom - y),
                5 => (y, x),
                6 => (right - y, x),
                7 => (right - y, bottom - x),
                _ => (y, bottom - x),
            };
            upright.at(x, y)
        });
        let tags = exif(orientation, 1);
        let jpeg =
            stored.jpeg_with(95, SamplingFactor::F_2_2, |encoder| encoder.add_exif_metadata(&tags).unwrap());
        let png = with_chunks(&stored.png(), &[chunk(b"eXIf", &tags)]);
        let webp = stored.webp_with(|encoder| encoder.set_exif_metadata(tags.clone()));
        for (name, bytes) in [("JPEG", jpeg), ("PNG", png), ("WebP", webp)] {
            let photo = default(&bytes).unwrap();
            assert_eq!((photo.width, photo.height), (96, 64), "{name} {orientation}");
            for copy in [&photo.clean, &photo.thumbnail] {
                let apart = seen(copy).distance(&upright);
                assert!(apart < 3.0, "{name} {orientation}: {apart}");
            }
        }
    }
}

#[test]
fn what_the_camera_wrote_is_read() {
    let image = Image::scene(64, 48, 1);
    let tags = exif(1, 0);
    let jpeg =
        image.jpeg_with(90, SamplingFactor::F_2_2, |encoder| encoder.add_exif_metadata(&tags).unwrap());
    let png = with_chunks(&image.png(), &[chunk(b"eXIf", &tags)]);
    let webp = image.webp_with(|encoder| encoder.set_exif_metadata(tags.clone()));
    for bytes in [jpeg, png, webp] {
        let photo = default(&bytes).unwrap();
        assert_eq!(photo.taken_at.as_deref(), Some("2026-05-04T13:02:01+02:00"));
        assert_eq!(photo.camera.as_deref(), Some("Werk-kanarienvogel M0-kanarienvogel"));
        let position = photo.position.unwrap();
        assert!((position.latitude - (42.0 + 41.0 / 60.0 + 50.0 / 3600.0)).abs() < 1e-9);
        assert!((position.longitude - (23.0 + 19.0 / 60.0 + 18.0 / 3600.0)).abs() < 1e-9);
    }
    let photo = default(&image.jpeg()).unwrap();
    assert_eq!((photo.taken_at, photo.camera, photo.position), (None, None, None));
}

#[test]
fn what_can_be_seen_through_is_on_white() {
    let of = |colour, depth, data: &[u8]| {
        let photo = default(&png_of(16, 16, colour, depth, data)).unwrap();
        seen(&photo.clean).at(8, 8)
    };
    use png::{BitDepth::*, ColorType::*};
    let near = |is: [u8; 3], want: [u8; 3]| {
        assert!(is.iter().zip(want).all(|(is, want)| is.abs_diff(want) <= 3), "{is:?}, not {want:?}");
    };
    near(of(Rgba, Eight, &[200, 0, 0, 0].repeat(256)), [255, 255, 255]);
    near(of(Rgba, Eight, &[200, 0, 0, 255].repeat(256)), [200, 0, 0]);
    near(of(Rgba, Eight, &[200, 100, 0, 128].repeat(256)), [227, 177, 127]);
    near(of(GrayscaleAlpha, Eight, &[10, 0].repeat(256)), [255, 255, 255]);
    near(of(Rgba, Sixteen, &[200, 1, 0, 2, 0, 3, 255, 255].repeat(256)), [200, 0, 0]);
    near(of(Grayscale, Sixteen, &[77, 200].repeat(256)), [77, 77, 77]);
    near(of(Grayscale, One, &[255; 32]), [255, 255, 255]);
    near(of(Indexed, Eight, &[0; 256]), [255, 0, 0]);
    near(of(Indexed, Eight, &[1; 256]), [255, 255, 255]);
}

#[test]
fn a_cameras_colours_become_everybodys() {
    let image = Image::new(64, 64, |_, _| [250, 40, 40]);
    let wide = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let usual = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let with = |profile: &[u8]| {
        let profiled =
            image.jpeg_with(95, SamplingFactor::F_1_1, |encoder| encoder.add_icc_profile(profile).unwrap());
        let photo = default(&profiled).unwrap();
        assert!(!photo.clean.windows(11).any(|part| part == b"ICC_PROFILE"));
        seen(&photo.clean).at(32, 32)
    };
    // What is this red on a wide display is a stronger one than sRGB has.
    assert!(with(&wide)[1] < 25, "{:?}", with(&wide));
    assert!(with(&usual)[1].abs_diff(40) <= 3, "{:?}", with(&usual));
    assert!(with(b"no profile")[1].abs_diff(40) <= 3);
}

#[test]
fn limits_are_kept_before_anything_is_decoded() {
    let image = Image::scene(200, 100, 1);
    let small = Limits { side: 150, ..Limits::default() };
    let few = Limits { pixels: 19_999, ..Limits::default() };
    let tight = Limits { memory: 10_000, ..Limits::default() };
    let hasty = Limits { time: Duration::ZERO, ..Limits::default() };
    let slow = image.jpeg_with(90, SamplingFactor::F_1_1, |encoder| encoder.set_progressive(true));
    for bytes in [image.jpeg(), slow, image.png(), image.webp()] {
        assert_eq!(read(&bytes, &small).unwrap_err(), Problem::TooLarge(200, 100));
        assert_eq!(read(&bytes, &few).unwrap_err(), Problem::TooLarge(200, 100));
        assert_eq!(read(&bytes, &tight).unwrap_err(), Problem::TooMuchMemory);
        assert_eq!(read(&bytes, &hasty).unwrap_err(), Problem::TooSlow);
    }
}

#[test]
fn every_problem_has_words() {
    for problem in [
        Problem::Unread(MediaType::Heic),
        Problem::Animated,
        Problem::TooLarge(1, 2),
        Problem::CutOff,
        Problem::Broke,
    ] {
        assert!(problem.to_string().ends_with('.') && !problem.code().is_empty());
    }
    let heic = default(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap_err();
    assert!(heic.to_string().contains("Most Compatible"), "{heic}");
}

#[test]
fn a_small_picture_keeps_its_pixels() {
    // Each pixel has another colour than those around it: at half the detail all would be one.
    let image = Image::new(60, 40, |x, y| if (x + y) % 2 == 0 { [200, 60, 60] } else { [60, 60, 200] });
    let jpeg = image.jpeg_with(95, SamplingFactor::F_1_1, |_| {});
    let shown = seen(&jpeg);
    let apart = seen(&default(&jpeg).unwrap().clean).distance(&shown);
    assert!(apart < 3.0, "{apart}");
}
