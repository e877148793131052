//! Regions that people and cameras have marked: faces of MWG 2.0 (`mwg-rs`), and image regions of IPTC (`Iptc4xmpExt`), both
//! in XMP. Their places refer to the picture as stored. A region that cannot be read counts as absent.

use super::boxes::Region;
use crate::{
    Orientation, Probe,
    geometry::{reverses_columns, reverses_rows},
    metadata::find,
};

/// More of an XMP packet is not read. It is longer than a JPEG's segment.
const MAX_BYTES: usize = 1 << 20;
/// More regions are not read: a crowd has no best crop.
const MAX_REGIONS: usize = 64;

/// The regions of the upright picture.
pub(super) fn read(bytes: &[u8], probe: &Probe) -> Vec<Region> {
    let Some(xmp) = find::xmp(bytes, probe.format) else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&xmp[..xmp.len().min(MAX_BYTES)]);
    let stored = parse(&text, probe.width, probe.height);
    stored
        .iter()
        .filter_map(|b| upright(b, probe.orientation))
        .collect()
}

fn parse(text: &str, width: u32, height: u32) -> Vec<Region> {
    if !text.contains("stArea:") && !text.contains("rbUnit") {
        return Vec::new();
    }
    let items = text.split("<rdf:li").skip(1);
    let region = |item: &str| mwg(item).or_else(|| iptc(item, width, height));
    items.filter_map(region).take(MAX_REGIONS).collect()
}

/// `stArea` has the centre and the size, in shares of the picture's.
fn mwg(item: &str) -> Option<Region> {
    if value(item, "stArea:unit").is_some_and(|unit| unit != "normalized") {
        return None;
    }
    let kind = value(item, "mwg-rs:Type");
    if kind.is_some_and(|kind| !matches!(kind, "Face" | "Pet" | "Focus")) {
        return None;
    }
    let [x, y] = [number(item, "stArea:x")?, number(item, "stArea:y")?];
    let [w, h] = match (number(item, "stArea:w"), number(item, "stArea:h")) {
        (Some(w), Some(h)) => [w, h],
        _ => [number(item, "stArea:d")?; 2], // a circle
    };
    Region::new(x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0)
}

/// A rectangle by its left upper corner, or a circle by its centre, in shares or in pixels.
fn iptc(item: &str, width: u32, height: u32) -> Option<Region> {
    let part = |name: &str, side: u32| -> Option<f64> {
        let number = number(item, name)?;
        match value(item, "Iptc4xmpExt:rbUnit")? {
            "relative" => Some(number),
            "pixel" => Some(number / f64::from(side)),
            _ => None,
        }
    };
    let [x, y] = [
        part("Iptc4xmpExt:rbX", width)?,
        part("Iptc4xmpExt:rbY", height)?,
    ];
    if let Some(radius) = part("Iptc4xmpExt:rbRx", width) {
        let down = radius * f64::from(width) / f64::from(height);
        return Region::new(x - radius, y - down, x + radius, y + down);
    }
    let [w, h] = [
        part("Iptc4xmpExt:rbW", width)?,
        part("Iptc4xmpExt:rbH", height)?,
    ];
    Region::new(x, y, x + w, y + h)
}

fn number(item: &str, name: &str) -> Option<f64> {
    value(item, name)?.parse().ok()
}

/// The value of an attribute, `name="value"`, or of an element, `<name>value<`.
fn value<'a>(item: &'a str, name: &str) -> Option<&'a str> {
    item.match_indices(name).find_map(|(at, _)| {
        let after = &item[at + name.len()..];
        let value = if let Some(rest) = after.strip_prefix('=') {
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            rest[1..].split(quote).next()
        } else if item[..at].ends_with('<') {
            after.strip_prefix('>')?.split('<').next()
        } else {
            None
        };
        value.map(str::trim).filter(|value| value.len() <= 32)
    })
}

/// Where a part of the stored picture lies once that is turned.
fn upright(stored: &Region, orientation: Orientation) -> Option<Region> {
    let reverse = |(first, last): (f64, f64), reverses: bool| {
        if reverses {
            (1.0 - last, 1.0 - first)
        } else {
            (first, last)
        }
    };
    let mut x = reverse((stored.left, stored.right), reverses_columns(orientation));
    let mut y = reverse((stored.top, stored.bottom), reverses_rows(orientation));
    if orientation.swaps_sides() {
        std::mem::swap(&mut x, &mut y);
    }
    Region::new(x.0, y.0, x.1, y.1)
}

