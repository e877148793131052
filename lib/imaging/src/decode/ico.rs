//! Windows icons: the largest picture.

use image::codecs::ico::IcoDecoder;

use super::watched::Watched;
use super::{bmp, cut, png};
use crate::picture::samples::Raster;
use crate::{Error, Probe, Watch, probe};

pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let start = probe::largest_icon(bytes)?;
    let picture = bytes.get(start..).ok_or_else(|| cut("the picture"))?;
    if picture.starts_with(b"\x89PNG") {
        return png::decode(picture, probe, watch);
    }
    // The `image` crate's decoder chooses by depth before size, and believes the directory: give it an icon of this one
    // picture, whose directory says what is in it.
    let (picture, bits) = bitmap(picture, probe).ok_or_else(|| cut("the picture"))?;
    let side = |side: u32| u8::try_from(side).unwrap_or(0);
    let mut icon = vec![0, 0, 1, 0, 1, 0];
    icon.extend([side(probe.width), side(probe.height), 0, 0, 1, 0]);
    icon.extend(bits.to_le_bytes());
    let length = u32::try_from(picture.len()).map_err(|_| cut("the picture"))?;
    icon.extend(length.to_le_bytes());
    icon.extend(22u32.to_le_bytes());
    icon.extend(picture);
    bmp::read(IcoDecoder::new(Watched::new(icon, watch)).map_err(bmp::failed)?)
}

/// The bitmap as Windows reads it, and its bits a pixel: where it has alpha its mask does not count, where all its alpha is 0 it has
/// none, and a mask that is not there masks nothing.
fn bitmap(picture: &[u8], probe: &Probe) -> Option<(Vec<u8>, u16)> {
    let number = |at: usize| Some(u32::from_le_bytes(*picture.get(at..)?.first_chunk()?));
    let bits = u16::from_le_bytes(*picture.get(14..)?.first_chunk()?);
    let colours = match (bits, number(32)?) {
        (1 | 4 | 8, 0) => 1 << bits,
        (1 | 4 | 8, used) => u64::from(used.min(1 << bits)),
        _ => 0,
    };
    let (width, height) = (u64::from(probe.width), u64::from(probe.height));
    let row = |bits: u64| (width * bits).div_ceil(32) * 4;
    let start = usize::try_from(u64::from(number(0)?) + 4 * colours).ok()?;
    let end = start.checked_add(usize::try_from(row(bits.into()) * height).ok()?)?;
    let with_mask = end.checked_add(usize::try_from(row(1) * height).ok()?)?;
    let mut bitmap = picture.get(..with_mask.min(picture.len()))?.to_vec();
    if bitmap.len() < end {
        return None;
    }
    let mut masks = bitmap.len() == with_mask;
    if bits == 32 {
        let mut pixels = bitmap[start..end].chunks_exact(4);
        if pixels.all(|pixel| pixel[3] == 0) {
            for pixel in bitmap[start..end].chunks_exact_mut(4) {
                pixel[3] = 255;
            }
        } else {
            masks = false;
        }
    }
    if !masks {
        bitmap.truncate(end);
    }
    Some((bitmap, bits))
}
