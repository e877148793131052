//! JPEG markers up to the first scan.

use super::read::be16;
use super::{JpegComponents, JpegLayout, Probe, jpeg_steps, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, Orientation, metadata::exif};

/// The longest side that libjpeg reads (`JPEG_MAX_DIMENSION`).
const MAX_SIDE: u16 = 65_500;

/// What the markers said.
#[derive(Default)]
struct Markers<'a> {
    jfif: bool,
    adobe_transform: Option<u8>,
    orientation: Option<Orientation>,
    icc: Vec<(u8, &'a [u8])>,
    frame: Option<FrameHeader>,
    /// The sum of the steps of each table.
    steps: [Option<u32>; 4],
}

struct FrameHeader {
    marker: u8,
    depth: u8,
    height: u16,
    width: u16,
    /// Component id, sampling factors.
    components: Vec<(u8, (u8, u8))>,
    /// The table of the first component's steps.
    table: u8,
}

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let (markers, _) = read_markers(bytes)?;
    let Some(frame) = &markers.frame else {
        return Err(Error::Corrupt(
            "it has no frame header before the first scan".into(),
        ));
    };
    refuse_kinds(frame)?;
    let components = components(&markers, frame)?;
    let model = match components {
        JpegComponents::Grey => Model::Grey,
        JpegComponents::Ycc | JpegComponents::Rgb => Model::Rgb,
        JpegComponents::Cmyk | JpegComponents::Ycck => Model::Cmyk,
    };
    Ok(Probe {
        orientation: markers.orientation.unwrap_or_default(),
        colour: match icc_profile(&markers.icc) {
            Some(profile) => Colour::from_icc(model, &profile),
            None => Colour::srgb(model),
        },
        jpeg: Some(JpegLayout {
            components,
            sampling: frame
                .components
                .iter()
                .map(|&(_, sampling)| sampling)
                .collect(),
            progressive: frame.marker == 0xC2,
            quality: markers
                .steps
                .get(usize::from(frame.table))
                .copied()
                .flatten()
                .map_or(100, jpeg_steps::quality),
            adobe: markers.adobe_transform.is_some(),
        }),
        ..Probe::still(Format::Jpeg, frame.width.into(), frame.height.into())
    })
}

/// What follows the headers: the scans, and what is behind the picture.
pub(crate) fn scans(bytes: &[u8]) -> Result<&[u8], Error> {
    read_markers(bytes).map(|(_, scans)| scans)
}

/// What the headers say, and what follows them.
fn read_markers(bytes: &[u8]) -> Result<(Markers<'_>, &[u8]), Error> {
    let mut markers = Markers::default();
    let mut at = 2;
    loop {
        // Like libjpeg: skip what is between segments, and fill bytes.
        let garbage = bytes
            .get(at..)
            .and_then(|rest| rest.iter().position(|&byte| byte == 0xFF));
        at += garbage.ok_or_else(|| short("the headers"))?;
        while bytes.get(at) == Some(&0xFF) {
            at += 1;
        }
        let marker = *bytes.get(at).ok_or_else(|| short("the headers"))?;
        at += 1;
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => continue, // no segment follows
            0xD9 => return Err(Error::Truncated("it has headers but no picture".into())),
            0xDA => return Ok((markers, bytes.get(at..).unwrap_or_default())),
            _ => {}
        }
        let length = usize::from(be16(bytes, at).ok_or_else(|| short("the headers"))?);
        if length < 2 && matches!(marker, 0xE0..=0xEF | 0xFE) {
            at += 2; // as libjpeg and browsers: an empty segment
            continue;
        }
        if length < 2 {
            return Err(Error::Corrupt(format!("a segment's length is {length}")));
        }
        let segment = bytes
            .get(at + 2..at + length)
            .ok_or_else(|| short("the headers"))?;
        read_segment(&mut markers, marker, segment)?;
        at += length;
    }
}

