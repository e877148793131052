//! JPEG by libjpeg-turbo, from planes: no colour conversion, no subsampling.

use crate::{Error, picture::planes::Plane};

/// A baseline JPEG of one plane of grey, or of Y', Cb and Cr, the last two `halved` in width and height (rounded up) or not.
pub(super) fn encode(planes: &[&Plane], halved: bool, quality: u8) -> Result<Vec<u8>, Error> {
    let (width, height) = (planes[0].width, planes[0].height);
    ffi::write(planes, halved, quality)
        .map_err(|reason| Error::Encode(format!("jpeg of {width} x {height}: {reason}")))
}

/// `c/jpeg_write.h`, safe to call: the only place that names its functions.
#[allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]
mod ffi {
    use std::ffi::{CStr, c_char, c_int};

    use crate::picture::planes::Plane;

    /// Room for libjpeg's words (`JMSG_LENGTH_MAX`).
    const MESSAGE: usize = 200;

    /// `dr_jpeg_plane`.
    #[repr(C)]
    struct View {
        samples: *const u8,
        width: u32,
        height: u32,
    }

    unsafe extern "C" {
        fn dr_jpeg_write(
            planes: *const View,
            count: c_int,
            halved: c_int,
            quality: c_int,
            optimise: c_int,
            bytes: *mut *mut u8,
            length: *mut usize,
            message: *mut c_char,
            room: usize,
        ) -> c_int;
        fn dr_jpeg_free(bytes: *mut u8);
    }

    /// One plane is grey; three are Y'CbCr, the last two with half the sides (rounded up) if `halved`.
    pub(super) fn write(planes: &[&Plane], halved: bool, quality: u8) -> Result<Vec<u8>, String> {
        let view = |plane: &&Plane| {
            Some(View {
                samples: plane.data.as_ptr(),
                width: u32::try_from(plane.width).ok()?,
                height: u32::try_from(plane.height).ok()?,
            })
        };
        let views: Vec<View> = planes.iter().filter_map(view).collect();
        let count = match views.len() {
            1 => 1,
            3 => 3,
            other => return Err(format!("{other} planes")),
        };
        let (mut bytes, mut length) = (std::ptr::null_mut(), 0);
        let mut message: [c_char; MESSAGE] = [0; MESSAGE];
        // SAFETY: each view is of a `Plane`, which has `height` rows of `width` bytes and is at least 1 x 1; `planes`
        // outlives the call. C reads nothing else, and writes at most MESSAGE bytes with a zero at their end.
        let status = unsafe {
            dr_jpeg_write(
                views.as_ptr(),
                count,
                c_int::from(halved),
                c_int::from(quality),
                1, // tables of its own: 1 to 4 % fewer bytes, far fewer for a picture with little detail
                &raw mut bytes,
                &raw mut length,
                message.as_mut_ptr(),
                MESSAGE,
            )
        };
        if status != 0 {
            // SAFETY: C ended the message with a zero.
            let reason = unsafe { CStr::from_ptr(message.as_ptr()) };
            return Err(reason.to_string_lossy().into_owned());
        }
        // SAFETY: on success there are `length` bytes at `bytes`, which are ours until they are freed, once, below.
        let file = unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec();
        // SAFETY: from `dr_jpeg_write`, not used again.
        unsafe { dr_jpeg_free(bytes) };
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::encode;
    use crate::picture::planes::Plane;

    /// With the tables of the standard each of the 1024 empty blocks takes 6 bits: 768 bytes in all. With tables of its own it
    /// takes 2 bits.
    #[test]
    fn the_tables_fit_the_picture() {
        let plane = Plane {
            width: 256,
            height: 256,
            data: vec![128; 256 * 256],
        };
        let file = encode(&[&plane], false, 80).unwrap_or_default();
        assert!((200..600).contains(&file.len()), "{} bytes", file.len());
    }
}
