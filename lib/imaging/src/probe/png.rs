//! PNG chunks.

use std::borrow::Cow;

use super::read::be32;
use super::{Probe, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, metadata::exif};

/// What is noted of a file that lacks its last chunk.
const WITHOUT_END: &str = "the file lacks its end, and all of the picture is there";

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
    let mut sequence = Sequence::default();
    let mut ended = false;
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
            b"fcTL" | b"fdAT" => sequence.take(*name, data, (probe.width, probe.height)),
            b"IDAT" => sequence.pixels = true,
            b"IEND" => ended = true,
            b"eXIf" => probe.orientation = exif::orientation(data),
            _ => {}
        }
    }
    if probe.frames > 1 && (sequence.broken || ended && sequence.frames < probe.frames) {
        probe.frames = 1;
        let note = "its animation is damaged: only its still picture is shown";
        probe.notes.push(note.to_owned());
    }
    if !ended {
        let frames = sequence.frames;
        if probe.frames > 1 && (frames < probe.frames || cut_within_a_frame(bytes)) {
            return Err(Error::Truncated(format!("it ends within frame {frames}")));
        }
        // The decoder will say whether pixels are missing.
        probe.notes.push(WITHOUT_END.to_owned());
    }
    let model = if matches!(colour_type, 0 | 4) {
        Model::Grey
    } else {
        Model::Rgb
    };
    probe.colour = read_colour(model, &colour);
    Ok(probe)
}

/// Whether the chunks of an animation follow one another as they must.
#[derive(Default)]
struct Sequence {
    next: u32,
    frames: u32,
    /// The still picture has begun.
    pixels: bool,
    broken: bool,
}

impl Sequence {
    /// `fcTL` begins with its number, then the frame's size and place; `fdAT` begins with its number.
    fn take(&mut self, name: [u8; 4], data: &[u8], canvas: (u32, u32)) {
        self.broken |= be32(data, 0) != Some(self.next);
        self.next += 1;
        if name == *b"fdAT" {
            return;
        }
        self.frames += 1;
        let field = |at| be32(data, at).map_or(u64::MAX >> 1, u64::from);
        let (width, height, left, top) = (field(4), field(8), field(12), field(16));
        let (wide, high) = (u64::from(canvas.0), u64::from(canvas.1));
        self.broken |= width == 0 || height == 0 || left + width > wide || top + height > high;
        // A frame whose pixels are the still picture is as large as that.
        self.broken |= !self.pixels && (width, height) != (wide, high);
    }
}

fn cut_within_a_frame(bytes: &[u8]) -> bool {
    let at = 8 + chunks(bytes)
        .map(|(_, data)| data.len() + 12)
        .sum::<usize>();
    matches!(bytes.get(at + 4..at + 8), Some(b"fdAT" | b"IDAT"))
}

/// The file as its decoder can read it: one that lacks its end with an end, one whose animation is not shown without that.
pub(crate) fn mended<'a>(bytes: &'a [u8], probe: &Probe) -> Cow<'a, [u8]> {
    let lacks_end = probe.notes.iter().any(|note| note == WITHOUT_END);
    let still = probe.frames == 1 && chunks(bytes).any(|(name, _)| name == b"acTL");
    if !lacks_end && !still {
        return bytes.into();
    }
    let mut mended = bytes[..8].to_vec();
    let mut at = 8;
    for (name, data) in chunks(bytes) {
        let end = at + 12 + data.len();
        match bytes.get(at..end) {
            _ if still && matches!(name, b"acTL" | b"fcTL" | b"fdAT") => {}
            Some(whole) => mended.extend(whole),
            // Only its checksum is cut.
            None => add_chunk(&mut mended, *name, data),
        }
        at = end;
    }
    // Pixels of which the last are cut: all may be there, and a checksum of their own may not.
    if let Some((b"IDAT", data)) = bytes.get(at + 4..).and_then(<[u8]>::split_first_chunk) {
        add_chunk(&mut mended, *b"IDAT", data);
    }
    if lacks_end {
        add_chunk(&mut mended, *b"IEND", &[]);
    }
    mended.into()
}

fn add_chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let start = file.len() + 4;
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(name);
    file.extend(data);
    let checksum = crc32fast::hash(&file[start..]);
    file.extend(checksum.to_be_bytes());
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
