# What CMake is told when it builds C codecs for aarch64, besides what cargo-lambda says of its compiler.
if(DEFINED ENV{CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu})
  include("$ENV{CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu}")
endif()
# libaom-sys says "aarch64", which libaom does not know, and so leaves out all of its NEON.
set(AOM_TARGET_CPU arm64)
# What the compiler can do is asked without linking: zig would build its C++ library for every processor that libaom asks about.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
include("${CMAKE_CURRENT_LIST_DIR}/codecs.cmake")
