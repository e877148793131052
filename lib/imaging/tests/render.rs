//! Whole renders of pictures that are made here: sizes, formats, orientation, determinism, truncation, extremes.

mod already_small;
mod animation;
mod crops;
mod golden;
mod hostile;
mod inputs;
mod memory;
mod privacy;
mod processors;
mod provenance;
mod synthetic;

use darkroom_imaging::{
    Decoders, Error, Format, Limits, Orientation, Presets, Rendered, Watch, plan, probe, render,
};
use inputs::alpha;
use synthetic::{Pixels, decode, jpeg, mean_difference, oriented, photo, png, show};

fn presets(text: &str) -> Presets {
    Presets::parse(text).expect("presets of a test")
}

fn one(fields: &str) -> Presets {
    presets(&format!("[presets.one]\n{fields}\n"))
}

fn shipped() -> Presets {
    presets(include_str!("../../../presets.toml"))
}

/// `cargo xtask test` runs these tests once with each kind of decoders.
fn limits() -> Limits {
    let decoders =
        std::env::var("DARKROOM_TEST_DECODERS").map_or(Ok(Decoders::Fast), |name| name.parse());
    Limits {
        decoders: decoders.expect("DARKROOM_TEST_DECODERS is fast or safe"),
        ..Limits::default()
    }
}

fn run(bytes: &[u8], presets: &Presets) -> Result<Rendered, Error> {
    run_within(&limits(), bytes, presets)
}

fn run_within(limits: &Limits, bytes: &[u8], presets: &Presets) -> Result<Rendered, Error> {
    let plan = plan(&probe(bytes)?, presets, limits)?;
    render(bytes, &plan, &Watch::none())
}

#[test]
fn every_preset_in_its_order_and_size() {
    let rendered = run(&jpeg(&photo(2000, 1500), 85, "4:2:0"), &shipped()).expect("a photo");
    let got: Vec<_> = rendered
        .variants
        .iter()
        .map(|v| (v.preset.as_str(), v.format, v.width, v.height))
        .collect();
    let jpeg = Format::Jpeg;
    assert_eq!(
        got,
        [
            ("large", jpeg, 1920, 1440),
            ("medium", jpeg, 1024, 768),
            ("small", jpeg, 640, 480),
            ("thumb", jpeg, 320, 240),
            ("square", jpeg, 200, 200)
        ]
    );
    for variant in &rendered.variants {
        let pixels = decode(&variant.bytes);
        assert_eq!(
            (pixels.width, pixels.height),
            (variant.width, variant.height),
            "{}",
            variant.preset
        );
    }
    assert!(rendered.notes.is_empty(), "{:?}", rendered.notes);
    assert!(!rendered.placeholder.thumbhash.is_empty());
}

