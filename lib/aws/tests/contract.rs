//! S3's store keeps the contract of all stores, on the buckets of a local AWS.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use darkroom_aws::Buckets;
use darkroom_pipeline::key::Key;
use darkroom_pipeline::store::contract::{self, Uploads};

/// Who writes to the input bucket.
struct Uploader<'a>(&'a Buckets);

impl Uploads for Uploader<'_> {
    async fn upload(&self, key: &Key, body: Bytes) {
        let put = self.0.client.put_object().bucket(&self.0.input);
        let put = put.key(key.as_str()).body(ByteStream::from(body));
        put.send().await.expect("an upload");
    }

    async fn remove(&self, key: &Key) {
        let delete = self.0.client.delete_object().bucket(&self.0.input);
        delete.key(key.as_str()).send().await.expect("a removal");
    }
}

/// The stack that `cargo xtask test` started, as an administrator.
fn local_aws() -> SdkConfig {
    let file = std::env::var("DARKROOM_STACK").expect("this test needs a stack: cargo xtask test");
    let text = std::fs::read_to_string(file).expect("stack.json");
    let stack: serde_json::Value = serde_json::from_str(&text).expect("stack.json");
    let endpoint = stack["endpoint"].as_str().expect("an endpoint");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "a test",
        )))
        .build()
}

/// Buckets without notifications, so that nothing else writes to them.
#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn s3_keeps_it() {
    let config = local_aws();
    let number = std::process::id();
    let names = ["in", "out"].map(|name| format!("contract-{name}-{number}"));
    let store = Buckets::new(&config, &names[0], &names[1]);
    let client: &Client = &store.client;
    for name in &names {
        let create = client.create_bucket().bucket(name);
        create.send().await.expect("a bucket");
    }
    contract::holds(&store, &Uploader(&store)).await;
    for name in &names {
        let delete = client.delete_bucket().bucket(name);
        delete.send().await.expect("the suite leaves nothing");
    }
}
