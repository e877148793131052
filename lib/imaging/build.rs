//! Compiles the C between us and libjpeg-turbo's decoder, against the headers of the copy that `turbojpeg-sys` builds.

fn main() {
    println!("cargo::rerun-if-changed=c");
    if std::env::var_os("CARGO_FEATURE_SAFE_DECODE").is_some() {
        return;
    }
    let mut build = cc::Build::new();
    if let Some(include) = std::env::var_os("DEP_TURBOJPEG_INCLUDE") {
        build.include(include);
    }
    build
        .file("c/jpeg_read.c")
        .file("c/jpeg_transcode.c")
        .warnings(true)
        .extra_warnings(true)
        .std("c11")
        .compile("darkroom_jpeg");
}
