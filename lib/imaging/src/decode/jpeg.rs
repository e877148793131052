//! JPEG by libjpeg-turbo, a few rows at a time.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::Error;

const MAX_PLANES: usize = 4;
const MAX_ROWS: usize = 32;
/// More scans than any encoder makes; each costs a pass over all coefficients, so a small file of thousands would take minutes.
const MAX_SCANS: c_uint = 100;
/// A picture that lacks at most this many rows, or this part of its rows, is shown with a note; otherwise it is refused.
const TOLERATED_ROWS: u32 = 8;
const TOLERATED_PART: u32 = 100;

/// What the rows are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The stored planes: grey, or Y'CbCr with the stored subsampling.
    Planes,
    /// R, G, B in turn.
    Rgb,
    /// C, M, Y, K in turn, as stored: Adobe's are inverted.
    Cmyk,
}

/// Where the samples of a plane lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlaneLayout {
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples for one column of the original.
    pub per_x: f64,
    /// Rows for one row of the original.
    pub per_y: f64,
}

/// The next rows of each plane, some groups of them.
pub(crate) struct Strip {
    /// A buffer for each row; all of a plane are of one length.
    planes: Vec<Vec<Vec<u8>>>,
    /// Groups there is room for.
    groups: usize,
    /// Groups that have been written.
    filled: usize,
}

impl Strip {
    /// What has been written of each plane; past the picture's end there may be rows that mean nothing.
    pub(crate) fn rows(&mut self) -> impl Iterator<Item = &mut [Vec<u8>]> {
        let (groups, filled) = (self.groups, self.filled);
        self.planes.iter_mut().map(move |rows| {
            let written = rows.len() / groups * filled;
            &mut rows[..written]
        })
    }
}

/// A JPEG being decoded.
pub(crate) struct Decoder<'a> {
    handle: NonNull<ffi::Jpeg>,
    layout: ffi::Layout,
    bytes: PhantomData<&'a [u8]>,
}

#[allow(unsafe_code, reason = "the handle is C's")]
// SAFETY: the handle is this value's own, and libjpeg-turbo keeps nothing that belongs to a thread.
unsafe impl Send for Decoder<'_> {}

impl<'a> Decoder<'a> {
    /// Reads the header. `denominator` (1, 2, 4 or 8) divides both sides.
    pub(crate) fn open(bytes: &'a [u8], denominator: u8, kind: Rows) -> Result<Self, Error> {
        let handle = ffi::open(bytes)
            .ok_or_else(|| Error::Corrupt("no memory for a JPEG decoder".to_owned()))?;
        let mut decoder = Self {
            handle,
            layout: ffi::Layout::default(),
            bytes: PhantomData,
        };
        let kind = match kind {
            Rows::Planes => 0,
            Rows::Rgb => 1,
            Rows::Cmyk => 2,
        };
        if ffi::start(handle, denominator, kind, &mut decoder.layout) {
            Ok(decoder)
        } else {
            Err(decoder.failure())
        }
    }

    /// Takes in the scans of a file that has several, some rows each call: `true` once all are in.
    pub(crate) fn absorb(&mut self) -> Result<bool, Error> {
        match ffi::absorb(self.handle, MAX_SCANS) {
            ffi::MORE => Ok(false),
            ffi::DONE => Ok(true),
            _ => Err(self.failure()),
        }
    }

