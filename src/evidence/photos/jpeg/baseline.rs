//! Decodes what phones and cameras write, at a whole, a half, a quarter or an eighth of its size.

use super::{
    super::{
        Problem, Watch,
        picture::{Chroma, Picture, Plane},
    },
    Jpeg,
    bits::Bits,
    dct::{Block, Scale},
    huffman::Table,
};

/// One of the three colours while it is read.
struct Colour {
    /// How many blocks a unit has of it.
    across: usize,
    down: usize,
    steps: [(u8, f32); 64],
    dc: Table,
    ac: Table,
    last: i32,
    block: Block,
    samples: Vec<u8>,
    stride: usize,
}

impl Jpeg<'_> {
    /// Whether [`decode`](Self::decode) can read it.
    pub(in super::super) fn is_simple(&self) -> bool {
        let sizes: Vec<_> = self.components.iter().map(|one| (one.across, one.down)).collect();
        let is_usual = match *sizes.as_slice() {
            [_] => true,
            [(across @ 1..=2, down @ 1..=2), (1..=2, 1..=2), _] => {
                let [_, blue, red] = sizes.as_slice() else { return false };
                blue == red && blue.0 <= across && blue.1 <= down
            }
            _ => false,
        };
        let all_in_one = self.scan.first().is_some_and(|&count| usize::from(count) == self.components.len());
        self.is_baseline && self.scans == 1 && all_in_one && self.has_usual_colours() && is_usual
    }

    /// The picture, shrunk by 2, 4 or 8 as long as its longer side stays at least so long.
    pub(in super::super) fn decode(&self, longer: u32, watch: &Watch) -> Result<Picture, Problem> {
        let scale = self.scale(longer);
        let mut colours = self.ready(scale)?;
        let (units_across, units_down) = self.units();
        let mut bits = Bits::new(self.bytes, self.data);
        let (mut until_restart, mut restarts) = (self.restart, 0_u8);
        for unit_down in 0..units_down {
            watch.check()?;
            for unit_across in 0..units_across {
                if self.restart > 0 && until_restart == 0 {
                    if bits.is_beyond() || !bits.restart(restarts) {
                        return Err(Problem::damaged("a part of it is missing"));
                    }
                    for colour in &mut colours {
                        colour.last = 0;
                    }
                    (until_restart, restarts) = (self.restart, (restarts + 1) & 7);
                }
                until_restart = until_restart.saturating_sub(1);
                for colour in &mut colours {
                    match scale {
                        Scale::Whole => colour.unit(&mut bits, Scale::Whole, unit_across, unit_down)?,
                        Scale::Half => colour.unit(&mut bits, Scale::Half, unit_across, unit_down)?,
                        Scale::Quarter => colour.unit(&mut bits, Scale::Quarter, unit_across, unit_down)?,
                        Scale::Eighth => colour.unit(&mut bits, Scale::Eighth, unit_across, unit_down)?,
                    }
                }
            }
            if bits.is_beyond() {
                return Err(Problem::CutOff);
            }
        }
        self.picture(scale, colours)
    }

    /// How many bytes [`decode`](Self::decode) holds, at most.
    pub(in super::super) fn shrunk_memory(&self, longer: u32) -> u64 {
        let side = self.scale(longer).side() as u64;
        let (across, down) = self.most();
        let (units_across, units_down) = self.units();
        let blocks: u64 = (self.components.len() * across * down * units_across * units_down) as u64;
        blocks * side * side
    }

    fn scale(&self, longer: u32) -> Scale {
        let side = self.size.0.max(self.size.1) as usize;
        let fits = |scale: &Scale| (side * scale.side()).div_ceil(8) >= longer as usize;
        Scale::ALL.into_iter().rev().find(fits).unwrap_or(Scale::Whole)
    }

    /// The most blocks that a unit has of any colour, across and down.
    fn most(&self) -> (usize, usize) {
        let most = |factor: fn(&super::Component) -> u8| {
            usize::from(self.components.iter().map(factor).max().unwrap_or(1).max(1))
        };
        // A picture of one colour has one block in each unit, whatever it says.
        match self.components.len() {
            1 => (1, 1),
            _ => (most(|component| component.across), most(|component| component.down)),
        }
    }

    fn units(&self) -> (usize, usize) {
        let (across, down) = self.most();
        ((self.size.0 as usize).div_ceil(8 * across), (self.size.1 as usize).div_ceil(8 * down))
    }

    fn ready(&self, scale: Scale) -> Result<Vec<Colour>, Problem> {
        let wrong = Problem::damaged("a table is missing");
        let (units_across, units_down) = self.units();
        let mut colours = Vec::with_capacity(self.components.len());
        let pairs = self.scan.get(1..).unwrap_or_default().as_chunks::<2>().0;
        if pairs.len() < self.components.len() {
            return Err(wrong);
        }
        for (component, [id, tables]) in self.components.iter().zip(pairs) {
            let at = |table: u8| usize::from(table & 15);
            let quantization = self.quantization.get(usize::from(component.quantization)).copied().flatten();
            let dc = self.dc_codes.get(at(tables >> 4)).copied().flatten();
            let ac = self.ac_codes.get(at(*tables)).copied().flatten();
            let (Some(quantization), Some(dc), Some(ac), true) = (quantization, dc, ac, *id == component.id)
            else {
                return Err(wrong);
            };
            let (across, down) = match self.components.len() {
                1 => (1, 1),
                _ => (usize::from(component.across), usize::from(component.down)),
            };
            let stride = units_across * across * scale.side();
            colours.push(Colour {
                across,
                down,
                steps: scale.steps(&quantization),
                dc: Table::dc(&dc)?,
                ac: Table::ac(&ac)?,
                last: 0,
                block: [0.0; 64],
                samples: vec![0; stride * units_down * down * scale.side()],
                stride,
            });
        }
        Ok(colours)
    }

    fn picture(&self, scale: Scale, colours: Vec<Colour>) -> Result<Picture, Problem> {
        let most = self.most();
        let side = scale.side();
        let shrunk = |length: u32, factor: usize, most: usize| {
            (length as usize * factor).div_ceil(most).saturating_mul(side).div_ceil(8)
        };
        let mut planes = colours.into_iter().map(|colour| {
            let part = (most.0 / colour.across, most.1 / colour.down);
            let plane = Plane {
                width: shrunk(self.size.0, colour.across, most.0),
                height: shrunk(self.size.1, colour.down, most.1),
                stride: colour.stride,
                samples: colour.samples,
            };
            (plane, part)
        });
        let luma = planes.next().filter(|(_, part)| *part == (1, 1));
        let (luma, _) = luma.ok_or(Problem::Unsupported("a JPEG with more colour than light"))?;
        let chroma = match (planes.next(), planes.next()) {
            (Some((blue, part)), Some((red, same))) if part == same => {
                Some(Chroma { blue, red, across: part.0, down: part.1 })
            }
            (None, None) => None,
            _ => return Err(Problem::Unsupported("a JPEG whose colours differ in size")),
        };
        Ok(Picture { luma, chroma })
    }
}

impl Colour {
    /// Reads the blocks that a unit has of this colour. The scale is given as a constant, so that there is
    /// one such function for each.
    #[inline(always)]
    fn unit(
        &mut self,
        bits: &mut Bits,
        scale: Scale,
        unit_across: usize,
        unit_down: usize,
    ) -> Result<(), Problem> {
        for y in 0..self.down {
            for x in 0..self.across {
                self.last = self.last.wrapping_add(self.dc.difference(bits)?);
                self.block[0] = self.last as f32 * self.steps[0].1;
                let (steps, block) = (&self.steps, &mut self.block);
                let mut is_flat = true;
                self.ac.values(bits, |place, number| {
                    let (to, factor) = steps[place & 63];
                    block[usize::from(to & 63)] = number as f32 * factor;
                    is_flat = false;
                })?;
                let row = (unit_down * self.down + y) * scale.side();
                let column = (unit_across * self.across + x) * scale.side();
                let to = self.samples.get_mut(row * self.stride + column..).unwrap_or_default();
                scale.put(&mut self.block, is_flat, to, self.stride);
            }
        }
        Ok(())
    }
}
