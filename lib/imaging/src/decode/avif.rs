//! AVIF: the coded pictures of the container put together. Turning and mirroring are left to the orientation.

use heifer_isobmff::{HeifFile, ItemId};

use super::ycc::{self, Part};
use super::{av1, buffer, cut, unmultiply};
use crate::geometry::Rect;
use crate::heif::{self, MAX_DEPTH};
use crate::picture::samples::{Channels, Raster, Samples};
use crate::{Error, Watch};

pub(super) fn decode(bytes: &[u8], watch: &Watch) -> Result<Raster, Error> {
    let file = heif::parse(bytes)?;
    let id = file.primary_id;
    let mut whole = picture(&file, id, 0, watch)?;
    let shown = heif::shown(&file, id, whole.size)?;
    let mut multiplied = false;
    match heif::alpha_of(&file, id) {
        Some(heif::Alpha::Whole(alpha)) => {
            multiplied = file.referenced_items(id, b"prem").contains(&alpha);
            attach(&mut whole, &picture(&file, alpha, 0, watch)?)?;
        }
        Some(heif::Alpha::Tiles(tiles)) => {
            multiplied = !file.referenced_items(id, b"prem").is_empty();
            attach(&mut whole, &joined(&file, id, &tiles, 0, watch)?)?;
        }
        None => {}
    }
    let mut raster = raster(crop(whole, shown));
    if multiplied {
        let channels = raster.channels.count();
        unmultiply::unmultiply(&mut raster.samples, channels);
    }
    Ok(raster)
}

/// A coded picture, or one made of others.
fn picture(file: &HeifFile, id: ItemId, depth: u32, watch: &Watch) -> Result<Part, Error> {
    watch.check()?;
    if depth > MAX_DEPTH {
        return Err(Error::Corrupt(
            "its images derive from each other without end".into(),
        ));
    }
    match &file.item(id).map_err(heif::failed)?.item_type.0 {
        b"av01" => coded(file, id),
        b"grid" => grid(file, id, depth, watch),
        b"iden" => match file.referenced_items(id, b"dimg") {
            [source] => picture(file, *source, depth + 1, watch),
            _ => Err(Error::Corrupt("a derived image has no source image".into())),
        },
        other => Err(Error::Unsupported(format!(
            "AVIF with {}",
            String::from_utf8_lossy(other)
        ))),
    }
}

fn coded(file: &HeifFile, id: ItemId) -> Result<Part, Error> {
    let said = heif::size(file, id)?;
    let data = file.item_data(id).map_err(heif::failed)?;
    if data.is_empty() {
        return Err(cut("the picture"));
    }
    let mut coded = av1::decode(&data, said, heif::layer(file, id)?)?;
    if coded.size != said {
        return Err(Error::Corrupt(format!(
            "the header says {said}, but the picture is {}",
            coded.size
        )));
    }
    // The container's word counts more than the stream's; 2 is unspecified.
    let points = match heif::code_points(file, id)? {
        None => heif::code_points(file, file.primary_id)?,
        some => some,
    };
    if let Some(points) = points.filter(|points| points.matrix != 2) {
        coded.matrix = points.matrix;
        coded.primaries = points.primaries;
        coded.full_range = points.full_range;
    }
    ycc::to_part(&coded)
}

fn grid(file: &HeifFile, id: ItemId, depth: u32, watch: &Watch) -> Result<Part, Error> {
    joined(file, id, file.referenced_items(id, b"dimg"), depth, watch)
}

