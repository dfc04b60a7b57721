//! From the values of a block back to its samples: all 64 of them, or as many as a smaller picture needs.
//!
//! A block of N×N samples (N is 8, 4, 2 or 1) is made of the N×N lowest of its values alone, which is the
//! picture shrunk by 8/N as well as a good filter would do it, at a part of the cost. What is constant in the
//! sums is put into the quantization table beforehand.

/// How many samples a block becomes across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Whole,
    Half,
    Quarter,
    Eighth,
}

/// The values of one block, row by row, `side` in each; those that are not needed go to the last place.
pub(super) type Block = [f32; 64];

impl Scale {
    /// From large to small.
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Half, Self::Quarter, Self::Eighth];

    /// Samples across (and down) a block.
    pub(super) fn side(self) -> usize {
        match self {
            Self::Whole => 8,
            Self::Half => 4,
            Self::Quarter => 2,
            Self::Eighth => 1,
        }
    }

    /// For each value in the order of the file: where it goes in a [`Block`], and what it is multiplied with.
    pub(super) fn steps(self, quantization: &[u16; 64]) -> [(u8, f32); 64] {
        let side = self.side();
        let mut steps = [(63, 0.0); 64];
        for ((step, &place), &quantum) in steps.iter_mut().zip(&ZIGZAG).zip(quantization) {
            let (row, column) = (usize::from(place / 8), usize::from(place % 8));
            if row < side && column < side {
                *step = ((row * side + column) as u8, f32::from(quantum) * self.factor(row, column));
            }
        }
        steps
    }

    fn factor(self, row: usize, column: usize) -> f32 {
        let aan = |at: usize| AAN.get(at).copied().unwrap_or_default();
        match self {
            Self::Whole => aan(row) * aan(column) / 8.0,
            Self::Half => 0.5,
            Self::Quarter | Self::Eighth => 0.125,
        }
    }

    /// Writes the samples of a block into a plane, whose rows are `stride` apart, and clears the block.
    #[inline(always)]
    pub(super) fn put(self, block: &mut Block, is_flat: bool, plane: &mut [u8], stride: usize) {
        match self {
            Self::Eighth => put_flat::<1>(block, plane, stride),
            Self::Quarter if is_flat => put_flat::<2>(block, plane, stride),
            Self::Half if is_flat => {
                block[0] *= 0.25;
                put_flat::<4>(block, plane, stride);
            }
            Self::Whole if is_flat => put_flat::<8>(block, plane, stride),
            Self::Quarter => put_quarter(block, plane, stride),
            Self::Half => put_half(block, plane, stride),
            Self::Whole => put_whole(block, plane, stride),
        }
    }
}

