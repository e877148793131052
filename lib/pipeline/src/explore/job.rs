//! The real `reconcile`, run by answering its calls one by one.
//!
//! A job is a function of the answers that it gets, so its standing is the answers so far. To advance it by a step, it is
//! run again from the start with one more answer, and stops at the calls without an answer. Each standing is run only
//! once; later encounters are a table lookup.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use darkroom_imaging::{Error, Facts, Format};
use jiff::Timestamp;

use super::rules::{self, Rule, Without};
use crate::event::Job;
use crate::key::{self, Key};
use crate::manifest::{Picture, Placeholder};
use crate::notice::Notice;
use crate::reconcile::Reconciler;
use crate::rendering::{RenderedVariant, Renderer, Rendering};
use crate::route::Routes;
use crate::store::{Asked, Body, Fault, Notices, Original, Output, Store};

/// An image to upload; what else there is, is in [`made_of`].
pub(super) type Image = u8;

/// Not to be rendered.
pub(super) const BAD: Image = 3;

/// Which of two sets of presets.
pub(super) type Presets = u8;

/// The answers that a job has got, by the places of their calls among the job's calls.
type Answers = BTreeMap<usize, Answer>;

/// A call of a job to the store or the topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Call {
    Get,
    Head,
    Read(String),
    Put(String, Bytes),
    List,
    Delete(String),
    /// The notice's id.
    Publish(String),
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    Original(Option<Image>),
    Bytes(Option<Bytes>),
    Keys(Vec<String>),
    Done,
}

/// The start of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Start {
    /// The change that its message is about.
    pub(super) change: u8,
    /// Whether the message is an event of S3.
    pub(super) event: bool,
    pub(super) first_receive: bool,
    pub(super) presets: Presets,
}

/// The standing of a job.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) start: Start,
    answers: Answers,
    /// Calls without an answer, with their places.
    pub(super) waiting: Vec<(usize, Call)>,
    /// The end of the job, once it has ended: its message is done, or must be retried.
    pub(super) end: Option<Result<(), Fault>>,
}

/// All standings met so far, by number.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    /// The rule that all of them do without.
    without: Option<Rule>,
    standings: Vec<Standing>,
    starts: HashMap<Start, u32>,
    steps: HashMap<(u32, usize, Answer), u32>,
    known: HashMap<(Start, Answers), u32>,
}

impl Jobs {
    pub(super) fn without(rule: Option<Rule>) -> Self {
        Self {
            without: rule,
            ..Self::default()
        }
    }

    pub(super) fn standing(&self, number: u32) -> &Standing {
        &self.standings[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.standings.len()
    }

    /// A job without any answers.
    pub(super) fn start(&mut self, start: Start) -> u32 {
        if let Some(number) = self.starts.get(&start) {
            return *number;
        }
        let number = self.run(start, BTreeMap::new());
        self.starts.insert(start, number);
        number
    }

    /// The job once the call at `place` is answered.
    pub(super) fn answer(&mut self, number: u32, place: usize, answer: Answer) -> u32 {
        let step = (number, place, answer);
        if let Some(next) = self.steps.get(&step) {
            return *next;
        }
        let standing = self.standing(number);
        let (start, mut answers) = (standing.start, standing.answers.clone());
        answers.insert(place, step.2.clone());
        let next = self.run(start, answers);
        self.steps.insert(step, next);
        next
    }

    fn run(&mut self, start: Start, answers: Answers) -> u32 {
        let job = (start, answers);
        if let Some(number) = self.known.get(&job) {
            return *number;
        }
        let number = u32::try_from(self.standings.len()).expect("fewer jobs than that");
        self.standings
            .push(stand(start, job.1.clone(), self.without));
        self.known.insert(job, number);
        number
    }
}

/// Runs the job as far as the answers go.
fn stand(start: Start, answers: Answers, without: Option<Rule>) -> Standing {
    let tape = Tape(Arc::new(Record {
        answers,
        calls: Mutex::default(),
    }));
    let reconciler = reconciler(start.presets, &tape, without);
    let job = Job {
        key: key(),
        bytes: None,
        event: start.event.then(|| start.change.to_string()),
        first_receive: start.first_receive,
    };
    let job = rules::job(job, without);
    let end = loop {
        let polled = pin!(reconciler.reconcile(&job)).poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(result) => break Some(result.map(drop)),
            Poll::Pending if reconciler.store.begins_again() => {}
            Poll::Pending => break None,
        }
    };
    let Record { answers, calls } = &*tape.0;
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    let waiting = calls.iter().cloned().enumerate();
    Standing {
        start,
        waiting: waiting
            .filter(|(place, _)| end.is_none() && !answers.contains_key(place))
            .collect(),
        answers: answers.clone(),
        end,
    }
}

/// The one original everything is about.
pub(super) fn key() -> Key {
    Key::parse("a/b.jpg").expect("a key")
}

/// The reconciler of functions with these presets.
fn reconciler(
    presets: Presets,
    tape: &Tape,
    without: Option<Rule>,
) -> Reconciler<Without<Tape>, Tape, impl Renderer> {
    Reconciler {
        store: Without {
            store: tape.clone(),
            rule: without,
            etag,
            seen: Mutex::default(),
        },
        notices: tape.clone(),
        renderer: move |body: Bytes, _: Arc<darkroom_imaging::Presets>| {
            std::future::ready(Ok(render(body[0], presets)))
        },
        routes: ROUTES[usize::from(presets)].clone(),
        max_bytes: 1 << 20,
        public_url: "https://x".to_owned(),
        clock: || Timestamp::UNIX_EPOCH,
    }
}

