//! Compiles the C that streams rows out of libjpeg-turbo, against the headers of the copy that `turbojpeg-sys` builds.

fn main() {
    println!("cargo::rerun-if-changed=c/jpeg_rows.c");
    println!("cargo::rerun-if-changed=c/jpeg_rows.h");
    let mut build = cc::Build::new();
    if let Some(include) = std::env::var_os("DEP_TURBOJPEG_INCLUDE") {
        build.include(include);
    }
    build
        .file("c/jpeg_rows.c")
        .warnings(true)
        .extra_warnings(true)
        .std("c11")
        .compile("darkroom_jpeg_rows");
}
