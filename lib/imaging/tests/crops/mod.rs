//! Crops: the part that a variant shows is the one that its preset asks for.

use darkroom_imaging::geometry::Focus;
use darkroom_imaging::{By, Orientation, Presets, Rendered, Watch, plan, probe, render};

use crate::synthetic::{Pixels, decode, jpeg, mean_difference, oriented, png};
use crate::{limits, one, run};

/// A dull gradient with a disc of skin with two dark eyes around `(x, y)`.
fn scene(width: u32, height: u32, (x, y): (u32, u32)) -> Pixels {
    let radius = height.min(width) / 8;
    Pixels::from_fn(width, height, |px, py| {
        let far = |cx: u32, cy: u32| px.abs_diff(cx).pow(2) + py.abs_diff(cy).pow(2);
        let eye = far(x - radius / 3, y).min(far(x + radius / 3, y));
        if eye < radius * radius / 36 {
            [30, 20, 20]
        } else if far(x, y) < radius * radius {
            [200, 146, 113]
        } else {
            let part = |at: u32, of: u32| u8::try_from(at * 40 / of).expect("at most 40");
            [100 + part(px, width), 120, 130 + part(py, height)]
        }
    })
}

fn cover(position: &str, format: &str) -> Presets {
    one(&format!(
        "fit = \"cover\"\nwidth = 100\nheight = 100\nposition = \"{position}\"\nformats = [\"{format}\"]"
    ))
}

/// The share of a picture's pixels with the colour of skin.
fn skin(picture: &Pixels) -> f64 {
    let is_skin = |(x, y): (u32, u32)| {
        let [red, green, blue] = picture.pixel(x, y).map(i32::from);
        (red - 200).abs() < 25 && (green - 146).abs() < 25 && (blue - 113).abs() < 25
    };
    let all = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
    f64::from(u32::try_from(all.filter(|at| is_skin(*at)).count()).expect("few"))
        / f64::from(picture.width * picture.height)
}

/// Of the disc's area in the crop: its radius is an eighth of the shorter side, which is the crop's.
fn whole_disc() -> f64 {
    std::f64::consts::PI / 64.0
}

fn shows_the_face(rendered: &Rendered, name: &str) {
    let variant = &rendered.variants[0];
    let share = skin(&decode(&variant.bytes)) / whole_disc();
    // the eyes and the soft edge of a whole one have other colours
    assert!(share > 0.75, "{name}: {share:.2} of the face is shown");
    assert_eq!((variant.width, variant.height), (100, 100), "{name}");
}

#[test]
fn smart_crops_keep_a_planted_face_in_every_format_and_orientation() {
    for (size, at) in [
        ((600, 300), (520, 150)),
        ((601, 301), (60, 200)),
        ((300, 620), (150, 540)),
    ] {
        let upright = scene(size.0, size.1, at);
        for format in ["jpeg", "webp", "png"] {
            let name = format!("{size:?} {format}");
            let presets = cover("smart", format);
            let twin = run(&png(&upright), &presets).expect(&name);
            shows_the_face(&twin, &name);
            let crop = twin.variants[0].crop.expect("a choice");
            assert_eq!(crop.by, By::Saliency, "{name}");
            assert!(
                crop.score.expect("a score").value() > 0.5,
                "{name}: {crop:?}"
            );
            for orientation in Orientation::ALL {
                let rendered = run(&oriented(&upright, orientation), &presets).expect(&name);
                shows_the_face(&rendered, &format!("{name} {orientation:?}"));
                let [one, other] = [&twin, &rendered].map(|r| decode(&r.variants[0].bytes));
                assert!(
                    mean_difference(&one, &other) < 8.0,
                    "{name} {orientation:?}"
                );
            }
        }
        // the middle would cut it
        let centre = run(&png(&upright), &cover("centre", "png")).expect("a picture");
        assert!(skin(&decode(&centre.variants[0].bytes)) / whole_disc() < 0.2);
        assert_eq!(centre.variants[0].crop, None);
    }
}

