//! Originals with metadata in every place that their container has.

use super::{ARTIST, COPYRIGHT};
use crate::animation::{self, riff};
use crate::inputs::container::{Item, boxed, file};
use crate::inputs::heif;
use crate::synthetic::{jpeg, photo, png};

/// An original that must keep its secrets.
pub(crate) struct Planted {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// At least as many.
    pub(crate) canaries: usize,
    /// Whether it says who made it.
    pub(crate) copyright: bool,
}

pub(crate) fn all() -> Vec<Planted> {
    let planted = |name, bytes, canaries, copyright| Planted {
        name,
        bytes,
        canaries,
        copyright,
    };
    let pixels = photo(60, 40);
    let small_jpeg = jpeg(&pixels, 90, "4:2:0");
    let in_iptc = [app(0xED, &photoshop()), comment()].concat();
    let in_xmp = app(
        0xE1,
        &[b"http://ns.adobe.com/xap/1.0/\0", &xmp()[..]].concat(),
    );
    vec![
        planted("jpeg", everything_in_jpeg(), 10, true),
        planted("jpeg with IPTC", insert(&small_jpeg, 2, &in_iptc), 2, true),
        planted("jpeg with XMP", insert(&small_jpeg, 2, &in_xmp), 1, true),
        planted("png", everything_in_png(&png(&pixels)), 8, true),
        planted("apng", everything_in_png(&animation::apng()), 8, true),
        planted("webp", everything_in_webp(&still_webp()), 6, true),
        planted(
            "animated webp",
            everything_in_webp(&animation::webp()),
            6,
            true,
        ),
        planted("gif", everything_in_gif(), 4, true),
        planted("tiff", tiff(), 4, true),
        planted("bmp", bmp(), 2, false),
        planted("ico", ico(), 3, false),
        planted(
            "avif",
            everything_in_items(b"avif", heif::picture()),
            8,
            true,
        ),
        planted("avif with XMP", with_xmp(b"avif", heif::picture()), 2, true),
        #[cfg(feature = "heic")]
        planted(
            "heic",
            everything_in_items(b"heic", heif::hevc_picture()),
            8,
            true,
        ),
    ]
}

/// `bytes` with `more` before byte `at`.
fn insert(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

/// An entry of a TIFF directory: tag, type, count and value.
type Entry = (u16, u16, u32, Vec<u8>);

fn ascii(tag: u16, text: &str) -> Entry {
    let value = [text.as_bytes(), &[0]].concat();
    (tag, 2, u32::try_from(value.len()).expect("short"), value)
}

fn long(tag: u16, value: u32) -> Entry {
    (tag, 4, 1, value.to_be_bytes().to_vec())
}

/// A big-endian directory that lies at `at`, with its values behind it; `next` is where the next one is.
fn directory(at: u32, entries: &[Entry], next: u32) -> Vec<u8> {
    let mut table = u16::try_from(entries.len())
        .expect("few")
        .to_be_bytes()
        .to_vec();
    let mut values = Vec::new();
    let values_at = at + 2 + 12 * u32::try_from(entries.len()).expect("few") + 4;
    for (tag, kind, count, value) in entries {
        table.extend(tag.to_be_bytes());
        table.extend(kind.to_be_bytes());
        table.extend(count.to_be_bytes());
        if value.len() <= 4 {
            table.extend(value);
            table.resize(table.len() + 4 - value.len(), 0);
        } else {
            let offset = values_at + u32::try_from(values.len()).expect("short");
            table.extend(offset.to_be_bytes());
            values.extend(value);
            values.resize(values.len().next_multiple_of(2), 0);
        }
    }
    table.extend(next.to_be_bytes());
    [table, values].concat()
}

/// First directory, GPS, and a thumbnail in the second directory.
fn exif() -> Vec<u8> {
    const GPS_AT: u32 = 600;
    const SECOND_AT: u32 = 800;
    const THUMBNAIL_AT: u32 = 1000;
    let thumbnail = insert(&jpeg(&photo(16, 12), 50, "4:2:0"), 2, &comment());
    let first = [
        ascii(0x010E, "CANARY description"),
        ascii(0x0110, "CANARY camera"),
        ascii(0x013B, ARTIST),
        ascii(0x8298, COPYRIGHT),
        long(0x8825, GPS_AT),
        ascii(0xA431, "CANARY serial number"),
    ];
    // A latitude is three pairs of numbers, here of letters.
    let gps = [(0x0002, 5, 3, b"CANARY41CANARY42CANARY43".to_vec())];
    let length = u32::try_from(thumbnail.len()).expect("short");
    let second = [long(0x0201, THUMBNAIL_AT), long(0x0202, length)];
    let mut block = b"MM\0\x2a\0\0\0\x08".to_vec();
    block.extend(directory(8, &first, SECOND_AT));
    block.resize(GPS_AT as usize, 0);
    block.extend(directory(GPS_AT, &gps, 0));
    block.resize(SECOND_AT as usize, 0);
    block.extend(directory(SECOND_AT, &second, 0));
    block.resize(THUMBNAIL_AT as usize, 0);
    [block, thumbnail].concat()
}

fn xmp() -> Vec<u8> {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:title>CANARY title</dc:title>\
         <dc:creator><rdf:Seq><rdf:li>{ARTIST}</rdf:li></rdf:Seq></dc:creator>\
         <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>{COPYRIGHT}</rdf:li></rdf:Alt></dc:rights></x:xmpmeta>"
    )
    .into_bytes()
}

