//! Batches over the store in memory, on a clock of their own: who fails, who does not, and when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use darkroom_imaging::{Error, Facts, Format, Presets};
use darkroom_pipeline::batch::{self, Message, Terms, Unknown};
use darkroom_pipeline::event::Job;
use darkroom_pipeline::key::Key;
use darkroom_pipeline::manifest::{Picture, Placeholder, Rejection};
use darkroom_pipeline::notice::Outcome;
use darkroom_pipeline::reconcile::Reconciler;
use darkroom_pipeline::rendering::{RenderedVariant, Rendering};
use darkroom_pipeline::route::Routes;
use darkroom_pipeline::store::{Fault, Memory, Output, Store};
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

const PRESETS: &str = "[presets.small]\n[[route]]\nmatch = \"drafts/**\"\nignore = true";

/// What originals of these tests can be: their bytes say what rendering them is like.
async fn render(body: Bytes, _: Arc<Presets>) -> Result<Result<Rendering, Error>, Fault> {
    match &body[..] {
        b"panic" => panic!("this picture panics"),
        b"fault" => Err(Fault::new("render", "an original", "for now")),
        b"bad" => Ok(Err(Error::Corrupt("so it is".to_owned()))),
        b"slow" => {
            sleep(Duration::from_secs(55)).await;
            Ok(Ok(rendering(body)))
        }
        b"endless" => std::future::pending().await,
        _ => {
            sleep(Duration::from_secs(1)).await;
            Ok(Ok(rendering(body)))
        }
    }
}

fn rendering(bytes: Bytes) -> Rendering {
    Rendering {
        picture: Picture {
            format: Format::Jpeg,
            width: 1,
            height: 1,
            orientation: 1,
            colour: "srgb".to_owned(),
            alpha: false,
            frames: 1,
        },
        variants: vec![RenderedVariant {
            preset: "small".to_owned(),
            format: Format::Jpeg,
            width: 1,
            height: 1,
            crop: None,
            frames: 1,
            bytes,
        }],
        placeholder: Placeholder {
            thumbhash: String::new(),
            colour: String::new(),
            data_uri: None,
        },
        phash: None,
        facts: Facts::default(),
        credentials: None,
        notes: Vec::new(),
        decode_ms: 0,
        render_ms: 0,
    }
}

/// An upload and the message that tells of it.
struct Upload {
    name: &'static str,
    body: &'static str,
    /// The length its event tells.
    bytes: u64,
}

fn upload(name: &'static str, body: &'static str) -> Upload {
    Upload {
        name,
        body,
        bytes: body.len() as u64,
    }
}

/// What came of a batch.
struct Done {
    failed: Vec<String>,
    unknown: Vec<Unknown>,
    outcomes: BTreeMap<String, Outcome>,
    took: Duration,
}

/// Runs a batch of one message for each upload, its id the upload's name, on a function of 64 MiB that has a minute.
async fn run(uploads: &[Upload]) -> Done {
    let store = Memory::default();
    let message = |upload: &Upload| {
        store.upload(&Key::parse(upload.name).expect("a key"), upload.body);
        event(upload.name, upload.name, upload.bytes)
    };
    let messages: Vec<Message> = uploads.iter().map(message).collect();
    run_messages(store, &messages).await
}

