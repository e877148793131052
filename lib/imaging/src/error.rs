//! The reasons for which a picture cannot be rendered.

/// Every way a picture can fail. Each is a property of the picture, so each is final: a retry fails the same way.
/// The text addresses the person who uploaded the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// No signature of a known image format.
    #[error("the file is not an image: {0}")]
    NotAnImage(String),
    /// An image in a format, or a variety of one, that we do not read; the text names it.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Over one of the caps of `Limits`; the text gives the value and the cap.
    #[error("the image is too large: {0}")]
    TooLarge(String),
    /// The file ends before the picture is complete.
    #[error("the file is truncated: {0}")]
    Truncated(String),
    /// The bytes contradict the format.
    #[error("the file is corrupt: {0}")]
    Corrupt(String),
    /// A variant could not be encoded.
    #[error("failed to encode {0}")]
    Encode(String),
}

impl Error {
    /// The stable code of the manifest's `rejection.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAnImage(_) => "not_an_image",
            Self::Unsupported(_) => "unsupported",
            Self::TooLarge(_) => "too_large",
            Self::Truncated(_) => "truncated",
            Self::Corrupt(_) => "corrupt",
            Self::Encode(_) => "encode",
        }
    }
}
