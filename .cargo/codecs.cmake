# What CMake is told of the C codecs on every machine.
# Variants have 8 bits a sample, so libaom is built without its code for more: two fifths of its compile time.
set(CONFIG_AV1_HIGHBITDEPTH 0 CACHE STRING "see .cargo/codecs.cmake")
# Film grain is never estimated, frames are never denoised, and nothing is scaled by libyuv.
set(CONFIG_DENOISE 0 CACHE STRING "see .cargo/codecs.cmake")
set(CONFIG_LIBYUV 0 CACHE STRING "see .cargo/codecs.cmake")
set(CONFIG_WEBM_IO 0 CACHE STRING "see .cargo/codecs.cmake")
# Cargo's `dev` profile becomes CMake's Debug, which would neither optimise nor finish compiling soon. Pictures need the first.
set(CMAKE_C_FLAGS_DEBUG "-O1" CACHE STRING "see .cargo/codecs.cmake")
set(CMAKE_CXX_FLAGS_DEBUG "-O1" CACHE STRING "see .cargo/codecs.cmake")
