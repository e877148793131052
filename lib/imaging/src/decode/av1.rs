//! One AV1 picture, by `rav1d`.

use crate::Error;
use crate::geometry::Size;
use crate::heif::{self, Layer};

/// A decoded picture as its planes.
pub(super) struct Coded {
    pub(super) size: Size,
    /// Bits per sample: 8, 10 or 12.
    pub(super) depth: u8,
    /// Luma alone, or luma and two chroma planes; rows without padding.
    pub(super) planes: Vec<Vec<u16>>,
    /// Whether chroma has half the columns, and half the rows, rounded up.
    pub(super) halved: (bool, bool),
    /// The position of halved chroma.
    pub(super) siting: Siting,
    /// H.273's code point of the matrix.
    pub(super) matrix: u8,
    /// H.273's code point of the primaries.
    pub(super) primaries: u8,
    /// Whether black is 0 and white the largest sample.
    pub(super) full_range: bool,
}

/// The position of the chroma sample of two by two pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Siting {
    /// In the middle; also the default.
    Centre,
    /// Between the rows, upon the first column.
    Left,
    /// Upon the first pixel.
    TopLeft,
}

/// A still has one frame, or one per layer, of which there are at most four. Without a limit, a stream with thousands of
/// hidden frames would be decoded to its end.
const MOST_FRAMES: usize = 8;

/// The first picture of `data` in its selected layer, of at most as many pixels as `said`.
pub(super) fn decode(data: &[u8], said: Size, layer: Layer) -> Result<Coded, Error> {
    let frames = frames(data);
    if frames > MOST_FRAMES {
        return Err(Error::TooLarge(format!(
            "{frames} frames in one AV1 picture, the limit is {MOST_FRAMES}"
        )));
    }
    // layers above the one that is shown are larger
    let most = if layer == Layer::default() {
        said.area()
    } else {
        heif::allowance(said)
    };
    let most = u32::try_from(most)
        .map_err(|_| Error::TooLarge(format!("{said} pixels in one AV1 picture")))?;
    let mut decoder = ffi::Decoder::open(most, layer).ok_or_else(no_memory)?;
    decoder.send(data).map_err(corrupt)?;
    for _ in 0..MOST_FRAMES {
        let picture = decoder.picture().map_err(corrupt)?;
        if layer
            .spatial
            .is_none_or(|layer| picture.layer() == Some(layer))
        {
            return picture.copy().ok_or_else(|| corrupt(0));
        }
    }
    Err(Error::Corrupt("it lacks the layer that it selects".into()))
}

/// Frames of an AV1 stream (its specification, 5.3): OBUs of type `OBU_FRAME_HEADER` and `OBU_FRAME`.
fn frames(data: &[u8]) -> usize {
    let (mut frames, mut rest) = (0, data);
    while let [header, after @ ..] = rest {
        frames += usize::from(matches!(header >> 3 & 15, 3 | 6));
        let after = after
            .get(usize::from(header >> 2 & 1)..)
            .unwrap_or_default();
        if header & 2 == 0 {
            break; // without a size it is the last one
        }
        let length = after.iter().take(8).position(|byte| byte & 0x80 == 0);
        let Some(length) = length else { break };
        let size = after[..=length]
            .iter()
            .rev()
            .fold(0usize, |size, byte| size << 7 | usize::from(byte & 0x7F));
        rest = after
            .get(length + 1..)
            .and_then(|rest| rest.get(size..))
            .unwrap_or_default();
    }
    frames
}

fn no_memory() -> Error {
    Error::TooLarge("not enough memory for an AV1 decoder".into())
}

fn corrupt(code: i32) -> Error {
    Error::Corrupt(format!("the AV1 decoder could not read it (error {code})"))
}

/// `rav1d` is Rust behind dav1d's C interface. This is the only place that names it.
#[allow(
    unsafe_code,
    reason = "rav1d's only interface is dav1d's; every call is argued where it is made"
)]
mod ffi {
    use std::mem::MaybeUninit;
    use std::ptr::NonNull;

    use rav1d::include::dav1d::data::Dav1dData;
    use rav1d::include::dav1d::dav1d::{Dav1dContext, Dav1dLogger, Dav1dSettings};
    use rav1d::include::dav1d::headers::{
        DAV1D_CHR_COLOCATED, DAV1D_CHR_VERTICAL, DAV1D_PIXEL_LAYOUT_I400, DAV1D_PIXEL_LAYOUT_I420,
        DAV1D_PIXEL_LAYOUT_I444,
    };
    use rav1d::include::dav1d::picture::Dav1dPicture;
    use rav1d::src::lib::{
        dav1d_close, dav1d_data_create, dav1d_data_unref, dav1d_default_settings,
        dav1d_get_picture, dav1d_open, dav1d_picture_unref, dav1d_send_data,
    };

    use super::{Coded, Siting};
    use crate::geometry::Size;
    use crate::heif::Layer;

    /// dav1d's "not yet": -EAGAIN.
    const AGAIN: i32 = -11;
    /// A picture comes after at most this many calls: one to start, one to drain each of the two frames in flight, and one for each
    /// layer below the one that is shown.
    const TRIES: usize = 3 + super::MOST_FRAMES;

    pub(super) struct Decoder {
        context: Option<Dav1dContext>,
    }

    pub(super) struct Picture(Dav1dPicture);