fn event(id: &str, key: &str, bytes: u64) -> Message {
    let object = format!(r#"{{"key":"{key}","size":{bytes},"sequencer":"1"}}"#);
    Message {
        id: id.to_owned(),
        body: format!(
            r#"{{"Records":[{{"eventVersion":"2.1","eventName":"ObjectCreated:Put","s3":{{"bucket":{{"name":"in"}},"object":{object}}}}}]}}"#
        ),
        receives: 1,
    }
}

fn reconciler<R>(store: Memory, renderer: R) -> Reconciler<Memory, Memory, R> {
    Reconciler {
        store,
        notices: Memory::default(),
        renderer,
        routes: Routes::new(&Presets::parse(PRESETS).expect("presets")),
        max_bytes: 1 << 30,
        public_url: "https://x".to_owned(),
        clock: || Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn an_original_that_is_kept_back_is_an_outcome_until_it_is_handed_out() {
    let store = Memory::default();
    let key = Key::parse("a.jpg").expect("a key");
    store.upload(&key, "picture");
    store.refuse(&key, Some(Rejection::unreadable("it is archived")));
    let reconciler = reconciler(store, render);
    let job = |event: Option<&str>| Job {
        key: key.clone(),
        bytes: None,
        event: event.map(str::to_owned),
        first_receive: true,
    };
    let report = reconciler
        .reconcile(&job(Some("1")))
        .await
        .expect("no fault");
    assert_eq!(report.outcome, Outcome::Rejected);
    let manifest = report.manifest.expect("a manifest");
    let rejection = manifest.rejection.expect("a rejection");
    assert_eq!(
        (rejection.code.as_str(), manifest.variants.len()),
        ("unreadable", 0)
    );
    assert!(!manifest.original.etag.is_empty());
    // nothing about it changed, but for the archive: neither the bytes nor, for a reprocess request, the event
    for event in [Some("2"), None] {
        reconciler.store.refuse(&key, None);
        let report = reconciler.reconcile(&job(event)).await.expect("no fault");
        assert_eq!(report.outcome, Outcome::Ready, "{event:?}");
        reconciler
            .store
            .refuse(&key, Some(Rejection::unreadable("it is archived")));
        reconciler
            .reconcile(&job(Some("3")))
            .await
            .expect("no fault");
    }
}

/// A function of 64 MiB that has a minute from now on.
fn terms() -> Terms {
    Terms {
        input_bucket: "in".to_owned(),
        memory_bytes: 64 << 20,
        deadline: (Instant::now() + Duration::from_mins(1)).into_std(),
    }
}

async fn run_messages(store: Memory, messages: &[Message]) -> Done {
    let reconciler = reconciler(store, render);
    let start = Instant::now();
    let done = batch::run(&reconciler, &terms(), messages).await;
    let notices = reconciler.notices.notices().into_iter();
    Done {
        failed: done.failed,
        unknown: done.unknown,
        outcomes: notices
            .map(|notice| {
                let key = notice.original.and_then(|original| original.key);
                (key.unwrap_or_default(), notice.outcome)
            })
            .collect(),
        took: start.elapsed(),
    }
}

fn outcomes(expected: &[(&str, Outcome)]) -> BTreeMap<String, Outcome> {
    let expected = expected.iter().copied();
    expected
        .map(|(key, outcome)| (key.to_owned(), outcome))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_message_fails_by_itself() {
    let done = run(&[
        upload("a", "fine"),
        upload("b", "panic"),
        upload("c", "bad"),
        upload("d", "fault"),
        upload("e", "fine"),
    ])
    .await;
    assert_eq!(done.failed, ["b", "d"], "a bad picture is an outcome");
    let ready = [
        ("a", Outcome::Ready),
        ("c", Outcome::Rejected),
        ("e", Outcome::Ready),
    ];
    assert_eq!(done.outcomes, outcomes(&ready));
    assert_eq!(done.took, Duration::from_secs(1), "all at the same time");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_fails_alone() {
    let store = Memory::default();
    store.upload(&Key::parse("a").expect("a key"), "fine");
    let poison = Message {
        id: "poison".to_owned(),
        body: "hello".to_owned(),
        receives: 1,
    };
    let ignored = Message {
        id: "test".to_owned(),
        body: r#"{"Event":"s3:TestEvent"}"#.to_owned(),
        receives: 1,
    };
    let messages = [poison, event("good", "a", 4), ignored];
    let done = run_messages(store, &messages).await;
    assert_eq!(done.failed, [""; 0], "a retry cannot help");
    let [Unknown { id, body, reason }] = &done.unknown[..] else {
        panic!("{:?}", done.unknown)
    };
    assert_eq!((id.as_str(), body.as_str()), ("poison", "hello"));
    assert!(reason.contains("not JSON"), "{reason}");
    assert_eq!(done.outcomes, outcomes(&[("a", Outcome::Ready)]));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_record_dies_alone_once_the_others_are_done() {
    let with_another = |mut message: Message| {
        message.body = message
            .body
            .replace("]}", r#",{"eventSource":"aws:ses"}]}"#);
        message
    };
    let store = Memory::default();
    store.upload(&Key::parse("a").expect("a key"), "fine");
    let done = run_messages(store, &[with_another(event("good", "a", 4))]).await;
    assert_eq!(done.failed, [""; 0]);
    assert_eq!(done.outcomes, outcomes(&[("a", Outcome::Ready)]));
    assert_eq!(done.unknown.len(), 1);
    assert_eq!(
        done.unknown[0].body,
        r#"{"Records":[{"eventSource":"aws:ses"}]}"#
    );

    let store = Memory::default();
    store.upload(&Key::parse("a").expect("a key"), "fault");
    let done = run_messages(store, &[with_another(event("fault", "a", 4))]).await;
    assert_eq!(done.failed, ["fault"]);
    assert_eq!(done.unknown, [], "it comes back with its message");
}

#[tokio::test(start_paused = true)]
async fn all_messages_of_a_key_share_its_fate() {
    let store = Memory::default();
    store.upload(&Key::parse("a").expect("a key"), "panic");
    store.upload(&Key::parse("b").expect("a key"), "fine");
    let messages = [
        event("1", "a", 5),
        event("2", "b", 4),
        event("3", "a", 5),
        event("4", "b", 4),
    ];
    let done = run_messages(store, &messages).await;
    assert_eq!(done.failed, ["1", "3"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_by_the_deadline_goes_back() {
    let done = run(&[
        upload("a", "fine"),
        upload("b", "endless"),
        upload("c", "slow"),
    ])
    .await;
    assert_eq!(done.failed, ["b"]);
    assert_eq!(done.took, Duration::from_mins(1));
}

/// Of the 64 MiB a quarter is for originals that were fetched.
#[tokio::test(start_paused = true)]
async fn what_gets_its_turn_too_late_goes_back_at_once() {
    let large = |name, body| Upload {
        name,
        body,
        bytes: 10 << 20,
    };
    let done = run(&[large("a", "slow"), large("b", "fine"), upload("c", "fine")]).await;
    assert_eq!(done.failed, ["b"], "c fits beside a");
    assert_eq!(
        done.took,
        Duration::from_secs(55),
        "not only at the deadline"
    );

    let done = run(&[large("a", "fine"), large("b", "fine"), large("c", "fine")]).await;
    assert_eq!(done.failed, [""; 0]);
    assert_eq!(done.took, Duration::from_secs(3), "one after the other");
}

struct Gauge {
    now: usize,
    most: usize,
}

#[tokio::test(start_paused = true)]
async fn fetching_goes_on_while_others_are_rendered() {
    let gauge = Mutex::new(Gauge { now: 0, most: 0 });
    let store = Memory::default();
    let names = ["a", "b", "c"];
    for name in names {
        store.upload(&Key::parse(name).expect("a key"), "fine");
    }
    let one_at_a_time = tokio::sync::Semaphore::new(1);
    let (gauge_of, turn) = (&gauge, &one_at_a_time);
    let gauged = move |body: Bytes, presets| async move {
        {
            let mut gauge = gauge_of.lock().expect("no panic");
            gauge.now += 1;
            gauge.most = gauge.most.max(gauge.now);
        }
        let turn = turn.acquire().await.expect("never closed");
        let result = render(body, presets).await;
        drop(turn);
        gauge_of.lock().expect("no panic").now -= 1;
        result
    };
    let reconciler = reconciler(store, gauged);
    let start = Instant::now();
    let messages = names.map(|name| event(name, name, 4));
    assert_eq!(
        batch::run(&reconciler, &terms(), &messages).await.failed,
        [""; 0]
    );
    assert_eq!(
        gauge.lock().expect("no panic").most,
        3,
        "all were fetched while the first was rendered"
    );
    assert_eq!(start.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn what_a_route_ignores_costs_nothing_and_is_no_failure() {
    // a job would fail: the bytes are a fault of the renderer
    let done = run(&[upload("drafts/a.jpg", "fault"), upload("b.jpg", "good")]).await;
    assert!(done.failed.is_empty(), "{:?}", done.failed);
    assert_eq!(done.outcomes, outcomes(&[("b.jpg", Outcome::Ready)]));
}

#[tokio::test(start_paused = true)]
async fn a_request_removes_what_was_made_before_the_route() {
    let store = Memory::default();
    let (key, other) = ("drafts/a.jpg", "drafts/b.jpg");
    for key in [key, other] {
        store.upload(&Key::parse(key).expect("a key"), "good");
    }
    let old = Output {
        key: "drafts/a.jpg/small.jpg".to_owned(),
        media_type: "image/jpeg",
        cache_control: "no-cache",
        bytes: Bytes::from_static(b"old"),
    };
    store.put(old).await.expect("a store in memory");
    let reconciler = reconciler(store, render);
    let keys = [key, other].map(|key| Key::parse(key).expect("a key"));
    let message = Message {
        id: "request".to_owned(),
        body: darkroom_pipeline::event::reprocess(&keys, false),
        receives: 1,
    };
    let done = batch::run(&reconciler, &terms(), &[message]).await;
    assert!(done.failed.is_empty());
    assert!(reconciler.store.outputs().is_empty());
    let removed: Vec<_> = reconciler.notices.notices();
    assert_eq!(removed.len(), 1, "only for the one that had outputs");
    assert_eq!(removed[0].outcome, Outcome::Removed);
}
