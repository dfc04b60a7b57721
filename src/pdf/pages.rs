//! Which rows are on which page.

use std::ops::Range;

/// What a row takes of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Takes {
    /// So much room.
    pub(super) height: f32,
    /// Whether the page does not end after it, if that can be.
    pub(super) holds: bool,
    /// Whether it is only room, which no page begins with.
    pub(super) is_space: bool,
}

/// The rows of each page, on which there is so much room. Rows that hold together are on one page if a page has room for them; a row
/// that is higher than a page has a page of its own.
pub(super) fn pages(rows: &[Takes], room: f32) -> Vec<Range<usize>> {
    let (mut pages, mut start, mut used, mut at) = (Vec::new(), 0, 0.0, 0);
    while let Some(row) = rows.get(at) {
        if at == start && row.is_space {
            start += 1;
            at += 1;
            continue;
        }
        let end = at + held(&rows[at..]);
        let height: f32 = rows[at..end].iter().map(|row| row.height).sum();
        if used + height <= room {
            used += height;
            at = end;
        } else if at > start && height <= room {
            pages.push(start..at);
            (start, used) = (at, 0.0);
        } else {
            for (row, takes) in rows.iter().enumerate().take(end).skip(at) {
                if used + takes.height > room && row > start {
                    pages.push(start..row);
                    (start, used) = (row, 0.0);
                }
                used += takes.height;
            }
            at = end;
        }
    }
    if start < rows.len() || pages.is_empty() {
        pages.push(start..rows.len());
    }
    pages
}

/// How many rows hold together from the first one on.
fn held(rows: &[Takes]) -> usize {
    rows.iter().position(|row| !row.holds).map_or(rows.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::single_range_in_vec_init)] // ranges are what is meant
    use super::*;

    fn row(height: u8) -> Takes {
        Takes { height: f32::from(height), holds: false, is_space: false }
    }

    fn held(height: u8) -> Takes {
        Takes { holds: true, ..row(height) }
    }

    fn space(height: u8) -> Takes {
        Takes { is_space: true, ..row(height) }
    }

    #[test]
    fn rows_fill_pages() {
        for (rows, wanted) in [
            (vec![], &[0..0][..]),
            (vec![row(10)], &[0..1]),
            (vec![row(4), row(4), row(2), row(1)], &[0..3, 3..4]),
            // What holds together goes on together.
            (vec![row(4), held(3), held(3), row(3), row(2)], &[0..1, 1..4, 4..5]),
            // Unless there is no page for it.
            (vec![row(4), held(4), held(4), row(4)], &[0..2, 2..4]),
            (vec![held(9), held(9), row(9)], &[0..1, 1..2, 2..3]),
            // No page begins with room.
            (vec![space(2), row(9), space(2), row(9)], &[1..2, 3..4]),
            (vec![row(9), space(1), space(1), row(9)], &[0..2, 3..4]),
            (vec![row(9), space(2)], &[0..1]),
            // What is higher than a page is on one of its own.
            (vec![row(1), row(20), row(1)], &[0..1, 1..2, 2..3]),
            // What holds at the end has nothing to hold to.
            (vec![row(9), held(1), held(1)], &[0..1, 1..3]),
        ] {
            assert_eq!(pages(&rows, 10.0), wanted, "{rows:?}");
        }
    }

    #[test]
    fn every_row_is_on_one_page() {
        let rows: Vec<_> = (0..504_u16)
            .map(|n| match n % 7 {
                0 => space(3),
                1 | 2 => held(2 + (n % 5) as u8),
                _ => row(1 + (n % 11) as u8),
            })
            .collect();
        let pages = pages(&rows, 40.0);
        let on_pages: Vec<_> = pages.iter().flat_map(Clone::clone).collect();
        let left_out = (0..rows.len()).filter(|at| !on_pages.contains(at));
        assert!(left_out.clone().all(|at| rows[at].is_space), "{:?}", left_out.collect::<Vec<_>>());
        assert!(on_pages.is_sorted_by(|one, other| one < other));
        for page in &pages {
            assert!(rows[page.clone()].iter().map(|row| row.height).sum::<f32>() <= 40.0);
            assert!(!rows[page.end - 1].holds);
        }
    }
}