fn read_segment<'a>(markers: &mut Markers<'a>, marker: u8, segment: &'a [u8]) -> Result<(), Error> {
    match marker {
        // SOF0 to SOF15 but DHT (C4), JPG (C8) and DAC (CC).
        0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
            if markers.frame.is_some() {
                return Err(Error::Corrupt("it has two frame headers".into()));
            }
            markers.frame = Some(read_frame(marker, segment)?);
        }
        0xF7 => return Err(Error::Unsupported("JPEG-LS".into())),
        0xDB => jpeg_steps::read(segment, &mut markers.steps),
        0xE0 if segment.starts_with(b"JFIF\0") => markers.jfif = true,
        0xE1 if segment.starts_with(b"Exif\0") => {
            markers
                .orientation
                .get_or_insert_with(|| exif::orientation(segment));
        }
        0xE2 if segment.starts_with(b"ICC_PROFILE\0") && segment.len() > 14 => {
            markers.icc.push((segment[12], &segment[14..]));
        }
        0xEE if segment.starts_with(b"Adobe") && segment.len() >= 12 => {
            markers.adobe_transform = Some(segment[11]);
        }
        _ => {}
    }
    Ok(())
}

fn read_frame(marker: u8, segment: &[u8]) -> Result<FrameHeader, Error> {
    let [depth, h1, h0, w1, w0, count, rest @ ..] = segment else {
        return Err(short("the frame header"));
    };
    if rest.len() < 3 * usize::from(*count) {
        return Err(Error::Corrupt(
            "the frame header declares more components than it contains".into(),
        ));
    }
    Ok(FrameHeader {
        marker,
        depth: *depth,
        height: u16::from_be_bytes([*h1, *h0]),
        width: u16::from_be_bytes([*w1, *w0]),
        components: rest
            .chunks_exact(3)
            .take((*count).into())
            .map(|c| (c[0], (c[1] >> 4, c[1] & 15)))
            .collect(),
        table: rest.get(2).copied().unwrap_or(0),
    })
}

fn refuse_kinds(frame: &FrameHeader) -> Result<(), Error> {
    let side = frame.width.max(frame.height);
    if side > MAX_SIDE {
        return Err(Error::TooLarge(format!(
            "{side} pixels on one side, the limit for a JPEG is {MAX_SIDE}"
        )));
    }
    let kind = match (frame.marker, frame.depth) {
        (0xC0..=0xC2, 8) => return Ok(()),
        (0xC9..=0xCB | 0xCD..=0xCF, _) => "arithmetic-coded JPEG".into(),
        (0xC3, _) => "lossless JPEG".into(),
        (0xC0..=0xC2, depth) => format!("{depth}-bit JPEG"),
        _ => "hierarchical JPEG".into(),
    };
    Err(Error::Unsupported(kind))
}

/// libjpeg's rules for what the components are (`default_decompress_parms` of jdapimin.c).
fn components(markers: &Markers, frame: &FrameHeader) -> Result<JpegComponents, Error> {
    if let Some((_, (h, v))) = frame
        .components
        .iter()
        .find(|(_, (h, v))| !(1..=4).contains(h) || !(1..=4).contains(v))
    {
        return Err(Error::Corrupt(format!(
            "a component has the sampling factors {h} x {v}"
        )));
    }
    let ids: Vec<u8> = frame.components.iter().map(|&(id, _)| id).collect();
    match (ids.as_slice(), markers.adobe_transform) {
        ([_], _) => Ok(JpegComponents::Grey),
        ([_, _, _], _) if markers.jfif => Ok(JpegComponents::Ycc),
        ([_, _, _], Some(0)) | ([b'R', b'G', b'B'], None) => Ok(JpegComponents::Rgb),
        ([_, _, _], _) => Ok(JpegComponents::Ycc),
        ([_, _, _, _], Some(2)) => Ok(JpegComponents::Ycck),
        ([_, _, _, _], _) => Ok(JpegComponents::Cmyk),
        _ => Err(Error::Unsupported(format!(
            "JPEG with {} components",
            ids.len()
        ))),
    }
}

/// The profile put together from its numbered pieces; `None` where there is none or a piece is missing.
fn icc_profile(pieces: &[(u8, &[u8])]) -> Option<Vec<u8>> {
    let mut pieces = pieces.to_vec();
    pieces.sort_by_key(|&(number, _)| number);
    pieces.dedup_by_key(|&mut (number, _)| number);
    let whole = pieces
        .iter()
        .zip(1u8..)
        .all(|(&(number, _), expected)| number == expected);
    (whole && !pieces.is_empty())
        .then(|| pieces.iter().flat_map(|&(_, data)| data).copied().collect())
}
