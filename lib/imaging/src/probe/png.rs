//! PNG chunks.

use super::read::be32;
use super::{Probe, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, metadata::exif};

/// An embedded profile may unpack to at most this many bytes.
const MAX_PROFILE: usize = 4 << 20;

/// The chunks that say what the samples mean, in the order of their power (PNG 3rd edition, 4.3).
#[derive(Default)]
struct ColourChunks<'a> {
    cicp: Option<&'a [u8]>,
    iccp: Option<&'a [u8]>,
    srgb: bool,
    gama: Option<u32>,
    chrm: Option<&'a [u8]>,
}

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    if bytes.get(12..16) == Some(b"CgBI") {
        return Err(Error::Unsupported("Apple's CgBI variety of PNG".into()));
    }
    let header = bytes.get(16..29).ok_or_else(|| short("the header"))?;
    if bytes.get(8..16) != Some(b"\0\0\0\x0DIHDR") {
        return Err(Error::Corrupt("its first chunk is not IHDR".into()));
    }
    let (depth, colour_type) = (header[8], header[9]);
    let mut probe = Probe::still(
        Format::Png,
        be32(header, 0).unwrap_or(0),
        be32(header, 4).unwrap_or(0),
    );
    probe.depth = depth;
    probe.alpha = matches!(colour_type, 4 | 6);
    let mut colour = ColourChunks::default();
    let (mut frames, mut ended) = (0, false);
    // A chunk that is cut short ends the walk; the decoder will say whether a still's pixels are missing.
    for (name, data) in chunks(bytes) {
        match name {
            b"cICP" if data.len() == 4 => colour.cicp = Some(data),
            b"iCCP" => colour.iccp = Some(data),
            b"sRGB" => colour.srgb = true,
            b"gAMA" => colour.gama = be32(data, 0),
            b"cHRM" if data.len() == 32 => colour.chrm = Some(data),
            b"tRNS" => probe.alpha = true,
            b"acTL" => probe.frames = be32(data, 0).unwrap_or(1).max(1),
            b"fcTL" => frames += 1,
            b"IEND" => ended = true,
            b"eXIf" => probe.orientation = exif::orientation(data),
            _ => {}
        }
    }
    if probe.frames > 1 && !ended {
        return Err(Error::Truncated(format!("it ends within frame {frames}")));
    }
    let model = if matches!(colour_type, 0 | 4) {
        Model::Grey
    } else {
        Model::Rgb
    };
    probe.colour = read_colour(model, &colour);
    Ok(probe)
}

fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = usize::try_from(be32(rest, 0)?).ok()?;
        let name = rest.get(4..)?.first_chunk()?;
        let data = rest.get(8..length.checked_add(8)?)?;
        rest = rest.get(length.checked_add(12)?..).unwrap_or_default();
        Some((name, data))
    })
}

fn read_colour(model: Model, chunks: &ColourChunks) -> Colour {
    if let Some(&[primaries, transfer, 0, _]) = chunks.cicp {
        return Colour::from_cicp(model, primaries, transfer);
    }
    if let Some(profile) = chunks.iccp.and_then(unpack_profile) {
        return Colour::from_icc(model, &profile);
    }
    if chunks.srgb {
        return Colour::srgb(model);
    }
    let chromaticities = chunks.chrm.and_then(|data| {
        let mut values = [0; 8];
        for (i, value) in values.iter_mut().enumerate() {
            *value = be32(data, 4 * i)?;
        }
        Some(values)
    });
    match chunks.gama {
        Some(gamma) if gamma > 0 => Colour::from_gamma(model, gamma, chromaticities),
        _ => Colour::srgb(model),
    }
}

/// iCCP: a name, a zero, the compression method (0 = deflate), the packed profile.
fn unpack_profile(data: &[u8]) -> Option<Vec<u8>> {
    let name = data.iter().take(80).position(|&byte| byte == 0)?;
    let packed = data.get(name + 2..)?;
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, MAX_PROFILE).ok()
}
