//! Boxes of ISO's file format, written plainly: the container of HEIC and AVIF.

/// One item of a file; its id is its place, counted from 1. The first is the picture that is shown.
pub(crate) struct Item {
    pub(crate) kind: [u8; 4],
    pub(crate) data: Vec<u8>,
    /// Whole boxes.
    pub(crate) properties: Vec<Vec<u8>>,
    /// Kind of reference, ids of the items it is to.
    pub(crate) refers: Vec<([u8; 4], Vec<u16>)>,
}

pub(crate) fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).expect("a small box");
    [&length.to_be_bytes(), kind, content].concat()
}

/// A box with version 0 and no flags.
pub(crate) fn full_box(kind: &[u8], content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], content].concat())
}

fn two(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("a small number").to_be_bytes()
}

/// A file of a brand with its data in `mdat`, at its end.
pub(crate) fn file(brand: &[u8], items: &[Item]) -> Vec<u8> {
    let start = boxed(b"ftyp", &[brand, &[0; 4], b"mif1"].concat());
    // All offsets have the same length.
    let length = start.len() + meta(items, 0).len() + 8;
    let data: Vec<u8> = items.iter().flat_map(|item| item.data.clone()).collect();
    [start, meta(items, length), boxed(b"mdat", &data)].concat()
}

fn meta(items: &[Item], data_at: usize) -> Vec<u8> {
    let handler = full_box(b"hdlr", b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let boxes = [
        handler,
        full_box(b"pitm", &two(1)),
        infos(items),
        locations(items, data_at),
        properties(items),
        references(items),
    ];
    full_box(b"meta", &boxes.concat())
}

fn infos(items: &[Item]) -> Vec<u8> {
    let mut content = two(items.len()).to_vec();
    for (i, item) in items.iter().enumerate() {
        let content_type: &[u8] = if &item.kind == b"mime" {
            b"application/rdf+xml\0"
        } else {
            b""
        };
        let entry = [
            &[2, 0, 0, 0],
            two(i + 1).as_slice(),
            &[0, 0],
            &item.kind,
            &[0], // no name
            content_type,
        ]
        .concat();
        content.extend(boxed(b"infe", &entry));
    }
    full_box(b"iinf", &content)
}

fn locations(items: &[Item], data_at: usize) -> Vec<u8> {
    // offsets and lengths of 4 bytes, no base
    let mut content = [&[0x44, 0], two(items.len()).as_slice()].concat();
    let mut at = data_at;
    for (i, item) in items.iter().enumerate() {
        content.extend([two(i + 1), two(0), two(1)].concat());
        for number in [at, item.data.len()] {
            content.extend(u32::try_from(number).expect("a small file").to_be_bytes());
        }
        at += item.data.len();
    }
    full_box(b"iloc", &content)
}

fn properties(items: &[Item]) -> Vec<u8> {
    let all: Vec<u8> = items
        .iter()
        .flat_map(|item| item.properties.concat())
        .collect();
    let count = u32::try_from(items.len()).expect("few items");
    let mut content = count.to_be_bytes().to_vec();
    let mut next = 1;
    for (i, item) in items.iter().enumerate() {
        content.extend(two(i + 1));
        content.push(u8::try_from(item.properties.len()).expect("few properties"));
        for _ in &item.properties {
            content.push(next);
            next += 1;
        }
    }
    boxed(
        b"iprp",
        &[boxed(b"ipco", &all), full_box(b"ipma", &content)].concat(),
    )
}

fn references(items: &[Item]) -> Vec<u8> {
    let mut content = Vec::new();
    for (i, item) in items.iter().enumerate() {
        for (kind, to) in &item.refers {
            let to: Vec<u8> = to.iter().flat_map(|id| id.to_be_bytes()).collect();
            let reference = [two(i + 1).as_slice(), &two(to.len() / 2), &to].concat();
            content.extend(boxed(kind, &reference));
        }
    }
    full_box(b"iref", &content)
}
