//! Images made to do harm: none may break anything, take more than its share, or come out as anything but a
//! JPEG.

use proptest::prelude::*;

use super::*;
use crate::at_work::at_work;

/// What is done with a hostile image.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Refused.
    Refused,
    /// Read, as what is wrong with it is left behind.
    Cleaned,
    /// Either: damage may or may not be seen.
    Either,
}

/// The hostile images, by name.
fn hostile() -> Vec<(String, Fate, Vec<u8>)> {
    let mut all = Vec::new();
    let mut add = |name: &str, fate, bytes: Vec<u8>| all.push((name.to_owned(), fate, bytes));
    let image = Image::scene(120, 90, 1);
    let slow = image.jpeg_with(85, SamplingFactor::F_1_1, |encoder| encoder.set_progressive(true));
    let restarting = image.jpeg_with(85, SamplingFactor::F_2_2, |encoder| encoder.set_restart_interval(2));
    let (jpeg, png, webp) = (image.jpeg(), image.png(), image.webp());
    let lossy =
        data_encoding::BASE64.decode(b"UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA").unwrap();
    let moving_webp =
        b"UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQ\
        AAAC8AAAAQBxAREYiI/gcA";
    let moving_webp = data_encoding::BASE64.decode(moving_webp).unwrap();

    // Sizes.
    let header = |width: u32, height: u32, depth: u8, colour: u8, interlaced: u8| {
        let body =
            [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, interlaced]].concat();
        [&b"\x89PNG\r\n\x1A\n"[..], &chunk(b"IHDR", &body)].concat()
    };
    let zeros = deflated(&vec![0; 8 << 20]);
    let bomb = |head: Vec<u8>| [head, chunk(b"IDAT", &zeros), chunk(b"IEND", b"")].concat();
    for (width, height) in
        [(65_535, 65_535), (u32::MAX >> 1, 1), (1, u32::MAX >> 1), (16_385, 1), (30_000, 30_000)]
    {
        for (depth, colour) in [(8, 2), (16, 6), (1, 0)] {
            add("PNG of an absurd size", Fate::Refused, bomb(header(width, height, depth, colour, 0)));
        }
    }
    add("PNG without pixels", Fate::Refused, bomb(header(0, 10, 8, 2, 0)));
    add("PNG of 64 megapixels", Fate::Refused, bomb(header(8000, 8000, 8, 2, 0)));
    add("PNG of 16 bits", Fate::Refused, bomb(header(7000, 7000, 16, 6, 1)));
    add("PNG with more data than pixels", Fate::Either, bomb(header(10, 10, 8, 2, 0)));
    add("PNG that unpacks to zeros", Fate::Either, bomb(header(2600, 3000, 8, 0, 0)));
    for (width, height) in
        [(65_535_u16, 65_535_u16), (65_535, 1), (0, 10), (10, 0), (16_385, 16), (16_000, 16_000)]
    {
        for base in [&jpeg, &slow] {
            let mut bytes = base.clone();
            let at = bytes.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2])).unwrap();
            bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
            bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
            add(&format!("JPEG of {width} × {height}"), Fate::Refused, bytes);
        }
    }
    let lossless = |width: u32, height: u32| {
        let bits = (width - 1) | (height - 1) << 14;
        let body = [&[0x2F][..], &bits.to_le_bytes(), &[0; 64]].concat();
        let size = body.len() as u32;
        [&b"RIFF"[..], &(size + 12).to_le_bytes(), b"WEBPVP8L", &size.to_le_bytes(), &body].concat()
    };
    add("WebP of 16384²", Fate::Refused, lossless(16_384, 16_384));
    add("WebP of 7000²", Fate::Refused, lossless(7000, 7000));
    add("WebP without data", Fate::Either, lossless(3000, 3000));
    let canvas = |width: u32| {
        [&[0, 0, 0, 0][..], &(width - 1).to_le_bytes()[..3], &(width - 1).to_le_bytes()[..3]].concat()
    };
    for width in [2_u32, 4000, 1 << 24] {
        let extended = [&b"VP8X\x0A\0\0\0"[..], &canvas(width), &lossy[12..]].concat();
        let size = extended.len() as u32 + 4;
        add(
            "WebP on another canvas",
            Fate::Refused,
            [&b"RIFF"[..], &size.to_le_bytes(), b"WEBP", &extended].concat(),
        );
    }
    for size in [0_u32, 4, 11, 0x7FFF_FFFF, u32::MAX] {
        let mut bytes = webp.clone();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        add("WebP that lies about its size", Fate::Refused, bytes.clone());
        bytes = webp.clone();
        bytes[16..20].copy_from_slice(&size.to_le_bytes());
        add("WebP with a chunk that lies about its size", Fate::Refused, bytes);
    }

    // Bombs beside the picture.
    let text = [b"Comment\0\0", &zeros[..]].concat();
    let profile = [b"icc\0\0", &zeros[..]].concat();
    add("PNG with a bomb of words", Fate::Cleaned, with_chunks(&png, &vec![chunk(b"zTXt", &text); 50]));
    add(
        "PNG with a bomb of words",
        Fate::Cleaned,
        with_chunks(&png, &vec![chunk(b"iTXt", &[b"a\0\x01\0\0\0", &zeros[..]].concat()); 50]),
    );
    add("PNG with a bomb of colours", Fate::Either, with_chunks(&png, &[chunk(b"iCCP", &profile)]));
    add("PNG with a huge chunk", Fate::Refused, with_chunks(&png, &[b"\xFF\xFF\xFF\xFFtEXt".to_vec()]));
    let looped = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0";
    let greedy = b"II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\xFF\xFF\xFF\x7F\0\0\0\0\x02\0\
        \x05\0\xFF\xFF\xFF\xFF\x08\0\0\0\0\0\0\0";
    for tags in [&looped[..], &greedy[..], b"", b"MM", b"MM\0*\xFF\xFF\xFF\xFF"] {
        add(
            "tags that go in circles",
            Fate::Cleaned,
            with_segments(&jpeg, &[segment(0xE1, &[b"Exif\0\0", tags].concat())]),
        );
        add("tags that go in circles", Fate::Cleaned, with_chunks(&png, &[chunk(b"eXIf", tags)]));
    }
    let tables = segment(0xC4, &[&[0][..], &[0; 16]].concat());
    add("JPEG with a hundred thousand tables", Fate::Cleaned, with_segments(&jpeg, &vec![tables; 100_000]));
    add(
        "JPEG with a thousand profiles",
        Fate::Cleaned,
        with_segments(
            &jpeg,
            &vec![segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", &[7; 60_000][..]].concat()); 200],
        ),
    );
    let (notes, interval) = (segment(0xFE, b""), segment(0xDD, &[0, 0]));
    add(
        "JPEG in a hundred thousand parts",
        Fate::Refused,
        with_segments(&jpeg, &vec![[notes, interval].concat(); 100_000]),
    );
    add("JPEG of 40 megapixels in many scans", Fate::Refused, blank::progressive(8000, 5000, 64));
    add("JPEG of 12 megapixels in 40 scans", Fate::Either, blank::progressive(4032, 3024, 40));
    add("progressive JPEG of 200 megapixels", Fate::Refused, blank::progressive(16_320, 12_240, 1));
    let scan = slow.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scans = [&slow[..scan], &slow[scan..slow.len() - 2].repeat(2000), &slow[slow.len() - 2..]].concat();
    add("JPEG with thousands of scans", Fate::Refused, scans);
    add("JPEG in a JPEG", Fate::Refused, with_segments(&jpeg, &[jpeg[..jpeg.len() / 2].to_vec()]));

    // Two things at once.
    let archive = format!("PK\x03\x04{CANARY}").into_bytes();
    let page = format!("<html><script>{CANARY}</script>").into_bytes();
    for (name, bytes) in [("JPEG", &jpeg), ("slow JPEG", &slow), ("PNG", &png), ("WebP", &webp)] {
        for tail in [&archive, &page, &jpeg, &vec![0; 100_000]] {
            add(&format!("{name} with something behind it"), Fate::Cleaned, [&bytes[..], tail].concat());
        }
    }
    add("JPEG with a page in its comment", Fate::Cleaned, with_segments(&jpeg, &[segment(0xFE, &page)]));
    add(
        "PNG with a page in its text",
        Fate::Cleaned,
        with_chunks(&png, &[chunk(b"tEXt", &[b"a\0", &page[..]].concat())]),
    );
    add("PNG with a JPEG inside", Fate::Cleaned, with_chunks(&png, &[chunk(b"prVt", &jpeg)]));

    // What moves.
    let control = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let frame =
        [&[0, 0, 0, 0][..], &120_u32.to_be_bytes(), &90_u32.to_be_bytes(), &[0; 8], &[0, 1, 0, 1, 0, 0]]
            .concat();
    add("animated PNG", Fate::Refused, with_chunks(&png, &[control, chunk(b"fcTL", &frame)]));
    add("animated WebP", Fate::Refused, moving_webp);

    // Something else.
    for start in [
        &b"GIF89a\x01\0\x01\0\0\0\0;"[..],
        b"BM\x1E\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!DOCTYPE html><img src=x onerror=alert(1)>",
        b"%PDF-1.7",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"#!/bin/sh\nrm -rf /",
        b"\x7FELF\x02\x01\x01",
        b"",
        b"\xFF",
        b"\xFF\xD8",
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF\xD9",
        b"\xFF\xD8\xFF\xFF\xFF\xFF",
        b"\x89PNG\r\n\x1A\n",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\xFF\xFF\xFF\xFFWEBPVP8 ",
    ] {
        add("something else", Fate::Refused, start.to_vec());
        add("something else with a photo behind it", Fate::Refused, [start, &[0; 32], &jpeg].concat());
    }

    // Cut off, at many places.
    for (name, bytes) in [
        ("JPEG", &jpeg),
        ("slow JPEG", &slow),
        ("restarting JPEG", &restarting),
        ("PNG", &png),
        ("WebP", &webp),
    ] {
        for part in 0..24 {
            let length = bytes.len() * part / 24;
            add(&format!("{name} cut off at {length}"), Fate::Refused, bytes[..length].to_vec());
        }
        for less in 1..=4 {
            // The end marker has two bytes, and a JPEG is whole without it.
            let fate = if name.ends_with("JPEG") && less <= 2 { Fate::Cleaned } else { Fate::Refused };
            add(&format!("{name} without its last {less}"), fate, bytes[..bytes.len() - less].to_vec());
        }
    }

    // Damaged sums of PNG, and damage anywhere.
    let mut at = 8;
    while at + 8 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let mut bytes = png.clone();
        bytes[at + 8 + length] ^= 1;
        add("PNG with a wrong sum", Fate::Refused, bytes);
        at += 12 + length;
    }
    let heads = [(&jpeg, 620), (&slow, 620), (&restarting, 620), (&png, 60), (&webp, 60), (&lossy, 40)];
    let mut random = random(99);
    for (bytes, head) in heads {
        for round in 0..25 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random() % 4 {
                // First the tables, then the data.
                let within = if round < 15 { head.min(bytes.len()) } else { bytes.len() };
                let at = random() as usize % within;
                bytes[at] = random() as u8;
            }
            add("damaged", Fate::Either, bytes);
        }
    }
    all
}

