//! Content-Encoding: originals that were compressed on their way into the bucket. S3 stores and returns them as they came.

use std::io::{self, Read};

use bytes::Bytes;
use darkroom_imaging::Error;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The first bytes of a gzip member (RFC 1952).
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The body as it was before it was encoded; at most `max_bytes` of it. `encoding` is the value of the header (RFC 9110, 8.4).
///
/// # Errors
/// `Unsupported` names an encoding that we do not read; `TooLarge` for a body that grows over the limit; `Corrupt` or `Truncated`
/// for one that does not decode.
pub fn decoded(body: Bytes, encoding: Option<&str>, max_bytes: u64) -> Result<Bytes, Error> {
    let mut body = body;
    // the last one named was applied last
    for name in encoding.unwrap_or_default().rsplit(',').map(str::trim) {
        body = match name.to_ascii_lowercase().as_str() {
            // `aws-chunked` says how it was sent, not how it is stored
            "" | "identity" | "aws-chunked" => body,
            // some clients name an encoding that they did not apply
            "gzip" | "x-gzip" if !body.starts_with(&GZIP) => body,
            "gzip" | "x-gzip" => all(MultiGzDecoder::new(body.as_ref()), max_bytes)?,
            // RFC 9110 means zlib's format; some send bare deflate
            "deflate" => all(ZlibDecoder::new(body.as_ref()), max_bytes).or_else(|error| {
                let is_bare = matches!(error, Error::Corrupt(_));
                if is_bare {
                    all(DeflateDecoder::new(body.as_ref()), max_bytes)
                } else {
                    Err(error)
                }
            })?,
            other => {
                let reason = format!("Content-Encoding {other:?} (send the file without it)");
                return Err(Error::Unsupported(reason));
            }
        };
    }
    Ok(body)
}

fn all(decoder: impl Read, max_bytes: u64) -> Result<Bytes, Error> {
    let mut bytes = Vec::new();
    let read = decoder
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes);
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(Error::Truncated("its compressed data breaks off".into()))
        }
        Err(_) => Err(Error::Corrupt(
            "its Content-Encoding does not decode".into(),
        )),
        Ok(_) if bytes.len() as u64 > max_bytes => Err(Error::TooLarge(format!(
            "more than {max_bytes} bytes once it is decompressed"
        ))),
        Ok(_) => Ok(bytes.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const PICTURE: &[u8] = b"the bytes of a picture, the bytes of a picture";

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory").into()
    }

    fn zlib(bytes: &[u8]) -> Bytes {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory").into()
    }

    fn bare(bytes: &[u8]) -> Bytes {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory").into()
    }

    #[test]
    fn encodings_are_undone() {
        for (encoding, body) in [
            (None, PICTURE.into()),
            (Some("identity"), PICTURE.into()),
            (Some("gzip"), gzip(PICTURE)),
            (Some("X-GZIP"), gzip(PICTURE)),
            (Some("gzip"), PICTURE.into()), // it says so, and is not
            (Some("aws-chunked,gzip"), gzip(PICTURE)),
            (Some("gzip, gzip"), gzip(&gzip(PICTURE))),
            (Some("deflate"), zlib(PICTURE)),
            (Some("deflate"), bare(PICTURE)),
            (Some("deflate, gzip"), gzip(&zlib(PICTURE))),
        ] {
            let limit = 2 * PICTURE.len() as u64;
            assert_eq!(
                decoded(body, encoding, limit).as_deref(),
                Ok(PICTURE),
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn bombs_breaks_and_unknown_encodings_are_outcomes() {
        let limit = PICTURE.len() as u64;
        let code = |body: Bytes, encoding: &str, limit| {
            decoded(body, Some(encoding), limit)
                .expect_err(encoding)
                .code()
        };
        assert_eq!(code(gzip(&vec![0; 10 << 20]), "gzip", 1 << 20), "too_large");
        assert_eq!(
            code(zlib(&vec![0; 10 << 20]), "deflate", 1 << 20),
            "too_large"
        );
        assert_eq!(code(gzip(PICTURE), "gzip", limit - 1), "too_large");
        let whole = gzip(PICTURE);
        assert_eq!(
            code(whole.slice(..whole.len() - 12), "gzip", limit),
            "truncated"
        );
        let mut wrong = whole.to_vec();
        wrong[14] ^= 0xFF;
        let wrong = code(wrong.into(), "gzip", limit);
        assert!(["corrupt", "truncated"].contains(&wrong), "{wrong}");
        let error = decoded(PICTURE.into(), Some("br"), limit).expect_err("brotli");
        assert_eq!(
            error.to_string(),
            "Content-Encoding \"br\" (send the file without it) is not supported"
        );
    }
}
