//! JPEGs of one grey and of any size, in few bytes: each block is a bit or two.

use super::*;

/// The segments of a JPEG of light and colours at half the detail, up to its first scan. The codes are the shortest:
/// a zero says that a block is as bright as the last, that it has nothing else, or how many have nothing else.
fn head(frame: u8, (width, height): (u16, u16)) -> Vec<u8> {
    let (wide, high) = (width.to_be_bytes(), height.to_be_bytes());
    let size = [8, high[0], high[1], wide[0], wide[1], 3];
    let code = |class: u8, symbol: u8| segment(0xC4, &[&[class, 1][..], &[0; 15], &[symbol]].concat());
    [
        b"\xFF\xD8".to_vec(),
        segment(0xDB, &[&[0][..], &[16; 64]].concat()),
        segment(frame, &[&size[..], &[1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]].concat()),
        code(0x00, 0),
        code(0x10, 0),
        code(0x11, 0xE0),
    ]
    .concat()
}

fn units(length: u16) -> usize {
    usize::from(length).div_ceil(16)
}

/// In one scan: six blocks a unit, two bits a block.
pub(super) fn baseline(width: u16, height: u16) -> Vec<u8> {
    let bits = 12 * units(width) * units(height);
    let scan = segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    [head(0xC0, (width, height)), scan, zeros(bits), b"\xFF\xD9".to_vec()].concat()
}

/// Progressive, each coefficient told in so many steps of a bit: the brightness of all colours in one scan, then what
/// else there is in a scan for each colour. The steps after the first make a walk over all blocks with hardly a byte.
pub(super) fn progressive(width: u16, height: u16, steps: u8) -> Vec<u8> {
    let (across, down) = (units(width), units(height));
    let light = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    let mut bytes = head(0xC2, (width, height));
    bytes.extend(segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 0, 0]));
    bytes.extend(zeros(6 * across * down));
    for (id, blocks) in [(1, light), (2, across * down), (3, across * down)] {
        bytes.extend(segment(0xDA, &[1, id, 1, 1, 63, 0]));
        bytes.extend(runs(blocks));
    }
    for step in 1..steps {
        // The light again and again: one bit less is known of it, then one more.
        let (before, after) = if step % 2 == 1 { (0, 1) } else { (1, 0) };
        bytes.extend(segment(0xDA, &[1, 1, 1, 1, 63, before << 4 | after]));
        bytes.extend(runs(light));
    }
    [bytes, b"\xFF\xD9".to_vec()].concat()
}

/// So many bits of zero, filled up with ones.
fn zeros(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0; bits / 8];
    if !bits.is_multiple_of(8) {
        bytes.push(0xFF >> (bits % 8));
    }
    bytes
}

/// Says of so many blocks that they have nothing else: a zero, and 14 bits more for how many.
fn runs(mut blocks: usize) -> Vec<u8> {
    const SHORTEST: usize = 1 << 14;
    let mut bits = Vec::new();
    while blocks > 0 {
        assert!(blocks >= SHORTEST, "a JPEG too small for such runs");
        let rest = blocks.min(2 * SHORTEST - 1);
        // What is left has to be none, or long enough.
        let run = if blocks - rest == 0 || blocks - rest >= SHORTEST { rest } else { blocks - SHORTEST };
        bits.extend((0..15).rev().map(|bit| (run - SHORTEST) >> bit & 1 == 1));
        blocks -= run;
    }
    let mut bytes = Vec::new();
    for eight in bits.chunks(8) {
        let byte = (0..8).fold(0, |byte, at| byte << 1 | u8::from(eight.get(at).copied().unwrap_or(true)));
        bytes.push(byte);
        if byte == 0xFF {
            bytes.push(0);
        }
    }
    bytes
}

fn patient() -> Limits {
    Limits { time: Duration::from_secs(60), ..Limits::default() }
}

#[test]
fn as_large_as_phones_take_them_they_are_read_small() {
    let sizes = [
        // 48, 50, 64, 108 and 200 megapixels.
        ((8000, 6000), (2000, 1500)),
        ((8192, 6144), (2048, 1536)),
        ((9248, 6936), (2048, 1536)),
        ((12_000, 9000), (2048, 1536)),
        ((16_320, 12_240), (2040, 1530)),
    ];
    for ((width, height), clean_size) in sizes {
        let photo = read(&baseline(width, height), &patient()).unwrap();
        assert_eq!((photo.width, photo.height), (width.into(), height.into()));
        assert_eq!(photo.clean_size, clean_size);
        assert_eq!(seen(&photo.thumbnail).at(300, 200), [128; 3]);
    }
}

#[test]
fn a_progressive_one_is_read_as_long_as_its_coefficients_fit() {
    // 36 megapixels take 3 bytes each; 48 would take more than there is.
    let photo = read(&progressive(6928, 5196, 1), &patient()).unwrap();
    assert_eq!((photo.clean_size, seen(&photo.thumbnail).at(300, 200)), ((2048, 1536), [128; 3]));
    assert_eq!(read(&progressive(8000, 6000, 1), &patient()).unwrap_err(), Problem::TooMuchMemory);
    // As large as such a file is when it shows something, it may hold more: 64 megapixels, and no more than that.
    let of_size = |mut bytes: Vec<u8>, size: usize| {
        bytes.resize(size, 0);
        read(&bytes, &patient()).map(|photo| photo.clean_size)
    };
    assert_eq!(of_size(progressive(8000, 6000, 1), 5 << 20), Ok((2000, 1500)));
    assert_eq!(of_size(progressive(9248, 6936, 1), 7 << 20), Ok((2048, 1536)));
    assert_eq!(of_size(progressive(9248, 6936, 1), 5 << 20), Err(Problem::TooMuchMemory));
    assert_eq!(of_size(progressive(12_000, 9000, 1), 40 << 20), Err(Problem::TooMuchMemory));
}

#[test]
fn the_time_is_looked_at_before_each_scan() {
    let (bytes, long) = (progressive(6928, 5196, 60), Watch::start(Duration::from_secs(60)));
    let jpeg = jpeg::Jpeg::read(&bytes, &long).unwrap();
    let timed = |watch: &Watch| {
        let start = std::time::Instant::now();
        let problem = jpeg.decode(LONG_ENOUGH, watch).err();
        (problem, start.elapsed())
    };
    let (problem, whole) = timed(&long);
    assert_eq!(problem, None);
    let (problem, took) = timed(&Watch::start(Duration::ZERO));
    assert_eq!(problem, Some(Problem::TooSlow));
    assert!(took < whole / 10, "{took:?} of {whole:?}");
    let more = progressive(6928, 5196, 62);
    assert_eq!(read(&more, &patient()).unwrap_err(), Problem::damaged("it has too many scans"));
}
