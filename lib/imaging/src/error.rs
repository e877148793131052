//! Why a picture cannot be rendered.

/// Every way a picture can fail. All of them are about the picture, so all are final: trying again gives the same.
/// The text is for the person who uploaded it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// No known image format's signature.
    #[error("the file is not an image: {0}")]
    NotAnImage(String),
    /// An image, but of a format or a kind we do not read; the text names it.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Over one of the caps of `Limits`; the text has the value and the cap.
    #[error("the image is too large: {0}")]
    TooLarge(String),
    /// The file ends before the picture does.
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
