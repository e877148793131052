//! The container of HEIC and AVIF (ISO/IEC 23008-12): the picture to show, and its properties.

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{BoxIter, HeifFile, ItemId};

use crate::colour::Model;
use crate::geometry::{Rect, Size};
use crate::{Colour, Error, Format, Orientation};

/// The deepest nesting of derived pictures (grids, overlays).
pub(crate) const MAX_DEPTH: u32 = 4;

/// The least pixels that a coded picture counts as: a block of 64 by 64.
const LEAST_PIXELS: u64 = 64 * 64;
/// All coded pictures together may have this many times the pixels of the shown picture (tiles reach beyond it, and alpha
/// doubles them), plus [`SPARE_PIXELS`].
const MOST_TIMES: u64 = 4;
const SPARE_PIXELS: u64 = 1 << 22;
/// Coded data may be used this many times, as one empty tile of alpha is, plus [`SPARE_BYTES`].
const MOST_USES: u64 = 4;
const SPARE_BYTES: u64 = 1 << 16;

/// The types that mark an auxiliary picture as alpha: HEVC's, and the one for all codecs (ISO/IEC 23008-12, 23000-22).
const ALPHA: [&str; 2] = [
    "urn:mpeg:hevc:2015:auxid:1",
    "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
];

/// The boxes of a file. Copies only headers.
pub(crate) fn parse(bytes: &[u8]) -> Result<HeifFile<'_>, Error> {
    let bytes = without_trailer(bytes);
    HeifFile::parse(bytes).map_err(|error| match error {
        heifer_isobmff::Error::MissingBox(name) if name.0 == *b"meta" && has_film(bytes) => {
            Error::Unsupported("an image sequence without a still image".into())
        }
        other => failed(other),
    })
}

/// Whether the file's brands say that it is a sequence of pictures (ISO/IEC 23008-12, 10.3; AVIF 1.1, 6.2) and it has one.
pub(crate) fn is_sequence(file: &HeifFile, bytes: &[u8]) -> bool {
    let brands: [&[u8; 4]; 4] = [b"avis", b"msf1", b"hevc", b"hevx"];
    let says_so = |brand: &&[u8; 4]| file.file_type.has_brand(brand);
    brands.iter().any(says_so) && has_film(without_trailer(bytes))
}

fn has_film(bytes: &[u8]) -> bool {
    let mut boxes = BoxIter::new(bytes).map_while(Result::ok);
    boxes.any(|found| found.header.box_type.0 == *b"moov")
}

/// The bytes before an appended file, such as a motion photo's film, or before something that is not a box. Looks only after
/// the picture's description, so that a file cut before it is still recognised as truncated.
pub(crate) fn without_trailer(bytes: &[u8]) -> &[u8] {
    let (mut end, mut described) = (0, false);
    for found in BoxIter::new(bytes) {
        match found {
            Ok(found) if !(described && found.header.box_type.0 == *b"ftyp") => {
                described |= found.header.box_type.0 == *b"meta";
                // a header of 8, 16 or more bytes and the content
                end = found.offset + found.content.len();
                end += usize::try_from(found.header.header_size).unwrap_or(0);
            }
            _ => break,
        }
    }
    if described { &bytes[..end] } else { bytes }
}

/// The codec of the coded pictures, found by following a derived picture to its first part.
pub(crate) fn codec(file: &HeifFile) -> Result<Format, Error> {
    let first = coded(file, file.primary_id)?;
    match &file.item(first).map_err(failed)?.item_type.0 {
        b"hvc1" | b"hev1" => Ok(Format::Heic),
        b"av01" => Ok(Format::Avif),
        b"jpeg" => Err(Error::Unsupported("HEIF with JPEG inside".into())),
        b"j2k1" => Err(Error::Unsupported("HEIF with JPEG 2000 inside".into())),
        b"avc1" => Err(Error::Unsupported("HEIF with AVC (H.264) inside".into())),
        b"vvc1" => Err(Error::Unsupported("HEIF with VVC (H.266) inside".into())),
        b"unci" => Err(Error::Unsupported("uncompressed HEIF".into())),
        other => Err(Error::Unsupported(format!(
            "HEIF with {} inside",
            String::from_utf8_lossy(other)
        ))),
    }
}

