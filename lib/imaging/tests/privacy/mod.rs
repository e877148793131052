//! Nothing of an original's metadata is in any output: canaries in every place of every container, and a list of the
//! only parts that an output may have.

mod parts;
mod planted;

use darkroom_imaging::Format;

use crate::{presets, run};

/// In every text and number that must not come out.
pub(crate) const CANARY: &[u8] = b"CANARY";
/// What a preset may ask to be kept.
pub(crate) const ARTIST: &str = "Ann Example";
pub(crate) const COPYRIGHT: &str = "(c) 2026 Ann Example";

/// Every format, at the original's own size and smaller.
const ALL: &str = "
[presets.same]
fit = \"inside\"
width = 2000
height = 2000
formats = [\"jpeg\", \"webp\", \"png\", \"gif\", \"avif\"]
OPTION
[presets.lossless]
fit = \"inside\"
width = 2000
height = 2000
formats = [\"webp\"]
lossless = true
OPTION
[presets.small]
fit = \"cover\"
width = 20
height = 20
formats = [\"jpeg\", \"webp\", \"png\", \"gif\", \"avif\"]
OPTION
";

fn count(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).filter(|at| *at == text).count()
}

fn has(bytes: &[u8], text: &str) -> bool {
    count(bytes, text.as_bytes()) > 0
}

#[test]
fn nothing_of_the_original_is_in_any_output() {
    let all = presets(&ALL.replace("OPTION", ""));
    for planted in planted::all() {
        let name = planted.name;
        assert!(
            count(&planted.bytes, CANARY) >= planted.canaries,
            "{name}: the test plants fewer canaries than it says"
        );
        let rendered = run(&planted.bytes, &all).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(rendered.variants.len(), 11, "{name}");
        for variant in &rendered.variants {
            let case = format!("{name} to {} {:?}", variant.preset, variant.format);
            assert_eq!(count(&variant.bytes, CANARY), 0, "{case}");
            assert!(!has(&variant.bytes, ARTIST), "{case}");
            let parts = parts::of(variant.format, &variant.bytes);
            let allowed = parts::ALLOWED;
            for part in &parts {
                let known = allowed.contains(&(variant.format, part.as_str()));
                assert!(known, "{case}: {part} of {parts:?}");
            }
        }
    }
}

#[test]
fn only_who_made_it_is_kept_where_a_preset_asks() {
    let all = presets(&ALL.replace("OPTION", "metadata = \"copyright\""));
    for planted in planted::all() {
        let name = planted.name;
        let rendered = run(&planted.bytes, &all).unwrap_or_else(|error| panic!("{name}: {error}"));
        for variant in &rendered.variants {
            let case = format!("{name} to {} {:?}", variant.preset, variant.format);
            assert_eq!(count(&variant.bytes, CANARY), 0, "{case}");
            assert_eq!(has(&variant.bytes, COPYRIGHT), planted.copyright, "{case}");
            assert_eq!(has(&variant.bytes, ARTIST), planted.copyright, "{case}");
            // With it the file still shows the picture.
            let again = run(&variant.bytes, &all);
            let again = again.unwrap_or_else(|error| panic!("{case}: {error}"));
            // a GIF says it in a comment, which is not read
            let kept = variant.format != Format::Gif && planted.copyright;
            assert_eq!(has(&again.variants[0].bytes, COPYRIGHT), kept, "{case}");
        }
    }
}
