//! Nothing that was written into a photo is in what a branch can get.

use super::*;

/// What a photographer, a phone or a spy may put into a photo, always with a canary.
fn tagged(number: u64) -> Vec<u8> {
    let mut random = random(number + 77);
    let image = Image::scene(40 + (random() % 60) as usize, 40 + (random() % 40) as usize, number % 5);
    let tags = exif(1 + (number % 8) as u16, number);
    let xmp =
        format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{CANARY} xmp</dc:creator></x:xmpmeta>");
    let trailer = format!("PK\x03\x04 {CANARY} behind the end");
    let mut bytes = match number % 4 {
        0 | 1 => {
            let iptc = format!("Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x1A\x1C\x02\x50\0\x14{CANARY} iptc");
            let mut segments = vec![
                segment(0xE1, &[b"Exif\0\0", &tags[..]].concat()),
                segment(0xE1, format!("http://ns.adobe.com/xap/1.0/\0{xmp}").as_bytes()),
                segment(0xED, iptc.as_bytes()),
                segment(0xE2, format!("ICC_PROFILE\0\x01\x01{CANARY} profile").as_bytes()),
                segment(0xE2, format!("MPF\0{CANARY}").as_bytes()),
                segment(0xFE, format!("{CANARY} comment").as_bytes()),
                segment(0xE0, format!("JFXX\0\x10{CANARY} preview").as_bytes()),
                segment(0xEF, CANARY.as_bytes()),
                segment(0xE5, format!("Samsung {CANARY}").as_bytes()),
            ];
            segments.rotate_left((random() % 9) as usize);
            segments.truncate(3 + (random() % 7) as usize);
            let is_slow = number.is_multiple_of(3);
            with_segments(
                &image.jpeg_with(80, SamplingFactor::F_2_2, |jpeg| jpeg.set_progressive(is_slow)),
                &segments,
            )
        }
        2 => {
            let chunks = [
                chunk(b"eXIf", &tags),
                chunk(b"tEXt", format!("Author\0{CANARY}").as_bytes()),
                chunk(b"iTXt", format!("XML:com.adobe.xmp\0\0\0\0\0{xmp}").as_bytes()),
                chunk(b"zTXt", &[b"Comment\0\0", &deflated(CANARY.as_bytes())[..]].concat()),
                chunk(b"tIME", &[7, 0xEA, 5, 4, 13, 2, 1]),
                chunk(b"prVt", CANARY.as_bytes()),
            ];
            with_chunks(&image.png(), &chunks)
        }
        _ => image.webp_with(|webp| {
            webp.set_exif_metadata(tags.clone());
            webp.set_xmp_metadata(xmp.clone().into_bytes());
            webp.set_icc_profile(format!("{CANARY} profile").into_bytes());
        }),
    };
    if number.is_multiple_of(2) {
        bytes.extend_from_slice(trailer.as_bytes());
    }
    bytes
}

/// The codes of all segments of a JPEG, which has to end where it ends.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let mut codes = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        assert_eq!(jpeg[at], 0xFF);
        codes.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    let end = jpeg[at..].windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xDA)).unwrap();
    assert_eq!(&jpeg[at + end..], [0xFF, 0xD9], "nothing behind the picture");
    codes
}

#[test]
fn a_thousand_tagged_photos_leave_no_tag() {
    let allowed = [0xE0, 0xDB, 0xC0, 0xC4];
    let mut read_for_reviewers = 0;
    for number in 0..1000 {
        let bytes = tagged(number);
        assert!(bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));
        let photo = read(&bytes, &Limits { time: std::time::Duration::from_secs(60), ..Limits::default() })
            .unwrap_or_else(|problem| panic!("{number}: {problem}"));
        read_for_reviewers += usize::from(photo.position.is_some() && photo.taken_at.is_some());
        for copy in [&photo.clean, &photo.thumbnail] {
            for start in ["kanar", "Werk", "Exif", "ICC_", "http", "Photoshop", "PK\x03\x04", "2026"] {
                assert!(!copy.windows(start.len()).any(|part| part == start.as_bytes()), "{number}: {start}");
            }
            let parsed = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(copy));
            assert!(parsed.is_err(), "{number}");
            let codes = segments(copy);
            assert!(codes.iter().all(|code| allowed.contains(code)), "{number}: {codes:X?}");
            // The only application segment is JFIF's fourteen bytes.
            assert_eq!(&copy[2..11], b"\xFF\xE0\x00\x10JFIF\0", "{number}");
            assert_eq!(codes.iter().filter(|code| **code == 0xE0).count(), 1, "{number}");
        }
    }
    assert!(read_for_reviewers > 600, "{read_for_reviewers}");
}