/// The picture itself, or the first coded one that it is made of.
pub(crate) fn coded(file: &HeifFile, id: ItemId) -> Result<ItemId, Error> {
    let mut id = id;
    for _ in 0..=MAX_DEPTH {
        match &file.item(id).map_err(failed)?.item_type.0 {
            b"grid" | b"iovl" | b"iden" | b"tmap" => {}
            _ => return Ok(id),
        }
        id = *file
            .referenced_items(id, b"dimg")
            .first()
            .ok_or_else(|| Error::Corrupt("a derived image has no source image".into()))?;
    }
    Err(Error::Corrupt(
        "its images derive from each other without end".into(),
    ))
}

/// Refuses a file that needs far more work than the picture it shows: a grid may use one tile 65025 times, and tiles may be
/// grids. The pixels may not exceed what the picture and its alpha can need, nor the coded data the file by much: writers store
/// equal tiles once.
pub(crate) fn check_work(file: &HeifFile, bytes: u64) -> Result<(), Error> {
    let id = file.primary_id;
    let mut left = Work {
        pixels: allowance(size(file, id)?),
        bytes: bytes.saturating_mul(MOST_USES).saturating_add(SPARE_BYTES),
    };
    spend(file, id, 0, &mut left)?;
    let alpha = match alpha_of(file, id) {
        Some(Alpha::Whole(item)) => vec![item],
        Some(Alpha::Tiles(items)) => items,
        None => Vec::new(),
    };
    alpha
        .into_iter()
        .try_for_each(|item| spend(file, item, 0, &mut left))
}

/// Pixels that may be decoded for a picture of this size, whose sides are still unchecked: the limits come later.
pub(crate) fn allowance(size: Size) -> u64 {
    size.area()
        .saturating_mul(MOST_TIMES)
        .saturating_add(SPARE_PIXELS)
}

struct Work {
    pixels: u64,
    bytes: u64,
}

fn spend(file: &HeifFile, id: ItemId, depth: u32, left: &mut Work) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::Corrupt(
            "its images derive from each other without end".into(),
        ));
    }
    let derived = matches!(
        &file.item(id).map_err(failed)?.item_type.0,
        b"grid" | b"iovl" | b"iden" | b"tmap"
    );
    let (pixels, data) = if derived {
        (LEAST_PIXELS, 0)
    } else {
        let data = file.item_data(id).map_err(failed)?;
        (size(file, id)?.area().max(LEAST_PIXELS), data.len() as u64)
    };
    let over = || {
        Error::TooLarge("its parts hold far more pixels or bytes than the picture it shows".into())
    };
    left.pixels = left.pixels.checked_sub(pixels).ok_or_else(over)?;
    left.bytes = left.bytes.checked_sub(data).ok_or_else(over)?;
    if derived {
        for part in file.referenced_items(id, b"dimg") {
            spend(file, *part, depth + 1, left)?;
        }
    }
    Ok(())
}

/// Columns and rows of a picture before it is cropped and turned.
pub(crate) fn size(file: &HeifFile, id: ItemId) -> Result<Size, Error> {
    let (width, height) = match file.image_size(id).map_err(failed)? {
        Some(size) => size,
        None if file.item(id).map_err(failed)?.item_type.0 == *b"grid" => {
            let grid = file.grid(id).map_err(failed)?;
            (grid.output_width, grid.output_height)
        }
        None => return Err(Error::Corrupt("an image has no size".into())),
    };
    Ok(Size { width, height })
}

