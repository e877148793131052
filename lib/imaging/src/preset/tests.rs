//! The faults that a presets file can have, and what a fingerprint covers.

use super::{Fact, Metadata, Position, Presets, Wish, route::Makes};
use crate::geometry::Focus;

const SHIPPED: &str = include_str!("../../../../presets.toml");

fn check(text: &str, line: usize, says: &str) {
    let error = Presets::parse(text).expect_err(text);
    assert_eq!(error.line, line, "{text}\n{error}");
    assert!(error.message.contains(says), "{text}\n{error}");
}

fn one(fields: &str) -> String {
    format!("[presets.a]\nfit = \"inside\"\nwidth = 10\nheight = 10\n{fields}\n")
}

#[test]
fn shipped_presets_are_in_the_order_of_the_file() {
    let presets = Presets::parse(SHIPPED).expect("presets.toml");
    let names: Vec<_> = presets
        .presets
        .iter()
        .map(|preset| preset.name.as_str())
        .collect();
    assert_eq!(names, ["large", "medium", "small", "thumb", "square"]);
}

#[test]
fn faults_name_the_line_and_what_is_allowed() {
    check("", 1, "presets");
    check("[presets]", 1, "no presets");
    check(
        "[presets.a]\nfit = \"inside\"\nwidth = 0\nheight = 10\nformats = [\"auto\"]",
        3,
        "1 to 65500, not 0",
    );
    check(
        "[presets.a]\nfit = \"stretch\"\nwidth = 1\nheight = 1\nformats = [\"auto\"]",
        2,
        "inside",
    );
    check(
        "[presets.A]\nfit = \"inside\"\nwidth = 1\nheight = 1\nformats = [\"auto\"]",
        1,
        "lowercase",
    );
    check(&one("formats = [\"jpeg\"]\nsize = 3"), 6, "size");
    check(&one("formats = []"), 5, "formats is empty");
    check(&one("formats = [\"tiff\"]"), 5, "jpeg");
    check(&one("formats = [\"jpeg\", \"jpeg\"]"), 5, "twice");
    check(&one("formats = [\"auto\", \"jpeg\"]"), 5, "not both");
    check(
        &one("formats = [\"jpeg\"]\nquality = 101"),
        6,
        "1 to 100, not 101",
    );
    check(
        &one("formats = [\"png\"]\nquality = 80"),
        6,
        "quality has no effect",
    );
    check(
        &one("formats = [\"webp\"]\nchroma = \"4:4:4\""),
        6,
        "chroma has no effect",
    );
    check(
        &one("formats = [\"webp\"]\neffort = \"fast\""),
        6,
        "effort has no effect on its formats, only on auto and jpeg",
    );
    check(
        &one("formats = [\"jpeg\"]\neffort = \"slow\""),
        6,
        "expected `small` or `fast`",
    );
    check(
        &one("formats = [\"webp\"]\nlossless = true\nquality = 80"),
        7,
        "quality has no effect on its formats, only on auto, jpeg and avif",
    );
    check(
        &one("formats = [\"jpeg\"]\nlossless = true"),
        6,
        "only on auto and webp",
    );
    check(&one("formats = [\"webp\"]\nlossless = 1"), 6, "boolean");
    check(
        &one("formats = [\"jpeg\", \"png\"]\nanimated = \"first\""),
        6,
        "only on auto, webp and gif",
    );
    check(
        &one("formats = [\"webp\"]\nanimated = \"last\""),
        6,
        "expected `keep` or `first`",
    );
    check(
        &one("formats = [\"webp\"]\nmetadata = \"all\""),
        6,
        "expected `none` or `copyright`",
    );
    check(
        "[presets.a]\nfit = \"inside\"\nwidth = 4000\nheight = 4000\nformats = [\"avif\"]",
        5,
        "at most 4194304 pixels",
    );
    check(
        &one("formats = [\"jpeg\"]\nbackground = \"white\""),
        6,
        "#rrggbb",
    );
    check("[presets.a", 1, "");
}

#[test]
fn fingerprint_is_of_the_meaning() {
    let print = |text: &str| Presets::parse(text).expect(text).fingerprint();
    let plain = print(&one("formats = [\"jpeg\"]"));
    assert_eq!(
        plain,
        print(&one("formats = [\n \"jpeg\" ] # a comment\nquality = 80"))
    );
    assert_ne!(plain, print(&one("formats = [\"jpeg\"]\nquality = 81")));
    let effort = |effort| {
        print(&one(&format!(
            "formats = [\"jpeg\"]\neffort = \"{effort}\""
        )))
    };
    assert_eq!(plain, effort("small"));
    assert_ne!(plain, effort("fast"));
    assert_ne!(plain, print(&one("formats = [\"webp\"]")));
    let webp = print(&one("formats = [\"webp\"]"));
    for option in [
        "lossless = true",
        "metadata = \"copyright\"",
        "animated = \"first\"",
    ] {
        assert_ne!(
            webp,
            print(&one(&format!("formats = [\"webp\"]\n{option}")))
        );
    }
    assert_eq!(plain.len(), "sha256:".len() + 64);
}

