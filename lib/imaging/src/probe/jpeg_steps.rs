//! How coarse a JPEG's steps are, as a quality of libjpeg.

/// Steps of a table.
const AREA: usize = 64;

/// The steps for brightness of T.81, table K.1, which libjpeg scales by the quality.
const STANDARD: [u32; AREA] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Sums the steps of each table in a DQT segment (T.81, B.2.4.1). A table that is cut short does not count.
pub(super) fn read(segment: &[u8], sums: &mut [Option<u32>; 4]) {
    let mut rest = segment;
    while let [kind, tables @ ..] = rest {
        let wide = kind >> 4 != 0;
        let length = if wide { 2 * AREA } else { AREA };
        let Some((table, behind)) = tables.split_at_checked(length) else {
            return;
        };
        let sum = if wide {
            let pairs = table.chunks_exact(2);
            pairs
                .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
                .sum()
        } else {
            table.iter().map(|step| u32::from(*step)).sum()
        };
        if let Some(own) = sums.get_mut(usize::from(kind & 15)) {
            *own = Some(sum);
        }
        rest = behind;
    }
}

/// The highest quality whose steps of libjpeg sum to at least `sum`.
pub(super) fn quality(sum: u32) -> u8 {
    (1..=100)
        .rev()
        .find(|quality| scaled_sum(*quality) >= sum)
        .unwrap_or(1)
}

/// The sum of libjpeg's steps for a quality (`jpeg_quality_scaling` and `jpeg_add_quant_table` of jcparam.c).
fn scaled_sum(quality: u8) -> u32 {
    let quality = u32::from(quality);
    let percent = if quality < 50 {
        5000 / quality
    } else {
        200 - 2 * quality
    };
    let scaled = |step: &u32| ((step * percent + 50) / 100).clamp(1, 255);
    STANDARD.iter().map(scaled).sum()
}

#[cfg(test)]
mod tests {
    use turbojpeg::{Compressor, Image, PixelFormat};

    use super::{quality, read};
    use crate::probe;

    #[test]
    fn libjpegs_own_files_have_the_quality_they_were_made_with() {
        let image = Image {
            pixels: [90_u8; 3 * 64].as_slice(),
            width: 8,
            pitch: 24,
            height: 8,
            format: PixelFormat::RGB,
        };
        for wanted in [1, 5, 10, 25, 30, 50, 75, 80, 90, 95, 99, 100] {
            let mut compressor = Compressor::new().expect("a compressor");
            compressor.set_quality(wanted).expect("a quality");
            let file = compressor.compress_to_vec(image).expect("a file");
            let layout = probe(&file).expect("a header").jpeg.expect("a JPEG");
            assert_eq!(i32::from(layout.quality), wanted);
        }
    }

    #[test]
    fn wide_and_several_tables_count_each() {
        let mut sums = [None; 4];
        let wide = [[0x11].as_slice(), &[1, 0].repeat(64)].concat();
        let narrow = [[2].as_slice(), &[3; 64]].concat();
        read(&[wide, narrow, vec![0, 9, 9]].concat(), &mut sums);
        assert_eq!(sums, [None, Some(64 * 256), Some(192), None]);
        assert_eq!(quality(64 * 256), 1, "coarser than any of libjpeg's");
        assert_eq!(quality(0), 100);
    }
}
