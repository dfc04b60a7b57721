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
    let sizes = [
        // 48, 50, 64 and 108 megapixels, of which each takes 3 bytes, and 200, which would take more than there is.
        ((8000, 6000), Some((2000, 1500))),
        ((8192, 6144), Some((2048, 1536))),
        ((9248, 6936), Some((2048, 1536))),
        ((12_000, 9000), Some((2048, 1536))),
        ((16_320, 12_240), None),
    ];
    for ((width, height), clean_size) in sizes {
        let bytes = progressive(width, height, 1);
        let photo = read(&bytes, &patient());
        // It is known before it is here whole.
        assert_eq!(refused_at_sight(&bytes[..2000]), photo.as_ref().err().cloned());
        match (photo, clean_size) {
            (Ok(photo), Some(clean_size)) => {
                assert_eq!((photo.clean_size, seen(&photo.thumbnail).at(300, 200)), (clean_size, [128; 3]));
            }
            (photo, None) => assert_eq!(photo.unwrap_err(), Problem::TooMuchMemory),
            (Err(problem), _) => panic!("{width} × {height}: {problem}"),
        }
    }
    let full = |width: u16, height: u16| {
        let mut bytes = progressive(width, height, 1);
        let frame = bytes.windows(2).position(|two| two == [0xFF, 0xC2]).unwrap();
        // Colours in full detail.
        bytes[frame + 11] = 0x11;
        refused_at_sight(&bytes)
    };
    assert_eq!(full(9248, 6936), None);
    assert_eq!(full(12_000, 9000), Some(Problem::TooMuchMemory));
    assert!(u64::from(9248_u32 * 6936) > ALWAYS);
}

#[test]
fn what_is_told_of_its_size_is_held_to_the_limits() {
    assert_eq!(refused_by_size(16_320, 12_240), None);
    for (width, height) in [(16_385, 1), (15_000, 15_000)] {
        let problem = Problem::TooLarge(width, height);
        assert_eq!(refused_by_size(width, height), Some(problem.clone()));
        let jpeg = baseline(width as u16, height as u16);
        assert_eq!(refused_at_sight(&jpeg), Some(problem));
    }
    let mut png = Image::scene(20, 20, 1).png();
    assert_eq!(refused_at_sight(&png), None);
    png[16..24].copy_from_slice(&[0, 0, 0x7F, 0xFF, 0, 0, 0x7F, 0xFF]);
    assert_eq!(refused_at_sight(&png), Some(Problem::TooLarge(0x7FFF, 0x7FFF)));
    // What is damaged may be so by the line, and is looked at when it is whole.
    assert_eq!(refused_at_sight(b"\xFF\xD8\xFF\xC0\0\x08\x08\0\x10\0\x10\x03"), None);
    let arithmetic = [&b"\xFF\xD8"[..], &segment(0xC9, &[8, 0, 16, 0, 16, 1, 1, 0x11, 0])].concat();
    assert!(matches!(refused_at_sight(&arithmetic), Some(Problem::Unsupported(_))));
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
    assert_eq!(read(&more, &patient()).unwrap_err(), Problem::Damaged("it has too many scans"));
}