    /// Begins to give rows; after [`Self::absorb`] has said `true`.
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        if ffi::begin(self.handle) {
            Ok(())
        } else {
            Err(self.failure())
        }
    }

    /// Where the samples of the planes that are read lie. Pixels of interleaved samples count as one plane.
    pub(crate) fn planes(&self) -> impl Iterator<Item = PlaneLayout> + '_ {
        self.layout.used().iter().map(|plane| PlaneLayout {
            width: plane.width as usize,
            height: plane.height as usize,
            per_x: f64::from(plane.per_x) / f64::from(self.layout.unit_x),
            per_y: f64::from(plane.per_y) / f64::from(self.layout.unit_y),
        })
    }

    /// Bytes a row of plane `index` takes while it is written, and how many rows one group has.
    pub(crate) fn group(&self, index: usize) -> (usize, usize) {
        let plane = &self.layout.used()[index];
        (plane.stride as usize, plane.rows as usize)
    }

    /// Room for so many groups of rows.
    pub(crate) fn strip(&self, groups: usize) -> Strip {
        let plane = |plane: &ffi::Plane| {
            let stride = plane.stride.max(plane.width) as usize;
            vec![vec![0; stride]; plane.rows as usize * groups]
        };
        Strip {
            planes: self.layout.used().iter().map(plane).collect(),
            groups,
            filled: 0,
        }
    }

    /// Writes the next rows, as many as there are at most: `false` once there are no more.
    pub(crate) fn fill(&mut self, strip: &mut Strip) -> Result<bool, Error> {
        strip.filled = 0;
        for _ in 0..strip.groups {
            if !self.read(strip)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the rows of one group behind those that are in the strip.
    fn read(&mut self, strip: &mut Strip) -> Result<bool, Error> {
        let mut rows = [[std::ptr::null_mut(); MAX_ROWS]; MAX_PLANES];
        let planes = strip.planes.iter_mut().zip(self.layout.used());
        for ((plane, layout), rows) in planes.zip(&mut rows) {
            let group = layout.rows as usize;
            let group = &mut plane[strip.filled * group..][..group];
            for (slot, row) in rows.iter_mut().zip(group) {
                assert!(row.len() >= layout.stride as usize, "room for whole blocks");
                *slot = row.as_mut_ptr();
            }
        }
        strip.filled += 1;
        match ffi::read(self.handle, &rows) {
            ffi::MORE => Ok(true),
            ffi::DONE => Ok(false),
            _ => Err(self.failure()),
        }
    }

    /// After the last row: refuses a picture with too much missing, and says how many rows are missing otherwise.
    pub(crate) fn missing_rows(&self, height: u32) -> Result<u32, Error> {
        let missing = height.saturating_sub(ffi::sound_rows(self.handle));
        if missing <= TOLERATED_ROWS.max(height / TOLERATED_PART).min(height / 2) {
            return Ok(missing);
        }
        let reason = format!(
            "{missing} of {height} rows are missing or damaged ({})",
            self.message()
        );
        Err(if ffi::ended(self.handle) {
            Error::Truncated(reason)
        } else {
            Error::Corrupt(reason)
        })
    }

    fn message(&self) -> String {
        ffi::message(self.handle)
    }

    fn failure(&self) -> Error {
        let message = self.message();
        if ffi::ended(self.handle) {
            Error::Truncated(message)
        } else {
            Error::Corrupt(message)
        }
    }
}

impl Drop for Decoder<'_> {
    fn drop(&mut self) {
        ffi::close(self.handle);
    }
}

/// `c/jpeg_read.h`, safe to call: the only place that names its functions.
#[allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]
mod ffi {
    use super::{CStr, MAX_PLANES, MAX_ROWS, NonNull, c_char, c_int, c_uint};

    pub(super) const MORE: c_int = 0;
    pub(super) const DONE: c_int = 1;

    /// `dr_jpeg`, opaque.
    pub(super) enum Jpeg {}