#[test]
fn a_smart_crop_is_the_same_cut_as_one_by_its_focus() {
    let upright = scene(600, 300, (520, 150));
    let bytes = png(&upright);
    let smart = run(&bytes, &cover("smart", "png")).expect("a picture");
    let focused = Presets {
        focus: Some(smart.variants[0].crop.expect("a choice").focus),
        ..cover("smart", "png")
    };
    let rendered = run(&bytes, &focused).expect("a picture");
    assert_eq!(rendered.variants[0].crop.expect("a choice").by, By::Focus);
    shows_the_face(&rendered, "by focus");
}

#[test]
fn positions_and_points_choose_the_part() {
    // red, green and blue thirds
    let thirds = Pixels::from_fn(300, 100, |x, _| match x / 100 {
        0 => [250, 0, 0],
        1 => [0, 250, 0],
        _ => [0, 0, 250],
    });
    let bytes = png(&thirds);
    let middle = |presets: &Presets| {
        let rendered = run(&bytes, presets).expect("a picture");
        decode(&rendered.variants[0].bytes).pixel(50, 50)
    };
    for (position, want) in [
        ("left", [250, 0, 0]),
        ("bottom-left", [250, 0, 0]),
        ("top", [0, 250, 0]),
        ("centre", [0, 250, 0]),
        ("top-right", [0, 0, 250]),
        ("focus", [0, 250, 0]), // there is none
    ] {
        assert_eq!(middle(&cover(position, "png")), want, "{position}");
    }
    for (focus, want) in [("0.1,0.9", [250, 0, 0]), ("1,1", [0, 0, 250])] {
        for position in ["focus", "smart"] {
            let presets = Presets {
                focus: Focus::parse(focus),
                ..cover(position, "png")
            };
            assert_eq!(middle(&presets), want, "{focus} {position}");
        }
    }
}

/// A JPEG with an XMP packet.
fn with_xmp(picture: &Pixels, xmp: &str) -> Vec<u8> {
    let bytes = jpeg(picture, 95, "4:2:0");
    let body = [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()].concat();
    let length = u16::try_from(body.len() + 2).expect("a short packet");
    let segment = [&[0xFF, 0xE1][..], &length.to_be_bytes(), &body].concat();
    [&bytes[..2], &segment, &bytes[2..]].concat()
}

fn face(x: &str) -> String {
    format!(
        r#"<x:xmpmeta><rdf:li><rdf:Description mwg-rs:Type="Face"><mwg-rs:Area stArea:x="{x}" stArea:y="0.5" stArea:w="0.1" stArea:h="0.3" stArea:unit="normalized"/></rdf:Description></rdf:li></x:xmpmeta>"#
    )
}

#[test]
fn regions_in_the_file_go_before_what_stands_out() {
    let picture = scene(600, 300, (520, 150));
    for position in ["focus", "smart"] {
        let rendered = run(&with_xmp(&picture, &face("0.1")), &cover(position, "png"));
        let variant = &rendered.expect("a picture").variants[0];
        let crop = variant.crop.expect("a choice");
        assert_eq!(crop.by, By::Regions);
        assert!((crop.focus.x.value() - 0.1).abs() < 0.001, "{crop:?}");
        assert!(
            skin(&decode(&variant.bytes)) < 0.01,
            "the marked part is at the left"
        );
    }
    for hostile in [
        face("NaN"),
        face("1e400"),
        face("-3"),
        face("0.1").repeat(200),
    ] {
        let rendered = run(&with_xmp(&picture, &hostile), &cover("smart", "png"));
        assert!(rendered.expect("a picture").variants[0].crop.is_some());
    }
}

#[test]
fn a_plan_promises_the_memory_of_the_whole_and_the_look() {
    let bytes = png(&scene(1600, 400, (1000, 200)));
    let probe = probe(&bytes).expect("a header");
    let of = |position: &str| plan(&probe, &cover(position, "jpeg"), &limits()).expect("a plan");
    let (centre, smart) = (of("centre"), of("smart"));
    assert!(smart.look.is_some() && centre.look.is_none());
    assert!(smart.peak_bytes > centre.peak_bytes);
    assert!(
        format!("{smart}").contains("cropped from 400x100 by Smart"),
        "{smart}"
    );
    let rendered = render(&bytes, &smart, &Watch::none()).expect("a picture");
    assert_eq!(
        (rendered.variants[0].width, rendered.variants[0].height),
        (100, 100)
    );
}
