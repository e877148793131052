//! Which format the first bytes are.

use super::read::be32;
use crate::{Error, Format};

/// The format of `bytes`, or why there is none.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    if let Some(format) = supported(bytes) {
        return Ok(format);
    }
    if bytes.len() < 12 && bytes.get(4..8) == Some(b"ftyp") {
        return Err(super::short("the signature"));
    }
    if let Some(name) = unsupported(bytes) {
        return Err(Error::Unsupported(name.into()));
    }
    if bytes.len() < 8 && b"\x89PNG\r\n\x1A\n".starts_with(bytes) && bytes.len() > 3 {
        return Err(super::short("the signature"));
    }
    if bytes.get(1..4) == Some(b"PNG") {
        return Err(Error::Corrupt(
            "the PNG signature is damaged, typically by a transfer in text mode".into(),
        ));
    }
    Err(Error::NotAnImage(describe(bytes).into()))
}

fn supported(bytes: &[u8]) -> Option<Format> {
    let format = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Format::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Format::Gif,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Format::Webp,
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..]
        | [
            b'B',
            b'M',
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            0,
            0,
            12 | 40 | 52 | 56 | 64 | 108 | 124,
            0,
            0,
            0,
            ..,
        ] => Format::Bmp,
        [0, 0, 1, 0, count, 0, ..] if *count > 0 => Format::Ico,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => return heif(bytes),
        // Camera makers put their own marks where TIFF has the first directory's place.
        [b'I', b'I', b'*', 0, _, _, _, _, b'C', b'R', ..] => return None,
        [b'I', b'I', b'*' | b'+', 0, ..] | [b'M', b'M', 0, b'*' | b'+', ..] => Format::Tiff,
        _ => return None,
    };
    Some(format)
}

/// A container of ISO's file format that has a picture in it, by any of its brands. Which codec it is, its boxes tell;
/// films have brands of their own.
fn heif(bytes: &[u8]) -> Option<Format> {
    let length = usize::try_from(be32(bytes, 0)?).ok()?;
    let brands = bytes.get(8..length.clamp(16, 4096).min(bytes.len()))?;
    // between the major brand and the others is a version
    let brands = || {
        let (major, others) = (
            brands.chunks_exact(4).take(1),
            brands.chunks_exact(4).skip(2),
        );
        major.chain(others)
    };
    if brands().any(|brand| brand == b"avif" || brand == b"avis") {
        return Some(Format::Avif);
    }
    let pictures: [&[u8]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"mif2", b"msf1",
    ];
    brands()
        .any(|brand| pictures.contains(&brand))
        .then_some(Format::Heic)
}

/// Formats that are images, or are often uploaded as such, and that we do not read: signature, name.
const UNSUPPORTED: [(&[u8], &str); 38] = [
    (&[0xFF, 0x0A], "JPEG XL"),
    (b"\0\0\0\x0CJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000"),
    (&[0xFF, 0x4F, 0xFF, 0x51], "JPEG 2000"),
    (b"II\xBC", "JPEG XR"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"8BPS", "PSD (Photoshop)"),
    (b"gimp xcf", "XCF (GIMP)"),
    (b"II*\0\x10\0\0\0CR", "RAW (Canon CR2)"),
    (b"IIRO", "RAW (Olympus ORF)"),
    (b"IIRS", "RAW (Olympus ORF)"),
    (b"MMOR", "RAW (Olympus ORF)"),
    (b"IIU\0", "RAW (Panasonic RW2)"),
    (b"FUJIFILMCCD-RAW", "RAW (Fujifilm RAF)"),
    (b"FOVb", "RAW (Sigma X3F)"),
    (b"\0MRM", "RAW (Minolta MRW)"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
    (b"AT&TFORM", "DjVu"),
    (b"BPG\xFB", "BPG"),
    (b"FLIF", "FLIF"),
    (b"icns", "ICNS (Apple icon)"),
    (b"\x8AMNG\r\n\x1A\n", "MNG"),
    (b"\x8BJNG\r\n\x1A\n", "JNG"),
    (b"\x97JB2\r\n\x1A\n", "JBIG2"),
    (b"\xC5\xD0\xD3\xC6", "EPS"),
    (b"farbfeld", "farbfeld"),
    (b"SIMPLE  =", "FITS"),
    (b"\x59\xA6\x6A\x95", "Sun raster"),
    (b"\x01\xDA\x01", "SGI"),
    (b"\x1A\x45\xDF\xA3", "Matroska or WebM video"),
    (b"\0\0\x01\xBA", "MPEG video"),
    (b"FLV\x01", "Flash video"),
    (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media video"),
    (b"OggS", "Ogg media"),
];

fn unsupported(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = UNSUPPORTED
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
    {
        return Some(name);
    }
    match bytes {
        [0, 0, 2, 0, count, 0, ..] if *count > 0 => Some("CUR (Windows cursor)"),
        [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t', ..] => Some("PNM"),
        [b'B', b'A', ..]
            if matches!(
                bytes.get(14..16),
                Some(b"BM" | b"IC" | b"PT" | b"CI" | b"CP")
            ) =>
        {
            Some("an OS/2 bitmap array")
        }
        [0xD7, 0xCD, 0xC6, 0x9A, ..] => Some("WMF"),
        [1, 0, 0, 0, ..] if bytes.get(40..44) == Some(b" EMF") => Some("EMF"),
        _ if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ") => Some("AVI video"),
        _ if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"ACON") => {
            Some("ANI (Windows animated cursor)")
        }
        _ if bytes.get(4..8) == Some(b"moov") => Some("QuickTime video"),
        _ if bytes.get(4..8) == Some(b"ftyp") => Some(video(bytes)),
        _ if bytes.get(128..132) == Some(b"DICM") => Some("DICOM"),
        _ if is_svg(bytes) => Some("SVG"),
        _ => None,
    }
}

fn video(bytes: &[u8]) -> &'static str {
    match bytes.get(8..12) {
        Some(b"crx ") => "RAW (Canon CR3)",
        Some(b"qt  ") => "QuickTime video",
        _ => "MP4 video",
    }
}

/// An `<svg` among the first bytes of what begins like markup.
fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let text = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    text.starts_with(b"<") && text.windows(4).any(|tag| tag.eq_ignore_ascii_case(b"<svg"))
}

