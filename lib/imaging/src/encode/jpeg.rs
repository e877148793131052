//! JPEG from planes, by an encoder of our own in safe Rust: no colour conversion, no subsampling.
//!
//! Its steps are fitted to SSIMULACRA2 and butteraugli. It drops coefficients that are not worth their bits, and writes several scans
//! (progressive JPEG), each with a Huffman table of its own. Between the two it keeps only the coefficients that are not zero.
//! docs/performance.md compares it with others. It owes ideas to libjpeg, mozjpeg and jpegli, but neither code nor tables.

mod bits;
mod blocks;
mod dct;
mod huffman;
mod markers;
mod quantise;
mod scan;
mod tables;
mod trellis;

use self::{
    bits::Bits,
    blocks::Blocks,
    dct::AREA,
    huffman::{Counts, Table, Writer},
    quantise::Quantiser,
    scan::Scan,
    trellis::Trellis,
};
use crate::{Error, picture::planes::Plane, preset::Effort};

/// For the fewest bytes: the lowest bits of all but the first waves come last.
const SMALL: [Scan; 4] = [
    Scan::Dc,
    FIRST_WAVES,
    Scan::First {
        band: OTHER_WAVES,
        low: 1,
    },
    Scan::More {
        band: OTHER_WAVES,
        low: 0,
    },
];
/// For less time: no bit comes apart.
const FAST: [Scan; 3] = [
    Scan::Dc,
    FIRST_WAVES,
    Scan::First {
        band: OTHER_WAVES,
        low: 0,
    },
];
const FIRST_WAVES: Scan = Scan::First {
    band: (1, 2),
    low: 0,
};
const OTHER_WAVES: (u8, u8) = (3, 63);

/// Coefficients below this many steps become 0 where no trellis decides: their bits cost more than they show.
const LEAST: f32 = 0.6;

/// A JPEG of one plane of grey, or of Y', Cb and Cr, the last two `halved` in width and height (rounded up) or not.
pub(super) fn encode(
    planes: &[&Plane],
    halved: bool,
    quality: u8,
    effort: Effort,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (planes[0].width, planes[0].height);
    let failed = |reason: &str| Error::Encode(format!("jpeg of {width} x {height}: {reason}"));
    let sides = (u16::try_from(width), u16::try_from(height));
    let (Ok(width), Ok(height)) = sides else {
        return Err(failed("a side is over 65535"));
    };
    if planes.len() != 1 && planes.len() != 3 {
        return Err(failed(&format!("{} planes", planes.len())));
    }
    let steps = tables::steps(quality, halved);
    let blocks = quantised(planes, &steps, quality, effort);
    let mut file = markers::begin();
    for (id, steps) in (0..).zip(&steps).take(planes.len()) {
        markers::steps(&mut file, id, steps);
    }
    markers::frame(&mut file, (width, height), planes.len(), halved);
    let scans: &[Scan] = match effort {
        Effort::Small => &SMALL,
        Effort::Fast => &FAST,
    };
    for scan in scans {
        for (id, blocks) in (1..).zip(&blocks) {
            write_scan(&mut file, *scan, id, blocks);
        }
    }
    markers::end(&mut file);
    Ok(file)
}

/// Every plane's blocks.
fn quantised(
    planes: &[&Plane],
    steps: &[[u8; AREA]; 2],
    quality: u8,
    effort: Effort,
) -> Vec<Blocks> {
    // the finer the steps, the less an error of one shows, and the more it is wanted that there is none
    let strength = (f32::from(100 - quality.min(100)) / 10.0).min(1.0);
    let trellis = (effort == Effort::Small).then(|| Trellis::new(strength));
    let least = match trellis {
        Some(_) => 0.5,
        None => 0.5 + (LEAST - 0.5) * strength,
    };
    let of_plane = |(index, plane): (usize, &&Plane)| {
        Quantiser::new(&steps[index.min(1)], least, trellis.as_ref()).quantise(plane)
    };
    planes.iter().enumerate().map(of_plane).collect()
}

