//! Recordings that are cut: what was heard in a stretch is not in the copy, and the rest plays.

use super::*;

const SILENT: [Stretch; 1] = [Stretch { from: 400, to: 500 }];

/// The packets that a copy has, by the bytes that they are known by.
fn kept(copy: &[u8]) -> Vec<usize> {
    sound().iter().enumerate().filter(|(_, frame)| has(copy, frame)).map(|(number, _)| number).collect()
}

fn reread(copy: &Cut) -> Recording {
    read(&copy.bytes, &Limits::default()).unwrap()
}

/// What a copy says of how it is coded.
fn coding(copy: &Cut) -> &[u8] {
    let bytes = &copy.bytes;
    let at = bytes.windows(4).position(|kind| kind == b"stsd").unwrap() - 4;
    &bytes[at..at + big_u32(bytes, at).unwrap() as usize]
}

#[test]
fn what_is_cut_is_not_there_and_the_rest_plays() {
    let cases = [
        (made::opus(), 20, 1_000),
        (made::webm(), 20, 1_020),
        (made::m4a(b"soun", b"mp4a"), 64, 3_200),
        (made::fragmented(), 64, 3_200),
    ];
    for (bytes, each, milliseconds) in cases {
        let copy = cut(&bytes, &SILENT).unwrap();
        let found = kept(&copy.bytes);
        for (number, from) in (0..50_usize).zip((0..).step_by(each)) {
            let to = from + each as u64;
            let [near, far] = [0, MARGIN + 2 * each as u64].map(|more| from < 500 + more && to + more > 400);
            let is_kept = found.contains(&number);
            assert!(!near || !is_kept, "{number} is heard");
            assert!(far || is_kept || number == 0, "{number} is cut");
        }
        assert!(!found.contains(&0), "encoders write into the first one");
        // What begins where the stretch ends may repeat its end.
        assert!(!found.contains(&(500_usize.div_ceil(each))));
        let again = reread(&copy);
        assert_eq!((copy.format, again.format, again.milliseconds), (Format::M4a, Format::M4a, milliseconds));
        assert!(!has(&copy.bytes, CANARY));
        let all = cut(&bytes, &[Stretch { from: 0, to: 10_000 }]).unwrap();
        assert!(kept(&all.bytes).is_empty());
        assert_eq!(reread(&all).milliseconds, milliseconds);
        assert_eq!(kept(&cut(&bytes, &[]).unwrap().bytes), (1..50).collect::<Vec<_>>());
        // A copy is cut as well.
        let twice = cut(&copy.bytes, &[Stretch { from: 800, to: 900 }]).unwrap();
        assert!(
            kept(&twice.bytes).len() < found.len()
                && kept(&twice.bytes).iter().all(|one| found.contains(one))
        );
    }
}

#[test]
fn samples_that_are_cut_are_zero() {
    let clean = default(&made::wav()).unwrap().clean;
    let copy = cut(&made::wav(), &SILENT).unwrap();
    let (from, to) = (44 + 2 * 8 * 400, 44 + 2 * 8 * 500);
    assert!(copy.bytes[from..to].iter().all(|byte| *byte == 0));
    assert_eq!((&copy.bytes[8..from], &copy.bytes[to..clean.len()]), (&clean[8..from], &clean[to..]));
    assert_eq!(
        (copy.format, reread(&copy).milliseconds, reread(&copy).clean.len()),
        (Format::Wav, 750, clean.len())
    );
    // In one byte a sample has its zero in the middle, and others code it otherwise.
    for (code, depth, silence) in [(1, 8, 0x80), (6, 8, 0xD5), (7, 8, 0xFF), (3, 32, 0)] {
        let mut other = clean.clone();
        (other[20], other[32], other[34]) = (code, depth / 8, depth);
        let copy = cut(&other, &[Stretch { from: 0, to: 10 }]).unwrap();
        let start = if code == 1 { 44 } else { 46 };
        assert_eq!((copy.bytes[start], copy.bytes[start + 79]), (silence, silence), "{code}");
        assert_eq!(copy.bytes[start + 10 * 8 * usize::from(depth / 8)], 0x91, "{code}");
    }
}

