//! The parts that a file is made of, by name, and those that an output may have.

use darkroom_imaging::Format;

/// Without metadata asked for.
pub(crate) const ALLOWED: &[(Format, &str)] = &[
    (Format::Jpeg, "SOI"),
    (Format::Jpeg, "APP0"), // JFIF's: version and density
    (Format::Jpeg, "DQT"),
    (Format::Jpeg, "SOF0"),
    (Format::Jpeg, "SOF2"),
    (Format::Jpeg, "DHT"),
    (Format::Jpeg, "SOS"),
    (Format::Jpeg, "EOI"),
    (Format::Png, "IHDR"),
    (Format::Png, "sRGB"),
    (Format::Png, "gAMA"),
    (Format::Png, "cHRM"),
    (Format::Png, "IDAT"),
    (Format::Png, "IEND"),
    (Format::Webp, "VP8 "),
    (Format::Webp, "VP8L"),
    (Format::Webp, "VP8X"),
    (Format::Webp, "ALPH"),
    (Format::Webp, "ANIM"),
    (Format::Webp, "ANMF"),
    (Format::Gif, "image"),
    (Format::Gif, "control"),
    (Format::Gif, "NETSCAPE2.0"),
    (Format::Gif, "trailer"),
    (Format::Avif, "ftyp"),
    (Format::Avif, "meta"),
    (Format::Avif, "mdat"),
    (Format::Avif, "item av01"),
];

/// Every part of a file, to its last byte; what follows its end is the part `trailing`.
pub(crate) fn of(format: Format, bytes: &[u8]) -> Vec<String> {
    match format {
        Format::Jpeg => jpeg(bytes),
        Format::Png => png(bytes),
        Format::Webp => webp(bytes),
        Format::Gif => gif(bytes),
        Format::Avif => avif(bytes),
        other => panic!("no parts known of {other:?}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn be(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}

fn jpeg(bytes: &[u8]) -> Vec<String> {
    let mut parts = vec!["SOI".to_owned()];
    let mut at = 2;
    loop {
        assert_eq!(bytes[at], 0xFF, "a marker at {at}");
        let name = match bytes[at + 1] {
            0xD9 => {
                parts.push("EOI".to_owned());
                if at + 2 < bytes.len() {
                    parts.push("trailing".to_owned());
                }
                return parts;
            }
            0xDA => "SOS".to_owned(),
            0xDB => "DQT".to_owned(),
            0xC4 => "DHT".to_owned(),
            marker @ 0xE0..=0xEF => format!("APP{}", marker - 0xE0),
            marker @ 0xC0..=0xCF => format!("SOF{}", marker - 0xC0),
            marker => format!("{marker:02X}"),
        };
        at += 2 + be(&bytes[at + 2..at + 4]);
        if name == "SOS" {
            // Entropy-coded bytes: FF is followed by 00 or a restart.
            while bytes[at] != 0xFF || matches!(bytes[at + 1], 0 | 0xD0..=0xD7) {
                at += 1;
            }
        }
        parts.push(name);
    }
}

fn png(bytes: &[u8]) -> Vec<String> {
    let (mut parts, mut at) = (Vec::new(), 8);
    while at < bytes.len() {
        parts.push(text(&bytes[at + 4..at + 8]));
        at += 12 + be(&bytes[at..at + 4]);
    }
    parts
}

fn webp(bytes: &[u8]) -> Vec<String> {
    let length = |at: usize| {
        let four = bytes[at + 4..at + 8].try_into().expect("four bytes");
        u32::from_le_bytes(four).next_multiple_of(2) as usize
    };
    assert_eq!(length(0) + 8, bytes.len(), "RIFF is the whole file");
    let (mut parts, mut at) = (Vec::new(), 12);
    while at < bytes.len() {
        let name = text(&bytes[at..at + 4]);
        // A frame has chunks of its own behind 16 bytes.
        at += if name == "ANMF" { 24 } else { 8 + length(at) };
        parts.push(name);
    }
    parts
}

/// The boxes, and the types of the items that are announced in `infe` boxes: 4 bytes of version, the item's number and
/// protection, the type.
fn avif(bytes: &[u8]) -> Vec<String> {
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        parts.push(text(&bytes[at + 4..at + 8]));
        at += be(&bytes[at..at + 4]);
    }
    assert_eq!(at, bytes.len(), "boxes are the whole file");
    let announced = bytes.windows(16).filter(|at| at.starts_with(b"infe"));
    parts.extend(announced.map(|at| format!("item {}", text(&at[12..16]))));
    parts
}

fn gif(bytes: &[u8]) -> Vec<String> {
    let table = |flags: u8| match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    };
    let (mut parts, mut at) = (Vec::new(), 13 + table(bytes[10]));
    loop {
        let name = match (bytes[at], bytes.get(at + 1)) {
            (0x3B, after) => {
                parts.push("trailer".to_owned());
                parts.extend(after.map(|_| "trailing".to_owned()));
                return parts;
            }
            (0x2C, _) => "image".to_owned(),
            (0x21, Some(0xF9)) => "control".to_owned(),
            (0x21, Some(0xFF)) => text(&bytes[at + 3..at + 14]),
            (_, label) => format!("extension {label:02X?}"),
        };
        at += match bytes[at] {
            0x2C => 11 + table(bytes[at + 9]),
            _ => 2,
        };
        while bytes[at] != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += 1;
        parts.push(name);
    }
}