fn write_scan(file: &mut Vec<u8>, scan: Scan, component: u8, blocks: &Blocks) {
    let mut counts = Counts::new();
    scan.send(blocks, &mut counts);
    let table = Table::of(&counts);
    markers::codes(file, scan == Scan::Dc, &table);
    markers::scan(file, component, scan.header());
    let mut writer = Writer {
        table: &table,
        bits: Bits::new(file),
    };
    scan.send(blocks, &mut writer);
    writer.bits.end();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

    use super::{Effort, Plane, encode};

    const EFFORTS: [Effort; 2] = [Effort::Small, Effort::Fast];

    /// Waves and an edge, with noise as strong as `noise`.
    fn plane(width: usize, height: usize, noise: u32) -> Plane {
        let sample = |i: usize| {
            let (x, y) = (i % width, i / width);
            let hash = u32::try_from(i).unwrap_or(0).wrapping_mul(0x9e37_79b1) >> 24;
            let edge = if x > y { 90 } else { 40 };
            let value =
                edge + u32::try_from((3 * x + 2 * y) % 64).unwrap_or(0) + hash * noise / 256;
            u8::try_from(value).unwrap_or(u8::MAX)
        };
        Plane {
            width,
            height,
            data: (0..width * height).map(sample).collect(),
            clipped: None,
        }
    }

    fn planes(width: usize, height: usize, count: usize, halved: bool, noise: u32) -> Vec<Plane> {
        let side = |index: usize, side: usize| {
            if halved && index > 0 {
                side.div_ceil(2)
            } else {
                side
            }
        };
        (0..count)
            .map(|index| plane(side(index, width), side(index, height), noise))
            .collect()
    }

    fn file(planes: &[Plane], halved: bool, quality: u8, effort: Effort) -> Vec<u8> {
        let planes: Vec<&Plane> = planes.iter().collect();
        encode(&planes, halved, quality, effort).expect("planes of a test")
    }

    /// The planes that libjpeg-turbo decodes, cut to the sizes of those that were encoded.
    fn decoded(file: &[u8], planes: &[Plane], halved: bool) -> Vec<Plane> {
        let image = turbojpeg::decompress_to_yuv(file).expect("a JPEG");
        assert_eq!(
            (image.width, image.height),
            (planes[0].width, planes[0].height)
        );
        let mut rest = image.pixels.as_slice();
        let stored = |plane: &Plane, index: usize| {
            let even = |side: usize| {
                if halved && index == 0 {
                    side.next_multiple_of(2)
                } else {
                    side
                }
            };
            (
                even(plane.width).next_multiple_of(image.align),
                even(plane.height),
            )
        };
        let cut = |(index, plane): (usize, &Plane)| {
            let (width, height) = stored(plane, index);
            let (own, others) = rest.split_at(width * height);
            rest = others;
            let rows = own.chunks_exact(width).take(plane.height);
            Plane {
                data: rows.flat_map(|row| &row[..plane.width]).copied().collect(),
                clipped: None,
                ..*plane
            }
        };
        planes.iter().enumerate().map(cut).collect()
    }

    fn worst(one: &[u8], other: &[u8]) -> u8 {
        assert_eq!(one.len(), other.len());
        one.iter()
            .zip(other)
            .map(|(one, other)| one.abs_diff(*other))
            .max()
            .unwrap_or(0)
    }

    proptest! {
        /// The best quality loses only what rounding of samples and coefficients does.
        #[test]
        fn the_best_quality_gives_the_planes_back(width in 1..70_usize, height in 1..70_usize, kind in 0..3, noise in 0..200_u32) {
            let (count, halved) = [(1, false), (3, false), (3, true)][usize::try_from(kind).unwrap_or(0)];
            let planes = planes(width, height, count, halved, noise);
            for effort in EFFORTS {
                let file = file(&planes, halved, 100, effort);
                for (got, expected) in decoded(&file, &planes, halved).iter().zip(&planes) {
                    prop_assert!(worst(&got.data, &expected.data) <= 2);
                }
            }
        }

        /// zune-jpeg reads the same as libjpeg-turbo.
        #[test]
        fn decoders_agree(width in 1..70_usize, height in 1..70_usize, colours in 0..2, quality in 1..=100_u8, noise in 0..200_u32) {
            let count = if colours == 0 { 1 } else { 3 };
            let planes = planes(width, height, count, false, noise);
            for effort in EFFORTS {
                let file = file(&planes, false, quality, effort);
                let one = turbojpeg::decompress(&file, turbojpeg::PixelFormat::RGB).expect("a JPEG").pixels;
                let other = JpegDecoder::new(ZCursor::new(file.as_slice())).decode().expect("a JPEG");
                prop_assert!(worst(&one, &other) <= 4, "{}", worst(&one, &other));
            }
        }
    }

    /// Empty blocks in a row share a symbol: a grey picture takes less than a bit for each of its 1024 blocks.
    #[test]
    fn an_empty_picture_takes_hardly_a_byte() {
        let grey = Plane {
            width: 256,
            height: 256,
            data: vec![128; 256 * 256],
            clipped: None,
        };
        for effort in EFFORTS {
            let file = file(std::slice::from_ref(&grey), false, 80, effort);
            assert!(file.len() < 450, "{} bytes", file.len());
            assert_eq!(
                decoded(&file, std::slice::from_ref(&grey), false)[0].data,
                grey.data
            );
        }
    }

    /// More empty blocks than one symbol can tell, and more corrections than may wait.
    #[test]
    fn long_runs_are_split() {
        let mut large = Plane::new(8 * 300, 8 * 300);
        large.data[0] = 255;
        let steady = Plane {
            data: (0..large.data.len())
                .map(|i| if i / 2400 % 2 == 0 { 90 } else { 160 })
                .collect(),
            ..large.clone()
        };
        for plane in [large, steady] {
            let file = file(std::slice::from_ref(&plane), false, 100, Effort::Small);
            let got = decoded(&file, std::slice::from_ref(&plane), false);
            assert!(worst(&got[0].data, &plane.data) <= 2);
        }
    }

    #[test]
    fn more_effort_makes_smaller_files_and_better_quality_larger_ones() {
        let planes = planes(512, 384, 3, true, 20);
        let length = |quality, effort| file(&planes, true, quality, effort).len();
        assert!(length(80, Effort::Small) < length(80, Effort::Fast));
        for effort in EFFORTS {
            let lengths = [10, 30, 50, 70, 80, 90, 95, 100].map(|quality| length(quality, effort));
            assert!(lengths.is_sorted(), "{lengths:?}");
        }
    }

    #[test]
    fn what_jpeg_cannot_store_is_an_error() {
        let wide = Plane::new(65_536, 1);
        let refused = encode(&[&wide], false, 80, Effort::Small).expect_err("a side of 16 bits");
        assert!(refused.to_string().contains("65535"), "{refused}");
        let one = Plane::new(1, 1);
        assert!(encode(&[&one; 2], false, 80, Effort::Fast).is_err());
    }
}