    /// `dr_plane`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    pub(super) struct Plane {
        pub(super) width: u32,
        pub(super) height: u32,
        pub(super) stride: u32,
        pub(super) rows: u32,
        pub(super) per_x: u32,
        pub(super) per_y: u32,
    }

    /// `dr_layout`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    pub(super) struct Layout {
        planes: u32,
        pub(super) unit_x: u32,
        pub(super) unit_y: u32,
        plane: [Plane; MAX_PLANES],
    }

    impl Layout {
        pub(super) fn used(&self) -> &[Plane] {
            &self.plane[..self.planes as usize]
        }
    }

    unsafe extern "C" {
        fn dr_jpeg_open(bytes: *const u8, length: usize) -> *mut Jpeg;
        fn dr_jpeg_close(jpeg: *mut Jpeg);
        fn dr_jpeg_start(
            jpeg: *mut Jpeg,
            denominator: c_uint,
            kind: c_int,
            several: c_int,
            layout: *mut Layout,
        ) -> c_int;
        fn dr_jpeg_absorb(jpeg: *mut Jpeg, max_scans: c_uint) -> c_int;
        fn dr_jpeg_begin(jpeg: *mut Jpeg) -> c_int;
        fn dr_jpeg_read(jpeg: *mut Jpeg, rows: *const [*mut u8; MAX_ROWS]) -> c_int;
        fn dr_jpeg_sound_rows(jpeg: *const Jpeg) -> u32;
        fn dr_jpeg_ended(jpeg: *const Jpeg) -> c_int;
        fn dr_jpeg_message(jpeg: *const Jpeg) -> *const c_char;
    }

    pub(super) fn open(bytes: &[u8]) -> Option<NonNull<Jpeg>> {
        // SAFETY: the pointer is to `length` readable bytes; `Decoder` borrows them for as long as it lives.
        NonNull::new(unsafe { dr_jpeg_open(bytes.as_ptr(), bytes.len()) })
    }

    pub(super) fn close(jpeg: NonNull<Jpeg>) {
        // SAFETY: from `open`, and `Decoder` closes it once, in its drop.
        unsafe { dr_jpeg_close(jpeg.as_ptr()) }
    }

    pub(super) fn start(
        jpeg: NonNull<Jpeg>,
        denominator: u8,
        kind: c_int,
        layout: &mut Layout,
    ) -> bool {
        // SAFETY: `jpeg` is open; `layout` is a `dr_layout`, which C fills with at most MAX_PLANES planes.
        unsafe { dr_jpeg_start(jpeg.as_ptr(), c_uint::from(denominator), kind, 0, layout) == 0 }
    }

    pub(super) fn absorb(jpeg: NonNull<Jpeg>, max_scans: c_uint) -> c_int {
        // SAFETY: `jpeg` is open.
        unsafe { dr_jpeg_absorb(jpeg.as_ptr(), max_scans) }
    }

    pub(super) fn begin(jpeg: NonNull<Jpeg>) -> bool {
        // SAFETY: `jpeg` is open.
        unsafe { dr_jpeg_begin(jpeg.as_ptr()) == 0 }
    }

    pub(super) fn read(jpeg: NonNull<Jpeg>, rows: &[[*mut u8; MAX_ROWS]; MAX_PLANES]) -> c_int {
        // SAFETY: `jpeg` is open. `Decoder::read` gave a row for each of the `rows` of each plane of the layout,
        // with room for its `stride`; C writes no more than that, and not after the call.
        unsafe { dr_jpeg_read(jpeg.as_ptr(), rows.as_ptr()) }
    }

    pub(super) fn sound_rows(jpeg: NonNull<Jpeg>) -> u32 {
        // SAFETY: `jpeg` is open.
        unsafe { dr_jpeg_sound_rows(jpeg.as_ptr()) }
    }

    pub(super) fn ended(jpeg: NonNull<Jpeg>) -> bool {
        // SAFETY: `jpeg` is open.
        unsafe { dr_jpeg_ended(jpeg.as_ptr()) != 0 }
    }

    pub(super) fn message(jpeg: NonNull<Jpeg>) -> String {
        // SAFETY: `jpeg` is open; its message is a buffer that C always ends with a zero.
        unsafe { CStr::from_ptr(dr_jpeg_message(jpeg.as_ptr())) }
            .to_string_lossy()
            .into_owned()
    }
}
