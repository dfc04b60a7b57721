//! Dates and times as answers write them: one form for each, by the clocks at the branch.

use jiff::civil::Date;

use super::kinds::Ask;

/// Whether the text is exactly of the form that is asked for, and is a day of the calendar and a time of a day.
///
/// Of two texts that are, the earlier is the lesser: they can be compared as they are.
pub(super) fn is_real(ask: Ask, text: &str) -> bool {
    match ask {
        Ask::Date => is_date(text),
        Ask::Time => minutes(text).is_some(),
        Ask::DateTime => {
            text.split_once('T').is_some_and(|(date, time)| is_date(date) && minutes(time).is_some())
        }
    }
}

/// The minutes from midnight to a time such as `14:05`; none if it is no such time.
pub(super) fn minutes(time: &str) -> Option<i64> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes) = (digits::<2>(hours)?, digits::<2>(minutes)?);
    (hours < 24 && minutes < 60).then_some(i64::from(hours) * 60 + i64::from(minutes))
}

/// Whether this is a date such as `2026-11-22`, in the years 1 to 9999.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day) = (digits::<4>(next()), digits::<2>(next()), digits::<2>(next()));
    let date = || Date::new(year?, month?.try_into().ok()?, day?.try_into().ok()?).ok();
    year != Some(0) && date().is_some()
}

/// The number that exactly so many digits write.
fn digits<const N: usize>(text: &str) -> Option<i16> {
    (text.len() == N && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_and_only_real_days() {
        let real = [
            (Ask::Date, "2026-11-22"),
            (Ask::Date, "2024-02-29"),
            (Ask::Date, "0001-01-01"),
            (Ask::Date, "9999-12-31"),
            (Ask::Time, "00:00"),
            (Ask::Time, "23:59"),
            (Ask::DateTime, "2026-11-22T14:05"),
        ];
        for (ask, text) in real {
            assert!(is_real(ask, text), "{text}");
        }
        let unreal = [
            (
                Ask::Date,
                "2026-02-29 2026-13-01 2026-00-10 2026-11-31 0000-01-01 26-11-22 2026-1-22 2026/11/22",
            ),
            (
                Ask::Date,
                "2026-11-22T14:05 +026-11-22 2026-11-+1 2026-11-22-01 2026-11 ２026-11-22 12026-11-22",
            ),
            (Ask::Time, "24:00 14:60 1:05 14:5 14:05:00 14.05 +1:05 T14:05 14:05Z"),
            (
                Ask::DateTime,
                "2026-11-22 14:05 2026-11-22T 2026-11-22t14:05 2026-11-22T14:05:00 2026-11-22T14:05Z",
            ),
        ];
        for (ask, text) in
            unreal.iter().flat_map(|(ask, texts)| texts.split(' ').map(move |text| (*ask, text)))
        {
            assert!(!is_real(ask, text), "{text}");
        }
        assert!(!is_real(Ask::DateTime, "2026-11-22 14:05"));
        assert!(!is_real(Ask::Time, ""));
    }

    #[test]
    fn minutes_count_from_midnight() {
        assert_eq!([minutes("00:00"), minutes("14:05"), minutes("23:59")], [Some(0), Some(845), Some(1439)]);
        assert_eq!(minutes("24:00"), None);
    }
}
