//! Files that are not pictures are recorded, announced and acknowledged, and never end in the DLQ.

use anyhow::Result;
use darkroom_tests::guest::{guest, put};
use darkroom_tests::socket::{next, watch};
use darkroom_tests::stack::{drained, manifest, public_id, stack};

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_text_and_an_empty_file_are_rejected_and_the_queues_are_empty() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    for (upload, body, code) in [
        (
            "text",
            &b"not a picture at all, just words\n"[..],
            "not_an_image",
        ),
        ("empty", b"", "empty"),
    ] {
        let id = public_id(&format!("guest/{}/{upload}/note.jpg", guest.identity));
        let mut socket = watch(&stack, &[&id]).await?;
        put(&stack, &guest, upload, "note.jpg", body.to_vec()).await?;
        let told = next(&mut socket).await?["notice"].clone();
        let manifest = manifest(&stack, &format!("guest/{id}")).await?;
        for (what, document) in [("notice", &told), ("manifest", &manifest)] {
            assert_eq!(document["outcome"], "rejected", "{upload}: {what}");
            assert_eq!(document["rejection"]["code"], code, "{upload}: {what}");
            assert!(
                document["rejection"]["reason"]
                    .as_str()
                    .is_some_and(|reason| !reason.is_empty()),
                "{upload}: {what}"
            );
            assert_eq!(
                document["variants"],
                serde_json::json!([]),
                "{upload}: {what}"
            );
        }
    }
    assert_eq!(drained(&stack).await?, 0, "messages in the DLQ");
    Ok(())
}
