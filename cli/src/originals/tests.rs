use super::*;

/// A folder with files of one byte.
fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for path in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, "x").expect("written");
    }
    folder
}

fn search(paths: &[PathBuf], out: &Path) -> Result<Found> {
    find(paths, out, 1000)
}

fn keys(found: &Found) -> Vec<&str> {
    found
        .originals
        .iter()
        .map(|original| original.key.as_str())
        .collect()
}

fn is_wrong_use(found: Result<Found>, part: &str) {
    let error = found.expect_err(part);
    assert!(error.is::<WrongUse>(), "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn relative_paths_are_keys_and_the_output_is_no_original() {
    let folder = folder(&["b.jpg", "a/c d.png", "made/b.jpg/large.jpg"]);
    let root = folder.path().to_owned();
    for out in ["made", "a/../made", "a/./../made"] {
        let found = search(std::slice::from_ref(&root), &root.join(out)).expect("found");
        assert_eq!(keys(&found), ["a/c d.png", "b.jpg"], "{out}");
    }
    let found = search(&[root.join("a/c d.png")], &root.join("made")).expect("found");
    assert_eq!(keys(&found), ["c d.png"]);
}

#[test]
fn one_file_named_twice_is_one_original() {
    let folder = folder(&["b.jpg", "c.jpg"]);
    let root = folder.path().to_owned();
    let file = root.join("b.jpg");
    let found = search(&[root, file.clone(), file], Path::new("made")).expect("found");
    assert_eq!(keys(&found), ["b.jpg", "c.jpg"]);
}

#[test]
fn outputs_that_would_meet_are_wrong_use() {
    let folder = folder(&["a/x.jpg", "b/x.jpg", "c/x.jpg/small.jpg"]);
    let at = |path: &str| folder.path().join(path);
    let out = Path::new("made");
    is_wrong_use(search(&[at("a"), at("b")], out), "one folder");
    is_wrong_use(search(&[at("a"), at("c")], out), "one folder");
    is_wrong_use(search(&[at("a")], &at("a")), "another folder");
    is_wrong_use(search(&[at("a")], &at("b/../a")), "another folder");
    is_wrong_use(search(&[at("a/x.jpg")], &at("a")), "another folder");
    is_wrong_use(search(&[at("none.jpg")], out), "no such file");
    assert!(
        search(&[at("a")], &at("")).is_ok(),
        "--out may hold the originals' folder"
    );
}

#[test]
fn outputs_that_would_be_originals_are_wrong_use() {
    let folder = folder(&["in/in/x.jpg"]);
    let root = folder.path().join("in");
    is_wrong_use(search(&[root], folder.path()), "among the originals");
}

#[test]
fn files_beside_pictures_are_ignored_unless_they_are_named() {
    let folder = folder(&["b.jpg", "._b.jpg", ".DS_Store", "__MACOSX/b.jpg", "b.xmp"]);
    let root = folder.path().to_owned();
    let found = search(std::slice::from_ref(&root), Path::new("made")).expect("found");
    assert_eq!(keys(&found), ["b.jpg"]);
    assert_eq!(found.ignored.len(), 4);
    let found = search(&[root.join("b.xmp")], Path::new("made")).expect("found");
    assert_eq!(keys(&found), ["b.xmp"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = folder(&["elsewhere/b.jpg", "in/a.jpg", "made/a.jpg/large.jpg"]);
    let root = folder.path().join("in");
    for (to, name) in [
        ("../elsewhere", "album"),
        ("../elsewhere/b.jpg", "link.jpg"),
        (".", "loop"),
        ("gone", "dangling.jpg"),
        ("../made", "outputs"),
        ("../made/a.jpg/large.jpg", "output.jpg"),
    ] {
        symlink(to, root.join(name)).expect("linked");
    }
    let found = search(&[root], &folder.path().join("made")).expect("found");
    assert_eq!(keys(&found), ["a.jpg", "album/b.jpg", "link.jpg"]);
    assert!(
        found.ignored[0].name.ends_with("loop"),
        "{:?}",
        found.ignored
    );
    assert_eq!(found.failed.len(), 1);
    assert!(
        found.failed[0].reason.contains("points to nothing"),
        "{:?}",
        found.failed
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_fails_alone() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&["ok.png"]);
    let odd = folder.path().join(OsStr::from_bytes(b"b\xe9d.png"));
    std::fs::write(odd, "x").expect("written");
    let found = search(&[folder.path().to_owned()], Path::new("made")).expect("found");
    assert_eq!(keys(&found), ["ok.png"]);
    assert!(
        found.failed[0].reason.contains("UTF-8"),
        "{:?}",
        found.failed
    );
}

#[test]
fn a_pipe_is_kept_for_as_long_as_it_is_rendered() {
    let mut found = Found::default();
    spool(&b"0123456789"[..], "stdin", 4, &mut found).expect("kept");
    let file = found.originals[0].root.join("stdin");
    assert_eq!(
        std::fs::read(&file).expect("there"),
        b"01234",
        "one byte more than is allowed"
    );
    drop(found);
    assert!(!file.exists());
}