#[test]
fn copies_do_not_tell_where_they_come_from() {
    let [ogg, webm, whole, parts, wav] =
        [made::opus(), made::webm(), made::m4a(b"soun", b"mp4a"), made::fragmented(), made::wav()]
            .map(|bytes| cut(&bytes, &SILENT).unwrap());
    assert_eq!(coding(&ogg), coding(&webm));
    // Nothing is left of whether it was written in fragments, nor in which movie.
    assert_eq!(whole, parts);
    for copy in [ogg, webm, whole, wav] {
        assert!(copy.bytes.len().is_multiple_of(LEAST) && (copy.bytes.len() / LEAST).is_power_of_two());
        assert!(copy.padding >= 16);
        // What is padded is read by nobody.
        let mut noisy = copy.bytes.clone();
        let start = noisy.len() - copy.padding;
        noisy[start..].fill(0xA5);
        assert_eq!(reread(&copy).milliseconds, default(&noisy).unwrap().milliseconds);
    }
}

#[test]
fn what_cannot_be_taken_apart_is_not_copied() {
    let cut = |bytes: &[u8]| super::cut(bytes, &[]);
    assert!(matches!(cut(&made::vorbis()), Err(Problem::Unsupported(_))));
    assert!(matches!(cut(&made::m4a(b"soun", b"alac")), Err(Problem::Unsupported(_))));
    assert_eq!(cut(b"hello"), Err(Problem::NotARecording));
    // Three channels, said where the channels are.
    let mut many = made::m4a(b"soun", b"mp4a");
    let at = many.windows(2).position(|bytes| bytes == [0x14, 0x08]).unwrap();
    many[at + 1] = 0x18;
    assert!(matches!(cut(&many), Err(Problem::Unsupported(_))));
    let mut laced = made::webm();
    let at = laced.windows(4).position(|bytes| bytes == [0x81, 0, 0, 0x80]).unwrap();
    laced[at + 3] |= 2;
    assert!(matches!(cut(&laced), Err(Problem::Unsupported(_))));
}

/// A recording with this one edit.
fn edited(lasts: u32, from: u32, speed: u32) -> Vec<u8> {
    let mut bytes = made::m4a(b"soun", b"mp4a");
    let at = bytes.windows(4).position(|kind| kind == b"elst").unwrap() + 12;
    for (number, value) in [lasts, from, speed].into_iter().enumerate() {
        bytes[at + 4 * number..at + 4 * number + 4].copy_from_slice(&value.to_be_bytes());
    }
    bytes
}

/// Two frames before the edit and those behind it are not played, so nobody may hear them in the copy; a stretch counts from
/// where the edit begins, and for players that know no edits from the beginning.
#[test]
fn what_an_edit_leaves_out_is_left_out() {
    let copy = cut(&edited(1_600, 2_048, 0x1_0000), &[]).unwrap();
    assert_eq!(kept(&copy.bytes), (3..27).collect::<Vec<_>>());
    assert_eq!(reread(&copy).milliseconds, 25 * 64);
    let copy = cut(&edited(51_200, 16_000, 0x1_0000), &[Stretch { from: 1_000, to: 1_100 }]).unwrap();
    let found = kept(&copy.bytes);
    for heard in [1_000, 2_000] {
        assert!((heard / 64..(heard + 100) / 64).all(|number| !found.contains(&number)), "{heard}");
    }
    assert!(found.contains(&24) && found.contains(&40));
    assert!(cut(&edited(51_200, 0, 0x2_0000), &[]).is_err());
}

