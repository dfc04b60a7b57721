//! Dates and times as answers write them: one form for each, by the clocks at the branch.

use jiff::civil::Date;

use super::kinds::Ask;
use crate::text::with_plain_digits;

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

/// The one form of what a phone wrote: digits of another script, a space between date and time, seconds, and the time of day
/// beside a date mean nothing else. None if the text is of no such form, or says a distance from UTC: then it may be another day.
pub(super) fn in_one_form(ask: Ask, text: &str) -> Option<String> {
    let text = with_plain_digits(text.trim());
    let (date, time) = match ask {
        Ask::Time => ("", &*text),
        Ask::Date | Ask::DateTime => text.split_once(['T', 't', ' ']).unwrap_or((&text, "")),
    };
    let time = without_seconds(time)?;
    if ask == Ask::Date && !time.is_empty() && !is_real(Ask::Time, time) {
        return None;
    }
    let written = match ask {
        Ask::Date => date.to_owned(),
        Ask::Time => time.to_owned(),
        Ask::DateTime => format!("{date}T{time}"),
    };
    is_real(ask, &written).then_some(written)
}

/// A time without its seconds; none if it has something else behind its minutes.
fn without_seconds(time: &str) -> Option<&str> {
    const MINUTES: usize = "14:05".len();
    let (minutes, rest) = time.split_at_checked(MINUTES.min(time.len()))?;
    let seconds = || {
        let (seconds, part) = rest.strip_prefix(':')?.split_at_checked(2)?;
        let is_part = part.is_empty() || part.starts_with(['.', ',']) && part.len() > 1;
        let digits = || seconds.bytes().chain(part.bytes().skip(1)).all(|b| b.is_ascii_digit());
        (is_part && digits() && seconds <= "60").then_some(minutes)
    };
    if rest.is_empty() { Some(minutes) } else { seconds() }
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
    fn what_libraries_write_is_brought_into_one_form() {
        for (ask, text, written) in [
            (Ask::Date, " 2026-11-22", Some("2026-11-22")),
            (Ask::Date, "٢٠٢٦-١١-٢٢", Some("2026-11-22")),
            (Ask::Date, "2026-11-22 +0200", None),
            (Ask::Date, "2026-11-22TZ", None),
            (Ask::Date, "2026-11-22 5 PM", None),
            (Ask::Date, "2026-11-22T99:99", None),
            (Ask::Date, "２０２６-11-22", Some("2026-11-22")),
            (Ask::Date, "2026-11-22T00:00:00.000", Some("2026-11-22")),
            (Ask::Date, "2026-11-22T23:00:00Z", None),
            (Ask::Date, "2026-11-22T00:00:00+02:00", None),
            (Ask::Date, "22.11.2026", None),
            (Ask::Time, "14:05:59", Some("14:05")),
            (Ask::Time, "१४:०५", Some("14:05")),
            (Ask::Time, "14:05:00.123456", Some("14:05")),
            (Ask::Time, "24:00", None),
            (Ask::Time, "2:05 PM", None),
            (Ask::Time, "14:05Z", None),
            (Ask::Time, "14:05:", None),
            (Ask::Time, "14:05:0x", None),
            (Ask::Time, "14:05:00.", None),
            (Ask::Time, "14:05:61", None),
            (Ask::Time, "", None),
            (Ask::Time, "1405é", None),
            (Ask::DateTime, "2026-11-22 14:05", Some("2026-11-22T14:05")),
            (Ask::DateTime, "2026-11-22t14:05:00,5", Some("2026-11-22T14:05")),
            (Ask::DateTime, "2026-11-22T14:05:00Z", None),
            (Ask::DateTime, "2026-11-22T14:05-03:00", None),
            (Ask::DateTime, "2026-11-22", None),
        ] {
            assert_eq!(in_one_form(ask, text).as_deref(), written, "{text}");
        }
    }

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
