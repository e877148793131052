//! Chunks of PNG and segments of JPEG, put into files that have none.

/// The PNG with a chunk after its header.
pub(crate) fn with_chunk(png: &[u8], name: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a small chunk");
    let body = [name, data].concat();
    let check = crc(&body).to_be_bytes();
    // signature and IHDR are 33 bytes
    [&png[..33], &length.to_be_bytes(), &body, &check, &png[33..]].concat()
}

/// `iCCP` of a profile.
pub(super) fn with_profile(png: &[u8], profile: &[u8]) -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(profile, 6);
    with_chunk(png, b"iCCP", &[b"profile\0\0".as_slice(), &packed].concat())
}

/// The JPEG with a segment after its start.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a small segment");
    [
        &jpeg[..2],
        &[0xFF, marker],
        &length.to_be_bytes(),
        data,
        &jpeg[2..],
    ]
    .concat()
}

/// `APP2` of a profile in one piece.
pub(crate) fn with_jpeg_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    with_segment(
        jpeg,
        0xE2,
        &[b"ICC_PROFILE\0\x01\x01".as_slice(), profile].concat(),
    )
}

/// CRC-32 of PNG's appendix D, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xEDB8_8320
        } else {
            crc >> 1
        }
    };
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
