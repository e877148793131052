//! PNG and APNG.

use std::borrow::Cow;
use std::io::ErrorKind;

use png::{BlendOp, ColorType, Decoder, DecodingError, DisposeOp, Reader, Transformations};

use super::canvas::{Blend, Canvas, Disposal};
use super::watched::Watched;
use super::{Animation, Moment, cut};
use crate::geometry::Area;
use crate::picture::samples::{Channels, Raster, Samples};
use crate::{Error, Format, Probe, Watch, colour, probe};

/// The picture; of an animation the default image, which is mostly its first frame.
pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let mended = probe::mended_png(bytes, probe);
    let was_mended = matches!(mended, Cow::Owned(_));
    match picture(mended, probe, watch) {
        // What is wrong with the file is said of the file, and not of what we put to it.
        Err(_) if was_mended => picture(bytes.into(), probe, watch),
        picture => picture,
    }
}

fn picture(bytes: Cow<[u8]>, probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let mut reader = open(bytes, watch).map_err(failed)?;
    let mut data = frame_buffer(&reader)?;
    let info = reader.next_frame(&mut data).map_err(failed)?;
    let channels = match info.color_type {
        ColorType::Grayscale => Channels::Grey,
        ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Rgb | ColorType::Indexed => Channels::Rgb,
    };
    let samples = if info.bit_depth == png::BitDepth::Sixteen {
        Samples::Sixteen(
            data.chunks_exact(2)
                .map(|two| u16::from_be_bytes([two[0], two[1]]))
                .collect(),
        )
    } else {
        Samples::Eight(data)
    };
    Ok(Raster {
        width: probe.width,
        height: probe.height,
        channels,
        samples,
    })
}

pub(super) fn animation<'a>(
    bytes: &'a [u8],
    probe: &Probe,
    watch: &'a Watch<'a>,
) -> Result<Animation<'a>, Error> {
    let mended = probe::mended_png(bytes, probe);
    let lacks_end = matches!(mended, Cow::Owned(_));
    // A frame that is not all there; any other fault is the file's own.
    let failed = move |error| match failed(error) {
        Error::Corrupt(_) if lacks_end => cut("the pixels"),
        other => other,
    };
    let mut reader = open(mended, watch).map_err(failed)?;
    let control = *reader
        .info()
        .animation_control()
        .ok_or_else(|| Error::Corrupt("it has no animation".into()))?;
    let mut canvas = Canvas::new(probe.width, probe.height)?;
    let mut data = frame_buffer(&reader)?;
    if reader.info().frame_control().is_none() {
        // The default image is no part of the animation.
        reader.next_frame(&mut data).map_err(failed)?;
    }
    let (probe, mut left) = (probe.clone(), control.num_frames);
    Ok(Animation::new(control.num_plays, probe.frames, move || {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        let info = reader.next_frame(&mut data).map_err(failed)?;
        let control = *reader
            .info()
            .frame_control()
            .ok_or_else(|| Error::Corrupt("a frame has no fcTL chunk".into()))?;
        let rgba = to_rgba(&data[..info.buffer_size()], info.color_type, info.bit_depth);
        let area = Area {
            left: control.x_offset,
            top: control.y_offset,
            width: control.width,
            height: control.height,
        };
        let blend = if control.blend_op == BlendOp::Over {
            Blend::Over
        } else {
            Blend::Replace
        };
        let disposal = match control.dispose_op {
            DisposeOp::None => Disposal::Keep,
            DisposeOp::Background => Disposal::Clear,
            DisposeOp::Previous => Disposal::Restore,
        };
        canvas.draw(&rgba, area, blend, disposal);
        // A denominator of 0 counts as 100 (APNG 1.0).
        let denominator = if control.delay_den == 0 {
            100
        } else {
            u32::from(control.delay_den)
        };
        let duration_ms = u32::from(control.delay_num) * 1000 / denominator;
        let samples = Samples::Eight(canvas.pixels.clone());
        let raster = Raster {
            width: probe.width,
            height: probe.height,
            channels: Channels::Rgba,
            samples,
        };
        Ok(Some(Moment {
            frame: colour::to_srgb(raster, &rgb(&probe))?,
            duration_ms,
        }))
    }))
}

/// The canvas is RGB even where the file is grey.
fn rgb(probe: &Probe) -> crate::Colour {
    match probe.colour.model {
        colour::Model::Grey => crate::Colour::srgb(colour::Model::Rgb),
        _ => probe.colour.clone(),
    }
}

fn open<'a>(
    bytes: Cow<'a, [u8]>,
    watch: &'a Watch<'a>,
) -> Result<Reader<Watched<'a>>, DecodingError> {
    let mut decoder = Decoder::new(Watched::new(bytes, watch));
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    // Palettes and tRNS to RGB(A), fewer bits than 8 to 8.
    decoder.set_transformations(Transformations::EXPAND);
    decoder.read_info()
}

fn frame_buffer(reader: &Reader<Watched>) -> Result<Vec<u8>, Error> {
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| Error::TooLarge("its pixels do not fit in memory".into()))?;
    Ok(vec![0; length])
}

fn to_rgba(data: &[u8], color_type: ColorType, depth: png::BitDepth) -> Vec<u8> {
    let eight: Vec<u8>;
    let data = if depth == png::BitDepth::Sixteen {
        eight = data
            .chunks_exact(2)
            .map(|two| crate::picture::samples::to_eight(u16::from_be_bytes([two[0], two[1]])))
            .collect();
        &eight
    } else {
        data
    };
    match color_type {
        ColorType::Grayscale => data.iter().flat_map(|&y| [y, y, y, 255]).collect(),
        ColorType::GrayscaleAlpha => data
            .chunks_exact(2)
            .flat_map(|p| [p[0], p[0], p[0], p[1]])
            .collect(),
        ColorType::Rgb | ColorType::Indexed => data
            .chunks_exact(3)
            .flat_map(|p| [p[0], p[1], p[2], 255])
            .collect(),
        ColorType::Rgba => data.to_vec(),
    }
}

fn failed(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            cut("the pixels")
        }
        DecodingError::LimitsExceeded => Error::TooLarge(format!(
            "a chunk of the {} does not fit in memory",
            Format::Png.name()
        )),
        // The crate's text shows how it writes chunks and enums down.
        DecodingError::Format(error) if error.to_string().contains("CRC") => {
            Error::Corrupt("the checksum of a chunk is wrong: its bytes were changed".into())
        }
        DecodingError::Format(_) => Error::Corrupt("its chunks contradict one another".into()),
        other => Error::Corrupt(other.to_string()),
    }
}
