//! Finds or installs the programs that the tasks run. Python packages go into `target/tools`, pinned by hash. System packages
//! are only looked up, or installed if that needs no password.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{fingerprint, run};

/// The oldest Python that the local AWS runs on.
const PYTHON: (u32, u32) = (3, 10);
/// The oldest Node that the page's build runs on.
const NODE: (u32, u32) = (20, 19);

/// Where the pinned Python programs are.
pub struct Tools {
    /// The local AWS.
    pub ministack: PathBuf,
    /// AWS SAM's command line.
    pub sam: PathBuf,
    /// AWS's command line.
    pub aws: PathBuf,
    /// The checker of CloudFormation templates.
    pub cfn_lint: PathBuf,
    /// Python with SAM's translator.
    pub python: PathBuf,
}

/// Fails where Python or Node is missing or too old.
pub fn languages() -> Result<()> {
    python()?;
    node_is_new_enough()
}

/// Installs the Python programs, unless they are there as their lock files say.
pub fn python_programs() -> Result<Tools> {
    let ministack = venv("ministack")?;
    let sam = venv("sam")?;
    Ok(Tools {
        ministack: ministack.join("ministack"),
        sam: sam.join("sam"),
        aws: sam.join("aws"),
        cfn_lint: sam.join("cfn-lint"),
        python: sam.join("python"),
    })
}

/// Installs the checker of the template's security, and returns its program.
pub fn checkov() -> Result<PathBuf> {
    Ok(venv("checkov")?.join("checkov"))
}

/// Installs what compiles the functions for AWS, cargo-lambda and zig, and returns the folder that both are in.
pub fn cross_compilers() -> Result<PathBuf> {
    venv("lambda")
}

/// What the benchmark's peers run on.
pub struct Peers {
    /// Python with pyvips and Pillow.
    pub python: PathBuf,
    /// The scripts of those that run on node, beside their packages.
    pub node: PathBuf,
}

/// Python with Pillow and its littleCMS.
pub fn peers_python() -> Result<PathBuf> {
    Ok(venv("peers")?.join("python"))
}

/// Installs the benchmark's peers, unless they are there as their lock files say.
pub fn peers() -> Result<Peers> {
    let scripts = ["package.json", "package-lock.json", "sharp.cjs", "cold.cjs"];
    Ok(Peers {
        python: peers_python()?,
        node: node_program("lab/peers", &scripts)?,
    })
}

/// Installs the page's packages, unless they are there as package-lock.json says.
pub fn node_packages() -> Result<()> {
    packages_in("frontend", "the page's packages")
}

/// Installs the policy evaluator and returns the folder of its tests.
pub fn policy_tests() -> Result<PathBuf> {
    packages_in("tests/policies", "the policy evaluator")?;
    Ok(run::root().join("tests/policies"))
}

/// `npm ci` in a folder of the repository, unless its packages are there as its package-lock.json says.
fn packages_in(folder: &str, what: &str) -> Result<()> {
    node_is_new_enough()?;
    let log = log(&format!("npm-ci-{}", folder.replace('/', "-")));
    let folder = run::root().join(folder);
    let made_from = fingerprint::of(&[&folder.join("package-lock.json")])?;
    let mark = folder.join("node_modules/.darkroom");
    fingerprint::unless_done(&mark, &made_from, || {
        run::step(&format!("installing {what}"), || {
            run::logged(Command::new("npm").arg("ci").current_dir(&folder), &log)
        })
    })?;
    Ok(())
}

/// Copies files of a folder of the repository into one of `target/tools` and installs what its package-lock.json says there.
pub fn node_program(source: &str, files: &[&str]) -> Result<PathBuf> {
    node_is_new_enough()?;
    let name = source.replace('/', "-");
    let source = run::root().join(source);
    let folder = run::root().join("target/tools").join(&name);
    fs::create_dir_all(&folder)?;
    for file in files {
        fs::copy(source.join(file), folder.join(file))
            .with_context(|| format!("failed to copy {}", source.join(file).display()))?;
    }
    let made_from = fingerprint::of(&[&folder.join("package-lock.json")])?;
    fingerprint::unless_done(&folder.join("installed"), &made_from, || {
        run::step(
            &format!("installing {name} into {}", folder.display()),
            || {
                run::logged(
                    Command::new("npm").arg("ci").current_dir(&folder),
                    &log(&format!("npm-{name}")),
                )
            },
        )
    })?;
    Ok(folder)
}

fn node_is_new_enough() -> Result<()> {
    if version(Command::new("node").arg("--version")).is_none_or(|version| version < NODE) {
        let (major, minor) = NODE;
        bail!(
            "Node.js {major}.{minor} or newer is needed (check `node --version`): install it from nodejs.org or your system's packages"
        );
    }
    Ok(())
}