/// IPTC: a city, a by-line and a copyright notice.
fn iptc() -> Vec<u8> {
    let field = |data_set: u8, text: &str| {
        let length = u16::try_from(text.len()).expect("short").to_be_bytes();
        [&[0x1C, 2, data_set][..], &length, text.as_bytes()].concat()
    };
    [
        field(90, "CANARY city"),
        field(80, ARTIST),
        field(116, COPYRIGHT),
    ]
    .concat()
}

/// Photoshop's resources: IPTC in the second, behind one with a name and an odd length.
fn photoshop() -> Vec<u8> {
    let resource = |id: u16, name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("short").to_be_bytes();
        let padding = vec![0; data.len() % 2];
        [
            &b"8BIM"[..],
            &id.to_be_bytes(),
            name,
            &length,
            data,
            &padding,
        ]
        .concat()
    };
    let other = resource(0x03ED, b"\x03abc", b"odd");
    [
        b"Photoshop 3.0\0".to_vec(),
        other,
        resource(0x0404, &[0, 0], &iptc()),
    ]
    .concat()
}

fn app(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2)
        .expect("a segment")
        .to_be_bytes();
    [&[0xFF, marker][..], &length, data].concat()
}

fn comment() -> Vec<u8> {
    app(0xFE, b"CANARY comment")
}

fn everything_in_jpeg() -> Vec<u8> {
    let mut segments = app(0xE1, &[b"Exif\0\0", &exif()[..]].concat());
    segments.extend(app(
        0xE1,
        &[b"http://ns.adobe.com/xap/1.0/\0", &xmp()[..]].concat(),
    ));
    segments.extend(app(0xE2, b"MPF\0CANARY second picture"));
    segments.extend(app(0xE5, b"CANARY of a maker's own segment"));
    segments.extend(app(0xED, &photoshop()));
    segments.extend(comment());
    let mut bytes = insert(&jpeg(&photo(60, 40), 90, "4:2:0"), 2, &segments);
    // A motion photo: a film behind the picture, and a second picture.
    bytes.extend(b"\0\0\0\x18ftypmp42 CANARY film");
    bytes.extend(insert(&jpeg(&photo(16, 12), 50, "4:2:0"), 2, &comment()));
    bytes
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer
        .write_chunk(png::chunk::ChunkType(name), data)
        .expect("a chunk");
    drop(writer);
    // Between the 33 bytes of the header and the 12 of the end.
    bytes[33..33 + 12 + data.len()].to_vec()
}

fn everything_in_png(bytes: &[u8]) -> Vec<u8> {
    let title = [b"XML:com.adobe.xmp\0\0\0\0\0", &xmp()[..]].concat();
    let author = format!("Author\0{ARTIST}");
    let chunks = [
        chunk(*b"tEXt", b"Comment\0CANARY comment"),
        chunk(*b"tEXt", author.as_bytes()),
        chunk(*b"iTXt", b"Title\0\0\0\0\0CANARY title"),
        chunk(*b"iTXt", &title),
        // Stored, not packed, so that the text can be found: zlib's header, one last block of 11 bytes, a checksum.
        chunk(
            *b"zTXt",
            b"Source\0\0\x78\x01\x01\x0b\0\xf4\xffCANARY text\x16\xa5\x03\x7f",
        ),
        chunk(*b"eXIf", &exif()),
        chunk(*b"caNa", b"CANARY of a maker's own chunk"),
    ];
    let mut planted = insert(bytes, 33, &chunks.concat());
    planted.extend(b"CANARY behind the end");
    planted
}

fn still_webp() -> Vec<u8> {
    let (pixels, mut bytes) = (photo(60, 40), Vec::new());
    image_webp::WebPEncoder::new(&mut bytes)
        .encode(&pixels.data, 60, 40, image_webp::ColorType::Rgb8)
        .expect("a WebP");
    let header = riff(*b"VP8X", &[0, 0, 0, 0, 59, 0, 0, 39, 0, 0]);
    riff(*b"RIFF", &[b"WEBP", &header[..], &bytes[12..]].concat())
}

fn everything_in_webp(bytes: &[u8]) -> Vec<u8> {
    let mut body = bytes[8..].to_vec();
    body[12] |= 0x0C; // VP8X: there are EXIF and XMP
    body.extend(riff(*b"EXIF", &exif()));
    body.extend(riff(*b"XMP ", &xmp()));
    body.extend(riff(*b"CANA", b"CANARY of a maker's own chunk"));
    [riff(*b"RIFF", &body), b"CANARY behind the end".to_vec()].concat()
}