    impl Decoder {
        /// A decoder for pictures of at most `most_pixels`; `None` if memory is short.
        pub(super) fn open(most_pixels: u32, layer: Layer) -> Option<Self> {
            let mut settings = MaybeUninit::<Dav1dSettings>::uninit();
            // SAFETY: it is room for settings, which the call fills.
            let mut settings = unsafe {
                dav1d_default_settings(NonNull::from(&mut settings).cast());
                settings.assume_init()
            };
            // With one frame in flight rav1d 1.1 aborts the process on bad data; with two it returns an error.
            (settings.n_threads, settings.max_frame_delay) = (2, 2);
            settings.frame_size_limit = most_pixels;
            settings.operating_point = layer.operating_point.into();
            // without a selection the last layer alone is given
            settings.all_layers = layer.spatial.is_some().into();
            // SAFETY: no function is given that could be called.
            settings.logger = unsafe { Dav1dLogger::new(None, None) };
            let mut context = None;
            // SAFETY: both pointers are to values that live through the call.
            let result = unsafe {
                dav1d_open(
                    Some(NonNull::from(&mut context)),
                    Some(NonNull::from(&mut settings)),
                )
            };
            (result.0 == 0).then_some(Self { context })
        }

        /// Gives the decoder all of its data; an error is dav1d's number.
        pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), i32> {
            let mut data = Dav1dData::default();
            // SAFETY: `data` is empty, and lives through the call.
            let room = unsafe { dav1d_data_create(Some(NonNull::from(&mut data)), bytes.len()) };
            if room.is_null() {
                return Err(0);
            }
            // SAFETY: the room is of as many bytes, and new.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), room, bytes.len()) };
            // SAFETY: the context is open; `data` was made by the call above and is given up by the last one, which does
            // nothing where the decoder has taken it.
            let result = unsafe {
                let result = dav1d_send_data(self.context, Some(NonNull::from(&mut data)));
                dav1d_data_unref(Some(NonNull::from(&mut data)));
                result
            };
            if result.0 == 0 { Ok(()) } else { Err(result.0) }
        }

        /// The first picture of the data.
        pub(super) fn picture(&mut self) -> Result<Picture, i32> {
            for _ in 0..TRIES {
                let mut picture = Picture(Dav1dPicture::default());
                // SAFETY: the context is open, the picture is empty and lives through the call.
                let result =
                    unsafe { dav1d_get_picture(self.context, Some(NonNull::from(&mut picture.0))) };
                match result.0 {
                    0 => return Ok(picture),
                    AGAIN => {}
                    other => return Err(other),
                }
            }
            Err(AGAIN)
        }
    }

    impl Drop for Decoder {
        fn drop(&mut self) {
            // SAFETY: from `open`, and closed once.
            unsafe { dav1d_close(Some(NonNull::from(&mut self.context))) }
        }
    }

    impl Picture {
        /// The spatial layer that it is of.
        pub(super) fn layer(&self) -> Option<u8> {
            // SAFETY: a picture that was given has its frame's header for as long as it lives.
            self.0
                .frame_hdr
                .map(|header| unsafe { header.as_ref() }.spatial_id)
        }

        /// A copy of the planes and their description in the stream; `None` if it is not a picture.
        pub(super) fn copy(&self) -> Option<Coded> {
            let parameters = &self.0.p;
            let size = Size {
                width: u32::try_from(parameters.w).ok()?,
                height: u32::try_from(parameters.h).ok()?,
            };
            let depth = u8::try_from(parameters.bpc).ok()?;
            let (count, halved) = match parameters.layout {
                DAV1D_PIXEL_LAYOUT_I400 => (1, (false, false)),
                DAV1D_PIXEL_LAYOUT_I420 => (3, (true, true)),
                DAV1D_PIXEL_LAYOUT_I444 => (3, (false, false)),
                _ => (3, (true, false)),
            };
            let half = |side: u32, halved: bool| if halved { side.div_ceil(2) } else { side };
            let planes = (0..count)
                .map(|index| match index {
                    0 => self.plane(0, size),
                    _ => self.plane(
                        index,
                        Size {
                            width: half(size.width, halved.0),
                            height: half(size.height, halved.1),
                        },
                    ),
                })
                .collect::<Option<Vec<_>>>()?;
            // SAFETY: a picture that was given has its sequence's header for as long as it lives.
            let header = unsafe { self.0.seq_hdr?.as_ref() };
            Some(Coded {
                size,
                depth,
                planes,
                halved,
                siting: match header.chr {
                    DAV1D_CHR_VERTICAL => Siting::Left,
                    DAV1D_CHR_COLOCATED => Siting::TopLeft,
                    _ => Siting::Centre,
                },
                matrix: u8::try_from(header.mtrx).unwrap_or(2),
                primaries: u8::try_from(header.pri).unwrap_or(2),
                full_range: header.color_range != 0,
            })
        }

        fn plane(&self, index: usize, size: Size) -> Option<Vec<u16>> {
            let start = self.0.data[index]?.as_ptr();
            let stride = self.0.stride[index.min(1)];
            let (width, deep) = (size.width as usize, self.0.p.bpc > 8);
            let mut samples = Vec::with_capacity(width * size.height as usize);
            for y in 0..isize::try_from(size.height).ok()? {
                // SAFETY: dav1d's planes have `height` rows of at least `width` samples, each `stride` bytes after the
                // last, of one byte for 8 bits and of two, aligned, for more; they live as long as the picture.
                unsafe {
                    let row = start.byte_offset(y * stride);
                    if deep {
                        let row = std::slice::from_raw_parts(row.cast::<u16>(), width);
                        samples.extend_from_slice(row);
                    } else {
                        let row = std::slice::from_raw_parts(row.cast::<u8>(), width);
                        samples.extend(row.iter().map(|&sample| u16::from(sample)));
                    }
                }
            }
            Some(samples)
        }
    }

    impl Drop for Picture {
        fn drop(&mut self) {
            // SAFETY: empty, or given by `dav1d_get_picture`; given up once.
            unsafe { dav1d_picture_unref(Some(NonNull::from(&mut self.0))) }
        }
    }
}
