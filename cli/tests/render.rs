//! `darkroom render`, as a user runs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A BMP of one colour, 24 bits a pixel.
fn bmp(width: u32, height: u32) -> Vec<u8> {
    let row = (width * 3).next_multiple_of(4);
    let pixels = row * height;
    let mut file = b"BM".to_vec();
    for number in [54 + pixels, 0, 54, 40, width, height] {
        file.extend(number.to_le_bytes());
    }
    file.extend([1, 0, 24, 0]); // planes, bits
    for number in [0, pixels, 0, 0, 0, 0] {
        file.extend(u32::to_le_bytes(number));
    }
    file.resize(file.len() + pixels as usize, 0x80);
    file
}

/// Renders `a.bmp` of the folder into `out`; returns the outputs by their names.
fn render(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let done = Command::new(env!("CARGO_BIN_EXE_darkroom"))
        .args(["render", "a.bmp", "--out", "out"])
        .current_dir(folder)
        .output()
        .expect("darkroom starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let outputs = fs::read_dir(folder.join("out/a.bmp")).expect("outputs");
    outputs
        .map(|entry| {
            let entry = entry.expect("an output");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("an output"))
        })
        .collect()
}

#[test]
fn outputs_that_were_deleted_emptied_or_changed_are_made_again_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.bmp"), bmp(64, 48)).expect("an original");
    let first = render(folder.path());
    assert_eq!(first.len(), 6, "{:?}", first.keys());
    let again = render(folder.path());
    assert_eq!(
        again, first,
        "nothing is rendered, so even the manifest's time is the same"
    );

    let outputs = folder.path().join("out/a.bmp");
    let square = outputs.join("square.jpg");
    let mut changed = first["square.jpg"].clone();
    changed[40] ^= 1;
    let hurt: [(&str, &dyn Fn() -> std::io::Result<()>); 3] = [
        ("deleted", &|| fs::remove_file(&square)),
        ("emptied", &|| fs::write(&square, [])),
        ("changed", &|| fs::write(&square, &changed)),
    ];
    let mut before = first;
    for (how, hurt) in hurt {
        hurt().expect(how);
        let after = render(folder.path());
        for (name, bytes) in &before {
            let is_manifest = name == "manifest.json";
            assert_eq!(
                after[name] != *bytes,
                is_manifest,
                "{name} once square.jpg was {how}"
            );
        }
        before = after;
    }
}
