//! The score of a variant.

use darkroom_imaging::{Limits, Presets, Watch, plan, probe, render};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

/// The picture itself, without loss.
const WHOLE: &str = "[presets.whole]\nformats = [\"png\"]\n";

/// SSIMULACRA2 of a file against a PNG of the same size: 100 is equal, 90 is hard to tell apart. `None` for a picture that is too
/// small to be scored.
pub(super) fn score(reference: &[u8], variant: &[u8]) -> Option<f64> {
    let decoded = decode(variant)?;
    compute_frame_ssimulacra2(rgb(reference)?, rgb(&decoded)?).ok()
}

/// The variant as a PNG, by the engine's own decoders.
fn decode(variant: &[u8]) -> Option<Vec<u8>> {
    let presets = Presets::parse(WHOLE).ok()?;
    let plan = plan(&probe(variant).ok()?, &presets, &Limits::default()).ok()?;
    let rendered = render(variant, &plan, &Watch::none()).ok()?;
    rendered.variants.into_iter().next().map(|png| png.bytes)
}

/// sRGB over white.
fn rgb(file: &[u8]) -> Option<Rgb> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut samples = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut samples).ok()?;
    let channels = info.color_type.samples();
    let unit = |value: u8| f32::from(value) / 255.0;
    let pixel = |pixel: &[u8]| {
        let colour = match *pixel {
            [grey] | [grey, _] => [grey; 3],
            _ => [pixel[0], pixel[1], pixel[2]],
        };
        let alpha = match channels {
            2 | 4 => unit(pixel[channels - 1]),
            _ => 1.0,
        };
        colour.map(|value| unit(value) * alpha + 1.0 - alpha)
    };
    let pixels = samples[..info.buffer_size()]
        .chunks_exact(channels)
        .map(pixel);
    Rgb::new(
        pixels.collect(),
        info.width as usize,
        info.height as usize,
        TransferCharacteristic::SRGB,
        ColorPrimaries::BT709,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::score;

    fn png(width: u32, height: u32, at: impl Fn(u32) -> u8) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let samples: Vec<u8> = (0..width * height).map(at).collect();
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&samples).expect("pixels");
        writer.finish().expect("an end");
        file
    }

    #[test]
    fn the_picture_itself_scores_100_and_noise_far_less() {
        let random = |index: u32| index.wrapping_mul(2_654_435_761) >> 24;
        let plain = png(96, 96, |index| u8::try_from(index % 96).unwrap_or(255));
        let noisy = png(96, 96, |index| u8::try_from(random(index)).unwrap_or(255));
        let [same, other] = [&plain, &noisy].map(|file| score(&plain, file).expect("a score"));
        assert!(same > 99.9 && other < 0.0, "{same} {other}");
        assert!(score(&plain, b"no picture").is_none());
    }
}