/// Where the values stand in the file, each by its place in the block.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The factors of Arai, Agui and Nakajima: 1, then √2·cos(kπ/16).
const AAN: [f32; 8] =
    [1.0, 1.387_039_9, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

#[inline(always)]
fn sample(value: f32) -> u8 {
    // Adding 1.5 · 2^23 leaves the rounded number in the lowest bits: this is done to many at once.
    const ROUND: f32 = 12_582_912.0;
    let value = value + 128.0;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    (value + ROUND).to_bits() as u8
}

#[inline(always)]
fn put_flat<const N: usize>(block: &mut Block, plane: &mut [u8], stride: usize) {
    let value = sample(block[0]);
    block[0] = 0.0;
    for row in plane.chunks_mut(stride).take(N) {
        if let Some(row) = row.first_chunk_mut::<N>() {
            *row = [value; N];
        }
    }
}

#[inline(always)]
fn put_quarter(block: &mut Block, plane: &mut [u8], stride: usize) {
    let [a, b, c, d, ..] = *block;
    let rows = [[a + b + c + d, a - b + c - d], [a + b - c - d, a - b - c + d]];
    for (row, values) in plane.chunks_mut(stride).zip(rows) {
        if let Some(row) = row.first_chunk_mut::<2>() {
            *row = values.map(sample);
        }
    }
    *block.first_chunk_mut::<4>().unwrap_or(&mut [0.0; 4]) = [0.0; 4];
}

#[inline(always)]
fn four(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    const A: f32 = 0.653_281_5; // cos(π/8) / √2
    const B: f32 = 0.270_598_05; // sin(π/8) / √2
    let mut out = [[0.0; 4]; 4];
    for at in 0..4 {
        let (sum, difference) = (0.5 * (rows[0][at] + rows[2][at]), 0.5 * (rows[0][at] - rows[2][at]));
        let outer = A * rows[1][at] + B * rows[3][at];
        let inner = B * rows[1][at] - A * rows[3][at];
        out[0][at] = sum + outer;
        out[1][at] = difference + inner;
        out[2][at] = difference - inner;
        out[3][at] = sum - outer;
    }
    out
}

#[inline(always)]
fn turned<const N: usize>(rows: [[f32; N]; N]) -> [[f32; N]; N] {
    let mut out = [[0.0; N]; N];
    for y in 0..N {
        for x in 0..N {
            out[x][y] = rows[y][x];
        }
    }
    out
}

#[inline(always)]
fn put_half(block: &mut Block, plane: &mut [u8], stride: usize) {
    let mut rows = [[0.0; 4]; 4];
    for (row, values) in rows.iter_mut().zip(block.as_chunks::<4>().0) {
        *row = *values;
    }
    *block.first_chunk_mut::<16>().unwrap_or(&mut [0.0; 16]) = [0.0; 16];
    let rows = turned(four(turned(four(rows))));
    for (row, values) in plane.chunks_mut(stride).zip(rows) {
        if let Some(row) = row.first_chunk_mut::<4>() {
            *row = values.map(sample);
        }
    }
}

/// Eight sums at once, after Arai, Agui and Nakajima.
#[inline(always)]
fn eight(rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    const ROOT: f32 = std::f32::consts::SQRT_2;
    let mut out = [[0.0; 8]; 8];
    for at in 0..8 {
        let [a, b, c, d, e, f, g, h] = std::array::from_fn(|row| rows[row][at]);
        let (even, odd) = ((a + e, a - e), (c + g, (c - g) * ROOT - (c + g)));
        let (v0, v3) = (even.0 + odd.0, even.0 - odd.0);
        let (v1, v2) = (even.1 + odd.1, even.1 - odd.1);
        let (z13, z10, z11, z12) = (f + d, f - d, b + h, b - h);
        let w7 = z11 + z13;
        let z5 = (z10 + z12) * 1.847_759;
        let w6 = z5 - z10 * 2.613_126 - w7;
        let w5 = (z11 - z13) * ROOT - w6;
        let w4 = z5 - z12 * 1.082_392_2 - w5;
        let all = [v0 + w7, v1 + w6, v2 + w5, v3 + w4, v3 - w4, v2 - w5, v1 - w6, v0 - w7];
        for (row, value) in out.iter_mut().zip(all) {
            row[at] = value;
        }
    }
    out
}

#[inline(always)]
fn put_whole(block: &mut Block, plane: &mut [u8], stride: usize) {
    let mut rows = [[0.0; 8]; 8];
    for (row, values) in rows.iter_mut().zip(block.as_chunks::<8>().0) {
        *row = *values;
    }
    *block = [0.0; 64];
    let rows = turned(eight(turned(eight(rows))));
    for (row, values) in plane.chunks_mut(stride).zip(rows) {
        if let Some(row) = row.first_chunk_mut::<8>() {
            *row = values.map(sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum as the standard has it, over the lowest values only, each sample being the mean over its cell.
    fn slowly(values: &[f32; 64], side: usize) -> Vec<f64> {
        use std::f64::consts::PI;
        let norm = |k: usize, n: f64| if k == 0 { (1.0 / n).sqrt() } else { (2.0 / n).sqrt() };
        let n = side as f64;
        let basis = |k: usize, x: usize| norm(k, n) * ((2 * x + 1) as f64 * k as f64 * PI / (2.0 * n)).cos();
        let mut out = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let mut sum = 0.0;
                for v in 0..side {
                    for u in 0..side {
                        sum += f64::from(values[8 * v + u]) * basis(u, x) * basis(v, y);
                    }
                }
                out.push((sum * n / 8.0 + 128.0).clamp(0.0, 255.0));
            }
        }
        out
    }

    #[test]
    fn each_scale_is_the_sum_of_its_lowest_values() {
        let mut seed = 7_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i32 % 61 - 30
        };
        for round in 0..200 {
            let flat = round % 5 == 0;
            let values: [f32; 64] =
                std::array::from_fn(|at| if at == 0 || !flat { random() as f32 } else { 0.0 });
            for scale in Scale::ALL {
                let side = scale.side();
                let mut block = [0.0; 64];
                for ((place, factor), at) in scale.steps(&[1; 64]).iter().zip(ZIGZAG) {
                    block[usize::from(*place)] = values[usize::from(at)] * factor;
                }
                let mut plane = vec![0; side * side];
                scale.put(&mut block, flat, &mut plane, side);
                for (is, want) in plane.iter().zip(slowly(&values, side)) {
                    assert!((f64::from(*is) - want).abs() <= 0.51, "{scale:?}: {is} {want}");
                }
                assert!(block.iter().take(side * side).all(|value| *value == 0.0));
            }
        }
    }
}