/// The part that is shown (`clap`): a width and height around a centre, as fractions (ISO/IEC 14496-12, 12.1.4).
/// Whole samples only, as in all decoders.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture before it is cast"
)]
pub(crate) fn shown(file: &HeifFile, id: ItemId, size: Size) -> Result<Rect, Error> {
    let clap = properties(file, id)?.find_map(|property| match *property {
        Property::CleanAperture {
            width,
            height,
            horiz_offset,
            vert_offset,
        } => Some([
            (width, horiz_offset, size.width),
            (height, vert_offset, size.height),
        ]),
        _ => None,
    });
    let Some(sides) = clap else {
        return Ok(Rect::whole(size));
    };
    let [x, y] = sides.map(|(length, offset, all)| {
        let all = f64::from(all);
        let length = f64::from(length.0) / f64::from(length.1);
        let centre = f64::from(offset.0) / f64::from(offset.1) + (all - 1.0) / 2.0;
        let first = (centre - (length - 1.0) / 2.0).round().clamp(0.0, all);
        (first as u32, length.round().clamp(0.0, all - first) as u32)
    });
    if x.1 == 0 || y.1 == 0 {
        return Err(Error::Corrupt("its crop leaves no pixels".into()));
    }
    Ok(Rect {
        x: x.0,
        y: y.0,
        size: Size {
            width: x.1,
            height: y.1,
        },
    })
}

/// The orientation by `irot` (quarter turns anticlockwise) and then `imir`. In these files EXIF's orientation is informative only.
pub(crate) fn orientation(file: &HeifFile, id: ItemId) -> Result<Orientation, Error> {
    let (mut turns, mut mirror) = (0, None);
    for property in properties(file, id)? {
        match *property {
            Property::Rotation(quarters) => turns = quarters,
            Property::Mirror(top_bottom) => mirror = Some(top_bottom),
            _ => {}
        }
    }
    let turned = match turns {
        0 => Orientation::Upright,
        1 => Orientation::Rotate270,
        2 => Orientation::Rotate180,
        _ => Orientation::Rotate90,
    };
    Ok(match mirror {
        None => turned,
        Some(true) => turned.then_flip_vertical(),
        Some(false) => turned.then_flip_horizontal(),
    })
}

/// The colour of a picture, or of its first source: an ICC profile, else H.273 code points.
pub(crate) fn colour(file: &HeifFile, model: Model) -> Result<Colour, Error> {
    let id = file.primary_id;
    if let Some(profile) = file.icc_profile(id).map_err(failed)? {
        return Ok(Colour::from_icc(model, profile));
    }
    let first = coded(file, id)?;
    let points = match code_points(file, id)? {
        None => code_points(file, first)?,
        some => some,
    };
    Ok(match points {
        Some(CodePoints {
            primaries,
            transfer,
            ..
        }) => Colour::from_cicp(model, primaries, transfer),
        None => Colour::srgb(model),
    })
}

/// `nclx`: the code points of ITU-T H.273.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodePoints {
    pub(crate) primaries: u8,
    pub(crate) transfer: u8,
    pub(crate) matrix: u8,
    pub(crate) full_range: bool,
}

/// The code points in a picture's properties; a value that does not fit a byte is unspecified (2).
pub(crate) fn code_points(file: &HeifFile, id: ItemId) -> Result<Option<CodePoints>, Error> {
    let byte = |value: u16| u8::try_from(value).unwrap_or(2);
    Ok(properties(file, id)?.find_map(|property| match *property {
        Property::Color(ColorInfo::Nclx {
            primaries,
            transfer,
            matrix,
            full_range,
        }) => Some(CodePoints {
            primaries: byte(primaries),
            transfer: byte(transfer),
            matrix: byte(matrix),
            full_range,
        }),
        _ => None,
    }))
}