#[cfg(test)]
mod tests {
    use super::{MAX_REGIONS, Region, parse, upright};
    use crate::{
        Orientation,
        geometry::{Rect, Size, stored_rect},
    };

    /// One box, its sides in hundredths.
    fn check(text: &str, want: [i32; 4]) {
        let got = parse(text, 400, 200);
        let hundredths =
            |b: &Region| [b.left, b.top, b.right, b.bottom].map(|v| format!("{:.0}", v * 100.0));
        let want = want.map(|v| v.to_string());
        assert_eq!(
            got.iter().map(hundredths).collect::<Vec<_>>(),
            [want],
            "{text}"
        );
    }

    const FACE: &str = r#"<rdf:li><rdf:Description mwg-rs:Name="A" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.5" stArea:y='0.4' stArea:w="0.2" stArea:h="0.2" stArea:unit="normalized"/></rdf:Description></rdf:li>"#;

    #[test]
    fn regions_of_both_vocabularies_are_read() {
        check(FACE, [40, 30, 60, 50]);
        let elements = "<rdf:li><mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Area><stArea:x>0.5</stArea:x><stArea:y> 0.4 </stArea:y>\
            <stArea:w>0.2</stArea:w><stArea:h>0.2</stArea:h></mwg-rs:Area></rdf:li>";
        check(elements, [40, 30, 60, 50]);
        let iptc = |unit: &str, x: &str| {
            format!(
                "<rdf:li><Iptc4xmpExt:rbShape>rectangle</Iptc4xmpExt:rbShape><Iptc4xmpExt:rbUnit>{unit}</Iptc4xmpExt:rbUnit>\
                <Iptc4xmpExt:rbX>{x}</Iptc4xmpExt:rbX><Iptc4xmpExt:rbY>{x}</Iptc4xmpExt:rbY>\
                <Iptc4xmpExt:rbW>{x}</Iptc4xmpExt:rbW><Iptc4xmpExt:rbH>{x}</Iptc4xmpExt:rbH></rdf:li>"
            )
        };
        check(&iptc("relative", "0.25"), [25, 25, 50, 50]);
        check(&iptc("pixel", "40"), [10, 20, 20, 40]);
    }

    #[test]
    fn regions_that_make_no_sense_are_absent() {
        let good = parse(FACE, 400, 200);
        assert_eq!(good.len(), 1);
        for bad in ["NaN", "inf", "-inf", "1e999", "", "0x1", "5"] {
            let text = FACE.replace("stArea:x=\"0.5\"", &format!("stArea:x=\"{bad}\""));
            assert_eq!(parse(&text, 400, 200), [], "{bad}");
        }
        for (from, to) in [
            ("\"Face\"", "\"BarCode\""),
            ("normalized", "pixel"),
            ("stArea:w=\"0.2\"", "stArea:w=\"0\""),
        ] {
            assert_eq!(parse(&FACE.replace(from, to), 400, 200), [], "{to}");
        }
        for end in 0..FACE.len() {
            parse(&FACE[..end], 400, 200);
        }
        assert_eq!(parse(&FACE.repeat(1000), 400, 200).len(), MAX_REGIONS);
        // a hostile packet is as cheap as its length
        let names = "<rdf:li stArea:x".repeat(60_000);
        assert_eq!(parse(&names, 400, 200), []);
    }

    #[test]
    fn regions_turn_with_the_picture() {
        let stored_size = Size {
            width: 400,
            height: 200,
        };
        for orientation in Orientation::ALL {
            let whole = crate::geometry::turn(stored_size, orientation);
            let want = Rect {
                x: 20,
                y: 60,
                size: Size {
                    width: 40,
                    height: 30,
                },
            };
            let stored = stored_rect(want, stored_size, orientation);
            let share = |r: Rect, of: Size| {
                let (w, h) = (f64::from(of.width), f64::from(of.height));
                Region::new(
                    f64::from(r.x) / w,
                    f64::from(r.y) / h,
                    f64::from(r.x + r.size.width) / w,
                    f64::from(r.y + r.size.height) / h,
                )
                .expect("a box")
            };
            let got = upright(&share(stored, stored_size), orientation).expect("a box");
            let want = share(want, whole);
            assert!(
                (got.left - want.left).abs() < 1e-9 && (got.bottom - want.bottom).abs() < 1e-9,
                "{orientation:?} {got:?}"
            );
        }
    }
}