fn everything_in_gif() -> Vec<u8> {
    let extension = |label: u8, blocks: &[&[u8]]| {
        let block = |data: &&[u8]| {
            let length = u8::try_from(data.len()).expect("a block");
            [&[length][..], data].concat()
        };
        let blocks: Vec<u8> = blocks.iter().flat_map(block).collect();
        [&[0x21, label][..], &blocks, &[0]].concat()
    };
    let bytes = animation::gif();
    let header = 13
        + match bytes[10] & 0x80 {
            0 => 0,
            _ => 3 << ((bytes[10] & 7) + 1),
        };
    let extensions = [
        extension(0xFE, &[b"CANARY comment"]),
        xmp_extension(),
        extension(0xFF, &[b"CANARY12345", b"CANARY data"]),
    ];
    let mut planted = insert(&bytes, header, &extensions.concat());
    planted.extend(b"CANARY behind the end");
    planted
}

/// A packet that is no blocks, and the bytes that lead a reader of blocks to its end from wherever it is.
fn xmp_extension() -> Vec<u8> {
    let mut extension = b"\x21\xFF\x0BXMP DataXMP".to_vec();
    extension.extend(xmp());
    extension.push(1);
    extension.extend((0..=255).rev());
    extension.push(0);
    extension
}

fn describing(kind: [u8; 4], data: Vec<u8>) -> Item {
    Item {
        kind,
        data,
        properties: vec![],
        refers: vec![(*b"cdsc", vec![1])],
    }
}

fn with_xmp(brand: &[u8], picture: Item) -> Vec<u8> {
    let mut planted = file(brand, &[picture, describing(*b"mime", xmp())]);
    planted.extend(boxed(b"free", b"CANARY in a gap"));
    planted
}

/// Items of EXIF and XMP, an unknown item, unknown boxes, and a film after them.
fn everything_in_items(brand: &[u8], mut picture: Item) -> Vec<u8> {
    picture.properties.push(boxed(b"udes", b"CANARY property"));
    let exif = [&[0, 0, 0, 6], &b"Exif\0\0"[..], &exif()].concat();
    let items = [
        picture,
        describing(*b"Exif", exif),
        describing(*b"mime", xmp()),
        describing(*b"cana", b"CANARY of a maker's own item".to_vec()),
    ];
    let mut planted = file(brand, &items);
    planted.extend(boxed(b"uuid", b"CANARY of a maker's own box"));
    planted.extend(b"\0\0\0\x18ftypmp42 CANARY film");
    planted
}

/// One strip of 4 x 2 RGB, with texts, XMP and IPTC in its directory.
fn tiff() -> Vec<u8> {
    let short = |tag: u16, value: u16| (tag, 3, 1, value.to_be_bytes().to_vec());
    let bytes = |tag: u16, value: Vec<u8>| {
        let count = u32::try_from(value.len()).expect("short");
        (tag, 7, count, value)
    };
    let pixels = [200, 10, 30].repeat(8);
    let entries = [
        short(0x0100, 4),
        short(0x0101, 2),
        (0x0102, 3, 3, [0, 8].repeat(3)),
        short(0x0103, 1),
        short(0x0106, 2),
        ascii(0x010E, "CANARY description"),
        long(0x0111, 8),
        short(0x0115, 3),
        short(0x0116, 2),
        long(0x0117, 24),
        ascii(0x013B, ARTIST),
        bytes(0x02BC, xmp()),
        ascii(0x8298, COPYRIGHT),
        bytes(0x83BB, iptc()),
    ];
    let mut file = b"MM\0\x2a\0\0\0\x20".to_vec();
    file.extend(pixels);
    file.extend(directory(32, &entries, 0));
    file.extend(b"CANARY behind the end");
    file
}

/// 4 x 2 pixels of 24 bits, with a gap before them and bytes behind.
fn bmp() -> Vec<u8> {
    let gap = b"CANARY gap";
    let pixels_at = 54 + u32::try_from(gap.len()).expect("short");
    let mut file = b"BM".to_vec();
    file.extend((pixels_at + 24).to_le_bytes());
    file.extend([0; 4]);
    file.extend(pixels_at.to_le_bytes());
    for value in [40, 4, 2, 1 | 24 << 16, 0, 24, 0, 0, 0, 0_u32] {
        file.extend(value.to_le_bytes());
    }
    file.extend(gap);
    file.extend([10, 30, 200].repeat(8));
    file.extend(b"CANARY behind the end");
    file
}

/// One PNG with a text, and bytes behind it.
fn ico() -> Vec<u8> {
    let picture = everything_in_png(&png(&photo(16, 16)));
    let mut file = vec![0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0];
    file.extend(u32::try_from(picture.len()).expect("short").to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(picture);
    file.extend(b"CANARY behind the end");
    file
}
