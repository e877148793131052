//! The output bucket, with a number for each content that it ever had.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::job::{Answer, Call, Image};
use crate::key;
use crate::manifest::Manifest;

/// All outputs, by key.
pub(super) type Outputs = BTreeMap<String, Bytes>;

/// The number of the empty bucket.
pub(super) const EMPTY: u32 = 0;

/// Every content met so far, by number.
#[derive(Debug)]
pub(super) struct Buckets {
    contents: Vec<Outputs>,
    numbers: HashMap<Outputs, u32>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self {
            contents: vec![Outputs::new()],
            numbers: HashMap::from([(Outputs::new(), EMPTY)]),
        }
    }
}

impl Buckets {
    pub(super) fn content(&self, number: u32) -> &Outputs {
        &self.contents[number as usize]
    }

    /// Executes a call. Returns the content afterwards, and the answer.
    pub(super) fn call(
        &mut self,
        number: u32,
        call: &Call,
        original: Option<Image>,
    ) -> (u32, Answer) {
        let content = self.content(number);
        let answer = match call {
            Call::Get | Call::Head => Answer::Original(original),
            Call::Read(key) => Answer::Bytes(content.get(key).cloned()),
            Call::List => Answer::Keys(content.keys().cloned().collect()),
            _ => Answer::Done,
        };
        let mut changed = content.clone();
        match call {
            Call::Put(key, bytes) => {
                changed.insert(key.clone(), bytes.clone());
            }
            Call::Delete(key) => {
                changed.remove(key);
            }
            _ => return (number, answer),
        }
        (self.number(changed), answer)
    }

    fn number(&mut self, content: Outputs) -> u32 {
        if let Some(number) = self.numbers.get(&content) {
            return *number;
        }
        let number = u32::try_from(self.contents.len()).expect("fewer contents than that");
        self.contents.push(content.clone());
        self.numbers.insert(content, number);
        number
    }
}

/// The outputs without the names of changes in manifests, for comparison with a fresh run.
pub(super) fn without_events(outputs: &Outputs) -> Outputs {
    let outputs = outputs.iter().map(|(output_key, bytes)| {
        let plain = Manifest::read(bytes).map(|mut manifest| {
            manifest.event = None;
            Bytes::from(manifest.to_json())
        });
        (output_key.clone(), plain.unwrap_or_else(|| bytes.clone()))
    });
    outputs.collect()
}

/// The content, on one line.
pub(super) fn tell(outputs: &Outputs) -> String {
    let told = outputs.iter().map(|(output_key, bytes)| {
        let name = key::split(output_key).map_or("?", |(_, name)| name);
        match Manifest::read(bytes) {
            Some(manifest) => format!(
                "{name} of {} by {}",
                manifest.original.etag, manifest.presets
            ),
            None => format!("{name} = {}", String::from_utf8_lossy(bytes)),
        }
    });
    format!("[{}]", told.collect::<Vec<_>>().join(", "))
}
