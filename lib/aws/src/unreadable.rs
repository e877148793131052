//! Why S3 does not hand an object out: what is the object's, and what is ours.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::has_status;

/// A reason that lies in the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Trying again cannot help.
    Certain(&'static str),
    /// The same answer comes when our role lost its rights, which an operator must mend: look at other objects first.
    IfOthersAreReadable(&'static str),
}

/// The reason in S3's answer to a GET; `None` where it is not the object that is at fault.
pub(crate) fn reason<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<Reason> {
    let answer = error.as_service_error()?;
    let (code, message) = (answer.code()?, answer.message().unwrap_or_default());
    match code {
        "InvalidObjectState" => Some(Reason::Certain(
            "it is archived; restore it, and it will be rendered then",
        )),
        // S3 says no more to a GET without the key of SSE-C
        "InvalidRequest" if has_status(error, 400) => Some(Reason::Certain(
            "it is encrypted with a key of your own (SSE-C); upload it without one",
        )),
        _ if code.starts_with("KMS.") || message.contains("kms:") => Some(Reason::Certain(
            "it is encrypted with a KMS key that Darkroom may not use; allow kms:Decrypt or upload it without the key",
        )),
        "AccessDenied" => Some(Reason::IfOthersAreReadable(
            "a policy of the bucket or its owner denies access to it",
        )),
        _ => None,
    }
}
