//! What every [`Store`] promises, as a suite that each implementation runs in its own tests.

use bytes::Bytes;

use super::{Body, Original, Output, Store};
use crate::key::Key;

/// What [`Store`] lacks because only uploaders do it.
pub trait Uploads {
    /// Puts or replaces an original.
    fn upload(&self, key: &Key, body: Bytes) -> impl Future<Output = ()> + Send;
    /// Removes an original.
    fn remove(&self, key: &Key) -> impl Future<Output = ()> + Send;
}

/// Keys that stores have been known to confuse: spaces, escapes, markup, other scripts, and a name that starts another.
const ODD_KEYS: [&str; 6] = [
    "plain/cat.jpg",
    "with space/a+b &<c>.jpg",
    "percent%2Fencoded/100%.jpg",
    "ünïcödé/写真 📷.jpg",
    "plain/cat.jpg2",
    "plain/cat",
];

/// Runs the suite on an empty store, whose originals `uploader` puts and removes.
///
/// # Panics
/// When the store breaks its contract; the message says where.
pub async fn holds(store: &impl Store, uploader: &impl Uploads) {
    originals_come_with_their_bytes_and_a_tag(store, uploader).await;
    long_originals_come_without_their_bytes(store, uploader).await;
    outputs_are_replaced_and_removed(store).await;
    listings_are_of_direct_children(store).await;
}

async fn originals_come_with_their_bytes_and_a_tag(store: &impl Store, uploader: &impl Uploads) {
    for name in ODD_KEYS {
        let key = Key::parse(name).expect("a key");
        assert_eq!(get(store, &key).await, None, "{name}, before");
        uploader.upload(&key, Bytes::from(name)).await;
    }
    for name in ODD_KEYS {
        let key = Key::parse(name).expect("a key");
        let found = get(store, &key).await.expect(name);
        assert_eq!(found.body, Body::Bytes(Bytes::from(name)), "{name}");
        assert_eq!(found.bytes, name.len() as u64, "{name}");
        assert!(!found.etag.contains('"'), "{name}: {}", found.etag);
        let head = store.head(&key).await.expect(name).expect(name);
        assert_eq!(
            (head.etag, head.bytes, head.body),
            (found.etag.clone(), found.bytes, Body::LeftOut),
            "{name}"
        );
        uploader.upload(&key, Bytes::from("other")).await;
        let changed = get(store, &key).await.expect(name);
        assert_ne!(changed.etag, found.etag, "{name}: other bytes, same tag");
        uploader.remove(&key).await;
        assert_eq!(get(store, &key).await, None, "{name}, removed");
        assert_eq!(store.head(&key).await.expect(name), None, "{name}, removed");
    }
}

async fn long_originals_come_without_their_bytes(store: &impl Store, uploader: &impl Uploads) {
    for (name, length) in [("empty.jpg", 0), ("ten.jpg", 10)] {
        let key = Key::parse(name).expect("a key");
        let body = Bytes::from(vec![7; length]);
        uploader.upload(&key, body.clone()).await;
        let whole = store
            .get(&key, length as u64)
            .await
            .expect(name)
            .expect(name);
        assert_eq!(
            whole.body,
            Body::Bytes(body),
            "{name}, just within the limit"
        );
        if length > 0 {
            let over = store
                .get(&key, length as u64 - 1)
                .await
                .expect(name)
                .expect(name);
            assert_eq!(
                (over.etag, over.bytes, over.body),
                (whole.etag, length as u64, Body::LeftOut),
                "{name}, over the limit"
            );
        }
        uploader.remove(&key).await;
    }
}

