//! What a plane lost when its samples were clamped to 8 bits.
//!
//! The filter overshoots at edges. A sample clamped at 255 is darker than it should be, and so is any picture made of the plane: every
//! third row black on white came out 9 levels too dark. The next resize therefore adds back the mean loss of small squares. That keeps
//! the plane's own edges and the original's brightness.

/// Samples along the side of a square, in a plane that was just resized.
pub(crate) const SIDE: usize = 4;

/// What is missing from the samples of a plane: the means of squares, in 128ths of a level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Clipped {
    /// Samples along the side of a square.
    pub side: usize,
    /// Rows of squares. Nothing is missing where a row is empty, and below the last.
    pub rows: Vec<Vec<i16>>,
}

impl Clipped {
    /// A square takes two bytes.
    pub(crate) const SAMPLES_PER_BYTE: u64 = (SIDE * SIDE / 2) as u64;

    /// The same for the plane halved `times`.
    pub(crate) fn halved(&self, times: usize) -> Self {
        let mut halved = self.clone();
        for _ in 0..times {
            if halved.side > 1 {
                halved.side /= 2;
            } else {
                halved.rows = halved.rows.chunks(2).map(joined).collect();
            }
        }
        halved
    }

    /// The sum of `parts`, each times its factor in 65536ths. All are of planes of one size.
    pub(crate) fn sum(parts: [(Option<&Self>, i32); 3]) -> Option<Self> {
        let parts = parts.into_iter();
        let there: Vec<(&Self, i32)> = parts
            .filter_map(|(part, factor)| Some((part?, factor)))
            .collect();
        let most = there.iter().map(|(part, _)| part.rows.len()).max()?;
        let row = |y: usize| {
            let rows: Vec<(&[i16], i32)> = there
                .iter()
                .map(|(part, factor)| (part.rows.get(y).map_or(&[][..], Vec::as_slice), *factor))
                .collect();
            let columns = rows.iter().map(|(row, _)| row.len()).max().unwrap_or(0);
            (0..columns).map(|x| weighed(&rows, x)).collect()
        };
        Some(Self {
            side: there[0].0.side,
            rows: (0..most).map(row).collect(),
        })
    }
}

/// One or two rows of squares, joined two by two; beside the last of an odd row or column nothing is missing.
fn joined(pair: &[Vec<i16>]) -> Vec<i16> {
    let columns = pair.iter().map(Vec::len).max().unwrap_or(0);
    let square = |x: usize| {
        let squares = pair.iter().flat_map(|row| row.iter().skip(2 * x).take(2));
        let sum: i32 = squares.map(|mean| i32::from(*mean)).sum();
        i16::try_from(sum / 4).unwrap_or_default()
    };
    (0..columns.div_ceil(2)).map(square).collect()
}

/// The squares `x` of `rows`, each row times its factor in 65536ths.
fn weighed(rows: &[(&[i16], i32)], x: usize) -> i16 {
    let term = |(row, factor): &(&[i16], i32)| {
        i64::from(row.get(x).copied().unwrap_or(0)) * i64::from(*factor)
    };
    let sum: i64 = rows.iter().map(term).sum();
    i16::try_from((sum + (1 << 15)) >> 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Clipped;

    fn clipped(side: usize, rows: &[&[i16]]) -> Clipped {
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        Clipped { side, rows }
    }

    #[test]
    fn squares_are_halved_until_they_are_single_samples_and_then_joined() {
        let whole = clipped(4, &[&[8, -4, 12], &[], &[2, 2, 2]]);
        assert_eq!(whole.halved(0), whole);
        assert_eq!(whole.halved(2).side, 1);
        assert_eq!(whole.halved(2).rows, whole.rows);
        assert_eq!(whole.halved(3), clipped(1, &[&[1, 3], &[1, 0]]));
        assert_eq!(clipped(1, &[&[], &[]]).halved(1), clipped(1, &[&[]]));
    }

    #[test]
    fn a_sum_has_all_rows_and_columns_of_its_parts() {
        let (one, other) = (clipped(4, &[&[100, 100]]), clipped(4, &[&[], &[40]]));
        let parts = [
            (Some(&one), 1 << 15),
            (None, 1 << 16),
            (Some(&other), -(1 << 16)),
        ];
        assert_eq!(Clipped::sum(parts), Some(clipped(4, &[&[50, 50], &[-40]])));
        assert_eq!(Clipped::sum([(None, 1); 3]), None);
    }
}