/// The names of the variants: the two kinds of images share one variant and have one separate variant each; the second
/// presets want another instead of the shared one.
fn made_of(image: Image, presets: Presets) -> [&'static str; 2] {
    let own = if image == 1 { "a" } else { "c" };
    let shared = if presets == 0 { "b" } else { "d" };
    [own, shared]
}

fn render(image: Image, presets: Presets) -> Result<Rendering, Error> {
    if image == BAD {
        return Err(Error::Corrupt("so it is".to_owned()));
    }
    let variant = |name: &str| RenderedVariant {
        preset: name.to_owned(),
        format: Format::Jpeg,
        width: 1,
        height: 1,
        crop: None,
        frames: 1,
        bytes: Bytes::from(format!("{name} of {image} by {presets}")),
    };
    Ok(Rendering {
        picture: Picture {
            format: Format::Jpeg,
            width: 1,
            height: 1,
            orientation: 1,
            colour: "srgb".to_owned(),
            alpha: false,
            frames: 1,
        },
        variants: made_of(image, presets).map(variant).into(),
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
    })
}

/// What a [`Tape`] shares.
struct Record {
    answers: Answers,
    calls: Mutex<Vec<Call>>,
}

/// A store and a topic that answer what they have answers to, and leave other calls waiting.
#[derive(Clone)]
struct Tape(Arc<Record>);

impl Tape {
    async fn ask(&self, call: Call) -> Answer {
        let Record { answers, calls } = &*self.0;
        let place = {
            let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(call);
            calls.len() - 1
        };
        match answers.get(&place) {
            Some(answer) => answer.clone(),
            None => std::future::pending().await,
        }
    }

    async fn done(&self, call: Call) -> Result<(), Fault> {
        match self.ask(call).await {
            Answer::Done => Ok(()),
            other => panic!("{other:?} is no answer to this call"),
        }
    }
}

impl Store for Tape {
    async fn get(&self, _: &Key, _: u64) -> Result<Option<Original>, Fault> {
        Ok(original(self.ask(Call::Get).await))
    }

    async fn head(&self, _: &Key) -> Result<Option<Original>, Fault> {
        Ok(
            original(self.ask(Call::Head).await).map(|original| Original {
                body: Body::LeftOut,
                ..original
            }),
        )
    }

    async fn read(&self, output_key: &str) -> Result<Option<Bytes>, Fault> {
        match self.ask(Call::Read(output_key.to_owned())).await {
            Answer::Bytes(bytes) => Ok(bytes),
            other => panic!("{other:?} is no answer to a read"),
        }
    }

    async fn put(&self, output: Output) -> Result<String, Fault> {
        let etag = etag(&output.bytes);
        self.done(Call::Put(output.key, output.bytes)).await?;
        Ok(etag)
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        assert_eq!(
            folder,
            key().folder(),
            "no other folder is anybody's business"
        );
        match self.ask(Call::List).await {
            Answer::Keys(keys) => Ok(keys),
            other => panic!("{other:?} is no answer to a list"),
        }
    }

    async fn delete(&self, output_key: &str) -> Result<(), Fault> {
        self.done(Call::Delete(output_key.to_owned())).await
    }
}

impl Notices for Tape {
    async fn publish(&self, notice: &Notice) -> Result<(), Fault> {
        self.done(Call::Publish(notice.id.clone())).await
    }
}

fn original(answer: Answer) -> Option<Original> {
    match answer {
        Answer::Original(image) => image.map(|image| {
            let body = Bytes::from(vec![image]);
            Original {
                etag: etag(&body),
                bytes: 1,
                body: Body::Bytes(body),
                asked: Asked::default(),
            }
        }),
        other => panic!("{other:?} is no answer to a get or a head"),
    }
}

/// The ETag of an original or an output.
pub(super) fn etag(bytes: &[u8]) -> String {
    match bytes {
        [image] => format!("etag {image}"),
        _ => format!("etag {}", String::from_utf8_lossy(bytes)),
    }
}

/// What tells the two sets of presets apart is their fingerprint; [`render`] makes the variants.
static ROUTES: LazyLock<[Routes; 2]> = LazyLock::new(|| {
    ["[presets.b]", "[presets.d]"].map(|text| {
        let presets = darkroom_imaging::Presets::parse(text).expect("presets");
        Routes::new(&presets)
    })
});

/// The fingerprint of presets.
pub(super) fn fingerprint(presets: Presets) -> String {
    ROUTES[usize::from(presets)].others.fingerprint.to_string()
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |output_key: &str| {
            key::split(output_key)
                .map_or("?", |(_, name)| name)
                .to_owned()
        };
        match self {
            Self::Get => f.write_str("get"),
            Self::Head => f.write_str("head"),
            Self::Read(key) => write!(f, "read {}", name(key)),
            Self::Put(key, bytes) if bytes.len() < 20 => {
                write!(f, "put {}: {}", name(key), String::from_utf8_lossy(bytes))
            }
            Self::Put(key, _) => write!(f, "put {}", name(key)),
            Self::List => f.write_str("list"),
            Self::Delete(key) => write!(f, "delete {}", name(key)),
            Self::Publish(_) => f.write_str("publish"),
        }
    }
}
