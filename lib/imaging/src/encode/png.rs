//! PNG: grey, RGB or RGBA of 8 bits, declared sRGB.

use png::{BitDepth, ColorType, Compression, Encoder, SrgbRenderingIntent};

use crate::{
    Error,
    metadata::copyright::Copyright,
    picture::{convert::to_frame, planes::Picture, samples::Pixels},
};

/// A PNG of the picture, straight alpha.
pub(super) fn encode(picture: &Picture, copyright: &Copyright) -> Result<Vec<u8>, Error> {
    let frame = to_frame(picture);
    let (colour, data) = match &frame.pixels {
        Pixels::Grey(data) => (ColorType::Grayscale, data),
        Pixels::Rgb(data) => (ColorType::Rgb, data),
        Pixels::Rgba(data) => (ColorType::Rgba, data),
        Pixels::Cmyk(_) | Pixels::Ycc(_) => {
            return Err(Error::Encode("png: the picture is not RGB".to_owned()));
        }
    };
    let mut bytes = Vec::new();
    let exif = copyright.exif();
    write(
        &mut bytes,
        (frame.width, frame.height),
        colour,
        data,
        exif.as_deref(),
    )
    .map_err(|error| Error::Encode(format!("png of {}: {error}", picture.size)))?;
    Ok(bytes)
}

fn write(
    bytes: &mut Vec<u8>,
    size: (u32, u32),
    colour: ColorType,
    data: &[u8],
    exif: Option<&[u8]>,
) -> Result<(), png::EncodingError> {
    let mut encoder = Encoder::new(bytes, size.0, size.1);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header()?;
    if let Some(exif) = exif {
        writer.write_chunk(png::chunk::eXIf, exif)?;
    }
    writer.write_image_data(data)?;
    writer.finish()
}