/// The tiles of the grid `id`, or as many others of the same size, row by row; the last ones may reach beyond the picture.
fn joined(
    file: &HeifFile,
    id: ItemId,
    tiles: &[ItemId],
    depth: u32,
    watch: &Watch,
) -> Result<Part, Error> {
    let grid = file.grid(id).map_err(heif::failed)?;
    let columns = usize::from(grid.columns);
    if tiles.len() != columns * usize::from(grid.rows) {
        return Err(Error::Corrupt("its grid lacks tiles".into()));
    }
    let size = heif::size(file, id)?;
    let mut whole: Option<Part> = None;
    for (i, &tile) in tiles.iter().enumerate() {
        let tile = picture(file, tile, depth + 1, watch)?;
        if whole.is_none() {
            let channels = tile.channels.count();
            let data = buffer(size.width, size.height, channels)?;
            whole = Some(Part { size, data, ..tile });
        }
        if let Some(whole) = &mut whole {
            place(whole, &tile, i % columns, i / columns)?;
        }
    }
    whole.ok_or_else(|| Error::Corrupt("its grid has no tiles".into()))
}

/// Copies what of the tile lies within the whole.
fn place(whole: &mut Part, tile: &Part, column: usize, row: usize) -> Result<(), Error> {
    if (tile.channels, tile.depth) != (whole.channels, whole.depth) {
        return Err(Error::Corrupt(
            "the tiles of its grid differ in kind".into(),
        ));
    }
    let channels = tile.channels.count();
    let (width, height) = (tile.size.width as usize, tile.size.height as usize);
    let stride = whole.size.width as usize * channels;
    let left = column * width * channels;
    let length = (width * channels).min(stride.saturating_sub(left));
    if length == 0 {
        return Ok(());
    }
    for (to, from) in whole
        .data
        .chunks_exact_mut(stride)
        .skip(row * height)
        .zip(tile.data.chunks_exact(width * channels))
    {
        to[left..][..length].copy_from_slice(&from[..length]);
    }
    Ok(())
}

/// Gives the colours the first samples of `alpha`, spread to their depth.
fn attach(colours: &mut Part, alpha: &Part) -> Result<(), Error> {
    if alpha.size != colours.size {
        return Err(Error::Unsupported(
            "AVIF whose alpha and colour planes differ in size".into(),
        ));
    }
    let (from, to) = (most(alpha.depth), most(colours.depth));
    let (step, channels) = (alpha.channels.count(), colours.channels.count());
    let mut data = Vec::with_capacity(colours.data.len() / channels * (channels + 1));
    let alpha = alpha.data.iter().step_by(step);
    for (colour, &alpha) in colours.data.chunks_exact(channels).zip(alpha) {
        data.extend_from_slice(colour);
        data.push(scale(alpha, from, to));
    }
    colours.data = data;
    colours.channels = match colours.channels {
        Channels::Grey => Channels::GreyAlpha,
        _ => Channels::Rgba,
    };
    Ok(())
}

fn crop(part: Part, shown: Rect) -> Part {
    if shown.size == part.size {
        return part;
    }
    let channels = part.channels.count();
    let (left, length) = (
        shown.x as usize * channels,
        shown.size.width as usize * channels,
    );
    let rows = part
        .data
        .chunks_exact(part.size.width as usize * channels)
        .skip(shown.y as usize)
        .take(shown.size.height as usize);
    Part {
        size: shown.size,
        data: rows
            .flat_map(|row| &row[left..][..length])
            .copied()
            .collect(),
        ..part
    }
}

/// Samples of 8 bits as they are, deeper ones spread to 16.
fn raster(part: Part) -> Raster {
    let Part {
        size,
        channels,
        depth,
        ..
    } = part;
    let mut data = part.data;
    let samples = if depth == 8 {
        Samples::Eight(data.iter().map(|sample| sample.to_le_bytes()[0]).collect())
    } else {
        let most = most(depth);
        for sample in &mut data {
            *sample = scale(*sample, most, 65535);
        }
        Samples::Sixteen(data)
    };
    Raster {
        width: size.width,
        height: size.height,
        channels,
        samples,
    }
}

/// The largest sample of a depth.
fn most(depth: u8) -> u32 {
    (1 << depth) - 1
}

/// A sample of 0 to `from` as one of 0 to `to`, rounded.
fn scale(sample: u16, from: u32, to: u32) -> u16 {
    u16::try_from((u32::from(sample) * to + from / 2) / from).unwrap_or(u16::MAX)
}
