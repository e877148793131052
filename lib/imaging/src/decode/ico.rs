//! Windows icons: the largest picture.

use image::codecs::ico::IcoDecoder;

use super::watched::Watched;
use super::{bmp, cut, png};
use crate::picture::samples::Raster;
use crate::{Error, Probe, Watch, probe};

pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let entry = probe::largest_icon(bytes)?;
    let picture = bytes.get(entry.start..).ok_or_else(|| cut("the picture"))?;
    let picture = &picture[..entry.length.min(picture.len())];
    if picture.starts_with(b"\x89PNG") {
        return png::decode(picture, probe, watch);
    }
    // The `image` crate's decoder chooses by depth before size: give it an icon of this one picture.
    let mut directory = vec![0, 0, 1, 0, 1, 0];
    directory.extend_from_slice(&entry.directory[..12]);
    directory.extend_from_slice(&22u32.to_le_bytes());
    directory.extend_from_slice(picture);
    bmp::read(IcoDecoder::new(Watched::new(&directory, watch)).map_err(bmp::failed)?)
}
