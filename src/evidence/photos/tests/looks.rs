//! Photos that look alike, and others.

use super::*;

fn look(bytes: &[u8]) -> Look {
    read(bytes, &Limits { time: std::time::Duration::from_secs(60), ..Limits::default() }).unwrap().look
}

#[test]
fn a_photo_is_found_again_and_others_are_not() {
    let scenes: Vec<Image> = (1..=16).map(|seed| Image::scene(240, 180, seed)).collect();
    let looks: Vec<Look> = scenes.iter().map(|scene| look(&scene.jpeg())).collect();
    let mut furthest = 0;
    for (seed, (scene, first)) in (1..).zip(scenes.iter().zip(&looks)) {
        let brighter = Image::new(240, 180, |x, y| scene.at(x, y).map(|value| value.saturating_add(20)));
        let again = [
            scene.jpeg_with(40, SamplingFactor::F_2_2, |_| {}),
            scene.jpeg_with(70, SamplingFactor::F_1_1, |encoder| encoder.set_progressive(true)),
            Image::scene(120, 90, seed).jpeg(),
            Image::scene(520, 390, seed).jpeg(),
            Image::scene(167, 125, seed).png(),
            scene.webp(),
            brighter.jpeg(),
            read(&scene.jpeg(), &Limits { time: std::time::Duration::from_secs(60), ..Limits::default() })
                .unwrap()
                .clean,
        ];
        for bytes in again {
            furthest = furthest.max(first.distance(look(&bytes)));
        }
    }
    assert!(furthest <= ALIKE, "{furthest}");
    let pairs =
        looks.iter().enumerate().flat_map(|(at, one)| looks[..at].iter().map(move |other| (one, other)));
    let apart: Vec<u32> = pairs.map(|(one, other)| one.distance(*other)).collect();
    let mean = f64::from(apart.iter().sum::<u32>()) / apart.len() as f64;
    println!("the same: at most {furthest}; others: at least {:?}, on average {mean:.1}", apart.iter().min());
    assert!(apart.iter().all(|distance| *distance > ALIKE), "{:?}", apart.iter().min());
}

#[test]
fn a_look_survives_being_stored() {
    let one = look(&Image::scene(100, 100, 1).jpeg());
    assert_eq!(Look::from_bits(one.to_bits()), one);
    assert!(one.is_like(one) && !one.is_like(Look::from_bits(!one.to_bits())));
}
