//! The two buckets of a stack, as the command line names them.

use anyhow::{Result, bail};

use crate::args::WrongUse;

/// The bucket and the prefix of `s3://BUCKET[/PREFIX]`.
///
/// # Errors
/// Wrong use.
pub(crate) fn bucket_and_prefix(url: &str) -> Result<(&str, &str)> {
    let path = url.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() {
        bail!(WrongUse(format!(
            "expected s3://BUCKET or s3://BUCKET/PREFIX but received {url}"
        )));
    }
    Ok((bucket, prefix))
}

/// The output bucket: the named one, or else the one that template.yaml names by the same pattern as the input bucket.
///
/// # Errors
/// Wrong use.
pub(crate) fn output_of(input: &str, named: Option<&str>) -> Result<String> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    if !input.contains("-input-") {
        bail!(WrongUse(format!(
            "cannot derive the output bucket from {input}: its name has no \"-input-\"; pass --output BUCKET"
        )));
    }
    Ok(input.replacen("-input-", "-output-", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_a_bucket_and_a_prefix() {
        for (input, want) in [
            ("s3://in", ("in", "")),
            ("s3://in/", ("in", "")),
            ("s3://in/a/b", ("in", "a/b")),
        ] {
            assert_eq!(bucket_and_prefix(input).expect(input), want);
        }
        for bad in ["in", "s3://", "s3:///a", "https://in/a"] {
            let error = bucket_and_prefix(bad).expect_err(bad);
            assert!(error.is::<WrongUse>(), "{error}");
        }
    }

    #[test]
    fn the_output_bucket_is_named_or_derived() {
        let of = |input, named| output_of(input, named).map_err(|error| error.to_string());
        assert_eq!(of("x-input-1-y", None), Ok("x-output-1-y".to_owned()));
        assert_eq!(of("photos", Some("thumbs")), Ok("thumbs".to_owned()));
        assert!(of("photos", None).is_err_and(|text| text.contains("--output")));
    }
}