#[test]
fn opus_is_silent_for_as_long_as_it_was_heard() {
    use super::super::cut::opus::{silence, ticks, without_padding};
    for (packet, wanted) in [
        (&[0x00][..], 480),
        (&[0x08], 960),
        (&[0x18], 2_880),
        (&[0x60], 480),
        (&[0x69], 1_920),
        (&[0x80], 120),
        (&[0xF8], 960),
        (&[0xFA], 1_920),
        (&[0xFB, 6], 5_760),
        (&[0x83, 48], 5_760),
    ] {
        assert_eq!(ticks(packet), Ok(wanted), "{packet:?}");
        assert_eq!(ticks(&silence(wanted)), Ok(wanted), "{packet:?}");
    }
    for wrong in [&[][..], &[0x03], &[0x03, 0], &[0xFB, 7], &[0xFB, 63]] {
        assert!(ticks(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(silence(960), [0xF8, 0xFF, 0xFE]);
    assert_eq!(silence(2_880), [0xFB, 3, 0xFF, 0xFE, 0xFF, 0xFE, 0xFF, 0xFE]);
    for (padded, plain) in [
        (&[0xFB, 0x41, 3, 7, 8, 1, 2, 3][..], &[0xFB, 1, 7, 8][..]),
        (&[0xFB, 0x41, 0, 7, 8], &[0xFB, 1, 7, 8]),
        (&[0xFB, 1, 7, 8], &[0xFB, 1, 7, 8]),
        (&[0xF8, 0x41, 3, 7], &[0xF8, 0x41, 3, 7]),
    ] {
        assert_eq!(without_padding(padded).unwrap(), plain);
    }
    let long = [&[0xFB, 0xC2, 255, 1, 9, 9][..], &[4; 255]].concat();
    assert_eq!(without_padding(&long).unwrap()[..], [0xFB, 0x82, 9, 9]);
    assert!(without_padding(&[0xFB, 0x41, 3, 7, 8]).is_err());
}

#[test]
fn what_an_aac_decoder_is_given_is_written_anew() {
    use super::super::cut::Aac;
    for (config, written) in [
        (&[0x12, 0x10][..], &[0x12, 0x10][..]),
        // With something behind it that says nothing.
        (&[0x12, 0x10, 0, 0x4B, 0x41], &[0x12, 0x10]),
        // The upper band replicated, said at once and said behind.
        (&[0x2B, 0x11, 0x88, 0x00], &[0x13, 0x10, 0x56, 0xE5, 0x98]),
        (&[0x13, 0x10, 0x56, 0xE5, 0x98], &[0x13, 0x10, 0x56, 0xE5, 0x98]),
        // A rate of its own.
        (&[0x17, 0x80, 0x0F, 0xA1, 0x08], &[0x17, 0x80, 0x0F, 0xA1, 0x08]),
    ] {
        let aac = Aac::read(config).unwrap();
        assert_eq!(aac.written(), written, "{config:02X?}");
        assert_eq!(Aac::read(&aac.written()), Ok(aac));
    }
    // Scalable, with a core coder, and without an end.
    for wrong in [&[0x32, 0x10][..], &[0x12, 0x12], &[0x12], &[]] {
        assert!(Aac::read(wrong).is_err(), "{wrong:02X?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// A recording in which something is changed is cut or refused; what is cut is read again.
    #[test]
    fn no_change_breaks_a_cut(
        which in 0..6_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        early in any::<bool>(),
        stretches in proptest::collection::vec((0..4_000_u64, 0..4_000_u64), 0..5),
    ) {
        let mut bytes = made::all()[which].1.clone();
        for (at, value) in &changes {
            let within = if early { bytes.len().min(300) } else { bytes.len() };
            bytes[at.index(within)] = *value;
        }
        if which > 1 {
            made::sum_anew(&mut bytes);
        }
        let stretches: Vec<_> = stretches.into_iter().map(|(from, to)| Stretch { from, to }).collect();
        if let Ok(copy) = cut(&bytes, &stretches) {
            let again = read(&copy.bytes, &Limits { seconds: u32::MAX });
            prop_assert!(again.is_ok());
        }
    }

    /// So is anything behind the first bytes of one.
    #[test]
    fn no_bytes_break_a_cut(
        which in 0..6_usize,
        keep in 0..120_usize,
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = made::all()[which].1.clone();
        drop(cut(&[&bytes[..keep], &rest].concat(), &[Stretch { from: 1, to: 2 }]));
    }
}