/// A browser that is installed, or that apt-get may install; none when the browser tests' own download was taken instead.
pub fn browser() -> Result<Option<PathBuf>> {
    let names = [
        "google-chrome",
        "chromium",
        "chromium-browser",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    let installed = || names.into_iter().find_map(path_of);
    if installed().is_none() && apt_may_install() {
        system_package("chromium")?;
    }
    if let Some(browser) = installed() {
        return Ok(Some(browser));
    }
    let advice =
        "the browser tests need Chrome or Chromium and the download failed: install one of them";
    run::step("downloading Chromium for the page's tests", || {
        let mut download = Command::new("npx");
        download
            .args(["playwright-core", "install", "chromium"])
            .current_dir(run::root().join("frontend"));
        run::logged(&mut download, &log("browser")).context(advice)
    })?;
    Ok(None)
}

/// Where Debian has the libraries that programs for arm64 are linked to.
pub const ARM64_LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// qemu, which runs programs for arm64 here; none when it or their C library is missing and apt-get may not install it.
pub fn emulator() -> Result<Option<PathBuf>> {
    let qemu = || {
        ["qemu-aarch64", "qemu-aarch64-static"]
            .into_iter()
            .find_map(path_of)
    };
    let library = Path::new(ARM64_LIBRARIES).join("lib/libc.so.6");
    for (package, here) in [
        ("qemu-user", qemu().is_some()),
        ("libc6-arm64-cross", library.exists()),
    ] {
        if !here && apt_may_install() {
            system_package(package)?;
        }
    }
    Ok(qemu().filter(|_| library.exists()))
}

/// Cargo, with all that the C codecs need to be compiled.
pub fn cargo() -> Result<Command> {
    compiling("cargo")
}

/// A program that runs Cargo, with all that the C codecs need to be compiled.
pub fn compiling(program: &str) -> Result<Command> {
    if !found("cc") {
        bail!(
            "the codecs need a C compiler (`cc`): apt-get install build-essential, or xcode-select --install"
        );
    }
    if cfg!(target_arch = "x86_64") && !found("nasm") {
        if !apt_may_install() {
            bail!("the codecs need nasm: apt-get install nasm, or brew install nasm");
        }
        system_package("nasm")?;
    }
    let mut command = Command::new(program);
    command.current_dir(run::root());
    if !found("cmake") {
        command.env("CMAKE", venv("cmake")?.join("cmake"));
    }
    Ok(command)
}

/// A folder of programs installed from `xtask/python/{name}.lock`.
fn venv(name: &str) -> Result<PathBuf> {
    let lock = run::root().join(format!("xtask/python/{name}.lock"));
    let folder = run::root().join("target/tools").join(name);
    let bin = folder.join("bin");
    fs::create_dir_all(&folder)?;
    let made_from = fingerprint::of(&[&lock])?;
    fingerprint::unless_done(&folder.join("installed"), &made_from, || {
        let what = format!(
            "installing {name} into {} (once, about half a minute)",
            folder.display()
        );
        run::step(&what, || {
            let python = python()?;
            run::logged(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder), &log("venv")).context(
                "failed to make a Python environment: on Debian and Ubuntu, apt-get install python3-venv",
            )?;
            let mut pip = Command::new(bin.join("pip"));
            // Every package is in the lock file with its hashes, so there is nothing left for pip to decide.
            pip.args([
                "install",
                "--disable-pip-version-check",
                "--no-compile",
                "--no-deps",
                "--require-hashes",
                "-r",
            ]);
            pip.arg(&lock);
            run::logged(&mut pip, &log(&format!("pip-{name}")))
        })
    })?;
    Ok(bin)
}

fn python() -> Result<&'static str> {
    let names = [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
        "python",
    ];
    let good = |name: &&str| {
        version(Command::new(name).arg("--version")).is_some_and(|version| version >= PYTHON)
    };
    let (major, minor) = PYTHON;
    names.into_iter().find(good).with_context(|| {
        format!("the local AWS needs Python {major}.{minor} or newer (check `python3 --version`): apt-get install python3 python3-venv, or brew install python")
    })
}

/// The first two numbers of what `PROGRAM --version` says, `Python 3.11.7` or `v20.20.2`; none when there is no such program.
fn version(command: &mut Command) -> Option<(u32, u32)> {
    numbers(&run::output(command).ok()?)
}

fn numbers(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut parts = text[start..]
        .split(|c: char| !c.is_ascii_digit())
        .map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Whether a program is installed.
#[must_use]
pub fn found(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// Where a program is, by its name on the PATH or by its path.
fn path_of(program: &str) -> Option<PathBuf> {
    let mut ask = Command::new("sh");
    let path = run::output(ask.args(["-c", "command -v \"$0\"", program])).ok()?;
    Some(PathBuf::from(path.trim()))
}

/// Whether a package of the system can be installed here without a password.
fn apt_may_install() -> bool {
    nix::unistd::geteuid().is_root() && found("apt-get")
}

fn system_package(package: &str) -> Result<()> {
    run::step(&format!("installing {package} with apt-get"), || {
        run::logged(Command::new("apt-get").arg("update"), &log("apt-update"))?;
        let mut install = Command::new("apt-get");
        install
            .args(["install", "--yes", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive");
        run::logged(&mut install, &log("apt-install"))
    })
}

fn log(name: &str) -> PathBuf {
    run::root()
        .join(Path::new("target/tools/log"))
        .join(name)
        .with_extension("log")
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(numbers("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(numbers("v20.20.2\n"), Some((20, 20)));
        assert_eq!(numbers("no such thing"), None);
    }
}
