//! Messages as SQS gets them, over HTTP.

mod server;

use std::sync::{Arc, Mutex};

use darkroom_aws::Queue;
use serde_json::{Value, json};

use crate::server::Answer;

/// A queue that answers each request with `answer`, and the bodies of its requests.
async fn queue(answer: Answer) -> (Queue, Arc<Mutex<Vec<Value>>>) {
    let requests = Arc::<Mutex<Vec<Value>>>::default();
    let noted = Arc::clone(&requests);
    let config = server::start(move |_, body| {
        let request = serde_json::from_str(body).expect("SQS speaks JSON");
        noted.lock().expect("no panic").push(request);
        answer.clone()
    })
    .await;
    (Queue::new(&config, "http://sqs/1/dead"), requests)
}

fn json(status: u16, body: &Value) -> Answer {
    let headers = vec![("content-type", "application/x-amz-json-1.0".to_owned())];
    (status, headers, body.to_string().into_bytes())
}

#[tokio::test]
async fn a_record_is_buried_alone_with_its_reason_in_plain_characters() {
    let (queue, requests) = queue(json(200, &json!({ "MessageId": "1" }))).await;
    let record = r#"{"Records":[{"eventSource":"aws:ses"}]}"#;
    queue
        .bury(record, "not S3's:\n\u{1b}[31m aws:ses")
        .await
        .expect("no fault");
    let requests = requests.lock().expect("no panic");
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0]["QueueUrl"], "http://sqs/1/dead");
    assert_eq!(requests[0]["MessageBody"], record);
    assert_eq!(
        requests[0]["MessageAttributes"],
        json!({ "reason": { "DataType": "String", "StringValue": r"not S3's:\n\u{1b}[31m aws:ses" } })
    );
}

#[tokio::test]
async fn a_record_that_cannot_be_buried_is_a_fault() {
    let denied = json!({ "__type": "com.amazonaws.sqs#AccessDenied", "message": "denied" });
    let (queue, _) = queue(json(403, &denied)).await;
    let fault = queue.bury("{}", "unknown").await.expect_err("denied");
    assert!(format!("{fault:#}").contains("403"), "{fault:#}");
}

#[tokio::test]
async fn messages_that_sqs_keeps_after_a_deletion_are_a_fault() {
    let receipts = ["a".to_owned(), "b".to_owned()];
    let done = json!({ "Successful": [{ "Id": "0" }, { "Id": "1" }], "Failed": [] });
    let (all, requests) = queue(json(200, &done)).await;
    all.delete_all(&receipts).await.expect("no fault");
    let entries = requests.lock().expect("no panic")[0]["Entries"].clone();
    let want = json!([{ "Id": "0", "ReceiptHandle": "a" }, { "Id": "1", "ReceiptHandle": "b" }]);
    assert_eq!(entries, want);

    let kept = json!({ "Id": "1", "Code": "ReceiptHandleIsInvalid", "SenderFault": true });
    let half = json!({ "Successful": [{ "Id": "0" }], "Failed": [kept] });
    let (half, _) = queue(json(200, &half)).await;
    let fault = half.delete_all(&receipts).await.expect_err("one is kept");
    assert!(
        format!("{fault:#}").contains("keeps 1: ReceiptHandleIsInvalid"),
        "{fault:#}"
    );
}
