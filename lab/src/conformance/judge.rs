//! The expectations: which outcome a file must have, and when two pictures are the same.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::child::{End, Run};
use super::picture::{self, Picture};

/// The result of a program for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A picture, held here as a small PNG.
    Ready(PathBuf),
    /// No picture, with a reason.
    Rejected { code: String, reason: String },
    /// The program crashed; its last words.
    Crash(String),
    /// It did not end in time.
    Hang,
}

/// A mean difference of samples (of 255) that only another picture has: twins of one original stay below 3.
const OTHER_PICTURE: f64 = 10.0;
/// The same for sharp, whose conversion to sRGB and first frame may differ a little from ours.
const OTHER_THAN_SHARPS: f64 = 12.0;

/// The processor time that an original may take; more counts as a hang, even if it ended.
pub(crate) fn most_time(pixels: u64) -> Duration {
    Duration::from_secs(2) + Duration::from_millis(pixels / 10_000)
}

/// The memory that a process may use: the plan's promise, plus the program itself.
pub(crate) fn most_memory(promised: u64) -> u64 {
    promised + (64 << 20)
}

/// Whether a file only documents the others.
pub(crate) fn is_document(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["readme", "license", "manifest.tsv", ".git"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The outcome of the engine's process.
pub(crate) fn outcome(
    run: &Run,
    manifest: Option<&serde_json::Value>,
    picture: PathBuf,
) -> Outcome {
    let last_words = || run.stderr.trim().lines().last().unwrap_or("").to_owned();
    match (&run.end, manifest) {
        (End::Late, _) => Outcome::Hang,
        (End::Signal(signal), _) => Outcome::Crash(format!("signal {signal}: {}", last_words())),
        (End::Code(0), Some(manifest)) if manifest["outcome"] == "ready" => Outcome::Ready(picture),
        (End::Code(1), Some(manifest)) if manifest["outcome"] == "rejected" => {
            let text = |name: &str| {
                manifest["rejection"][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            Outcome::Rejected {
                code: text("code"),
                reason: text("reason"),
            }
        }
        (End::Code(code), _) => Outcome::Crash(format!("exit code {code}: {}", last_words())),
    }
}

/// What is wrong with an outcome by the collection's own rules: `PngSuite`'s names tell which files are broken.
pub(crate) fn against_the_rules(folder: &str, name: &str, outcome: &Outcome) -> Option<String> {
    if !folder.eq_ignore_ascii_case("pngsuite") {
        return None;
    }
    match (name.starts_with('x'), outcome) {
        (true, Outcome::Ready(_)) => Some("ready, but must be rejected".to_owned()),
        (false, Outcome::Rejected { reason, .. }) => {
            Some(format!("rejected, but must be ready: {reason}"))
        }
        _ => None,
    }
}

/// The name of the upright twin of a file named `..._N.ext`, N being an orientation: `..._1.ext`.
pub(crate) fn upright_twin(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?;
    let (name, number) = stem.rsplit_once('_')?;
    let turned = matches!(number, "0" | "2" | "3" | "4" | "5" | "6" | "7" | "8");
    let twin = format!("{name}_1.{}", path.extension()?.to_str()?);
    turned.then(|| path.with_file_name(twin))
}

/// Says how a picture differs from its upright twin.
pub(crate) fn unlike_twin(one: &Picture, twin: &Picture) -> Option<String> {
    unlike(one, twin, OTHER_PICTURE).map(|how| format!("differs from its upright twin: {how}"))
}

/// Says how a picture differs from what sharp made.
pub(crate) fn unlike_sharps(ours: &Picture, sharps: &Picture) -> Option<String> {
    unlike(ours, sharps, OTHER_THAN_SHARPS)
}

fn unlike(one: &Picture, other: &Picture, most: f64) -> Option<String> {
    match picture::difference(one, other) {
        Some(difference) if difference <= most => None,
        Some(difference) => Some(format!("mean difference {difference:.1}")),
        None => Some(format!(
            "{}x{} and {}x{}",
            one.width, one.height, other.width, other.height
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(end: End) -> Run {
        Run {
            end,
            wall: Duration::ZERO,
            cpu: Duration::ZERO,
            peak_bytes: 0,
            stdout: String::new(),
            stderr: "it fell\n".to_owned(),
        }
    }

    #[test]
    fn a_process_without_its_manifest_crashed() {
        let ready = json!({"outcome": "ready"});
        let rejected =
            json!({"outcome": "rejected", "rejection": {"code": "corrupt", "reason": "r"}});
        let come_to = |end, manifest| outcome(&ended(end), manifest, "p".into());
        assert_eq!(
            come_to(End::Code(0), Some(&ready)),
            Outcome::Ready("p".into())
        );
        let Outcome::Rejected { code, reason } = come_to(End::Code(1), Some(&rejected)) else {
            panic!("a rejection is one");
        };
        assert_eq!((code.as_str(), reason.as_str()), ("corrupt", "r"));
        for (end, manifest) in [
            (End::Code(1), None),
            (End::Code(101), None),
            (End::Signal(6), None),
            (End::Code(1), Some(&ready)),
        ] {
            assert!(matches!(come_to(end, manifest), Outcome::Crash(_)));
        }
        assert_eq!(come_to(End::Late, None), Outcome::Hang);
    }

    #[test]
    fn names_tell_what_must_be() {
        let ready = Outcome::Ready("p".into());
        assert!(against_the_rules("pngsuite", "xc1n0g08.png", &ready).is_some());
        assert!(against_the_rules("pngsuite", "basn0g01.png", &ready).is_none());
        assert!(against_the_rules("other", "xc1n0g08.png", &ready).is_none());
        assert_eq!(
            upright_twin(Path::new("a/Portrait_6.jpg")),
            Some("a/Portrait_1.jpg".into())
        );
        assert_eq!(upright_twin(Path::new("a/Portrait_1.jpg")), None);
        assert_eq!(upright_twin(Path::new("a/IMG_1034.heic")), None);
        assert!(is_document("LICENSE-MIT") && !is_document("cat.jpg"));
    }
}
