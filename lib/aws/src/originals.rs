//! The originals of the input bucket, for those who may only delete them.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use darkroom_pipeline::key::Key;
use darkroom_pipeline::store::Fault;

use crate::cause;

/// The input bucket.
#[derive(Debug, Clone)]
pub struct Originals {
    /// Shared by all calls.
    pub client: Client,
    /// Which bucket.
    pub bucket: String,
}

impl Originals {
    /// The originals of this bucket. A local AWS has one host name, so the bucket is then part of the path.
    #[must_use]
    pub fn new(config: &SdkConfig, bucket: &str) -> Self {
        let path_style = config.endpoint_url().is_some();
        let builder = Builder::from(config).force_path_style(path_style);
        Self {
            client: Client::from_conf(builder.build()),
            bucket: bucket.to_owned(),
        }
    }

    /// Deletes an original; S3's event then makes render delete its outputs. An original that is not there is no fault.
    ///
    /// # Errors
    /// When S3 fails.
    pub async fn remove(&self, key: &Key) -> Result<(), Fault> {
        let request = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(key.as_str());
        request
            .send()
            .await
            .map_err(|e| Fault::new("delete", key, cause(e)))?;
        Ok(())
    }
}