/// Reads it, and makes sure that what comes out is a JPEG of its picture and nothing else.
fn tried(bytes: &[u8]) -> Result<Photo, Problem> {
    let photo = read(bytes, &Limits::default())?;
    for (copy, longest) in [(&photo.clean, LONGEST), (&photo.thumbnail, THUMBNAIL)] {
        let seen = seen(copy);
        assert!(seen.width.max(seen.height) <= longest as usize);
        assert!(copy.starts_with(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0") && copy.ends_with(b"\xFF\xD9"));
        assert!(!copy.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));
    }
    Ok(photo)
}

#[test]
fn hostile_images_do_no_harm() {
    let all = hostile();
    assert!(all.len() >= 200, "{}", all.len());
    let (mut cleaned, mut slowest) = (0, Duration::ZERO);
    for (name, fate, bytes) in &all {
        let before = at_work();
        let result = tried(bytes);
        let took = at_work() - before;
        slowest = slowest.max(took);
        // What is checked above takes time too, and so does a debug build.
        assert!(took < Duration::from_secs(4), "{name}: {took:?}");
        match (fate, &result) {
            (_, Err(Problem::Broke)) => panic!("{name} broke a decoder"),
            (Fate::Refused, Ok(_)) => panic!("{name} was read"),
            (Fate::Cleaned, Err(problem)) => panic!("{name}: {problem}"),
            _ => cleaned += usize::from(result.is_ok()),
        }
    }
    println!("{} hostile images, {cleaned} cleaned, the slowest took {slowest:?}", all.len());
}

/// What is read here takes no more memory than it may. In a process of its own, as only the whole of one is
/// measured.
#[test]
fn hostile_images_take_no_more_memory_than_they_may() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let this = std::env::current_exe().unwrap();
    let name = "evidence::photos::tests::hostile::memory_of_hostile_images";
    let child = std::process::Command::new(this)
        .args(["--exact", name, "--ignored", "--nocapture"])
        // What was freed goes back at once, so that it does not pass for what was there before the next image.
        .envs([("MALLOC_TRIM_THRESHOLD_", "0"), ("MALLOC_MMAP_THRESHOLD_", "131072")])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
}

