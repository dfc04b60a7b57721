//! JPEGs that were once read wrongly or refused; each stands for its kind.

use super::*;

const RED: [u8; 3] = [220, 40, 40];
const GREEN: [u8; 3] = [40, 200, 40];

fn photo(bytes: &[u8]) -> Photo {
    read(bytes, &Limits { time: Duration::from_secs(60), ..Limits::default() }).unwrap()
}

/// Whether the clean copy has this colour in the middle of each of these eighths across.
#[track_caller]
fn assert_shows(photo: &Photo, eighths: std::ops::Range<usize>, colour: [u8; 3]) {
    let image = seen(&photo.clean);
    for eighth in eighths {
        let is = image.at((2 * eighth + 1) * image.width / 16, image.height / 2);
        assert!(is.iter().zip(colour).all(|(is, want)| is.abs_diff(want) <= 6), "{is:?}, not {colour:?}");
    }
}

#[test]
fn a_scan_for_each_colour_of_less_detail() {
    let photo = photo(include_bytes!("cases/baseline-not-interleaved-420.jpg"));
    assert_shows(&photo, 0..3, RED);
    assert_shows(&photo, 5..8, GREEN);
}

#[test]
fn adobes_transform_0_without_jfif_is_red_green_and_blue() {
    assert_shows(&photo(include_bytes!("cases/rgb-adobe-transform-0.jpg")), 0..8, RED);
}

#[test]
fn more_colour_than_light_is_shown_as_it_was_meant() {
    let image = seen(&photo(include_bytes!("cases/more-colour-than-light.jpg")).clean);
    // The same scene, as cameras write it.
    let usual = seen(&photo(include_bytes!("cases/gps-signed-rational.jpg")).clean);
    assert!(image.distance(&usual) < 6.0, "{}", image.distance(&usual));
}

#[test]
fn the_end_marker_alone_may_be_missing() {
    let bytes = include_bytes!("cases/without-end-marker.jpg");
    assert_shows(&photo(bytes), 0..8, RED);
    let less = read(&bytes[..bytes.len() - 1], &Limits::default()).unwrap_err();
    assert_eq!(less, Problem::CutOff);
}

#[test]
fn a_few_bytes_between_segments_are_passed_over() {
    let photo = photo(include_bytes!("cases/progressive-padding-between-segments.jpg"));
    assert_shows(&photo, 0..3, RED);
    assert_shows(&photo, 5..8, GREEN);
}

#[test]
fn a_position_of_numbers_with_a_sign_is_one() {
    let position = photo(include_bytes!("cases/gps-signed-rational.jpg")).position.unwrap();
    assert!((position.latitude - (60.0 + 8.0 / 60.0 + 48.14 / 3600.0)).abs() < 1e-9, "{position:?}");
    assert!((position.longitude - (24.0 + 54.0 / 60.0 + 24.38 / 3600.0)).abs() < 1e-9, "{position:?}");
}
