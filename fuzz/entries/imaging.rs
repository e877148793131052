//! What an upload's bytes meet. Each entry takes any bytes, and must neither panic nor come to what makes no sense.
//! The fuzz targets call these with bytes that they search for, `lib/imaging/tests/hostile.rs` with ones it makes.

use std::sync::LazyLock;

use darkroom_imaging::{
    Decoders, Error, Format, Limits, Presets, Rendered, Watch, plan, probe, render,
};

/// Small, so that a run takes milliseconds; what is larger meets the checks of the header alone.
const LIMITS: Limits = Limits {
    decoders: Decoders::Fast,
    max_bytes: 1 << 20,
    max_pixels: 1 << 18,
    max_side: 65_535,
    max_frames: 20,
    max_frame_pixels: 1 << 20,
    max_memory_bytes: 64 << 20,
};

/// The longest side of what is made.
const SIDE: u32 = 24;

static PRESETS: LazyLock<Presets> = LazyLock::new(|| {
    Presets::parse(
        "[presets.small]\nfit = \"inside\"\nwidth = 24\nheight = 24\nformats = [\"auto\", \"png\"]\n\
         [presets.crop]\nfit = \"cover\"\nwidth = 7\nheight = 5\nformats = [\"jpeg\"]\n",
    )
    .expect("good presets")
});

/// Every encoder, also those of what moves.
static EVERY: LazyLock<Presets> = LazyLock::new(|| {
    Presets::parse(
        "facts = [\"taken\", \"camera\", \"lens\", \"copyright\", \"gps\"]\n\
         [presets.every]\nfit = \"inside\"\nwidth = 24\nheight = 24\n\
         formats = [\"jpeg\", \"webp\", \"png\", \"gif\", \"avif\"]\nmetadata = \"copyright\"\n\
         [presets.first]\nfit = \"cover\"\nwidth = 5\nheight = 7\nformats = [\"webp\", \"gif\"]\nlossless = true\nanimated = \"first\"\n",
    )
    .expect("good presets")
});

/// Header, plan and render, to the formats that cost the least time.
///
/// # Errors
/// As the engine's; they are what most bytes come to.
pub(crate) fn image(bytes: &[u8]) -> Result<Rendered, Error> {
    rendered(bytes, &PRESETS)
}

/// The same to every format, moving where the original moves.
///
/// # Errors
/// As [`image`].
pub(crate) fn every_format(bytes: &[u8]) -> Result<Rendered, Error> {
    rendered(bytes, &EVERY)
}

fn rendered(bytes: &[u8], presets: &Presets) -> Result<Rendered, Error> {
    let rendered = probe(bytes)
        .and_then(|probe| plan(&probe, presets, &LIMITS))
        .and_then(|plan| render(bytes, &plan, &Watch::none()));
    match &rendered {
        Ok(rendered) => {
            let wishes = presets.presets.iter().map(|preset| preset.formats.len());
            assert_eq!(rendered.variants.len(), wishes.sum());
            for variant in &rendered.variants {
                let sides = [variant.width, variant.height];
                assert!(sides.iter().all(|side| (1..=SIDE).contains(side)));
                assert!(!variant.bytes.is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty() && error.code() != "encode"),
    }
    rendered
}

/// The same, with the bytes changed so that they are taken for `format`: no run is lost on other decoders.
///
/// # Errors
/// As [`image`].
pub(crate) fn image_of(format: Format, bytes: &[u8]) -> Result<Rendered, Error> {
    let mut bytes = bytes.to_vec();
    for (at, part) in signature(format) {
        for (byte, wanted) in bytes.iter_mut().skip(*at).zip(*part) {
            *byte = *wanted;
        }
    }
    image(&bytes)
}

/// The bytes that tell a format, and where they are.
fn signature(format: Format) -> &'static [(usize, &'static [u8])] {
    match format {
        Format::Jpeg => &[(0, &[0xFF, 0xD8, 0xFF])],
        Format::Png => &[(0, b"\x89PNG\r\n\x1A\n")],
        Format::Gif => &[(0, b"GIF89a")],
        Format::Webp => &[(0, b"RIFF"), (8, b"WEBP")],
        Format::Bmp => &[(0, b"BM"), (6, &[0, 0, 0, 0])],
        Format::Tiff => &[(0, b"II*\0")],
        Format::Ico => &[(0, &[0, 0, 1, 0])],
        Format::Avif => &[(4, b"ftypavif")],
        Format::Heic => &[(4, b"ftypheic")],
    }
}

/// A presets file. What is accepted must make a plan.
pub(crate) fn presets(text: &str) {
    match Presets::parse(text) {
        Ok(presets) => {
            let original = [
                b"BM\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0",
                [0; 28].as_slice(),
            ]
            .concat();
            let probe = probe(&original).expect("a bitmap of one pixel");
            let plan = plan(&probe, &presets, &Limits::default()).expect("one pixel fits");
            assert!(!plan.to_string().is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
