//! What is damage in a JPEG, and what is only unusual.

use super::*;

fn patient(bytes: &[u8]) -> Result<Photo, Problem> {
    read(bytes, &Limits { time: Duration::from_secs(60), ..Limits::default() })
}

/// Where the markers of this code are.
fn markers(jpeg: &[u8], code: u8) -> Vec<usize> {
    let pairs = jpeg.windows(2).enumerate();
    pairs.filter(|(_, pair)| *pair == [0xFF, code]).map(|(at, _)| at).collect()
}

fn progressive() -> (Image, Vec<u8>) {
    let image = Image::scene(120, 90, 3);
    let jpeg = image.jpeg_with(85, SamplingFactor::F_2_2, |encoder| encoder.set_progressive(true));
    (image, jpeg)
}

#[track_caller]
fn assert_shows(photo: &Photo, image: &Image) {
    let apart = seen(&photo.clean).distance(image);
    assert!(apart < 4.0, "{apart}");
}

#[test]
fn zeros_behind_a_scan_are_padding() {
    let jpeg = include_bytes!("cases/progressive-padding-between-segments.jpg");
    let image = seen(&patient(jpeg).unwrap().clean);
    let mut padded = jpeg.to_vec();
    // Before the tables that follow the first scan, before the scans, and before the end.
    let (scans, tables) = (markers(jpeg, 0xDA), markers(jpeg, 0xC4));
    let tables = tables.into_iter().find(|at| *at > scans[0]);
    let scans = scans.into_iter().skip(1).filter(|at| Some(*at) != tables);
    for at in tables.into_iter().chain(scans).chain([jpeg.len() - 2]).rev() {
        padded.splice(at..at, [0; 40]);
    }
    assert_shows(&patient(&padded).unwrap(), &image);
}

#[test]
fn a_scan_that_misses_its_half_is_damaged() {
    let (_, progressive) = progressive();
    for jpeg in [progressive, Image::scene(120, 90, 3).jpeg()] {
        let (from, to) = middle_of_the_first_scan(&jpeg);
        let mut less = jpeg;
        less.drain(from..to);
        let problem = patient(&less).unwrap_err();
        assert!(matches!(problem, Problem::Damaged(_)), "{problem:?}");
        // In words of ours, not of a library.
        assert!(problem.to_string().starts_with("This image is damaged: a part of its picture"), "{problem}");
    }
}

/// The middle half of the data of the first scan.
fn middle_of_the_first_scan(jpeg: &[u8]) -> (usize, usize) {
    let header = markers(jpeg, 0xDA)[0] + 2;
    let start = header + usize::from(u16::from_be_bytes([jpeg[header], jpeg[header + 1]]));
    let end = jpeg[start..].windows(2).position(|pair| pair[0] == 0xFF && pair[1] != 0).unwrap();
    (start + end / 4, start + 3 * end / 4)
}

#[test]
fn restarts_have_to_come_in_their_order() {
    let image = Image::scene(120, 90, 1);
    let jpeg = image.jpeg_with(85, SamplingFactor::F_2_2, |encoder| encoder.set_restart_interval(2));
    assert_shows(&patient(&jpeg).unwrap(), &image);
    let second = markers(&jpeg, 0xD1)[0];
    let mut other = jpeg.clone();
    other[second + 1] = 0xD5;
    assert!(matches!(patient(&other), Err(Problem::Damaged(_))));
    let mut without = jpeg;
    without.drain(second..second + 2);
    assert!(matches!(patient(&without), Err(Problem::Damaged(_))));
}

#[test]
fn without_an_end_all_scans_have_to_be_there() {
    let (image, jpeg) = progressive();
    assert_shows(&patient(&jpeg[..jpeg.len() - 2]).unwrap(), &image);
    let last = *markers(&jpeg, 0xDA).last().unwrap();
    // Wherever it stops between the last scan but one and the end, something is missing.
    for length in [last, last + 1, last + 2, last + 5, last + 10, last + 11, jpeg.len() - 3] {
        assert_eq!(patient(&jpeg[..length]).unwrap_err(), Problem::CutOff, "{length} of {}", jpeg.len());
    }
    // One that says that it ends there is a coarse picture.
    assert!(patient(&[&jpeg[..last], b"\xFF\xD9"].concat()).is_ok());
    let colours = include_bytes!("cases/baseline-not-interleaved-420.jpg");
    let last = *markers(colours, 0xDA).last().unwrap();
    assert_eq!(patient(&colours[..last]).unwrap_err(), Problem::CutOff);
}

#[test]
fn what_nothing_depends_on_may_be_wrong() {
    let image = Image::scene(120, 90, 2);
    let jpeg = image.jpeg();
    // The scan says that it brings no more than the brightness.
    let mut header = jpeg.clone();
    let scan = markers(&jpeg, 0xDA)[0];
    assert_eq!(header[scan + 11..scan + 14], [0, 63, 0]);
    header[scan + 11..scan + 14].copy_from_slice(&[0, 0, 0]);
    // A version of JFIF that there is not, and then an unknown segment of Adobe as well.
    let mut version = jpeg.clone();
    assert_eq!(&version[6..11], b"JFIF\0");
    version[11] = 9;
    let adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x07");
    let both = with_segments(&version, std::slice::from_ref(&adobe));
    // Without JFIF.
    let alone = [&jpeg[..2], &adobe, &jpeg[20..]].concat();
    // A segment that is reserved, and filled room before a marker.
    let unknown = with_segments(&jpeg, &[segment(0xF7, b"anything"), vec![0xFF; 9], b"\xFF\x01".to_vec()]);
    for bytes in [header, version, both, alone, unknown] {
        assert_shows(&patient(&bytes).unwrap(), &image);
    }
}

#[test]
fn a_refusal_is_no_panic() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static HAS_PANICKED: AtomicBool = AtomicBool::new(false);
    let name = "a refusal";
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some(name) {
            HAS_PANICKED.store(true, Ordering::SeqCst);
        } else {
            before(info);
        }
    }));
    let mut jpeg = Image::scene(120, 90, 2).jpeg();
    let (from, to) = middle_of_the_first_scan(&jpeg);
    jpeg.drain(from..to);
    let work = std::thread::Builder::new().name(name.to_owned()).spawn(move || patient(&jpeg));
    let problem = work.unwrap().join().unwrap().unwrap_err();
    assert!(matches!(problem, Problem::Damaged(_)), "{problem:?}");
    assert!(!HAS_PANICKED.load(Ordering::SeqCst));
}
