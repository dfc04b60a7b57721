//! Rows in pieces: both engines limit how many values one statement may carry.

/// So many rows go into one statement.
const AT_ONCE: usize = 500;

/// These rows, at most 500 at a time.
pub fn pieces<T>(rows: impl IntoIterator<Item = T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let piece: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_in_one_piece() {
        let lengths = |rows: usize| pieces(0..rows).map(|piece| piece.len()).collect::<Vec<_>>();
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(500), [500]);
        assert_eq!(lengths(1_001), [500, 500, 1]);
        assert!(pieces(0..1_234).flatten().eq(0..1_234));
    }
}