#[test]
fn faults_of_sizes_name_the_line_too() {
    check(
        "[presets.a]\nwidth = 9\nheight = 9",
        1,
        "fit is missing; use \"inside\" or \"cover\"",
    );
    check(
        "[presets.a]\nwidth = 9\nfit = \"cover\"",
        3,
        "needs width and height",
    );
    check(
        "[presets.a]\nwidths = [9]\nfit = \"cover\"",
        3,
        "needs width and height",
    );
    check(
        "[presets.a]\nwidths = [9]\nheight = 4",
        3,
        "use widths or height, not both",
    );
    check("[presets.a]\nwidths = []", 2, "widths is empty");
    check("[presets.a]\nwidths = [\n9,\n9]", 4, "lists 9 twice");
    check("[presets.a]\nwidths = [9, 0]", 2, "1 to 65500, not 0");
    check(
        "[presets.a-9]\nwidth = 9\n[presets.a]\nwidths = [8, 9]",
        3,
        "two presets are called a-9",
    );
    check(
        &format!("[presets.{}]\nwidths = [12345]", "a".repeat(60)),
        1,
        "1 to 64",
    );
    check(
        "[presets.a]\nformats = [\"avif\"]",
        2,
        "at most 4194304 pixels (2048x2048), not full size",
    );
    check(
        "[presets.a]\nwidth = 20000",
        1,
        "webp allows at most 16383 pixels a side, not 20000x*",
    );
}

#[test]
fn sizes_may_be_open_and_formats_left_out() {
    let text = "[presets.card]\nwidth = 640\nformats = [\"avif\", \"auto\"]
[presets.banner]\nheight = 90\nfit = \"inside\"\n[presets.whole]
[presets.web]\nwidths = [320, 1920]\nquality = 70";
    let presets = Presets::parse(text).expect(text).presets;
    let got: Vec<_> = presets
        .iter()
        .map(|p| (p.name.as_str(), p.bounds.to_string(), p.quality))
        .collect();
    let want = [
        ("card", "640x*", 80),
        ("banner", "*x90", 80),
        ("whole", "full size", 80),
        ("web-320", "320x*", 70),
        ("web-1920", "1920x*", 70),
    ];
    assert_eq!(got, want.map(|(name, size, q)| (name, size.to_owned(), q)));
    assert!(presets[1..].iter().all(|p| p.formats == [Wish::Auto]));
    let families: Vec<_> = presets.iter().map(|p| p.family.as_deref()).collect();
    assert_eq!(families, [None, None, None, Some("web"), Some("web")]);
}

#[test]
fn the_shipped_presets_mean_what_they_meant() {
    let print = Presets::parse(SHIPPED).expect("presets.toml").fingerprint();
    assert_eq!(
        print, "sha256:24946a1c59fbf95b6bab45ebf74ee7181e29f7ce63dcfe2a2d7b4b27e05eb98a",
        "every original would be rendered again"
    );
}

#[test]
fn a_family_is_its_presets_written_one_by_one() {
    let print = |text: &str| Presets::parse(text).expect(text).fingerprint();
    assert_eq!(
        print("[presets.a]\nwidths = [9, 8]"),
        print("[presets.a-9]\nwidth = 9\n[presets.a-8]\nwidth = 8")
    );
    let all = [
        "width = 9",
        "height = 9",
        "",
        "width = 9\nheight = 9\nfit = \"inside\"",
    ];
    let prints: std::collections::BTreeSet<_> = all
        .iter()
        .map(|size| print(&format!("[presets.a]\n{size}")))
        .collect();
    assert_eq!(prints.len(), all.len());
}

/// Presets `a` and `b-8`, `b-9`, then a route on line 5.
fn routed(route: &str) -> String {
    format!("[presets.a]\n[presets.b]\nwidths = [8, 9]\n[[route]]\n{route}\n")
}

#[test]
fn faults_of_routes_name_the_line_too() {
    for (route, line, says) in [
        ("ignore = true", 4, "match"),
        ("match = \"\"", 5, "\"**\" matches every key"),
        (
            "match = \"x/[a\"",
            5,
            "is not a glob: unclosed character class",
        ),
        ("match = \"{a\"", 5, "is not a glob"),
        (
            "match = \"x\"\npresets = [\"c\"]",
            6,
            "no preset is called \"c\"; there are a, b-8, b-9",
        ),
        ("match = \"x\"\nallow = [\"c\"]", 6, "no preset is called"),
        (
            "match = \"x\"\npresets = [\"b\", \"b-9\"]",
            6,
            "lists b-9 twice",
        ),
        ("match = \"x\"\npresets = []", 6, "the list is empty"),
        (
            "match = \"x\"\nignore = true\npresets = [\"a\"]",
            7,
            "presets has no effect beside ignore",
        ),
        (
            "match = \"x\"\nfocus = [0.5, 2.0]",
            6,
            "a share is 0 to 1, not 2",
        ),
        ("match = \"x\"\nfocus = [nan, 0.5]", 6, "a share is 0 to 1"),
        ("match = \"x\"\nfocus = [0.5]", 6, ""),
        ("match = \"x\"\nprefix = \"y\"", 6, "unknown field `prefix`"),
        (
            "match = \"**\"\n[[route]]\nmatch = \"x\"",
            6,
            "no key reaches this route",
        ),
    ] {
        check(&routed(route), line, says);
    }
}

