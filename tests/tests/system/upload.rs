//! A guest uploads a photo: the variants, the manifest, the notice to subscribers and to the page.

use std::time::Instant;

use anyhow::{Context, Result};
use darkroom_tests::bucket::keys;
use darkroom_tests::guest::{Guest, guest, put};
use darkroom_tests::originals::jpeg;
use darkroom_tests::socket::{next, say, watch};
use darkroom_tests::stack::{
    Stack, eventually, get, manifest, notice, public_id, public_url, s3, sha256, stack, tap, tapped,
};
use serde_json::{Value, json};

/// Presets of presets.toml and the size each gives an upright picture of 3024 x 4032.
const SIZES: [(&str, u64, u64); 5] = [
    ("large", 1440, 1920),
    ("medium", 768, 1024),
    ("small", 480, 640),
    ("thumb", 240, 320),
    ("square", 200, 200),
];

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_guests_photo_becomes_variants_a_manifest_and_notices() -> Result<()> {
    let stack = stack();
    let queue = tap(&stack, "tap-upload", "image").await?;
    let guest = guest(&stack).await?;
    let original = jpeg(4032, 3024, 6)?;
    put_and_time(&stack, &guest, &original, "warm-up").await?;

    let (id, told) = put_and_time(&stack, &guest, &original, "measured").await?;
    let folder = format!("guest/{id}");
    let manifest = manifest(&stack, &folder).await?;
    assert_eq!(manifest["version"], 1);
    assert_eq!(manifest["outcome"], "ready");
    let found = &manifest["original"];
    assert_eq!(
        (&found["format"], &found["width"], &found["height"]),
        (&json!("jpeg"), &json!(3024), &json!(4032))
    );
    assert_eq!(
        (&found["orientation"], &found["bytes"]),
        (&json!(6), &json!(original.len()))
    );
    assert_eq!(
        (&found["name"], &found["key"]),
        (&json!("photo.jpg"), &Value::Null)
    );
    check_variants(&stack, &manifest).await?;

    let tapped = eventually("a notice on the topic", async || {
        Ok(tapped(&stack, &queue)
            .await?
            .into_iter()
            .find(|envelope| envelope.to_string().contains(&id)))
    })
    .await?;
    assert_eq!(
        notice(&tapped)?,
        told,
        "the topic and the WebSocket tell the same"
    );
    assert_eq!(told["manifest"], format!("{folder}/manifest.json"));
    assert_eq!(
        (&told["outcome"], &told["public_id"]),
        (&json!("ready"), &json!(id))
    );
    assert_eq!(told["variants"], manifest["variants"]);
    for (name, value) in [("kind", "image"), ("outcome", "ready"), ("origin", "guest")] {
        assert_eq!(
            tapped["MessageAttributes"][name]["Value"], value,
            "attribute {name}"
        );
    }
    for (what, text) in [("manifest", &manifest), ("notice", &tapped)] {
        assert!(
            !text.to_string().contains(&guest.identity),
            "the {what} gives the guest's secret away"
        );
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn what_is_deleted_takes_its_outputs_along() -> Result<()> {
    let stack = stack();
    let queue = tap(&stack, "tap-delete", "image").await?;
    let client = s3(&stack.admin());
    // no notice of another test or of an earlier run is about this one
    let folder = format!("deleted/{}", std::process::id());
    let key = &format!("{folder}/photo.jpg");
    client
        .put_object()
        .bucket(&stack.input_bucket)
        .key(key)
        .body(jpeg(320, 240, 1)?.into())
        .send()
        .await?;
    manifest(&stack, key).await?;
    client
        .delete_object()
        .bucket(&stack.input_bucket)
        .key(key)
        .send()
        .await?;

    let told = eventually("the notice of the removal", async || {
        let notices = tapped(&stack, &queue)
            .await?
            .iter()
            .map(notice)
            .collect::<Result<Vec<_>>>()?;
        Ok(notices
            .into_iter()
            .find(|notice| notice["public_id"] == public_id(key) && notice["outcome"] == "removed"))
    })
    .await?;
    assert_eq!(told["manifest"], format!("{key}/manifest.json"));
    let left = client
        .list_objects_v2()
        .bucket(&stack.output_bucket)
        .prefix(&folder)
        .send()
        .await?;
    assert_eq!(left.key_count, Some(0), "{:?}", left.contents);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_guest_removes_its_own_original_and_nobody_elses() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    let key = format!("guest/{}/regretted/photo.jpg", guest.identity);
    let id = public_id(&key);
    let mut socket = watch(&stack, &[&id]).await?;
    put(&stack, &guest, "regretted", "photo.jpg", jpeg(320, 240, 1)?).await?;
    assert_eq!(next(&mut socket).await?["notice"]["outcome"], "ready");
    let folder = format!("guest/{id}");

    // What others know is the public id, and what they guess is another key.
    for (keys, answer) in [
        (json!([format!("guest/{id}")]), "removing"),
        (json!([format!("{key}x")]), "removing"),
        (json!(["regretted/photo.jpg"]), "error"),
    ] {
        let message = json!({ "action": "remove", "keys": keys });
        say(&mut socket, &message).await?;
        assert_eq!(next(&mut socket).await?["type"], answer, "{message}");
    }
    manifest(&stack, &folder).await?;

    say(&mut socket, &json!({ "action": "remove", "keys": [key] })).await?;
    // The answer and the notice come in either order.
    let said = [next(&mut socket).await?, next(&mut socket).await?];
    assert!(said.contains(&json!({ "type": "removing", "ids": [id] })));
    assert!(
        said.iter()
            .any(|message| message["notice"]["outcome"] == "removed")
    );
    let client = s3(&stack.admin());
    for (bucket, prefix) in [
        (&stack.output_bucket, folder),
        (&stack.input_bucket, format!("guest/{}/", guest.identity)),
    ] {
        assert_eq!(keys(&client, bucket, &prefix).await?, Vec::<String>::new());
    }
    Ok(())
}

/// Puts the original while a page watches; returns its public id and the notice, and prints how long that took.
async fn put_and_time(
    stack: &Stack,
    guest: &Guest,
    original: &[u8],
    upload: &str,
) -> Result<(String, Value)> {
    let id = public_id(&format!("guest/{}/{upload}/photo.jpg", guest.identity));
    let mut socket = watch(stack, &[&id]).await?;
    let start = Instant::now();
    put(stack, guest, upload, "photo.jpg", original.to_vec()).await?;
    let message = next(&mut socket).await?;
    println!(
        "{upload}: a 12 MP JPEG's notice came {:.2} s after its PUT began",
        start.elapsed().as_secs_f64()
    );
    assert_eq!(message["type"], "notice");
    Ok((id, message["notice"].clone()))
}

/// Every variant is there as the manifest says: for a page of another origin, with its size, its bytes and its headers.
async fn check_variants(stack: &Stack, manifest: &Value) -> Result<()> {
    let variants = manifest["variants"].as_array().context("no variants")?;
    let sizes: Vec<_> = variants
        .iter()
        .map(|v| {
            (
                v["preset"].as_str(),
                v["width"].as_u64(),
                v["height"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        sizes,
        SIZES.map(|(preset, width, height)| (Some(preset), Some(width), Some(height)))
    );
    for variant in variants {
        let url = variant["url"].as_str().context("a variant without a URL")?;
        assert!(
            url.starts_with(&public_url(
                stack,
                variant["key"].as_str().unwrap_or_default()
            )),
            "{url}"
        );
        let response = get(url, Some(&stack.site_url)).await?;
        assert_eq!(response.status(), 200, "{url}");
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        assert_eq!(
            header("content-type").as_deref(),
            variant["media_type"].as_str(),
            "{url}"
        );
        assert!(
            header("cache-control").is_some_and(|value| value.starts_with("public, max-age=")),
            "{url}: its URL changes with its original, so it may be cached"
        );
        assert!(
            header("access-control-allow-origin").is_some(),
            "{url}: the page is another origin"
        );
        assert_eq!(
            header("x-content-type-options").as_deref(),
            Some("nosniff"),
            "{url}"
        );
        let bytes = response.bytes().await?;
        assert_eq!(variant["bytes"], bytes.len(), "{url}");
        assert_eq!(variant["sha256"], sha256(&bytes), "{url}");
        let size = imagesize::blob_size(&bytes)?;
        assert_eq!(
            (json!(size.width), json!(size.height)),
            (variant["width"].clone(), variant["height"].clone()),
            "{url}"
        );
    }
    Ok(())
}