/// Files that are uploaded by mistake: signature, what is said.
const OTHERS: [(&[u8], &str); 18] = [
    (&[0x1F, 0x8B], "it is a gzip archive"),
    (b"7z\xBC\xAF\x27\x1C", "it is a 7z archive"),
    (b"Rar!\x1A\x07", "it is a RAR archive"),
    (b"BZh", "it is a bzip2 archive"),
    (b"\xFD7zXZ\0", "it is an xz archive"),
    (b"\x28\xB5\x2F\xFD", "it is a zstd archive"),
    (b"MZ", "it is a Windows program"),
    (b"\x7FELF", "it is a Linux program"),
    (&[0xCF, 0xFA, 0xED, 0xFE], "it is a macOS program"),
    (b"ID3", "it is MP3 audio"),
    (&[0xFF, 0xFB], "it is MP3 audio"),
    (b"fLaC", "it is FLAC audio"),
    (b"SQLite format 3\0", "it is a SQLite database"),
    (
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
        "it is an old office document",
    ),
    (b"wOF2", "it is a font"),
    (
        &[0x0A, 0, 1, 1],
        "it is a PCX picture, which is not supported",
    ),
    (&[0x0A, 2, 1], "it is a PCX picture, which is not supported"),
    (&[0x0A, 5, 1], "it is a PCX picture, which is not supported"),
];

/// The footer of version 2, or a header of version 1 that says nothing impossible.
fn is_targa(bytes: &[u8]) -> bool {
    if bytes.ends_with(b"TRUEVISION-XFILE.\0") {
        return true;
    }
    matches!(
        bytes,
        [_, 0, 2 | 3 | 10 | 11, 0, 0, 0, 0, 0, _, _, _, _, w0, w1, h0, h1, 8 | 16 | 24 | 32, flags, ..]
            if (*w0, *w1) != (0, 0) && (*h0, *h1) != (0, 0) && flags & 0xC0 == 0
    )
}

/// `multipart/form-data` that was stored as it was sent.
fn is_form(head: &[u8]) -> bool {
    let names = b"Content-Disposition: form-data";
    let mut places = head.windows(names.len());
    head.starts_with(b"--") && places.any(|place| place.eq_ignore_ascii_case(names))
}

/// What a file that is no image seems to be, for its owner to know it by.
fn describe(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    let lower = head.trim_ascii_start().to_ascii_lowercase();
    if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
        "it is a web page"
    } else if head.starts_with(b"PK\x03\x04") {
        "it is a zip archive or an office document"
    } else if let Some((_, name)) = OTHERS.iter().find(|(start, _)| head.starts_with(start)) {
        name
    } else if head.get(257..262) == Some(b"ustar") {
        "it is a tar archive"
    } else if is_targa(bytes) {
        "it is a Targa picture (TGA), which is not supported"
    } else if is_form(head) {
        "it is the body of a web form, with the file inside"
    } else if is_text(head) {
        "it is text"
    } else {
        "its first bytes match no known format"
    }
}

/// Whether the bytes are UTF-8, perhaps cut within a character, without control characters.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid
        && !head
            .iter()
            .any(|&byte| byte < b' ' && !b"\t\n\r\x0C".contains(&byte))
}

#[cfg(test)]
mod accepts {
    use std::fmt::Write;

    use super::UNSUPPORTED;
    use crate::{Format, Limits};

    /// What the upload page checks before it uploads, as `xtask/src/site.rs` puts it into config.json.
    fn json() -> String {
        let limits = Limits::default();
        let formats = [
            Format::Jpeg,
            Format::Png,
            Format::Webp,
            Format::Gif,
            Format::Bmp,
            Format::Tiff,
            Format::Ico,
            Format::Avif,
            Format::Heic,
        ]
        .map(|format| {
            format!(
                r#"    {{ "name": "{}", "mediaType": "{}" }}"#,
                format.name(),
                format.media_type()
            )
        });
        let unsupported = UNSUPPORTED.map(|(signature, name)| {
            let hex = signature.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            format!(r#"    {{ "signature": "{hex}", "name": "{name}" }}"#)
        });
        format!(
            "{{\n  \"maxBytes\": {},\n  \"maxPixels\": {},\n  \"maxSide\": {},\n  \"formats\": [\n{}\n  ],\n  \"unsupported\": [\n{}\n  ]\n}}\n",
            limits.max_bytes,
            limits.max_pixels,
            limits.max_side,
            formats.join(",\n"),
            unsupported.join(",\n")
        )
    }

    #[test]
    fn the_page_checks_what_the_engine_checks() {
        let expected = json();
        assert_eq!(
            include_str!("../../accepts.json"),
            expected,
            "lib/imaging/accepts.json is out of date: replace it with\n{expected}"
        );
    }
}
