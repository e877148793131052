//! The rules of ARCHITECTURE.md that no compiler checks, such as which crate may use which.

mod circles;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The packages of the workspace, each with the workspace packages that it may use.
const USES: [(&str, &[&str]); 14] = [
    ("darkroom-heap", &[]),
    ("darkroom-imaging", &[]),
    ("darkroom-pipeline", &["darkroom-imaging"]),
    ("darkroom-aws", &["darkroom-pipeline", "darkroom-imaging"]),
    ("darkroom-logs", &["darkroom-aws", "darkroom-pipeline"]),
    (
        "darkroom-render",
        &[
            "darkroom-aws",
            "darkroom-heap",
            "darkroom-pipeline",
            "darkroom-imaging",
        ],
    ),
    ("darkroom-push", &["darkroom-aws", "darkroom-pipeline"]),
    ("darkroom-digest", &["darkroom-aws", "darkroom-pipeline"]),
    (
        "darkroom-sweep",
        &["darkroom-aws", "darkroom-pipeline", "darkroom-imaging"],
    ),
    (
        "darkroom",
        &[
            "darkroom-aws",
            "darkroom-logs",
            "darkroom-heap",
            "darkroom-pipeline",
            "darkroom-imaging",
        ],
    ),
    ("darkroom-lab", &["xtask"]),
    (
        "darkroom-lab-engine",
        &["darkroom-heap", "darkroom-imaging"],
    ),
    ("darkroom-tests", &[]),
    ("xtask", &[]),
];

/// Names that must not occur in imaging, which turns bytes into bytes.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::time",
    "std::net",
    "std::process",
    "tokio",
    "tracing",
    "async fn",
    "println!",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is in the repository")
}

/// The workspace's packages, as Cargo describes them.
fn metadata() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    let mut metadata: Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("cargo metadata has no packages: {other}"),
    }
}

/// The workspace's packages with the names of what they depend on, tests' and builds' dependencies left out.
fn packages() -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let packages = metadata();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter();
            let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
            (
                text(&package["name"]),
                normal.map(|dependency| text(&dependency["name"])).collect(),
            )
        })
        .collect()
}

/// Rust files under `folder` with their code: comments left out, and the tests at a file's end.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let lines = code
                    .lines()
                    .map(|line| line.split("//").next().unwrap_or_default());
                files.push((path, lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(!files.is_empty(), "no sources in {folder}");
    files
}

/// Says which files of `folder` name one of `words`, those `except`ed and tests of their own left out.
fn naming(folder: &str, words: &[&str], except: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, code) in sources(folder) {
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        if is_test || except.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        found.extend(
            words
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{}: {word}", path.display())),
        );
    }
    found
}

#[test]
fn packages_use_only_what_is_below_them() {
    for (package, dependencies) in packages() {
        let Some((_, allowed)) = USES.iter().find(|(name, _)| *name == package) else {
            panic!("{package}: say in xtask/tests/house.rs which packages it may use")
        };
        let ours = dependencies
            .iter()
            .filter(|name| USES.iter().any(|(package, _)| package == name));
        for dependency in ours {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{package} may not use {dependency}"
            );
        }
    }
}

#[test]
fn only_aws_and_the_system_tests_talk_to_aws() {
    for (package, dependencies) in packages() {
        let talks = dependencies
            .iter()
            .find(|name| name.starts_with("aws-sdk-") || *name == "aws-config");
        if !["darkroom-aws", "darkroom-logs", "darkroom-tests"].contains(&package.as_str()) {
            assert_eq!(talks, None, "{package} talks to AWS itself");
        }
    }
}

#[test]
fn imaging_is_pure() {
    let unwanted = ["tokio", "tracing", "lambda_runtime", "reqwest"];
    let (_, dependencies) = packages()
        .into_iter()
        .find(|(name, _)| name == "darkroom-imaging")
        .expect("imaging");
    assert!(
        !dependencies
            .iter()
            .any(|name| unwanted.contains(&name.as_str())),
        "{dependencies:?}"
    );
    assert_eq!(naming("lib/imaging/src", &IMPURE, &[]), [""; 0]);
}

#[test]
fn only_threads_names_rayon() {
    for folder in ["lib", "functions", "cli/src"] {
        assert_eq!(
            naming(folder, &["rayon"], &["lib/imaging/src/threads.rs"]),
            [""; 0]
        );
    }
}

#[test]
fn only_mains_read_environment_variables() {
    // a build script is a main too: Cargo tells it everything by variables
    for folder in ["lib", "functions", "cli/src", "xtask/src", "lab"] {
        assert_eq!(
            naming(folder, &["env::var"], &["main.rs", "build.rs"]),
            [""; 0]
        );
    }
}

#[test]
fn only_key_forms_object_paths() {
    for folder in ["lib", "functions", "cli/src"] {
        assert_eq!(
            naming(
                folder,
                &["\"guest/", "manifest.json\""],
                &["lib/pipeline/src/key.rs"]
            ),
            [""; 0]
        );
    }
}

/// The folders of the workspace's packages.
fn folders() -> Vec<PathBuf> {
    let packages = metadata();
    let folder = |package: &Value| {
        let manifest = package["manifest_path"].as_str().expect("a path");
        Path::new(manifest).with_file_name("src")
    };
    packages.iter().map(folder).collect()
}

#[test]
fn modules_form_no_circle() {
    let mut found = Vec::new();
    for folder in folders() {
        let mut modules: BTreeMap<Vec<String>, String> = BTreeMap::new();
        for (path, code) in sources(&folder.display().to_string()) {
            let file = path.strip_prefix(&folder).expect("a file of the folder");
            let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
            modules
                .entry(circles::module(&parts))
                .or_default()
                .push_str(&code);
        }
        let of = |circle| format!("{}: {circle}", folder.display());
        found.extend(circles::circles(&modules).into_iter().map(of));
    }
    assert_eq!(found, [""; 0]);
}
