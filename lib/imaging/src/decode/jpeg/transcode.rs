//! Safe wrapper of `c/jpeg_transcode.h`: a JPEG written again from its own coefficients, without loss.
#![allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]

use std::ffi::c_int;

unsafe extern "C" {
    fn dr_jpeg_transcode(
        bytes: *const u8,
        length: usize,
        progressive: c_int,
        file: *mut *mut u8,
        size: *mut usize,
    ) -> c_int;
    fn dr_jpeg_free(file: *mut u8);
}

/// Number and order of the scans of a transcoded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scans {
    /// One for all: the fewest bytes for a tiny picture.
    One,
    /// libjpeg's ten of a progressive file: the fewest bytes for any other.
    Progressive,
}

/// The picture of `bytes` with Huffman codes made for it, and nothing else of the file. `None` if the file has any fault.
///
/// Holds two bytes for every sample, and the new file twice.
pub(crate) fn transcode(bytes: &[u8], scans: Scans) -> Option<Vec<u8>> {
    let (mut file, mut size) = (std::ptr::null_mut(), 0);
    let progressive = c_int::from(scans == Scans::Progressive);
    // SAFETY: there are `bytes.len()` readable bytes, which C uses during the call only; both results are for it to write.
    let status = unsafe {
        dr_jpeg_transcode(
            bytes.as_ptr(),
            bytes.len(),
            progressive,
            &raw mut file,
            &raw mut size,
        )
    };
    if status != 0 || file.is_null() {
        return None;
    }
    // SAFETY: C wrote `size` bytes there.
    let copy = unsafe { std::slice::from_raw_parts(file, size) }.to_vec();
    // SAFETY: from `dr_jpeg_transcode`, and nobody uses it any more.
    unsafe { dr_jpeg_free(file) };
    Some(copy)
}

#[cfg(test)]
mod tests {
    use turbojpeg::{Compressor, Image, PixelFormat, Subsamp, decompress};

    use super::{Scans, transcode};

    const SIDE: usize = 61;

    fn file(subsamp: Subsamp) -> Vec<u8> {
        let pixels: Vec<u8> = (0..SIDE * SIDE * 3_usize)
            .map(|i| i.wrapping_mul(i / 7 + 3).to_le_bytes()[0])
            .collect();
        let image = Image {
            pixels: pixels.as_slice(),
            width: SIDE,
            pitch: SIDE * 3,
            height: SIDE,
            format: PixelFormat::RGB,
        };
        let mut compressor = Compressor::new().expect("a compressor");
        compressor.set_subsamp(subsamp).expect("a sampling");
        compressor.compress_to_vec(image).expect("a file")
    }

    #[test]
    fn the_picture_stays_and_all_else_goes() {
        for subsamp in [Subsamp::None, Subsamp::Sub2x2, Subsamp::Gray] {
            let plain = file(subsamp);
            let comment = b"\xff\xfe\x00\x08secret";
            let full = [&plain[..2], comment, &plain[2..], b"secret"].concat();
            for scans in [Scans::One, Scans::Progressive] {
                let copy = transcode(&full, scans).expect("a sound file");
                let pixels = |file: &[u8]| decompress(file, PixelFormat::RGB).expect("a JPEG");
                assert!(pixels(&copy).pixels == pixels(&plain).pixels);
                assert!(copy.len() < plain.len());
                assert!(!copy.windows(6).any(|part| part == b"secret"));
            }
        }
    }

    #[test]
    fn a_file_with_a_fault_is_not_copied() {
        let whole = file(Subsamp::None);
        assert_eq!(transcode(&whole[..whole.len() / 2], Scans::One), None);
        assert_eq!(transcode(b"\xff\xd8\xff", Scans::One), None);
    }
}
