//! JPEG by libjpeg-turbo, from planes: no colour conversion, no subsampling.

use std::ffi::{CStr, c_int};

use turbojpeg_sys as tj;

use crate::{
    Error,
    planes::{Layout, Picture},
};

/// A baseline JPEG of a grey or Y'CbCr picture.
pub(super) fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    let subsampling = match picture.layout {
        Layout::Grey => tj::TJSAMP_TJSAMP_GRAY,
        Layout::YccQuarter => tj::TJSAMP_TJSAMP_420,
        _ => tj::TJSAMP_TJSAMP_444,
    };
    compress(picture, c_int::from(quality), subsampling)
        .map_err(|reason| Error::Encode(format!("jpeg of {}: {reason}", picture.size)))
}

fn compress(picture: &Picture, quality: c_int, subsampling: tj::TJSAMP) -> Result<Vec<u8>, String> {
    let compressor = Compressor::new()?;
    compressor.set(tj::TJPARAM_TJPARAM_QUALITY, quality)?;
    compressor.set(tj::TJPARAM_TJPARAM_SUBSAMP, integer(subsampling)?)?;
    compressor.set(tj::TJPARAM_TJPARAM_NOREALLOC, 1)?;
    compressor.compress(picture, subsampling)
}

fn integer(value: impl TryInto<c_int>) -> Result<c_int, String> {
    value
        .try_into()
        .map_err(|_| "a side is over 2^31".to_owned())
}

/// A `TurboJPEG` handle. `TurboJPEG` catches libjpeg's jumps itself; every failure is a return value.
struct Compressor(tj::tjhandle);

#[allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]
impl Compressor {
    fn new() -> Result<Self, String> {
        // SAFETY: takes no pointers; null is the only failure.
        let handle = unsafe { tj::tj3Init(integer(tj::TJINIT_TJINIT_COMPRESS)?) };
        if handle.is_null() {
            Err("no memory for an encoder".to_owned())
        } else {
            Ok(Self(handle))
        }
    }

    fn set(&self, parameter: tj::TJPARAM, value: c_int) -> Result<(), String> {
        // SAFETY: the handle is alive; parameter and value are plain integers, which TurboJPEG checks.
        let status = unsafe { tj::tj3Set(self.0, integer(parameter)?, value) };
        if status == 0 {
            Ok(())
        } else {
            Err(self.message())
        }
    }

    fn compress(&self, picture: &Picture, subsampling: tj::TJSAMP) -> Result<Vec<u8>, String> {
        let (width, height) = (integer(picture.size.width)?, integer(picture.size.height)?);
        // SAFETY: takes no pointers.
        let most = unsafe { tj::tj3JPEGBufSize(width, height, integer(subsampling)?) };
        let mut bytes: Vec<u8> =
            Vec::with_capacity(usize::try_from(most).map_err(|error| error.to_string())?);
        let planes: Vec<*const u8> = picture
            .planes
            .iter()
            .map(|plane| plane.data.as_ptr())
            .collect();
        let strides = picture
            .planes
            .iter()
            .map(|plane| integer(plane.width))
            .collect::<Result<Vec<_>, _>>()?;
        let (mut buffer, mut length) = (bytes.as_mut_ptr(), most);
        // SAFETY: `planes` and `strides` have one entry for each plane of the subsampling, and the planes of a
        // `Picture` have the sizes TurboJPEG derives from it (sides divided and rounded up). With NOREALLOC the output
        // goes into `buffer`, whose capacity is what TurboJPEG says is enough for any content.
        let status = unsafe {
            tj::tj3CompressFromYUVPlanes8(
                self.0,
                planes.as_ptr(),
                width,
                strides.as_ptr(),
                height,
                &raw mut buffer,
                &raw mut length,
            )
        };
        if status != 0 {
            return Err(self.message());
        }
        let length = usize::try_from(length).map_err(|error| error.to_string())?;
        // SAFETY: TurboJPEG wrote `length` bytes, at most the capacity, from the start of the vector.
        unsafe { bytes.set_len(length) };
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    fn message(&self) -> String {
        // SAFETY: the handle is alive; the text is a zero-terminated buffer inside it.
        unsafe { CStr::from_ptr(tj::tj3GetErrorStr(self.0)) }
            .to_string_lossy()
            .into_owned()
    }
}

#[allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]
impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: from `tj3Init`, destroyed once.
        unsafe { tj::tj3Destroy(self.0) }
    }
}
