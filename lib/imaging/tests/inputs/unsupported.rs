//! An error names the format that cannot be read.

use darkroom_imaging::probe;

use super::container::boxed;
use crate::synthetic::{jpeg, photo};

/// Directory entries as tag, type, count, value.
fn tiff(entries: &[(u16, u16, u32, [u8; 4])]) -> Vec<u8> {
    let count = u16::try_from(entries.len()).expect("few entries");
    let mut bytes = [b"II*\0\x08\0\0\0".as_slice(), &count.to_le_bytes()].concat();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value);
    }
    let text_at = u32::try_from(bytes.len() + 4).expect("a small file");
    // A text of more than four letters lies behind the directory.
    for entry in bytes[10..]
        .chunks_exact_mut(12)
        .filter(|entry| entry[2] == 2)
    {
        entry[8..].copy_from_slice(&text_at.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

fn with_text(mut bytes: Vec<u8>, text: &[u8]) -> Vec<u8> {
    bytes.extend(text);
    bytes
}

/// A JPEG whose frame header has another marker and depth.
fn frame(marker: u8, depth: u8) -> Vec<u8> {
    let mut bytes = jpeg(&photo(16, 16), 80, "4:2:0");
    let at = bytes
        .windows(2)
        .position(|two| two == [0xFF, 0xC0])
        .expect("a frame header");
    (bytes[at + 1], bytes[at + 4]) = (marker, depth);
    bytes
}

#[test]
fn every_format_we_do_not_read_is_named() {
    let sub_directories = (330, 4, 1, [0; 4]);
    let nikon = with_text(
        tiff(&[(271, 2, 18, [0; 4]), sub_directories]),
        b"NIKON CORPORATION\0",
    );
    let sony = with_text(tiff(&[(271, 2, 5, [0; 4]), sub_directories]), b"SONY\0");
    let film = |brand: &[u8]| boxed(b"ftyp", &[brand, b"\0\0\0\0isom"].concat());
    let padded = |start: &[u8]| [start, &[0; 64]].concat();
    let named: Vec<(&str, Vec<u8>)> = vec![
        ("JPEG XL", padded(&[0xFF, 0x0A])),
        ("JPEG XL", padded(b"\0\0\0\x0CJXL \r\n\x87\n")),
        ("JPEG 2000", padded(b"\0\0\0\x0CjP  \r\n\x87\n")),
        ("JPEG XR", padded(b"II\xBC\x01")),
        ("JPEG-LS", frame(0xF7, 8)),
        ("12-bit JPEG", frame(0xC1, 12)),
        ("arithmetic-coded JPEG", frame(0xC9, 8)),
        ("arithmetic-coded JPEG", frame(0xCA, 8)),
        ("lossless JPEG", frame(0xC3, 8)),
        ("hierarchical JPEG", frame(0xC5, 8)),
        ("RAW (Canon CR2)", padded(b"II*\0\x10\0\0\0CR\x02\0")),
        ("RAW (Canon CR3)", film(b"crx ")),
        ("RAW (Nikon NEF)", nikon),
        ("RAW (Sony ARW)", sony),
        ("RAW (DNG)", tiff(&[(50706, 1, 4, [1, 4, 0, 0])])),
        ("RAW (Fujifilm RAF)", padded(b"FUJIFILMCCD-RAW ")),
        ("RAW (Olympus ORF)", padded(b"IIRO\x08\0\0\0")),
        ("RAW (Panasonic RW2)", padded(b"IIU\0\x18\0\0\0")),
        ("PDF", padded(b"%PDF-1.7\n")),
        ("PostScript", padded(b"%!PS-Adobe-3.0 EPSF-3.0\n")),
        (
            "SVG",
            b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
        ),
        ("PSD (Photoshop)", padded(b"8BPS\0\x01")),
        ("XCF (GIMP)", padded(b"gimp xcf v011")),
        ("OpenEXR", padded(b"v/1\x01\x02\0\0\0")),
        ("Radiance HDR", padded(b"#?RADIANCE\n")),
        ("QOI", padded(b"qoif")),
        ("MP4 video", film(b"mp42")),
        ("QuickTime video", film(b"qt  ")),
        ("Matroska or WebM video", padded(b"\x1A\x45\xDF\xA3")),
        ("AVI video", padded(b"RIFF\0\x01\0\0AVI LIST")),
        ("ICNS (Apple icon)", padded(b"icns\0\0\x10\0")),
    ];
    for (name, bytes) in named {
        let error = probe(&bytes).expect_err(name);
        assert_eq!(error.code(), "unsupported", "{name}: {error}");
        assert_eq!(error.to_string(), format!("{name} is not supported"));
    }
}

fn tar() -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..5].copy_from_slice(b"a.jpg");
    bytes[257..262].copy_from_slice(b"ustar");
    bytes
}

#[test]
fn what_is_no_image_is_told_by_what_it_seems_to_be() {
    for (says, bytes) in [
        ("it is text", b"Dear diary, no pictures today.".as_slice()),
        (
            "it is a web page",
            b"<!DOCTYPE html><html><body>404</body></html>",
        ),
        ("it is a zip archive", b"PK\x03\x04\x14\0\0\0\x08\0"),
        ("it is a gzip archive", b"\x1F\x8B\x08\0\0\0\0\0\0\x03"),
        ("it is a 7z archive", b"7z\xBC\xAF\x27\x1C\0\x04"),
        ("it is a Windows program", b"MZ\x90\0\x03\0\0\0"),
        ("it is MP3 audio", b"ID3\x03\0\0\0\0\0\x0A"),
        ("it is MP3 audio", b"\xFF\xFB\x90\x64\0\0\0\0"),
        (
            "it is a PCX picture",
            b"\x0A\x05\x01\x08\0\0\0\0\x1F\0\x1F\0",
        ),
        (
            "it is a Targa picture (TGA)",
            b"\0\0\x02\0\0\0\0\0\0\0\0\0\x20\0\x20\0\x18\x20\x01",
        ),
        ("it is a tar archive", &tar()),
        (
            "it is the body of a web form",
            b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\xFF\xD8\xFF",
        ),
        ("match no known format", b"\x01\x02\x03\x04\x05\x06\x07\x08"),
    ] {
        let error = probe(bytes).expect_err(says);
        assert_eq!(error.code(), "not_an_image", "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(probe(b"").expect_err("no bytes").code(), "empty");
}
