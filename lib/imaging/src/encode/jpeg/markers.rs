//! What a JPEG holds besides its scans' bits (T.81, B.2).

use super::{blocks::PLACES, dct::AREA, huffman::Table};

/// Markers (T.81, table B.1).
const BEGIN: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];
const JFIF: u8 = 0xe0;
const STEPS: u8 = 0xdb;
const PROGRESSIVE: u8 = 0xc2;
const CODES: u8 = 0xc4;
const SCAN: u8 = 0xda;

/// JFIF 1.1, square pixels, no thumbnail.
const JFIF_BODY: [u8; 14] = *b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

/// The begin of a file.
pub(super) fn begin() -> Vec<u8> {
    let mut file = BEGIN.to_vec();
    segment(&mut file, JFIF, &JFIF_BODY);
    file
}

pub(super) fn end(file: &mut Vec<u8>) {
    file.extend(END);
}

/// The steps of table `id`, given row by row.
pub(super) fn steps(file: &mut Vec<u8>, id: u8, steps: &[u8; AREA]) {
    let mut body = [id; 1 + AREA];
    for (place, step) in PLACES.into_iter().zip(steps) {
        body[1 + usize::from(place)] = *step;
    }
    segment(file, STEPS, &body);
}

/// A progressive frame of 8 bits. Component 1 has steps 0, the others have steps 1.
pub(super) fn frame(file: &mut Vec<u8>, (width, height): (u16, u16), planes: usize, halved: bool) {
    let mut body = vec![8];
    body.extend(height.to_be_bytes());
    body.extend(width.to_be_bytes());
    let sampling = if halved { 0x22 } else { 0x11 };
    if planes == 1 {
        body.extend([1, 1, 0x11, 0]);
    } else {
        body.extend([3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1]);
    }
    segment(file, PROGRESSIVE, &body);
}

/// Table 0 of first coefficients (`dc`) or of the others.
pub(super) fn codes(file: &mut Vec<u8>, dc: bool, table: &Table) {
    let class = if dc { 0 } else { 0x10 };
    let body = [&[class], table.lengths.as_slice(), &table.symbols].concat();
    segment(file, CODES, &body);
}

/// The header of a scan of one component, by tables 0; `parts` are its places and bits.
pub(super) fn scan(file: &mut Vec<u8>, component: u8, parts: [u8; 3]) {
    let [first, last, bits] = parts;
    segment(file, SCAN, &[1, component, 0, first, last, bits]);
}

/// A segment of at most 65533 bytes: the largest above has 273.
fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    file.extend([0xff, marker]);
    file.extend(length.to_be_bytes());
    file.extend(body);
}