#[test]
#[ignore = "the test above runs it alone"]
fn memory_of_hostile_images() {
    let kib = |name: &str| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let large = |side: usize, channels: usize, colour| {
        let pixels = vec![0; side * side * channels];
        (
            "as large as may be".to_owned(),
            Fate::Cleaned,
            png_of(side, side, colour, png::BitDepth::Eight, &pixels),
        )
    };
    let mut all = hostile();
    for (width, height) in [(8192, 6144), (16_320, 12_240), (3839, 3839)] {
        all.push(("a large JPEG".to_owned(), Fate::Cleaned, blank::baseline(width, height)));
    }
    for (width, height) in [(7680, 5200), (9248, 6936), (12_000, 9000)] {
        all.push((
            "a large progressive JPEG".to_owned(),
            Fate::Cleaned,
            blank::progressive(width, height, 1),
        ));
    }
    all.push(large(5300, 3, png::ColorType::Rgb));
    all.push(large(7000, 4, png::ColorType::Rgba));
    let mut most = 0;
    for (name, fate, bytes) in all {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = kib("VmRSS");
        let result = read(&bytes, &Limits { time: Duration::from_secs(60), ..Limits::default() });
        assert!(fate != Fate::Cleaned || result.is_ok(), "{name}: {:?}", result.err());
        drop(result);
        let took = kib("VmHWM").saturating_sub(before);
        assert!(took <= 384 << 10, "{name}: {took} KiB");
        // In one scan it is read line by line.
        assert!(took <= 40 << 10 || name != "a large JPEG", "{name}: {took} KiB");
        most = most.max(took);
    }
    println!("at most {most} KiB");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is changed, cut or doubled in an image, it is read or refused.
    #[test]
    fn no_change_breaks_anything(
        which in 0..6_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        doubled in proptest::option::of((any::<prop::sample::Index>(), 1..200_usize)),
    ) {
        let image = Image::scene(40, 30, 2);
        let mut bytes = match which {
            0 => image.jpeg(),
            1 => image.jpeg_with(60, SamplingFactor::F_1_1, |encoder| encoder.set_progressive(true)),
            2 => image.jpeg_with(60, SamplingFactor::F_2_1, |encoder| encoder.set_restart_interval(1)),
            3 => image.jpeg_with(60, SamplingFactor::R_4_2_0, |encoder| {
                encoder.add_exif_metadata(&exif(6, 1)).unwrap();
            }),
            4 => with_chunks(&image.png(), &[chunk(b"eXIf", &exif(6, 1))]),
            _ => image.webp_with(|encoder| encoder.set_exif_metadata(exif(6, 1))),
        };
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        if let Some((from, length)) = doubled {
            let from = from.index(bytes.len());
            let part = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(from..from, part);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        prop_assert_ne!(tried(&bytes).err(), Some(Problem::Broke));
    }

    /// Anything behind the first bytes of an image is read or refused.
    #[test]
    fn no_bytes_break_anything(
        start in prop::sample::select(vec![
            &b"\xFF\xD8\xFF\xC0"[..],
            b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
            b"RIFF\x80\0\0\0WEBPVP8 ",
            b"",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert_ne!(tried(&[start, &rest].concat()).err(), Some(Problem::Broke));
    }
}
