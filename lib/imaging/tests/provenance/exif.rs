//! Blocks of EXIF, little-endian, with directories below the first.

/// A tag, its type, its count and its value.
pub(super) type Entry = (u16, u16, u32, Vec<u8>);

pub(super) fn le16(value: u16) -> [u8; 2] {
    value.to_le_bytes()
}

pub(super) fn ascii(tag: u16, text: &str) -> Entry {
    let value = [text.as_bytes(), &[0]].concat();
    (tag, 2, u32::try_from(value.len()).expect("short"), value)
}

pub(super) fn fractions(tag: u16, values: [(u32, u32); 3]) -> Entry {
    let bytes = values
        .iter()
        .flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]);
    (tag, 5, 3, bytes.flatten().collect())
}

/// The first directory, the picture's and that of the place.
pub(super) fn block(first: &[Entry], picture: &[Entry], place: &[Entry]) -> Vec<u8> {
    let pointer = |tag: u16, at: usize| {
        let at = u32::try_from(at).expect("short");
        (tag, 4, 1, at.to_le_bytes().to_vec())
    };
    let with = |picture_at, place_at| {
        let mut entries = first.to_vec();
        entries.push(pointer(0x8769, picture_at));
        entries.push(pointer(0x8825, place_at));
        entries
    };
    let picture_at = 8 + directory(8, &with(0, 0)).len();
    let picture = directory(picture_at, picture);
    let place_at = picture_at + picture.len();
    [
        b"II*\0\x08\0\0\0".to_vec(),
        directory(8, &with(picture_at, place_at)),
        picture,
        directory(place_at, place),
    ]
    .concat()
}

/// A directory that lies at `at`, its values behind it.
fn directory(at: usize, entries: &[Entry]) -> Vec<u8> {
    let mut table = le16(u16::try_from(entries.len()).expect("few")).to_vec();
    let values_at = at + 2 + 12 * entries.len() + 4;
    let mut values = Vec::new();
    for (tag, kind, count, value) in entries {
        table.extend(le16(*tag));
        table.extend(le16(*kind));
        table.extend(count.to_le_bytes());
        let mut inline = value.clone();
        if value.len() > 4 {
            let offset = u32::try_from(values_at + values.len()).expect("short");
            inline = offset.to_le_bytes().to_vec();
            values.extend(value);
        }
        inline.resize(4, 0);
        table.extend(inline);
    }
    table.extend([0; 4]);
    [table, values].concat()
}
