//! Safe wrappers of `c/jpeg_read.h`: the only place that names its functions.
#![allow(
    unsafe_code,
    reason = "libjpeg-turbo is C; every call is argued where it is made"
)]

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::mem::{offset_of, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

use super::huffman::{MAX_BLOCKS, Scan, Table};
use super::{MAX_PLANES, MAX_ROWS};

pub(super) const MORE: c_int = 0;
pub(super) const DONE: c_int = 1;

/// `DR_SHORT`, `DR_BAD_CODE`, `DR_BROKEN`.
const SHORT: c_int = 1;
const BAD_CODE: c_int = 2;
const BROKEN: c_int = 4;

// `jpeg_read.h` asserts the same numbers.
const _: () = {
    assert!(size_of::<Plane>() == 24 && offset_of!(Plane, per_y) == 20);
    assert!(size_of::<Layout>() == 108 && offset_of!(Layout, plane) == 12);
    assert!(size_of::<Huffman>() == 273 && offset_of!(Huffman, symbols) == 17);
    assert!(size_of::<Sequential>() == 2204);
    assert!(offset_of!(Sequential, dc) == 18 && offset_of!(Sequential, ac) == 1110);
};

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
        layout: *mut Layout,
    ) -> c_int;
    fn dr_jpeg_absorb(jpeg: *mut Jpeg, max_scans: c_uint) -> c_int;
    fn dr_jpeg_begin(jpeg: *mut Jpeg) -> c_int;
    fn dr_jpeg_scan(jpeg: *const Jpeg, scan: *mut Sequential) -> c_int;
    fn dr_jpeg_decode_by(jpeg: *mut Jpeg, decode: DecodeMcu, scan: *mut c_void);
    fn dr_jpeg_read(jpeg: *mut Jpeg, rows: *const [*mut u8; MAX_ROWS]) -> c_int;
    fn dr_jpeg_lost_rows(jpeg: *const Jpeg) -> u32;
    fn dr_jpeg_coarse_rows(jpeg: *const Jpeg) -> u32;
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
    unsafe { dr_jpeg_start(jpeg.as_ptr(), c_uint::from(denominator), kind, layout) == 0 }
}

pub(super) fn absorb(jpeg: NonNull<Jpeg>, max_scans: c_uint) -> c_int {
    // SAFETY: `jpeg` is open.
    unsafe { dr_jpeg_absorb(jpeg.as_ptr(), max_scans) }
}

pub(super) fn begin(jpeg: NonNull<Jpeg>) -> bool {
    // SAFETY: `jpeg` is open.
    unsafe { dr_jpeg_begin(jpeg.as_ptr()) == 0 }
}

/// `dr_huffman`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
struct Huffman {
    /// Codes of each length; the first does not count.
    counts: [u8; 17],
    symbols: [u8; 256],
}

/// `dr_scan`.
#[repr(C)]
struct Sequential {
    components: u32,
    blocks: u32,
    component: [u8; MAX_BLOCKS],
    dc: [Huffman; MAX_PLANES],
    ac: [Huffman; MAX_PLANES],
}

/// `dr_decode_mcu`.
type DecodeMcu = unsafe extern "C" fn(
    scan: *mut c_void,
    restart: c_int,
    bytes: *const u8,
    length: usize,
    blocks: *const *mut [i16; 64],
    used: *mut usize,
) -> c_int;

/// The tables for the only scan of a sequential file; `None` for any other file.
pub(super) fn scan(jpeg: NonNull<Jpeg>) -> Option<Box<Scan>> {
    let none = Huffman {
        counts: [0; 17],
        symbols: [0; 256],
    };
    let mut found = Sequential {
        components: 0,
        blocks: 0,
        component: [0; MAX_BLOCKS],
        dc: [none; MAX_PLANES],
        ac: [none; MAX_PLANES],
    };
    // SAFETY: `jpeg` is open; `found` is a `dr_scan`.
    if unsafe { dr_jpeg_scan(jpeg.as_ptr(), &raw mut found) } != 0 {
        return None;
    }
    let table = |found: &Huffman| Table::new(found.counts.last_chunk()?, found.symbols);
    let code = |component: usize| (found.dc[component], found.ac[component]);
    let mut tables: Vec<Arc<(Table, Table)>> = Vec::with_capacity(found.components as usize);
    for i in 0..found.components as usize {
        let (dc, ac) = code(i);
        let own = || Some(Arc::new((table(&dc)?, table(&ac)?)));
        let alike = (0..i).find(|other| code(*other) == code(i));
        tables.push(alike.map_or_else(own, |other| Some(Arc::clone(&tables[other])))?);
    }
    Scan::new(tables, found.component.get(..found.blocks as usize)?).map(Box::new)
}

/// Makes `scan` decode all following MCUs.
pub(super) fn decode_by(jpeg: NonNull<Jpeg>, scan: &mut Scan) {
    // SAFETY: `jpeg` is open; `Decoder` keeps the scan, in its box, for longer than `jpeg`, and uses it nowhere else.
    unsafe { dr_jpeg_decode_by(jpeg.as_ptr(), decode_mcu, (&raw mut *scan).cast()) }
}

/// The callback of libjpeg-turbo for each MCU: see `dr_decode_mcu`.
unsafe extern "C" fn decode_mcu(
    scan: *mut c_void,
    restart: c_int,
    bytes: *const u8,
    length: usize,
    blocks: *const *mut [i16; 64],
    used: *mut usize,
) -> c_int {
    // SAFETY: `scan` comes from `decode_by`, and this call has exclusive use of it. There are `length` readable bytes.
    let (scan, bytes) = unsafe {
        (
            &mut *scan.cast::<Scan>(),
            std::slice::from_raw_parts(bytes, length),
        )
    };
    // A panic may not cross C. The scan is not used again: C gives up.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if restart != 0 {
            scan.restart();
        }
        // SAFETY: libjpeg-turbo gives a pointer for each of the MCU's blocks; they do not overlap.
        let blocks = (0..scan.blocks()).map(|block| unsafe { &mut **blocks.add(block) });
        scan.decode(bytes, blocks)
    }));
    let Ok(outcome) = outcome else {
        // SAFETY: it is for us to write.
        unsafe { *used = 0 };
        return BROKEN;
    };
    // SAFETY: it is for us to write.
    unsafe { *used = outcome.used };
    let short = c_int::from(outcome.short) * SHORT;
    short | (c_int::from(outcome.bad_code) * BAD_CODE)
}

pub(super) fn read(jpeg: NonNull<Jpeg>, rows: &[[*mut u8; MAX_ROWS]; MAX_PLANES]) -> c_int {
    // SAFETY: `jpeg` is open. `Decoder::read` gave a row for each of the `rows` of each plane of the layout,
    // with room for its `stride`; C writes no more than that, and not after the call.
    unsafe { dr_jpeg_read(jpeg.as_ptr(), rows.as_ptr()) }
}

pub(super) fn lost_rows(jpeg: NonNull<Jpeg>) -> u32 {
    // SAFETY: `jpeg` is open.
    unsafe { dr_jpeg_lost_rows(jpeg.as_ptr()) }
}

pub(super) fn coarse_rows(jpeg: NonNull<Jpeg>) -> u32 {
    // SAFETY: `jpeg` is open.
    unsafe { dr_jpeg_coarse_rows(jpeg.as_ptr()) }
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