#[test]
fn globs_keep_to_their_folder_and_know_any_key() {
    let route = |glob: &str| {
        let presets = Presets::parse(&routed(&format!("match = '{glob}'"))).expect(glob);
        presets.routes[0].keys.clone()
    };
    for (glob, yes, no) in [
        (
            "drafts/**",
            &["drafts/a", "drafts/b/c.jpg", "drafts//x"][..],
            &["drafts", "x/drafts/a", "draftsX/a"][..],
        ),
        (
            "*.jpg",
            &["a.jpg", ".jpg"],
            &["a/b.jpg", "a.JPG", "a.jpg.png"],
        ),
        ("**/*.jpg", &["a.jpg", "a/b/c.jpg"], &["a.png"]),
        (
            "a/{b,c}/日*",
            &["a/b/日", "a/c/日本.jpg"],
            &["a/d/日", "a/b/x/日"],
        ),
        ("a+b c/**", &["a+b c/x"], &["aab c/x"]),
        (r"a/\*", &["a/*"], &["a/x"]),
        ("**", &["a", "a/b", "/a//b"], &[]),
    ] {
        let glob = route(glob);
        for key in yes {
            assert!(glob.matches(key), "{} and {key}", glob.text());
        }
        for key in no {
            assert!(!glob.matches(key), "{} and {key}", glob.text());
        }
    }
}

#[test]
fn a_route_chooses_presets_and_their_metadata() {
    let text = routed(
        "match = \"x\"\npresets = [\"b\"]\nmetadata = \"copyright\"\nallow = [\"a\"]\nfocus = [0.5, 0.25]",
    );
    let presets = Presets::parse(&text).expect(&text);
    let Makes::Variants {
        presets: names,
        allow,
        metadata,
        focus,
    } = &presets.routes[0].makes
    else {
        panic!("{:?}", presets.routes)
    };
    let chosen = presets.chosen(names.as_deref(), *metadata);
    let got: Vec<_> = chosen
        .presets
        .iter()
        .map(|p| (p.name.as_str(), p.metadata))
        .collect();
    assert_eq!(
        got,
        [("b-8", Metadata::Copyright), ("b-9", Metadata::Copyright)]
    );
    assert_eq!(allow, &["a"]);
    assert_eq!(*focus, Focus::parse("0.5,0.25"));
    assert_eq!(presets.group("b"), ["b-8", "b-9"]);
    let plain = Presets::parse("[presets.a]\n[presets.b]\nwidths = [8, 9]").expect("presets");
    assert_eq!(presets.fingerprint(), plain.fingerprint());
}

#[test]
fn a_position_is_for_crops() {
    check(
        &one("position = \"top\""),
        5,
        "no effect without fit = \"cover\"",
    );
    let cover = one("").replace("inside", "cover");
    check(&format!("{cover}position = \"middle\""), 6, "top-left");
    check(&format!("{cover}position = \"faces\""), 6, "smart");
    let read = |position: &str| Presets::parse(&format!("{cover}position = \"{position}\""));
    for (text, want) in [
        ("centre", Position::Centre),
        ("center", Position::Centre),
        ("bottom-right", Position::BottomRight),
        ("smart", Position::Smart),
    ] {
        assert_eq!(read(text).expect(text).presets[0].position, want);
    }
    let print = |position: &str| read(position).expect(position).fingerprint();
    let plain = Presets::parse(&cover).expect("presets");
    assert_eq!(print("centre"), plain.fingerprint());
    assert_ne!(print("smart"), plain.fingerprint());
    let focused = Presets {
        focus: Some(Focus::CENTRE),
        ..plain.clone()
    };
    assert_ne!(focused.fingerprint(), plain.fingerprint());
}

#[test]
fn facts_are_named_once_and_change_the_fingerprint() {
    let preset = "[presets.a]\nwidth = 8\n";
    check(&format!("facts = [\"place\"]\n{preset}"), 1, "taken");
    check(
        &format!("facts = [\n\"lens\",\n\"lens\"]\n{preset}"),
        3,
        "facts lists lens twice",
    );
    let read = |text: &str| Presets::parse(&format!("{text}{preset}")).expect(text);
    let with = read("facts = [\"taken\", \"gps\"]\n");
    assert_eq!(with.facts, [Fact::Taken, Fact::Gps]);
    assert_eq!(with.chosen(None, None).facts, with.facts);
    assert_ne!(with.fingerprint(), read("").fingerprint());
    assert_eq!(read("facts = []\n").fingerprint(), read("").fingerprint());
}