/// A variant must look like the original reduced by plain averaging.
fn looks_right(name: &str, original: &Pixels, bytes: &[u8], fields: &str, most: f64) {
    let rendered = run(bytes, &one(fields)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let got = decode(&rendered.variants[0].bytes);
    let expected = original.reduced(got.width, got.height);
    let difference = mean_difference(&expected, &got);
    if difference > most {
        show(name, &expected, &got);
    }
    assert!(
        difference <= most,
        "{name}: mean difference {difference:.2}, at most {most}; see target/golden/{name}-*.png"
    );
}

#[test]
fn open_sizes_follow_the_original_and_are_never_enlarged() {
    let presets = presets(
        "[presets.whole]\n[presets.banner]\nheight = 90\n[presets.web]\nwidths = [160, 640, 2000]\nformats = [\"webp\"]",
    );
    let original = photo(800, 600);
    for orientation in [Orientation::Upright, Orientation::Rotate90] {
        let bytes = oriented(&original, orientation);
        let rendered = run(&bytes, &presets).expect("a photo");
        let got: Vec<_> = rendered
            .variants
            .iter()
            .map(|v| (v.preset.as_str(), v.format, v.width, v.height))
            .collect();
        let want = [
            ("whole", Format::Jpeg, 800, 600),
            ("banner", Format::Jpeg, 120, 90),
            ("web-160", Format::Webp, 160, 120),
            ("web-640", Format::Webp, 640, 480),
            ("web-2000", Format::Webp, 800, 600),
        ];
        assert_eq!(got, want, "{orientation:?}");
        let whole = decode(&rendered.variants[0].bytes);
        assert!(mean_difference(&original, &whole) < 3.0, "{orientation:?}");
        assert!(!rendered.variants[0].bytes.windows(4).any(|w| w == b"Exif"));
    }
}

#[test]
fn what_a_format_cannot_hold_is_made_smaller_and_noted() {
    let bytes = png(&photo(1, 17_000));
    let presets = presets("[presets.whole]\nformats = [\"webp\", \"jpeg\"]");
    let rendered = run(&bytes, &presets).expect("a line");
    let heights: Vec<_> = rendered.variants.iter().map(|v| v.height).collect();
    assert_eq!(heights, [16_383, 17_000]);
    assert_eq!(
        rendered.notes,
        ["whole.webp is 1x16383, not 1x17000: the limit of webp"]
    );
}

#[test]
fn the_preview_is_a_small_picture_of_the_original() {
    let original = photo(800, 600);
    for (name, bytes, alpha) in [
        ("photo", jpeg(&original, 90, "4:2:0"), false),
        ("cut-out", png(&alpha::red_beside_hidden_green(640)), true),
    ] {
        let rendered = run(&bytes, &shipped()).expect(name);
        let preview = rendered.placeholder.preview;
        let got = decode(&preview);
        assert!(got.width.max(got.height) == 32, "{name}");
        assert!(preview.len() < 400, "{name}: {} bytes", preview.len());
        assert_eq!(got.samples == 4, alpha, "{name}");
        if !alpha {
            let difference = mean_difference(&original.reduced(32, 24), &got);
            assert!(difference < 16.0, "{name}: {difference:.1}");
        }
    }
}

const INSIDE: &str = "fit = \"inside\"\nwidth = 160\nheight = 160\nquality = 95\n";

#[test]
fn pictures_look_right_in_every_sampling_and_format() {
    let original = photo(643, 481);
    for sampling in ["4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "grey"] {
        let bytes = jpeg(&original, 95, sampling);
        let reference = if sampling == "grey" {
            original.grey()
        } else {
            original.clone()
        };
        for format in ["jpeg", "webp", "avif"] {
            let fields = format!("{INSIDE}formats = [\"{format}\"]");
            looks_right(
                &format!("sampling-{}-{format}", sampling.replace(':', "")),
                &reference,
                &bytes,
                &fields,
                2.5,
            );
        }
    }
    let fields = "fit = \"inside\"\nwidth = 160\nheight = 160\nformats = [\"png\"]";
    looks_right("png-to-png", &original, &png(&original), fields, 1.0);
    looks_right(
        "jpeg-to-png",
        &original,
        &jpeg(&original, 95, "4:2:0"),
        fields,
        2.5,
    );
}

#[test]
fn scaled_decoding_looks_right() {
    let original = photo(1293, 967);
    let bytes = jpeg(&original, 95, "4:2:0");
    for side in [800, 420, 215, 107, 53] {
        let fields =
            format!("fit = \"inside\"\nwidth = {side}\nheight = {side}\nformats = [\"png\"]");
        looks_right(&format!("scaled-{side}"), &original, &bytes, &fields, 3.0);
    }
}

#[test]
fn every_orientation_equals_its_upright_twin() {
    for (width, height) in [(301, 200), (300, 201), (97, 133)] {
        let upright = photo(width, height);
        for fields in [
            "fit = \"inside\"\nwidth = 61\nheight = 61\nformats = [\"png\"]",
            "fit = \"cover\"\nwidth = 41\nheight = 27\nformats = [\"png\"]",
            "fit = \"inside\"\nwidth = 900\nheight = 900\nquality = 95\nformats = [\"jpeg\"]",
        ] {
            let twin = run(&jpeg(&upright, 97, "4:4:4"), &one(fields)).expect("upright");
            let twin = decode(&twin.variants[0].bytes);
            for orientation in Orientation::ALL {
                let bytes = oriented(&upright, orientation);
                let rendered = run(&bytes, &one(fields)).expect("oriented");
                let got = decode(&rendered.variants[0].bytes);
                assert_eq!(
                    (got.width, got.height),
                    (twin.width, twin.height),
                    "{orientation:?}"
                );
                let difference = mean_difference(&twin, &got);
                let name = format!("orientation-{}-{width}x{height}", orientation.tag());
                if difference > 2.0 {
                    show(&name, &twin, &got);
                }
                assert!(
                    difference <= 2.0,
                    "{name} {fields}: mean difference {difference:.2}"
                );
            }
        }
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let presets = presets(
        &include_str!("../../../presets.toml")
            .replace("\"auto\"", "\"jpeg\", \"webp\", \"png\", \"gif\", \"avif\"")
            .replace("fit = \"cover\"", "fit = \"cover\"\nposition = \"smart\""),
    );
    for (name, bytes) in [
        ("photo", jpeg(&photo(1100, 800), 90, "4:2:0")),
        ("cut-out", png(&alpha::red_beside_hidden_green(640))),
        ("film", animation::gif()),
    ] {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("a pool");
            pool.install(|| run(&bytes, &presets)).expect(name)
        };
        let alone = on(1);
        let moves = alone.variants.iter().any(|variant| variant.frames > 1);
        assert_eq!(moves, name == "film");
        for threads in [1, 2, 4] {
            let again = on(threads);
            assert_eq!(alone.variants.len(), again.variants.len());
            for (one, other) in alone.variants.iter().zip(&again.variants) {
                assert!(
                    one == other,
                    "{name}, {} {:?} with {threads} threads",
                    one.preset,
                    one.format
                );
            }
            assert_eq!(
                (&alone.placeholder, &alone.notes),
                (&again.placeholder, &again.notes),
                "{name}, {threads} threads"
            );
        }
    }
}

#[test]
fn truncated_files_follow_the_policy() {
    let original = photo(800, 1000);
    let whole = jpeg(&original, 90, "4:2:0");
    let almost = run(&whole[..whole.len() - 4], &shipped()).expect("a few rows may be missing");
    assert!(almost.notes.len() <= 1, "{:?}", almost.notes);
    for part in [50, 80, 95] {
        let error =
            run(&whole[..whole.len() * part / 100], &shipped()).expect_err("rows are missing");
        assert_eq!(error.code(), "truncated", "{part} %: {error}");
    }
    let mut trailing = whole.clone();
    trailing.extend_from_slice(&whole);
    assert_eq!(
        run(&trailing, &shipped()).expect("two files in one"),
        run(&whole, &shipped()).expect("one")
    );
}

#[test]
fn extremes() {
    for (width, height) in [
        (1, 1),
        (1, 20_000),
        (20_000, 1),
        (65_500, 3),
        (7, 1_000),
        (17, 9),
    ] {
        let original = photo(width, height);
        for (name, bytes) in [
            ("png", png(&original)),
            ("jpeg", jpeg(&original, 80, "4:2:0")),
        ] {
            let rendered = run(&bytes, &shipped())
                .unwrap_or_else(|error| panic!("{name} {width}x{height}: {error}"));
            for variant in &rendered.variants {
                assert!(
                    variant.width >= 1 && variant.width <= width.min(1920),
                    "{name} {width}x{height}: {variant:?}"
                );
                assert!(
                    variant.height >= 1 && variant.height <= height.min(1920),
                    "{name} {width}x{height}: {variant:?}"
                );
            }
        }
    }
}

#[test]
fn limits_refuse_before_decoding() {
    let bytes = jpeg(&photo(640, 480), 80, "4:2:0");
    let probe = probe(&bytes).expect("a header");
    let tight = Limits {
        max_memory_bytes: 1 << 20,
        ..limits()
    };
    assert_eq!(
        plan(&probe, &shipped(), &tight)
            .expect_err("over the cap")
            .code(),
        "too_large"
    );
    let plan = plan(&probe, &shipped(), &limits()).expect("a plan");
    let late = Watch {
        on_stage: &|_| (),
        expired: &|| true,
    };
    assert_eq!(
        render(&bytes, &plan, &late)
            .expect_err("out of time")
            .code(),
        "too_large"
    );
}

#[test]
fn transparency_lies_over_the_background_in_a_jpeg_and_stays_in_a_webp() {
    let original = Pixels {
        width: 40,
        height: 40,
        samples: 4,
        data: [200, 10, 10, 0].repeat(1600),
    };
    let fields = "fit = \"inside\"\nwidth = 20\nheight = 20\nformats = [\"jpeg\", \"png\"]\nbackground = \"#0000ff\"";
    let rendered = run(&png(&original), &one(fields)).expect("a transparent picture");
    let [red, green, blue] = decode(&rendered.variants[0].bytes).pixel(10, 10);
    assert!(
        red < 6 && green < 6 && blue > 249,
        "#{red:02x}{green:02x}{blue:02x}"
    );
    let png = decode(&rendered.variants[1].bytes);
    assert_eq!((png.samples, png.data[3]), (4, 0));
    let auto = one("fit = \"inside\"\nwidth = 20\nheight = 20\nformats = [\"auto\"]");
    let webp = run(&synthetic::png(&original), &auto).expect("a transparent picture");
    assert_eq!(webp.variants[0].format, Format::Webp);
    assert_eq!(decode(&webp.variants[0].bytes).data[3], 0);
}
