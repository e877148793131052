//! Transparency: multiplied before resizing, laid over the background, right in palettes.

use darkroom_imaging::Format;

use crate::synthetic::{Pixels, decode, png};
use crate::{one, run};

/// Opaque red beside transparent pixels that hold bright green.
pub(crate) fn red_beside_hidden_green(side: u32) -> Pixels {
    let red = [220, 0, 0, 255];
    let hidden = [0, 255, 0, 0];
    let pixel = |i: u32| if i % side < side / 2 - 3 { red } else { hidden };
    Pixels {
        width: side,
        height: side,
        samples: 4,
        data: (0..side * side).flat_map(pixel).collect(),
    }
}

#[test]
fn hidden_colours_stay_hidden() {
    let fields = "fit = \"inside\"\nwidth = 17\nheight = 17\nformats = [\"png\", \"webp\", \"jpeg\"]\nbackground = \"#0000ff\"\nquality = 95\nchroma = \"4:4:4\"";
    let rendered = run(&png(&red_beside_hidden_green(64)), &one(fields)).expect("a cut-out");
    let got = decode(&rendered.variants[0].bytes);
    assert_eq!(got.samples, 4);
    for pixel in got.data.chunks_exact(4).filter(|pixel| pixel[3] > 0) {
        assert!(pixel[1] <= 2, "green came through: {pixel:?}");
        assert!(
            pixel[3] < 8 || pixel[0].abs_diff(220) <= 16,
            "the red is darker: {pixel:?}"
        );
    }
    assert!(
        got.data
            .chunks_exact(4)
            .any(|pixel| (20..235).contains(&pixel[3])),
        "a soft edge"
    );
    // what is hardly seen has hardly a colour: lossy codecs spend nothing on it
    let lossy = decode(&rendered.variants[1].bytes);
    for pixel in lossy.data.chunks_exact(4).filter(|pixel| pixel[3] > 64) {
        assert!(
            pixel[1] <= pixel[2].saturating_add(8),
            "green came through: {pixel:?}"
        );
    }
    let flat = decode(&rendered.variants[2].bytes);
    for x in 0..17 {
        let [red, green, blue] = flat.pixel(x, 8);
        assert!(green <= 12, "column {x}: {red} {green} {blue}");
    }
    let [red, _, blue] = flat.pixel(16, 8);
    assert!(red < 8 && blue > 247, "the background: {red} {blue}");
}

#[test]
fn palettes_with_transparency() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
    // the last colour has no entry: opaque
    encoder.set_trns(vec![255, 128, 0]);
    let mut writer = encoder.write_header().expect("a header of a test");
    writer
        .write_image_data(&[0b00_01_10_11])
        .expect("pixels of a test");
    writer.finish().expect("an end of a test");
    let fields = "fit = \"inside\"\nwidth = 4\nheight = 4\nformats = [\"png\"]";
    let rendered = run(&bytes, &one(fields)).expect("a palette");
    let got = decode(&rendered.variants[0].bytes);
    assert_eq!(got.data[..8], [255, 0, 0, 255, 0, 255, 0, 128]);
    assert_eq!(
        (got.data[11], &got.data[12..]),
        (0, [9, 9, 9, 255].as_slice())
    );
}

/// Screenshots have alpha that is 255 everywhere: they are as opaque as any picture without alpha.
#[test]
fn alpha_that_is_opaque_everywhere_is_none() {
    let opaque = crate::synthetic::photo(300, 200);
    let with_alpha = |alpha: &dyn Fn(usize) -> u8| Pixels {
        samples: 4,
        data: opaque
            .data
            .chunks_exact(3)
            .enumerate()
            .flat_map(|(i, p)| [p[0], p[1], p[2], alpha(i)])
            .collect(),
        ..opaque.clone()
    };
    let presets = crate::shipped();
    let plain = run(&png(&opaque), &presets).expect("RGB");
    let screenshot = run(&png(&with_alpha(&|_| 255)), &presets).expect("RGBA");
    assert_eq!(screenshot.variants, plain.variants);
    assert_eq!(screenshot.placeholder, plain.placeholder);
    // one pixel that is nearly opaque, the last one
    let last = 300 * 200 - 1;
    let seen = with_alpha(&|i| if i == last { 254 } else { 255 });
    let kept = run(&png(&seen), &presets).expect("RGBA");
    let formats = |rendered: &crate::Rendered| -> Vec<_> {
        rendered
            .variants
            .iter()
            .map(|variant| variant.format)
            .collect()
    };
    assert!(formats(&plain).iter().all(|&format| format == Format::Jpeg));
    assert!(formats(&kept).iter().all(|&format| format == Format::Webp));
}
