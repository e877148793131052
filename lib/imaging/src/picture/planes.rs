//! Pictures as separate planes of 8-bit samples, which is how they are resized and encoded.

use crate::{geometry::Size, picture::clipped::Clipped};

/// One plane: `height` rows of `width` bytes, no padding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plane {
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Top row first.
    pub data: Vec<u8>,
    /// What its samples lack, if it was resized.
    pub clipped: Option<Clipped>,
}

impl Plane {
    /// A plane of zeros.
    #[must_use]
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            data: vec![0; width * height],
            clipped: None,
        }
    }

    /// Row `y`, counted from the top.
    #[must_use]
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.data[y * self.width..][..self.width]
    }
}

/// What the planes of a [`Picture`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One plane.
    Grey,
    /// Full-range BT.601 Y'CbCr as in JPEG, chroma in every pixel.
    Ycc,
    /// The same with one chroma sample for two by two pixels, centred between them.
    YccQuarter,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue (each already multiplied by alpha), alpha.
    Rgba,
    /// Cyan, magenta, yellow, black; 0 is no ink.
    Cmyk,
}

impl Layout {
    /// Number of planes.
    #[must_use]
    pub(crate) fn planes(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Ycc | Self::YccQuarter | Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    /// Width and height of plane `index` in a picture of `size`.
    #[must_use]
    pub(crate) fn plane_size(self, index: usize, size: Size) -> (usize, usize) {
        let (width, height) = (size.width as usize, size.height as usize);
        if self == Self::YccQuarter && index > 0 {
            (width.div_ceil(2), height.div_ceil(2))
        } else {
            (width, height)
        }
    }

    /// Bytes of a picture of `size`.
    #[must_use]
    pub(crate) fn bytes(self, size: Size) -> u64 {
        (0..self.planes())
            .map(|index| self.plane_size(index, size))
            .map(|(width, height)| width as u64 * height as u64)
            .sum()
    }
}

/// A picture in planes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Columns and rows of the first plane.
    pub size: Size,
    /// What the planes are.
    pub layout: Layout,
    /// As many as the layout has.
    pub planes: Vec<Plane>,
}

impl Picture {
    /// A picture of zeros.
    #[must_use]
    pub(crate) fn new(size: Size, layout: Layout) -> Self {
        let plane = |index| {
            let (width, height) = layout.plane_size(index, size);
            Plane::new(width, height)
        };
        Self {
            size,
            layout,
            planes: (0..layout.planes()).map(plane).collect(),
        }
    }
}