async fn outputs_are_replaced_and_removed(store: &impl Store) {
    for name in ODD_KEYS {
        let key = format!("{name}/small.jpg");
        assert_eq!(store.read(&key).await.expect(name), None, "{name}, before");
        store.delete(&key).await.expect("deleting nothing succeeds");
        let first = put(store, &key, "first").await;
        assert_eq!(read(store, &key).await, "first", "{name}");
        let second = put(store, &key, "second").await;
        assert_eq!(read(store, &key).await, "second", "{name}, replaced");
        assert_ne!(first, second, "{name}: other bytes, same tag");
    }
    for name in ODD_KEYS {
        let key = format!("{name}/small.jpg");
        store.delete(&key).await.expect(name);
        assert_eq!(store.read(&key).await.expect(name), None, "{name}, deleted");
    }
}

async fn listings_are_of_direct_children(store: &impl Store) {
    for name in ODD_KEYS {
        for child in ["small.jpg", "large.jpg", "deeper/small.jpg"] {
            put(store, &format!("{name}/{child}"), child).await;
        }
    }
    for name in ODD_KEYS {
        let mut listed = store.list(name).await.expect(name);
        listed.sort();
        let wanted = ["large.jpg", "small.jpg"].map(|child| format!("{name}/{child}"));
        assert_eq!(listed, wanted, "{name}");
        for child in ["small.jpg", "large.jpg", "deeper/small.jpg"] {
            store.delete(&format!("{name}/{child}")).await.expect(name);
        }
        assert_eq!(store.list(name).await.expect(name), [""; 0], "{name}");
    }
}

async fn get(store: &impl Store, key: &Key) -> Option<Original> {
    store.get(key, u64::MAX).await.expect("the store answers")
}

async fn put(store: &impl Store, key: &str, bytes: &str) -> String {
    let output = Output {
        key: key.to_owned(),
        media_type: "image/jpeg",
        cache_control: "no-store",
        bytes: Bytes::copy_from_slice(bytes.as_bytes()),
    };
    store.put(output).await.expect("the store takes it")
}

async fn read(store: &impl Store, key: &str) -> Bytes {
    let found = store.read(key).await.expect("the store answers");
    found.expect("an output that was put")
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, Files, Memory};
    use super::*;

    impl Uploads for Memory {
        async fn upload(&self, key: &Key, body: Bytes) {
            Self::upload(self, key, body);
        }

        async fn remove(&self, key: &Key) {
            Self::remove(self, key);
        }
    }

    impl Uploads for Files {
        async fn upload(&self, key: &Key, body: Bytes) {
            let path = self.original(key).expect("a path");
            let folder = path.parent().expect("a folder");
            std::fs::create_dir_all(folder).expect("room");
            std::fs::write(path, body).expect("room");
        }

        async fn remove(&self, key: &Key) {
            std::fs::remove_file(self.original(key).expect("a path")).expect("an original");
        }
    }

    #[tokio::test]
    async fn memory_keeps_it() {
        let store = Memory::default();
        holds(&store, &store).await;
    }

    #[tokio::test]
    async fn files_keep_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Files {
            originals: folder.path().join("in"),
            outputs: folder.path().join("out"),
        };
        holds(&store, &store).await;
    }

    /// A store that lists everything below a folder, as S3 does without a delimiter.
    struct Deep(Memory);

    impl Store for Deep {
        async fn get(&self, key: &Key, most: u64) -> Result<Option<Original>, Fault> {
            self.0.get(key, most).await
        }

        async fn head(&self, key: &Key) -> Result<Option<Original>, Fault> {
            self.0.head(key).await
        }

        async fn read(&self, key: &str) -> Result<Option<Bytes>, Fault> {
            self.0.read(key).await
        }

        async fn put(&self, output: Output) -> Result<String, Fault> {
            self.0.put(output).await
        }

        async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
            let below = |key: &String| key.starts_with(folder);
            Ok(self.0.outputs().into_keys().filter(below).collect())
        }

        async fn delete(&self, key: &str) -> Result<(), Fault> {
            self.0.delete(key).await
        }
    }

    #[tokio::test]
    #[should_panic(expected = "plain/cat.jpg")]
    async fn a_listing_that_is_too_deep_breaks_it() {
        listings_are_of_direct_children(&Deep(Memory::default())).await;
    }
}