/// Where the alpha of a picture is.
pub(crate) enum Alpha {
    /// In a picture of its own.
    Whole(ItemId),
    /// In one for each tile of the picture's grid, in their order.
    Tiles(Vec<ItemId>),
}

/// The alpha of picture `id`.
pub(crate) fn alpha_of(file: &HeifFile, id: ItemId) -> Option<Alpha> {
    if let Some(item) = alpha_item(file, id) {
        return Some(Alpha::Whole(item));
    }
    if file.item(id).ok()?.item_type.0 != *b"grid" {
        return None;
    }
    let tiles = file.referenced_items(id, b"dimg");
    let items: Option<Vec<ItemId>> = tiles.iter().map(|&tile| alpha_item(file, tile)).collect();
    items.filter(|items| !items.is_empty()).map(Alpha::Tiles)
}

fn alpha_item(file: &HeifFile, id: ItemId) -> Option<ItemId> {
    let says_alpha = |property: &Property| matches!(property, Property::AuxiliaryType(kind) if ALPHA.contains(&kind.as_str()));
    file.referencing_items(id, b"auxl")
        .into_iter()
        .find(|&aux| {
            file.item_properties(aux)
                .is_ok_and(|mut properties| properties.any(says_alpha))
        })
}

/// Which layer of a coded picture is shown (AV1 Image File Format, 2.3.2; ISO/IEC 23008-12, 6.5.11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Layer {
    /// `a1op`: the operating point.
    pub(crate) operating_point: u8,
    /// `lsel`: the spatial layer; the last one where it is not said.
    pub(crate) spatial: Option<u8>,
}

/// The layer that the picture's properties select.
pub(crate) fn layer(file: &HeifFile, id: ItemId) -> Result<Layer, Error> {
    let mut layer = Layer::default();
    for property in properties(file, id)? {
        match property {
            Property::Unknown(name, data) if name.0 == *b"a1op" => {
                layer.operating_point = data.first().copied().unwrap_or(0);
            }
            // 0xFFFF: all of them, the last one in the end
            Property::Unknown(name, data) if name.0 == *b"lsel" => {
                layer.spatial = match data.as_slice() {
                    &[0, layer] => Some(layer),
                    _ => None,
                };
            }
            _ => {}
        }
    }
    Ok(layer)
}

/// Bits per sample of a coded picture, and whether it is grey, by its codec's configuration.
pub(crate) fn samples(file: &HeifFile, id: ItemId) -> Result<(u8, bool), Error> {
    let found = properties(file, id)?.find_map(|property| match property {
        Property::HevcConfig(config) => Some((
            config.bit_depth_luma.max(config.bit_depth_chroma),
            config.chroma_format == 0,
        )),
        // AV1 in ISOBMFF, 2.3.3: after marker, version, profile and level come tier, high_bitdepth, twelve_bit, monochrome.
        Property::Unknown(name, data) if name.0 == *b"av1C" => data.get(2).map(|flags| {
            let depth = match flags >> 5 & 3 {
                0 => 8,
                2 => 10,
                _ => 12,
            };
            (depth, flags & 0x10 != 0)
        }),
        _ => None,
    });
    found.ok_or_else(|| Error::Corrupt("a coded image has no codec configuration".into()))
}

fn properties<'f>(
    file: &'f HeifFile,
    id: ItemId,
) -> Result<impl Iterator<Item = &'f Property>, Error> {
    file.item_properties(id).map_err(failed)
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn failed(error: heifer_isobmff::Error) -> Error {
    match error {
        heifer_isobmff::Error::UnexpectedEof => {
            Error::Truncated("it ends within its container boxes".into())
        }
        heifer_isobmff::Error::MissingBox(name) if name.0 == *b"meta" => {
            Error::Truncated("it has a header but no picture".into())
        }
        heifer_isobmff::Error::Unimplemented(what) => {
            Error::Unsupported(format!("HEIF with {what}"))
        }
        other => Error::Corrupt(other.to_string()),
    }
}
