//! What a TIFF may hold that we do not read, by name.

use crate::Error;
use crate::tiff::compression::JPEG;
use crate::tiff::{Directory, photometric, tag};

/// Of `SampleFormat`: signed integers, and complex numbers.
const SIGNED: u64 = 2;
const COMPLEX: [u64; 2] = [5, 6];

/// Refuses pages that the decoder does not read or would mistake.
pub(super) fn check(page: &Directory) -> Result<(), Error> {
    let named = colours(page).or_else(|| format(page)).map(str::to_owned);
    if let Some(what) = compression(page).or(named) {
        return Err(Error::Unsupported(format!("TIFF with {what}")));
    }
    Ok(())
}

/// Bits of a sample.
pub(super) fn bits(page: &Directory) -> Result<u64, Error> {
    match page.value(tag::BITS_PER_SAMPLE).unwrap_or(1) {
        bits @ (1 | 2 | 4 | 8 | 16 | 32 | 64) => Ok(bits),
        bits => Err(Error::Unsupported(format!("TIFF with {bits}-bit samples"))),
    }
}

fn compression(page: &Directory) -> Option<String> {
    let name = match page.value(tag::COMPRESSION)? {
        // none, CCITT Group 4, LZW, JPEG, Deflate, PackBits, Deflate by its older number
        1 | 4 | 5 | JPEG | 8 | 32773 | 32946 => return None,
        2 => "CCITT modified Huffman compression",
        3 => "CCITT Group 3 fax compression",
        6 => "old-style JPEG compression",
        9 | 10 => "JBIG compression",
        32766 => "NeXT compression",
        32809 => "ThunderScan compression",
        33003 | 33005 | 34712 => "JPEG 2000 compression",
        34676 | 34677 => "LogLuv compression",
        34887 => "LERC compression",
        34925 => "LZMA compression",
        50000 => "Zstandard compression",
        50001 => "WebP compression",
        50002 | 52546 => "JPEG XL compression",
        number => return Some(format!("compression {number}")),
    };
    Some(name.to_owned())
}

fn colours(page: &Directory) -> Option<&'static str> {
    match page.value(tag::PHOTOMETRIC)? {
        4 => Some("a transparency mask alone"),
        8..=10 => Some("CIE L*a*b* colours"),
        32803 | 34892 => Some("the raw samples of a sensor"),
        32844 | 32845 => Some("LogLuv colours"),
        photometric::YCBCR if page.value(tag::COMPRESSION) != Some(JPEG) => {
            // without the entry it is 2 x 2
            let whole = page.values(tag::YCBCR_SUBSAMPLING) == Some(vec![1, 1]);
            (!whole).then_some("subsampled chroma outside JPEG")
        }
        _ => None,
    }
}

fn format(page: &Directory) -> Option<&'static str> {
    match page.value(tag::SAMPLE_FORMAT)? {
        SIGNED => Some("signed samples"),
        format if COMPLEX.contains(&format) => Some("complex samples"),
        _ => None,
    }
}
